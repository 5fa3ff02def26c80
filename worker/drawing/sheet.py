"""Collects the shapes of one layer on a torus, and repeats those that cross its border.

Families draw one period of a pattern in millimetres. A shape that crosses the border of the period
is copied once for each neighbouring period that it reaches, so that any cut of the pattern tiles.
Copies are made where the shapes are read, so that a drawing can serve several windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.path import Path, Points, polygon

__all__ = ["Shape", "Sheet", "SheetFull", "Window", "translations"]

_MITER = 4.0
"""Greatest length of a mitred corner, in line widths (the default of SVG)."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The rectangle that has to be covered, in the layer's own coordinates, millimetres."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """Paths in one colour, filled or stroked together."""

    slot: int
    """Index of its paint."""
    parts: tuple[tuple[str, Points], ...]
    """Each the codes of a path and the control points (k, n, 2) of its k copies."""
    width: float | None = None
    """Line width in mm; None: filled."""
    even_odd: bool = False
    """Whether contours inside of others are holes, whatever their direction."""
    round_ends: bool = False
    """Whether lines have round ends and corners."""


class SheetFull(ValueError):
    """A family draws more points than the sheet may have."""


def translations(
    vectors: Sequence[tuple[float, float]], low: Points, high: Points, window: Window
) -> Points:
    """Return the sums (m, 2) of whole multiples of vectors by which a box may reach a window.

    Args:
        vectors: none, one along an axis, or two; without any the result is no translation.
        low, high: (2,) corners of the box, mm.
    """
    if not vectors:
        return np.zeros((1, 2))
    basis = np.array(vectors)
    reach = np.array([(window.left, window.top), (window.right, window.bottom)])
    reach = reach - np.stack([high, low])
    corners = np.array([(x, y) for x in reach[:, 0] for y in reach[:, 1]])
    coefficients = corners @ np.linalg.pinv(basis)
    first = np.floor(coefficients.min(0)).astype(int)
    last = np.ceil(coefficients.max(0)).astype(int)
    ranges = [np.arange(a, b + 1) for a, b in zip(first, last, strict=True)]
    grid = np.stack(np.meshgrid(*ranges, indexing="ij"), -1).reshape(-1, len(basis))
    steps: Points = grid @ basis
    return steps


def _whole(
    period: float, low: float, high: float, ends: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the multiples of a period by which something from low to high reaches a range."""
    first, last = np.floor((ends[0] - high) / period), np.ceil((ends[1] - low) / period)
    return np.arange(first, last + 1) * period


class Sheet:
    """One period of a layer: shapes in the order in which they are painted.

    Args:
        width, height: of the period, mm.
        window: what has to be covered.
        capacity: greatest number of control points in one period; None: any.
    """

    def __init__(
        self, width: float, height: float, window: Window, capacity: float | None = None
    ) -> None:
        self.width, self.height = width, height
        self.points = 0.0
        """Number of control points in one period so far."""
        self._window, self._capacity = window, capacity
        self._drawn: list[Callable[[Sheet], Iterable[Shape]]] = []
        self._is_bound = False

    @property
    def window(self) -> Window:
        """The rectangle that has to be covered; a drawing that asks for it is for it alone."""
        self._is_bound = True
        return self._window

    @property
    def shapes(self) -> Sequence[Shape]:
        """All shapes, each with the copies that the window needs."""
        return [shape for drawn in self._drawn for shape in drawn(self)]

    def fits(self, other: Sheet) -> bool:
        """Return whether another sheet of the same period may take over what is drawn."""
        return not self._is_bound or self._window == other._window

    def take_over(self, other: Sheet) -> None:
        """Draw what is drawn on another sheet, which `fits`."""
        self._count(other.points)
        self._drawn += other._drawn
        self._is_bound = other._is_bound

    def ground(self, slot: int = 0) -> None:
        """Fill the window."""

        def filled(sheet: Sheet) -> Iterable[Shape]:
            w = sheet._window
            corners = [(w.left, w.top), (w.right, w.top), (w.right, w.bottom), (w.left, w.bottom)]
            path = polygon(corners)
            return _shapes(slot, [(path.codes, path.points[None])])

        self._drawn.append(filled)

    def fill(
        self,
        slot: int,
        path: Path,
        positions: ArrayLike = ((0.0, 0.0),),
        turns: ArrayLike = 0.0,
        sizes: ArrayLike = 1.0,
        *,
        even_odd: bool = False,
    ) -> None:
        """Fill copies of a path.

        Args:
            slot: index of the paint.
            path: drawn around the origin, or in place for the default position.
            positions: (k, 2) places of the origin, mm.
            turns: (k,) radians, or one for all.
            sizes: (k,) factors, or one for all.
            even_odd: whether contours inside of others are holes.
        """
        self._repeat(slot, [(path.codes, path.placed(positions, turns, sizes))], even_odd=even_odd)

    def fill_parts(
        self,
        parts: Sequence[tuple[int, Path]],
        positions: ArrayLike,
        turns: ArrayLike = 0.0,
        sizes: ArrayLike = 1.0,
    ) -> None:
        """Fill copies of a motif: slots and paths in the order in which they are painted.

        All copies of a part are painted before the next part. Other arguments as of `fill`.
        """
        whole = Path("", np.concatenate([path.points for _, path in parts]))
        points = self._counted(whole.placed(positions, turns, sizes))

        drawn = [(slot, path.codes, len(path.points)) for slot, path in parts]

        def filled(sheet: Sheet) -> Iterable[Shape]:
            copies, start = sheet.wrapped(points, 0.0), 0
            for slot, codes, count in drawn:
                yield from _shapes(slot, [(codes, copies[:, start : start + count])])
                start += count

        self._drawn.append(filled)

    def stroke(
        self,
        slot: int,
        path: Path,
        width: float,
        positions: ArrayLike = ((0.0, 0.0),),
        turns: ArrayLike = 0.0,
        sizes: ArrayLike = 1.0,
        *,
        round_ends: bool = True,
    ) -> None:
        """Stroke copies of a path with a line of `width` mm; `sizes` do not scale the width."""
        margin = width / 2 if round_ends else width / 2 * _MITER
        points = path.placed(positions, turns, sizes)
        self._repeat(
            slot, [(path.codes, points)], margin=margin, width=width, round_ends=round_ends
        )

    def band(self, slot: int, start: float, width: float, *, across: bool = False) -> None:
        """Fill an endless straight stripe of each period.

        Args:
            start: its nearer edge, mm: x of a vertical stripe, y of a horizontal one.
            across: whether it is horizontal.
        """
        w = self.window
        low, high = (w.left, w.right) if across else (w.top, w.bottom)
        edge = np.array([(start, low), (start + width, low), (start + width, high), (start, high)])
        stripe = polygon(edge[:, ::-1] if across else edge)
        points = self.wrapped(self._counted(stripe.points[None]), 0.0, along=0 if across else 1)
        self._add(slot, [(stripe.codes, points)])

    def ribbon(
        self, slot: int, upper: Path, lower: Path | None = None, *, width: float | None = None
    ) -> None:
        """Draw an endless ribbon along x in each period.

        Args:
            upper: an open path from some (x, y) to (x + period's width, y), of one contour.
            lower: the other edge, in the same form; None: `upper` is stroked with `width` mm.
        """
        first = self._endless(upper)
        if lower is None:
            assert width is not None
            points = self.wrapped(self._counted(first.points[None]), width / 2, along=0)
            self._add(slot, [(first.codes, points)], width=width, round_ends=True)
            return
        last = self._endless(lower)
        back = Path("L" + last.codes[:0:-1] + "Z", last.points[::-1])
        closed = first + back
        points = self.wrapped(self._counted(closed.points[None]), 0.0, along=0)
        self._add(slot, [(closed.codes, points)])

    def cover(self, slot: int, path: Path, *, even_odd: bool = False) -> None:
        """Fill a path that covers the whole window already, such as traced contours."""
        w = self.window
        area = (w.right - w.left) * (w.bottom - w.top)
        self._count(len(path.points) * min(1.0, self.width * self.height / area))
        self._add(slot, [(path.codes, path.points[None])], even_odd=even_odd)

    def tessellate(self, cells: Sequence[Path], slots: Sequence[int]) -> None:
        """Fill cells that abut, without seams between them.

        Each colour is painted over the cells of all later colours too, as one path, so that no
        earlier colour shows through where the edges of two cells are blended.
        """
        for slot in sorted(set(slots)):
            kinds: dict[str, list[Points]] = {}
            for cell, own in zip(cells, slots, strict=True):
                if own >= slot:
                    kinds.setdefault(cell.codes, []).append(cell.points)
            self._repeat(slot, [(codes, np.stack(all_)) for codes, all_ in kinds.items()])

    def _endless(self, path: Path) -> Path:
        """Repeat an open path of one period along x, so that it crosses the window."""
        w = self.window
        start = float(path.points[0, 0])
        first = int(np.floor((w.left - start) / self.width)) - 1
        last = int(np.ceil((w.right - start) / self.width)) + 1
        period = np.array((self.width, 0.0))
        codes, points = [path.codes], [path.points + first * period]
        for index in range(first + 1, last):
            codes.append(path.codes[1:])
            points.append(path.points[1:] + index * period)
        return Path("".join(codes), np.concatenate(points))

    def wrapped(self, points: Points, margin: float, along: int | None = None) -> Points:
        """Return the copies (k', n, 2) of points (k, n, 2) that reach into the window.

        Args:
            margin: how far the shape reaches beyond its points, mm.
            along: the axis along which it is endless; not repeated along it.
        """
        if not len(points):
            return points
        w = self._window
        low, high = points.min(axis=1) - margin, points.max(axis=1) + margin
        across = _whole(self.width, low[:, 0].min(), high[:, 0].max(), (w.left, w.right))
        down = _whole(self.height, low[:, 1].min(), high[:, 1].max(), (w.top, w.bottom))
        x, y = (np.zeros(1) if axis == along else each for axis, each in enumerate((across, down)))
        inside_x = (low[:, 0] + x[:, None] < w.right) & (high[:, 0] + x[:, None] > w.left)
        inside_y = (low[:, 1] + y[:, None] < w.bottom) & (high[:, 1] + y[:, None] > w.top)
        row, column, copy = np.nonzero(inside_y[:, None] & inside_x[None])
        return points[copy] + np.stack([x[column], y[row]], -1)[:, None]

    def _counted(self, points: Points) -> Points:
        """Count control points (k, n, 2), and return them."""
        self._count(points.shape[0] * points.shape[1])
        return points

    def _count(self, points: float) -> None:
        self.points += points
        if self._capacity is not None and self.points > self._capacity:
            raise SheetFull

    def _repeat(
        self,
        slot: int,
        parts: Sequence[tuple[str, Points]],
        *,
        margin: float = 0.0,
        **style: Any,
    ) -> None:
        """Add a shape whose copies (k, n, 2) are repeated in each period.

        Args:
            style: as of `Shape`.
        """
        for _, points in parts:
            self._counted(points)
        self._drawn.append(
            lambda sheet: _shapes(
                slot, [(codes, sheet.wrapped(points, margin)) for codes, points in parts], **style
            )
        )

    def _add(self, slot: int, parts: Sequence[tuple[str, Points]], **style: Any) -> None:
        """Add a shape that is for this window alone; `style` as of `Shape`."""
        shapes = _shapes(slot, parts, **style)
        self._drawn.append(lambda _: shapes)


def _shapes(slot: int, parts: Sequence[tuple[str, Points]], **style: Any) -> list[Shape]:
    """Return the shape of parts; none if nothing of it is in the window."""
    visible = tuple((codes, points) for codes, points in parts if len(points))
    return [Shape(slot=slot, parts=visible, **style)] if visible else []
