"""Rendering of separations at any size: periodic resampling and colouring."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from worker.models.generator.field import separation_log_shares

__all__ = ["compose", "enlarge", "resampling"]

_BAND = 1 << 16  # pixels rendered at a time: about 0.1 s of one thread
_THIRD = 1 / 3


def _mitchell(distance: Tensor) -> Tensor:
    """Cubic kernel of Mitchell and Netravali (1988), B = C = 1/3: smooth with little blur."""
    x = distance.abs()
    near = (7 * x**3 - 12 * x**2 + 16 * _THIRD) / 6
    far = (-7 * _THIRD * x**3 + 12 * x**2 - 20 * x + 32 * _THIRD) / 6
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def resampling(source: int, target: int) -> Tensor:
    """Return the matrix (target, source) that resamples a periodic signal."""
    ratio = source / target
    width = max(1.0, ratio)  # wider when downsampling, to avoid aliasing
    centre = (torch.arange(target, dtype=torch.float64) + 0.5) * ratio - 0.5
    reach = math.ceil(2 * width) + 1
    matrix = torch.zeros(target, source, dtype=torch.float64)
    for offset in range(-reach, reach + 1):
        index = centre.floor() + offset
        weight = _mitchell((centre - index) / width)
        matrix.scatter_add_(1, (index.long() % source)[:, None], weight[:, None])
    return (matrix / matrix.sum(1, keepdim=True)).float()


def enlarge(
    soft: Tensor, depth: Tensor, present: Tensor, size_px: int, softness: float = 1.0
) -> Iterator[Tensor]:
    """Upsample separations to another size and yield their shares in bands from the top.

    Depths are distances, also after resampling, so edges are equally sharp at any size.

    Args:
        soft, depth: (S, S, 5) float32, see `FieldNet`.
        present: (5,) bool.
        size_px: side of the tile.
        softness: width of edge softening in pixels.

    Yields:
        Shares (R, size_px, 5) float32, summing to 1; R rows have at most 65,536 px.
    """
    side = len(soft)
    planes = torch.cat([soft.clamp(-30, 30), depth], dim=2).permute(2, 0, 1)  # (10, S, S)
    matrix = resampling(side, size_px).to(soft.device) if size_px != side else None
    # Plane by plane, because a computation can be cancelled only between two torch calls.
    resampled = planes if matrix is None else torch.stack([plane @ matrix.T for plane in planes])
    rows_per_band = max(1, _BAND // size_px)
    for top in range(0, size_px, rows_per_band):
        rows = slice(top, top + rows_per_band)
        band = resampled[:, rows] if matrix is None else matrix[rows] @ resampled
        soft_band, depth_band = band.permute(1, 2, 0).chunk(2, dim=2)
        yield separation_log_shares(soft_band, depth_band, present, softness / size_px).exp()


def compose(masks: Tensor, colours: Tensor) -> Tensor:
    """Colour separations: (..., H, W, 5), (5, 3) sRGB 0 to 255 -> (..., H, W, 3) uint8."""
    return (masks @ colours.to(masks.dtype)).round().clamp(0, 255).to(torch.uint8)
