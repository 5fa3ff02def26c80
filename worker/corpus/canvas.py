"""Canvas of points on a torus, on which antialiased colour separations are painted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.models.generator.layout import NEAR, SampledNoise

__all__ = [
    "Canvas", "Draws", "Field", "Site", "Style", "fraction", "signed", "smooth", "triangle_wave",
]  # fmt: skip

Field: TypeAlias = NDArray[np.floating[Any]]
"""Values at points, (R, N); row 0 is at the points, other rows at small offsets from them."""


def fraction(values: Field) -> Field:
    """Return the fractional part, 0 to 1."""
    return values - np.floor(values)


def signed(values: Field) -> Field:
    """Return the signed distance to the nearest integer, -0.5 to 0.5."""
    return values - np.round(values)


def triangle_wave(values: Field) -> Field:
    """Return a triangle wave of period 1: 0 at integers, 1 half way between."""
    return 2.0 * np.abs(signed(values))


def smooth(values: Field) -> Field:
    """Return the smoothstep of values, clipped to 0 to 1."""
    clipped = np.clip(values, 0.0, 1.0)
    return clipped * clipped * (3.0 - 2.0 * clipped)


@dataclass(frozen=True, kw_only=True)
class Style:
    """Style parameters with which a family is drawn."""

    slots: int
    """Number of colours; slot 0 is the background, the others are accents."""
    scale: str
    """small, medium or large."""
    density: str
    """sparse, balanced or dense."""
    line_weight: str
    """fine, medium or bold."""

    def repeats(self, small: int, medium: int, large: int) -> int:
        """Return the number of repeats along the tile by scale."""
        return {"small": small, "medium": medium, "large": large}[self.scale]

    def weight(self, fine: float, medium: float, bold: float) -> float:
        """Return a value by line weight."""
        return {"fine": fine, "medium": medium, "bold": bold}[self.line_weight]

    def packing(self, sparse: float, balanced: float, dense: float) -> float:
        """Return a value by density."""
        return {"sparse": sparse, "balanced": balanced, "dense": dense}[self.density]

    def accent(self, index: int) -> int:
        """Return the accent slots cyclically: 1, 2, ..., 1, 2, ..."""
        return 1 + index % max(self.slots - 1, 1)

    def accents(self, mark: Field) -> NDArray[np.intp]:
        """Return uniformly distributed accent slots of site marks, 0 to 1."""
        return 1 + np.floor(mark * max(self.slots - 1, 1)).astype(int)


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Random scalars of a design, each used for one choice."""

    scalars: Field  # (12,) 0 to 1; 10 and 11 are for the gradient

    def flag(self, index: int) -> bool:
        """Return a fair random boolean."""
        return bool(self.scalars[index] < 0.5)

    def choice(self, index: int, count: int) -> int:
        """Return an integer from 0 to count - 1; count is 2, 3 or 4."""
        return int(self.scalars[index] * count)

    def uniform(self, index: int, low: float, high: float) -> float:
        """Return a number uniformly distributed from low to high."""
        return float(low + (high - low) * self.scalars[index])


@dataclass(frozen=True, kw_only=True)
class Site:
    """A lattice site relative to the points around it."""

    x: Field  # (R, N) offset of the point from the site, tiles
    y: Field
    turn: Field  # (R, N) marks of the site, 0 to 1
    size: Field
    colour: Field
    kind: Field

    def turned(self, angle: Field | float, size: Field | float = 1.0) -> tuple[Field, Field]:
        """Return the offsets rotated by `angle` radians and divided by `size`."""
        cosine, sine = np.cos(angle) / size, np.sin(angle) / size
        return self.x * cosine + self.y * sine, self.y * cosine - self.x * sine


class Canvas:
    """Soft masks (K, N) at N points that sum to 1; lengths are in tiles."""

    def __init__(self, ground: SampledNoise, points: int, px: float, slots: int) -> None:
        """Create a canvas that is filled with slot 0.

        Args:
            ground: layout and noise at R * N points. With R = 3, the second and third N points
                are offset by `px` / 2 along x and along y.
            points: number of points N.
            px: width of antialiased edges, in tiles.
            slots: number of colours K.
        """
        self.ground, self.px = ground, px
        self._shape = (-1, points)
        self.masks = np.zeros((slots, points), np.float32)
        self.masks[0] = 1.0
        self.x, self.y = ground.x.reshape(self._shape), ground.y.reshape(self._shape)
        self.columns, self.rows = ground.layout.columns, ground.layout.rows
        self.u, self.v = self.x * self.columns, self.y * self.rows
        """Coordinates in lattice cells: cell (floor(u), floor(v))."""

    @cached_property
    def _sites(self) -> list[Site]:
        dx, dy, marks = self.ground.near
        return [
            Site(
                x=dx[k].reshape(self._shape),
                y=dy[k].reshape(self._shape),
                **{
                    name: marks[k, index].reshape(self._shape)
                    for index, name in enumerate(("turn", "size", "colour", "kind"))
                },
            )
            for k in range(NEAR)
        ]

    @property
    def site(self) -> Site:
        """The nearest site of each point."""
        return self._sites[0]

    def sites(self, count: int = NEAR) -> Iterator[Site]:
        """Yield the `count` nearest sites, farthest first, so that the nearest is painted last."""
        return reversed(self._sites[:count])

    @property
    def room(self) -> float:
        """Half the mean distance between neighbouring sites, tiles."""
        return float(0.5 / self.ground.layout.sites**0.5)

    def noise(self, index: int) -> Field:
        """Return a smooth noise field (R, N) of about unit deviation: 0, 1 coarse, 2 fine."""
        return self.ground.fields[index].reshape(self._shape)

    def level(self, values: Field, gradient_of: Field | None = None) -> Field:
        """Return the distance in tiles to the zero set of an implicit function.

        It is the value over the norm of the gradient.

        Args:
            values: (3, N); only for families with `slopes`.
            gradient_of: function whose gradient is used, where `values` is discontinuous.

        Returns:
            (1, N).
        """
        source = values if gradient_of is None else gradient_of
        dx, dy = source[1] - source[0], source[2] - source[0]
        slope = np.sqrt(dx * dx + dy * dy) / (0.5 * self.px)
        level: Field = (values[0] / np.maximum(slope, 1e-3))[None]
        return level

    def cover(self, distance: Field) -> Field:
        """Return coverage 0 to 1 of a signed distance (negative inside, in tiles)."""
        return np.clip(0.5 - distance / self.px, 0.0, 1.0)

    def line(self, distance: Field, width: float) -> Field:
        """Return coverage of a line of `width` tiles around distance 0."""
        return self.cover(np.abs(distance) - width / 2.0)

    def paint(self, slot: int | NDArray[np.intp], coverage: Field | float = 1.0) -> None:
        """Paint a colour over the existing masks.

        Args:
            slot: one slot for all points, or (R, N).
            coverage: (R, N), 0 to 1, or one value for all points.
        """
        alpha = np.asarray(coverage, np.float32)
        alpha = alpha[0] if alpha.ndim == 2 else alpha
        self.masks *= 1.0 - alpha
        if isinstance(slot, int):
            self.masks[slot] += alpha
            return
        slots = np.asarray(slot)[0] if np.ndim(slot) == 2 else np.asarray(slot)
        for index in range(len(self.masks)):
            self.masks[index] += (slots == index) * alpha
