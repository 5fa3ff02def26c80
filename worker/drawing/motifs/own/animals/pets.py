"""Hamsters and hedgehogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import both_sides, fill, halo, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_FUR, _LIGHT, _DARK, _SHADE, _PINK, _SEED = range(6)


def _sunflower_seed(x: float, y: float, turn: float, size: float) -> list[MotifShape]:
    seed = outline([(0, -0.2, 0), (0.09, -0.02), (0.07, 0.12), (0, 0.17), (-0.07, 0.12),
        (-0.09, -0.02)])  # fmt: skip
    stripes = [sliver([(d * 0.012, -0.12), (d * 0.035, 0.0), (d * 0.025, 0.12)], 0.02)
        for d in _SIDES]  # fmt: skip
    return turned([fill(_SEED, seed), fill(_LIGHT, *stripes)], turn, size, (x, y))


def _hamster_face() -> list[MotifShape]:
    """Draw the head of a hamster from the front around the origin."""
    ears = [circle(d * 0.27, -0.28, 0.11) for d in _SIDES]
    inner = [circle(d * 0.275, -0.27, 0.065) for d in _SIDES]
    head = outline(both_sides([(0, -0.31), (-0.2, -0.28), (-0.34, -0.08), (-0.46, 0.14),
        (-0.32, 0.3), (0, 0.32)]))  # fmt: skip
    blaze = outline(both_sides([(0, -0.31, 0), (-0.05, -0.2), (-0.05, -0.02), (-0.2, 0.08),
        (-0.42, 0.16), (-0.3, 0.3), (0, 0.32)]))  # fmt: skip
    cheeks = [oval(d * 0.3, 0.14, 0.07, 0.05) for d in _SIDES]
    eyes = [circle(d * 0.17, -0.03, 0.052) for d in _SIDES]
    glints = [circle(d * 0.17 - 0.016, -0.048, 0.016) for d in _SIDES]
    nose = outline(both_sides([(0, 0.11), (-0.05, 0.07), (0, 0.045)]))
    mouth = [ribbon([(0, 0.1), (0, 0.135), (d * 0.04, 0.16), (d * 0.085, 0.135)],
        (0.016, 0.018, 0.018, 0.01)) for d in _SIDES]  # fmt: skip
    return [fill(_FUR, *ears), fill(_PINK, *inner), fill(_FUR, head), fill(_LIGHT, blaze),
        fill(_PINK, *cheeks, nose), fill(_DARK, *eyes, *mouth), fill(_LIGHT, *glints)]  # fmt: skip


def _hamster(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hamster: upright with a seed, crouching from the side."""
    j = random.uniform(-0.1, 0.1)
    if view == 0:
        body = outline(both_sides([(0, -0.2), (-0.3, -0.1), (-0.46, 0.2), (-0.42, 0.52),
            (-0.2, 0.66), (0, 0.67)]))  # fmt: skip
        belly = outline(both_sides([(0, -0.1), (-0.2, 0.0), (-0.3, 0.26), (-0.22, 0.52), (0, 0.6)]))
        feet = [fill(_PINK, oval(d * 0.22, 0.65, 0.13, 0.06)) for d in _SIDES]
        arms = [fill(_FUR, ribbon([(d * 0.34, 0.0), (d * 0.34, 0.18), (d * 0.14, 0.2)],
            (0.0, 0.15, 0.1))) for d in _SIDES]  # fmt: skip
        paws = [fill(_PINK, oval(d * 0.1, 0.2, 0.06, 0.05)) for d in _SIDES]
        return [fill(_FUR, body), fill(_LIGHT, belly), *feet, *halo(_SHADE, 0.012, arms), *arms,
            *_sunflower_seed(0, 0.18, j, 0.9), *paws, *turned(_hamster_face(), 0.0, 1.08,
            (0, -0.32))]  # fmt: skip
    body = outline([(-0.5, 0.1), (-0.36, -0.22), (0.0, -0.38), (0.38, -0.3), (0.62, 0.0),
        (0.62, 0.28), (0.42, 0.42), (-0.2, 0.42), (-0.46, 0.34)])  # fmt: skip
    belly = outline([(-0.44, 0.22), (0.0, 0.26), (0.5, 0.28), (0.42, 0.42), (-0.2, 0.42),
        (-0.44, 0.35)])  # fmt: skip
    saddle = outline([(-0.2, -0.33, 0), (0.0, -0.38), (0.38, -0.3), (0.6, -0.04, 0), (0.4, -0.08),
        (0.1, -0.2)])  # fmt: skip
    haunch = ribbon([(0.16, 0.34), (0.14, 0.12), (0.3, 0.0), (0.48, 0.06)], (0.0, 0.034, 0.04, 0.0))
    soles = [oval(x, 0.43, 0.1, 0.045) for x in (-0.3, -0.06, 0.32)]
    seeds = [*_sunflower_seed(-0.94, 0.36, 0.5 + j, 0.7), *_sunflower_seed(-1.08, 0.4, -1.2, 0.7)]
    return [fill(_PINK, oval(0.64, 0.22, 0.07, 0.04, -0.5)), fill(_FUR, body),
        fill(_SHADE, saddle, haunch), fill(_LIGHT, belly), fill(_PINK, *soles), *seeds,
        *turned(_hamster_face(), -0.08, 0.98, (-0.46, 0.02))]  # fmt: skip


_SPINE, _SPINE_DARK, _FACE, _INK, _APPLE, _LEAF = range(6)


def _spines(rows: Sequence[tuple[float, int]], first: float, last: float) -> list[MotifShape]:
    """Draw rows of spines on a half disc around the origin, the outer row first."""
    layers: list[MotifShape] = []
    for k, (radius, count) in enumerate(rows):
        turns = np.linspace(first, last, count).tolist()
        layers.append(fill((_SPINE_DARK, _SPINE)[k % 2], *(plume(np.sin(a) * radius * 1.2,
            -np.cos(a) * radius, a + 0.25, 0.26, 0.12, 0.1, 0.3) for a in turns)))  # fmt: skip
    return layers


def _hedgehog(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hedgehog: walking with an apple on its back, rolled up asleep."""
    j = random.uniform(-0.06, 0.06)
    if view == 0:
        coat = outline([(-0.5, 0.3), (-0.56, -0.04), (-0.36, -0.4), (0.0, -0.54), (0.4, -0.42),
            (0.66, -0.08), (0.66, 0.26), (0.4, 0.38), (-0.2, 0.38)])  # fmt: skip
        rim = [plume(x, y, a + j, 0.2, 0.13, 0.1, 0.3) for x, y, a in ((-0.5, -0.14, -0.8),
            (-0.44, -0.28, -0.55), (-0.32, -0.4, -0.35), (-0.16, -0.48, -0.1), (0.02, -0.52, 0.1),
            (0.2, -0.48, 0.35), (0.36, -0.4, 0.55), (0.5, -0.28, 0.8), (0.6, -0.12, 1.05),
            (0.64, 0.06, 1.35), (0.62, 0.22, 1.7))]  # fmt: skip
        quills = [sliver([(x, y), (x + 0.05, y - 0.06), (x + 0.13, y - 0.1)], 0.04) for x,
            y in ((-0.3, -0.1), (-0.16, -0.28), (-0.02, -0.08), (0.1, -0.28), (0.22, -0.12),
            (0.36, -0.2), (-0.24, 0.12), (-0.04, 0.14), (0.16, 0.08), (0.36, 0.02), (0.48, 0.1),
            (0.3, 0.22), (0.06, 0.28))]  # fmt: skip
        face = outline([(-0.36, -0.16), (-0.56, -0.14), (-0.74, 0.04), (-0.94, 0.14),
            (-0.96, 0.22), (-0.8, 0.3), (-0.5, 0.38), (-0.3, 0.34), (-0.24, 0.1)])  # fmt: skip
        belly = outline([(-0.4, 0.3), (0.0, 0.3), (0.5, 0.28), (0.4, 0.42), (-0.2, 0.44)])
        feet = [outline([(x - 0.13, 0.5, 0), (x - 0.08, 0.4), (x, 0.36), (x + 0.08, 0.4),
            (x + 0.07, 0.5, 0)]) for x in (-0.36, -0.1, 0.22, 0.44)]  # fmt: skip
        ear = [circle(-0.4, -0.06, 0.085), circle(-0.4, -0.05, 0.045)]
        apple = outline([(0.12, -0.72), (0.02, -0.78), (-0.1, -0.68), (-0.04, -0.5),
            (0.12, -0.46), (0.28, -0.5), (0.34, -0.68), (0.22, -0.78)])  # fmt: skip
        return [fill(_SPINE_DARK, *rim), fill(_FACE, *feet), fill(_SPINE, coat),
            fill(_SPINE_DARK, *quills), fill(_FACE, belly, face, ear[0]), fill(_SPINE, ear[1]),
            fill(_INK, circle(-0.94, 0.17, 0.055), oval(-0.64, 0.08, 0.04, 0.046),
            sliver([(-0.86, 0.26), (-0.74, 0.27), (-0.64, 0.22)], 0.022)),
            fill(_FACE, circle(-0.655, 0.062, 0.013)),
            fill(_APPLE, apple, oval(-0.52, 0.22, 0.055, 0.036)),
            fill(_LEAF, plume(0.12, -0.74, 0.9, 0.22, 0.1), ribbon([(0.12, -0.7), (0.13, -0.8),
            (0.1, -0.88)], 0.03))]  # fmt: skip
    rows = _spines([(0.5, 26), (0.4, 22), (0.29, 17), (0.17, 11)], -np.pi + 0.1, np.pi - 0.1)
    ball = oval(0, 0, 0.62, 0.53)
    face = outline([(-0.26, 0.1), (-0.1, 0.02), (0.16, 0.08), (0.3, 0.26), (0.16, 0.42),
        (-0.1, 0.44), (-0.34, 0.38), (-0.42, 0.26)])  # fmt: skip
    paws = [oval(x, y, 0.07, 0.05, a) for x, y, a in ((0.0, 0.44, 0.3), (0.14, 0.42, -0.3))]
    lids = [ribbon([(-0.12, 0.2), (-0.05, 0.24), (0.02, 0.2)], (0.012, 0.03, 0.012))]
    leaves = [plume(x, y, a + j, 0.34, 0.14, 0.3) for x, y, a in ((-0.5, 0.5, -1.5),
        (-0.4, 0.56, -2.0), (0.46, 0.54, 1.5), (0.36, 0.58, 1.9))]  # fmt: skip
    return [fill(_LEAF, *leaves), fill(_SPINE_DARK, ball), *rows, fill(_FACE, face),
        fill(_INK, circle(-0.41, 0.29, 0.052), *lids),
        fill(_APPLE, oval(-0.02, 0.31, 0.05, 0.032)),
        *halo(_SPINE_DARK, 0.01, [fill(_FACE, *paws)]), fill(_FACE, *paws)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"hamster": _hamster, "hedgehog": _hedgehog}
