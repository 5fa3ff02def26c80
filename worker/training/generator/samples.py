"""Sampled points of corpus designs with target masks, to train the drawing network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.corpus.render import layout_of, masks_at
from worker.corpus.spec import DesignSpec
from worker.models.generator.field import SLOTS
from worker.models.generator.layout import KINDS, Layout, Noise, SampledNoise
from worker.models.generator.model import accents_of
from worker.models.generator.point_features import Points, laid, points_of
from worker.models.generator.traits import TraitKeys

__all__ = ["FieldBatch", "Samples", "layout_from", "samples_of", "traits_of"]

POINTS = 1024
"""Number of points sampled of each design."""
_EDGE_WIDTHS = (1 / 64, 1 / 128, 1 / 256)


@dataclass(frozen=True, kw_only=True)
class FieldBatch:
    """Inputs and targets of one step: N designs at P points."""

    traits: Tensor  # (N, T) indicators
    scalars: Tensor  # (N, 12)
    layouts: Tensor  # (N, 15)
    layout_targets: Tensor  # (N, 4) class indices of kind, columns, rows, frequency
    points: Points
    shares: Tensor  # (N, P, 5): the target
    present: Tensor  # (N, 1, 5) bool
    px: Tensor  # (N, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Samples:
    """N designs at P points each."""

    traits: NDArray[np.int8]  # (N, 6) see `TraitKeys.numbers`
    scalars: NDArray[np.float32]  # (N, 12)
    layout: NDArray[np.int8]  # (N, 4) kind, columns - 1, rows - 1, frequency - 1
    px: NDArray[np.float32]  # (N,)
    told: NDArray[np.float16]  # (N, P, 41) packed point features, see `Points.pack`
    shares: NDArray[np.uint8]  # (N, P, 5), 0 to 255

    def save(self, folder: Path) -> None:
        """Write one .npy file per array."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> Samples:
        """Load the arrays that `save` wrote, memory-mapped."""
        return cls(
            **{
                field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r")
                for field in fields(cls)
            }
        )

    @classmethod
    def join(cls, parts: Sequence[Samples], folder: Path) -> Samples:
        """Concatenate several sets on disk."""
        folder.mkdir(parents=True, exist_ok=True)
        count = sum(len(part.px) for part in parts)
        for field in fields(cls):
            first = getattr(parts[0], field.name)
            joined = np.lib.format.open_memmap(
                folder / f"{field.name}.npy", "w+", first.dtype, (count, *first.shape[1:])
            )
            start = 0
            for part in parts:
                joined[start : start + len(part.px)] = getattr(part, field.name)
                start += len(part.px)
            joined.flush()
        return cls.load(folder)

    def batch(
        self, chosen: NDArray[np.intp], count: int, rng: np.random.Generator, keys: TraitKeys
    ) -> FieldBatch:
        """Return `count` consecutive points of each chosen design as a batch."""
        start = int(rng.integers(0, self.told.shape[1] - count + 1))
        features = torch.from_numpy(self.told[chosen, start : start + count]).float()
        traits = torch.from_numpy(self.traits[chosen].astype(np.int64))
        shares = torch.from_numpy(self.shares[chosen, start : start + count]).float()
        accents = torch.tensor(
            [accents_of(row.tolist(), keys) for row in self.traits[chosen]]
        ).float()
        colours = traits[:, -1] + 1
        return FieldBatch(
            traits=keys.indicators(traits),
            scalars=torch.from_numpy(self.scalars[chosen]),
            layouts=torch.stack([laid(layout_from(row)) for row in self.layout[chosen]]),
            layout_targets=torch.from_numpy(self.layout[chosen].astype(np.int64)),
            points=Points.unpack(features, accents),
            shares=shares / shares.sum(-1, keepdim=True),
            present=torch.arange(SLOTS)[None, None] < colours[:, None, None],
            px=torch.from_numpy(self.px[chosen])[:, None, None],
        )


def layout_from(row: NDArray[np.int8]) -> Layout:
    """Return the layout of its numbers in `Samples.layout`."""
    kind, columns, rows, frequency = (int(value) for value in row)
    return Layout(kind=KINDS[kind], columns=columns + 1, rows=rows + 1, frequency=frequency + 1)


def traits_of(spec: DesignSpec, keys: TraitKeys) -> NDArray[np.int64]:
    """Return a design's traits as class indices (6,)."""
    return keys.numbers(
        {
            "pattern": spec.pattern,
            "scale": spec.scale,
            "density": spec.density,
            "line_weight": spec.line_weight,
            "gradient_direction": spec.gradient_direction,
            "count": str(len(spec.colours)),
        }
    )


def samples_of(specs: Sequence[DesignSpec], keys: TraitKeys, points: int = POINTS) -> Samples:
    """Sample corpus designs, each at its own random points and edge width."""
    rows = [_sample(spec, keys, points) for spec in specs]
    columns = zip(*rows, strict=True)
    return Samples(
        **{
            field.name: np.stack(column)
            for field, column in zip(fields(Samples), columns, strict=True)
        }
    )


def _sample(spec: DesignSpec, keys: TraitKeys, points: int) -> tuple[NDArray[Any], ...]:
    noise, layout = Noise(seed=spec.noise), layout_of(spec)
    rng = np.random.default_rng([spec.noise, 7])
    px = _EDGE_WIDTHS[int(rng.integers(len(_EDGE_WIDTHS)))]
    x, y = rng.random((2, points), dtype=np.float32)
    masks = masks_at(spec, x, y, px).T
    shares = np.zeros((points, SLOTS), np.uint8)
    shares[:, : masks.shape[1]] = np.rint(255 * masks).clip(0, 255)
    traits = traits_of(spec, keys).astype(np.int8)
    features = points_of(
        SampledNoise(layout, noise, x, y), accents_of(traits.tolist(), keys)
    ).pack()[0]
    numbers = (KINDS.index(layout.kind), layout.columns - 1, layout.rows - 1)
    return (
        traits,
        noise.scalars,
        np.array((*numbers, layout.frequency - 1), np.int8),
        np.array(px, np.float32),
        features.numpy().astype(np.float16),
        shares,
    )
