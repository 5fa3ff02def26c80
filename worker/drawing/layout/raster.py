"""Fields over a cell on a coarse grid: distances, and placing by correlation."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Field", "Raster", "Spectrum"]

Field: TypeAlias = NDArray[np.float32]
Spectrum: TypeAlias = NDArray[np.complex64]


class Raster:
    """A grid of pixels over a torus; fields are arrays by column and row, (nx, ny).

    Going off the right edge leads in at the left one, some rows lower in a half-drop. A half-brick
    is a half-drop with x and y exchanged, and is computed so.

    Args:
        pixel_mm: about how wide a pixel is.
    """

    def __init__(self, torus: Torus, pixel_mm: float) -> None:
        self.torus = torus
        self._swapped = torus.repeat == "half-brick"
        order = slice(None, None, -1) if self._swapped else slice(None)
        self._size = np.array((torus.width, torus.height))[order]
        shape = np.maximum(np.rint(self._size / pixel_mm / 4).astype(int) * 4, 16)
        self.shape: tuple[int, int] = (int(shape[0]), int(shape[1]))
        self._drop = self.shape[1] // 2 if torus.repeat in ("half-drop", "half-brick") else 0
        self.pixel_mm = float((self._size / shape).mean())
        self._joined: tuple[bool, ...] = torus.joined[::-1] if self._swapped else torus.joined
        rows = np.arange(self.shape[1] // 2 + 1) * (self._drop / self.shape[1])
        columns = np.arange(self.shape[0]) / self.shape[0]
        self._twist = np.exp(2j * np.pi * np.outer(columns, rows)).astype(np.complex64)

    def pixels(self, points: Points) -> Points:
        """Return points of the cell in pixels, (..., 2)."""
        array = points[..., ::-1] if self._swapped else points
        return array / self._size * self.shape

    def points(self, pixels: ArrayLike) -> Points:
        """Return the points of the cell, millimetres, at pixels."""
        array = np.asarray(pixels, float) * self._size / self.shape
        return array[..., ::-1] if self._swapped else array

    def centres(self) -> Points:
        """Return the middles of all pixels, millimetres, (nx, ny, 2)."""
        grid = np.stack(np.meshgrid(*map(np.arange, self.shape), indexing="ij"), -1)
        return self.points(grid + 0.5)

    def flat_index(self, pixels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index in a flattened field of whole pixels anywhere, -1 beyond a wall."""
        nx, ny = self.shape
        across = pixels[..., 0] // nx
        x = pixels[..., 0] - across * nx
        y = pixels[..., 1] - across * self._drop
        index = x * ny + y % ny
        if not self._joined[0]:
            index = np.where(across == 0, index, -1)
        if not self._joined[1]:
            index = np.where((y >= 0) & (y < ny), index, -1)
        return index

    def spectrum(self, values: Field) -> Spectrum:
        """Return the Fourier transform of fields (..., nx, ny) on the torus."""
        rows = np.fft.rfft(values, axis=-1) * self._twist
        return np.fft.fft(rows, axis=-2).astype(np.complex64, copy=False)

    def correlation(self, first: Spectrum, second: Spectrum) -> Field:
        """Return, for each shift, the sum of one field times the other one shifted by it."""
        columns = np.fft.ifft(first * np.conj(second), axis=-2) * np.conj(self._twist)
        found = np.fft.irfft(columns, n=self.shape[1], axis=-1)
        return found.astype(np.float32, copy=False)

    def splat(self, groups: Points) -> Field:
        """Return one field for each group of points (k, n, 2) about the origin, each of sum 1."""
        nx, ny = self.shape
        at = np.floor(self.pixels(groups) + 0.5).astype(np.int64)
        across = at[..., 0] // nx
        index = (at[..., 0] - across * nx) * ny + (at[..., 1] - across * self._drop) % ny
        index += np.arange(len(groups))[:, None] * (nx * ny)
        counted = np.bincount(index.ravel(), minlength=len(groups) * nx * ny)
        return (counted / groups.shape[1]).astype(np.float32).reshape(-1, nx, ny)

    def fill(self, mask: NDArray[np.bool_], polygon: Points) -> None:
        """Set the pixels of a mask whose middles are in a polygon, in millimetres (even-odd)."""
        ring = self.pixels(polygon) - 0.5
        low, high = np.floor(ring.min(0)).astype(int), np.ceil(ring.max(0)).astype(int) + 1
        nx, ny = high - low
        following = np.roll(ring, -1, 0)
        columns = np.arange(low[0], high[0])[:, None]
        crosses = (ring[:, 0] <= columns) != (following[:, 0] <= columns)
        column, edge = np.nonzero(crosses)
        start, step = ring[edge], following[edge] - ring[edge]
        y = start[:, 1] + (column + low[0] - start[:, 0]) * step[:, 1] / step[:, 0]
        first = np.clip(np.ceil(y).astype(int) - low[1], 0, ny - 1)
        toggles = np.bincount(column * ny + first, minlength=nx * ny).reshape(nx, ny)
        inside = np.argwhere(np.cumsum(toggles, 1) % 2 == 1) + low
        index = self.flat_index(inside)
        mask.ravel()[index[index >= 0]] = True

    def distances(self, mask: NDArray[np.bool_], limit: int) -> Field:
        """Return each pixel's distance from the mask and twice that from walls, in pixels.

        Args:
            limit: distances beyond it are reported as about this.
        """
        nx, ny = self.shape
        reach = min(limit, ny - 1)
        index = np.arange(ny + 2 * reach)
        wide = np.zeros((nx, ny + 2 * reach), bool)
        wide[:, reach:-reach] = mask
        if self._joined[1]:
            wide[:, :reach], wide[:, -reach:] = mask[:, -reach:], mask[:, :reach]
        before = np.maximum.accumulate(np.where(wide, index, -limit), 1)
        after = np.minimum.accumulate(np.where(wide, index, 2 * ny + 3 * limit)[:, ::-1], 1)
        near = np.minimum(index - before, after[:, ::-1] - index)[:, reach:-reach]
        squares = np.minimum(near, limit).astype(np.float32) ** 2
        reach = min(limit, nx - 1)
        tall = np.full((nx + 2 * reach, ny), float(limit**2), np.float32)
        tall[reach:-reach] = squares
        if self._joined[0]:
            tall[:reach] = np.roll(squares[-reach:], -self._drop, 1)
            tall[-reach:] = np.roll(squares[:reach], self._drop, 1)
        nearest = squares.copy()
        other = np.empty_like(squares)
        for step in range(1, reach + 1):
            for start in (reach - step, reach + step):
                np.add(tall[start : start + nx], np.float32(step * step), out=other)
                np.minimum(nearest, other, out=nearest)
        return np.minimum(np.sqrt(nearest), self._wall_limits(limit))

    def _wall_limits(self, limit: int) -> Field:
        found = np.full(self.shape, float(limit), np.float32)
        for axis, count in enumerate(self.shape):
            if not self._joined[axis]:
                at = np.arange(count, dtype=np.float32) + 0.5
                line = 2 * np.minimum(at, count - at)
                np.minimum(found, line[:, None] if axis == 0 else line, out=found)
        return found
