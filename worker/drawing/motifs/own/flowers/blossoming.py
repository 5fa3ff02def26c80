"""Trees in blossom: plum, cherry and magnolia."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    knotty,
    placed,
    rays,
    ribs,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _DEEP, _STEM, _CENTRE, _LIGHT, _LEAF = range(6)


def _round(random: np.random.Generator, cleft: float = 0.0, *, small: bool = False) -> Path:
    """Return a round petal from (0, 0) to (0, -1), with a cleft in its end."""
    half = [(0.07, 0.0), (0.36, -0.22), (0.55, -0.55), (0.45, -0.86)]
    end = [(0.2, -1.0), (0.0, -1.01 + cleft), (-0.2, -1.0)]
    if cleft:
        end = [(0.22, -1.03), (0.1, -0.99), (0.0, -1.0 + cleft), (-0.1, -0.99), (-0.22, -1.03)]
    if small:
        half = [(0.08, 0.0), (0.53, -0.42), (0.42, -0.88)]
        end = [(0.16, -1.02), (0.0, -1.0 + cleft), (-0.16, -1.02)] if cleft else [(0.0, -1.02)]
    points = np.array([*half, *end, *((-x, y) for x, y in half[::-1])])
    points[1:-1] += random.uniform(-0.03, 0.03, (len(points) - 2, 2))
    return smooth_closed(points)


def _stamens(random: np.random.Generator, count: int, reach: float, bold: float = 1.0) -> Shapes:
    """Return a crown of stamens about the origin: lines and dots."""
    turns = np.linspace(0, 2 * np.pi, count + 1)[:-1] + random.uniform(-0.12, 0.12, count)
    lengths = reach * np.resize([1.0, 0.72], count) * random.uniform(0.9, 1.08, count)
    ends = np.stack([np.sin(turns), -np.cos(turns)], -1) * lengths[:, None]
    lines = [
        sliver([(0, 0), (x * 0.6 - y * 0.06, y * 0.6 + x * 0.06), (x, y)], 0.04 * bold)
        for x, y in ends
    ]
    return [fill(_DEEP, *lines, circle(0, 0, 0.1)), fill(_CENTRE, dots(ends, 0.052 * bold))]


def _front(random: np.random.Generator, cleft: float = 0.0, *, small: bool = False) -> Shapes:
    """Return a flower of five petals from above, of radius one; a small one has bolder details."""
    shapes: Shapes = []
    inner = (0.86, 0.9) if small else (0.93, 0.95)
    for angle in 2 * np.pi * np.arange(5) / 5:
        petal = _round(random, cleft, small=small).scaled(float(random.uniform(0.96, 1.04)))
        body = petal.scaled(*inner).moved(0, -0.2 * (1 - inner[1]))
        parts = [fill(_DEEP, petal), fill(_PETAL, body)]
        if not small:
            parts.append(fill(_LIGHT, blade_of(0.2, 0.62).scaled(0.62).moved(0, -0.06)))
        shapes += placed(parts, (0, 0), float(angle))
    return shapes + (_stamens(random, 7, 0.5, 2.2) if small else _stamens(random, 11, 0.5))


def _back(random: np.random.Generator) -> Shapes:
    """Return a flower of five petals from behind, with its calyx."""
    shapes: Shapes = []
    for angle in 2 * np.pi * np.arange(5) / 5 + 0.3:
        petal = _round(random)
        shapes += placed([fill(_DEEP, petal),
            fill(_PETAL, petal.scaled(0.93, 0.95).moved(0, -0.01))], (0, 0),
            float(angle))  # fmt: skip
    sepals = rays(_round(random).scaled(0.3, 0.44), 2 * np.pi * np.arange(5) / 5 + 0.93)
    return [*shapes, fill(_DEEP, *sepals, circle(0, 0, 0.12)), fill(_STEM, circle(0, 0, 0.075))]


def _half(random: np.random.Generator, cleft: float = 0.0, *, small: bool = False) -> Shapes:
    """Return a half-open flower from the side; its calyx is at (0, 0)."""
    shapes: Shapes = []
    bold, inner = (1.7, (0.86, 0.9)) if small else (1.0, (0.93, 0.95))
    for turn, size in ((-0.62, 0.92), (0.62, 0.94), (0.0, 1.0)):
        petal = _round(random, cleft, small=small).scaled(1.0, size)
        shapes += placed([fill(_DEEP, petal), fill(_PETAL, petal.scaled(*inner))], (0, 0), turn)
    ends = np.array([(-0.34, -0.8), (-0.12, -0.92), (0.1, -0.86), (0.32, -0.82)])
    ends = ends[::2] if small else ends + random.uniform(-0.04, 0.04, ends.shape)
    lines = [sliver([(0, -0.3), (x * 0.7, y * 0.7), (x, y)], 0.04 * bold) for x, y in ends]
    shapes += [fill(_DEEP, *lines), fill(_CENTRE, dots(ends, 0.055 * bold))]
    for turn in (-0.36, 0.4):
        petal = _round(random, small=small).scaled(0.92, 0.72)
        shapes += placed([fill(_DEEP, petal), fill(_PETAL, petal.scaled(*inner))], (0, 0), turn)
    sepals = rays(_round(random, small=True).scaled(0.3), (-0.9, 0.0, 0.9))
    return [*shapes, fill(_DEEP, *sepals, circle(0, 0.02, 0.13))]


def _bud(random: np.random.Generator) -> Shapes:
    """Return a round bud; its calyx is at (0, 0)."""
    ball = smooth_closed(
        [(0, 0), (-0.3, -0.2), (-0.27, -0.52), (0.02, -0.68), (0.29, -0.5), (0.3, -0.2)]
    )
    fold = blade_of(0.2, 0.5, 0.3).scaled(0.58).moved(-0.1, -0.05)
    sepals = rays(_round(random, small=True).scaled(0.34), (-0.75, 0.0, 0.75))
    return [fill(_PETAL, ball), fill(_LIGHT, fold), fill(_DEEP, *sepals, circle(0, 0, 0.12))]


def _plum_blossom(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a plum blossom: from above; tilted; from behind; half open with a bud."""
    if view == 0:
        return _front(random)
    if view == 1:
        return placed(placed(_front(random), (0, 0), 0.5), (0, 0), -0.35, (1.0, 0.66))
    if view == 2:
        return _back(random)
    twig = knotty([(0.1, 0.95), (0.02, 0.55), (0.16, 0.3), (0.02, 0.02)], 0.11, 0.08)
    side = knotty([(0.13, 0.32), (0.5, 0.24), (0.72, 0.06)], 0.08, 0.06)
    shapes = [fill(_STEM, twig, side), *_half(random)]
    return shapes + placed(_bud(random), (0.74, 0.04), 0.7, 0.5)


def _cherry_blossom(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a cherry blossom: from above; tilted, on its stalk; a pair with a bud."""
    if view == 0:
        return _front(random, 0.15)
    if view == 1:
        stalk = Stem.through([(0.5, 1.5), (0.3, 0.8), (0.0, 0.1)]).path(0.06, 0.06)
        tilted = placed(_front(random, 0.15), (0, 0), 0.3)
        return [fill(_STEM, stalk), *placed(tilted, (0, 0), -0.3, (1.0, 0.74))]
    ends = ((-0.72, 0.3), (0.7, 0.5), (0.12, -0.7))
    stalks = [
        Stem.through([(0.1, -1.7), (0.5 * x, -0.9), (x, y)]).path(0.05, 0.045) for x, y in ends
    ]
    shapes = [fill(_STEM, *stalks, dots([(0.1, -1.7)], 0.09))]
    shapes += placed(_bud(random), (0.12, -0.72), 3.0, 0.5)
    shapes += placed(_half(random, 0.15), (0.7, 0.35), 2.7, 0.8)
    return shapes + placed(_front(random, 0.15), (-0.72, 0.3), 0.2, 0.85)


_Spot = tuple[str, float, float, float, float]
"""What is drawn, its place, its turn and its size."""

_PLUM: tuple[tuple[tuple[tuple[tuple[float, float], ...], float, float], ...],
    ...] = (((((-0.95, 0.72), (-0.62, 0.5), (-0.5, 0.3), (-0.12, 0.16), (0.1, -0.14), (0.45, -0.3),
    (0.62, -0.62), (0.92, -0.8)), 0.15, 0.035), (((-0.5, 0.32), (-0.52, 0.0), (-0.36, -0.3),
    (-0.42, -0.62)), 0.08, 0.03), (((0.1, -0.14), (0.4, 0.04), (0.62, 0.02), (0.86, 0.16)), 0.07,
    0.03), (((0.42, -0.28), (0.3, -0.5), (0.34, -0.78)), 0.055, 0.025)),
    ((((0.3, 1.0), (0.12, 0.66), (0.24, 0.36), (-0.04, 0.1), (0.04, -0.3), (-0.2, -0.56),
    (-0.16, -0.95)), 0.16, 0.035), (((0.22, 0.38), (0.5, 0.16), (0.52, -0.16), (0.74, -0.42)), 0.08,
    0.03), (((-0.04, 0.12), (-0.36, 0.0), (-0.5, -0.24), (-0.76, -0.3)), 0.07, 0.03)),
    ((((-0.55, -0.98), (-0.3, -0.7), (-0.38, -0.36), (-0.04, -0.12), (0.02, 0.24), (0.32, 0.46),
    (0.36, 0.86)), 0.15, 0.03), (((-0.05, -0.12), (0.3, -0.24), (0.5, -0.06), (0.78, -0.1)), 0.07,
    0.03), (((0.02, 0.22), (-0.28, 0.4), (-0.3, 0.7)), 0.06, 0.03)))  # fmt: skip
"""Branches of the views: their points, their width at the base and at the tip."""

_PLUM_SPOTS: tuple[tuple[_Spot, ...], ...] = ((("front", -0.06, 0.04, 0.2, 0.27),
    ("front", 0.56, -0.46, 0.9, 0.24), ("half", -0.42, -0.6, -0.1, 0.26),
    ("tilt", -0.44, -0.14, -0.9, 0.2), ("half", 0.62, 0.02, 1.2, 0.2),
    ("bud", 0.92, -0.8, 0.9, 0.2), ("bud", 0.86, 0.16, 1.6, 0.19), ("bud", 0.34, -0.78, 0.1, 0.2),
    ("bud", -0.62, 0.5, -0.9, 0.17)), (("front", -0.0, -0.24, 0.5, 0.28),
    ("tilt", 0.5, 0.02, 0.8, 0.24), ("half", -0.48, -0.22, -0.7, 0.24),
    ("front", 0.3, 0.42, 0.1, 0.22), ("bud", -0.16, -0.95, 0.0, 0.2),
    ("bud", 0.74, -0.42, 0.6, 0.21), ("bud", -0.76, -0.3, -1.2, 0.2),
    ("bud", 0.52, -0.16, -0.7, 0.17)), (("front", 0.0, 0.08, 0.5, 0.27),
    ("half", 0.5, -0.08, 0.6, 0.24), ("tilt", -0.3, -0.42, 0.8, 0.22),
    ("half", 0.36, 0.86, 2.8, 0.22), ("bud", 0.78, -0.1, 1.7, 0.2), ("bud", -0.3, 0.7, 3.3, 0.2),
    ("bud", 0.32, 0.46, 1.0, 0.17)))  # fmt: skip


def _blossoms(spots: Sequence[_Spot], random: np.random.Generator, cleft: float) -> Shapes:
    """Return flowers and buds in their places."""
    shapes: Shapes = []
    for kind, x, y, turn, size in spots:
        angle = turn + float(random.uniform(-0.12, 0.12))
        if kind == "front":
            shapes += placed(_front(random, cleft, small=True), (x, y), angle, size)
        elif kind == "tilt":
            shapes += placed(
                _front(random, cleft, small=True), (x, y), angle, (size * 1.05, size * 0.72)
            )
        elif kind == "half":
            shapes += placed(_half(random, cleft, small=True), (x, y), angle, size * 1.15)
        else:
            shapes += placed(_bud(random), (x, y), angle, size)
    return shapes


def _plum_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a crooked branch of plum blossom: rising; upright; hanging."""
    wood = [knotty(points, start, end) for points, start, end in _PLUM[view]]
    bark = []
    for points, start, _ in _PLUM[view][:1]:
        for (ax, ay), (bx, by) in pairwise(points[:4]):
            away = (
                np.array((ay - by, bx - ax)) * 0.22 * start / max(np.hypot(bx - ax, by - ay), 0.1)
            )
            ends = (np.array([(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.5 * (ax + bx), 0.5 * (ay + by)), (0.2 * ax + 0.8 * bx, 0.2 * ay + 0.8 * by)])
                + away)  # fmt: skip
            bark.append(sliver(ends, 0.022))
    shapes = [fill(_STEM, *wood), fill(_LEAF, *bark)]
    return shapes + _blossoms(_PLUM_SPOTS[view], random, 0.0)


_CHERRY: tuple[tuple[ArrayLike, tuple[_Spot, ...], tuple[tuple[float, float, float, float], ...]],
    ...] = (([(-1.0, -0.36), (-0.6, -0.46), (-0.1, -0.4), (0.4, -0.5), (0.95, -0.74)],
    (("half", -0.72, 0.12, 3.5, 0.22), ("front", -0.4, 0.2, 0.2, 0.3),
    ("front", 0.02, 0.44, 0.5, 0.3), ("tilt", 0.3, 0.02, 0.6, 0.28),
    ("half", 0.62, 0.06, 2.5, 0.24), ("bud", 0.86, -0.32, 2.6, 0.24),
    ("front", -0.08, -0.12, 0.9, 0.27)), ((-0.62, -0.46, -0.5, 0.4), (0.4, -0.5, 0.2, 0.42),
    (0.95, -0.74, 1.3, 0.4))), ([(-0.5, 1.0), (-0.3, 0.6), (-0.26, 0.1), (0.0, -0.4), (0.1, -0.9)],
    (("front", 0.16, 0.5, 0.4, 0.29), ("tilt", 0.42, 0.14, -0.5, 0.27),
    ("front", -0.56, 0.02, 0.7, 0.27), ("half", -0.5, -0.44, -0.6, 0.25),
    ("front", 0.34, -0.38, 0.1, 0.3), ("bud", -0.2, -0.8, -0.4, 0.25),
    ("bud", 0.5, -0.74, 0.7, 0.25)), ((-0.3, 0.62, -1.1, 0.42), (0.1, -0.9, 0.1, 0.36),
    (-0.1, -0.2, 0.9, 0.3))))  # fmt: skip


def _cherry_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of cherry blossom on long stalks: hanging from it; rising."""
    line, spots, leaves = _CHERRY[view]
    branch = Stem.through(line)
    shapes: Shapes = []
    for x, y, turn, size in leaves:
        blade, lines = blade_of(0.24, 0.42, 0.4), ribs(0.24, 3, 0.42, 0.4, bold=0.055)
        shapes += placed([fill(_LEAF, blade), fill(_LIGHT, lines)], (x, y), turn, size)
    stalks = []
    for kind, x, y, turn, size in spots:
        near = branch.points[np.argmin(np.hypot(*(branch.points - (x * 0.75, y)).T))]
        end = np.array((x, y))
        if kind == "half":
            end = end - toward(turn) * size * 0.1
        middle = (near + end) / 2 + np.array((0.06 * np.sign(x - near[0]), -0.02))
        stalks.append(Stem.through([near, middle, end]).path(0.026, 0.03, knots=3))
    shapes += [fill(_LEAF, *stalks), fill(_STEM, branch.path(0.1, 0.075, 0.03))]
    return shapes + _blossoms(spots, random, 0.15)


DRAWINGS: Mapping[str, DrawMotif] = {"plum-blossom": _plum_blossom, "plum-branch": _plum_branch,
    "cherry-blossom": _cherry_blossom, "cherry-branch": _cherry_branch}  # fmt: skip
