"""Palms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, sliver
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    moved,
    placed,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _VEIN, _STEM = range(4)


def _feather(stem: Stem, count: int, size: float, random: np.random.Generator) -> Shapes:
    """Return a feathery palm leaf: narrow blades on both sides of its rib."""
    kinds: tuple[list[Path], list[Path]] = ([], [])
    for share in np.linspace(0.12, 1.0, count):
        place, turn = stem.at(float(share))
        length = size * float(np.interp(share, (0.12, 0.35, 0.75, 1.0), (0.66, 1.0, 0.8, 0.5)))
        for side in (1, -1):
            angle = turn + side * (1.1 - 0.75 * float(share)) + float(random.uniform(-0.06, 0.06))
            leaf = bent(blade(0.064, 0.35), side * 0.36)
            kinds[side < 0].append(
                moved(leaf, place, angle, length * float(random.uniform(0.92, 1.06)))
            )
    return [fill(_LEAF, *kinds[0]), fill(_SHADE, *kinds[1]),
        fill(_VEIN, stem.path(0.055, 0.035, 0.014))]  # fmt: skip


def _fan_leaf(random: np.random.Generator) -> Shapes:
    """Return a fan-shaped palm leaf on its stalk."""
    turns = np.linspace(-1.9, 1.9, 17)
    kinds: tuple[list[Path], list[Path]] = ([], [])
    lines: list[Path] = []
    for index, turn in enumerate(turns):
        length = (1 - 0.1 * abs(turn)) * float(random.uniform(0.94, 1.04))
        kinds[index % 2].append(
            moved(blade_of(0.12, 0.55, 0.12 * float(turn), point=0.3), (0, 0), float(turn), length)
        )
        lines.append(moved(bent(blade(0.014, 0.4).scaled(1, 0.8), 0.12 * float(turn)), (0, 0),
            float(turn), length))  # fmt: skip
    stalk = Stem.through([(0.16, 1.0), (-0.02, 0.5), (0, 0)]).path(0.06, 0.05)
    return [fill(_STEM, stalk), fill(_SHADE, *kinds[1]), fill(_LEAF, *kinds[0]),
        fill(_VEIN, *lines, circle(0, 0, 0.06))]  # fmt: skip


def _palm_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a palm leaf: feathery and arching; a fan; feathery and straight."""
    if view == 0:
        return _feather(Stem.through([(-0.75, 0.95), (-0.35, 0.3), (0.12, -0.3), (0.75, -0.6)]), 16,
            0.66, random)  # fmt: skip
    if view == 1:
        return _fan_leaf(random)
    return _feather(
        Stem.through([(0.1, 1.1), (-0.04, 0.4), (0.0, -0.3), (0.12, -0.85)]), 15, 0.62, random
    )


def _crown(random: np.random.Generator, at: ArrayLike, size: float) -> Shapes:
    """Return the crown of a palm: drooping leaves with a cut lower edge."""
    shapes: Shapes = []
    fronds = ((2.15, 0.8, 1), (-2.1, 0.82, -1), (1.5, 1.02, 1), (-1.45, 1.0, -1), (0.85, 1.0, 1),
        (-0.8, 1.0, -1), (0.14, 0.86, 1))  # fmt: skip
    for index, (turn, length, side) in enumerate(fronds):
        lean = turn + float(random.uniform(-0.08, 0.08))
        start = np.array((np.sin(lean * 0.62), -np.cos(lean * 0.62)))
        tip = toward(lean) * length + (0, 0.28 * abs(np.sin(lean)))
        stem = Stem.through(
            [np.zeros(2), start * 0.42 * length, (start * 0.8 + tip * 0.7) * 0.62, tip]
        )
        leaves: list[Path] = []
        for share in np.linspace(0.08, 0.98, 13):
            place, angle = stem.at(float(share))
            long = 0.42 * float(np.interp(share, (0.08, 0.35, 1.0), (0.5, 1.0, 0.62)))
            for flank, much in ((side, 1.0), (-side, 0.62)):
                lean = flank * (0.78 - 0.36 * float(share))
                leaves.append(
                    moved(bent(blade(0.1, 0.4), flank * 0.3), place, angle + lean, long * much)
                )
        shapes += [
            fill((_SHADE, _LEAF)[index > 1 and index % 3 != 0], *leaves),
            fill(_VEIN, stem.path(0.04, 0.03, 0.014)),
        ]
    shapes.append(fill(4, dots([(-0.05, 0.04), (0.06, 0.05), (0.0, -0.02)], 0.06)))
    return placed(shapes, at, 0.0, size)


def _trunk(points: ArrayLike, width: float) -> Shapes:
    """Return a ringed trunk."""
    stem = Stem.through(points)
    rings = []
    for share in np.linspace(0.06, 0.94, 13):
        place, turn = stem.at(float(share))
        half = width * (0.56 - 0.14 * float(share))
        rings.append(
            moved(sliver([(-half, -0.02), (0.05 * half, 0.045), (half, -0.02)], 0.036), place, turn)
        )
    return [
        fill(_STEM, stem.path(1.35 * width, 0.95 * width, 0.85 * width, 0.8 * width)),
        fill(4, *rings),
    ]


def _palm_tree(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a palm: leaning; straight, with coconuts; two that cross."""
    nuts = dots([(-0.08, 0.06), (0.1, 0.08), (0.01, 0.13)], 0.085)
    if view == 0:
        line = [(-0.35, 1.5), (-0.25, 0.9), (0.0, 0.3), (0.3, -0.2)]
        return [*_trunk(line, 0.13), *_crown(random, (0.3, -0.2), 0.95)]
    if view == 1:
        line = [(0.0, 1.6), (0.05, 0.9), (-0.02, 0.2), (0.0, -0.3)]
        return [*_trunk(line, 0.14), *_crown(random, (0.0, -0.3), 0.95),
            *placed([fill(4, nuts)], (0, -0.26))]  # fmt: skip
    shapes = [
        *_trunk([(0.22, 1.5), (0.1, 0.9), (-0.3, 0.4), (-0.62, 0.1)], 0.11),
        *_crown(random, (-0.62, 0.1), 0.68),
    ]
    return [*shapes, *_trunk([(-0.1, 1.5), (0.0, 0.8), (0.24, 0.1), (0.52, -0.42)], 0.12),
        *_crown(random, (0.52, -0.42), 0.8)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"palm-leaf": _palm_leaf, "palm-tree": _palm_tree}
