"""Tests of families of bands and weaves: widths, order, symmetry."""

from itertools import pairwise

import numpy as np
import pytest

from tests.unit.worker.drawing.family_sheets import area, drawn, polygons_of
from worker.drawing.families.family import Parameters
from worker.drawing.families.geometric.bands import abutting, evened, randomised
from worker.drawing.families.geometric.fitting import fit
from worker.drawing.families.geometric.woven import sett
from worker.drawing.sheet import Sheet, Window


def parameters(accents: int, **changes: object) -> Parameters:
    """Return parameters with equal shares."""
    values = {
        "form": "even", "scale_mm": 10.0, "density": 0.5, "line_weight": 0.5,
        "slots": accents + 1, "shares": (1 / accents,) * accents if accents else (), "seed": (1,),
    }  # fmt: skip
    return Parameters(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("accents", [1, 2, 3, 4])
def test_bands_lie_apart_and_cover_what_is_asked(accents: int) -> None:
    bands = evened(parameters(accents), 0.4)
    assert [band.slot for band in bands] == list(range(1, accents + 1))
    assert sum(band.end - band.start for band in bands) == pytest.approx(0.4 * accents)
    assert all(a.end < b.start for a, b in pairwise(bands))
    assert bands[0].start > 0
    assert bands[-1].end < accents


def test_widths_of_bands_follow_the_shares() -> None:
    bands = evened(parameters(3, shares=(0.5, 0.3, 0.2)), 0.45)
    widths = np.array([band.end - band.start for band in bands])
    assert widths / widths.sum() == pytest.approx([0.5, 0.3, 0.2])


def test_bands_that_touch_reach_beneath_their_followers() -> None:
    bands = abutting([(1, 2.0), (2, 1.0), (0, 1.0), (3, 1.0)])
    assert bands == [(1, 0.0, 3.0), (2, 2.0, 3.0), (3, 4.0, 5.0)]


@pytest.mark.parametrize("count", [1, 3, 8, 13])
def test_random_bands_fill_their_length_and_end_with_a_gap(count: int) -> None:
    bands = randomised(parameters(3), count, 0.5, "bands")
    assert max(band.end for band in bands) < count
    assert bands == randomised(parameters(3), count, 0.5, "bands")
    assert bands[0].start == 0
    edges = sorted({band.start for band in bands} | {band.end for band in bands})
    covered = sum(
        b - a
        for a, b in pairwise(edges)
        if any(band.start <= a and b <= band.end for band in bands)
    )
    assert covered == pytest.approx(0.5 * count)


@pytest.mark.parametrize("size", [(80.0, 80.0), (80.0, 50.0), (23.0, 400.0)])
@pytest.mark.parametrize("multiples", [(1, 1), (1, 2), (2, 4)])
def test_units_fill_the_period_in_whole_multiples(
    size: tuple[float, float], multiples: tuple[int, int]
) -> None:
    sheet = Sheet(*size, Window(left=0, top=0, right=size[0], bottom=size[1]))
    units = fit(sheet, parameters(1), aspect=3**0.5 / 2, multiples=multiples)
    assert units.columns % multiples[0] == 0
    assert units.rows % multiples[1] == 0
    assert units.columns * units.width == pytest.approx(size[0])
    assert units.rows * units.height == pytest.approx(size[1])


def test_units_of_a_honeycomb_are_nearly_regular() -> None:
    sheet = Sheet(80, 80, Window(left=0, top=0, right=80, bottom=80))
    for scale in (4.0, 6.7, 10.0, 16.0, 20.0):
        units = fit(sheet, parameters(1, scale_mm=scale), aspect=3**0.5 / 2, multiples=(1, 2))
        assert units.height / units.width == pytest.approx(3**0.5 / 2, rel=0.08)
        assert units.width == pytest.approx(scale, rel=0.25)


@pytest.mark.parametrize("form", ["even", "awning", "pin", "ticking", "regency", "graded", "multi"])
def test_stripes_leave_ground_and_show_all_accents(form: str) -> None:
    sheet = drawn("stripes", form, 3)
    assert {shape.slot for shape in sheet.shapes} == {0, 1, 2, 3}
    edges = np.zeros(8000, int)
    for shape in sheet.shapes[1:]:
        for corners in polygons_of(shape):
            low, high = corners[:, 0].min(), corners[:, 0].max()
            edges[max(0, round(low * 100)) : max(0, round(high * 100))] = shape.slot
    assert 0.3 < (edges == 0).mean() < 0.9


def test_bolder_stripes_are_wider() -> None:
    def covered(weight: float) -> float:
        sheet = drawn("stripes", "even", 1, line_weight=weight)
        return sum(area(each) for shape in sheet.shapes[1:] for each in polygons_of(shape))

    assert covered(0) < covered(0.5) < covered(1)


@pytest.mark.parametrize("accents", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_a_sett_is_symmetric_about_both_pivots(accents: int, seed: int) -> None:
    runs = sett(parameters(accents, seed=(seed,)))
    assert [slot for slot, _ in runs] == [slot for slot, _ in reversed(runs)]
    assert [width for _, width in runs] == pytest.approx([width for _, width in reversed(runs)])
    assert {slot for slot, _ in runs} == set(range(accents + 1))
    neighbours = pairwise(runs)
    assert all(first[0] != second[0] for first, second in neighbours)


@pytest.mark.parametrize("form", ["tartan", "buffalo", "glen"])
def test_warp_and_weft_of_a_plaid_have_equal_bands(form: str) -> None:
    sheet = drawn("plaid", form, 1)
    warp = [s for s in sheet.shapes[1:] if np.ptp(polygons_of(s)[0][:, 1]) >= 80 and s.slot]
    weft = [s for s in sheet.shapes[1:] if s not in warp and s.slot]
    across = {round(float(np.ptp(polygons_of(shape)[0][:, 0])), 3) for shape in warp}
    down = {round(float(np.ptp(polygons_of(shape)[0][:, 1])), 3) for shape in weft}
    assert sorted(across) == pytest.approx(sorted(down), abs=2e-3)
    assert len(across) == {"tartan": 2, "buffalo": 1, "glen": 2}[form]


def test_half_of_a_gingham_crossing_is_weft() -> None:
    sheet = drawn("checks", "gingham", 1, (100.0, 100.0))
    weft = [s for s in sheet.shapes[1:] if np.ptp(polygons_of(s)[0][:, 1]) < 99 and s.slot]
    whole = sum(area(each) for shape in weft for each in polygons_of(shape))
    # bands take half of the height, twill lines half of the width; some reach over the border
    assert whole == pytest.approx(100 * 100 / 4, rel=0.1)


@pytest.mark.parametrize("form", ["classic", "stepped"])
def test_a_tooth_has_four_arms_and_covers_half_of_its_cell(form: str) -> None:
    sheet = drawn("houndstooth", form, 1)
    tooth = polygons_of(sheet.shapes[1])[0]
    units = round(80 / (80 / 6))
    assert area(tooth) == pytest.approx((80 / units) ** 2 / 2)
    band = 80 / units / 2
    assert np.ptp(tooth[:, 0]) == pytest.approx(2.5 * band if form == "classic" else 2.25 * band)
    assert np.ptp(tooth[:, 1]) == pytest.approx(2.5 * band if form == "classic" else 2.25 * band)


@pytest.mark.parametrize("name", ["waves", "chevron", "zigzag"])
def test_rows_follow_each_other_in_the_order_of_the_accents(name: str) -> None:
    form = {"waves": "flowing", "chevron": "bands", "zigzag": "lines"}[name]
    slots = {shape.slot for shape in drawn(name, form, 4).shapes}
    assert slots == {0, 1, 2, 3, 4}


def test_waves_of_varying_width_never_close() -> None:
    for weight in (0.0, 0.5, 1.0):
        sheet = drawn("waves", "swell", 1, line_weight=weight)
        for shape in sheet.shapes[1:]:
            for codes, points in shape.parts:
                assert codes.count("M") == 1
                half = points.shape[1] // 2
                upper, lower = points[0, :half:3], points[0, half:][::-1][::3]
                assert (lower[:, 1] - upper[:, 1]).min() > 0


def test_no_accent_draws_the_ground_alone() -> None:
    for name, form in (("stripes", "even"), ("plaid", "tartan"), ("zigzag", "knit")):
        assert {shape.slot for shape in drawn(name, form, 0).shapes} == {0}
