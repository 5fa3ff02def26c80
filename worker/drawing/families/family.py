"""Definition of a family of patterns that is drawn as paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

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
    """A family of patterns."""

    name: str
    """Key of the vocabulary's patterns."""
    draw: DrawFunction
    """Draws one period, `Sheet.width` by `Sheet.height`, ground included."""
    repeats: tuple[float, float, float]
    """Units along a cell of 80 mm at small, medium and large scale."""
    forms: tuple[str, ...] = ("plain",)
    traits: frozenset[str] = frozenset({"scale"})
    """Which of scale, density and line_weight the drawing uses."""
    accents: tuple[int, int] = (1, 4)
    """Least and greatest number of accents."""
    form_accents: Mapping[str, int] = field(default_factory=dict)
    """Greatest number of accents of the forms that show fewer than the family's greatest."""
    version: str = "1"
    turns: bool = True
    """Whether it may be rotated."""

    @property
    def drawing(self) -> str:
        """Return its name and version as a record names it."""
        return f"{self.name}@{self.version}"

    def most_accents(self, form: str) -> int:
        """Return the greatest number of accents that a form shows, each on a fair area."""
        return self.form_accents.get(form, self.accents[1])
