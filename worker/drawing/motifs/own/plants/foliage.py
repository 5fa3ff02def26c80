"""Twigs with leaves, berries and bolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    folded_leaf,
    half_of,
    knotty,
    moved,
    placed,
    rays,
    ribs,
    swayed,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]


def _along(
    stem: Stem,
    shares: ArrayLike,
    lean: float,
    sizes: tuple[float, float],
    random: np.random.Generator,
    *,
    paired: bool = False,
) -> list[tuple[np.ndarray, float, float, int]]:
    """Return place, turn, size and side of each leaf on a stem.

    Args:
        lean: angle between leaf and stem, radians; less towards the tip.
        sizes: of the lowest and the highest leaf.
    """
    found = []
    for index, share in enumerate(np.asarray(shares, float)):
        for side in (1, -1) if paired else ((1, -1)[index % 2],):
            place, turn = stem.at(float(share))
            away = lean * (1 - 0.3 * float(share)) + float(random.uniform(-0.1, 0.1))
            size = float(np.interp(share, (0, 1), sizes)) * float(random.uniform(0.92, 1.06))
            found.append((place, turn + side * away, size, side))
    return found


_BENDS: tuple[ArrayLike, ...] = ([(-0.1, 1.0), (0.04, 0.4), (0.02, -0.2), (-0.12, -0.8)],
    [(-0.75, 0.75), (-0.4, 0.1), (0.1, -0.32), (0.75, -0.5)],
    [(0.3, 1.0), (0.0, 0.5), (-0.08, -0.1), (0.2, -0.8)])  # fmt: skip
"""Stems of twigs."""


def _leaf_sprig(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sprig of leaves: in turn; arching, in pairs; with broad leaves; three leaves."""
    slots = (0, 1, 2)
    if view == 3:
        shapes = [fill(3, Stem.through([(0.2, 1.0), (0.02, 0.5), (0, 0)]).path(0.06, 0.04))]
        for x, y, turn, size in ((0.06, 0.5, -1.0, 0.75), (0.03, 0.36, 0.95, 0.85),
                (0, 0.06, -0.08, 1.0)):  # fmt: skip
            leaf = folded_leaf(slots, 0.25, 0.42, 0.3, veins=4, bold=0.032)
            shapes += placed(leaf, (x, y), turn, (size * float(np.sign(turn)), size))
        return swayed(shapes, random)
    stem = Stem.through(_BENDS[view])
    shares = (np.linspace(0.2, 0.9, 7), np.linspace(0.16, 0.86, 5), np.linspace(0.22, 0.88, 5))[
        view
    ]
    width, size = ((0.17, 0.62), (0.15, 0.52), (0.27, 0.66))[view]
    shapes = [fill(3, stem.path(0.045, 0.02))]
    spots = _along(stem, shares, 0.95, (size, size * 0.62), random, paired=view == 1)
    spots.append((*stem.at(1.0), size * 0.66, 1))
    for place, turn, length, side in spots:
        leaf = folded_leaf(slots, width, 0.42, 0.22, veins=2 if view == 2 else 0, bold=0.05)
        shapes += placed(leaf, place, turn, (side * length, length))
    return shapes


def _berry(at: ArrayLike, size: float) -> Shapes:
    x, y = (float(v) for v in np.asarray(at, float))
    shine = sliver([(x - 0.5 * size, y + 0.05 * size), (x - 0.36 * size, y - 0.4 * size),
        (x + 0.1 * size, y - 0.5 * size)], 0.4 * size)  # fmt: skip
    return [fill(4, circle(x, y, size)), fill(5, shine), fill(3,
        dots([(x + 0.3 * size, y + 0.4 * size)], 0.2 * size))]  # fmt: skip


def _berry_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch with berries: rising, in turn; arching, in clusters; hanging."""
    stem = Stem.through(_BENDS[view])
    wood = [stem.path(0.05, 0.022)]
    shapes: Shapes = []
    berries: Shapes = []
    shares = np.linspace(0.16, 0.92, (6, 6, 5)[view])
    for place, turn, length, side in _along(stem, shares, 0.9, (0.56, 0.4), random):
        leaf = folded_leaf((0, 1, 2), 0.21, 0.45, 0.2, veins=2, bold=0.055)
        shapes += placed(leaf, place, turn, (side * length, length))
    for place, turn, _, side in _along(stem, shares + 0.05, 0.8, (0.4, 0.32), random):
        for lean, long in ((-1.55, 0.3), (-2.0, 0.2), (-1.15, 0.2))[: (1, 3, 2)[view]]:
            angle = turn + side * lean
            end = place + toward(angle) * long
            wood.append(tapered([place, (place + end) / 2 + (0, 0.015), end], 0.032))
            berries += _berry(end, 0.088 if view == 0 else 0.076)
    tip, angle = stem.at(1.0)
    shapes.append(fill(3, *wood))
    return shapes + berries + _berry(tip, 0.085)


def _olive_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of olive: rising; arching with many leaves; hanging."""
    stem = Stem.through(_BENDS[view])
    paired = view != 0
    shares = np.linspace(0.1, 0.92, (11, 7, 6)[view])
    light: list[Path] = []
    dark: list[Path] = []
    lines: list[Path] = []
    for index, (place, turn, size, side) in enumerate(
        [*_along(stem, shares, 0.8, (0.5, 0.36), random, paired=paired), (*stem.at(0.98), 0.4, 1)]
    ):
        leaf = blade_of(0.115, 0.5, 0.16 * side, point=0.1)
        half = half_of(0.115 * side, 0.5, 0.16 * side, point=0.1)
        light.append(moved(leaf, place, turn, size))
        if index % 3:
            dark.append(moved(half, place, turn, size))
        lines.append(moved(ribs(0.1, 0, 0.5, 0.16 * side, bold=0.038), place, turn, size))
    fruit: Shapes = []
    wood = [stem.path(0.042, 0.02)]
    for place, turn, _, side in _along(stem, (0.26, 0.45, 0.64), 1.7, (0.4, 0.4), random):
        end = place + toward(turn) * 0.1 + (0, 0.06)
        wood.append(tapered([place, end], 0.032))
        olive = [
            fill(4, ellipse(0, 0.12, 0.085, 0.12)),
            fill(5, sliver([(-0.03, 0.05), (-0.06, 0.11), (-0.03, 0.19)], 0.032)),
        ]
        fruit += placed(olive, end, 0.3 * side)
    return [fill(3, *wood), fill(0, *light), fill(1, *dark), fill(2, *lines), *fruit]


def _eucalyptus_leaf(side: int) -> Shapes:
    """Return a round leaf on a short stalk."""
    points = [(0.03, -0.05), (0.34, -0.26), (0.43, -0.58), (0.26, -0.9), (0.0, -1.0)]
    outline = smooth_closed([*points, *((-x, y) for x, y in points[3::-1])])
    half = smooth_closed([(0, -0.05), *((side * x, y) for x, y in points), (0, -0.5)])
    return [fill(0, outline), fill(1, half), fill(2, tapered([(0, 0.02), (0, -0.4), (0, -0.86)],
        (0.07, 0.05, 0.02)))]  # fmt: skip


def _eucalyptus_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of eucalyptus: round leaves in pairs; round leaves, arching; long leaves."""
    stem = Stem.through(_BENDS[view])
    shapes = [fill(3, stem.path(0.042, 0.02))]
    if view == 2:
        for place, turn, size, side in _along(
            stem, np.linspace(0.14, 0.95, 8), 0.9, (0.8, 0.55), random
        ):
            leaf = folded_leaf((0, 1, 2), 0.115, 0.36, 0.55, bold=0.04, point=0.8)
            shapes += placed(leaf, place, turn + 0.5 * side, (side * size, size))
        leaf = folded_leaf((0, 1, 2), 0.115, 0.36, 0.55, bold=0.04, point=0.8)
        return shapes + placed(leaf, *stem.at(0.98), 0.5)
    spots = _along(
        stem, np.linspace(0.12, 0.94, (6, 7)[view]), 1.15, (0.46, 0.2), random, paired=True
    )
    for place, turn, size, side in [*spots, (*stem.at(1.0), 0.22, 1)]:
        shapes += placed(_eucalyptus_leaf(side), place, turn, size)
    return shapes


def _willow_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw hanging twigs of willow: three of them; blown to the side; a forked one."""
    lines: tuple[list[ArrayLike], ...] = ([[(-0.55, -1.0), (-0.2, -0.82), (0.1, -0.3), (0.06, 0.4),
        (0.16, 1.1)], [(-0.4, -0.95), (-0.5, -0.4), (-0.56, 0.2), (-0.46, 0.75)],
        [(-0.1, -0.72), (0.4, -0.5), (0.56, 0.0), (0.54, 0.6)]],
        [[(-0.9, -0.7), (-0.3, -0.75), (0.3, -0.4), (0.7, 0.2), (1.1, 0.4)],
        [(-0.5, -0.76), (-0.2, -0.3), (0.1, 0.2), (0.5, 0.6)],
        [(0.0, -0.6), (0.5, -0.5), (0.9, -0.25), (1.2, -0.2)]],
        [[(-0.2, -1.0), (0.14, -0.6), (0.1, 0.0), (-0.1, 0.6), (0.02, 1.1)],
        [(0.08, -0.66), (-0.3, -0.3), (-0.36, 0.1), (-0.5, 0.45)]])  # fmt: skip
    shapes: Shapes = []
    wood: list[Path] = []
    kinds: tuple[list[Path], list[Path]] = ([], [])
    for number, line in enumerate(lines[view]):
        stem = Stem.through(line)
        wood.append(stem.path(0.05 if number == 0 else 0.035, 0.02))
        count = (14, 11, 10)[number]
        for index, (place, turn, size, side) in enumerate(_along(stem,
                np.linspace(0.22 if number == 0 else 0.12, 1.0, count), 0.5, (0.52, 0.4),
                random)):  # fmt: skip
            leaf = blade_of(0.085, 0.34, 0.4 * side, point=0.5)
            kinds[(index + number) % 2].append(moved(leaf, place, turn, size))
    shapes += [fill(2, *wood), fill(0, *kinds[0]), fill(1, *kinds[1])]
    return shapes


def _boll(random: np.random.Generator, turn: float) -> Shapes:
    """Return an open boll of cotton over its dry husk, its foot at the origin."""
    husk = rays(blade_of(0.26, 0.4, point=0.6).scaled(0.66), (-1.25, -0.5, 0.5, 1.25))
    lobes = [(-0.3, -0.42, 0.3), (0.3, -0.44, 0.3), (-0.15, -0.68, 0.28), (0.17, -0.7, 0.27),
        (0.0, -0.4, 0.33)]  # fmt: skip
    wool: list[Path] = []
    folds: list[Path] = []
    for x, y, r in lobes:
        turns = np.arange(8) * 2 * np.pi / 8
        radius = r * (1 + random.uniform(-0.07, 0.07, 8))
        wool.append(
            smooth_closed(np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], -1))
        )
    for x, y, side in ((-0.12, -0.5, 1), (0.14, -0.52, -1), (0.02, -0.74, 1), (-0.32, -0.3, -1),
            (0.34, -0.32, 1)):  # fmt: skip
        folds.append(
            sliver([(x, y + 0.17), (x + side * 0.08, y), (x - side * 0.02, y - 0.15)], 0.05)
        )
    front = [moved(blade_of(0.2, 0.4, point=0.6), (0, 0.02), t, 0.44) for t in (-0.75, 0.0, 0.75)]
    return placed([fill(2, *husk), fill(0, *wool), fill(1, *folds), fill(3, *front)], (0, 0), turn)


def _cotton_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw cotton: a branch of bolls; an arching one; a single boll with leaves."""
    if view == 2:
        stem = Stem.through([(0.12, 1.2), (-0.03, 0.6), (0, 0)])
        leaf = folded_leaf((4, 5, 0), 0.28, 0.45, 0.3, veins=3, bold=0.036)
        shapes = [fill(2, stem.path(0.07, 0.06)), *placed(leaf, stem.at(0.4)[0], 1.1, 0.7)]
        return [*shapes, *placed(leaf, stem.at(0.55)[0], -1.1, (-0.62, 0.62)), *_boll(random, 0.0)]
    line = (
        [(-0.14, 1.25), (0.04, 0.6), (-0.06, 0.0), (0.02, -0.62)],
        [(-0.95, 0.9), (-0.4, 0.42), (0.2, 0.2), (0.8, -0.3)],
    )[view]
    stem = Stem.through(line)
    shapes = [fill(2, knotty(stem.points[::15], 0.06, 0.04))]
    ends = []
    for share, side, size, long in ((0.3, 1, 0.5, 0.34), (0.5, -1, 0.54, 0.36),
            (0.76, 1, 0.46, 0.3)):  # fmt: skip
        place, turn = stem.at(share)
        angle = turn + side * 0.8
        end = place + toward(angle) * long
        shapes.append(
            fill(2, Stem.through([place, (place + end) / 2 + (0, 0.03), end]).path(0.04, 0.034))
        )
        ends.append((end, angle * 0.7, size))
    for share, side in ((0.18, -1), (0.4, -1), (0.62, 1)):
        place, turn = stem.at(share)
        leaf = folded_leaf((4, 5, 0), 0.26, 0.45, 0.3, veins=0, bold=0.055)
        shapes += placed(leaf, place, turn + side * 1.2, (side * 0.36, 0.36))
    for place, turn, size in [*ends, (stem.at(1.0)[0], 0.0, 0.6)]:
        shapes += placed(_boll(random, 0.0), place, turn, size)
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"leaf-sprig": _leaf_sprig, "berry-branch": _berry_branch,
    "olive-branch": _olive_branch, "eucalyptus-branch": _eucalyptus_branch,
    "willow-branch": _willow_branch, "cotton-branch": _cotton_branch}  # fmt: skip
