"""Unicorns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import fill, halo, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_COAT, _SHADE, _MANE, _LOCK, _HORN, _DARK = range(6)


def _head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head and the mane of a unicorn that looks to the left, its neck at the origin."""
    j = random.uniform(-0.05, 0.05)
    head = outline([(0.14, 0.06), (0.12, -0.12), (0.0, -0.2), (-0.12, -0.16), (-0.26, -0.02),
        (-0.42, 0.08), (-0.46, 0.17), (-0.4, 0.24), (-0.28, 0.22), (-0.12, 0.16),
        (0.02, 0.18)])  # fmt: skip
    ear = outline([(0.02, -0.17, 0), (0.0, -0.3), (0.06, -0.42, 0), (0.12, -0.3), (0.12, -0.14, 0)])
    horn = outline([(-0.13, -0.15, 0), (-0.36, -0.66, 0), (-0.03, -0.2, 0)])
    bands = [sliver([(-0.13 - 0.2 * s, -0.18 - 0.42 * s), (-0.11 - 0.2 * s, -0.23 - 0.4 * s),
        (-0.05 - 0.24 * s, -0.25 - 0.33 * s)], 0.024) for s in (0.12, 0.34, 0.56)]  # fmt: skip
    lids = ribbon([(-0.19, 0.0), (-0.14, 0.03), (-0.08, 0.01)], (0.012, 0.03, 0.012))
    lashes = [sliver([(-0.17, 0.015), (-0.19, 0.04), (-0.22, 0.05)], 0.016),
        sliver([(-0.14, 0.025), (-0.15, 0.06), (-0.17, 0.075)], 0.016)]  # fmt: skip
    fringe = [plume(0.06, -0.2, a + j, n, 0.12, b, 0.5) for a, n, b in ((-1.9, 0.3, -0.6),
        (-2.3, 0.26, -0.4))]  # fmt: skip
    return [fill(_HORN, horn), fill(_SHADE, *bands), fill(_COAT, head, ear),
        fill(_SHADE, outline([(0.045, -0.2, 0), (0.04, -0.29), (0.065, -0.35, 0), (0.09, -0.28),
        (0.09, -0.18, 0)])), fill(_MANE, *fringe), fill(_DARK, lids, *lashes, oval(-0.42, 0.15,
        0.02, 0.014, 0.7)), fill(_MANE, oval(-0.2, 0.1, 0.045, 0.03, 0.4))]  # fmt: skip


def _flow(points: Sequence[tuple[float, float, float, float]], bend: float) -> list[MotifShape]:
    """Draw locks in two colours: x, y, angle, length."""
    locks = [plume(x, y, a, n, 0.15, bend, 0.45) for x, y, a, n in points]
    return [fill(_MANE, *locks[::2]), fill(_LOCK, *locks[1::2])]


def _hooves(spots: Sequence[tuple[float, float, float]]) -> list[Path]:
    return [outline([(-0.05, -0.04, 0), (0.05, -0.04, 0), (0.065, 0.06, 0),
        (-0.08, 0.06, 0)]).rotated(a).moved(x, y) for x, y, a in spots]  # fmt: skip


def _unicorn(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a unicorn: walking, rearing."""
    j = random.uniform(-0.05, 0.05)
    body = outline([(-0.44, -0.12), (-0.3, -0.24), (0.0, -0.18), (0.3, -0.24), (0.52, -0.1),
        (0.54, 0.1), (0.34, 0.16), (0.0, 0.16), (-0.3, 0.2), (-0.46, 0.06)])  # fmt: skip
    neck = ribbon([(-0.2, 0.0), (-0.38, -0.24), (-0.44, -0.5)], (0.44, 0.28, 0.22))
    mane = _flow([(-0.32, -0.66, 1.7, 0.36), (-0.32, -0.6, 2.0, 0.42),
        (-0.32, -0.52, 2.2, 0.44), (-0.3, -0.42, 2.35, 0.44), (-0.26, -0.32, 2.45, 0.4),
        (-0.2, -0.24, 2.4, 0.32)], -0.7)  # fmt: skip
    tail = _flow([(0.5, -0.1, 1.9 + j, 0.6), (0.5, -0.08, 2.2 + j, 0.72),
        (0.5, -0.06, 2.5 + j, 0.66), (0.5, -0.04, 2.75 + j, 0.54)], 0.7)  # fmt: skip
    if view == 0:
        near = [ribbon([(-0.32, 0.06), (-0.44, 0.3), (-0.6, 0.34), (-0.62, 0.5)],
            (0.22, 0.13, 0.1, 0.08)), ribbon([(0.4, 0.02), (0.46, 0.26), (0.38, 0.44),
            (0.42, 0.72)], (0.34, 0.18, 0.1, 0.08))]  # fmt: skip
        far = [ribbon([(-0.24, 0.1), (-0.22, 0.34), (-0.24, 0.52), (-0.24, 0.72)],
            (0.18, 0.11, 0.085, 0.075)), ribbon([(0.28, 0.06), (0.3, 0.28), (0.2, 0.46),
            (0.24, 0.7)], (0.26, 0.15, 0.09, 0.075))]  # fmt: skip
        hooves = _hooves([(-0.62, 0.54, 0.2), (0.42, 0.74, 0.0), (-0.24, 0.74, 0.0),
            (0.24, 0.73, 0.0)])  # fmt: skip
        white = [fill(_COAT, body, neck, *near)]
        return [*tail, fill(_SHADE, *far), *halo(_SHADE, 0.01, white), *white,
            fill(_DARK, *hooves), *mane, *turned(_head(random), 0.0, 0.95,
            (-0.46, -0.56))]  # fmt: skip
    near = [ribbon([(-0.34, 0.04), (-0.56, 0.12), (-0.66, 0.3), (-0.56, 0.42)],
        (0.22, 0.13, 0.09, 0.075)), ribbon([(0.4, 0.02), (0.56, 0.2), (0.62, 0.44), (0.8, 0.66)],
        (0.36, 0.2, 0.11, 0.085))]  # fmt: skip
    far = [ribbon([(-0.3, 0.06), (-0.44, 0.26), (-0.62, 0.2), (-0.76, 0.3)],
        (0.2, 0.12, 0.085, 0.07)), ribbon([(0.3, 0.06), (0.4, 0.28), (0.42, 0.5), (0.58, 0.72)],
        (0.26, 0.16, 0.1, 0.08))]  # fmt: skip
    hooves = _hooves([(-0.53, 0.45, -0.7), (0.82, 0.68, -0.7), (-0.78, 0.32, 0.7),
        (0.6, 0.74, -0.7)])  # fmt: skip
    white = [fill(_COAT, body, neck, *near)]
    shapes = [*turned(tail, -0.5, 1.0, (0.08, 0.2)), fill(_SHADE, *far),
        *halo(_SHADE, 0.01, white), *white, fill(_DARK, *hooves), *mane, *turned(_head(random),
        -0.5, 0.95, (-0.46, -0.56))]  # fmt: skip
    stars = [fill(_HORN, *(plume(x, y, a, 0.1, 0.05, 0.0, 0.3) for x, y in ((-0.56, -0.62),
        (-0.66, 0.66), (0.62, -0.4)) for a in (0.0, 1.571, 3.1416, 4.712)))]  # fmt: skip
    return [*turned(shapes, 0.62), *stars, fill(_LOCK, circle(-0.96, 0.2, 0.03),
        circle(0.46, -0.66, 0.03))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"unicorn": _unicorn}
