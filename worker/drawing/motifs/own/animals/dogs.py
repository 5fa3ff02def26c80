"""Dogs: dachshunds and corgis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    both_sides,
    fill,
    outline,
    oval,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_COAT, _TAN, _DARK, _EAR, _COLLAR = range(5)


def _dachshund_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a dachshund that looks to the left, its neck at the origin."""
    j = random.uniform(-0.02, 0.02)
    head = outline([(0.14, 0.06), (0.12, -0.14), (-0.04, -0.22), (-0.18, -0.16),
        (-0.32, -0.06), (-0.54, 0.0), (-0.6, 0.07), (-0.54, 0.14), (-0.3, 0.15), (-0.1, 0.16),
        (0.06, 0.16)])  # fmt: skip
    muzzle = outline([(-0.34, 0.02), (-0.52, 0.02), (-0.59, 0.09), (-0.53, 0.145), (-0.3, 0.15),
        (-0.1, 0.16), (-0.16, 0.08)])  # fmt: skip
    ear = outline([(-0.04, -0.16), (0.1, -0.16), (0.2, 0.0), (0.22 + j, 0.2), (0.12 + j, 0.28),
        (0.0 + j, 0.2), (-0.04, 0.02)])  # fmt: skip
    return [fill(_COAT, head), fill(_TAN, muzzle, oval(-0.19, -0.13, 0.036, 0.02,
        0.5)), fill(_DARK, oval(-0.58, 0.035, 0.048, 0.04),
        oval(-0.17, -0.065, 0.032, 0.036), sliver([(-0.52, 0.11), (-0.4, 0.115),
        (-0.28, 0.09)], 0.018)), fill(_EAR, ear)]  # fmt: skip


def _dachshund(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a dachshund: standing, sitting."""
    j = random.uniform(-0.04, 0.04)
    if view == 0:
        body = outline([(-0.56, -0.08), (-0.4, -0.2), (0.0, -0.14), (0.5, -0.18), (0.72, -0.06),
            (0.7, 0.14), (0.4, 0.12), (0.0, 0.18), (-0.4, 0.22), (-0.58, 0.08)])  # fmt: skip
        neck = ribbon([(-0.66, -0.32), (-0.56, -0.16), (-0.44, 0.04)], (0.24, 0.28, 0.34))
        collar = ribbon([(-0.74, -0.2), (-0.62, -0.16), (-0.5, -0.24)], (0.065, 0.065, 0.065))
        near = [ribbon([(-0.42, 0.04), (-0.42, 0.22), (-0.45, 0.4)], (0.26, 0.15, 0.12)),
            ribbon([(0.58, 0.0), (0.62, 0.2), (0.58, 0.4)], (0.32, 0.18, 0.12))]  # fmt: skip
        far = [ribbon([(-0.3, 0.1), (-0.28, 0.24), (-0.3, 0.38)], (0.2, 0.13, 0.11)),
            ribbon([(0.46, 0.06), (0.44, 0.22), (0.4, 0.38)], (0.22, 0.15, 0.11))]  # fmt: skip
        paws = [oval(x, 0.41, 0.09, 0.05) for x in (-0.47, 0.555)]
        socks = [outline([(-0.49, 0.24, 0), (-0.35, 0.24, 0), (-0.38, 0.42), (-0.52, 0.42)]),
            outline([(0.53, 0.24, 0), (0.7, 0.24, 0), (0.64, 0.42), (0.5, 0.42)])]  # fmt: skip
        chest = outline([(-0.68, 0.0), (-0.56, 0.0), (-0.46, 0.1), (-0.48, 0.2), (-0.6, 0.12)])
        tail = ribbon([(0.68, -0.08), (0.88, -0.18), (1.02, -0.36 + j)], (0.12, 0.075, 0.02))
        return [fill(_EAR, *far), fill(_COAT, tail, body, neck, *near),
            fill(_TAN, *paws, *socks, chest), fill(_COLLAR, collar),
            *turned(_dachshund_head(random), 0.0, 0.95, (-0.68, -0.42))]  # fmt: skip
    body = outline([(-0.3, -0.36), (-0.1, -0.4), (0.06, -0.16), (0.3, 0.12), (0.44, 0.42),
        (0.38, 0.62), (0.26, 0.68, 0), (-0.14, 0.68, 0), (-0.2, 0.4), (-0.3, 0.1)])  # fmt: skip
    chest = outline([(-0.34, -0.1), (-0.22, -0.06), (-0.14, 0.16), (-0.2, 0.3), (-0.3, 0.16)])
    leg = ribbon([(-0.16, 0.14), (-0.2, 0.4), (-0.22, 0.62)], (0.24, 0.15, 0.12))
    sock = outline([(-0.28, 0.44, 0), (-0.13, 0.44, 0), (-0.16, 0.66), (-0.3, 0.68), (-0.33, 0.63)])
    foot = outline([(-0.02, 0.6), (0.14, 0.56), (0.26, 0.62), (0.24, 0.69, 0), (-0.06, 0.69, 0)])
    haunch = ribbon([(0.06, 0.56), (0.02, 0.38), (0.14, 0.22), (0.3, 0.26)],
        (0.0, 0.036, 0.04, 0.0))  # fmt: skip
    tail = ribbon([(0.36, 0.58), (0.56, 0.64), (0.74, 0.54 + j), (0.84, 0.4 + j)],
        (0.13, 0.1, 0.07, 0.02))  # fmt: skip
    collar = ribbon([(-0.36, -0.32), (-0.2, -0.24), (0.0, -0.28)], (0.07, 0.07, 0.07))
    return [fill(_COAT, tail, body), fill(_EAR, haunch, sliver([(-0.08, 0.3), (-0.1, 0.5),
        (-0.12, 0.66)], 0.03)), fill(_COAT, leg), fill(_TAN, chest, sock, foot),
        fill(_COLLAR, collar, circle(-0.3, -0.22, 0.045)), *turned(_dachshund_head(random), 0.1,
        1.05, (-0.16, -0.5))]  # fmt: skip


_FUR, _WHITE, _INK, _SHADE, _PINK = range(5)


def _corgi_face() -> list[MotifShape]:
    """Draw the head of a corgi from the front around the origin."""
    head = outline(both_sides([(0, 0.31), (-0.14, 0.29), (-0.33, 0.16), (-0.35, 0.0),
        (-0.3, -0.12), (-0.4, -0.46), (-0.34, -0.52), (-0.22, -0.4), (-0.12, -0.24),
        (0, -0.25)]))  # fmt: skip
    ears = [outline([(d * 0.35, -0.45), (d * 0.3, -0.44), (d * 0.18, -0.24), (d * 0.28, -0.16)])
        for d in _SIDES]  # fmt: skip
    white = outline(both_sides([(0, 0.31), (-0.14, 0.29), (-0.27, 0.2), (-0.24, 0.1),
        (-0.1, 0.04), (-0.05, -0.1), (-0.04, -0.22), (0, -0.25)]))  # fmt: skip
    tongue = outline(both_sides([(0, 0.18), (-0.06, 0.2), (-0.05, 0.3), (0, 0.33)]))
    nose = outline(both_sides([(0, 0.15), (-0.075, 0.09), (-0.05, 0.05), (0, 0.045)]))
    mouth = [ribbon([(0, 0.13), (0, 0.18), (d * 0.06, 0.215), (d * 0.13, 0.17)],
        (0.02, 0.022, 0.022, 0.01)) for d in _SIDES]  # fmt: skip
    brows = [oval(d * 0.13, -0.13, 0.04, 0.022, -d * 0.3) for d in _SIDES]
    return [fill(_FUR, head), fill(_PINK, *ears), fill(_WHITE, white, *brows),
        fill(_PINK, tongue), fill(_INK, nose, *mouth, *(circle(d * 0.155, -0.03, 0.04)
        for d in _SIDES)), fill(_WHITE, *(circle(d * 0.155 - 0.013, -0.043, 0.012)
        for d in _SIDES))]  # fmt: skip


def _corgi(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a corgi: standing, sitting from the front, walking away."""
    j = random.uniform(-0.03, 0.03)
    if view == 0:
        body = outline([(-0.5, -0.1), (-0.3, -0.24), (0.1, -0.2), (0.5, -0.22), (0.74, -0.06),
            (0.74, 0.16), (0.4, 0.18), (-0.1, 0.22), (-0.44, 0.2)])  # fmt: skip
        rump = outline([(0.56, 0.0), (0.74, -0.06), (0.78, 0.12), (0.7, 0.24), (0.54, 0.18)])
        bib = outline([(-0.54, -0.14), (-0.36, -0.1), (-0.2, 0.02), (-0.22, 0.22), (-0.42, 0.24),
            (-0.54, 0.1)])  # fmt: skip
        belly = outline([(-0.3, 0.12), (0.1, 0.12), (0.5, 0.12), (0.4, 0.19), (-0.1, 0.23)])
        near = [ribbon([(-0.4, 0.08), (-0.4, 0.28), (-0.42, 0.42)], (0.22, 0.16, 0.13)),
            ribbon([(0.6, 0.06), (0.64, 0.24), (0.6, 0.42)], (0.28, 0.18, 0.13))]  # fmt: skip
        far = [ribbon([(-0.24, 0.12), (-0.22, 0.28), (-0.22, 0.4)], (0.18, 0.14, 0.12)),
            ribbon([(0.44, 0.08), (0.44, 0.26), (0.42, 0.4)], (0.2, 0.16, 0.12))]  # fmt: skip
        paws = [oval(x, 0.42, 0.1, 0.052) for x in (-0.45, 0.57)]
        tail = oval(0.76, -0.14 + j, 0.1, 0.07, -0.6)
        thigh = outline([(0.44, -0.02), (0.62, -0.1), (0.74, 0.04), (0.72, 0.22), (0.58, 0.28),
            (0.46, 0.16)])  # fmt: skip
        return [fill(_SHADE, *far), fill(_WHITE, tail), fill(_FUR, body),
            fill(_WHITE, belly, bib, rump, *near, *paws), fill(_FUR, thigh),
            *turned(_corgi_face(), -0.05, 0.95, (-0.5, -0.2))]  # fmt: skip
    if view == 1:
        body = outline(both_sides([(0, -0.2), (-0.24, -0.12), (-0.34, 0.2), (-0.42, 0.46),
            (-0.36, 0.66), (-0.18, 0.72), (0, 0.7)]))  # fmt: skip
        bib = outline(both_sides([(0, -0.1), (-0.24, -0.08), (-0.26, 0.1), (-0.2, 0.3),
            (-0.2, 0.66), (0, 0.68)]))  # fmt: skip
        paws = [oval(d * 0.11, 0.68, 0.1, 0.06) for d in _SIDES]
        feet = [oval(d * 0.34, 0.66, 0.12, 0.07, d * 0.15) for d in _SIDES]
        gaps = [sliver([(d * 0.21, 0.3), (d * 0.21, 0.5), (d * 0.23, 0.66)], 0.032) for d in _SIDES]
        split = sliver([(0, 0.34), (0, 0.5), (0, 0.71)], 0.03)
        return [fill(_FUR, body), fill(_WHITE, bib, *feet, *paws), fill(_SHADE, *gaps, split),
            *turned(_corgi_face(), 0.06 + j, 1.12, (0, -0.34))]  # fmt: skip
    body = outline(both_sides([(0, -0.3), (-0.24, -0.26), (-0.36, 0.02), (-0.44, 0.24),
        (-0.36, 0.5), (0, 0.54)]))  # fmt: skip
    pants = outline(both_sides([(0, 0.02), (-0.14, 0.0), (-0.36, 0.12), (-0.4, 0.36),
        (-0.3, 0.52), (-0.08, 0.5), (0, 0.42, 0)]))  # fmt: skip
    legs = [outline([(d * 0.1, 0.4), (d * 0.32, 0.4), (d * 0.28, 0.7), (d * 0.29, 0.78),
        (d * 0.1, 0.78), (d * 0.12, 0.66)]) for d in _SIDES]  # fmt: skip
    ears = [outline([(d * 0.08, -0.52), (d * 0.2, -0.68), (d * 0.34, -0.84), (d * 0.4, -0.78),
        (d * 0.36, -0.56), (d * 0.28, -0.36)]) for d in _SIDES]  # fmt: skip
    head = outline(both_sides([(0, -0.6), (-0.2, -0.56), (-0.34, -0.36), (-0.3, -0.18),
        (0, -0.12)]))  # fmt: skip
    collar = ribbon([(-0.27, -0.22), (0.0, -0.14), (0.27, -0.22)], (0.08, 0.08, 0.08))
    tail = oval(j, -0.02, 0.12, 0.1)
    pads = [oval(d * 0.195, 0.755, 0.06, 0.03) for d in _SIDES]
    seam = sliver([(0, 0.06), (0.008, 0.24), (0, 0.46)], 0.03)
    return [fill(_SHADE, *legs), fill(_PINK, *pads), fill(_FUR, body), fill(_WHITE, pants),
        fill(_SHADE, seam), fill(_FUR, *ears, head), fill(_PINK, collar),
        fill(_WHITE, tail)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"dachshund": _dachshund, "corgi": _corgi}
