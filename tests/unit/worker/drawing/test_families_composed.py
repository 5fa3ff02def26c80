"""Tests of abstract geometry, scales, ogees, quatrefoils, Greek keys and damask."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.designs.parsing import read_design
from tests.unit.worker.drawing.family_sheets import drawn
from worker.drawing.families import FAMILIES, Parameters
from worker.drawing.families.ornamental.composed import _partition, _turning
from worker.drawing.families.ornamental.overlapping import _area, _common
from worker.drawing.path import Path, arc, circle, closed, ellipse, polygon, rectangle
from worker.drawing.raster import draw_pixels

COLOURS = ("#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D", "#2E6E5B")


def draw(name: str, form: str, size_px: int = 480, accents: int = 3, **layer: Any) -> NDArray[Any]:
    """Return the slot of each pixel; -1 where two are blended."""
    ids = [f"p{index}" for index in range(accents + 1)]
    record = read_design(
        {
            "version": 1,
            "seed": 5,
            "palette": [
                {"id": id_, "hex": hex_, "role": "hero", "from": "chosen"}
                for id_, hex_ in zip(ids, COLOURS, strict=False)
            ],
            "layers": [
                {"id": "l1", "kind": "family", "family": FAMILIES[name].drawing, "form": form,
                 "scale_mm": 20, "paints": [{"palette": id_} for id_ in ids]} | layer
            ],
        }
    )  # fmt: skip
    pixels = draw_pixels(record, size_px)[..., :3].astype(int)
    slots = np.full(pixels.shape[:2], -1)
    for slot, colour in enumerate(COLOURS[: accents + 1]):
        slots[np.abs(pixels - list(bytes.fromhex(colour[1:]))).max(-1) <= 2] = slot
    return slots


def differing(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return the share of pixels of two different slots; blended ones do not count."""
    return float(((first != second) & (first >= 0) & (second >= 0)).mean())


def parameters(**changes: Any) -> Parameters:
    values: dict[str, Any] = {
        "form": "bauhaus", "scale_mm": 10.0, "density": 0.5, "line_weight": 0.5, "slots": 4,
        "shares": (1 / 3, 1 / 3, 1 / 3), "seed": (1, 2, 3),
    }  # fmt: skip
    return Parameters(**values | changes)


def area(path: Path) -> float:
    """Return the signed area inside of a path, by its curves' points."""
    total, index = 0.0, 0
    for contour in path.codes.split("M")[1:]:
        points = [path.points[index]]
        index += 1
        for code in contour:
            if code == "C":
                p0, p1, p2, p3 = points[-1], *path.points[index : index + 3]
                for t in np.linspace(0, 1, 65)[1:]:
                    u = 1 - t
                    points.append(u**3 * p0 + 3 * u * t * (u * p1 + t * p2) + t**3 * p3)
                index += 3
            elif code == "L":
                points.append(path.points[index])
                index += 1
        x, y = np.array(points).T
        total += float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
    return total


PATHS = (
    rectangle(1, 2, 3, 4),
    ellipse(1, 2, 3, 4),
    closed(arc(0, 0, 2, 0, 1), arc(0, 0, 1, 1, 0)),
    circle(0, 0, 1) + polygon([(5, 5), (7, 5), (5, 9)]),
)


@pytest.mark.parametrize("path", PATHS)
def test_reversed_path_encloses_the_opposite_area(path: Path) -> None:
    assert area(path.reversed()) == pytest.approx(-area(path), rel=1e-3)
    assert path.reversed().reversed().codes == path.codes
    np.testing.assert_allclose(path.reversed().reversed().points, path.points)


@pytest.mark.parametrize("path", PATHS)
def test_halved_path_is_the_same_shape(path: Path) -> None:
    assert path.halved().codes.count("C") == 2 * path.codes.count("C")
    assert area(path.halved()) == pytest.approx(area(path), rel=1e-3)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (1, 4), (2, 3), (6, 6), (9, 5)])
def test_blocks_cover_the_period_once(columns: int, rows: int) -> None:
    covered = np.zeros((rows, columns), int)
    for block in _partition(parameters(), columns, rows):
        for row in range(block.row, block.row + block.rows):
            for column in range(block.column, block.column + block.columns):
                covered[row % rows, column % columns] += 1
    assert (covered == 1).all()


def test_blocks_have_several_sizes() -> None:
    sizes = {(b.columns, b.rows) for b in _partition(parameters(), 8, 8)}
    assert {(1, 1), (2, 2)} < sizes


@pytest.mark.parametrize("form", ["bauhaus", "overlaps"])
def test_shares_are_proportions_of_the_accents(form: str) -> None:
    slots = draw("geometric", form, scale_mm=10, shares=[0.8, 0.1, 0.1])
    counts = np.bincount(slots[slots > 0], minlength=4)[1:]
    assert counts[0] > counts[1] + counts[2]


def test_lines_of_arcs_meet_at_every_edge() -> None:
    low, high = 0.3, 0.5
    points = _turning(low, high).points
    for axis in (0, 1):
        for edge in (0.0, 1.0):
            ends = points[np.isclose(points[:, axis], edge), 1 - axis]
            expected = {low, high} if edge == 0 else {1 - low, 1 - high}
            assert expected <= set(np.round(ends, 9))
    assert 0 <= points.min() <= points.max() <= 1


def test_lens_of_two_discs_has_its_area() -> None:
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    disc = np.stack([np.cos(angles), np.sin(angles)], -1)
    lens = _area(_common(disc, disc + np.array((1.0, 0.0))))
    assert lens == pytest.approx(2 * np.pi / 3 - 3**0.5 / 2, rel=1e-3)
    assert len(_common(disc, disc + np.array((3.0, 0.0)))) == 0
    assert _area(_common(disc, disc * 0.5)) == pytest.approx(np.pi / 4, rel=1e-3)


def test_overlap_of_shapes_has_a_third_colour() -> None:
    slots = draw("geometric", "overlaps", accents=2, scale_mm=20, density=1)
    plain = draw("geometric", "overlaps", accents=1, scale_mm=20, density=1)
    assert ((plain == 0) & (slots == 0)).mean() > 0.1
    assert {0, 1, 2} <= set(np.unique(slots).tolist())


def test_small_overlaps_repeat_a_block() -> None:
    counts = [
        len(drawn("geometric", "overlaps", 3, (60.0, 60.0), scale_mm=scale).shapes)
        for scale in (5.0, 0.7)
    ]
    assert counts[1] < 2 * counts[0]


@pytest.mark.parametrize(
    ("name", "form", "down", "right"),
    [
        ("scales", "seigaiha", 1 / 16, 1 / 8),
        ("ogee", "trellis", 1 / 4, 1 / 8),
        ("quatrefoil", "interlocked", 1 / 8, 1 / 8),
        ("damask", "palmette", 1 / 4, 1 / 8),
        ("damask", "pomegranate", 1 / 4, 1 / 8),
    ],
)
def test_rows_are_staggered(name: str, form: str, down: float, right: float) -> None:
    slots = draw(name, form, 480, accents=2)
    step = round(480 * down), round(480 * right)
    assert differing(slots, np.roll(slots, step, (0, 1))) < 0.002
    assert differing(slots, np.roll(slots, step[0], 0)) > 0.05


@pytest.mark.parametrize(
    ("name", "form", "down", "right"),
    [("quatrefoil", "interlocked", 1 / 8, 1 / 8), ("damask", "palmette", 1 / 4, 1 / 8)],
)
def test_staggered_figures_have_two_colours_by_turns(
    name: str, form: str, down: float, right: float
) -> None:
    slots = draw(name, form, 480, accents=4)
    moved = np.roll(slots, (round(480 * down), round(480 * right)), (0, 1))
    both = (slots > 0) & (moved > 0)
    assert differing(slots > 0, moved > 0) < 0.01
    assert (slots != moved)[both].mean() > 0.2


@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name in ("damask", "ogee", "quatrefoil") for form in FAMILIES[name].forms]
    + [("scales", "seigaiha"), ("scales", "fans")],
)
def test_motifs_are_mirrored(name: str, form: str) -> None:
    slots = draw(name, form, 480)
    assert differing(slots, slots[:, ::-1]) < 0.002


def test_fish_scales_take_the_accents_by_their_shares() -> None:
    slots = draw("scales", "fish", 480)
    counts = np.bincount(slots[slots > 0], minlength=4)[1:] / (slots > 0).sum()
    assert np.abs(counts - 1 / 3).max() < 0.06


@pytest.mark.parametrize(("form", "modules"), [("meander", 50 / 190), ("running", 32 / 136)])
def test_key_is_as_wide_as_its_gaps(form: str, modules: float) -> None:
    slots = draw("greek-key", form, 960, scale_mm=10)
    blended = (slots < 0).mean()
    assert (slots == 1).mean() == pytest.approx(modules, abs=blended)


def test_rows_of_spirals_take_the_accents_in_turn() -> None:
    slots = draw("greek-key", "spirals", 480, scale_mm=80 / 6)
    for row, band in enumerate(np.split(slots, 6)):
        assert set(np.unique(band).tolist()) <= {-1, 0, 1 + row % 3}


@pytest.mark.parametrize(
    ("name", "form"),
    [("geometric", "arcs"), ("scales", "fish"), ("ogee", "trellis"), ("quatrefoil", "trellis"),
     ("greek-key", "spirals")],
)  # fmt: skip
def test_line_weight_has_an_effect(name: str, form: str) -> None:
    ground = [(draw(name, form, 240, line_weight=weight) == 0).mean() for weight in (0, 1)]
    assert abs(ground[0] - ground[1]) > 0.03


@pytest.mark.parametrize("form", ["bauhaus", "overlaps", "quarters"])
def test_density_takes_ground(form: str) -> None:
    sparse, dense = ((draw("geometric", form, 240, scale_mm=10, density=density) == 0).mean()
                     for density in (0, 1))  # fmt: skip
    assert sparse > dense + 0.02
