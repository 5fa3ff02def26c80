"""What the drawing network is told of points: the lattice, the fields, the nearest sites."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from worker.models.generator.layout import FIELDS, KINDS, MARKS, NEAR, Ground, Layout

__all__ = ["LAID", "LATTICE", "MOST_FREQUENCY", "Points", "laid", "points_of"]

MOST_FREQUENCY = 6
LATTICE = 2 + 2 + 4 + 4
"""Numbers of the lattice: place in the cell, the cell's size, ramps on the tile, parities."""
LAID = len(KINDS) + 5 + MOST_FREQUENCY
"""Numbers of a layout."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """What the network is told of P points of each of N designs."""

    lattice: Tensor  # (N, P, 12) see `points_of`
    phase: Tensor  # (N, P, 2) u and v: place in cells, fractional part
    fields: Tensor  # (N, P, 3)
    sites: Tensor  # (N, P, 4, 6) offset over the room, marks; the nearest first
    accents: Tensor  # (N,) how many colours the sites are dealt

    @classmethod
    def stack(cls, each: Sequence[Points]) -> Points:
        """Join the points of several designs."""
        return cls(
            **{name: torch.cat([getattr(one, name) for one in each]) for name in vars(each[0])}
        )

    @classmethod
    def unpack(cls, told: Tensor, accents: Tensor) -> Points:
        """Take apart what `pack` joined, (N, P, 41)."""
        lattice, phase, fields, sites = told.split([LATTICE, 2, FIELDS, NEAR * (2 + MARKS)], 2)
        return cls(
            lattice=lattice,
            phase=phase,
            fields=fields,
            sites=sites.unflatten(2, (NEAR, 2 + MARKS)),
            accents=accents,
        )

    def pack(self) -> Tensor:
        """Join all but the accents, (N, P, 41)."""
        sites = self.sites.flatten(2)
        return torch.cat([self.lattice, self.phase, self.fields, sites], dim=2)

    def to(self, device: torch.device) -> Points:
        """Give the same on a device."""
        return Points(**{name: value.to(device) for name, value in vars(self).items()})


def points_of(ground: Ground, accents: int) -> Points:
    """Give a ground's points (N = 1), whose sites are dealt so many colours, to the network."""
    layout = ground.layout
    x, y = ground.x % 1.0, ground.y % 1.0
    u, v = x * layout.columns % 1.0, y * layout.rows % 1.0
    far = np.sqrt((np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2) / 2)
    ramps = [_triangle(x), _triangle(y), _triangle(x + y), far]
    lattice = [
        u - 0.5,
        v - 0.5,
        (u - 0.5) * 8 / layout.columns,
        (v - 0.5) * 8 / layout.rows,
        *ramps,
    ]
    for place, count in ((x, layout.columns), (y, layout.rows)):
        even = 1.0 - count % 2  # what differs from cell to cell closes only for even numbers
        lattice += [even * np.cos(np.pi * place * count), even * np.sin(np.pi * place * count)]
    dx, dy, marks = ground.near  # (4, P), (4, P), (4, 4, P)
    room = 0.5 / layout.sites**0.5
    sites = np.concatenate([np.stack([dx, dy], 1) / room, marks], 1)  # (4, 6, P)
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
    """Tell of a layout in numbers, (15,)."""
    row = torch.zeros(LAID)
    row[KINDS.index(layout.kind)] = 1
    columns, rows = layout.columns, layout.rows
    start = len(KINDS)
    row[start : start + 5] = torch.tensor(
        [8 / columns - 2, 8 / rows - 2, math.log(columns), math.log(rows),
         0.5 * math.log(layout.sites)]
    )  # fmt: skip
    row[start + 4 + layout.frequency] = 1
    return row
