"""Motifs of several colours, drawn once and stamped in many places.

A motif is drawn at unit size around the origin and grows upwards: its base is at the origin or
below it, its tip towards negative y. Its parts name the role of their colour; where it is stamped,
each role is given a slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.path import Path, Points, smooth_open
from worker.drawing.sheet import Sheet

__all__ = [
    "Motif",
    "Part",
    "along",
    "bent",
    "blade",
    "dot",
    "joined",
    "mirrored",
    "radial",
    "sampled",
    "seeds",
    "sliver",
    "stamp",
    "tapered",
]


@dataclass(frozen=True, eq=False)
class Part:
    """One colour of a motif."""

    role: str
    """What it is: petal, vein, ...; a slot is given to each role."""
    path: Path


@dataclass(frozen=True, eq=False, kw_only=True)
class Motif:
    """Parts in the order in which they are painted, and the room they need."""

    parts: tuple[Part, ...]
    discs: Points
    """Discs that cover it, (m, 3): x, y and radius."""

    def room(self, angle: float, size: float, at: ArrayLike) -> Points:
        """Return the discs of `turned`."""
        centres = Path("", self.discs[:, :2] * size).rotated(angle).moved(*np.asarray(at, float))
        return np.column_stack([centres.points, self.discs[:, 2] * size])

    def turned(self, angle: float = 0.0, size: float = 1.0, at: ArrayLike = (0.0, 0.0)) -> Motif:
        """Return the motif scaled, then rotated clockwise by radians, then moved."""
        x, y = np.asarray(at, float)
        parts = (
            Part(part.role, part.path.scaled(size).rotated(angle).moved(x, y))
            for part in self.parts
        )
        return Motif(parts=tuple(parts), discs=self.room(angle, size, (x, y)))

    def __add__(self, other: Motif) -> Motif:
        return Motif(
            parts=self.parts + other.parts, discs=np.concatenate([self.discs, other.discs])
        )


def joined(paths: Iterable[Path]) -> Path:
    """Return all contours as one path."""
    every = list(paths)
    codes = "".join(path.codes for path in every)
    return Path(codes, np.concatenate([np.zeros((0, 2)), *(path.points for path in every)]))


def mirrored(motif: Motif) -> Motif:
    """Return a motif mirrored left to right."""
    parts = tuple(Part(part.role, part.path.scaled(-1, 1)) for part in motif.parts)
    return Motif(parts=parts, discs=motif.discs * (-1, 1, 1))


def stamp(
    sheet: Sheet,
    motif: Motif,
    slots: Mapping[str, int],
    positions: ArrayLike,
    turns: ArrayLike = 0.0,
    sizes: ArrayLike = 1.0,
) -> None:
    """Fill copies of a motif; a role without a slot is left out.

    Args:
        slots: the slot of each role.
        positions: (k, 2) places of the origin, mm.
        turns: (k,) radians, or one for all.
        sizes: (k,) millimetres of the unit, or one for all.
    """
    parts = [(slots[part.role], part.path) for part in motif.parts if part.role in slots]
    if parts and len(np.asarray(positions)):
        sheet.fill_parts(parts, positions, turns, sizes)


def tapered(points: ArrayLike, widths: ArrayLike) -> Path:
    """Return the outline of a curve through (n, 2) points with a width at each of them."""
    line = np.asarray(points, float)
    width = np.broadcast_to(np.asarray(widths, float), len(line))
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, :1], tangent[:, 1:]), 1e-12)
    side = np.stack([-tangent[:, 1], tangent[:, 0]], -1) * width[:, None] / 2
    there, back = smooth_open(line + side), smooth_open((line - side)[::-1])
    return Path(
        there.codes + "L" + back.codes[1:] + "Z", np.concatenate([there.points, back.points])
    )


def sliver(points: ArrayLike, width: float) -> Path:
    """Return a line through three points, `width` wide in its middle and pointed at both ends."""
    start, middle, end = np.asarray(points, float)
    way = end - start
    side = np.array((-way[1], way[0])) / max(float(np.hypot(*way)), 1e-12) * width / 2
    right, left = ((8 * (middle + s) - start - end) / 6 for s in (side, -side))
    return Path("MCCZ", np.stack([start, right, right, end, left, left, start]))


def bent(path: Path, turn: float) -> Path:
    """Return a path bent so that its axis, from (0, 0) to (0, -1), turns by radians to the right.

    What lies below the origin stays straight.
    """
    if abs(turn) < 1e-9:
        return path
    x, along = path.points[:, 0], np.maximum(-path.points[:, 1], 0.0)
    below = np.minimum(-path.points[:, 1], 0.0)
    angle = turn * along
    spine = np.stack([(1 - np.cos(angle)) / turn, -np.sin(angle) / turn - below], -1)
    return Path(path.codes, spine + np.stack([np.cos(angle), np.sin(angle)], -1) * x[:, None])


def blade(width: float, belly: float = 0.4) -> Path:
    """Return a pointed leaf from (0, 0) to (0, -1).

    Args:
        width: its greatest half width.
        belly: where it is widest, 0: at the base, 1: at the tip.
    """
    handle = width * 4 / 3
    low, high = 0.05 + 0.5 * belly, 0.45 + 0.5 * belly
    right = [(handle, -low), (handle, -high), (0, -1)]
    left = [(-handle, -high), (-handle, -low), (0, 0)]
    return Path("MCCZ", np.array([(0, 0), *right, *left], float))


def radial(path: Path | Sequence[Path], count: int, start: float = 0.0, shift: float = 0.0) -> Path:
    """Return copies of a path around the origin.

    Args:
        path: pointing upwards; or one for each of the places.
        start: angle of the first, radians.
        shift: distance by which each is moved outwards.
    """
    every = [path] * count if isinstance(path, Path) else path
    angles = start + 2 * np.pi * np.arange(count) / count
    return joined(
        one.moved(0, -shift).rotated(float(a)) for one, a in zip(every, angles, strict=True)
    )


def sampled(path: Path, count: int) -> Points:
    """Return points on an open path of cubic curves, `count` on each curve and its end."""
    s = np.arange(count)[:, None] / count
    p = path.points
    pieces = [
        (1 - s) ** 3 * p[i]
        + 3 * s * (1 - s) ** 2 * p[i + 1]
        + 3 * s**2 * (1 - s) * p[i + 2]
        + s**3 * p[i + 3]
        for i in range(0, len(p) - 3, 3)
    ]
    return np.concatenate([*pieces, p[-1:]])


def dot(x: float, y: float, radius: float) -> Path:
    """Return a small circle as two curves; 2 % off at most, half as long as `circle`."""
    handle = radius * 4 / 3
    points = [(x, y - radius), (x + handle, y - radius), (x + handle, y + radius), (x, y + radius),
              (x - handle, y + radius), (x - handle, y - radius), (x, y - radius)]  # fmt: skip
    return Path("MCCZ", np.array(points))


def seeds(count: int, radius: float, size: float) -> Path:
    """Return dots spread evenly over a disc in the spiral of a sunflower."""
    index = np.arange(count) + 0.5
    angle, distance = index * np.pi * (3 - 5**0.5), radius * np.sqrt(index / count)
    return joined(
        dot(float(r * np.cos(a)), float(r * np.sin(a)), size)
        for a, r in zip(angle, distance, strict=True)
    )


def along(points: ArrayLike, count: int) -> Points:
    """Return `count` points at equal distances along a polyline (n, 2)."""
    line = np.asarray(points, float)
    steps = np.array([np.hypot(*(b - a)) for a, b in pairwise(line)])
    length = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, length[-1], count)
    return np.stack([np.interp(at, length, line[:, axis]) for axis in (0, 1)], -1)
