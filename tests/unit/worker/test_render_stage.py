"""The render stage: draws a submitted record, and its sketch where it names a product."""

import json
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from shared.designs.edits.refusals import EditRefused
from shared.designs.parsing import parse_design, record_json
from shared.designs.record import Design
from shared.designs.references import references
from shared.errors import InvalidRequest
from shared.motifs.library import open_library
from tests.unit.shared.edits.examples import motif_design
from tests.unit.worker.records import (
    DOTS,
    NO_MODELS,
    Published,
    call_of,
    image_layer,
    noise,
    pixels_of,
    png,
    record,
)  # fmt: skip
from worker.drawing.raster import draw_pixels
from worker.drawing.svg import svg_document
from worker.execution.contracts import StageCall
from worker.imaging.jpeg import read_jpeg_metadata
from worker.imaging.png import read_metadata
from worker.stages.layer_files import NoRecord
from worker.stages.present import SKETCH_SIZE
from worker.stages.render import run


def test_render_without_a_product_is_tile_and_vector_and_preview() -> None:
    design = record(3, seed=21)
    reporter = Published()
    (result,) = run([call_of([design], product="", variants=1)], NO_MODELS, reporter)
    assert [each.kind for each in result.artifacts] == ["tile", "vector", "preview"]
    tile, vector, small = result.artifacts
    assert (small.variant, small.width, small.media_type) == (0, 64, "image/webp")
    assert np.array_equal(pixels_of(tile.content), draw_pixels(design, 64)[..., :3])
    assert vector.content.decode() == svg_document(design)
    assert read_metadata(tile.content).seed == 21
    assert set(json.loads(result.output)) == {"palette", "areas"}
    assert result.details == {"size_px": 64, "product": None, "drawings": []}
    assert reporter.files == []


def test_tile_is_published_before_the_sketch_is_rendered() -> None:
    reporter = Published()
    (result,) = run([call_of([record()], product="mug")], NO_MODELS, reporter)
    kinds = [each.kind for each in result.artifacts]
    assert kinds == ["tile", "vector", "sketch", "thumbnail", "preview"]
    assert reporter.files == [("1", result.artifacts[:2])]
    sketch = result.artifacts[2]
    assert (sketch.width, sketch.height) == SKETCH_SIZE
    assert read_jpeg_metadata(sketch.content).variant == 0


def test_submitted_files_are_drawn() -> None:
    pixels = noise(64, 64, 3)
    call = call_of([record(0, image_layer(png(pixels)))], [png(pixels)], product="")
    (result,) = run([call], NO_MODELS)
    assert np.array_equal(pixels_of(result.artifacts[0].content), pixels)


def test_transparent_tile_is_rendered_on_a_product() -> None:
    layer = DOTS | {"paints": [None, {"palette": "p2"}]}
    (result,) = run([call_of([record(0, layer)], product="tote")], NO_MODELS)
    tile, _, sketch, *_ = result.artifacts
    assert pixels_of(tile.content).shape == (64, 64, 4)
    assert pixels_of(sketch.content).shape == (SKETCH_SIZE[1], SKETCH_SIZE[0], 3)


@pytest.mark.parametrize("product", ["", "mug"])
def test_record_that_cannot_be_drawn_is_refused(product: str) -> None:
    with pytest.raises(NoRecord):
        run([call_of([None], product=product)], NO_MODELS)
    with pytest.raises(InvalidRequest, match="There is no family loom"):
        run([call_of([record(0, DOTS | {"family": "loom@1"})], product=product)], NO_MODELS)


def edit_call(design: Design, edit: dict[str, object], **options: object) -> StageCall:
    """Return the call of a render of a record that is edited first."""
    call = call_of([None], product="", **options)
    return replace(
        call,
        options=replace(call.options, edit=edit),
        artifacts={("base", 0): record_json(design).encode()},
    )


def test_edit_is_applied_before_the_record_is_drawn() -> None:
    design = record(0)
    edit = {"kind": "recolour", "colour": "p1", "to": "#A3132F"}
    (result,) = run([edit_call(design, edit)], NO_MODELS)
    assert [each.kind for each in result.artifacts] == [*("design", "tile", "vector", "preview")]
    drawn = parse_design(result.artifacts[0].content)
    assert drawn.palette[0].hex == "#A3132F"
    assert drawn.layers == design.layers
    assert np.array_equal(pixels_of(result.artifacts[1].content), draw_pixels(drawn, 64)[..., :3])
    assert result.details["changed"] == [
        {"what": "palette.p1.hex", "from": design.palette[0].hex, "to": "#A3132F"}
    ]


@pytest.mark.skipif(not open_library(None).sets, reason="the motif library is not installed")
def test_drawings_that_an_edit_needs_become_files_of_the_job() -> None:
    edit = {"kind": "swap", "motifs": ["cat"], "to": "rocket"}
    (result,) = run([edit_call(motif_design(), edit)], NO_MODELS)
    kinds = [each.kind for each in result.artifacts]
    assert kinds[0] == "design"
    assert kinds[1] == "layer-1"
    wanted = {sha for _, sha in references(parse_design(result.artifacts[0].content))}
    made = {sha256(each.content).hexdigest() for each in result.artifacts if "layer-" in each.kind}
    assert wanted == made


def test_edit_that_cannot_be_done_ends_the_job() -> None:
    edit = {"kind": "remove", "motifs": ["owl"]}
    with pytest.raises(EditRefused) as refused:
        run([edit_call(record(0), edit)], NO_MODELS)
    assert refused.value.code == "edit_not_possible"
    with pytest.raises(InvalidRequest):
        run([edit_call(record(0), {"kind": "cook"})], NO_MODELS)
    with pytest.raises(NoRecord):
        run([replace(edit_call(record(0), edit), artifacts={})], NO_MODELS)
