"""Leaves and fruits of autumn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle, ellipse, polyline, smooth_closed, smooth_open

__all__ = ["DRAWINGS"]


def _acorn(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an acorn; in view 1 its cap is flat, in view 2 it has a leafless twig."""
    lean = random.uniform(-0.04, 0.04)
    nut = smooth_closed([(-0.3, 0), (-0.26, 0.36), (0 + lean, 0.74), (0.26, 0.36), (0.3, 0)])
    height = 0.2 if view == 1 else 0.3
    cap = smooth_closed([(-0.4, 0.02), (-0.3, -height), (0.3, -height), (0.4, 0.02), (0, 0.12)])
    stalk = smooth_open([(0, -height), (0.02, -height - 0.1), (0.1, -height - 0.2)])
    shapes = [
        MotifShape(slot=0, path=nut),
        MotifShape(slot=2, path=ellipse(-0.1, 0.3, 0.035, 0.16)),
        MotifShape(slot=1, path=cap),
        MotifShape(slot=1, path=stalk, width=0.07),
    ]
    if view == 2:
        twig = smooth_open([(-0.35, -height - 0.3), (0.1, -height - 0.2), (0.5, -height - 0.34)])
        shapes.append(MotifShape(slot=1, path=twig, width=0.08))
    dots = [(-0.2, -0.08), (0.0, -0.05), (0.2, -0.08), (-0.1, -height * 0.6), (0.1, -height * 0.6)]
    shapes += [MotifShape(slot=2, path=circle(x, y, 0.035)) for x, y in dots]
    return shapes


def _larch_twig(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a twig with tufts of needles; views differ in its bend."""
    bend = (0.12, -0.12)[view % 2]
    stem = [(0, 0.5), (bend, 0.1), (bend / 2, -0.2), (0, -0.5)]
    shapes = [MotifShape(slot=1, path=smooth_open(stem), width=0.035)]
    for x, y in stem[1:]:
        for angle in np.linspace(-1.2, 1.2, 7) + random.uniform(-0.1, 0.1):
            tip = (x + 0.2 * np.sin(angle), y - 0.2 * np.cos(angle))
            shapes.append(MotifShape(slot=0, path=polyline([(x, y), tip]), width=0.025))
    return shapes


DRAWINGS: Mapping[str, DrawMotif] = {"acorn": _acorn, "larch-twig": _larch_twig}
