"""Anchors, balloons and paper planes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sampled, sliver
from worker.drawing.motifs.pen import curve, fill, line, outline, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import arc, circle, polygon, polyline, rectangle

__all__ = ["DRAWINGS"]


def _anchor(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an anchor: plain, with a rope around it, with a banner."""
    j = random.uniform(-0.03, 0.03)
    shank = outline([(-0.055, -0.56, 0), (0.055, -0.56, 0), (0.075, 0.6), (0, 0.82, 0),
            (-0.075, 0.6)])  # fmt: skip
    stock = outline([(-0.42, -0.42), (-0.36, -0.46), (0, -0.44), (0.36, -0.46), (0.42, -0.42),
            (0.36, -0.38), (0, -0.35), (-0.36, -0.38)])  # fmt: skip
    arms = outline([(-0.66, 0.2, 0), (-0.5, 0.48), (-0.24, 0.62), (0, 0.64), (0.24, 0.62),
            (0.5, 0.48), (0.66, 0.2, 0), (0.6, 0.5), (0.36, 0.74), (0, 0.86, 0), (-0.36, 0.74),
            (-0.6, 0.5)])  # fmt: skip
    flukes = [outline([(d * 0.72, 0.06, 0), (d * 0.78, 0.36, 0), (d * 0.62, 0.36),
                (d * 0.46, 0.28, 0), (d * 0.6, 0.2)]) for d in (-1, 1)]  # fmt: skip
    eye = line(0, arc(0, -0.68, 0.11, 0, 2 * np.pi), 0.07)
    knobs = [circle(d * 0.42, -0.42, 0.06) for d in (-1, 1)]
    shine = [sliver([(-0.02, -0.3), (-0.03, 0.1), (-0.02, 0.5)], 0.03),
        ribbon([(-0.5, 0.52), (-0.3, 0.66), (-0.08, 0.72)], (0.0, 0.03, 0.0))]  # fmt: skip
    iron = [eye, fill(0, shank, stock, arms, *flukes, *knobs), fill(1, *shine)]
    if view == 0:
        return turned(iron, j)
    if view == 1:
        behind = line(2,
            curve([(0.08, -0.68), (0.34, -0.74), (0.5, -0.56), (0.34, -0.24), (0.0, -0.1)]),
            0.06)  # fmt: skip
        front = line(2,
            curve([(-0.16, -0.06), (0.0, -0.1), (0.12, -0.02), (-0.02, 0.12), (-0.16, 0.2)]),
            0.06)  # fmt: skip
        back = line(2, curve([(-0.16, -0.06), (-0.3, 0.06), (-0.16, 0.2)]), 0.06)
        tail = line(2,
            curve([(-0.02, 0.12), (0.2, 0.24), (0.26, 0.42), (0.44 + j, 0.66), (0.36 + j, 0.94)]),
            0.06)  # fmt: skip
        twists = [line(1, polyline([(x - 0.02, y - 0.012), (x + 0.02, y + 0.012)]), 0.026)
            for x, y in ((0.34, -0.74), (0.48, -0.6), (0.42, -0.36), (0.24, -0.19), (0.22, 0.28),
                (0.3, 0.48), (0.42 + j, 0.66), (0.41 + j, 0.82))]  # fmt: skip
        return [behind, back, *iron, front, tail, *twists]
    band = outline([(-0.6, 0.02, 0), (-0.2, 0.1), (0.2, 0.1), (0.6, 0.02, 0), (0.6, 0.24, 0),
            (0.2, 0.32), (-0.2, 0.32), (-0.6, 0.24, 0)])  # fmt: skip
    ends = [outline([(d * 0.5, 0.12, 0), (d * 0.92, 0.0 + j, 0), (d * 0.82, 0.12, 0),
                (d * 0.92, 0.22 + j, 0), (d * 0.5, 0.34, 0)]) for d in (-1, 1)]  # fmt: skip
    lines = [ribbon([(-0.54, y), (-0.2, y + 0.07), (0.2, y + 0.07), (0.54, y)],
            (0.02, 0.024, 0.024, 0.026)) for y in (0.06, 0.18)]  # fmt: skip
    return [*iron, fill(3, *ends), fill(2, band), fill(1, *lines)]


def _balloon(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hot-air balloon: striped gores, a zigzag band, swags with flags."""

    def gore(a: float, b: float) -> MotifShape:
        """Draw a strip between two shares of the half width."""

        def side(k: float) -> list[tuple[float, ...]]:
            return [(0, -0.72, 0), (0.34 * k, -0.64), (0.56 * k, -0.36), (0.55 * k, -0.04),
                (0.32 * k, 0.28), (0.17 * k, 0.46, 0)]  # fmt: skip

        left, right = side(a), side(b)
        return fill(0, outline([*left, *right[:0:-1]]))

    skin = outline([(0, -0.72), (-0.32, -0.65), (-0.55, -0.38), (-0.55, -0.04), (-0.33, 0.28),
            (-0.17, 0.46, 0), (0.17, 0.46, 0), (0.33, 0.28), (0.55, -0.04), (0.55, -0.38),
            (0.32, -0.65)])  # fmt: skip
    basket = outline([(-0.13, 0.66, 0), (0.13, 0.66, 0), (0.11, 0.84), (0.09, 0.88, 0),
            (-0.09, 0.88, 0), (-0.11, 0.84)])  # fmt: skip
    rim = rectangle(-0.15, 0.64, 0.3, 0.05)
    ropes = [line(3, polyline([(d * x, 0.44), (d * x * 0.78, 0.66)]), 0.024) for d in (-1, 1)
        for x in (0.155, 0.06)]  # fmt: skip
    weave = [rectangle(-0.115, y, 0.23, 0.024) for y in (0.73, 0.79)]
    mouth = outline([(-0.18, 0.43, 0), (0.18, 0.43, 0), (0.14, 0.52, 0), (-0.14, 0.52, 0)])
    cabin = [*ropes, fill(3, basket), fill(2, rim, *weave)]
    shapes: list[MotifShape] = [*cabin, fill(0, skin)]
    if view == 0:
        strips = [gore(a, b) for a, b in ((-1.0, -0.62), (-0.22, 0.22), (0.62, 1.0))]
        shapes = [*cabin, fill(1, skin), *strips, fill(2, mouth)]
    elif view == 1:
        points: list[tuple[float, float]] = []
        top = [(-0.56 + 0.112 * k, -0.3 + (0.1 if k % 2 else 0.0)) for k in range(11)]
        points = [*top, *((x, y + 0.16) for x, y in reversed(top))]
        low = [(-0.44 + 0.088 * k, 0.12 + (0.06 if k % 2 else 0.0)) for k in range(11)]
        crown = outline([(0, -0.72), (-0.32, -0.65), (-0.46, -0.53, 0), (0, -0.46),
                (0.46, -0.53, 0), (0.32, -0.65)])  # fmt: skip
        shapes += [fill(1, polygon(points), crown),
            fill(2, polygon([*low, *((x * 0.94, y + 0.08) for x, y in reversed(low))])),
            fill(2, *(circle(x, -0.4, 0.035) for x in (-0.36, -0.18, 0.0, 0.18, 0.36))),
            fill(1, mouth)]  # fmt: skip
    else:
        swags = [outline([(x, -0.02, 0), (x + 0.14, 0.05), (x + 0.27, -0.02, 0), (x + 0.24, 0.1),
                    (x + 0.135, 0.17), (x + 0.03, 0.1)])
            for x in (-0.55, -0.275, 0.0, 0.275)]  # fmt: skip
        stripes = [gore(a, b) for a, b in ((-0.8, -0.4), (0.0, 0.4), (0.8, 1.0))]
        shapes += [*(MotifShape(slot=1, path=g.path) for g in stripes),
            fill(0,
                outline([(-0.56, -0.06, 0), (0.56, -0.06, 0), (0.33, 0.28), (0.17, 0.46, 0),
                        (-0.17, 0.46, 0), (-0.33, 0.28)])), fill(2, *swags, mouth),
            fill(1, *(circle(x, -0.03, 0.036) for x in (-0.275, 0.0, 0.275)))]  # fmt: skip
    return turned(shapes, random.uniform(-0.06, 0.06))


def _paper_plane(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a paper plane: climbing, with a looped trail, from below in a turn."""
    j = random.uniform(-0.04, 0.04)
    plane = [fill(1, polygon([(1.0, -0.52), (-0.12, 0.14), (-0.08, 0.52), (0.1, 0.24)])),
        fill(0, polygon([(1.0, -0.52), (-0.62, -0.12), (-0.12, 0.14)])),
        fill(0, polygon([(1.0, -0.52), (0.08, 0.22), (0.5, 0.42)])),
        fill(2, polygon([(-0.12, 0.14), (0.1, 0.23), (-0.08, 0.52)]))]  # fmt: skip
    if view == 0:
        dashes = [ribbon([(x, y), (x - 0.09, y + 0.05), (x - 0.18 + j, y + 0.08)],
                (0.0, 0.036, 0.0))
            for x, y in ((-0.5, 0.16), (-0.34, 0.4), (-0.78, 0.34))]  # fmt: skip
        return [*plane, fill(3, *dashes)]
    if view == 1:
        loop = np.array([(-0.1, 0.36), (-0.36, 0.66), (-0.66, 0.62), (-0.6, 0.4), (-0.36, 0.5),
                (-0.46, 0.84), (-0.86, 0.96 + j)])  # fmt: skip
        way = sampled(curve(loop), 6)
        trail = [line(3, curve(way[k : k + 3]), 0.032) for k in range(1, len(way) - 3, 4)]
        return [*trail, *turned(plane, -0.08, 0.9)]
    wing = [fill(0, polygon([(0, -0.9), (-0.78, 0.62), (-0.14, 0.42)])),
        fill(0, polygon([(0, -0.9), (0.78, 0.62), (0.14, 0.42)])),
        fill(1, polygon([(0, -0.9), (-0.14, 0.42), (0, 0.78), (0.14, 0.42)])),
        fill(2, polygon([(0, -0.9), (0, 0.78), (0.14, 0.42)]))]  # fmt: skip
    wakes = [sliver([(x, y), (x, y + 0.1), (x, y + 0.2 + j)], 0.04)
        for x, y in ((-0.34, 0.72), (0.34, 0.72), (0.0, 0.9))]  # fmt: skip
    return turned([*wing, fill(3, *wakes)], 0.6)


DRAWINGS: Mapping[str, DrawMotif] = {
    "anchor": _anchor,
    "hot-air-balloon": _balloon,
    "paper-plane": _paper_plane,
}
