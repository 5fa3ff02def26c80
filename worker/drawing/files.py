"""Writes drawn designs as files."""

from __future__ import annotations

from PIL import Image, PngImagePlugin

from shared.designs.parsing import record_json
from shared.designs.record import Design
from shared.motifs.attribution import drawings_used
from worker.drawing.images import GetBytes
from worker.drawing.raster import draw_pixels
from worker.imaging.png import encode_png, opaque

__all__ = ["DESIGN_KEYWORD", "DRAWINGS_KEYWORD", "png_file", "text_chunks"]

DESIGN_KEYWORD = "Design"
"""Keyword of the PNG text chunk that has the record."""
DRAWINGS_KEYWORD = "Drawings"
"""Keyword of the PNG text chunk that has the drawings of motifs with authors and licences."""
_MM_PER_INCH = 25.4


def text_chunks(design: Design) -> dict[str, str]:
    """Return a design's PNG text chunks: the record and, if it has any, the drawings used."""
    chunks = {DESIGN_KEYWORD: record_json(design)}
    if drawings := drawings_used(design):
        chunks[DRAWINGS_KEYWORD] = "\n".join(each.line for each in drawings)
    return chunks


def png_file(design: Design, size_px: int, get: GetBytes | None = None) -> bytes:
    """Draw a design's tile as PNG, with the record, the drawings used and the resolution in it.

    Args:
        size_px: the tile's longer side, 16 to 8192.
        get: as of `worker.drawing.svg.svg_document`.

    Raises:
        InvalidRequest, ValueError: as `draw_pixels`.
    """
    pixels = opaque(draw_pixels(design, size_px, get))
    chunks = PngImagePlugin.PngInfo()
    for keyword, text in text_chunks(design).items():
        chunks.add_itxt(keyword, text)
    dpi = pixels.shape[1] / design.tile_mm[0] * _MM_PER_INCH
    return encode_png(Image.fromarray(pixels), chunks, dpi)
