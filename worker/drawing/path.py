"""Vector paths: lines and cubic Bézier curves on NumPy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Path",
    "Points",
    "arc",
    "bars",
    "circle",
    "closed",
    "ellipse",
    "hermite_open",
    "polygon",
    "polyline",
    "rectangle",
    "regular_polygon",
    "ring",
    "smooth_closed",
    "smooth_open",
    "star",
    "svg_data",
]

Points: TypeAlias = NDArray[np.float64]
"""Coordinates, (..., 2): x to the right, y down."""

_POINTS_OF = {"M": 1, "L": 1, "C": 3, "Z": 0}
_CIRCLE_HANDLE = 0.5522847498307936
"""Handle length of a quarter circle of radius 1 as a cubic Bézier curve."""


@dataclass(frozen=True, eq=False)
class Path:
    """A path of one or more contours.

    Args:
        codes: M (move), L (line), C (cubic curve) and Z (close), one letter per segment.
        points: (n, 2) control points in order; M and L take one point, C three, Z none.
    """

    codes: str
    points: Points

    def __add__(self, other: Path) -> Path:
        return Path(self.codes + other.codes, np.concatenate([self.points, other.points]))

    def moved(self, x: float, y: float) -> Path:
        """Return the path translated by (x, y)."""
        return Path(self.codes, self.points + np.array((x, y)))

    def scaled(self, x: float, y: float | None = None) -> Path:
        """Return the path scaled about the origin."""
        return Path(self.codes, self.points * (x, x if y is None else y))

    def rotated(self, angle: float) -> Path:
        """Return the path rotated about the origin, clockwise on the screen, in radians."""
        cosine, sine = np.cos(angle), np.sin(angle)
        return Path(self.codes, self.points @ np.array([[cosine, sine], [-sine, cosine]]))

    def reversed(self) -> Path:
        """Return the path with each contour in the opposite direction: a hole in one around it."""
        codes, points, end = "", [], len(self.points)
        for contour in reversed(["M" + each for each in self.codes.split("M")[1:]]):
            start = end - sum(_POINTS_OF[code] for code in contour)
            body = contour[1:].rstrip("Z")
            codes += "M" + body[::-1] + contour[len(body) + 1 :]
            points.append(self.points[start:end][::-1])
            end = start
        return Path(codes, np.concatenate(points))

    def halved(self) -> Path:
        """Return the same path with each curve as two.

        Renderers draw the parts of a long curve a little differently where it leaves the picture.
        """
        codes, points, index = "", [], 0
        for code in self.codes:
            own = self.points[index : index + _POINTS_OF[code]]
            if code == "C":
                ends = np.concatenate([self.points[index - 1 : index], own])
                near = (ends[:-1] + ends[1:]) / 2
                far = (near[:-1] + near[1:]) / 2
                middle = (far[:1] + far[1:]) / 2
                own = np.concatenate([near[:1], far[:1], middle, far[1:], near[2:], own[2:]])
            codes += "CC" if code == "C" else code
            points.append(own)
            index += _POINTS_OF[code]
        return Path(codes, np.concatenate(points))

    def placed(
        self, positions: ArrayLike, turns: ArrayLike = 0.0, sizes: ArrayLike = 1.0
    ) -> Points:
        """Return the control points of copies of the path, (k, n, 2).

        Args:
            positions: (k, 2) places of the origin.
            turns: (k,) angles in radians, or one for all.
            sizes: (k,) factors, or one for all.
        """
        at = np.asarray(positions, float).reshape(-1, 2)
        turn, size = (np.broadcast_to(np.asarray(v, float), len(at)) for v in (turns, sizes))
        cosine, sine = np.cos(turn) * size, np.sin(turn) * size
        rotation = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
        return np.einsum("kij,nj->kni", rotation, self.points) + at[:, None]


def polyline(points: ArrayLike) -> Path:
    """Return the open path through (n, 2) points."""
    array = np.asarray(points, float)
    return Path("M" + "L" * (len(array) - 1), array)


def polygon(points: ArrayLike) -> Path:
    """Return the closed path through (n, 2) points."""
    array = np.asarray(points, float)
    return Path("M" + "L" * (len(array) - 1) + "Z", array)


def closed(*pieces: Path) -> Path:
    """Return one closed contour of open paths, each joined to the next by a line."""
    codes = "L".join(piece.codes[1:] for piece in pieces)
    return Path("M" + codes + "Z", np.concatenate([piece.points for piece in pieces]))


def rectangle(x: float, y: float, width: float, height: float) -> Path:
    """Return a rectangle by its corner (x, y) and its size."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def bars(ends: ArrayLike, width: float, overlap: float = 0.0) -> Path:
    """Return straight lines as rectangles to be filled, one contour each.

    A filled bar is blended exactly at any size, a stroke below one pixel is not.

    Args:
        ends: (n, 2, 2) both ends of each line.
        width: of the lines.
        overlap: how far they reach beyond their ends.
    """
    array = np.asarray(ends, float)
    along = array[:, 1] - array[:, 0]
    along /= np.hypot(along[:, :1], along[:, 1:])
    across = np.stack([-along[:, 1], along[:, 0]], -1) * (width / 2)
    first, last = array[:, 0] - along * overlap, array[:, 1] + along * overlap
    corners = np.stack([first - across, last - across, last + across, first + across], 1)
    return Path("MLLLZ" * len(array), corners.reshape(-1, 2))


def regular_polygon(corners: int, radius: float, turn: float = 0.0) -> Path:
    """Return a regular polygon around the origin; its first corner is at the top."""
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    return polygon(np.stack([np.sin(angles), -np.cos(angles)], -1) * radius)


def star(points: int, radius: float, inner: float) -> Path:
    """Return a star around the origin; `inner` is the radius of its notches."""
    angles = np.pi * np.arange(2 * points) / points
    radii = np.where(np.arange(2 * points) % 2, inner, radius)
    return polygon(np.stack([np.sin(angles), -np.cos(angles)], -1) * radii[:, None])


def ellipse(x: float, y: float, radius_x: float, radius_y: float) -> Path:
    """Return an ellipse as four cubic curves, with an error of at most 0.03 % of the radius."""
    k = _CIRCLE_HANDLE
    unit = np.array(
        [
            (1, 0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0),
            (-1, -k), (-k, -1), (0, -1), (k, -1), (1, -k), (1, 0),
        ]
    )  # fmt: skip
    return Path("MCCCCZ", unit * (radius_x, radius_y) + (x, y))


def circle(x: float, y: float, radius: float) -> Path:
    """Return a circle."""
    return ellipse(x, y, radius, radius)


def arc(x: float, y: float, radius: float, start: float, end: float) -> Path:
    """Return an open circular arc from angle `start` to `end`, clockwise on the screen.

    Args:
        start, end: radians from the positive x axis.
    """
    count = max(1, int(np.ceil(abs(end - start) / (np.pi / 2) - 1e-9)))
    angles = np.linspace(start, end, count + 1)
    handle = 4 / 3 * np.tan((angles[1] - angles[0]) / 4)
    on = np.stack([np.cos(angles), np.sin(angles)], -1)
    tangent = np.stack([-np.sin(angles), np.cos(angles)], -1) * handle
    curves = np.stack([on[:-1] + tangent[:-1], on[1:] - tangent[1:], on[1:]], 1).reshape(-1, 2)
    return Path("M" + "C" * count, np.concatenate([on[:1], curves]) * radius + (x, y))


def ring(radius: float, inner: float) -> Path:
    """Return a disc around the origin with a round hole of radius `inner`.

    Eight curves for each circle: thin lines show the error of flattening more than discs do.
    """
    eighth = arc(0, 0, 1, 0, np.pi / 4)
    eighths = [eighth.rotated(np.pi / 4 * index).points[1:] for index in range(8)]
    contour = Path("M" + "C" * 8 + "Z", np.concatenate([eighth.points[:1], *eighths]))
    return contour.scaled(radius) + contour.scaled(-inner, inner)


def _spline(points: Points, tangents: Points) -> Points:
    """Return the curves' control points (3 * (n - 1), 2) from points and tangents (n, 2)."""
    first, last = points[:-1] + tangents[:-1] / 3, points[1:] - tangents[1:] / 3
    return np.stack([first, last, points[1:]], 1).reshape(-1, 2)


def smooth_closed(points: ArrayLike, tension: float = 1.0) -> Path:
    """Return a closed curve through (n, 2) points (Catmull-Rom spline).

    Args:
        tension: 1: Catmull-Rom; smaller: tighter curves; 0: a polygon.
    """
    array = np.asarray(points, float)
    around = np.concatenate([array[-1:], array, array[:2]])
    tangents = (around[2:] - around[:-2]) / 2 * tension
    curves = _spline(np.concatenate([array, array[:1]]), tangents)
    return Path("M" + "C" * len(array) + "Z", np.concatenate([array[:1], curves]))


def smooth_open(points: ArrayLike, tension: float = 1.0) -> Path:
    """Return an open curve through (n, 2) points (Catmull-Rom spline)."""
    array = np.asarray(points, float)
    around = np.concatenate([2 * array[:1] - array[1:2], array, 2 * array[-1:] - array[-2:-1]])
    tangents = (around[2:] - around[:-2]) / 2 * tension
    return Path("M" + "C" * (len(array) - 1), np.concatenate([array[:1], _spline(array, tangents)]))


def hermite_open(points: ArrayLike, tangents: ArrayLike) -> Path:
    """Return an open curve through (n, 2) points with given tangents.

    Args:
        tangents: (n, 2) derivatives by the index of the point.
    """
    array = np.asarray(points, float)
    curves = _spline(array, np.asarray(tangents, float))
    return Path("M" + "C" * (len(array) - 1), np.concatenate([array[:1], curves]))


def svg_data(codes: str, points: Points) -> str:
    """Return the `d` attribute of copies of a path, in micrometres if points are millimetres.

    Args:
        points: (k, n, 2) control points of k copies with the same codes.
    """
    template, starts = _relative(codes)
    numbers = np.rint(points * 1000).astype(int)
    relative = numbers.copy()
    moves = starts >= 0
    relative[:, moves] -= numbers[:, starts[moves]]
    copies = relative.reshape(len(points), -1).tolist()
    return "".join(template % tuple(copy) for copy in copies).replace(" -", "-")


@lru_cache(maxsize=256)
def _relative(codes: str) -> tuple[str, NDArray[np.intp]]:
    """Return the template of a path's relative commands, and where each point is counted from.

    -1 stands for the origin.
    """
    template: list[str] = []
    starts: list[int] = []
    first = last = -1
    before = ""
    for code in codes:
        count = _POINTS_OF[code]
        if code == "M":
            first, start = len(starts), -1
        else:
            start = last
        starts += [start] * count
        last = first if code == "Z" else len(starts) - 1
        letter = " " if code == before and code in "LC" else code if code == "M" else code.lower()
        template.append(letter + " ".join(["%d %d"] * count))
        before = code
    return "".join(template), np.array(starts, np.intp)
