"""Families on trellises: ogees and quatrefoils."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.ornamental.ornament import leaf, mirrored
from worker.drawing.path import Path, Points, arc, circle, closed, regular_polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES", "ogee_outline"]

_TALL = 1.75
"""Height of an ogee, in widths."""


def ogee_outline(width: float, height: float, curve: float = 0.31) -> Path:
    """Return an onion shape around (0, 0); staggered copies fill the plane.

    Args:
        curve: length of the handles in heights: how straight it is at its tips and sides.
    """
    x, y, k = width / 2, height / 2, curve * height
    points = [
        (0, -y), (0, k - y), (x, -k), (x, 0), (x, k), (0, y - k), (0, y),
        (0, y - k), (-x, k), (-x, 0), (-x, -k), (0, k - y), (0, -y),
    ]  # fmt: skip
    return Path("MCCCCZ", np.array(points)).halved()


def _half_drop(sheet: Sheet, columns: int, rows: int) -> tuple[Points, Points]:
    """Return the places of a lattice and of the one shifted by half a unit both ways."""
    unit = (sheet.width / columns, sheet.height / rows)
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    even: Points = np.stack([column, row], -1) * np.array(unit, float)
    return even, even + np.array(unit) / 2


def _ogee(sheet: Sheet, p: Parameters) -> None:
    """Draw an ogee trellis with buds, or ogees inside of ogees."""
    sheet.ground()
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height, aspect=_TALL)
    width, height = sheet.width / columns, sheet.height / rows
    lattices = _half_drop(sheet, columns, rows)
    outline, line, last = ogee_outline(width, height), p.weight(0.03, 0.05, 0.08), p.slots - 1
    if p.form == "nested":
        sizes = np.linspace(1.0, 0.2, 5) - line * 0.75
        for lattice, at in enumerate(lattices):
            for index, size in enumerate(sizes):
                turn = index if last > 3 else index // 2  # with four, each lattice has its own two
                slot = p.accent(turn + lattice * (last > 1)) if index % 2 == 0 else 0
                sheet.fill(slot, outline.scaled(size), at)
        return
    for lattice, at in enumerate(lattices):
        if last > 1:
            broad = 0.79 if last < 4 else 0.74
            sheet.fill(2 + 2 * lattice * (last > 3), outline.scaled(0.86 - 0.6 * line), at)
            sheet.fill(0, outline.scaled(broad - 1.1 * line), at)
        else:
            sheet.fill(last, outline.scaled(0.84 - 0.6 * line), at)
            sheet.fill(0, outline.scaled(0.79 - 0.6 * line), at)
        _bud(sheet, p, np.array((width, height)), at)
    both = np.concatenate(lattices)
    sheet.stroke(min(1, last), outline, 1.7 * line * width, both)
    sheet.fill(0, circle(0, 0, 0.45 * line * width), both + np.array((width / 2, 0.0)))


def _bud(sheet: Sheet, p: Parameters, unit: Points, at: Points) -> None:
    """Draw a lotus bud on a stem with two leaves, inside of an ogee."""
    last, size = p.slots - 1, float(min(unit[0], unit[1] / _TALL))
    bud = 3 if last > 2 else 1
    size *= 1.1 if bud == 3 else 1.0
    foot = at + np.array((0, 0.11 * size))
    for turn, length, slot in ((1.15, 0.25, bud), (0.62, 0.35, bud), (0.0, 0.46, 1)):
        petal = leaf(length * size, 0.15 * size, 0.12 if turn else 0.0)
        for side in (-1, 1) if turn else (1,):
            sheet.fill(0, leaf(length * size * 1.07, 0.19 * size, side * 0.12 if turn else 0.0),
                       foot, side * turn)  # fmt: skip
            sheet.fill(min(slot, last), petal.scaled(side, 1), foot, side * turn)
    sheet.fill(0, leaf(0.26 * size, 0.05 * size), at + np.array((0, 0.05 * size)))
    stem = leaf(0.34 * size, 0.035 * size, belly=0.6).moved(0, 0.42 * size)
    low = mirrored(leaf(0.24 * size, 0.09 * size, 0.3).rotated(0.75).moved(0, 0.36 * size))
    sheet.fill(min(1, last), stem + low, at)
    sheet.fill(min(2, last), circle(0, 0.14 * size, 0.045 * size), at)


def _foil(reach: float, radius: float, inset: float = 0.0) -> Path:
    """Return a quatrefoil: four lobes that reach to `reach`, moved inwards by `inset`."""
    away, r = reach - radius, radius - inset
    meet = (away + np.sqrt(max(2 * r**2 - away**2, 0))) / 2
    angle = float(np.arctan2(meet, meet - away))
    turns = np.arange(4) * np.pi / 2
    lobe = arc(away, 0, r, -angle, angle)
    return closed(*(lobe.rotated(turn) for turn in turns))


def _barbed(reach: float, radius: float, barb: float, inset: float = 0.0) -> Path:
    """Return a quatrefoil with points between its lobes, on a square of half side `barb`."""
    corner = regular_polygon(4, (barb - inset) * 2**0.5, np.pi / 4)
    return _foil(reach, radius, inset) + corner


def _quatrefoil(sheet: Sheet, p: Parameters) -> None:
    """Draw linked quatrefoils, or quatrefoils and stars that interlock."""
    sheet.ground()
    if p.form == "interlocked":
        _interlocked(sheet, p)
        return
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height)
    unit = (sheet.width / columns, sheet.height / rows)
    even, odd = _half_drop(sheet, columns, rows)
    line, last = p.weight(0.03, 0.05, 0.08), p.slots - 1
    reach, radius, barb = 0.5 + line / 2, 0.27, 0.31
    gap = 1.9 * line
    rings = [(0.0, min(1, last)), (line, 0), (gap, min(2, last)), (gap + 0.018 + 0.5 * line, 0)]
    for inset, slot in rings:
        sheet.fill(slot, _barbed(reach, radius, barb, inset).scaled(*unit), even)
    petals, r = 3 if last > 3 else min(1, last), 0.31 if last > 2 else 0.26
    _flower(sheet, unit, 0.3, even, (petals, last if last > 2 else min(1, last)))
    star = closed(*(arc(x * r, y * r, r, start, start - np.pi / 2) for x, y, start in (
        (1, 1, -np.pi / 2), (-1, 1, 0.0), (-1, -1, np.pi / 2), (1, -1, np.pi),
    )))  # fmt: skip
    sheet.fill(last if last != 2 else 1, star.scaled(*unit), odd)
    sheet.fill(0, circle(0, 0, 0.035).scaled(*unit), odd)


def _flower(
    sheet: Sheet, unit: tuple[float, float], size: float, at: Points, slots: tuple[int, int]
) -> None:
    """Draw a flower of four petals on the axes, four leaves between them and a middle."""
    for turn in range(4):
        between = leaf(size * 0.72, size * 0.2).rotated((turn + 0.5) * np.pi / 2)
        sheet.fill(slots[1], between.scaled(*unit), at)
    for turn in range(4):
        petal = leaf(size, size * 0.46, belly=0.6).rotated(turn * np.pi / 2)
        sheet.fill(slots[0], petal.scaled(*unit), at)
    sheet.fill(0, circle(0, 0, size * 0.2).scaled(*unit), at)
    sheet.fill(slots[1], circle(0, 0, size * 0.11).scaled(*unit), at)


def _interlocked(sheet: Sheet, p: Parameters) -> None:
    """Draw squares with round lobes that reach into the squares between them."""
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height)
    unit = (sheet.width / columns, sheet.height / rows)
    even, odd = _half_drop(sheet, columns, rows)
    line, last = p.weight(0.02, 0.035, 0.06), p.slots - 1
    side, lobe = 0.25, 0.15
    diamonds = np.concatenate([even, odd])
    gaps = np.concatenate([even + np.array((unit[0] / 2, 0)), even + np.array((0, unit[1] / 2))])
    for lattice, at in enumerate((even, odd)):
        rim = 4 if last > 3 and lattice else min(1, last)
        core = 3 if last > 2 and lattice else 2
        for inset, slot in ((line / 2, rim), (2.1 * line, 0), (2.6 * line, core)):
            if slot <= last and (slot or last):
                shape = _barbed(side + lobe, lobe, side, inset)
                sheet.fill(slot, shape.scaled(*unit), at)
    if last > 1:
        _flower(sheet, unit, 0.8 * (side - 2.6 * line), diamonds, (0, last))
    else:
        _flower(sheet, unit, 0.2, diamonds, (last, 0))
    _flower(sheet, unit, 0.1, gaps, (min(3, last), last if last > 3 else min(1, last)))


FAMILIES = (
    Family(name="ogee", draw=_ogee, repeats=(6, 4, 2.5)),
    Family(name="quatrefoil", draw=_quatrefoil, repeats=(5.5, 3.5, 2.2)),
)
