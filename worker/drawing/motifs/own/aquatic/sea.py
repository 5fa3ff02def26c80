"""Sea horses, jellyfish, turtles and tortoises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.pen import Body, fill, outline, oval, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle, polygon

__all__ = ["DRAWINGS"]


def _sea_horse(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sea horse: its tail curled forwards, stretched with a fin, holding a weed."""
    j = random.uniform(-0.03, 0.03)
    curl = [(0.1, 0.62), (-0.06, 0.8), (-0.24, 0.78), (-0.28, 0.62), (-0.17, 0.55), (-0.1, 0.64),
        (-0.16, 0.68)]  # fmt: skip
    if view == 1:
        curl = [(0.16, 0.6), (0.14, 0.8), (0.24, 0.98), (0.4, 0.98), (0.44, 0.84), (0.34, 0.79),
            (0.31, 0.88)]  # fmt: skip
    spine = [(-0.08, -0.66), (0.08, -0.58), (0.14, -0.4), (0.08, -0.16), (0.02, 0.06),
        (0.08, 0.32), *curl]  # fmt: skip
    body = Body.through(spine,
        (0.2, 0.22, 0.2, 0.3, 0.4, 0.27, 0.16, 0.12, 0.1, 0.08, 0.065, 0.05, 0.03))  # fmt: skip
    head = outline([(-0.02, -0.48), (-0.14, -0.46), (-0.26, -0.4), (-0.44, -0.35), (-0.48, -0.39),
            (-0.44, -0.44), (-0.28, -0.51), (-0.22, -0.62), (-0.1, -0.72), (0.04, -0.7),
            (0.12, -0.58), (0.08, -0.46)])  # fmt: skip
    crest = outline([(-0.14, -0.68, 0), (-0.16, -0.84, 0), (-0.07, -0.77), (0.0, -0.9, 0),
            (0.04, -0.77), (0.16, -0.8, 0), (0.12, -0.68), (0.23, -0.64, 0), (0.12, -0.54),
            (0.0, -0.6)])  # fmt: skip
    fin = outline([(0.18, -0.06, 0), (0.34, -0.14), (0.46, -0.06, 0), (0.42, 0.02), (0.47, 0.1, 0),
            (0.39, 0.14), (0.38, 0.24, 0), (0.24, 0.22), (0.17, 0.18, 0)])  # fmt: skip
    rays = [sliver([(0.2, y), (0.3, y + d), (0.4, y + 2 * d)], 0.026)
        for y, d in ((0.0, -0.03), (0.06, 0.005), (0.12, 0.035))]  # fmt: skip
    rings = [tapered(body.at([(s, -0.85), (s + 0.012, 0), (s, 0.85)]), (0.0, 0.03, 0.0))
        for s in np.linspace(0.2, 0.74, 13)]  # fmt: skip
    belly = [tapered(body.at([(s, 0.3) for s in np.linspace(0.17, 0.52, 8)]),
            0.15 * np.sin(np.linspace(0, np.pi, 8)))]  # fmt: skip
    spikes = [body.patch([(s - 0.016, -0.9, 0), (s, -1.35 + j, 0), (s + 0.016, -0.9, 0)])
        for s in np.linspace(0.12, 0.66, 9)]  # fmt: skip
    cheek = tapered(np.array([(-0.1, -0.46), (-0.02, -0.5), (0.0, -0.6)]), (0.0, 0.03, 0.0))
    eye = [fill(2, circle(-0.12, -0.59, 0.055)), fill(3, circle(-0.125, -0.59, 0.03))]
    parts = [fill(1, fin), fill(0, *rays), fill(1, crest, *spikes), fill(0, body.contour(), head),
        fill(2, *belly), fill(1, *rings, cheek), *eye]  # fmt: skip
    if view == 2:
        weed = [ribbon([(-0.2, 0.95), (-0.26, 0.6), (-0.18, 0.2), (-0.32, -0.2)],
                (0.07, 0.06, 0.05, 0.0)),
            *(outline([(x, y, 0), (x + d * 0.12, y - 0.1), (x + d * 0.2, y - 0.24, 0),
                        (x + d * 0.05, y - 0.14)])
                for x, y, d in ((-0.25, 0.66, -1), (-0.22, 0.44, 1), (-0.19, 0.24, -1),
                    (-0.24, 0.02, -1), (-0.24, 0.86, 1)))]  # fmt: skip
        return [fill(1, *weed), *turned(parts, 0.06)]
    return turned(parts, -0.05 if view == 0 else 0.12, flip=view == 1)


def _jellyfish_above(random: np.random.Generator) -> list[MotifShape]:
    """Draw a jellyfish from above."""
    count = 16
    edge: list[tuple[float, ...]] = []
    for k in range(count):
        a, b = 2 * np.pi * k / count, 2 * np.pi * (k + 0.5) / count
        edge += [(0.92 * np.sin(a), -0.92 * np.cos(a), 0), (1.0 * np.sin(b), -1.0 * np.cos(b))]
    spokes = [sliver([(0.4 * np.sin(a), -0.4 * np.cos(a)), (0.62 * np.sin(a), -0.62 * np.cos(a)),
                (0.86 * np.sin(a), -0.86 * np.cos(a))], 0.05)
        for a in 2 * np.pi * np.arange(count) / count]  # fmt: skip
    leaves = [outline([(0, -0.08, 0), (0.2, -0.2), (0.2, -0.42), (0, -0.5), (-0.2, -0.42),
                (-0.2, -0.2)]).rotated(k * np.pi / 2) for k in range(4)]  # fmt: skip
    holes = [outline([(0, -0.2, 0), (0.1, -0.27), (0.1, -0.37), (0, -0.41), (-0.1, -0.37),
                (-0.1, -0.27)]).rotated(k * np.pi / 2) for k in range(4)]  # fmt: skip
    arms = []
    for a in 2 * np.pi * np.arange(12) / 12 + 0.2:
        j = random.uniform(-0.25, 0.25)
        arms.append(ribbon([(0.8 * np.sin(a), -0.8 * np.cos(a)),
                    (1.05 * np.sin(a + 0.08), -1.05 * np.cos(a + 0.08)),
                    (1.25 * np.sin(a - 0.08 + j), -1.25 * np.cos(a - 0.08 + j)),
                    (1.5 * np.sin(a + j), -1.5 * np.cos(a + j))],
                (0.06, 0.055, 0.04, 0.0)))  # fmt: skip
    return [fill(1, *arms), fill(0, outline(edge)), fill(2, circle(0, 0, 0.62)), fill(1, *leaves),
        fill(2, *holes), fill(1, *spokes)]  # fmt: skip


def _jellyfish(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a jellyfish: upright, tilted and stretched, from above."""
    if view == 2:
        return _jellyfish_above(random)
    long = 1.0 if view == 0 else 1.35
    bell = outline([(0, -0.62), (0.28, -0.55), (0.46, -0.34), (0.5, -0.06, 0), (0.4, -0.1),
            (0.3, -0.02, 0), (0.2, -0.08), (0.1, 0.0, 0), (0, -0.06), (-0.1, 0.0, 0),
            (-0.2, -0.08), (-0.3, -0.02, 0), (-0.4, -0.1), (-0.5, -0.06, 0), (-0.46, -0.34),
            (-0.28, -0.55)])  # fmt: skip
    inner = outline([(0, -0.52), (0.22, -0.46), (0.34, -0.3), (0.34, -0.2), (0.18, -0.26),
            (0, -0.22), (-0.18, -0.26), (-0.34, -0.2), (-0.34, -0.3), (-0.22, -0.46)])  # fmt: skip
    bars = [sliver([(x * 0.5, -0.2), (x * 0.86, -0.14), (x, -0.08)], 0.036)
        for x in (-0.34, -0.12, 0.12, 0.34)]  # fmt: skip
    spots = [oval(x, y, 0.045, 0.03, a)
        for x, y, a in ((-0.16, -0.4, -0.4), (0.05, -0.45, 0.1), (0.2, -0.36, 0.5))]  # fmt: skip
    threads, frills = [], []
    for index, x in enumerate(np.linspace(-0.42, 0.42, 7)):
        w = 0.09 * (-1) ** index + random.uniform(-0.03, 0.03)
        n = long * (0.75 + 0.12 * (index * 5 % 3))
        threads.append(ribbon([(x, -0.1), (x + w, 0.2 * n), (x - w, 0.48 * n),
                    (x + w * 0.8, 0.74 * n), (x * 0.9, 0.98 * n)],
                (0.045, 0.045, 0.04, 0.032, 0.0), 3))  # fmt: skip
    for d, x in ((-1, -0.12), (1, 0.12), (-1, 0.0)):
        rim: list[tuple[float, ...]] = [(x - 0.06, -0.12)]
        steps = np.linspace(0.06, 0.7 * long, 5)
        rim += [(x + d * 0.05 * np.sin(5 * t) + (0.1 if k % 2 else 0.03), t)
            for k, t in enumerate(steps)]  # fmt: skip
        rim += [(x + d * 0.04, 0.84 * long, 0)]
        rim += [(x + d * 0.05 * np.sin(5 * t) - (0.03 if k % 2 else 0.1), t)
            for k, t in reversed(list(enumerate(steps)))]  # fmt: skip
        frills.append(outline([*rim, (x + 0.06, -0.12)][::-1]))
    shapes = [fill(1, *threads), *(fill(2, f) for f in frills[:2]), fill(3, frills[2]),
        fill(0, bell), fill(2, inner), fill(3, *spots), fill(1, *bars)]  # fmt: skip
    return shapes if view == 0 else turned(shapes, 0.5)


def _flipper(long: float, wide: float) -> list[tuple[float, ...]]:
    return [(0, 0.0), (0.2 * long, -0.5 * wide), (0.6 * long, -0.62 * wide),
        (0.94 * long, -0.2 * wide), (1.0 * long, 0.3 * wide, 0), (0.7 * long, 0.3 * wide),
        (0.3 * long, 0.5 * wide)]  # fmt: skip


def _turtle(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a sea turtle from above: swimming ahead, in a turn, gliding with its flippers back."""
    j = random.uniform(-0.1, 0.1)
    shapes: list[MotifShape] = []
    swing, swept = (0.0, 0.5, 0.0)[view], 0.55 if view == 2 else 0.0
    fore = _flipper(0.74, 0.26)
    hind = _flipper(0.36, 0.2)
    for d in (-1, 1):
        a = 0.5 + swept + d * swing * 0.6 + j
        limb = turned([fill(1, outline(fore))], a, 1.0, (0.28, -0.3))
        marks = [oval(x, y, r, r * 0.7, 0.4)
            for x, y, r in ((0.2, -0.04, 0.05), (0.34, -0.06, 0.045), (0.47, -0.05, 0.04),
                (0.58, 0.0, 0.03), (0.3, 0.05, 0.035), (0.44, 0.04, 0.03))]  # fmt: skip
        spots = turned([fill(3, *marks)], a, 1.0, (0.28, -0.3))
        back = turned([fill(1, outline(hind)),
                fill(3, oval(0.18, -0.01, 0.045, 0.034), oval(0.27, 0.01, 0.03, 0.022))],
            1.0 + swept / 3 - d * swing * 0.4, 1.0, (0.24, 0.42))  # fmt: skip
        shapes += turned([*limb, *spots, *back], flip=d < 0)
    bend = swing * 0.2
    head = outline([(0 + bend, -0.88), (0.11 + bend, -0.8), (0.14 + bend, -0.68), (0.09, -0.52),
            (-0.09, -0.52), (-0.14 + bend, -0.68), (-0.11 + bend, -0.8)])  # fmt: skip
    tail = outline([(-0.07, 0.54, 0), (0, 0.74, 0), (0.07, 0.54, 0)])
    scales = [outline([(bend, -0.82), (bend + 0.06, -0.76), (bend + 0.04, -0.68),
                (bend - 0.04, -0.68), (bend - 0.06, -0.76)])]  # fmt: skip
    eyes = [circle(bend + d * 0.115, -0.74, 0.026) for d in (-1, 1)]
    shell = outline([(0, -0.58), (0.24, -0.52), (0.43, -0.26), (0.44, 0.06), (0.3, 0.4), (0, 0.64),
            (-0.3, 0.4), (-0.44, 0.06), (-0.43, -0.26), (-0.24, -0.52)])  # fmt: skip
    plates = [polygon([(0, -0.44), (0.13, -0.34), (0.11, -0.18), (-0.11, -0.18), (-0.13, -0.34)]),
        polygon([(-0.11, -0.13), (0.11, -0.13), (0.17, 0.02), (0.11, 0.15), (-0.11, 0.15),
                (-0.17, 0.02)]),
        polygon([(-0.1, 0.2), (0.1, 0.2), (0.11, 0.34), (0, 0.46), (-0.11, 0.34)])]  # fmt: skip
    for d in (-1, 1):
        plates += [polygon([(d * 0.18, -0.38), (d * 0.32, -0.28), (d * 0.34, -0.1),
                    (d * 0.22, -0.02), (d * 0.16, -0.16)]),
            polygon([(d * 0.22, 0.04), (d * 0.35, -0.03), (d * 0.33, 0.16), (d * 0.26, 0.3),
                    (d * 0.16, 0.3), (d * 0.15, 0.18)])]  # fmt: skip
    return turned([*shapes, fill(1, tail, head), fill(3, *scales), fill(2, *eyes), fill(2, shell),
            fill(0, shell.scaled(0.92)), fill(3, *plates)], (0.5, -0.7, 0.15)[view])  # fmt: skip


def _tortoise(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a tortoise from the side: walking, looking up, its head drawn in."""
    j = random.uniform(-0.02, 0.02)
    stride = (0.0, 0.05, -0.04)[view] + j
    necks: list[list[tuple[float, ...]]] = [[(-0.4, 0.12), (-0.58, -0.02), (-0.66, -0.2),
            (-0.78, -0.28), (-0.92, -0.2), (-0.95, -0.1), (-0.84, -0.05), (-0.74, 0.02),
            (-0.6, 0.22), (-0.4, 0.26)],
        [(-0.4, 0.1), (-0.56, -0.06), (-0.6, -0.34), (-0.62, -0.52), (-0.76, -0.6), (-0.9, -0.6),
            (-0.92, -0.5), (-0.8, -0.42), (-0.74, -0.3), (-0.7, 0.0), (-0.58, 0.22), (-0.4, 0.26)],
        [(-0.4, 0.02), (-0.56, -0.02), (-0.7, 0.0), (-0.78, 0.08), (-0.77, 0.17), (-0.66, 0.22),
            (-0.52, 0.24), (-0.4, 0.26)]]  # fmt: skip
    eye = ((-0.82, -0.18), (-0.78, -0.53), (-0.68, 0.08))[view]
    mouth = ([(-0.94, -0.1), (-0.87, -0.1), (-0.8, -0.08)],
        [(-0.92, -0.52), (-0.85, -0.5), (-0.79, -0.46)],
        [(-0.77, 0.15), (-0.7, 0.16), (-0.64, 0.15)])[view]  # fmt: skip
    legs = [outline([(x - 0.13, 0.1), (x + 0.12, 0.1), (x + 0.14 + d, 0.36),
                (x + 0.12 + d, 0.44, 0), (x - 0.14 + d, 0.44, 0), (x - 0.12 + d, 0.34)])
        for x, d in ((-0.36, -0.06 - stride), (0.38, 0.05 + stride))]  # fmt: skip
    far = [outline([(x - 0.1, 0.1), (x + 0.1, 0.1), (x + 0.1, 0.4, 0), (x - 0.12, 0.4, 0)])
        for x in (-0.14, 0.2)]  # fmt: skip
    neck = outline(necks[view])
    tail = outline([(0.56, 0.12, 0), (0.82, 0.22, 0), (0.54, 0.24, 0)])
    shell = outline([(-0.62, 0.16, 0), (-0.54, -0.1), (-0.32, -0.36), (0.02, -0.46), (0.36, -0.36),
            (0.58, -0.1), (0.66, 0.16, 0), (0.3, 0.24), (-0.3, 0.24)])  # fmt: skip
    rim = ribbon([(-0.64, 0.14), (-0.3, 0.2), (0.02, 0.21), (0.34, 0.2), (0.68, 0.14)],
        (0.05, 0.1, 0.1, 0.1, 0.05))  # fmt: skip
    plates = [polygon([(-0.12, -0.38), (0.14, -0.38), (0.2, -0.18), (0.1, -0.04), (-0.1, -0.04),
                (-0.18, -0.18)]),
        polygon([(-0.2, -0.34), (-0.25, -0.16), (-0.16, -0.02), (-0.26, 0.12), (-0.47, 0.1),
                (-0.44, -0.12), (-0.34, -0.27)]),
        polygon([(0.23, -0.34), (0.27, -0.16), (0.17, -0.02), (0.27, 0.12), (0.52, 0.1),
                (0.48, -0.12), (0.37, -0.27)]),
        polygon([(-0.09, 0.03), (0.1, 0.03), (0.17, 0.13), (-0.17, 0.13)])]  # fmt: skip
    inner = [polygon([(-0.06, -0.3), (0.08, -0.3), (0.11, -0.19), (0.05, -0.11), (-0.05, -0.11),
                (-0.1, -0.19)])]  # fmt: skip
    return [fill(1, *far, tail, neck, *legs), fill(0, shell), fill(3, *plates), fill(0, *inner),
        fill(2, rim, circle(*eye, 0.028)), fill(3, sliver(mouth, 0.024))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {
    "sea-horse": _sea_horse,
    "jellyfish": _jellyfish,
    "turtle": _turtle,
    "tortoise": _tortoise,
}
