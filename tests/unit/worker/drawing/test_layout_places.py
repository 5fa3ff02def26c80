"""Tests of layouts: no overlaps, nothing cut, the same stream the same layout, fixed motifs."""

import numpy as np
import pytest

from shared.designs.streams import stream
from tests.unit.worker.drawing.layout_requests import (
    item,
    polygons,
    random_request,
    request,
    torus,
)
from worker.drawing.layout import Placement, Request, solve
from worker.drawing.layout.clearing import distance_between

REPEATS = ("straight", "half-drop", "half-brick", "mirror", "border", "none")
LAYOUTS = ("tossed", "two-way", "one-way", "ditsy", "spaced", "rows", "border", "medallion",
           "single")  # fmt: skip


def _closest(asked: Request, placed: list[Placement]) -> float:
    """Return the least distance of two motifs, or of copies, below a tenth of the cell."""
    shapes = [polygons(asked, each) for each in placed]
    places = np.array([(each.x_mm, each.y_mm) for each in placed])
    sizes = np.array([each.size_mm for each in placed])
    limit = asked.cell_mm[0] / 10
    shifts = torus(asked).translations
    off = np.linalg.norm(places[:, None, None] - places[:, None] - shifts, axis=-1)
    near = off < (sizes[:, None] + sizes)[..., None] * 0.75 + limit
    least = np.inf
    for one, other, shift in np.argwhere(near).tolist():
        if one < other or (one == other and shift):
            moved = [polygon + shifts[shift] for polygon in shapes[other]]
            least = min(least, distance_between(shapes[one], moved, limit)[0])
    return least


def _crosses_wall(asked: Request, placed: list[Placement]) -> bool:
    joined = torus(asked).joined
    corners = np.concatenate([each for one in placed for each in polygons(asked, one)])
    return any(
        bool((corners[:, axis] < 0).any() or (corners[:, axis] > asked.cell_mm[axis]).any())
        for axis in (0, 1)
        if not joined[axis]
    )


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("density", [0.1, 0.9])
def test_motifs_keep_the_gap_on_the_torus_of_every_repeat(repeat: str, density: float) -> None:
    asked = request(repeat=repeat, density=density, cell_mm=(70.0, 60.0), gap_mm=0.8)
    placed = solve(asked)
    assert len(placed) > 8
    assert _closest(asked, placed) >= 0.8
    assert not _crosses_wall(asked, placed)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("repeat", ["straight", "half-drop", "border"])
def test_motifs_keep_the_gap_in_every_layout(layout: str, repeat: str) -> None:
    asked = request(layout=layout, repeat=repeat, hero_mm=20.0)
    placed = solve(asked)
    assert placed
    assert _closest(asked, placed) >= 1.0
    assert not _crosses_wall(asked, placed)


def test_a_motif_inside_of_another_is_no_distance_away() -> None:
    large = np.array([(0, 0), (100, 0), (100, 100), (0, 100)], float)
    assert distance_between([large * 0.02 + 49], [large], 1.0)[0] < 0
    assert distance_between([large], [large * 0.02 + 49], 1.0)[0] < 0
    assert distance_between([large], [large + np.array((103, 0))], 5.0)[0] == pytest.approx(3)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_stream_gives_the_same_layout(seed: int) -> None:
    assert solve(random_request(seed)) == solve(random_request(seed))


def test_variants_differ() -> None:
    layouts = []
    for variant in range(4):
        asked = request()
        object.__setattr__(asked, "random", stream(7, variant, "l1", "layout"))
        layouts.append(solve(asked))
    for one in range(4):
        for other in range(one):
            assert _moved(layouts[one], layouts[other]) > 5  # heroes are 24 mm large


def _moved(first: list[Placement], second: list[Placement]) -> float:
    """Return how far heroes differ at least after the best common shift of the cell, mm."""
    places = [
        np.array([(each.x_mm, each.y_mm) for each in placed if each.role == "hero"])
        for placed in (first, second)
    ]
    distances = []
    for start in places[0]:
        for end in places[1]:
            off = (places[0] - start)[:, None] - (places[1] - end)
            off = (off + 40) % 80 - 40
            distances.append(np.hypot(off[..., 0], off[..., 1]).min(1).max())
    return float(min(distances))


def test_fixed_motifs_stay_and_new_ones_keep_away() -> None:
    first = solve(request())
    kept = [each for index, each in enumerate(first) if index % 3]
    asked = request(seed=2)
    new = solve(asked, fixed=kept)
    assert not set(new) & set(kept)
    assert _closest(asked, [*kept, *new]) >= asked.gap_mm
    heroes = sum(each.role == "hero" for each in first)
    assert sum(each.role == "hero" for each in [*kept, *new]) <= heroes


def test_fixed_motifs_that_overlap_are_left_alone() -> None:
    first = solve(request(counts={"hero": 1, "secondary": 0, "filler": 0}))[0]
    again = solve(request(seed=3), fixed=[first, first])
    assert again
    assert _closest(request(), [first, *again]) >= 1.0


def test_a_fixed_motif_that_is_none_of_the_items_is_refused() -> None:
    alien = Placement(key="x", role="hero", view=0, x_mm=1, y_mm=1, size_mm=9, turn=0, flip=False)
    with pytest.raises(ValueError, match="x is none of the items"):
        solve(request(), fixed=[alien])


def test_counts_are_kept_where_there_is_room() -> None:
    placed = solve(request(hero_mm=16.0, counts={"hero": 3, "secondary": 8, "filler": 40}))
    numbers = [
        sum(each.role == role for each in placed) for role in ("hero", "secondary", "filler")
    ]
    assert numbers == [3, 8, 40]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"density": 1.2}, "density"),
        ({"gap_mm": -1.0}, "gap"),
        ({"cell_mm": (0.0, 10.0)}, "above 0"),
    ],
)
def test_requests_out_of_range_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        request(**fields)


def test_a_single_motif_is_in_the_middle_and_not_cut() -> None:
    placed = solve(request(layout="single", repeat="none", hero_mm=300.0, items=[item("leaf")]))
    assert len(placed) == 1
    assert (placed[0].x_mm, placed[0].y_mm) == (40, 40)
    assert placed[0].size_mm == pytest.approx(79, abs=0.1)
