"""Leaves: tossed leaves, sprigs and fronds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.botanical import foliage, fronds
from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import Motif
from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _kinds(form: str, bold: float) -> tuple[list[Motif], list[Motif]]:
    """Return the motifs of a form: the large ones, and those that fill the gaps."""
    small = [foliage.leaf(width=0.2, bend=b, veins=0, bold=1.6 * bold) for b in (0.5, -0.5)]
    if form == "sprigs":
        return (
            [foliage.sprig(6, bend=b, bold=bold, size=0.3) for b in (0.7, -0.7)]
            + [foliage.sprig(4, bend=b, bold=bold, paired=True, size=0.3) for b in (0.3, -0.3)],
            [foliage.leaf_pair(bold=bold)],
        )
    if form == "eucalyptus":
        return (
            [foliage.sprig(4, bend=b, bold=bold, paired=True, rounded=True, lean=1.0, size=0.3)
             for b in (0.6, -0.6, 0.3)],
            [foliage.berries(bold=bold), foliage.berries(bend=-0.4, bold=bold)],
        )  # fmt: skip
    if form == "ferns":
        return (
            [fronds.fern(bend=b, bold=bold) for b in (0.8, -0.8, 0.4)],
            [foliage.sprig(3, bend=0.4, bold=bold, paired=True, size=0.34, width=0.26), *small],
        )
    if form == "tropical":
        return (
            [fronds.monstera(bold=bold), fronds.palm(bend=0.7, bold=bold),
             fronds.monstera(bold=bold), fronds.palm(bend=-0.7, bold=bold)],
            [foliage.leaf(width=0.16, bend=b, veins=9, bold=0.7 * bold) for b in (0.7, -0.7)],
        )  # fmt: skip
    if form == "ginkgo":
        return ([foliage.ginkgo(bold=bold, wave=w) for w in (0.0, 1.5, 3.0)],
                [foliage.ginkgo(bold=1.4 * bold, wave=1.0)])  # fmt: skip
    if form == "bamboo":
        return ([foliage.bamboo(n, bold=bold) for n in (4, 5, 3)],
                [foliage.bamboo(2, bold=1.3 * bold)])  # fmt: skip
    return (
        [foliage.leaf(bend=b, width=w, veins=v, bold=bold, half=h)
         for b, w, v, h in ((0.45, 0.22, 7, False), (-0.5, 0.25, 6, True), (0.2, 0.2, 8, False))],
        small,
    )  # fmt: skip


def _turns(bed: Bed, form: str, count: int) -> NDArray[np.float64]:
    """Return candidate turns: bamboo hangs, all others lie in any direction."""
    if form == "bamboo":
        return np.pi + bed.random.uniform(-0.3, 0.3, count)
    return bed.random.uniform(-np.pi, np.pi, count)


def _roles(form: str, slot: int, p: Parameters) -> dict[str, int]:
    """Return the slots of a leaf's parts."""
    second = 1 + slot % (p.slots - 1)
    other = second if form == "veined" else slot
    return {"leaf": slot, "other": other, "vein": 0, "berry": second}


def _leaves(sheet: Sheet, p: Parameters) -> None:
    """Draw leaves of one kind, tossed, with smaller ones between them."""
    sheet.ground()
    if p.slots == 1:
        return
    large, small = _kinds(p.form, p.weight(0.6, 1.0, 1.6))
    bed = Bed(sheet, p, p.packing(0.075, 0.045, 0.022))
    size = bed.pitch * _SIZES[p.form]
    places = bed.places()
    slots = [1 + number for number in bed.spread(places, p.shares)]
    for index, place in enumerate(places):
        near = place + bed.random.uniform(-0.25, 0.25, (10, 2)) * bed.pitch
        bed.settle(large[index % len(large)], _roles(p.form, slots[index], p), near,
                   _turns(bed, p.form, 14), (size, 0.6 * size))  # fmt: skip
    count = int(bed.count * p.packing(0.4, 2.0, 4.0))

    def filler(place: Points) -> dict[str, int]:
        return _roles(p.form, 1 + bed.number(place, p.shares, 0.15), p)

    for index in range(count):
        most = bed.pitch * 0.55
        bed.settle(small[index % len(small)], filler,
                   bed.room.widest(16, bed.random), _turns(bed, p.form, 12),
                   (most, 0.55 * most))  # fmt: skip
    bed.paint()


_SIZES = {"veined": 1.3, "sprigs": 1.4, "tropical": 1.15, "ferns": 1.4, "eucalyptus": 1.45,
          "ginkgo": 1.0, "bamboo": 1.35}  # fmt: skip
"""Largest size of a form's leaves over their distance."""

FAMILIES = (Family(name="leaves", draw=_leaves, repeats=(7, 4.5, 3)),)
