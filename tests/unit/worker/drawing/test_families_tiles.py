"""Tests of families of tiles, lattices and plaits: areas, places, numbers."""

import numpy as np
import pytest

from tests.unit.worker.drawing.family_sheets import area, drawn, polygons_of
from worker.drawing.families import FAMILIES
from worker.drawing.path import bars
from worker.drawing.sheet import Sheet

TILES = ("hexagons", "triangles", "cubes", "bricks", "diamonds", "argyle", "asanoha",
         "herringbone", "basketweave")  # fmt: skip
FORMS = [(name, form) for name in TILES for form in FAMILIES[name].forms]


def painted(sheet: Sheet, slot: int) -> float:
    """Return the area of all polygons of one slot whose middle is in the period, mm²."""
    total = 0.0
    for shape in sheet.shapes[1:]:
        for corners in polygons_of(shape) if shape.slot == slot else []:
            middle = corners.mean(0)
            if (middle >= 0).all() and (middle < (sheet.width, sheet.height)).all():
                total += area(corners)
    return total


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("accents", [1, 4])
def test_every_accent_is_used(name: str, form: str, accents: int) -> None:
    sheet = drawn(name, form, accents, (160.0, 160.0))
    assert {shape.slot for shape in sheet.shapes} == set(range(accents + 1)) | {0}


def test_areas_of_bricks_follow_the_shares() -> None:
    shares = (0.6, 0.3, 0.1)
    sheet = drawn("bricks", "running", 3, shares=shares)
    areas = np.array([painted(sheet, slot) for slot in (1, 2, 3)])
    assert areas / areas.sum() == pytest.approx(shares, abs=0.05)


def test_courses_of_a_running_bond_are_staggered_by_half_a_brick() -> None:
    corners = np.array([each[0] for each in polygons_of(drawn("bricks", "running", 1).shapes[1])])
    rows = np.unique(corners[:, 1].round(6))
    length = 80 / 5
    first, second = (
        np.sort(corners[np.isclose(corners[:, 1], y), 0] % length)[0] for y in rows[1:3]
    )
    assert abs(first - second) == pytest.approx(length / 2)


@pytest.mark.parametrize("form", ["parquet", "double"])
def test_planks_fill_the_floor_but_for_their_gaps(form: str) -> None:
    wide = drawn("herringbone", form, 1, line_weight=0.0)
    slim = drawn("herringbone", form, 1, line_weight=1.0)
    ratio = 4 if form == "parquet" else 6
    for sheet, gap in ((wide, 0.1), (slim, 0.28)):
        share = painted(sheet, 1) / 6400
        assert share == pytest.approx((1 - gap) * (1 - gap / ratio), rel=0.02)


@pytest.mark.parametrize("form", ["parquet", "double"])
def test_planks_do_not_overlap(form: str) -> None:
    sheet = drawn("herringbone", form, 1, line_weight=0.0)
    planks = [plank for shape in sheet.shapes[1:] for plank in polygons_of(shape)]
    points = np.random.default_rng(0).uniform(0, 80, (400, 2))
    inside = np.zeros(len(points), int)
    for plank in planks:
        sides = np.roll(plank, -1, 0) - plank
        toward = points[:, None] - plank
        turn = sides[:, 0] * toward[..., 1] - sides[:, 1] * toward[..., 0]
        inside += (turn > 0).all(1) | (turn < 0).all(1)
    assert inside.max() == 1
    assert (inside == 1).mean() > 0.8


@pytest.mark.parametrize("form", ["classic", "knitted"])
def test_argyle_diamonds_cover_half_of_the_period(form: str) -> None:
    sheet = drawn("argyle", form, 2)
    assert painted(sheet, 1) == pytest.approx(3200, rel=0.01)


def test_tumbling_blocks_show_three_faces_of_equal_area() -> None:
    # each colour is painted beneath the later ones: left faces of slot 1, right ones of slot 2
    sheet = drawn("cubes", "blocks", 2)
    second = painted(sheet, 2)
    assert second == pytest.approx(6400 / 3, rel=0.01)
    assert painted(sheet, 1) == pytest.approx(2 * second, rel=0.01)


def test_the_hemp_leaf_has_nine_lines_for_each_corner() -> None:
    sheet = drawn("asanoha", "lines", 1)
    (shape,) = sheet.shapes[1:]
    assert all(codes == "MLLLZ" * 9 for codes, _ in shape.parts)


def test_leaves_of_the_hemp_leaf_stars_are_filled_for_one_corner_in_four() -> None:
    sheet = drawn("asanoha", "stars", 1)
    filled = [shape for shape in sheet.shapes if shape.slot == 1]
    whole = sum(area(each) for shape in filled for each in polygons_of(shape)
                if (each.mean(0) >= 0).all() and (each.mean(0) < 80).all())  # fmt: skip
    assert whole == pytest.approx(3200, rel=0.02)


def test_low_poly_triangles_fill_the_period() -> None:
    sheet = drawn("triangles", "low-poly", 0, line_weight=0.0)
    inside = [
        c for c in polygons_of(sheet.shapes[1]) if (c.mean(0) >= 0).all() and (c.mean(0) < 80).all()
    ]
    assert sum(map(area, inside)) == pytest.approx(6400, rel=1e-6)


def test_strands_of_a_plain_weave_lie_and_stand_in_turn() -> None:
    sheet = drawn("basketweave", "plain", 2)
    lying, standing = (np.stack(polygons_of(shape)) for shape in sheet.shapes[1:])
    assert (np.ptp(lying[..., 0], axis=1) > np.ptp(lying[..., 1], axis=1)).all()
    assert (np.ptp(standing[..., 1], axis=1) > np.ptp(standing[..., 0], axis=1)).all()
    unit = 10.0
    for strands, odd in ((lying, 0), (standing, 1)):
        column, row = np.floor(strands.mean(1) / unit).astype(int).T
        assert ((column + row) % 2 == odd).all()


@pytest.mark.parametrize("name", ["diamonds", "hexagons", "bricks"])
def test_density_or_weight_changes_the_covered_area(name: str) -> None:
    form = {"diamonds": "apart", "hexagons": "apart", "bricks": "running"}[name]
    key = "density" if name == "diamonds" else "line_weight"
    low, high = (
        sum(painted(drawn(name, form, 3, **{key: value}), slot) for slot in (1, 2, 3))
        for value in (0.0, 1.0)
    )
    assert abs(high - low) > 0.1 * 6400


def test_bars_have_their_width_and_reach_over_their_ends() -> None:
    (corners,) = bars([[(0, 0), (3, 4)]], 2.0, 0.5).points[None]
    assert area(corners) == pytest.approx(2 * 6)
    assert corners[[0, 3]].mean(0) == pytest.approx([-0.3, -0.4])
