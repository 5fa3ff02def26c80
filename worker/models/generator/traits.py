"""Encoding of a design's traits: pattern, scale, density, line weight, gradient, count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from shared.briefs.vocabulary import DENSITIES, GRADIENT_DIRECTIONS, LINE_WEIGHTS, PATTERNS, SCALES
from worker.models.generator.field import SLOTS

__all__ = ["TRAITS", "TraitKeys"]

TRAITS = ("pattern", "scale", "density", "line_weight", "gradient_direction", "count")
"""The direction "" means no gradient. The count is the number of colours, "1" to "5"."""


@dataclass(frozen=True, kw_only=True)
class TraitKeys:
    """The keys that a generator was trained on, in the order of its inputs."""

    keys: Mapping[str, tuple[str, ...]]

    @classmethod
    def current(cls) -> TraitKeys:
        """Return the keys of the vocabulary of this release."""
        tables = (PATTERNS, SCALES, DENSITIES, LINE_WEIGHTS, ("", *GRADIENT_DIRECTIONS))
        counts = tuple(str(count) for count in range(1, SLOTS + 1))
        rows = zip(TRAITS, (*map(tuple, tables), counts), strict=True)
        return cls(keys=dict(rows))

    @classmethod
    def from_document(cls, document: Mapping[str, Sequence[str]]) -> TraitKeys:
        """Rebuild from a model version's configuration."""
        return cls(keys={name: tuple(document[name]) for name in TRAITS})

    def to_document(self) -> dict[str, list[str]]:
        """Return a JSON-serialisable dictionary."""
        return {name: list(keys) for name, keys in self.keys.items()}

    @property
    def width(self) -> int:
        """Width of the one-hot encoding: one per key."""
        return sum(len(keys) for keys in self.keys.values())

    def numbers(self, named: Mapping[str, str]) -> NDArray[np.int64]:
        """Return each trait's index (6,), -1 if it is missing or unknown."""
        indices = []
        for name, keys in self.keys.items():
            key = named.get(name)
            indices.append(keys.index(key) if key in keys else -1)
        return np.array(indices, dtype=np.int64)

    def indicators(self, numbers: Tensor) -> Tensor:
        """One-hot encode indices (N, 6) as (N, width); -1 is replaced by the index key.

        The index scale, density and line weight are medium, balanced and medium.
        """
        parts = []
        for column, keys in zip(numbers.T, self.keys.values(), strict=True):
            index = torch.where(column < 0, len(keys) // 2, column)
            parts.append(functional.one_hot(index, len(keys)))
        return torch.cat(parts, dim=1).float()
