"""Bells and bows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    fill,
    halo,
    line,
    outline,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import arc, circle, rectangle

__all__ = ["DRAWINGS"]


def _bell(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a bell: with a bow, a pair, a temple bell."""
    swing = random.uniform(-0.05, 0.05)
    body = outline([(0, -0.5), (0.18, -0.44), (0.28, -0.22), (0.32, 0.06), (0.42, 0.24),
            (0.5, 0.34, 0), (0, 0.4), (-0.5, 0.34, 0), (-0.42, 0.24), (-0.32, 0.06),
            (-0.28, -0.22), (-0.18, -0.44)])  # fmt: skip
    rim = outline([(-0.51, 0.3), (-0.3, 0.35), (0, 0.37), (0.3, 0.35), (0.51, 0.3), (0.53, 0.37),
            (0.3, 0.44), (0, 0.46), (-0.3, 0.44), (-0.53, 0.37)])  # fmt: skip
    shade = outline([(0.06, -0.48), (0.18, -0.44), (0.28, -0.22), (0.32, 0.06), (0.42, 0.24),
            (0.49, 0.33, 0), (0.24, 0.36, 0), (0.2, 0.1), (0.17, -0.2)])  # fmt: skip
    shine = plume(-0.28, 0.16, 0.12, 0.46, 0.08, 0.35)
    band = outline([(-0.3, -0.1, 0), (0, -0.05), (0.3, -0.1, 0), (0.315, 0.0, 0), (0, 0.05),
            (-0.315, 0.0, 0)])  # fmt: skip
    clap = circle(swing, 0.47, 0.09)
    loop = line(1, arc(0, -0.54, 0.07, 0, 2 * np.pi), 0.045)
    bell = [loop, fill(1, clap), fill(0, body), fill(1, shade), fill(3, shine), fill(2, band),
        fill(1, rim)]  # fmt: skip
    bow = [outline([(0, -0.5, 0), (d * 0.14, -0.7), (d * 0.38, -0.74), (d * 0.44, -0.54),
                (d * 0.3, -0.42)]) for d in (-1, 1)]  # fmt: skip
    ends = [outline([(0, -0.52, 0), (d * 0.12, -0.46), (d * 0.2, -0.3), (d * 0.34, -0.2, 0),
                (d * 0.22, -0.18), (d * 0.2, -0.08, 0), (d * 0.08, -0.28)])
        for d in (-1, 1)]  # fmt: skip
    ties = [fill(2, *ends, *bow), fill(0, circle(0, -0.52, 0.08)), fill(2, circle(0, -0.52, 0.055))]
    if view == 0:
        return [*bell, *ties]
    if view == 1:
        return [*turned(bell, 0.5, 0.8, (-0.38, 0.12)), *turned(bell, -0.45, 0.8, (0.38, 0.12)),
            *turned(ties, 0, 1.1, (0, 0.24))]  # fmt: skip
    beam = 0.3 + swing
    temple = outline([(-0.3, -0.42), (-0.14, -0.5), (0.14, -0.5), (0.3, -0.42), (0.37, -0.1),
            (0.4, 0.3), (0.44, 0.44, 0), (0.22, 0.4), (0, 0.45), (-0.22, 0.4), (-0.44, 0.44, 0),
            (-0.4, 0.3), (-0.37, -0.1)])  # fmt: skip
    rows = [rectangle(-w, y, 2 * w, 0.035) for w, y in ((0.34, -0.27), (0.38, 0.06), (0.395, 0.24))]
    knobs = [circle(x, y, 0.034) for y in (-0.17, -0.05) for x in (-0.26, -0.14, 0.14, 0.26)]
    dragon = outline([(-0.2, -0.48, 0), (-0.2, -0.62), (-0.08, -0.7), (0.08, -0.7), (0.2, -0.62),
            (0.2, -0.48, 0), (0.11, -0.48, 0), (0.1, -0.58), (0, -0.62), (-0.1, -0.58),
            (-0.11, -0.48, 0)])  # fmt: skip
    return [fill(1, dragon), fill(0, temple),
        fill(1, *rows, *knobs, rectangle(-0.035, -0.26, 0.07, 0.32)),
        fill(2, circle(0, 0.15, 0.075)), fill(3, circle(0, 0.15, 0.035)),
        fill(3, plume(-0.3, beam, 0.05, 0.5, 0.05, 0.15))]  # fmt: skip


def _bow(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a ribbon bow: with long curling ends, full with double loops, a soft flat one."""
    j = random.uniform(-0.03, 0.03)

    def side(d: int) -> list[MotifShape]:
        top = outline([(0, 0, 0), (0.16, -0.16), (0.42, -0.32), (0.68, -0.3 + j), (0.74, -0.06),
                (0.64, 0.14), (0.4, 0.16), (0.16, 0.08)])  # fmt: skip
        inner = outline([(0.1, -0.01, 0), (0.32, -0.12), (0.56, -0.2), (0.67, -0.1), (0.58, 0.06),
                (0.34, 0.08)])  # fmt: skip
        fold = [sliver([(0.06, -0.03), (0.2, -0.12), (0.36, -0.24)], 0.04),
            sliver([(0.08, 0.02), (0.2, 0.06), (0.34, 0.12)], 0.035)]  # fmt: skip
        return turned([fill(0, top), fill(1, inner), fill(2, *fold)], 0, 1, flip=d < 0)

    def end(d: int, long: float) -> list[MotifShape]:
        tail = outline([(-0.04, 0, 0), (0.12, 0.16), (0.18, 0.4), (0.24 + j, 0.62 * long + 0.1),
                (0.36, 0.95 * long, 0), (0.2, 0.9 * long, 0), (0.1, long, 0),
                (0.04 + j, 0.66 * long), (0.01, 0.4), (-0.06, 0.14)])  # fmt: skip
        crease = sliver([(0.04, 0.08), (0.12, 0.3), (0.09 + j, 0.6 * long)], 0.035)
        return turned([fill(0, tail), fill(1, crease)], -0.32, 1, flip=False) if d > 0 else turned(
            turned([fill(0, tail), fill(1, crease)], -0.32), flip=True)  # fmt: skip

    knot = [*halo(1, 0.02,
            [fill(0, outline([(-0.1, -0.1), (0, -0.13), (0.1, -0.1), (0.12, 0.02), (0.09, 0.12),
                            (0, 0.14), (-0.09, 0.12), (-0.12, 0.02)]))]),
        fill(0,
            outline([(-0.1, -0.1), (0, -0.13), (0.1, -0.1), (0.12, 0.02), (0.09, 0.12), (0, 0.14),
                    (-0.09, 0.12), (-0.12, 0.02)])),
        fill(2, sliver([(-0.05, -0.08), (-0.03, 0.0), (-0.05, 0.09)], 0.03))]  # fmt: skip
    if view == 0:
        return [*end(-1, 1.0), *end(1, 1.0), *side(-1), *side(1), *knot]
    if view == 1:
        back = [*turned(side(1), -0.62, 0.86), *turned(turned(side(1), -0.62, 0.86), flip=True)]
        return [*end(-1, 0.7), *end(1, 0.7), *back, *turned(side(1), 0.12),
            *turned(turned(side(1), 0.12), flip=True), *knot]  # fmt: skip
    tails = [fill(0,
            ribbon([(0, 0), (d * 0.2, 0.24), (d * 0.1, 0.5), (d * 0.34, 0.74), (d * 0.28, 1.0)],
                (0.08, 0.13, 0.12, 0.12, 0.0))) for d in (-1, 1)]  # fmt: skip
    streaks = [fill(1,
            ribbon([(d * 0.14, 0.2), (d * 0.13, 0.4), (d * 0.24, 0.62)], (0.0, 0.045, 0.0)))
        for d in (-1, 1)]  # fmt: skip
    droop = [*turned(side(1), 0.42, 0.9), *turned(turned(side(1), 0.42, 0.9), flip=True)]
    return [*tails, *streaks, *droop, *knot]


DRAWINGS: Mapping[str, DrawMotif] = {"bell": _bell, "bow": _bow}
