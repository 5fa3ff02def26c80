"""Flowers with a ring of narrow petals: daisy and sunflower."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, seeds
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    half_of,
    moved,
    petal_of,
    placed,
    rays,
    ribs,
    swayed,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _DEEP, _LIGHT, _LEAF, _SHADE, _VEIN = range(6)


def _daisy_petals(
    random: np.random.Generator, count: int, slot: int, size: float, start: float
) -> MotifShape:
    """Return a ring of narrow petals with two-toothed ends."""
    half = [(0.04, -0.1), (0.09, -0.5), (0.125, -0.82), (0.07, -1.0)]
    petal = smooth_closed([*half, (0.0, -0.95), *((-x, y) for x, y in half[::-1])])
    return fill(slot, *(bent(petal.scaled(float(random.uniform(0.88, 1.1)),
        size * float(random.uniform(0.92, 1.04))), float(random.uniform(-0.2, 0.2))).rotated(start
        + 2 * np.pi * (k + float(random.uniform(-0.15, 0.15))) / count)
        for k in range(count)))  # fmt: skip


def _daisy_above(random: np.random.Generator) -> Shapes:
    """Return a daisy from above, of radius one."""
    lines = rays(blade(0.02, 0.5).scaled(1, 0.4).moved(0, -0.3), 2 * np.pi * np.arange(15) / 15)
    return [_daisy_petals(random, 15, 1, 1.0, 0.21), _daisy_petals(random, 15, 0, 0.97, 0.0),
        fill(1, *lines), fill(2, circle(0, 0, 0.3)), fill(5, ellipse(-0.02, -0.03, 0.26, 0.25)),
        fill(2, seeds(17, 0.2, 0.027))]  # fmt: skip


def _daisy_side(random: np.random.Generator) -> Shapes:
    """Return a daisy from the side, its foot at the origin."""
    petals: tuple[list[Path], list[Path]] = ([], [])
    for index, turn in enumerate(np.linspace(-1.75, 1.75, 15)):
        petal = petal_of(0.115, base=0.05, shoulder=0.7).scaled(1, 0.9 - 0.12 * np.cos(turn))
        lean = float(turn) + float(random.uniform(-0.06, 0.06))
        petals[index % 2].append(bent(petal, 0.16 * lean).rotated(lean))
    dome = smooth_closed(
        [(-0.3, -0.08), (-0.2, -0.26), (0, -0.32), (0.2, -0.26), (0.3, -0.08), (0, 0.0)]
    )
    cup = smooth_closed(
        [(-0.24, -0.1), (-0.16, 0.06), (0, 0.12), (0.16, 0.06), (0.24, -0.1), (0, -0.02)]
    )
    front = [bent(petal_of(0.12, base=0.05, shoulder=0.7),
        0.2 * t) .rotated(t) .scaled(1, 0.5) .moved(0, -0.06)
        for t in (-2.1, -2.6, 2.7, 2.2)]  # fmt: skip
    return [fill(1, *petals[1]), fill(0, *petals[0]), fill(5, dome),
        fill(2, dots([(-0.12, -0.2), (0.02, -0.24), (0.14, -0.18)], 0.026)), fill(1, *front),
        fill(3, cup)]  # fmt: skip


def _daisy(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a daisy: from above; from the side with leaves; two on their stalks."""
    if view == 0:
        return _daisy_above(random)
    half = [(0.035, 0.0), (0.05, -0.3), (0.15, -0.46), (0.1, -0.52), (0.19, -0.68), (0.12, -0.74),
        (0.14, -0.88), (0.06, -0.93)]  # fmt: skip
    outline = smooth_closed([*half, (0, -1), *((-x, y) for x, y in half[::-1])])
    leaf = [fill(3, bent(outline, 0.5)), fill(4, bent(blade(0.026, 0.3).scaled(1, 0.9), 0.5))]
    if view == 1:
        stem = Stem.through([(0.1, 1.6), (-0.06, 1.0), (0.04, 0.5), (0, 0)])
        shapes = [fill(3, stem.path(0.055, 0.05)), *placed(leaf, stem.at(0.12)[0], 0.7, 0.8)]
        return [*shapes, *placed(leaf, stem.at(0.35)[0], -0.8, (-0.66, 0.66)), *_daisy_side(random)]
    stems = [
        Stem.through([(0.05, 1.5), (0.0, 0.8), (-0.4, -0.1)]),
        Stem.through([(0.05, 1.5), (0.2, 0.9), (0.62, 0.5)]),
    ]
    shapes = [
        fill(3, *(stem.path(0.05, 0.045) for stem in stems)),
        *placed(leaf, (0.03, 1.3), -0.8, (-0.7, 0.7)),
    ]
    shapes += placed(_daisy_side(random), (0.62, 0.5), 0.5, 0.62)
    return shapes + placed(_daisy_above(random), (-0.4, -0.1), -0.2, (0.8, 0.72))


def _sunflower_head(random: np.random.Generator) -> Shapes:
    """Return the head of a sunflower from above, of radius one."""
    shapes: Shapes = []
    for slot, count, size, start in ((1, 19, 1.0, 0.16), (0, 19, 0.97, 0.0)):
        petals = []
        for index in range(count):
            turn = start + 2 * np.pi * (index + float(random.uniform(-0.18, 0.18))) / count
            petal = blade_of(0.155, 0.56, float(random.uniform(-0.35, 0.35)), point=0.3)
            petals.append(petal.scaled(size * float(random.uniform(0.92, 1.05))).rotated(turn))
        shapes.append(fill(slot, *petals))
    lines = rays(blade(0.018, 0.4).scaled(1, 0.34).moved(0, -0.5), 2 * np.pi * np.arange(19) / 19)
    return [*shapes, fill(1, *lines), fill(5, circle(0, 0, 0.5)), fill(2, seeds(42, 0.44, 0.032)),
        fill(5, circle(0, 0, 0.17)), fill(1, seeds(12, 0.13, 0.022))]  # fmt: skip


def _sunflower(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sunflower: its head; on its stalk with leaves; from the side, bowed."""
    if view == 0:
        return _sunflower_head(random)
    leaf = [fill(3, blade_of(0.4, 0.32, 0.3, point=0.7)),
        fill(4, half_of(0.4, 0.32, 0.3, point=0.7)),
        fill(0, ribs(0.4, 3, 0.32, 0.3, bold=0.05))]  # fmt: skip
    stem = Stem.through([(0.12, 2.1), (-0.04, 1.4), (0.02, 0.6), (0, 0)]
        if view == 1 else [(-0.2, 1.8), (-0.24, 0.9), (-0.1, 0.2), (0.2, -0.06)])  # fmt: skip
    shapes = [fill(3, stem.path(0.11, 0.09))]
    for share, side, size in ((0.25, 1, 0.85), (0.44, -1, 0.8)):
        shapes += placed(leaf, stem.at(share)[0], side * 1.15, (side * size, size))
    if view == 1:
        return shapes + placed(_sunflower_head(random), (0, 0), 0.3, (1.0, 0.94))
    head: Shapes = []
    for slot, turns in ((1, np.linspace(-1.65, 1.65, 13)), (0, np.linspace(-1.5, 1.5, 12))):
        head.append(fill(slot, *(blade_of(0.16, 0.5, 0.25 * float(t),
            point=0.3) .scaled(0.95 - 0.1 * np.cos(float(t))) .rotated(float(t))
            for t in turns)))  # fmt: skip
    dome = smooth_closed(
        [(-0.46, -0.02), (-0.36, -0.22), (0, -0.32), (0.36, -0.22), (0.46, -0.02), (0, 0.06)]
    )
    cup = [
        moved(blade_of(0.3, 0.4, point=0.5), (0.3 * t, 0.14), t, 0.4)
        for t in (-1.2, -0.6, 0.0, 0.6, 1.2)
    ]
    base = smooth_closed(
        [(-0.48, -0.04), (-0.3, 0.22), (0, 0.28), (0.3, 0.22), (0.48, -0.04), (0, 0.08)]
    )
    head += [fill(5, dome), fill(2, dots([(x, -0.12 - 0.1 * (1 - x * x * 8))
        for x in (-0.26, -0.13, 0.0, 0.13, 0.26)], 0.032)), fill(3, base),
        fill(4, *(path.scaled(1, 0.7).moved(0, 0.08) for path in cup))]  # fmt: skip
    return swayed(shapes + placed(head, (0.26, -0.1), 0.75, 0.9), random)


DRAWINGS: Mapping[str, DrawMotif] = {"daisy": _daisy, "sunflower": _sunflower}
