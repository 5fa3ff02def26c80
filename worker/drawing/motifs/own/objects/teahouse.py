"""Teapots, cups and the fruits of good wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import curve, fill, line, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]


def _leaf(
    x: float, y: float, angle: float, length: float, slots: tuple[int, int], bend: float = 0.4
) -> list[MotifShape]:
    """Draw a pointed leaf with its rib."""
    rib = sliver([(0, 0), (0.06 * bend, -0.45), (0.26 * bend, -0.85)], 0.06)
    return [fill(slots[0], plume(x, y, angle, length, 0.36 * length, bend, 0.5)),
        *turned([fill(slots[1], rib)], angle, length, (x, y))]  # fmt: skip


def _sprig(slots: tuple[int, int], random: np.random.Generator) -> list[MotifShape]:
    """Draw a small branch with blossoms around the origin."""
    j = random.uniform(-0.15, 0.15)
    twig = ribbon([(-0.3, 0.12), (-0.1, 0.06), (0.08, -0.06), (0.28, -0.1)],
        (0.03, 0.032, 0.026, 0.012))  # fmt: skip
    leaves = [plume(x, y, a + j, 0.16, 0.07, 0.3)
        for x, y, a in ((-0.18, 0.09, -0.5), (0.0, 0.0, 2.2), (0.2, -0.08, 0.7),
            (-0.24, 0.1, 2.4))]  # fmt: skip
    flowers = []
    for x, y, r in ((-0.06, 0.02, 0.1), (0.15, -0.1, 0.075)):
        flowers += [oval(x + r * 0.72 * np.sin(a), y - r * 0.72 * np.cos(a), r * 0.42, r * 0.52, a)
            for a in 2 * np.pi * np.arange(5) / 5 + j]  # fmt: skip
    hearts = [circle(-0.06, 0.02, 0.036), circle(0.15, -0.1, 0.028)]
    return [fill(slots[0], twig, *leaves, *flowers), fill(slots[1], *hearts)]


def _teapot(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a teapot: round with a side handle, tall, with a bail handle over the top."""
    if view == 1:
        body = outline([(-0.24, -0.4, 0), (0.24, -0.4, 0), (0.32, -0.1), (0.42, 0.2), (0.38, 0.5),
                (0.28, 0.58, 0), (-0.28, 0.58, 0), (-0.38, 0.5), (-0.42, 0.2),
                (-0.32, -0.1)])  # fmt: skip
        spout = outline([(-0.34, 0.3), (-0.5, 0.14), (-0.56, -0.1), (-0.68, -0.3, 0),
                (-0.55, -0.32, 0), (-0.44, -0.14), (-0.36, 0.02), (-0.28, 0.1)])  # fmt: skip
        handle = line(0,
            curve([(0.3, -0.24), (0.5, -0.34), (0.66, -0.14), (0.6, 0.2), (0.36, 0.36)]),
            0.075)  # fmt: skip
        lid = outline([(-0.27, -0.38, 0), (-0.2, -0.48), (-0.08, -0.55), (0.08, -0.55),
                (0.2, -0.48), (0.27, -0.38, 0)])  # fmt: skip
        knob = circle(0, -0.6, 0.07)
        bands = [ribbon([(-0.36, y), (0, y + 0.05), (0.36, y)], (0.0, 0.03, 0.0))
            for y in (-0.06, 0.44)]  # fmt: skip
        art = turned(_sprig((1, 2), random), 0.1, 1.1, (0.0, 0.2))
        foot = outline([(-0.3, 0.55, 0), (0.3, 0.55, 0), (0.33, 0.63, 0), (-0.33, 0.63, 0)])
        shine = plume(-0.3, 0.36, 0.1, 0.4, 0.06, 0.3)
        return [handle, fill(0, spout), fill(2, foot), fill(0, body), fill(1, *bands), *art,
            fill(2, lid, knob), fill(3, shine)]  # fmt: skip
    body = outline([(-0.2, -0.34), (0.2, -0.34), (0.44, -0.2), (0.54, 0.08), (0.44, 0.34),
            (0.24, 0.44), (-0.24, 0.44), (-0.44, 0.34), (-0.54, 0.08), (-0.44, -0.2)])  # fmt: skip
    spout = outline([(-0.44, 0.22), (-0.62, 0.08), (-0.7, -0.1), (-0.86, -0.24, 0),
            (-0.74, -0.3, 0), (-0.6, -0.2), (-0.5, -0.06), (-0.36, -0.04)])  # fmt: skip
    lid = outline([(-0.29, -0.3, 0), (-0.2, -0.4), (0, -0.45), (0.2, -0.4), (0.29, -0.3, 0),
            (0, -0.26)])  # fmt: skip
    knob = outline([(-0.05, -0.42), (-0.09, -0.5), (0, -0.57), (0.09, -0.5), (0.05, -0.42)])
    foot = outline([(-0.3, 0.4, 0), (0.3, 0.4, 0), (0.33, 0.5, 0), (-0.33, 0.5, 0)])
    art = turned(_sprig((1, 2), random), 0.0, 1.35, (0.04, 0.1))
    shine = plume(-0.42, 0.2, 0.15, 0.34, 0.07, 0.5)
    if view == 0:
        handle = line(0,
            curve([(0.42, -0.18), (0.66, -0.28), (0.82, -0.08), (0.74, 0.2), (0.46, 0.28)]),
            0.085)  # fmt: skip
    else:
        handle = line(2,
            curve([(-0.42, -0.2), (-0.5, -0.62), (-0.26, -0.9), (0.0, -0.96), (0.26, -0.9),
                    (0.5, -0.62), (0.42, -0.2)]), 0.065)  # fmt: skip
    return [handle, fill(0, spout), fill(2, foot), fill(0, body), *art, fill(2, lid, knob),
        fill(3, shine)]  # fmt: skip


def _teacup(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a teacup: with a saucer and steam, a bowl without handle, with a lid (gaiwan)."""
    j = random.uniform(-0.03, 0.03)
    steam = [ribbon([(x, -0.34), (x + 0.06, -0.48), (x - 0.05 + j, -0.62), (x + 0.03, -0.78)],
            (0.0, 0.05, 0.045, 0.0)) for x in (-0.14, 0.02, 0.18)]  # fmt: skip
    saucer = outline([(-0.72, 0.4), (-0.4, 0.37), (0, 0.36), (0.4, 0.37), (0.72, 0.4), (0.5, 0.5),
            (0.2, 0.54), (-0.2, 0.54), (-0.5, 0.5)])  # fmt: skip
    rim = ribbon([(-0.58, 0.435), (-0.25, 0.475), (0.25, 0.475), (0.58, 0.435)],
        (0.0, 0.026, 0.026, 0.0))  # fmt: skip
    cup = outline([(-0.5, -0.24, 0), (0, -0.18), (0.5, -0.24, 0), (0.48, 0.0), (0.36, 0.26),
            (0.2, 0.38, 0), (-0.2, 0.38, 0), (-0.36, 0.26), (-0.48, 0.0)])  # fmt: skip
    top = [fill(2, oval(0, -0.24, 0.5, 0.1)), fill(3, oval(0, -0.225, 0.43, 0.072))]
    art = turned(_sprig((1, 2), random), 0.0, 1.1, (0.0, 0.08))
    if view == 0:
        handle = line(0,
            curve([(0.46, -0.12), (0.66, -0.16), (0.72, 0.04), (0.58, 0.2), (0.36, 0.22)]),
            0.06)  # fmt: skip
        return [fill(3, *steam), fill(0, saucer), fill(1, rim), handle, fill(0, cup), *top, *art]
    foot = outline([(-0.2, 0.34, 0), (0.2, 0.34, 0), (0.23, 0.46, 0), (-0.23, 0.46, 0)])
    if view == 1:
        waves = [ribbon([(-0.45, 0.02 + d), (-0.2, -0.05 + d), (0.05, 0.03 + d), (0.28, -0.04 + d),
                    (0.45, 0.02 + d)], (0.0, 0.032, 0.036, 0.032, 0.0))
            for d in (-0.02, 0.08)]  # fmt: skip
        return [fill(3, *steam), fill(2, foot), fill(0, cup), *top,
            fill(1, *waves,
                ribbon([(-0.3, 0.25), (0, 0.29), (0.3, 0.25)], (0.0, 0.035, 0.0)))]  # fmt: skip
    lid = outline([(-0.44, -0.25, 0), (-0.32, -0.36), (-0.14, -0.43), (0.14, -0.43), (0.32, -0.36),
            (0.44, -0.25, 0), (0, -0.19)])  # fmt: skip
    knob = outline([(-0.07, -0.42), (-0.1, -0.52), (0.1, -0.52), (0.07, -0.42)])
    lines = ribbon([(-0.36, -0.295), (0, -0.25), (0.36, -0.295)], (0.0, 0.03, 0.0))
    return [fill(0, saucer), fill(1, rim), fill(2, foot), fill(0, cup),
        fill(2, oval(0, -0.235, 0.5, 0.08)), *art, fill(0, lid, knob),
        fill(1, lines, oval(0, -0.52, 0.1, 0.024))]  # fmt: skip


def _peach(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a peach of longevity: with leaves, two on a branch, with a blossom."""
    j = random.uniform(-0.03, 0.03)
    body = outline([(0.05 + j, -0.62, 0), (0.16, -0.44), (0.42, -0.22), (0.56, 0.12), (0.42, 0.42),
            (0.1, 0.54), (-0.24, 0.48), (-0.5, 0.24), (-0.54, -0.06), (-0.34, -0.32),
            (-0.08, -0.46)])  # fmt: skip
    blush = outline([(0.05 + j, -0.62, 0), (0.16, -0.44), (0.42, -0.22), (0.56, 0.12),
            (0.42, 0.42), (0.1, 0.54, 0), (0.3, 0.3), (0.34, 0.02), (0.18, -0.24)])  # fmt: skip
    tip = outline([(0.05 + j, -0.62, 0), (0.16, -0.44), (0.3, -0.31), (0.14, -0.24), (-0.06, -0.2),
            (-0.24, -0.16), (-0.28, -0.355), (-0.08, -0.46)])  # fmt: skip
    cleft = ribbon([(0.04 + j, -0.6), (-0.1, -0.3), (-0.16, 0.04), (-0.08, 0.34), (0.02, 0.5)],
        (0.01, 0.034, 0.036, 0.028, 0.0))  # fmt: skip
    shine = plume(-0.4, 0.22, 0.05, 0.34, 0.08, 0.5)
    fruit = [fill(0, body), fill(1, blush, tip), fill(4, cleft), fill(5, shine)]
    leaves = [*_leaf(0.04, 0.5, -1.3, 0.62, (2, 3), 0.7),
        *_leaf(0.04, 0.5, 1.25, 0.58, (2, 3), -0.7),
        *_leaf(0.02, 0.52, -2.2, 0.4, (2, 3), -0.4)]  # fmt: skip
    if view == 0:
        return [*leaves[:2], *leaves[4:], *fruit, *_leaf(0.06, 0.52, 1.5, 0.62, (2, 3), -0.6)]
    branch = ribbon([(-0.72, 0.5), (-0.3, 0.56), (0.16, 0.5), (0.5, 0.62), (0.82, 0.56)],
        (0.05, 0.07, 0.06, 0.05, 0.02))  # fmt: skip
    if view == 1:
        one = turned(fruit, -0.3, 0.82, (-0.3, 0.06))
        other = turned(fruit, 0.28, 0.7, (0.4, 0.2), flip=True)
        return [fill(3, branch), *_leaf(-0.5, 0.54, -0.95, 0.5, (2, 3)),
            *_leaf(0.74, 0.56, 0.6, 0.42, (2, 3), -0.4), *other, *one,
            *_leaf(-0.16, 0.54, 2.0, 0.42, (2, 3), -0.5),
            *_leaf(0.1, 0.52, -2.4, 0.36, (2, 3), 0.3)]  # fmt: skip
    petals = [plume(0.0, 0.0, a, 0.2, 0.19, 0.0, 0.65) for a in 2 * np.pi * np.arange(5) / 5]
    flower = turned([fill(4, *petals), fill(5, circle(0, 0, 0.06))], 0.3, 1.0, (-0.4, 0.42))
    return turned([*_leaf(0.1, 0.48, 2.3, 0.42, (2, 3), 0.4),
            *_leaf(-0.04, 0.5, -1.75, 0.7, (2, 3), 0.5), *fruit,
            *_leaf(0.0, 0.52, 1.35, 0.66, (2, 3), -0.7), *flower], 0.16)  # fmt: skip


def _seeds(cells: Sequence[tuple[float, float]], size: float) -> list[Path]:
    """Return plump seeds at places."""
    return [outline([(x - 0.5 * size, y - 0.3 * size), (x, y - 0.75 * size),
                (x + 0.5 * size, y - 0.3 * size), (x + 0.4 * size, y + 0.4 * size),
                (x - 0.4 * size, y + 0.4 * size)]) for x, y in cells]  # fmt: skip


def _pomegranate(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a pomegranate: burst open, whole with leaves, cut in half."""
    turn = random.uniform(-0.1, 0.1)
    crown = outline([(-0.14, -0.4, 0), (-0.16, -0.56), (-0.26, -0.74, 0), (-0.12, -0.66),
            (-0.06, -0.78, 0), (0.02, -0.67), (0.1, -0.78, 0), (0.14, -0.66), (0.28, -0.72, 0),
            (0.17, -0.56), (0.14, -0.4, 0)])  # fmt: skip
    body = outline([(0, -0.46), (0.2, -0.44), (0.46, -0.24), (0.56, 0.08), (0.44, 0.38),
            (0.16, 0.54), (-0.16, 0.54), (-0.44, 0.38), (-0.56, 0.08), (-0.46, -0.24),
            (-0.2, -0.44)])  # fmt: skip
    shade = outline([(0.16, -0.45), (0.46, -0.24), (0.56, 0.08), (0.44, 0.38), (0.16, 0.54),
            (-0.06, 0.555, 0), (0.26, 0.36), (0.38, 0.06), (0.3, -0.24)])  # fmt: skip
    stem = ribbon([(0, 0.5), (0.02, 0.64), (0.12, 0.76)], (0.08, 0.06, 0.05))
    leaves = [*_leaf(0.03, 0.62, -1.35, 0.5, (3, 4), 0.6),
        *_leaf(0.06, 0.66, 1.3, 0.46, (3, 4), -0.6)]  # fmt: skip
    shine = plume(-0.44, 0.2, 0.05, 0.34, 0.08, 0.5)
    if view == 1:
        ribs = [ribbon([(x * 0.3, -0.42), (x, 0.0), (x * 0.5, 0.48)], (0.0, 0.03, 0.0))
            for x in (-0.22, 0.12)]  # fmt: skip
        more = _leaf(0.0, 0.6, -2.3, 0.34, (3, 4), -0.4)
        return turned([fill(4, stem), *leaves, *more, fill(1, crown), fill(0, body),
                fill(1, shade, *ribs), fill(2, shine)], 2.7 + turn)  # fmt: skip
    if view == 0:
        split = outline([(0.02, -0.4, 0), (0.16, -0.2), (0.34, 0.0), (0.3, 0.22), (0.12, 0.42, 0),
                (-0.06, 0.3), (-0.26, 0.2), (-0.3, -0.04), (-0.16, -0.22)])  # fmt: skip
        cells = [(0.0, -0.2), (-0.12, -0.08), (0.06, -0.06), (0.2, 0.0), (-0.18, 0.07),
            (-0.02, 0.09), (0.13, 0.13), (0.23, 0.15), (-0.08, 0.22), (0.08, 0.27)]  # fmt: skip
        return turned([fill(4, stem), *leaves, fill(0, crown, body), fill(1, shade),
                fill(2, split), fill(1, *_seeds(cells, 0.125)),
                fill(2, *(circle(x - 0.02, y - 0.03, 0.018) for x, y in cells)), fill(2, shine)],
            turn)  # fmt: skip
    inner = body.scaled(0.86).moved(0, 0.01)
    walls = [sliver([(0, 0.04), (0.2 * np.sin(a), 0.04 - 0.2 * np.cos(a)),
                (0.42 * np.sin(a), 0.04 - 0.42 * np.cos(a))], 0.04)
        for a in np.pi / 3 * np.arange(6) + 0.3]  # fmt: skip
    cells = [(r * np.sin(a + 0.3) * 1.02, 0.05 - r * np.cos(a + 0.3)) for k in range(6)
        for a, r in ((np.pi / 3 * k + 0.24, 0.32), (np.pi / 3 * k + 0.8, 0.32),
            (np.pi / 3 * k + 0.52, 0.17))]  # fmt: skip
    return turned([fill(4, stem), *leaves, fill(0, crown, body), fill(2, inner),
            fill(1, *_seeds(cells, 0.125)),
            fill(2, *(circle(x - 0.02, y - 0.03, 0.018) for x, y in cells)), fill(0, *walls)],
        turn)  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {
    "teapot": _teapot,
    "teacup": _teacup,
    "longevity-peach": _peach,
    "pomegranate": _pomegranate,
}
