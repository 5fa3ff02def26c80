"""The flow that draws a design's latents and palette together, given the semantic code.

Flow matching (Lipman et al. 2023; rectified flow, Liu et al. 2023) with a transformer whose
time enters by adaptive normalisation (Peebles and Xie 2023); classifier-free guidance (Ho and
Salimans 2022). Trained from scratch on the project's own procedural corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from worker.models.layers import Attention, RootNorm, TorusRotary, time_features
from worker.models.separations import SLOTS

__all__ = ["PALETTE_WIDTH", "FlowShape", "FlowTransformer"]

PALETTE_WIDTH = 4
"""Numbers of a palette token: L/100*2-1, a/64, b/64 and presence (1 or -1)."""


@dataclass(frozen=True, kw_only=True)
class FlowShape:
    """Sizes of the flow's transformer."""

    grid: int = 8
    latent: int = 16
    width: int = 256
    layers: int = 6
    heads: int = 4
    code_tokens: int = 9
    code_width: int = 256


class FlowBlock(nn.Module):
    """Attention and a gated feed-forward, both scaled and shifted by the time and the code."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.modulation = nn.Linear(width, 6 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)
        self.before, self.between = RootNorm(width), RootNorm(width)
        self.attention = Attention(width, heads)
        hidden = 3 * width
        self.widen = nn.Linear(width, hidden, bias=False)
        self.narrow = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, guide: Tensor, rotary: TorusRotary) -> Tensor:
        # x (N, L, D), guide (N, D)
        parts = self.modulation(guide)[:, None, :].chunk(6, dim=2)
        shift, scale, gate, shift_b, scale_b, gate_b = parts
        y = self.attention(self.before(x) * (1 + scale) + shift, rotary)
        x = x + (1 + gate) * y
        y = self.widen(self.between(x) * (1 + scale_b) + shift_b)
        y = self.narrow(nn.functional.relu(y).square())
        return x + (1 + gate_b) * y


class FlowTransformer(nn.Module):
    """The velocity of latents and palette at a time, given the code."""

    def __init__(self, shape: FlowShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.latent_in = nn.Linear(shape.latent, width)
        self.palette_in = nn.Linear(PALETTE_WIDTH, width)
        self.slot = nn.Parameter(0.02 * torch.randn(SLOTS, width))
        self.code_in = nn.Linear(shape.code_width, width)
        self.code_place = nn.Parameter(0.02 * torch.randn(shape.code_tokens, width))
        self.no_code = nn.Parameter(0.02 * torch.randn(shape.code_tokens, shape.code_width))
        self.guide = nn.Sequential(nn.Linear(3 * width, width), nn.SiLU(), nn.Linear(width, width))
        extra = SLOTS + shape.code_tokens
        self.rotary = TorusRotary(shape.grid, width // shape.heads, extra)
        self.blocks = nn.ModuleList(FlowBlock(width, shape.heads) for _ in range(shape.layers))
        self.last = RootNorm(width)
        self.latent_out = nn.Linear(width, shape.latent)
        self.palette_out = nn.Linear(width, PALETTE_WIDTH)
        for layer in (self.latent_out, self.palette_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self,
        latent: Tensor,  # (N, C, G, G)
        palette: Tensor,  # (N, 5, 4)
        time: Tensor,  # (N,), 0: noise, 1: design
        code: Tensor,  # (N, T, D)
    ) -> tuple[Tensor, Tensor]:
        """Give the velocities of the latent and of the palette, shaped as these."""
        count, channels, side, _ = latent.shape
        places = self.latent_in(latent.flatten(2).transpose(1, 2))  # (N, G*G, width)
        colours = self.palette_in(palette) + self.slot
        context = self.code_in(code) + self.code_place
        # The first code token is the joined one; the mean tells of all of them.
        pooled = torch.cat([context[:, 0], context.mean(1)], dim=1)
        moment = time_features(time, self.shape.width)
        guide = nn.functional.silu(self.guide(torch.cat([moment, pooled], dim=1)))
        x = torch.cat([places, colours, context], dim=1)
        for block in self.blocks:
            x = block(x, guide, self.rotary)
        x = self.last(x[:, : side * side + SLOTS])
        drawn = self.latent_out(x[:, : side * side]).transpose(1, 2)
        return drawn.reshape(count, channels, side, side), self.palette_out(x[:, side * side :])
