"""Mushrooms and strawberries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    moved,
    petal_of,
    placed,
    rays,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_CAP, _SPOT, _STALK, _STALK_SHADE, _CAP_SHADE, _GRASS = range(6)


def _stalk(points: ArrayLike, *widths: float) -> Shapes:
    """Return a stalk whose right side is in shade."""
    stem = Stem.through(points)
    line = np.array([stem.at(float(s))[0] for s in np.linspace(0.02, 0.98, 5)])
    width = np.interp(np.linspace(0.02, 0.98, 5), np.linspace(0, 1, len(widths)), widths)
    shade = tapered(
        line + np.stack([width * 0.3, 0 * width], -1), width * np.array([0.2, 0.38, 0.4, 0.4, 0.3])
    )
    return [fill(_STALK, stem.path(*widths)), fill(_STALK_SHADE, shade)]


def _toadstool(random: np.random.Generator, *, open_cap: bool) -> Shapes:
    """Return a fly agaric, its foot at (0, 1)."""
    shapes = _stalk([(0.02, 1.0), (-0.02, 0.5), (0.0, -0.1)], 0.42, 0.28, 0.24)
    skirt = smooth_closed([(-0.13, 0.12), (0.13, 0.12), (0.26, 0.34), (0.13, 0.3), (0.02, 0.37),
        (-0.1, 0.3), (-0.25, 0.35)])  # fmt: skip
    shapes.append(fill(_SPOT, skirt))
    if open_cap:
        under = smooth_closed([(-0.92, 0.02), (-0.5, 0.2), (0.0, 0.26), (0.5, 0.2), (0.92, 0.02),
            (0.4, -0.1), (-0.4, -0.1)])  # fmt: skip
        cap = smooth_closed([(-0.96, 0.0), (-0.78, -0.42), (-0.36, -0.74), (0.06, -0.8),
            (0.5, -0.66), (0.84, -0.36), (0.96, 0.0), (0.56, 0.08), (0.0, 0.1),
            (-0.56, 0.08)])  # fmt: skip
        shade = smooth_closed(
            [(0.3, -0.76), (0.56, -0.63), (0.84, -0.36), (0.96, 0.0), (0.5, 0.08), (0.66, -0.3)]
        )
        gills = [
            sliver([(x * 0.3, 0.06), (x * 0.65, 0.14), (x, 0.2 - 0.14 * x * x)], 0.03)
            for x in (-0.74, -0.5, -0.25, 0.0, 0.25, 0.5, 0.74)
        ]
        shapes += [fill(_STALK, under), fill(_STALK_SHADE, *gills), fill(_CAP, cap),
            fill(_CAP_SHADE, shade)]  # fmt: skip
        spots: tuple[tuple[float, float, float], ...] = ((-0.62, -0.14, 0.13), (-0.34, -0.46, 0.12),
            (0.0, -0.2, 0.15), (0.14, -0.6, 0.1), (0.42, -0.38, 0.12), (0.66, -0.12, 0.11),
            (0.3, -0.02, 0.06), (-0.3, -0.04, 0.07))  # fmt: skip
    else:
        cap = smooth_closed([(-0.6, 0.16), (-0.66, -0.22), (-0.42, -0.66), (0.0, -0.84),
            (0.42, -0.66), (0.66, -0.22), (0.6, 0.16), (0.0, 0.22)])  # fmt: skip
        shade = smooth_closed(
            [(0.24, -0.78), (0.5, -0.56), (0.66, -0.2), (0.6, 0.16), (0.2, 0.21), (0.4, -0.2)]
        )
        shapes += [fill(_CAP, cap), fill(_CAP_SHADE, shade)]
        spots = ((-0.42, -0.06, 0.12), (-0.2, -0.5, 0.12), (0.06, -0.14, 0.14), (0.2, -0.6, 0.09),
            (0.4, -0.3, 0.1), (0.42, 0.06, 0.07), (-0.12, 0.12, 0.06))  # fmt: skip
    moves = random.uniform(-0.03, 0.03, (len(spots), 2))
    return [*shapes, fill(_SPOT, *(ellipse(x + a, y + b, r, r * 0.82)
        for (x, y, r), (a, b) in zip(spots, moves, strict=True)))]  # fmt: skip


def _bolete(random: np.random.Generator, lean: float) -> Shapes:
    """Return a bolete with a broad stalk, its foot at (0, 1)."""
    lean += float(random.uniform(-0.05, 0.05))
    shapes = _stalk([(0.0, 1.0), (0.02, 0.5), (lean, 0.0)], 0.56, 0.52, 0.34)
    under = smooth_closed([(-0.74 + lean, 0.0), (-0.3 + lean, 0.16), (0.3 + lean, 0.16),
        (0.74 + lean, 0.0), (lean, -0.14)])  # fmt: skip
    cap = smooth_closed([(-0.8 + lean, -0.02), (-0.7 + lean, -0.4), (-0.3 + lean, -0.68),
        (0.2 + lean, -0.7), (0.62 + lean, -0.46), (0.8 + lean, -0.04), (0.4 + lean, 0.05),
        (-0.4 + lean, 0.05)])  # fmt: skip
    lit = sliver([(-0.56 + lean, -0.3), (-0.38 + lean, -0.54), (-0.02 + lean, -0.6)], 0.09)
    return [*shapes, fill(_STALK_SHADE, under), fill(_CAP_SHADE, cap), fill(_SPOT, lit)]


def _parasol(random: np.random.Generator, *, back: bool) -> Shapes:
    """Return a slender mushroom with a pointed cap, its foot at (0, 1.4)."""
    bend = float(random.uniform(-0.06, 0.06))
    shapes = _stalk([(0.0, 1.4), (0.1 + bend, 0.7), (0.0, -0.1)], 0.15, 0.12, 0.11)
    cap = smooth_closed([(-0.52, 0.14), (-0.4, -0.24), (-0.14, -0.6), (0.0, -0.72), (0.14, -0.6),
        (0.4, -0.24), (0.52, 0.14), (0.26, 0.04), (0.0, 0.12), (-0.26, 0.04)])  # fmt: skip
    lines = [
        tapered([(x * 0.22, -0.46), (x * 0.7, -0.18), (x, 0.05)], (0.015, 0.035, 0.03))
        for x in (-0.34, -0.12, 0.12, 0.34)
    ]
    colours = (_CAP_SHADE, _CAP) if back else (_CAP, _CAP_SHADE)
    return [*shapes, fill(colours[0], cap), fill(colours[1], *lines)]


def _grass(at: ArrayLike, size: float) -> MotifShape:
    return fill(_GRASS, *(moved(bent(blade(0.1, 0.3), t), at, t, size * (1 - 0.25 * abs(t)))
        for t in (-0.9, -0.4, 0.1, 0.55, 1.0)))  # fmt: skip


def _mushroom(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw mushrooms: an open fly agaric; an old and a young one; boletes; slender ones."""
    if view == 0:
        return _toadstool(random, open_cap=True)
    if view == 1:
        shapes = placed(_toadstool(random, open_cap=False), (0.62, 0.5), 0.12, 0.52)
        shapes += placed(_toadstool(random, open_cap=True), (-0.12, 0.0), -0.06, 1.0)
        return [*shapes, _grass((-0.2, 1.06), 0.42), _grass((0.5, 1.06), 0.36)]
    if view == 2:
        return [*placed(_bolete(random, -0.05), (0.62, 0.42), 0.1, 0.6), *_bolete(random, 0.06),
            _grass((-0.24, 1.04), 0.4)]  # fmt: skip
    shapes = []
    for x, turn, size in ((-0.46, -0.3, 0.74), (0.5, 0.3, 0.8), (0.0, 0.02, 1.05)):
        foot = np.array((0.04 * x, 1.4))
        offset = Path("", np.array([(0.0, 1.4 * size)])).rotated(turn).points[0]
        shapes += placed(_parasol(random, back=x != 0), foot - offset, turn, size)
    return [*shapes, _grass((0.02, 1.46), 0.4)]


_BERRY, _SEED, _LEAF, _LEAF_SHADE, _WHITE, _YELLOW = range(6)


def _strawberry(at: ArrayLike, turn: float, size: float, *, ripe: bool = True) -> Shapes:
    """Return a strawberry that hangs from the origin."""
    body = smooth_closed([(0, 0.06), (-0.34, 0.0), (-0.5, 0.28), (-0.36, 0.72), (-0.1, 1.02),
        (0.06, 1.03), (0.36, 0.72), (0.5, 0.28), (0.34, 0.0)])  # fmt: skip
    pips = [blade_of(0.3, 0.4).scaled(0.13).moved(x, y) for x, y in ((-0.28, 0.36), (0.0, 0.34),
        (0.28, 0.36), (-0.15, 0.58), (0.15, 0.58), (0.0, 0.82))]  # fmt: skip
    cap = rays(bent(blade(0.2, 0.4), 0.2).scaled(0.4), (-2.3, -1.5, -0.6, 0.6, 1.5, 2.3, 3.1))
    parts = [fill(_BERRY if ripe else _WHITE, body), fill(_SEED, *pips),
        fill(_LEAF, *cap, circle(0, 0, 0.1))]  # fmt: skip
    return placed(parts, at, turn, size)


def _strawberry_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a leaf of three toothed leaflets, its middle at the origin."""
    half = [(0.08, 0.0), (0.28, -0.28), (0.31, -0.38), (0.41, -0.48), (0.38, -0.6), (0.4, -0.72),
        (0.3, -0.79), (0.22, -0.93)]  # fmt: skip
    shapes: Shapes = []
    for lean, long in ((-1.3, 0.88), (1.3, 0.88), (0.0, 1.0)):
        leaf = smooth_closed([*half, (0, -1.02), *((-x, y) for x, y in half[::-1])], 0.6)
        shade = smooth_closed([(0, 0.0), *half[1:], (0, -1.0), (0, -0.4)], 0.6)
        lines = [tapered([(0, 0), (0, -0.5), (0, -0.9)], (0.08, 0.06, 0.02))]
        lines += [sliver([(0, -y), (s * 0.14, -y - 0.1), (s * 0.28, -y - 0.18)], 0.065)
            for y in (0.24, 0.52) for s in (1, -1)]  # fmt: skip
        shapes += placed(
            [fill(_LEAF, leaf), fill(_LEAF_SHADE, shade), fill(_SEED, *lines)], (0, 0), lean, long
        )
    return placed(shapes, at, turn, size)


def _strawberry_flower(
    random: np.random.Generator, at: ArrayLike, turn: float, size: float
) -> Shapes:
    """Return a white flower of five round petals."""
    sepals = rays(blade(0.22, 0.5).scaled(0.9), 2 * np.pi * np.arange(5) / 5 + 0.63)
    petals = [
        petal_of(0.46, base=0.14, shoulder=0.58, random=random).rotated(float(a))
        for a in 2 * np.pi * np.arange(5) / 5
    ]
    edges = rays(blade(0.05, 0.5).scaled(1, 0.5).moved(0, -0.26), 2 * np.pi * np.arange(5) / 5)
    return placed([fill(_LEAF, *sepals), fill(_WHITE, *petals),
        fill(_YELLOW, *edges, circle(0, 0, 0.26)), fill(_LEAF_SHADE,
        dots([(-0.08, -0.06), (0.08, -0.05), (0, 0.09)], 0.06))], at, turn, size)  # fmt: skip


def _strawberry_plant(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a strawberry plant: upright; a hanging branch; a creeping runner."""
    stems: list[Path] = []
    shapes: Shapes = []
    leaves: tuple[tuple[float, float, float, float], ...]
    fruit: tuple[tuple[float, float, float, float], ...]
    flowers: tuple[tuple[float, float, float, float], ...]
    root: tuple[float, float]
    if view == 0:
        root = (0.0, 0.8)
        leaves = ((-0.62, -0.1, -0.5, 0.44), (0.64, -0.16, 0.5, 0.46), (0.0, -0.5, 0.0, 0.5))
        fruit = ((-0.4, 0.42, 0.2, 0.4), (0.44, 0.36, -0.2, 0.44), (0.84, 0.52, -0.3, 0.28))
        flowers = ((-0.28, -0.02, 0.2, 0.21), (0.3, -0.04, -0.3, 0.21))
    elif view == 1:
        root = (-0.7, -0.9)
        leaves = ((-0.3, -0.55, 0.9, 0.42), (-0.72, -0.1, -2.4, 0.36))
        fruit = ((-0.25, 0.1, 0.1, 0.48), (0.28, 0.24, -0.1, 0.54), (0.66, -0.04, -0.4, 0.36))
        flowers = ((0.5, -0.5, 0.3, 0.24),)
    else:
        root = (-0.8, 0.6)
        leaves = ((-0.6, 0.1, -0.3, 0.4), (0.1, -0.5, 0.2, 0.42), (0.85, 0.1, 0.9, 0.34))
        fruit = ((-0.2, 0.24, 0.1, 0.42), (0.42, 0.4, -0.15, 0.36))
        flowers = ((0.5, -0.06, 0.4, 0.22), (-0.4, -0.34, 0.0, 0.2))
    start = np.array(root)
    for x, y, *_ in (*leaves, *fruit, *flowers):
        end = np.array((x, y))
        hang = (0.0, -0.22) if (x, y) in {spot[:2] for spot in fruit} else (0.04, 0.05)
        stems.append(Stem.through([start, start * 0.45 + end * 0.55 + hang, end]).path(0.04, 0.03))
    shapes.append(fill(_LEAF_SHADE, *stems))
    for x, y, turn, size in leaves:
        shapes += _strawberry_leaf((x, y), turn, size)
    for x, y, turn, size in flowers:
        shapes += _strawberry_flower(random, (x, y), turn, size)
    for index, (x, y, turn, size) in enumerate(fruit):
        shapes += _strawberry(
            (x, y), turn + float(random.uniform(-0.06, 0.06)), size, ripe=index < 2 or view == 1
        )
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"mushroom": _mushroom, "strawberry-plant": _strawberry_plant}
