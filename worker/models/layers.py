"""Building blocks that live on a torus, so that what they draw tiles without a seam."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Attention", "Bottleneck", "CircularConv", "RootNorm", "TorusRotary", "time_features"]


class CircularConv(nn.Conv2d):
    """A 3x3 convolution whose picture continues at the opposite edge."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, padding=1, padding_mode="circular")


class RootNorm(nn.Module):
    """Root mean square normalisation over the last axis (Zhang and Sennrich 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:  # (..., D) -> (..., D)
        return functional.rms_norm(x, (x.shape[-1],), eps=1e-6) * self.gain


class Bottleneck(nn.Module):
    """Residual 1x1, 3x3, 1x1 convolutions at half the width in the middle (He et al. 2015)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        half = width // 2
        self.norm = nn.GroupNorm(8, width)
        self.narrow = nn.Conv2d(width, half, 1)
        self.mix = CircularConv(half, half)
        self.widen = nn.Conv2d(half, width, 1)
        nn.init.zeros_(self.widen.weight)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, H, W) -> the same
        y = functional.silu(self.narrow(self.norm(x)))
        y = functional.silu(self.mix(y))
        return x + self.widen(y)


class TorusRotary(nn.Module):
    """Rotary positions with whole numbers of turns around the torus (after Su et al. 2021).

    Attention between two places then depends on their offset on the torus alone: the drawing
    has no edge. Tokens without a place tell the others where they are.
    """

    cosine: Tensor
    sine: Tensor

    def __init__(self, side: int, head_width: int, extra: int = 0) -> None:
        """Make the angles for side x side places, then `extra` tokens that have no place."""
        super().__init__()
        turns = torch.arange(head_width // 4) % (side // 2) + 1  # 1 .. side/2 turns
        place = torch.arange(side) * (2 * math.pi / side)
        angle = place[:, None] * turns[None, :]  # (side, head/4)
        rows = angle[:, None, :].expand(side, side, -1)
        columns = angle[None, :, :].expand(side, side, -1)
        grid = torch.cat([rows, columns], dim=-1).reshape(side * side, -1)  # (side^2, head/2)
        grid = torch.cat([grid, torch.zeros(extra, grid.shape[1])])
        self.register_buffer("cosine", grid.cos(), persistent=False)
        self.register_buffer("sine", grid.sin(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:  # (N, heads, L, head) -> the same
        first, second = x.chunk(2, dim=-1)
        cosine, sine = self.cosine.to(x.dtype), self.sine.to(x.dtype)
        return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)


class Attention(nn.Module):
    """Self-attention of all tokens with normalised queries and keys."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.inward = nn.Linear(width, 3 * width, bias=False)
        self.outward = nn.Linear(width, width, bias=False)
        self.query_norm = RootNorm(width // heads)
        self.key_norm = RootNorm(width // heads)

    def forward(self, x: Tensor, rotary: TorusRotary) -> Tensor:  # (N, L, D) -> (N, L, D)
        count, length, width = x.shape
        parts = self.inward(x).view(count, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each (N, heads, L, head)
        query = rotary(self.query_norm(query)).to(value.dtype)
        key = rotary(self.key_norm(key)).to(value.dtype)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.outward(mixed.transpose(1, 2).reshape(count, length, width))


def time_features(time: Tensor, width: int) -> Tensor:
    """Give (N, width) sines and cosines of times in 0 to 1."""
    half = width // 2
    rates = torch.exp(torch.linspace(0.0, math.log(200.0), half, device=time.device))
    angle = time[:, None] * rates[None, :] * math.pi
    return torch.cat([angle.sin(), angle.cos()], dim=1)
