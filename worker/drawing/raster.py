"""Rasterises SVG documents with resvg."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import Design
from worker.drawing.images import GetBytes
from worker.drawing.svg import SvgDrawing

__all__ = ["MAX_SIZE_PX", "draw_pixels", "rasterise"]

MAX_SIZE_PX = 8192
_BLEED = 0.125
"""Share of the side that is drawn beyond each edge and cropped: curves that are cut by the edge of
the picture are flattened differently."""
_MAX_BLEED_PX = 256
"""Limits the memory of large tiles."""
_STRIP_PIXELS = 4096 * 4096
"""Larger tiles are drawn in strips of rows, which limits their memory."""
_BAND_ROWS = 256
"""Rows that are converted at once."""


@lru_cache(maxsize=1)
def _no_fonts() -> Any:
    from svg2png_py import FontDatabase

    return FontDatabase()


def rasterise(svg: str) -> NDArray[np.uint8]:
    """Return the pixels of an SVG document at its own size, (H, W, 4) sRGB, premultiplied."""
    from svg2png_py import svg_to_rgba

    content, width, height = svg_to_rgba(svg, _no_fonts())
    return np.frombuffer(content, np.uint8).reshape(height, width, 4)


def draw_pixels(
    design: Design,
    size_px: int,
    get: GetBytes | None = None,
    *,
    strip_pixels: int = _STRIP_PIXELS,
) -> NDArray[np.uint8]:
    """Draw a design's tile.

    Args:
        get: as of `worker.drawing.svg.svg_document`.
        size_px: the tile's longer side, 16 to 8192.
        strip_pixels: about how many pixels are drawn at once.

    Returns:
        (H, W, 4) sRGB with straight alpha; seamless where the design repeats.

    Raises:
        InvalidRequest: as `svg_document`.
        ValueError: the size is out of range.
    """
    if not 16 <= size_px <= MAX_SIZE_PX:
        raise ValueError(f"A tile is 16 to {MAX_SIZE_PX} px wide, not {size_px}.")
    width_mm, height_mm = design.tile_mm
    longer = max(width_mm, height_mm)
    width, height = (max(1, round(size_px * mm / longer)) for mm in (width_mm, height_mm))
    margin = min(round(size_px * _BLEED), _MAX_BLEED_PX)
    drawing = SvgDrawing(design, get, size_px=(width, height), margin_px=margin)
    columns, lines = drawing.drawn_px
    rows = max(1, strip_pixels // columns)
    pixels = np.empty((height, width, 4), np.uint8)
    for top in range(0, lines, rows):
        bottom = min(top + rows, lines)
        drawn = rasterise(drawing.document((top - margin, bottom + margin)))
        part = drawn[margin : margin + bottom - top, margin:-margin]
        _straighten(part, pixels[top:bottom, :columns])
    pixels[:lines, columns:] = pixels[:lines, : width - columns][:, ::-1]  # a mirrored cell
    pixels[lines:] = pixels[: height - lines][::-1]
    return pixels


def _straighten(drawn: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> None:
    """Write premultiplied pixels with straight alpha."""
    for top in range(0, len(drawn), _BAND_ROWS):
        band, out = drawn[top : top + _BAND_ROWS], pixels[top : top + _BAND_ROWS]
        out[:] = band
        if band[..., 3].min() == 255:
            continue
        mixed = (band[..., 3] > 0) & (band[..., 3] < 255)
        if mixed.any():
            some = band[mixed].astype(np.float32)
            out[mixed, :3] = np.minimum(np.rint(some[:, :3] * 255 / some[:, 3:]), 255)
