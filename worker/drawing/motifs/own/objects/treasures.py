"""Umbrellas, coins, ruyi sceptres and gourds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    curve,
    fill,
    line,
    outline,
    oval,
    plume,
    ribbon,
    spiral,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, polygon, rectangle, ring

__all__ = ["DRAWINGS"]


_Stroke = list[tuple[float, float]]


def _petals(x: float, y: float, size: float, turn: float, squash: float = 1.0) -> Path:
    """Return five round petals as one curve."""
    points: list[tuple[float, ...]] = []
    for k in range(5):
        a = turn + 2 * np.pi * k / 5
        points += [(np.sin(a + d) * r, -np.cos(a + d) * r)
            for d, r in ((-0.4, 0.95), (0, 1.08), (0.4, 0.95))]  # fmt: skip
        points.append((np.sin(a + np.pi / 5) * 0.6, -np.cos(a + np.pi / 5) * 0.6, 0))
    return outline(points).scaled(size, size * squash).moved(x, y)


def _umbrella_above(random: np.random.Generator) -> list[MotifShape]:
    """Draw an open umbrella from above."""
    turn = random.uniform(0, 0.3)
    count = 16
    edge: list[tuple[float, ...]] = []
    for k in range(count):
        a, b = 2 * np.pi * k / count, 2 * np.pi * (k + 0.5) / count
        edge += [(np.sin(a), -np.cos(a), 0), (0.955 * np.sin(b), -0.955 * np.cos(b))]
    canopy = outline(edge)
    ribs = [sliver([(0.1 * np.sin(a), -0.1 * np.cos(a)), (0.5 * np.sin(a), -0.5 * np.cos(a)),
                (0.97 * np.sin(a), -0.97 * np.cos(a))], 0.03)
        for a in 2 * np.pi * np.arange(count) / count]  # fmt: skip
    flowers = [(0.6 * np.sin(a), -0.6 * np.cos(a), r)
        for a, r in ((0.5, 0.17), (1.2, 0.11), (2.7, 0.17), (3.4, 0.12), (4.8, 0.16),
            (5.5, 0.1))]  # fmt: skip
    return [fill(0, canopy), MotifShape(slot=1, path=ring(0.86, 0.78)), fill(2, *ribs),
        fill(1, *(_petals(x, y, r, turn + x) for x, y, r in flowers)),
        fill(3, *(circle(x, y, 0.3 * r) for x, y, r in flowers)), fill(2, circle(0, 0, 0.13)),
        fill(3, circle(0, 0, 0.06))]  # fmt: skip


def _umbrella_closed(random: np.random.Generator) -> list[MotifShape]:
    """Draw a closed umbrella."""
    body = outline([(-0.05, -0.62, 0), (0.05, -0.62, 0), (0.14, -0.3), (0.17, 0.1),
            (0.15, 0.34, 0), (0.08, 0.3), (0.05, 0.35, 0), (0.0, 0.3), (-0.05, 0.35, 0),
            (-0.08, 0.3), (-0.15, 0.34, 0), (-0.17, 0.1), (-0.14, -0.3)])  # fmt: skip
    folds = [sliver([(x * 0.3, -0.56), (x * 0.9, -0.1), (x, 0.3)], 0.03)
        for x in (-0.1, -0.03, 0.05, 0.11)]  # fmt: skip
    band = outline([(-0.17, 0.12, 0), (0, 0.15), (0.17, 0.12, 0), (0.168, 0.2, 0), (0, 0.23),
            (-0.168, 0.2, 0)])  # fmt: skip
    stick = [ribbon([(0, 0.3), (0, 0.6), (0, 0.84)], (0.05, 0.05, 0.05)), _grip()]
    cap = outline([(-0.06, -0.56, 0), (-0.03, -0.68), (0, -0.8, 0), (0.03, -0.68),
            (0.06, -0.56, 0)])  # fmt: skip
    return turned([fill(2, *stick), fill(0, body), fill(2, *folds), fill(1, band), fill(2, cap),
            fill(3, circle(0, -0.58, 0.035))], 0.5 + random.uniform(-0.1, 0.1))  # fmt: skip


def _umbrella(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an oil-paper umbrella: open from the side, from above, closed."""
    turn = random.uniform(0, 0.3)
    if view == 1:
        return _umbrella_above(random)
    if view == 2:
        return _umbrella_closed(random)
    top = -0.46
    canopy = outline([(0, top, 0), (-0.3, -0.36), (-0.62, -0.2), (-0.86, 0.02, 0), (-0.68, 0.0),
            (-0.52, 0.06, 0), (-0.34, 0.01), (-0.17, 0.08, 0), (0, 0.03), (0.17, 0.08, 0),
            (0.34, 0.01), (0.52, 0.06, 0), (0.68, 0.0), (0.86, 0.02, 0), (0.62, -0.2),
            (0.3, -0.36)])  # fmt: skip
    ribs = [sliver([(0, top), (x * 0.62, -0.24), (x, 0.05)], 0.024)
        for x in (-0.52, -0.17, 0.17, 0.52)]  # fmt: skip
    band = [ribbon([(-0.8, -0.025), (-0.5, -0.045), (-0.17, -0.02), (0.17, -0.02), (0.5, -0.045),
                (0.8, -0.025)], (0.0, 0.05, 0.05, 0.05, 0.05, 0.0))]  # fmt: skip
    flowers = [(-0.36, -0.16, 0.1), (0.04, -0.2, 0.12), (0.36, -0.14, 0.09), (-0.14, -0.08, 0.06)]
    stick = [rectangle(-0.022, -0.1, 0.044, 0.68),
        ribbon([(0, 0.5), (0, 0.6), (0, 0.72)], (0.05, 0.075, 0.06))]  # fmt: skip
    spokes = [sliver([(0, 0.24), (x / 2, 0.14), (x, 0.03)], 0.03) for x in (-0.6, -0.3, 0.3, 0.6)]
    cap = outline([(-0.07, top + 0.05, 0), (-0.04, top - 0.05), (0, top - 0.12, 0),
            (0.04, top - 0.05), (0.07, top + 0.05, 0)])  # fmt: skip
    parts = [fill(2, *stick, *spokes), fill(0, canopy), fill(2, *ribs), fill(1, *band),
        fill(1, *(_petals(x, y, r, turn + x, 0.85) for x, y, r in flowers)),
        fill(3, *(circle(x, y, 0.28 * r) for x, y, r in flowers)), fill(2, cap)]  # fmt: skip
    return turned(parts, -0.2)


def _grip() -> Path:
    """Return the grip of a closed umbrella."""
    return ribbon([(0, 0.7), (0, 0.8), (0, 0.9)], (0.06, 0.085, 0.06))


def _coin(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a coin with a square hole: with strokes, with clouds, two linked by a ribbon."""
    if view == 2:
        one, other = (turned(_coin(0, random), a, 0.58, at)
            for a, at in ((-0.2, (-0.3, -0.26)), (0.35, (0.26, 0.22))))  # fmt: skip
        tie = ribbon([(-0.3, -0.24), (-0.06, -0.06), (0.1, 0.1), (0.24, 0.2)],
            (0.06, 0.09, 0.085, 0.07))  # fmt: skip
        tails = [ribbon([(0.24, 0.2), (0.2 + d, 0.46), (0.28 + d, 0.7), (0.14 + 1.6 * d, 1.0)],
                (0.06, 0.085, 0.09, 0.05)) for d in (-0.05, 0.1)]  # fmt: skip
        return [*one, *other, fill(3, tie, *tails), fill(1, oval(0.24, 0.21, 0.05, 0.05))]
    hole = polygon([(-0.24, -0.24), (0.24, -0.24), (0.24, 0.24), (-0.24, 0.24)])
    inner = polygon([(-0.31, -0.31), (0.31, -0.31), (0.31, 0.31), (-0.31, 0.31)])

    def pierced(path: Path) -> Path:
        return path + hole.reversed()

    shapes = [MotifShape(slot=1, path=pierced(circle(0, 0, 1.0))),
        MotifShape(slot=0, path=pierced(circle(0, 0, 0.94))),
        MotifShape(slot=1, path=circle(0, 0, 0.83) + circle(0, 0, 0.77).reversed()),
        MotifShape(slot=1, path=pierced(inner))]  # fmt: skip
    glyphs: list[Path] = []
    if view == 0:
        j = random.uniform(-0.02, 0.02)
        tall: list[_Stroke] = [[(-0.12, -0.68), (0.12 + j, -0.68)],
            [(-0.16, -0.56), (0.16, -0.56 + j)], [(-0.1, -0.42), (0.1, -0.42)],
            [(0, -0.72), (0, -0.38)]]  # fmt: skip
        wide: list[_Stroke] = [[(-0.14, -0.14), (0.14, -0.14)], [(-0.11, -0.14), (-0.11, 0.14)],
            [(0.11, -0.14), (0.11, 0.14)], [(-0.11, 0.01), (0.11, 0.01)],
            [(-0.15, 0.15), (0.15, 0.15)]]  # fmt: skip
        for d in (-1, 1):
            glyphs += [ribbon(each, (0.05, 0.045)).scaled(d) for each in tall]
            glyphs += [ribbon(each, (0.05, 0.045)).moved(0.56 * d, 0) for each in wide]
    else:
        for k in range(4):
            curl = ribbon(spiral(0.0, -0.56, 0.13, 1.2, 1.2, 0.2), 0.045, 2)
            tail = ribbon([(0.06, -0.46), (-0.1, -0.42), (-0.24, -0.5)], (0.045, 0.045, 0.0))
            glyphs += [each.rotated(k * np.pi / 2) for each in (curl, tail)]
        shapes[2] = MotifShape(slot=2, path=circle(0, 0, 0.83) + circle(0, 0, 0.36).reversed())
        glyphs += [circle(0, -0.885, 0.032).rotated(k * np.pi / 12) for k in range(24)]
        glyphs += [plume(0, -0.4, 0, 0.28, 0.1).rotated((k + 0.5) * np.pi / 2) for k in range(4)]
    shine = ribbon([(-0.84, -0.32), (-0.7, -0.56), (-0.48, -0.75)], (0.0, 0.05, 0.0))
    return turned([*shapes, fill(1, *glyphs), fill(2, shine)],
        random.uniform(-0.1, 0.1) if view else 0.0)  # fmt: skip


def _ruyi_head(size: float) -> list[MotifShape]:
    """Draw the cloud-shaped head of a sceptre, upright around the origin."""
    head = outline([(0, 0.44, 0), (-0.2, 0.36), (-0.46, 0.4), (-0.66, 0.2), (-0.6, -0.1),
            (-0.4, -0.2), (-0.36, -0.42), (-0.16, -0.58), (0, -0.6), (0.16, -0.58), (0.36, -0.42),
            (0.4, -0.2), (0.6, -0.1), (0.66, 0.2), (0.46, 0.4), (0.2, 0.36)])  # fmt: skip
    curls = []
    for d in (-1, 1):
        points = spiral(0.36 * d, 0.12, 0.2, np.pi / 2 + 0.9 * d, 1.15 * d, 0.25)
        curls.append(ribbon(points, np.linspace(0.05, 0.07, len(points)), 2))
    gem = outline([(0, -0.46), (0.16, -0.3), (0.1, -0.1), (0, 0.0, 0), (-0.1, -0.1), (-0.16, -0.3)])
    return turned([fill(0, head), fill(1, head.scaled(0.87).moved(0, -0.01)), fill(0, *curls),
            fill(0, gem.scaled(1.15).moved(0, 0.03)), fill(2, gem)], 0, size)  # fmt: skip


def _ruyi(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a ruyi sceptre: curved, with a tassel, the head alone."""
    if view == 2:
        drop = plume(0, 0.4, np.pi, 0.3 + random.uniform(-0.05, 0.05), 0.12)
        return [*_ruyi_head(1.0), fill(2, drop), fill(1, circle(0, 0.44, 0.07))]
    bend = (1.0, -0.7)[view] + random.uniform(-0.1, 0.1)
    path = [(-0.5 * bend, -0.5), (-0.34 * bend, -0.2), (0.0, 0.06), (0.3 * bend, 0.28),
        (0.46 * bend, 0.58)]  # fmt: skip
    stem = fill(0, ribbon(path, (0.13, 0.14, 0.13, 0.14, 0.15)))
    light = fill(1, ribbon(path, (0.06, 0.07, 0.065, 0.07, 0.07)))
    middle = turned([fill(0, oval(0, 0, 0.16, 0.14)), fill(2, oval(0, 0, 0.1, 0.085))], 0.8 * bend,
        1.0, (0.02 * bend, 0.07))  # fmt: skip
    end = turned([fill(0,
                outline([(-0.14, -0.1), (0.14, -0.1), (0.16, 0.08), (0, 0.18), (-0.16, 0.08)])),
            fill(2, oval(0, 0.02, 0.08, 0.075))], -0.3 * bend, 1.0,
        (0.47 * bend, 0.62))  # fmt: skip
    head = turned(_ruyi_head(0.62), -0.55 * bend, 1.0, (-0.56 * bend, -0.66))
    tail: list[MotifShape] = []
    if view == 1:
        x = 0.47 * bend
        tail = [line(3, curve([(x, 0.76), (x + 0.05, 0.86), (x, 0.94)]), 0.03),
            fill(3, circle(x, 0.95, 0.05)),
            fill(3,
                polygon([(x - 0.05, 0.98), (x + 0.05, 0.98), (x + 0.09, 1.3), (x - 0.09, 1.3)])),
            fill(1,
                *(sliver([(x + k * 0.5, 1.04), (x + k * 0.8, 1.16), (x + k, 1.28)], 0.024)
                    for k in (-0.045, 0.0, 0.045)))]  # fmt: skip
    else:
        tail = [fill(3,
                ribbon([(0.02, 0.12), (-0.1, 0.3), (-0.3, 0.34), (-0.4, 0.5)],
                    (0.05, 0.06, 0.05, 0.0)),
                ribbon([(0.02, 0.12), (0.02, 0.34), (-0.1, 0.46), (-0.1, 0.62)],
                    (0.05, 0.06, 0.05, 0.0)))]  # fmt: skip
    return [*tail, stem, light, *middle, *end, *head]


def _gourd(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a bottle gourd: with a ribbon, on the vine, leaning with a leaf."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.06, -0.62), (0.06, -0.62), (0.2, -0.5), (0.24 + j, -0.32), (0.16, -0.14),
            (0.15, -0.06), (0.32, 0.08), (0.43, 0.34), (0.34, 0.6), (0, 0.72), (-0.34, 0.6),
            (-0.43, 0.34), (-0.32, 0.08), (-0.15, -0.06), (-0.16, -0.14), (-0.24 + j, -0.32),
            (-0.2, -0.5)])  # fmt: skip
    shade = outline([(0.1, -0.6), (0.2, -0.5), (0.24 + j, -0.32), (0.16, -0.14), (0.15, -0.06),
            (0.32, 0.08), (0.43, 0.34), (0.34, 0.6), (0.02, 0.72, 0), (0.22, 0.52), (0.28, 0.3),
            (0.18, 0.1), (0.04, -0.06, 0), (0.12, -0.26), (0.13, -0.44)])  # fmt: skip
    shine = [plume(-0.27, 0.46, 0.1, 0.34, 0.08, 0.4), plume(-0.13, -0.3, 0.1, 0.2, 0.055, 0.4)]
    stem = ribbon([(0, -0.58), (0.0, -0.7), (0.08, -0.82), (0.2, -0.84)], (0.09, 0.06, 0.05, 0.04))
    shapes = [fill(1, stem), fill(0, body), fill(2, shade), fill(4, *shine)]
    if view == 0:
        tie = [ribbon([(-0.18, -0.1), (0, -0.06), (0.18, -0.1)], (0.07, 0.08, 0.07))]
        bow = [outline([(0, -0.08, 0), (-0.12, -0.2), (-0.3, -0.2), (-0.32, -0.06),
                    (-0.16, -0.02)]),
            outline([(0, -0.08, 0), (0.12, -0.2), (0.3, -0.2), (0.32, -0.06),
                    (0.16, -0.02)])]  # fmt: skip
        ends = [ribbon([(0, -0.06), (d * 0.1, 0.1), (d * 0.06, 0.22), (d * 0.18, 0.36)],
                (0.05, 0.07, 0.06, 0.05)) for d in (-1, 1)]  # fmt: skip
        return [*shapes, fill(3, *tie, *ends, *bow), fill(4, oval(0, -0.08, 0.055, 0.06))]
    leaf = outline([(0, 0, 0), (0.1, -0.14), (0.26, -0.16), (0.3, -0.3, 0), (0.42, -0.18),
            (0.56, -0.16, 0), (0.5, 0.0), (0.56, 0.16, 0), (0.36, 0.16), (0.26, 0.24, 0),
            (0.14, 0.1)])  # fmt: skip
    veins = [sliver([(0.02, 0), (0.2, 0.0), (0.44, 0.0)], 0.03),
        sliver([(0.12, 0), (0.2, -0.08), (0.29, -0.2)], 0.024),
        sliver([(0.14, 0), (0.2, 0.06), (0.27, 0.16)], 0.024)]  # fmt: skip
    vine = ribbon([(-0.5, -0.76), (-0.2, -0.9), (0.12, -0.84), (0.4, -0.92), (0.6, -0.84)],
        (0.02, 0.045, 0.05, 0.04, 0.02))  # fmt: skip
    curl = spiral(-0.42, -0.56, 0.13, -1.6, -1.5, 0.15)
    tendril = ribbon(np.concatenate([[(0.14, -0.82), (-0.12, -0.84)], curl]), 0.028, 2)
    if view == 1:
        leaves = [*turned([fill(1, leaf), fill(2, *veins)], 0.5, 0.9, (0.3, -0.86)),
            *turned([fill(1, leaf), fill(2, *veins)], 0.5, 0.6, (-0.32, -0.82),
                flip=True)]  # fmt: skip
        small = turned(shapes[1:], -0.1, 0.42, (-0.52, -0.02))
        hang = ribbon([(-0.4, -0.8), (-0.5, -0.5), (-0.5, -0.24)], (0.03, 0.035, 0.04))
        return [fill(1, vine, hang), *small, *shapes, *leaves]
    return turned([*shapes, *turned([fill(1, leaf), fill(2, *veins)], -0.2, 0.95, (0.1, -0.8)),
            fill(1, tendril)], 0.35)  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {
    "umbrella": _umbrella,
    "coin": _coin,
    "ruyi": _ruyi,
    "gourd": _gourd,
}
