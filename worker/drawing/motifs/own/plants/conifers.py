"""Pines and firs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import blade, sliver, tapered
from worker.drawing.motifs.plants import Shapes, Stem, fill, knotty, moved, placed
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, smooth_closed

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _STEM, _LIGHT = range(4)


def _tuft(
    random: np.random.Generator, count: int, spread: float, *, width: float = 0.024
) -> list[Path]:
    """Return a fan of needles from the origin upwards, of length one."""
    turns = np.linspace(-spread, spread, count) + random.uniform(-0.05, 0.05, count)
    lengths = (1 - 0.18 * (turns / spread) ** 2) * random.uniform(0.9, 1.06, count)
    return [
        blade(width / size, 0.45).scaled(float(size)).rotated(float(turn))
        for turn, size in zip(turns, lengths, strict=True)
    ]


def _cone(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a pine cone, its foot at the origin."""
    body = smooth_closed([(0, 0), (-0.34, -0.2), (-0.36, -0.55), (-0.16, -0.92), (0, -1),
        (0.16, -0.92), (0.36, -0.55), (0.34, -0.2)])  # fmt: skip
    rows = ((-0.16, 0.2, 3), (-0.36, 0.27, 4), (-0.56, 0.25, 3), (-0.75, 0.14, 2))
    scales = [smooth_closed([(x - 0.08, y), (x, y - 0.1), (x + 0.08, y), (x, y + 0.05)])
        for y, half, count in rows for x in np.linspace(-half, half, count)]  # fmt: skip
    return placed([fill(_STEM, body), fill(_LIGHT, *scales)], at, turn, size)


_PINE: tuple[tuple[tuple[ArrayLike, ...], tuple[tuple[float, float, float, float], ...]],
    ...] = ((([(-1.0, 0.5), (-0.6, 0.36), (-0.3, 0.4), (0.05, 0.14), (0.4, 0.1), (0.75, -0.2)],
    [(-0.3, 0.38), (-0.2, 0.08), (-0.26, -0.16)], [(0.4, 0.1), (0.62, 0.24), (0.8, 0.26)]),
    ((-0.58, 0.34, -0.3, 0.5), (-0.26, -0.14, -0.2, 0.62), (0.1, 0.14, 0.1, 0.52),
    (0.8, 0.26, 1.8, 0.52), (0.75, -0.2, 0.6, 0.62))), (([(0.1, 1.0), (-0.04, 0.6), (0.08, 0.3),
    (-0.06, -0.1), (0.02, -0.4)], [(0.06, 0.36), (0.4, 0.1), (0.52, -0.14)],
    [(-0.02, 0.08), (-0.36, -0.1), (-0.5, -0.3)]),
    ((-0.02, 0.64, -1.0, 0.46), (0.54, -0.14, 0.5, 0.56), (-0.5, -0.3, -0.6, 0.56),
    (0.02, -0.4, 0.0, 0.62), (0.05, 0.3, -1.1, 0.42))), (([(-0.9, -0.7), (-0.5, -0.46),
    (-0.3, -0.1), (0.1, 0.08), (0.3, 0.44)], [(-0.46, -0.42), (0.0, -0.46), (0.3, -0.3)]),
    ((0.34, -0.3, 1.3, 0.6), (-0.34, -0.14, -1.9, 0.5), (0.1, 0.06, 1.4, 0.54),
    (0.3, 0.44, 2.5, 0.62), (0.0, -0.46, 0.4, 0.44))))  # fmt: skip
"""Wood and tufts (place, turn, size) of branches."""


def _pine_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of pine: reaching to the side, with cones; rising; hanging."""
    wood, tufts = _PINE[view]
    shapes = [
        fill(_STEM, *(knotty(line, (0.1, 0.06, 0.055)[k], 0.035) for k, line in enumerate(wood)))
    ]
    cones = (((-0.02, 0.24, 2.6, 0.34), (0.24, 0.14, 2.9, 0.3)), ((0.1, 0.4, 2.2, 0.32),),
        ((-0.1, 0.0, 3.4, 0.34),))  # fmt: skip
    for x, y, turn, size in cones[view]:
        shapes += _cone((x, y), turn, size)
    for x, y, turn, size in tufts:
        back, front = _tuft(random, 11, 1.45), _tuft(random, 11, 1.25)
        shapes.append(fill(_SHADE, *(moved(path, (x, y), turn, size) for path in back)))
        shapes.append(fill(_LEAF, *(moved(path, (x, y), turn, 0.85 * size) for path in front)))
    return shapes


def _pad(random: np.random.Generator, width: float, at: ArrayLike, height: float = 0.3) -> Shapes:
    """Return a cloud of needles: a flat pad with a scalloped top, lit fans on it."""
    count = max(3, round(width / 0.17))
    xs = np.linspace(-width, width, 2 * count + 1)
    tops = -height * np.sqrt(np.maximum(1 - (xs / (1.12 * width)) ** 2, 0.05))
    tops[::2] += 0.17 * height
    tops += random.uniform(-0.04, 0.04, len(xs)) * height
    low = [
        (width * s, 0.1 * height + 0.06 * height * (k % 2))
        for k, s in enumerate((0.9, 0.5, 0.1, -0.3, -0.7, -0.95))
    ]
    body = smooth_closed([*np.stack([xs, tops], -1), *low])
    fans: list[Path] = []
    for x in np.linspace(-0.72, 0.72, count) * width:
        peak = float(np.interp(x, xs, tops))
        foot = np.array((x, 0.02 * height + float(random.uniform(-0.04, 0.04)) * height))
        for turn in (-0.62, -0.2, 0.22, 0.64):
            size = 0.62 * abs(peak)
            fans.append(moved(blade(0.12, 0.5), foot, turn + 0.5 * x / width, size))
    return placed([fill(_LEAF, body), fill(_LIGHT, *fans)], at)


_PINE_TREES: tuple[tuple[tuple[ArrayLike, ...], tuple[tuple[float, float, float], ...]],
    ...] = ((([(-0.12, 1.2), (0.02, 0.8), (-0.2, 0.45), (-0.06, 0.1), (0.14, -0.2), (0.02, -0.55),
    (0.1, -0.8)], [(-0.16, 0.42), (-0.42, 0.3), (-0.62, 0.12), (-0.8, 0.12)],
    [(0.1, -0.1), (0.4, -0.06), (0.66, -0.26)], [(0.06, -0.5), (-0.2, -0.56), (-0.44, -0.5)]),
    ((-0.74, 0.14, 0.42), (0.66, -0.2, 0.44), (-0.46, -0.4, 0.38), (0.34, -0.56, 0.3),
    (0.06, -0.84, 0.44))), (([(-0.62, 1.1), (-0.4, 0.7), (-0.46, 0.36), (-0.1, 0.04), (0.3, 0.02),
    (0.66, -0.26), (0.72, -0.46)], [(-0.42, 0.3), (-0.56, -0.06), (-0.44, -0.36)],
    [(0.1, 0.0), (0.16, -0.3), (0.1, -0.62)], [(0.34, 0.02), (0.7, 0.18), (0.9, 0.2)]),
    ((0.92, 0.22, 0.36), (-0.5, -0.34, 0.44), (0.78, -0.42, 0.4), (0.12, -0.62, 0.42),
    (-0.8, 0.2, 0.3))), (([(0.0, 1.2), (0.1, 0.7), (-0.06, 0.2), (0.08, -0.3), (0.0, -0.8)],
    [(0.04, 0.5), (0.3, 0.34), (0.46, 0.34)], [(-0.02, 0.2), (-0.3, 0.06), (-0.46, 0.06)],
    [(0.06, -0.2), (0.3, -0.3), (0.42, -0.3)]), ((0.48, 0.4, 0.36), (-0.5, 0.12, 0.4),
    (0.46, -0.22, 0.36), (-0.28, -0.42, 0.36), (0.06, -0.8, 0.36))))  # fmt: skip
"""Wood and pads (place, half width) of trees."""


def _pine_tree(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a pine of Chinese painting: crooked; leaning over; tall."""
    wood, pads = _PINE_TREES[view]
    trunk = np.asarray(wood[0], float)
    bark = []
    for (ax, ay), (bx, by) in pairwise(trunk[:4]):
        bark.append(sliver([(0.8 * ax + 0.2 * bx + 0.02, 0.8 * ay + 0.2 * by),
            (0.5 * (ax + bx) + 0.035, 0.5 * (ay + by)), (0.3 * ax + 0.7 * bx + 0.02,
            0.3 * ay + 0.7 * by)], 0.03))  # fmt: skip
    paths = [knotty(trunk, 0.2, 0.05), *(knotty(line, 0.075, 0.04) for line in wood[1:])]
    shapes = [fill(_STEM, *paths), fill(_SHADE, *bark)]
    if view == 1:
        shapes.insert(
            0, fill(_STEM, knotty([(-0.46, 0.42), (-0.66, 0.26), (-0.8, 0.26)], 0.07, 0.04))
        )
    for x, y, width in pads:
        shapes += _pad(random, width, (x, y), 0.26)
    return shapes


def _tier(
    random: np.random.Generator, width: float, top: float, low: float, teeth: int
) -> tuple[Path, Path]:
    """Return a tier of a fir, and its half in shade: a skirt with a jagged edge."""
    xs = np.linspace(-width, width, 2 * teeth + 1)
    ys = low - 0.16 * (low - top) * (xs / width) ** 2
    ys[1::2] -= 0.13 * (low - top) * random.uniform(0.8, 1.2, teeth)
    edge = np.stack([xs, ys], -1)
    sides = ((0.46 * width, (0.42 * top + 0.58 * low)), (0.1 * width, 0.85 * top + 0.15 * low))
    right, left = [*sides], [(-x, y) for x, y in sides[::-1]]
    whole = smooth_closed([*edge, *right, (0, top), *left], 0.45)
    half = smooth_closed([(0.02, top + 0.05), (0.0, low - 0.1), *edge[teeth:], *right], 0.45)
    return whole, half


def _fir_tree(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a fir: of tiers; slender, of drooping branches; three in a group."""
    if view == 2:
        shapes: Shapes = []
        for x, size in ((-0.62, 0.72), (0.66, 0.8), (0.04, 1.1)):
            shapes += placed(_fir_tree(0, random), (x, 1.05 - 1.08 * size), 0.0, size * 0.98)
        return shapes
    if view == 1:
        trunk = tapered([(0, 1.15), (0.01, 0.2), (0, -1.1)], (0.11, 0.07, 0.02))
        kinds: tuple[list[Path], list[Path]] = ([], [])
        for index, y in enumerate(np.linspace(-0.92, 0.9, 10)):
            reach = 0.14 + 0.62 * (index + 1) / 10
            for side in (1, -1):
                wave = float(random.uniform(-0.03, 0.03))
                own = reach * float(random.uniform(0.92, 1.06))
                line = Stem.through([(0, y - 0.14), (side * 0.45 * own, y + wave),
                    (side * 0.8 * own, y + 0.08 + wave),
                    (side * own, y + 0.04 + wave)])  # fmt: skip
                group = kinds[(side > 0) ^ (index % 3 == 1)]
                group.append(line.path(0.05, 0.1, 0.09, 0.0, knots=5))
                for share in np.linspace(0.2, 0.86, 2 + index // 3):
                    place, turn = line.at(float(share))
                    group.append(
                        moved(blade(0.26, 0.4), place, turn + side * 0.75, 0.13 + 0.05 * reach)
                    )
        return [fill(_STEM, trunk), fill(_LEAF, *kinds[1],
            blade(0.2, 0.3).scaled(0.28).moved(0, -0.92)), fill(_SHADE, *kinds[0])]  # fmt: skip
    shapes = [fill(_STEM, tapered([(0, 1.15), (0, 0.7)], (0.2, 0.15)))]
    for width, top, low, teeth in ((0.74, 0.02, 0.92, 7), (0.62, -0.36, 0.46, 6),
            (0.48, -0.72, 0.04, 5), (0.32, -1.1, -0.36, 4)):  # fmt: skip
        whole, half = _tier(random, width, top, low, teeth)
        marks = [sliver([(x * width * 0.8, low - 0.42), (x * width, low - 0.33),
            (x * width * 1.3, low - 0.25)], 0.05) for x in (-0.34, -0.1, 0.14)]  # fmt: skip
        shapes += [fill(_LEAF, whole), fill(_SHADE, half), fill(_LIGHT, *marks)]
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"pine-branch": _pine_branch, "pine-tree": _pine_tree,
    "fir-tree": _fir_tree}  # fmt: skip
