"""Damask: mirrored palmettes and pomegranates in an ogival trellis, half a repeat apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.leaves import (
    acanthus,
    cubic_points,
    leaf,
    merged,
    mirrored,
    scroll,
    tapered,
)
from worker.drawing.families.trellised import ogee_outline
from worker.drawing.path import Path, Points, circle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_TALL = 1.6
"""Height of an ogee, in widths."""
_Fill = Callable[[int, Path], None]
"""Fills a path drawn in widths of the ogee around its middle, with slot 0, 1, ..."""


def _damask(sheet: Sheet, p: Parameters) -> None:
    """Draw palmettes or pomegranates in a trellis of lines, leaves or scrolls."""
    sheet.ground()
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height, aspect=_TALL)
    x, y = sheet.width / columns, sheet.height / rows
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    even = np.stack([column * x, row * y], -1)
    at = np.concatenate([even, even + (x / 2, y / 2)])
    joints = at + (0, y / 2)

    def fill(slot: int, path: Path) -> None:
        sheet.fill(min(slot, p.slots - 1), path.scaled(x, y / _TALL), at)

    def fill_joint(slot: int, path: Path) -> None:
        sheet.fill(min(slot, p.slots - 1), path.scaled(x, y / _TALL), joints)

    inner = 2 if p.slots > 2 else 0
    bold = p.weight(0.7, 1.0, 1.35)
    if p.form == "pomegranate":
        _pomegranate(fill, inner, bold)
    else:
        _palmette(fill, inner, bold)
    if p.form == "scrolls":
        _scroll_trellis(fill, inner, bold)
    else:
        _line_trellis(fill, bold)
    _joint(fill_joint, inner, bold)


def _line_trellis(fill: _Fill, bold: float) -> None:
    """Draw the trellis as a double line with leaves that grow upwards from it."""
    place, inwards = _along_side(12)
    for index in range(1, len(place) - 1):
        upwards = inwards[index, ::-1] * (1, -1)
        direction = 0.85 * upwards + 0.6 * inwards[index]
        angle = float(np.arctan2(direction[0], -direction[1]))
        length = 0.1 if 2 <= index <= 9 else 0.075
        one = leaf(length, 0.036, -0.12).rotated(angle).moved(*place[index])
        fill(1, mirrored(one))
    outline = ogee_outline(1.0, _TALL)
    fill(1, _frame(outline, 1.0, 1.0 - 0.042 * bold))
    _line(fill, 0, 0.012 * bold)


def _line(fill: _Fill, slot: int, width: float) -> None:
    """Fill a line on the border of the ogee, except near the joints."""
    place, _ = _along_side(25)
    for half in (place[2:11], place[14:23]):
        fill(slot, mirrored(tapered(half, width, width)))


def _frame(outline: Path, outer: float, inner: float) -> Path:
    return outline.scaled(outer) + outline.scaled(inner).reversed()


def _along_side(count: int) -> tuple[Points, Points]:
    """Return places from tip to tip on the right side of the ogee, and the directions inwards."""
    t = np.linspace(0, 1, 60)[:, None]
    u = 1 - t
    upper = ogee_outline(1.0, _TALL).points[:4]
    curve = u**3 * upper[0] + 3 * u**2 * t * upper[1] + 3 * u * t**2 * upper[2] + t**3 * upper[3]
    side = np.concatenate([curve, (curve * (1, -1))[-2::-1]])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(side, axis=0).T))])
    wanted = np.linspace(0, length[-1], count)
    place = np.stack([np.interp(wanted, length, side[:, axis]) for axis in (0, 1)], -1)
    step = np.gradient(side, axis=0)
    inwards = np.stack([-step[:, 1], step[:, 0]], -1) / np.hypot(*step.T)[:, None]
    normal = np.stack([np.interp(wanted, length, inwards[:, axis]) for axis in (0, 1)], -1)
    return place, normal


_SPINES = (
    ((0.495, 0.04), (0.49, 0.2), (0.43, 0.31), (0.31, 0.27)),
    ((0.47, -0.16), (0.42, -0.34), (0.27, -0.42), (0.13, -0.5)),
    ((0.3, 0.37), (0.22, 0.45), (0.14, 0.5), (0.07, 0.47)),
)
"""Curves of the lobed leaves of the trellis."""


def _scroll_trellis(fill: _Fill, inner: int, bold: float) -> None:
    """Draw the trellis as stems with lobed leaves that curl inwards."""
    place, _ = _along_side(17)
    fill(1, mirrored(tapered(place, 0.034 * bold, 0.034 * bold)))
    for spine, width, lobes in zip(_SPINES, (0.062, 0.05, 0.038), (5, 6, 4), strict=True):
        fill(1, mirrored(acanthus(spine, width, lobes)))
        vein = cubic_points(spine, np.linspace(0.12, 0.86, 5))
        fill(0, mirrored(tapered(vein, 0.015, 0.004)))
    fill(inner, mirrored(circle(0.29, 0.205, 0.02)))


def _palmette(fill: _Fill, inner: int, bold: float) -> None:
    """Draw a fan of petals on scrolls, with lobed leaves below."""
    foot = (0.0, 0.12)
    spine = ((0.0, 0.28), (0.05, 0.39), (0.12, 0.41), (0.205, 0.325))
    fill(1, mirrored(acanthus(spine, 0.058, 4)))
    fill(0, mirrored(tapered(cubic_points(spine, np.linspace(0.15, 0.82, 5)), 0.014, 0.004)))
    fill(1, mirrored(leaf(0.13, 0.05, -0.2).rotated(2.5).moved(0, 0.4)))
    fill(1, leaf(0.46, 0.045, belly=0.8).moved(0, 0.6))
    fill(inner, leaf(0.1, 0.022, belly=0.5).moved(0, 0.57))
    for angle, length in ((1.38, 0.31), (1.04, 0.37), (0.69, 0.43), (0.34, 0.5)):
        _petal(fill, inner, (angle, length, 0.105), foot)
    fill(1, mirrored(scroll((0.195, 0.205), 0.068, (3.5, 3.5 + 6.2), 0.03 * bold)))
    stem = cubic_points(((0.0, 0.2), (0.06, 0.27), (0.12, 0.25), (0.131, 0.19)), np.linspace(0, 1, 6))
    fill(1, mirrored(tapered(stem, 0.045 * bold, 0.03 * bold)))
    for size, slot in ((1.16, 0), (1.0, 1), (0.8, 0), (0.66, inner or 1), (0.4, 0), (0.28, 3)):
        fill(slot, _bud(0.2 * size, 0.56 * size).moved(0, -0.14))
    fill(0, circle(0.0, 0.2, 0.062))
    fill(1, circle(0.0, 0.2, 0.05))
    fill(inner, circle(0.0, 0.2, 0.028))


def _bud(width: float, height: float) -> Path:
    return ogee_outline(width, height, 0.22)


def _petal(
    fill: _Fill, inner: int, shape: tuple[float, float, float], foot: tuple[float, float]
) -> None:
    """Draw a petal and its mirror image: at an angle, of a length and a width."""
    angle, length, width = shape
    for size, slot in ((1.12, 0), (1.0, 1), (0.62, 0), (0.5, inner)):
        if slot == 0 and size == 0.62 and inner:
            continue
        grown = leaf(length * size, width * size * (1.15 if size > 1 else 1), 0.16, 0.6)
        away = 0.0 if size >= 1 else length * 0.24
        fill(slot, mirrored(grown.moved(0, -away).rotated(angle).moved(*foot)))


def _pomegranate(fill: _Fill, inner: int, bold: float) -> None:
    """Draw a pomegranate with a crown, seeds and a wreath of leaves."""
    fill(1, leaf(0.36, 0.04 * bold, belly=0.7).moved(0, 0.62))
    for angle, length in ((2.45, 0.13), (1.95, 0.19)):
        fill(1, mirrored(leaf(length, 0.06, -0.25).rotated(angle).moved(0, 0.4)))
    place, inwards = _along_side(17)
    for index in range(2, 15):
        angle = float(np.arctan2(-inwards[index, 0], inwards[index, 1]))
        base = place[index] * (0.5, 0.48)
        fill(1, mirrored(leaf(0.155, 0.068, 0.12, 0.62).rotated(angle).moved(*base)))
        heart = leaf(0.07, 0.026, 0.1, 0.6).rotated(angle).moved(*(base - 0.07 * inwards[index]))
        fill(inner, mirrored(heart))
    for angle, length in ((0.75, 0.15), (0.0, 0.2)):
        for size, slot in ((1.2, 0), (1.0, 1), (0.5, inner)):
            low = -0.4 if size >= 1 else -0.44
            crown = leaf(length * size, 0.075 * size, 0.2 if angle else 0.0).rotated(angle)
            fill(slot, mirrored(crown.moved(0, low)) if angle else crown.moved(0, low))
    for size, slot in ((0.63, 0), (0.57, 1), (0.5, 0), (0.455, inner or 1)):
        fill(slot, ogee_outline(size, size * _TALL * 0.94, 0.25))
    for y, count in ((-0.2, 1), (-0.11, 2), (-0.02, 3), (0.07, 2), (0.16, 1)):
        for index in range(count):
            seed, x = leaf(0.1, 0.085, 0, 0.55), (index - (count - 1) / 2) * 0.108
            fill(0, seed.moved(x, y + 0.06))
            fill(3 if inner else 1, seed.scaled(0.55).moved(x, y + 0.042))


def _joint(fill: _Fill, inner: int, bold: float) -> None:
    """Draw the ornament where four ogees meet: leaves up and down, a rosette."""
    up = [leaf(0.17, 0.06).moved(0, -0.03)]
    side = leaf(0.13, 0.05, 0.2).rotated(0.7)
    for turn in (0.0, np.pi):
        fill(0, merged(leaf(0.2, 0.085)).rotated(turn))
        fill(1, merged(*up).rotated(turn))
        fill(1, mirrored(side).rotated(turn))
    for size, slot in ((0.062, 0), (0.052, 1), (0.034, inner), (0.014 * bold, 1)):
        fill(slot, circle(0, 0, size))


FAMILIES = (
    Family(name="damask", draw=_damask, repeats=(3.4, 2.3, 1.6),
           forms=("palmette", "scrolls", "pomegranate"),
           traits=frozenset({"scale", "line_weight"})),
)  # fmt: skip
