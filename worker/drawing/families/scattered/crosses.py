"""Crosses: plus signs, bold and counterchanged crosses, saltires, kasuri."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import fill_each, in_rows, in_turn, spread, tossed
from worker.drawing.path import Path, Points, arc, polygon, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_KASURI_KINDS = 5
"""Number of different crosses of kasuri."""


def _cross(half: float) -> Path:
    """Return a cross of radius 1; `half` is half the width of its arms."""
    h = half
    corner = [(h, -h), (1, -h), (1, h), (h, h), (h, 1), (-h, 1), (-h, h), (-1, h), (-1, -h),
              (-h, -h), (-h, -1), (h, -1)]  # fmt: skip
    return polygon(corner)


def _crosses(sheet: Sheet, p: Parameters) -> None:
    """Draw crosses in rows, counterchanged, tossed, or woven as kasuri."""
    sheet.ground()
    if p.form == "counterchange":
        _counterchange(sheet, p)
    elif p.form == "saltire":
        _saltires(sheet, p)
    elif p.form == "kasuri":
        _kasuri(sheet, p)
    elif p.form == "tossed":
        _tossed(sheet, p)
    else:
        _upright(sheet, p)


def _upright(sheet: Sheet, p: Parameters) -> None:
    """Draw slim or bold crosses in staggered rows."""
    places = in_rows(sheet, p, staggered=True)
    half = p.weight(0.12, 0.19, 0.26) if p.form == "plus" else p.weight(0.28, 0.34, 0.4)
    room = min(places.step[0] / 2, places.step[1])  # between the axes of neighbours
    size = 0.92 * room / (1 + half) * p.packing(0.64, 0.88, 1.0)
    fill_each(sheet, spread(sheet, p, places.at), _cross(half), places.at, 0.0, size)


def _saltires(sheet: Sheet, p: Parameters) -> None:
    """Draw X marks with round ends on a grid."""
    places = in_rows(sheet, p, staggered=False)
    arm = places.pitch / 2 * p.packing(0.5, 0.63, 0.71)
    width = places.pitch * p.weight(0.09, 0.16, 0.23)
    arm = min(arm, places.pitch * 0.46 - width / 2)
    bar = _bar(arm * 2**0.5, width / 2)
    mark = bar.rotated(np.pi / 4) + bar.rotated(-np.pi / 4)
    fill_each(sheet, spread(sheet, p, places.at), mark, places.at)


def _bar(half: float, radius: float) -> Path:
    """Return a bar along x from -half to half with round ends beyond."""
    right, left = (
        arc(x, 0, radius, a, a + np.pi) for x, a in ((half, -np.pi / 2), (-half, np.pi / 2))
    )
    return Path(
        right.codes + "L" + left.codes[1:] + "Z", np.concatenate([right.points, left.points])
    )


def _tossed(sheet: Sheet, p: Parameters) -> None:
    """Draw crosses turned in all directions."""
    places = tossed(sheet, p)
    half = p.weight(0.2, 0.33, 0.4)
    radius = places.pitch / 2 * p.packing(0.66, 0.86, 0.99) / np.hypot(1, half)
    turns = p.random("turns").uniform(0, np.pi / 2, len(places.at))
    fill_each(sheet, spread(sheet, p, places.at), _cross(half), places.at, turns, radius)


def _counterchange(sheet: Sheet, p: Parameters) -> None:
    """Draw a board of crosses by turns filled and cut out of squares."""
    places = in_rows(sheet, p, staggered=False, multiple=2)
    half, size = p.weight(0.22, 0.3, 0.38), p.packing(0.5, 0.62, 0.72)
    x, y = places.step
    cross = _cross(half).scaled(size * x / 2, size * y / 2)
    square = rectangle(-x / 2, -y / 2, x, y) + cross.scaled(-1, 1)
    odd = (places.row + places.column) % 2 == 1
    count = max(2, p.slots - 1)
    own = places.at[odd]
    slots = spread(sheet, p, own, "squares") if count > 2 else np.full(len(own), p.accent(0))
    fill_each(sheet, slots, square, own)
    rest = places.at[~odd]
    fill_each(sheet, spread(sheet, p, rest) if count > 2 else p.slots - 1, cross, rest)


def _threads(random: np.random.Generator, length: float, half: float, count: int) -> Points:
    """Return the outline of a bar along x whose ends are uneven thread by thread, (n, 2).

    Args:
        length: half of the bar's length.
        half: half of its width.
        count: number of threads.
    """
    lines = np.linspace(-half, half, count + 1)
    middle = 1 - np.abs(np.linspace(-1, 1, count)) ** 2
    left, right = (length * (0.7 + 0.14 * middle + random.uniform(0, 0.16, count)) for _ in "ab")
    there = [(x, y) for i, x in enumerate(right) for y in lines[i : i + 2]]
    back = [(-x, y) for i, x in enumerate(left) for y in lines[i : i + 2]]
    return np.array(there + back[::-1])


def _kasuri_mark(random: np.random.Generator, half: float, bars: tuple[float, ...]) -> Path:
    """Return bars along x and bars along y at offsets from the middle."""
    mark = Path("", np.zeros((0, 2)))
    for offset in bars:
        bar, post = (_threads(random, 1.0, half, 7) for _ in "ab")
        mark += polygon(bar).moved(0, offset) + polygon(post[::-1, ::-1]).moved(offset, 0)
    return mark


def _kasuri(sheet: Sheet, p: Parameters) -> None:
    """Draw woven crosses and well frames by turns, with small crosses between."""
    places = in_rows(sheet, p, staggered=True, aspect=1.5)
    random = p.random("threads")
    half = p.weight(0.12, 0.17, 0.22)
    size = min(places.step[0] / 2, places.step[1]) * p.packing(0.52, 0.63, 0.72)
    kinds = random.integers(0, _KASURI_KINDS, len(places.at))
    frame = places.row % 2 == 1
    for kind in range(_KASURI_KINDS):
        cross = _kasuri_mark(random, half, (0.0,))
        well = _kasuri_mark(random, half * 0.8, (-0.36, 0.36))
        small = _kasuri_mark(random, half * 1.2, (0.0,))
        one = kinds == kind
        fill_each(sheet, p.accent(0), cross, places.at[one & ~frame], 0.0, size)
        fill_each(sheet, min(2, p.slots - 1), well, places.at[one & frame], 0.0, size * 0.92)
        third = in_turn(p, 3, places.row)[one]
        fill_each(sheet, third, small, places.shifted(0.5, 0)[one], 0.0, size * 0.3)


FAMILIES = (Family(name="crosses", draw=_crosses, repeats=(14, 9, 6)),)
