"""Cloth primitives in layout px: outlines, folds, seams and stitches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from worker.present.canvas import Floats
from worker.present.lighting import blur, diffuse_light
from worker.present.studio import Frame

__all__ = [
    "Drape",
    "Fold",
    "Points",
    "bezier",
    "drape",
    "fill",
    "mirror",
    "offset",
    "spline",
    "stitch",
    "stroke",
]

Points = Sequence[tuple[float, float]]
Fold = tuple[float, float, float, float, float, float]
"""A ridge from (x, y) to (x, y) with half width and height, px. A negative height is a valley."""

_COARSE = 2
"""Subsampling of folds in px: they are smooth, so every second pixel is enough."""
_FINE = 4
"""Samples per px and axis of the outlines."""


class Drape(NamedTuple):
    """The effect of folds on a cloth: light and displacement of its print, (h, w)."""

    light: Floats
    right_px: Floats
    down_px: Floats


def spline(points: Points, *, steps: int = 14) -> list[tuple[float, float]]:
    """Return a Catmull-Rom spline through points, as an open polyline."""
    controls = np.asarray([points[0], *points, points[-1]], np.float64)
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(controls, controls[1:], controls[2:], controls[3:], strict=False)
    ]
    line = np.concatenate([*pieces, controls[-1:]])
    return [(float(x), float(y)) for x, y in line]


def bezier(
    start: tuple[float, float], via: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return a quadratic Bezier spline with its control point at `via`, as a polyline."""
    t = np.linspace(0.0, 1.0, 25)[:, None]
    a, b, c = (np.asarray(p, np.float64) for p in (start, via, end))
    return [(float(x), float(y)) for x, y in (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c]


def mirror(points: Points, axis: float = 384.0) -> list[tuple[float, float]]:
    """Reflect points about a vertical axis and reverse their order."""
    return [(2 * axis - x, y) for x, y in reversed(points)]


def fill(points: Points, frame: Frame, window: tuple[int, int, int, int]) -> Floats:
    """Return the (h, w) mask of a polygon in a window."""
    return _fill([points], frame, window)


def _fill(polygons: Sequence[Points], frame: Frame, window: tuple[int, int, int, int]) -> Floats:
    image = Image.new("L", (window[3] * _FINE, window[2] * _FINE))
    pen = ImageDraw.Draw(image)
    for points in polygons:
        pen.polygon(_to_samples(points, frame, window, _FINE), fill=255)
    return np.asarray(image.reduce(_FINE), np.float32) / np.float32(255.0)


def stroke(
    lines: Sequence[Points], width: float, frame: Frame, window: tuple[int, int, int, int]
) -> Floats:
    """Return the (h, w) mask of open polylines, stroked `width` layout px wide."""
    outlines = [
        [*offset(points, width / 2), *reversed(offset(points, -width / 2))] for points in lines
    ]
    return _fill(outlines, frame, window)


def offset(points: Points, distance: float) -> list[tuple[float, float]]:
    """Offset an open polyline along its normals, layout px."""
    line = np.asarray(points, np.float64)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.sqrt((along**2).sum(axis=1)), 1e-6)[:, None]
    return [
        (float(x), float(y)) for x, y in line + distance * np.stack([-along[:, 1], along[:, 0]], 1)
    ]


def stitch(
    lines: Sequence[Points],
    frame: Frame,
    window: tuple[int, int, int, int],
    *,
    dash: float = 7.0,
    gap: float = 4.0,
    width: float = 1.5,
) -> Floats:
    """Return the (h, w) mask of dashed seams along polylines."""
    image = Image.new("L", (window[3] * 2, window[2] * 2))
    pen = ImageDraw.Draw(image)
    line_width = max(round(width * frame.unit * 2), 1)
    for points in lines:
        for piece in _dashes(np.asarray(points, np.float64), dash, gap):
            pen.line(_to_samples(piece, frame, window, 2), fill=255, width=line_width)
    return blur(np.asarray(image.reduce(2), np.float32) / np.float32(255.0), 0.3)


def _dashes(line: Floats, dash: float, gap: float) -> list[list[tuple[float, float]]]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    starts = np.arange(0.0, lengths[-1], dash + gap)
    at = np.linspace(starts, np.minimum(starts + dash, lengths[-1]), 4, axis=1)
    pieces = np.stack([np.interp(at, lengths, line[:, i]) for i in (0, 1)], axis=-1)
    return [[(float(x), float(y)) for x, y in piece] for piece in pieces]


def drape(
    folds: Sequence[Fold],
    alpha: Floats,
    frame: Frame,
    window: tuple[int, int, int, int],
    *,
    round_px: float = 26.0,
) -> Drape:
    """Return the effect of folds, and of the rounded edge of the cloth, on a cloth."""
    height, width = alpha.shape
    rows = (window[0] + np.arange(0, height, _COARSE, dtype=np.float32) + _COARSE / 2)[:, None]
    columns = (window[1] + np.arange(0, width, _COARSE, dtype=np.float32) + _COARSE / 2)[None, :]
    y = (rows - frame.height / 2) / np.float32(frame.unit) + 480.0
    x = (columns - frame.width / 2) / np.float32(frame.unit) + 384.0
    level = np.zeros((rows.shape[0], columns.shape[1]), np.float32)
    for fold in folds:
        level += _ridge(x, y, fold)
    edge = blur(alpha[::_COARSE, ::_COARSE], round_px * frame.unit / _COARSE)
    level += np.float32(1.1 * round_px) * np.sqrt(edge + np.float32(0.05))
    px = np.float32(_COARSE / frame.unit)
    down, right = (slope / px for slope in np.gradient(level))
    length = np.sqrt(1.0 + right**2 + down**2)
    light = diffuse_light(-right / length, -down / length, 1.0 / length)
    return Drape(*(_upsample(plane, (height, width)) for plane in (light, 7.0 * right, 7.0 * down)))


def _ridge(x: Floats, y: Floats, fold: Fold) -> Floats:
    x0, y0, x1, y1, half, high = fold
    length = float(np.hypot(x1 - x0, y1 - y0))
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    along = ((x - x0) * ux + (y - y0) * uy) / length
    bezier = 0.10 * length * np.sin(np.pi * np.clip(along, 0, 1))
    across = (x - x0) * -uy + (y - y0) * ux - bezier * (1 if (x0 + y0) % 2 else -1)
    spread = half * (0.55 + 0.9 * np.clip(along, 0, 1))
    taper = np.exp(-((np.maximum(np.abs(along - 0.5) - 0.28, 0) / 0.16) ** 2))
    return np.asarray(high * taper * np.exp(-((across / spread) ** 2)), np.float32)


def _upsample(plane: Floats, shape: tuple[int, int]) -> Floats:
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)


def _to_samples(
    points: Points, frame: Frame, window: tuple[int, int, int, int], per_px: int
) -> list[tuple[float, float]]:
    top, left = window[0], window[1]
    return [((frame.x(x) - left) * per_px, (frame.y(y) - top) * per_px) for x, y in points]
