"""Shared layers: circular convolution, RMS normalisation, time features."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CircularConv", "RootNorm", "time_features"]


class CircularConv(nn.Conv2d):
    """A 3x3 convolution with circular padding, for seamless tiles."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, padding=1, padding_mode="circular")


class RootNorm(nn.Module):
    """Root mean square normalisation over the last axis (Zhang and Sennrich 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:  # (..., D) -> (..., D)
        return functional.rms_norm(x, (x.shape[-1],), eps=1e-6) * self.gain


def time_features(time: Tensor, width: int) -> Tensor:
    """Return sine and cosine features (N, width) of times in 0 to 1."""
    half = width // 2
    rates = torch.exp(torch.linspace(0.0, math.log(200.0), half, device=time.device))
    angle = time[:, None] * rates[None, :] * math.pi
    return torch.cat([angle.sin(), angle.cos()], dim=1)
