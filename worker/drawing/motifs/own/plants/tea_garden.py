"""Tea plants, lotus roots and quinces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import Body, halo, outline, oval, plume, ribbon
from worker.drawing.motifs.plants import (
    Shapes,
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

_Spots = Sequence[tuple[float, float, float, float]]
_LEAF, _LEAF_SHADE, _BUD, _PETAL, _STAMEN, _WOOD = range(6)


def _leaves(
    spots: _Spots, slots: tuple[int, int, int], width: float = 0.24, veins: int = 4
) -> Shapes:
    """Draw leaves: x, y, turn, size."""
    shapes: Shapes = []
    for k, (x, y, turn, size) in enumerate(spots):
        side = 1 if k % 2 else -1
        leaf = folded_leaf(slots, width, 0.48, 0.3 * side, veins=veins, side=side, bold=0.02)
        shapes += placed(leaf, (x, y), turn, size)
    return shapes


def _tea_flower(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a white flower with a tuft of golden stamens."""
    petals = [petal_of(0.4, base=0.14, shoulder=0.6, tip=-0.06).rotated(a + 0.2)
        for a in (2 * np.pi * np.arange(6) / 6).tolist()]  # fmt: skip
    dots = [path for r, n in ((0.3, 12), (0.18, 7)) for path in rays(oval(0, -r, 0.035, 0.05), 2
        * np.pi * np.arange(n) / n)]  # fmt: skip
    stems = rays(ribbon([(0, 0), (0, -0.3)], 0.022), 2 * np.pi * np.arange(12) / 12)
    white = [fill(_PETAL, petal) for petal in petals]
    return placed([*halo(_BUD, 0.018, white), *white, fill(_STAMEN, *dots, *stems,
        circle(0, 0, 0.1))], at, turn, size)  # fmt: skip


def _tip(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a bud with its two young leaves."""
    parts = [fill(_BUD, plume(0, 0, -0.75, 0.62, 0.2, 0.5, 0.5), plume(0, 0, 0.65, 0.7, 0.22,
        -0.5, 0.5)), fill(_LEAF, plume(0, 0, 0.0, 0.66, 0.14, 0.12, 0.45)),
        fill(_LEAF_SHADE, sliver([(0, 0), (-0.24, -0.24), (-0.32, -0.46)], 0.026), sliver([(0, 0),
        (0.24, -0.28), (0.34, -0.52)], 0.026))]  # fmt: skip
    return placed(parts, at, turn, size)


def _tea_plant(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a tea plant: a sprig in flower, a bud with two leaves."""
    j = random.uniform(-0.08, 0.08)
    green = (_LEAF, _LEAF_SHADE, _BUD)
    if view == 0:
        branch = [knotty([(-0.14, 0.95), (0.0, 0.5), (-0.04, 0.1), (0.06, -0.36)], 0.075, 0.04),
            ribbon([(-0.02, 0.3), (-0.2, 0.1), (-0.3, 0.04)], (0.045, 0.035, 0.03))]  # fmt: skip
        back = _leaves([(-0.02, 0.06, 5.2 + j, 0.66), (0.02, -0.1, 1.1 + j, 0.66),
            (0.0, 0.46, 4.6, 0.64), (0.0, 0.5, 1.6 + j, 0.68)], green)  # fmt: skip
        return [*back, fill(_WOOD, *branch), *_tip((0.06, -0.34), 0.1 + j, 0.78),
            *_leaves([(0.04, -0.3, 5.0, 0.5), (0.05, -0.24, 1.3, 0.5)], green),
            *_tea_flower((-0.28, 0.06), -0.2, 0.34), *_tea_flower((0.22, 0.24), 0.4 + j,
            0.3), fill(_BUD, circle(-0.1, 0.42, 0.075)),
            fill(_PETAL, circle(-0.11, 0.41, 0.05))]  # fmt: skip
    stem = ribbon([(-0.06, 0.95), (0.02, 0.5), (0.0, 0.1)], (0.07, 0.06, 0.05))
    leaves = _leaves([(0.0, 0.2, 5.3 + j, 0.92), (0.0, 0.3, 0.95 + j, 0.98),
        (0.02, 0.6, 4.7, 0.6)], green, 0.22, 5)  # fmt: skip
    return [fill(_WOOD, stem), *leaves, *_tip((0.0, 0.14), j, 1.3)]


_SKIN, _SKIN_SHADE, _CUT, _HOLE, _SHOOT = range(5)


def _slice(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a slice of lotus root."""
    holes = [oval(0, -0.24, 0.075, 0.1).rotated(a) for a in (2 * np.pi * np.arange(8) / 8).tolist()]
    small = [circle(0.06 * np.sin(a), -0.06 * np.cos(a), 0.032) for a in (0.4, 2.5, 4.6)]
    rim = fill(_SKIN_SHADE, outline([(0.44 * (1 + 0.03 * np.cos(4 * a)) * np.cos(a), 0.44
        * (1 + 0.03 * np.cos(4 * a)) * np.sin(a))
        for a in (2 * np.pi * np.arange(16) / 16).tolist()]))  # fmt: skip
    return placed([rim, fill(_CUT, circle(0, 0, 0.4)), fill(_HOLE, *holes, *small)], at, turn, size)


def _root(random: np.random.Generator) -> Shapes:
    """Draw a lotus root of three links that lies from left to right, cut at its left end."""
    links = []
    for x, long, wide in ((-0.5, 0.5, 0.42), (0.06, 0.54, 0.44), (0.58, 0.42, 0.32)):
        body = Body.through([(x - long / 2, 0), (x - long * 0.3, 0), (x, 0),
            (x + long * 0.3, 0), (x + long / 2, 0)], (wide * 0.62, wide * 0.96, wide, wide
            * 0.96, wide * 0.56))  # fmt: skip
        links.append(body)
    joints = [ribbon([(x, -0.13), (x + 0.015, 0), (x, 0.13)], 0.06) for x in (-0.235, 0.345)]
    roots = [plume(x, 0.12, a + random.uniform(-0.1, 0.1), 0.2, 0.03, 0.4)
        for x in (-0.235, 0.345) for a in (2.6, 3.1, 3.6)]  # fmt: skip
    shade = [body.patch([(0.06, 0.9), (0.3, 0.42), (0.7, 0.42), (0.94, 0.9), (0.7, 1.0),
        (0.3, 1.0)]) for body in links]  # fmt: skip
    marks = [sliver([(x, y), (x + 0.05, y + 0.006), (x + 0.1, y)], 0.016) for x,
        y in ((-0.56, -0.1), (-0.42, -0.03), (0.0, -0.12), (0.12, -0.02),
        (0.54, -0.06))]  # fmt: skip
    tip = plume(0.74, 0.0, 1.4, 0.36, 0.13, -0.5, 0.3)
    cut = [fill(_SKIN_SHADE, oval(-0.75, 0, 0.075, 0.15)),
        fill(_CUT, oval(-0.755, 0, 0.058, 0.125)),
        fill(_HOLE, *(oval(-0.755 + 0.032 * np.cos(a), 0.075 * np.sin(a), 0.012, 0.026)
        for a in (2 * np.pi * np.arange(6) / 6).tolist()))]  # fmt: skip
    return [fill(_SHOOT, tip), fill(_SKIN, *(body.contour() for body in links)),
        fill(_SKIN_SHADE, *shade, *marks), fill(_HOLE, *joints, *roots), *cut]  # fmt: skip


def _lotus_root(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lotus root: whole with two slices, slices alone with a piece."""
    j = random.uniform(-0.1, 0.1)
    if view == 0:
        return [*placed(_root(random), (0.0, -0.14), -0.28 + j, 1.0), *_slice((-0.12, 0.46), 0.2
            + j, 0.62), *_slice((0.4, 0.34), 0.5, 0.54)]  # fmt: skip
    sprout = fill(_SHOOT, plume(-0.6, 0.5, -0.9, 0.3, 0.12, 0.5), plume(0.62, 0.44, 0.9, 0.34,
        0.13, -0.5), plume(0.62, 0.46, 1.5, 0.28, 0.1, -0.4))  # fmt: skip
    return [sprout, *_slice((0.36, -0.3), 0.3 + j, 0.86), *_slice((-0.34, -0.14), 0.0, 1.0),
        *_slice((0.2, 0.36), 0.7 + j, 1.1)]  # fmt: skip


_FRUIT, _FRUIT_SHADE, _GREEN, _GREEN_SHADE, _BLOSSOM, _BARK = range(6)


def _quince_fruit(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Draw a quince that hangs from the origin."""
    body = outline([(0, 0.04), (-0.12, 0.0), (-0.2, 0.12), (-0.26, 0.26), (-0.42, 0.46),
        (-0.42, 0.74), (-0.22, 0.92), (-0.06, 0.9), (0.06, 0.92), (0.24, 0.92), (0.43, 0.72),
        (0.42, 0.44), (0.25, 0.26), (0.2, 0.1), (0.1, 0.0)])  # fmt: skip
    shade = outline([(0.14, 0.02, 0), (0.25, 0.26), (0.42, 0.44), (0.43, 0.72), (0.24, 0.92),
        (0.06, 0.92, 0), (0.24, 0.76), (0.26, 0.52), (0.12, 0.28)])  # fmt: skip
    lobes = [sliver([(-0.14, 0.3), (-0.24, 0.54), (-0.16, 0.8)], 0.028), sliver([(0.0, 0.36),
        (0.02, 0.56), (0.0, 0.78)], 0.024)]  # fmt: skip
    crown = rays(plume(0, 0, 0, 0.1, 0.05), 2 * np.pi * np.arange(5) / 5)
    lit = oval(-0.27, 0.52, 0.04, 0.11, 0.25)
    return placed([fill(_FRUIT, body), fill(_FRUIT_SHADE, shade, *lobes), fill(_BLOSSOM, lit),
        *placed([fill(_BARK, *crown)], (0, 0.91), 0.0, (1.0, 0.6))], at, turn, size)  # fmt: skip


def _quince(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw quinces: on a branch, one with leaves and a flower."""
    j = random.uniform(-0.08, 0.08)
    slots = (_GREEN, _GREEN_SHADE, _GREEN_SHADE)
    petals = [petal_of(0.42, base=0.14, shoulder=0.6).rotated(a)
        for a in (2 * np.pi * np.arange(5) / 5).tolist()]  # fmt: skip
    flower = [*halo(_FRUIT_SHADE, 0.02, [fill(_BLOSSOM, each) for each in petals]),
        fill(_BLOSSOM, *petals), fill(_FRUIT, circle(0, 0, 0.2)),
        fill(_BARK, *(circle(0.3 * np.sin(a), 0.3 * np.cos(a), 0.035)
        for a in np.linspace(0, 5.6, 9).tolist()))]  # fmt: skip
    if view == 0:
        branch = [knotty([(-0.92, -0.4), (-0.4, -0.6), (0.1, -0.54), (0.76, -0.74)], 0.09, 0.04),
            ribbon([(-0.4, -0.58), (-0.36, -0.46), (-0.38, -0.36)], 0.045), ribbon([(0.24, -0.56),
            (0.28, -0.44), (0.28, -0.32)], 0.045)]  # fmt: skip
        leaves = _leaves([(-0.7, -0.46, 2.9 + j, 0.44), (-0.5, -0.56, 0.2, 0.44),
            (-0.06, -0.56, 3.2 + j, 0.42), (0.72, -0.72, 1.7 + j, 0.46),
            (0.56, -0.66, 0.4, 0.42)], slots, 0.32, 3)  # fmt: skip
        return [*leaves, fill(_BARK, *branch), *_quince_fruit((-0.38, -0.38), 0.08, 0.84),
            *_quince_fruit((0.28, -0.34), -0.08 + j, 0.9), *placed(flower, (0.06, -0.62), 0.3,
            0.2)]  # fmt: skip
    stem = ribbon([(0.06, -0.72), (0.0, -0.56), (0.0, -0.4)], (0.07, 0.06, 0.05))
    leaves = _leaves([(0.02, -0.58, 4.7 + j, 0.66), (0.03, -0.6, 1.3 + j, 0.66),
        (0.02, -0.5, 2.2, 0.5)], slots, 0.32, 4)  # fmt: skip
    return [*leaves[:6], fill(_BARK, stem), *_quince_fruit((0.0, -0.44), 0.06 + j, 1.2),
        *leaves[6:], *placed(flower, (-0.3, -0.42), 0.2, 0.27)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"tea-plant": _tea_plant, "lotus-root": _lotus_root,
    "quince": _quince}  # fmt: skip
