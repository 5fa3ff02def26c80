"""Cut and sewn cloth: smooth outlines, folds, seams and stitches, in a layout's px."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from worker.present.canvas import SUPER, Floats
from worker.present.lighting import blur, light_normals
from worker.present.studio import Frame

__all__ = [
    "Drape",
    "Fold",
    "Points",
    "bend",
    "curve",
    "drape",
    "fill",
    "mirror",
    "offset",
    "stitch",
    "stroke",
]

Points = Sequence[tuple[float, float]]
Fold = tuple[float, float, float, float, float, float]
"""A ridge from (x, y) to (x, y), its half width and height, px; a negative height is a valley."""

_COARSE = 4
"""Folds are soft: they are computed on every fourth sample."""


class Drape(NamedTuple):
    """What folds do to a cloth: the light on it and how far its print is moved, (h, w)."""

    light: Floats
    right_px: Floats
    down_px: Floats


def curve(points: Points, *, steps: int = 14) -> list[tuple[float, float]]:
    """Run a smooth open line (Catmull-Rom) through points."""
    given = np.asarray([points[0], *points, points[-1]], np.float64)
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(given, given[1:], given[2:], given[3:], strict=False)
    ]
    line = np.concatenate([*pieces, given[-1:]])
    return [(float(x), float(y)) for x, y in line]


def bend(
    start: tuple[float, float], via: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Give a quadratic Bezier arc with its control point at `via`."""
    t = np.linspace(0.0, 1.0, 25)[:, None]
    a, b, c = (np.asarray(p, np.float64) for p in (start, via, end))
    return [(float(x), float(y)) for x, y in (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c]


def mirror(points: Points, axis: float = 384.0) -> list[tuple[float, float]]:
    """Reflect points about an upright axis and turn their order round."""
    return [(2 * axis - x, y) for x, y in reversed(points)]


def fill(points: Points, frame: Frame, window: tuple[int, int, int, int]) -> Floats:
    """Give the area within a closed line as an (h, w) mask of a window's samples."""
    image = Image.new("L", (window[3] * SUPER * 2, window[2] * SUPER * 2))
    placed = [(2 * x, 2 * y) for x, y in _placed(points, frame, window)]
    ImageDraw.Draw(image).polygon(placed, fill=255)
    return np.asarray(image.reduce(2), np.float32) / np.float32(255.0)


def stroke(points: Points, width: float, frame: Frame, window: tuple[int, int, int, int]) -> Floats:
    """Give a band along an open line, `width` px of the layout wide, as an (h, w) mask."""
    return fill([*offset(points, width / 2), *reversed(offset(points, -width / 2))], frame, window)


def offset(points: Points, by: float) -> list[tuple[float, float]]:
    """Shift an open line sideways."""
    line = np.asarray(points, np.float64)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.sqrt((along**2).sum(axis=1)), 1e-6)[:, None]
    return [(float(x), float(y)) for x, y in line + by * np.stack([-along[:, 1], along[:, 0]], 1)]


def stitch(
    points: Points,
    frame: Frame,
    window: tuple[int, int, int, int],
    *,
    dash: float = 7.0,
    gap: float = 4.0,
    width: float = 1.5,
) -> Floats:
    """Give the dashes of a seam along a line, (h, w)."""
    line = np.asarray(points, np.float64)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    image = Image.new("L", (window[3] * SUPER, window[2] * SUPER))
    pen = ImageDraw.Draw(image)
    thick = max(round(width * frame.unit * SUPER), 1)
    for start in np.arange(0.0, lengths[-1], dash + gap):
        at = np.linspace(start, min(start + dash, lengths[-1]), 4)
        piece = list(
            zip(np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1]), strict=True)
        )
        pen.line(_placed(piece, frame, window), fill=255, width=thick)
    return blur(np.asarray(image, np.float32) / np.float32(255.0), 0.6)


def drape(
    folds: Sequence[Fold],
    alpha: Floats,
    frame: Frame,
    window: tuple[int, int, int, int],
    *,
    round_px: float = 26.0,
) -> Drape:
    """Give what folds, and the roundness of the cloth's own edge, do to a cloth."""
    height, width = alpha.shape
    rows = (window[0] + (np.arange(0, height, _COARSE, dtype=np.float32) + _COARSE / 2) / SUPER)[
        :, None
    ]
    columns = (window[1] + (np.arange(0, width, _COARSE, dtype=np.float32) + _COARSE / 2) / SUPER)[
        None, :
    ]
    y = (rows - frame.height / 2) / np.float32(frame.unit) + 480.0
    x = (columns - frame.width / 2) / np.float32(frame.unit) + 384.0
    level = np.zeros((rows.shape[0], columns.shape[1]), np.float32)
    for fold in folds:
        level += _ridge(x, y, fold)
    edge = blur(alpha[::_COARSE, ::_COARSE], round_px * frame.unit * SUPER / _COARSE)
    level += np.float32(1.1 * round_px) * np.sqrt(edge + np.float32(0.05))
    px = np.float32(_COARSE / (SUPER * frame.unit))
    down, right = (slope / px for slope in np.gradient(level))
    length = np.sqrt(1.0 + right**2 + down**2)
    light = light_normals(-right / length, -down / length, 1.0 / length)
    return Drape(*(_grow(plane, (height, width)) for plane in (light, 7.0 * right, 7.0 * down)))


def _ridge(x: Floats, y: Floats, fold: Fold) -> Floats:
    x0, y0, x1, y1, half, high = fold
    length = float(np.hypot(x1 - x0, y1 - y0))
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    along = ((x - x0) * ux + (y - y0) * uy) / length
    bow = 0.10 * length * np.sin(np.pi * np.clip(along, 0, 1))
    off = (x - x0) * -uy + (y - y0) * ux - bow * (1 if (x0 + y0) % 2 else -1)
    spread = half * (0.55 + 0.9 * np.clip(along, 0, 1))
    taper = np.exp(-((np.maximum(np.abs(along - 0.5) - 0.28, 0) / 0.16) ** 2))
    return np.asarray(high * taper * np.exp(-((off / spread) ** 2)), np.float32)


def _grow(plane: Floats, shape: tuple[int, int]) -> Floats:
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)


def _placed(
    points: Points, frame: Frame, window: tuple[int, int, int, int]
) -> list[tuple[float, float]]:
    top, left = window[0], window[1]
    return [((frame.x(x) - left) * SUPER, (frame.y(y) - top) * SUPER) for x, y in points]
