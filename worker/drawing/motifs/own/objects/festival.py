"""Fans, lanterns, knots and umbrellas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import joined, sliver
from worker.drawing.motifs.pen import curve, fill, line, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, arc, circle, closed, polygon, polyline

__all__ = ["DRAWINGS"]


def _polar(angle: float, radius: float) -> tuple[float, float]:
    """Return a place by its angle, radians clockwise from upwards."""
    return radius * float(np.sin(angle)), -radius * float(np.cos(angle))


def _sector(inner: float, outer: float, start: float, end: float) -> Path:
    """Return a sector of a ring; angles are clockwise from upwards."""
    a, b = start - np.pi / 2, end - np.pi / 2
    return closed(arc(0, 0, outer, a, b), arc(0, 0, inner, b, a))


def _blossom(x: float, y: float, size: float, turn: float) -> Path:
    """Return the five petals of a plum blossom."""
    points: list[tuple[float, ...]] = []
    for k in range(5):
        a = turn + 2 * np.pi * k / 5
        points += [(*_polar(a - 0.4, 0.95),), (*_polar(a, 1.08),), (*_polar(a + 0.4, 0.95),),
            (*_polar(a + np.pi / 5, 0.62), 0)]  # fmt: skip
    return outline(points).scaled(size).moved(x, y)


def _tassel(x: float, y: float, length: float, slots: tuple[int, int]) -> list[MotifShape]:
    """Draw a tassel that hangs from (x, y): a bead, a knot and threads."""
    wide = 0.3 * length
    skirt = outline([(x - 0.3 * wide, y + 0.2 * length, 0), (x + 0.3 * wide, y + 0.2 * length, 0),
            (x + 0.42 * wide, y + 0.6 * length), (x + 0.5 * wide, y + length, 0),
            (x, y + 0.97 * length), (x - 0.5 * wide, y + length, 0),
            (x - 0.42 * wide, y + 0.6 * length)])  # fmt: skip
    threads = [sliver([(x + 0.4 * k * wide, y + 0.36 * length),
                (x + 0.5 * k * wide, y + 0.65 * length), (x + 0.6 * k * wide, y + 0.96 * length)],
            0.14 * wide) for k in (-0.5, 0.0, 0.5)]  # fmt: skip
    return [fill(slots[0], skirt), fill(slots[1], *threads),
        fill(slots[1], oval(x, y + 0.14 * length, 0.34 * wide, 0.1 * length)),
        fill(slots[0], circle(x, y, 0.24 * wide))]  # fmt: skip


def _folding_fan(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a folding fan: with blossoms, with waves and a sun, half open with stripes."""
    spread = 1.22 if view < 2 else 0.72
    turn = random.uniform(-0.06, 0.06)
    leaf = _sector(0.42, 1.0, -spread, spread)
    ribs = [polygon([_polar(a - 0.05, 0.05), _polar(a - 0.028, 0.5), _polar(a + 0.028, 0.5),
                _polar(a + 0.05, 0.05)])
        for a in np.linspace(-spread + 0.06, spread - 0.06, 13 if view < 2 else 9)]  # fmt: skip
    guards = [polygon([_polar(a - 0.3 * d, 0.1), _polar(a - 0.055, 1.02), _polar(a + 0.055, 1.02),
                _polar(a + 0.3 * d, 0.1)]) for a, d in ((-spread, 1), (spread, 1))]  # fmt: skip
    shapes = [fill(1, *ribs), fill(0, leaf)]
    folds = [sliver([_polar(a, 0.45), _polar(a, 0.72), _polar(a, 0.97)], 0.022)
        for a in np.linspace(-spread + 0.16, spread - 0.16, 12 if view < 2 else 8)]  # fmt: skip
    if view == 0:
        twig = curve([_polar(-1.05, 0.55), _polar(-0.6, 0.62), _polar(-0.1, 0.8),
                _polar(0.35, 0.72), _polar(0.8, 0.82)])  # fmt: skip
        branch = [ribbon(twig.points[::3], (0.05, 0.045, 0.04, 0.03, 0.012)),
            ribbon([_polar(-0.62, 0.62), _polar(-0.5, 0.75), _polar(-0.52, 0.86)],
                (0.032, 0.024, 0.01)),
            ribbon([_polar(0.2, 0.74), _polar(0.38, 0.62), _polar(0.6, 0.58)],
                (0.03, 0.024, 0.01))]  # fmt: skip
        flowers = [(-0.36, 0.72, 0.1), (-0.8, 0.72, 0.085), (0.06, 0.8, 0.1), (0.52, 0.62, 0.085),
            (0.56, 0.84, 0.07), (-0.5, 0.86, 0.06)]  # fmt: skip
        shapes += [fill(2, *folds), fill(1, *branch),
            fill(3, *(_blossom(*_polar(a, r), s, a * 3 + turn) for a, r, s in flowers)),
            fill(0, *(circle(*_polar(a, r), s * 0.3) for a, r, s in flowers))]  # fmt: skip
    elif view == 1:
        band = [_sector(0.44, 0.62, -spread + 0.06, spread - 0.06)]
        hills = [outline([_polar(a - w, 0.58), _polar(a - w / 2, 0.58 + 0.6 * h),
                    (*_polar(a, 0.58 + h),), _polar(a + w / 2, 0.58 + 0.55 * h),
                    _polar(a + w, 0.58)])
            for a, w, h in ((-0.62, 0.34, 0.26), (-0.2, 0.26, 0.17), (0.7, 0.3, 0.16))]  # fmt: skip
        waves = [ribbon([_polar(a + d, r)
                    for d, r in ((-0.22, q), (-0.08, q + 0.03), (0.06, q - 0.01),
                        (0.22, q + 0.02))], (0, 0.026, 0.026, 0))
            for a, q in ((-0.8, 0.53), (-0.3, 0.5), (0.2, 0.54), (0.7, 0.51))]  # fmt: skip
        shapes += [fill(2, *folds), fill(3, circle(*_polar(0.42, 0.84), 0.1)), fill(2, *hills),
            fill(1, *band), fill(0, *waves)]  # fmt: skip
    else:
        stripes = [_sector(0.46, 0.54, -spread, spread), _sector(0.88, 0.94, -spread, spread)]
        shapes += [fill(3, *stripes), fill(2, *folds),
            fill(3, *(_blossom(*_polar(a, 0.71), 0.09, a + turn) for a in (-0.42, 0.0, 0.42))),
            fill(0, *(circle(*_polar(a, 0.71), 0.028) for a in (-0.42, 0.0, 0.42)))]  # fmt: skip
    shapes += [fill(1, *guards), fill(3, circle(0, 0, 0.07)), fill(1, circle(0, 0, 0.03))]
    if view == 2:
        shapes += [line(3, curve([(0, 0.04), (0.04, 0.14), (0, 0.22)]), 0.03),
            *_tassel(0, 0.24, 0.34, (3, 2))]  # fmt: skip
        return turned(shapes, 0.5)
    return turned(shapes, turn / 2)


def _round_fan(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a silk fan: with an orchid, begonia-shaped with a moon, with a tassel and blossoms."""
    j = random.uniform(-0.04, 0.04)
    if view == 1:
        rim = outline([(0, -0.56), (0.24, -0.5), (0.34, -0.36, 0), (0.52, -0.24), (0.52, 0.06),
                (0.34, 0.16, 0), (0.22, 0.32), (0, 0.37), (-0.22, 0.32), (-0.34, 0.16, 0),
                (-0.52, 0.06), (-0.52, -0.24), (-0.34, -0.36, 0), (-0.24, -0.5)])  # fmt: skip
        rim = rim.moved(0, 0.1)
    else:
        rim = circle(0, 0, 0.5)
    middle = rim.scaled(0.91)
    handle = outline([(-0.035, 0.3, 0), (-0.03, 0.7), (-0.045, 0.92), (0, 0.98), (0.045, 0.92),
            (0.03, 0.7), (0.035, 0.3, 0)])  # fmt: skip
    collar = outline([(-0.06, 0.42), (0, 0.4), (0.06, 0.42), (0.05, 0.56), (0, 0.6), (-0.05, 0.56)])
    knob = [circle(0, 0.96, 0.045)]
    shapes = [fill(2, handle, *knob), fill(2, rim), fill(0, middle), fill(1, collar)]
    if view == 0:
        leaves = [ribbon([(-0.08 + d / 5, 0.4), (-0.06 + d * 0.5, 0.04),
                    (d * 0.9, -0.1 - abs(d) * 0.1), (d * 1.2, y)], (0.03, 0.045, 0.035, 0.0))
            for d, y in ((-0.26, 0.12), (0.24 + j, -0.2), (0.3, 0.1), (-0.12, -0.26),
                (0.08, -0.34))]  # fmt: skip
        petals = [plume(x, y, a, 0.16, 0.06, 0.3) for x, y in ((-0.16, -0.16), (0.18, -0.02))
            for a in (-1.4, -0.5, 0.5, 1.6, 2.6)]  # fmt: skip
        return [*shapes, fill(3, *leaves), fill(1, *petals)]
    if view == 1:
        bamboo = [ribbon([(0.2, 0.36), (0.22, 0.1), (0.16, -0.2), (0.2, -0.38)],
                (0.036, 0.034, 0.03, 0.022))]  # fmt: skip
        blades = [plume(x, y, a, 0.24, 0.07, b)
            for x, y, a, b in ((0.18, -0.16, -1.9, -0.3), (0.18, -0.16, -1.35, 0.2),
                (0.2, 0.1, -2.2, 0.2), (0.21, 0.1, -1.6, 0.2), (0.2, 0.0, 2.0, 0.3),
                (0.18, -0.3, 1.9, 0.3))]  # fmt: skip
        return [*shapes, fill(1, circle(-0.16, -0.16 + j, 0.13)), fill(3, *bamboo, *blades)]
    twig = ribbon([(-0.4, 0.16), (-0.16, 0.08), (0.06, -0.1), (0.34, -0.16)],
        (0.045, 0.04, 0.03, 0.012))  # fmt: skip
    more = ribbon([(-0.12, 0.06), (-0.06, -0.12), (-0.12, -0.3)], (0.03, 0.026, 0.01))
    spots = [(-0.22, 0.06, 0.1), (0.05, -0.08, 0.11), (0.24, -0.18, 0.08), (-0.1, -0.22, 0.085),
        (-0.06, 0.2, 0.06)]  # fmt: skip
    return [*shapes, fill(3, twig, more),
        fill(1, *(_blossom(x, y, s, x * 9 + j * 5) for x, y, s in spots)),
        fill(0, *(circle(x, y, s * 0.28) for x, y, s in spots)),
        line(1, curve([(0, 0.96), (0.05, 1.03), (0, 1.1)]), 0.03),
        *_tassel(0, 1.1, 0.36, (1, 3))]  # fmt: skip


def _lantern(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lantern: round, long, a palace lantern with six sides, two small ones on a cord."""
    if view == 3:
        one = turned(_lantern(0, random), -0.12, 0.7, (-0.34, 0.3))
        other = turned(_lantern(1, random), 0.1, 0.68, (0.36, 0.42))
        cord = line(2,
            curve([(-0.62, -0.4), (-0.28, -0.2), (0.06, -0.22), (0.36, -0.16), (0.66, -0.38)]),
            0.03)  # fmt: skip
        return [cord, *one, *other]
    wide, high = ((0.5, 0.4), (0.3, 0.52), (0.46, 0.42))[view]
    wide += random.uniform(-0.03, 0.03)
    string = line(2, polyline([(0, -high - 0.3), (0, -high)]), 0.028)
    hook = line(2, arc(0, -high - 0.34, 0.045, 0.0, 2 * np.pi), 0.03)
    caps = [outline([(-0.2, y - 0.04, 0), (0.2, y - 0.04, 0), (0.18, y + 0.05, 0),
                (-0.18, y + 0.05, 0)]) for y in (-high, high)]  # fmt: skip
    caps[1] = caps[0].scaled(1, -1)
    tassels = [*_tassel(0, high + 0.08, 0.46, (1, 2))]
    if view == 2:
        body = polygon([(-0.3, -high), (0.3, -high), (wide, 0), (0.3, high), (-0.3, high),
                (-wide, 0)])  # fmt: skip
        panes = [polygon([(-0.12, -0.32), (0.12, -0.32), (0.2, 0), (0.12, 0.32), (-0.12, 0.32),
                    (-0.2, 0)])]  # fmt: skip
        sides = [polygon([(0.19, -0.33), (0.27, -0.33), (0.41, 0), (0.27, 0.33), (0.19, 0.33),
                    (0.27, 0)])]  # fmt: skip
        sides.append(sides[0].scaled(-1, 1))
        roof = outline([(-0.52, -high - 0.02, 0), (-0.3, -high - 0.06), (-0.16, -high - 0.18, 0),
                (0.16, -high - 0.18, 0), (0.3, -high - 0.06), (0.52, -high - 0.02, 0),
                (0, -high + 0.07)])  # fmt: skip
        corner = [each for x in (-0.46, 0.46) for each in _tassel(x, -high + 0.02, 0.26, (1, 2))]
        flower = [fill(1, _blossom(0, 0, 0.11, random.uniform(0, 1))), fill(2, circle(0, 0, 0.035))]
        return [string, hook, *tassels, fill(0, body), fill(3, *panes, *sides), *corner,
            fill(2, roof, caps[1]), *flower]  # fmt: skip
    body = outline([(0, -high), (wide * 0.62, -high * 0.9), (wide, 0), (wide * 0.62, high * 0.9),
            (0, high), (-wide * 0.62, high * 0.9), (-wide, 0),
            (-wide * 0.62, -high * 0.9)])  # fmt: skip
    ribs = [ribbon([(k * wide * 0.3, -high), (k * wide * 0.72, -high * 0.5), (k * wide * 0.82, 0),
                (k * wide * 0.72, high * 0.5), (k * wide * 0.3, high)],
            (0.012, 0.022, 0.026, 0.022, 0.012)) for k in (-0.8, -0.4, 0.0, 0.4, 0.8)]  # fmt: skip
    shine = plume(-wide * 0.62, high * 0.34, 0.12, high * 0.8, 0.06, 0.3)
    shapes = [string, hook, *tassels, fill(0, body), fill(1, *ribs)]
    if view == 1:
        shapes += [fill(3, outline([(0, -0.24), (0.13, 0), (0, 0.24), (-0.13, 0)])),
            fill(0, _blossom(0, 0, 0.085, 0.0))]  # fmt: skip
    return [*shapes, fill(3, shine), fill(2, *caps)]


def _loop(angle: float, length: float, wide: float) -> Path:
    """Return a loop of cord from the origin, as an open line."""
    path = curve([(0, 0), (wide, -0.45 * length), (0.7 * wide, -0.9 * length), (0, -length),
            (-0.7 * wide, -0.9 * length), (-wide, -0.45 * length), (0, 0)])  # fmt: skip
    return path.rotated(angle)


def _endless_knot(random: np.random.Generator) -> list[MotifShape]:
    """Draw the woven square of an endless knot."""
    cord = 0.05
    hang = [line(0, polyline([(0, -0.86), (0, -0.5)]), cord),
        line(0, arc(0, -0.9, 0.06, 0, 2 * np.pi), 0.036)]  # fmt: skip
    sway = random.uniform(-0.015, 0.015)
    tails = [each for x in (-0.13, 0.13)
        for each in (line(0, curve([(x / 3, 0.4), (x + sway, 0.56), (x, 0.66)]), cord),
            *_tassel(x, 0.68, 0.44, (0, 1)))]  # fmt: skip
    bead = [fill(2, circle(0, -0.6, 0.07)), fill(1, circle(0, -0.6, 0.032))]
    ears, small = [], []
    for a, n, w in ((0.0, 0.2, 0.07), (np.pi / 2, 0.22, 0.08), (-np.pi / 2, 0.22, 0.08),
        (np.pi, 0.12, 0.06)):  # fmt: skip
        x, y = _polar(a, 0.4)
        ears.append(_loop(a, n, w).moved(x * 0.92, y * 0.92))
    for a in (np.pi / 4, -np.pi / 4, 3 * np.pi / 4, -3 * np.pi / 4):
        for shift in (-0.11, 0.11):
            x, y = _polar(a, 0.26)
            dx, dy = _polar(a + np.pi / 2, shift)
            small.append(_loop(a, 0.13, 0.062).moved(x + dx, y + dy))
    u, v = np.array((1, 1)) / 2**0.5, np.array((1, -1)) / 2**0.5
    rows = (-0.24, -0.12, 0.0, 0.12, 0.24)
    crossings = [u * k + v * m for i, k in enumerate(rows) for m in rows[i % 2 :: 2]]
    weave = [fill(1, polygon([(0, -0.43), (0.43, 0), (0, 0.43), (-0.43, 0)])),
        line(0, joined(polyline([v * k - u * 0.29, v * k + u * 0.29]) for k in rows), 0.062),
        line(0, joined(polyline([u * k - v * 0.29, u * k + v * 0.29]) for k in rows), 0.062),
        line(1, joined(polyline([c - u * 0.036, c + u * 0.036]) for c in crossings), 0.098),
        line(0, joined(polyline([c - u * 0.07, c + u * 0.07]) for c in crossings),
            0.062)]  # fmt: skip
    return [*hang, *tails, line(0, joined(ears), cord), line(0, joined(small), 0.9 * cord), *weave,
        *bead]  # fmt: skip


def _knot(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Chinese knot: the endless knot, a double coin knot, a clover knot."""
    cord = 0.05
    hang = [line(0, polyline([(0, -0.86), (0, -0.5)]), cord),
        line(0, arc(0, -0.9, 0.06, 0, 2 * np.pi), 0.036)]  # fmt: skip
    sway = random.uniform(-0.015, 0.015)
    tails = [each for x in (-0.13, 0.13)
        for each in (line(0, curve([(x / 3, 0.4), (x + sway, 0.56), (x, 0.66)]), cord),
            *_tassel(x, 0.68, 0.44, (0, 1)))]  # fmt: skip
    bead = [fill(2, circle(0, -0.6, 0.07)), fill(1, circle(0, -0.6, 0.032))]
    if view == 0:
        return _endless_knot(random)
    if view == 1:
        ovals = []
        for x, y, angle in ((-0.17, 0.0, 0.6), (0.17, 0.0, -0.6), (0.0, 0.14, np.pi / 2)):
            ovals += [line(1, oval(x, y, 0.22, 0.34, angle), 0.1),
                line(0, oval(x, y, 0.22, 0.34, angle), 0.056)]  # fmt: skip
        top = [line(1, _loop(0, 0.24, 0.12).moved(0, -0.26), 0.1),
            line(0, _loop(0, 0.24, 0.12).moved(0, -0.26), 0.056)]  # fmt: skip
        return [*hang, *tails, *top, *ovals, *bead]
    leaves = []
    for a in (0.0, np.pi / 2, -np.pi / 2, 0.78, -0.78, 2.36, -2.36):
        n, w = (0.44, 0.15) if abs(a) < 0.1 or abs(abs(a) - np.pi / 2) < 0.1 else (0.3, 0.08)
        leaves += [line(1, _loop(a, n, w), 0.085), line(0, _loop(a, n, w), cord)]
    core = [fill(0, polygon([(0, -0.16), (0.16, 0), (0, 0.16), (-0.16, 0)])),
        fill(2, polygon([(0, -0.09), (0.09, 0), (0, 0.09), (-0.09, 0)]))]  # fmt: skip
    return [*hang, *tails, line(0, polyline([(0, 0), (0, 0.42)]), cord), *leaves, *core, *bead]


DRAWINGS: Mapping[str, DrawMotif] = {
    "folding-fan": _folding_fan,
    "round-fan": _round_fan,
    "lantern": _lantern,
    "chinese-knot": _knot,
}
