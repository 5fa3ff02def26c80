"""Draw a design's colour separations and compose them with a palette."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.corpus.canvas import Canvas, Draws, Field, Style, smooth, triangle_wave
from worker.corpus.families import FAMILIES
from worker.corpus.spec import DesignSpec
from worker.models.generator.layout import Layout, Noise, SampledNoise, spread_points

__all__ = [
    "area_order", "compose", "layout_of", "masks_at", "ramp", "render_masks", "slot_areas",
    "style_of",
]  # fmt: skip

_CHUNK = 1 << 16
_AREA_POINTS = 2048  # points on which areas are estimated
_AREA_EDGE_WIDTH = 1 / 128


def style_of(spec: DesignSpec) -> Style:
    """Return a design's style parameters; a gradient reserves the last colour."""
    fades = spec.gradient and spec.pattern != "gradient"
    return Style(
        slots=len(spec.colours) - fades,
        scale=spec.scale or "medium",
        density=spec.density or "balanced",
        line_weight=spec.line_weight or "medium",
    )


def layout_of(spec: DesignSpec) -> Layout:
    """Return a design's layout."""
    return FAMILIES[spec.pattern].layout(style_of(spec), _draws(spec))


def _draws(spec: DesignSpec) -> Draws:
    return Draws(scalars=Noise(seed=spec.noise).scalars)


def masks_at(spec: DesignSpec, x: Field, y: Field, px: float) -> NDArray[np.float32]:
    """Render a design's masks at points.

    Args:
        spec: a design from `sample`.
        x, y: (N,) coordinates in tiles.
        px: width of antialiased edges, in tiles.

    Returns:
        (K, N), 0 to 1, summing to 1: the background, the accents, and last the end colour of a
        gradient.
    """
    family, style, draws = FAMILIES[spec.pattern], style_of(spec), _draws(spec)
    xs, ys = np.asarray(x, np.float32), np.asarray(y, np.float32)
    if family.slopes:
        xs, ys = np.concatenate([xs, xs + px / 2, xs]), np.concatenate([ys, ys, ys + px / 2])
    ground = SampledNoise(layout_of(spec), Noise(seed=spec.noise), xs, ys)
    canvas = Canvas(ground, len(x), px, len(spec.colours))
    if spec.pattern == "gradient":
        _blend(canvas, ramp(canvas, spec.gradient_direction, _gradient_shift(spec, draws)))
        return canvas.masks
    family.draw(canvas, style, draws)
    if spec.gradient:
        _shade(
            canvas,
            smooth(ramp(canvas, spec.gradient_direction, _gradient_shift(spec, draws))),
            draws,
        )
    return canvas.masks


def ramp(canvas: Canvas, direction: str, shift: float = 0.0) -> Field:
    """Return a periodic ramp from 0 to 1 and back, (N,), uniformly distributed.

    Args:
        canvas: canvas with the points.
        direction: vertical, horizontal, diagonal or radial.
        shift: shift of the start, in tiles.
    """
    x, y = canvas.x[0] + shift, canvas.y[0] + shift
    if direction == "radial":
        return np.sqrt((np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2) / 2.0)
    return triangle_wave({"vertical": y, "horizontal": x, "diagonal": x + y}[direction])


def _gradient_shift(spec: DesignSpec, draws: Draws) -> float:
    """Return the shift of a gradient, 0 or 0.5 tiles; always 0.5 for a radial one."""
    return 0.5 if draws.flag(10) or spec.gradient_direction == "radial" else 0.0


def _shade(canvas: Canvas, weights: Field, draws: Draws) -> None:
    """Fade the background or the first accent into the last slot, which the family left empty."""
    slot = 0 if draws.choice(11, 3) else 1
    faded = canvas.masks[slot] * weights
    canvas.masks[slot] -= faded
    canvas.masks[-1] += faded


def _blend(canvas: Canvas, weights: Field) -> None:
    """Fill the canvas with a smooth gradient of all its colours along `weights`."""
    position = weights * (len(canvas.masks) - 1)
    for index in range(len(canvas.masks)):
        canvas.masks[index] = 1.0 - smooth(np.abs(position - index))


def render_masks(spec: DesignSpec, size_px: int) -> NDArray[np.float32]:
    """Render a design's masks at any size.

    Returns:
        (K, size_px, size_px), 0 to 1, summing to 1 at each pixel, largest area first, seamless.
        K is the number of colours.
    """
    return _render_slots(spec, size_px)[area_order(spec)]


def _render_slots(spec: DesignSpec, size_px: int) -> NDArray[np.float32]:
    centres = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    rows = max(1, _CHUNK // size_px)
    bands = [
        masks_at(
            spec, np.tile(centres, len(part)), np.repeat(part, size_px), 1.0 / size_px
        ).reshape(-1, len(part), size_px)
        for part in (centres[start : start + rows] for start in range(0, size_px, rows))
    ]
    return np.concatenate(bands, axis=1)


def slot_areas(spec: DesignSpec) -> NDArray[np.float64]:
    """Return each slot's share of the tile (K,), in the order of `masks_at`."""
    shares: NDArray[np.float64] = masks_at(
        spec, *spread_points(_AREA_POINTS), _AREA_EDGE_WIDTH
    ).mean(axis=1, dtype=np.float64)
    return shares


def area_order(spec: DesignSpec) -> NDArray[np.intp]:
    """Return the slots of `masks_at`, largest area first."""
    return np.argsort(-np.round(slot_areas(spec), 3), kind="stable")


def compose(
    masks: NDArray[np.float32], palette: Sequence[Sequence[int]] | ArrayLike
) -> NDArray[np.uint8]:
    """Return the picture of masks coloured by a palette.

    Args:
        masks: (K, H, W), summing to 1.
        palette: (K, 3) sRGB, 0 to 255.

    Returns:
        (H, W, 3) sRGB.
    """
    picture = np.tensordot(masks, np.asarray(palette, np.float32), axes=(0, 0))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
