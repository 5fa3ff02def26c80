"""Sun, moon, stars, planets, comets, rainbows and snowflakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, radial
from worker.drawing.motifs.pen import fill, line, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, arc, circle, closed, polygon, polyline, star

__all__ = ["DRAWINGS"]


def _flame(length: float, wide: float, wave: float) -> Path:
    """Return a waved ray upwards from the origin."""
    return ribbon([(0, 0), (wave, -0.33 * length), (-wave * 0.8, -0.68 * length),
            (wave * 0.6, -length)], (wide, wide * 0.8, wide * 0.45, 0.0), 3)  # fmt: skip


def _sun(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sun: flames and blades, dense rays with a ring, rising, with swirling rays."""
    j = random.uniform(-0.02, 0.02)
    if view == 2:
        rays = []
        for index, angle in enumerate(np.linspace(-1.45, 1.45, 11)):
            length = 0.34 if index % 2 else 0.5
            rays.append(blade(0.12, 0.3).scaled(length + j).moved(0, -0.42).rotated(float(angle)))
        dome = closed(arc(0, 0, 0.36, np.pi, 2 * np.pi))
        inner = closed(arc(0, 0, 0.24, np.pi, 2 * np.pi))
        waves = [ribbon([(-w, y), (-w / 2, y - 0.03), (0, y), (w / 2, y + 0.03), (w, y)],
                (0.0, 0.045, 0.055, 0.045, 0.0))
            for w, y in ((0.86, 0.06), (0.6, 0.16), (0.34, 0.26))]  # fmt: skip
        return [fill(1, *rays), fill(0, dome), fill(2, inner), fill(3, *waves)]
    if view == 0:
        long = [_flame(0.62 + j, 0.13, 0.045).moved(0, -0.34)] * 8
        short = [blade(0.15, 0.2).scaled(0.36).moved(0, -0.36)] * 8
        burst = [fill(1, *(p.rotated(k * np.pi / 4) for k, p in enumerate(long))),
            fill(3, *(p.rotated((k + 0.5) * np.pi / 4) for k, p in enumerate(short)))]  # fmt: skip
    elif view == 1:
        blades = [blade(0.1, 0.1).scaled(0.62 if k % 2 else 0.42).moved(0, -0.4).rotated(
                k * np.pi / 12) for k in range(24)]  # fmt: skip
        burst = [fill(1, *blades[1::2]), fill(3, *blades[::2])]
    else:
        swirl = [bent(blade(0.24, 0.25), 0.9 + 4 * j).scaled(0.62).moved(0, -0.3).rotated(
                k * np.pi / 6) for k in range(12)]  # fmt: skip
        burst = [fill(1, *swirl)]
    face = [fill(0, circle(0, 0, 0.42))]
    if view == 0:
        curl = ribbon([(0.22, -0.1), (0.1, -0.26), (-0.12, -0.24), (-0.25, -0.04), (-0.16, 0.17),
                (0.06, 0.18), (0.12, 0.02), (0.0, -0.06), (-0.06, 0.02)],
            (0.0, 0.05, 0.06, 0.06, 0.06, 0.055, 0.05, 0.045, 0.03))  # fmt: skip
        return [*burst, *face, fill(2, curl)]
    if view == 1:
        dots = [circle(0, -0.33, 0.03 + j / 3).rotated(k * np.pi / 8) for k in range(16)]
        return [*burst, *face, fill(2, *dots), fill(3, circle(0, 0, 0.25)),
            fill(2, circle(0, 0, 0.18))]  # fmt: skip
    return [*burst, *face, fill(2, circle(-0.03, -0.03, 0.32)), fill(0, circle(0.03, 0.03, 0.26))]


def _crescent(radius: float, inner: float, shift: float) -> Path:
    """Return a crescent open to the right: a disc without one of radius `inner` at x = shift."""
    x = (radius**2 - inner**2 + shift**2) / (2 * shift)
    y = float(np.sqrt(radius**2 - x**2))
    a, b = float(np.arctan2(y, x)), float(np.arctan2(y, x - shift))
    return closed(arc(0, 0, radius, a, 2 * np.pi - a), arc(shift, 0, inner, 2 * np.pi - b, b))


def _sparkle(x: float, y: float, size: float, waist: float = 0.16) -> Path:
    """Return a four-pointed star with hollow sides."""
    points: list[tuple[float, ...]] = []
    for k in range(4):
        a = k * np.pi / 2
        points += [(np.sin(a), -np.cos(a), 0),
            (waist * np.sin(a + np.pi / 4) * 1.414,
                -waist * np.cos(a + np.pi / 4) * 1.414)]  # fmt: skip
    return outline(points).scaled(size).moved(x, y)


def _moon(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a crescent moon: with craters, over a cloud, with hanging stars, slender with rays."""
    lean = random.uniform(-0.12, 0.12) - 0.35
    if view == 3:
        rays = [blade(0.1, 0.2).scaled(0.2).moved(0, -0.74).rotated(a)
            for a in np.linspace(-2.7, -0.4, 11)]  # fmt: skip
        moon = [fill(2, *rays), fill(0, _crescent(0.62, 0.56, 0.2)),
            fill(1, _crescent(0.56, 0.6, 0.13)), fill(2, _sparkle(0.2, 0, 0.24))]  # fmt: skip
        return turned(moon, lean)
    moon = [fill(0, _crescent(0.62, 0.5, 0.3)), fill(1, _crescent(0.62, 0.585, 0.1))]
    moon = turned(moon, lean)
    if view == 0:
        spots = [circle(x, y, r)
            for x, y, r in ((-0.44, 0.02, 0.05), (-0.34, 0.26, 0.035),
                (-0.32, -0.2, 0.03))]  # fmt: skip
        return [*moon, *turned([fill(2, *spots)], lean),
            fill(2, _sparkle(0.3, -0.12, 0.15), _sparkle(0.12, 0.18, 0.09))]  # fmt: skip
    if view == 1:
        puffs = [circle(x, y, r)
            for x, y, r in ((-0.36, 0.36, 0.14), (-0.12, 0.28, 0.2), (0.16, 0.34, 0.16),
                (0.36, 0.4, 0.1))]  # fmt: skip
        base = outline([(-0.62, 0.46, 0), (-0.3, 0.36), (0.36, 0.4), (0.72, 0.47, 0), (0.3, 0.52),
                (-0.2, 0.52)])  # fmt: skip
        curls = [line(2, arc(-0.12, 0.29, 0.12, 2.6, 6.0), 0.028),
            line(2, arc(0.17, 0.35, 0.09, 3.0, 6.2), 0.026)]  # fmt: skip
        return [*moon, fill(3, *puffs, base), *curls, fill(2, _sparkle(0.28, -0.2, 0.14))]
    threads = [polyline([(x, y), (x, y + n)])
        for x, y, n in ((0.0, -0.44, 0.42), (0.22, -0.5, 0.7))]  # fmt: skip
    stars = [star(5, 0.14, 0.06).moved(0, 0.06), star(5, 0.16, 0.07).moved(0.22, 0.3)]
    mobile = [*[line(3, each, 0.018) for each in threads], *moon, fill(2, *stars)]
    return turned(mobile, flip=True)


def _star(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a star: faceted, a sparkle with small ones, eight-pointed, round-pointed, shooting."""
    turn = random.uniform(-0.12, 0.12)
    if view in (0, 2):
        count, inner = (5, 0.4) if view == 0 else (8, 0.42)
        shapes: list[MotifShape] = [fill(0, star(count, 1.0, inner))]
        facets = []
        for k in range(count):
            a, b = 2 * np.pi * k / count, 2 * np.pi * (k + 0.5) / count
            long = 1.0 if view == 0 or k % 2 == 0 else 0.72
            facets.append(polygon([(0, 0), (long * np.sin(a), -long * np.cos(a)),
                        (inner * np.sin(b), -inner * np.cos(b))]))  # fmt: skip
        if view == 2:
            halves = [polygon([(0, 0), (-p.points[2, 0], p.points[2, 1]), p.points[1] * (-1, 1)])
                for p in facets]  # fmt: skip
            return turned([fill(0, *halves), fill(1, *facets), fill(2, circle(0, 0, 0.13))], turn)
        return turned([*shapes, fill(1, *facets)], turn)
    if view == 1:
        return turned([fill(0, _sparkle(0, 0, 1.0, 0.17)),
                fill(1,
                    *(plume(0, 0, a, 0.5, 0.12, belly=0.2)
                        for a in np.pi / 4 * np.arange(1, 8, 2))), fill(2, circle(0, 0, 0.1)),
                fill(1, _sparkle(0.62, -0.6, 0.26), _sparkle(-0.58, 0.62, 0.2))],
            turn / 2)  # fmt: skip
    points = []
    for k in range(10):
        a, r = np.pi * k / 5, 0.6 if k % 2 else 1.0
        if k % 2:
            points.append((r * np.sin(a), -r * np.cos(a)))
        else:
            points += [(r * np.sin(a - 0.1), -r * np.cos(a - 0.1)),
                (r * np.sin(a + 0.1), -r * np.cos(a + 0.1))]  # fmt: skip
    soft = outline([tuple(p) for p in points])
    return turned([fill(1, soft), fill(0, soft.scaled(0.8)), fill(2, soft.scaled(0.34))], turn)


def _planet(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a planet: banded with a ring, with craters and two rings, small with a moon."""
    j = random.uniform(-0.03, 0.03)
    radius = 0.44

    def band(y0: float, y1: float, wave: float) -> Path:
        x0, x1 = (float(np.sqrt(max(radius**2 - y**2, 0))) for y in (y0, y1))
        left, right = np.arctan2((y0, y1), (-x0, -x1)), np.arctan2((y0, y1), (x0, x1))
        a, b = left % (2 * np.pi)
        return outline([(-x0, y0, 0), (-x0 / 3, y0 + wave), (x0 / 3, y0 - wave), (x0, y0, 0),
                (radius * np.cos((right[0] + right[1]) / 2),
                    radius * np.sin((right[0] + right[1]) / 2)), (x1, y1, 0), (x1 / 3, y1 - wave),
                (-x1 / 3, y1 + wave), (-x1, y1, 0),
                (radius * np.cos((a + b) / 2), radius * np.sin((a + b) / 2))])  # fmt: skip

    ball = [fill(0, circle(0, 0, radius))]
    if view == 1:
        pits = [(-0.16, -0.2, 0.1), (0.17, -0.02, 0.075), (-0.12, 0.18, 0.06), (0.14, 0.24, 0.05),
            (0.1, -0.28, 0.045)]  # fmt: skip
        ball += [fill(1, *(oval(x + j, y, r, r * 0.86) for x, y, r in pits)),
            fill(2,
                *(oval(x + j + 0.015, y + 0.015, r * 0.7, r * 0.58)
                    for x, y, r in pits))]  # fmt: skip
    else:
        ball += [fill(1, band(-0.28, -0.16, 0.02 + j), band(0.06, 0.14, -0.02)),
            fill(2, band(-0.06, 0.02, 0.015))]  # fmt: skip
    shade = turned([fill(1 if view == 1 else 3, _crescent(radius + 0.002, 0.56, 0.22))],
        np.pi + 0.7)  # fmt: skip
    ball += shade if view == 1 else []

    def ring(outer: float, inner: float, flat: float, slot: int) -> tuple[MotifShape, MotifShape]:
        def half(a: float, b: float) -> Path:
            return closed(arc(0, 0, outer, a, b), arc(0, 0, inner, b, a)).scaled(1, flat)

        return fill(slot, half(np.pi - 0.06, 2 * np.pi + 0.06)), fill(slot, half(0.0, np.pi))

    backs, fronts = zip(*(ring(*args)
            for args in ([(0.94, 0.74, 0.27, 3), (0.7, 0.6, 0.27, 2)] if view != 2
                else [(0.8, 0.62, 0.3, 3)])), strict=True)  # fmt: skip
    body = turned([*backs, *ball, *fronts], -0.38 + j)
    if view == 2:
        body += [fill(2, circle(0.6, -0.52, 0.13)), fill(1, circle(0.63, -0.54, 0.06)),
            fill(3, _sparkle(-0.62, -0.5, 0.17), _sparkle(0.6, 0.55, 0.12))]  # fmt: skip
    return body


def _comet(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a comet: a star with a ribboned tail, a ball with flames, a broom star in an arc."""
    j = random.uniform(-0.06, 0.06)
    bow = (0.1, 0.0, 0.4)[view]
    tails = []
    for slot, shift, length, wide in ((1, -0.13, 1.1, 0.13), (1, 0.14, 0.95, 0.12),
        (2, -0.03, 1.4, 0.17), (3, 0.06, 0.8, 0.07)):  # fmt: skip
        points = [(0, shift * 0.9), (0.35 * length, shift * 1.3 - bow * 0.1 + j * 0.3),
            (0.7 * length, shift * 1.9 - bow * 0.4),
            (length, shift * 2.6 + j - bow * 0.9)]  # fmt: skip
        tails.append(fill(slot, ribbon(points, (wide, wide, wide * 0.6, 0.0))))
    head: list[MotifShape]
    if view == 1:
        flame = outline([(-0.26, 0.0), (-0.16, -0.22), (0.06, -0.25), (0.5, -0.12, 0), (0.26, 0.0),
                (0.5, 0.14, 0), (0.06, 0.25), (-0.16, 0.22)])  # fmt: skip
        head = [fill(0, flame), fill(3, circle(-0.03, 0, 0.165)),
            fill(2, circle(-0.06, -0.04, 0.07))]  # fmt: skip
    else:
        head = turned([fill(0, star(5, 0.36, 0.165)), fill(3, star(5, 0.2, 0.09))], 0.5)
    dots = [circle(x, y - bow * x * x * 0.5, r)
        for x, y, r in ((0.62, 0.36, 0.03), (0.8, -0.32, 0.036), (1.05, 0.16, 0.026))]  # fmt: skip
    return turned([*tails, fill(0, *dots), *head], -0.5 + j)


def _rainbow(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a rainbow: with clouds at both ends, without clouds, in a bend with one cloud."""
    j = random.uniform(-0.02, 0.02)
    step = 0.105 + j / 4
    bands, caps = [], []
    for k in range(5):
        end = 2 * np.pi if view < 2 else (1.8 - 0.05 * (k % 2) + 0.02 * k) * np.pi
        outer, inner = 0.95 - step * k, 0.95 - step * (k + 1)
        below = 0.02 if k < 4 else 0.0
        bands.append(closed(arc(0, 0, outer, np.pi, end), arc(0, 0, inner - below, end, np.pi)))
        middle = (outer + inner) / 2
        caps.append(circle(middle * np.cos(end), middle * np.sin(end), step / 2))
    shapes = [fill(k, band) for k, band in enumerate(bands)]
    if view == 1:
        return [*shapes, *(fill(k, cap, cap.scaled(-1, 1)) for k, cap in enumerate(caps))]
    if view == 2:
        shapes = [each for k in range(5) for each in (fill(k, caps[k]), shapes[k])]

    def cloud(x: float, y: float, size: float) -> list[MotifShape]:
        puffs = [circle(-0.26, 0.0, 0.15), circle(-0.06, -0.12 + j, 0.2),
            circle(0.18, -0.05, 0.17), circle(0.34, 0.04, 0.11)]  # fmt: skip
        base = outline([(-0.42, 0.08), (-0.3, -0.04), (0.3, 0.0), (0.45, 0.08), (0.3, 0.15),
                (-0.3, 0.15)])  # fmt: skip
        shade = ribbon([(-0.3, 0.1), (-0.05, 0.06), (0.2, 0.1), (0.38, 0.08)], (0, 0.04, 0.04, 0))
        return turned([fill(5, *puffs, base), fill(4, shade)], 0, size, (x, y))

    clouds = cloud(-0.68, 0.0, 1.0)
    if view == 0:
        clouds += turned(cloud(-0.68, 0.0, 0.9), flip=True)
    return [*shapes, *clouds]


def _snowflake(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a six-fold snow crystal: fern, plates, needles, stars and dots."""
    a = random.uniform(-0.04, 0.04)
    arm: list[Path] = []
    extra: list[Path] = []

    def branch(
        y: float, length: float, wide: float = 0.05, spread: float = np.pi / 3
    ) -> list[Path]:
        reach = (length * np.sin(spread), -y - length * np.cos(spread))
        foot, tip = 0.6 * wide, 0.35 * wide
        bar = polygon([(0, -y + foot), (0, -y - foot), (reach[0] - tip / 2, reach[1] - tip),
                (reach[0] + tip / 2, reach[1] + tip)])  # fmt: skip
        return [bar, bar.scaled(-1, 1)]

    stem = polygon([(-0.038, 0.0), (-0.016, -1), (0.016, -1), (0.038, 0.0)])
    if view == 0:
        for y, n in ((0.24, 0.16), (0.42, 0.3), (0.6, 0.24), (0.78, 0.15)):
            arm += branch(y + a, n)
        extra = [plume(0, -0.86, 0, 0.22, 0.1, belly=0.4)]
    elif view == 1:
        arm += branch(0.5 + a, 0.3, 0.06)
        extra = [polygon([(0, -1.06), (0.11, -0.92), (0, -0.76), (-0.11, -0.92)]),
            *(polygon([(0, -0.26), (0.085, -0.38), (0, -0.5), (-0.085, -0.38)]),)]  # fmt: skip
    elif view == 2:
        arm += [*branch(0.44 + a, 0.36, 0.05), *branch(0.62, 0.24, 0.05), *branch(0.3, 0.14)]
        extra = [circle(0, -1.0, 0.07), *(circle(d * 0.34, -0.66 - a, 0.05) for d in (-1, 1))]
    elif view == 3:
        arm += branch(0.66 + a, 0.22, 0.06)
        extra = [plume(0, -0.16, 0, 0.56, 0.2, belly=0.5), plume(0, -0.84, 0, 0.2, 0.12)]
    else:
        arm += [*branch(0.34, 0.2), *branch(0.54 + a, 0.2), *branch(0.74, 0.2)]
        extra = [outline([(0, -1.08, 0), (0.1, -0.98), (0, -0.9, 0), (-0.1, -0.98)])]
    hub = star(6, 0.26, 0.15) if view in (0, 2, 4) else polygon(
        radial(polyline([(0, -0.22)]), 6).points)  # fmt: skip
    return [fill(0, *(p.rotated(k * np.pi / 3) for k in range(6) for p in [stem, *arm])),
        fill(1, *(p.rotated(k * np.pi / 3) for k in range(6) for p in extra)),
        fill(1, hub.rotated(np.pi / 6)), fill(0, circle(0, 0, 0.07))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {
    "sun": _sun,
    "crescent-moon": _moon,
    "star": _star,
    "planet": _planet,
    "comet": _comet,
    "rainbow": _rainbow,
    "snowflake": _snowflake,
}
