"""Whale tails and narwhals."""

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
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_SKIN, _SHADE, _WATER, _FOAM = range(4)


def _swell(y: float, wide: float, deep: float) -> Path:
    """Return a band of water with a wavy upper edge."""
    xs = np.linspace(-wide, wide, 9)
    top = [(float(x), y + (-0.045 if k % 2 else 0.03)) for k, x in enumerate(xs)]
    return outline([(-wide - 0.06, y + deep * 0.5, 0), *top, (wide + 0.06, y + deep * 0.5, 0),
        (wide * 0.6, y + deep), (-wide * 0.6, y + deep)])  # fmt: skip


def _drops(spots: Sequence[tuple[float, float, float]]) -> list[Path]:
    return [outline([(x, y - r * 1.5, 0), (x + r * 0.8, y), (x, y + r * 0.8), (x - r * 0.8, y)])
        for x, y, r in spots]  # fmt: skip


def _whale_tail(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw the tail of a whale above the water: from behind, turned aside."""
    j = random.uniform(-0.03, 0.03)
    if view == 0:
        flukes = outline(both_sides([(0, -0.42, 0), (-0.16, -0.54), (-0.44, -0.62),
            (-0.74, -0.54), (-0.96, -0.28, 0), (-0.66, -0.34), (-0.38, -0.26), (-0.16, -0.06),
            (-0.14, 0.2), (-0.26, 0.62, 0), (0, 0.62)]))  # fmt: skip
        lit = outline(both_sides([(0, -0.3, 0), (-0.12, -0.38), (-0.4, -0.48), (-0.62, -0.44),
            (-0.36, -0.38), (-0.1, -0.16), (-0.045, 0.1), (0, 0.34)]))  # fmt: skip
        drops = _drops([(-0.5, -0.04, 0.05), (0.56 + j, -0.02, 0.055), (-0.36, 0.18, 0.04),
            (0.4, 0.2 + j, 0.045), (-0.7, 0.14 + j, 0.04), (0.74, 0.16, 0.04)])  # fmt: skip
        shapes = [fill(_SKIN, flukes), fill(_SHADE, lit)]
    else:
        flukes = outline([(-0.08, -0.42, 0), (-0.26, -0.6), (-0.5, -0.7), (-0.78, -0.66),
            (-0.98, -0.46, 0), (-0.7, -0.46), (-0.46, -0.36), (-0.24, -0.14), (-0.12, 0.1),
            (-0.02, 0.62, 0), (0.5, 0.62, 0), (0.22, 0.24), (0.14, -0.04), (0.22, -0.22),
            (0.4, -0.34), (0.62, -0.3, 0), (0.6, -0.5), (0.44, -0.66), (0.18, -0.64)])  # fmt: skip
        lit = outline([(-0.08, -0.3, 0), (-0.28, -0.48), (-0.5, -0.58), (-0.68, -0.57),
            (-0.46, -0.46), (-0.16, -0.16), (0.06, 0.24), (0.16, 0.4, 0), (0.04, 0.0),
            (0.06, -0.3), (0.24, -0.48), (0.4, -0.54, 0), (0.16, -0.48)])  # fmt: skip
        drops = _drops([(0.5, -0.1, 0.05), (-0.56, -0.16 + j, 0.055), (-0.4, 0.1, 0.045),
            (0.5, 0.14, 0.04), (-0.6, 0.16, 0.04)])  # fmt: skip
        shapes = [fill(_SKIN, flukes), fill(_SHADE, lit)]
    back, front = _swell(0.5, 0.74, 0.24), _swell(0.64, 0.58, 0.2).moved(0.04 + j, 0.0)
    splash = [oval(x, y, r, r * 0.7) for x, y, r in ((-0.3, 0.52, 0.1),
        (-0.16, 0.56, 0.08), (0.3, 0.52, 0.1), (0.14, 0.56, 0.08), (0.42, 0.54, 0.07),
        (-0.42, 0.55, 0.07))]  # fmt: skip
    return [fill(_WATER, *drops), *shapes, fill(_WATER, back), fill(_FOAM, *splash),
        fill(_WATER, front), fill(_FOAM, sliver([(-0.44, 0.72), (-0.1, 0.76), (0.2, 0.7)], 0.03),
        sliver([(0.1, 0.78), (0.3, 0.8), (0.5, 0.74)], 0.026))]  # fmt: skip


_BACK, _BELLY, _SPOT, _TUSK = range(4)


def _narwhal(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a narwhal: swimming, leaping."""
    j = random.uniform(-0.02, 0.02)
    if view == 0:
        body = outline([(-0.62, 0.0), (-0.54, -0.22), (-0.3, -0.34), (0.04, -0.3), (0.4, -0.12),
            (0.7, -0.06), (0.86, -0.2), (1.06, -0.38, 0), (1.05, -0.18), (0.98, -0.04),
            (1.06, 0.08), (1.02, 0.22, 0), (0.84, 0.1), (0.6, 0.1), (0.2, 0.26), (-0.2, 0.32),
            (-0.5, 0.22)])  # fmt: skip
        belly = outline([(-0.61, 0.04), (-0.46, 0.06), (-0.2, 0.1), (0.2, 0.14), (0.6, 0.06, 0),
            (0.56, 0.12), (0.2, 0.26), (-0.2, 0.32), (-0.5, 0.22)])  # fmt: skip
        fin = outline([(-0.2, 0.14, 0), (-0.04, 0.14), (0.06, 0.22), (0.14, 0.46, 0),
            (-0.06, 0.4), (-0.18, 0.26)])  # fmt: skip
        tusk, base = [(-0.54, -0.14), (-0.84, -0.32), (-1.16, -0.52)], 0.075
        spots = [(-0.3, -0.22, 0.04), (-0.16, -0.14, 0.03), (-0.08, -0.25, 0.045),
            (0.06, -0.12, 0.035), (0.18, -0.2, 0.04), (0.3, -0.08, 0.03), (0.42, -0.08, 0.026),
            (0.04, -0.02, 0.024), (-0.2, -0.02, 0.022), (0.24, 0.02, 0.024),
            (0.54, -0.02, 0.02)]  # fmt: skip
        face = (-0.44, -0.04)
        water: list[Path] = [oval(x, y + j, r, r) for x, y, r in ((-0.74, 0.3, 0.04),
            (-0.86, 0.16, 0.028), (0.42, 0.42, 0.036), (0.3, 0.52, 0.026))]  # fmt: skip
    else:
        body = outline([(-0.56, -0.46), (-0.4, -0.6), (-0.16, -0.6), (0.14, -0.44), (0.42, -0.1),
            (0.5, 0.26), (0.44, 0.48), (0.56, 0.66), (0.74, 0.86, 0), (0.5, 0.84), (0.36, 0.76),
            (0.18, 0.86), (-0.02, 0.84, 0), (0.16, 0.66), (0.26, 0.44), (0.14, 0.18),
            (-0.14, -0.02), (-0.44, -0.18), (-0.58, -0.3)])  # fmt: skip
        belly = outline([(-0.58, -0.36), (-0.42, -0.36), (-0.12, -0.24), (0.18, 0.02),
            (0.3, 0.36, 0), (0.24, 0.38), (0.14, 0.18), (-0.14, -0.02),
            (-0.44, -0.18)])  # fmt: skip
        fin = outline([(-0.16, -0.2, 0), (0.0, -0.14), (0.02, 0.0), (-0.06, 0.24, 0),
            (-0.2, 0.08), (-0.22, -0.1)])  # fmt: skip
        tusk, base = [(-0.5, -0.5), (-0.74, -0.76), (-0.96, -1.04)], 0.07
        spots = [(-0.24, -0.5, 0.04), (-0.08, -0.5, 0.03), (0.0, -0.38, 0.042),
            (0.14, -0.3, 0.035), (0.2, -0.16, 0.035), (0.32, -0.08, 0.03), (0.36, 0.08, 0.032),
            (0.4, 0.26, 0.026), (-0.12, -0.38, 0.024), (0.06, -0.24, 0.022)]  # fmt: skip
        face = (-0.42, -0.44)
        water = [outline([(x, y - r * 1.6, 0), (x + r, y), (x, y + r), (x - r, y)]) for x, y,
            r in ((-0.2, 0.44 + j, 0.05), (-0.36, 0.62, 0.04), (-0.06, 0.62, 0.034),
            (0.72, 0.5, 0.045), (0.82, 0.3 + j, 0.034))]  # fmt: skip
    x, y = face
    rings = [sliver([(tusk[0][0] + (tusk[2][0] - tusk[0][0]) * s - 0.03, tusk[0][1] + (tusk[2][1]
        - tusk[0][1]) * s - 0.03), (tusk[0][0] + (tusk[2][0] - tusk[0][0]) * s, tusk[0][1]
        + (tusk[2][1] - tusk[0][1]) * s), (tusk[0][0] + (tusk[2][0] - tusk[0][0]) * s + 0.01,
        tusk[0][1] + (tusk[2][1] - tusk[0][1]) * s + 0.035)], 0.016)
        for s in (0.18, 0.34, 0.5, 0.66)]  # fmt: skip
    return [fill(_TUSK, ribbon(tusk, (base, base * 0.6, 0.008))), fill(_SPOT, *rings),
        fill(_BACK, body), fill(_BELLY, belly), fill(_SPOT, *(oval(a, b + j, r, r * 0.8) for a, b,
        r in spots)), fill(_SPOT, circle(x, y, 0.032), sliver([(x - 0.16, y + 0.1),
        (x - 0.06, y + 0.13), (x + 0.02, y + 0.09)], 0.022)), fill(_SPOT, fin),
        fill(_BACK, *water)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"whale-tail": _whale_tail, "narwhal": _narwhal}
