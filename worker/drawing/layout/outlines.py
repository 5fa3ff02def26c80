"""Outlines of motifs: what a layout keeps apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from worker.drawing.motifs.shapes import MotifShape, flattened
from worker.drawing.path import Points

__all__ = ["MAX_POINTS", "Outline", "area", "outline_of", "perimeter", "resampled"]

Outline: TypeAlias = tuple[Points, ...]
"""Simple polygons (n, 2), the last point joined to the first; they do not overlap."""

MAX_POINTS = 64
"""Greatest number of points of an outline."""
_PX = 144
"""Pixels of a motif's larger side when it is traced."""
_MARGIN_PX = 8
_BLUR_PX = 1.6
"""Closes gaps that are narrower than about two of it, such as those between needles."""
_LEVEL = 0.22
"""Traced below one half, so that the outline lies about one pixel outside of the drawing."""
_SMALLEST = 4e-4
"""Area below which a separate part, such as a speck of pollen, is left out."""


def outline_of(shapes: Sequence[MotifShape]) -> Outline:
    """Return the outer outline of a motif's shapes, with the width of its lines.

    Args:
        shapes: of a motif at unit size: its larger side 1, its middle at the origin.

    Returns:
        One polygon for each separate part, `MAX_POINTS` points in all at the most, at unit size.
        Holes are closed. The outline lies up to 0.02 outside of the drawing; the thinnest tips may
        reach 0.03 beyond it.

    Raises:
        ValueError: nothing is drawn.
    """
    picture = _silhouette(shapes).filter(ImageFilter.GaussianBlur(_BLUR_PX))
    heights = np.asarray(picture, np.float32) / 255
    lines = contour_generator(z=heights).lines(_LEVEL)
    parts = [(np.asarray(line, float)[:-1] - _MARGIN_PX) / _PX - 0.5 for line in lines]
    outers = [part for part in parts if len(part) > 2 and _signed_area(part) > _SMALLEST]
    if not outers:
        outers = [part for part in parts if len(part) > 2][:1]
    if not outers:
        raise ValueError("The motif has no outline: nothing is drawn.")
    return _within_budget(outers)


def _silhouette(shapes: Sequence[MotifShape]) -> Image.Image:
    side = _PX + 2 * _MARGIN_PX
    picture = Image.new("L", (side, side))
    pen = ImageDraw.Draw(picture)
    for shape in shapes:
        for contour in flattened(shape.path):
            at = [(x, y) for x, y in ((contour + 0.5) * _PX + _MARGIN_PX).tolist()]
            if shape.width is None:
                if len(at) > 2:
                    pen.polygon(at, fill=255)
            elif len(at) > 1:
                pen.line(at, fill=255, width=max(2, round(shape.width * _PX)), joint="curve")
    return picture


def _within_budget(parts: Sequence[Points]) -> Outline:
    """Return polygons simplified until they have `MAX_POINTS` points in all at the most."""
    largest = sorted(parts, key=_signed_area, reverse=True)[: MAX_POINTS // 4]
    tolerance = 0.004
    while True:
        simple = [_simplified(part, tolerance) for part in largest]
        if sum(map(len, simple)) <= MAX_POINTS:
            return tuple(simple)
        tolerance *= 1.25


def _simplified(polygon: Points, tolerance: float) -> Points:
    """Return the polygon with fewer points (Douglas and Peucker)."""
    far = int(((polygon - polygon[0]) ** 2).sum(1).argmax())
    ring = np.concatenate([polygon, polygon[:1]])
    keep = np.zeros(len(ring), bool)
    keep[[0, far, len(polygon)]] = True
    spans = [(0, far), (far, len(polygon))]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, chord = ring[first], ring[last] - ring[first]
        between = ring[first + 1 : last] - start
        length = float(np.hypot(*chord))
        if length > 1e-9:
            distance = np.abs(between[:, 0] * chord[1] - between[:, 1] * chord[0]) / length
        else:
            distance = np.hypot(between[:, 0], between[:, 1])
        worst = int(distance.argmax())
        if distance[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    simple = polygon[keep[:-1]]
    return simple if len(simple) > 2 else polygon[np.linspace(0, len(polygon), 4).astype(int)[:3]]


def _signed_area(polygon: Points) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def area(outline: Outline) -> float:
    """Return the area of an outline."""
    return sum(abs(_signed_area(polygon)) for polygon in outline)


def perimeter(outline: Outline) -> float:
    """Return the length of an outline."""
    return sum(float(_steps(polygon).sum()) for polygon in outline)


def _steps(polygon: Points) -> NDArray[np.float64]:
    return np.hypot(*(np.roll(polygon, -1, 0) - polygon).T)


def resampled(outline: Outline, spacing: float) -> Points:
    """Return points on an outline at about equal distances, (n, 2), at least three a polygon."""
    found = []
    for polygon in outline:
        along = np.concatenate([[0.0], np.cumsum(_steps(polygon))])
        count = max(3, round(along[-1] / spacing))
        at = (np.arange(count) + 0.5) * (along[-1] / count)
        ring = np.concatenate([polygon, polygon[:1]])
        found.append(np.stack([np.interp(at, along, ring[:, k]) for k in (0, 1)], 1))
    return np.concatenate(found)
