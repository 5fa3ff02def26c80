"""Thumbnails of pictures that stages made."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from worker.execution.contracts import StageArtifact

__all__ = ["thumbnail"]


def thumbnail(picture: Image.Image, size: tuple[int, int], variant: int) -> StageArtifact:
    """Return a variant's picture scaled to a size, (width, height) px, as WebP."""
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = BytesIO()
    small.save(buffer, format="WEBP", quality=84, method=3)
    return StageArtifact(
        kind="thumbnail",
        variant=variant,
        content=buffer.getvalue(),
        media_type="image/webp",
        width=small.width,
        height=small.height,
    )
