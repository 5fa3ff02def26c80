"""The drawing surface: layers over a tinted paper, made once, into which any tile is printed.

All arithmetic is in linear light. A picture is linear in the tile, so all that does not depend
on the tile is kept in a `Plate`; printing one is a gather, a product and a sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["SUPER", "Chip", "Floats", "Plate", "Sheet", "decode", "encode", "finish", "print_tile"]

SUPER = 2
"""Samples per pixel and axis in a sheet."""

Floats = NDArray[np.floating[Any]]
"""Arrays of real numbers; those that are kept or given back are float32."""

_CODES = np.arange(256, dtype=np.float64) / 255.0
_TO_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_TO_LINEAR = _TO_LINEAR.astype(np.float32)
_STEPS = 16384
_LIGHT = np.arange(_STEPS, dtype=np.float64) / (_STEPS - 1)
_TO_SRGB = np.where(_LIGHT <= 0.0031308, _LIGHT * 12.92, 1.055 * _LIGHT ** (1 / 2.4) - 0.055)
_TO_SRGB = _TO_SRGB.astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A round swatch of the tile's palette on the paper, centre and radius in px."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Plate:
    """A product without its tile, H x W px; the product's box is h x w px at (top, left)."""

    base: Floats  # (H, W, 3) light that does not depend on the tile
    paper: Floats  # (H, W) share of the paper's colour
    glow: Floats  # (H, W) share of the tile's mean colour: light that fell through the product
    top: int
    left: int
    index: NDArray[np.int32]  # (SUPER**2, h, w) texel of the repeated tile under each sample
    multiply: Floats  # (h, w, 3) what the tile's colour is multiplied by
    accent: Floats  # (h, w) share of the tile's accent colour
    texture_px: int  # side of the tile's texture in texels
    relief: float = 0.0  # how deep the tile's own shapes are pressed into the surface
    chips: tuple[Chip, ...] = ()


@dataclass(kw_only=True, eq=False)
class Sheet:
    """The product's box at SUPER samples per px and axis, filled layer by layer."""

    height: int  # samples
    width: int
    alpha: Floats = field(init=False)
    multiply: Floats = field(init=False)
    add: Floats = field(init=False)
    accent: Floats = field(init=False)
    u: Floats = field(init=False)  # repeats of the tile to the right
    v: Floats = field(init=False)  # repeats of the tile downwards

    def __post_init__(self) -> None:
        shape = (self.height, self.width)
        self.alpha, self.accent = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.u, self.v = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.multiply = np.zeros((*shape, 3), np.float32)
        self.add = np.zeros((*shape, 3), np.float32)

    def over(
        self,
        alpha: Floats,
        *,
        multiply: Floats | float = 0.0,
        add: Floats | float = 0.0,
        accent: Floats | float = 0.0,
        uv: tuple[Floats, Floats] | None = None,
        at: tuple[slice, slice] = (slice(None), slice(None)),
    ) -> None:
        """Lay one layer over what is there, within the window `at`.

        `alpha` is (h, w); multiply and add are scalars, (3,), (h, w, 1) or (h, w, 3), not yet
        multiplied by alpha. The layer's (u, v) holds wherever it prints and alpha is over 1/2.
        """
        stay = 1.0 - alpha
        for plane, value in ((self.multiply, multiply), (self.add, add)):
            view = plane[at]
            view *= stay[..., None]
            if not (np.isscalar(value) and value == 0.0):
                view += alpha[..., None] * np.asarray(value, np.float32)
        accents = self.accent[at]
        accents *= stay
        accents += alpha * np.asarray(accent, np.float32)
        covered = self.alpha[at]
        covered *= stay
        covered += alpha
        if uv is not None:
            upper = alpha > 0.5
            np.copyto(self.u[at], uv[0], where=upper)
            np.copyto(self.v[at], uv[1], where=upper)

    def shade(self, factor: Floats, at: tuple[slice, slice] = (slice(None), slice(None))) -> None:
        """Multiply all light in the window by (h, w) factors: shadows, occlusion, folds, ink."""
        self.multiply[at] *= factor[..., None]
        self.add[at] *= factor[..., None]
        self.accent[at] *= factor

    def light(self, amount: Floats, at: tuple[slice, slice] = (slice(None), slice(None))) -> None:
        """Add (h, w) white light to what is drawn in the window: highlights."""
        self.add[at] += (amount * self.alpha[at])[..., None]


def finish(
    sheet: Sheet,
    *,
    top: int,
    left: int,
    paper: Floats,
    base: Floats | None,
    glow: Floats | None,
    repeat_px: float,
    relief: float = 0.0,
    chips: tuple[Chip, ...] = (),
) -> Plate:
    """Close a sheet into a plate on a paper of (H, W) shares.

    `repeat_px` is how large one repeat of the tile comes out, in px; it sets the texture's side.
    """
    height, width = paper.shape
    texture_px = int(np.clip(round(repeat_px * SUPER), 32, 1536))
    columns = np.floor(np.mod(sheet.u, 1.0) * texture_px).astype(np.int32) % texture_px
    rows = np.floor(np.mod(sheet.v, 1.0) * texture_px).astype(np.int32) % texture_px
    flat = rows * np.int32(texture_px) + columns
    samples = [flat[i::SUPER, j::SUPER] for i in range(SUPER) for j in range(SUPER)]
    low, high = sheet.height // SUPER, sheet.width // SUPER
    at = (slice(top, top + low), slice(left, left + high))
    stay = 1.0 - _shrink(sheet.alpha)
    whole = np.zeros((height, width, 3), np.float32) if base is None else base.copy()
    whole[at] = whole[at] * stay[..., None] + _shrink(sheet.add)
    shares = [paper.copy(), np.zeros_like(paper) if glow is None else glow.copy()]
    for share in shares:
        share[at] *= stay
    return Plate(
        base=whole,
        paper=shares[0],
        glow=shares[1],
        top=top,
        left=left,
        index=np.ascontiguousarray(np.stack(samples)),
        multiply=_shrink(sheet.multiply),
        accent=_shrink(sheet.accent),
        texture_px=texture_px,
        relief=relief,
        chips=chips,
    )


def print_tile(tile: Floats, plate: Plate) -> Floats:
    """Print a seamless tile into a plate.

    Args:
        tile: (h, w, 3) sRGB, 0 to 1.
        plate: what `finish` gave.
    Returns:
        (H, W, 3) sRGB, 0 to 1.
    """
    texture = _texture(tile, plate.texture_px)
    palette = palette_of(tile)
    mean = texture.mean(axis=0)
    if plate.relief > 0:
        texture = _emboss(texture, plate)
    picture = plate.base + plate.paper[..., None] * paper_colour(mean)
    if plate.glow.any():
        picture += plate.glow[..., None] * mean
    inked = np.zeros_like(plate.multiply)
    for samples in plate.index:
        inked += np.take(texture, samples, axis=0)
    inked *= plate.multiply
    inked *= 1.0 / SUPER**2
    if plate.accent.any():
        inked += plate.accent[..., None] * accent_of(palette)
    low, high = plate.accent.shape
    picture[plate.top : plate.top + low, plate.left : plate.left + high] += inked
    _chips(picture, plate.chips, palette)
    return encode(picture)


def decode(colour: Floats) -> Floats:
    """Turn sRGB, 0 to 1, into linear light."""
    return np.take(_TO_LINEAR, np.clip(np.rint(colour * 255.0), 0, 255).astype(np.uint8))


def encode(light: Floats) -> Floats:
    """Turn linear light into sRGB, 0 to 1; clips."""
    steps = light * np.float32(_STEPS - 1)
    np.clip(steps, 0, _STEPS - 1, out=steps)
    return np.take(_TO_SRGB, steps.astype(np.uint16))


def palette_of(tile: Floats, count: int = 5) -> Floats:
    """Give up to `count` colours of a tile, the most frequent first: (n, 3) linear light."""
    image = Image.fromarray(np.rint(tile * 255.0).astype(np.uint8)).resize(
        (64, 64), Image.Resampling.BOX
    )
    few = image.quantize(count, Image.Quantize.MEDIANCUT, kmeans=2)
    counts = np.bincount(np.asarray(few).reshape(-1), minlength=1)
    table = np.asarray(few.getpalette(), np.float32).reshape(-1, 3)
    order = np.argsort(-counts, kind="stable")
    return decode(table[order[counts[order] > 0]] / 255.0)


def accent_of(palette: Floats) -> Floats:
    """Choose the palette's most saturated colour, (3,), drawn a little to the middle greys."""
    chroma = palette.max(axis=1) - palette.min(axis=1)
    return (0.92 * palette[int(np.argmax(chroma))] + 0.03).astype(np.float32)


def paper_colour(mean: Floats) -> Floats:
    """Give the paper's colour for a tile's mean colour: a light tint of it, (3,) linear."""
    level = float(mean @ np.array([0.2126, 0.7152, 0.0722], np.float32))
    tint = mean / max(level, 1e-3)
    tint = 1.0 + 0.075 * np.clip(tint - 1.0, -1.0, 1.2)
    light = 0.86 - 0.16 * min(max(level - 0.35, 0.0), 0.4) / 0.4
    return (light * tint / tint.max()).astype(np.float32)


def _texture(tile: Floats, side: int) -> Floats:
    """Resample a periodic tile to side x side texels: (side * side, 3) linear light."""
    codes = np.rint(np.clip(tile, 0.0, 1.0) * 255.0).astype(np.uint8)
    height, width = codes.shape[:2]
    if (height, width) != (side, side):
        pad = max(8, 4 * max(height, width) // side)
        pad = min(pad, height, width)
        wrapped = Image.fromarray(np.pad(codes, ((pad, pad), (pad, pad), (0, 0)), mode="wrap"))
        box = (pad, pad, pad + width, pad + height)
        codes = np.asarray(wrapped.resize((side, side), Image.Resampling.BICUBIC, box=box))
    return np.take(_TO_LINEAR, codes).reshape(-1, 3)


def _emboss(texture: Floats, plate: Plate) -> Floats:
    """Light the texture as if its bright shapes stood out of the surface."""
    side = plate.texture_px
    level = np.cbrt(texture @ np.array([0.2126, 0.7152, 0.0722], np.float32)).reshape(side, side)
    light = np.zeros_like(level)
    for step in (1, 2, 3):
        light += level - np.roll(level, (step, step), (0, 1))
        light += np.roll(level, (-step, -step), (0, 1)) - level
    slope = np.clip(light.reshape(-1, 1) * np.float32(0.55 * plate.relief), -0.45, 0.6)
    return np.asarray(texture * (1.0 - slope) + 0.12 * np.maximum(-slope, 0), np.float32)


def _shrink(plane: Floats) -> Floats:
    """Average SUPER x SUPER samples into pixels."""
    total = plane[0::SUPER, 0::SUPER].copy()
    for i in range(SUPER):
        for j in range(SUPER):
            if i or j:
                total += plane[i::SUPER, j::SUPER]
    return np.ascontiguousarray(total / np.float32(SUPER**2))


def _chips(picture: Floats, chips: tuple[Chip, ...], palette: Floats) -> None:
    for chip, colour in zip(chips, palette, strict=False):
        reach = int(chip.radius) + 3
        top, left = int(chip.y) - reach, int(chip.x) - reach
        rows, columns = np.mgrid[top : int(chip.y) + reach + 1, left : int(chip.x) + reach + 1]
        far = np.hypot(rows + 0.5 - chip.y, columns + 0.5 - chip.x).astype(np.float32)
        inside = np.clip(chip.radius + 0.5 - far, 0, 1)[..., None]
        rim = (np.clip(1.2 - np.abs(far - chip.radius), 0, 1) * 0.55)[..., None]
        window = picture[top : top + rows.shape[0], left : left + rows.shape[1]]
        window += inside * (colour - window)
        window *= 1.0 - rim
