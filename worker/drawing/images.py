"""Raster layers of a design: separations of a generator, and pictures."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.image_formats import PICTURE_FORMATS, UNREADABLE

__all__ = ["GetBytes", "UnusableImage", "compose_separations", "embedded_image", "read_picture"]

GetBytes: TypeAlias = Callable[[str], bytes]
"""Returns the bytes of a sha256 that a record refers to."""
_MAX_PIXELS = 8192 * 8192


class UnusableImage(ValueError):
    """The bytes that a layer refers to are not a usable picture."""


def read_picture(content: bytes) -> NDArray[np.uint8]:
    """Decode a picture to (H, W, 4) sRGB with straight alpha.

    Raises:
        UnusableImage: it is not a PNG, JPEG or WebP, is broken, or has more than 67 megapixels.
    """
    return np.asarray(_decode(content).convert("RGBA"))


def _decode(content: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=PICTURE_FORMATS) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise UnusableImage(f"it has {image.width} x {image.height} pixels")
            image.load()
            return image.copy()
    except UNREADABLE as error:
        raise UnusableImage(f"it cannot be read: {error}") from error


def compose_separations(contents: Sequence[bytes], colours: Sequence[str]) -> NDArray[np.uint8]:
    """Return the picture (H, W, 4) of grey separations, each the share of its colour.

    Raises:
        UnusableImage: a separation cannot be read, or they differ in size.
    """
    masks = [np.asarray(_decode(content).convert("L"), np.float32) for content in contents]
    if len({mask.shape for mask in masks}) > 1:
        raise UnusableImage("the separations differ in size")
    total = np.maximum(sum(masks), 1.0)[..., None]
    rows = [np.array(list(bytes.fromhex(colour[1:])), np.float32) for colour in colours]
    mixed = sum(mask[..., None] * row for mask, row in zip(masks, rows, strict=True)) / total
    alpha = np.full((*masks[0].shape, 1), 255, np.uint8)
    return np.concatenate([np.rint(mixed).astype(np.uint8), alpha], axis=-1)


def embedded_image(
    pixels: NDArray[np.uint8], width_um: float, height_um: float, margin: float
) -> str:
    """Return an SVG image that fills the tile and repeats beyond its edges.

    Args:
        pixels: (H, W, 4), seamless.
        width_um, height_um: size of the tile, micrometres.
        margin: how far it repeats beyond each edge, as a share of the side.
    """
    rows, columns = pixels.shape[:2]
    pad_y, pad_x = (1 + int(np.ceil(margin * side)) for side in (rows, columns))
    padded = np.pad(pixels, ((pad_y, pad_y), (pad_x, pad_x), (0, 0)), mode="wrap")
    buffer = BytesIO()
    Image.fromarray(padded).save(buffer, format="PNG", compress_level=1)
    data = base64.b64encode(buffer.getvalue()).decode()
    px, py = width_um / columns, height_um / rows
    return (
        f'<image x="{-pad_x * px:.10g}" y="{-pad_y * py:.10g}" width="{padded.shape[1] * px:.10g}" '
        f'height="{padded.shape[0] * py:.10g}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>\n'
    )
