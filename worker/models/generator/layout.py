"""The noise z of a design, in space: a lattice, sites on it, smooth waves; all on the unit torus.

A design is drawn over three kinds of structured noise, as in periodic spatial GANs (Bergmann et al.
2017, "Learning texture manifolds with the periodic spatial GAN"): a lattice's phases, sites with
random numbers of their own, and smooth periodic fields. The corpus draws with them, and so does
the generator that learns from it; none of it hangs on a size in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FIELDS", "KINDS", "MARKS", "MAX_REPEATS", "NEAR", "SCALARS", "Ground", "Layout", "Noise",
    "spread_points",
]  # fmt: skip

Floats = NDArray[np.float32]

KINDS = ("grid", "staggered", "triangles", "strewn")
"""How sites lie: one in the middle of each cell; every second row half a cell further; two a cell,
in the middles of a triangular lattice's triangles; columns * columns of them, strewn apart."""
MAX_REPEATS = 24
SCALARS = 12
"""Numbers of a design as a whole."""
MARKS = 4
"""Numbers of each site: by custom its turn, size, colour and kind."""
NEAR = 4
"""How many of the nearest sites a point sees."""
FIELDS = 3
"""Smooth fields: two of the layout's frequency, one of twice that and one more."""
_WAVES = 7
_TRIES = 24
_BLOCKS = 16
_BLOCK_SITES = 14


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where a design's parts repeat."""

    kind: str = "grid"
    columns: int = 1
    """Cells along x; of strewn sites the root of their number."""
    rows: int = 1
    """Cells along y; even where rows are staggered."""
    frequency: int = 2
    """Waves of the smooth fields along the tile, at most; 1 to 6."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no kind of layout {self.kind!r}")
        if not (1 <= self.columns <= MAX_REPEATS and 1 <= self.rows <= MAX_REPEATS):
            raise ValueError(f"{self.columns} x {self.rows} repeats are not 1 to {MAX_REPEATS}")
        if self.kind in ("staggered", "triangles") and self.rows % 2:
            raise ValueError(f"{self.rows} staggered rows do not close to a torus")

    @property
    def sites(self) -> int:
        """How many sites there are."""
        if self.kind == "strewn":
            return self.columns * self.columns
        return self.columns * self.rows * (2 if self.kind == "triangles" else 1)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """z: all that is random in a drawing, from one seed."""

    seed: int

    @cached_property
    def scalars(self) -> Floats:
        """(12,) uniform from 0 to 1."""
        return np.random.default_rng([self.seed, 0]).random(SCALARS, dtype=np.float32)

    def sites(self, layout: Layout) -> tuple[Floats, Floats]:
        """Give the sites' places (n, 2), 0 to 1, and marks (n, 4), 0 to 1; colours evenly dealt."""
        return _sites(self.seed, layout)

    def waves(self, layout: Layout) -> tuple[Floats, Floats]:
        """Give the plane waves of the fields: whole numbers (3, 7, 2) and phases (3, 7)."""
        rng = np.random.default_rng([self.seed, 2])
        frequency = np.array([layout.frequency, layout.frequency, 2 * layout.frequency + 1])
        angle = rng.uniform(0, 2 * np.pi, (FIELDS, _WAVES))
        radius = frequency[:, None] * np.sqrt(rng.uniform(0.15, 1.0, (FIELDS, _WAVES)))
        number = np.rint(np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1))
        number[..., 0] += (number == 0).all(-1)
        phase = rng.uniform(0, 2 * np.pi, (FIELDS, _WAVES))
        return number.astype(np.float32), phase.astype(np.float32)


@lru_cache(maxsize=64)  # a tile asks for each of its bands
def _sites(seed: int, layout: Layout) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([seed, 1])
    places = _places(layout, rng)
    marks = rng.random((len(places), MARKS), dtype=np.float32)
    marks[:, 2] = (rng.permutation(len(places)) + 0.5) / len(places)
    for kept in (places, marks):
        kept.flags.writeable = False
    return places, marks


def _places(layout: Layout, rng: np.random.Generator) -> Floats:
    if layout.kind == "strewn":
        return _strewn(layout.sites, rng)
    row, column = np.divmod(np.arange(layout.columns * layout.rows), layout.columns)
    if layout.kind == "triangles":
        x = column + 0.5 * (row % 2)
        # the upright triangle's middle, and beside it the hanging one's
        both = [
            np.stack([(x + 0.0) / layout.columns, (row + 2 / 3) / layout.rows], -1),
            np.stack([(x + 0.5) / layout.columns, (row + 1 / 3) / layout.rows], -1),
        ]
        return np.stack(both, 1).reshape(-1, 2).astype(np.float32) % 1.0
    shift = 0.5 * (row % 2) if layout.kind == "staggered" else 0.0
    places = np.stack([(column + 0.5 + shift) / layout.columns, (row + 0.5) / layout.rows], -1)
    return places.astype(np.float32) % 1.0


def _strewn(count: int, rng: np.random.Generator) -> Floats:
    """Scatter points that keep apart (best candidate of several)."""
    chosen = np.empty((count, 2))
    candidates = rng.random((count, _TRIES, 2))
    chosen[0] = candidates[0, 0]
    for index in range(1, count):
        gaps = candidates[index][:, None] - chosen[None, :index]
        gaps -= np.round(gaps)
        nearest = (gaps**2).sum(-1).min(1)
        chosen[index] = candidates[index, int(np.argmax(nearest))]
    return chosen.astype(np.float32)


def spread_points(count: int) -> tuple[Floats, Floats]:
    """Give points x and y (count,) that fill the tile evenly and beat with no lattice.

    Source: Roberts 2018, "The unreasonable effectiveness of quasirandom sequences" (R2).
    """
    turns = np.arange(1, count + 1)[:, None] * (0.7548776662466927, 0.5698402909980532) % 1.0
    x, y = turns.astype(np.float32).T
    return x, y


class Ground:
    """What a layout and its noise are at given points."""

    def __init__(self, layout: Layout, noise: Noise, x: Floats, y: Floats) -> None:
        """Take the points.

        Args:
            layout: where parts repeat.
            noise: z.
            x, y: (N,) places in tiles; anything outside 0 to 1 wraps around.
        """
        self.layout, self.noise = layout, noise
        self.x, self.y = np.asarray(x, np.float32), np.asarray(y, np.float32)

    @cached_property
    def near(self) -> tuple[Floats, Floats, Floats]:
        """The nearest sites, the nearest first: offsets x and y (4, N) in tiles, marks (4, 4, N).

        Distance counts in cells of the lattice, or in tiles where sites are strewn. The offset
        is the point's from the site. Where there are fewer sites the last is repeated.
        """
        places, marks = self.noise.sites(self.layout)
        dx, dy, number = self._candidates(places)
        wide, high = self._cell()
        far = (dx * wide) ** 2 + (dy * high) ** 2
        count = min(NEAR, len(far))
        order = np.argpartition(far, count - 1, axis=0)[:count] if len(far) > count else None
        if order is not None:
            dx, dy, far = (np.take_along_axis(each, order, 0) for each in (dx, dy, far))
            number = np.take_along_axis(number, order, 0)
        order = np.argsort(far, axis=0, kind="stable")
        order = np.concatenate([order, np.repeat(order[-1:], NEAR - count, 0)])
        dx, dy = np.take_along_axis(dx, order, 0), np.take_along_axis(dy, order, 0)
        number = np.take_along_axis(number, order, 0)
        return dx, dy, marks[number].transpose(0, 2, 1)

    def _cell(self) -> tuple[float, float]:
        layout = self.layout
        return (1.0, 1.0) if layout.kind == "strewn" else (layout.columns, layout.rows)

    def _candidates(self, places: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
        """Offsets (C, N) from each candidate and its number; lattices look around their cell."""
        layout = self.layout
        if layout.kind == "strewn":
            number = self._around_blocks(places)
            dx, dy = self.x[None] - places[number, 0], self.y[None] - places[number, 1]
            return dx - np.round(dx), dy - np.round(dy), number
        column = np.floor(self.x * layout.columns).astype(int)
        row = np.floor(self.y * layout.rows).astype(int)
        beside = (-2, -1, 0, 1) if layout.kind == "staggered" else (-1, 0, 1)
        across, down = (each.ravel() for each in np.meshgrid(beside, (-1, 0, 1)))
        cell = ((row + down[:, None]) % layout.rows) * layout.columns
        cell = cell + (column + across[:, None]) % layout.columns
        if layout.kind == "triangles":
            cell = np.concatenate([2 * cell, 2 * cell + 1])
        # Offsets to the nearest image of the site around the point.
        dx = self.x[None] - places[cell, 0]
        dy = self.y[None] - places[cell, 1]
        dx = dx - np.round(dx) if layout.columns > 1 else self._around(dx, across, layout.kind)
        dy = dy - np.round(dy) if layout.rows > 1 else self._around(dy, down, layout.kind)
        return dx, dy, cell

    def _around_blocks(self, places: Floats) -> NDArray[np.intp]:
        """Number the sites (C, N) that come into question for a point: the nearest to its block."""
        count = min(_BLOCK_SITES, len(places))
        middle = (np.arange(_BLOCKS, dtype=np.float32) + 0.5) / _BLOCKS
        dx, dy = middle[:, None] - places[:, 0], middle[:, None] - places[:, 1]
        dx, dy = dx - np.round(dx), dy - np.round(dy)
        far = (dy[:, None] ** 2 + dx[None] ** 2).reshape(_BLOCKS * _BLOCKS, -1)  # row by row
        table = np.argsort(far, axis=1, kind="stable")[:, :count]
        column = np.floor(self.x % 1.0 * _BLOCKS).astype(int) % _BLOCKS
        row = np.floor(self.y % 1.0 * _BLOCKS).astype(int) % _BLOCKS
        found: NDArray[np.intp] = table[row * _BLOCKS + column].T
        return found

    @staticmethod
    def _around(offset: Floats, step: NDArray[np.intp], kind: str) -> Floats:
        """Tell the images of one single site apart that lie in neighbouring tiles."""
        moved = np.concatenate([step, step]) if kind == "triangles" else step
        around: Floats = (offset - np.round(offset) - moved[:, None]).astype(np.float32)
        return around

    @cached_property
    def fields(self) -> Floats:
        """The smooth fields (3, N), about unit deviation."""
        number, phase = self.noise.waves(self.layout)
        angle = 2 * np.pi * (number[..., :1] * self.x + number[..., 1:] * self.y) + phase[..., None]
        total = np.cos(angle, dtype=np.float32).sum(1) * np.float32(np.sqrt(2.0 / _WAVES))
        return total.astype(np.float32)
