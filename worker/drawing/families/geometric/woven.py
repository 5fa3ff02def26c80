"""Families woven of coloured warp and weft: checks, plaid, houndstooth.

Warp bands are painted whole; weft bands over them as the diagonal lines of a twill, so that each
crossing shows both colours in equal parts without opacity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.bands import Band, abutting, randomised
from worker.drawing.families.geometric.fitting import fit
from worker.drawing.path import polygon, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES", "sett"]

Runs = Sequence[tuple[int, float]]
"""Threads in order: slot and number of each run of one colour."""


def _weave(sheet: Sheet, warp: Runs, weft: Runs, twill: tuple[int, int]) -> None:
    """Paint warp and weft over one period.

    Args:
        sheet: draws on it; its ground is painted.
        warp: runs over the whole width, mm.
        weft: runs over the whole height, mm.
        twill: number of the twill's lines along the width and along the height.
    """
    for band in abutting(warp):
        sheet.band(band.slot, band.start, band.end - band.start)
    across, down = sheet.width / twill[0], sheet.height / twill[1]
    places = np.stack([np.arange(twill[0]) * across, np.zeros(twill[0])], -1)
    start = 0.0
    for slot, width in weft:
        end = start + width
        lean = across / down
        line = polygon([(-start * lean, start), (across / 2 - start * lean, start),
                        (across / 2 - end * lean, end), (-end * lean, end)])  # fmt: skip
        sheet.fill(slot, line, places)
        start = end


def _tiled(runs: Runs, count: int, length: float) -> list[tuple[int, float]]:
    """Return the runs of `count` repeats that fill a length in mm."""
    unit = length / count / sum(width for _, width in runs)
    return [(slot, width * unit) for slot, width in runs] * count


def _checks(sheet: Sheet, p: Parameters) -> None:
    """Draw a checkerboard, or gingham."""
    sheet.ground()
    if p.form == "gingham":
        _gingham(sheet, p, size=1.6, pitch=0.8)
    elif p.form == "inset":
        _inset(sheet, p)
    else:
        units = fit(sheet, p, multiples=(2, 2))
        column, row = units.cells
        dark = (column + row) % 2 == 0
        at = units.at(column[dark], row[dark])
        slots = p.accents(len(at))
        square = rectangle(0, 0, units.width, units.height)
        for slot in np.unique(slots):
            sheet.fill(int(slot), square, at[slots == slot])


def _gingham(sheet: Sheet, p: Parameters, *, size: float, pitch: float) -> None:
    """Draw crossing bands of equal width, in the accents in turn.

    Args:
        size: distance of bands, in scales.
        pitch: distance of twill lines along the width, mm.
    """
    accents = max(1, p.slots - 1)
    units = fit(sheet, p, size=size * accents, aspect=1.0)
    runs = [run for turn in range(accents) for run in _pair(p, turn)]
    warp = _tiled(runs, units.columns, sheet.width)
    weft = _tiled(runs, units.rows, sheet.height)
    lines = max(4, round(units.width / accents / pitch)) * accents
    twill = (units.columns * lines, units.rows * lines)
    _weave(sheet, warp, weft, twill)


def _pair(p: Parameters, turn: int) -> Runs:
    """Return a band of an accent and one of the ground."""
    slot = p.accent(turn)
    return ((slot, p.relative(slot)), (0, 1.0))


def _inset(sheet: Sheet, p: Parameters) -> None:
    """Draw a checkerboard with a smaller square in each dark one."""
    units = fit(sheet, p, multiples=(2, 2))
    column, row = units.cells
    dark = (column + row) % 2 == 0
    at = units.at(column[dark] + 0.5, row[dark] + 0.5)
    square = rectangle(-0.5, -0.5, 1, 1).scaled(units.width, units.height)
    sheet.fill(p.accent(0), square, at)
    sheet.fill(0, square.scaled(0.72), at)
    slots = 2 + p.random("insets").permutation(len(at)) % (p.slots - 2) if p.slots > 2 else None
    if slots is None:
        sheet.fill(p.accent(0), square.scaled(0.4), at)
        return
    for slot in np.unique(slots):
        sheet.fill(int(slot), square.scaled(0.6), at[slots == slot])


_SETTS: dict[int, tuple[Runs, ...]] = {
    1: (
        ((0, 22), (1, 2), (0, 3), (1, 14), (0, 4), (1, 2)),
        ((0, 22), (1, 3), (0, 3), (1, 3), (0, 3), (1, 14)),
    ),
    2: (
        ((1, 12), (0, 3), (1, 3), (0, 18), (2, 5), (0, 2)),
        ((0, 18), (2, 5), (0, 4), (1, 16), (0, 2), (1, 2)),
    ),
    3: (
        ((0, 26), (1, 3), (0, 3), (1, 14), (2, 6), (0, 8), (3, 12)),
        ((1, 16), (0, 2), (1, 2), (0, 16), (3, 6), (0, 3), (2, 10)),
    ),
    4: (
        ((0, 22), (1, 3), (0, 2), (1, 10), (2, 6), (0, 3), (3, 6), (0, 3), (4, 12)),
        ((1, 16), (0, 3), (4, 5), (0, 14), (3, 6), (0, 2), (2, 12)),
    ),
}
"""Half setts by number of accents, from one pivot to the other, in threads."""


def sett(p: Parameters) -> list[tuple[int, float]]:
    """Return a whole tartan sett: a half and its mirror image, with both pivots once.

    Args:
        p: gives the number of accents, their shares and the choice of the half.
    """
    if p.slots == 1:
        return [(0, 1.0)]
    count = min(p.slots - 1, 4)
    halves = _SETTS[count]
    half = halves[int(p.random("sett").integers(len(halves)))]
    stretch = [1.0, *np.clip(np.array(p.shares) * (p.slots - 1), 0.5, 2.0) ** 0.5]
    runs = [(slot, threads * float(stretch[slot])) for slot, threads in half]
    runs = [(slot, width / 2 if i == 0 else width) for i, (slot, width) in enumerate(runs)]
    runs[-1] = (runs[-1][0], runs[-1][1] / 2)
    mirrored = runs + runs[::-1]
    return _joined(mirrored)


def _joined(runs: Runs) -> list[tuple[int, float]]:
    """Return runs with neighbours of one colour joined."""
    joined: list[tuple[int, float]] = []
    for slot, width in runs:
        if joined and joined[-1][0] == slot:
            joined[-1] = (slot, joined[-1][1] + width)
        else:
            joined.append((slot, width))
    return joined


def _plaid(sheet: Sheet, p: Parameters) -> None:
    """Draw tartan, buffalo checks, glen checks or madras."""
    sheet.ground()
    if p.form == "buffalo":
        _gingham(sheet, p, size=0.7, pitch=1.3)
    elif p.form == "madras":
        _madras(sheet, p)
    elif p.form == "glen":
        _glen(sheet, p)
    else:
        units = fit(sheet, p)
        lines = max(12, round(units.width / max(0.9, units.width / 30)))
        runs = sett(p)
        _weave(
            sheet,
            _tiled(runs, units.columns, sheet.width),
            _tiled(runs, units.rows, sheet.height),
            (units.columns * lines, units.rows * lines),
        )


def _madras(sheet: Sheet, p: Parameters) -> None:
    """Draw bands of unlike widths, not the same in warp and weft."""
    lines = []
    for length, choice in ((sheet.width, "warp"), (sheet.height, "weft")):
        count = max(3, round(4 * length / p.scale_mm))
        bands = randomised(p, count, 0.6, choice)
        unit = length / count
        lines.append(_runs([Band(b.slot, b.start * unit, b.end * unit) for b in bands], length))
    pitch = max(0.9, p.scale_mm / 26)
    twill = (max(4, round(sheet.width / pitch)), max(4, round(sheet.height / pitch)))
    _weave(sheet, lines[0], lines[1], twill)


def _runs(bands: Sequence[Band], length: float) -> list[tuple[int, float]]:
    """Return the visible part of bands that reach beneath each other as runs up to a length."""
    runs: list[tuple[int, float]] = []
    place = 0.0
    for index, band in enumerate(bands):
        if band.start > place + 1e-9:
            runs.append((0, band.start - place))
        following = bands[index + 1].start if index + 1 < len(bands) else length
        place = min(band.end, following)
        runs.append((band.slot, place - band.start))
    if place < length:
        runs.append((0, length - place))
    return runs


def _glen(sheet: Sheet, p: Parameters) -> None:
    """Draw a glen check: four and four threads beside two and two, in a two-and-two twill."""
    units = fit(sheet, p, size=1.4)
    broad, fine = 4, 6
    runs: list[tuple[int, float]] = [(p.accent(0), 4.0), (0, 4.0)] * broad
    runs += [(p.accent(1), 2.0), (0, 2.0)] * fine
    if p.slots > 3:  # an overcheck in the middle of the fine check, and one of the broad check
        runs[2 * broad + fine] = (p.accent(2), 2.0)
    if p.slots > 4:
        runs[broad] = (p.accent(3), 4.0)
    lines = round(sum(width for _, width in runs) / 4)
    _weave(
        sheet,
        _tiled(runs, units.columns, sheet.width),
        _tiled(runs, units.rows, sheet.height),
        (units.columns * lines, units.rows * lines),
    )


_TOOTH = (
    (0, 0), (1, -1), (1, -0.5), (0.5, 0), (1, 0), (1, 0.5), (1.5, 0), (2, 0), (1, 1), (0.5, 1),
    (0, 1.5), (0, 1), (-0.5, 1), (0, 0.5),
)  # fmt: skip
"""Outline of a tooth of a two-and-two twill; bands of both colours are 1 wide."""


_STEPPED_TOOTH = (
    (0, 0), (1, 0), (1, -1), (2, -1), (2, -2), (3, -2), (3, -3), (4, -3), (4, -1), (3, -1), (3, 0),
    (4, 0), (4, 2), (5, 2), (5, 1), (6, 1), (6, 0), (8, 0), (8, 1), (7, 1), (7, 2), (6, 2), (6, 3),
    (5, 3), (5, 4), (2, 4), (2, 5), (1, 5), (1, 6), (0, 6), (0, 4), (-1, 4), (-1, 3), (0, 3),
)  # fmt: skip
"""Outline of a tooth as it is woven, in threads; bands of both colours are 4 threads wide."""


def _houndstooth(sheet: Sheet, p: Parameters) -> None:
    """Draw four-armed teeth with smooth or stepped slants; the ground has the same shape."""
    sheet.ground()
    units = fit(sheet, p)
    column, row = units.cells
    tooth = np.array(_TOOTH if p.form == "classic" else _STEPPED_TOOTH, float)
    tooth /= 2 if p.form == "classic" else 8
    path = polygon(tooth * (units.width, units.height))
    at = units.at(column, row)
    # one colour a row: teeth of many colours side by side do not read as houndstooth
    slots = p.accents(units.rows)[row]
    for slot in np.unique(slots):
        sheet.fill(int(slot), path, at[slots == slot])


FAMILIES = (
    Family(name="checks", draw=_checks, repeats=(16, 10, 6)),
    Family(name="plaid", draw=_plaid, repeats=(5, 3, 2)),
    Family(name="houndstooth", draw=_houndstooth, repeats=(10, 6, 3)),
)
