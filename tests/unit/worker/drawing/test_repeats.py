"""Tests of repeats and of placed motifs."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from shared.designs.record import Design
from shared.errors import InvalidRequest
from tests.unit.worker.drawing.records import (
    FILES,
    REPEATS,
    design,
    element,
    family,
    has_radial,
    records,
    wrap_error,
)
from worker.drawing.files import png_file
from worker.drawing.raster import draw_pixels, rasterise
from worker.drawing.svg import svg_document

GROUND = {"kind": "colour", "paint": {"palette": "p0"}}


_SEAM = 3e-3
"""Greatest share of pixels that may differ across the border; 0.0021 was the most seen."""


def drawn(record: Design, size_px: int = 120) -> NDArray[np.int_]:
    """Return the tile's pixels."""
    return draw_pixels(record, size_px, FILES.__getitem__).astype(int)


def motifs(*elements: object) -> dict[str, object]:
    """Return a layer of placed motifs."""
    return {"kind": "motifs", "elements": list(elements)}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_any_record_is_drawn_seamless_and_the_same_again(record: Design) -> None:
    try:
        first = png_file(record, 64, FILES.__getitem__)
    except InvalidRequest as refused:  # several layers at a small scale may have too many shapes
        if any(not error.field.endswith("scale_mm") for error in refused.fields):
            raise
        return
    assert first == png_file(record, 64, FILES.__getitem__)
    if record.repeat != "none" and not has_radial(record):
        assert wrap_error(record, 120) < _SEAM


@pytest.mark.parametrize(
    ("repeat", "size"),
    [
        ("straight", (60, 120)),
        ("half-drop", (60, 240)),
        ("half-brick", (120, 120)),
        ("mirror", (120, 240)),
        ("border", (60, 120)),
        ("none", (60, 120)),
    ],
)
def test_tile_has_the_size_of_the_repeat(repeat: str, size: tuple[int, int]) -> None:
    pixels = drawn(design(family(), repeat=repeat, cell_mm=(60, 30)), max(size))
    assert pixels.shape[:2] == size


@pytest.mark.parametrize(("x", "y"), [(30, 20), (0, 20), (59, 0), (-130, 400)])
@pytest.mark.parametrize(
    ("repeat", "shift"),
    [("straight", (60, 0)), ("half-drop", (60, 20)), ("half-brick", (30, 40))],
)
def test_elements_and_pictures_repeat_by_the_lattice(
    repeat: str, shift: tuple[int, int], x: float, y: float
) -> None:
    record = design(
        {"kind": "image", "sha256": "c" * 64},
        motifs(element("e0", x, y, 35, turn=40, flip=True), element("e1", x + 5, y + 5, 20)),
        repeat=repeat,
        cell_mm=(60, 40),
    )
    pixels = drawn(record, 2 * round(max(record.tile_mm)))
    moved = np.roll(pixels, (2 * shift[1], 2 * shift[0]), (0, 1))
    assert (np.abs(pixels - moved).max(-1) > 60).mean() < 1e-3
    assert (pixels != pixels[0, 0]).any()


def test_mirror_repeat_is_symmetric() -> None:
    for layers, size in (
        ([family("waves", turn=26.6)], 256),
        ([motifs(element("e0", 3, 20, 30, turn=70))], 255),
    ):
        pixels = drawn(design(*layers, repeat="mirror", cell_mm=(40, 40)), size)
        assert pixels.shape == (size, size, 4)
        for axis in (0, 1):
            assert (pixels == np.flip(pixels, axis)).all()


def test_mirrored_cells_without_ground_do_not_overlap() -> None:
    veil = {"kind": "colour", "paint": {"palette": "p1"}, "opacity": 0.5}
    text = svg_document(design(veil, repeat="mirror"))
    text = re.sub('width="160mm" height="160mm"', 'width="2048" height="2048"', text, count=1)
    assert set(np.unique(rasterise(text)[..., 3])) == {128}


def test_border_repeats_along_x_alone() -> None:
    layers = [GROUND, motifs(element("e0", 0, 0, 20), element("e1", 30, 40, 20))]
    pixels = drawn(design(*layers, repeat="border", cell_mm=(60, 40)), 240)
    straight = drawn(design(*layers, cell_mm=(60, 40)), 240)
    assert wrap_error(design(*layers, repeat="border", cell_mm=(60, 40)), 240) < 1e-3
    same = (pixels == straight).all(-1)
    assert [same[:20].all(), same[60:100].all(), same[-20:].all()] == [False, True, False]
    free = pixels[:20, 100:140]  # below the lower edge there is another acorn, which does not wrap
    assert (free == free[0, 0]).all()
    assert (straight[:20, 100:140] != free[0, 0]).any()


def test_placement_is_drawn_once_on_nothing() -> None:
    pixels = drawn(design(motifs(element("e0", 0, 30, 24)), repeat="none", cell_mm=(60, 60)), 240)
    assert pixels[:, 60:, 3].max() == 0
    assert pixels[100:140, :40, 3].max() == 255


@pytest.mark.parametrize(
    ("repeat", "turn", "drawn_as"),
    [("none", 10, "10"), ("none", 200, "-160"), ("straight", 200, "-161.565"),
     ("half-drop", -60, "-63.434948"), ("border", 30, "26.56505")],
)  # fmt: skip
def test_family_is_turned_to_the_nearest_angle_that_repeats(
    repeat: str, turn: float, drawn_as: str
) -> None:
    stripes = family("stripes", 1, turn=turn)
    assert f"rotate({drawn_as}" in svg_document(design(stripes, repeat=repeat))


@pytest.mark.parametrize(("turn", "steps"), [(0, 0), (180, 2), (90, 1), (-90, -1)])
def test_half_a_turn_is_upside_down(turn: float, steps: int) -> None:
    pixels = [drawn(design(family("scales", turn=each))) for each in (0, turn)]
    assert (np.abs(np.rot90(pixels[0], -steps) - pixels[1]).max(-1) > 60).mean() < 0.01


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("direction", ["vertical", "horizontal", "diagonal", "radial"])
def test_gradient_is_smooth_where_the_design_repeats(repeat: str, direction: str) -> None:
    paint = {"gradient": ["p0", "p1"], "direction": direction}
    record = design({"kind": "colour", "paint": paint}, repeat=repeat)
    pixels = drawn(record, 256)[..., :3]
    for axis in (0, 1):
        if repeat == "none" or (repeat == "border" and axis == 0):
            continue
        steps = np.abs(np.diff(pixels, axis=axis, append=pixels.take([0], axis)))
        assert steps.max() <= 8


@pytest.mark.parametrize(
    ("repeat", "direction", "first", "last"),
    [
        ("none", "vertical", (0, 128), (-1, 128)),
        ("none", "horizontal", (128, 0), (128, -1)),
        ("none", "diagonal", (0, 0), (-1, -1)),
        ("none", "radial", (128, 128), (-1, -1)),
        ("border", "vertical", (0, 128), (-1, 128)),
        ("border", "horizontal", (128, 0), (128, 128)),
        ("straight", "vertical", (0, 128), (128, 128)),
    ],
)
def test_gradient_runs_from_its_first_colour_to_its_last(
    repeat: str, direction: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    paint = {"gradient": ["p0", "p2", "p1"], "direction": direction}
    pixels = drawn(design({"kind": "colour", "paint": paint}, repeat=repeat), 256)[..., :3]
    for place, colour in ((first, "F4EBDD"), (last, "1B2A5B")):
        assert np.abs(pixels[place] - list(bytes.fromhex(colour))).max() <= 2


def test_elements_are_painted_in_their_order_with_all_copies() -> None:
    first = element("e0", 30, 30, 150, paints=["p1"] * 3)
    second = element("e1", 0, 0, 20, paints=["p2"] * 3)
    for elements in ([first, second], [second, first]):
        pixels = drawn(design(GROUND, motifs(*elements), cell_mm=(60, 60)), 240)[..., :3]
        top = {"e0": 0x1B, "e1": 0xE3}[str(elements[-1]["id"])]
        corners = pixels[[10, 10, -10, -10], [3, -3, 3, -3], 0]
        assert (corners == top).sum() >= 2


def test_flip_comes_before_turn() -> None:
    plain = drawn(design(motifs(element("e0", 30, 30, 40)), cell_mm=(60, 60)), 240)
    both = element("e0", 30, 30, 40, flip=True, turn=90)
    expected = np.rot90(np.flip(plain, 1), -1)
    pixels = drawn(design(motifs(both), cell_mm=(60, 60)), 240)
    assert (np.abs(pixels - expected).max(-1) > 60).mean() < 0.002


def test_element_has_its_size() -> None:
    record = design(motifs(element("e0", 30, 30, 40)), cell_mm=(60, 60), repeat="none")
    seen = np.argwhere(drawn(record, 600)[..., 3] > 127)
    sides = np.ptp(seen, axis=0) + 1
    assert sides.max() == pytest.approx(400, abs=4)
    assert (seen.min(0) + seen.max(0)) / 2 == pytest.approx((299.5, 299.5), abs=3)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"motif": "own:basilisk@1"}, "motif", "no motif own:basilisk"),
        ({"motif": "acorn@1"}, "motif", "no motif acorn"),
        ({"motif": "twemoji:fox@1"}, "sha256", "is drawn from a file"),
        ({"motif": "own:acorn@99"}, "motif", "version of own:acorn is 1"),
        ({"paints": ["p0"]}, "paints", "has 3 colours"),
        ({"sha256": "a" * 64}, "sha256", "not drawn from a file"),
    ],
)
def test_error_of_an_element_names_its_path(
    changes: dict[str, object], field: str, message: str
) -> None:
    layer = motifs(element("e0", 1, 1), element("e1", 2, 2, **changes))
    with pytest.raises(InvalidRequest, match=message) as refused:
        svg_document(design(GROUND, layer))
    assert [each.field for each in refused.value.fields] == [f"layers.1.elements.1.{field}"]
