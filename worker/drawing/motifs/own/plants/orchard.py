"""Branches of lemons, oranges, persimmons and loquats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import both_sides, outline, oval, ribbon
from worker.drawing.motifs.plants import (
    Shapes,
    dots,
    fill,
    folded_leaf,
    knotty,
    petal_of,
    placed,
    rays,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_FRUIT, _FRUIT_SHADE, _LEAF, _LEAF_SHADE, _WHITE, _WOOD = range(6)
_Spots = Sequence[tuple[float, float, float, float]]
_Fruit = Callable[[], Shapes]


def _leaves(spots: _Spots, width: float = 0.26) -> Shapes:
    """Draw leaves: x, y, turn, size."""
    shapes: Shapes = []
    for k, (x, y, turn, size) in enumerate(spots):
        side = 1 if k % 2 else -1
        leaf = folded_leaf((_LEAF, _LEAF_SHADE, _LEAF_SHADE), width, 0.42, 0.35 * side, side=side,
            bold=0.03)  # fmt: skip
        shapes += placed(leaf, (x, y), turn, size)
    return shapes


def _blossom(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a white flower of five petals."""
    petals = rays(petal_of(0.3, base=0.1, shoulder=0.6, tip=0.12), 2 * np.pi * np.arange(5) / 5)
    stamens = rays(oval(0, -0.26, 0.05, 0.07), 2 * np.pi * np.arange(7) / 7)
    return placed([fill(_WHITE, *petals), fill(_FRUIT_SHADE, *stamens),
        fill(_FRUIT, circle(0, 0, 0.16))], at, turn, size)  # fmt: skip


def _lemon() -> Shapes:
    """Draw a lemon that hangs from the origin."""
    body = outline([(0, 0.0), (-0.12, 0.03), (-0.3, 0.22), (-0.37, 0.46), (-0.28, 0.72),
        (-0.1, 0.88), (-0.05, 0.97), (0.03, 1.0), (0.09, 0.94), (0.12, 0.86), (0.29, 0.7),
        (0.37, 0.46), (0.3, 0.22), (0.12, 0.03)])  # fmt: skip
    shade = outline([(0.1, 0.03, 0), (0.3, 0.22), (0.37, 0.46), (0.29, 0.7), (0.12, 0.86),
        (0.09, 0.94), (0.03, 1.0), (-0.05, 0.97), (-0.1, 0.88, 0), (0.1, 0.74), (0.22, 0.46),
        (0.2, 0.2)])  # fmt: skip
    lit = outline([(-0.2, 0.24), (-0.12, 0.2), (-0.18, 0.4), (-0.26, 0.52), (-0.28, 0.38)])
    pores = dots([(-0.1, 0.66), (0.02, 0.56), (-0.02, 0.76), (-0.16, 0.56), (0.06, 0.36)], 0.018)
    return [fill(_FRUIT, body), fill(_FRUIT_SHADE, shade, pores), fill(_WHITE, lit)]


def _orange() -> Shapes:
    """Draw an orange that hangs from the origin."""
    shade = outline([(0.18, 0.05, 0), (0.4, 0.26), (0.42, 0.54), (0.24, 0.8), (0.0, 0.87),
        (-0.24, 0.8, 0), (0.08, 0.72), (0.27, 0.46)])  # fmt: skip
    pores = dots([(-0.14, 0.66), (0.0, 0.56), (-0.04, 0.72), (-0.2, 0.52), (0.08, 0.34),
        (-0.04, 0.42)], 0.018)  # fmt: skip
    lit = outline([(-0.26, 0.28), (-0.16, 0.18), (-0.1, 0.2), (-0.22, 0.34), (-0.28, 0.46),
        (-0.31, 0.38)])  # fmt: skip
    calyx = rays(oval(0, -0.05, 0.035, 0.06), 2 * np.pi * np.arange(5) / 5)
    return [fill(_FRUIT, oval(0, 0.44, 0.44, 0.43)), fill(_FRUIT_SHADE, shade, pores),
        fill(_WHITE, lit), *placed([fill(_LEAF_SHADE, *calyx)], (0, 0.06), 0.0, 1.0)]  # fmt: skip


def _cut(size: float, at: ArrayLike, turn: float, squash: float) -> Shapes:
    """Draw a half of a citrus fruit from its cut side."""
    wedge = outline([(0, -0.05, 0), (0.125, -0.27), (0.1, -0.34), (0, -0.37), (-0.1, -0.34),
        (-0.125, -0.27)])  # fmt: skip
    wedges = rays(wedge, 2 * np.pi * np.arange(8) / 8)
    lines = rays(sliver([(0.02, -0.14), (0.03, -0.22), (0.02, -0.31)], 0.02), 2 * np.pi
        * np.arange(8) / 8)  # fmt: skip
    return placed([fill(_FRUIT, circle(0, 0, 0.48)), fill(_WHITE, circle(0, 0, 0.42)),
        fill(_FRUIT, *wedges), fill(_FRUIT_SHADE, *lines)], at, turn,
        (size, size * squash))  # fmt: skip


def _citrus(view: int, random: np.random.Generator, fruit: _Fruit, squash: float) -> Shapes:
    """Draw a branch of a citrus tree: hanging, with a cut half, in blossom."""
    j = random.uniform(-0.1, 0.1)
    if view == 0:
        branch = [knotty([(-0.9, -0.62), (-0.4, -0.56), (0.1, -0.66), (0.6, -0.56)], 0.08, 0.035),
            ribbon([(-0.32, -0.56), (-0.3, -0.46), (-0.32, -0.36)], 0.04), ribbon([(0.28, -0.62),
            (0.32, -0.44), (0.3, -0.28)], 0.04)]  # fmt: skip
        behind = _leaves([(-0.7, -0.6, 3.6 + j, 0.5), (-0.5, -0.58, 0.4, 0.46),
            (0.06, -0.64, 0.3 + j, 0.5), (0.0, -0.64, 3.3, 0.56)])  # fmt: skip
        front = _leaves([(0.58, -0.56, 1.9 + j, 0.52), (0.5, -0.58, 0.8, 0.46),
            (-0.3, -0.5, 4.3, 0.42), (0.3, -0.46, 2.2, 0.44)])  # fmt: skip
        return [*behind, fill(_WOOD, *branch), *placed(fruit(), (-0.32, -0.36), 0.12 + j * 0.5,
            0.86), *placed(fruit(), (0.3, -0.28), -0.1, 0.94), *front, *_blossom((-0.02, -0.52),
            0.3, 0.2)]  # fmt: skip
    if view == 1:
        branch = [ribbon([(-0.1, -0.86), (-0.14, -0.7), (-0.12, -0.56)], (0.07, 0.05, 0.05))]
        leaves = _leaves([(-0.14, -0.74, 4.2 + j, 0.6), (-0.1, -0.78, 1.4 + j, 0.72),
            (-0.12, -0.7, 2.3, 0.5)])  # fmt: skip
        return [*placed(fruit(), (-0.12, -0.56), 0.15, 1.2), fill(_WOOD, *branch),
            *leaves, *_cut(0.86, (0.46, 0.42), 0.3 + j, squash), *_blossom((-0.34, -0.5),
            0.4, 0.24)]  # fmt: skip
    branch = [knotty([(-0.1, 0.95), (0.02, 0.5), (-0.04, 0.0), (0.06, -0.5)], 0.07, 0.03),
        ribbon([(0.0, 0.36), (0.2, 0.22), (0.34, 0.2)], (0.045, 0.04, 0.03)),
        ribbon([(-0.03, 0.1), (-0.24, -0.04), (-0.34, -0.06)], (0.045, 0.04, 0.03))]  # fmt: skip
    leaves = _leaves([(0.06, -0.46, 0.1 + j, 0.5), (0.03, -0.3, 1.0 + j, 0.5),
        (0.0, -0.2, 5.3, 0.52), (0.02, 0.5, 4.7 + j, 0.5), (0.2, 0.22, 0.7, 0.46),
        (-0.06, 0.74, 1.7, 0.44)])  # fmt: skip
    return [*leaves[: len(leaves) // 2], fill(_WOOD, *branch), *placed(fruit(), (-0.34, -0.06),
        0.1, 0.66), *placed(fruit(), (0.36, 0.2), -0.15, 0.7), *leaves[len(leaves) // 2 :],
        *_blossom((0.2, -0.42), 0.2, 0.22), *_blossom((-0.24, -0.36), 0.8, 0.2)]  # fmt: skip


def _lemon_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of a lemon tree: hanging, a lemon and a cut half, in blossom."""
    return _citrus(view, random, _lemon, 1.0)


def _orange_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of an orange tree: hanging, an orange and a cut half, in blossom."""
    return _citrus(view, random, _orange, 1.0)


_KAKI, _KAKI_SHADE, _CALYX, _CALYX_SHADE, _SHINE, _TWIG = range(6)


def _persimmon_fruit(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a persimmon that hangs from the origin."""
    body = outline([(0, 0.06), (-0.24, 0.0), (-0.48, 0.14), (-0.54, 0.4), (-0.4, 0.66),
        (-0.14, 0.76), (0.0, 0.74), (0.14, 0.76), (0.4, 0.66), (0.54, 0.4), (0.48, 0.14),
        (0.24, 0.0)])  # fmt: skip
    shade = outline([(0.34, 0.04, 0), (0.5, 0.16), (0.54, 0.4), (0.4, 0.66), (0.14, 0.76),
        (0.0, 0.74), (-0.14, 0.76, 0), (0.14, 0.68), (0.36, 0.46)])  # fmt: skip
    crease = sliver([(-0.1, 0.2), (-0.16, 0.4), (-0.1, 0.62)], 0.03)
    lit = outline([(-0.36, 0.22), (-0.26, 0.16), (-0.34, 0.32), (-0.38, 0.46), (-0.42, 0.34)])
    cap = [outline([(0, 0.02, 0), (-0.12, -0.08), (-0.34, -0.04), (-0.42, 0.08, 0), (-0.3, 0.16),
        (-0.14, 0.14)]), outline([(0, 0.02, 0), (0.12, -0.08), (0.34, -0.04), (0.42, 0.08, 0),
        (0.3, 0.16), (0.14, 0.14)])]  # fmt: skip
    front = outline(both_sides([(0, 0.02, 0), (-0.14, 0.08), (-0.15, 0.2), (0, 0.3, 0)]))
    return placed([fill(_KAKI, body), fill(_KAKI_SHADE, shade, crease), fill(_SHINE, lit),
        fill(_CALYX, *cap), fill(_CALYX_SHADE, front), fill(_TWIG, oval(0, 0.02, 0.05, 0.06))],
        at, turn, size)  # fmt: skip


def _persimmon(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw persimmons: on a bare branch, a pair with a leaf, three on a twig."""
    j = random.uniform(-0.08, 0.08)
    if view == 1:
        leaves = _leaves([(-0.06, -0.4, 5.2 + j, 0.7), (0.04, -0.42, 0.9, 0.66)], 0.34)
        twig = ribbon([(-0.3, -0.3), (0.0, -0.42), (0.24, -0.22)], (0.05, 0.06, 0.05))
        stub = ribbon([(0.0, -0.42), (0.02, -0.56)], (0.06, 0.075))
        return [*leaves, *_persimmon_fruit((0.36, -0.2), 0.12 + j, 0.84), fill(_TWIG, twig, stub),
            *_persimmon_fruit((-0.3, -0.26), -0.1, 1.0)]  # fmt: skip
    if view == 0:
        branch = [knotty([(-0.92, 0.0), (-0.5, -0.3), (0.0, -0.42), (0.46, -0.66), (0.86, -0.7)],
            0.09, 0.03), ribbon([(0.0, -0.42), (0.2, -0.4), (0.34, -0.3)], (0.05, 0.035, 0.03)),
            ribbon([(-0.5, -0.3), (-0.44, -0.16), (-0.46, -0.06)], (0.05, 0.035, 0.03)),
            ribbon([(-0.3, -0.36), (-0.34, -0.58), (-0.24, -0.74)], (0.045, 0.03, 0.015)),
            ribbon([(0.5, -0.66), (0.62, -0.5), (0.76, -0.44)], (0.04, 0.025, 0.012))]  # fmt: skip
        leaves = _leaves([(0.84, -0.7, 1.9 + j, 0.4), (-0.26, -0.72, 0.5 + j, 0.36)], 0.32)
        return [fill(_TWIG, *branch), *leaves, *_persimmon_fruit((0.36, -0.3), -0.08 + j, 0.84),
            *_persimmon_fruit((-0.46, -0.06), 0.06, 0.9)]  # fmt: skip
    branch = [knotty([(0.1, -0.95), (-0.04, -0.5), (0.06, 0.0), (-0.02, 0.3)], 0.08, 0.035),
        ribbon([(-0.02, -0.44), (-0.24, -0.36), (-0.34, -0.22)], (0.045, 0.035, 0.03)),
        ribbon([(0.05, -0.16), (0.26, -0.12), (0.36, 0.0)], (0.045, 0.035, 0.03))]  # fmt: skip
    leaves = _leaves([(0.06, -0.74, 1.3 + j, 0.46), (-0.02, -0.56, 4.9 + j, 0.4),
        (0.05, -0.3, 0.8, 0.4)], 0.32)  # fmt: skip
    return [fill(_TWIG, *branch), *leaves, *_persimmon_fruit((-0.36, -0.22), 0.08, 0.66),
        *_persimmon_fruit((0.4, 0.0), -0.06 + j, 0.7), *_persimmon_fruit((-0.02, 0.3), 0.0,
        0.76)]  # fmt: skip


def _loquat_fruit(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a loquat that hangs from the origin."""
    body = outline([(0, 0.0), (-0.14, 0.05), (-0.31, 0.32), (-0.3, 0.6), (-0.12, 0.79),
        (0.0, 0.8), (0.12, 0.79), (0.3, 0.6), (0.31, 0.32), (0.14, 0.05)])  # fmt: skip
    shade = outline([(0.14, 0.05, 0), (0.31, 0.32), (0.3, 0.6), (0.12, 0.79), (-0.06, 0.8, 0),
        (0.14, 0.62), (0.2, 0.34)])  # fmt: skip
    lit = oval(-0.16, 0.34, 0.045, 0.11, 0.3)
    crown = rays(oval(0, -0.06, 0.03, 0.07), 2 * np.pi * np.arange(5) / 5)
    return placed([fill(_KAKI, body), fill(_KAKI_SHADE, shade), fill(_SHINE, lit),
        *placed([fill(_TWIG, *crown)], (0, 0.74), 0.0, 0.9)], at, turn, size)  # fmt: skip


def _long_leaves(spots: _Spots) -> Shapes:
    """Draw ribbed leaves of a loquat: x, y, turn, size."""
    shapes: Shapes = []
    for k, (x, y, turn, size) in enumerate(spots):
        side = 1 if k % 2 else -1
        shapes += placed(folded_leaf((_CALYX, _CALYX_SHADE, _SHINE), 0.17, 0.55, 0.3 * side,
            veins=6, side=side, bold=0.016), (x, y), turn, size)  # fmt: skip
    return shapes


def _loquat(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw loquats: a hanging cluster, a spray with leaves upright."""
    j = random.uniform(-0.08, 0.08)
    if view == 0:
        spots = [(-0.34, -0.1, 0.5, 0.54), (0.36, -0.08, -0.5, 0.54), (-0.14, -0.04, 0.16, 0.6),
            (0.18, 0.0, -0.2, 0.58), (0.0, 0.16, 0.0, 0.66)]  # fmt: skip
        leaves = _long_leaves([(0.0, -0.5, 4.3 + j, 0.86), (0.0, -0.52, 2.0 + j, 0.86),
            (0.02, -0.56, 5.3, 0.78), (0.0, -0.56, 1.0, 0.8)])  # fmt: skip
        top = (0.0, -0.5)
    else:
        spots = [(-0.34, 0.14, 0.7, 0.46), (0.02, 0.1, 0.1, 0.5), (0.34, 0.16, -0.5, 0.48),
            (-0.16, 0.26, 0.3, 0.52), (0.2, 0.32, -0.15, 0.52)]  # fmt: skip
        leaves = _long_leaves([(0.0, -0.14, 5.4 + j, 0.82), (0.0, -0.14, 0.9 + j, 0.82),
            (0.0, -0.18, 6.1, 0.86), (0.0, -0.14, 0.3, 0.9), (0.0, -0.08, 4.7, 0.72),
            (0.0, -0.08, 1.6, 0.72)])  # fmt: skip
        top = (0.0, -0.16)
    stems = [ribbon([top, ((top[0] + x) / 2 + 0.03, (top[1] + y) / 2 - 0.02), (x, y)],
        (0.06, 0.045, 0.04)) for x, y, *_ in spots]  # fmt: skip
    shoot = ribbon([(0.06, top[1] - 0.34), (0.02, top[1] - 0.16), top], (0.075, 0.07, 0.065))
    shapes = [*leaves, fill(_TWIG, shoot, *stems)] if view == 0 else [fill(_TWIG, *stems), *leaves]
    for x, y, turn, size in spots:
        shapes += _loquat_fruit((x, y), turn + j * 0.5, size)
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"lemon-branch": _lemon_branch,
    "orange-branch": _orange_branch, "persimmon": _persimmon, "loquat": _loquat}  # fmt: skip
