"""Shells, starfish, coral and the animals of the sea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver, tapered
from worker.drawing.motifs.pen import Body, disc, fill, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]


def _fan_edge(
    count: int, spread: float, low: float, radius: float, dent: float
) -> list[tuple[float, ...]]:
    """Return the scalloped edge of a shell around its hinge at the origin, from left to right."""
    points: list[tuple[float, ...]] = []
    for k in range(count):
        a0, a1 = (-spread + 2 * spread * (k + e) / count for e in (0.0, 1.0))
        middle = (a0 + a1) / 2
        reach = low + (radius - low) * float(np.cos(middle * 0.62) ** 0.9)
        for a, r, corner in ((a0, reach * dent, True),
            (a0 + 0.24 * (a1 - a0), reach * 0.995, False), (middle, reach * 1.02, False),
            (a1 - 0.24 * (a1 - a0), reach * 0.995, False)):  # fmt: skip
            places = (r * float(np.sin(a)), -r * float(np.cos(a)))
            points.append((*places, 0) if corner else places)
    return points


def _scallop(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a scallop: with ribs, with bands, open with a pearl."""
    spread = 1.12 + random.uniform(-0.04, 0.04)
    count = 9 if view != 1 else 7
    edge = _fan_edge(count, spread, 0.7, 1.0, 0.94)
    shell = outline([(0.0, 0.02, 0), *edge, (np.sin(spread) * 0.72, -np.cos(spread) * 0.72, 0)])
    ears = outline([(-0.26, -0.02), (-0.3, 0.13, 0), (0, 0.07), (0.3, 0.13, 0), (0.26, -0.02),
            (0.1, -0.14), (-0.1, -0.14)])  # fmt: skip
    angles = -spread + 2 * spread * np.arange(1, count) / count
    ribs = [sliver([(0, -0.04), (0.5 * np.sin(a), -0.5 * np.cos(a)),
                (np.sin(a) * r, -np.cos(a) * r)], 0.045) for a in angles
        for r in [0.9 * (0.7 + 0.3 * np.cos(a * 0.62) ** 0.9)]]  # fmt: skip
    inner = outline([(0.0, 0.0, 0), *((x * 0.72, y * 0.72, *rest) for x, y, *rest in edge),
            (np.sin(spread) * 0.5, -np.cos(spread) * 0.5, 0)])  # fmt: skip
    if view == 0:
        return [fill(1, ears), fill(0, shell), fill(2, inner), fill(1, *ribs)]
    if view == 1:
        small = outline([(0.0, 0.0, 0), *((x * 0.42, y * 0.42, *rest) for x, y, *rest in edge),
                (np.sin(spread) * 0.3, -np.cos(spread) * 0.3, 0)])  # fmt: skip
        wide = outline([(0.0, 0.0, 0), *((x * 0.88, y * 0.88, *rest) for x, y, *rest in edge),
                (np.sin(spread) * 0.64, -np.cos(spread) * 0.64, 0)])  # fmt: skip
        return [fill(1, ears), fill(0, shell), fill(2, wide), fill(0, inner), fill(1, small),
            fill(2, *ribs)]  # fmt: skip
    lower = turned([fill(1, shell)], np.pi, 0.62, (0, -0.02))[0]
    low = MotifShape(slot=lower.slot, path=lower.path.scaled(1.4, 0.62))
    lips = MotifShape(slot=2, path=lower.path.scaled(1.22, 0.48))
    return [fill(0, shell), fill(1, *ribs), low, lips, fill(3, circle(0, 0.0, 0.15)),
        fill(2, oval(-0.05, -0.055, 0.045, 0.03, -0.5))]  # fmt: skip


def _nautilus(random: np.random.Generator) -> list[MotifShape]:
    """Draw a nautilus."""
    j = random.uniform(-0.02, 0.02)
    a = np.linspace(0, 2 * np.pi * 2.2, 64)
    r = 0.62 * np.exp(-0.165 * a)
    line_ = np.stack([r * np.cos(a + 0.5), r * np.sin(a + 0.5)], -1)
    outer = outline([tuple(p) for p in line_[:30:2] * 1.12] + [tuple(line_[0] * 0.5)])
    mouth = oval(0.44, 0.24, 0.18, 0.08, 0.5)
    core = tapered(line_[18:60] * 0.62, np.interp(np.arange(42), (0, 41), (0.07, 0.02)))
    stripes = [ribbon([p * 0.62, p * 0.86, p * 1.1], (0.0, 0.06, 0.08)) for p in line_[8:26:2]]
    return turned([fill(0, outer), fill(1, *stripes), fill(2, mouth), fill(1, core)], j * 3)


def _moon_snail(random: np.random.Generator) -> list[MotifShape]:
    """Draw a round shell."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.5, 0.3), (-0.56, -0.06), (-0.3, -0.42), (0.1, -0.5), (0.46, -0.26),
            (0.56, 0.1), (0.44, 0.36), (0.1, 0.46), (-0.24, 0.44)])  # fmt: skip
    a = np.linspace(0, 2 * np.pi * 2.1, 40)
    r = 0.44 * (1 - a / a[-1] * 0.9)
    curl = tapered(np.stack([0.02 + r * np.cos(a + 0.3), -0.04 + r * 0.96 * np.sin(a + 0.3)], -1),
        np.interp(np.arange(40), (0, 4, 39), (0.0, 0.075, 0.03)))  # fmt: skip
    mouth = outline([(0.2, 0.3), (0.46, 0.1), (0.6, 0.16), (0.66, 0.36), (0.48, 0.5), (0.24, 0.48)])
    bands = [plume(-0.02 + 0.5 * np.sin(t), -0.02 - 0.44 * np.cos(t), t + np.pi, 0.12, 0.06)
        for t in np.linspace(-2.4, 1.0, 8)]  # fmt: skip
    return turned([fill(0, body), fill(2, *bands), fill(1, curl), fill(2, mouth),
            fill(1, oval(0.46, 0.33, 0.09, 0.06, 0.7))], j * 4)  # fmt: skip


def _turret(random: np.random.Generator) -> list[MotifShape]:
    """Draw a tall pointed shell."""
    j = random.uniform(-0.02, 0.02)
    whorls: list[MotifShape] = []
    y, half = -0.84, 0.05
    for k in range(8):
        h = 0.105 + 0.025 * k
        top, low = half, half + 0.042 + 0.004 * k
        ring = outline([(-top, y - 0.02), (0, y - 0.035), (top, y - 0.04),
                (low + 0.025, y + h * 0.5), (low, y + h), (0, y + h + 0.05), (-low, y + h + 0.03),
                (-low - 0.015, y + h * 0.5)])  # fmt: skip
        whorls.append(fill(0 if k % 2 else 2, ring))
        whorls.append(fill(1,
                ribbon([(-low, y + h + 0.02), (0, y + h + 0.045), (low, y + h)],
                    (0.0, 0.028, 0.0))))  # fmt: skip
        y, half = y + h * 0.86, low
    mouth = outline([(0.02, y - 0.02), (0.3, y - 0.08), (0.38, y + 0.06), (0.24, y + 0.2),
            (0.06, y + 0.16)])  # fmt: skip
    return turned([*whorls, fill(2, mouth), fill(1, oval(0.22, y + 0.06, 0.1, 0.06, -0.5))],
        0.45 + j)  # fmt: skip


def _spiral_shell(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a spiral shell: a whelk, a nautilus, a turret, a snail-like one."""
    j = random.uniform(-0.02, 0.02)
    if view == 1:
        return _nautilus(random)
    if view == 3:
        return _moon_snail(random)
    if view == 2:
        return _turret(random)
    body = outline([(0, -0.78, 0), (0.08, -0.62), (0.2, -0.44), (0.32, -0.26), (0.46, -0.04),
            (0.46, 0.22), (0.32, 0.48), (0.16, 0.8, 0), (0.02, 0.74), (-0.14, 0.5), (-0.34, 0.26),
            (-0.42, 0.0), (-0.34, -0.24), (-0.2, -0.44), (-0.08, -0.62)])  # fmt: skip
    mouth = outline([(0.04, 0.1), (0.24, -0.04), (0.42, 0.02), (0.42, 0.24), (0.28, 0.48),
            (0.13, 0.74, 0), (0.06, 0.5), (0.0, 0.3)])  # fmt: skip
    inner = outline([(0.14, 0.16), (0.26, 0.06), (0.35, 0.1), (0.34, 0.24), (0.22, 0.48, 0),
            (0.13, 0.34)])  # fmt: skip
    lines = [ribbon([(-x, y), (0, y + 0.1 * s), (x, y - 0.04 * s)], (0.0, 0.03 + 0.014 * s, 0.0))
        for x, y, s in ((0.09, -0.6, 0.5), (0.19, -0.44, 0.8), (0.32, -0.24, 1.2))]  # fmt: skip
    knobs = [circle(x, y, 0.034)
        for x, y in ((-0.26, -0.06), (-0.08, -0.01), (0.12, -0.07), (0.32, -0.13))]  # fmt: skip
    bars = [ribbon([(-0.34 + d, 0.1 + d), (-0.2 + d, 0.24 + d * 0.8), (-0.04 + d * 0.4, 0.34 + d)],
            (0.0, 0.04, 0.0)) for d in (0.0, 0.09)]  # fmt: skip
    return turned([fill(0, body), fill(1, *lines, *bars), fill(2, mouth, *knobs), fill(1, inner)],
        0.5 + j)  # fmt: skip


def _starfish(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a starfish: with dotted arms, slender with bent arms, stout with a pattern."""
    shapes: list[MotifShape] = []
    fat, bend = ((0.3, 0.12), (0.2, 0.4), (0.4, 0.06))[view]
    points: list[tuple[float, ...]] = []
    arms = []
    for k in range(5):
        a = 2 * np.pi * k / 5
        wobble = bend * random.uniform(0.5, 1.2) * (1 if view == 1 else (-1) ** k)
        spine = [(0.0, -0.1), (0.02 * wobble, -0.46), (0.18 * wobble, -0.78), (0.42 * wobble, -1.0)]
        arm = Body.through(spine, (fat * 2.1, fat * 1.45, fat * 0.95, fat * 0.42))
        arms.append((a, arm))
        tip = arm.at([(1.0, 0)])[0]
        shapes.append(fill(0, arm.contour().rotated(a), disc(tip, fat * 0.2).rotated(a)))
        notch = (0.62 * fat + 0.17, np.pi / 5 + a)
        points.append((notch[0] * np.sin(notch[1]), -notch[0] * np.cos(notch[1])))
    hub = outline([(x * 1.16, y * 1.16) for x, y in points])
    body = fill(0, hub)
    details: list[Path] = []
    dots: list[Path] = []
    for a, arm in arms:
        middle = arm.at([(s, 0) for s in (0.1, 0.4, 0.7, 0.94)])
        if view != 2:
            details.append(tapered(middle, (0.07, 0.08, 0.06, 0.0)).rotated(a))
            dots += [disc(arm.at([(s, t)])[0], 0.026).rotated(a) for s in (0.3, 0.5, 0.7)
                for t in (-0.62, 0.62)]  # fmt: skip
        else:
            spread = tapered(arm.at([(0.1, 0), (0.5, 0), (0.9, 0)]), (0.3, 0.24, 0.08))
            details.append(spread.rotated(a))
            dots += [disc(arm.at([(s, 0)])[0], r).rotated(a)
                for s, r in ((0.2, 0.05), (0.42, 0.046), (0.62, 0.04), (0.8, 0.03))]  # fmt: skip
    centre = [fill(1,
            outline([(0.16 * np.sin(t), -0.16 * np.cos(t))
                    for t in 2 * np.pi * np.arange(10) / 10])),
        fill(2, circle(0, 0, 0.07))]  # fmt: skip
    return [*shapes, body, fill(1, *details), fill(2, *dots), *centre]


def _grow(
    x: float,
    y: float,
    angle: float,
    length: float,
    width: float,
    depth: int,
    random: np.random.Generator,
) -> list[Path]:
    """Return the branches of a coral as ribbons with round tips."""
    bend = random.uniform(-0.3, 0.3)
    end = (x + length * np.sin(angle + bend), y - length * np.cos(angle + bend))
    middle = (x + 0.5 * length * np.sin(angle), y - 0.5 * length * np.cos(angle))
    paths = [ribbon([(x, y), middle, end], (width, width * 0.85, width * 0.8), 2),
        disc(end, width * 0.42)]  # fmt: skip
    if depth:
        for turn in (-0.55, 0.5):
            paths += _grow(*end, angle + bend * 0.5 + turn + random.uniform(-0.15, 0.15),
                length * random.uniform(0.7, 0.85), width * 0.78, depth - 1, random)  # fmt: skip
    return paths


def _coral(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw coral: a branching tree, a sea fan, tubes."""
    if view == 0:
        paths = [*_grow(0, 0.5, -0.12, 0.36, 0.14, 3, random),
            *_grow(0.02, 0.4, 0.75, 0.3, 0.1, 2, random),
            *_grow(-0.02, 0.42, -0.85, 0.28, 0.1, 2, random)]  # fmt: skip
        foot = outline([(-0.2, 0.54), (-0.07, 0.42), (0.07, 0.42), (0.2, 0.54)])
        tips = [p for p in paths if len(p.points) == 7]
        return [fill(0, *paths, foot),
            fill(1, *(disc(p.points[[0, 3]].mean(0), 0.022) for p in tips))]  # fmt: skip
    if view == 1:
        branches: list[Path] = []
        for a in np.linspace(-1.15, 1.15, 9):
            j = random.uniform(-0.06, 0.06)
            reach = 0.95 - 0.14 * abs(a)
            tip = (reach * np.sin(a + j), 0.4 - reach * np.cos(a + j))
            branches.append(ribbon([(0, 0.5),
                        (0.42 * np.sin(a * 0.8), 0.4 - 0.42 * np.cos(a * 0.8)), tip],
                    (0.075, 0.055, 0.03)))  # fmt: skip
            for s in (0.45, 0.62, 0.8):
                turn = a * (0.8 + 0.2 * s) + j
                x, y = s * reach * np.sin(turn), 0.4 - s * reach * np.cos(turn)
                branches += [ribbon([(x, y), (x + 0.08 * np.sin(b), y - 0.08 * np.cos(b)),
                            (x + 0.16 * np.sin(c), y - 0.16 * np.cos(c))], (0.036, 0.036, 0.026),
                        2) for b, c in ((a - 0.7, a - 0.4), (a + 0.7, a + 0.4))]  # fmt: skip
        back = outline([(0, 0.5, 0), (-0.5, 0.26), (-0.84, -0.06), (-0.66, -0.34), (-0.3, -0.52),
                (0.1, -0.56), (0.5, -0.44), (0.8, -0.14), (0.64, 0.2)])  # fmt: skip
        return [fill(1, back),
            fill(0, *branches,
                outline([(-0.22, 0.56), (-0.06, 0.42), (0.06, 0.42), (0.22, 0.56)]))]  # fmt: skip
    tubes: list[MotifShape] = []
    for x, high, w, lean in ((-0.1, -0.5, 0.13, -0.05), (0.24, -0.34, 0.12, 0.14),
        (-0.4, -0.2, 0.12, -0.2), (0.46, 0.0, 0.1, 0.26), (0.06, -0.04, 0.12, 0.02),
        (-0.22, 0.14, 0.1, -0.1)):  # fmt: skip
        top = high + random.uniform(-0.04, 0.04)
        tubes += [fill(0,
                outline([(x * 0.4 - w * 0.5, 0.56, 0),
                        (x * 0.7 - w * 0.7 + lean / 3, (top + 0.56) / 2), (x + lean - w, top, 0),
                        (x + lean + w, top, 0), (x * 0.7 + w * 0.7 + lean / 3, (top + 0.56) / 2),
                        (x * 0.4 + w * 0.5, 0.56, 0)]), oval(x + lean, top, w, w * 0.42)),
            fill(1,
                sliver([(x * 0.5 - w * 0.2, 0.46),
                        (x * 0.75 - w * 0.4 + lean / 3, (top + 0.56) / 2),
                        (x + lean - w * 0.6, top + 0.1)], 0.045)),
            fill(2, oval(x + lean, top, w * 0.66, w * 0.26))]  # fmt: skip
    return [*tubes, fill(0, outline([(-0.36, 0.6), (-0.2, 0.48), (0.2, 0.48), (0.36, 0.6)]))]


DRAWINGS: Mapping[str, DrawMotif] = {
    "scallop-shell": _scallop,
    "spiral-shell": _spiral_shell,
    "starfish": _starfish,
    "coral": _coral,
}
