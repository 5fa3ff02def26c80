"""Lavender and wheat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    fill,
    half_of,
    moved,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, ellipse

__all__ = ["DRAWINGS"]


def _lavender_spike(random: np.random.Generator, stem: Stem, low: float) -> Shapes:
    """Return the whorls of a spike of lavender on the upper part of a stem."""
    kinds: tuple[list[Path], list[Path], list[Path]] = ([], [], [])
    levels = np.concatenate([[low - 0.1], np.linspace(low, 0.98, 7)])
    for number, share in enumerate(levels):
        place, turn = stem.at(float(share))
        size = (0.25 if number else 0.19) * (1 - 0.45 * max(0.0, (share - low) / (1 - low)))
        for index, lean in enumerate((-1.15, 1.15, -0.62, 0.62, 0.0)):
            away = turn + lean + float(random.uniform(-0.14, 0.14))
            bud = moved(blade(0.3, 0.62), place, away, size * float(random.uniform(0.9, 1.1)))
            kinds[(1, 0, 0, 1, 0)[index]].append(bud)
        kinds[2].append(moved(blade(0.22, 0.4), place, turn - 0.3, 0.5 * size))
        kinds[2].append(moved(blade(0.22, 0.4), place, turn + 0.35, 0.5 * size))
    return [fill(1, *kinds[1]), fill(0, *kinds[0]), fill(3, *kinds[2])]


def _lavender(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw lavender: a spike; three of them; a tied bunch."""
    if view == 0:
        stem = Stem.through([(0.06, 1.0), (-0.05, 0.4), (0.0, -0.2), (0.06, -0.85)])
        leaves = [moved(bent(blade(0.075, 0.4), b), stem.at(s)[0], t, 0.52)
            for s, t, b in ((0.08, -0.6, 0.4), (0.1, 0.65, -0.4), (0.28, 0.5, -0.4),
            (0.26, -0.45, 0.4))]  # fmt: skip
        return [fill(2, stem.path(0.045, 0.03), *leaves), *_lavender_spike(random, stem, 0.58)]
    if view == 1:
        lines: tuple[ArrayLike, ...] = ([(0.0, 1.0), (0.1, 0.3), (0.45, -0.4)],
            [(-0.02, 1.0), (-0.16, 0.3), (-0.5, -0.3)], [(-0.01, 1.0), (-0.02, 0.2),
            (0.02, -0.85)])  # fmt: skip
    else:
        lines = ([(-0.3, 1.0), (0.02, 0.3), (0.5, -0.55)], [(0.3, 1.0), (-0.02, 0.3), (-0.5, -0.5)],
            [(0.14, 1.05), (0.0, 0.3), (-0.22, -0.8)], [(-0.14, 1.05), (0.0, 0.3), (0.26, -0.85)],
            [(0.0, 1.05), (0.0, 0.3), (0.02, -0.95)])  # fmt: skip
    stems = [Stem.through(line) for line in lines]
    leaves = [
        moved(bent(blade(0.08, 0.4), b), (0, 0.92), t, 0.5)
        for t, b in ((-0.75, 0.5), (0.8, -0.5), (-0.35, 0.3))
    ]
    shapes = [fill(2, *(stem.path(0.04, 0.026) for stem in stems), *(leaves if view == 1 else []))]
    for stem in stems:
        shapes += _lavender_spike(random, stem, 0.6)
    if view == 2:
        loops = [
            moved(bent(blade_of(0.3, 0.6), 0.3 * s), (0, 0.3), s * 1.35, 0.36) for s in (1, -1)
        ]
        ends = [
            tapered([(0, 0.3), (s * 0.1, 0.46), (s * 0.12, 0.7)], (0.05, 0.07, 0.08))
            for s in (1, -1)
        ]
        shapes += [fill(3, *loops, *ends), fill(1, ellipse(0, 0.3, 0.09, 0.07))]
    return shapes


def _ear(stem: Stem, random: np.random.Generator, *, beard: bool, pairs: int = 7) -> Shapes:
    """Return an ear of wheat on the upper half of a stem: grains in rows, with or without beard."""
    light: list[Path] = []
    dark: list[Path] = []
    hair: list[Path] = []
    for index, share in enumerate(np.linspace(0.52, 0.93, pairs)):
        place, turn = stem.at(float(share))
        size = 0.3 * float(np.interp(index / (pairs - 1), (0, 0.3, 1), (0.85, 1.0, 0.8)))
        for side in (1, -1):
            angle = turn + side * (0.5 + float(random.uniform(-0.05, 0.05)))
            light.append(moved(blade_of(0.24, 0.42, -0.3 * side, point=0.2), place, angle, size))
            dark.append(
                moved(half_of(0.24 * side, 0.42, -0.3 * side, point=0.2), place, angle, size)
            )
            if beard:
                tip = (place + np.array((np.sin(angle - 0.15 * side),
                    -np.cos(angle - 0.15 * side))) * size * 0.9)  # fmt: skip
                hair.append(moved(bent(blade(0.028, 0.3), -0.1 * side), tip,
                    turn + 0.3 * side + float(random.uniform(-0.04, 0.04)), 0.58))  # fmt: skip
        middle, _ = stem.at(float(share) + 0.035)
        light.append(moved(blade_of(0.2, 0.42, point=0.2), middle - (middle - place) * 0.6, turn,
            size * 0.86))  # fmt: skip
    place, turn = stem.at(0.97)
    light.append(moved(blade_of(0.2, 0.42, point=0.2), place, turn, 0.26))
    if beard:
        hair.append(moved(blade(0.028, 0.3), stem.at(1.0)[0], turn, 0.6))
    shapes = [fill(2, *hair)] if beard else []
    half = [moved(blade_of(0.17, 0.42, point=0.2), stem.at(float(s) + 0.01)[0],
        stem.at(float(s))[1], 0.23) for s in np.linspace(0.54, 0.93, pairs)]  # fmt: skip
    return [*shapes, fill(0, *light), fill(1, *dark), fill(2, *half)]


def _wheat_ear(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw ears of wheat: bearded, with a leaf; bowed; three without beards."""
    if view == 0:
        stem = Stem.through([(0.06, 1.2), (-0.04, 0.5), (0.02, -0.2), (0.1, -0.85)])
        leaf = Stem.through([(0.02, 0.9), (0.2, 0.4), (0.5, 0.24), (0.74, 0.5)]).path(
            0.05, 0.11, 0.09, 0.0
        )
        return [fill(3, stem.path(0.05, 0.04), leaf), *_ear(stem, random, beard=True)]
    if view == 1:
        stem = Stem.through([(-0.5, 1.1), (-0.36, 0.3), (-0.05, -0.4), (0.42, -0.62), (0.85, -0.3)])
        leaf = Stem.through([(-0.46, 0.8), (-0.66, 0.3), (-0.9, 0.2), (-1.0, 0.42)]).path(
            0.05, 0.11, 0.09, 0.0
        )
        return [
            fill(3, stem.path(0.055, 0.04, knots=8), leaf),
            *_ear(stem, random, beard=True, pairs=8),
        ]
    lines = ([(0.06, 1.2), (0.14, 0.4), (0.6, -0.5)], [(-0.06, 1.2), (-0.14, 0.4), (-0.62, -0.4)],
        [(0.0, 1.2), (-0.02, 0.2), (0.02, -0.85)])  # fmt: skip
    stems = [Stem.through(line) for line in lines]
    shapes = [fill(3, *(stem.path(0.05, 0.036) for stem in stems))]
    for stem in stems:
        shapes += _ear(stem, random, beard=False, pairs=6)
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"lavender": _lavender, "wheat-ear": _wheat_ear}
