"""Makes sure that no two motifs come nearer than the smallest gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.bodies import Body
from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Clearing", "distance_between"]

_ROUNDS = 12
_SHRINK = 0.94
_SMALLEST = 0.72
"""Size, of what it was, below which a motif is left out rather than shrunk once more."""
_ROUNDING_MM = 0.02
"""More than the change of an outline by the rounding of its place, size and turn."""


class Clearing:
    """Separates bodies that are too near to each other.

    Args:
        gap_mm: smallest distance of two outlines; half of it to walls.
    """

    def __init__(self, torus: Torus, bodies: Sequence[Body], gap_mm: float) -> None:
        self._torus = torus
        self._gap = gap_mm + _ROUNDING_MM
        self.bodies = list(bodies)
        self._polygons = [body.polygons() for body in self.bodies]
        self._full = {id(body): body.size for body in self.bodies}

    def run(self) -> list[Body]:
        """Move, shrink or leave out bodies that are too near; return those that stay."""
        suspects = set(range(len(self.bodies)))
        for step in range(_ROUNDS):
            changed: set[int] = set()
            for one, other, shift in self._close(suspects):
                changed |= self._separate(one, other, shift, shrink=step >= _ROUNDS // 3)
            changed |= self._leave_walls()
            if not changed:
                return [body for body in self.bodies if body.size > 0]
            for index in changed:
                self._polygons[index] = self.bodies[index].polygons()
            suspects = changed
        for one, other, shift in self._close(set(range(len(self.bodies)))):
            if self._gap_of(one, other, shift)[0] < self._gap:
                self._drop(self._weaker(one, other))
        return [body for body in self.bodies if body.size > 0]

    def _close(self, suspects: set[int]) -> list[tuple[int, int, Points]]:
        """Return pairs of bodies, one of them suspect, that may be too near, with the shift."""
        places = np.array([(body.x, body.y) for body in self.bodies])
        radius = np.array([body.form.radius * body.size for body in self.bodies])
        shifts = self._torus.translations
        off = places[:, None, None] - places[None, :, None] - shifts
        near = (
            np.hypot(off[..., 0], off[..., 1]) < (radius[:, None] + radius + self._gap)[..., None]
        )
        order = np.arange(len(places))
        near &= order[:, None, None] <= order[None, :, None]
        near[order, order, 0] = False
        gone = np.array([body.size <= 0 for body in self.bodies])
        near[gone] = False
        near[:, gone] = False
        suspect = np.zeros(len(places), bool)
        suspect[list(suspects)] = True
        near &= (suspect[:, None] | suspect)[..., None]
        boxes = np.array([_box(polygons) for polygons in self._polygons])
        found = []
        for one, other, shift in np.argwhere(near).tolist():
            low = boxes[other, :2] + shifts[shift] - boxes[one, 2:]
            high = boxes[one, :2] - boxes[other, 2:] - shifts[shift]
            if max(low.max(), high.max()) < self._gap:
                found.append((one, other, shifts[shift]))
        return found

    def _gap_of(self, one: int, other: int, shift: Points) -> tuple[float, Points]:
        moved = [polygon + shift for polygon in self._polygons[other]]
        return distance_between(self._polygons[one], moved, self._gap)

    def _separate(self, one: int, other: int, shift: Points, *, shrink: bool) -> set[int]:
        if min(self.bodies[one].size, self.bodies[other].size) <= 0:
            return set()
        distance, away = self._gap_of(one, other, shift)
        lack = self._gap - distance
        if lack <= 0:
            return set()
        first, second = self.bodies[one], self.bodies[other]
        if first.fixed and second.fixed:
            return set()
        if one == other or shrink:
            index = self._weaker(one, other)
            body = self.bodies[index]
            body.size *= _SHRINK
            if body.size < _SMALLEST * self._full[id(body)]:
                self._drop(index)
            if one == other or body.size <= 0:
                return {index}
        weights = np.array([0.0 if body.fixed else 1 / body.size for body in (first, second)])
        if not weights.any():
            return set()
        parts = weights / weights.sum() * (1.05 * lack + 0.01)
        first.x, first.y = (np.array((first.x, first.y)) + away * parts[0]).tolist()
        second.x, second.y = (np.array((second.x, second.y)) - away * parts[1]).tolist()
        return {one, other}

    def _weaker(self, one: int, other: int) -> int:
        """Return which of two bodies gives way: not a fixed one, else the smaller one."""
        first, second = self.bodies[one], self.bodies[other]
        if first.fixed != second.fixed:
            return other if first.fixed else one
        return one if first.nominal < second.nominal else other

    def _drop(self, index: int) -> None:
        if not self.bodies[index].fixed:
            self.bodies[index].size = 0.0

    def _leave_walls(self) -> set[int]:
        """Move bodies that are too near to a wall; return those that were moved."""
        changed = set()
        sizes = (self._torus.width, self._torus.height)
        for axis in (0, 1):
            if self._torus.joined[axis]:
                continue
            for index, body in enumerate(self.bodies):
                if body.fixed or body.size <= 0:
                    continue
                box = _box(self._polygons[index])
                low, high = box[axis], box[axis + 2]
                margin = self._gap / 2
                move = max(margin - low, 0.0) - max(high - sizes[axis] + margin, 0.0)
                if low < margin and high > sizes[axis] - margin:
                    body.size *= _SHRINK
                    changed.add(index)
                if abs(move) > 1e-9:
                    if axis == 0:
                        body.x += move
                    else:
                        body.y += move
                    changed.add(index)
        return changed


def _box(polygons: Sequence[Points]) -> NDArray[np.float64]:
    corners = np.concatenate(list(polygons))
    return np.concatenate([corners.min(0), corners.max(0)])


def distance_between(
    first: Sequence[Points], second: Sequence[Points], limit: float
) -> tuple[float, Points]:
    """Return how far two outlines are apart, and the direction from the second to the first.

    Args:
        limit: beyond it the distance may be reported as infinite.

    Returns:
        Where they overlap, a distance below 0: about how deep.
    """
    one, other = np.concatenate(list(first)), np.concatenate(list(second))
    low = np.maximum(one.min(0), other.min(0)) - limit
    high = np.minimum(one.max(0), other.max(0)) + limit
    if (low > high).any():
        return np.inf, np.zeros(2)
    forth = _to_edges(one, second, low, high)
    back = _to_edges(other, first, low, high)
    best, sign = (forth, 1.0) if forth[0] <= back[0] else (back, -1.0)
    if best[0] == 0.0 or _cross(first, second, low, high):
        middle = one.mean(0) - other.mean(0)
        return -limit, middle / max(float(np.hypot(*middle)), 1e-9)
    return best[0], best[1] * sign


def _edges(polygons: Sequence[Points], low: Points, high: Points) -> tuple[Points, Points]:
    starts = np.concatenate(list(polygons))
    ends = np.concatenate([np.roll(polygon, -1, 0) for polygon in polygons])
    near = (np.maximum(starts, ends) >= low).all(1) & (np.minimum(starts, ends) <= high).all(1)
    return starts[near], ends[near]


def _to_edges(
    points: Points, polygons: Sequence[Points], low: Points, high: Points
) -> tuple[float, Points]:
    """Return the least distance of points from edges and its direction; 0 if one is inside."""
    near = points[((points >= low) & (points <= high)).all(1)]
    starts, ends = _edges(polygons, low, high)
    if not len(near):
        return np.inf, np.zeros(2)
    if _inside(near, polygons):
        return 0.0, np.zeros(2)
    if not len(starts):
        return np.inf, np.zeros(2)
    along = ends - starts
    off = near[:, None] - starts
    length = np.maximum((along**2).sum(1), 1e-12)
    share = np.clip((off * along).sum(-1) / length, 0, 1)
    off -= share[..., None] * along
    squares = (off**2).sum(-1)
    best = int(squares.argmin())
    vector = off.reshape(-1, 2)[best]
    distance = float(np.hypot(*vector))
    return distance, vector / max(distance, 1e-9)


def _inside(points: Points, polygons: Sequence[Points]) -> bool:
    """Return whether one of the points is inside of a polygon."""
    for polygon in polygons:
        following = np.roll(polygon, -1, 0)
        x, y = points[:, :1], points[:, 1:]
        crosses = (polygon[:, 1] > y) != (following[:, 1] > y)
        rise = following[:, 1] - polygon[:, 1]
        rise = np.where(rise == 0, 1e-12, rise)
        at = polygon[:, 0] + (y - polygon[:, 1]) * (following[:, 0] - polygon[:, 0]) / rise
        if ((crosses & (x < at)).sum(1) % 2).any():
            return True
    return False


def _cross(first: Sequence[Points], second: Sequence[Points], low: Points, high: Points) -> bool:
    """Return whether edges of two outlines cross."""
    a, b = (points[:, None] for points in _edges(first, low, high))
    c, d = _edges(second, low, high)

    def side(p: Points, q: Points, r: Points) -> NDArray[np.float64]:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    apart = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return bool(apart.any())
