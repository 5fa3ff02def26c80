"""Bamboo: stalks and leaves in the manner of ink painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.plants import Shapes, Stem, blade_of, fill, moved, placed, ribs, swayed
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _STEM, _NODE, _VEIN = range(5)


def _leaf(bend: float, slot: int, *, vein: bool = False) -> Shapes:
    """Return a lance-shaped leaf, widest near its base, its tip drawn out."""
    shapes = [fill(slot, blade_of(0.09, 0.28, bend, point=0.2))]
    if vein:
        shapes.append(fill(_VEIN, ribs(0.09, 0, 0.3, bend, bold=0.03)))
    return shapes


def _group(
    random: np.random.Generator,
    at: ArrayLike,
    turn: float,
    size: float,
    *,
    count: int = 4,
    vein: bool = False,
) -> Shapes:
    """Return leaves that fan out from a point, the middle ones longest, some in shade."""
    shapes: Shapes = []
    fan = np.linspace(-0.95, 0.85, count) if count > 1 else np.zeros(1)
    for index in np.argsort(-np.abs(fan)):
        angle = float(fan[index]) + float(random.uniform(-0.2, 0.2))
        length = size * (1.0 - 0.22 * abs(angle)) * float(random.uniform(0.8, 1.15))
        slot = _SHADE if index % 2 else _LEAF
        shapes += placed(_leaf(0.3 * angle, slot, vein=vein), at, turn + angle, 1.2 * length)
    return shapes


def _stalk(points: ArrayLike, width: float, nodes: Sequence[float]) -> Shapes:
    """Return a stalk of segments that flare at their ends, with dark rings between them."""
    stem = Stem.through(points)
    parts: list[Path] = []
    rings: list[Path] = []
    lit: list[Path] = []
    for low, high in pairwise(nodes):
        shares = np.linspace(low - 0.008, high + 0.008, 5)
        line = np.array([stem.at(float(share))[0] for share in shares])
        taper = width * (1 - 0.25 * low)
        parts.append(tapered(line, np.array([1.2, 0.98, 0.94, 0.98, 1.18]) * taper))
        step = line[3] - line[1]
        side = np.array((-step[1], step[0])) / np.hypot(*step) * 0.24 * taper
        lit.append(tapered(line[1:4] + side, np.array([0.1, 0.2, 0.08]) * taper))
    for share in nodes[1:-1]:
        place, turn = stem.at(share)
        across = np.array((np.cos(turn), np.sin(turn))) * width * 0.62
        dip = np.array((-np.sin(turn), np.cos(turn))) * width * 0.12
        rings.append(tapered([place - across, place + dip, place + across],
            np.array([0.14, 0.24, 0.14]) * width))  # fmt: skip
    return [fill(_STEM, *parts), fill(_VEIN, *lit), fill(_NODE, *rings)]


def _twig(points: ArrayLike, width: float = 0.03) -> MotifShape:
    return fill(_NODE, Stem.through(points).path(width, width * 0.7, knots=4))


def _one_stalk(random: np.random.Generator) -> Shapes:
    """Return a stalk with two twigs."""
    shapes = _stalk([(-0.12, 1.2), (-0.02, 0.4), (0.0, -0.4), (0.1, -1.2)], 0.17,
        (0, 0.16, 0.36, 0.58, 0.8, 1.0))  # fmt: skip
    shapes += [
        _twig([(-0.02, 0.3), (0.24, 0.02), (0.42, -0.06)]),
        _twig([(0.02, -0.62), (-0.2, -0.8), (-0.36, -0.76)]),
    ]
    shapes += _group(random, (0.4, -0.06), 2.0, 0.62, count=5)
    shapes += _group(random, (0.22, 0.04), 1.1, 0.4, count=2)
    shapes += _group(random, (-0.35, -0.77), -2.1, 0.6, count=4)
    return shapes


def _two_stalks(random: np.random.Generator) -> Shapes:
    """Return a thick and a thin stalk."""
    shapes = _stalk(
        [(0.3, 1.2), (0.26, 0.3), (0.34, -0.5), (0.3, -1.2)], 0.12, (0, 0.2, 0.42, 0.62, 0.82, 1.0)
    )
    shapes += _stalk(
        [(-0.24, 1.2), (-0.2, 0.4), (-0.1, -0.3), (-0.08, -0.9)], 0.19, (0, 0.22, 0.46, 0.72, 1.0)
    )
    shapes += [
        _twig([(-0.16, 0.05), (-0.4, -0.2), (-0.52, -0.2)]),
        _twig([(0.32, -0.45), (0.56, -0.66), (0.7, -0.6)]),
    ]
    shapes += _group(random, (-0.5, -0.2), -2.2, 0.56, count=4)
    shapes += _group(random, (0.7, -0.62), 2.3, 0.6, count=4)
    return shapes + _group(random, (0.0, -0.86), 0.5, 0.5, count=3)


def _bent_stalk(random: np.random.Generator) -> Shapes:
    """Return a bent stalk."""
    line = [(-0.6, 1.2), (-0.3, 0.4), (-0.06, -0.3), (0.4, -0.85), (0.9, -1.1)]
    stem = Stem.through(line)
    shapes = _stalk(line, 0.14, (0, 0.18, 0.38, 0.58, 0.78, 1.0))
    for share, end, turn, count in ((0.58, (0.36, -0.16), 2.4, 4), (0.78, (0.62, -0.54), 2.6, 4),
            (0.99, (1.0, -0.98), 2.3, 5), (0.38, (-0.5, 0.0), -2.4, 4)):  # fmt: skip
        place = stem.at(share)[0]
        shapes.append(_twig([place, (place + end) / 2 + (0, -0.05), np.array(end)]))
        shapes += _group(random, end, turn, 0.52, count=count)
    return shapes


def _three_stalks(random: np.random.Generator) -> Shapes:
    """Return three stalks with few leaves."""
    shapes: Shapes = []
    for x, width, low, high in ((-0.36, 0.15, 1.1, -0.7), (0.02, 0.2, 1.2, -1.1),
            (0.38, 0.14, 1.0, -0.85)):  # fmt: skip
        wave = float(random.uniform(-0.05, 0.05))
        shapes += _stalk([(x, low), (x + wave, 0.2), (x - wave, -0.4), (x + 0.04, high)], width,
            (0, 0.24, 0.5, 0.76, 1.0) if x else (0, 0.2, 0.4, 0.6, 0.8, 1.0))  # fmt: skip
    return (shapes + _group(random, (0.42, 0.0), 1.9, 0.42, count=3) + _group(random, (-0.42, -0.2),
        -1.9, 0.42, count=3))  # fmt: skip


def _bamboo_stalk(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw stalks of bamboo: one with leaves; two that cross; a bent one with a twig; bare."""
    return (_one_stalk, _two_stalks, _bent_stalk, _three_stalks)[view](random)


def _jointed(points: ArrayLike) -> Shapes:
    """Return a thin twig with its joints."""
    stem = Stem.through(points)
    joints = [
        moved(sliver([(-0.04, 0), (0, 0.015), (0.04, 0)], 0.036), *stem.at(share))
        for share in (0.1, 0.36, 0.64, 0.9)
    ]
    return [fill(_STEM, stem.path(0.05, 0.034)), fill(_NODE, *joints)]


def _bamboo_leaves(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw leaves of bamboo: a fan; a hanging twig; a rising twig; two leaves."""
    if view == 0:
        shapes = _jointed([(0.3, -0.9), (0.16, -0.45), (0.0, -0.1)])
        return shapes + _group(random, (0, -0.1), 3.3, 1.0, count=5, vein=True)
    if view == 3:
        twig = fill(_STEM, Stem.through([(0.1, 0.6), (0.03, 0.3), (0.0, 0.0)]).path(0.06, 0.05))
        leaf = _leaf(-0.5, _LEAF, vein=True)
        other = placed(_leaf(0.5, _SHADE, vein=True), (0.02, 0.2), 0.85, 0.9)
        return swayed([twig, *other, *placed(leaf, (0, 0.02), -0.3)], random)
    line = [(-1.0, -0.7), (-0.4, -0.5), (0.2, -0.1), (0.6, 0.5)]
    if view == 2:
        line = [(-0.9, 0.9), (-0.4, 0.3), (0.1, -0.2), (0.4, -0.8)]
    stem = Stem.through(line)
    shapes = _jointed(line)
    turns = (((0.22, 0.5), (0.22, 2.6), (0.5, 0.9), (0.55, 2.9), (0.8, 1.4), (1.0, 2.6))
        if view == 1 else ((0.2, -1.0), (0.3, 1.5), (0.5, -0.8), (0.62, 1.3), (0.82, -0.9),
        (1.0, 0.4)))  # fmt: skip
    for share, turn in turns:
        place, _ = stem.at(share)
        shapes += _group(random, place, turn, 0.62, count=3, vein=True)
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"bamboo-stalk": _bamboo_stalk, "bamboo-leaves": _bamboo_leaves}
