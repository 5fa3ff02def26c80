"""Lions and wolves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    fill,
    outline,
    oval,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_FUR, _LIGHT, _DARK, _SHADE, _MANE = range(5)
_SIDES = (-1, 1)


def _mane(width: float, height: float, count: int, deep: float, start: float) -> Path:
    """Return a mane of round locks around the origin."""
    points: list[tuple[float, ...]] = []
    for k in range(count):
        a = start + 2 * np.pi * k / count
        b = a + np.pi / count
        points.append((width * (1 - deep) * np.cos(a), height * (1 - deep) * np.sin(a), 0))
        points.append((width * np.cos(b), height * np.sin(b)))
    return outline(points)


def _lion_face(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a lion from the front around the origin."""
    j = random.uniform(-0.1, 0.1)
    outer = _mane(0.58, 0.6, 15, 0.13, j).moved(0, 0.03)
    inner = _mane(0.45, 0.47, 13, 0.14, j + 0.2).moved(0, 0.02)
    face = outline(both_sides([(0, 0.33), (-0.13, 0.3), (-0.27, 0.12), (-0.28, -0.1),
        (-0.2, -0.25), (0, -0.28)]))  # fmt: skip
    ears = [circle(d * 0.27, -0.27, 0.1) for d in _SIDES]
    inside = [circle(d * 0.27, -0.265, 0.056) for d in _SIDES]
    muzzle = outline(both_sides([(0, 0.05), (-0.1, 0.05), (-0.17, 0.14), (-0.13, 0.24),
        (-0.06, 0.33), (0, 0.335)]))  # fmt: skip
    bridge = outline(both_sides([(0, 0.08, 0), (-0.085, 0.06), (-0.06, -0.12), (-0.1, -0.22),
        (0, -0.16)]))  # fmt: skip
    nose = outline(both_sides([(0, 0.135), (-0.085, 0.045, 0), (0, 0.03)]))
    mouth = [ribbon([(0, 0.12), (0, 0.19), (d * 0.05, 0.23), (d * 0.11, 0.2)],
        (0.022, 0.02, 0.022, 0.012)) for d in _SIDES]  # fmt: skip
    eyes = [oval(d * 0.145, -0.04, 0.034, 0.042) for d in _SIDES]
    return [fill(_MANE, outer), fill(_SHADE, inner), fill(_FUR, *ears), fill(_MANE, *inside),
        fill(_FUR, face), fill(_LIGHT, muzzle), fill(_SHADE, bridge),
        fill(_DARK, nose, *mouth, *eyes)]  # fmt: skip


def _lion_tail(points: Sequence[tuple[float, float]], turn: float) -> list[MotifShape]:
    """Draw a thin tail with a tuft."""
    x, y = points[-1]
    tuft = outline([(0, 0.05), (-0.1, -0.08), (-0.04, -0.28, 0), (0.04, -0.16), (0.1, -0.22, 0),
        (0.09, -0.04)])  # fmt: skip
    return [fill(_FUR, ribbon(points, (0.12, 0.085, 0.075, 0.065))),
        fill(_MANE, tuft.rotated(turn).moved(x, y))]  # fmt: skip


def _lion_sitting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting lion from the front."""
    body = outline(both_sides([(0, -0.3), (-0.2, -0.2), (-0.28, 0.1), (-0.42, 0.4), (-0.42, 0.66),
        (-0.3, 0.76), (0, 0.74)]))  # fmt: skip
    chest = _mane(0.3, 0.42, 11, 0.14, 0.3).moved(0, 0.0)
    legs = [outline([(d * 0.02, 0.1), (d * 0.17, 0.14), (d * 0.17, 0.56), (d * 0.22, 0.7),
        (d * 0.17, 0.78), (d * 0.03, 0.77)]) for d in _SIDES]  # fmt: skip
    gaps = [sliver([(d * 0.2, 0.26), (d * 0.2, 0.5), (d * 0.25, 0.7)], 0.036) for d in _SIDES]
    paws = [oval(d * 0.12, 0.73, 0.1, 0.055) for d in _SIDES]
    feet = [oval(d * 0.36, 0.72, 0.13, 0.07) for d in _SIDES]
    split = sliver([(0, 0.3), (0, 0.5), (0, 0.76)], 0.03)
    tail = _lion_tail([(0.3, 0.66), (0.6, 0.66), (0.7, 0.42), (0.62, 0.2)], -0.1)
    return [*tail, fill(_FUR, body), fill(_LIGHT, *feet), fill(_FUR, *legs), fill(_LIGHT, *paws),
        fill(_SHADE, *gaps, split), fill(_MANE, chest), *turned(_lion_face(random), 0.0, 0.98,
        (0, -0.42))]  # fmt: skip


def _lion_lying(random: np.random.Generator) -> list[MotifShape]:
    """Draw a resting lion."""
    body = outline([(-0.5, 0.0), (-0.2, -0.12), (0.14, -0.06), (0.42, -0.14), (0.72, 0.04),
        (0.78, 0.34), (0.64, 0.48), (0.1, 0.5), (-0.5, 0.5)])  # fmt: skip
    haunch = ribbon([(0.26, 0.42), (0.24, 0.16), (0.42, 0.0), (0.62, 0.06)],
        (0.0, 0.036, 0.04, 0.0))  # fmt: skip
    paws = [ribbon([(-0.3, 0.36), (-0.52, 0.44), (-0.74, 0.45)], (0.2, 0.15, 0.13)),
        ribbon([(0.6, 0.42), (0.4, 0.46), (0.18, 0.46)], (0.16, 0.13, 0.11))]  # fmt: skip
    far = ribbon([(-0.3, 0.3), (-0.5, 0.4), (-0.62, 0.4)], (0.2, 0.15, 0.13))
    toes = [oval(-0.76, 0.45, 0.08, 0.066), oval(0.16, 0.465, 0.07, 0.055)]
    tail = _lion_tail([(0.7, 0.38), (0.92, 0.46), (1.06, 0.34), (1.06, 0.16)], 0.15)
    return [*tail, fill(_SHADE, far), fill(_FUR, body, *paws), fill(_LIGHT, *toes),
        fill(_SHADE, haunch), *turned(_lion_face(random), -0.04, 0.86,
        (-0.46, -0.12))]  # fmt: skip


def _lion(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lion: walking, sitting from the front, resting."""
    if view == 1:
        return _lion_sitting(random)
    if view == 2:
        return _lion_lying(random)
    body = outline([(-0.5, -0.16), (-0.24, -0.24), (0.1, -0.17), (0.42, -0.22), (0.6, -0.06),
        (0.56, 0.16), (0.3, 0.15), (0.0, 0.22), (-0.34, 0.24), (-0.52, 0.08)])  # fmt: skip
    near = [outline([(-0.48, 0.0), (-0.2, 0.04), (-0.26, 0.36), (-0.27, 0.56), (-0.32, 0.6, 0),
        (-0.52, 0.6, 0), (-0.53, 0.54), (-0.43, 0.48), (-0.46, 0.24)]), outline([(0.3, 0.0),
        (0.6, -0.02), (0.6, 0.2), (0.51, 0.34), (0.57, 0.56), (0.52, 0.6, 0), (0.33, 0.6, 0),
        (0.32, 0.54), (0.42, 0.48), (0.36, 0.3)])]  # fmt: skip
    far = [outline([(-0.28, 0.1), (-0.04, 0.1), (-0.1, 0.36), (-0.06, 0.55), (-0.1, 0.59, 0),
        (-0.28, 0.59, 0), (-0.29, 0.53), (-0.21, 0.47)]), outline([(0.16, 0.06), (0.42, 0.06),
        (0.28, 0.36), (0.32, 0.55), (0.28, 0.59, 0), (0.1, 0.59, 0), (0.09, 0.53),
        (0.17, 0.46)])]  # fmt: skip
    toes = [outline([(x, 0.61, 0), (x, 0.55), (x + 0.1, 0.51), (x + 0.2, 0.56),
        (x + 0.2, 0.61, 0)]) for x in (-0.53, 0.325)]  # fmt: skip
    tail = _lion_tail([(0.54, -0.1), (0.76, -0.08), (0.86, -0.3), (0.78, -0.5)], -0.1)
    crease = ribbon([(0.32, -0.02), (0.28, 0.12), (0.36, 0.28)], (0.0, 0.036, 0.0))
    return [*tail, fill(_SHADE, *far), fill(_FUR, body, *near), fill(_LIGHT, *toes),
        fill(_SHADE, crease), *turned(_lion_face(random), -0.03, 0.92, (-0.5, -0.26))]  # fmt: skip


def _wolf_head(howling: bool) -> list[MotifShape]:
    """Draw the head of a wolf that looks to the left, its neck at the origin."""
    head = outline([(-0.52, 0.0), (-0.5, -0.06), (-0.32, -0.1), (-0.23, -0.19),
        (-0.13, -0.22, 0), (-0.11, -0.44, 0), (0.0, -0.32), (0.06, -0.2), (0.18, -0.06),
        (0.2, 0.14), (0.06, 0.24, 0), (0.0, 0.17), (-0.08, 0.19, 0), (-0.16, 0.12), (-0.4, 0.1),
        (-0.5, 0.06)])  # fmt: skip
    cheek = outline([(-0.52, 0.01, 0), (-0.36, 0.0), (-0.24, -0.02), (-0.1, 0.02), (0.0, 0.0),
        (0.06, 0.24, 0), (0.0, 0.17), (-0.08, 0.19, 0), (-0.16, 0.12), (-0.4, 0.1),
        (-0.5, 0.06)])  # fmt: skip
    far = outline([(-0.22, -0.16, 0), (-0.2, -0.38, 0), (-0.1, -0.26), (-0.06, -0.18, 0)])
    ear = outline([(-0.09, -0.37, 0), (-0.02, -0.27), (0.0, -0.18), (-0.09, -0.2)])
    nose = oval(-0.51, -0.03, 0.044, 0.038)
    eye = outline([(-0.28, -0.06, 0), (-0.23, -0.11), (-0.17, -0.085, 0), (-0.22, -0.06)])
    mouth = (outline([(-0.52, 0.03, 0), (-0.26, 0.06, 0), (-0.47, 0.1, 0)]) if howling
        else sliver([(-0.5, 0.04), (-0.36, 0.055), (-0.24, 0.04)], 0.02))  # fmt: skip
    return [fill(_SHADE, far), fill(_FUR, head), fill(_LIGHT, cheek), fill(_SHADE, ear),
        fill(_DARK, nose, eye, mouth)]  # fmt: skip


def _wolf_howling(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting wolf that howls."""
    j = random.uniform(-0.03, 0.03)
    body = outline([(-0.24, -0.42), (-0.02, -0.46), (0.12, -0.26), (0.3, 0.06), (0.4, 0.36),
        (0.38, 0.6), (0.28, 0.68, 0), (-0.3, 0.68, 0), (-0.32, 0.62), (-0.2, 0.56), (-0.19, 0.34),
        (-0.34, 0.06), (-0.34, -0.2)])  # fmt: skip
    chest = outline([(-0.3, -0.38), (-0.16, -0.3, 0), (-0.17, -0.16), (-0.1, -0.12, 0),
        (-0.16, 0.02), (-0.1, 0.1, 0), (-0.19, 0.18), (-0.16, 0.32, 0), (-0.28, 0.18),
        (-0.35, 0.0), (-0.35, -0.22)])  # fmt: skip
    haunch = ribbon([(0.02, 0.58), (-0.02, 0.4), (0.1, 0.22), (0.26, 0.24)],
        (0.0, 0.04, 0.045, 0.0))  # fmt: skip
    foot = outline([(-0.04, 0.6), (0.12, 0.55), (0.26, 0.61), (0.26, 0.69, 0), (-0.08, 0.69, 0)])
    tail = Body.through([(0.32, 0.54), (0.54, 0.62), (0.76, 0.56 + j), (0.94, 0.4 + j)],
        (0.16, 0.2, 0.2, 0.0))  # fmt: skip
    tip = tail.patch([(0.6, -1.03, 0), (0.68, -0.4), (0.58, 0.1, 0), (0.68, 0.6), (0.6, 1.03, 0),
        (0.85, 1.05), (1.0, 0, 0), (0.85, -1.05)])  # fmt: skip
    leg = sliver([(-0.06, 0.2), (-0.06, 0.44), (-0.1, 0.66)], 0.035)
    saddle = outline([(0.1, -0.28, 0), (0.3, 0.06), (0.4, 0.36), (0.38, 0.46, 0), (0.3, 0.26),
        (0.22, 0.22, 0), (0.22, 0.08), (0.12, 0.06, 0), (0.14, -0.1)])  # fmt: skip
    return [fill(_FUR, tail.contour()), fill(_SHADE, tip), fill(_FUR, body),
        fill(_SHADE, haunch, leg, saddle), fill(_LIGHT, chest, foot, oval(-0.25, 0.64, 0.08,
        0.045)), *turned(_wolf_head(howling=True), 0.95 + j, 0.98, (-0.14, -0.46))]  # fmt: skip


def _wolf_running(random: np.random.Generator) -> list[MotifShape]:
    """Draw a running wolf."""
    j = random.uniform(-0.03, 0.03)
    body = Body.through([(-0.52, -0.06), (-0.3, 0.0), (0.0, 0.0), (0.26, -0.02), (0.46, 0.02)],
        (0.3, 0.4, 0.3, 0.24, 0.16))  # fmt: skip
    near = [ribbon([(-0.36, 0.08), (-0.56, 0.24), (-0.78, 0.2), (-0.98, 0.24)],
        (0.22, 0.11, 0.08, 0.075)), ribbon([(0.36, 0.04), (0.54, 0.2), (0.72, 0.24), (0.96, 0.4)],
        (0.26, 0.16, 0.09, 0.07))]  # fmt: skip
    far = [ribbon([(-0.3, 0.1), (-0.44, 0.32), (-0.64, 0.38), (-0.8, 0.36)],
        (0.18, 0.1, 0.075, 0.07)), ribbon([(0.28, 0.06), (0.4, 0.28), (0.56, 0.36), (0.76, 0.54)],
        (0.22, 0.14, 0.08, 0.065))]  # fmt: skip
    tail = Body.through([(0.44, 0.0), (0.66, -0.08), (0.9, -0.1 + j), (1.16, 0.02 + j)],
        (0.12, 0.19, 0.2, 0.0))  # fmt: skip
    back = body.patch([(0.16, -1.03, 0), (0.5, -1.03), (0.92, -1.03, 0), (0.6, -0.3),
        (0.5, 0.0, 0), (0.4, -0.35), (0.28, -0.1, 0)])  # fmt: skip
    ruff = outline([(-0.62, -0.1), (-0.5, -0.02), (-0.42, 0.1, 0), (-0.46, 0.1), (-0.42, 0.2, 0),
        (-0.56, 0.14), (-0.66, 0.04)])  # fmt: skip
    return [fill(_SHADE, *far, tail.contour()), fill(_FUR, body.contour(), *near),
        fill(_SHADE, back), fill(_LIGHT, ruff), *turned(_wolf_head(howling=False), 0.1, 0.8,
        (-0.6, -0.18))]  # fmt: skip


def _wolf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a wolf: standing, sitting and howling, running."""
    if view == 1:
        return _wolf_howling(random)
    if view == 2:
        return _wolf_running(random)
    j = random.uniform(-0.03, 0.03)
    body = outline([(-0.5, -0.3), (-0.3, -0.38), (-0.1, -0.24), (0.2, -0.2), (0.44, -0.22),
        (0.56, -0.06), (0.5, 0.12), (0.24, 0.08), (-0.04, 0.16), (-0.32, 0.24),
        (-0.5, 0.04)])  # fmt: skip
    near = [ribbon([(-0.32, 0.0), (-0.34, 0.32), (-0.38, 0.64)], (0.28, 0.12, 0.1)),
        ribbon([(0.4, -0.02), (0.48, 0.22), (0.4, 0.4), (0.46, 0.64)],
        (0.34, 0.2, 0.11, 0.09))]  # fmt: skip
    far = [ribbon([(-0.22, 0.06), (-0.16, 0.34), (-0.14, 0.62)], (0.22, 0.11, 0.095)),
        ribbon([(0.28, 0.0), (0.3, 0.22), (0.2, 0.4), (0.23, 0.62)],
        (0.26, 0.17, 0.1, 0.085))]  # fmt: skip
    paws = [oval(x, 0.63, 0.085, 0.045) for x in (-0.41, 0.43)]
    tail = Body.through([(0.5, -0.1), (0.68, 0.02), (0.76, 0.24), (0.74 + j, 0.5)],
        (0.14, 0.19, 0.21, 0.0))  # fmt: skip
    saddle = outline([(-0.4, -0.36, 0), (-0.3, -0.38), (-0.1, -0.24), (0.2, -0.2),
        (0.46, -0.22), (0.56, -0.06, 0), (0.42, -0.06), (0.36, 0.02, 0), (0.28, -0.06),
        (0.18, 0.04, 0), (0.06, -0.08), (-0.06, 0.04, 0), (-0.14, -0.12), (-0.26, -0.04, 0),
        (-0.28, -0.22)])  # fmt: skip
    chest = outline([(-0.54, -0.22), (-0.4, -0.16), (-0.36, 0.0, 0), (-0.41, -0.02),
        (-0.38, 0.14, 0), (-0.48, 0.06), (-0.54, -0.06)])  # fmt: skip
    head = _wolf_head(howling=False)
    return [fill(_SHADE, tail.contour(), *far), fill(_FUR, body, *near), fill(_SHADE, saddle),
        fill(_LIGHT, chest, *paws), *turned(head, 0.02, 0.92, (-0.46, -0.36))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"lion": _lion, "wolf": _wolf}
