"""Animal prints of spots: leopard, cheetah, dalmatian, giraffe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import Motif, Part, dot, joined, tapered
from worker.drawing.families.botanical.room import block_of, scatter
from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.organic.voronoi import cells, rounded
from worker.drawing.path import Path, Points, smooth_closed
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_SPOT = np.array([(0.0, 0.0, 1.0)])


def _rim(random: np.random.Generator, uneven: float, count: int = 11) -> Points:
    """Return points (count, 2) around an uneven oval of radius about 1."""
    angle = 2 * np.pi * np.arange(count) / count
    radius = 1 + uneven * random.uniform(-1, 1, count)
    radius = (radius + (np.roll(radius, 1) + np.roll(radius, -1)) / 2) / 2
    radius *= 1 + 0.12 * np.cos(2 * angle)
    return np.stack([np.cos(angle), np.sin(angle)], -1) * radius[:, None]


def rosette(random: np.random.Generator, bold: float) -> Motif:
    """Return a leopard's rosette: a ring broken into two to four pieces around a darker middle."""
    rim = _rim(random, 0.2, 24)
    pieces: list[Path] = []
    count = int(random.integers(2, 4))
    cuts = np.sort((np.arange(count) + random.uniform(-0.25, 0.25, count)) / count * 24)
    start = random.uniform(0, 24)
    for index in range(count):
        low = cuts[index] + 1.5
        high = (cuts[index + 1] if index + 1 < count else cuts[0] + 24) - 1.5
        at = start + np.linspace(low, high, 7)
        turn = np.floor(at).astype(int)
        part = (at - turn)[:, None]
        line = rim[turn % 24] * (1 - part) + rim[(turn + 1) % 24] * part
        line = line * 0.78
        width = np.array([0.3, 0.42, 0.5, 0.5, 0.46, 0.44, 0.28]) * bold
        width = width * random.uniform(0.8, 1.2, 7)
        pieces.append(_round_ended(line, width))
    middle = smooth_closed(_rim(random, 0.12, 9) * 0.6)
    return Motif(parts=(Part("middle", middle), Part("ring", joined(pieces))), discs=_SPOT)


def _round_ended(line: Points, width: Points) -> Path:
    """Return a thick stroke with round ends of a varying width."""
    stroke = tapered(line, width)
    ends = [dot(float(line[i, 0]), float(line[i, 1]), float(width[i]) / 2) for i in (0, -1)]
    if _area(stroke.points) * _area(ends[0].points) < 0:
        # all in one direction, so that none cuts a hole into another
        ends = [Path(end.codes, end.points[::-1]) for end in ends]
    return joined([stroke, *ends])


def _area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _spot(random: np.random.Generator, uneven: float) -> Motif:
    """Return a solid spot."""
    return Motif(parts=(Part("ring", smooth_closed(_rim(random, uneven, 9))),), discs=_SPOT)


@dataclass(frozen=True, kw_only=True)
class _Coat:
    """Sizes of spots over their distance, and how they vary."""

    radius: float
    least: float
    """Radius of the smallest over that of the largest."""
    uneven: float
    small: float
    """Least radius of the spots in the gaps."""
    fillers: float
    """Most of them, for each large one."""


_COATS = {
    "leopard": _Coat(radius=0.5, least=0.82, uneven=0.2, small=0.09, fillers=1.3),
    "cheetah": _Coat(radius=0.28, least=0.7, uneven=0.16, small=0.12, fillers=0.8),
    "dalmatian": _Coat(radius=0.42, least=0.45, uneven=0.4, small=0.07, fillers=1.3),
}


def _strewn(sheet: Sheet, p: Parameters) -> None:
    """Draw rosettes or spots, with smaller spots between them."""
    leopard, coat = p.form == "leopard", _COATS[p.form]
    bed = Bed(sheet, p, p.packing(0.12, 0.075, 0.045), unit=1.0 if leopard else 0.85, most=90)
    random = bed.random
    bold = p.weight(0.75, 1.0, 1.25)
    radius = bed.pitch * coat.radius * p.packing(0.86, 1.0, 1.1)
    if leopard:
        kinds = [rosette(random, bold) for _ in range(8)]
    else:
        kinds = [_spot(random, coat.uneven) for _ in range(8)]
        radius *= p.weight(0.88, 1.0, 1.12)

    def roles(place: Points) -> dict[str, int]:
        if not leopard:
            return {"ring": 1 + bed.number(place, p.shares)}
        if p.slots == 2:  # hollow
            return {"ring": 1}
        return {"ring": 1, "middle": 2 + bed.number(place, p.shares[1:])}

    def filler(place: Points) -> dict[str, int]:
        return {"ring": 1} if leopard else roles(place)

    places = bed.places()
    sizes = radius * random.uniform(coat.least, 1.0, len(places))
    for index in np.argsort(-sizes):
        near = places[index] + random.uniform(-0.12, 0.12, (10, 2)) * bed.pitch
        size = float(sizes[index])
        bed.settle(kinds[index % 8], roles, near, random.uniform(-np.pi, np.pi, 1),
                   (size, 0.62 * size))  # fmt: skip
    small, least = [_spot(random, 0.2) for _ in range(4)], coat.small * bed.pitch
    for index in range(int(bed.count * coat.fillers)):
        bed.settle(small[index % 4], filler, bed.room.widest(12, random),
                   random.uniform(-np.pi, np.pi, 1), (2.2 * least, least))  # fmt: skip
    bed.paint()


def _giraffe(sheet: Sheet, p: Parameters) -> None:
    """Draw patches with round corners that nearly meet."""
    block = block_of(sheet.width, sheet.height, p.scale_mm, 90)
    random = p.random("patches")
    places = scatter(block.width, block.height, block.count, random, rounds=1)
    gap = block.pitch * p.packing(0.2, 0.13, 0.09) * p.weight(0.8, 1.0, 1.25)
    slots = p.accents(block.count)
    for cell, slot in zip(cells(block.width, block.height, places, gap / 2), slots, strict=True):
        edges = np.roll(cell, -1, axis=0) - cell
        corners = cell[np.hypot(edges[:, 0], edges[:, 1]) > 0.12 * block.pitch]
        if len(corners) > 2:
            sheet.fill(int(slot), rounded(corners, 0.55), block.offsets)


def _animal_spots(sheet: Sheet, p: Parameters) -> None:
    """Draw the spots of an animal's coat."""
    sheet.ground()
    if p.slots > 1:
        (_giraffe if p.form == "giraffe" else _strewn)(sheet, p)


FAMILIES = (Family(name="animal-spots", draw=_animal_spots, repeats=(11, 7, 4.5)),)
