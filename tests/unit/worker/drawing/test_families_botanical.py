"""Motifs, their arrangement on a torus, and the botanical families."""

import numpy as np
import pytest

from worker.drawing.families import FAMILIES, Parameters
from worker.drawing.families.botanical import (
    blossoms,
    foliage,
    fronds,
    paisley,
    porcelain,
    profiles,
)
from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import Motif, bent, blade, mirrored, tapered
from worker.drawing.families.botanical.room import Room, block_of, scatter
from worker.drawing.path import Path, Points
from worker.drawing.sheet import Sheet, Window

RANDOM = np.random.default_rng(3)
WHOLE = {
    "veined leaf": foliage.leaf(bend=0.5),
    "sprig": foliage.sprig(5, bend=-0.6),
    "eucalyptus": foliage.sprig(4, paired=True, rounded=True, lean=1.0, size=0.3),
    "berries": foliage.berries(),
    "bamboo": foliage.bamboo(4),
    "ginkgo": foliage.ginkgo(),
    "fern": fronds.fern(bend=0.8),
    "palm": fronds.palm(bend=0.6),
    "monstera": fronds.monstera(),
    "peony": blossoms.peony(RANDOM),
    "rose": blossoms.rose(RANDOM),
    "cosmos": blossoms.cosmos(RANDOM),
    "tulip": profiles.tulip(RANDOM),
    "bud": profiles.bud(RANDOM),
    "paisley": paisley.boteh(0, RANDOM, 1.0),
}


def _parameters(
    slots: int = 4, scale_mm: float = 20.0, form: str = "", **other: float
) -> Parameters:
    values = {"density": 0.5, "line_weight": 0.5} | other
    return Parameters(
        form=form, scale_mm=scale_mm, slots=slots, seed=(7, 0, 1),
        shares=(1 / (slots - 1),) * (slots - 1) if slots > 1 else (), **values,
    )  # fmt: skip


def _sheet(width: float = 80.0, height: float = 80.0) -> Sheet:
    return Sheet(width, height, Window(left=0, top=0, right=width, bottom=height))


def _area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


def _far(one: Points, other: Points, width: float, height: float) -> Points:
    """Return the distances (n, m) of places on a torus."""
    period = np.array((width, height))
    offset = np.abs(one[:, None] - other) % period
    return np.hypot(*np.moveaxis(np.minimum(offset, period - offset), -1, 0))


@pytest.mark.parametrize("name", WHOLE)
def test_discs_cover_a_motif(name: str) -> None:
    motif: Motif = WHOLE[name]
    points = np.concatenate([part.path.points for part in motif.parts])
    beyond = np.hypot(
        points[:, None, 0] - motif.discs[:, 0], points[:, None, 1] - motif.discs[:, 1]
    ) - motif.discs[:, 2]  # fmt: skip
    assert np.quantile(beyond.min(axis=1), 0.97) < 0.16  # of control points


def test_bending_turns_the_tip_and_keeps_the_base() -> None:
    curve = bent(blade(0.2), np.pi / 2)
    tip = curve.points[3]
    assert curve.points[0] == pytest.approx((0, 0))
    assert tip == pytest.approx((2 / np.pi, -2 / np.pi))


def test_a_tapered_line_has_its_widths() -> None:
    line = tapered([(0, 0), (0, -1), (0, -2)], [0.2, 0.4, 0.1])
    x = line.points[:, 0]
    assert np.ptp(x[np.isclose(line.points[:, 1], -1)]) == pytest.approx(0.4)
    assert np.ptp(x[np.isclose(line.points[:, 1], 0)]) == pytest.approx(0.2)


def test_mirroring_twice_changes_nothing() -> None:
    motif = WHOLE["veined leaf"]
    again = mirrored(mirrored(motif))
    assert np.allclose(again.discs, motif.discs)
    assert np.allclose(again.parts[0].path.points, motif.parts[0].path.points)


@pytest.mark.parametrize(("width", "height", "count"), [(80, 80, 25), (120, 40, 18), (30, 30, 1)])
def test_scattered_places_are_even(width: float, height: float, count: int) -> None:
    places = scatter(width, height, count, np.random.default_rng(2), rounds=6)
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= (width, height))).all()
    far = _far(places, places, width, height) + 1e9 * np.eye(count)
    assert far.min() > 0.6 * np.sqrt(width * height / count)


def test_room_is_measured_across_the_border() -> None:
    room = Room(80, 60)
    room.take([(1.0, 1.0, 3.0)])
    assert room.gap(np.array((79.0, 59.0))) == pytest.approx(np.hypot(2, 2) - 3, abs=1.0)
    place, _, gap = room.fit(
        np.array([(0.0, 0.0, 2.0)]), np.array([(3.0, 3.0), (40.0, 30.0)]), [0.0]
    )
    assert tuple(place) == (40.0, 30.0)
    assert gap == pytest.approx(np.hypot(39, 29) - 5, abs=1.0)


def test_blocks_fill_the_period_exactly() -> None:
    block = block_of(200, 100, 5.0, 40)
    assert block.width * block.height * len(block.offsets) == pytest.approx(200 * 100)
    assert 0.9 < block.count * len(block.offsets) * 25 / 20000 < 1.1
    assert block.count <= 60


def test_large_motifs_do_not_touch() -> None:
    bed = Bed(_sheet(), _parameters(), 0.05)
    places = bed.places()
    radii = bed.radii(places, 0.8 * bed.pitch)
    far = _far(places, places, 80, 80) + 1e9 * np.eye(len(places))
    assert (far - radii[:, None] - radii).min() >= 0.99 * bed.gap
    assert np.median(radii) > 0.3 * bed.pitch


def test_accents_lie_apart_and_keep_their_shares() -> None:
    bed = Bed(_sheet(), _parameters(scale_mm=13.0), 0.05)
    places = bed.places()
    numbers = np.array(bed.spread(places, (0.5, 0.25, 0.25)))
    assert np.bincount(numbers)[0] / len(numbers) == pytest.approx(0.5, abs=0.15)
    far = _far(places, places, 80, 80) + 1e9 * np.eye(len(places))
    same = numbers[far.argmin(axis=1)] == numbers
    assert same.mean() < 0.45  # 3 in 8 by chance


@pytest.mark.parametrize("name", ["flowers", "leaves", "paisley", "porcelain"])
@pytest.mark.parametrize("slots", [1, 2, 3, 5])
def test_all_accents_are_used(name: str, slots: int) -> None:
    family = FAMILIES[name]
    for form in family.forms[:2]:
        sheet = _sheet()
        family.draw(sheet, _parameters(slots, 80 / family.repeats[1], form))
        used = {shape.slot for shape in sheet.shapes}
        assert used <= set(range(slots))
        if name != "porcelain":  # drawn in at most three colours
            assert used == set(range(slots))


def test_leaves_of_flowers_have_the_last_accent() -> None:
    family = FAMILIES["flowers"]
    sheet = _sheet()
    family.draw(sheet, _parameters(4, 22.0, "roses"))
    shapes = [shape.slot for shape in sheet.shapes]
    assert shapes[0] == 0
    assert shapes[1] == 3  # the leaves lie under the flowers


def test_more_density_brings_more_motifs() -> None:
    family, counts = FAMILIES["leaves"], []
    for density in (0.0, 1.0):
        sheet = _sheet()
        family.draw(sheet, _parameters(2, 18.0, "veined", density=density))
        counts.append(sum(len(points) for shape in sheet.shapes for _, points in shape.parts))
    assert counts[1] > 1.5 * counts[0]


def test_small_scales_repeat_one_block() -> None:
    family = FAMILIES["flowers"]
    sheet = _sheet(160, 160)
    family.draw(sheet, _parameters(2, 10.0, "ditsy"))
    assert len(sheet.shapes) < 200


@pytest.mark.parametrize("inset", [0.05, 0.15, 0.25])
def test_paisley_drops_nest(inset: float) -> None:
    outer, inner = paisley.drop(0.0, 60), paisley.drop(inset, 60)
    far = np.hypot(*np.moveaxis(outer[:, None] - inner, -1, 0)).min(axis=0)
    assert far.min() > 0.9 * inset
    assert np.median(far) == pytest.approx(inset, rel=0.1)
    assert _area(inner) < _area(outer)


def test_paisley_teeth_stay_out_of_the_hook() -> None:
    teeth = paisley._edge(26, 0.08, pointed=True)
    outline = paisley.drop(0.0, 60)
    tips = teeth.points[1::3]
    assert 18 <= len(tips) < 26
    assert np.hypot(*np.moveaxis(tips[:, None] - outline, -1, 0)).min() > 0.06


def test_porcelain_vines_join_from_bay_to_bay() -> None:
    below, _, _ = porcelain._bay(1.0, 1.0)
    above, _, _ = porcelain._bay(-1.0, 1.0)
    assert below[-1] == pytest.approx(above[0] + (1.0, 0.0), abs=1e-6)
    assert below[8, 1] > 0 > above[8, 1]


def test_a_motif_turned_moves_its_discs_with_it() -> None:
    turned = WHOLE["monstera"].turned(np.pi / 2, 2.0, (5.0, 1.0))
    tip = Path("", WHOLE["monstera"].discs[-1:, :2])
    assert turned.discs[-1, :2] == pytest.approx(
        tip.scaled(2).rotated(np.pi / 2).moved(5, 1).points[0]
    )
    assert turned.discs[-1, 2] == pytest.approx(2 * WHOLE["monstera"].discs[-1, 2])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["flowers", "leaves", "paisley", "porcelain"])
def test_scales_larger_than_the_period_can_be_drawn(name: str) -> None:
    family = FAMILIES[name]
    for form in family.forms:
        sheet = _sheet(30, 20)
        family.draw(sheet, _parameters(4, 150.0, form))
        points = [p for shape in sheet.shapes for _, p in shape.parts]
        assert len(points) > 1
        assert all(np.isfinite(p).all() for p in points)
