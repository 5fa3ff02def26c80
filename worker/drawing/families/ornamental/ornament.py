"""Leaves, buds and scrolls from Bézier curves, shared by ornamental families."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.path import Path, Points, circle, closed, smooth_open

__all__ = [
    "acanthus",
    "clockwise",
    "cubic_points",
    "leaf",
    "merged",
    "mirrored",
    "scroll",
    "tapered",
]


def leaf(length: float, width: float, bend: float = 0.0, belly: float = 0.42) -> Path:
    """Return a pointed leaf that grows upwards from (0, 0).

    Args:
        bend: how far its tip leans to the right, in lengths.
        belly: where it is widest, in lengths from its base.
    """
    tip = bend * length
    near, far = -belly * 0.55 * length, -min(0.98, belly + 0.42) * length
    side = width * 0.68
    points = [
        (0, 0), (-side, near), (-side + 0.35 * tip, far), (tip, -length),
        (side + 0.35 * tip, far), (side, near), (0, 0),
    ]  # fmt: skip
    return Path("MCCZ", np.array(points))


def mirrored(path: Path) -> Path:
    """Return the path together with its mirror image left of the y axis."""
    return path + path.scaled(-1, 1).reversed()


def merged(*paths: Path) -> Path:
    """Return closed paths of one contour each as one path, whatever their directions."""
    whole = [clockwise(path) for path in paths]
    return Path("".join(path.codes for path in whole), np.concatenate([p.points for p in whole]))


def clockwise(path: Path) -> Path:
    """Return a closed path of one contour so that it runs clockwise on the screen."""
    (x, y), (next_x, next_y) = path.points.T, np.roll(path.points, -1, 0).T
    return path if float((x * next_y - next_x * y).sum()) >= 0 else path.reversed()


def tapered(line: Points, start: float, end: float) -> Path:
    """Return a line through (n, 2) points that is `start` wide, and `end` wide at its end."""
    step = np.gradient(line, axis=0)
    normal = np.stack([-step[:, 1], step[:, 0]], -1) / np.hypot(*step.T)[:, None]
    half = normal * np.linspace(start, end, len(line))[:, None] / 2
    return clockwise(closed(smooth_open(line + half), smooth_open((line - half)[::-1])))


def scroll(centre: tuple[float, float], radius: float, angles: tuple[float, float],
           width: float) -> Path:  # fmt: skip
    """Return a spiral that winds inwards and ends in a ball.

    Args:
        radius: where it starts.
        angles: of its start and its end around the centre, radians; clockwise if they grow.
        width: where it starts.
    """
    start, end = angles
    turn = np.linspace(start, end, max(5, int(abs(end - start) / 0.6)))
    radii = radius * np.linspace(1.0, 0.3, len(turn))
    line = np.stack([np.cos(turn), np.sin(turn)], -1) * radii[:, None] + centre
    return merged(
        tapered(line, width, width * 0.5),
        circle(float(line[-1, 0]), float(line[-1, 1]), width * 0.8),
    )


def acanthus(spine: Sequence[tuple[float, float]], width: float, lobes: int) -> Path:
    """Return a lobed leaf along a cubic curve.

    Args:
        spine: four control points, from the base to the tip.
        width: greatest distance of its lobes from the spine.
    """
    (left, right) = (_lobed_side(spine, width, lobes, side) for side in (-1.0, 1.0))
    path = closed(left, right.reversed())
    return clockwise(path)


def _lobed_side(
    spine: Sequence[tuple[float, float]], width: float, lobes: int, side: float
) -> Path:
    """Return one edge of a lobed leaf, from the base to the tip."""
    notch = np.arange(lobes + 1) / lobes
    peak = notch[:-1] + 0.62 / lobes

    def edge(t: Points, share: float) -> Points:
        place, along = _on_cubic(spine, t)
        normal = np.stack([-along[:, 1], along[:, 0]], -1) * side
        reach = width * np.sin(np.pi * (0.18 + 0.82 * t)) ** 0.9 * share
        return place + normal * reach[:, None]

    inner, outer = edge(notch, 0.42), edge(peak, 1.0)
    inner[0], inner[-1] = _on_cubic(spine, np.array((0.0, 1.0)))[0]
    swell, round_ = edge(np.maximum(peak - 0.62 / lobes, 0), 1.05), edge(peak + 0.2 / lobes, 1.0)
    curves = [
        np.stack([swell[i], edge(peak[i : i + 1] - 0.25 / lobes, 1.15)[0], outer[i],
                  round_[i], inner[i + 1], inner[i + 1]])
        for i in range(lobes)
    ]  # fmt: skip
    return Path("M" + "CC" * lobes, np.concatenate([inner[:1], *curves]))


def cubic_points(spine: ArrayLike, t: Points) -> Points:
    """Return points (n, 2) of the cubic curve with four control points."""
    return _on_cubic(spine, t)[0]


def _on_cubic(spine: ArrayLike, t: Points) -> tuple[Points, Points]:
    """Return points (n, 2) of a cubic curve and its unit tangents there."""
    p0, p1, p2, p3 = np.asarray(spine, float)[:, None]
    t = np.asarray(t, float)[:, None]
    u = 1 - t
    place = u**3 * p0 + 3 * u**2 * t * p1 + 3 * u * t**2 * p2 + t**3 * p3
    along = u**2 * (p1 - p0) + 2 * u * t * (p2 - p1) + t**2 * (p3 - p2)
    return place, along / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
