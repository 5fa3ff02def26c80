"""Points of a torus to paint soft, antialiased colour separations on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.models.generator.layout import NEAR, Ground

__all__ = [
    "Canvas", "Draws", "Field", "Look", "Site", "fraction", "signed", "smooth", "triangle_wave",
]  # fmt: skip

Field: TypeAlias = NDArray[np.floating[Any]]
"""A value at each point, (R, N); row 0 is the point itself, the others lie a little beside it."""


def fraction(values: Field) -> Field:
    """Fractional part, 0 to 1."""
    return values - np.floor(values)


def signed(values: Field) -> Field:
    """Distance to the nearest integer with its sign, -0.5 to 0.5."""
    return values - np.round(values)


def triangle_wave(values: Field) -> Field:
    """Zigzag of period 1 from 0 (at integers) up to 1 (half way) and back."""
    return 2.0 * np.abs(signed(values))


def smooth(values: Field) -> Field:
    """Smoothstep of values from 0 to 1."""
    clipped = np.clip(values, 0.0, 1.0)
    return clipped * clipped * (3.0 - 2.0 * clipped)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a family is to be drawn."""

    slots: int
    """Number of colours; slot 0 is the ground, the others are accents."""
    scale: str
    """small, medium or large."""
    density: str
    """sparse, balanced or dense."""
    line_weight: str
    """fine, medium or bold."""

    def repeats(self, small: int, medium: int, large: int) -> int:
        """Pick by scale how often a motif repeats along the tile."""
        return {"small": small, "medium": medium, "large": large}[self.scale]

    def weight(self, fine: float, medium: float, bold: float) -> float:
        """Pick by line weight."""
        return {"fine": fine, "medium": medium, "bold": bold}[self.line_weight]

    def packing(self, sparse: float, balanced: float, dense: float) -> float:
        """Pick by density."""
        return {"sparse": sparse, "balanced": balanced, "dense": dense}[self.density]

    def accent(self, index: int) -> int:
        """Give the accents in turn: 1, 2, ..., 1, 2, ..."""
        return 1 + index % max(self.slots - 1, 1)

    def accents(self, mark: Field) -> NDArray[np.intp]:
        """Turn a site's mark, 0 to 1, into one of the accents, all equally often."""
        return 1 + np.floor(mark * max(self.slots - 1, 1)).astype(int)


@dataclass(frozen=True, kw_only=True)
class Draws:
    """A design's own random numbers, each used for one choice."""

    scalars: Field  # (12,) 0 to 1; 10 and 11 are for the gradient

    def flag(self, index: int) -> bool:
        """Yes or no, equally often."""
        return bool(self.scalars[index] < 0.5)

    def choice(self, index: int, count: int) -> int:
        """One of 0 ... count - 1; count is 2, 3 or 4."""
        return int(self.scalars[index] * count)

    def uniform(self, index: int, low: float, high: float) -> float:
        """Any number between two."""
        return float(low + (high - low) * self.scalars[index])


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site as the points around it see it."""

    x: Field  # (R, N) offset of the point from the site, tiles
    y: Field
    turn: Field  # (R, N) marks of the site, 0 to 1
    size: Field
    colour: Field
    kind: Field

    def turned(self, angle: Field | float, size: Field | float = 1.0) -> tuple[Field, Field]:
        """Give the offsets in the site's own frame, turned by `angle` radians, over `size`."""
        cosine, sine = np.cos(angle) / size, np.sin(angle) / size
        return self.x * cosine + self.y * sine, self.y * cosine - self.x * sine


class Canvas:
    """Soft masks (K, N) at N points that always sum to 1; lengths are in tiles."""

    def __init__(self, ground: Ground, points: int, px: float, slots: int) -> None:
        """Take a ground of R * N points, N of which are painted.

        Args:
            ground: layout and noise at the points; with R = 3 those after the first N lie `px` / 2
                beside them, first along x, then along y.
            points: N.
            px: width over which an edge is softened, in tiles.
            slots: K.
        """
        self.ground, self.px = ground, px
        self._shape = (-1, points)
        self.masks = np.zeros((slots, points), np.float32)
        self.masks[0] = 1.0
        self.x, self.y = ground.x.reshape(self._shape), ground.y.reshape(self._shape)
        self.columns, self.rows = ground.layout.columns, ground.layout.rows
        self.u, self.v = self.x * self.columns, self.y * self.rows
        """Place in cells of the layout's lattice: cell (floor(u), floor(v))."""

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
        """The nearest site."""
        return self._sites[0]

    def sites(self, count: int = NEAR) -> Iterator[Site]:
        """Give the `count` nearest sites, the farthest first: what is nearest is painted last."""
        return reversed(self._sites[:count])

    @property
    def room(self) -> float:
        """Half the mean distance between neighbouring sites, tiles."""
        return float(0.5 / self.ground.layout.sites**0.5)

    def noise(self, index: int) -> Field:
        """A smooth field (R, N) of about unit deviation: 0, 1 coarse, 2 fine."""
        return self.ground.fields[index].reshape(self._shape)

    def level(self, values: Field, of: Field | None = None) -> Field:
        """Turn an implicit function into a distance in tiles: values over their slope's length.

        Args:
            values: (3, N); only for families that ask for slopes.
            of: take the slope of this instead, where values jump.

        Returns:
            (1, N).
        """
        steep = values if of is None else of
        over, down = steep[1] - steep[0], steep[2] - steep[0]
        slope = np.sqrt(over * over + down * down) / (0.5 * self.px)
        level: Field = (values[0] / np.maximum(slope, 1e-3))[None]
        return level

    def cover(self, distance: Field) -> Field:
        """Turn a signed distance (negative inside, in tiles) into coverage 0 to 1."""
        return np.clip(0.5 - distance / self.px, 0.0, 1.0)

    def line(self, distance: Field, width: float) -> Field:
        """Coverage of a line of `width` tiles around distance 0."""
        return self.cover(np.abs(distance) - width / 2.0)

    def paint(self, slot: int | NDArray[np.intp], coverage: Field | float = 1.0) -> None:
        """Lay a colour over what is there.

        Args:
            slot: of all points, or (R, N) of each.
            coverage: (R, N), 0 to 1, or the same for all.
        """
        given = np.asarray(coverage, np.float32)
        given = given[0] if given.ndim == 2 else given
        self.masks *= 1.0 - given
        if isinstance(slot, int):
            self.masks[slot] += given
            return
        chosen = np.asarray(slot)[0] if np.ndim(slot) == 2 else np.asarray(slot)
        for index in range(len(self.masks)):
            self.masks[index] += (chosen == index) * given
