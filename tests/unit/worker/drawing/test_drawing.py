"""Tests of drawing: seamless, exact, crisp, and the same as SVG."""

import json
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from codesigner.commands.drawing import draw
from shared.designs.parsing import parse_design, read_design
from shared.designs.record import Design
from shared.errors import InvalidRequest
from tests.unit.worker.drawing.records import png, wrap_error
from worker.drawing.families import FAMILIES
from worker.drawing.files import DESIGN_KEYWORD, png_file
from worker.drawing.raster import draw_pixels
from worker.drawing.svg import svg_document

COLOURS = ("#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D", "#2E6E5B")
SVG = "{http://www.w3.org/2000/svg}"


def design(name: str, accents: int = 3, **changes: Any) -> Design:
    """Return a design of one family layer."""
    own = FAMILIES[name]
    layer = {
        "id": "l1",
        "kind": "family",
        "family": own.drawing,
        "scale_mm": 80 / own.repeats[1],
        "paints": [{"palette": f"p{number}"} for number in range(accents + 1)],
    }
    record = {key: changes.pop(key) for key in ("seed", "cell_mm", "repeat") if key in changes}
    return read_design(
        {
            "version": 1,
            "seed": 7,
            "palette": [
                {"id": f"p{number}", "hex": hex_, "role": "hero", "from": "chosen"}
                for number, hex_ in enumerate(COLOURS[: accents + 1])
            ],
            "layers": [layer | changes],
        }
        | record
    )


FORMS = [(name, form) for name, family in FAMILIES.items() for form in family.forms]


@pytest.mark.parametrize(("family", "form"), FORMS)
def test_family_is_seamless_and_has_its_colours(family: str, form: str) -> None:
    pixels = draw_pixels(design(family, form=form), 256)
    assert pixels.shape == (256, 256, 4)
    assert pixels[..., 3].min() == 255
    assert wrap_error(design(family, form=form), 256) < 1e-4
    found = {tuple(colour) for colour in np.unique(pixels.reshape(-1, 4), axis=0)[:, :3].tolist()}
    assert {tuple(bytes.fromhex(colour[1:])) for colour in COLOURS[:4]} <= found


@example(
    family="herringbone",
    accents=1,
    seed=0,
    turn=45.0,
    scale=1.0,
    density=0.0,
    weight=0.0,
    cell=(50, 50),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    accents=st.integers(0, 4),
    seed=st.integers(0, 2**40),
    turn=st.sampled_from((0.0, 0.0, -30.0, 45.0, 90.0)),
    scale=st.floats(0.4, 2.5),
    density=st.floats(0, 1),
    weight=st.floats(0, 1),
    cell=st.tuples(st.sampled_from((50, 80, 120)), st.sampled_from((50, 80, 120))),
)
def test_random_records_are_drawn_and_seamless(
    family: str,
    accents: int,
    seed: int,
    turn: float,
    scale: float,
    density: float,
    weight: float,
    cell: tuple[float, float],
) -> None:
    record = design(
        family,
        accents,
        seed=seed,
        turn=turn,
        scale_mm=80 / FAMILIES[family].repeats[1] * scale,
        density=density,
        line_weight=weight,
        cell_mm=list(cell),
    )
    try:
        error = wrap_error(record, 120)
    except InvalidRequest:  # too many shapes, which only small motifs on large cells have
        assert scale < 1
        assert max(cell) == 120
        return
    assert error < 3e-3  # hairlines at 45° reach 0.002; a broken edge is at least 0.008


def test_same_record_gives_the_same_bytes() -> None:
    record = design("hexagons", turn=30)
    assert png_file(record, 128) == png_file(record, 128)
    assert png_file(record, 128) != png_file(design("hexagons", turn=30, seed=8), 128)


@pytest.mark.parametrize("size", [256, 4096])
def test_edges_are_crisp(size: int) -> None:
    pixels = draw_pixels(design("stripes", 1), size)
    row = pixels[size // 2, :, 0].astype(int)
    between = (np.abs(row - 0xF4) > 22) & (np.abs(row - 0x1B) > 22)
    runs = np.split(between, np.flatnonzero(np.diff(between.astype(int))) + 1)
    assert max((run.sum() for run in runs), default=0) <= 1


@pytest.mark.parametrize("direction", ["vertical", "horizontal", "diagonal", "radial"])
def test_gradient_repeats_and_has_its_colours(direction: str) -> None:
    gradient = {"gradient": ["p0", "p1"], "direction": direction}
    record = read_design(
        design("dots", 1).to_document()
        | {"layers": [{"id": "l1", "kind": "colour", "paint": gradient}]}
    )
    pixels = draw_pixels(record, 128)[..., :3].astype(int)
    for axis in (0, 1):  # the border is as smooth as the inside
        steps = np.abs(np.diff(pixels, axis=axis, append=pixels.take([0], axis)))
        assert steps.max() <= 8
    for colour in COLOURS[:2]:
        away = np.abs(pixels - list(bytes.fromhex(colour[1:]))).max(-1)
        assert away.min() <= 2


@pytest.mark.parametrize("turn", [0, 45])
def test_gradient_of_a_turned_layer_repeats(turn: float) -> None:
    gradient = {"gradient": ["p0", "p1"], "direction": "vertical"}
    record = design("dots", 1, paints=[gradient, {"palette": "p1"}], turn=turn)
    assert wrap_error(record, 128) < 1e-4


def test_missing_ground_is_transparent() -> None:
    record = design("dots", 1, paints=[None, {"palette": "p1"}])
    pixels = draw_pixels(record, 128)
    assert {0, 255} <= set(np.unique(pixels[..., 3]).tolist())
    drawn = pixels[pixels[..., 3] > 200][:, :3].astype(int)
    assert np.abs(drawn - [0x1B, 0x2A, 0x5B]).max() <= 1


def with_layers(*layers: dict[str, Any], **changes: Any) -> Design:
    document = design("dots", 1).to_document() | {"layers": list(layers)} | changes
    return read_design(document)


def test_image_layer_is_drawn_and_repeats() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (32, 32, 3), np.uint8)
    record = with_layers({"id": "l1", "kind": "image", "sha256": "a" * 64})
    drawn = draw_pixels(record, 32, lambda _: png(pixels))
    assert np.abs(drawn[..., :3].astype(int) - pixels).max() <= 3
    larger = draw_pixels(record, 128, lambda _: png(pixels)).astype(int)
    inside = np.abs(np.diff(larger, axis=1)).mean(axis=(0, 2)).max()
    assert np.abs(larger[:, 0] - larger[:, -1]).mean() <= 1.1 * inside


def test_field_layer_mixes_its_colours_by_separations() -> None:
    first = np.zeros((16, 16), np.uint8)
    first[:, :8] = 255
    stored = {"a" * 64: png(first), "b" * 64: png(255 - first)}
    record = with_layers(
        {"id": "l1", "kind": "field", "release": "base", "separations": list(stored),
         "paints": ["p0", "p1"]}
    )  # fmt: skip
    drawn = draw_pixels(record, 16, stored.__getitem__)[..., :3]
    assert tuple(drawn[4, 3]) == tuple(bytes.fromhex(COLOURS[0][1:]))
    assert tuple(drawn[4, 12]) == tuple(bytes.fromhex(COLOURS[1][1:]))


def test_layers_lie_over_each_other() -> None:
    record = with_layers(
        {"id": "ground", "kind": "colour", "paint": {"palette": "p1"}},
        {"id": "veil", "kind": "colour", "paint": {"palette": "p0"}, "opacity": 0.5},
    )
    colour = draw_pixels(record, 16)[3, 3, :3].astype(int)
    expected = (np.array(list(bytes.fromhex("F4EBDD"))) + list(bytes.fromhex("1B2A5B"))) / 2
    assert np.abs(colour - expected).max() <= 1


@pytest.mark.parametrize("content", [b"", b"no picture", png(np.zeros((4, 4, 3), np.uint8))[:45]])
def test_unusable_image_is_refused_with_its_path(content: bytes) -> None:
    record = with_layers({"id": "l1", "kind": "image", "sha256": "a" * 64})
    with pytest.raises(InvalidRequest) as refused:
        draw_pixels(record, 32, lambda _: content)
    assert [each.field for each in refused.value.fields] == ["layers.0"]
    with pytest.raises(InvalidRequest, match="not at hand"):
        draw_pixels(record, 32)


def test_text_layer_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Text layers") as refused:
        draw_pixels(with_layers({"id": "l1", "kind": "text", "text": "A"}), 32)
    assert [each.field for each in refused.value.fields] == ["layers.0.kind"]


def test_svg_has_named_groups_and_one_class_a_colour() -> None:
    record = design("hexagons")
    root = ET.fromstring(svg_document(record))
    assert [group.get("id") for group in root.findall(f"{SVG}g")] == ["l1"]
    style = root.findtext(f"{SVG}style") or ""
    assert ".p1{color:#1B2A5B}" in style
    assert {path.get("class") for path in root.iter(f"{SVG}path")} == {"p0", "p1", "p2", "p3"}
    assert parse_design((root.findtext(f"{SVG}metadata") or "").encode()) == record


def test_png_has_the_record_and_its_resolution() -> None:
    record = design("dots", cell_mm=[50.8, 50.8])
    with Image.open(BytesIO(png_file(record, 600))) as image:
        assert read_design(json.loads(image.text[DESIGN_KEYWORD])) == record  # type: ignore[attr-defined]
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.mode == "RGB"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"family": "unknown@1"}, "layers.0.family"),
        ({"family": "dots@99"}, "layers.0.family"),
        ({"form": "unknown"}, "layers.0.form"),
    ],
)
def test_unknown_drawing_is_refused_with_its_path(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        draw_pixels(design("dots", **changes), 64)
    assert [each.field for each in refused.value.fields] == [field]


@pytest.mark.parametrize("size", [15, 8193])
def test_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="16 to 8192"):
        draw_pixels(design("dots"), size)


def test_draw_command_writes_png_and_svg(tmp_path: Path) -> None:
    source = tmp_path / "fans.json"
    source.write_text(json.dumps(design("dots").to_document()))
    done = CliRunner().invoke(draw, [str(source), "--size", "64"])
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "fans.png") as image:
        assert image.size == (64, 64)
    assert CliRunner().invoke(draw, [str(source), "--out", str(tmp_path / "a.svg")]).exit_code == 0
    assert (tmp_path / "a.svg").read_text().startswith("<svg")
    source.write_text('{"version": 3}')
    refused = CliRunner().invoke(draw, [str(source)])
    assert refused.exit_code == 1
    assert "version: This program reads version 1" in str(refused.output) + str(refused.exception)
