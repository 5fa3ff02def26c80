"""Fruits and vegetables: lychees, figs, Buddha's hands, pumpkins, artichokes, lotus roots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import both_sides, halo, outline, oval, plume, ribbon, spiral
from worker.drawing.motifs.plants import Shapes, dots, fill, folded_leaf, knotty, placed
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path

__all__ = ["DRAWINGS"]

_FRUIT, _SHADE, _LEAF, _LEAF_SHADE, _FLESH, _STEM = range(6)
_Spots = Sequence[tuple[float, float, float, float]]


def _leaves(spots: _Spots, width: float = 0.2) -> Shapes:
    """Draw leaves: x, y, turn, size."""
    shapes: Shapes = []
    for k, (x, y, turn, size) in enumerate(spots):
        side = 1 if k % 2 else -1
        shapes += placed(folded_leaf((_LEAF, _LEAF_SHADE, _LEAF_SHADE), width, 0.42, 0.35 * side,
            side=side, bold=0.03), (x, y), turn, size)  # fmt: skip
    return shapes


def _lychee_fruit(at: ArrayLike, size: float) -> Shapes:
    """Draw a lychee with its knobbly rind."""
    shade = outline([(0.14, -0.34, 0), (0.34, -0.14), (0.34, 0.16), (0.14, 0.36),
        (-0.14, 0.36, 0), (0.1, 0.2), (0.18, -0.06)])  # fmt: skip
    bumps = [plume(x + (0.055 if k % 2 else 0.0), y + 0.05, 0.0, 0.085, 0.07, 0.0, 0.4) for k,
        y in enumerate((-0.24, -0.13, -0.02, 0.09, 0.2)) for x in (-0.22, -0.11, 0.0, 0.11, 0.18)
        if (x * x + y * y) < 0.085]  # fmt: skip
    lit = oval(-0.18, -0.16, 0.035, 0.07, 0.6)
    return placed([fill(_FRUIT, oval(0, 0, 0.37, 0.38)), fill(_SHADE, shade, *bumps),
        fill(_FLESH, lit)], at, 0.0, size)  # fmt: skip


def _peeled(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a lychee that is half peeled."""
    cup = outline([(-0.37, 0.0, 0), (-0.28, -0.06), (-0.2, 0.04, 0), (-0.1, -0.05),
        (0.0, 0.05, 0), (0.1, -0.04), (0.2, 0.04, 0), (0.3, -0.07), (0.37, 0.0, 0), (0.34, 0.18),
        (0.16, 0.36), (-0.16, 0.36), (-0.34, 0.18)])  # fmt: skip
    bumps = dots([(-0.2, 0.16), (-0.05, 0.14), (0.1, 0.16), (0.22, 0.13), (-0.12, 0.26),
        (0.04, 0.26), (0.17, 0.25)], 0.028)  # fmt: skip
    seed = oval(0.02, -0.12, 0.1, 0.15, 0.2)
    return placed([fill(_FLESH, oval(0, -0.02, 0.34, 0.36)), fill(_STEM, seed), fill(_FRUIT, cup),
        fill(_SHADE, bumps)], at, turn, size)  # fmt: skip


def _lychee(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw lychees: a hanging bunch, three with one peeled."""
    j = random.uniform(-0.08, 0.08)
    if view == 0:
        spots = [(-0.36, 0.02, 0.6), (0.36, 0.04, 0.6), (0.02, -0.02, 0.58), (-0.2, 0.32, 0.62),
            (0.2, 0.34, 0.62), (0.0, 0.62 + j * 0.3, 0.6)]  # fmt: skip
        leaves = _leaves([(0.0, -0.5, 4.4 + j, 0.8), (0.02, -0.52, 1.9 + j, 0.8),
            (0.0, -0.6, 5.4, 0.64), (0.04, -0.6, 0.9, 0.64)])  # fmt: skip
        stems = [ribbon([(0.0, -0.56), ((x * 0.5), (y - 0.4) / 2), (x, y)], (0.05, 0.035, 0.03))
            for x, y, _ in spots]  # fmt: skip
        shoot = ribbon([(0.06, -0.95), (0.0, -0.74), (0.0, -0.52)], (0.075, 0.065, 0.055))
        shapes = [*leaves, fill(_STEM, shoot, *stems)]
        for x, y, size in spots:
            shapes += _lychee_fruit((x, y), size)
        return shapes
    leaves = _leaves([(-0.16, -0.36, 5.3 + j, 0.62), (-0.1, -0.34, 0.9 + j, 0.72),
        (-0.2, -0.3, 4.2, 0.5)])  # fmt: skip
    stems = [ribbon([(-0.08, -0.56), (-0.2, -0.34), (-0.32, -0.1)], (0.05, 0.04, 0.035)),
        ribbon([(-0.16, -0.4), (0.1, -0.26), (0.26, -0.14)], (0.04, 0.035, 0.03))]  # fmt: skip
    return [*leaves, fill(_STEM, *stems), *_lychee_fruit((0.28, 0.12), 0.9),
        *_lychee_fruit((-0.34, 0.16), 1.0), *_peeled((0.06, 0.5), 0.25 + j, 1.0)]  # fmt: skip


def _fig_fruit(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a fig that hangs from the origin."""
    body = outline([(-0.05, 0.0, 0), (-0.07, 0.14), (-0.26, 0.4), (-0.38, 0.7),
        (-0.24, 0.94), (0.0, 0.99), (0.24, 0.94), (0.38, 0.7), (0.26, 0.4), (0.07, 0.14),
        (0.05, 0.0, 0)])  # fmt: skip
    shade = outline([(0.05, 0.0, 0), (0.07, 0.14), (0.26, 0.4), (0.38, 0.7), (0.24, 0.94),
        (0.0, 0.99, 0), (0.18, 0.76), (0.14, 0.44)])  # fmt: skip
    lines = [sliver([(x * 0.2, 0.16), (x * 0.85, 0.52), (x, 0.84)], 0.026) for x in (-0.22, -0.09)]
    return placed([fill(_FRUIT, body), fill(_SHADE, shade, *lines),
        fill(_LEAF_SHADE, oval(0, 0.03, 0.07, 0.06))], at, turn, size)  # fmt: skip


def _fig_half(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a half of a fig from its cut side; its stalk is at the origin."""

    def drop(shrink: float) -> Path:
        points = [(0, 0.0), (-0.07, 0.14), (-0.26, 0.4), (-0.38, 0.7), (-0.24, 0.94), (0.0, 0.99)]
        return outline(both_sides([(x * shrink, 0.66 + (y - 0.66) * shrink) for x, y in points]))

    seeds = [plume(np.sin(a) * r, 0.66 - np.cos(a) * r * 1.1, a, 0.07, 0.034, 0.0, 0.6) for r,
        n in ((0.05, 5), (0.12, 11)) for a in (2 * np.pi * np.arange(n) / n).tolist()]  # fmt: skip
    return placed([fill(_FRUIT, drop(1.0)), fill(_FLESH, drop(0.86)), fill(_STEM, drop(0.62)),
        fill(_FLESH, *seeds)], at, turn, size)  # fmt: skip


def _fig_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a lobed leaf whose stalk is at the origin."""
    half = [(0, -1.0), (-0.13, -0.84), (-0.12, -0.6), (-0.16, -0.5, 0), (-0.36, -0.74),
        (-0.5, -0.68), (-0.44, -0.46), (-0.3, -0.32, 0), (-0.52, -0.34), (-0.6, -0.2),
        (-0.44, -0.06), (-0.14, -0.02), (0, -0.06, 0)]  # fmt: skip
    veins = [sliver([(0, -0.06), (0, -0.5), (0, -0.9)], 0.034)] + [sliver([(0, -0.1),
        (d * x * 0.5, y * 0.6), (d * x, y)], 0.03) for d in (-1, 1) for x, y in ((0.4, -0.62),
        (0.48, -0.22))]  # fmt: skip
    shade = outline([(0, -1.0, 0), (0.13, -0.84), (0.12, -0.6), (0.16, -0.5, 0), (0.36, -0.74),
        (0.5, -0.68), (0.44, -0.46), (0.3, -0.32, 0), (0.52, -0.34), (0.6, -0.2), (0.44, -0.06),
        (0.14, -0.02), (0, -0.06, 0)])  # fmt: skip
    return placed([fill(_LEAF, outline(both_sides(half))), fill(_LEAF_SHADE, shade),
        fill(_LEAF, *veins[:1]), fill(_LEAF_SHADE, *veins[1::2])], at, turn, size)  # fmt: skip


def _fig(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw figs: a fig and a half with a leaf, a branch."""
    j = random.uniform(-0.08, 0.08)
    if view == 0:
        return [*_fig_leaf((-0.1, -0.3), -0.9 + j, 0.72), *_fig_leaf((0.0, -0.28), 0.6 + j,
            0.66), *_fig_fruit((-0.2, -0.44), 0.16, 1.06), *_fig_half((0.34, -0.2), -0.3,
            0.84)]  # fmt: skip
    branch = [knotty([(-0.86, -0.7), (-0.36, -0.56), (0.14, -0.62), (0.76, -0.5)], 0.1, 0.05)]
    return [*_fig_leaf((-0.44, -0.56), -2.5 + j, 0.62), *_fig_leaf((0.24, -0.6), 0.4 + j,
        0.6), *_fig_leaf((0.7, -0.52), 1.9, 0.62), fill(_LEAF_SHADE, *branch),
        *_fig_fruit((-0.16, -0.56), 0.1, 0.8), *_fig_fruit((0.34, -0.56), -0.16 + j,
        0.72)]  # fmt: skip


def _finger(x: float, y: float, angle: float, length: float, width: float, bend: float) -> Path:
    """Return a tapered finger from (x, y) that turns by `bend` towards its tip."""
    turn = angle + bend * np.linspace(0, 1, 6) ** 1.6
    steps = np.stack([np.sin(turn), -np.cos(turn)], -1)[:-1] * length / 5
    points = np.concatenate([[(x, y)], np.array((x, y)) + np.cumsum(steps, 0)])
    return ribbon(points, np.array((1.0, 1.12, 1.1, 0.95, 0.68, 0.12)) * width)


def _buddhas_hand(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Buddha's hand: hanging with spread fingers, on a branch with closed fingers."""
    j = random.uniform(-0.08, 0.08)
    spread = 1.0 if view == 0 else 0.45
    back = [_finger(x, -0.06, 3.14 - a * spread, n, 0.14, b) for x, a, n,
        b in ((-0.16, -0.5, 0.78, 0.9), (0.16, 0.5, 0.76, -0.9),
        (0.02, 0.0, 0.92, 0.5))]  # fmt: skip
    front = [_finger(x, -0.08, 3.14 - a * spread - j * 0.4, n, w, b * spread) for x, a, n, w,
        b in ((-0.24, -0.75, 0.66, 0.14, -1.3), (0.24, 0.8, 0.64, 0.14, 1.3),
        (-0.15, -0.34, 0.86, 0.16, -0.9), (0.15, 0.3, 0.84, 0.16, 0.9), (-0.01, 0.02, 0.72, 0.17,
        -0.8))]  # fmt: skip
    palm = outline(both_sides([(0, -0.56), (-0.12, -0.52), (-0.24, -0.36), (-0.32, -0.1),
        (-0.26, 0.1), (0, 0.14)]))  # fmt: skip
    grooves = [sliver([(x * 0.35, -0.44), (x * 0.9, -0.2), (x, 0.02)], 0.026)
        for x in (-0.2, -0.07, 0.07, 0.2)]  # fmt: skip
    tips = [fill(_SHADE, *back)]
    hand = [fill(_FRUIT, *front)]
    lit = fill(_FLESH, sliver([(-0.2, -0.34), (-0.25, -0.18), (-0.22, -0.02)], 0.05))
    fruit = [*tips, *halo(_SHADE, 0.016, hand), *hand, fill(_FRUIT, palm), fill(_SHADE, *grooves),
        lit]  # fmt: skip
    stem = ribbon([(0.04, -0.78), (0.0, -0.66), (0, -0.5)], (0.07, 0.06, 0.07))
    cap = [plume(0, -0.54, a, 0.16, 0.08) for a in (2.0, 2.7, 3.6, 4.3)]
    if view == 0:
        leaves = _leaves([(0.02, -0.7, 4.5 + j, 0.66), (0.02, -0.7, 1.7 + j, 0.66),
            (0.04, -0.76, 0.4, 0.5)], 0.26)  # fmt: skip
        return [*leaves, *fruit, fill(_LEAF_SHADE, *cap), fill(_STEM, stem)]
    branch = [knotty([(-0.9, -0.44), (-0.4, -0.66), (0.1, -0.66), (0.6, -0.86)], 0.09, 0.04),
        ribbon([(0.0, -0.66), (0.1, -0.56), (0.12, -0.44)], 0.05)]  # fmt: skip
    leaves = _leaves([(-0.66, -0.54, 2.9 + j, 0.5), (-0.42, -0.64, 0.1, 0.5),
        (0.56, -0.84, 2.2 + j, 0.56), (0.44, -0.78, 0.7, 0.44), (-0.16, -0.66, 3.6, 0.5)],
        0.26)  # fmt: skip
    return [*leaves[:6], fill(_STEM, *branch), *placed(fruit, (0.16, 0.1), -0.12, 0.95),
        *leaves[6:], *placed([fill(_LEAF_SHADE, *cap)], (0.14, 0.1), -0.1, 0.95)]  # fmt: skip


def _tendril(x: float, y: float, size: float, start: float, turns: float) -> Path:
    points = spiral(x, y, size, start, turns)
    return ribbon(points, np.linspace(0.035, 0.015, len(points)))


def _pumpkin_body(wide: float, high: float) -> Shapes:
    """Draw a ribbed pumpkin around the origin."""
    back = [oval(d * wide * 0.22, -0.03 * high, wide * 0.36, high * 0.48) for d in (-1, 1)]
    shapes: Shapes = [fill(_SHADE, *back)]
    for share, part in ((0.62, 0.38), (0.36, 0.36)):
        rib = [fill(_FRUIT, oval(d * wide * share, 0, wide * part, high
            * (0.46 + 0.06 * (1 - share)))) for d in (-1, 1)]  # fmt: skip
        shapes += [*halo(_SHADE, 0.018, rib), *rib]
    middle = [fill(_FRUIT, oval(0, 0.02 * high, wide * 0.27, high * 0.52))]
    lit = [sliver([(-wide * x, -high * 0.3), (-wide * (x + 0.06), -high * 0.04),
        (-wide * x, high * 0.2)], wide * 0.06) for x in (0.12, 0.5)]  # fmt: skip
    return [*shapes, *halo(_SHADE, 0.018, middle), *middle, fill(_FLESH, *lit)]


def _pumpkin_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    half = [(0, -0.95), (-0.2, -0.84), (-0.26, -0.68, 0), (-0.48, -0.66), (-0.52, -0.46),
        (-0.44, -0.36, 0), (-0.56, -0.2), (-0.4, -0.02), (-0.14, 0.04), (0, -0.04, 0)]  # fmt: skip
    veins = [sliver([(0, -0.04), (0, -0.4), (0, -0.8)], 0.034)] + [sliver([(0, -0.14),
        (d * 0.18, -0.34), (d * 0.36, -0.5)], 0.03) for d in (-1, 1)]  # fmt: skip
    return placed([fill(_LEAF, outline(both_sides(half))), fill(_LEAF_SHADE, *veins)], at, turn,
        size)  # fmt: skip


def _pumpkin(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw pumpkins: round with a leaf, tall, a heap of three."""
    j = random.uniform(-0.08, 0.08)
    stalk = outline([(-0.09, 0.04, 0), (-0.06, -0.1), (-0.14, -0.24, 0), (0.02, -0.28, 0),
        (0.06, -0.12), (0.1, 0.04, 0), (0, 0.08)])  # fmt: skip
    if view == 0:
        return [*_pumpkin_leaf((0.1, -0.38), 1.1 + j, 0.56),
            fill(_LEAF_SHADE, _tendril(-0.3, -0.6, 0.14, 1.2, 1.4 + j), ribbon([(-0.02, -0.4),
            (-0.14, -0.5), (-0.25, -0.47)], (0.04, 0.036, 0.034))), *_pumpkin_body(0.72, 0.9),
            *placed([fill(_STEM, stalk)], (0, -0.38), 0.0, 1.1)]  # fmt: skip
    if view == 1:
        return [*_pumpkin_leaf((-0.06, -0.44), -1.0 + j, 0.5),
            fill(_LEAF_SHADE, _tendril(0.26, -0.66, 0.13, 2.0, -1.4 + j), ribbon([(0.0, -0.46),
            (0.12, -0.56), (0.21, -0.54)], (0.04, 0.036, 0.034))), *_pumpkin_body(0.5, 1.1),
            *placed([fill(_STEM, stalk)], (0, -0.46), 0.3, 1.1)]  # fmt: skip
    heap = [*placed(_pumpkin_body(0.6, 0.8), (0.36, 0.06), 0.04, 0.9),
        *placed([fill(_STEM, stalk)], (0.38, -0.26), 0.3, 0.9), *_pumpkin_leaf((0.06, -0.1), 0.0
        + j, 0.44), *placed(_pumpkin_body(0.46, 0.8), (-0.42, 0.04), -0.06, 0.9),
        *placed([fill(_STEM, stalk)], (-0.44, -0.28), -0.1, 0.9),
        *placed(_pumpkin_body(0.5, 0.5), (0.02, 0.34), 0.0, 0.84), *placed([fill(_STEM, stalk)],
        (0.02, 0.17), 0.1, 0.74)]  # fmt: skip
    return [*_pumpkin_leaf((0.8, 0.3), 1.6 - j, 0.34), *heap]


def _artichoke(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an artichoke: upright on its stem, in flower, cut in half."""
    j = random.uniform(-0.03, 0.03)
    shapes: Shapes = []
    wide = 1.0 if view != 1 else 0.9
    if view == 1:
        tuft = [plume(0, -0.2, a, 0.62 - 0.1 * abs(a), 0.06, 0.1, 0.7)
            for a in np.linspace(-0.75, 0.75, 17).tolist()]  # fmt: skip
        shapes.append(fill(_FLESH, *tuft))
    bract = outline(both_sides([(0, -0.36, 0), (-0.1, -0.26), (-0.17, -0.08), (-0.14, 0.12),
        (0, 0.18)]))  # fmt: skip
    edge = outline([(0, -0.36, 0), (-0.1, -0.26), (-0.17, -0.08), (-0.15, 0.06, 0), (-0.1, -0.1),
        (-0.045, -0.24)])  # fmt: skip
    rows = ((-0.36, 2, 0.1, 1.0), (-0.2, 3, 0.26, 1.05), (-0.02, 4, 0.37, 1.1),
        (0.16, 5, 0.42, 1.1), (0.33, 4, 0.36, 1.05), (0.47, 3, 0.22, 1.0))  # fmt: skip
    for y, count, reach, size in rows[1 if view == 1 else 0 :]:
        for x in sorted(np.linspace(-reach, reach, count).tolist(), key=lambda v: -abs(v)):
            leaf = [fill(_FRUIT, bract), fill(_SHADE, edge)]
            shapes += [*halo(_SHADE, 0.016, placed(leaf[:1], (x * wide, y), x * 0.9 + j, size)),
                *placed(leaf, (x * wide, y), x * 0.9 + j, size)]  # fmt: skip
    stem = [ribbon([(0.0, 0.5), (0.02, 0.74), (-0.02, 1.0)], (0.17, 0.14, 0.16))]
    leaves = _leaves([(0.0, 0.84, 5.2 + j, 0.5), (0.0, 0.84, 1.1 + j, 0.5)], 0.17)
    return [*leaves, fill(_STEM, *stem), *shapes]


DRAWINGS: Mapping[str, DrawMotif] = {"lychee": _lychee, "fig": _fig,
    "buddhas-hand": _buddhas_hand, "pumpkin": _pumpkin, "artichoke": _artichoke}  # fmt: skip
