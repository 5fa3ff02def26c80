"""Evens out the gaps between motifs by moving, turning and resizing all of them a little.

Each motif sees the distance from points on its outline to the nearest other motif, and solves for
the small motion that brings these distances nearest to the usual gap (a damped Gauss-Newton step).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.bodies import Body
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Relaxation"]

Look: TypeAlias = Literal["anew", "again", "no"]
_SPACING = 0.8
"""Distance of the points on outlines, in gaps."""
_TARGET = 1.3
"""Distance that points strive for, in mean distances: above 1, so that motifs push each other."""
_NEAR, _FAR = 2.0, 3.0
"""How much more points count that are nearer or farther than that."""
_DAMPING = 0.55
_AGAIN, _ANEW = 4, 12
"""Steps after which the nearest points of neighbours, and neighbours, are looked for again."""
_SKIN = 1.2
"""By how much farther neighbours are looked for, as they come nearer meanwhile."""
_FARTHEST = 2.4
"""Gaps beyond which a neighbour is not felt."""
_SIZE_LEEWAY = {"hero": 0.03, "secondary": 0.06, "filler": 0.16}


class Relaxation:
    """The state of all bodies as arrays.

    Args:
        gap_mm: the distance that neighbours should have.
        flow: gives motifs that may turn their direction as they move.
        loose: by how much sizes may be changed, at least.
    """

    def __init__(
        self,
        torus: Torus,
        bodies: Sequence[Body],
        gap_mm: float,
        flow: Flow | None = None,
        loose: float = 0.0,
    ) -> None:
        self._torus = torus
        self._flow = flow
        self._flowing = np.array([b.item.may_turn and not b.fixed for b in bodies], bool)
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
        samples = [b.samples(_SPACING * gap_mm) for b in bodies]
        counts = np.array([len(s) for s in samples])
        self._unit = np.concatenate(samples)
        self._owner = np.repeat(np.arange(len(bodies)), counts)
        self._counts = counts
        self._first = np.cumsum(counts) - counts
        self._reach = np.array([np.hypot(*s.T).max() for s in samples])
        self._rows: tuple[NDArray[np.int64], NDArray[np.int64], Points] | None = None
        self._matched = np.zeros(0, np.int64)
        self.mean_mm = gap_mm
        """Mean distance of points from the nearest other motif, of the last step."""
        self.gaps = np.zeros(len(bodies))
        """Mean distance of each body's outline from the nearest others, of the last step."""

    def _points(self) -> Points:
        cosine, sine = np.cos(self._turn) * self._size, np.sin(self._turn) * self._size
        cosine, sine = cosine[self._owner], sine[self._owner]
        x, y = self._unit[:, 0], self._unit[:, 1]
        return np.stack([x * cosine - y * sine, x * sine + y * cosine], 1)

    def _neighbours(self, at: Points) -> None:
        """Find which bodies each point may come near to: rows of a point, a body and its shift."""
        limit = _FARTHEST * self._gap * _SKIN
        radius = self._reach * self._size
        shifts = self._torus.translations
        x = self._place[:, None, None, 0] - self._place[None, :, None, 0] - shifts[:, 0]
        y = self._place[:, None, None, 1] - self._place[None, :, None, 1] - shifts[:, 1]
        reach = radius[:, None, None] + radius[None, :, None] + limit
        near = x * x + y * y < reach * reach
        near[np.arange(len(radius)), np.arange(len(radius)), 0] = False
        one, other, shift = np.nonzero(near)
        counts = self._counts[one]
        pair = np.repeat(np.arange(len(one)), counts)
        point = np.arange(len(pair)) + np.repeat(
            self._first[one] - np.cumsum(counts) + counts, counts
        )
        target, move = other[pair], shifts[shift[pair]]
        x = at[point, 0] - self._place[target, 0] - move[:, 0]
        y = at[point, 1] - self._place[target, 1] - move[:, 1]
        keep = x * x + y * y < (radius[target] + limit) ** 2
        self._rows = point[keep], target[keep], move[keep]

    def _match(self, at: Points) -> None:
        """Find the nearest point of the body of each row, and drop rows that are too far."""
        assert self._rows is not None
        point, target, move = self._rows
        many = self._counts[target]
        starts = np.cumsum(many) - many
        candidate = np.arange(int(many.sum())) + np.repeat(self._first[target] - starts, many)
        flat = at.astype(np.float32)
        from_ = (at[point] - move).astype(np.float32)
        x = np.repeat(from_[:, 0], many) - flat[candidate, 0]
        y = np.repeat(from_[:, 1], many) - flat[candidate, 1]
        squares = x * x + y * y
        least = np.minimum.reduceat(squares, starts) if len(starts) else squares
        limit = (_FARTHEST * self._gap * _SKIN) ** 2
        least = np.where(least < limit, least, -1)
        hit = np.flatnonzero(squares == np.repeat(least, many))
        row = np.searchsorted(starts, hit, side="right") - 1
        order = np.ones(len(row), bool)
        order[1:] = row[1:] != row[:-1]
        row, hit = row[order], hit[order]
        self._rows = point[row], target[row], move[row]
        self._matched = candidate[hit]

    def _nearest(self, at: Points) -> tuple[NDArray[np.int64], Points, NDArray[np.float64]]:
        """Return points, the directions away from what is nearest, and the distances."""
        assert self._rows is not None
        point, _, move = self._rows
        x = at[point, 0] - move[:, 0] - at[self._matched, 0]
        y = at[point, 1] - move[:, 1] - at[self._matched, 1]
        squares = x * x + y * y
        order = np.lexsort((squares, point))
        first = np.ones(len(order), bool)
        first[1:] = point[order[1:]] != point[order[:-1]]
        best = order[first]
        distance = np.maximum(np.sqrt(squares[best]), 1e-9)
        return point[best], np.stack([x[best], y[best]], 1) / distance[:, None], distance

    def step(self, *, resize: bool = True, look: Look = "no") -> float:
        """Move all bodies one step; return the variation of the gaps before it.

        Args:
            look: whether to look for neighbours anew, or again among those found before.
        """
        offsets = self._points()
        at = offsets + self._place[self._owner]
        if self._rows is None or look == "anew":
            self._neighbours(at)
            look = "again"
        if look == "again":
            self._match(at)
            self._follow()
        point, away, distance = self._nearest(at)
        wall, inward = self._torus.walls(at)
        walled = np.flatnonzero(2 * wall < _FARTHEST * self._gap)
        if len(walled):
            point = np.concatenate([point, walled])
            away = np.concatenate([away, inward[walled]])
            distance = np.concatenate([distance, 2 * wall[walled]])
        if not len(distance):
            return 0.0
        self._move(offsets, point, away, distance, resize)
        return float(distance.std() / distance.mean())

    def _follow(self) -> None:
        """Take the flow's directions at the places of the bodies, without whole turns."""
        if self._flow is None:
            return
        flow = np.radians(self._flow.angles(self._place))
        near = self._turn + (flow - self._turn + np.pi) % (2 * np.pi) - np.pi
        self._heading = np.where(self._flowing, near, self._heading)

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
        self.mean_mm = float(distance.mean())
        gap = _TARGET * self.mean_mm
        lack = np.clip(gap - distance, -1.2 * gap, 2 * gap)
        weight = np.where(lack > 0, 1.0 + _NEAR * lack / gap, 1.0 - _FAR * lack / gap)
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
        self.gaps = np.bincount(owner, distance, count) / np.maximum(
            np.bincount(owner, minlength=count), 1
        )
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
            look: Look = "no" if index % _AGAIN else "again" if index % _ANEW else "anew"
            self.step(resize=resize, look=look)

    def store(self) -> None:
        """Write places, turns and sizes back into the bodies."""
        places = self._torus.wrapped(self._place)
        for index, body in enumerate(self.bodies):
            if not body.fixed:
                body.x, body.y = places[index].tolist()
                body.turn = float(np.degrees(self._turn[index]))
                body.heading = float(np.degrees(self._heading[index]))
                body.size = float(self._size[index])
