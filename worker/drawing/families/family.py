"""Definition of a family of patterns that is drawn as paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shared.designs.families import FAMILY_SPECS, FamilySpec
from worker.drawing.sheet import Sheet

__all__ = ["DrawFunction", "Family", "Parameters"]


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What one layer of a family is drawn with."""

    form: str
    """One of the family's forms."""
    scale_mm: float
    density: float
    """0: sparse, 0.5: balanced, 1: dense."""
    line_weight: float
    """0: fine, 0.5: medium, 1: bold."""
    slots: int
    """Number of paints: slot 0 is the ground, the others are accents. There may be no accent."""
    shares: tuple[float, ...]
    """Proportions of the accents, which sum to 1; empty if there is none."""
    seed: tuple[int, ...]
    """Of the random streams: the record's seed, its variant, the layer."""

    def random(self, choice: str) -> np.random.Generator:
        """Return the random stream of one choice, independent of all others."""
        return np.random.default_rng([*self.seed, crc32(choice.encode())])

    def weight(self, fine: float, medium: float, bold: float) -> float:
        """Return a value by the line weight."""
        return float(np.interp(self.line_weight, (0.0, 0.5, 1.0), (fine, medium, bold)))

    def packing(self, sparse: float, balanced: float, dense: float) -> float:
        """Return a value by the density."""
        return float(np.interp(self.density, (0.0, 0.5, 1.0), (sparse, balanced, dense)))

    def accent(self, index: int) -> int:
        """Return the accents in turn: 1, 2, ..., 1, 2, ...; 0 if there is none."""
        return 1 + index % (self.slots - 1) if self.slots > 1 else 0

    def accents(self, count: int, choice: str = "accents") -> NDArray[np.intp]:
        """Return an accent for each of `count` places, in random order, by the shares."""
        if self.slots == 1:
            return np.zeros(count, np.intp)
        edges = np.cumsum(self.shares)[:-1]
        even = (np.arange(count) + 0.5) / max(count, 1)
        slots = 1 + np.searchsorted(edges, even)
        return self.random(choice).permutation(slots)

    def relative(self, slot: int, least: float = 0.4, most: float = 2.5) -> float:
        """Return the share of an accent by an equal share, within limits; 1 for the ground."""
        if slot == 0:
            return 1.0
        return min(most, max(least, self.shares[slot - 1] * (self.slots - 1)))

    def repeats(self, length: float, *, aspect: float = 1.0, multiple: int = 1) -> int:
        """Return how many whole units fit a length of the period, at least one.

        Args:
            length: width or height of the period, mm.
            aspect: length of the unit, in scales.
            multiple: the number must be a multiple of this: 2 for staggered rows, the number of
                accents where they follow each other in turn.
        """
        return multiple * max(1, round(length / (self.scale_mm * aspect * multiple)))


DrawFunction = Callable[[Sheet, Parameters], None]


@dataclass(frozen=True, kw_only=True)
class Family:
    """The drawing of a family of patterns, whose parameters its spec names."""

    name: str
    """Of its spec in `FAMILY_SPECS`."""
    draw: DrawFunction
    """Draws one period, `Sheet.width` by `Sheet.height`, ground included."""
    repeats: tuple[float, float, float]
    """Units along a cell of 80 mm at small, medium and large scale."""

    @property
    def spec(self) -> FamilySpec:
        """Return what a record may say of it."""
        return FAMILY_SPECS[self.name]

    @property
    def forms(self) -> tuple[str, ...]:
        """Return its forms; the first is what its name stands for."""
        return self.spec.forms

    @property
    def traits(self) -> frozenset[str]:
        """Return which of scale, density and line_weight it uses."""
        return self.spec.traits

    @property
    def accents(self) -> tuple[int, int]:
        """Return the least and the greatest number of accents."""
        return self.spec.accents

    @property
    def turns(self) -> bool:
        """Return whether it may be rotated."""
        return self.spec.turns

    @property
    def version(self) -> str:
        """Return its version."""
        return self.spec.version

    @property
    def drawing(self) -> str:
        """Return its name and version as a record names it."""
        return self.spec.drawing
