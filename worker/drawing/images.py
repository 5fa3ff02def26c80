"""Raster layers of a design: separations of a generator, and pictures."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.designs.record import Repeat
from shared.image_formats import PICTURE_FORMATS, UNREADABLE
from worker.drawing.sheet import Window

__all__ = [
    "Encoding",
    "GetBytes",
    "UnusableImage",
    "compose_separations",
    "covering",
    "embedded_image",
    "read_picture",
    "reduced",
    "tiled",
]

GetBytes: TypeAlias = Callable[[str], bytes]
"""Returns the bytes of a sha256 that a record refers to."""
Encoding: TypeAlias = Literal["png", "jpeg", "stored"]
"""Of an embedded picture; stored: a PNG that is written at once and is not compressed."""
_SAVING: Mapping[Encoding, Mapping[str, Any]] = {
    "png": {"format": "PNG", "compress_level": 6},
    "jpeg": {"format": "JPEG", "quality": 92, "subsampling": 0},
    "stored": {"format": "PNG", "compress_level": 0},
}
_MAX_PIXELS = 8192 * 8192
"""Of one picture, or of all separations of a layer."""
_MAX_SIDE = 4096
"""Larger pictures are reduced."""
_BAND_ROWS = 256
"""Rows that are mixed at once."""
_PADDING = 4
"""Pixels beyond the window, which the renderer's interpolation reaches."""


class UnusableImage(ValueError):
    """The bytes that a layer refers to are not a usable picture."""


def read_picture(content: bytes) -> NDArray[np.uint8]:
    """Decode a picture to (H, W, 4) sRGB with straight alpha; at most 4096 px a side.

    Raises:
        UnusableImage: it is not a PNG, JPEG or WebP, is broken, or has more than 67 megapixels.
    """
    image = _decode(content, _MAX_PIXELS, _MAX_SIDE)
    return np.asarray(image.convert("RGBA"))


def _decode(content: bytes, most: int, side: int) -> Image.Image:
    """Return a picture of at most `most` pixels, reduced to at most `side` pixels a side.

    It is reduced before it is converted, which limits the memory.
    """
    try:
        with Image.open(BytesIO(content), formats=PICTURE_FORMATS) as image:
            size = image.size
            if size[0] * size[1] <= most:
                image.load()
                plain = image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGBA")
                factor = min(1.0, side / max(size))
                smaller = (max(1, round(size[0] * factor)), max(1, round(size[1] * factor)))
                return plain.resize(smaller, Image.Resampling.BOX)
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        raise UnusableImage(f"it cannot be read: {error}") from error
    raise UnusableImage(f"{size[0]} x {size[1]} pixels are too many")


def compose_separations(contents: Sequence[bytes], colours: Sequence[str]) -> NDArray[np.uint8]:
    """Return the picture (H, W, 4) of grey separations, each the share of its colour.

    Where no separation has a share, the picture is transparent.

    Raises:
        UnusableImage: a separation cannot be read, they differ in size, or have more than 67
            megapixels together.
    """
    most = _MAX_PIXELS // len(contents)
    decoded = [_decode(content, most, _MAX_SIDE).convert("L") for content in contents]
    masks = np.stack(_equal([np.asarray(mask) for mask in decoded]))
    rows = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.float32)
    mixed = np.empty((*masks.shape[1:], 4), np.uint8)
    for top in range(0, len(mixed), _BAND_ROWS):
        band = masks[:, top : top + _BAND_ROWS].astype(np.float32)
        total = band.sum(axis=0)[..., None]
        colour = np.tensordot(band, rows, axes=(0, 0)) / np.maximum(total, 1.0)
        alpha = np.where(total > 0, 255.0, 0.0)
        mixed[top : top + _BAND_ROWS] = np.rint(np.concatenate([colour, alpha], axis=-1))
    return mixed


def _equal(masks: Sequence[NDArray[np.uint8]]) -> Sequence[NDArray[np.uint8]]:
    if len({mask.shape for mask in masks}) > 1:
        raise UnusableImage("the separations differ in size")
    return masks


def covering(pixels: NDArray[np.uint8], aspect: float) -> NDArray[np.uint8]:
    """Return the middle part of a picture.

    Args:
        aspect: its width by its height.
    """
    rows, columns = pixels.shape[:2]
    width = min(columns, max(1, round(rows * aspect)))
    height = min(rows, max(1, round(columns / aspect)))
    top, left = (rows - height) // 2, (columns - width) // 2
    return pixels[top : top + height, left : left + width]


def reduced(pixels: NDArray[np.uint8], shown: tuple[float, float]) -> NDArray[np.uint8]:
    """Return a picture with not much more pixels than are shown.

    Args:
        shown: width and height at which it is drawn, in pixels.
    """
    factor = int(min(pixels.shape[1] / shown[0], pixels.shape[0] / shown[1]))
    return pixels if factor < 2 else np.asarray(Image.fromarray(pixels).reduce(factor))


def tiled(pixels: NDArray[np.uint8], repeat: Repeat) -> NDArray[np.uint8]:
    """Return the tile's picture of a cell's picture.

    In half-drop and half-brick the second cell is shifted by half of its side; where that is an
    odd number of pixels, each pixel is doubled first.
    """
    if repeat == "mirror":
        sides = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
        return np.concatenate([sides, sides[::-1]], axis=0)
    if repeat not in ("half-drop", "half-brick"):
        return pixels
    along = 0 if repeat == "half-drop" else 1
    if pixels.shape[along] % 2:
        pixels = np.repeat(pixels, 2, axis=along)
    shifted = np.roll(pixels, pixels.shape[along] // 2, axis=along)
    return np.concatenate([pixels, shifted], axis=1 - along)


def embedded_image(
    pixels: NDArray[np.uint8],
    size: tuple[float, float],
    window: Window,
    wraps: tuple[bool, bool],
    encoding: Encoding,
) -> str:
    """Return an SVG image that covers a window; a unit is a micrometre.

    Args:
        pixels: (H, W, 4), shown between (0, 0) and `size`.
        size: width and height of the picture, mm.
        window: what has to be covered, mm.
        wraps: whether the picture repeats along x and y; else its border is continued.
        encoding: of the embedded file; a picture that is transparent is never a JPEG.
    """
    rows, columns = pixels.shape[:2]
    px, py = size[0] / columns, size[1] / rows
    across = _indices(window.left / px, window.right / px, columns, wraps[0])
    down = _indices(window.top / py, window.bottom / py, rows, wraps[1])
    shown = pixels[down[1]][:, across[1]]
    if shown[..., 3].min() == 255:
        shown = shown[..., :3]
    if shown.shape[2] == 4 and encoding == "jpeg":
        encoding = "png"
    buffer = BytesIO()
    Image.fromarray(shown).save(buffer, **_SAVING[encoding])
    data = base64.b64encode(buffer.getvalue()).decode()
    x, y, width, height = (
        f"{value * 1000:.10g}"
        for value in (across[0] * px, down[0] * py, shown.shape[1] * px, shown.shape[0] * py)
    )
    return (
        f'<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'xlink:href="data:image/{"jpeg" if encoding == "jpeg" else "png"};base64,{data}"/>\n'
    )


def _indices(low: float, high: float, count: int, wraps: bool) -> tuple[int, NDArray[np.intp]]:
    """Return the first pixel that a window needs, and the indices of all of them."""
    first = int(np.floor(low)) - _PADDING
    needed = np.arange(first, int(np.ceil(high)) + _PADDING)
    return first, needed % count if wraps else np.clip(needed, 0, count - 1)
