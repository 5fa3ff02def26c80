"""Points of the corpus' designs with the shares there: what the drawing network learns from."""

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
from worker.models.generator.layout import KINDS, Ground, Layout, Noise
from worker.models.generator.model import accents_of
from worker.models.generator.point_features import Points, laid, points_of
from worker.models.generator.traits import TraitKeys

__all__ = ["FieldBatch", "Samples", "layout_from", "samples_of", "traits_of"]

POINTS = 1024
"""Points kept of each design."""
_PX = (1 / 64, 1 / 128, 1 / 256)


@dataclass(frozen=True, kw_only=True)
class FieldBatch:
    """What a step of the field sees of N designs at P points."""

    traits: Tensor  # (N, T) indicators
    scalars: Tensor  # (N, 12)
    layouts: Tensor  # (N, 15)
    laid: Tensor  # (N, 4) numbers of kind, columns, rows, frequency
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
    told: NDArray[np.float16]  # (N, P, 41) see `Points.pack`
    shares: NDArray[np.uint8]  # (N, P, 5), 0 to 255

    def save(self, folder: Path) -> None:
        """Write one .npy file for each array."""
        folder.mkdir(parents=True, exist_ok=True)
        for each in fields(self):
            np.save(folder / f"{each.name}.npy", getattr(self, each.name))

    @classmethod
    def load(cls, folder: Path) -> Samples:
        """Open what `save` wrote; the arrays stay on the disk."""
        return cls(
            **{
                each.name: np.load(folder / f"{each.name}.npy", mmap_mode="r")
                for each in fields(cls)
            }
        )

    @classmethod
    def join(cls, parts: Sequence[Samples], folder: Path) -> Samples:
        """Put several sets one after the other, on the disk."""
        folder.mkdir(parents=True, exist_ok=True)
        count = sum(len(part.px) for part in parts)
        for each in fields(cls):
            first = getattr(parts[0], each.name)
            joined = np.lib.format.open_memmap(
                folder / f"{each.name}.npy", "w+", first.dtype, (count, *first.shape[1:])
            )
            start = 0
            for part in parts:
                joined[start : start + len(part.px)] = getattr(part, each.name)
                start += len(part.px)
            joined.flush()
        return cls.load(folder)

    def batch(
        self, chosen: NDArray[np.intp], count: int, rng: np.random.Generator, keys: TraitKeys
    ) -> FieldBatch:
        """Gather `count` points of each of the chosen designs."""
        start = int(rng.integers(0, self.told.shape[1] - count + 1))
        told = torch.from_numpy(self.told[chosen, start : start + count]).float()
        traits = torch.from_numpy(self.traits[chosen].astype(np.int64))
        slots = torch.from_numpy(self.shares[chosen, start : start + count]).float()
        accents = torch.tensor(
            [accents_of(row.tolist(), keys) for row in self.traits[chosen]]
        ).float()
        colours = traits[:, -1] + 1
        return FieldBatch(
            traits=keys.indicators(traits),
            scalars=torch.from_numpy(self.scalars[chosen]),
            layouts=torch.stack([laid(layout_from(row)) for row in self.layout[chosen]]),
            laid=torch.from_numpy(self.layout[chosen].astype(np.int64)),
            points=Points.unpack(told, accents),
            shares=slots / slots.sum(-1, keepdim=True),
            present=torch.arange(SLOTS)[None, None] < colours[:, None, None],
            px=torch.from_numpy(self.px[chosen])[:, None, None],
        )


def layout_from(row: NDArray[np.int8]) -> Layout:
    """Rebuild a layout from its numbers."""
    kind, columns, rows, frequency = (int(value) for value in row)
    return Layout(kind=KINDS[kind], columns=columns + 1, rows=rows + 1, frequency=frequency + 1)


def traits_of(spec: DesignSpec, keys: TraitKeys) -> NDArray[np.int64]:
    """Give a design's traits as numbers (6,)."""
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
    """Sample designs of the corpus, each at points and with a softness of its own."""
    rows = [_sample(spec, keys, points) for spec in specs]
    columns = zip(*rows, strict=True)
    return Samples(
        **{
            each.name: np.stack(column)
            for each, column in zip(fields(Samples), columns, strict=True)
        }
    )


def _sample(spec: DesignSpec, keys: TraitKeys, points: int) -> tuple[NDArray[Any], ...]:
    noise, layout = Noise(seed=spec.noise), layout_of(spec)
    rng = np.random.default_rng([spec.noise, 7])
    px = _PX[int(rng.integers(len(_PX)))]
    x, y = rng.random((2, points), dtype=np.float32)
    masks = masks_at(spec, x, y, px).T
    shares = np.zeros((points, SLOTS), np.uint8)
    shares[:, : masks.shape[1]] = np.rint(255 * masks).clip(0, 255)
    traits = traits_of(spec, keys).astype(np.int8)
    told = points_of(Ground(layout, noise, x, y), accents_of(traits.tolist(), keys)).pack()[0]
    numbers = (KINDS.index(layout.kind), layout.columns - 1, layout.rows - 1)
    return (
        traits,
        noise.scalars,
        np.array((*numbers, layout.frequency - 1), np.int8),
        np.array(px, np.float32),
        told.numpy().astype(np.float16),
        shares,
    )
