"""Flowers of Chinese painting: orchid, magnolia and camellia."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, sliver
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    folded_leaf,
    knotty,
    merged,
    petal_of,
    placed,
    rays,
    ribs,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, smooth_closed

__all__ = ["DRAWINGS"]


def _orchid_flower(random: np.random.Generator, size: float = 1.0) -> Shapes:
    """Return a flower of a Chinese orchid: five narrow petals and a spotted lip."""
    shapes: Shapes = []
    for turn, width, length, curl in ((0.05, 0.15, 1.0, 0.2), (-1.95, 0.14, 1.0, 0.5),
            (1.95, 0.14, 1.0, -0.5), (-0.7, 0.18, 0.66, 0.7),
            (0.75, 0.18, 0.66, -0.7)):  # fmt: skip
        bend = curl + float(random.uniform(-0.15, 0.15))
        angle = turn + float(random.uniform(-0.06, 0.06))
        shapes += placed([fill(0, blade_of(width, 0.5, bend)),
            fill(1, ribs(width, 0, 0.5, bend, bold=0.042))], (0, 0), angle, length)  # fmt: skip
    lip = smooth_closed(
        [(-0.1, 0), (-0.2, 0.2), (-0.16, 0.42), (0, 0.52), (0.16, 0.42), (0.2, 0.2), (0.1, 0)]
    )
    spots = dots([(-0.06, 0.2), (0.07, 0.26), (-0.03, 0.38)], 0.05)
    column = blade_of(0.11, 0.6).scaled(1, -0.26).moved(0, -0.06)
    return placed([*shapes, fill(4, lip), fill(5, spots), fill(1, column)], (0, 0), 0.0, size)


_BLADES = ((((0, 1.0), (-0.14, 0.3), (-0.5, -0.36), (-1.05, -0.36)),
    ((0.02, 1.0), (0.06, 0.2), (0.32, -0.5), (0.86, -0.72), (1.18, -0.46)),
    ((-0.02, 1.0), (-0.3, 0.5), (-0.72, 0.3), (-1.12, 0.52)),
    ((0.04, 1.0), (0.3, 0.56), (0.7, 0.34), (1.1, 0.44)), ((0.0, 1.0), (-0.02, 0.3), (-0.08, -0.4),
    (-0.34, -0.95)), ((0.04, 1.0), (0.2, 0.7), (0.42, 0.62), (0.62, 0.72))),
    (((0, 1.0), (0.1, 0.3), (0.02, -0.4), (-0.36, -0.9), (-0.75, -0.92)),
    ((-0.02, 1.0), (-0.22, 0.4), (-0.7, 0.04), (-1.2, 0.24)), ((0.04, 1.0), (0.3, 0.3), (0.8, 0.02),
    (1.25, 0.36)), ((0.02, 1.0), (0.16, 0.2), (0.5, -0.4), (1.0, -0.5)),
    ((-0.04, 1.0), (-0.22, 0.76), (-0.5, 0.66), (-0.78, 0.8))))  # fmt: skip
"""Leaves of the orchid, from the root."""


def _orchid(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Chinese orchid: with flowers; bent the other way; one flower with its leaves."""
    if view == 2:
        leaves = [Stem.through(p).path(0.05, 0.09, 0.06, 0.0, knots=7)
            for p in ([(-0.3, 1.2), (-0.5, 0.4), (-0.95, -0.2), (-1.3, -0.2)],
            [(-0.2, 1.2), (0.1, 0.5), (0.6, 0.2), (1.2, 0.5)])]  # fmt: skip
        stalk = Stem.through([(-0.22, 1.2), (-0.1, 0.6), (0.02, 0.1)]).path(0.06, 0.05)
        return [fill(2, *leaves), fill(3, stalk), *_orchid_flower(random)]
    wave = random.uniform(-0.04, 0.04, (6, 2))
    lines = [
        np.array(points) + np.linspace(0, 1, len(points))[:, None] * w
        for points, w in zip(_BLADES[view], wave, strict=False)
    ]
    paths = [Stem.through(line).path(0.04, 0.075, 0.085, 0.05, 0.0, knots=8) for line in lines]
    tip = 1 if view == 0 else -1
    scape = Stem.through([(0.0, 1.0), (0.12 * tip, 0.4), (0.16 * tip, -0.2), (0.3 * tip, -0.85)])
    shapes = [fill(2, *paths[1::2]), fill(3, *paths[0::2], scape.path(0.05, 0.034))]
    spots = ((0.99, 0.32, 0.5), (0.78, 0.34, -0.9), (0.6, 0.34, 0.9), (0.42, 0.28, -0.8))
    for share, size, turn in spots[: 4 if view == 0 else 3]:
        place, _ = scape.at(share)
        side = 0.2 * float(np.sign(turn)) * tip * (share < 0.95)
        foot = place + np.array((side, -0.06))
        bend = place + np.array((side / 2, -0.02))
        shapes.append(fill(3, sliver([place, bend, foot], 0.05)))
        shapes += placed(_orchid_flower(random), foot, turn * 0.5 * tip, size)
    return shapes


def _tepal(width: float, bend: float, tip: float = 0.08) -> Shapes:
    """Return a petal of a magnolia, pale with a rosy base."""
    petal = bent(petal_of(width, base=0.1, shoulder=0.62, tip=tip), bend)
    blush = bent(merged([blade_of(0.1, 0.3).scaled(1, s).rotated(t)
        for t, s in ((-0.9 * width, 0.6), (-0.4 * width, 0.78), (0.0, 0.68), (0.45 * width, 0.8),
        (0.9 * width, 0.58))]), bend)  # fmt: skip
    return [fill(1, petal), fill(0, petal.scaled(0.93, 0.955)), fill(1, blush)]


def _magnolia_open(random: np.random.Generator) -> Shapes:
    """Return an open magnolia on its base at (0, 0)."""
    shapes: Shapes = []
    for turn, size, bend in ((-0.5, 1.02, 0.2), (0.52, 1.0, -0.2), (0.0, 1.06, 0.05)):
        shapes += placed(_tepal(0.3, bend), (0, 0), turn + float(random.uniform(-0.05, 0.05)), size)
    heart = fill(2, blade_of(0.22, 0.5).scaled(0.5).moved(0, -0.1),
        dots([(-0.12, -0.24), (0.13, -0.26)], 0.07))  # fmt: skip
    shapes.append(heart)
    for turn, size, bend in ((-1.28, 0.98, 0.55), (1.3, 0.95, -0.6), (-0.72, 0.76, -0.5),
            (0.8, 0.74, 0.55), (0.06, 0.62, 0.0)):  # fmt: skip
        shapes += placed(
            _tepal(0.31, bend), (0, 0), turn + float(random.uniform(-0.05, 0.05)), size
        )
    return [*shapes, fill(3, blade(0.4, 0.4).scaled(0.2).moved(0, 0.08), circle(0, 0.04, 0.07))]


def _magnolia_cup(random: np.random.Generator) -> Shapes:
    """Return a half-open magnolia on its base at (0, 0)."""
    shapes: Shapes = []
    for turn, size, bend in ((-0.3, 1.02, 0.35), (0.3, 1.0, -0.3), (-0.5, 0.92, 0.8),
            (0.52, 0.9, -0.85), (0.0, 0.94, 0.1)):  # fmt: skip
        shapes += placed(
            _tepal(0.27, bend), (0, 0), turn + float(random.uniform(-0.04, 0.04)), size
        )
    return [*shapes, fill(3, blade(0.5, 0.4).scaled(0.22).moved(0, 0.1), circle(0, 0.04, 0.07))]


def _magnolia_bud() -> Shapes:
    """Return a furry bud with the tip of a flower."""
    flower = blade_of(0.26, 0.4, 0.2)
    shell = blade_of(0.28, 0.35).scaled(0.66)
    return [fill(1, flower), fill(0, _lit_side()), fill(4, shell),
        fill(3, blade_of(0.12, 0.4).scaled(0.5))]  # fmt: skip


def _lit_side() -> Path:
    """Return the lit side of a bud."""
    return blade_of(0.14, 0.4, 0.2).scaled(0.96).moved(-0.05, -0.02)


_MAGNOLIA = (
    (((-0.75, 1.2), (-0.4, 0.9), (-0.3, 0.62), (0.02, 0.42), (0.1, 0.12)), (0.1, 0.1, 0.05)),
    (((0.5, 1.25), (0.28, 0.8), (0.34, 0.5), (-0.02, 0.2), (-0.2, -0.1)), (-0.2, -0.1, -0.15)),
)


def _magnolia(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a magnolia on a twig: open with buds; half open with a bud; both on a long branch."""
    if view == 0:
        twig = knotty(
            [(-0.8, 1.1), (-0.42, 0.86), (-0.3, 0.55), (0.0, 0.34), (0.06, 0.04)], 0.13, 0.08
        )
        side = knotty([(-0.32, 0.6), (-0.62, 0.3), (-0.86, 0.24)], 0.07, 0.05)
        other = knotty([(-0.02, 0.36), (0.34, 0.44), (0.58, 0.3)], 0.07, 0.05)
        shapes = [fill(3, twig, side, other)]
        shapes += placed(_magnolia_bud(), (-0.82, 0.26), -0.6, 0.42)
        shapes += placed(_magnolia_bud(), (0.54, 0.32), 0.7, 0.34)
        return shapes + placed(_magnolia_open(random), (0.06, 0.04), 0.05)
    if view == 1:
        twig = knotty([(0.46, 1.3), (0.3, 0.9), (0.36, 0.6), (0.06, 0.3), (0.0, 0.04)], 0.12, 0.08)
        side = knotty([(0.34, 0.62), (0.66, 0.34), (0.72, 0.1)], 0.07, 0.05)
        shapes = [fill(3, twig, side), *placed(_magnolia_bud(), (0.72, 0.14), 0.15, 0.5)]
        return shapes + placed(_magnolia_cup(random), (0, 0.04), -0.12)
    branch = knotty(
        [(-1.3, 0.7), (-0.85, 0.5), (-0.5, 0.52), (0.0, 0.2), (0.5, 0.22), (0.9, -0.1)], 0.12, 0.06
    )
    side = knotty([(-0.5, 0.5), (-0.42, 0.2), (-0.5, 0.0)], 0.07, 0.06)
    drop = knotty([(0.1, 0.2), (0.3, 0.5), (0.6, 0.62)], 0.06, 0.045)
    shapes = [fill(3, branch, side, drop)]
    shapes += placed(_magnolia_open(random), (-0.5, 0.02), -0.25, 0.78)
    shapes += placed(_magnolia_cup(random), (0.9, -0.1), 0.5, 0.72)
    return shapes + placed(_magnolia_bud(), (0.58, 0.62), 1.5, 0.42)


def _camellia_petal(random: np.random.Generator, width: float = 0.52) -> Shapes:
    """Return a broad round petal with a dark edge and a lit rim."""
    petal = petal_of(width, base=0.16, shoulder=0.6, tip=-0.05, random=random)
    light = sliver([(-0.66 * width, -0.72), (-0.3 * width, -0.9), (0.3 * width, -0.89)], 0.05)
    return [fill(1, petal), fill(0, petal.scaled(0.92, 0.94)), fill(5, light)]


def _camellia_double(random: np.random.Generator) -> Shapes:
    """Return a double camellia from above, of radius one: rings of round petals."""
    shapes: Shapes = []
    for row, (count, size) in enumerate(((7, 1.0), (6, 0.8), (6, 0.61), (5, 0.43), (3, 0.26))):
        for index in range(count):
            turn = 2 * np.pi * index / count + row * 0.42 + float(random.uniform(-0.05, 0.05))
            shapes += placed(_camellia_petal(random), (0, 0), turn, size)
    return [*shapes, fill(1, blade_of(0.3, 0.5, 0.6).scaled(0.2).moved(0.0, 0.08))]


def _camellia_single(random: np.random.Generator) -> Shapes:
    """Return a single camellia with its golden stamens, of radius one."""
    shapes: Shapes = []
    for turn in (2.5, -2.5, 1.3, -1.3, 0.45, -0.4):
        shapes += placed(
            _camellia_petal(random, 0.6), (0, 0), turn + float(random.uniform(-0.05, 0.05))
        )
    turns = np.linspace(-1.25, 1.25, 11)
    lines = [Stem.through([(0, 0.16), (np.sin(t) * 0.2, -0.06),
        (np.sin(t) * 0.3, -0.36 * np.cos(t) - 0.05)]).path(0.05, 0.04, knots=3)
        for t in turns]  # fmt: skip
    ends = np.stack([np.sin(turns) * 0.3, -0.36 * np.cos(turns) - 0.05], -1)
    base = smooth_closed([(-0.2, 0.0), (0.2, 0.0), (0.1, 0.2), (-0.1, 0.2)])
    return [*shapes, fill(5, base, *lines), fill(2, dots(ends, 0.06),
        dots([(-0.1, -0.12), (0.1, -0.14), (0, -0.26)], 0.05))]  # fmt: skip


def _camellia_bud() -> Shapes:
    """Return a bud in its scales."""
    ball = blade_of(0.36, 0.45, point=0.0)
    scales = rays(blade_of(0.34, 0.45).scaled(0.6), (-0.5, 0.5))
    return [fill(0, ball), fill(1, blade_of(0.14, 0.5, 0.3).scaled(0.9).moved(0.06, 0)),
        fill(3, *scales), fill(4, sliver([(0, 0), (-0.1, -0.3), (-0.24, -0.46)],
        0.05))]  # fmt: skip


def _camellia(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a camellia: double; single with leaves; a branch with flower and bud."""
    if view == 0:
        return _camellia_double(random)
    leaf = folded_leaf((3, 4, 5), 0.3, 0.45, 0.25, veins=3, bold=0.045)
    shapes: Shapes = []
    if view == 1:
        for turn, size in ((-2.1, 0.9), (-1.1, 0.85), (1.0, 0.95), (1.9, 0.85)):
            place = (0.66 * float(np.sin(turn)), -0.66 * float(np.cos(turn)))
            shapes += placed(leaf, place, turn, (size * float(np.sign(turn)), size))
        return shapes + _camellia_single(random)
    twig = knotty([(-0.5, 1.9), (-0.1, 1.4), (-0.16, 1.0), (0.1, 0.4), (0.0, 0)], 0.11, 0.07)
    side = knotty([(-0.14, 1.1), (0.4, 0.9), (0.74, 0.6)], 0.07, 0.055)
    shapes.append(fill(6, twig, side))
    for x, y, turn, size in ((-0.2, 1.5, -1.3, 0.85), (0.0, 1.3, 1.7, 0.8), (-0.1, 0.9, -1.0, 0.95),
            (0.3, 0.95, 2.1, 0.75), (0.6, 0.7, 1.3, 0.7)):  # fmt: skip
        shapes += placed(leaf, (x, y), turn, (size * float(np.sign(turn)), size))
    shapes += placed(_camellia_bud(), (0.74, 0.62), 0.5, 0.5)
    return shapes + placed(_camellia_single(random), (0, 0), -0.2, 0.85)


DRAWINGS: Mapping[str, DrawMotif] = {"orchid": _orchid, "magnolia": _magnolia,
    "camellia": _camellia}  # fmt: skip
