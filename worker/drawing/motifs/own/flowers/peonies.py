"""Peonies: ruffled petals around a golden heart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import blade
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    merged,
    moved,
    placed,
    rays,
    ribs,
    stroke,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _LIGHT, _DEEP, _HEART, _LEAF, _VEIN = range(6)


def _outline(random: np.random.Generator, width: float, lobes: int) -> Path:
    """Return a fan-shaped petal with a ruffled rim, from (0, 0) to about (0, -1)."""
    shares = np.concatenate([index + np.array([0.0, 0.3, 0.7]) for index in range(lobes)])
    angles = np.append(shares, lobes) / lobes * 2.5 - 1.25
    radius = 1 + np.resize([-0.075, 0.03, 0.03], len(angles))
    radius += random.uniform(-0.025, 0.025, len(angles))
    rim = np.stack([width * 1.05 * np.sin(angles), -0.6 - 0.4 * np.cos(angles)], -1)
    rim *= radius[:, None]
    sides = [(0.72 * width, -0.3), (0.14, 0.02), (-0.14, 0.02), (-0.72 * width, -0.3)]
    return smooth_closed(np.concatenate([rim, sides]))


def _flames(random: np.random.Generator, width: float, reach: float) -> Path:
    """Return the dark streaks that rise from the base of a petal."""
    turns = np.linspace(-0.6, 0.6, 5) * width * 1.7 + random.uniform(-0.04, 0.04, 5)
    lengths = reach * np.array([0.72, 0.9, 1.05, 0.92, 0.7]) * random.uniform(0.9, 1.1, 5)
    return merged(
        blade(0.085, 0.35).scaled(1 - 0.3 * abs(float(t)), float(size)).rotated(float(t))
        for t, size in zip(turns, lengths, strict=True)
    )


def _petal(
    random: np.random.Generator,
    width: float,
    at: ArrayLike,
    turn: float,
    size: float,
    *,
    lobes: int = 3,
    reach: float = 0.55,
) -> Shapes:
    """Return a petal: its pale rim, its body and its streaks.

    Args:
        reach: length of the dark streaks of its base; negative: of pale veins; 0: neither.
    """
    outline = _outline(random, width, lobes)
    shapes = [
        fill(_LIGHT, outline),
        fill(_PETAL, outline.scaled(0.88, 0.9).moved(0, 0.005)),
    ]
    if reach > 0:
        shapes.append(fill(_DEEP, _flames(random, width, reach)))
    elif reach < 0:
        turns = np.array([-0.72, -0.26, 0.24, 0.7]) * width * 1.3 + random.uniform(-0.05, 0.05, 4)
        veins = [blade(0.022, 0.5).scaled(1, -reach).rotated(float(turn)) for turn in turns]
        shapes.append(fill(_LIGHT, *(vein.moved(0, -0.12) for vein in veins)))
    return placed(shapes, at, turn, size)


def _leaf(turn: float, at: ArrayLike, size: float, bend: float = 0.0) -> Shapes:
    """Return a leaf of three leaflets."""
    parts = ((-0.62, 0.72, -0.35), (0.62, 0.72, 0.35), (0.0, 1.0, bend))
    leaves = [moved(blade_of(0.24, 0.5, b, point=0.5), (0, 0), t, s) for t, s, b in parts]
    lines = [moved(ribs(0.24, 2, 0.5, b, bold=0.045), (0, 0), t, s) for t, s, b in parts]
    stalk = Stem.through([(0, 0.25), (0.01, 0.1), (0, -0.1)]).path(0.06, 0.04)
    shapes = placed([fill(_LEAF, *leaves, stalk), fill(_VEIN, *lines)], (0, -0.24))
    return placed(shapes, at, turn, size)


def _stamens(random: np.random.Generator, radius: float) -> Shapes:
    """Return the golden heart about the origin, on its dark ground."""
    turns = np.linspace(0, 2 * np.pi, 15)[:-1] + random.uniform(-0.15, 0.15, 14)
    lengths = radius * np.resize([1.0, 0.74], 14) * random.uniform(0.9, 1.05, 14)
    ends = np.stack([np.sin(turns), -np.cos(turns)], -1) * lengths[:, None]
    lines = [
        blade_of(0.06, 0.7).scaled(1.3 * radius, float(r)).rotated(float(t))
        for t, r in zip(turns, lengths, strict=True)
    ]
    ground = smooth_closed(np.stack([np.sin(turns), -np.cos(turns)], -1)[::2] * radius * 1.12)
    return [
        fill(_DEEP, ground),
        fill(_HEART, *lines, dots(ends, 0.13 * radius), dots([(0, 0)], radius * 0.3)),
    ]


def _bowl(random: np.random.Generator, size: float) -> Shapes:
    """Return the upright inner petals around the heart at the origin."""
    shapes: Shapes = []
    for turn, width, length, x in ((-0.95, 0.46, 0.72, -0.06), (0.95, 0.46, 0.72, 0.06),
            (-0.42, 0.5, 0.78, -0.04), (0.46, 0.5, 0.76, 0.04), (0.02, 0.5, 0.7, 0)):  # fmt: skip
        shapes += _petal(random, width, (x, 0.1), turn, length, reach=0.7)
    shapes += placed(_stamens(random, 0.27), (0, -0.1), 0.0, (1.0, 0.8))
    for turn, width, length, x, y in ((-1.0, 0.56, 0.5, -0.1, 0.38), (1.0, 0.56, 0.5, 0.1, 0.38),
            (-0.3, 0.6, 0.46, -0.1, 0.42), (0.36, 0.6, 0.42, 0.12, 0.45)):  # fmt: skip
        shapes += _petal(random, width, (x, y), turn, length, reach=-0.6)
    return placed(shapes, (0, 0), 0.0, size)


def _open(random: np.random.Generator) -> Shapes:
    """Return a full flower, seen from a little above."""
    shapes: Shapes = []
    for turn in np.array([0.5, -0.45, 1.35, -1.3, 2.2, -2.15, 3.1]) + random.uniform(
        -0.08, 0.08, 7
    ):
        size = float(random.uniform(0.96, 1.06)) * (1.0 + 0.04 * np.cos(turn))
        shapes += _petal(
            random, 0.5, (0, 0.04), float(turn), size, lobes=4, reach=-0.62 if abs(turn) > 2 else 0
        )
    for turn in np.array([0.0, 1.1, -1.1, 2.1, -2.15]) + random.uniform(-0.1, 0.1, 5):
        shapes += _petal(random, 0.5, (0, 0.06), float(turn), float(random.uniform(0.76, 0.82)))
    return shapes + _bowl(random, 0.86)


def _side(random: np.random.Generator) -> Shapes:
    """Return a flower from the side on its stalk, its outer petals hanging."""
    shapes = [stroke(_LEAF, [(0.12, 1.5), (0.0, 1.0), (0.02, 0.3)], 0.07, 0.06)]
    shapes += _leaf(-1.0, (0.0, 1.0), 0.75, -0.2) + _leaf(1.15, (0.04, 1.2), 0.62, 0.2)
    for turn, size in ((-1.5, 0.9), (1.5, 0.92), (-1.15, 0.95), (1.12, 0.98)):
        shapes += _petal(random, 0.46, (0, 0.32), turn, size, lobes=4)
    for turn, size in ((-0.75, 1.0), (0.72, 1.02), (-0.3, 1.08), (0.28, 1.06), (0.0, 1.0)):
        shapes += _petal(random, 0.46, (0, 0.34), turn, size, lobes=4)
    shapes += placed(_stamens(random, 0.24), (0.02, -0.26), 0.0, (1.0, 0.7))
    for turn, width, size, x in ((-0.95, 0.5, 0.72, -0.02), (0.98, 0.5, 0.74, 0.02),
            (-0.5, 0.56, 0.66, -0.04), (0.52, 0.56, 0.64, 0.05),
            (0.02, 0.62, 0.54, 0.0)):  # fmt: skip
        shapes += _petal(random, width, (x, 0.4), turn, size, reach=0.6)
    for turn, size in ((-1.9, 0.62), (1.95, 0.6)):
        shapes += _petal(random, 0.46, (0, 0.3), turn, size)
    sepals = rays(blade_of(0.24, 0.45).scaled(0.3), (-1.3, -0.5, 0.5, 1.3))
    return [*shapes, fill(_LEAF, *(path.moved(0, 0.46) for path in sepals), dots([(0, 0.46)], 0.1))]


def _bud(random: np.random.Generator) -> Shapes:
    """Return an opening bud on a bent stalk with leaves."""
    stem = Stem.through([(-0.25, 1.75), (-0.05, 1.2), (0.06, 0.7), (0.0, 0.2)])
    shapes = [fill(_LEAF, stem.path(0.075, 0.06))]
    shapes += _leaf(-0.95, stem.at(0.45)[0], 0.85, -0.3) + _leaf(1.05, stem.at(0.25)[0], 0.95, 0.3)
    for turn, size, width in ((-0.62, 0.82, 0.44), (0.6, 0.84, 0.44), (-0.22, 0.95, 0.46),
            (0.24, 0.93, 0.46), (-0.4, 0.72, 0.5), (0.44, 0.7, 0.5),
            (0.02, 0.66, 0.52)):  # fmt: skip
        shapes += _petal(random, width, (0, 0.26), turn, size)
    sepals = rays(blade_of(0.26, 0.5).scaled(0.46), (-1.05, -0.38, 0.36, 1.0))
    veins = rays(ribs(0.26, 0).scaled(0.42), (-0.38, 0.36))
    cup = smooth_closed(
        [(-0.2, 0.2), (0, 0.06), (0.2, 0.2), (0.12, 0.34), (0, 0.38), (-0.12, 0.34)]
    )
    shapes.append(fill(_LEAF, cup, *(path.moved(0, 0.3) for path in sepals)))
    return [*shapes, fill(_VEIN, *(path.moved(0, 0.3) for path in veins))]


def _peony(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a peony: open; from the side; an opening bud; open among leaves."""
    if view == 0:
        return _open(random)
    if view == 1:
        return _side(random)
    if view == 2:
        return _bud(random)
    shapes: Shapes = []
    for turn, size in ((-2.2, 0.95), (-1.2, 0.85), (0.95, 0.9), (2.0, 1.0)):
        place = np.array([np.sin(turn), -np.cos(turn)]) * 0.6
        shapes += _leaf(turn, place, size, 0.3 * float(np.sign(turn)))
    return shapes + placed(_open(random), (0, 0), 0.35, (-0.95, 0.95))


DRAWINGS: Mapping[str, DrawMotif] = {"peony": _peony}
