"""Auspicious clouds and waves with foam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import tapered
from worker.drawing.motifs.pen import Body, curve, fill, halo, outline, ribbon, spiral, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, arc, circle, closed

__all__ = ["DRAWINGS"]

_WATER, _FOAM, _BAND = range(3)
_Drop = tuple[float, float, float]
_Lobe = tuple[float, float, float, int]
"""Middle, radius, and 1: curls clockwise, -1: the other way."""


def _lobe(x: float, y: float, radius: float, hand: int) -> list[MotifShape]:
    """Draw a lobe of a cloud: a dark rim, a light band and a curl."""
    start = np.pi / 2 - 0.45 * hand
    points = spiral(x, y, radius * 0.72, start, 1.45 * hand, 0.13)
    widths = np.interp(np.linspace(0, 1, len(points)), (0, 0.3, 1), (0.02, 0.16, 0.1)) * radius
    knob = circle(float(points[-1, 0]), float(points[-1, 1]), 0.1 * radius)
    return [fill(1, circle(x, y, radius + 0.03)), fill(0, circle(x, y, radius)),
        fill(1, ribbon(points, widths, 2), knob)]  # fmt: skip


def _tail(points: Sequence[tuple[float, float]], thick: float) -> list[MotifShape]:
    """Draw a trailing wisp: broad at its start, with a light line inside."""
    count = len(points)
    s = np.linspace(0, 1, count)
    shape = fill(0, ribbon(points, thick * np.interp(s, (0, 0.3, 1), (0.0, 1.0, 0.0)), 4))
    inside = ribbon(points[: count - 1],
        0.3 * thick * np.interp(s[:-1], (0, 0.4, 1), (0.0, 1.0, 0.0)), 3)  # fmt: skip
    return [*halo(1, 0.03, [shape]), shape, fill(2, inside)]


def _cloud(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an auspicious cloud: a ruyi head, drifting, towering, rising, a small one."""
    j = float(random.uniform(-0.03, 0.03))
    if view == 0:
        tails = [*_tail([(0.1, 0.2), (0.5, 0.32 + j), (0.85, 0.2), (1.2, 0.28)], 0.15),
            *_tail([(-0.1, 0.2), (-0.5, 0.32 - j), (-0.85, 0.2), (-1.2, 0.28)], 0.15),
            *_tail([(0, 0.1), (0.5, 0.16), (0.8, 0.04 + j), (1.05, 0.1)], 0.2),
            *_tail([(0, 0.1), (-0.5, 0.16), (-0.8, 0.04 - j), (-1.05, 0.1)], 0.2)]  # fmt: skip
        lobes: list[_Lobe] = [(0.0, -0.34, 0.36 + j / 2, 1), (-0.38, -0.04, 0.27, -1),
            (0.38, -0.04, 0.27, 1)]  # fmt: skip
        heart = outline([(0, 0.32, 0), (-0.2, 0.2), (-0.2, 0.02), (0, -0.04), (0.2, 0.02),
                (0.2, 0.2)])  # fmt: skip
        drop = outline([(0, 0.2, 0), (-0.08, 0.12), (0, 0.0), (0.08, 0.12)])
        return [*tails, *(s for lobe in lobes for s in _lobe(*lobe)),
            *halo(1, 0.03, [fill(0, heart)]), fill(0, heart), fill(2, drop)]  # fmt: skip
    if view == 1:
        lobes = [(-0.14, -0.3, 0.31, -1), (0.24, -0.14, 0.24, 1), (-0.52, -0.06, 0.23 + j / 2, -1)]
        tails = [*_tail([(-0.4, 0.22), (-0.1, 0.3), (0.3, 0.31), (0.7, 0.22 + j), (1.05, 0.3)],
                0.14),
            *_tail([(-0.86, 0.06), (-0.4, 0.17), (0.1, 0.13), (0.55, 0.12), (0.95, -0.0),
                    (1.4, 0.08 + j)], 0.22)]  # fmt: skip
        return [*tails[:3], *(s for lobe in lobes for s in _lobe(*lobe)), *tails[3:]]
    if view == 2:
        lobes = [(0.12, -0.72, 0.22, 1), (-0.2, -0.42, 0.27, -1), (0.3, -0.32, 0.26 + j / 2, 1),
            (-0.42, -0.02, 0.22, -1), (0.04, -0.08, 0.24, 1)]  # fmt: skip
        tails = [*_tail([(0.56, 0.24), (0.2, 0.33), (-0.2, 0.33), (-0.56, 0.26 + j), (-0.9, 0.36)],
                0.14),
            *_tail([(-0.8, 0.06), (-0.4, 0.2), (0.1, 0.17), (0.5, 0.12), (0.9, 0.2 + j),
                    (1.25, 0.08)], 0.2)]  # fmt: skip
        return [*(s for lobe in lobes for s in _lobe(*lobe)), *tails]
    if view == 3:
        band = _tail([(0.62, -0.36), (0.36, -0.1), (0.0, 0.0), (-0.36, 0.1 + j), (-0.9, 0.5)], 0.2)
        more = _tail([(0.5, -0.06), (0.2, 0.14), (-0.15, 0.2), (-0.5, 0.42 + j)], 0.13)
        ribbons = [*more, *band]
        lobes = [(0.56, -0.42, 0.24, -1), (0.22, -0.2, 0.2, -1), (0.62, -0.06, 0.2, 1),
            (-0.14, -0.02, 0.15, -1)]  # fmt: skip
        return [*ribbons, *(s for lobe in lobes for s in _lobe(*lobe))]
    lobes = [(-0.16, -0.12, 0.25, -1), (0.2, -0.06, 0.19, 1)]
    return [*(s for lobe in lobes for s in _lobe(*lobe)),
        *_tail([(-0.62, 0.05), (-0.3, 0.16), (0.1, 0.14), (0.45, 0.06 + j), (0.9, 0.14)],
            0.19)]  # fmt: skip


def _foam(*paths: Path, rim: float = 0.013) -> list[MotifShape]:
    """Draw foam with a thin rim."""
    shape = fill(_FOAM, *paths)
    return [*halo(_BAND, rim, [shape]), shape]


def _drops(places: Sequence[_Drop], random: np.random.Generator) -> list[MotifShape]:
    """Draw drops of foam."""
    return _foam(*(circle(x + random.uniform(-0.015, 0.015), y, r) for x, y, r in places))


def _great(random: np.random.Generator) -> list[MotifShape]:
    """Draw a breaking wave that falls to the left, with fingers of foam."""
    wave = outline([(-0.98, 0.5, 0), (-0.5, 0.4), (-0.1, 0.34), (0.16, 0.12), (0.18, -0.14),
            (0.02, -0.32), (-0.22, -0.34), (-0.42, -0.2), (-0.5, -0.02, 0), (-0.54, -0.28),
            (-0.4, -0.54), (-0.06, -0.68), (0.34, -0.58), (0.64, -0.26), (0.82, 0.14),
            (1.0, 0.5, 0), (0, 0.56)])  # fmt: skip
    stripes = [ribbon(points, widths)
        for points, widths in (([(-0.36, -0.38), (-0.04, -0.53), (0.26, -0.4), (0.38, -0.06),
                    (0.24, 0.24), (-0.1, 0.42)], (0.0, 0.07, 0.09, 0.09, 0.06, 0.0)),
            ([(0.1, -0.58), (0.4, -0.36), (0.56, -0.02), (0.5, 0.28), (0.26, 0.45)],
                (0.0, 0.06, 0.08, 0.06, 0.0)),
            ([(0.42, -0.48), (0.62, -0.18), (0.72, 0.14), (0.66, 0.4)],
                (0.0, 0.05, 0.06, 0.0)))]  # fmt: skip
    claw = outline([(-0.075, -0.05), (0.0, -0.09), (0.075, -0.04), (0.06, 0.07), (-0.02, 0.2, 0),
            (-0.005, 0.08), (-0.06, 0.05)])  # fmt: skip
    fingers = [claw.scaled(size).rotated(angle + random.uniform(-0.1, 0.1)).moved(x, y)
        for x, y, angle, size in ((-0.5, -0.02, 0.25, 1.0), (-0.52, -0.18, 0.75, 1.1),
            (-0.42, -0.3, 0.3, 0.9), (-0.5, -0.36, 1.15, 1.1), (-0.3, -0.36, 0.05, 0.85),
            (-0.4, -0.52, 1.5, 0.9), (-0.16, -0.37, -0.2, 0.75),
            (-0.02, -0.33, -0.5, 0.65))]  # fmt: skip
    lobes = [circle(x, y, r)
        for x, y, r in ((-0.5, -0.1, 0.07), (-0.53, -0.24, 0.08), (-0.47, -0.38, 0.085),
            (-0.37, -0.5, 0.085), (-0.22, -0.59, 0.085), (-0.06, -0.65, 0.075), (0.1, -0.66, 0.06),
            (-0.32, -0.33, 0.07), (-0.18, -0.37, 0.065))]  # fmt: skip
    inner = ribbon([(-0.5, -0.1), (-0.47, -0.34), (-0.28, -0.5), (0.02, -0.6), (0.24, -0.6)],
        (0.06, 0.16, 0.18, 0.1, 0.0))  # fmt: skip
    shade = ribbon([(-0.46, -0.2), (-0.36, -0.4), (-0.14, -0.52)], (0.0, 0.045, 0.0))
    foot = [circle(x, y, r)
        for x, y, r in ((-0.9, 0.49, 0.06), (-0.76, 0.44, 0.08), (-0.6, 0.42, 0.09),
            (-0.44, 0.43, 0.07), (0.86, 0.47, 0.06))]  # fmt: skip
    base = ribbon([(-0.98, 0.54), (-0.5, 0.48), (0.0, 0.53), (0.5, 0.5), (1.0, 0.54)],
        (0.0, 0.1, 0.07, 0.09, 0.0))  # fmt: skip
    drops = _drops([(-0.7, -0.3, 0.035), (-0.76, -0.1, 0.026), (-0.64, 0.08, 0.03),
            (-0.66, -0.5, 0.024), (-0.3, -0.12, 0.024)], random)  # fmt: skip
    return [fill(_WATER, wave), fill(_BAND, *stripes), *_foam(*fingers, *lobes, inner),
        fill(_BAND, shade), *_foam(*foot, base), *drops]  # fmt: skip


def _roll(x: float, y: float, radius: float, flip: bool) -> list[MotifShape]:
    """Draw a round wave whose crest rolls up, with a foaming rim."""
    points = spiral(0, 0, 0.8, np.pi * 0.75, 1.5, 0.1)
    widths = 0.8 * np.interp(np.linspace(0, 1, len(points)), (0, 0.25, 0.8, 1),
        (0.12, 0.28, 0.2, 0.1))  # fmt: skip
    rim = [circle(np.cos(a) * 0.98, np.sin(a) * 0.98, r)
        for a, r in zip(np.linspace(np.pi * 0.92, np.pi * 2.05, 9),
            (0.1, 0.13, 0.16, 0.14, 0.16, 0.14, 0.15, 0.12, 0.09), strict=True)]  # fmt: skip
    shapes = [*_foam(*rim, circle(0, 0, 1.0), rim=0.04), fill(_WATER, circle(0, 0, 0.93)),
        fill(_FOAM, ribbon(points, widths * 0.7, 2)),
        fill(_FOAM, circle(float(points[-1, 0]), float(points[-1, 1]), 0.13))]  # fmt: skip
    return turned(shapes, 0.0, radius, (x, y), flip=flip)


def _rolling(random: np.random.Generator) -> list[MotifShape]:
    """Draw three round waves over a swell."""
    curls = [(0.5, -0.02, 0.3, True), (-0.46, -0.06, 0.34, False), (0.04, -0.2, 0.42, False)]
    swell = outline([(-1.0, 0.42, 0), (-0.8, 0.12), (-0.3, 0.08), (0.1, 0.18), (0.5, 0.08),
            (0.84, 0.16), (1.0, 0.42, 0), (0, 0.46)])  # fmt: skip
    lines = [ribbon([(x, y), (x + 0.22, y - 0.07), (x + 0.46, y), (x + 0.7, y - 0.04)],
            (0, 0.045, 0.045, 0)) for x, y in ((-0.8, 0.3), (0.0, 0.34), (-0.44, 0.2))]  # fmt: skip
    return [*(s for c in curls for s in _roll(*c)), fill(_WATER, swell), fill(_FOAM, *lines),
        *_drops([(-0.3, -0.56, 0.035), (-0.5, -0.5, 0.026), (0.5, -0.46, 0.03)],
            random)]  # fmt: skip


def _comma(random: np.random.Generator) -> list[MotifShape]:
    """Draw one wave in the shape of a comma, striped along its bend."""
    j = float(random.uniform(-0.03, 0.03))
    body = Body.through([(-1.05, 0.5), (-0.5, 0.47), (0.0, 0.33), (0.34, 0.02), (0.34, -0.36),
            (0.04, -0.54 + j), (-0.24, -0.4), (-0.26, -0.16), (-0.1, -0.08)],
        (0.0, 0.2, 0.42, 0.5, 0.4, 0.3, 0.22, 0.13, 0.0))  # fmt: skip
    stripes = [tapered(body.at([(s, t) for s in np.linspace(a, b, 9)]),
            0.09 * np.sin(np.linspace(0, np.pi, 9)))
        for a, b, t in ((0.1, 0.8, -0.5), (0.05, 0.9, 0.0), (0.12, 0.72, 0.5))]  # fmt: skip
    foam = []
    for s, r in ((0.5, 0.05), (0.56, 0.075), (0.62, 0.09), (0.68, 0.085), (0.74, 0.09),
        (0.8, 0.075), (0.86, 0.06)):  # fmt: skip
        x, y = body.at([(s, 0.96)])[0]
        foam.append(circle(x, y, r))
    band = body.patch([(0.44, 1, 0), (0.6, 1.05), (0.9, 1.05), (0.99, 0.4, 0), (0.84, 0.66),
            (0.62, 0.7)])  # fmt: skip
    spray = [(*body.at([(s, t)])[0], r)
        for s, t, r in ((0.56, 1.8, 0.035), (0.66, 2.0, 0.026), (0.75, 2.0, 0.036),
            (0.84, 2.5, 0.024))]  # fmt: skip
    low = [ribbon([(x, y), (x + 0.3, y - 0.05), (x + 0.6, y), (x + 0.9, y - 0.03)],
            (0, 0.07, 0.07, 0)) for x, y in ((0.1, 0.5), (-0.6, 0.62))]  # fmt: skip
    return [fill(_WATER, body.contour(), *low), fill(_BAND, *stripes), *_foam(*foam, band),
        *_drops(spray, random)]  # fmt: skip


def _scales(random: np.random.Generator) -> list[MotifShape]:
    """Draw waves as ringed scales with foam that curls over the top."""
    shapes: list[MotifShape] = []
    for x, y in ((0.0, -0.12), (-0.42, 0.12), (0.42, 0.12), (0.0, 0.36)):
        for slot, r in ((_BAND, 0.46), (_WATER, 0.44), (_FOAM, 0.35), (_WATER, 0.31),
            (_BAND, 0.22), (_WATER, 0.18), (_FOAM, 0.09)):  # fmt: skip
            shapes.append(fill(slot,
                    closed(arc(x, y, r, np.pi, 2 * np.pi),
                        curve([(x + r, y + 0.02), (x - r, y + 0.02)]))))  # fmt: skip
    low = [ribbon([(-0.95, 0.16), (-0.6, 0.13), (-0.3, 0.17)], (0.0, 0.08, 0.0)),
        ribbon([(0.3, 0.17), (0.6, 0.13), (0.95, 0.16)], (0.0, 0.08, 0.0)),
        ribbon([(-0.6, 0.38), (-0.2, 0.35), (0.2, 0.41), (0.6, 0.37)],
            (0.0, 0.09, 0.09, 0.0))]  # fmt: skip
    crests: list[MotifShape] = []
    for x, y, size, flip in ((-0.12, -0.52, 0.17, False), (0.2, -0.5, 0.13, True),
        (-0.62, -0.24, 0.12, False), (0.64, -0.24, 0.12, True)):  # fmt: skip
        hook = outline([(1.3, 0.5), (0.7, -0.4), (-0.1, -0.8), (-0.8, -0.4), (-0.84, 0.26),
                (-0.3, 0.5, 0), (-0.42, 0.1), (-0.1, -0.16), (0.2, 0.1), (0.3, 0.6)])  # fmt: skip
        crests += turned(_foam(hook, rim=0.1), 0.0, size, (x, y), flip=flip)
    drops = [(-0.36, -0.66, 0.034), (0.02, -0.78, 0.028), (0.42, -0.62, 0.03),
        (-0.84, -0.34, 0.026), (0.86, -0.32, 0.03)]  # fmt: skip
    return [*shapes, fill(_WATER, *low), *crests, *_drops(drops, random)]


def _wave(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a wave: breaking, round curls over a swell, one comma, ringed scales."""
    return (_great, _rolling, _comma, _scales)[view](random)


DRAWINGS: Mapping[str, DrawMotif] = {"auspicious-cloud": _cloud, "wave": _wave}
