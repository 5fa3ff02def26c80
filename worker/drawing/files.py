"""Writes drawn designs as files."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, PngImagePlugin

from shared.designs.parsing import record_json
from shared.designs.record import Design
from worker.drawing.images import GetBytes
from worker.drawing.raster import draw_pixels

__all__ = ["DESIGN_KEYWORD", "png_file"]

DESIGN_KEYWORD = "Design"
"""Keyword of the PNG text chunk that has the record."""
_MM_PER_INCH = 25.4


def png_file(
    design: Design, size_px: int, get: GetBytes | None = None, *, compress_level: int = 6
) -> bytes:
    """Draw a design's tile as PNG, with the record and the resolution in its metadata.

    Args:
        size_px: the tile's longer side, 16 to 8192.
        get: as of `worker.drawing.svg.svg_document`.

    Raises:
        InvalidRequest, ValueError: as `draw_pixels`.
    """
    pixels = draw_pixels(design, size_px, get)
    if pixels[..., 3].min() == 255:
        pixels = pixels[..., :3]
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(DESIGN_KEYWORD, record_json(design))
    dpi = pixels.shape[1] / design.tile_mm[0] * _MM_PER_INCH
    buffer = BytesIO()
    Image.fromarray(pixels).save(
        buffer, format="PNG", pnginfo=chunks, compress_level=compress_level, dpi=(dpi, dpi)
    )
    return buffer.getvalue()
