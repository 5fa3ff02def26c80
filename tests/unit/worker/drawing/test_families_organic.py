"""Traced lines, cells on a torus, and the organic families."""

from dataclasses import replace

import numpy as np
import pytest

from worker.drawing.families import FAMILIES, Parameters
from worker.drawing.families.organic import animal, crackle, ikat
from worker.drawing.families.organic.traced import Tracer, waves
from worker.drawing.families.organic.voronoi import cells, clipped
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet, Window

ORGANIC = [
    "animal-spots",
    "marble",
    "topography",
    "zebra",
    "ripples",
    "cracked-ice",
    "ikat",
    "clouds",
]


def _sheet(width: float = 80.0, height: float = 80.0) -> Sheet:
    return Sheet(width, height, Window(left=0, top=0, right=width, bottom=height))


def _parameters(name: str, form: str, slots: int = 4, **other: float) -> Parameters:
    values = {"density": 0.5, "line_weight": 0.5} | other
    return Parameters(
        form=form, scale_mm=80 / FAMILIES[name].repeats[1], slots=slots, seed=(7, 0, 1),
        shares=(1 / (slots - 1),) * (slots - 1) if slots > 1 else (), **values,
    )  # fmt: skip


def _area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


def _bump(tracer: Tracer) -> Points:
    """Return a hill whose contours are circles around (40, 30)."""
    x, y = tracer.places
    return -np.hypot(x - 40, y - 30)


def test_a_traced_region_has_its_area() -> None:
    tracer = Tracer(_sheet(), 1.0)
    region = tracer.region(_bump(tracer), -20.0)
    assert region is not None
    on_curve = region.points[::3]
    assert _area(on_curve[:-1]) == pytest.approx(np.pi * 400, rel=0.01)
    assert np.hypot(*(on_curve - (40, 30)).T) == pytest.approx(20, abs=0.05)


def test_traced_lines_have_their_width() -> None:
    tracer = Tracer(_sheet(), 1.0)
    ribbon = tracer.lines(_bump(tracer), -20.0, 0.6)
    assert ribbon is not None
    assert ribbon.codes.count("M") == 2
    radius = np.hypot(*(ribbon.points - (40, 30)).T)
    assert np.abs(radius - 20) == pytest.approx(0.3, abs=0.06)


def test_a_region_that_does_not_exist_is_none() -> None:
    tracer = Tracer(_sheet(), 4.0)
    assert tracer.region(np.zeros((tracer.rows, tracer.columns)), 1.0) is None
    assert tracer.lines(np.zeros((tracer.rows, tracer.columns)), 1.0, 0.5) is None


def test_lines_are_the_same_in_every_period() -> None:
    window = Window(left=-90, top=-10, right=170, bottom=90)
    tracer = Tracer(Sheet(80, 80, window), 2.0)
    ribbon = tracer.lines(_bump(tracer), -15.0, 0.5)
    assert ribbon is not None
    x = ribbon.points[:, 0]
    periods = [ribbon.points[np.abs(x - 40 - 80 * i) < 20] - (80 * i, 0) for i in (-1, 0, 1)]
    for other in (periods[0], periods[2]):
        assert len(other) == len(periods[1])
        assert np.sort(other, axis=0) == pytest.approx(np.sort(periods[1], axis=0))


def test_waves_are_even() -> None:
    field = waves(Tracer(_sheet(), 1.0), np.random.default_rng(1), 25.0)
    assert field.mean() == pytest.approx(0, abs=1e-9)
    assert field.std() == pytest.approx(1)
    inside = np.abs(np.diff(field, axis=1)).max()
    assert np.abs(field[:, 0] - field[:, -1]).max() <= 1.05 * inside


def test_sampling_agrees_with_the_grid() -> None:
    tracer = Tracer(_sheet(), 1.0)
    x, y = tracer.places
    field = np.sin(2 * np.pi * x / 80) * np.cos(2 * np.pi * y / 80)
    assert tracer.sample(field, x + 80, y - 160) == pytest.approx(field)


def test_cells_fill_the_torus() -> None:
    places = np.random.default_rng(5).uniform(0, 1, (23, 2)) * (60, 90)
    found = cells(60, 90, places)
    assert sum(_area(cell) for cell in found) == pytest.approx(60 * 90)
    inner = cells(60, 90, places, inset=0.5)
    assert all(_area(a) < _area(b) for a, b in zip(inner, found, strict=True))


def test_one_cell_is_the_whole_period() -> None:
    (cell,) = cells(60, 90, np.array([(10.0, 20.0)]))
    assert _area(cell) == pytest.approx(60 * 90)


def test_clipping_away_everything_leaves_nothing() -> None:
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    assert len(clipped(square, np.array((-1.0, 0.0)), np.array((1.0, 0.0)))) == 0
    half = clipped(square, np.array((0.5, 0.0)), np.array((1.0, 0.0)))
    assert _area(half) == pytest.approx(0.5)


def test_a_pane_is_split_without_loss() -> None:
    pane = np.array([(0, 0), (4, 0), (5, 2), (1, 3)], float)
    parts, crack = crackle._split(pane, np.random.default_rng(1))
    assert len(parts) == 2
    assert crack is not None
    assert sum(map(_area, parts)) == pytest.approx(_area(pane))


def test_an_inset_pane_keeps_its_distance() -> None:
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float)
    assert _area(crackle._inset(square, 0.5)) == pytest.approx(9)


def test_rosettes_are_broken_rings() -> None:
    random = np.random.default_rng(2)
    for _ in range(5):
        middle, ring = animal.rosette(random, 1.0).parts
        assert (middle.role, ring.role) == ("middle", "ring")
        pieces = ring.path.codes.count("M") / 3  # a stroke and two round ends each
        assert pieces in (2, 3)


def test_ikat_threads_end_in_points() -> None:
    figure = ikat._figure(ikat._diamond, 10.0, 14.0, 1.0, np.random.default_rng(1))
    assert figure is not None
    assert len(figure.points) == 2 * 3 * 20
    assert np.ptp(figure.points[:, 0]) == pytest.approx(20)
    assert ikat._figure(ikat._diamond, 0.4, 1.0, 1.0, np.random.default_rng(1)) is None


def test_a_leopard_in_one_colour_has_hollow_rosettes() -> None:
    areas = []
    for slots in (2, 3):
        sheet = _sheet()
        FAMILIES["animal-spots"].draw(sheet, _parameters("animal-spots", "leopard", slots))
        areas.append({shape.slot for shape in sheet.shapes})
    assert areas == [{0, 1}, {0, 1, 2}]


@pytest.mark.parametrize("name", ORGANIC)
def test_bolder_lines_differ(name: str) -> None:
    family = FAMILIES[name]
    drawn = []
    for weight in (0.0, 1.0):
        sheet = _sheet()
        family.draw(sheet, _parameters(name, family.forms[0], line_weight=weight))
        drawn.append(
            [(s.slot, s.width, len(s.parts[0][1]), s.parts[0][1].sum()) for s in sheet.shapes]
        )
    assert "line_weight" in family.traits
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("name", ORGANIC)
def test_nothing_is_drawn_without_accents(name: str) -> None:
    family = FAMILIES[name]
    for form in family.forms:
        sheet = _sheet()
        family.draw(sheet, _parameters(name, form, slots=1))
        assert [shape.slot for shape in sheet.shapes] == [0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ORGANIC)
def test_scales_larger_than_the_period_can_be_drawn(name: str) -> None:
    family = FAMILIES[name]
    for form in family.forms:
        sheet = _sheet(30, 20)
        family.draw(sheet, replace(_parameters(name, form), scale_mm=150.0))
        points = [p for shape in sheet.shapes for _, p in shape.parts]
        assert len(points) > 1
        assert all(np.isfinite(p).all() for p in points)
