"""Blue-and-white porcelain: peonies and lotuses held by scrolling vines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from worker.drawing.families.botanical import blossoms, foliage, profiles
from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    dot,
    joined,
    mirrored,
    stamp,
    tapered,
)
from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, Points, circle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _curl(size: float, turns: float, width: float = 0.09) -> Path:
    """Return a tendril that starts at (0, 0) upwards and winds to the right into a knob."""
    a = np.linspace(0, 2 * np.pi * turns, 14)
    radius = size * 0.5 * np.linspace(1, 0.24, 14)
    points = np.stack([size * 0.5 - radius * np.cos(a), -radius * np.sin(a)], -1)
    line = tapered(points, size * np.linspace(2.2, 1.2, 14) * width)
    return line + dot(float(points[-1, 0]), float(points[-1, 1]), size * 0.11)


def _leaf(bold: float) -> Motif:
    """Return a leaf of the scroll: bent, with a washed half and a line along its middle."""
    return foliage.leaf(width=0.26, bend=0.7, veins=4, bold=1.3 * bold, belly=0.28, half=True)


def _at(line: Points, where: float) -> tuple[Points, float]:
    """Return a point of a polyline at a share of its length, and the angle of its direction from
    upwards, clockwise."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    length = np.concatenate([[0], np.cumsum(steps)])
    spots = np.array([where - 0.01, where + 0.01, where]) * length[-1]
    a, b, c = (np.array([np.interp(s, length, line[:, k]) for k in (0, 1)]) for s in spots)
    way = b - a
    return c, float(np.arctan2(way[0], -way[1]))


def _sprout(bold: float) -> Motif:
    """Return the leaves that fill the gap between three flowers: three leaves, two tendrils."""
    leaf = _leaf(bold)
    straight = foliage.leaf(width=0.24, veins=5, bold=1.2 * bold, belly=0.28, half=True)
    stem = tapered([(0, 0), (0.012, -0.1), (0, -0.22)], np.array([0.026, 0.024, 0.02]) * bold)
    sprout = Motif(parts=(Part("leaf", stem),), discs=np.zeros((0, 3)))
    sprout += straight.turned(0.0, 0.25, (0, -0.28))
    sprout += leaf.turned(0.5, 0.25, (0.02, -0.25))
    sprout += mirrored(leaf).turned(-0.5, 0.25, (-0.02, -0.25))
    return sprout


@lru_cache(maxsize=64)
def _bay(side: float, bold: float) -> tuple[Points, Points, Motif]:
    """Return the vine and the branch of one bay around a flower at the origin, and their leaves.

    Args:
        side: 1 if the vine passes below the flower, -1 if above.

    Returns:
        The vine's line from x = -0.5 to 0.5, the branch's line, and the leaves.
    """
    x = np.linspace(-0.5, 0.5, 17)
    vine = np.stack([x, side * 0.44 * np.cos(np.pi * x) ** 0.75], -1)
    angle = np.pi + side * np.linspace(0, 1.55 * np.pi, 18)
    radius = np.interp(np.linspace(0, 1, 18), (0, 0.3, 0.7, 1), (0.5, 0.43, 0.4, 0.28))
    branch = np.stack([np.cos(angle), np.sin(angle)], -1) * radius[:, None]
    leaf, leaves = _leaf(bold), Motif(parts=(), discs=np.zeros((0, 3)))
    spots = ((vine, 0.3, -1, 0.135), (vine, 0.5, 1, 0.115), (branch, 0.2, -1, 0.135))  # fmt: skip
    for line, where, hand, size in spots:
        place, way = _at(line, where)
        outward = hand * side * (1 if line is vine else -1)
        one = leaf if outward > 0 else mirrored(leaf)
        leaves += one.turned(way + outward * 0.5, size, place)
    for line, where in ((vine, 0.32), (vine, 0.68), (branch, 0.22), (branch, 0.42)):
        place, way = _at(line, where)
        outward = side * (1 if line is vine else -1) * (1 if where < 0.5 else -1)
        curl = _curl(0.1, 1.25, 0.075 * bold).scaled(outward, 1)
        curl = curl.rotated(way + (np.pi if where > 0.5 else 0.0) + outward * 0.4)
        leaves += Motif(parts=(Part("leaf", curl.moved(*place)),), discs=np.zeros((0, 3)))
    sprout = _sprout(bold)
    leaves += sprout.turned(0.0, 1.0, (-0.5, 0.0)) + sprout.turned(np.pi, 1.0, (-0.5, 0.0))
    return vine, branch, leaves


def _roles(p: Parameters, second: bool) -> dict[str, int]:
    """Return the slots: the first accent draws, the second is a wash, others are of flowers.

    Args:
        second: whether it is the second of two flowers by turns.
    """
    last = p.slots - 1
    dark, pale = 1, min(2, last)
    petal, inner = (pale, dark) if second else (dark, pale)
    if last > 2:
        petal, inner = (last, last) if second else (3 if last > 3 else dark, pale)
    return {
        "petal": petal, "inner": inner, "mark": 0, "dot": 0, "centre": dark,
        "leaf": dark, "other": pale, "vein": 0, "berry": min(3, last),
    }  # fmt: skip


def _scroll(sheet: Sheet, p: Parameters) -> None:
    """Draw rows of a waving vine with a flower in each bay."""
    bold = p.weight(0.65, 1.0, 1.5)
    random = p.random("flowers")
    columns = p.repeats(sheet.width, multiple=2)
    rows = p.repeats(sheet.height, aspect=1.02, multiple=2)
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    unit = min(unit_x, unit_y / 1.02)
    stretch = np.array((unit_x, unit_y / 1.02))
    heads = (blossoms.peony(random, bold=1.2 * bold), profiles.lotus(bold=1.2 * bold))
    for row in range(rows):
        for index in range(2):
            vine, branch, leaves = _bay((1.0, -1.0)[index], bold)
            x = (np.arange(0, columns, 2) + index + 0.5 + 0.5 * (row % 2)) * unit_x
            at = np.stack([x, np.full(len(x), (row + 0.5) * unit_y)], -1)
            width = 0.026 * bold
            for line, ends in ((vine, (width, width)), (branch, (width, 0.6 * width))):
                path = tapered(line * stretch, np.linspace(*ends, len(line)) * unit)
                sheet.fill(1, path, at)
            scaled = Motif(
                parts=tuple(
                    Part(part.role, part.path.scaled(*map(float, stretch))) for part in leaves.parts
                ),
                discs=leaves.discs,
            )
            stamp(sheet, _merged(scaled), _roles(p, False), at)
            head = heads[index] if p.form == "scroll" else heads[0]
            size = unit * p.packing(0.33, 0.365, 0.385)
            sheet.fill(0, circle(0, 0, 1.06 * size), at)
            stamp(sheet, head, _roles(p, bool(index)), at, 0.0, size)


def _merged(motif: Motif) -> Motif:
    """Return a motif with one part for each role, in the order of their first parts."""
    kinds: dict[str, list[Path]] = {}
    for part in motif.parts:
        kinds.setdefault(part.role, []).append(part.path)
    return Motif(parts=tuple(Part(r, joined(v)) for r, v in kinds.items()), discs=motif.discs)


def _porcelain(sheet: Sheet, p: Parameters) -> None:
    """Draw flowers and vines as on blue-and-white porcelain."""
    sheet.ground()
    if p.slots > 1:
        _scroll(sheet, p)


FAMILIES = (Family(name="porcelain", draw=_porcelain, repeats=(5.5, 3.6, 2)),)
