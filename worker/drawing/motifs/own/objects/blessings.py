"""Bats of good fortune and the lion dance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.motifs.pen import (
    both_sides,
    fill,
    outline,
    oval,
    plume,
    ribbon,
    spiral,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_BODY, _GOLD, _SHADE, _LIGHT = range(4)


def _curl(x: float, y: float, size: float, start: float, turns: float, width: float) -> Path:
    points = spiral(x, y, size, start, turns)
    return ribbon(points, np.linspace(width, width * 0.5, len(points)))


def _bat_face() -> list[MotifShape]:
    """Draw the head of a bat from the front around the origin."""
    head = outline(both_sides([(0, 0.17), (-0.1, 0.14), (-0.15, 0.02), (-0.13, -0.08, 0),
        (-0.19, -0.28, 0), (-0.07, -0.16), (0, -0.13)]))  # fmt: skip
    ears = [outline([(d * 0.165, -0.22, 0), (d * 0.13, -0.12), (d * 0.09, -0.13)]) for d in _SIDES]
    nose = outline(both_sides([(0, 0.1), (-0.045, 0.05), (-0.03, 0.03), (0, 0.045)]))
    brows = [ribbon([(d * 0.03, -0.06), (d * 0.08, -0.09), (d * 0.13, -0.06)], (0.0, 0.026, 0.0))
        for d in _SIDES]  # fmt: skip
    return [fill(_BODY, head), fill(_GOLD, *ears, nose, *brows),
        fill(_LIGHT, *(circle(d * 0.068, 0.0, 0.034) for d in _SIDES)),
        fill(_SHADE, *(circle(d * 0.065, 0.004, 0.019) for d in _SIDES))]  # fmt: skip


def _bat_wing(tip: float) -> list[MotifShape]:
    """Draw the right wing of a bat, its shoulder at the origin."""
    wing = outline([(0.0, -0.06, 0), (0.2, -0.22), (0.36, -0.3), (0.42, -0.42, 0), (0.52, -0.3),
        (0.78, -0.22), (1.0, 0.04 + tip, 0), (0.84, 0.02), (0.72, 0.2, 0), (0.6, 0.1),
        (0.46, 0.3, 0), (0.34, 0.17), (0.2, 0.32, 0), (0.12, 0.2), (0.0, 0.16, 0)])  # fmt: skip
    inner = outline([(0.06, -0.02, 0), (0.22, -0.14), (0.42, -0.22), (0.64, -0.16),
        (0.86, -0.02, 0), (0.76, 0.0), (0.68, 0.1, 0), (0.58, 0.02), (0.46, 0.18, 0),
        (0.34, 0.08), (0.22, 0.2, 0), (0.12, 0.1)])  # fmt: skip
    ribs = [ribbon([(0.42, -0.36), (0.6 - e, -0.1), (x, y)], (0.032, 0.026, 0.008)) for x, y,
        e in ((0.7, 0.15, 0.0), (0.46, 0.24, 0.12), (0.2, 0.26, 0.28))]  # fmt: skip
    curl = _curl(0.42, -0.5, 0.09, 1.57, 1.15, 0.05)
    return [fill(_BODY, wing), fill(_SHADE, inner), fill(_GOLD, *ribs, curl)]


def _bat(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a bat: with spread wings, hanging head down with a coin, in flight aside."""
    j = random.uniform(-0.03, 0.03)
    body = outline(both_sides([(0, -0.12), (-0.12, -0.06), (-0.15, 0.14), (-0.08, 0.34),
        (0, 0.44)]))  # fmt: skip
    belly = outline(both_sides([(0, 0.06), (-0.075, 0.1), (-0.07, 0.24), (0, 0.36)]))
    right = turned(_bat_wing(j), 0.0, 1.0, (0.08, 0.0))
    left = turned(_bat_wing(j), 0.0, 1.0, (-0.08, 0.0), flip=True)
    tail = [_curl(d * 0.09, 0.44, 0.08, -1.57 - d * 1.57, d * 1.2, 0.045) for d in _SIDES]
    trunk = [fill(_GOLD, *tail), fill(_BODY, body), fill(_GOLD, belly)]
    face = turned(_bat_face(), 0.0, 1.25, (0, -0.2))
    if view == 0:
        return [*left, *right, *trunk, *face]
    if view == 1:
        coin = [fill(_GOLD, circle(0, -0.74, 0.2)), fill(_SHADE, circle(0, -0.74, 0.155)),
            fill(_GOLD, circle(0, -0.74, 0.125)), fill(_SHADE, outline([(-0.05, -0.79, 0),
            (0.05, -0.79, 0), (0.05, -0.69, 0), (-0.05, -0.69, 0)]))]  # fmt: skip
        string = [fill(_GOLD, ribbon([(0, -0.3), (0.02, -0.42), (0, -0.56)], 0.035))]
        tassel = [fill(_BODY, *(plume(0, -0.92, a, 0.28, 0.07) for a in (-0.3, 0.0, 0.3)))]
        folded = [*turned(left, -0.5), *turned(right, 0.5), *trunk]
        return turned([*folded, *string, *tassel, *coin, *face], np.pi)
    near = turned(_bat_wing(j), -0.75, 1.05, (0.04, -0.02))
    far = turned(_bat_wing(j), 0.15, 0.8, (-0.08, -0.02), flip=True)
    return turned([*far, *trunk, *near, *turned(_bat_face(), -0.3, 1.25, (-0.02, -0.2))], 0.3)


_RED, _YELLOW, _WHITE, _BLACK, _TEAL, _ROSE = range(6)


def _fringe(
    points: Sequence[tuple[float, float]], size: float, out: tuple[float, float]
) -> list[Path]:
    """Return tufts of fur along places, each pointing away from a middle."""
    tufts = []
    for x, y in points:
        a = float(np.arctan2(x - out[0], out[1] - y))
        tufts += [plume(x, y, a + e, size, size * 0.5, 0.2, 0.5) for e in (-0.35, 0.0, 0.35)]
    return tufts


def _lion_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a dancing lion from the front around the origin."""
    j = random.uniform(-0.04, 0.04)
    angles = np.linspace(-2.5, 2.5, 17)
    rim = [(float(np.sin(a)) * 0.56, 0.02 - float(np.cos(a)) * 0.54) for a in angles]
    head = outline(both_sides([(0, -0.58), (-0.3, -0.54), (-0.54, -0.3), (-0.6, 0.02),
        (-0.5, 0.3), (-0.28, 0.44), (0, 0.48)]))  # fmt: skip
    ears = [outline([(d * 0.4, -0.4), (d * 0.56, -0.56), (d * 0.74, -0.52), (d * 0.76, -0.34),
        (d * 0.56, -0.24)]) for d in _SIDES]  # fmt: skip
    inner = [oval(d * 0.62, -0.42, 0.09, 0.075, -d * 0.5) for d in _SIDES]
    horn = outline(both_sides([(0, -0.84), (-0.06, -0.8), (-0.09, -0.62), (-0.13, -0.48),
        (0, -0.44)]))  # fmt: skip
    brows = [outline([(d * 0.06, -0.22), (d * 0.14, -0.4), (d * 0.36, -0.42),
        (d * 0.52, -0.26, 0), (d * 0.36, -0.27), (d * 0.2, -0.22)]) for d in _SIDES]  # fmt: skip
    whites = [circle(d * 0.27, -0.12, 0.155) for d in _SIDES]
    rings = [circle(d * 0.27, -0.11, 0.115) for d in _SIDES]
    pupils = [circle(d * 0.26, -0.1, 0.082) for d in _SIDES]
    glints = [circle(d * 0.26 - 0.03, -0.13, 0.026) for d in _SIDES]
    nose = outline(both_sides([(0, 0.16), (-0.12, 0.14), (-0.14, 0.04), (-0.07, -0.02),
        (0, -0.01)]))  # fmt: skip
    nostrils = [oval(d * 0.06, 0.1, 0.03, 0.024) for d in _SIDES]
    cheeks = [_curl(d * 0.4, 0.14, 0.11, -1.57, d * 1.2, 0.055) for d in _SIDES]
    mouth = outline(both_sides([(0, 0.2), (-0.2, 0.2), (-0.44, 0.14, 0), (-0.4, 0.32),
        (-0.22, 0.44 + j), (0, 0.48 + j)]))  # fmt: skip
    tongue = outline(both_sides([(0, 0.32), (-0.12, 0.34), (-0.16, 0.46 + j), (0, 0.53 + j)]))
    teeth = [outline([(x - 0.045, 0.2, 0), (x + 0.045, 0.2, 0), (x + 0.04, 0.28),
        (x - 0.04, 0.28)]) for x in (-0.2, -0.1, 0.0, 0.1, 0.2)]  # fmt: skip
    beard = [plume(x, 0.46 + j, 3.14 - x * 1.4, 0.3 - abs(x) * 0.3, 0.1, 0.0, 0.5)
        for x in (-0.26, -0.18, -0.09, 0.09, 0.18, 0.26, 0.0)]  # fmt: skip
    mirror = [fill(_YELLOW, circle(0, -0.36, 0.105)), fill(_WHITE, circle(0, -0.36, 0.07))]
    pompoms = [circle(d * 0.5, -0.62, 0.085) for d in _SIDES] + [circle(0, -0.86, 0.085)]
    lip = ribbon([(-0.46, 0.13), (-0.22, 0.18), (0.0, 0.185), (0.22, 0.18), (0.46, 0.13)],
        (0.02, 0.06, 0.065, 0.06, 0.02))  # fmt: skip
    return [fill(_WHITE, *_fringe(rim, 0.22, (0, 0.05))), fill(_TEAL, *ears), fill(_ROSE, *inner),
        fill(_RED, head), fill(_YELLOW, horn), fill(_ROSE, *pompoms), fill(_BLACK, mouth),
        fill(_ROSE, tongue), fill(_WHITE, *teeth, *beard), fill(_YELLOW, lip, *cheeks),
        fill(_WHITE, *brows, *whites), fill(_TEAL, *rings, nose),
        fill(_BLACK, *pupils, *nostrils), fill(_WHITE, *glints), *mirror]  # fmt: skip


def _lion_dance(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw the lion dance: the head, a whole dancing lion."""
    if view == 0:
        return _lion_head(random)
    j = random.uniform(-0.03, 0.03)
    cloth = outline([(-0.4, -0.3), (-0.1, -0.46), (0.3, -0.5), (0.72, -0.36), (0.94, -0.04),
        (0.9, 0.24), (0.62, 0.3), (0.36, 0.18), (0.06, 0.26), (-0.3, 0.3)])  # fmt: skip
    bands = [ribbon([(x, -0.47 + e), (x + 0.06, -0.16), (x, 0.2)], (0.05, 0.075, 0.06)) for x,
        e in ((0.16, 0.0), (0.4, 0.0), (0.64, 0.06))]  # fmt: skip
    scales = [_curl(x, y, 0.07, -1.57, 1.1, 0.04) for x, y in ((0.06, -0.2), (0.32, -0.26),
        (0.56, -0.2), (0.78, -0.1), (0.08, 0.06), (0.54, 0.06), (0.76, 0.14))]  # fmt: skip
    hem = [plume(x, y, 3.14, 0.16, 0.1, 0.1, 0.5) for x, y in [(-0.2 + 0.08 * k, 0.24 - 0.05
        * np.sin(k * 0.75)) for k in range(14)]]  # fmt: skip
    spine = [plume(x, y, a, 0.15, 0.1, 0.2, 0.5) for x, y, a in ((0.0, -0.44, -0.2),
        (0.1, -0.47, -0.1), (0.2, -0.49, 0.0), (0.3, -0.5, 0.1), (0.4, -0.49, 0.2),
        (0.5, -0.46, 0.3), (0.6, -0.42, 0.4), (0.7, -0.37, 0.6), (0.79, -0.28, 0.8),
        (0.87, -0.18, 1.0))]  # fmt: skip
    tail = [plume(0.9, 0.02, a + j, 0.36, 0.11, 0.3) for a in (0.6, 0.95, 1.3)]
    legs, cuffs, shoes = [], [], []
    for points in (
        [(-0.2, 0.2), (-0.3, 0.44), (-0.24, 0.66)],
        [(-0.02, 0.2), (0.1, 0.42), (0.02, 0.66)],
        [(0.52, 0.2), (0.46, 0.46), (0.54, 0.66)],
        [(0.76, 0.2), (0.86, 0.44), (0.8, 0.66)],
    ):
        x, y = points[-1]
        legs.append(ribbon(points, (0.2, 0.18, 0.12)))
        cuffs += [plume(x, y - 0.14, 3.14 + a, 0.16, 0.09, 0.0, 0.5)
            for a in (-0.5, -0.17, 0.17, 0.5)]  # fmt: skip
        shoes.append(outline([(x + 0.07, y, 0), (x + 0.07, y + 0.1, 0), (x - 0.17, y + 0.1, 0),
            (x - 0.14, y + 0.03), (x - 0.05, y)]))  # fmt: skip
    return [fill(_WHITE, *tail, *spine), fill(_YELLOW, *legs), fill(_BLACK, *shoes),
        fill(_WHITE, *cuffs, *hem), fill(_RED, cloth), fill(_TEAL, *bands),
        fill(_YELLOW, *scales), *turned(_lion_head(random), -0.1, 0.72,
        (-0.46, -0.16))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"bat": _bat, "lion-dance": _lion_dance}
