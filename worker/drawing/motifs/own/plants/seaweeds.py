"""Seaweed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    fill,
    moved,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse

__all__ = ["DRAWINGS"]

_CAP, _SPOT, _STALK, _STALK_SHADE, _CAP_SHADE, _GRASS = range(6)


_BERRY, _SEED, _LEAF, _LEAF_SHADE, _WHITE, _YELLOW = range(6)


def _kelp(random: np.random.Generator, x: float, height: float, slot: int, lean: float) -> Shapes:
    """Return a wavy ribbon with a frilled edge and its rib."""
    y = np.linspace(1.0, 1.0 - height, 9)
    wave = 0.1 * np.sin(np.linspace(0, 5.2, 9) + random.uniform(0, 6)) * np.linspace(0.3, 1, 9)
    stem = Stem.through(np.stack([x + wave + lean * np.linspace(0, 1, 9) ** 1.6, y], -1))
    shares = np.linspace(0, 1, 15)
    line = np.array([stem.at(float(s))[0] for s in shares])
    width = (0.2 * np.interp(shares, (0, 0.1, 0.4, 0.8, 1),
        (0.25, 0.7, 1.0, 0.8, 0.0)) * (1 + 0.2 * np.resize([1, -1], 15)))  # fmt: skip
    return [fill(slot, tapered(line, width)), fill(2, stem.path(0.03, 0.036, 0.012))]


def _coral_weed(stem: Stem, depth: int, size: float, random: np.random.Generator) -> list[Path]:
    """Return a forking weed with round ends."""
    paths = [stem.path(0.09 * size, 0.075 * size, knots=4)]
    place, turn = stem.at(1.0)
    if depth == 0:
        return [*paths, circle(float(place[0]), float(place[1]), 0.062 * size)]
    for side in (1, -1):
        angle = turn + side * (0.46 + float(random.uniform(-0.1, 0.1)))
        long = 0.42 * size * float(random.uniform(0.85, 1.15))
        end = place + toward(angle) * long
        middle = (place + end) / 2 + np.array((np.cos(angle), np.sin(angle))) * 0.1 * side * long
        paths += _coral_weed(Stem.through([place, middle, end]), depth - 1, size * 0.84, random)
    return paths


def _ribbons(random: np.random.Generator) -> Shapes:
    """Return wavy ribbons."""
    shapes: Shapes = []
    for x, height, slot, lean in ((-0.4, 1.25, 1, -0.3), (0.44, 1.4, 0, 0.34), (0.16, 1.6, 1, 0.16),
            (-0.12, 1.95, 0, 0.04)):  # fmt: skip
        shapes += _kelp(random, x * 0.6, height, slot, lean)
    return shapes


def _forking(random: np.random.Generator) -> Shapes:
    """Return two forking weeds."""
    back = _coral_weed(Stem.through([(0.06, 1.0), (0.2, 0.6), (0.3, 0.3)]), 3, 0.9, random)
    front = _coral_weed(Stem.through([(0.0, 1.0), (-0.06, 0.5), (-0.08, 0.2)]), 4, 1.0, random)
    return [fill(1, *back), fill(0, *front)]


def _strand(random: np.random.Generator) -> Shapes:
    """Return a strand of leaves on bladders."""
    stem = Stem.through([(-0.1, 1.1), (0.14, 0.5), (-0.12, -0.1), (0.1, -0.9)])
    leaves: list[Path] = []
    bladders: list[Path] = []
    ribs_: list[Path] = []
    for index, share in enumerate(np.linspace(0.12, 0.96, 10)):
        place, turn = stem.at(float(share))
        side = (1, -1)[index % 2]
        angle = turn + side * (0.85 + float(random.uniform(-0.15, 0.15)))
        leaf = bent(blade_of(0.16, 0.5, point=0.3), 0.5 * side)
        tip = place + toward(angle) * 0.1
        leaves.append(moved(leaf, tip, angle, 0.55 - 0.18 * float(share)))
        ribs_.append(moved(bent(blade(0.03, 0.4).scaled(1, 0.85), 0.5 * side), tip, angle,
            0.55 - 0.18 * float(share)))  # fmt: skip
        bladders.append(ellipse(float(tip[0]), float(tip[1]), 0.062, 0.062))
    leaves.append(moved(blade_of(0.17, 0.5, 0.3), *stem.at(0.98), 0.36))
    return [fill(0, *leaves), fill(2, *ribs_), fill(1, stem.path(0.06, 0.03), *bladders)]


def _feathers(random: np.random.Generator) -> Shapes:
    """Return three feathery weeds."""
    shapes: Shapes = []
    for line, slot in (([(0.1, 1.0), (0.4, 0.3), (0.5, -0.3)], 1),
            ([(-0.05, 1.0), (-0.4, 0.4), (-0.56, -0.1)], 1),
            ([(0.0, 1.0), (0.06, 0.2), (-0.08, -0.5), (0.06, -0.95)], 0)):  # fmt: skip
        stem = Stem.through(line)
        twigs = [stem.path(0.06, 0.03)]
        for share in np.linspace(0.2, 0.98, 9 if slot else 13):
            place, turn = stem.at(float(share))
            size = 0.36 * float(np.interp(share, (0.2, 0.4, 1), (0.8, 1, 0.35)))
            lean = 1.15 + float(random.uniform(-0.12, 0.12))
            twigs += [
                moved(bent(blade(0.1, 0.6), -0.9 * side), place, turn + side * lean, size)
                for side in (1, -1)
            ]
        shapes.append(fill(slot, *twigs))
    return shapes


def _seaweed(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw seaweed: wavy ribbons; forking; a strand of leaves with bladders; feathery."""
    return (_ribbons, _forking, _strand, _feathers)[view](random)


DRAWINGS: Mapping[str, DrawMotif] = {"seaweed": _seaweed}
