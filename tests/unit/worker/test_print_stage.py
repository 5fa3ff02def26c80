"""The print stage: size, resolution and metadata of the enlarged tile."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save

from shared.briefs.parser import parse_brief
from shared.pipelines import PIPELINES
from tests.unit.worker import tiny
from worker.execution.contracts import DesignOptions, Models, StageCall, StageResult
from worker.imaging.png import read_metadata
from worker.stages import generate
from worker.stages import print as printing

BRIEF = "a teal mug with waves, 海浪"


class OneGenerator:
    """Resident models with a generator only."""

    def __init__(self) -> None:
        self.generator = tiny.generator()


@pytest.fixture(scope="module")
def models() -> Models:
    return cast("Models", OneGenerator())


def _call(size: int = 512, **options: Any) -> StageCall:
    random = np.random.default_rng(3)
    shape = tiny.READER
    code = random.standard_normal((1, shape.code_tokens, shape.code_width), np.float32)
    chosen = DesignOptions(
        variants=3, seed=7, product="mug", reference_strength=0.6, size=size, variant=1, dpi=300
    )
    return StageCall(
        job_id="1",
        brief=BRIEF,
        options=replace(chosen, **options),
        understood=parse_brief(BRIEF),
        reference=None,
        outputs={
            "caption": json.dumps({"description": "calm waves"}).encode(),
            "fusion": save({"code": code}),
        },
        artifacts={},
        job_url="http://127.0.0.1:8000/jobs/1",
    )


def _print(call: StageCall, models: Models) -> tuple[StageResult, Image.Image]:
    (result,) = printing.run([call], models)
    image = Image.open(BytesIO(result.artifacts[0].content))
    image.load()
    return result, image


def _pixels(content: bytes) -> NDArray[np.float32]:
    with Image.open(BytesIO(content)) as image:
        return np.asarray(image, np.float32)


@pytest.mark.parametrize("dpi", [300, 150])
def test_print_has_the_requested_size_and_resolution(models: Models, dpi: int) -> None:
    result, image = _print(_call(640, dpi=dpi), models)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (640, 640))
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert "srgb" in image.info
    made, small = result.artifacts
    assert (made.kind, made.variant, made.width, made.height) == ("print", 1, 640, 640)
    assert (small.kind, small.variant, small.media_type) == ("thumbnail", 1, "image/webp")
    told = json.loads(result.output)
    assert (told["variant"], told["size_px"], told["dpi"]) == (1, 640, dpi)
    assert told["palette"]


def test_print_has_metadata(models: Models) -> None:
    result, _ = _print(_call(), models)
    told = read_metadata(result.artifacts[0].content)
    assert (told.brief, told.seed, told.variant, told.dpi) == (BRIEF, 7, 1, 300)
    assert told.description == "calm waves"
    assert told.job_url.endswith("/jobs/1")


def test_print_is_the_tile_at_a_higher_resolution(models: Models) -> None:
    call = _call(1024)
    (drawn,) = generate.run([replace(call, options=replace(call.options, size=64))], models)
    tiles = [_pixels(each.content) for each in drawn.artifacts]
    _, image = _print(call, models)
    shrunk = np.asarray(image.resize((64, 64), Image.Resampling.BOX), np.float32)
    apart = [float(np.abs(shrunk - tile).mean()) for tile in tiles]
    assert apart[1] < min(apart[0], apart[2]) / 2, apart


def test_print_is_seamless(models: Models) -> None:
    pixels = _pixels(_print(_call(1024), models)[0].artifacts[0].content)
    for turned in (pixels, pixels.transpose(1, 0, 2)):
        inside = np.abs(np.diff(turned, axis=0)).mean(axis=(1, 2))
        across = np.abs(turned[0] - turned[-1]).mean()
        assert across <= inside.max() * 1.1


def test_same_call_yields_the_same_bytes(models: Models) -> None:
    first, second = printing.run([_call(), _call()], models)
    assert first == second
    (other,) = printing.run([_call(variant=0)], models)
    assert other.artifacts[0].content != first.artifacts[0].content


@pytest.mark.parametrize("missing", ["variant", "dpi"])
def test_incomplete_print_requests_are_rejected(models: Models, missing: str) -> None:
    with pytest.raises(ValueError, match="not a print"):
        printing.run([_call(512, **{missing: None})], models)


def test_print_pipeline_carries_the_inputs_of_the_generator() -> None:
    """It carries the results of the stages before *generate*, and no later ones."""
    names = [spec.name for spec in PIPELINES["design"].stages]
    assert PIPELINES["print"].carries == tuple(names[: names.index("generate")])
