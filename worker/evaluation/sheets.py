"""Sheets of tiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["grid"]


def grid(tiles: Sequence[NDArray[np.uint8]], columns: int, side_px: int) -> Image.Image:
    """Lay tiles (H, W, 3) row by row on a white sheet with thin gaps."""
    gap = max(2, side_px // 32)
    rows = -(-len(tiles) // columns)
    step = side_px + gap
    sheet = Image.new("RGB", (columns * step + gap, rows * step + gap), "white")
    for index, tile in enumerate(tiles):
        picture = Image.fromarray(tile).resize((side_px, side_px), Image.Resampling.LANCZOS)
        sheet.paste(picture, (gap + index % columns * step, gap + index // columns * step))
    return sheet
