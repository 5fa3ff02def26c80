"""Abstract geometry: quarter and half circles in squares, arcs and bars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.ornamental.overlapping import draw_overlaps
from worker.drawing.path import Path, arc, circle, closed, polygon, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_QUARTER = np.pi / 2
Layers: TypeAlias = tuple[Path, ...]
"""Shapes in a unit square, each inside of the one before."""


class _Block(NamedTuple):
    """A rectangle of whole units."""

    column: int
    row: int
    columns: int
    rows: int


def _sector(radius: float, x: float = 0.0, y: float = 0.0, turn: int = 0) -> Path:
    """Return a quarter disc around (x, y); it lies to the lower right, turned by quarters."""
    start = turn * _QUARTER
    corner = Path("M", np.array([(x, y)]))
    return closed(corner, arc(x, y, radius, start, start + _QUARTER))


def _half_disc(x: float, y: float, radius: float) -> Path:
    """Return the lower half of a disc."""
    return closed(arc(x, y, radius, 0, np.pi))


def _leaf() -> Path:
    return closed(arc(0, 0, 1, 0, _QUARTER), arc(1, 1, 1, np.pi, 3 * _QUARTER))


def _rows(count: int, height: float, width: float = 1.0) -> Path:
    bars = [rectangle(0, (2 * i + 1) * height / (2 * count), width, height / (2 * count))
            for i in range(count)]  # fmt: skip
    return _merged(bars)


def _merged(paths: Iterable[Path]) -> Path:
    first, *others = paths
    for other in others:
        first += other
    return first


_SQUARE: tuple[tuple[float, Layers], ...] = (
    (3.0, (_sector(1),)),
    (2.0, (_sector(1), _sector(2 / 3), _sector(1 / 3))),
    (2.0, (_half_disc(0.5, 0, 0.5) + _half_disc(0.5, 0.5, 0.5),)),
    (1.2, (circle(0.5, 0.5, 0.5), circle(0.5, 0.5, 0.25))),
    (1.2, (circle(0.5, 0.5, 0.5), _half_disc(0.5, 0.5, 0.5))),
    (1.6, (_leaf(),)),
    (1.2, (_sector(0.5) + _sector(0.5, 1, 1, 2),)),
    (0.9, (polygon([(0, 0), (1, 0), (0, 1)]),)),
    (0.7, (_rows(3, 1.0),)),
)
"""What fills a square, and how often."""
_WIDE: tuple[tuple[float, Layers], ...] = (
    (3.0, (_half_disc(1, 0, 1),)),
    (2.5, (_half_disc(1, 0, 1), _half_disc(1, 0, 2 / 3), _half_disc(1, 0, 1 / 3))),
    (1.5, (_half_disc(1, 0, 1), _half_disc(1, 0, 0.5))),
    (1.0, (_sector(1, 1, 0, 1) + _sector(1, 1, 1, 3),)),
    (0.7, (_rows(3, 1.0, 2.0),)),
)
"""What fills a rectangle of two units by one."""


def _geometric(sheet: Sheet, p: Parameters) -> None:
    """Draw abstract geometry in one of four forms."""
    sheet.ground()
    {"bauhaus": _bauhaus, "quarters": _quarters, "overlaps": draw_overlaps, "arcs": _arcs}[p.form](
        sheet, p
    )


def _bauhaus(sheet: Sheet, p: Parameters) -> None:
    """Draw squares and rectangles of several sizes, each with a bold shape."""
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height)
    unit = np.array((sheet.width / columns, sheet.height / rows))
    blocks = _partition(p, columns, rows)
    large = sum(block.columns * block.rows > 1 for block in blocks)
    colours = _Colours(p, len(blocks), large)
    kinds, turns = p.random("kinds"), p.random("turns")
    mosaic = _Mosaic()
    for index, block in enumerate(blocks):
        square = block.columns == block.rows
        table = _SQUARE if square else _WIDE
        weights = np.array([weight for weight, _ in table])
        layers = table[kinds.choice(len(table), p=weights / weights.sum())][1]
        turn = int(turns.integers(4)) if square else 2 * int(turns.integers(2))
        size = block.columns if square else 1
        layers = (rectangle(0, 0, 1 if square else 2, 1), *layers)
        placed = [_placed(path, block, turn, size, unit) for path in layers]
        mosaic.add(placed, colours.of(index, len(placed)))
    mosaic.draw(sheet)


def _placed(path: Path, block: _Block, turn: int, size: float, unit: np.ndarray) -> Path:
    """Return a path of the unit square, or of two squares, turned and placed in its block."""
    middle = np.array((block.columns, block.rows)) / 2
    if block.rows > block.columns:
        turn += 1
    own = (middle if turn % 2 == 0 else middle[::-1]) / size
    at = path.moved(*-own).rotated(turn * _QUARTER).scaled(size).moved(*middle)
    return at.moved(block.column, block.row).scaled(*unit)


def _partition(p: Parameters, columns: int, rows: int) -> list[_Block]:
    """Return blocks that fill the period: some of 2 by 2 and 2 by 1 units, the others single."""
    random = p.random("blocks")
    free = np.ones((rows, columns), bool)
    blocks = []
    tries = [(2, 2)] * (columns * rows // 7) + [(2, 1), (1, 2)] * (columns * rows // 9)
    for wide, high in tries:
        if wide > columns - 1 or high > rows - 1:
            continue
        column, row = int(random.integers(columns)), int(random.integers(rows))
        own = np.ix_(np.arange(row, row + high) % rows, np.arange(column, column + wide) % columns)
        if free[own].all():
            free[own] = False
            blocks.append(_Block(column, row, wide, high))
    singles = [_Block(int(c), int(r), 1, 1) for r, c in np.argwhere(free)]
    return blocks + singles


class _Colours:
    """Chooses the colours of a block: its base, the shape on it, shapes inside.

    Args:
        count: of the blocks.
        large: how many of them, the first, are never empty.
    """

    def __init__(self, p: Parameters, count: int, large: int = 0) -> None:
        self._p, self._shapes = p, p.accents(count, "shapes")
        self._random = p.random("bases")
        order = p.random("plain").permutation(count)
        self._empty = (order < int(count * p.packing(0.2, 0.04, 0.0))) & (np.arange(count) >= large)
        self._plain = order < round(count * p.packing(0.92, 0.74, 0.5))
        self._cut_out = p.packing(0.8, 0.5, 0.2)

    def of(self, index: int, layers: int) -> list[int]:
        """Return a slot for each layer, the base first; all ground for an empty block."""
        shape = int(self._shapes[index])
        if self._empty[index] or self._p.slots == 1:
            return [0] * layers
        if self._plain[index]:
            base = 0
        elif self._random.random() < self._cut_out or self._p.slots == 2:
            base, shape = shape, 0
        else:
            base = self._other(shape)
        inner = base if layers != 3 or self._p.slots < 3 else self._other(shape, base)
        return ([base, shape, inner, shape] * 2)[:layers]

    def _other(self, *taken: int) -> int:
        """Return an accent that is not taken, by the shares; the ground if there is none."""
        free = [slot for slot in range(1, self._p.slots) if slot not in taken]
        shares = np.array([self._p.shares[slot - 1] for slot in free])
        if not free or shares.sum() == 0:
            return 0
        return int(self._random.choice(free, p=shares / shares.sum()))


class _Mosaic:
    """Collects regions that abut, and paints each colour as one path."""

    def __init__(self) -> None:
        self._regions: list[tuple[Path, int, bool]] = []

    def add(self, layers: list[Path], slots: list[int]) -> None:
        """Add a cell: its outline and the shapes in it, each inside of the one before."""
        on_colour = slots[0] != 0
        for index, (path, slot) in enumerate(zip(layers, slots, strict=True)):
            region = path
            if index + 1 < len(layers):
                region = path + layers[index + 1].reversed()
            if slot != 0:
                self._regions.append((region, slot, on_colour))

    def draw(self, sheet: Sheet) -> None:
        """Paint the regions, and each colour below the later ones of cells without ground."""
        for slot in sorted({slot for _, slot, _ in self._regions}):
            own = [path for path, at, on_colour in self._regions
                   if at == slot or (at > slot and on_colour)]  # fmt: skip
            sheet.tessellate(own, [slot] * len(own))


_FOURS = ((2, 3, 1, 0), (0, 1, 3, 2), (0, 0, 0, 0), (0, 1, 0, 1), (2, 0, 0, 2), (1, 2, 0, 3),
          (0, 2, 2, 0), (1, 1, 3, 3))  # fmt: skip
"""Quarter turns of the quarter discs of a block of two by two: disc, star, scales, arches, ..."""


def _quarters(sheet: Sheet, p: Parameters) -> None:
    """Draw quarter circles in squares, in blocks of two by two."""
    columns, rows = p.repeats(sheet.width, multiple=2), p.repeats(sheet.height, multiple=2)
    unit = np.array((sheet.width / columns, sheet.height / rows))
    random = p.random("fours")
    places = [(c, r) for r in range(0, rows, 2) for c in range(0, columns, 2)]
    colours = _Colours(p, 2 * len(places))
    mosaic = _Mosaic()
    for index, (column, row) in enumerate(places):
        turns = _FOURS[random.integers(len(_FOURS))]
        whole = colours.of(2 * index, 3)
        other = colours.of(2 * index + 1, 3)
        mode = random.integers(3)
        for cell, turn in enumerate(turns):
            block = _Block(column + cell % 2, row + cell // 2, 1, 1)
            swapped = cell in (1, 2) and mode > 0
            slots = (whole[1::-1] if mode == 1 else other[:2]) if swapped else whole[:2]
            shapes = [rectangle(0, 0, 1, 1), _sector(1)]
            if mode == 2 and not swapped:
                shapes, slots = [*shapes, _sector(0.5)], whole
            mosaic.add([_placed(path, block, turn, 1, unit) for path in shapes], slots)
    mosaic.draw(sheet)


def _arcs(sheet: Sheet, p: Parameters) -> None:
    """Draw ribbons of lines that turn in quarter circles and pass below each other."""
    columns, rows = (p.repeats(side, aspect=1.45) for side in (sheet.width, sheet.height))
    unit = np.array((sheet.width / columns, sheet.height / rows))
    half = {2: 2, 3: 2, 4: 3}.get(p.slots, 4)
    order = [*range(half), *range(half - 2 if p.slots > 3 else half - 1, -1, -1)]
    lines = len(order)
    width = p.weight(0.34, 0.52, 0.74) / lines
    edges = [((i + 0.5) / lines - width / 2, (i + 0.5) / lines + width / 2) for i in range(lines)]
    turns, kinds = p.random("turns"), p.random("kinds")
    straight = p.packing(0.0, 0.14, 0.3)
    pieces: list[tuple[Path, int]] = []
    for block in (_Block(c, r, 1, 1) for r in range(rows) for c in range(columns)):
        turn, bars = int(turns.integers(4)), kinds.random() < straight
        for (low, high), index in zip(edges, order, strict=True):
            shape = rectangle(low, 0, high - low, 1) if bars else _turning(low, high)
            pieces.append((_placed(shape, block, turn, 1, unit), p.accent(index)))
    for slot in sorted({slot for _, slot in pieces}):
        own = [path for path, at in pieces if at == slot]
        sheet.tessellate(own, [slot] * len(own))


def _turning(low: float, high: float) -> Path:
    """Return a line in a quarter circle around (0, 0), and one around (1, 1) below all such."""
    return _ring(low, high) + _ring_below(low, high)


def _ring(low: float, high: float) -> Path:
    return closed(arc(0, 0, high, 0, _QUARTER), arc(0, 0, low, _QUARTER, 0))


def _ring_below(low: float, high: float) -> Path:
    """Return the part of a quarter ring around (1, 1) outside of the unit disc around (0, 0)."""
    outer, inner = _meeting(high), _meeting(low)
    if outer is None:
        return _ring(low, high).rotated(np.pi).moved(1, 1)
    cut = arc(0, 0, 1, *_bearings((high, outer), (high, _QUARTER - outer)))
    start = arc(1, 1, high, np.pi, np.pi + outer)
    if inner is None:
        end = arc(1, 1, high, 3 * _QUARTER - outer, 3 * _QUARTER)
        return closed(start, cut, end, arc(1, 1, low, 3 * _QUARTER, np.pi))
    cut = arc(0, 0, 1, *_bearings((high, outer), (low, inner)))
    piece = closed(start, cut, arc(1, 1, low, np.pi + inner, np.pi))
    mirrored = Path(piece.codes, piece.points[:, ::-1])
    return piece + mirrored.reversed()


def _meeting(radius: float) -> float | None:
    """Return where a circle around (1, 1) meets the unit circle, in radians from its left."""
    sine = (1 + radius**2) / (2 * radius) / 2**0.5
    return None if sine >= 1 else float(np.arcsin(sine) - np.pi / 4)


def _bearings(*points: tuple[float, float]) -> tuple[float, ...]:
    """Return the directions from (0, 0) of points at (radius, angle) around (1, 1)."""
    return tuple(
        float(np.arctan2(1 - radius * np.sin(angle), 1 - radius * np.cos(angle)))
        for radius, angle in points
    )


FAMILIES = (Family(name="geometric", draw=_geometric, repeats=(9, 6, 4)),)
