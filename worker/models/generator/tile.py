"""Operations on seamless tiles of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["crossfade", "resize_tile"]

_MARGIN = 0.25
"""Periodic padding of each border when a tile is resized, as a share of its side."""


def crossfade(pixels: NDArray[np.uint8], overlap_px: int) -> NDArray[np.uint8]:
    """Make an image seamless by cross-fading its far border into the near one.

    Args:
        pixels: (H, W, 3).
        overlap_px: width of the cross-fade; the result is (H - overlap, W - overlap, 3).

    Raises:
        ValueError: the overlap exceeds half of a side.
    """
    if 2 * overlap_px > min(pixels.shape[:2]):
        raise ValueError(f"an overlap of {overlap_px} px exceeds half of {pixels.shape[:2]}")
    faded = pixels.astype(np.float32)
    for _ in range(2):  # along the height, then transposed along the width
        kept, beyond = faded[:-overlap_px], faded[-overlap_px:]
        weight = ((np.arange(overlap_px, dtype=np.float32) + 1) / (overlap_px + 1))[:, None, None]
        blended = weight * kept[:overlap_px] + (1 - weight) * beyond
        faded = np.concatenate([blended, kept[overlap_px:]]).transpose(1, 0, 2)
    return np.rint(faded).astype(np.uint8)


def resize_tile(pixels: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize a seamless tile, (H, W, 3) to (size_px, size_px, 3), keeping it seamless."""
    height, width = pixels.shape[:2]
    if (height, width) == (size_px, size_px):
        return pixels
    padding = max(1, round(_MARGIN * max(height, width)))
    padded = np.pad(pixels, ((padding, padding), (padding, padding), (0, 0)), mode="wrap")
    resized = Image.fromarray(padded).resize(
        (size_px, size_px),
        Image.Resampling.LANCZOS,
        box=(padding, padding, padding + width, padding + height),
    )
    return np.asarray(resized)
