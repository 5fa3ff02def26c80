"""Point features of the field network: lattice, smooth fields and nearest sites."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from worker.models.generator.layout import FIELDS, KINDS, MARKS, NEAR, Layout, SampledNoise

__all__ = ["LATTICE_WIDTH", "LAYOUT_WIDTH", "MAX_FREQUENCY", "Points", "laid", "points_of"]

MAX_FREQUENCY = 6
LATTICE_WIDTH = 2 + 2 + 4 + 4
"""Width of the lattice features: position in the cell, scaled position, ramps, parities."""
LAYOUT_WIDTH = len(KINDS) + 5 + MAX_FREQUENCY
"""Width of the layout encoding."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """Features of P points of each of N designs."""

    lattice: Tensor  # (N, P, 12) see `points_of`
    phase: Tensor  # (N, P, 2) u and v: position in the cell, 0 to 1
    fields: Tensor  # (N, P, 3)
    sites: Tensor  # (N, P, 4, 6) normalised offset, marks; the nearest first
    accents: Tensor  # (N,) number of colours of the sites

    @classmethod
    def stack(cls, items: Sequence[Points]) -> Points:
        """Concatenate the points of several designs."""
        return cls(
            **{name: torch.cat([getattr(item, name) for item in items]) for name in vars(items[0])}
        )

    @classmethod
    def unpack(cls, packed: Tensor, accents: Tensor) -> Points:
        """Split features (N, P, 41) that `pack` concatenated."""
        lattice, phase, fields, sites = packed.split(
            [LATTICE_WIDTH, 2, FIELDS, NEAR * (2 + MARKS)], 2
        )
        return cls(
            lattice=lattice,
            phase=phase,
            fields=fields,
            sites=sites.unflatten(2, (NEAR, 2 + MARKS)),
            accents=accents,
        )

    def pack(self) -> Tensor:
        """Concatenate all features except the accents, (N, P, 41)."""
        sites = self.sites.flatten(2)
        return torch.cat([self.lattice, self.phase, self.fields, sites], dim=2)

    def to(self, device: torch.device) -> Points:
        """Return a copy on the device."""
        return Points(**{name: value.to(device) for name, value in vars(self).items()})


def points_of(ground: SampledNoise, accents: int) -> Points:
    """Return the features of a ground's points (N = 1), whose sites have `accents` colours."""
    layout = ground.layout
    x, y = ground.x % 1.0, ground.y % 1.0
    u, v = x * layout.columns % 1.0, y * layout.rows % 1.0
    radial = np.sqrt((np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2) / 2)
    ramps = [_triangle(x), _triangle(y), _triangle(x + y), radial]
    lattice = [
        u - 0.5,
        v - 0.5,
        (u - 0.5) * 8 / layout.columns,
        (v - 0.5) * 8 / layout.rows,
        *ramps,
    ]
    for coordinate, count in ((x, layout.columns), (y, layout.rows)):
        is_even = 1.0 - count % 2  # alternating features close on the torus only for even counts
        lattice += [
            is_even * np.cos(np.pi * coordinate * count),
            is_even * np.sin(np.pi * coordinate * count),
        ]
    dx, dy, marks = ground.near  # (4, P), (4, P), (4, 4, P)
    spacing = 0.5 / layout.sites**0.5
    sites = np.concatenate([np.stack([dx, dy], 1) / spacing, marks], 1)  # (4, 6, P)
    return Points(
        lattice=_tensor(np.stack(lattice, -1)),
        phase=_tensor(np.stack([u, v], -1)),
        fields=_tensor(ground.fields.T),
        sites=_tensor(sites.transpose(2, 0, 1)),
        accents=torch.tensor([accents], dtype=torch.float32),
    )


def _triangle(values: np.ndarray) -> np.ndarray:
    return 2.0 * np.abs(values - np.round(values))


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))[None]


def laid(layout: Layout) -> Tensor:
    """Encode a layout as a vector (15,)."""
    row = torch.zeros(LAYOUT_WIDTH)
    row[KINDS.index(layout.kind)] = 1
    columns, rows = layout.columns, layout.rows
    start = len(KINDS)
    row[start : start + 5] = torch.tensor(
        [8 / columns - 2, 8 / rows - 2, math.log(columns), math.log(rows),
         0.5 * math.log(layout.sites)]
    )  # fmt: skip
    row[start + 4 + layout.frequency] = 1
    return row
