"""Paisley: drops with a bent tip, bands, beads, scalloped edges and a flower inside."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.botanical import blossoms, foliage
from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    along,
    blade,
    dot,
    joined,
    mirrored,
    sampled,
    stamp,
)
from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, Points, circle, polygon, smooth_closed, smooth_open
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_SPINE = smooth_open([(0, 0), (0.06, -0.3), (0.07, -0.62), (-0.08, -0.92), (-0.36, -1.0),
                      (-0.5, -0.82)])  # fmt: skip
_RADII = (0.5, 0.44, 0.3, 0.16, 0.075, 0.0)
"""Radii of a drop along its spine, from its round end to the tip."""


@lru_cache(maxsize=8)
def _spine(count: int) -> tuple[Points, NDArray[np.float64]]:
    """Return points (count, 2) of the spine and the drop's radius at each."""
    line = sampled(_SPINE, 12)
    radii = np.interp(np.linspace(0, 5, len(line)), np.arange(6), _RADII)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    radii = np.convolve(np.pad(radii, 4, mode="edge"), np.ones(9) / 9, "valid")
    at = np.linspace(0, length[-1], count)
    return along(line, count), np.interp(at, length, radii)


@lru_cache(maxsize=64)
def drop(inset: float = 0.0, detail: int = 9) -> Points:
    """Return the outline (n, 2) of a drop whose round end has radius 0.5 about the origin.

    Args:
        inset: by how much it is smaller all around; negative: larger.
        detail: number of points on each side.
    """
    line, radii = _spine(120)
    radii = radii - inset
    line, radii = line[radii > 0.004], radii[radii > 0.004]
    step = np.gradient(line, axis=0)
    speed = np.hypot(step[:, 0], step[:, 1])
    tangent = step / speed[:, None]
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], -1)
    slope = np.clip(np.gradient(radii) / speed, -0.95, 0.95)
    back, side = -slope * radii, np.sqrt(1 - slope**2) * radii
    left = line + back[:, None] * tangent - side[:, None] * normal
    right = line + back[:, None] * tangent + side[:, None] * normal
    first, last = (np.arctan2(*(edge[0] - line[0])[::-1]) for edge in (right, left))
    sweep = (last - first) % (2 * np.pi)
    cap = first + np.linspace(0, sweep, 40)[1:-1]
    round_end = line[0] + radii[0] * np.stack([np.cos(cap), np.sin(cap)], -1)
    tip = line[-1:] + tangent[-1:] * radii[-1] * 1.2
    outline = np.concatenate([round_end, left, tip, right[::-1], round_end[:1]])
    return along(outline, 2 * detail + 13)[:-1]


@lru_cache(maxsize=32)
def _around(inset: float, count: int) -> Points:
    """Return points (count, 2) at equal distances along the outline of a drop."""
    outline = drop(inset, 60)
    return along(np.concatenate([outline, outline[:1]]), count + 1)[:-1]


def _beads(inset: float, count: int, radius: float) -> Path:
    """Return dots along the outline of a drop."""
    return joined(dot(float(x), float(y), radius) for x, y in _around(inset, count))


def _edge(count: int, height: float, *, pointed: bool) -> Path:
    """Return teeth or scallops that stand outwards on the outline, but not inside of its hook."""
    at = _around(0.0, 2 * count)
    outline = drop(0.0, 60)
    shapes: list[Path] = []
    for index in range(0, 2 * count, 2):
        before, here, after = at[index - 1], at[index], at[(index + 1) % (2 * count)]
        way = after - before
        out = np.array((way[1], -way[0])) / max(float(np.hypot(*way)), 1e-9)
        if np.hypot(*(outline - here - out * height * 2.2).T).min() < height * 1.9:
            continue
        if pointed:
            shapes.append(polygon([before, here + out * height, after]))
        else:
            shapes.append(dot(float(here[0]), float(here[1]), height))
    return joined(shapes)


def boteh(kind: int, random: np.random.Generator, bold: float) -> Motif:
    """Return a paisley drop.

    Args:
        kind: 0: with a lace edge and a flower; 1: with teeth and nested drops; 2: plain, with
            a branch inside.
    """
    line = 0.028 * bold

    def shape(inset: float) -> Path:
        return smooth_closed(drop(inset))

    parts = []
    if kind < 2:
        parts.append(Part("petal", _edge(26, (0.056, 0.08)[kind], pointed=kind == 1)))
    parts += [Part("petal", shape(0.0)), Part("mark", shape(0.045))]
    if kind == 1:
        parts += [Part("inner", shape(0.045 + line)), Part("mark", _beads(0.115, 24, 0.02)),
                  Part("mark", shape(0.16)), Part("petal", shape(0.16 + line)),
                  Part("mark", shape(0.255)), Part("inner", shape(0.255 + line))]  # fmt: skip
        parts += [Part("mark", circle(0, 0, 0.13)), Part("centre", circle(0, 0, 0.1))]
    elif kind == 0:
        parts += [Part("inner", _beads(0.105, 24, 0.03)), Part("petal", shape(0.165)),
                  Part("mark", shape(0.165 + line))]  # fmt: skip
        parts += blossoms.cosmos(random, bold=1.4 * bold).turned(size=0.27, at=(0, 0.01)).parts
        for y, size in ((-0.37, 0.2), (-0.55, 0.15), (-0.7, 0.1)):
            parts.append(Part("inner", blade(0.32, 0.4).scaled(size).moved(0.06, y + size / 2)))
    else:
        parts += [Part("petal", shape(0.045 + line)), Part("mark", _beads(0.13, 20, 0.022))]
        branch = foliage.sprig(5, bend=-0.35, paired=True, size=0.3, width=0.2, bold=bold)
        for part in branch.turned(0.12, 0.82, (-0.02, 0.3)).parts:
            parts.append(Part("mark" if part.role != "vein" else "petal", part.path))
    line_, radii = _spine(7)
    discs = np.column_stack([line_, radii + 0.06])
    return Motif(parts=tuple(parts), discs=discs)


def _roles(slot: int, p: Parameters) -> dict[str, int]:
    """Return the slots of a drop whose outline has a slot; other accents follow in turn."""
    accents = p.slots - 1
    return {
        "petal": slot, "inner": 1 + slot % accents, "mark": 0, "dot": 0,
        "centre": 1 + (slot + 1) % accents, "leaf": 1 + slot % accents, "vein": 0,
        "other": slot, "berry": slot,
    }  # fmt: skip


def _tossed(sheet: Sheet, p: Parameters) -> None:
    """Draw drops in all directions, with small drops, flowers and leaves in the gaps."""
    bold = p.weight(0.65, 1.0, 1.5)
    unit = 1.0 if p.slots < 5 else 0.87  # at least two of each colour
    bed = Bed(sheet, p, p.packing(0.065, 0.04, 0.02), unit=unit)
    kinds = [boteh(kind, bed.random, bold) for kind in (0, 1, 0, 2)]
    kinds = [mirrored(k) if i in (1, 2) else k for i, k in enumerate(kinds)]
    places = bed.places()
    slots = [1 + number for number in bed.spread(places, p.shares)]
    size = bed.pitch * 0.85
    for index, place in enumerate(places):
        near = place + bed.random.uniform(-0.25, 0.25, (12, 2)) * bed.pitch
        bed.settle(kinds[index % 4], _roles(slots[index], p), near,
                   bed.random.uniform(-np.pi, np.pi, 16), (size, 0.5 * size))  # fmt: skip
    small = boteh(2, bed.random, bold).turned(size=0.5)
    fillers = (small, blossoms.posy(bed.random).turned(size=0.22), mirrored(small),
               foliage.leaf_pair(bold=bold).turned(size=0.5),
               blossoms.daisy(bed.random, petals=9, bold=1.3 * bold).turned(size=0.22))  # fmt: skip

    def filler(place: Points) -> dict[str, int]:
        return _roles(1 + bed.number(place, p.shares, 0.2), p)

    for index in range(int(bed.count * p.packing(0.6, 2.4, 5.0))):
        bed.settle(fillers[index % 5], filler,
                   bed.room.widest(16, bed.random), bed.random.uniform(-np.pi, np.pi, 12),
                   (bed.pitch * 0.62, bed.pitch * 0.34))  # fmt: skip
    bed.paint()


def _rows(sheet: Sheet, p: Parameters) -> None:
    """Draw upright drops in staggered rows that lean left and right in turn."""
    bold = p.weight(0.65, 1.0, 1.5)
    random = p.random("flowers")
    turns = 2 if p.slots > 4 else 1  # colours by turns along a row
    columns = p.repeats(sheet.width, multiple=turns)
    rows = p.repeats(sheet.height, aspect=0.95, multiple=2)
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    size = min(0.72 * unit_x, 0.61 * unit_y) * p.packing(0.86, 1.0, 1.05)
    drops = (boteh(0, random, bold), mirrored(boteh(1, random, bold)))
    posy = blossoms.daisy(random, petals=9, bold=1.3 * bold)
    pair = foliage.leaf_pair(bold=bold)
    dots = joined(dot(0, y * size, r * size) for y, r in ((0, 0.03), (0.09, 0.024), (0.16, 0.018)))
    for index in range(rows * turns):
        row, turn = divmod(index, turns)
        x = (np.arange(turn, columns, turns) + 0.25 + 0.5 * (row % 2)) * unit_x
        at = np.stack([x, np.full(len(x), (row + 0.5) * unit_y)], -1)
        roles, lean = _roles(p.accent(index), p), (-0.3, 0.3)[row % 2]
        shift = np.array((-0.02, 0.1)) * ((1, -1)[row % 2], 1) * unit_y
        stamp(sheet, drops[row % 2], roles, at + shift, -lean, size)
        between = at + np.array((unit_x / 2, -0.12 * unit_y))
        roles = _roles(p.accent(index + 1), p)
        stamp(sheet, pair, roles, between + np.array((0, 0.02 * unit_y)), np.pi, size * 0.33)
        stamp(sheet, posy, roles, between, 0.0, size * p.packing(0.14, 0.17, 0.2))
        sheet.fill(p.accent(index), dots, between + np.array((0, 0.3 * unit_y)))


def _paisley(sheet: Sheet, p: Parameters) -> None:
    """Draw paisley drops."""
    sheet.ground()
    if p.slots > 1:
        (_rows if p.form == "rows" else _tossed)(sheet, p)


FAMILIES = (Family(name="paisley", draw=_paisley, repeats=(5.5, 3.6, 2.5)),)
