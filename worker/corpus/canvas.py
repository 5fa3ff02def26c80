"""A square torus to paint soft, antialiased colour separations on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Canvas", "Field", "Look", "Patch", "fraction", "signed", "smooth", "triangle_wave"]

Field: TypeAlias = NDArray[np.floating[Any]]
"""A value at each pixel; anything that broadcasts to (H, W)."""


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

    def accents(self, count: int, rng: np.random.Generator) -> list[int]:
        """Deal the accents evenly over `count` motifs, shuffled."""
        dealt = [self.accent(index) for index in range(count)]
        rng.shuffle(dealt)
        return dealt


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A small window of the torus around a motif's centre."""

    rows: NDArray[np.intp]  # (h,) indices, wrapped
    columns: NDArray[np.intp]  # (w,)
    x: Field  # (1, w) offset from the centre, tile units
    y: Field  # (h, 1)

    def turned(self, angle: float, size: float = 1.0) -> tuple[Field, Field]:
        """Give the offsets in the motif's own frame, turned by `angle` radians, over `size`."""
        cosine, sine = np.cos(angle) / size, np.sin(angle) / size
        return (
            (self.x * cosine + self.y * sine).astype(np.float32),
            (self.y * cosine - self.x * sine).astype(np.float32),
        )


class Canvas:
    """Soft masks (K, H, W) that always sum to 1; lengths are in tiles, the tile wraps around."""

    def __init__(self, size_px: int, slots: int) -> None:
        self.px = 1.0 / size_px
        self.masks = np.zeros((slots, size_px, size_px), np.float32)
        self.masks[0] = 1.0
        centres = ((np.arange(size_px) + 0.5) * self.px).astype(np.float32)
        self.x: Field = centres[None, :]
        self.y: Field = centres[:, None]

    def cover(self, distance: Field, scale: float = 1.0) -> Field:
        """Turn a signed distance (negative inside, in tiles / `scale`) into coverage 0 to 1."""
        return np.clip(0.5 - distance * (scale / self.px), 0.0, 1.0)

    def line(self, distance: Field, width: float, scale: float = 1.0) -> Field:
        """Coverage of a line of `width` tiles around distance 0."""
        return self.cover(np.abs(distance) * scale - max(width, 1.3 * self.px) / 2.0)

    def level(self, values: Field) -> Field:
        """Turn an implicit function into a distance: values over the length of their slope."""
        over = np.roll(values, -1, 1) - np.roll(values, 1, 1)
        down = np.roll(values, -1, 0) - np.roll(values, 1, 0)
        slope = np.sqrt(over * over + down * down) / (2.0 * self.px)
        return values / np.maximum(slope, 1e-3)

    def paint(self, slot: int, coverage: Field) -> None:
        """Lay a colour over what is there."""
        self.masks *= 1.0 - coverage
        self.masks[slot] += coverage

    def paint_table(self, slots: NDArray[np.intp], coverage: Field | float = 1.0) -> None:
        """Lay over each pixel the colour of its own slot; `slots` is (H, W)."""
        self.masks *= 1.0 - coverage
        for slot in range(len(self.masks)):
            self.masks[slot] += (slots == slot) * coverage

    def patch(self, x: float, y: float, radius: float) -> Patch:
        """Cut a window of `radius` around (x, y); it may reach over the border."""
        size = self.masks.shape[1]
        reach = min(int(np.ceil(radius / self.px)) + 1, size // 2 - 1)
        column, row = int(np.floor(x / self.px)), int(np.floor(y / self.px))
        steps = np.arange(-reach, reach + 1)
        return Patch(
            rows=(row + steps) % size,
            columns=(column + steps) % size,
            x=((column + steps + 0.5) * self.px - x).astype(np.float32)[None, :],
            y=((row + steps + 0.5) * self.px - y).astype(np.float32)[:, None],
        )

    def stamp(self, patch: Patch, slot: int, coverage: Field) -> None:
        """Lay a colour over a window only."""
        window = np.ix_(np.arange(len(self.masks)), patch.rows, patch.columns)
        painted = self.masks[window] * (1.0 - coverage)
        painted[slot] += coverage
        self.masks[window] = painted

    def noise(self, rng: np.random.Generator, frequency: float, terms: int = 7) -> Field:
        """Smooth periodic noise (H, W) of about unit deviation.

        Args:
            rng: draws the waves; how many numbers are drawn does not hang on the size.
            frequency: waves per tile at most.
            terms: number of plane waves that are summed.
        """
        total = np.zeros(self.masks.shape[1:], np.float32)
        angles = rng.uniform(0, 2 * np.pi, terms)
        radii = frequency * np.sqrt(rng.uniform(0.15, 1.0, terms))
        phases = rng.uniform(0, 2 * np.pi, terms)
        for angle, radius, phase in zip(angles, radii, phases, strict=True):
            across, down = round(radius * np.cos(angle)), round(radius * np.sin(angle))
            if across == 0 and down == 0:
                across = 1
            row = np.exp(2j * np.pi * across * self.x + 1j * phase).astype(np.complex64)
            column = np.exp(2j * np.pi * down * self.y).astype(np.complex64)
            total += (row * column).real
        return total * np.float32(np.sqrt(2.0 / terms))
