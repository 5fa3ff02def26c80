"""Frogs and axolotls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    disc,
    fill,
    halo,
    outline,
    oval,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_SKIN, _PALE, _DARK, _SHADE, _IRIS, _PAD = range(6)


def _toes(x: float, y: float, angles: Sequence[float], size: float) -> list[Path]:
    """Return spread toes with round tips."""
    ends = [(x + np.sin(a) * size, y - np.cos(a) * size) for a in angles]
    return [each for end in ends for each in (ribbon([(x, y), end], size * 0.3),
        disc(end, size * 0.26))]  # fmt: skip


def _frog_sitting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a frog that sits on a lily pad, from the side."""
    j = random.uniform(-0.04, 0.04)
    pad = outline([(-0.9, 0.56), (-0.5, 0.42), (0.1, 0.4), (0.7, 0.44), (0.92, 0.56), (0.6, 0.68),
        (0.0, 0.72), (-0.6, 0.68)])  # fmt: skip
    body = outline([(-0.62, -0.26), (-0.46, -0.42), (-0.2, -0.38), (0.12, -0.2),
        (0.42, 0.14), (0.54, 0.42), (0.4, 0.54), (0.0, 0.5), (-0.26, 0.34), (-0.42, 0.1),
        (-0.6, -0.1)])  # fmt: skip
    belly = outline([(-0.61, -0.16), (-0.4, -0.1), (-0.24, 0.0), (-0.1, 0.28), (0.04, 0.5, 0),
        (-0.26, 0.36), (-0.42, 0.1), (-0.59, -0.08)])  # fmt: skip
    thigh = outline([(0.02, 0.4), (0.0, 0.18), (0.2, 0.04), (0.44, 0.14), (0.58, 0.38),
        (0.46, 0.54), (0.2, 0.54)])  # fmt: skip
    shin = ribbon([(0.5, 0.48), (0.2, 0.47), (0.0, 0.54)], (0.14, 0.13, 0.09))
    arm = ribbon([(-0.3, 0.06), (-0.22, 0.3), (-0.36, 0.53)], (0.17, 0.13, 0.09))
    feet = [*_toes(-0.36, 0.52, (-1.75, -1.35, 1.7), 0.14), *_toes(0.0, 0.54, (-1.7, -1.35, -2.0),
        0.16)]  # fmt: skip
    eye = [fill(_SKIN, circle(-0.4, -0.42, 0.135)), fill(_IRIS, circle(-0.42, -0.43, 0.09)),
        fill(_DARK, oval(-0.43, -0.43, 0.058, 0.046)),
        fill(_PALE, circle(-0.45, -0.45, 0.017))]  # fmt: skip
    mouth = ribbon([(-0.63, -0.19), (-0.44, -0.16), (-0.26, -0.2)], (0.012, 0.026, 0.01))
    spots = [oval(x, y + j, 0.07, 0.05, 0.6) for x, y in ((-0.1, -0.22), (0.1, -0.06),
        (0.24, 0.16), (0.36, 0.3))]  # fmt: skip
    leg = [fill(_SKIN, thigh, shin)]
    return [fill(_PAD, pad), fill(_SKIN, body), fill(_PALE, belly), fill(_SHADE, *spots[:2]),
        *halo(_SHADE, 0.016, leg), *leg, fill(_SHADE, *spots[2:]),
        *halo(_SHADE, 0.016, [fill(_SKIN, *feet)]), fill(_SKIN, arm, *feet),
        fill(_DARK, mouth, circle(-0.585, -0.25, 0.016)), *eye]  # fmt: skip


def _frog(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a frog: on a lily pad, from the front, leaping."""
    j = random.uniform(-0.04, 0.04)
    if view == 0:
        return _frog_sitting(random)
    if view == 1:
        return _frog_in_front(random)
    body = outline([(-0.66, -0.36), (-0.52, -0.5), (-0.3, -0.44), (0.02, -0.2), (0.3, 0.1),
        (0.3, 0.24), (0.1, 0.22), (-0.3, 0.02), (-0.6, -0.2)])  # fmt: skip
    belly = outline([(-0.64, -0.28), (-0.44, -0.2), (-0.1, 0.02), (0.26, 0.22), (0.1, 0.23),
        (-0.3, 0.03), (-0.58, -0.18)])  # fmt: skip
    leg = [ribbon([(0.16, 0.12), (0.34, 0.34), (0.6, 0.22)], (0.26, 0.2, 0.13)),
        ribbon([(0.58, 0.22), (0.62, 0.44), (0.9, 0.5)], (0.12, 0.11, 0.08)),
        ribbon([(0.86, 0.48), (1.0, 0.58), (1.12, 0.56)], (0.09, 0.07, 0.05)),
        *_toes(1.08, 0.57, (1.3, 1.75, 2.2), 0.14)]  # fmt: skip
    far = [ribbon([(0.1, 0.16), (0.18, 0.42), (0.42, 0.4)], (0.2, 0.16, 0.1)),
        ribbon([(0.4, 0.4), (0.44, 0.6), (0.66, 0.7)], (0.1, 0.09, 0.07)),
        *_toes(0.66, 0.7, (1.3, 1.75, 2.2), 0.13)]  # fmt: skip
    arms = [ribbon([(-0.34, -0.08), (-0.5, 0.1), (-0.68, 0.08)], (0.16, 0.11, 0.08)),
        *_toes(-0.68, 0.08, (-2.1, -1.6, -1.1), 0.12)]  # fmt: skip
    eye = [fill(_SKIN, circle(-0.46, -0.48, 0.125)), fill(_IRIS, circle(-0.48, -0.49, 0.082)),
        fill(_DARK, oval(-0.49, -0.49, 0.052, 0.042)),
        fill(_PALE, circle(-0.51, -0.51, 0.016))]  # fmt: skip
    spots = [oval(x, y + j, 0.07, 0.045, 0.8) for x, y in ((-0.2, -0.28), (-0.02, -0.12),
        (0.14, 0.04))]  # fmt: skip
    mouth = ribbon([(-0.65, -0.3), (-0.48, -0.24), (-0.32, -0.26)], (0.012, 0.026, 0.01))
    drops = [oval(x, y, 0.03, 0.045, 0.5) for x, y in ((0.3, 0.66), (0.2, 0.8 + j), (0.4, 0.86))]
    return [fill(_SHADE, *far), fill(_SKIN, body, *leg), fill(_PALE, belly), fill(_SHADE, *spots),
        fill(_SKIN, *arms), fill(_DARK, mouth), *eye, fill(_PAD, *drops)]  # fmt: skip


def _frog_in_front(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting frog from the front."""
    j = random.uniform(-0.03, 0.03)
    body = outline(both_sides([(0, -0.36), (-0.3, -0.32), (-0.44, -0.1), (-0.36, 0.2),
        (-0.3, 0.44), (0, 0.5)]))  # fmt: skip
    belly = outline(both_sides([(0, -0.04), (-0.3, -0.06), (-0.26, 0.2), (-0.18, 0.4), (0, 0.44)]))
    legs = [outline([(d * 0.24, 0.42), (d * 0.3, 0.12), (d * 0.5, -0.04), (d * 0.62, 0.16),
        (d * 0.56, 0.42), (d * 0.4, 0.5)]) for d in _SIDES]  # fmt: skip
    arms = [ribbon([(d * 0.3, 0.06), (d * 0.26, 0.3), (d * 0.16, 0.48)], (0.14, 0.12, 0.09))
        for d in _SIDES]  # fmt: skip
    feet = [each for d in _SIDES for each in (*_toes(d * 0.16, 0.46, (2.6, 3.14, -2.6), 0.12),
        *_toes(d * 0.46, 0.46, (d * 2.7, d * 2.2, d * 1.75), 0.15))]  # fmt: skip
    eyes = [circle(d * 0.25, -0.4, 0.145) for d in _SIDES]
    iris = [circle(d * 0.25, -0.42, 0.098) for d in _SIDES]
    pupils = [oval(d * 0.25, -0.42, 0.06, 0.045) for d in _SIDES]
    mouth = ribbon([(-0.34, -0.16), (-0.16, -0.08), (0.0, -0.065), (0.16, -0.08), (0.34, -0.16)],
        (0.0, 0.028, 0.03, 0.028, 0.0))  # fmt: skip
    spots = [oval(x + j, y, 0.05, 0.036) for x, y in ((-0.06, -0.3), (0.08, -0.26), (0.0, -0.22))]
    pad = outline([(-0.84, 0.54), (-0.4, 0.44), (0.4, 0.44), (0.84, 0.54), (0.5, 0.66),
        (-0.5, 0.66)])  # fmt: skip
    leg = [fill(_SKIN, *legs)]
    return [fill(_PAD, pad), *leg, fill(_SKIN, body, *eyes), fill(_PALE, belly),
        *halo(_SHADE, 0.015, [fill(_SKIN, *arms, *feet)]), fill(_SKIN, *arms, *feet),
        fill(_SHADE, *spots), fill(_IRIS, *iris), fill(_DARK, *pupils, mouth,
        *(circle(d * 0.05, -0.18, 0.014) for d in _SIDES)),
        fill(_PALE, *(circle(d * 0.25 - 0.03, -0.45, 0.018) for d in _SIDES))]  # fmt: skip


_PINK, _BLUSH, _GILL, _INK = range(4)


def _gill(x: float, y: float, angle: float, length: float) -> list[Path]:
    """Return a feathery gill."""
    sx, sy = np.sin(angle), -np.cos(angle)
    fringe = [plume(x + sx * length * s, y + sy * length * s, angle + e * 0.85, length * 0.42,
        0.04) for s in (0.2, 0.4, 0.6, 0.8) for e in (-1, 1)]  # fmt: skip
    return [plume(x, y, angle, length, 0.1, 0.0, 0.3), *fringe]


def _axolotl_face(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of an axolotl from the front around the origin."""
    j = random.uniform(-0.06, 0.06)
    gills = [p for d in _SIDES for y, a, n in ((-0.14, 0.75, 0.36), (-0.02, 1.3, 0.4),
        (0.1, 1.85, 0.34)) for p in _gill(d * 0.26, y, d * (a + j), n)]  # fmt: skip
    head = outline(both_sides([(0, -0.26), (-0.22, -0.23), (-0.36, -0.02), (-0.3, 0.17),
        (-0.14, 0.25), (0, 0.26)]))  # fmt: skip
    mouth = ribbon([(-0.14, 0.1), (-0.06, 0.145), (0.06, 0.145), (0.14, 0.1)],
        (0.0, 0.026, 0.026, 0.0))  # fmt: skip
    return [fill(_GILL, *gills), fill(_PINK, head), fill(_BLUSH, *(oval(d * 0.22, 0.1, 0.055,
        0.036) for d in _SIDES)), fill(_INK, *(circle(d * 0.19, 0.0, 0.04) for d in _SIDES),
        mouth)]  # fmt: skip


def _axolotl(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an axolotl: walking, floating upright from the front."""
    j = random.uniform(-0.05, 0.05)
    if view == 0:
        body = Body.through([(-0.4, 0.06), (-0.1, 0.08), (0.24, 0.08), (0.6, 0.0),
            (0.96, -0.16 + j)], (0.36, 0.4, 0.34, 0.2, 0.04))  # fmt: skip
        fin = outline([(-0.06, -0.1, 0), (0.2, -0.2), (0.56, -0.26), (0.9, -0.32 + j),
            (1.06, -0.24 + j, 0), (0.96, -0.04), (0.66, 0.16), (0.36, 0.22, 0)])  # fmt: skip
        legs = [[ribbon([(x, 0.16), (x + lean, 0.3), (x + lean * 1.6, 0.38)], (0.15, 0.11, 0.08)),
            *_toes(x + lean * 1.6, 0.38, (-2.2, -2.8, 2.7), 0.085)] for x, lean in ((-0.2, -0.06),
            (0.3, -0.06), (-0.02, 0.05), (0.46, 0.05))]  # fmt: skip
        spots = [oval(x, y, 0.028, 0.02) for x, y in ((0.0, 0.0), (0.12, -0.03), (0.24, 0.02),
            (0.4, 0.0))]  # fmt: skip
        near = [p for leg in legs[:2] for p in leg]
        far = [p for leg in legs[2:] for p in leg]
        belly = body.patch([(0.1, 0.5), (0.4, 0.45), (0.62, 0.6), (0.5, 1.0), (0.2, 1.0)])
        return [fill(_BLUSH, fin, *far), fill(_PINK, body.contour()),
            fill(_BLUSH, belly, *spots), fill(_PINK, *near), *turned(_axolotl_face(random),
            -0.05, 1.0, (-0.5, -0.02))]  # fmt: skip
    body = Body.through([(0, -0.12), (0, 0.14), (0.0, 0.36), (0.12, 0.58), (0.34, 0.7 + j)],
        (0.32, 0.38, 0.3, 0.18, 0.03))  # fmt: skip
    fin = outline([(0.16, 0.34, 0), (0.3, 0.46), (0.46, 0.62), (0.48, 0.78 + j, 0), (0.24, 0.8),
        (0.02, 0.7), (-0.08, 0.5, 0)])  # fmt: skip
    belly = outline(both_sides([(0, -0.02), (-0.11, 0.08), (-0.1, 0.28), (0, 0.38)]))
    arms = [p for d in _SIDES for p in (ribbon([(d * 0.14, 0.02), (d * 0.3, 0.1),
        (d * 0.38, 0.02)], (0.13, 0.1, 0.07)), *_toes(d * 0.38, 0.02, (d * 0.2, d * 0.9, d * 1.5),
        0.085))]  # fmt: skip
    feet = [p for d in _SIDES for p in (ribbon([(d * 0.1, 0.32), (d * 0.26, 0.44),
        (d * 0.3, 0.54)], (0.14, 0.1, 0.07)), *_toes(d * 0.3, 0.54, (d * 1.5, d * 2.2, d * 2.9),
        0.085))]  # fmt: skip
    return [fill(_BLUSH, fin), fill(_PINK, body.contour(), *arms, *feet), fill(_BLUSH, belly),
        *turned(_axolotl_face(random), 0.0, 1.05, (0, -0.36))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"frog": _frog, "axolotl": _axolotl}
