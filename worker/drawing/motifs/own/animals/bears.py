"""Bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    both_sides,
    fill,
    halo,
    outline,
    oval,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_FUR, _LIGHT, _DARK, _SHADE = range(4)
_Place = tuple[float, ...]


def _leg(points: Sequence[_Place], widths: Sequence[float]) -> Path:
    return ribbon(points, widths, 3)


def _bear_walking(random: np.random.Generator) -> list[MotifShape]:
    """Draw a walking bear."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.58, -0.06), (-0.42, -0.3), (-0.2, -0.36), (0.06, -0.28), (0.34, -0.32),
            (0.58, -0.2), (0.68, 0.08), (0.6, 0.26), (0.2, 0.22), (-0.2, 0.26),
            (-0.5, 0.2)])  # fmt: skip
    near = [outline([(-0.5, 0.0), (-0.24, 0.0), (-0.24, 0.3), (-0.26, 0.5), (-0.3, 0.56, 0),
                (-0.52, 0.56, 0), (-0.54, 0.5), (-0.46, 0.42), (-0.47, 0.2)]),
        outline([(0.36, 0.0), (0.66, 0.02), (0.6, 0.3), (0.62, 0.5), (0.58, 0.56, 0),
                (0.36, 0.56, 0), (0.34, 0.5), (0.42, 0.42), (0.38, 0.2)])]  # fmt: skip
    far = [outline([(-0.3, 0.1), (-0.06, 0.1), (-0.08, 0.36), (-0.06, 0.5), (-0.1, 0.55, 0),
                (-0.3, 0.55, 0), (-0.31, 0.49), (-0.24, 0.42)]),
        outline([(0.14, 0.1), (0.4, 0.1), (0.34, 0.36), (0.36, 0.5), (0.32, 0.55, 0),
                (0.13, 0.55, 0), (0.12, 0.49), (0.19, 0.42)])]  # fmt: skip
    head = outline([(-0.46, -0.28), (-0.56, -0.38), (-0.72, -0.36), (-0.82, -0.24),
            (-0.96, -0.16 + j), (-1.0, -0.09 + j), (-0.95, -0.02 + j), (-0.8, 0.02), (-0.62, 0.06),
            (-0.46, 0.0)])  # fmt: skip
    snout = outline([(-0.84, -0.2), (-0.96, -0.16 + j), (-1.0, -0.09 + j), (-0.95, -0.02 + j),
            (-0.82, 0.01), (-0.76, -0.08)])  # fmt: skip
    ears = [circle(-0.5, -0.37, 0.085), circle(-0.66, -0.38, 0.07)]
    claws = [sliver([(x, 0.53), (x - 0.03, 0.54), (x - 0.065, 0.575)], 0.03)
        for x in (-0.48, -0.42, -0.36, 0.4, 0.46, 0.52)]  # fmt: skip
    crease = [ribbon([(-0.28, -0.04), (-0.22, 0.1), (-0.23, 0.28)], (0.0, 0.034, 0.0)),
        ribbon([(0.36, -0.06), (0.33, 0.1), (0.38, 0.26)], (0.0, 0.034, 0.0))]  # fmt: skip
    return [fill(_SHADE, *far, ears[1]),
        fill(_FUR, body, *near, head, ears[0], circle(0.68, -0.02, 0.07)),
        fill(_LIGHT, snout, circle(-0.5, -0.37, 0.045)), fill(_SHADE, *crease),
        fill(_DARK, oval(-0.975, -0.12 + j, 0.045, 0.034, 0.6), circle(-0.76, -0.21, 0.028),
            *claws)]  # fmt: skip


def _bear_sitting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting bear from the front."""
    j = random.uniform(-0.02, 0.02)
    face = [fill(_FUR,
            outline(both_sides([(0, -0.28), (-0.18, -0.26), (-0.31, -0.1), (-0.32, 0.06),
                        (-0.2, 0.22), (0, 0.26)])),
            *(circle(d * 0.25, -0.24, 0.115) for d in (-1, 1))),
        fill(_SHADE, *(circle(d * 0.25, -0.24, 0.062) for d in (-1, 1))),
        fill(_LIGHT, oval(0, 0.1, 0.145, 0.125)),
        fill(_DARK, *(circle(d * 0.14, -0.06, 0.031) for d in (-1, 1)),
            outline(both_sides([(0, 0.11), (-0.065, 0.045), (0, 0.02)])),
            ribbon([(0, 0.1), (0, 0.14), (0, 0.17)], (0.02, 0.02, 0.016)),
            *(ribbon([(0, 0.165), (d * 0.035, 0.185), (d * 0.075, 0.16)], (0.016, 0.022, 0.012))
                for d in (-1, 1)))]  # fmt: skip
    body = outline(both_sides([(0, -0.2), (-0.24, -0.1), (-0.38, 0.18), (-0.36, 0.46), (-0.2, 0.6),
                (0, 0.62)]))  # fmt: skip
    belly = oval(0, 0.3, 0.24, 0.25)
    feet = [fill(_FUR, circle(d * 0.36, 0.5, 0.165)) for d in (-1, 1)]
    pads = [each for d in (-1, 1)
        for each in (oval(d * 0.365, 0.53, 0.085, 0.07),
            *(circle(d * 0.365 + e, 0.415 + abs(e) * 0.4, 0.03)
                for e in (-0.075, 0.0, 0.075)))]  # fmt: skip
    arms = [fill(_FUR,
            _leg([(d * 0.26, -0.06), (d * 0.38, 0.14), (d * 0.24 + d * j, 0.3)],
                (0.18, 0.18, 0.17)), circle(d * (0.23 + j), 0.31, 0.085))
        for d in (-1, 1)]  # fmt: skip
    return [fill(_FUR, body), fill(_LIGHT, belly), *halo(_SHADE, 0.016, feet), *feet,
        fill(_SHADE, *pads), *halo(_SHADE, 0.016, arms), *arms,
        *turned(face, 0.0, 1.1, (0, -0.36))]  # fmt: skip


def _bear(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a bear: walking, sitting from the front, standing upright."""
    j = random.uniform(-0.02, 0.02)
    if view == 0:
        return _bear_walking(random)
    face = [fill(_FUR,
            outline(both_sides([(0, -0.28), (-0.18, -0.26), (-0.31, -0.1), (-0.32, 0.06),
                        (-0.2, 0.22), (0, 0.26)])),
            *(circle(d * 0.25, -0.24, 0.115) for d in (-1, 1))),
        fill(_SHADE, *(circle(d * 0.25, -0.24, 0.062) for d in (-1, 1))),
        fill(_LIGHT, oval(0, 0.1, 0.145, 0.125)),
        fill(_DARK, *(circle(d * 0.14, -0.06, 0.031) for d in (-1, 1)),
            outline(both_sides([(0, 0.11), (-0.065, 0.045), (0, 0.02)])),
            ribbon([(0, 0.1), (0, 0.14), (0, 0.17)], (0.02, 0.02, 0.016)),
            *(ribbon([(0, 0.165), (d * 0.035, 0.185), (d * 0.075, 0.16)], (0.016, 0.022, 0.012))
                for d in (-1, 1)))]  # fmt: skip
    if view == 1:
        return _bear_sitting(random)
    body = outline(both_sides([(0, -0.34), (-0.2, -0.26), (-0.3, 0.0), (-0.36, 0.3), (-0.28, 0.5),
                (0, 0.54)]))  # fmt: skip
    legs = [outline([(d * 0.02, 0.36), (d * 0.32, 0.32), (d * 0.32, 0.6), (d * 0.36, 0.74),
                (d * 0.3, 0.8, 0), (d * 0.06, 0.8, 0), (d * 0.05, 0.6)])
        for d in (-1, 1)]  # fmt: skip
    arms = [_leg([(-0.22, -0.2), (-0.42, 0.0), (-0.44, 0.26)], (0.18, 0.17, 0.15)),
        circle(-0.44, 0.28, 0.078),
        _leg([(0.22, -0.2), (0.42, -0.3), (0.5 + j, -0.56)], (0.18, 0.16, 0.14)),
        circle(0.5 + j, -0.58, 0.074)]  # fmt: skip
    claws = [sliver([(-0.44 + e, 0.31), (-0.445 + e, 0.35), (-0.46 + e, 0.39)], 0.034)
        for e in (-0.05, 0.0, 0.05)] + [sliver([(0.5 + j + e, -0.61), (0.505 + j + e, -0.65),
                (0.52 + j + e * 1.3, -0.69)], 0.034) for e in (-0.05, 0.0, 0.05)]  # fmt: skip
    belly = outline(both_sides([(0, -0.2), (-0.14, -0.1), (-0.2, 0.16), (-0.14, 0.36), (0, 0.42)]))
    return [fill(_FUR, *arms, body, *legs), fill(_LIGHT, belly), fill(_DARK, *claws),
        fill(_SHADE, sliver([(0, 0.5), (0, 0.6), (0, 0.8)], 0.036)),
        *turned(face, 0.05, 0.92, (0, -0.5))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"bear": _bear}
