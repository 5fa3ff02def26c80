"""The print stage: size, resolution and metadata of the enlarged tile."""

import json
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save

from shared.briefs.parser import parse_brief
from shared.designs.parsing import parse_design, record_json
from shared.errors import InvalidRequest
from shared.pipelines import PIPELINES
from tests.unit.worker import tiny
from tests.unit.worker.records import DOTS, NO_MODELS, call_of, image_layer, noise, png, record
from worker.drawing.files import DESIGN_KEYWORD
from worker.drawing.raster import draw_pixels
from worker.execution.contracts import DesignOptions, Models, StageCall, StageResult
from worker.imaging.png import read_metadata
from worker.models.generator.records import RecordGenerator
from worker.stages import draw, generate
from worker.stages import print as printing
from worker.stages.layer_files import NoRecord

BRIEF = "a teal mug with waves, 海浪"


@pytest.fixture(scope="module")
def designed() -> StageCall:
    """Return the call of a design's draw stage, with the records of three variants."""
    random = np.random.default_rng(3)
    shape = tiny.READER
    code = random.standard_normal((1, shape.code_tokens, shape.code_width), np.float32)
    call = StageCall(
        job_id="1",
        brief=BRIEF,
        options=DesignOptions(variants=3, seed=7, product="mug", reference_strength=0.6, size=64),
        understood=parse_brief(BRIEF),
        reference=None,
        outputs={
            "caption": json.dumps({"description": "calm waves"}).encode(),
            "fusion": save({"code": code}),
        },
        artifacts={},
        job_url="http://127.0.0.1:8000/jobs/1",
    )
    generator = RecordGenerator(field=tiny.generator(), release="tiny")
    (result,) = generate.run([call], cast("Models", SimpleNamespace(generator=generator)))
    files = {(each.kind, each.variant): each.content for each in result.artifacts}
    return replace(call, outputs={"generate": result.output}, artifacts=files)


def _call(designed: StageCall, size: int = 512, **options: Any) -> StageCall:
    """Return the call of a print of variant 1, which carries the results of *generate*."""
    chosen = replace(designed.options, size=size, variant=1, dpi=300)
    return replace(designed, options=replace(chosen, **options))


def _print(call: StageCall) -> tuple[StageResult, Image.Image]:
    (result,) = printing.run([call], NO_MODELS)
    image = Image.open(BytesIO(result.artifacts[0].content))
    image.load()
    return result, image


def _pixels(content: bytes) -> NDArray[np.float32]:
    with Image.open(BytesIO(content)) as image:
        return np.asarray(image, np.float32)


@pytest.mark.parametrize("dpi", [300, 150])
def test_print_has_the_requested_size_and_resolution(designed: StageCall, dpi: int) -> None:
    result, image = _print(_call(designed, 640, dpi=dpi))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (640, 640))
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert "srgb" in image.info
    made, small = result.artifacts
    assert (made.kind, made.variant, made.width, made.height) == ("print", 1, 640, 640)
    assert (small.kind, small.variant, small.media_type) == ("thumbnail", 1, "image/webp")
    told = json.loads(result.output)
    assert (told["variant"], told["size_px"], told["dpi"]) == (1, 640, dpi)
    design = parse_design(designed.artifacts["design", 1])
    assert np.array_equal(np.asarray(image), draw_pixels(design, 640)[..., :3])
    assert image.text[DESIGN_KEYWORD] == record_json(design)  # type: ignore[attr-defined]


def test_print_has_metadata(designed: StageCall) -> None:
    result, _ = _print(_call(designed))
    told = read_metadata(result.artifacts[0].content)
    assert (told.brief, told.seed, told.variant, told.dpi) == (BRIEF, 7, 1, 300)
    assert told.description == "calm waves"
    assert told.job_url.endswith("/jobs/1")


def test_print_is_the_tile_at_a_higher_resolution(designed: StageCall) -> None:
    call = _call(designed, 1024)
    (drawn,) = draw.run([designed], NO_MODELS)
    tiles = [_pixels(each.content) for each in drawn.artifacts if each.kind == "tile"]
    _, image = _print(call)
    shrunk = np.asarray(image.resize((64, 64), Image.Resampling.BOX), np.float32)
    apart = [float(np.abs(shrunk - tile).mean()) for tile in tiles]
    assert apart[1] < min(apart[0], apart[2]) / 2, apart


def test_print_is_seamless(designed: StageCall) -> None:
    pixels = _pixels(_print(_call(designed, 1024))[0].artifacts[0].content)
    for turned in (pixels, pixels.transpose(1, 0, 2)):
        inside = np.abs(np.diff(turned, axis=0)).mean(axis=(1, 2))
        across = np.abs(turned[0] - turned[-1]).mean()
        assert across <= inside.max() * 1.1


def test_same_call_yields_the_same_bytes(designed: StageCall) -> None:
    first, second = printing.run([_call(designed), _call(designed)], NO_MODELS)
    assert first == second
    (other,) = printing.run([_call(designed, variant=0)], NO_MODELS)
    assert other.artifacts[0].content != first.artifacts[0].content


@pytest.mark.parametrize("missing", ["variant", "dpi"])
def test_incomplete_print_requests_are_rejected(designed: StageCall, missing: str) -> None:
    with pytest.raises(ValueError, match="not a print"):
        printing.run([_call(designed, 512, **{missing: None})], NO_MODELS)


def test_print_pipeline_carries_the_records() -> None:
    """It carries the results of the stage that makes the records, which need no model to draw."""
    names = [spec.name for spec in PIPELINES["design"].stages]
    assert PIPELINES["print"].carries == ("generate",)
    assert names.index("generate") < names.index("draw")
    (spec,) = PIPELINES["print"].stages
    assert (spec.queue, spec.roles) == ("cpu", ())


def test_transparent_ground_stays_transparent() -> None:
    design = record(0, DOTS | {"paints": [None, {"palette": "p2"}]})
    _, image = _print(call_of([design], size=128, variant=0, dpi=300))
    assert image.mode == "RGBA"
    assert np.array_equal(np.asarray(image), draw_pixels(design, 128))


def test_print_that_is_not_square_has_the_requested_longer_side() -> None:
    call = call_of([record(0, cell_mm=(80.0, 40.0))], size=256, variant=0, dpi=300)
    result, image = _print(call)
    assert image.size == (256, 128)
    assert (result.artifacts[0].width, result.artifacts[0].height) == (256, 128)


def test_files_of_the_variant_are_drawn() -> None:
    pixels = noise(128, 128, 3)
    call = call_of([record(0, image_layer(png(pixels)))], [png(pixels)], size=128)
    _, image = _print(replace(call, options=replace(call.options, variant=0, dpi=300)))
    assert np.array_equal(np.asarray(image), pixels)


def test_print_without_its_record_or_file_is_refused() -> None:
    with pytest.raises(NoRecord, match="Variant 1"):
        _print(call_of([record(0)], variant=1, dpi=300))
    layer = image_layer(png(noise(8, 8)))
    with pytest.raises(InvalidRequest, match="is missing"):
        _print(call_of([record(0, layer)], variant=0, dpi=300))
