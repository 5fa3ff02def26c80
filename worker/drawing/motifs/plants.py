"""Parts of plants as shapes: leaves, petals, stems, stamens.

A part is drawn upright: its base is at the origin and its tip at (0, -1), unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import along, bent, dot, sampled, sliver, tapered
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import Path, Points, smooth_closed, smooth_open

__all__ = ["Shapes", "Stem", "blade_of", "dots", "fill", "folded_leaf", "half_of", "knotty",
    "merged", "moved", "petal_of", "placed", "rays", "ribs", "stroke"]  # fmt: skip

Shapes = list[MotifShape]

_COUNT = {"M": 1, "L": 1, "C": 3, "Z": 0}


def merged(paths: Iterable[Path]) -> Path:
    """Return all contours as one path, all in the same direction, so that overlaps stay filled."""
    codes, points = "", []
    for path in paths:
        index = 0
        for contour in ("M" + rest for rest in path.codes.split("M")[1:]):
            size = sum(_COUNT[code] for code in contour)
            one = Path(contour, path.points[index : index + size])
            x, y = one.points.T
            if np.dot(x, np.roll(y, -1)) < np.dot(y, np.roll(x, -1)):
                one = one.reversed()
            codes += one.codes
            points.append(one.points)
            index += size
    return Path(codes, np.concatenate(points))


def fill(slot: int, *paths: Path) -> MotifShape:
    """Return the union of paths filled with a colour."""
    return MotifShape(slot=slot, path=merged(paths))


def stroke(slot: int, points: ArrayLike, *widths: float) -> MotifShape:
    """Return a tapered line through points; the widths are spread evenly over its length."""
    return fill(slot, Stem.through(points).path(*widths))


def placed(
    shapes: Iterable[MotifShape],
    at: ArrayLike = (0.0, 0.0),
    turn: float = 0.0,
    size: float | tuple[float, float] = 1.0,
) -> Shapes:
    """Return shapes scaled, then rotated clockwise by radians, then moved.

    Args:
        size: a factor, or one for each axis; negative: mirrored.
    """
    x, y = np.asarray(at, float)
    across, down = size if isinstance(size, tuple) else (size, size)
    factor = abs(across * down) ** 0.5
    return [replace(shape, path=shape.path.scaled(across, down).rotated(turn).moved(float(x),
        float(y)), width=None if shape.width is None else shape.width * factor)
        for shape in shapes]  # fmt: skip


def toward(turn: float) -> Points:
    """Return the unit vector from the base to the tip of an upright part turned by radians."""
    return np.array((np.sin(turn), -np.cos(turn)))


def moved(path: Path, at: ArrayLike, turn: float = 0.0, size: float = 1.0) -> Path:
    """Return a path scaled, then rotated clockwise by radians, then moved."""
    x, y = np.asarray(at, float)
    return path.scaled(size).rotated(turn).moved(float(x), float(y))


def swayed(shapes: Iterable[MotifShape], random: np.random.Generator) -> Shapes:
    """Return shapes that lean a little to one side and are a little broader or narrower."""
    lean, broad = random.uniform(-0.12, 0.12), random.uniform(0.92, 1.08)
    matrix = np.array([[broad, 0.0], [-lean, 1.0]])
    return [
        replace(shape, path=Path(shape.path.codes, shape.path.points @ matrix)) for shape in shapes
    ]


@dataclass(frozen=True, eq=False)
class Stem:
    """A smooth line that other parts sit on."""

    points: Points

    @classmethod
    def through(cls, points: ArrayLike) -> Stem:
        """Return the line through (n, 2) points."""
        return cls(along(sampled(smooth_open(points), 12), 61))

    def at(self, share: float) -> tuple[Points, float]:
        """Return a place on the line and the turn of an upright part that follows it there."""
        index = min(max(share, 0.0), 1.0) * 60
        place = np.array([np.interp(index, np.arange(61), self.points[:, k]) for k in (0, 1)])
        low = int(min(max(index - 1, 0), 58))
        x, y = self.points[low + 2] - self.points[low]
        return place, float(np.arctan2(x, -y))

    def path(self, *widths: float, knots: int = 6) -> Path:
        """Return its outline; the widths are spread evenly over its length."""
        index = np.linspace(0, 60, knots).round().astype(int)
        width = np.interp(np.linspace(0, 1, knots), np.linspace(0, 1, len(widths)), widths)
        return tapered(self.points[index], width)


def knotty(points: ArrayLike, start: float, end: float) -> Path:
    """Return a crooked branch through (n, 2) points, thicker at its joints."""
    line = np.asarray(points, float)
    width = np.linspace(start, end, len(line))
    width[1:-1] *= 1.12
    step = np.diff(line, axis=0)
    step /= np.hypot(step[:, :1], step[:, 1:])
    tangent = np.concatenate([step[:1], step[:-1] + step[1:], step[-1:]])
    tangent /= np.hypot(tangent[:, :1], tangent[:, 1:])
    side = np.stack([-tangent[:, 1], tangent[:, 0]], -1) * width[:, None] / 2
    tip = line[-1:] + tangent[-1:] * width[-1] / 2
    return smooth_closed(np.concatenate([line + side, tip, (line - side)[::-1]]), 0.45)


def _side(width: float, belly: float, point: float) -> Points:
    """Return control points (6, 2) of two curves from base to tip: one side of a leaf."""
    rise = 1 - belly
    return np.array([(0.75 * width, -0.04 * (1 + belly)), (width, -0.5 * belly), (width, -belly),
        (width, -belly - 0.42 * rise), (0.3 * width * (1 - point), -belly - 0.7 * rise),
        (0, -1)])  # fmt: skip


def blade_of(
    width: float, belly: float = 0.4, bend: float = 0.0, *, point: float = 0.4, left: float = 1.0
) -> Path:
    """Return a leaf or petal that ends in a point.

    Args:
        width: its greatest half width.
        belly: where it is widest, 0 to 1.
        bend: by how much it turns to the right, radians.
        point: how long its tip is drawn out, 0 to 1.
        left: factor of the width of its left half.
    """
    right, other = _side(width, belly, point), _side(-width * left, belly, point)
    back = np.concatenate([other[-2::-1], [(0, 0)]])
    return bent(Path("MCCCCZ", np.concatenate([[(0, 0)], right, back])), bend)


def half_of(width: float, belly: float = 0.4, bend: float = 0.0, *, point: float = 0.4) -> Path:
    """Return the right half of `blade_of`; the left half for a negative width."""
    axis = np.stack([np.zeros(6), np.linspace(-1, 0, 7)[1:]], -1)
    right = _side(width, belly, point)
    return bent(Path("MCCCCZ", np.concatenate([[(0, 0)], right, axis])), bend)


def ribs(
    width: float,
    count: int,
    belly: float = 0.4,
    bend: float = 0.0,
    *,
    bold: float = 0.022,
    rise: float = 0.16,
    sides: Sequence[int] = (1, -1),
) -> Path:
    """Return the midrib of `blade_of` and `count` side veins on each of its sides."""
    lines = [tapered([(0, 0.0), (0, -0.5), (0, -0.94)], np.array([1.7, 1.3, 0.4]) * bold)]
    for index in range(count):
        low = 0.1 + 0.62 * (index + 0.5) / count
        high = low + rise
        place = (high - belly) / (1 - belly) if high > belly else (belly - high) / belly
        reach = 0.74 * width * (1 - max(place, 0.0) ** 2)
        for side in sides:
            middle = (side * reach * 0.55, -low - 0.38 * rise)
            lines.append(sliver([(0, -low), middle, (side * reach, -high)], bold))
    return bent(merged(lines), bend)


def folded_leaf(
    slots: tuple[int, int, int],
    width: float,
    belly: float = 0.4,
    bend: float = 0.0,
    *,
    veins: int = 0,
    side: int = 1,
    bold: float = 0.022,
    point: float = 0.4,
) -> Shapes:
    """Return a leaf with one half in shade and its veins.

    Args:
        slots: of the leaf, its half in shade, and its veins.
        side: 1: the right half is in shade; -1: the left half.
    """
    return [fill(slots[0], blade_of(width, belly, bend, point=point)),
        fill(slots[1], half_of(side * width, belly, bend, point=point)),
        fill(slots[2], ribs(width, veins, belly, bend, bold=bold))]  # fmt: skip


def petal_of(
    width: float,
    *,
    base: float = 0.08,
    shoulder: float = 0.66,
    tip: float = 0.0,
    ruffle: float = 0.0,
    random: np.random.Generator | None = None,
) -> Path:
    """Return a broad petal.

    Args:
        width: its greatest half width.
        base: half width at its base.
        shoulder: where it is widest, 0 to 1.
        tip: how far its end is drawn out (positive) or cleft (negative).
        ruffle: depth of the waves of its end.
        random: varies it; None: even.
    """
    top = 1.0 - max(tip, 0.0) * 0.55
    angles = np.linspace(0.0, np.pi, 9 if ruffle or tip else 7)
    reach = top - shoulder
    radius = np.ones(len(angles))
    if ruffle:
        radius += ruffle * np.resize([-1.0, 1.0], len(angles))
        if random is not None:
            radius += ruffle * random.uniform(-0.6, 0.6, len(angles))
        radius[[0, -1]] = 1.0
    rim = np.stack(
        [np.cos(angles) * width * radius, -shoulder - np.sin(angles) * reach * radius], -1
    )
    if tip:
        rim[len(rim) // 2, 1] = -1.0 if tip > 0 else -1.0 - tip
    low = [(-0.86 * width, -0.62 * shoulder), (-base - 0.3 * width, -0.24 * shoulder), (-base, 0.0),
        (base, 0.0), (base + 0.3 * width, -0.24 * shoulder),
        (0.86 * width, -0.62 * shoulder)]  # fmt: skip
    points = np.concatenate([rim, low])
    if random is not None:
        points[:, 0] += random.uniform(-0.05, 0.05) * points[:, 1] * width * 2
        points += random.uniform(-0.02, 0.02, points.shape) * width
    return smooth_closed(points)


def rays(path: Path | Sequence[Path], turns: ArrayLike, shift: float = 0.0) -> list[Path]:
    """Return a path, or one after the other of several, turned to each angle about the origin.

    Args:
        shift: distance by which each is moved outwards.
    """
    every = [path] if isinstance(path, Path) else list(path)
    angles = np.atleast_1d(np.asarray(turns, float))
    return [
        every[index % len(every)].moved(0, -shift).rotated(float(angle))
        for index, angle in enumerate(angles)
    ]


def dots(places: ArrayLike, size: float) -> Path:
    """Return dots at (n, 2) places."""
    return merged(dot(float(x), float(y), size) for x, y in np.asarray(places, float))
