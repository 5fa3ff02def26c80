"""Flowers of bulbs: lily, iris and narcissus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    merged,
    moved,
    petal_of,
    placed,
    swayed,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]


def _lily_petal(width: float, bend: float, *, spots: bool = True) -> Shapes:
    """Return a pointed petal with a deep stripe and spots."""
    petal = blade_of(width, 0.52, bend, point=0.35)
    inner = bent(blade_of(width * 0.88, 0.5, point=0.2).scaled(1, 0.94), bend)
    stripe = bent(blade_of(0.3 * width, 0.4).scaled(1, 0.86), bend)
    shapes = [fill(1, petal), fill(0, inner), fill(1, stripe)]
    if spots:
        places = [(x * width, -y) for x, y in ((-0.5, 0.34), (0.5, 0.36), (-0.62, 0.48), (0.6, 0.5),
            (-0.42, 0.58), (0.44, 0.6))]  # fmt: skip
        shapes.append(fill(1, bent(dots(places, 0.024), bend)))
    return shapes


def _stamens(ends: ArrayLike, foot: ArrayLike) -> Shapes:
    """Return curved threads with long anthers."""
    start = np.asarray(foot, float)
    threads: list[Path] = []
    anthers: list[Path] = []
    for end in np.asarray(ends, float):
        middle = (start + end) / 2 + np.array(
            (0.1 * (end[1] - start[1]), -0.1 * (end[0] - start[0]))
        )
        stem = Stem.through([start, middle, end])
        threads.append(stem.path(0.045, 0.03, knots=3))
        anthers.append(moved(ellipse(0, 0, 0.1, 0.042), end, stem.at(1.0)[1]))
    return [fill(3, *threads), fill(2, *anthers)]


def _lily_front(random: np.random.Generator) -> Shapes:
    """Return a lily from the front, of radius one."""
    shapes: Shapes = []
    for start, size, width in ((np.pi / 3, 0.96, 0.25), (0.0, 1.0, 0.31)):
        for index in range(3):
            turn = start + 2 * np.pi * index / 3 + float(random.uniform(-0.08, 0.08))
            shapes += placed(
                _lily_petal(width, float(random.uniform(0.1, 0.4))), (0, 0), turn, size
            )
    ends = [toward(t) * r for t, r in zip((0.3, 1.2, 2.3, 3.5, 4.6, 5.5),
        (0.52, 0.5, 0.46, 0.44, 0.5, 0.54), strict=True)]  # fmt: skip
    return [*shapes, fill(3, circle(0, 0, 0.13)), *_stamens(ends, (0, 0))]


def _lily_side(random: np.random.Generator) -> Shapes:
    """Return a lily from the side: a trumpet with rolled tips, its foot at the origin."""
    shapes: Shapes = []
    for turn, size, bend in ((-0.3, 1.0, -0.35), (0.34, 1.0, 0.35), (0.02, 1.04, 0.06)):
        shapes += placed(_lily_petal(0.24, bend, spots=False), (0, 0), turn, size)
    ends = np.array([(-0.3, -1.12), (-0.08, -1.26), (0.14, -1.24), (0.34, -1.08)]) + random.uniform(
        -0.04, 0.04, (4, 2)
    )
    shapes += _stamens(ends, (0, -0.4))
    for turn, size, bend in ((-0.42, 0.98, -0.95), (0.46, 0.98, 0.95), (0.0, 0.8, 0.12)):
        shapes += placed(_lily_petal(0.25, bend, spots=False), (0, 0), turn, size)
    return shapes


def _lily(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lily: from the front; from the side on its stalk; among leaves, with a bud."""
    if view == 0:
        return _lily_front(random)
    leaf = [
        fill(4, blade_of(0.13, 0.4, 0.5)),
        fill(3, bent(blade(0.022, 0.3).scaled(1, 0.92), 0.5)),
    ]
    stem = Stem.through([(-0.2, 1.9), (-0.1, 1.2), (0.0, 0.6), (0, 0)])
    shapes = [fill(4, stem.path(0.08, 0.065))]
    for share, side in ((0.12, 1), (0.26, -1), (0.4, 1), (0.54, -1), (0.68, 1)):
        shapes += placed(leaf, stem.at(share)[0], side * 0.9, (side * 0.74, 0.74))
    if view == 1:
        return shapes + placed(_lily_side(random), (0, 0.04), 0.12)
    bud = [
        fill(1, blade_of(0.2, 0.6, 0.2)),
        fill(0, blade_of(0.1, 0.6, 0.2).scaled(0.96).moved(-0.05, 0)),
    ]
    stalk = Stem.through([(-0.04, 0.9), (0.4, 0.55), (0.66, 0.2)])
    shapes += [fill(4, stalk.path(0.055, 0.05)), *placed(bud, (0.66, 0.24), 0.4, 0.8)]
    return shapes + placed(_lily_front(random), (-0.12, -0.1), 0.2, (0.92, 0.86))


def _iris_flower(random: np.random.Generator) -> Shapes:
    """Return an iris: three upright petals above three that fall, its foot at the origin."""
    shapes: Shapes = []
    for turn, width, size, bend in ((-0.36, 0.3, 0.86, 0.7), (0.38, 0.3, 0.86, -0.7),
            (0.02, 0.34, 0.94, 0.0)):  # fmt: skip
        petal = bent(petal_of(width, base=0.06, shoulder=0.64, ruffle=0.05, random=random), bend)
        lines = bent(merged([moved(blade(0.025, 0.4).scaled(1, 0.66), (0, -0.14), a)
            for a in (-0.3, 0.0, 0.3)]), bend)  # fmt: skip
        shapes += placed([fill(1, petal), fill(0, petal.scaled(0.92, 0.95)), fill(1, lines)],
            (0, -0.02), turn, size)  # fmt: skip
    for turn, width, size, bend in ((-1.75, 0.3, 0.98, -1.1), (1.78, 0.3, 0.98, 1.1),
            (3.1, 0.4, 0.92, 0.12)):  # fmt: skip
        petal = bent(petal_of(width, base=0.1, shoulder=0.66, ruffle=0.05, random=random), bend)
        beard = bent(blade_of(0.09, 0.5).scaled(1, 0.56), bend)
        lines = bent(
            merged([moved(blade(0.03, 0.4).scaled(1, 0.6), (0, -0.22), a) for a in (-0.36, 0.36)]),
            bend,
        )
        parts = [fill(0, petal), fill(1, petal.scaled(0.9, 0.94)), fill(0, lines), fill(2, beard)]
        shapes += placed(parts, (0, 0.0), turn + float(random.uniform(-0.06, 0.06)), size)
    return shapes


def _iris(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an iris: among its leaves; the flower; with a bud."""
    if view == 1:
        return _iris_flower(random)
    stem = Stem.through([(0.06, 2.2), (-0.02, 1.3), (0.0, 0.1)])
    lines: tuple[ArrayLike, ...] = ([(0.0, 2.2), (-0.4, 1.3), (-0.62, 0.2)],
        [(0.1, 2.2), (0.5, 1.3), (0.66, 0.6)], [(0.05, 2.2), (0.2, 1.5), (0.24, 0.9)])  # fmt: skip
    leaves = [
        Stem.through(line).path(0.16, 0.19, 0.14, 0.0)
        for line in (lines if view == 0 else lines[:2])
    ]
    shapes = [fill(3, *leaves[1:]), fill(4, leaves[0], stem.path(0.08, 0.07))]
    if view == 2:
        side = Stem.through([(0.0, 1.7), (0.5, 1.35), (0.8, 0.9)])
        bud = [fill(1, blade_of(0.22, 0.5, 0.2)), fill(0, blade_of(0.1, 0.5, 0.2).scaled(0.94)),
            fill(3, blade_of(0.24, 0.5).scaled(0.56))]  # fmt: skip
        shapes += [fill(4, side.path(0.065, 0.055)), *placed(bud, (0.8, 0.94), 0.3, 0.76)]
        return shapes + placed(_iris_flower(random), (-0.04, 0.0), -0.12, (-0.95, 0.95))
    return shapes + _iris_flower(random)


def _narcissus_flower(random: np.random.Generator, *, small: bool = False) -> Shapes:
    """Return a narcissus from the front, of radius one; a small one has bolder details."""
    shapes: Shapes = []
    inner = (0.84, 0.9) if small else (0.92, 0.95)
    for start, size in ((np.pi / 6, 0.96), (np.pi / 2, 1.0)):
        for index in range(3):
            petal = petal_of(0.4, base=0.1, shoulder=0.56, tip=0.14, random=random)
            parts = [fill(1, petal), fill(0, petal.scaled(*inner))]
            if not small:
                parts.append(fill(1, blade(0.03, 0.4).scaled(1, 0.5).moved(0, -0.34)))
            turn = start + 2 * np.pi * index / 3 + float(random.uniform(-0.08, 0.08))
            shapes += placed(parts, (0, 0), turn, size)
    count = 12 if small else 20
    turns = 2 * np.pi * np.arange(count) / count
    radius = 0.37 + np.resize([-0.03, 0.03], count) + random.uniform(-0.01, 0.01, count)
    cup = smooth_closed(np.stack([np.sin(turns), np.cos(turns)], -1) * radius[:, None])
    shapes += [fill(5, cup.scaled(1.2 if small else 1.12)), fill(2, cup)]
    if small:
        return [*shapes, fill(5, circle(0, 0, 0.15))]
    folds = [moved(blade(0.08, 0.5), (0, 0), float(turn), 0.3) for turn in turns[::2]]
    pips = dots([(0.05, -0.04), (-0.05, 0.0), (0.02, 0.06)], 0.035)
    return [*shapes, fill(5, *folds, circle(0, 0, 0.13)), fill(0, pips)]


def _narcissus(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a narcissus: from the front; several among their leaves; one on its stalk."""
    if view == 0:
        return _narcissus_flower(random)
    if view == 2:
        stem = Stem.through([(-0.1, 1.9), (0.06, 1.0), (0.0, 0.0)])
        leaf = Stem.through([(-0.08, 1.9), (0.3, 1.1), (0.42, 0.3), (0.3, -0.1)]).path(
            0.13, 0.16, 0.12, 0.0
        )
        other = Stem.through([(-0.12, 1.9), (-0.4, 1.3), (-0.7, 0.8)]).path(0.12, 0.14, 0.0)
        shapes = [fill(3, leaf), fill(4, other, stem.path(0.08, 0.07))]
        return swayed(shapes + placed(_narcissus_flower(random), (0, 0), 0.3, (0.8, 0.88)), random)
    lines: tuple[ArrayLike, ...] = ([(0, 1.5), (-0.3, 0.6), (-0.5, -0.2), (-0.9, -0.5)],
        [(0, 1.5), (0.34, 0.6), (0.6, 0.0), (1.0, -0.1)], [(0.02, 1.5), (0.1, 0.4), (0.06, -0.5),
        (0.2, -1.1)], [(-0.02, 1.5), (-0.16, 0.8), (-0.5, 0.5), (-0.85, 0.6)],
        [(0.04, 1.5), (0.24, 0.9), (0.5, 0.7), (0.8, 0.85)])  # fmt: skip
    leaves = [Stem.through(line).path(0.12, 0.15, 0.13, 0.0, knots=7) for line in lines]
    flowers = ((-0.34, -0.3, -0.4, 0.36), (0.34, -0.42, 0.3, 0.38), (0.02, 0.02, 0.1, 0.36))
    stalks = [
        Stem.through([(0, 1.5), (0.3 * x, 0.6), (x, y)]).path(0.06, 0.05) for x, y, *_ in flowers
    ]
    bulb = smooth_closed([(0, 1.2), (-0.2, 1.36), (-0.3, 1.62), (-0.14, 1.84), (0.14, 1.84),
        (0.3, 1.62), (0.2, 1.36)])  # fmt: skip
    rings = [
        tapered([(x * 0.3, 1.3), (x, 1.6), (x * 0.5, 1.82)], (0.02, 0.035, 0.02))
        for x in (-0.14, 0.04, 0.18)
    ]
    shapes = [fill(3, *leaves[::2]), fill(4, *leaves[1::2], *stalks), fill(1, bulb),
        fill(5, *rings)]  # fmt: skip
    for x, y, turn, size in flowers:
        shapes += placed(_narcissus_flower(random, small=True), (x, y), turn, size)
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"lily": _lily, "iris": _iris, "narcissus": _narcissus}
