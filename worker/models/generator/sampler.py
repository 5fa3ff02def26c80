"""Samples the traits and the palette of variants with the reader, from S and z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.imaging.colour import rgb_from_lab
from worker.models.fusion import ShapeMismatch
from worker.models.generator.field import SLOTS
from worker.models.generator.reader import PALETTE_WIDTH, Reader, integrate_flow

__all__ = ["Sample", "Sampler", "random_of"]

_BATCH = 4
"""Variants whose palettes are sampled together: as many as most jobs have."""


def random_of(seed: int, variant: int) -> np.random.Generator:
    """Return the random stream of a variant."""
    return np.random.Generator(np.random.Philox([seed, variant]))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The traits and the palette of a variant."""

    traits: Tensor  # (1, 6) indices of keys
    palette: Tensor  # (K, 3) float32, sRGB 0 to 255, the most important colour first

    @property
    def hexes(self) -> tuple[str, ...]:
        """The palette as hex colours."""
        rows = self.palette.to(torch.int64).tolist()
        return tuple("#{:02X}{:02X}{:02X}".format(*row) for row in rows)


@dataclass(frozen=True, kw_only=True)
class _Start:
    """What the palette of a variant is sampled from."""

    traits: Tensor  # (1, 6)
    code: Tensor  # (T, D)
    noise: Tensor  # (5, 3)

    @property
    def count(self) -> int:
        """Number of colours."""
        return int(self.traits[0, -1]) + 1


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """Samples from the distributions of a reader."""

    reader: Reader
    steps: int
    """Euler steps of the palette flow."""
    least_share: float
    """As of `Sampling`."""
    device: torch.device

    def sample(
        self, codes: Sequence[Tensor], streams: Mapping[int, np.random.Generator]
    ) -> dict[int, Sample]:
        """Sample variants; what one gives does not depend on which others are sampled with it.

        Args:
            codes: (T, D) each; variant i has code i modulo their number.
            streams: the random stream of each variant.

        Raises:
            ShapeMismatch: the shape of a code is not the one of the trained reader.
        """
        logits = [self.trait_logits(code) for code in codes]
        starts = {}
        for variant, rng in streams.items():
            index = variant % len(codes)
            starts[variant] = _Start(
                traits=self.choose(logits[index], rng),
                code=codes[index],
                noise=torch.from_numpy(rng.standard_normal((SLOTS, PALETTE_WIDTH), np.float32)),
            )
        palettes = self._palettes(starts)
        return {
            variant: Sample(traits=start.traits, palette=palettes[variant])
            for variant, start in starts.items()
        }

    def trait_logits(self, code: Tensor) -> Sequence[Tensor]:
        """Return the logits (keys,) of each trait for a code (T, D).

        Raises:
            ShapeMismatch: as `sample`.
        """
        shape = self.reader.shape
        if tuple(code.shape) != (shape.code_tokens, shape.code_width):
            raise ShapeMismatch(
                f"The code has shape {tuple(code.shape)}, but this generator was trained with "
                f"{(shape.code_tokens, shape.code_width)}. Use the fusion of the same release."
            )
        batch = code[None].to(self.device, torch.float32)
        return [logits[0] for logits in self.reader.traits(batch).values()]

    def choose(self, logits: Sequence[Tensor], rng: np.random.Generator) -> Tensor:
        """Sample the traits from their logits: indices (1, 6)."""
        indices = []
        for row in logits:
            probabilities = row.double().softmax(0).cpu().numpy()
            probabilities[probabilities < self.least_share * probabilities.max()] = 0
            indices.append(
                int(rng.choice(len(probabilities), p=probabilities / probabilities.sum()))
            )
        return torch.tensor([indices])

    def _palettes(self, starts: Mapping[int, _Start]) -> dict[int, Tensor]:
        """Sample the palette (K, 3) of each variant.

        Batches have a fixed size, and each variant has its own row of one, since sums of floats
        depend on the shape of a batch. Rows of absent variants repeat another.
        """
        palettes = {}
        for first in sorted({variant - variant % _BATCH for variant in starts}):
            own = [first + row for row in range(_BATCH) if first + row in starts]
            rows = [starts.get(first + row, starts[own[0]]) for row in range(_BATCH)]
            flow = integrate_flow(
                self.reader,
                torch.stack([row.noise for row in rows]).to(self.device),
                torch.tensor([row.count for row in rows], device=self.device),
                torch.stack([row.code for row in rows]).to(self.device, torch.float32),
                self.steps,
            )
            for variant in own:
                colours = flow[variant - first, : starts[variant].count]
                palettes[variant] = _rgb_of(colours.double().cpu().numpy())
        return palettes


def _rgb_of(colours: NDArray[np.float64]) -> Tensor:
    """Return colours of the flow (K, 3) as sRGB, 0 to 255."""
    lab = np.stack([50 * (colours[:, 0] + 1), 64 * colours[:, 1], 64 * colours[:, 2]], axis=1)
    return torch.from_numpy(np.rint(rgb_from_lab(lab))).float()
