"""Traces level lines of periodic functions as smooth closed paths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from worker.drawing.families.botanical.motif import joined
from worker.drawing.path import Path, Points, polygon
from worker.drawing.sheet import Sheet

__all__ = ["Field", "Tracer", "waves"]

Field = NDArray[np.float64]
"""Values of a function at the points of a grid."""


class Tracer:
    """Evaluates functions of a period once, and traces them over the whole window.

    Args:
        sheet: the sheet.
        step: about the distance of grid points, mm.
    """

    def __init__(self, sheet: Sheet, step: float) -> None:
        self.width, self.height = sheet.width, sheet.height
        self.columns = int(np.clip(round(sheet.width / step), 12, 320))
        self.rows = int(np.clip(round(sheet.height / step), 12, 320))
        self.step = max(sheet.width / self.columns, sheet.height / self.rows)
        w = sheet.window
        self._column = self._indices(w.left, w.right, sheet.width / self.columns)
        self._row = self._indices(w.top, w.bottom, sheet.height / self.rows)
        self._x = self._column * (sheet.width / self.columns)
        self._y = self._row * (sheet.height / self.rows)

    @staticmethod
    def _indices(low: float, high: float, step: float) -> NDArray[np.intp]:
        """Return the indices of grid points from beyond one edge to beyond the other."""
        return np.arange(int(np.floor(low / step)) - 2, int(np.ceil(high / step)) + 3)

    @property
    def places(self) -> tuple[Field, Field]:
        """Return x and y (rows, columns) of the grid points of one period, mm."""
        x = np.arange(self.columns) * (self.width / self.columns)
        y = np.arange(self.rows) * (self.height / self.rows)
        xs, ys = np.meshgrid(x, y)
        return xs, ys

    def region(self, field: Field, low: float, high: float = np.inf) -> Path | None:
        """Return the outlines of where a function lies between two values; None: nowhere.

        Fill it with the even-odd rule by `Sheet.cover`.

        Args:
            field: values (rows, columns) of one period at `places`.
        """
        values = field[np.ix_(self._row % self.rows, self._column % self.columns)]
        generator = contour_generator(
            self._x, self._y, values, name="serial", fill_type=FillType.OuterOffset
        )
        points, offsets = cast(
            "tuple[list[Points], list[NDArray[np.uint32]]]", generator.filled(low, high)
        )
        contours = [
            outline[a:b]
            for outline, cuts in zip(points, offsets, strict=True)
            for a, b in pairwise(cuts)
        ]
        return _smooth([contour[:-1] for contour in contours if len(contour) > 4])

    def lines(
        self,
        field: Field,
        level: float,
        width: Field | float,
        hidden: NDArray[np.bool_] | None = None,
    ) -> Path | None:
        """Return ribbons along the lines on which a function has a value; None: there are none.

        Fill them with the non-zero rule.

        Args:
            width: of the ribbons at `places`, mm.
            hidden: where the function is not looked at, such as where it jumps; (rows, columns).
        """
        index = np.ix_(self._row % self.rows, self._column % self.columns)
        values = np.ma.masked_array(field[index], False if hidden is None else hidden[index])
        generator = contour_generator(
            self._x, self._y, values, name="serial", line_type=LineType.Separate
        )
        ribbons = []
        for line in cast("list[Points]", generator.lines(level)):
            kept = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 1e-9])
            if kept.sum() > 4:
                half = self._sampled(width, line[kept]) / 2
                ribbons.append(_ribbon(line[kept], np.maximum(half, 0.0)))
        return joined(ribbons) if ribbons else None

    def _sampled(self, field: Field | float, points: Points) -> Field:
        """Return the values of a function at points (n, 2), by linear interpolation."""
        if isinstance(field, float):
            return np.full(len(points), field)
        return self.sample(field, points[:, 0], points[:, 1])

    def sample(self, field: Field, x: Field, y: Field) -> Field:
        """Return the values of a function (rows, columns) at places, by linear interpolation."""
        column, row = x / self.width * self.columns, y / self.height * self.rows
        left, top = np.floor(column).astype(int), np.floor(row).astype(int)
        across, down = column - left, row - top
        values: Field = np.zeros(np.shape(x))
        for j, weight_y in ((top, 1 - down), (top + 1, down)):
            for i, weight_x in ((left, 1 - across), (left + 1, across)):
                values = values + field[j % self.rows, i % self.columns] * weight_x * weight_y
        return values


def _ribbon(line: Points, half: Field) -> Path:
    """Return the outline of a line (n, 2) with a half width at each point."""
    closed = bool(np.hypot(*(line[0] - line[-1])) < 1e-9)
    if closed:
        line, half = line[:-1], half[:-1]
        way = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    else:
        way = np.gradient(line, axis=0)
    side = np.stack([-way[:, 1], way[:, 0]], -1)
    side *= (half / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9))[:, None]
    left, right = line + side, (line - side)[::-1]
    if closed:
        return polygon(left) + polygon(right)
    return polygon(np.concatenate([left, right]))


def _smooth(contours: Sequence[Points]) -> Path | None:
    """Return closed curves through the points of contours, at unequal distances; None: no curve."""
    apart = [np.hypot(*(each - np.roll(each, 1, axis=0)).T) > 1e-9 for each in contours]
    kept = [each[own] for each, own in zip(contours, apart, strict=True) if own.sum() > 2]
    if not kept:
        return None
    points, counts = np.concatenate(kept), np.array([len(each) for each in kept])
    ends = np.cumsum(counts)
    starts = ends - counts
    index = np.arange(len(points))
    previous, following = index - 1, index + 1
    previous[starts], following[ends - 1] = ends - 1, starts
    before = points - points[previous]
    length = np.hypot(before[:, 0], before[:, 1])[:, None]
    after, next_length = before[following], length[following]
    tangent = before / length * next_length + after / next_length * length
    tangent /= length + next_length
    to, to_tangent = points[following], tangent[following]
    curves = np.stack(
        [points + tangent * next_length / 3, to - to_tangent * next_length / 3, to], 1
    ).reshape(-1, 2)
    codes = "".join("M" + "C" * count + "Z" for count in counts.tolist())
    return Path(codes, np.insert(curves, 3 * starts, points[starts], axis=0))


def waves(
    tracer: Tracer,
    random: np.random.Generator,
    length: float,
    *,
    roughness: float = 1.0,
    stretch: float = 1.0,
) -> Field:
    """Return a smooth periodic function of mean 0 and deviation 1 at a tracer's places.

    Args:
        length: about the distance between its hills, mm.
        roughness: share of shorter waves, 0 to 2.
        stretch: how many times longer it is along the falling diagonal than across it.
    """
    kx = np.fft.fftfreq(tracer.columns, tracer.width / tracer.columns)
    ky = np.fft.fftfreq(tracer.rows, tracer.height / tracer.rows)
    along, across = (kx - ky[:, None]) / 2**0.5, (kx + ky[:, None]) / 2**0.5
    frequency = np.hypot(along * stretch**0.5, across / stretch**0.5) * length
    least = max(1 / tracer.width, 1 / tracer.height) * length * 1.01
    band = np.exp(-((frequency / max(0.8, least)) ** 2))
    band += roughness * (
        0.3 * np.exp(-((frequency / 1.7) ** 2)) + 0.08 * np.exp(-((frequency / 4.0) ** 2))
    )
    band[frequency == 0] = 0
    noise = random.normal(size=frequency.shape)
    values: Field = np.fft.ifft2(np.fft.fft2(noise) * band).real
    deviation = float(values.std())
    return (values - values.mean()) / (deviation or 1.0)
