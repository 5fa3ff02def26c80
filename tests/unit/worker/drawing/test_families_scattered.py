"""Tests of families of separate motifs: dots, circles, crosses, stars, hearts, chips, strokes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.designs.parsing import read_design
from worker.drawing.families import FAMILIES, Parameters
from worker.drawing.families.botanical.room import block_of
from worker.drawing.families.scattered.chips import chips_of
from worker.drawing.families.scattered.places import in_rows, packed, packed_block, spread, tossed
from worker.drawing.families.scattered.strokes import stroke_of
from worker.drawing.families.scattered.tossing import capsule, toss
from worker.drawing.path import Points
from worker.drawing.raster import draw_pixels
from worker.drawing.sheet import Shape, Sheet, Window

SCATTERED = ("dots", "circles", "crosses", "stars", "hearts", "terrazzo", "brush-strokes",
             "confetti")  # fmt: skip
FORMS = [(name, form) for name in SCATTERED for form in FAMILIES[name].forms]
CELLS = ((80.0, 80.0), (50.0, 120.0), (20.0, 20.0))


def parameters(form: str = "plain", accents: int = 3, **changes: Any) -> Parameters:
    shares = tuple(1 / accents for _ in range(accents))
    plain = Parameters(form=form, scale_mm=10.0, density=0.5, line_weight=0.5, slots=accents + 1,
                       shares=shares, seed=(7, 0, 1))  # fmt: skip
    return replace(plain, **changes)


class SingleSheet(Sheet):
    """A sheet with one copy of each shape, where it was drawn."""

    def wrapped(self, points: Points, margin: float, along: int | None = None) -> Points:
        return points


def sheet_of(width: float = 80.0, height: float = 80.0, *, once: bool = False) -> Sheet:
    """Return a sheet; `once`: a copy of each shape, not repeated."""
    window = Window(left=0.0, top=0.0, right=width, bottom=height)
    return (SingleSheet if once else Sheet)(width, height, window)


def drawn(name: str, p: Parameters, sheet: Sheet) -> Sequence[Shape]:
    FAMILIES[name].draw(sheet, p)
    return sheet.shapes


def gaps(places: Points, radii: NDArray[np.float64], width: float, height: float) -> Points:
    """Return the gaps between all pairs of discs on a torus."""
    period = np.array((width, height))
    offset = (places[:, None] - places + period / 2) % period - period / 2
    far = np.hypot(offset[..., 0], offset[..., 1]) - radii[:, None] - radii
    own: Points = far[np.triu_indices(len(places), 1)]
    return own


@pytest.mark.parametrize("form", FAMILIES["dots"].forms)
@pytest.mark.parametrize("density", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("cell", CELLS)
def test_dots_never_touch(form: str, density: float, cell: tuple[float, float]) -> None:
    for scale in (5.0, 11.0):
        p = parameters(form, density=density, scale_mm=scale)
        shapes = drawn("dots", p, sheet_of(*cell, once=True))[1:]
        points = [copy for shape in shapes for _, parts in shape.parts for copy in parts]
        middle = np.array([(copy.min(0) + copy.max(0)) / 2 for copy in points])
        radii = np.array([np.ptp(copy[:, 0]) / 2 for copy in points])
        apart = gaps(middle, radii, *cell)
        if form == "ringed":  # a core inside of its ring is no neighbour
            same = np.hypot(*(middle[:, None] - middle).transpose(2, 0, 1)) < 1e-6
            apart = apart[~same[np.triu_indices(len(middle), 1)]]
        assert apart.min(initial=1.0) > 0.02 * radii.min()
        assert 2 * radii.max() < min(cell)


@pytest.mark.parametrize("cell", [(80, 80), (30, 80), (80, 50)])
@pytest.mark.parametrize(("name", "form"), [("stars", "rows"), ("stars", "faceted"),
                                            ("crosses", "plus"), ("crosses", "swiss")])  # fmt: skip
def test_dense_rows_do_not_overlap(name: str, form: str, cell: tuple[float, float]) -> None:
    """The ink on the picture is the sum of the areas of all motifs."""
    bold = {"scale_mm": 11.0, "density": 1.0, "line_weight": 1.0}
    shapes = drawn(name, parameters(form, 1, **bold), sheet_of(*cell, once=True))[1:]
    area = sum(_ink(shape) for shape in shapes) / (cell[0] * cell[1])
    document = {"id": "l1", "kind": "family", "family": FAMILIES[name].drawing, "form": form,
                "paints": [{"palette": "a"}, {"palette": "b"}], **bold}  # fmt: skip
    palette = [{"id": id_, "hex": hex_, "role": "hero", "from": "chosen"}
               for id_, hex_ in (("a", "#FFFFFF"), ("b", "#000000"))]  # fmt: skip
    record = read_design(
        {"version": 1, "seed": 7, "cell_mm": list(cell), "palette": palette, "layers": [document]}
    )
    covered = 1 - draw_pixels(record, 512)[..., 0].astype(float).mean() / 255
    assert covered == pytest.approx(area, abs=0.006)


@pytest.mark.parametrize("name", ["dots", "crosses", "stars", "hearts", "terrazzo"])
def test_density_grows_the_covered_area(name: str) -> None:
    for form in FAMILIES[name].forms:
        areas = []
        for density in (0.0, 0.5, 1.0):
            shapes = drawn(name, parameters(form, 1, density=density), sheet_of(once=True))
            areas.append(sum(_area(shape) for shape in shapes[1:]))
        assert areas[0] < areas[1] < areas[2], form


def _area(shape: Shape) -> float:
    total = 0.0
    for _, points in shape.parts:
        step = np.roll(points, -1, axis=1)
        cross = points[..., 0] * step[..., 1] - points[..., 1] * step[..., 0]
        area = float(np.abs(cross.sum(1)).sum() / 2)
        length = float(np.hypot(*np.diff(points, axis=1).transpose(2, 0, 1)).sum())
        total += area if shape.width is None else length * shape.width
    return total


def test_places_in_rows_are_staggered_and_fit_the_period() -> None:
    for multiple in (1, 2, 3):
        places = in_rows(sheet_of(70, 110), parameters(), staggered=True, multiple=multiple)
        rows = places.row.max() + 1
        assert rows % 2 == 0
        assert rows % multiple == 0
        first, second = (places.at[places.row == row, 0] for row in (0, 1))
        assert second - first == pytest.approx(places.step[0] / 2)
        near = gaps(places.at, np.zeros(len(places.at)), 70, 110).min()
        assert near == pytest.approx(places.pitch)
        assert 0.6 < places.pitch / 10 < 1.5


def test_tossed_places_are_even() -> None:
    places = tossed(sheet_of(), parameters())
    near = gaps(places.at, np.zeros(len(places.at)), 80, 80).min()
    assert near == pytest.approx(places.pitch)
    assert len(places.at) == 64
    assert places.pitch > 5


def test_packed_discs_keep_their_gap() -> None:
    discs = packed(sheet_of(80, 50), parameters(), [(0.5, 0.3), (0.3, 0.6), (0.1, 3)], 0.8)
    assert len(np.unique(discs[:, 2])) == 3
    assert gaps(discs[:, :2], discs[:, 2], 80, 50).min() >= 0.8 - 1e-9


@pytest.mark.parametrize("shares", [(1 / 3, 1 / 3, 1 / 3), (0.6, 0.3, 0.1)])
def test_spread_keeps_shares_and_sets_equal_colours_apart(shares: tuple[float, ...]) -> None:
    p = parameters(shares=shares)
    places = in_rows(sheet_of(), p, staggered=False)
    random, apart = p.accents(64), spread(sheet_of(), p, places.at)
    assert np.array_equal(np.bincount(random, minlength=4), np.bincount(apart, minlength=4))

    def equal_neighbours(slots: NDArray[np.intp]) -> int:
        grid = slots.reshape(8, 8)
        return int(sum((grid == np.roll(grid, 1, axis)).sum() for axis in (0, 1)))

    assert equal_neighbours(apart) < 0.75 * equal_neighbours(random)


def test_chips_are_convex_and_apart() -> None:
    block = block_of(40.0, 40.0, 10.0, 50)
    random = np.random.default_rng(3)
    discs = packed_block(block, random, [(0.5, 0.3), (0.3, 0.6), (0.1, 2)], 0.2)
    chips = chips_of(discs, np.array((40.0, 40.0)), random, 1.0, 0.5)
    assert len(chips) == len(discs)
    shifts = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]) * 40.0
    for chip in chips:
        edge = np.roll(chip, -1, 0) - chip
        turn = edge[:, 0] * np.roll(edge, -1, 0)[:, 1] - edge[:, 1] * np.roll(edge, -1, 0)[:, 0]
        assert turn.min() > -1e-9
    for one, other in combinations(chips, 2):
        for shift in shifts[np.hypot(*(other.mean(0) - one.mean(0) + shifts).T) < 20]:
            assert _separation(one, other + shift) >= 0.5 - 1e-6
    areas = [np.ptp(chip, axis=0).prod() for chip in chips]
    assert max(areas) > 10 * min(areas)


def _separation(one: Points, other: Points) -> float:
    """Return the greatest gap between convex polygons along the normals of their edges."""
    best = -np.inf
    for first, second in ((one, other), (other, one)):
        edge = np.roll(first, -1, 0) - first
        length = np.hypot(edge[:, 0], edge[:, 1])
        normal = np.stack([edge[:, 1], -edge[:, 0]], -1)[length > 1e-9]
        normal /= length[length > 1e-9, None]
        start = first[length > 1e-9]
        gap = (second @ normal.T - (start * normal).sum(-1)).min(0)
        best = max(best, float(gap.max()))
    return best


def test_tossed_motifs_are_apart() -> None:
    shapes = [capsule(0.35, 0.08), np.array([(0.0, 0.0, 0.3)])]
    tossed_ = toss(sheet_of(), parameters(), shapes, 0.05, np.linspace(0, np.pi, 8))
    assert len(tossed_.at) > 50
    discs, owner = [], []
    for index, (at, kind, turn, size) in enumerate(
        zip(tossed_.at, tossed_.kind, tossed_.turn, tossed_.size, strict=True)
    ):
        x, y, radius = (shapes[kind] * size).T
        cosine, sine = np.cos(turn), np.sin(turn)
        turned = np.stack([x * cosine - y * sine, x * sine + y * cosine], -1) + at
        discs.append(np.column_stack([turned, radius]))
        owner += [index] * len(x)
    every, own = np.concatenate(discs), np.array(owner)
    other = (own[:, None] != own)[np.triu_indices(len(own), 1)]
    cell = 80 / 72  # of the grid on which distances are kept
    assert gaps(every[:, :2], every[:, 2], 80, 80)[other].min() > 0.5 - cell


def test_stroke_has_ragged_ends_and_holes() -> None:
    path = stroke_of(np.random.default_rng(5), 0.3, 0.0)
    contours = path.codes.split("Z")[:-1]
    assert len(contours) > 2
    ends = np.cumsum([len(contour) for contour in contours])
    areas = []
    for points in np.split(path.points, ends[:-1]):
        step = np.roll(points, -1, 0)
        areas.append(float((points[:, 0] * step[:, 1] - points[:, 1] * step[:, 0]).sum() / 2))
    assert areas[0] > 0
    assert max(areas[1:]) < 0  # holes: the other direction
    outline = path.points[: ends[0]]
    right = outline[outline[:, 0] > 0.4]
    assert np.ptp(right[:, 0]) > 0.1
    assert np.abs(path.points).max() <= 1


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("accents", [0, 1, 4])
def test_all_accents_are_used_and_nothing_else(name: str, form: str, accents: int) -> None:
    p = parameters(form, max(accents, 1), scale_mm=20.0)
    if accents == 0:
        p = replace(p, slots=1, shares=())
    shapes = drawn(name, p, sheet_of())
    assert {shape.slot for shape in shapes[1:]} - {0} == set(range(1, accents + 1))
    assert all(np.isfinite(points).all() for shape in shapes for _, points in shape.parts)


@pytest.mark.parametrize("name", ["circles", "crosses", "confetti"])
def test_weight_grows_lines(name: str) -> None:
    for form in FAMILIES[name].forms:
        if (name, form) == ("circles", "bullseye"):
            continue
        areas = []
        for weight in (0.0, 1.0):
            shapes = drawn(name, parameters(form, 1, line_weight=weight), sheet_of(once=True))
            areas.append(sum(_ink(shape) for shape in shapes[1:] if shape.slot))
        assert areas[0] < areas[1], form


def _ink(shape: Shape) -> float:
    """Return the area with holes taken off."""
    total = 0.0
    for codes, points in shape.parts:
        counts = np.array([{"M": 1, "L": 1, "C": 3, "Z": 0}[code] for code in codes])
        starts = np.flatnonzero(np.array(list(codes)) == "M")
        ends = np.cumsum(counts)
        bounds = [*(ends[starts] - 1), ends[-1]]
        area = np.zeros(len(points))
        length = 0.0
        for first, last in pairwise(bounds):
            part = points[:, first:last]
            step = np.roll(part, -1, axis=1)
            area += (part[..., 0] * step[..., 1] - part[..., 1] * step[..., 0]).sum(1) / 2
            length += float(np.hypot(*np.diff(part, axis=1).transpose(2, 0, 1)).sum())
        total += float(np.abs(area).sum()) if shape.width is None else length * shape.width
    return total
