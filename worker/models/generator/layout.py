"""The structured noise z of a design on the unit torus: lattice, sites and smooth fields.

A design is a function of three kinds of structured noise, as in periodic spatial GANs (Bergmann et
al. 2017, "Learning texture manifolds with the periodic spatial GAN"): the phases of a lattice,
sites with random marks, and smooth periodic fields. Both the procedural corpus and the generator
use them. They do not depend on a size in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FIELDS",
    "KINDS",
    "MARKS",
    "MAX_REPEATS",
    "NEAR",
    "SCALARS",
    "Layout",
    "Noise",
    "SampledNoise",
    "spread_points",
]  # fmt: skip

Floats = NDArray[np.float32]

KINDS = ("grid", "staggered", "triangles", "strewn")
"""Arrangement of sites: one at the centre of each cell; every second row shifted by half a cell;
two per cell, at the centroids of a triangular lattice; columns * columns scattered sites."""
MAX_REPEATS = 24
SCALARS = 12
"""Number of random scalars of a design."""
MARKS = 4
"""Number of random marks of each site: by convention rotation, size, colour and kind."""
NEAR = 4
"""Number of nearest sites that a point depends on."""
FIELDS = 3
"""Number of smooth fields: two of the layout's frequency, one of twice that plus one."""
_WAVES_PER_FIELD = 7
_CANDIDATES = 24
_BLOCKS = 16
_SITES_PER_BLOCK = 14


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The repeat structure of a design."""

    kind: str = "grid"
    columns: int = 1
    """Cells along x; for strewn sites the square root of their number."""
    rows: int = 1
    """Cells along y; even for staggered rows."""
    frequency: int = 2
    """Maximum number of waves of the smooth fields along the tile; 1 to 6."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of layout {self.kind!r}")
        if not (1 <= self.columns <= MAX_REPEATS and 1 <= self.rows <= MAX_REPEATS):
            raise ValueError(
                f"{self.columns} x {self.rows} repeats are not within 1 to {MAX_REPEATS}"
            )
        if self.kind in ("staggered", "triangles") and self.rows % 2:
            raise ValueError(f"{self.rows} staggered rows do not close on the torus")

    @property
    def sites(self) -> int:
        """Number of sites."""
        if self.kind == "strewn":
            return self.columns * self.columns
        return self.columns * self.rows * (2 if self.kind == "triangles" else 1)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The noise z: all random choices of a design, derived from one seed."""

    seed: int

    @cached_property
    def scalars(self) -> Floats:
        """(12,) uniform from 0 to 1."""
        return np.random.default_rng([self.seed, 0]).random(SCALARS, dtype=np.float32)

    def sites(self, layout: Layout) -> tuple[Floats, Floats]:
        """Return the sites' positions (n, 2) and marks (n, 4), 0 to 1; colours evenly spread."""
        return _sites(self.seed, layout)

    def waves(self, layout: Layout) -> tuple[Floats, Floats]:
        """Return the plane waves of the fields: integer wave vectors (3, 7, 2), phases (3, 7)."""
        rng = np.random.default_rng([self.seed, 2])
        frequency = np.array([layout.frequency, layout.frequency, 2 * layout.frequency + 1])
        angle = rng.uniform(0, 2 * np.pi, (FIELDS, _WAVES_PER_FIELD))
        radius = frequency[:, None] * np.sqrt(rng.uniform(0.15, 1.0, (FIELDS, _WAVES_PER_FIELD)))
        vectors = np.rint(np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1))
        vectors[..., 0] += (vectors == 0).all(-1)
        phase = rng.uniform(0, 2 * np.pi, (FIELDS, _WAVES_PER_FIELD))
        return vectors.astype(np.float32), phase.astype(np.float32)


@lru_cache(maxsize=64)  # it is called for each band of a tile
def _sites(seed: int, layout: Layout) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([seed, 1])
    positions = _site_positions(layout, rng)
    marks = rng.random((len(positions), MARKS), dtype=np.float32)
    marks[:, 2] = (rng.permutation(len(positions)) + 0.5) / len(positions)
    for array in (positions, marks):
        array.flags.writeable = False
    return positions, marks


def _site_positions(layout: Layout, rng: np.random.Generator) -> Floats:
    if layout.kind == "strewn":
        return _scattered(layout.sites, rng)
    row, column = np.divmod(np.arange(layout.columns * layout.rows), layout.columns)
    if layout.kind == "triangles":
        x = column + 0.5 * (row % 2)
        # the centroids of the upward and of the downward triangle
        centroids = [
            np.stack([(x + 0.0) / layout.columns, (row + 2 / 3) / layout.rows], -1),
            np.stack([(x + 0.5) / layout.columns, (row + 1 / 3) / layout.rows], -1),
        ]
        return np.stack(centroids, 1).reshape(-1, 2).astype(np.float32) % 1.0
    shift = 0.5 * (row % 2) if layout.kind == "staggered" else 0.0
    positions = np.stack([(column + 0.5 + shift) / layout.columns, (row + 0.5) / layout.rows], -1)
    return positions.astype(np.float32) % 1.0


def _scattered(count: int, rng: np.random.Generator) -> Floats:
    """Scatter well-separated points (best-candidate sampling)."""
    chosen = np.empty((count, 2))
    candidates = rng.random((count, _CANDIDATES, 2))
    chosen[0] = candidates[0, 0]
    for index in range(1, count):
        gaps = candidates[index][:, None] - chosen[None, :index]
        gaps -= np.round(gaps)
        nearest = (gaps**2).sum(-1).min(1)
        chosen[index] = candidates[index, int(np.argmax(nearest))]
    return chosen.astype(np.float32)


def spread_points(count: int) -> tuple[Floats, Floats]:
    """Return quasirandom points x and y (count,) that cover the tile evenly, without aliasing.

    Source: Roberts 2018, "The unreasonable effectiveness of quasirandom sequences" (R2).
    """
    turns = np.arange(1, count + 1)[:, None] * (0.7548776662466927, 0.5698402909980532) % 1.0
    x, y = turns.astype(np.float32).T
    return x, y


class SampledNoise:
    """A layout and its noise evaluated at points."""

    def __init__(self, layout: Layout, noise: Noise, x: Floats, y: Floats) -> None:
        """Store the points.

        Args:
            layout: the repeat structure.
            noise: z.
            x, y: (N,) coordinates in tiles; values outside 0 to 1 wrap around.
        """
        self.layout, self.noise = layout, noise
        self.x, self.y = np.asarray(x, np.float32), np.asarray(y, np.float32)

    @cached_property
    def near(self) -> tuple[Floats, Floats, Floats]:
        """The nearest sites, the nearest first: offsets x and y (4, N) in tiles, marks (4, 4, N).

        Distances are measured in cells of the lattice, or in tiles for strewn sites. Offsets go
        from the site to the point. If there are fewer than four sites, the last is repeated.
        """
        positions, marks = self.noise.sites(self.layout)
        dx, dy, indices = self._candidates(positions)
        scale_x, scale_y = self._distance_scale()
        distances = (dx * scale_x) ** 2 + (dy * scale_y) ** 2
        count = min(NEAR, len(distances))
        order = (
            np.argpartition(distances, count - 1, axis=0)[:count]
            if len(distances) > count
            else None
        )
        if order is not None:
            dx, dy, distances = (
                np.take_along_axis(array, order, 0) for array in (dx, dy, distances)
            )
            indices = np.take_along_axis(indices, order, 0)
        order = np.argsort(distances, axis=0, kind="stable")
        order = np.concatenate([order, np.repeat(order[-1:], NEAR - count, 0)])
        dx, dy = np.take_along_axis(dx, order, 0), np.take_along_axis(dy, order, 0)
        indices = np.take_along_axis(indices, order, 0)
        return dx, dy, marks[indices].transpose(0, 2, 1)

    def _distance_scale(self) -> tuple[float, float]:
        layout = self.layout
        return (1.0, 1.0) if layout.kind == "strewn" else (layout.columns, layout.rows)

    def _candidates(self, positions: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
        """Return offsets (C, N) from candidate sites and the sites' indices (C, N)."""
        layout = self.layout
        if layout.kind == "strewn":
            indices = self._block_candidates(positions)
            dx, dy = self.x[None] - positions[indices, 0], self.y[None] - positions[indices, 1]
            return dx - np.round(dx), dy - np.round(dy), indices
        column = np.floor(self.x * layout.columns).astype(int)
        row = np.floor(self.y * layout.rows).astype(int)
        beside = (-2, -1, 0, 1) if layout.kind == "staggered" else (-1, 0, 1)
        across, down = (steps.ravel() for steps in np.meshgrid(beside, (-1, 0, 1)))
        cell = ((row + down[:, None]) % layout.rows) * layout.columns
        cell = cell + (column + across[:, None]) % layout.columns
        if layout.kind == "triangles":
            cell = np.concatenate([2 * cell, 2 * cell + 1])
        # Offsets from the periodic image of the site that is nearest to the point.
        dx = self.x[None] - positions[cell, 0]
        dy = self.y[None] - positions[cell, 1]
        dx = (
            dx - np.round(dx)
            if layout.columns > 1
            else self._image_offsets(dx, across, layout.kind)
        )
        dy = dy - np.round(dy) if layout.rows > 1 else self._image_offsets(dy, down, layout.kind)
        return dx, dy, cell

    def _block_candidates(self, positions: Floats) -> NDArray[np.intp]:
        """Return the indices (C, N) of candidate sites of a point: the nearest to its block."""
        count = min(_SITES_PER_BLOCK, len(positions))
        centres = (np.arange(_BLOCKS, dtype=np.float32) + 0.5) / _BLOCKS
        dx, dy = centres[:, None] - positions[:, 0], centres[:, None] - positions[:, 1]
        dx, dy = dx - np.round(dx), dy - np.round(dy)
        distances = (dy[:, None] ** 2 + dx[None] ** 2).reshape(_BLOCKS * _BLOCKS, -1)  # row-major
        table = np.argsort(distances, axis=1, kind="stable")[:, :count]
        column = np.floor(self.x % 1.0 * _BLOCKS).astype(int) % _BLOCKS
        row = np.floor(self.y % 1.0 * _BLOCKS).astype(int) % _BLOCKS
        indices: NDArray[np.intp] = table[row * _BLOCKS + column].T
        return indices

    @staticmethod
    def _image_offsets(offset: Floats, step: NDArray[np.intp], kind: str) -> Floats:
        """Return the offsets from the images of a single site in neighbouring tiles."""
        shifts = np.concatenate([step, step]) if kind == "triangles" else step
        offsets: Floats = (offset - np.round(offset) - shifts[:, None]).astype(np.float32)
        return offsets

    @cached_property
    def fields(self) -> Floats:
        """The smooth fields (3, N), of about unit standard deviation."""
        vectors, phase = self.noise.waves(self.layout)
        angle = (
            2 * np.pi * (vectors[..., :1] * self.x + vectors[..., 1:] * self.y) + phase[..., None]
        )
        total = np.cos(angle, dtype=np.float32).sum(1) * np.float32(np.sqrt(2.0 / _WAVES_PER_FIELD))
        return total.astype(np.float32)
