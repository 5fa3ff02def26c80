"""From separations to pictures of any size: enlarged on the torus, coloured."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from worker.models.generator.field import masks_from

__all__ = ["compose", "enlarge", "resampling"]

_BAND = 1 << 16  # pixels coloured at a time: a tenth of a second of one thread
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


def enlarge(
    soft: Tensor, depth: Tensor, present: Tensor, size_px: int, softness: float = 1.0
) -> Iterator[Tensor]:
    """Give the shares at another size, band after band from the top.

    Depths are distances: enlarged they are still distances, so borders are as crisp at any size.

    Args:
        soft, depth: (S, S, 5) float32, see `FieldNet`.
        present: (5,) bool.
        size_px: side of the tile.
        softness: width over which edges are softened, in pixels.

    Yields:
        (R, size_px, 5) float32 that sums to 1 over the separations; R rows of 65,536 px or fewer.
    """
    side = len(soft)
    both = torch.cat([soft.clamp(-30, 30), depth], dim=2).permute(2, 0, 1)  # (10, S, S)
    matrix = resampling(side, size_px).to(soft.device) if size_px != side else None
    # Plane by plane: a computation can be stopped between two calls, not in the middle of one.
    wide = both if matrix is None else torch.stack([plane @ matrix.T for plane in both])
    height = max(1, _BAND // size_px)
    for top in range(0, size_px, height):
        rows = slice(top, top + height)
        band = wide[:, rows] if matrix is None else matrix[rows] @ wide
        softly, deep = band.permute(1, 2, 0).chunk(2, dim=2)
        yield masks_from(softly, deep, present, softness / size_px).exp()


def compose(masks: Tensor, colours: Tensor) -> Tensor:
    """Colour the separations: (..., H, W, 5), (5, 3) sRGB 0 to 255 -> (..., H, W, 3) uint8."""
    return (masks @ colours.to(masks.dtype)).round().clamp(0, 255).to(torch.uint8)
