"""Damask: mirrored palmettes and pomegranates in an ogival trellis, half a repeat apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.leaves import acanthus, leaf, merged, mirrored, scroll, tapered
from worker.drawing.families.trellised import ogee_outline
from worker.drawing.path import Path, Points, circle, smooth_open
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
    if p.form == "scrolls":
        _scroll_trellis(fill, bold)
    else:
        _line_trellis(fill, bold)
    if p.form == "pomegranate":
        _pomegranate(fill, inner, bold)
    else:
        _palmette(fill, inner, bold)
    _joint(fill_joint, inner, bold)


def _line_trellis(fill: _Fill, bold: float) -> None:
    """Draw the trellis as a band with a row of leaves along its inner edge."""
    band = 0.022 * bold
    outline = ogee_outline(1.0, _TALL)
    fill(1, _frame(outline, 1.0, 1.0 - 1.4 * band))
    fill(3, _frame(outline, 1.0 - 3.4 * band, 1.0 - 4.6 * band))
    place, normal = _along_side(9)
    for index in range(1, len(place) - 1):
        angle = float(np.arctan2(normal[index, 0], -normal[index, 1]))
        lean = -0.85 if place[index, 1] > 0 else 0.85
        one = leaf(0.1, 0.03, 0.15).rotated(angle + lean).moved(*(place[index] * 0.93))
        fill(1, mirrored(one))


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


def _scroll_trellis(fill: _Fill, bold: float) -> None:
    """Draw the trellis as stems with scrolls and lobed leaves."""
    place, _ = _along_side(33)
    fill(1, mirrored(tapered(place, 0.03 * bold, 0.03 * bold)))
    low = acanthus([(0.47, 0.1), (0.46, 0.3), (0.36, 0.42), (0.2, 0.5)], 0.07, 5)
    high = acanthus([(0.47, -0.06), (0.47, -0.26), (0.4, -0.36), (0.27, -0.45)], 0.07, 5)
    fill(1, mirrored(low))
    fill(1, mirrored(high))
    fill(0, mirrored(tapered(np.array([(0.46, 0.14), (0.43, 0.3), (0.34, 0.41), (0.24, 0.47)]),
                             0.016, 0.006)))  # fmt: skip
    fill(0, mirrored(tapered(np.array([(0.467, -0.1), (0.45, -0.25), (0.38, -0.35),
                                       (0.3, -0.425)]), 0.016, 0.006)))  # fmt: skip
    fill(3, mirrored(scroll((0.13, -0.55), 0.06, (0.3, -4.6), 0.022 * bold)))


def _palmette(fill: _Fill, inner: int, bold: float) -> None:
    """Draw a fan of petals on scrolls, with lobed leaves below."""
    foot = (0.0, 0.12)
    drop = acanthus([(0.02, 0.2), (0.1, 0.32), (0.2, 0.3), (0.29, 0.2)], 0.075, 4)
    fill(1, mirrored(drop))
    fill(0, mirrored(tapered(np.array([(0.05, 0.235), (0.13, 0.29), (0.2, 0.275), (0.25, 0.23)]),
                             0.014, 0.005)))  # fmt: skip
    fill(1, mirrored(acanthus([(0.0, 0.3), (0.03, 0.42), (0.1, 0.47), (0.17, 0.4)], 0.05, 3)))
    fill(1, leaf(0.42, 0.05, belly=0.75).moved(0, 0.56))
    for angle, length in ((1.95, 0.3), (1.5, 0.34), (1.08, 0.38), (0.7, 0.43), (0.35, 0.5)):
        _petal(fill, inner, (angle, length, 0.11), foot)
    curl = scroll((0.2, 0.1), 0.085, (2.4, 2.4 + 5.4), 0.032 * bold)
    fill(0, mirrored(circle(0.2, 0.1, 0.105)))
    fill(1, mirrored(curl) + mirrored(tapered(_stem(), 0.05 * bold, 0.03 * bold)))
    for size, slot in ((1.16, 0), (1.0, 1), (0.8, 0), (0.66, inner or 1), (0.4, 0), (0.28, 3)):
        fill(slot, _bud(0.2 * size, 0.56 * size).moved(0, -0.14))
    fill(1, mirrored(circle(0.0, 0.22, 0.045)))
    fill(inner, circle(0.0, 0.22, 0.024))


def _stem() -> Points:
    points: Points = smooth_open([(0, 0.24), (0.06, 0.23), (0.11, 0.2), (0.14, 0.157)]).points[::3]
    return points


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
    """Draw a pomegranate with a crown, a net of scales and a wreath of leaves."""
    place, normal = _along_side(19)
    for index in range(2, 17):
        angle = float(np.arctan2(normal[index, 0], -normal[index, 1])) + np.pi
        base = place[index] * (0.52, 0.46)
        one = leaf(0.17, 0.075, -0.1, 0.62).rotated(angle).moved(*base)
        fill(1, mirrored(one))
        fill(inner, mirrored(leaf(0.07, 0.03, 0, 0.6).rotated(angle).moved(
            *(base - 0.075 * normal[index]))))  # fmt: skip
    for size, slot in ((0.66, 0), (0.6, 1), (0.53, 0), (0.48, inner or 1)):
        fill(slot, ogee_outline(size, size * _TALL * 0.84, 0.25))
    rows = [(-0.2, 1), (-0.11, 2), (-0.02, 3), (0.07, 2), (0.16, 1)]
    for y, count in rows:
        for index in range(count):
            x = (index - (count - 1) / 2) * 0.115
            scale = leaf(0.1, 0.085, 0, 0.55)
            fill(0, scale.moved(x, y + 0.06))
            fill(3 if inner else 1, scale.scaled(0.55).moved(x, y + 0.042))
    fill(1, leaf(0.3, 0.04 * bold, belly=0.7).moved(0, 0.66))
    fill(1, mirrored(acanthus([(0.0, 0.52), (0.05, 0.58), (0.12, 0.56), (0.17, 0.46)], 0.05, 3)))


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
    Family(name="damask", draw=_damask, repeats=(4, 2.6, 1.7),
           forms=("palmette", "scrolls", "pomegranate"),
           traits=frozenset({"scale", "line_weight"})),
)  # fmt: skip
