"""Draw a design's colour separations and compose them with a palette."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.corpus.canvas import Canvas, Draws, Field, Look, smooth, triangle_wave
from worker.corpus.families import FAMILIES
from worker.corpus.spec import DesignSpec
from worker.models.generator.layout import Ground, Layout, Noise, spread_points

__all__ = [
    "areas_of", "compose", "layout_of", "look_of", "masks_at", "order_of", "ramp", "render_masks",
]  # fmt: skip

_CHUNK = 1 << 16
_LOOK = 2048  # points by which areas are told
_LOOK_SOFT = 1 / 128


def look_of(spec: DesignSpec) -> Look:
    """Give how a family is to draw a design; a gradient takes the last of the colours."""
    fades = spec.gradient and spec.pattern != "gradient"
    return Look(
        slots=len(spec.colours) - fades,
        scale=spec.scale or "medium",
        density=spec.density or "balanced",
        line_weight=spec.line_weight or "medium",
    )


def layout_of(spec: DesignSpec) -> Layout:
    """Give where a design's parts repeat."""
    return FAMILIES[spec.pattern].layout(look_of(spec), _draws(spec))


def _draws(spec: DesignSpec) -> Draws:
    return Draws(scalars=Noise(seed=spec.noise).scalars)


def masks_at(spec: DesignSpec, x: Field, y: Field, px: float) -> NDArray[np.float32]:
    """Draw a design without its colours at given points.

    Args:
        spec: a design from `sample`.
        x, y: (N,) places in tiles.
        px: width over which edges are softened, in tiles.

    Returns:
        (K, N), 0 to 1, summing to 1: the ground, the accents, and last the colour that a
        gradient fades to.
    """
    family, look, draws = FAMILIES[spec.pattern], look_of(spec), _draws(spec)
    xs, ys = np.asarray(x, np.float32), np.asarray(y, np.float32)
    if family.slopes:
        xs, ys = np.concatenate([xs, xs + px / 2, xs]), np.concatenate([ys, ys, ys + px / 2])
    ground = Ground(layout_of(spec), Noise(seed=spec.noise), xs, ys)
    canvas = Canvas(ground, len(x), px, len(spec.colours))
    if spec.pattern == "gradient":
        _blend(canvas, ramp(canvas, spec.gradient_direction, _turn(spec, draws)))
        return canvas.masks
    family.draw(canvas, look, draws)
    if spec.gradient:
        _shade(canvas, smooth(ramp(canvas, spec.gradient_direction, _turn(spec, draws))), draws)
    return canvas.masks


def ramp(canvas: Canvas, direction: str, turn: float = 0.0) -> Field:
    """Periodic way from 0 to 1 and back, (N,), evenly spread.

    Args:
        canvas: gives the points.
        direction: vertical, horizontal, diagonal or radial.
        turn: shifts the start, in tiles.
    """
    x, y = canvas.x[0] + turn, canvas.y[0] + turn
    if direction == "radial":
        return np.sqrt((np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2) / 2.0)
    return triangle_wave({"vertical": y, "horizontal": x, "diagonal": x + y}[direction])


def _turn(spec: DesignSpec, draws: Draws) -> float:
    """Start a gradient at the border or in the middle; a radial one always in the middle."""
    return 0.5 if draws.flag(10) or spec.gradient_direction == "radial" else 0.0


def _shade(canvas: Canvas, way: Field, draws: Draws) -> None:
    """Let the ground or the first accent fade into the last slot, which the family left empty."""
    slot = 0 if draws.choice(11, 3) else 1
    moved = canvas.masks[slot] * way
    canvas.masks[slot] -= moved
    canvas.masks[-1] += moved


def _blend(canvas: Canvas, way: Field) -> None:
    """Fill the canvas with all its colours one after the other along `way`, softly."""
    place = way * (len(canvas.masks) - 1)
    for index in range(len(canvas.masks)):
        canvas.masks[index] = 1.0 - smooth(np.abs(place - index))


def render_masks(spec: DesignSpec, size_px: int) -> NDArray[np.float32]:
    """Draw a design without its colours.

    Returns:
        (K, size_px, size_px), 0 to 1, summing to 1 at each pixel, the largest area first,
        seamless when tiled; the same design at any size. K is the number of its colours.
    """
    return _drawn(spec, size_px)[order_of(spec)]


def _drawn(spec: DesignSpec, size_px: int) -> NDArray[np.float32]:
    centres = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    rows = max(1, _CHUNK // size_px)
    bands = [
        masks_at(
            spec, np.tile(centres, len(part)), np.repeat(part, size_px), 1.0 / size_px
        ).reshape(-1, len(part), size_px)
        for part in (centres[start : start + rows] for start in range(0, size_px, rows))
    ]
    return np.concatenate(bands, axis=1)


def areas_of(spec: DesignSpec) -> NDArray[np.float64]:
    """Give each slot's share of the tile (K,), as `masks_at` orders them."""
    shares: NDArray[np.float64] = masks_at(spec, *spread_points(_LOOK), _LOOK_SOFT).mean(
        axis=1, dtype=np.float64
    )
    return shares


def order_of(spec: DesignSpec) -> NDArray[np.intp]:
    """Give the slots of `masks_at`, the largest area first."""
    return np.argsort(-np.round(areas_of(spec), 3), kind="stable")


def compose(
    masks: NDArray[np.float32], palette: Sequence[Sequence[int]] | ArrayLike
) -> NDArray[np.uint8]:
    """Colour the separations.

    Args:
        masks: (K, H, W), summing to 1.
        palette: (K, 3) sRGB, 0 to 255.

    Returns:
        (H, W, 3) sRGB.
    """
    picture = np.tensordot(masks, np.asarray(palette, np.float32), axes=(0, 0))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
