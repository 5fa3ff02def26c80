"""Stars and hearts."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import (
    Places,
    fill_each,
    in_rows,
    in_turn,
    packed,
    spread,
)
from worker.drawing.path import Path, circle, polygon, regular_polygon, star
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_NOTCH = {4: 0.4, 5: 0.45, 6: 0.577, 8: 0.62}
"""Radius of the notches of stars by their number of points."""
_HEART = Path(
    "MCCCCCCZ",
    np.array(
        [
            (0, -0.46), (0.07, -0.72), (0.28, -0.88), (0.5, -0.88), (0.77, -0.88), (0.95, -0.66),
            (0.95, -0.39), (0.95, 0.1), (0.38, 0.5), (0, 0.95), (-0.38, 0.5), (-0.95, 0.1),
            (-0.95, -0.39), (-0.95, -0.66), (-0.77, -0.88), (-0.5, -0.88), (-0.28, -0.88),
            (-0.07, -0.72), (0, -0.46),
        ]
    ) / 1.11,
)  # fmt: skip
"""A heart in the circle of radius 1, its tip down."""


def _stars(sheet: Sheet, p: Parameters) -> None:
    """Draw stars in rows, tossed, nested, as sparkles, or of two tones."""
    sheet.ground()
    if p.form == "tossed":
        _tossed_stars(sheet, p)
    elif p.form == "sparkle":
        _sparkles(sheet, p)
    elif p.form == "faceted":
        _faceted(sheet, p)
    elif p.form == "quilt":
        _quilt(sheet, p)
    else:
        _star_rows(sheet, p)


def _star_rows(sheet: Sheet, p: Parameters) -> None:
    """Draw five-pointed stars in staggered rows, or stars inside of stars."""
    places = in_rows(sheet, p, staggered=True, aspect=1.0 if p.form == "rows" else 1.4)
    slots = spread(sheet, p, places.at)
    reach = (0.82, 1.04, 1.2) if p.form == "rows" else (0.7, 0.85, 0.98)  # points interlock in rows
    radius = places.pitch / 2 * p.packing(*reach)
    if p.form == "rows":
        fill_each(sheet, slots, star(5, radius, radius * _NOTCH[5]), places.at)
        return
    radius = places.pitch / 2 * p.packing(0.74, 0.92, 0.99)
    points = int(p.random("points").choice([5, 6, 8]))
    shape = star(points, radius, radius * _NOTCH[points])
    fill_each(sheet, slots, shape + shape.scaled(-0.7, 0.7), places.at)
    fill_each(sheet, in_turn(p, 1, slots), shape.scaled(0.42), places.at)


def _interlocked(places: Places, reach: float) -> float:
    """Return the radius of five-pointed stars in staggered rows, whose circles may overlap.

    Args:
        reach: the radius by half the pitch; at most 0.98 where the lattice is far from square.
    """
    near, far = sorted((places.step[0] / 2, places.step[1]))
    square = float(np.interp(near / far, (0.75, 0.95), (0, 1)))
    return places.pitch / 2 * min(reach, 0.98 + max(reach - 0.98, 0) * square)


def _tossed_stars(sheet: Sheet, p: Parameters) -> None:
    """Draw stars of three sizes, turned in all directions."""
    tight = p.packing(0.74, 0.93, 1.02)
    kinds = [(0.56 * tight, 0.5), (0.4 * tight, 0.7), (0.24 * tight, p.packing(0.6, 1.5, 2.5))]
    discs = packed(sheet, p, kinds, p.scale_mm * p.packing(0.12, 0.03, 0.01))
    turns = p.random("turns").uniform(0, 2 * np.pi, len(discs))
    slots = spread(sheet, p, discs[:, :2], sizes=discs[:, 2])
    fill_each(sheet, slots, star(5, 1, _NOTCH[5]), discs[:, :2], turns, discs[:, 2])


def _sparkle(points: int, waist: float) -> Path:
    """Return a star with hollow sides around the origin.

    Args:
        waist: how near its sides come to the middle, 0 to 1.
    """
    angles = np.pi / points * np.arange(2 * points + 1)
    tips = np.stack([np.sin(angles), -np.cos(angles)], -1)
    own = [tips[0]]
    for index in range(0, 2 * points, 2):
        inner = tips[index + 1] * waist
        own += [tips[index] * 0.1 + inner * 0.9, tips[index + 2] * 0.1 + inner * 0.9]
        own.append(tips[index + 2])
    return Path("M" + "C" * points + "Z", np.array(own))


def _sparkles(sheet: Sheet, p: Parameters) -> None:
    """Draw a starry sky: hollow-sided stars of four and eight points, and dots."""
    tight = p.packing(0.8, 1.0, 1.08)
    p = replace(p, scale_mm=p.scale_mm * 1.3)
    kinds = [(0.62 * tight, 0.5), (0.38 * tight, 0.8), (0.05, p.packing(1, 2, 3))]
    discs = packed(sheet, p, kinds, p.scale_mm * p.packing(0.12, 0.07, 0.04))
    at, sizes = discs[:, :2], discs[:, 2]
    slots = spread(sheet, p, at, sizes=sizes)
    fine = sizes == sizes.min()
    eight = (sizes == sizes.max()) & (p.random("points").uniform(0, 1, len(at)) < 0.5)
    long = _sparkle(4, 0.15)
    both = long + long.rotated(np.pi / 4).scaled(0.62)
    for path, own in ((both, eight), (long, ~fine & ~eight), (circle(0, 0, 1), fine & ~eight)):
        fill_each(sheet, slots[own], path, at[own], 0.0, sizes[own])


def _around(path: Path, count: int) -> Path:
    """Return copies of a path turned evenly around the origin."""
    return reduce(add, (path.rotated(2 * np.pi / count * index) for index in range(count)))


def _faceted(sheet: Sheet, p: Parameters) -> None:
    """Draw barn stars, each point folded in two tones."""
    places = in_rows(sheet, p, staggered=True, aspect=1.2)
    slots = spread(sheet, p, places.at)
    radius = _interlocked(places, p.packing(0.76, 0.96, 1.16))
    x, y = _NOTCH[5] * np.sin(np.pi / 5), -_NOTCH[5] * np.cos(np.pi / 5)
    if p.slots > 2:  # the first tone reaches under the second
        first = polygon([(0, 0), (0.03, -0.5), (0, -1), (-x, y), (-x / 2 - 0.03, y / 2 + 0.03)])
        fill_each(sheet, in_turn(p, 1, slots), _around(first, 5), places.at, 0.0, radius)
    fill_each(sheet, slots, _around(polygon([(0, 0), (0, -1), (x, y)]), 5), places.at, 0.0, radius)


def _quilt(sheet: Sheet, p: Parameters) -> None:
    """Draw patchwork stars of eight lozenges, with a square between each four."""
    places = in_rows(sheet, p, staggered=False, aspect=1.7)
    leg = 0.5**0.5
    x, y = np.array(places.step) / 2 / (1 + leg) * p.packing(0.82, 0.91, 0.98)
    if p.slots > 2:  # the first tone reaches under the second
        wide = [(0, 0), (0.5, -0.06), (1, 0), (1 + leg, leg), (leg, leg), (0.31, 0.4)]
        first = _around(polygon(wide), 4).rotated(np.pi / 4).scaled(x, y)
        fill_each(sheet, p.accent(1), first, places.at)
    lozenge = polygon([(0, 0), (1, 0), (1 + leg, leg), (leg, leg)])
    fill_each(sheet, p.accent(0), _around(lozenge, 4).scaled(x, y), places.at)
    corner = regular_polygon(4, 0.62).scaled(x, y)
    fill_each(sheet, in_turn(p, 3, places.column), corner, places.shifted(0.5, 0.5))


def _hearts(sheet: Sheet, p: Parameters) -> None:
    """Draw hearts in rows, tossed, nested, outlined, or head over tip."""
    sheet.ground()
    if p.form == "tossed":
        _tossed_hearts(sheet, p)
        return
    places = in_rows(sheet, p, staggered=True, aspect=1.2 if p.form == "nested" else 1.0)
    at, slots = places.at, spread(sheet, p, places.at)
    radius = places.pitch / 2 * p.packing(0.68, 0.9, 1.06)
    if p.form == "reversed":
        turns = np.pi * (places.row % 2)
        fill_each(
            sheet, in_turn(p, 1, places.row + places.column), _HEART, at, turns, 0.97 * radius
        )
    elif p.form == "nested":
        inner = _HEART.scaled(-0.68, 0.68).moved(0, -0.02)
        fill_each(sheet, slots, _HEART + inner, at, 0.0, radius)
        core = _HEART.scaled(0.42).moved(0, -0.05)
        fill_each(sheet, in_turn(p, 1, slots), core, at, 0.0, radius)
    elif p.form == "outlined":
        hollow = places.row % 2 == 1
        width = radius * 0.2
        fill_each(sheet, slots[~hollow], _HEART, at[~hollow], 0.0, radius)
        for slot in np.unique(slots[hollow]):
            own = at[hollow & (slots == slot)]
            sheet.stroke(int(slot), _HEART, width, own, 0.0, radius - width / 2)
    else:
        fill_each(sheet, slots, _HEART, at, 0.0, radius)


def _tossed_hearts(sheet: Sheet, p: Parameters) -> None:
    """Draw hearts of three sizes, leaning to both sides."""
    tight = p.packing(0.72, 0.88, 1.0)
    kinds = [(0.52 * tight, 0.5), (0.36 * tight, 0.6), (0.2 * tight, p.packing(0.6, 1.5, 2.5))]
    discs = packed(sheet, p, kinds, p.scale_mm * p.packing(0.16, 0.07, 0.02))
    turns = p.random("turns").uniform(-0.6, 0.6, len(discs))
    slots = spread(sheet, p, discs[:, :2], sizes=discs[:, 2])
    fill_each(sheet, slots, _HEART, discs[:, :2], turns, discs[:, 2])


FAMILIES = (
    Family(name="stars", draw=_stars, repeats=(12, 8, 5)),
    Family(name="hearts", draw=_hearts, repeats=(12, 8, 5)),
)
