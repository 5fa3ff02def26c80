"""Flowers: tossed bouquets, ditsy prints, single kinds of blossom, meadows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from worker.drawing.families.botanical import blossoms, foliage, profiles
from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import Motif, Part, bent, tapered
from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_Maker = Callable[[np.random.Generator], Motif]


def _roles(slot: int, p: Parameters) -> dict[str, int]:
    """Return the slots of the parts of a flower whose petals have a slot.

    The last accent is that of the leaves where there are two or more.
    """
    last = p.slots - 1
    petals = max(1, last - 1)
    inner = 1 + slot % petals if last < 4 else 3
    centre = {1: 0, 2: 2, 3: inner}.get(last, 1 + (slot + 1) % petals)
    return {
        "petal": slot, "inner": inner, "mark": 0, "centre": centre, "dot": 1 if last == 1 else 0,
        "leaf": last, "other": last, "vein": 0, "berry": inner,
    }  # fmt: skip


def _petal_shares(p: Parameters) -> tuple[float, ...]:
    """Return the shares of the petals' slots: all but the last, which is that of the leaves.

    Of four accents, the third is kept for middles.
    """
    return p.shares[: max(1, min(len(p.shares) - 1, 2))]


def _petal_slots(bed: Bed, places: Points, p: Parameters) -> list[int]:
    """Return the slot of the petals at each place."""
    return [1 + number for number in bed.spread(places, _petal_shares(p))]


def _chosen(bed: Bed, p: Parameters) -> Callable[[Points], dict[str, int]]:
    """Return a function that returns the slots of a small flower's parts for its place."""
    return lambda place: _roles(1 + bed.number(place, p.shares[: max(1, p.slots - 2)], 0.15), p)


def _heads(form: str, bold: float, random: np.random.Generator) -> list[Motif]:
    """Return the large flowers of a form."""
    makers: dict[str, tuple[_Maker, ...]] = {
        "tossed": (
            partial(blossoms.peony, bold=bold), partial(blossoms.cosmos, bold=bold),
            partial(blossoms.anemone, bold=bold), partial(blossoms.daisy, bold=bold),
            partial(blossoms.rose, bold=bold), partial(blossoms.aster, bold=bold),
        ),
        "daisies": (partial(blossoms.daisy, bold=bold, petals=14),
                    partial(blossoms.daisy, bold=bold, petals=12),
                    partial(blossoms.daisy, bold=bold, petals=16)),
        "peonies": (partial(blossoms.peony, bold=bold),) * 3,
        "roses": (partial(blossoms.rose, bold=bold),) * 3,
        "poppies": (partial(blossoms.anemone, bold=bold, petals=6),
                    partial(blossoms.anemone, bold=bold, petals=8),
                    partial(blossoms.anemone, bold=bold, petals=6)),
        "cherry-blossom": (partial(blossoms.blossom, bold=bold),) * 3,
    }  # fmt: skip
    return [make(random) for make in makers[form]]


def _raised(motif: Motif, by: float) -> Motif:
    """Return a motif moved up, of whose room only the upper part counts."""
    upper = motif.discs[motif.discs[:, 1] < -0.3]
    return Motif(parts=motif.parts, discs=upper).turned(at=(0.0, -by))


def _foliage(form: str, bold: float) -> list[Motif]:
    """Return the leaves that stand under the flowers of a form."""
    if form in ("daisies", "cherry-blossom"):
        return [foliage.leaf(width=0.17, bend=b, veins=0, bold=1.3 * bold) for b in (0.5, -0.5)]
    if form == "poppies":
        return [foliage.sprig(4, bend=b, bold=bold, paired=True, size=0.26, width=0.16)
                for b in (0.4, -0.4)]  # fmt: skip
    return [foliage.leaf(width=w, bend=b, veins=5, bold=1.2 * bold, belly=0.32)
            for b, w in ((0.45, 0.25), (-0.45, 0.25), (0.15, 0.22))]  # fmt: skip


def _fillers(form: str, bold: float, random: np.random.Generator) -> list[Motif]:
    """Return what fills the gaps between flowers and leaves."""
    bud = profiles.bud(random, bold=bold).turned(size=0.5)
    sprig = foliage.sprig(4, bend=0.5, bold=bold)
    small = blossoms.posy(random).turned(size=0.22)
    berries = foliage.berries(bold=bold).turned(size=0.9)
    leaf = foliage.leaf(width=0.2, bend=0.5, veins=0, bold=1.6 * bold).turned(size=0.6)
    if form == "cherry-blossom":
        loose = blossoms.petal(0.4, 0.16, 0.05).scaled(0.34)
        discs = np.array([(0, -0.17, 0.17)])
        return [Motif(parts=(Part("petal", loose),), discs=discs), bud,
                Motif(parts=(Part("inner", loose),), discs=discs)]  # fmt: skip
    if form == "tossed":
        side = profiles.profile(random, bold=bold).turned(size=0.5)
        return [sprig, side, berries, bud, small, leaf]
    if form == "roses":
        return [bud, sprig, small]
    return [bud, small, berries, leaf] if form != "daisies" else [small, bud, leaf]


def _tossed(sheet: Sheet, p: Parameters) -> None:
    """Draw large flowers with leaves under them, and small things in the gaps."""
    bold = p.weight(0.6, 1.0, 1.6)
    bed = Bed(sheet, p, p.packing(0.06, 0.04, 0.025))
    heads = _heads(p.form, bold, bed.random)
    places = bed.places()
    slots = _petal_slots(bed, places, p)
    radius = bed.pitch * p.packing(0.35, 0.41, 0.44)
    wanted = radius * bed.random.choice((1.0, 0.82, 0.66), len(places), p=(0.5, 0.3, 0.2))
    sizes = bed.radii(places, wanted)
    for index, (place, slot) in enumerate(zip(places, slots, strict=True)):
        bed.put(heads[index % len(heads)], _roles(slot, p), place,
                float(bed.random.uniform(0, 2 * np.pi)), float(sizes[index]), layer=1)  # fmt: skip
    under = _foliage(p.form, bold)
    length = bed.pitch * 0.43
    for turn in range(3):
        for index, (place, slot) in enumerate(zip(places, slots, strict=True)):
            raised = _raised(
                under[(index + turn) % len(under)], float(0.86 * sizes[index] / length)
            )
            bed.settle(raised, _roles(slot, p), place[None],
                       bed.random.uniform(-np.pi, np.pi, 24), (length, 0.64 * length),
                       pinned=True)  # fmt: skip
    fillers = _fillers(p.form, bold, bed.random)
    for index in range(int(bed.count * p.packing(0.6, 2.4, 4.5))):
        bed.settle(fillers[index % len(fillers)], _chosen(bed, p),
                   bed.room.widest(16, bed.random), bed.random.uniform(-np.pi, np.pi, 12),
                   (bed.pitch * 0.5, bed.pitch * 0.34))  # fmt: skip
    bed.paint()


def _ditsy(sheet: Sheet, p: Parameters) -> None:
    """Draw tiny flowers, leaves in pairs and dots, evenly strewn."""
    bold = p.weight(0.7, 1.0, 1.5)
    bed = Bed(sheet, p, p.packing(0.07, 0.05, 0.03), unit=0.6)
    random = bed.random
    heads = [blossoms.posy(random, petals=n) for n in (5, 4, 5)] + [
        blossoms.daisy(random, petals=9, bold=1.3 * bold)
    ]
    places = bed.places()
    slots = _petal_slots(bed, places, p)
    radius = bed.pitch * p.packing(0.25, 0.31, 0.35)
    sizes = bed.radii(places, radius * np.resize((1.0, 0.72, 0.86), len(places)))
    for index, (place, slot) in enumerate(zip(places, slots, strict=True)):
        size = float(sizes[index])
        bed.put(heads[index % len(heads)], _roles(slot, p), place,
                float(random.uniform(0, 2 * np.pi)), size, layer=1)  # fmt: skip
    pair = foliage.leaf_pair(bold=bold)
    leaf = foliage.leaf(width=0.22, bend=0.4, veins=0, bold=1.8 * bold)
    bud = profiles.bud(random, bold=bold).turned(size=0.62)
    fillers = (pair, bud, leaf, pair, blossoms.posy(random).turned(size=0.22))
    for index in range(int(bed.count * p.packing(0.8, 2.2, 3.6))):
        bed.settle(fillers[index % len(fillers)], _chosen(bed, p),
                   bed.room.widest(16, random), random.uniform(-np.pi, np.pi, 12),
                   (bed.pitch * 0.42, bed.pitch * 0.26))  # fmt: skip
    bed.paint()


def _stemmed(head: Motif, size: float, bend: float, bold: float, leaves: int) -> Motif:
    """Return a flower on a bent stem with leaves; the stem is one unit long.

    Args:
        size: of the flower, in units.
        leaves: number of leaves on its stem.
    """
    y = np.linspace(0.0, -1.0, 7)
    stem = bent(tapered(np.stack([0 * y, y], -1), np.linspace(0.03, 0.02, 7) * bold), bend)
    top = bent(tapered([(0, -1), (0, -0.99)], 0.01), bend).points[:1].mean(0)
    plant = Motif(parts=(Part("leaf", stem),), discs=np.array([(0.0, -0.1, 0.04)]))
    for index in range(leaves):
        side = (1, -1)[index % 2]
        blade = foliage.leaf(width=0.16, bend=0.5 * side, veins=0, bold=2 * bold)
        height = 0.1 + 0.5 * index / leaves
        foot = bent(tapered([(0, -height), (0, -height - 0.01)], 0.001), bend).points[0]
        plant += blade.turned(side * 0.6 + bend * height, 0.42 - 0.06 * index, foot)
    return plant + head.turned(bend, size, top)


def _meadow(sheet: Sheet, p: Parameters) -> None:
    """Draw flowers on leafy stems that stand upright."""
    bold = p.weight(0.7, 1.0, 1.5)
    bed = Bed(sheet, p, p.packing(0.06, 0.035, 0.02), unit=0.8)
    random = bed.random
    tulip = partial(profiles.tulip, random, bold=bold, stalk=0.02)
    side = partial(profiles.profile, random, bold=bold, stalk=0.1)
    bud = partial(profiles.bud, random, bold=bold, stalk=0.1)
    heads: list[tuple[Motif, float, float, int]]
    if p.form == "tulips":
        heads = [(tulip().turned(at=(0, -0.4)), 0.36, b, 3) for b in (0.25, -0.25, 0.1)]
    else:
        heads = [
            (side(), 0.36, 0.3, 2), (tulip().turned(at=(0, -0.4)), 0.3, -0.2, 3),
            (blossoms.daisy(random, bold=1.2 * bold), 0.32, -0.35, 2), (bud(), 0.26, 0.3, 3),
            (blossoms.cosmos(random, bold=1.2 * bold), 0.33, 0.2, 3),
        ]  # fmt: skip
    plants = [_stemmed(head, size, bend, bold, n) for head, size, bend, n in heads]
    places = bed.places()
    slots = _petal_slots(bed, places, p)
    size = bed.pitch * 1.3
    for index, (place, slot) in enumerate(zip(places, slots, strict=True)):
        near = place + random.uniform(-0.3, 0.3, (16, 2)) * bed.pitch
        bed.settle(plants[index % len(plants)], _roles(slot, p), near,
                   random.uniform(-0.25, 0.25, 6), (size, 0.6 * size))  # fmt: skip
    small = [_stemmed(bud(), 0.24, b, bold, 2) for b in (0.4, -0.4)]
    small += [foliage.sprig(4, bend=0.4, bold=bold), foliage.berries(bold=bold)]
    for index in range(int(bed.count * p.packing(0.4, 2.0, 4.0))):
        bed.settle(small[index % len(small)], _chosen(bed, p), bed.room.widest(20, random),
                   random.uniform(-0.4, 0.4, 6), (bed.pitch * 0.62, bed.pitch * 0.36))  # fmt: skip
    bed.paint()


def _flowers(sheet: Sheet, p: Parameters) -> None:
    """Draw flowers in one of the layouts."""
    sheet.ground()
    if p.slots == 1:
        return
    if p.form == "ditsy":
        _ditsy(sheet, p)
    elif p.form in ("meadow", "tulips"):
        _meadow(sheet, p)
    else:
        _tossed(sheet, p)


FAMILIES = (Family(name="flowers", draw=_flowers, repeats=(5.5, 3.6, 2.5)),)
