"""Small copies of pictures that stages made: thumbnails for lists, previews for cards."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from worker.execution.contracts import StageArtifact

__all__ = ["PREVIEW_WIDTH", "preview", "thumbnail"]

PREVIEW_WIDTH = 512
"""Width of a preview, px: sharp on a card, and small enough for four on a slow line."""
_METHOD = 2
"""Effort of the WebP encoder, 0 to 6; 3 takes twice as long for files that are 5 % smaller."""


def thumbnail(picture: Image.Image, size: tuple[int, int], variant: int) -> StageArtifact:
    """Return a variant's picture scaled to a size, (width, height) px, as WebP."""
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _webp("thumbnail", small, variant, quality=84)


def preview(picture: Image.Image, variant: int) -> StageArtifact:
    """Return a variant's picture, at most `PREVIEW_WIDTH` px wide, as WebP for its card."""
    width = min(PREVIEW_WIDTH, picture.width)
    size = (width, round(picture.height * width / picture.width))
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _webp("preview", small, variant, quality=72)


def _webp(kind: str, picture: Image.Image, variant: int, *, quality: int) -> StageArtifact:
    buffer = BytesIO()
    picture.save(buffer, format="WEBP", quality=quality, method=_METHOD)
    return StageArtifact(
        kind=kind,
        variant=variant,
        content=buffer.getvalue(),
        media_type="image/webp",
        width=picture.width,
        height=picture.height,
    )
