"""Curves that motifs are drawn with: outlines with corners, ribbons, plumes and bodies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, dot, joined, sampled, tapered
from worker.drawing.motifs.shapes import MotifShape, flattened
from worker.drawing.path import Path, Points, ellipse

__all__ = ["Body", "both_sides", "curve", "disc", "fill", "halo", "line", "outline", "oval",
    "plume", "quill", "ribbon", "spiral", "turned", "union"]  # fmt: skip


def _handles(points: Points) -> Points:
    """Return the curves' control points (3 * (n - 1), d) of a centripetal Catmull-Rom spline.

    It does not overshoot where the distances of the points differ.
    """
    steps = np.diff(points, axis=0)
    chord = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None] ** 0.5
    speed = steps / chord
    if len(points) == 2:
        tangents = np.concatenate([speed, speed])
    else:
        inner = speed[:-1] + speed[1:] - (points[2:] - points[:-2]) / (chord[:-1] + chord[1:])
        first, last = 1.5 * speed[:1] - inner[:1] / 2, 1.5 * speed[-1:] - inner[-1:] / 2
        tangents = np.concatenate([first, inner, last])
    leave, reach = tangents[:-1] * chord / 3, tangents[1:] * chord / 3
    return np.stack([points[:-1] + leave, points[1:] - reach, points[1:]], 1).reshape(-1,
        points.shape[1])  # fmt: skip


def curve(points: ArrayLike) -> Path:
    """Return an open curve through (n, d) points."""
    array = np.asarray(points, float)
    return Path("M" + "C" * (len(array) - 1), np.concatenate([array[:1], _handles(array)]))


def outline(points: Sequence[tuple[float, ...]]) -> Path:
    """Return a closed curve through points (x, y); a point (x, y, 0) is a corner."""
    array = np.array([point[:2] for point in points], float)
    corners = [index for index, point in enumerate(points) if len(point) > 2]
    if not corners:
        around = np.concatenate([array[-2:], array, array[:3]])
        handles = _handles(around)[6 : 6 + 3 * len(array)]
        return Path("M" + "C" * len(array) + "Z", np.concatenate([array[:1], handles]))
    array = np.roll(array, -corners[0], axis=0)
    ends = [corner - corners[0] for corner in corners] + [len(array)]
    array = np.concatenate([array, array[:1]])
    pieces = [_handles(array[a : b + 1]) for a, b in pairwise(ends)]
    count = len(array) - 1
    return Path("M" + "C" * count + "Z", np.concatenate([array[:1], *pieces]))


def ribbon(points: ArrayLike, widths: ArrayLike, steps: int = 4) -> Path:
    """Return the outline of a curve through (n, 2) points with a width at each of them."""
    line_ = np.asarray(points, float)
    width = np.broadcast_to(np.asarray(widths, float), len(line_))
    dense = sampled(curve(np.column_stack([line_, width])), steps)
    return tapered(dense[:, :2], np.maximum(dense[:, 2], 0.0))


def spiral(
    x: float, y: float, radius: float, start: float, turns: float, inner: float = 0.15
) -> Points:
    """Return points of a spiral around (x, y) from its outer end inwards.

    Args:
        start: angle of its outer end, radians from the x axis.
        turns: how often it goes round, negative: anticlockwise on the screen.
        inner: share of the radius at its inner end.
    """
    s = np.linspace(0, 1, max(6, round(abs(turns) * 8)))
    angle, reach = start + 2 * np.pi * turns * s, radius * (1 - (1 - inner) * s)
    return np.stack([x + np.cos(angle) * reach, y + np.sin(angle) * reach], -1)


def plume(
    x: float, y: float, angle: float, length: float, width: float, bend: float = 0.0,
    belly: float = 0.6,
) -> Path:  # fmt: skip
    """Return a pointed blade from (x, y).

    Args:
        angle: where it points, radians clockwise from upwards.
        width: its greatest width, in the same units as its length.
        bend: how far its tip turns to the right, radians.
        belly: where it is widest, 0: at the base, 1: at the tip.
    """
    path = bent(blade(width / length / 2, belly), bend)
    return path.scaled(length).rotated(angle).moved(x, y)


def quill(x: float, y: float, angle: float, length: float, width: float, bend: float = 0.0) -> Path:
    """Return a blade with a round tip from (x, y); arguments as of `plume`."""
    w = width / length / 2
    points = [(0, 0), (w * 0.9, -0.25), (w * 1.3, -0.62), (w * 1.15, -0.93), (w * 0.62, -1.0),
        (0, -1.0), (-w * 0.62, -1.0), (-w * 1.15, -0.93), (-w * 1.3, -0.62),
        (-w * 0.9, -0.25)]  # fmt: skip
    control = np.array(points, float)[[0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8, 9, 0]]
    return bent(Path("MCCCCZ", control), bend).scaled(length).rotated(angle).moved(x, y)


def disc(middle: ArrayLike, radius: float) -> Path:
    """Return a small circle around a point (2,)."""
    x, y = np.asarray(middle, float).tolist()
    return dot(x, y, radius)


def oval(x: float, y: float, width: float, height: float, angle: float = 0.0) -> Path:
    """Return an ellipse by its half axes, turned clockwise by radians about its middle."""
    return ellipse(0, 0, width, height).rotated(angle).moved(x, y)


def _area(path: Path) -> float:
    points = np.concatenate(flattened(path))
    x, y = points[:, 0], points[:, 1]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def union(paths: Iterable[Path]) -> Path:
    """Return closed contours as one path to be filled: where they overlap there is no hole."""
    return joined(path if _area(path) >= 0 else path.reversed() for path in paths)


def fill(slot: int, *paths: Path) -> MotifShape:
    """Return the filled union of closed paths of one contour each."""
    return MotifShape(slot=slot, path=paths[0] if len(paths) == 1 else union(paths))


def line(slot: int, path: Path, width: float) -> MotifShape:
    """Return a stroke with round ends."""
    return MotifShape(slot=slot, path=path, width=width)


def halo(slot: int, width: float, shapes: Iterable[MotifShape]) -> list[MotifShape]:
    """Return contours to be painted below filled shapes: a rim of this width around them."""
    return [MotifShape(slot=slot, path=shape.path, width=2 * width + (shape.width or 0.0))
        for shape in shapes]  # fmt: skip


def both_sides(points: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Return the left half of an outline and its mirror image.

    Args:
        points: from the middle line, x = 0, down or up the left side to the middle line.
    """
    return [*points, *((-point[0], *point[1:]) for point in reversed(points[1:-1]))]


def turned(
    shapes: Iterable[MotifShape], angle: float = 0.0, size: float = 1.0,
    at: tuple[float, float] = (0.0, 0.0), *, flip: bool = False,
) -> list[MotifShape]:  # fmt: skip
    """Return shapes mirrored left to right, then scaled, turned clockwise by radians and moved."""
    side = -size if flip else size
    return [replace(shape, path=shape.path.scaled(side, size).rotated(angle).moved(*at),
            width=None if shape.width is None else shape.width * size)
        for shape in shapes]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Body:
    """A body along a spine, with places on it by (s, t).

    s: 0 at its head to 1 at its tail; t: -1 at its left edge to 1 at its right one, seen along it.
    """

    spine: Points
    """Dense points (n, 2)."""
    half: Points
    """Half widths (n,)."""

    @classmethod
    def through(cls, points: ArrayLike, widths: ArrayLike) -> Body:
        """Return the body along a curve through points with a width at each of them."""
        line_ = np.asarray(points, float)
        dense = sampled(curve(np.column_stack([line_, np.asarray(widths, float)])), 6)
        return cls(dense[:, :2], np.maximum(dense[:, 2], 0.0) / 2)

    def at(self, places: ArrayLike) -> Points:
        """Return the points (n, 2) of places (s, t), (n, 2)."""
        s, t = np.asarray(places, float).T
        index = s * (len(self.spine) - 1)
        every = np.arange(len(self.spine))
        tangent = np.gradient(self.spine, axis=0)
        tangent /= np.maximum(np.hypot(tangent[:, :1], tangent[:, 1:]), 1e-12)
        side = np.stack([-tangent[:, 1], tangent[:, 0]], -1) * self.half[:, None]
        middle, edge = (np.stack([np.interp(index, every, each[:, axis]) for axis in (0, 1)], -1)
            for each in (self.spine, side))  # fmt: skip
        return middle + edge * t[:, None]

    def angle(self, s: float) -> float:
        """Return the direction towards the tail at s, radians clockwise from upwards."""
        (a, b) = self.at([(max(s - 0.03, 0), 0), (min(s + 0.03, 1), 0)])
        return float(np.arctan2(b[0] - a[0], a[1] - b[1]))

    def contour(self) -> Path:
        """Return its outline."""
        return tapered(self.spine[::2], 2 * self.half[::2])

    def patch(self, places: Sequence[tuple[float, ...]]) -> Path:
        """Return a closed curve through places (s, t); (s, t, 0) is a corner."""
        points = self.at([place[:2] for place in places])
        return outline([(x, y, *place[2:])
                for (x, y), place in zip(points.tolist(), places, strict=True)])  # fmt: skip
