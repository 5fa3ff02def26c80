"""Tests of the motifs of plants: what makes each of them recognisable, and their parts."""

from __future__ import annotations

import numpy as np
import pytest

from shared.motifs.catalog import own_motifs
from worker.drawing.motifs.catalog import motif_shapes, own_drawings
from worker.drawing.motifs.own.flowers import (
    blossoming,
    chinese_flowers,
    chrysanthemums,
    clusters,
    daisies,
    fields,
    garden,
    lilies,
    lotus,
    meadow,
    peonies,
    tropical,
)
from worker.drawing.motifs.own.plants import (
    bamboo,
    cacti,
    conifers,
    foliage,
    fronds,
    leaves,
    palms,
    seaweeds,
    trees,
    woodland,
)
from worker.drawing.motifs.plants import Stem, blade_of, half_of, merged, placed, ribs, swayed
from worker.drawing.motifs.shapes import MotifShape, flattened
from worker.drawing.path import Points, circle, polygon

MODULES = (
    bamboo, blossoming, cacti, chinese_flowers, chrysanthemums, clusters, conifers, daisies, fields,
    foliage, fronds, garden, leaves, lilies, lotus, meadow, palms, peonies, seaweeds, trees,
    tropical, woodland,
)  # fmt: skip
PLANTS = [name for module in MODULES for name in module.DRAWINGS]


def _drawn(name: str, view: int = 0) -> list[MotifShape]:
    return list(own_drawings()[name](view, np.random.default_rng(3)))


def _role(name: str, role: str) -> int:
    return [colour.role for colour in own_motifs()[name].colours].index(role)


def _contours(shapes: list[MotifShape], slot: int) -> int:
    return sum(shape.path.codes.count("M") for shape in shapes if shape.slot == slot)


def _area(points: Points) -> float:
    x, y = points.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


@pytest.mark.parametrize("name", PLANTS)
def test_every_colour_of_a_plant_is_used(name: str) -> None:
    entry = own_motifs()[name]
    used = {shape.slot for view in range(entry.views) for shape in motif_shapes(name, view)}
    assert used == set(range(len(entry.colours)))


@pytest.mark.parametrize("name", PLANTS)
def test_a_plant_stays_small_enough_to_repeat(name: str) -> None:
    for view in range(own_motifs()[name].views):
        shapes = motif_shapes(name, view)
        assert len(shapes) <= 90
        assert sum(len(shape.path.points) for shape in shapes) <= 4000


@pytest.mark.parametrize("name", PLANTS)
def test_later_views_have_other_details(name: str) -> None:
    views = own_motifs()[name].views
    for view in range(views):
        first, again = motif_shapes(name, view), motif_shapes(name, view + views)
        one, other = (
            np.concatenate([shape.path.points for shape in each]) for each in (first, again)
        )
        assert one.shape != other.shape or not np.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("name", PLANTS)
def test_a_plant_has_names_in_both_languages(name: str) -> None:
    entry = own_motifs()[name]
    assert all(text.isascii() and text == text.lower() for text in entry.english)
    assert all("\u4e00" <= text[0] <= "\u9fff" for text in entry.chinese)
    assert len(set(entry.english)) == len(entry.english)
    assert len(set(entry.chinese)) == len(entry.chinese)


@pytest.mark.parametrize("name", ["plum-blossom", "cherry-blossom"])
def test_a_blossom_has_five_petals(name: str) -> None:
    assert _contours(_drawn(name), _role(name, "petal")) == 5


@pytest.mark.parametrize(("view", "leaflets"), [(0, 4), (1, 3)])
def test_clover_has_three_or_four_leaflets(view: int, leaflets: int) -> None:
    assert _contours(_drawn("clover", view), _role("clover", "leaf")) == leaflets


def test_a_ginkgo_leaf_is_a_notched_fan() -> None:
    leaf = next(shape for shape in _drawn("ginkgo-leaf") if shape.slot == 0)
    (rim,) = flattened(leaf.path)
    angle, radius = np.arctan2(rim[:, 0], -rim[:, 1]), np.hypot(*rim.T)
    lobes = radius[(np.abs(angle) > 0.3) & (np.abs(angle) < 0.8)].max()
    notch = radius[(np.abs(angle) < 0.04) & (radius > 0.2)].min()
    assert notch < 0.75 * lobes
    assert radius[np.abs(angle) > 1.0].max() > 0.8 * lobes


def test_a_monstera_leaf_has_holes_and_cuts() -> None:
    halves = [shape for shape in _drawn("monstera-leaf") if shape.even_odd]
    assert len(halves) == 2
    for half in halves:
        outline, *holes = flattened(half.path)
        assert len(holes) >= 3
        for hole in holes:
            assert outline.min(0)[1] < hole.min(0)[1] < hole.max(0)[1] < outline.max(0)[1]
        far = np.abs(outline[:, 0])
        turns = np.sign(np.diff(far[np.abs(np.diff(far, prepend=far[0])) > 1e-6]))
        assert np.count_nonzero(np.diff(turns)) >= 10  # in and out again at each of five cuts


def test_a_chrysanthemum_has_many_petals_in_several_rings() -> None:
    petals = [shape for shape in _drawn("chrysanthemum") if shape.slot == 0]
    assert sum(shape.path.codes.count("M") for shape in petals) >= 60
    reach = [float(np.hypot(*shape.path.points.T).max()) for shape in petals[1::2]]
    assert len(reach) >= 5
    assert reach == sorted(reach, reverse=True)


def test_a_bamboo_stalk_has_joints_and_groups_of_leaves() -> None:
    shapes = _drawn("bamboo-stalk")
    assert _contours(shapes, _role("bamboo-stalk", "node")) >= 4
    leaves = [_contours(shapes, slot) for slot in (0, 1)]
    assert sum(leaves) >= 8
    assert min(leaves) >= 3


def test_leaves_of_eucalyptus_stand_in_pairs_with_one_at_the_tip() -> None:
    assert _contours(_drawn("eucalyptus-branch"), 0) % 2 == 1


def test_a_lotus_flower_has_petals_before_and_behind_its_pod() -> None:
    slots = [shape.slot for shape in _drawn("lotus-flower")]
    pod, petal = _role("lotus-flower", "pod"), _role("lotus-flower", "petal")
    assert petal in slots[: slots.index(pod)]
    assert petal in slots[slots.index(pod) :]


def test_a_peony_has_ruffled_petals_around_a_heart() -> None:
    shapes = _drawn("peony")
    light = _role("peony", "petal-light")
    petals = [shape for shape in shapes if shape.slot == light]
    assert len(petals) >= 18
    heart = next(shape for shape in shapes if shape.slot == _role("peony", "centre"))
    (rim,) = flattened(petals[0].path)
    assert np.hypot(*heart.path.points.T).max() < 0.5 * np.hypot(*rim.T).max()


def test_merged_paths_of_either_direction_fill_their_overlap() -> None:
    square = polygon([(0, 0), (2, 0), (2, 2), (0, 2)])
    path = merged([square, square.scaled(-1, 1).moved(3, 0), circle(1, 1, 1).reversed()])
    areas = [_area(contour) for contour in flattened(path)]
    assert len(areas) == 3
    assert min(areas) > 0


def test_half_a_blade_lies_in_the_blade() -> None:
    whole = flattened(blade_of(0.3, 0.4))[0]
    half = flattened(half_of(0.3, 0.4))[0]
    assert half[:, 0].min() >= -1e-9
    assert half[:, 0].max() == pytest.approx(whole[:, 0].max())
    assert half[:, 1].min() == pytest.approx(whole[:, 1].min())


def test_side_veins_stay_in_the_blade() -> None:
    blade = flattened(blade_of(0.3, 0.4))[0]
    right = blade[blade[:, 0] >= 0]
    right = right[np.argsort(-right[:, 1])]
    for x, y in np.concatenate(flattened(ribs(0.3, 4, 0.4))):
        assert abs(x) <= np.interp(-y, -right[:, 1], right[:, 0]) + 0.03


def test_a_stem_tells_where_it_is_and_leads() -> None:
    stem = Stem.through([(0, 1), (0, 0), (0, -1)])
    place, turn = stem.at(0.5)
    assert place == pytest.approx((0, 0), abs=1e-9)
    assert turn == pytest.approx(0)
    assert stem.at(1.0)[0] == pytest.approx((0, -1), abs=1e-9)
    assert Stem.through([(0, 0), (1, 0)]).at(0.5)[1] == pytest.approx(np.pi / 2)


def test_placed_shapes_keep_their_line_width_in_proportion() -> None:
    line = MotifShape(slot=0, path=polygon([(0, 0), (1, 0), (0, 1)]), width=0.1)
    (half,) = placed([line], (1, 1), 0.0, (0.5, -0.5))
    assert half.width == pytest.approx(0.05)
    assert half.path.points == pytest.approx(np.array([(1, 1), (1.5, 1), (1, 0.5)]))


def test_swayed_shapes_keep_their_foot() -> None:
    shape = MotifShape(slot=0, path=polygon([(0, 0), (1, -1), (0, -1)]))
    (leaning,) = swayed([shape], np.random.default_rng(1))
    assert leaning.path.points[0] == pytest.approx((0, 0))
    assert leaning.path.points[:, 1] == pytest.approx(shape.path.points[:, 1])
    assert not np.allclose(leaning.path.points, shape.path.points)
