"""Peacocks and owls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    disc,
    fill,
    outline,
    oval,
    plume,
    quill,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_BLUE, _TRAIN, _RING, _GOLD, _EYE, _LIGHT = range(6)


def _eyes(spots: Sequence[tuple[float, float, float, float]]) -> list[MotifShape]:
    """Draw the eyes of a train: x, y, radius, angle of the outer side."""
    layers: list[MotifShape] = []
    for slot, size, out in (
        (_GOLD, 1.0, 0.0),
        (_RING, 0.74, 0.06),
        (_BLUE, 0.52, 0.16),
        (_EYE, 0.3, 0.22),
    ):
        layers.append(fill(slot, *(oval(x + np.sin(a) * r * out, y - np.cos(a) * r * out, r * size
            * 0.86, r * size, a) for x, y, r, a in spots)))  # fmt: skip
    return layers


def _crest(x: float, y: float, angles: Sequence[float], size: float) -> list[MotifShape]:
    tops = [(x + np.sin(a) * size, y - np.cos(a) * size) for a in angles]
    return [fill(_TRAIN, *(ribbon([(x, y), top], 0.014) for top in tops)),
        fill(_BLUE, *(oval(*top, 0.024, 0.034, a) for top,
        a in zip(tops, angles, strict=True)))]  # fmt: skip


def _peacock_aside(random: np.random.Generator) -> list[MotifShape]:
    """Draw a standing peacock whose train trails behind."""
    j = random.uniform(-0.03, 0.03)
    train = Body.through([(-0.3, -0.1), (0.0, 0.1), (0.34, 0.38), (0.72, 0.68), (1.1, 0.9 + j)],
        (0.2, 0.36, 0.52, 0.6, 0.56))  # fmt: skip
    tip = [disc(train.spine[-1], 0.27)]
    ends = [plume(x, y, train.angle(0.97) + t * 0.5, 0.36, 0.15, 0.0, 0.6)
        for t in np.linspace(-0.9, 0.9, 7).tolist()
        for x, y in train.at([(0.97, t)]).tolist()]  # fmt: skip
    spots = []
    for s, ts in (
        (0.3, (0.0,)),
        (0.42, (-0.45, 0.45)),
        (0.54, (-0.66, 0.0, 0.66)),
        (0.66, (-0.4, 0.4)),
        (0.76, (-0.72, 0.0, 0.72)),
        (0.87, (-0.4, 0.4)),
        (0.97, (-0.78, 0.0, 0.78)),
        (1.0, ()),
    ):
        for t in ts:
            x, y = train.at([(s, t)])[0].tolist()
            spots.append((x, y, 0.045 + 0.04 * s, train.angle(s) + t * 0.3))
    x, y = train.spine[-1].tolist()
    spots += [(x + 0.15, y - 0.02, 0.08, 2.0), (x + 0.02, y + 0.16, 0.08, 2.4)]
    body = outline([(-0.58, -0.52), (-0.48, -0.6), (-0.4, -0.48), (-0.34, -0.26),
        (-0.12, -0.1), (0.06, 0.1), (0.0, 0.28), (-0.24, 0.3), (-0.46, 0.14), (-0.54, -0.1),
        (-0.52, -0.34)])  # fmt: skip
    wing = outline([(-0.3, -0.12), (-0.1, -0.1), (0.12, 0.08), (0.3, 0.3, 0), (0.04, 0.26),
        (-0.22, 0.16), (-0.34, 0.02)])  # fmt: skip
    scales = [ribbon([(-0.26 + e, -0.02 + e * 0.5), (-0.18 + e, 0.06 + e * 0.5),
        (-0.2 + e, 0.14 + e * 0.4)], (0.012, 0.03, 0.012)) for e in (0.0, 0.12, 0.24)]  # fmt: skip
    beak = outline([(-0.575, -0.56, 0), (-0.7, -0.5, 0), (-0.57, -0.49, 0)])
    face = outline([(-0.57, -0.55), (-0.48, -0.57), (-0.45, -0.53), (-0.52, -0.5)])
    legs = [ribbon([(a, 0.24), (a + 0.02, 0.48), (a - 0.02, 0.72)], (0.07, 0.036, 0.034))
        for a in (-0.22, -0.06)]  # fmt: skip
    toes = [sliver([(a - 0.02, 0.72), (a - 0.02 + d * 0.5, 0.725), (a + d, 0.76)], 0.036)
        for a in (-0.22, -0.06) for d in (-0.13, 0.07)]  # fmt: skip
    return [fill(_TRAIN, train.contour(), *tip, *ends), *_eyes(spots), fill(_GOLD, *legs, *toes),
        *_crest(-0.48, -0.58, (-0.35, 0.0, 0.35), 0.22), fill(_BLUE, body),
        fill(_GOLD, wing, beak), fill(_TRAIN, *scales), fill(_LIGHT, face),
        fill(_EYE, circle(-0.51, -0.54, 0.024))]  # fmt: skip


def _peacock(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a peacock: with a trailing train, with its train spread."""
    if view == 0:
        return _peacock_aside(random)
    j = random.uniform(-0.03, 0.03)
    spots = []
    feathers = []
    for count, reach, size, start in (
        (13, 1.0, 0.085, 0.0),
        (10, 0.8, 0.075, 0.0),
        (9, 0.6, 0.066, 0.0),
        (6, 0.42, 0.056, 0.0),
    ):
        for a in (np.linspace(-1.62, 1.62, count) + start).tolist():
            spots.append((np.sin(a) * reach, 0.36 - np.cos(a) * reach, size, a))
            if reach == 1.0:
                feathers.append(quill(0.0, 0.36, a, 1.13, 0.3))
    base = circle(0, 0.36, 0.5)
    legs = [ribbon([(d * 0.09, 0.56), (d * 0.09, 0.86)], 0.04) for d in _SIDES]
    toes = [sliver([(d * 0.09, 0.85), (d * 0.09 + e * 0.5, 0.855), (d * 0.09 + e, 0.9)], 0.04)
        for d in _SIDES for e in (-0.1, 0.1)]  # fmt: skip
    body = outline(both_sides([(0, -0.36), (-0.08, -0.33), (-0.11, -0.24), (-0.08, -0.12),
        (-0.09, 0.1), (-0.2, 0.34), (-0.18, 0.56), (0, 0.68)]))  # fmt: skip
    belly = outline(both_sides([(0, 0.12), (-0.12, 0.34), (-0.1, 0.54), (0, 0.62)]))
    beak = outline(both_sides([(0, -0.14, 0), (-0.036, -0.23), (0, -0.26)]))
    face = [oval(d * 0.055, -0.25, 0.035, 0.045, d * 0.5) for d in _SIDES]
    eyes = [circle(d * 0.055, -0.255, 0.019) for d in _SIDES]
    scallops = [ribbon([(-w, y), (0, y + 0.05), (w, y)], (0.01, 0.026, 0.01)) for w,
        y in ((0.05, 0.04), (0.07, 0.14), (0.1, 0.26), (0.11, 0.38))]  # fmt: skip
    return [fill(_TRAIN, *feathers, base), *_eyes(spots), fill(_GOLD, *legs, *toes),
        *_crest(0, -0.34, (-0.5 + j, -0.25, 0.0, 0.25, 0.5 + j), 0.2), fill(_BLUE, body),
        fill(_EYE, belly), fill(_RING, *scallops), fill(_LIGHT, *face), fill(_EYE, *eyes),
        fill(_GOLD, beak)]  # fmt: skip


_FEATHER, _PALE, _DARK, _IRIS, _SHADE = range(5)


def _owl_face() -> list[MotifShape]:
    """Draw the head of an eared owl from the front around the origin."""
    head = outline(both_sides([(0, -0.24), (-0.16, -0.28), (-0.4, -0.5, 0), (-0.4, -0.24),
        (-0.42, 0.04), (-0.3, 0.24), (0, 0.32)]))  # fmt: skip
    discs = outline(both_sides([(0, -0.08, 0), (-0.14, -0.22), (-0.33, -0.2), (-0.36, 0.02),
        (-0.24, 0.19), (0, 0.27, 0)]))  # fmt: skip
    brow = outline(both_sides([(0, 0.02, 0), (-0.12, -0.14), (-0.4, -0.5, 0), (-0.3, -0.25),
        (-0.1, -0.26), (0, -0.2, 0)]))  # fmt: skip
    iris = [circle(d * 0.18, -0.0, 0.13) for d in _SIDES]
    pupils = [circle(d * 0.17, 0.0, 0.075) for d in _SIDES]
    glints = [circle(d * 0.17 - 0.025, -0.03, 0.024) for d in _SIDES]
    beak = outline(both_sides([(0, 0.2, 0), (-0.055, 0.09), (0, 0.04)]))
    return [fill(_FEATHER, head), fill(_PALE, discs), fill(_SHADE, brow), fill(_IRIS, *iris),
        fill(_DARK, *pupils, beak), fill(_PALE, *glints)]  # fmt: skip


def _chest_marks(rows: Sequence[tuple[float, int, float]]) -> list[Path]:
    """Return rows of small scalloped marks: height, count, half width."""
    return [outline([(x - 0.045, y, 0), (x, y + 0.015), (x + 0.045, y, 0), (x, y + 0.07)]) for y,
        count, wide in rows for x in np.linspace(-wide, wide, count).tolist()]  # fmt: skip


def _owl(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an owl: perched on a branch, flying towards the viewer."""
    j = random.uniform(-0.04, 0.04)
    body = outline(both_sides([(0, -0.2), (-0.3, -0.16), (-0.4, 0.14), (-0.32, 0.5),
        (-0.14, 0.68), (0, 0.7)]))  # fmt: skip
    belly = outline(both_sides([(0, -0.12), (-0.22, -0.04), (-0.26, 0.2), (-0.18, 0.48),
        (0, 0.58)]))  # fmt: skip
    marks = _chest_marks([(0.0, 4, 0.17), (0.11, 5, 0.2), (0.22, 4, 0.17), (0.33, 3, 0.12)])
    if view == 0:
        wings = [outline([(d * 0.3, -0.16), (d * 0.44, 0.02), (d * 0.44, 0.36),
            (d * 0.26, 0.7, 0), (d * 0.24, 0.4), (d * 0.27, 0.1)]) for d in _SIDES]  # fmt: skip
        bars = [sliver([(d * 0.42, y), (d * 0.36, y + 0.07), (d * 0.27, y + 0.09)], 0.034)
            for d in _SIDES for y in (0.1, 0.22, 0.34)]  # fmt: skip
        tail = [quill(x, 0.4, 3.14 - x, 0.56, 0.14) for x in (-0.09, 0.09, 0.0)]
        branch = ribbon([(-0.8, 0.66), (-0.3, 0.6), (0.3, 0.66), (0.8, 0.56 + j)],
            (0.07, 0.11, 0.11, 0.06))  # fmt: skip
        twig = [ribbon([(0.5, 0.62), (0.66, 0.46), (0.72, 0.34 + j)],
            (0.06, 0.04, 0.02)), ribbon([(-0.56, 0.64), (-0.68, 0.76),
            (-0.82, 0.8 + j)], (0.06, 0.04, 0.02))]  # fmt: skip
        feet = [oval(d * 0.14 + e, 0.6, 0.034, 0.06) for d in _SIDES for e in (-0.07, 0.0, 0.07)]
        return [fill(_SHADE, *tail), fill(_FEATHER, body), fill(_PALE, belly),
            fill(_FEATHER, *marks), fill(_SHADE, *wings), fill(_FEATHER, *bars),
            fill(_DARK, branch, *twig), fill(_IRIS, *feet), *turned(_owl_face(), j, 1.0,
            (0, -0.32))]  # fmt: skip
    feathers, covers = [], []
    for d in _SIDES:
        for s in np.linspace(0, 1, 9).tolist():
            x, y = d * (0.22 + 0.5 * s), 0.06 - 0.24 * np.sin(s * 2.4)
            feathers.append(quill(x, y, d * (2.95 - 1.5 * s + j), 0.5 + 0.1 * s, 0.19))
            covers.append(quill(x, y - 0.03, d * (2.95 - 1.45 * s + j), 0.26, 0.17))
    arms = [ribbon([(d * 0.16, 0.0), (d * 0.46, -0.18), (d * 0.76, -0.1)], (0.2, 0.17, 0.08))
        for d in _SIDES]  # fmt: skip
    tail = [quill(0, 0.36, 3.14 + a, 0.6, 0.17) for a in (-0.36, -0.18, 0.18, 0.36, 0.0)]
    feet = [oval(d * 0.14 + e, 0.68, 0.034, 0.07) for d in _SIDES for e in (-0.06, 0.0, 0.06)]
    return [fill(_SHADE, *tail), fill(_SHADE, *feathers), fill(_FEATHER, *covers, *arms, body),
        fill(_PALE, belly), fill(_FEATHER, *marks), fill(_IRIS, *feet), *turned(_owl_face(), 0.0,
        0.92, (0, -0.3))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"peacock": _peacock, "owl": _owl}
