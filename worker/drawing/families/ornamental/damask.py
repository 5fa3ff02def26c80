"""Damask: mirrored palmettes and pomegranates in an ogival trellis, half a repeat apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.ornamental.ornament import (
    acanthus,
    cubic_points,
    leaf,
    merged,
    mirrored,
    scroll,
    tapered,
)
from worker.drawing.families.ornamental.trellised import ogee_outline
from worker.drawing.path import Path, Points, circle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_TALL = 1.6
"""Height of an ogee, in widths."""
_Fill = Callable[[int, Path], None]
"""Fills a path drawn in widths of the ogee around its middle, in the slot of a role."""


def _damask(sheet: Sheet, p: Parameters) -> None:
    """Draw palmettes or pomegranates in a trellis of lines or lobed leaves."""
    sheet.ground()
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height, aspect=_TALL)
    x, y = sheet.width / columns, sheet.height / rows
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    even = np.stack([column * x, row * y], -1)
    at = np.concatenate([even, even + np.array((x, y)) / 2])
    joints = at + np.array((0, y / 2))

    lattices = at[: len(even)], at[len(even) :]
    figures = _pomegranate_slots(p) if p.form == "pomegranate" else _palmette_slots(p)
    last = p.slots - 1

    def fill(role: int, path: Path) -> None:
        grown, slots = path.scaled(x, y / _TALL), figures[role]
        if slots[0] == slots[1]:
            sheet.fill(slots[0], grown, at)
            return
        for slot, places in zip(slots, lattices, strict=True):
            sheet.fill(slot, grown, places)

    def fill_line(slot: int, path: Path) -> None:
        sheet.fill(min(slot, last), path.scaled(x, y / _TALL), at)

    def fill_joint(slot: int, path: Path) -> None:
        sheet.fill(min(slot, last), path.scaled(x, y / _TALL), joints)

    inner = 2 if last > 1 else 0
    bold = p.weight(0.7, 1.0, 1.35)
    if p.form == "pomegranate":
        _pomegranate(fill, inner, bold)
    else:
        _palmette(fill, inner, bold)
    if p.form == "acanthus":
        _leafy_trellis(fill_line, inner, bold)
    else:
        _line_trellis(fill_line, bold)
    _joint(fill_joint, inner, bold)


_Slots = tuple[tuple[int, int], ...]
"""The slots of a figure's ground, body, hearts, core and fruit in one and in the other lattice."""


def _palmette_slots(p: Parameters) -> _Slots:
    """Return the slots of palmettes, which have two colours where there are three accents."""
    last = p.slots - 1
    if last < 3:
        return ((0, 0), (min(1, last),) * 2, (min(2, last),) * 2, (last, last), (last, last))
    body = (1, 3) if last == 3 else (3, 4)
    return ((0, 0), body, (2, 2), (body[1], body[0]), (2, 2))


def _pomegranate_slots(p: Parameters) -> _Slots:
    """Return the slots of pomegranates, whose fruits have two colours with three accents."""
    last = p.slots - 1
    body, fruit = min(1, last), (2, 3) if last > 2 else (min(2, last),) * 2
    core = (fruit[1], fruit[0]) if last > 2 else (last, last)
    wreath = 4 if last > 3 else body
    return ((0, 0), (wreath, wreath), fruit, core, fruit)


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
    upper = np.array([(0, -0.5), (0, -0.19), (0.5, -0.31), (0.5, 0)]) * (1.0, _TALL)
    curve = cubic_points(upper, np.linspace(0, 1, 60))
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
)
"""Curves of the lobed leaves of the trellis."""


def _leafy_trellis(fill: _Fill, inner: int, bold: float) -> None:
    """Draw the trellis as stems with lobed leaves that curl inwards."""
    place, _ = _along_side(17)
    fill(1, mirrored(tapered(place, 0.034 * bold, 0.034 * bold)))
    for spine, width, lobes in zip(_SPINES, (0.062, 0.042), (5, 6), strict=True):
        fill(1, mirrored(acanthus(spine, width, lobes).halved()))
        vein = cubic_points(spine, np.linspace(0.12, 0.86, 5))
        fill(0, mirrored(tapered(vein, 0.015, 0.004)))
    fill(inner, mirrored(circle(0.29, 0.205, 0.02)))


def _palmette(fill: _Fill, inner: int, bold: float) -> None:
    """Draw a fan of petals on scrolls, with lobed leaves below."""
    foot = (0.0, 0.12)
    fill(1, leaf(0.46, 0.05, belly=0.8).moved(0, 0.62))
    for angle, length in ((2.75, 0.17), (2.25, 0.215), (1.75, 0.22)):
        _petal(fill, inner, (angle, length, 0.07, -0.22), (0.0, 0.285))
    fill(0, leaf(0.24, 0.085, belly=0.75).moved(0, 0.46))
    fill(1, leaf(0.2, 0.06, belly=0.75).moved(0, 0.44))
    for angle, length in ((1.38, 0.31), (1.04, 0.37), (0.69, 0.43), (0.34, 0.5)):
        _petal(fill, inner, (angle, length, 0.105, 0.16), foot)
    fill(1, mirrored(scroll((0.195, 0.205), 0.068, (3.5, 3.5 + 6.2), 0.03 * bold)))
    stem = cubic_points(
        ((0.0, 0.2), (0.06, 0.27), (0.12, 0.25), (0.131, 0.19)), np.linspace(0, 1, 6)
    )
    fill(1, mirrored(tapered(stem, 0.045 * bold, 0.03 * bold)))
    for size, slot in ((1.16, 0), (1.0, 1), (0.8, 0), (0.66, inner or 1), (0.4, 0), (0.28, 3)):
        fill(slot, _bud(0.2 * size, 0.56 * size).moved(0, -0.14))
    fill(0, circle(0.0, 0.2, 0.062))
    fill(1, circle(0.0, 0.2, 0.05))
    fill(inner, circle(0.0, 0.2, 0.028))


def _bud(width: float, height: float) -> Path:
    return ogee_outline(width, height, 0.22)


def _petal(
    fill: _Fill, inner: int, shape: tuple[float, float, float, float], foot: tuple[float, float]
) -> None:
    """Draw a petal and its mirror image: at an angle, of a length, a width and a bend."""
    angle, length, width, bend = shape
    for size, slot in ((1.12, 0), (1.0, 1), (0.62, 0), (0.56, inner)):
        if slot == 0 and size == 0.62 and inner:
            continue
        grown = leaf(length * size, width * size * (1.15 if size > 1 else 1), bend, 0.6)
        away = 0.0 if size >= 1 else length * 0.24
        fill(slot, mirrored(grown.halved().moved(0, -away).rotated(angle).moved(*foot)))


def _pomegranate(fill: _Fill, inner: int, bold: float) -> None:
    """Draw a pomegranate with a crown, seeds and a wreath of leaves."""
    fill(1, leaf(0.36, 0.04 * bold, belly=0.7).moved(0, 0.62))
    for angle, length in ((2.6, 0.13), (2.1, 0.15)):
        _petal(fill, inner, (angle, length, 0.055, -0.25), (0.0, 0.43))
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
    for size, slot in ((0.63, 0), (0.57, 1), (0.5, 0), (0.465, 4)):
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


FAMILIES = (Family(name="damask", draw=_damask, repeats=(3.4, 2.3, 1.6)),)
