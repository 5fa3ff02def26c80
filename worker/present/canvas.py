"""Layer compositing in linear light: what a picture is without its tile.

A picture is linear in the tile, so everything that does not depend on the tile is computed once:
composited here, and packed for printing in `worker.present.printing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SUPER", "Chip", "Composite", "Floats", "Sheet", "box", "composite", "decode"]

SUPER = 2
"""Texels sampled per pixel and axis. All else is computed once for each pixel."""

Floats = NDArray[np.floating[Any]]
"""Arrays of real numbers; stored and returned arrays are float32."""

_CODES = np.arange(256, dtype=np.float64) / 255.0
_TO_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_TO_LINEAR = _TO_LINEAR.astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A round swatch of the tile's palette on the paper, centre and radius in px."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Composite:
    """The picture of a product without its tile.

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
    """Layer buffer of the product's box."""

    height: int  # px
    width: int
    alpha: Floats = field(init=False)
    multiply: Floats = field(init=False)
    add: Floats = field(init=False)
    accent: Floats = field(init=False)
    u: Floats = field(init=False)  # tile coordinate to the right, in repeats
    v: Floats = field(init=False)  # tile coordinate downwards, in repeats
    edges: tuple[NDArray[np.intp], Sheet] | None = None  # pixels with a sample for each texel

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

    def refine(self, pixels: NDArray[np.intp], samples: Sheet) -> None:
        """Replace pixels, by position, by the means of their samples: a sheet of n x SUPER**2."""
        for name in ("alpha", "accent", "multiply", "add"):
            plane, fine = getattr(self, name), getattr(samples, name)
            plane.reshape(-1, *plane.shape[2:])[pixels] = fine.mean(axis=1)
        self.edges = pixels, samples

    def light(self, amount: Floats, at: tuple[slice, slice] = (slice(None), slice(None))) -> None:
        """Add (h, w) white light to the drawn part of the window: highlights."""
        self.add[at] += (amount * self.alpha[at])[..., None]


def box(mask: Floats) -> tuple[slice, slice]:
    """Return the window that covers what a mask shows."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def composite(
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
) -> Composite:
    """Composite a sheet on a paper of (H, W) shares.

    `repeat_px` is the size of one repeat of the tile in the picture, px; it determines the side
    of the texture.
    """
    height, width = paper.shape
    texture_px = int(np.clip(round(repeat_px * SUPER), 32, 1536))
    window = (slice(top, top + sheet.height), slice(left, left + sheet.width))
    transmittance = 1.0 - sheet.alpha
    background = np.zeros((height, width, 3), np.float32) if base is None else base.copy()
    background[window] = background[window] * transmittance[..., None] + sheet.add
    shares = [paper.copy(), np.zeros_like(paper) if glow is None else glow.copy()]
    for share in shares:
        share[window] *= transmittance
    return Composite(
        base=background,
        paper=shares[0],
        glow=shares[1],
        top=top,
        left=left,
        index=_texels(sheet, texture_px, 1 / repeat_px),
        multiply=sheet.multiply,
        accent=sheet.accent,
        texture_px=texture_px,
        relief=relief,
        chips=chips,
    )


def _texels(sheet: Sheet, texture_px: int, repeats_per_px: float) -> NDArray[np.int32]:
    """Return the texels (SUPER**2, h, w) under each covered pixel's samples.

    The tile's coordinates between pixels follow from their slope, which is limited, because
    it is none where pieces of the product meet.
    """
    limit = np.float32(2 * repeats_per_px)
    covered = np.flatnonzero(sheet.alpha)
    planes = [
        [plane.reshape(-1)[covered] for plane in (plane, *np.gradient(plane))]
        for plane in (sheet.u, sheet.v)
    ]
    for _, *slopes in planes:
        for slope in slopes:
            np.clip(slope, -limit, limit, out=slope)
    index = np.zeros((SUPER**2, sheet.alpha.size), np.int32)
    steps = (np.arange(SUPER, dtype=np.float32) + 0.5) / SUPER - 0.5
    for i, (down, right) in enumerate((down, right) for down in steps for right in steps):
        u, v = (at + down * along_y + right * along_x for at, along_y, along_x in planes)
        index[i, covered] = _texel(u, v, texture_px)
    if sheet.edges is not None:
        pixels, fine = sheet.edges
        index[:, pixels] = _texel(fine.u, fine.v, texture_px).T
    return index.reshape(SUPER**2, *sheet.alpha.shape)


def _texel(u: Floats, v: Floats, texture_px: int) -> NDArray[np.int32]:
    last = np.int32(texture_px - 1)
    column, row = (
        np.minimum(((plane - np.floor(plane)) * np.float32(texture_px)).astype(np.int32), last)
        for plane in (u, v)
    )
    return np.asarray(row * np.int32(texture_px) + column)


def decode(colour: Floats) -> Floats:
    """Convert sRGB, 0 to 1, to linear light."""
    return np.take(_TO_LINEAR, np.clip(np.rint(colour * 255.0), 0, 255).astype(np.uint8))
