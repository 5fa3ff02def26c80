"""The draw stage: tiles and vectors of real records, and records that cannot be drawn."""

import html
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from shared.designs.parsing import parse_design, record_json
from shared.designs.record import Design
from shared.errors import CodesignerError, InvalidRequest
from shared.motifs.catalog import own_motifs
from tests.unit.worker.records import (
    DOTS,
    GROUND,
    HERO,
    NO_MODELS,
    PALETTE,
    Published,
    call_of,
    field_layer,
    image_layer,
    noise,
    pixels_of,
    png,
    record,
)  # fmt: skip
from worker.drawing.files import DESIGN_KEYWORD, DRAWINGS_KEYWORD
from worker.drawing.raster import draw_pixels, rasterise
from worker.drawing.svg import svg_document
from worker.drawing.visibility import area_shares
from worker.execution.contracts import StageArtifact, StageCall, StageResult
from worker.imaging.png import read_metadata
from worker.stages.draw import run
from worker.stages.layer_files import NoRecord, files_of

SVG = "http://www.w3.org/2000/svg"
TRANSPARENT = DOTS | {"paints": [None, {"palette": "p2"}]}


def drawn(call: StageCall) -> tuple[StageResult, dict[tuple[str, int], StageArtifact]]:
    (result,) = run([call], NO_MODELS)
    return result, {(each.kind, each.variant): each for each in result.artifacts}


def test_each_variant_yields_its_tile_and_vector() -> None:
    designs = [record(0), record(1, seed=8)]
    result, files = drawn(call_of(designs))
    assert list(files) == [("tile", 0), ("vector", 0), ("tile", 1), ("vector", 1)]
    for variant, design in enumerate(designs):
        tile, vector = files["tile", variant], files["vector", variant]
        assert (tile.width, tile.height, tile.media_type) == (64, 64, "image/png")
        assert np.array_equal(pixels_of(tile.content), draw_pixels(design, 64)[..., :3])
        assert vector.content.decode() == svg_document(design)
        assert record_json(design) in html.unescape(vector.content.decode())
    assert files["tile", 0].content != files["tile", 1].content
    assert result.details["variants"] == 2


def test_tile_has_its_record_and_metadata() -> None:
    design = record(0, seed=11)
    told = read_metadata(drawn(call_of([design]))[1]["tile", 0].content)
    assert (told.brief, told.seed, told.variant) == (call_of([design]).brief, 11, 0)
    assert told.job_url == "http://127.0.0.1:8000/jobs/1"
    assert told.description is None
    assert parse_design(told.extra[DESIGN_KEYWORD].encode()) == design


def test_tile_has_the_description_that_its_variant_was_generated_from() -> None:
    told = {"variants": [{"description": "Calm waves."}, {"description": "Dots."}]}
    outputs = {"generate": json.dumps(told).encode()}
    _, files = drawn(replace(call_of([record(0), record(1)]), outputs=outputs))
    read = [read_metadata(files["tile", each].content).description for each in (0, 1)]
    assert read == ["Calm waves.", "Dots."]


def test_output_has_the_colours_by_area() -> None:
    design = record(0)
    result, _ = drawn(call_of([design]))
    (facts,) = json.loads(result.output)["variants"]
    shares = area_shares(draw_pixels(design, 64), [GROUND, HERO])
    assert facts["palette"] == [GROUND, HERO]
    assert facts["areas"] == [round(float(each), 3) for each in sorted(shares, reverse=True)]
    assert facts["areas"] == sorted(facts["areas"], reverse=True)
    swapped = record(0, palette=[dict(PALETTE[1], id="p1"), dict(PALETTE[0], id="p2")])
    result, _ = drawn(call_of([swapped]))
    assert json.loads(result.output)["variants"][0]["palette"] == [HERO, GROUND]


def test_opaque_tile_has_no_alpha_channel() -> None:
    _, files = drawn(call_of([record(0)]))
    assert pixels_of(files["tile", 0].content).shape == (64, 64, 3)


def test_tile_without_a_ground_is_transparent() -> None:
    design = record(0, TRANSPARENT)
    _, files = drawn(call_of([design]))
    pixels = pixels_of(files["tile", 0].content)
    assert np.array_equal(pixels, draw_pixels(design, 64))
    assert (pixels[..., 3].min(), pixels[..., 3].max()) == (0, 255)
    inside = pixels[pixels[..., 3] == 255][:, :3]
    assert {tuple(each) for each in inside} == {tuple(bytes.fromhex(HERO[1:]))}


@pytest.mark.parametrize(("cell_mm", "size"), [((80.0, 40.0), (64, 32)), ((30.0, 90.0), (21, 64))])
def test_tile_has_the_aspect_ratio_of_its_cell(
    cell_mm: tuple[float, float], size: tuple[int, int]
) -> None:
    design = record(0, cell_mm=cell_mm)
    _, files = drawn(call_of([design]))
    tile = files["tile", 0]
    assert (tile.width, tile.height) == size
    assert pixels_of(tile.content).shape == (size[1], size[0], 3)


def test_field_layer_is_drawn_from_its_separations() -> None:
    first = noise(64, 64)
    separations = [png(first), png(255 - first)]
    design = record(0, field_layer(*separations))
    call = call_of([design], separations)
    _, files = drawn(call)
    drawing = pixels_of(files["tile", 0].content)
    share = first[..., None] / np.float32(255)
    ground, hero = (np.array(list(bytes.fromhex(each[1:]))) for each in (GROUND, HERO))
    assert np.abs(drawing - np.rint(share * ground + (1 - share) * hero)).max() <= 1
    # The vector needs no other file.
    vector = files["vector", 0].content.decode()
    assert vector == svg_document(design, files_of(call.artifacts))
    assert rasterise(vector).shape[2] == 4


@pytest.mark.parametrize("side_px", [16, 64, 100, 300, 500, 512, 700, 1024])
def test_image_layer_is_drawn_exactly_at_its_own_size(side_px: int) -> None:
    pixels = noise(side_px, side_px, 3)
    layer = image_layer(png(pixels))
    _, files = drawn(call_of([record(0, layer)], [png(pixels)], size=side_px))
    assert np.array_equal(pixels_of(files["tile", 0].content), pixels)


def test_each_variant_is_published_before_the_next_is_drawn() -> None:
    reporter = Published()
    (result,) = run([call_of([record(0), record(1)])], NO_MODELS, reporter)
    assert reporter.log == ["tile 0+vector 0", "0.5", "tile 1+vector 1", "1"]
    assert {job_id for job_id, _ in reporter.files} == {"1"}
    # What is published is among the result.
    assert [each for _, files in reporter.files for each in files] == list(result.artifacts)


def test_result_does_not_depend_on_the_batch() -> None:
    call = call_of([record(0), record(1)])
    other = replace(call_of([record(0, TRANSPARENT)]), job_id="2")
    reporter = Published()
    results = run([other, call], NO_MODELS, reporter)
    assert results[1] == run([call], NO_MODELS)[0]
    assert [job_id for job_id, _ in reporter.files] == ["2", "1", "1"]
    assert reporter.shares == [0.5, 0.75, 1.0]


UNKNOWN = DOTS | {"family": "loom@1"}
NEWER = DOTS | {"family": "dots@99"}
SEPARATION = png(noise(8, 8))


@pytest.mark.parametrize(
    ("designs", "files", "field"),
    [
        ([None], (), "design"),
        ([record(0), None], (), "design"),
        ([record(0, UNKNOWN)], (), "layers.0.family"),
        ([record(0, NEWER)], (), "layers.0.family"),
        ([record(0, field_layer(SEPARATION))], (), "layers.0"),
        ([record(0, image_layer(SEPARATION))], [png(noise(9, 9))], "layers.0"),
        ([record(0, image_layer(b"no picture"))], [b"no picture"], "layers.0"),
        ([b'{"version": 2}'], (), "version"),
        ([b'{"version": 1}'], (), "seed"),
    ],
)  # fmt: skip
def test_record_that_cannot_be_drawn_is_refused_with_its_path(
    designs: Sequence[Design | bytes | None], files: Sequence[bytes], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        run([call_of(designs, files)], NO_MODELS)
    assert field in {each.field for each in refused.value.fields}


def test_missing_file_is_named() -> None:
    layer = image_layer(SEPARATION)
    with pytest.raises(InvalidRequest, match=layer["sha256"]):
        run([call_of([record(0, layer)])], NO_MODELS)


def test_missing_record_is_named() -> None:
    with pytest.raises(NoRecord, match="Variant 1 has no design record"):
        run([call_of([record(0), None])], NO_MODELS)


def test_broken_record_is_refused() -> None:
    with pytest.raises(CodesignerError) as refused:
        run([call_of([b"{"])], NO_MODELS)
    assert refused.value.code == "malformed_request"


def motifs_layer(*motifs: str) -> dict[str, object]:
    """Return a layer with one element for each motif."""
    return {
        "id": "l2", "kind": "motifs",
        "elements": [
            {"id": f"e{number}", "motif": motif, "x_mm": 12 * number, "y_mm": 20, "size_mm": 10,
             "paints": ["p2"] * len(own_motifs()[motif.partition(":")[2][:-2]].colours)}
            for number, motif in enumerate(motifs, 1)
        ],
    }  # fmt: skip


def test_drawings_are_named_with_their_licences_in_all_files() -> None:
    designs = [record(0, DOTS, motifs_layer("own:fox@1", "own:fox@1")), record(1)]
    result, files = drawn(call_of(designs))
    assert sorted(files) == [
        ("licences", 0), ("tile", 0), ("tile", 1), ("vector", 0), ("vector", 1),
    ]  # fmt: skip
    report = files["licences", 0]
    assert report.media_type == "text/plain"
    assert "own:fox@1, 2 times" in report.content.decode()
    told = read_metadata(files["tile", 0].content).extra[DRAWINGS_KEYWORD]
    assert told == "own:fox@1: Codesigner's own motifs, Codesigner, Apache-2.0"
    assert DRAWINGS_KEYWORD not in read_metadata(files["tile", 1].content).extra
    first, second = ET.fromstring(files["vector", 0].content).findall(f"{{{SVG}}}metadata")
    assert parse_design((first.text or "").encode()) == designs[0]
    assert "".join(second.itertext()) == told
    (entry,) = result.details["drawings"]
    assert (entry["variant"], entry["drawing"], entry["number"]) == (0, "own:fox@1", 2)
    assert (entry["author"], entry["licence"]) == ("Codesigner", "Apache-2.0")
