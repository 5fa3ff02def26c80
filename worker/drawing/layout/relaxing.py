"""Evens out the gaps between motifs by moving, turning and resizing all of them a little.

Each motif sees the distance from points on its outline to the nearest other motif, and solves for
the small motion that brings these distances nearest to the usual gap (a damped Gauss-Newton step).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.bodies import Body
from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Relaxation"]

NEAR = 2.0
FAR = 3.0
_TARGET = 1.3
_DAMPING = 0.55
_REBUILD = 4
"""Steps after which neighbours are looked for again."""
_FARTHEST = 2.4
"""Gaps beyond which a neighbour is not felt."""
_SIZE_LEEWAY = {"hero": 0.03, "secondary": 0.06, "filler": 0.16}


class Relaxation:
    """The state of all bodies as arrays.

    Args:
        gap_mm: the distance that neighbours should have.
        spacing_mm: distance of the points on outlines.
    """

    def __init__(
        self, torus: Torus, bodies: Sequence[Body], gap_mm: float, spacing_mm: float, loose: float = 0.0
    ) -> None:
        self._torus = torus
        self.bodies = list(bodies)
        self._gap = gap_mm
        self._place = np.array([(b.x, b.y) for b in bodies])
        self._turn = np.radians([b.turn for b in bodies])
        self._size = np.array([b.size for b in bodies])
        self._heading = np.radians([b.heading for b in bodies])
        self._leeway = np.radians([b.leeway for b in bodies])
        self._nominal = np.array([b.nominal for b in bodies])
        self._loose = np.array([max(_SIZE_LEEWAY[b.item.role], loose) for b in bodies])
        self._fixed = np.array([b.fixed for b in bodies])
        samples = [b.samples(spacing_mm) for b in bodies]
        counts = np.array([len(s) for s in samples])
        self._unit = np.concatenate(samples)
        self._owner = np.repeat(np.arange(len(bodies)), counts)
        self._first = np.concatenate([[0], np.cumsum(counts)])
        self._reach = np.array([np.hypot(*s.T).max() for s in samples])
        self._rows: tuple[NDArray[np.int64], NDArray[np.int64], Points] | None = None
        self.gaps = np.zeros(len(bodies))
        """Mean distance of each body's outline from the nearest others, of the last step."""

    def _points(self) -> Points:
        cosine, sine = np.cos(self._turn) * self._size, np.sin(self._turn) * self._size
        cosine, sine = cosine[self._owner], sine[self._owner]
        x, y = self._unit[:, 0], self._unit[:, 1]
        return np.stack([x * cosine - y * sine, x * sine + y * cosine], 1)

    def _neighbours(self, offsets: Points) -> None:
        """Find, for each point, the nearest point of each other body within reach."""
        limit = _FARTHEST * self._gap * 1.15
        radius = self._reach * self._size
        shifts = self._torus.translations
        between = self._place[:, None, None] - self._place[None, :, None] - shifts
        near = np.hypot(between[..., 0], between[..., 1]) < (
            radius[:, None, None] + radius[None, :, None] + limit
        )
        near[np.arange(len(radius)), np.arange(len(radius)), 0] = False
        one, other, shift = np.nonzero(near)
        counts = self._first[1:] - self._first[:-1]
        # One row for each point of a body and each body near it.
        pair = np.repeat(np.arange(len(one)), counts[one])
        within = np.arange(len(pair)) - np.repeat(np.cumsum(counts[one]) - counts[one], counts[one])
        point = self._first[one][pair] + within
        target, move = other[pair], shifts[shift][pair]
        at = offsets + self._place[self._owner]
        off = at[point] - self._place[target] - move
        keep = (off**2).sum(1) < (radius[target] + limit) ** 2
        point, target, move = point[keep], target[keep], move[keep]
        many = counts[target]
        starts = np.cumsum(many) - many
        row = np.repeat(np.arange(len(point)), many)
        candidate = self._first[target][row] + np.arange(len(row)) - starts[row]
        off = (at[point] - move)[row] - at[candidate]
        squares = (off**2).sum(1)
        least = np.minimum.reduceat(squares, starts) if len(starts) else squares
        hit = np.flatnonzero((squares == least[row]) & (squares < limit**2))
        self._rows = point[row[hit]], candidate[hit], move[row[hit]]

    def _nearest(self, offsets: Points) -> tuple[NDArray[np.int64], Points, NDArray[np.float64]]:
        """Return points, the directions away from what is nearest, and the signed distances."""
        assert self._rows is not None
        point, candidate, move = self._rows
        at = offsets + self._place[self._owner]
        off = at[point] - move - at[candidate]
        distance = np.hypot(off[:, 0], off[:, 1])
        order = np.lexsort((distance, point))
        first = np.ones(len(order), bool)
        first[1:] = point[order[1:]] != point[order[:-1]]
        best = order[first]
        distance = np.maximum(distance[best], 1e-9)
        return point[best], off[best] / distance[:, None], distance

    def step(self, *, resize: bool = True, rebuild: bool = False) -> float:
        """Move all bodies one step; return the variation of the gaps before it."""
        offsets = self._points()
        if self._rows is None or rebuild:
            self._neighbours(offsets)
        point, away, distance = self._nearest(offsets)
        wall, inward = self._torus.walls(offsets + self._place[self._owner])
        walled = np.flatnonzero(2 * wall < _FARTHEST * self._gap)
        if len(walled):
            point = np.concatenate([point, walled])
            away = np.concatenate([away, inward[walled]])
            distance = np.concatenate([distance, 2 * wall[walled]])
        self._move(offsets, point, away, distance, resize)
        return float(distance.std() / max(distance.mean(), 1e-9)) if len(distance) else 0.0

    def _move(
        self,
        offsets: Points,
        point: NDArray[np.int64],
        away: Points,
        distance: NDArray[np.float64],
        resize: bool,
    ) -> None:
        owner = self._owner[point]
        count = len(self.bodies)
        self.mean = float(distance.mean())
        gap = _TARGET * self.mean
        lack = np.clip(gap - distance, -1.2 * gap, 2 * gap)
        weight = np.where(lack > 0, 1.0 + NEAR * lack / gap, 1.0 - FAR * lack / gap)
        arm = offsets[point]
        radius = self._size[owner]
        columns = np.stack(
            [
                away[:, 0],
                away[:, 1],
                (away[:, 1] * arm[:, 0] - away[:, 0] * arm[:, 1]) / radius,
                (away * arm).sum(1) / radius,
            ],
            1,
        )
        heavy = columns * weight[:, None]
        matrix = np.zeros((count, 4, 4))
        vector = np.zeros((count, 4))
        for i in range(4):
            vector[:, i] = np.bincount(owner, heavy[:, i] * lack, count)
            for j in range(i, 4):
                matrix[:, i, j] = matrix[:, j, i] = np.bincount(
                    owner, heavy[:, i] * columns[:, j], count
                )
        total = np.bincount(owner, weight, count)
        self.gaps = np.bincount(owner, distance, count) / np.maximum(np.bincount(owner, minlength=count), 1)
        ridge = total[:, None] * np.array((0.12, 0.12, 0.05, 0.3)) + 1e-9
        matrix[:, np.arange(4), np.arange(4)] += ridge
        motion = np.linalg.solve(matrix, vector[..., None])[..., 0] * _DAMPING
        motion[self._fixed] = 0
        far = np.hypot(motion[:, 0], motion[:, 1])
        motion[:, :2] *= np.minimum(1, 0.4 * gap / np.maximum(far, 1e-9))[:, None]
        self._place += motion[:, :2]
        # A turn by t moves a point at the radius r by r t; the unit here is the body's size.
        turn = self._turn + np.clip(motion[:, 2] / self._size, -0.15, 0.15)
        off = np.clip(turn - self._heading, -self._leeway, self._leeway)
        self._turn = np.where(self._fixed, self._turn, self._heading + off)
        if resize:
            size = self._size * (1 + np.clip(motion[:, 3] / self._size * 0.5, -0.04, 0.04))
            limits = self._nominal * (1 - self._loose), self._nominal * (1 + self._loose)
            self._size = np.where(self._fixed, self._size, np.clip(size, *limits))

    def run(self, steps: int, *, resize: bool = True) -> None:
        """Take steps."""
        for index in range(steps):
            self.step(resize=resize, rebuild=index % _REBUILD == 0)

    def store(self) -> None:
        """Write places, turns and sizes back into the bodies."""
        places = self._torus.wrapped(self._place)
        for index, body in enumerate(self.bodies):
            if not body.fixed:
                body.x, body.y = places[index].tolist()
                body.turn = float(np.degrees(self._turn[index]))
                body.size = float(self._size[index])
