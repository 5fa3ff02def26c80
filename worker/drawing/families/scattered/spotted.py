"""Dots: polka dots in rows, scattered, of mixed sizes, ringed, paired, graded."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import (
    fill_each,
    in_rows,
    in_turn,
    packed,
    spread,
    tossed,
)
from worker.drawing.path import circle, ring
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_DOT = circle(0, 0, 1)


def _dots(sheet: Sheet, p: Parameters) -> None:
    """Draw polka dots; no two of them touch."""
    sheet.ground()
    if p.form == "scattered":
        _scattered(sheet, p)
    elif p.form == "mixed":
        _mixed(sheet, p)
    elif p.form == "paired":
        _paired(sheet, p)
    elif p.form == "graded":
        _graded(sheet, p)
    else:
        _even(sheet, p)


def _even(sheet: Sheet, p: Parameters) -> None:
    places = in_rows(sheet, p, staggered=p.form != "grid")
    slots = spread(sheet, p, places.at)
    radius = places.pitch / 2 * p.packing(0.42, 0.66, 0.86)
    if p.form == "ringed":  # a core inside of each, with a ring of ground between
        fill_each(sheet, slots, ring(radius, radius * 0.72), places.at)
        fill_each(sheet, in_turn(p, 1, slots), _DOT, places.at, 0.0, radius * 0.54)
    else:
        fill_each(sheet, slots, _DOT, places.at, 0.0, radius)


def _scattered(sheet: Sheet, p: Parameters) -> None:
    places = tossed(sheet, p)
    radius = places.pitch / 2 * p.packing(0.52, 0.78, 0.92)
    fill_each(sheet, spread(sheet, p, places.at), _DOT, places.at, 0.0, radius)


def _mixed(sheet: Sheet, p: Parameters) -> None:
    """Draw dots of five sizes, packed."""
    tight = p.packing(0.75, 0.9, 1.0)
    kinds = [(0.58, 0.25), (0.4, 0.45), (0.26, 0.8), (0.16, 1.5), (0.09, p.packing(0, 1.5, 4))]
    gap = p.scale_mm * p.packing(0.24, 0.13, 0.07)
    discs = packed(sheet, p, [(radius * tight, number) for radius, number in kinds], gap)
    slots = spread(sheet, p, discs[:, :2], sizes=discs[:, 2])
    fill_each(sheet, slots, _DOT, discs[:, :2], 0.0, discs[:, 2])


def _paired(sheet: Sheet, p: Parameters) -> None:
    """Draw large dots in staggered rows, and a small one in the middle of each four."""
    places = in_rows(sheet, p, staggered=True, multiple=max(1, p.slots - 2))
    large = places.pitch * p.packing(0.26, 0.34, 0.41)
    sheet.fill(p.accent(0), _DOT, places.at, 0.0, large)
    room = min(places.step[0] / 2, places.step[1]) - large
    small = min(room * p.packing(0.42, 0.5, 0.62), large / 2)
    fill_each(sheet, in_turn(p, 2, places.row), _DOT, places.shifted(0.5, 0), 0.0, small)


def _graded(sheet: Sheet, p: Parameters) -> None:
    """Draw two halftone screens, one of which grows where the other shrinks."""
    places = in_rows(sheet, p, staggered=False, aspect=0.8, multiple=max(1, p.slots - 2))
    least = places.pitch * 0.05
    # two neighbours differ by this share of the wave at most
    step = np.sin(np.pi / 2 * places.step[1] / sheet.height)
    room = 0.95 * float(np.hypot(*places.step)) / 2 - 2 * least
    largest = min(places.pitch * p.packing(0.36, 0.42, 0.47), least + room / (1 + step))
    other = places.shifted(0.5, 0.5)
    for at, sign, slots in (
        (places.at, 1, np.full(len(other), p.accent(0))),
        (other, -1, in_turn(p, 2, places.column)),
    ):
        wave = 0.5 + 0.5 * sign * np.cos(2 * np.pi * at[:, 1] / sheet.height)
        fill_each(sheet, slots, _DOT, at, 0.0, least + (largest - least) * wave)


FAMILIES = (Family(name="dots", draw=_dots, repeats=(16, 10, 6)),)
