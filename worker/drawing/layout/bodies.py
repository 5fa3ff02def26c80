"""Motifs while they are being placed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from worker.drawing.layout.outlines import Outline, area, perimeter, resampled
from worker.drawing.layout.request import Item, Placement
from worker.drawing.path import Points

__all__ = ["Body", "Form", "effective_area", "form_of", "turned"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Form:
    """The outline of one view of an item and what is computed of it, at unit size."""

    outline: Outline
    area: float
    hull_area: float
    """Area of its convex hull."""
    hull_length: float
    """Perimeter of its convex hull."""
    radius: float
    """Of the circle about the origin that contains it."""


@lru_cache(maxsize=512)
def form_of(item: Item, view: int) -> Form:
    """Return the form of one of an item's views."""
    outline = item.outlines[view % len(item.outlines)]
    corners = np.concatenate(outline)
    hull = _hull(corners)
    return Form(
        outline=outline,
        area=area(outline),
        hull_area=area((hull,)),
        hull_length=perimeter((hull,)),
        radius=float(np.hypot(corners[:, 0], corners[:, 1]).max()),
    )


def _hull(points: Points) -> Points:
    """Return the convex hull (Andrew's monotone chain)."""
    ordered = sorted(map(tuple, points.tolist()))
    halves = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, ...]] = []
        for x, y in run:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        halves += chain[:-1]
    return np.array(halves, float)


@dataclass(eq=False, kw_only=True)
class Body:
    """A motif with its place, which changes while a layout is solved."""

    item: Item
    view: int
    flip: bool
    nominal: float
    """Size that it should have, millimetres."""
    size: float
    heading: float = 0.0
    """Turn that it should have, degrees."""
    leeway: float = 0.0
    """By how much its turn may differ from it, degrees."""
    turn: float = 0.0
    x: float = 0.0
    y: float = 0.0
    fixed: bool = False

    @cached_property
    def form(self) -> Form:
        """Its form at unit size."""
        return form_of(self.item, self.view)

    def samples(self, spacing_mm: float) -> Points:
        """Return points on its outline about the origin, upright and at unit size."""
        points = _samples(self.form, round(64 * spacing_mm / self.size))
        return points * (-1, 1) if self.flip else points

    def polygons(self) -> list[Points]:
        """Return its outline in the cell, millimetres."""
        return [
            turned(polygon * (-1, 1) if self.flip else polygon, self.turn) * self.size
            + (self.x, self.y)
            for polygon in self.form.outline
        ]

    def placement(self) -> Placement:
        """Return its placement, rounded to 0.01 mm and 0.01 degrees."""
        turn = (self.turn + 180) % 360 - 180
        return Placement(
            key=self.item.key,
            role=self.item.role,
            view=self.view,
            x_mm=round(self.x, 2),
            y_mm=round(self.y, 2),
            size_mm=round(self.size, 2),
            turn=round(turn, 2),
            flip=self.flip,
        )


@lru_cache(maxsize=1024)
def _samples(form: Form, spacing: int) -> Points:
    """Return points on an outline, their distance in 1/64 of its size."""
    return resampled(form.outline, max(spacing, 1) / 64)


def turned(points: Points, degrees: float) -> Points:
    """Return points rotated about the origin, clockwise on the screen."""
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]])


def effective_area(form: Form, size: float, gap: float) -> float:
    """Return the area that a motif takes with half a gap around it, mm²."""
    own = form.area + 0.35 * (form.hull_area - form.area)
    return own * size**2 + form.hull_length * size * gap / 2 + np.pi * gap**2 / 4
