"""Broad-leaved trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import blade, sliver, tapered
from worker.drawing.motifs.plants import Shapes, Stem, fill, knotty, moved, toward
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, Points, smooth_closed

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _TRUNK, _LIGHT = range(4)


def _cloud(
    random: np.random.Generator, at: ArrayLike, size: tuple[float, float], bumps: int
) -> Path:
    """Return a crown with a scalloped edge about a place."""
    turns = 2 * np.pi * (np.arange(3 * bumps) + float(random.uniform(0, 3))) / (3 * bumps)
    radius = 1 + np.resize([-0.12, 0.06, 0.06], 3 * bumps) + random.uniform(-0.04, 0.04, 3 * bumps)
    rim = np.stack([np.cos(turns) * size[0], np.sin(turns) * size[1]], -1) * radius[:, None]
    return smooth_closed(rim + np.asarray(at, float))


def _leaflets(random: np.random.Generator, places: ArrayLike, size: float) -> list[Path]:
    """Return pairs of small leaves at (n, 2) places."""
    found = []
    for place in np.asarray(places, float):
        lean = float(random.uniform(-0.5, 0.5))
        found += [moved(blade(0.26, 0.45), place, lean + side * 0.55, size) for side in (1, -1)]
    return found


def _trunk(height: float) -> Shapes:
    """Return a trunk that forks into the crown; its foot is at (0, 1.3)."""
    paths = [Stem.through([(0.0, 1.3), (0.02, 0.8), (-0.02, height)]).path(0.3, 0.17, 0.12, 0.08),
        Stem.through([(0.02, 0.72), (0.2, 0.4), (0.42, 0.2)]).path(0.11, 0.05),
        Stem.through([(0.0, 0.6), (-0.2, 0.3), (-0.4, 0.14)]).path(0.1, 0.05)]  # fmt: skip
    return [fill(_TRUNK, *paths)]


def _round(random: np.random.Generator) -> Shapes:
    """Return a tree with a broad crown of clouds."""
    back = [_cloud(random, at, size, 6) for at, size in (((-0.5, 0.02), (0.5, 0.4)),
        ((0.54, 0.0), (0.48, 0.4)), ((0.04, -0.36), (0.72, 0.56)))]  # fmt: skip
    front = [_cloud(random, at, size, 5) for at, size in (((-0.5, -0.16), (0.38, 0.26)),
        ((0.36, -0.24), (0.42, 0.28)), ((-0.06, -0.62), (0.44, 0.26)))]  # fmt: skip
    places = [(-0.6, -0.12), (-0.36, -0.2), (0.22, -0.2), (0.5, -0.26), (-0.2, -0.6), (0.1, -0.62),
        (-0.1, 0.1), (0.66, 0.14), (0.18, 0.2), (-0.62, 0.2)]  # fmt: skip
    spots = np.asarray(places, float) + random.uniform(-0.04, 0.04, (10, 2))
    return [fill(_SHADE, *back), *_trunk(-0.1), fill(_LEAF, *front),
        fill(_LIGHT, *_leaflets(random, spots, 0.16))]  # fmt: skip


def _tall(random: np.random.Generator) -> Shapes:
    """Return a slender tree, as a poplar or cypress."""
    side = np.array([(0.08, 1.0), (0.34, 0.72), (0.4, 0.3), (0.36, -0.2), (0.24, -0.76)])
    wave = random.uniform(-0.03, 0.03, (5, 2))
    right = side + wave
    crown = smooth_closed([*right, (0.02, -1.3), *((-x, y) for x, y in right[::-1] + wave)])
    shade = smooth_closed([(0.02, 1.0), *right, (0.03, -1.26), (0.1, -0.4), (0.0, 0.3)])
    flames = []
    for x, y, size in ((-0.2, 0.7, 0.5), (0.1, 0.5, 0.5), (-0.14, 0.16, 0.52), (0.16, -0.06, 0.48),
            (-0.08, -0.4, 0.46), (0.08, -0.66, 0.34)):  # fmt: skip
        flames.append(
            moved(blade(0.12, 0.4), (x, y), float(random.uniform(-0.12, 0.12)) + 0.3 * x, size)
        )
    trunk = tapered([(0, 1.34), (0, 0.9)], (0.16, 0.12))
    return [fill(_TRUNK, trunk), fill(_LEAF, crown), fill(_SHADE, shade), fill(_LIGHT, *flames)]


def _twigs(
    random: np.random.Generator, base: Points, turn: float, size: float, depth: int
) -> tuple[list[Path], list[tuple[Points, float]]]:
    """Return forking wood from a place, and the places and turns of its tips."""
    end = base + toward(turn) * size
    middle = base + toward(turn + float(random.uniform(-0.2, 0.2))) * size * 0.5
    wood = [Stem.through([base, middle, end]).path(0.2 * size, 0.13 * size, knots=3)]
    if depth == 0:
        return wood, [(end, turn)]
    tips: list[tuple[Points, float]] = [(middle, turn)]
    for lean in (-0.78, 0.06, 0.8) if depth > 1 else (-0.6, 0.6):
        more, ends = _twigs(random, end - toward(turn) * 0.06 * size,
            turn + lean + float(random.uniform(-0.12, 0.12)),
            size * float(random.uniform(0.62, 0.76)), depth - 1)  # fmt: skip
        wood += more
        tips += ends
    return wood, tips


def _folk(random: np.random.Generator) -> Shapes:
    """Return a tree whose leaves stand singly on its twigs."""
    wood, tips = _twigs(random, np.array((0.0, 0.6)), 0.0, 0.46, 3)
    wood.append(tapered([(0.03, 1.25), (0.0, 0.9), (0, 0.45)], (0.24, 0.13, 0.1)))
    kinds: tuple[list[Path], list[Path]] = ([], [])
    for index, (place, turn) in enumerate(tips):
        for number, lean in enumerate((-1.0, 0.05, 1.0)):
            angle = turn + lean + float(random.uniform(-0.2, 0.2))
            leaf = moved(blade(0.26, 0.46), place, angle, float(random.uniform(0.2, 0.25)))
            kinds[(index + number) % 2].append(leaf)
    lights = kinds[0][::5]
    return [fill(_TRUNK, *wood), fill(_SHADE, *kinds[1]), fill(_LEAF, *kinds[0]),
        fill(_LIGHT, *lights)]  # fmt: skip


def _old(random: np.random.Generator) -> Shapes:
    """Return an old tree with a crooked trunk and crowns on its branches."""
    wood = [knotty([(0.1, 1.3), (0.0, 0.9), (0.12, 0.5), (-0.06, 0.1), (0.04, -0.3)], 0.34, 0.09),
        knotty([(0.08, 0.55), (0.4, 0.3), (0.62, 0.0)], 0.14, 0.06),
        knotty([(0.02, 0.35), (-0.34, 0.2), (-0.62, -0.1)], 0.13, 0.06)]  # fmt: skip
    bark = [
        sliver([(0.02, 1.1), (0.0, 0.9), (0.06, 0.7)], 0.04),
        sliver([(0.1, 0.8), (0.12, 0.6), (0.08, 0.44)], 0.036),
    ]
    shapes = [fill(_TRUNK, *wood), fill(_LIGHT, *bark)]
    for x, y, width, height in ((0.66, -0.04, 0.46, 0.28), (-0.66, -0.14, 0.46, 0.3),
            (0.04, -0.56, 0.56, 0.36)):  # fmt: skip
        shapes += [
            fill(_SHADE, _cloud(random, (x, y), (width, height), 7)),
            fill(_LEAF, _cloud(random, (x - 0.03, y - 0.07), (0.82 * width, 0.66 * height), 6)),
        ]
        places = np.array((x, y)) + np.array([(-0.5, 0.1), (0.0, -0.1), (0.45, 0.2)]) * (
            width,
            height,
        )
        shapes.append(fill(_LIGHT, *_leaflets(random, places, 0.13)))
    return shapes


def _tree(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a tree: with a broad crown; slender; with single leaves; old and crooked."""
    return (_round, _tall, _folk, _old)[view](random)


DRAWINGS: Mapping[str, DrawMotif] = {"tree": _tree}
