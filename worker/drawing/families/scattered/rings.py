"""Circles: concentric rings, bullseyes, linked rings, bubbles."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import fill_each, in_rows, in_turn, packed, spread
from worker.drawing.path import Path, arc, circle, ring
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_DISC = circle(0, 0, 1)
_RINGS = 4
_MARGIN = 0.94
"""Diameter of the largest circle by the distance of two."""


def _circles(sheet: Sheet, p: Parameters) -> None:
    """Draw circles inside of each other, in rows, linked or as bubbles."""
    sheet.ground()
    if p.form == "linked":
        _linked(sheet, p)
    elif p.form == "bubbles":
        _bubbles(sheet, p)
    elif p.form == "roundels":
        _roundels(sheet, p)
    elif p.form == "bullseye":
        _bullseye(sheet, p)
    else:
        _concentric(sheet, p)


def _concentric(sheet: Sheet, p: Parameters) -> None:
    """Draw rings with ground between them around a core."""
    places = in_rows(sheet, p, staggered=True)
    turn = spread(sheet, p, places.at)
    radius, filled = places.pitch / 2 * _MARGIN, p.weight(0.3, 0.52, 0.74)
    for index in range(_RINGS):
        outer = _RINGS - index
        path = ring(outer, outer - filled) if outer > 1 else _DISC
        slots = in_turn(p, 1, turn + index)
        fill_each(sheet, slots, path, places.at, 0.0, radius / _RINGS)


def _bullseye(sheet: Sheet, p: Parameters) -> None:
    """Draw targets: discs over each other, or rings of ground between if the accents are few."""
    places = in_rows(sheet, p, staggered=False)
    turn = spread(sheet, p, places.at)
    radius, accents = places.pitch / 2 * _MARGIN, p.slots - 1
    if accents >= 3:
        core = p.weight(0.2, 0.28, 0.36)
        for index, size in enumerate(np.linspace(1, core, accents)):
            fill_each(sheet, in_turn(p, 1, turn + index), _DISC, places.at, 0.0, radius * size)
        return
    line = p.weight(0.18, 0.28, 0.4)
    fill_each(sheet, turn, ring(radius, radius * (1 - line)), places.at)
    core = radius * (1 - line) * p.weight(0.5, 0.56, 0.64)
    fill_each(sheet, in_turn(p, 1, turn), _DISC, places.at, 0.0, core)


def _roundels(sheet: Sheet, p: Parameters) -> None:
    """Draw discs with a ring around each, and a small disc between."""
    places = in_rows(sheet, p, staggered=True)
    radius = places.pitch / 2 * _MARGIN
    inner = radius * (1 - p.weight(0.08, 0.15, 0.24))
    gap = min(places.step[0] / 2, places.step[1]) - radius
    slots = spread(sheet, p, places.at)
    fill_each(sheet, slots, ring(radius, inner), places.at)
    fill_each(sheet, in_turn(p, 1, slots), _DISC, places.at, 0.0, inner * 0.66)
    fill_each(sheet, slots[::-1], _DISC, places.shifted(0.5, 0), 0.0, gap * 0.6)


def _linked(sheet: Sheet, p: Parameters) -> None:
    """Draw two lattices of rings that pass over and under each other, with a core in each."""
    places = in_rows(sheet, p, staggered=False, aspect=1.5, multiple=max(1, p.slots - 3))
    distance = float(np.hypot(*places.step)) / 2  # from a ring to those it is linked with
    radius = min(distance / 2 / np.cos(0.54), places.pitch * 0.44)
    width = radius * p.weight(0.08, 0.13, 0.18)
    edge = width * 1.4
    other = places.shifted(0.5, 0.5)
    path = circle(0, 0, radius)
    first, second = p.accent(0), min(2, p.slots - 1)
    for at, slot in ((places.at, first), (other, second)):
        sheet.stroke(0, path, edge, at)
        sheet.stroke(slot, path, width, at)
    if radius > distance / 2:
        half = float(np.arccos(distance / 2 / radius))
        aim = float(np.arctan2(places.step[1], places.step[0]))
        angles = np.array((aim, np.pi - aim, np.pi + aim, -aim)) + half
        sine, slant = np.sin(2 * half) * radius, np.tan(2 * half) * radius
        spans = ((0, edge, width / 2 / sine + edge / 2 / slant),
                 (first, width, 1.3 * (edge / 2 / sine + width / 2 / slant)))  # fmt: skip
        for slot, line, span in spans:
            for angle in angles:
                over = arc(0, 0, radius, angle - span, angle + span)
                sheet.stroke(slot, over, line, places.at, round_ends=False)
    core = in_turn(p, 3, places.column)
    for at in (places.at, other):
        fill_each(sheet, core, _DISC, at, 0.0, radius * (0.24 if p.slots < 4 else 0.36))


def _bubbles(sheet: Sheet, p: Parameters) -> None:
    """Draw rings of four sizes, packed; some have a ring or a disc inside."""
    sizes = ((0.56, 0.3), (0.38, 0.55), (0.25, 0.9), (0.14, 2.0))
    discs = packed(sheet, p, sizes, p.scale_mm * 0.08)
    line = p.scale_mm * p.weight(0.045, 0.08, 0.12)
    slots = spread(sheet, p, discs[:, :2], sizes=discs[:, 2])
    kinds = p.random("kinds").integers(0, 3, len(discs))
    for radius in np.unique(discs[:, 2]):
        own = discs[:, 2] == radius
        at, outer, inner = discs[own, :2], slots[own], in_turn(p, 1, slots[own])
        fill_each(sheet, outer, _bubble(radius, line), at)
        for kind, path in ((1, _bubble(radius * 0.62, line)), (2, circle(0, 0, radius * 0.4))):
            some = kinds[own] == kind
            if radius > 5 * line:
                fill_each(sheet, inner[some], path, at[some])


def _bubble(radius: float, line: float) -> Path:
    return ring(radius, radius - line) if radius > 2.2 * line else circle(0, 0, radius)


FAMILIES = (Family(name="circles", draw=_circles, repeats=(9, 6, 4)),)
