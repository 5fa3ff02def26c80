"""From separations to pictures of any size: enlarged on the torus, sharpened, coloured."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from worker.models.separations import masks_from_logits

__all__ = ["compose", "edges", "enlarge", "resampling"]

_BAND_PX = 256
_THIRD = 1 / 3


def _mitchell(distance: Tensor) -> Tensor:
    """Cubic kernel of Mitchell and Netravali (1988), B = C = 1/3: smooth, hardly blurred."""
    x = distance.abs()
    near = (7 * x**3 - 12 * x**2 + 16 * _THIRD) / 6
    far = (-7 * _THIRD * x**3 + 12 * x**2 - 20 * x + 32 * _THIRD) / 6
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def resampling(inside: int, outside: int) -> Tensor:
    """Give the matrix (outside, inside) that resamples a line that is closed to a ring."""
    ratio = inside / outside
    width = max(1.0, ratio)  # wider where it shrinks, so that nothing aliases
    centre = (torch.arange(outside, dtype=torch.float64) + 0.5) * ratio - 0.5
    reach = math.ceil(2 * width) + 1
    matrix = torch.zeros(outside, inside, dtype=torch.float64)
    for offset in range(-reach, reach + 1):
        place = centre.floor() + offset
        weight = _mitchell((centre - place) / width)
        matrix.scatter_add_(1, (place.long() % inside)[:, None], weight[:, None])
    return (matrix / matrix.sum(1, keepdim=True)).float()


def edges(masks: Tensor) -> Tensor:
    """Tell borders (1) from soft transitions (0): (N, K, S, S) -> (N, 1, S, S)."""
    padded = functional.pad(masks, (1, 1, 1, 1), mode="circular")
    highest = functional.max_pool2d(padded, 3, stride=1)
    lowest = -functional.max_pool2d(-padded, 3, stride=1)
    steepness = (highest - lowest).amax(dim=1, keepdim=True)
    ramp = ((steepness - 0.3) / 0.4).clamp(0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def enlarge(logits: Tensor, present: Tensor, size_px: int) -> Iterator[Tensor]:
    """Give the masks at another size, band after band from the top.

    Borders are sharpened with the size, soft transitions are left as they are.

    Args:
        logits: (1, 5, S, S) float32.
        present: (1, 5) bool.
        size_px: side of the tile.

    Yields:
        (1, 5, up to 256, size_px) float32 that sums to 1 over the separations.
    """
    side = logits.shape[-1]
    matrix = resampling(side, size_px).to(logits.device)
    sharpness = max(1.0, size_px / side)
    logits = logits.clamp(-12, 12)
    border = edges(masks_from_logits(logits, present))
    wide = torch.cat([logits, border], dim=1) @ matrix.T  # (1, 6, S, size)
    for top in range(0, size_px, _BAND_PX):
        band = matrix[top : top + _BAND_PX] @ wide  # (1, 6, band, size)
        gain = 1 + (sharpness - 1) * band[:, 5:].clamp(0, 1)
        yield masks_from_logits(band[:, :5] * gain, present)


def compose(masks: Tensor, colours: Tensor) -> Tensor:
    """Colour the separations: (N, 5, H, W), (N, 5, 3) sRGB 0 to 255 -> (N, H, W, 3) uint8."""
    picture = torch.einsum("nkhw,nkc->nhwc", masks, colours.to(masks.dtype))
    return picture.round().clamp(0, 255).to(torch.uint8)
