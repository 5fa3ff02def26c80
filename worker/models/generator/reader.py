"""The reader: predicts traits and samples a palette from the semantic code S.

Traits are sampled from predicted distributions, the palette by a rectified flow (Liu et al. 2023).
Trained jointly with the fusion on the project's own procedural corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from worker.models.generator.field import SLOTS
from worker.models.generator.layers import RootNorm, time_features
from worker.models.generator.traits import TraitKeys

__all__ = ["PALETTE_WIDTH", "Reader", "ReaderShape", "integrate_flow"]

PALETTE_WIDTH = 3
"""Width of a colour: L/50 - 1, a/64, b/64."""


@dataclass(frozen=True, kw_only=True)
class ReaderShape:
    """Hyperparameters of the reader."""

    code_tokens: int = 9
    code_width: int = 256
    width: int = 512
    layers: int = 4


class ReaderBlock(nn.Module):
    """A gated feed-forward block with adaptive normalisation (Peebles and Xie 2023)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = RootNorm(width)
        self.modulation = nn.Linear(width, 3 * width)
        self.widen = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:  # (N, D), (N, 3 D) -> (N, D)
        shift, scale, gate = modulation.chunk(3, dim=1)
        y = self.norm(x) * (1 + scale) + shift
        return x + (1 + gate) * self.narrow(nn.functional.silu(self.widen(y)))


class Reader(nn.Module):
    """Predicts the logits of each trait, and the velocity of the palette flow."""

    def __init__(self, shape: ReaderShape, keys: TraitKeys) -> None:
        super().__init__()
        self.shape = shape
        width, code = shape.width, shape.code_tokens * shape.code_width
        self.counts = len(keys.keys["count"])
        self.inward = nn.Sequential(
            nn.Linear(code, width), nn.SiLU(), nn.Linear(width, width), RootNorm(width)
        )
        self.heads = nn.ModuleDict(
            {name: nn.Linear(width, len(values)) for name, values in keys.keys.items()}
        )
        self.guide = nn.Sequential(
            nn.Linear(code + 64 + self.counts, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.palette_in = nn.Linear(SLOTS * PALETTE_WIDTH, width)
        self.blocks = nn.ModuleList(ReaderBlock(width) for _ in range(shape.layers))
        self.palette_out = nn.Linear(width, SLOTS * PALETTE_WIDTH)
        nn.init.zeros_(self.palette_out.weight)
        nn.init.zeros_(self.palette_out.bias)

    def traits(self, code: Tensor) -> dict[str, Tensor]:
        """Predict the traits: (N, T, D) -> logits (N, keys) by name."""
        hidden = nn.functional.silu(self.inward(code.flatten(1)))
        return {name: head(hidden) for name, head in self.heads.items()}

    def forward(
        self,
        palette: Tensor,  # (N, 5, 3), between noise and colours
        time: Tensor,  # (N,) 0: noise, 1: palette
        count: Tensor,  # (N,) number of colours, 1 to 5
        code: Tensor,  # (N, T, D)
    ) -> Tensor:  # (N, 5, 3), the velocity
        guide, modulations = self.guidance(time, count, code)
        return self.velocity(palette, count, guide, modulations)

    def guidance(self, time: Tensor, count: Tensor, code: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return what the velocity depends on besides the palette: (N, D), and (N, 3 D) a block."""
        count_one_hot = nn.functional.one_hot(count - 1, self.counts).to(code.dtype)
        guide = self.guide(
            torch.cat([code.flatten(1), time_features(time, 64), count_one_hot], dim=1)
        )
        bent = nn.functional.silu(guide)
        return guide, [cast("ReaderBlock", block).modulation(bent) for block in self.blocks]

    def velocity(
        self, palette: Tensor, count: Tensor, guide: Tensor, modulations: Sequence[Tensor]
    ) -> Tensor:
        """Return the velocity (N, 5, 3) of palettes (N, 5, 3) under this guidance."""
        present = torch.arange(SLOTS, device=palette.device) < count[:, None]
        x = self.palette_in((palette * present[:, :, None]).flatten(1)) + guide
        for block, modulation in zip(self.blocks, modulations, strict=True):
            x = block(x, modulation)
        velocity: Tensor = self.palette_out(x)
        return velocity.unflatten(1, (SLOTS, PALETTE_WIDTH))


def integrate_flow(
    reader: Reader, noise: Tensor, count: Tensor, code: Tensor, steps: int
) -> Tensor:
    """Integrate the flow from noise (N, 5, 3) to palettes (N, 5, 3) with Euler steps.

    The guidance of all steps is computed at once, which reads its weights once.
    """
    rows = len(code)
    times = torch.arange(steps, device=code.device).repeat_interleave(rows) / steps
    guide, modulations = reader.guidance(times, count.repeat(steps), code.repeat(steps, 1, 1))
    palette = noise
    for step in range(steps):
        own = slice(step * rows, (step + 1) * rows)
        velocity = reader.velocity(palette, count, guide[own], [each[own] for each in modulations])
        palette = palette + velocity / steps
    return palette
