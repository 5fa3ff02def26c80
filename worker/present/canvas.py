"""Layer compositing in linear light, and printing tiles into precomputed plates.

A picture is linear in the tile, so everything that does not depend on the tile is precomputed in
a `Plate`. Printing a tile into it is a gather, a product and a sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = [
    "SUPER",
    "Chip",
    "Floats",
    "Plate",
    "Sheet",
    "build_plate",
    "decode",
    "encode",
    "print_tile",
]

SUPER = 2
"""Samples per pixel and axis in a sheet."""

Floats = NDArray[np.floating[Any]]
"""Arrays of real numbers; stored and returned arrays are float32."""

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
    """The precomputed picture of a product without its tile.

    The picture is H x W px; the product's box is h x w px at (top, left).
    """

    base: Floats  # (H, W, 3) light that does not depend on the tile
    paper: Floats  # (H, W) share of the paper's colour
    glow: Floats  # (H, W) share of the tile's mean colour: light transmitted by the product
    top: int
    left: int
    index: NDArray[np.int32]  # (SUPER**2, h, w) texel of the repeated tile per sample
    multiply: Floats  # (h, w, 3) factor of the tile's colour
    accent: Floats  # (h, w) share of the tile's accent colour
    texture_px: int  # side of the tile's texture in texels
    relief: float = 0.0  # depth of the embossed tile
    chips: tuple[Chip, ...] = ()


@dataclass(kw_only=True, eq=False)
class Sheet:
    """Layer buffer of the product's box at SUPER samples per px and axis."""

    height: int  # samples
    width: int
    alpha: Floats = field(init=False)
    multiply: Floats = field(init=False)
    add: Floats = field(init=False)
    accent: Floats = field(init=False)
    u: Floats = field(init=False)  # tile coordinate to the right, in repeats
    v: Floats = field(init=False)  # tile coordinate downwards, in repeats

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
        """Composite one layer over the existing ones, within the window `at`.

        `alpha` is (h, w); multiply and add are scalars, (3,), (h, w, 1) or (h, w, 3), not yet
        multiplied by alpha. The layer's (u, v) is taken where alpha exceeds 1/2.
        """
        transmittance = 1.0 - alpha
        for plane, value in ((self.multiply, multiply), (self.add, add)):
            view = plane[at]
            view *= transmittance[..., None]
            if not (np.isscalar(value) and value == 0.0):
                view += alpha[..., None] * np.asarray(value, np.float32)
        accents = self.accent[at]
        accents *= transmittance
        accents += alpha * np.asarray(accent, np.float32)
        covered = self.alpha[at]
        covered *= transmittance
        covered += alpha
        if uv is not None:
            visible = alpha > 0.5
            np.copyto(self.u[at], uv[0], where=visible)
            np.copyto(self.v[at], uv[1], where=visible)

    def shade(self, factor: Floats, at: tuple[slice, slice] = (slice(None), slice(None))) -> None:
        """Multiply the light in the window by (h, w) factors: shadows, occlusion, folds, ink."""
        self.multiply[at] *= factor[..., None]
        self.add[at] *= factor[..., None]
        self.accent[at] *= factor

    def light(self, amount: Floats, at: tuple[slice, slice] = (slice(None), slice(None))) -> None:
        """Add (h, w) white light to the drawn part of the window: highlights."""
        self.add[at] += (amount * self.alpha[at])[..., None]


def build_plate(
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
    """Build the plate of a sheet on a paper of (H, W) shares.

    `repeat_px` is the size of one repeat of the tile in the picture, px; it determines the side
    of the texture.
    """
    height, width = paper.shape
    texture_px = int(np.clip(round(repeat_px * SUPER), 32, 1536))
    columns = np.floor(np.mod(sheet.u, 1.0) * texture_px).astype(np.int32) % texture_px
    rows = np.floor(np.mod(sheet.v, 1.0) * texture_px).astype(np.int32) % texture_px
    texels = rows * np.int32(texture_px) + columns
    samples = [texels[i::SUPER, j::SUPER] for i in range(SUPER) for j in range(SUPER)]
    box_height, box_width = sheet.height // SUPER, sheet.width // SUPER
    window = (slice(top, top + box_height), slice(left, left + box_width))
    transmittance = 1.0 - _downsample(sheet.alpha)
    background = np.zeros((height, width, 3), np.float32) if base is None else base.copy()
    background[window] = background[window] * transmittance[..., None] + _downsample(sheet.add)
    shares = [paper.copy(), np.zeros_like(paper) if glow is None else glow.copy()]
    for share in shares:
        share[window] *= transmittance
    return Plate(
        base=background,
        paper=shares[0],
        glow=shares[1],
        top=top,
        left=left,
        index=np.ascontiguousarray(np.stack(samples)),
        multiply=_downsample(sheet.multiply),
        accent=_downsample(sheet.accent),
        texture_px=texture_px,
        relief=relief,
        chips=chips,
    )


def print_tile(tile: Floats, plate: Plate) -> Floats:
    """Print a seamless tile into a plate.

    Args:
        tile: (h, w, 3) sRGB, 0 to 1.
        plate: see `build_plate`.

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
        inked += plate.accent[..., None] * accent_colour(palette)
    box_height, box_width = plate.accent.shape
    picture[plate.top : plate.top + box_height, plate.left : plate.left + box_width] += inked
    _draw_chips(picture, plate.chips, palette)
    return encode(picture)


def decode(colour: Floats) -> Floats:
    """Convert sRGB, 0 to 1, to linear light."""
    return np.take(_TO_LINEAR, np.clip(np.rint(colour * 255.0), 0, 255).astype(np.uint8))


def encode(light: Floats) -> Floats:
    """Convert linear light to sRGB, clipped to 0 to 1."""
    steps = light * np.float32(_STEPS - 1)
    np.clip(steps, 0, _STEPS - 1, out=steps)
    return np.take(_TO_SRGB, steps.astype(np.uint16))


def palette_of(tile: Floats, count: int = 5) -> Floats:
    """Return up to `count` colours of a tile, the most frequent first: (n, 3) linear light."""
    image = Image.fromarray(np.rint(tile * 255.0).astype(np.uint8)).resize(
        (64, 64), Image.Resampling.BOX
    )
    quantised = image.quantize(count, Image.Quantize.MEDIANCUT, kmeans=2)
    counts = np.bincount(np.asarray(quantised).reshape(-1), minlength=1)
    table = np.asarray(quantised.getpalette(), np.float32).reshape(-1, 3)
    order = np.argsort(-counts, kind="stable")
    return decode(table[order[counts[order] > 0]] / 255.0)


def accent_colour(palette: Floats) -> Floats:
    """Return the palette's most saturated colour, (3,), slightly desaturated."""
    chroma = palette.max(axis=1) - palette.min(axis=1)
    return (0.92 * palette[int(np.argmax(chroma))] + 0.03).astype(np.float32)


def paper_colour(mean: Floats) -> Floats:
    """Return the paper's colour for a tile's mean colour: a light tint of it, (3,) linear."""
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
    """Shade the texture as if its bright shapes were raised from the surface."""
    side = plate.texture_px
    level = np.cbrt(texture @ np.array([0.2126, 0.7152, 0.0722], np.float32)).reshape(side, side)
    light = np.zeros_like(level)
    for step in (1, 2, 3):
        light += level - np.roll(level, (step, step), (0, 1))
        light += np.roll(level, (-step, -step), (0, 1)) - level
    slope = np.clip(light.reshape(-1, 1) * np.float32(0.55 * plate.relief), -0.45, 0.6)
    return np.asarray(texture * (1.0 - slope) + 0.12 * np.maximum(-slope, 0), np.float32)


def _downsample(plane: Floats) -> Floats:
    """Downsample by averaging SUPER x SUPER samples per pixel."""
    total = plane[0::SUPER, 0::SUPER].copy()
    for i in range(SUPER):
        for j in range(SUPER):
            if i or j:
                total += plane[i::SUPER, j::SUPER]
    return np.ascontiguousarray(total / np.float32(SUPER**2))


def _draw_chips(picture: Floats, chips: tuple[Chip, ...], palette: Floats) -> None:
    for chip, colour in zip(chips, palette, strict=False):
        margin = int(chip.radius) + 3
        top, left = int(chip.y) - margin, int(chip.x) - margin
        rows, columns = np.mgrid[top : int(chip.y) + margin + 1, left : int(chip.x) + margin + 1]
        distance = np.hypot(rows + 0.5 - chip.y, columns + 0.5 - chip.x).astype(np.float32)
        inside = np.clip(chip.radius + 0.5 - distance, 0, 1)[..., None]
        rim = (np.clip(1.2 - np.abs(distance - chip.radius), 0, 1) * 0.55)[..., None]
        window = picture[top : top + rows.shape[0], left : left + rows.shape[1]]
        window += inside * (colour - window)
        window *= 1.0 - rim
