"""The lotus: flower, leaf and pod."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    merged,
    placed,
    swayed,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _TIP, _STEM, _SEED, _POD, _LEAF, _SHADE = range(7)


def _petal(width: float, bend: float, *, veins: bool = True) -> Shapes:
    """Return a pointed petal: rosy at its edge and tip, with fine veins."""
    outline = blade_of(width, 0.5, bend, point=0.3)
    inner = bent(blade_of(width * 0.9, 0.48, point=0.1).scaled(1, 0.9), bend)
    shapes = [fill(_TIP, outline), fill(_PETAL, inner)]
    if veins:
        lines = [sliver([(x * 0.4 * width, -0.1), (x * width * 0.75, -0.42),
            (x * width * 0.4, -0.74)], 0.03) for x in (-0.75, 0.0, 0.75)]  # fmt: skip
        shapes.append(fill(_TIP, bent(merged(lines), bend)))
    return shapes


def _receptacle(size: float) -> Shapes:
    """Return the seed head in the flower, its foot at the origin."""
    cup = smooth_closed(
        [(-0.1, 0), (-0.3, -0.44), (-0.26, -0.52), (0.26, -0.52), (0.3, -0.44), (0.1, 0)]
    )
    holes = dots([(-0.16, -0.5), (-0.02, -0.46), (0.14, -0.5), (0.02, -0.55)], 0.04)
    threads = [tapered([(0, -0.05), (x * 0.6, -0.26), (x, y)], (0.05, 0.03, 0.03))
        for x, y in ((-0.46, -0.3), (-0.42, -0.46), (0.42, -0.46), (0.47, -0.3), (-0.34, -0.56),
        (0.35, -0.56))]  # fmt: skip
    ends = dots(
        [(-0.46, -0.3), (-0.42, -0.46), (0.42, -0.46), (0.47, -0.3), (-0.34, -0.56), (0.35, -0.56)],
        0.045,
    )
    parts = [fill(_SEED, *threads, ends), fill(_POD, cup),
        fill(_SEED, ellipse(0, -0.5, 0.27, 0.075)), fill(_STEM, holes)]  # fmt: skip
    return placed(parts, (0, 0), 0.0, size)


def _flower(random: np.random.Generator, opening: float, *, heart: bool) -> Shapes:
    """Return a flower from the side on its foot at the origin.

    Args:
        opening: 0: closed; 1: wide open.
        heart: whether the seed head is seen.
    """
    shapes: Shapes = []

    def ring(rows: Sequence[tuple[float, float, float, float]]) -> None:
        for turn, length, width, bend in rows:
            wobble = float(random.uniform(-0.05, 0.05))
            shapes.extend(
                placed(_petal(width, bend + wobble), (0, 0), turn * opening + wobble, length)
            )

    ring([(-0.75, 0.98, 0.26, 0.3), (0.77, 0.97, 0.26, -0.3), (-0.38, 1.06, 0.27, 0.2),
        (0.36, 1.08, 0.27, -0.2), (0.0, 1.12, 0.28, 0.04)])  # fmt: skip
    if heart:
        shapes += placed(_receptacle(0.72), (0.0, -0.38))
    ring([(-1.42, 1.0, 0.22, 0.75), (1.44, 1.02, 0.22, -0.75), (-1.08, 0.96, 0.28, 0.55),
        (1.06, 0.98, 0.28, -0.6)])  # fmt: skip
    low = 0.62 if heart else 0.92
    ring([(-0.62, low + 0.14, 0.31, 0.6), (0.64, low + 0.12, 0.31, -0.6),
        (-0.26, low + 0.02, 0.32, 0.35), (0.3, low, 0.32, -0.3)])  # fmt: skip
    return shapes


def _flower_above(random: np.random.Generator) -> Shapes:
    """Return a flower from above: two rings of pointed petals around the seed head."""
    shapes: Shapes = []
    for count, size, width, start in ((9, 1.0, 0.27, 0.0), (8, 0.78, 0.29, 0.35),
            (6, 0.56, 0.32, 0.1)):  # fmt: skip
        for index in range(count):
            turn = start + 2 * np.pi * index / count + float(random.uniform(-0.06, 0.06))
            shapes += placed(_petal(width, float(random.uniform(-0.25, 0.25)), veins=size > 0.6),
                (0, 0), turn, size)  # fmt: skip
    turns = 2 * np.pi * np.arange(16) / 16
    ends = np.stack([np.sin(turns), np.cos(turns)], -1) * 0.3
    lines = [sliver([(0, 0), (x * 0.5, y * 0.5), (x, y)], 0.04) for x, y in ends]
    pips = np.stack([np.sin(turns[::3]), np.cos(turns[::3])], -1) * 0.1
    return [*shapes, fill(_SEED, *lines, dots(ends, 0.034)), fill(_POD, ellipse(0, 0, 0.19, 0.19)),
        fill(_STEM, dots([*pips, (0, 0)], 0.026))]  # fmt: skip


def _lotus_flower(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lotus: open from the side; half open on its stalk; a bud; from above; with a leaf."""
    stem = Stem.through([(0.14, 1.3), (-0.04, 0.8), (0.03, 0.3), (0, -0.1)])
    if view == 0:
        return _flower(random, 1.0, heart=True)
    if view == 1:
        return [fill(_STEM, stem.path(0.07, 0.06)), *_flower(random, 0.66, heart=False)]
    if view == 2:
        shapes = [fill(_STEM, stem.path(0.07, 0.055))]
        for turn, length, width, bend in ((-0.22, 0.95, 0.26, 0.5), (0.22, 0.96, 0.26, -0.5),
                (0.0, 1.0, 0.25, 0.15)):  # fmt: skip
            shapes += placed(_petal(width, bend), (0, 0), turn, length)
        return swayed(shapes, random)
    if view == 3:
        return _flower_above(random)
    leaf = placed(_leaf_side(random), (0.5, 0.66), 0.0, 0.8)
    return [*leaf, fill(_STEM, stem.path(0.07, 0.06)), *placed(_flower(random, 0.9, heart=True),
        (0, 0), -0.1)]  # fmt: skip


def _leaf_above(random: np.random.Generator, leaf: int = _LEAF, vein: int = _STEM) -> Shapes:
    """Return a round leaf from above with a wavy edge, its veins and the notch of its rim."""
    turns = np.linspace(0.16, 2 * np.pi - 0.16, 19)
    radius = (
        1 + 0.045 * np.sin(turns * 5 + random.uniform(0, 6)) + random.uniform(-0.015, 0.015, 19)
    )
    rim = np.stack([np.sin(turns) * radius, -np.cos(turns) * radius], -1)
    outline = smooth_closed([*rim, (0.0, -0.72)], 0.9)
    lines, centre = [], np.array((0.05, -0.06))
    for turn in np.linspace(0.3, 2 * np.pi - 0.3, 13):
        end = np.array([np.sin(turn), -np.cos(turn)])
        middle = centre + (end * 0.6 - centre) + np.array((-end[1], end[0])) * 0.03
        lines.append(tapered([centre, middle, end * 0.78], (0.05, 0.035, 0.02)))
        for side in (-0.16, 0.16):
            fork = np.array([np.sin(turn + side), -np.cos(turn + side)]) * 0.9
            lines.append(tapered([middle, (middle + fork) / 2, fork], (0.028, 0.024, 0.014)))
    return [
        fill(leaf, outline),
        fill(vein, *lines, ellipse(float(centre[0]), float(centre[1]), 0.07, 0.06)),
    ]


def _leaf_side(
    random: np.random.Generator, leaf: int = _LEAF, shade: int = _SHADE, vein: int = _STEM
) -> Shapes:
    """Return a leaf from the side on its stalk: its rim waves, its underside shows."""
    stalk = Stem.through([(0.1, 1.1), (-0.03, 0.6), (0, 0)]).path(0.07, 0.055)
    y = random.uniform(-0.03, 0.03, 7)
    top = [(-1.0, -0.16 + y[0]), (-0.62, -0.42 + y[1]), (-0.1, -0.36 + y[2]), (0.36, -0.46 + y[3]),
        (0.84, -0.32 + y[4]), (1.06, -0.04 + y[5])]  # fmt: skip
    front = [(0.78, 0.04), (0.52, 0.24), (0.26, 0.08), (-0.06, 0.26), (-0.4, 0.08), (-0.72, 0.2)]
    face = smooth_closed([*top, *front], 0.9)
    under = smooth_closed([(1.06, -0.04 + y[5]), (0.9, 0.3), (0.52, 0.42), (0.3, 0.28),
        (-0.04, 0.42), (-0.4, 0.3), (-0.74, 0.4), (-1.0, 0.1), (-1.0, -0.16 + y[0]), (0, -0.1)],
        0.9)  # fmt: skip
    lines = [sliver([(0.02, -0.1), (x * 0.5, y * 0.6 - 0.08), (x * 0.84, y * 0.8)], 0.032)
        for x, y in ((-0.96, -0.12), (-0.6, -0.38), (-0.08, -0.36), (0.38, -0.44), (0.84, -0.28),
        (0.9, -0.0), (0.5, 0.22), (-0.05, 0.24), (-0.7, 0.16))]  # fmt: skip
    return [fill(vein, stalk), fill(shade, under), fill(leaf, face), fill(vein, *lines)]


def _leaf_furled() -> Shapes:
    """Return a young leaf, rolled from both sides, on its stalk."""
    stalk = Stem.through([(-0.14, 1.5), (0.06, 0.9), (0.0, 0.1)]).path(0.07, 0.06)
    left = smooth_closed(
        [(0, 0.2), (-0.3, -0.2), (-0.72, -0.8), (-0.62, -0.92), (-0.3, -0.7), (0, -0.3)]
    )
    right = smooth_closed(
        [(0, 0.2), (0.06, -0.3), (0.4, -0.82), (0.76, -1.0), (0.82, -0.86), (0.4, -0.2)]
    )
    inside = smooth_closed([(0, 0.1), (-0.5, -0.62), (-0.1, -0.8), (0.5, -0.92), (0.2, -0.3)])
    lines = [
        sliver([(0.02, 0.1), (-0.24, -0.3), (-0.58, -0.8)], 0.04),
        sliver([(0.03, 0.1), (0.3, -0.3), (0.7, -0.86)], 0.04),
    ]
    return [fill(1, stalk), fill(2, inside), fill(0, left, right), fill(1, *lines)]


def _lotus_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lotus leaf: from above; from the side; furled."""
    if view == 0:
        return _leaf_above(random, 0, 1)
    if view == 1:
        return _leaf_side(random, 0, 2, 1)
    return swayed(_leaf_furled(), random)


def _pod(random: np.random.Generator, tilt: float) -> Shapes:
    """Return a seed pod on its foot at the origin; `tilt` is the height of its face."""
    cone = smooth_closed([(-0.08, 0.02), (-0.26, -0.3), (-0.58, -0.78), (-0.5, -0.98), (0.5, -0.98),
        (0.58, -0.78), (0.26, -0.3), (0.08, 0.02)])  # fmt: skip
    ridges = [
        sliver([(x * 0.12, -0.04), (x * 0.3, -0.4), (x * 0.46, -0.74)], 0.036)
        for x in (-0.8, -0.2, 0.4, 0.9)
    ]
    face = ellipse(0, -0.92, 0.57, tilt)
    places = np.array(
        [(-0.34, -0.1), (0.0, -0.5), (0.34, -0.12), (-0.16, 0.45), (0.2, 0.42), (0.0, -0.02)]
    )
    places += random.uniform(-0.03, 0.03, places.shape)
    holes = [ellipse(x, -0.92 + y * tilt, 0.085, 0.085 * (0.35 + tilt)) for x, y in places]
    seeds = [ellipse(x, -0.935 + y * tilt, 0.055, 0.05 * (0.4 + tilt)) for x, y in places]
    return [fill(0, cone), fill(1, *ridges), fill(2, face), fill(1, *holes), fill(3, *seeds)]


def _lotus_pod(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a seed pod: upright; bowed over; two of them."""
    if view == 0:
        stalk = Stem.through([(0.16, 1.2), (-0.04, 0.6), (0, -0.06)])
        return [fill(1, stalk.path(0.09, 0.075)), *_pod(random, 0.26)]
    if view == 1:
        stalk = Stem.through([(-0.5, 1.3), (-0.4, 0.3), (-0.14, -0.5), (0.26, -0.6), (0.44, -0.36)])
        place, turn = stalk.at(1.0)
        return [
            fill(1, stalk.path(0.09, 0.07, knots=9)),
            *placed(_pod(random, 0.16), place, turn, 0.8),
        ]
    tall = Stem.through([(0.1, 1.3), (-0.1, 0.5), (-0.3, -0.3)])
    low = Stem.through([(0.14, 1.3), (0.2, 0.8), (0.5, 0.3)])
    shapes = [fill(1, tall.path(0.075, 0.06), low.path(0.07, 0.055))]
    shapes += placed(_pod(random, 0.2), low.at(1.0)[0], 0.4, 0.6)
    return shapes + placed(_pod(random, 0.28), tall.at(1.0)[0], -0.2, 0.8)


DRAWINGS: Mapping[str, DrawMotif] = {"lotus-flower": _lotus_flower, "lotus-leaf": _lotus_leaf,
    "lotus-pod": _lotus_pod}  # fmt: skip
