"""Families in overlapping rows: seigaiha, fish scales, fans."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, Points, arc, circle, closed
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _scales(sheet: Sheet, p: Parameters) -> None:
    """Draw seigaiha, fish scales or art deco fans."""
    sheet.ground()
    {"seigaiha": _seigaiha, "fish": _fish, "fans": _fans}[p.form](sheet, p)


def _cover(sheet: Sheet, slot: int, path: Path, at: Points) -> None:
    """Fill copies of a path that are known to cover the window."""
    if len(at):
        sheet.cover(slot, Path(path.codes * len(at), path.placed(at).reshape(-1, 2)))


def _staggered(
    sheet: Sheet, columns: int, rows: int, *, upwards: bool = False
) -> Iterator[tuple[Points, Points]]:
    """Yield the places of row after row over the whole window, each in front of the one before.

    Rows are painted from one end of the window to the other, so that their order is the same in
    all periods.

    Yields:
        The places (k, 2) in mm, and their column and row (k, 2) in the period.
    """
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    w = sheet.window
    numbers = range(int(w.top // unit_y) - 2, int(w.bottom // unit_y) + 4)
    for row in reversed(numbers) if upwards else numbers:
        column = np.arange(int(w.left // unit_x) - 1, int(w.right // unit_x) + 2)
        at = np.stack([(column + 0.5 * (row % 2)) * unit_x, np.full(len(column), row * unit_y)], -1)
        index = np.stack([column % columns, np.full(len(column), row % rows)], -1)
        yield at, index


def _dome(x: float, y: float, below: float) -> Path:
    """Return the upper half of an ellipse, with straight sides down to `below`."""
    half = arc(0, 0, 1, np.pi, 2 * np.pi).scaled(x, y)
    return closed(half, Path("ML", np.array([(x, below), (-x, below)])))


def _seigaiha(sheet: Sheet, p: Parameters) -> None:
    """Draw waves of concentric arcs."""
    columns = p.repeats(sheet.width)
    rows = p.repeats(sheet.height, aspect=0.25, multiple=2)
    radius, low = sheet.width / columns / 2, 2 * sheet.height / rows
    rings = max(3, p.slots - 1)
    share = p.weight(0.3, 0.46, 0.64)
    discs: list[tuple[float, int]] = []
    for ring in range(rings):
        outer = 1 - ring * 0.88 / rings
        line = 1 if p.slots < 3 or ring == 0 else p.accent(ring)
        discs += [(outer, min(line, p.slots - 1)), (outer - share * 0.88 / rings, 0)]
    if p.slots > 1:
        discs.append((0.12, p.slots - 1 if p.slots > 2 else 1))
    domes = [(_dome(radius * size, low * size, 0.12 * low), slot) for size, slot in discs]
    for at, _ in _staggered(sheet, columns, rows):
        for dome, slot in domes:
            _cover(sheet, slot, dome, at)


def _scale_outline(width: float, height: float) -> Path:
    """Return a scale that hangs from (0, 0), `width` wide, with a blunt point."""
    w, h = width / 2, height
    points = [(w, -0.6 * h), (w, 0.2 * h), (w, 0.62 * h), (0.5 * w, 0.88 * h), (0, h),
              (-0.5 * w, 0.88 * h), (-w, 0.62 * h), (-w, 0.2 * h), (-w, -0.6 * h)]  # fmt: skip
    return Path("MLCCLZ", np.array(points)).halved()


def _fish(sheet: Sheet, p: Parameters) -> None:
    """Draw fish scales, each in one colour with a rim and a smaller scale inside."""
    columns = p.repeats(sheet.width)
    rows = p.repeats(sheet.height, aspect=0.52, multiple=2)
    width, height = sheet.width / columns, 2.05 * sheet.height / rows
    rim = p.weight(0.05, 0.09, 0.15) * width
    slots = p.accents(columns * rows).reshape(rows, columns)
    inner = 1 - np.array((0.3, 0.46))
    for at, index in _staggered(sheet, columns, rows, upwards=True):
        own = slots[index[:, 1], index[:, 0]]
        _cover(sheet, 0, _scale_outline(width, height), at)
        for slot in np.unique(own):
            here = at[own == slot]
            _cover(sheet, int(slot), _scale_outline(width - 2 * rim, height - 1.2 * rim), here)
            for share in inner:
                other = 0 if share == inner[0] else int(slot)
                size = _scale_outline((width - 2 * rim) * share, (height - rim) * share)
                _cover(sheet, other, size.moved(0, height * 0.08), here)


def _fans(sheet: Sheet, p: Parameters) -> None:
    """Draw art deco fans with petals that spread from their foot."""
    columns = p.repeats(sheet.width, aspect=1.3)
    rows = p.repeats(sheet.height, aspect=0.65, multiple=2)
    radius, low = sheet.width / columns / 2, sheet.height / rows
    line, last = p.weight(0.035, 0.06, 0.1), p.slots - 1
    rims = [(1.0, min(1, last)), (1 - line, 0), (0.9 - line, min(2, last)), (0.81 - 2 * line, 0)]
    petals = _petals(7, 0.76 - 2 * line)
    foot = [(0.5, 0), (0.44, last if last != 3 else 2)]
    for at, _ in _staggered(sheet, columns, rows):
        for size, slot in rims:
            _cover(sheet, slot, _dome(radius * size, low * size, low * 1.02).halved(), at)
        for index, petal in enumerate(petals):
            slot = min(last, 1 if index % 2 == 0 or last < 3 else 3)
            _cover(sheet, slot, petal.scaled(radius, low), at)
        for size, slot in foot:
            _cover(sheet, slot, circle(0, 0, size).scaled(radius, low).moved(0, low), at)


def _petals(count: int, reach: float) -> list[Path]:
    """Return petals from (0, 1) that end on a circle of radius `reach` around (0, 0)."""
    widest = 0.92 * np.arcsin(reach)
    petals = []
    for index in range(count):
        middle, half = widest * (2 * index + 1 - count) / count, 0.36 * widest / count * 2
        far = np.cos(middle) + np.sqrt(reach**2 - np.sin(middle) ** 2)
        sides = [(0, 0), (-0.25, 0.45), (-1, 0.72), (-1, 0.86), (-0.95, 0.965), (-0.5, 1), (0, 1)]
        sides += [(-side, along) for side, along in sides[-2::-1]]
        points = [(far * along * np.sin(middle + side * half),
                   1 - far * along * np.cos(middle + side * half))
                  for side, along in sides]  # fmt: skip
        petals.append(Path("MCCCCZ", np.array(points)))
    return petals


FAMILIES = (Family(name="scales", draw=_scales, repeats=(7, 4.5, 2.8)),)
