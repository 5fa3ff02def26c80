"""Places for motifs on a torus: evenly spread, and where there is room left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.path import Points

__all__ = ["Block", "Room", "block_of", "scatter"]

_CELLS = 72
"""Cells along the longer side of the grid on which distances are kept."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A whole fraction of a period that is arranged once and repeated."""

    width: float
    height: float
    count: int
    """Number of motifs in it, at least one."""
    offsets: Points
    """Of all blocks of the period, (k, 2) mm."""

    @property
    def pitch(self) -> float:
        """Return the distance of motifs, mm."""
        return float(np.sqrt(self.width * self.height / self.count))

    def everywhere(self, places: ArrayLike) -> Points:
        """Return the places (n, 2) of one block in all blocks, (n * k, 2), block by block."""
        at = np.asarray(places, float).reshape(-1, 2)
        return (at + self.offsets[:, None]).reshape(-1, 2)


def block_of(width: float, height: float, unit: float, most: int) -> Block:
    """Return the largest block of a period that holds about `most` motifs.

    Args:
        unit: each takes the area of a square of this side, mm.
    """
    least = max(1, int(np.ceil(width * height / unit**2 / most)))
    splits = [(c, -(-least // c)) for c in range(1, least + 1)]
    columns, rows = min(  # nearly square blocks, and few
        splits,
        key=lambda s: s[0] * s[1] / least + abs(np.log(width / s[0] / (height / s[1]))),
    )
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    own_width, own_height = width / columns, height / rows
    return Block(
        width=own_width, height=own_height,
        count=max(1, round(own_width * own_height / unit**2)),
        offsets=np.stack([column * own_width, row * own_height], -1),
    )  # fmt: skip


class Room:
    """Keeps, on a grid over a torus, the distance to the nearest place that is taken.

    Args:
        width, height: of the torus, mm.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        step = max(width, height) / _CELLS
        self._x = (np.arange(max(8, round(width / step))) + 0.5) * width
        self._x /= len(self._x)
        self._y = (np.arange(max(8, round(height / step))) + 0.5) * height
        self._y /= len(self._y)
        self.distance: NDArray[np.float64] = np.full(
            (len(self._y), len(self._x)), float(width + height)
        )

    def take(self, discs: ArrayLike) -> None:
        """Take the room of discs (m, 3): x, y and radius, mm."""
        every = np.asarray(discs, float).reshape(-1, 3)
        x = _around(self._x - every[:, :1], self.width) ** 2
        y = _around(self._y - every[:, 1:2], self.height) ** 2
        for radius in np.unique(every[:, 2]):  # one root for all discs of a size
            own = every[:, 2] == radius
            far = np.sqrt(_least_sums(y[own], x[own]))
            np.minimum(self.distance, far - radius, out=self.distance)

    def gap(self, places: Points) -> NDArray[np.float64]:
        """Return the distance from each place (..., 2) to the nearest that is taken, mm."""
        column = np.floor(places[..., 0] / self.width * len(self._x)).astype(int) % len(self._x)
        row = np.floor(places[..., 1] / self.height * len(self._y)).astype(int) % len(self._y)
        found: NDArray[np.float64] = self.distance[row, column]
        return found

    def widest(self, count: int, random: np.random.Generator) -> Points:
        """Return up to `count` of the places (k, 2) with much room around, in random order."""
        flat = self.distance.ravel()
        some = min(flat.size, 6 * count)
        best = np.argpartition(flat, -some)[-some:]
        best = random.permutation(best)[:count]
        row, column = np.divmod(best, len(self._x))
        return np.stack([self._x[column], self._y[row]], -1)

    def farthest(self, random: np.random.Generator) -> Points:
        """Return about the place farthest from all that is taken, (2,)."""
        uneven = random.uniform(0, 0.25 * self.distance.max(), self.distance.shape)
        row, column = divmod(int(np.argmax(self.distance + uneven)), len(self._x))
        return np.array((self._x[column], self._y[row]))

    def fit(self, discs: Points, places: Points, turns: ArrayLike) -> tuple[Points, float, float]:
        """Return where a motif has most room: the place, the turn and the gap around it.

        Args:
            discs: that cover the motif, (m, 3) mm, around the origin.
            places: (k, 2) candidates.
            turns: (j,) candidates, radians.
        """
        angle = np.asarray(turns, float)
        cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
        x, y = discs[:, 0], discs[:, 1]
        turned = np.stack([x * cosine - y * sine, x * sine + y * cosine], -1)  # (j, m, 2)
        gaps = self.gap(places[:, None, None] + turned) - discs[:, 2]
        least = gaps.min(axis=2)
        k, j = np.unravel_index(int(np.argmax(least)), least.shape)
        return places[k], float(angle[j]), float(least[k, j])


def _nearest(offset: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Return the shortest way on a circle, with its sign."""
    way: NDArray[np.float64] = offset - period * np.rint(offset / period)
    return way


def _around(offset: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Return the distances on a circle."""
    return np.abs(_nearest(offset, period))


def _least_sums(rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least of the sums (h, w) of k pairs of rows (k, h) and columns (k, w)."""
    least: NDArray[np.float64] = rows[0, :, None] + columns[0]
    for row, column in zip(rows[1:], columns[1:], strict=True):
        np.minimum(least, row[:, None] + column, out=least)
    return least


def scatter(
    width: float, height: float, count: int, random: np.random.Generator, rounds: int = 3
) -> Points:
    """Return places (count, 2) spread evenly and at random over a torus.

    Each is moved to the middle of what is nearest to it, several times (Lloyd's algorithm).
    """
    room = Room(width, height)
    places = random.uniform(0, 1, (1, 2)) * (width, height)
    room.take([(*places[0], 0.0)])
    while len(places) < count:
        place = room.farthest(random)
        places = np.concatenate([places, place[None]])
        room.take([(*place, 0.0)])
    pitch = np.sqrt(width * height / count)
    places = places + random.uniform(-0.3, 0.3, (count, 2)) * pitch  # else rows of squares form
    side = 48
    x, y = np.arange(side) * (width / side), np.arange(side) * (height / side)
    period = np.array((width, height))
    for _ in range(rounds):
        across = _nearest(x[:, None] - places[:, 0], width)
        down = _nearest(y[:, None] - places[:, 1], height)
        nearest = np.argmin((down**2)[:, None] + (across**2)[None], axis=2).ravel()
        point = np.arange(side * side)
        own = (across[point % side, nearest], down[point // side, nearest])
        sums = np.stack([np.bincount(nearest, each, count) for each in own], -1)
        places = places + sums / np.maximum(np.bincount(nearest, minlength=count), 1)[:, None]
    return places % period
