"""Mountains, snowy peaks, pagodas and boats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import fill, halo, line, outline, plume, ribbon
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, polygon, polyline, rectangle

__all__ = ["DRAWINGS"]

_Peak = tuple[float, float, float]
"""Its top x and y, and half its width at the base."""


def _ridge(peaks: Sequence[_Peak], base: float, random: np.random.Generator) -> Path:
    """Return a range of steep rounded peaks in the manner of Chinese ink painting."""
    points: list[tuple[float, ...]] = [(peaks[0][0] - peaks[0][2], base, 0)]
    for index, (x, y, half) in enumerate(peaks):
        j = random.uniform(-0.015, 0.015)
        if index:
            before = peaks[index - 1]
            points.append(((before[0] + before[2] * 0.45 + x - half * 0.45) / 2,
                    (max(before[1], y) + base) / 2, 0))  # fmt: skip
        points += [(x - half * 0.45, y + 0.3 * (base - y)), (x - half * 0.24, y + 0.07 + j),
            (x - half * 0.05, y), (x + half * 0.2, y + 0.06 - j),
            (x + half * 0.42, y + 0.34 * (base - y))]  # fmt: skip
    return outline([*points, (peaks[-1][0] + peaks[-1][2], base, 0)])


def _strokes(peaks: Sequence[_Peak], base: float) -> list[Path]:
    """Return tapered brush strokes that run down the right side of each peak."""
    return [ribbon([(x + half * a, y + 0.04 + 0.12 * k),
                (x + half * (a + 0.12), y + (0.3 + 0.08 * k) * (base - y)),
                (x + half * (a + 0.16), y + (0.62 + 0.06 * k) * (base - y))],
            (0.0, 0.05 * half + 0.02, 0.0)) for x, y, half in peaks
        for k, a in enumerate((0.0, 0.16))]  # fmt: skip


def _mist(x: float, y: float, length: float, thick: float = 0.07) -> Path:
    """Return a band of mist."""
    return ribbon([(x, y), (x + 0.25 * length, y - 0.02), (x + 0.55 * length, y + 0.02),
            (x + length, y - 0.01)], (0.0, thick, thick, 0.0))  # fmt: skip


def _mountain(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw mountains: in mist, a lone peak with a pine, a long range, pillars before the sun."""
    if view == 1:
        peak = [(0.0, -0.7, 0.5)]
        side = [(-0.42, -0.12, 0.3), (0.44, -0.24, 0.32)]
        pine = [ribbon([(0.3, -0.16), (0.36, -0.28), (0.33, -0.4)], (0.035, 0.028, 0.018)),
            *(outline([(0.34 + dx - w, y, 0), (0.34 + dx - w * 0.4, y - 0.05),
                        (0.34 + dx, y - 0.065), (0.34 + dx + w * 0.5, y - 0.05),
                        (0.34 + dx + w, y, 0), (0.34 + dx, y + 0.015)])
                for dx, y, w in ((0.06, -0.28, 0.12), (-0.05, -0.34, 0.11),
                    (0.0, -0.41, 0.09)))]  # fmt: skip
        return [fill(2, _ridge(peak, 0.42, random)), fill(1, *_strokes(peak, 0.42)),
            fill(1, _ridge([side[1]], 0.45, random)), fill(0, _ridge([side[0]], 0.46, random)),
            fill(2, *_strokes([side[0]], 0.4)), fill(0, *pine),
            fill(3, _mist(-0.8, 0.4, 1.1, 0.09), _mist(-0.2, 0.28, 1.1, 0.07),
                _mist(-0.5, 0.5, 1.2, 0.07))]  # fmt: skip
    if view == 2:
        far = [(-0.7, -0.1, 0.34), (-0.3, -0.22, 0.36), (0.14, -0.12, 0.36), (0.56, -0.26, 0.42)]
        near = [(-0.5, 0.08, 0.42), (0.02, 0.0, 0.42), (0.46, 0.1, 0.44)]
        return [fill(2, _ridge(far, 0.4, random)), fill(1, *_strokes(far, 0.3)),
            fill(3, _mist(-1.0, 0.16, 1.2), _mist(0.1, 0.1, 0.9)),
            fill(0, _ridge(near, 0.42, random)), fill(2, *_strokes(near, 0.4)),
            fill(3, _mist(-0.9, 0.4, 1.1), _mist(-0.05, 0.36, 1.05))]  # fmt: skip
    back = [(-0.12, -0.62, 0.42), (0.3, -0.4, 0.36)]
    middle = [(-0.46, -0.26, 0.34), (0.06, -0.2, 0.36), (0.52, -0.12, 0.34)]
    front = [(-0.3, 0.1, 0.44), (0.3, 0.16, 0.46)]
    shapes: list[MotifShape] = []
    if view == 3:
        back = [(-0.34, -0.44, 0.26), (0.0, -0.24, 0.2), (0.32, -0.6, 0.3)]
        middle = [(-0.6, -0.1, 0.22), (-0.16, -0.16, 0.24), (0.52, -0.2, 0.28)]
        front = [(-0.42, 0.16, 0.34), (0.16, 0.06, 0.34), (0.62, 0.22, 0.3)]
        shapes = [fill(4, circle(-0.02, -0.5, 0.2))]
    return [*shapes, fill(2, _ridge(back, 0.36, random)),
        fill(3, _mist(-0.75, 0.02, 0.9), _mist(0.0, -0.06, 0.85)),
        fill(1, _ridge(middle, 0.42, random)), fill(2, *_strokes(middle, 0.36)),
        fill(3, _mist(-0.2, 0.16, 1.1), _mist(-0.9, 0.24, 0.9)),
        fill(0, _ridge(front, 0.48, random)), fill(1, *_strokes(front, 0.46)),
        fill(3, _mist(-0.95, 0.46, 1.2, 0.09), _mist(-0.1, 0.42, 1.05, 0.08)),
        *([fill(4, circle(0.5, -0.5, 0.13))] if view == 0 else [])]  # fmt: skip


def _snowy(
    x: float, y: float, half: float, base: float, random: np.random.Generator
) -> list[MotifShape]:
    """Draw a sharp peak: lit and shaded side, and a cap of snow."""
    j = random.uniform(-0.03, 0.03)
    height = base - y
    body = polygon([(x - half, base), (x - 0.42 * half, y + 0.52 * height),
            (x - 0.3 * half, y + 0.36 * height), (x, y), (x + 0.26 * half, y + 0.3 * height),
            (x + 0.36 * half, y + 0.34 * height), (x + half, base)])  # fmt: skip
    shade = polygon([(x, y), (x + 0.26 * half, y + 0.3 * height),
            (x + 0.36 * half, y + 0.34 * height), (x + half, base), (x + 0.16 * half, base),
            (x + 0.24 * half, y + 0.66 * height), (x - 0.04 * half, y + 0.5 * height),
            (x + 0.1 * half, y + 0.3 * height)])  # fmt: skip
    cap = polygon([(x, y), (x + 0.26 * half, y + 0.3 * height),
            (x + 0.34 * half, y + 0.335 * height), (x + 0.22 * half, y + (0.44 + j) * height),
            (x + 0.1 * half, y + 0.36 * height), (x - 0.02 * half, y + (0.52 + j) * height),
            (x - 0.14 * half, y + 0.4 * height), (x - 0.28 * half, y + (0.5 - j) * height),
            (x - 0.335 * half, y + 0.41 * height),
            (x - 0.3 * half, y + 0.36 * height)])  # fmt: skip
    blue = polygon([(x, y), (x + 0.26 * half, y + 0.3 * height),
            (x + 0.34 * half, y + 0.335 * height), (x + 0.22 * half, y + (0.44 + j) * height),
            (x + 0.1 * half, y + 0.36 * height), (x + 0.08 * half, y + 0.24 * height)])  # fmt: skip
    return [fill(0, body), fill(2, shade), *halo(1, 0.014, [fill(1, cap)]), fill(1, cap),
        fill(3, blue)]  # fmt: skip


def _snow_mountain(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw peaks with snow: two, one in the manner of Mount Fuji, three with firs."""
    if view == 1:
        j = random.uniform(-0.02, 0.02)
        cone = outline([(-0.95, 0.42, 0), (-0.5, 0.14), (-0.16, -0.36, 0), (-0.06, -0.4),
                (0.02, -0.38), (0.16, -0.36, 0), (0.5, 0.14), (0.95, 0.42, 0)])  # fmt: skip
        cap = outline([(-0.16, -0.36, 0), (-0.06, -0.4), (0.02, -0.38), (0.16, -0.36, 0),
                (0.34, -0.085, 0), (0.26, -0.05 + j), (0.22, -0.14, 0), (0.14, 0.02),
                (0.08, -0.1, 0), (0.02, 0.12 + j), (-0.05, -0.06, 0), (-0.12, 0.04),
                (-0.17, -0.12, 0), (-0.24, -0.02 - j), (-0.34, -0.085, 0)])  # fmt: skip
        folds = [ribbon([(x, 0.06), (x * 1.6, 0.22), (x * 2.2, 0.38)], (0.0, 0.05, 0.0))
            for x in (-0.24, -0.08, 0.1, 0.26)]  # fmt: skip
        mist = [_mist(-0.95, 0.3, 0.8), _mist(0.1, 0.36, 0.9), _mist(-0.5, 0.42, 0.9)]
        return [fill(0, cone), fill(2, *folds), *halo(1, 0.014, [fill(1, cap)]), fill(1, cap),
            fill(3, *mist)]  # fmt: skip
    if view == 0:
        return [*_snowy(0.36, -0.22, 0.56, 0.45, random), *_snowy(-0.18, -0.55, 0.72, 0.45, random)]
    firs = []
    for x, size in ((-0.62, 0.3), (-0.44, 0.22), (0.2, 0.22), (0.4, 0.3), (0.62, 0.24)):
        for k in range(3):
            w, y = size * (0.24 + 0.09 * k), 0.43 - size * (0.7 - 0.28 * k)
            firs.append(outline([(x, y - 0.34 * size, 0), (x + 0.5 * w, y - 0.06 * size),
                        (x + w, y + 0.06 * size, 0), (x, y + 0.0 * size),
                        (x - w, y + 0.06 * size, 0), (x - 0.5 * w, y - 0.06 * size)]))  # fmt: skip
        firs.append(rectangle(x - 0.016, 0.4, 0.032, 0.06))
    return [*_snowy(-0.44, -0.14, 0.44, 0.46, random), *_snowy(0.5, -0.2, 0.46, 0.46, random),
        *_snowy(0.02, -0.5, 0.56, 0.46, random), fill(2, *firs)]  # fmt: skip


def _roof(y: float, half: float, height: float) -> list[MotifShape]:
    """Draw a roof with upturned eaves around x = 0; y is its lower edge."""
    shape = outline([(-half, y - 0.3 * height, 0), (-0.7 * half, y - 0.26 * height),
            (-0.42 * half, y - height, 0), (0.42 * half, y - height, 0),
            (0.7 * half, y - 0.26 * height), (half, y - 0.3 * height, 0), (0.8 * half, y - 0.02),
            (0, y + 0.02), (-0.8 * half, y - 0.02)])  # fmt: skip
    tiles = [sliver([(0.6 * x, y - 0.86 * height), (0.78 * x, y - 0.5 * height),
                (x, y - 0.16 * height)], 0.03)
        for x in np.linspace(-0.6, 0.6, 5) * half]  # fmt: skip
    return [fill(0, shape), fill(2, *tiles)]


def _pagoda(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a pagoda: with five roofs, a pavilion on posts, one with three roofs and a hill."""
    if view == 1:
        posts = [rectangle(x - 0.025, -0.2, 0.05, 0.56) for x in (-0.4, -0.16, 0.16, 0.4)]
        rails = [rectangle(-0.44, 0.16, 0.88, 0.035), rectangle(-0.44, 0.24, 0.88, 0.035),
            rectangle(-0.42, -0.2, 0.84, 0.05)]  # fmt: skip
        steps = [rectangle(-0.56, 0.36, 1.12, 0.06), rectangle(-0.64, 0.41, 1.28, 0.07)]
        spire = ribbon([(0, -0.46), (0, -0.58), (0, -0.68)], (0.06, 0.045, 0.0))
        return [fill(1, *posts, *rails), *_roof(-0.2, 0.66 + random.uniform(-0.04, 0.04), 0.3),
            fill(3, spire, circle(0, -0.54, 0.05)), fill(2, *steps)]  # fmt: skip
    floors = 5 if view == 0 else 3
    shapes: list[MotifShape] = []
    y, half = 0.5, (0.4 if view == 0 else 0.46) + random.uniform(-0.02, 0.02)
    storey = 0.21 if view == 0 else 0.27
    for k in range(floors):
        width = half * 0.56
        wall = polygon([(-width, y), (-width * 0.94, y - storey), (width * 0.94, y - storey),
                (width, y)])  # fmt: skip
        doors = [outline([(x - 0.22 * width, y, 0), (x - 0.22 * width, y - 0.4 * storey),
                    (x, y - 0.56 * storey), (x + 0.22 * width, y - 0.4 * storey),
                    (x + 0.22 * width, y, 0)])
            for x in ((0.0,) if k else (0.0, -0.6 * width, 0.6 * width))]  # fmt: skip
        shapes += [fill(1, wall), fill(2, *doors)]
        y -= storey
        shapes += _roof(y + 0.05, half, 0.12 if view == 0 else 0.15)
        half *= 0.84
        y -= 0.04
    top = y - 0.04
    finial = [ribbon([(0, top + 0.06), (0, top - 0.1), (0, top - 0.24)], (0.05, 0.04, 0.0)),
        circle(0, top - 0.04, 0.045), circle(0, top - 0.12, 0.032)]  # fmt: skip
    base = [rectangle(-0.32, 0.49, 0.64, 0.06)] if view == 0 else []
    if view == 2:
        hill = outline([(-0.9, 0.74, 0), (-0.6, 0.56), (-0.3, 0.48), (0.3, 0.48), (0.56, 0.6),
                (0.8, 0.74, 0)])  # fmt: skip
        trees = [plume(x, 0.7, a, n, 0.13, belly=0.35)
            for x, a, n in ((-0.5, 0.0, 0.46), (-0.64, -0.05, 0.34), (0.52, 0.0, 0.4),
                (0.64, 0.06, 0.3))]  # fmt: skip
        shapes += [fill(0, *trees), fill(2, hill)]
    return [fill(3, *finial), *shapes, *([fill(2, *base)] if base else [])]


def _junk(random: np.random.Generator) -> list[MotifShape]:
    """Draw a junk with battened sails."""
    j = random.uniform(-0.05, 0.05)
    sea = [ribbon([(-0.7, y), (-0.35, y - 0.05), (0.0, y), (0.35, y - 0.05), (0.7, y)],
            (0.0, 0.05, 0.055, 0.05, 0.0)).scaled(w, 1)
        for y, w in ((0.54, 1.0), (0.63, 0.66))]  # fmt: skip
    masts = [line(2, polyline([(x, y), (x, 0.34)]), 0.035)
        for x, y in ((-0.06, -0.72), (0.36, -0.4), (-0.42, -0.3))]  # fmt: skip
    shapes = [*masts]
    for x, y, w, h in ((-0.06, -0.68, 0.5 + j, 0.88), (0.36, -0.36, 0.3 - j, 0.56),
        (-0.42, -0.26, 0.26, 0.44)):  # fmt: skip
        sail = outline([(x - 0.3 * w, y + 0.12 * h, 0), (x + 0.1 * w, y, 0),
                (x + 0.46 * w, y + 0.2 * h), (x + 0.62 * w, y + 0.6 * h), (x + 0.56 * w, y + h, 0),
                (x, y + 0.98 * h), (x - 0.4 * w, y + h, 0),
                (x - 0.4 * w, y + 0.5 * h)])  # fmt: skip
        battens = [sliver([(x - 0.4 * w, y + (0.2 + 0.2 * k) * h),
                    (x + 0.1 * w, y + (0.15 + 0.21 * k) * h),
                    (x + 0.57 * w, y + (0.22 + 0.2 * k) * h)], 0.036)
            for k in range(4)]  # fmt: skip
        shapes += [fill(3, sail), fill(2, *battens)]
    junk = outline([(-0.7, 0.12, 0), (-0.5, 0.28), (0.2, 0.32), (0.5, 0.22), (0.66, 0.04, 0),
            (0.62, 0.3), (0.44, 0.5, 0), (-0.4, 0.5, 0), (-0.6, 0.34)])  # fmt: skip
    return [*shapes, fill(0, junk),
        fill(1,
            ribbon([(-0.56, 0.31), (-0.2, 0.38), (0.2, 0.4), (0.56, 0.28)],
                (0.0, 0.045, 0.045, 0.0))), fill(1, *sea)]  # fmt: skip


def _yacht(random: np.random.Generator) -> list[MotifShape]:
    """Draw a boat with two sails."""
    j = random.uniform(-0.02, 0.02)
    sea = [ribbon([(-0.7, y), (-0.35, y - 0.05), (0.0, y), (0.35, y - 0.05), (0.7, y)],
            (0.0, 0.05, 0.055, 0.05, 0.0)).scaled(w, 1)
        for y, w in ((0.54, 1.0), (0.63, 0.66))]  # fmt: skip
    hull = outline([(-0.58, 0.24, 0), (-0.3, 0.31), (0.2, 0.31), (0.62, 0.2, 0), (0.46, 0.42),
            (0.3, 0.5, 0), (-0.36, 0.5, 0), (-0.5, 0.4)])  # fmt: skip
    stripe = ribbon([(-0.55, 0.32), (-0.3, 0.375), (0.2, 0.375), (0.56, 0.29)],
        (0.0, 0.045, 0.045, 0.0))  # fmt: skip
    main = outline([(0.04, -0.68, 0), (0.3, -0.3), (0.5, 0.18, 0), (0.26, 0.23), (0.04, 0.2, 0)])
    jib = outline([(-0.05, -0.6, 0), (-0.2, -0.2), (-0.5, 0.16, 0), (-0.28, 0.2), (-0.05, 0.16, 0)])
    bands = [outline([(0.04, -0.18, 0), (0.2, -0.16), (0.37, -0.16, 0), (0.44, 0.02, 0),
                (0.2, 0.02), (0.04, 0.0, 0)])]  # fmt: skip
    flag = outline([(0.0, -0.76, 0), (-0.12, -0.72), (-0.24, -0.7 + j, 0), (-0.12, -0.66),
            (0.0, -0.64, 0)])  # fmt: skip
    return [line(2, polyline([(0, -0.76), (0, 0.32)]), 0.035), fill(1, main, jib), fill(3, *bands),
        fill(3, flag), fill(0, hull), fill(1, stripe), fill(3, *sea)]  # fmt: skip


def _sails(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sailing boat: a yacht, a junk with battened sails, a tall ship."""
    j = random.uniform(-0.02, 0.02)
    sea = [ribbon([(-0.7, y), (-0.35, y - 0.05), (0.0, y), (0.35, y - 0.05), (0.7, y)],
            (0.0, 0.05, 0.055, 0.05, 0.0)).scaled(w, 1)
        for y, w in ((0.54, 1.0), (0.63, 0.66))]  # fmt: skip
    hull = outline([(-0.58, 0.24, 0), (-0.3, 0.31), (0.2, 0.31), (0.62, 0.2, 0), (0.46, 0.42),
            (0.3, 0.5, 0), (-0.36, 0.5, 0), (-0.5, 0.4)])  # fmt: skip
    if view == 0:
        return _yacht(random)
    if view == 1:
        return _junk(random)
    shapes = [line(2, polyline([(x, y), (x, 0.34)]), 0.035)
        for x, y in ((-0.3, -0.56), (0.06, -0.72), (0.4, -0.5))]  # fmt: skip
    shapes.append(line(2, polyline([(-0.5, 0.26), (-0.82, 0.04)]), 0.03))
    shapes.append(fill(1,
            outline([(-0.34, -0.4, 0), (-0.5, -0.14), (-0.78, 0.04, 0), (-0.5, 0.06),
                    (-0.36, 0.02, 0)])))  # fmt: skip
    for x, top, w in ((-0.28, -0.5, 0.2), (0.08, -0.66, 0.24), (0.42, -0.44, 0.19)):
        y = top
        for k, h in enumerate((0.2, 0.25, 0.28)):
            if y + h > 0.24:
                break
            half = w * (0.66 + 0.17 * k)
            sail = outline([(x - half, y, 0), (x + half, y, 0), (x + half * 1.18, y + 0.5 * h),
                    (x + half * 1.02, y + h, 0), (x, y + 0.86 * h), (x - half * 1.02, y + h, 0),
                    (x - half * 0.86, y + 0.5 * h)])  # fmt: skip
            shapes.append(fill(1 if k != 1 else 3, sail))
            y += h + 0.015
    flags = [outline([(x, y, 0), (x + 0.1, y + 0.01), (x + 0.2, y + 0.05 + j, 0),
                (x + 0.1, y + 0.07), (x, y + 0.09, 0)])
        for x, y in ((-0.3, -0.6), (0.06, -0.77), (0.4, -0.54))]  # fmt: skip
    ports = [circle(x, 0.4, 0.026) for x in (-0.3, -0.14, 0.02, 0.18)]
    stern = outline([(0.36, 0.3, 0), (0.44, 0.12, 0), (0.64, 0.08, 0), (0.6, 0.3, 0)])
    return [*shapes, fill(3, *flags), fill(0, hull, stern), fill(1, *ports), fill(3, *sea)]


DRAWINGS: Mapping[str, DrawMotif] = {
    "mountain": _mountain,
    "snow-mountain": _snow_mountain,
    "pagoda": _pagoda,
    "sailing-boat": _sails,
}
