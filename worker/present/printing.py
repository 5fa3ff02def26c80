"""Printing a tile into the plate of a product.

Most pixels of a picture show the paper alone: one look-up for each channel. The others are listed
in the plate; printing the tile on them is a gather, a product and a sum in linear light.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.present.canvas import SUPER, Chip, Composite, Floats, decode

__all__ = ["Pixels", "Plate", "pack", "print_tile"]

Pixels = NDArray[np.uint8]
"""(h, w, 3) sRGB."""

_WHITE = 16383
"""Light of 1.0 in the sums of a picture."""
_TEXEL = 8191
"""Light of 1.0 in a texel: the sum of SUPER**2 texels of 2.0 fits 16 bits."""
_LIGHT = np.arange(_WHITE + 1, dtype=np.float64) / _WHITE
_TO_SRGB = np.where(_LIGHT <= 0.0031308, _LIGHT * 12.92, 1.055 * _LIGHT ** (1 / 2.4) - 0.055)
_TO_SRGB = np.rint(_TO_SRGB * 255.0).astype(np.uint8)
_TO_LINEAR = decode(np.arange(256) / np.float32(255.0))
_TO_TEXEL = np.rint(_TO_LINEAR * _TEXEL).astype(np.uint64)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_FAINT = 5e-4
"""Share of light that is not seen on the paper."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plate:
    """What reaches each of a picture's H x W pixels, without its tile.

    N pixels show more than paper, the n pixels of the product before the others.
    """

    size: tuple[int, int]  # W, H
    paper: bytes  # H * W codes of the light on the paper
    paper_white: float  # light of code 255
    pixels: NDArray[np.int32]  # (N,) positions in the picture
    shares: Floats  # (3, N) shares of the paper's, the tile's mean and its accent colour
    base: Floats  # (3, n) light that does not depend on the tile
    multiply: Floats  # (3, n) factor of the tile's colour
    texels: NDArray[np.int32]  # (SUPER**2, n) texels of the repeated tile
    texture_px: int  # side of the tile's texture in texels
    relief: float  # depth of the embossed tile
    chips: tuple[Chip, ...]


def pack(picture: Composite) -> Plate:
    """Return the plate of a picture, with factors that give light in units of 1 / `_WHITE`."""
    height, width = picture.paper.shape
    box_height, box_width = picture.accent.shape
    box = (
        slice(picture.top, picture.top + box_height),
        slice(picture.left, picture.left + box_width),
    )
    product = _lit(picture.base)
    product[box] |= _lit(picture.multiply) | (picture.accent > 0)
    outside = np.ones_like(product)
    outside[box] = False
    if product[outside].any():
        raise ValueError("a product reaches beyond its box")
    glowing = np.flatnonzero((picture.glow > _FAINT) & ~product)
    printed = np.flatnonzero(product)
    pixels = np.concatenate([printed, glowing])
    inside = np.flatnonzero(product[box])
    accent = np.zeros(pixels.size, np.float32)
    accent[: printed.size] = picture.accent.reshape(-1)[inside]
    shares = np.stack([picture.paper.reshape(-1)[pixels], picture.glow.reshape(-1)[pixels], accent])
    white = max(float(picture.paper.max()), 1e-6)
    codes = np.rint(np.sqrt(picture.paper / np.float32(white)) * np.float32(255.0))
    return Plate(
        size=(width, height),
        paper=codes.astype(np.uint8).tobytes(),
        paper_white=white,
        pixels=pixels.astype(np.int32),
        shares=shares * np.float32(_WHITE),
        base=_planes(picture.base.reshape(-1, 3)[printed]) * np.float32(_WHITE),
        multiply=_planes(picture.multiply.reshape(-1, 3)[inside])
        * np.float32(_WHITE / _TEXEL / SUPER**2),
        texels=np.ascontiguousarray(picture.index.reshape(SUPER**2, -1)[:, inside]),
        texture_px=picture.texture_px,
        relief=picture.relief,
        chips=picture.chips,
    )


def _lit(light: Floats) -> NDArray[np.bool_]:
    """Return where (h, w, 3) light has any."""
    return np.asarray((light[..., 0] != 0) | (light[..., 1] != 0) | (light[..., 2] != 0))


def _planes(rows: Floats) -> Floats:
    return np.ascontiguousarray(rows.T)


def print_tile(tile: Pixels, plate: Plate) -> Image.Image:
    """Print a seamless tile into a plate; return the picture, RGB."""
    texture = _texture(tile, plate.texture_px)
    if plate.relief > 0:
        texture = _emboss(texture, plate)
    mean, palette = _mean_colour(tile), _palette(tile)
    paper = _paper_colour(mean)
    colours = np.stack([paper, mean, _accent_colour(palette)], axis=1)  # (3 channels, 3 shares)
    light = colours @ plate.shares
    sums = np.take(texture, plate.texels[0])
    for texels in plate.texels[1:]:
        sums += np.take(texture, texels)
    lanes = _lanes(sums)
    channels = []
    for channel in range(3):
        printed = light[channel, : lanes.shape[0]]
        printed += lanes[:, channel] * plate.multiply[channel]
        printed += plate.base[channel]
        plane = np.frombuffer(bytearray(_paper_plane(plate, paper[channel])), np.uint8)
        plane[plate.pixels] = _encode(light[channel])
        channels.append(plane)
    _draw_chips([plane.reshape(plate.size[::-1]) for plane in channels], plate.chips, palette)
    return Image.merge("RGB", [Image.frombuffer("L", plate.size, each) for each in channels])


def _lanes(packed: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Return packed colours as (n, 4): red, green, blue and 0."""
    return packed.view(np.uint16).reshape(-1, 4)


def _paper_plane(plate: Plate, colour: float) -> bytes:
    """Return a channel (H * W) of the picture that is paper everywhere."""
    light = (np.arange(256) / 255.0) ** 2 * (plate.paper_white * colour * _WHITE)
    return plate.paper.translate(_encode(light).tobytes())


def _encode(light: Floats) -> Pixels:
    """Convert light, 0 to `_WHITE`, to sRGB codes."""
    return np.take(_TO_SRGB, np.clip(light, 0, _WHITE).astype(np.uint16))


def _texture(tile: Pixels, side: int) -> NDArray[np.uint64]:
    """Resample a periodic tile to side x side texels of packed linear light, 16 bits a channel."""
    height, width = tile.shape[:2]
    codes: Pixels = tile
    if (height, width) != (side, side):
        pad = max(8, 4 * max(height, width) // side)
        pad = min(pad, height, width)
        wrapped = Image.fromarray(np.pad(tile, ((pad, pad), (pad, pad), (0, 0)), mode="wrap"))
        box = (pad, pad, pad + width, pad + height)
        codes = np.asarray(wrapped.resize((side, side), Image.Resampling.BICUBIC, box=box))
    red, green, blue = (codes[..., channel].reshape(-1) for channel in range(3))
    packed = np.take(_TO_TEXEL, red)
    packed |= np.take(_TO_TEXEL << np.uint64(16), green)
    packed |= np.take(_TO_TEXEL << np.uint64(32), blue)
    return packed


def _emboss(texture: NDArray[np.uint64], plate: Plate) -> NDArray[np.uint64]:
    """Shade the texture as if its bright shapes were raised from the surface."""
    side = plate.texture_px
    colours = _lanes(texture)[:, :3] / np.float32(_TEXEL)
    level = np.cbrt(colours @ _LUMINANCE).reshape(side, side)
    light = np.zeros_like(level)
    for step in (1, 2, 3):
        light += level - np.roll(level, (step, step), (0, 1))
        light += np.roll(level, (-step, -step), (0, 1)) - level
    slope = np.clip(light.reshape(-1, 1) * np.float32(0.55 * plate.relief), -0.45, 0.6)
    shaded = colours * (1.0 - slope) + 0.12 * np.maximum(-slope, 0)
    packed = np.zeros_like(texture)
    _lanes(packed)[:, :3] = np.rint(np.clip(shaded, 0, 2) * _TEXEL)
    return packed


def _mean_colour(tile: Pixels) -> Floats:
    """Return the mean of a tile, (3,) linear light."""
    counts = np.array(Image.fromarray(tile).histogram(), np.float32).reshape(3, 256)
    return np.asarray(counts @ _TO_LINEAR / (tile.size // 3), np.float32)


def _palette(tile: Pixels, count: int = 5) -> Floats:
    """Return up to `count` colours of a tile, the most frequent first: (n, 3) linear light."""
    image = Image.fromarray(tile).resize((64, 64), Image.Resampling.BOX)
    quantised = image.quantize(count, Image.Quantize.MEDIANCUT, kmeans=2)
    counts = np.bincount(np.asarray(quantised).reshape(-1), minlength=1)
    table = np.asarray(quantised.getpalette(), np.float32).reshape(-1, 3)
    order = np.argsort(-counts, kind="stable")
    return decode(table[order[counts[order] > 0]] / 255.0)


def _accent_colour(palette: Floats) -> Floats:
    """Return the palette's most saturated colour, (3,), slightly desaturated."""
    chroma = palette.max(axis=1) - palette.min(axis=1)
    return (0.92 * palette[int(np.argmax(chroma))] + 0.03).astype(np.float32)


def _paper_colour(mean: Floats) -> Floats:
    """Return the paper's colour for a tile's mean colour: a light tint of it, (3,) linear."""
    level = float(mean @ _LUMINANCE)
    tint = mean / max(level, 1e-3)
    tint = 1.0 + 0.075 * np.clip(tint - 1.0, -1.0, 1.2)
    light = 0.86 - 0.16 * min(max(level - 0.35, 0.0), 0.4) / 0.4
    return (light * tint / tint.max()).astype(np.float32)


def _draw_chips(planes: list[Pixels], chips: tuple[Chip, ...], palette: Floats) -> None:
    for chip, colour in zip(chips, palette, strict=False):
        margin = int(chip.radius) + 3
        top, left = int(chip.y) - margin, int(chip.x) - margin
        rows, columns = np.mgrid[top : int(chip.y) + margin + 1, left : int(chip.x) + margin + 1]
        distance = np.hypot(rows + 0.5 - chip.y, columns + 0.5 - chip.x).astype(np.float32)
        inside = np.clip(chip.radius + 0.5 - distance, 0, 1)
        rim = np.clip(1.2 - np.abs(distance - chip.radius), 0, 1) * 0.55
        for plane, level in zip(planes, colour, strict=True):
            window = plane[top : top + rows.shape[0], left : left + rows.shape[1]]
            light = decode(window / np.float32(255.0))
            window[...] = _encode((light + inside * (level - light)) * (1.0 - rim) * _WHITE)
