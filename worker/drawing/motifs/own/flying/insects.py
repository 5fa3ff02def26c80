"""Butterflies, moths, dragonflies, bees and beetles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import Body, fill, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_Place = tuple[float, ...]


def _shrunk(points: Sequence[_Place], towards: tuple[float, float], share: float) -> Path:
    """Return an outline drawn nearer to a place."""
    (x, y) = towards
    return outline([(x + (p[0] - x) * share, y + (p[1] - y) * share, *p[2:]) for p in points])


def _both(shapes: Sequence[MotifShape]) -> list[MotifShape]:
    """Return shapes and their mirror images."""
    return [*turned(shapes, flip=True), *shapes]


def _feelers(x: float, y: float, reach: float, slot: int) -> list[MotifShape]:
    """Draw two feelers with knobs up from (x, y)."""
    line = ribbon([(x, y), (x + 0.4 * reach, y - 0.7 * reach), (x + reach, y - reach)],
        (0.02, 0.017, 0.022))  # fmt: skip
    return _both([fill(slot, line, circle(x + reach, y - reach, 0.024))])


_FORE: list[list[_Place]] = [[(0.03, -0.06, 0), (0.14, -0.26), (0.36, -0.46), (0.58, -0.54),
        (0.66, -0.5), (0.62, -0.34), (0.52, -0.2), (0.46, -0.04), (0.3, 0.04), (0.04, 0.06, 0)],
    [(0.03, -0.06, 0), (0.2, -0.22), (0.44, -0.34), (0.68, -0.38), (0.74, -0.3), (0.62, -0.2),
        (0.58, -0.08), (0.46, 0.02), (0.24, 0.07), (0.04, 0.06, 0)]]  # fmt: skip
_HIND: list[list[_Place]] = [[(0.03, 0.02, 0), (0.24, 0.02), (0.42, 0.08), (0.48, 0.2),
        (0.42, 0.34), (0.3, 0.42), (0.27, 0.56), (0.24, 0.68, 0), (0.2, 0.52), (0.13, 0.38),
        (0.04, 0.2, 0)],
    [(0.03, 0.02, 0), (0.28, 0.04), (0.46, 0.1), (0.5, 0.22), (0.42, 0.34), (0.28, 0.42),
        (0.16, 0.4), (0.08, 0.3), (0.03, 0.16, 0)]]  # fmt: skip


def _butterfly_wings(kind: int, random: np.random.Generator) -> list[MotifShape]:
    """Draw the right pair of wings."""
    fore, hind = _FORE[kind], _HIND[kind]
    j = random.uniform(-0.015, 0.015)
    shapes = [fill(0, outline(hind)),
        fill(1,
            _shrunk(hind[:6] + hind[-3:] if kind == 0 else hind, (0.2, 0.16), 0.72))]  # fmt: skip
    cell = outline([(0.08, 0.06, 0), (0.26, 0.07), (0.33, 0.18), (0.24, 0.28), (0.1, 0.18)])
    shapes.append(fill(2, cell))
    edge = [(0.42, 0.16), (0.39, 0.27), (0.31, 0.34)]
    shapes.append(fill(4, *(circle(x + j, y, 0.024) for x, y in edge)))
    shapes += [fill(0, outline(fore)), fill(1, _shrunk(fore, (0.24, -0.16), 0.74))]
    tip = fore[3]
    cells = [outline([(0.1, -0.05, 0), (0.22, -0.17), (0.33, -0.24), (0.33, -0.15),
                (0.22, -0.05)]), plume(0.2, 0.0, 1.25, 0.2, 0.07, -0.2),
        plume(0.36, -0.2, np.arctan2(tip[0] - 0.36, 0.2 - tip[1]), 0.15, 0.07, 0.0)]  # fmt: skip
    shapes.append(fill(2, *cells))
    a, b = np.array(fore[4][:2]), np.array(fore[7][:2])
    dots = [tuple(a + (b - a) * s + (-0.055, -0.005)) for s in (0.06, 0.3, 0.54, 0.8)]
    shapes.append(fill(4, *(oval(x, y, 0.026 + j / 2, 0.019, 0.6) for x, y in dots)))
    return shapes


def _butterfly(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a butterfly: swallowtail and round-winged from above, folded from the side, tilted."""
    body = [*_feelers(0.01, -0.2, 0.22, 3),
        fill(3,
            outline([(0, -0.25), (0.045, -0.21), (0.04, -0.16), (0.055, -0.06), (0.045, 0.06),
                    (0.035, 0.2), (0, 0.38, 0), (-0.035, 0.2), (-0.045, 0.06), (-0.055, -0.06),
                    (-0.04, -0.16), (-0.045, -0.21)]))]  # fmt: skip
    if view in (0, 1):
        return [*_both(_butterfly_wings(view, random)), *body]
    wings = _butterfly_wings(0 if view == 2 else 1, random)
    if view == 2:
        far = turned(wings, -0.9, 0.95, (0.03, -0.02))
        near = turned(wings, -0.62, 1.0, (0.03, 0.0))
        side = [fill(3,
                ribbon([(-0.22, 0.02), (-0.06, -0.02), (0.12, 0.1), (0.26, 0.22)],
                    (0.05, 0.09, 0.07, 0.02)), circle(-0.22, 0.01, 0.05)),
            fill(3,
                *(ribbon([(-0.24, -0.01), (-0.36, -0.1 - d), (-0.46, -0.12 - d)],
                        (0.018, 0.016, 0.024)) for d in (0.0, 0.1))),
            fill(3,
                *(ribbon([(x, 0.02), (x - 0.06, 0.14), (x - 0.03, 0.22)], (0.022, 0.018, 0.016))
                    for x in (-0.12, -0.02)))]  # fmt: skip
        return [*far, *near, *side]
    narrow = [MotifShape(slot=s.slot, path=s.path.scaled(0.55, 1.0)) for s in wings]
    return turned([*turned(narrow, -0.2, flip=True), *turned(wings, 0.12), *body], 0.35)


def _moth_resting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a moth with closed wings."""
    j = random.uniform(-0.02, 0.02)
    combs = _both([fill(3,
                outline([(0.02, -0.2, 0), (0.12, -0.33), (0.28, -0.4, 0), (0.22, -0.29),
                        (0.08, -0.19)]))])  # fmt: skip
    wing = outline([(0.02, -0.2, 0), (0.2, -0.2), (0.4, 0.1), (0.6, 0.5, 0), (0.4, 0.5),
            (0.2, 0.46), (-0.02, 0.44, 0)])  # fmt: skip
    bands = [outline([(0.04, y - 0.04, 0), (0.14, y), (0.22, y - 0.06), (x, y + 0.04, 0),
                (0.22, y + 0.03), (0.12, y + 0.08), (0.03, y + 0.04, 0)])
        for x, y in ((0.33, 0.02), (0.44, 0.22))]  # fmt: skip
    eye = [fill(1, circle(0.2, 0.14 + j, 0.065)), fill(4, circle(0.2, 0.14 + j, 0.035))]
    fringe = outline([(0.6, 0.5, 0), (0.4, 0.5), (0.2, 0.46), (-0.02, 0.44, 0), (0.2, 0.4),
            (0.4, 0.44)])  # fmt: skip
    return [*combs, *_both([fill(0, wing), fill(3, *bands), fill(1, fringe), *eye]),
        fill(2,
            outline([(0, -0.32), (0.1, -0.26), (0.12, -0.12), (0.05, 0.04), (0, 0.14, 0),
                    (-0.05, 0.04), (-0.12, -0.12), (-0.1, -0.26)])),
        fill(3,
            *(sliver([(x, -0.2), (x * 0.8, -0.1), (x * 0.4, -0.02)], 0.025)
                for x in (-0.05, 0.05)))]  # fmt: skip


def _moth(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a moth: a luna moth with long tails, a resting one with closed wings, an emperor."""
    j = random.uniform(-0.02, 0.02)
    combs = _both([fill(3,
                outline([(0.02, -0.2, 0), (0.12, -0.33), (0.28, -0.4, 0), (0.22, -0.29),
                        (0.08, -0.19)]))])  # fmt: skip
    body = Body.through([(0, -0.24), (0, -0.14), (0, 0.02), (0, 0.16), (0, 0.32)],
        (0.09, 0.15, 0.15, 0.12, 0.03))  # fmt: skip
    rings = [body.patch([(s, -1, 0), (s + 0.03, 0), (s, 1, 0), (s + 0.05, 1, 0), (s + 0.08, 0),
                (s + 0.05, -1, 0)]) for s in (0.54, 0.68, 0.82)]  # fmt: skip
    trunk = [*combs, fill(2, body.contour(), circle(0, -0.22, 0.06)), fill(3, *rings)]
    if view == 1:
        return _moth_resting(random)
    fore: list[_Place] = [(0.03, -0.14, 0), (0.24, -0.34), (0.5, -0.46), (0.72, -0.42, 0),
        (0.6, -0.26), (0.52, -0.06), (0.34, 0.04), (0.04, 0.06, 0)]  # fmt: skip
    rim = outline([(0.03, -0.14, 0), (0.24, -0.34), (0.5, -0.46), (0.72, -0.42, 0), (0.5, -0.41),
            (0.26, -0.28), (0.06, -0.08, 0)])  # fmt: skip
    if view == 0:
        hind: list[_Place] = [(0.03, 0.0, 0), (0.3, -0.02), (0.44, 0.1), (0.38, 0.26),
            (0.28, 0.42), (0.27, 0.62), (0.4, 0.84), (0.42, 0.96, 0), (0.26, 0.88), (0.13, 0.64),
            (0.12, 0.38), (0.04, 0.16, 0)]  # fmt: skip
    else:
        hind = [(0.03, 0.0, 0), (0.3, -0.02), (0.5, 0.08), (0.52, 0.24), (0.4, 0.38), (0.22, 0.38),
            (0.08, 0.26), (0.03, 0.12, 0)]  # fmt: skip
    stripe = [ribbon([(0.54, -0.36), (0.46, -0.2), (0.4, 0.0)], (0.0, 0.03, 0.03)),
        ribbon([(0.42, 0.06), (0.36, 0.2), (0.2 if view else 0.26, 0.3)],
            (0.03, 0.03, 0.0))]  # fmt: skip
    eyes = [(0.3, -0.16, 0.07 + j / 2), (0.27, 0.12, 0.06 + j / 2)]
    spots = [fill(slot, *(circle(x, y, r * k) for x, y, r in eyes))
        for slot, k in ((3, 1.0), (1, 0.68), (4, 0.38))]  # fmt: skip
    wings = [fill(0, outline(hind)), fill(0, outline(fore)), fill(3, *stripe), *spots, fill(2, rim)]
    if view == 2:
        wings[2:2] = [fill(2,
                outline([(0.58, -0.26), (0.52, -0.06), (0.34, 0.04, 0), (0.44, -0.12),
                        (0.52, -0.3)]))]  # fmt: skip
    return [*_both(wings), *trunk]


def _dragonfly(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a dragonfly: from above, curved with swept wings, from the side."""
    j = random.uniform(-0.06, 0.06)

    def wing(angle: float, length: float, wide: float) -> list[MotifShape]:
        shape = outline([(0, 0, 0), (0.3 * wide, -0.3), (0.55 * wide, -0.7), (0.4 * wide, -0.96),
                (0, -1.0), (-0.42 * wide, -0.85), (-0.36 * wide, -0.5),
                (-0.16 * wide, -0.2)])  # fmt: skip
        veins = [sliver([(0.02 * k, -0.12), (0.1 * k * wide, -0.5), (0.24 * k * wide, -0.85)],
                0.026) for k in (-1.1, 0.2, 1.4)]  # fmt: skip
        mark = outline([(-0.3 * wide, -0.95), (0.0, -0.99), (-0.02, -0.87), (-0.36 * wide, -0.84)])
        parts = [fill(1, shape), fill(2, *veins), fill(3, mark)]
        return turned(parts, angle, length, (0.03, 0.0))

    bend = (0.04, 0.3, 0.0)[view] + j
    body = Body.through([(0, -0.16), (0, -0.06), (0, 0.08), (0.1 * bend, 0.3), (0.45 * bend, 0.6),
            (1.0 * bend, 0.86)], (0.12, 0.17, 0.13, 0.065, 0.06, 0.02))  # fmt: skip
    rings = [body.patch([(s, -1, 0), (s + 0.012, 0), (s, 1, 0), (s + 0.025, 1, 0), (s + 0.037, 0),
                (s + 0.025, -1, 0)]) for s in (0.5, 0.62, 0.74, 0.86)]  # fmt: skip
    chest = sliver([(0, -0.12), (0.0, 0.0), (0, 0.14)], 0.06)
    eyes = [oval(0.06 * d, -0.21, 0.055, 0.06, 0.4 * d) for d in (-1, 1)]
    trunk = [fill(0, body.contour(), circle(0, -0.2, 0.06)), fill(2, chest, *rings), fill(3, *eyes)]
    if view == 0:
        pairs = [*wing(1.95, 0.62, 0.3), *wing(1.3, 0.7, 0.26)]
        return turned([*_both(pairs), *trunk], 0.4)
    if view == 1:
        pairs = [*wing(2.3, 0.58, 0.3), *wing(1.85, 0.7, 0.26)]
        return turned([*_both(pairs), *trunk], -0.35)
    near = [*turned(wing(0.75, 0.62, 0.32), at=(0, 0.06)), *wing(0.25, 0.72, 0.28)]
    far = [*turned(wing(-0.05, 0.6, 0.3), at=(0, 0.06)), *wing(-0.4, 0.66, 0.26)]
    feet = [ribbon([(0.04, y), (-0.1, y + 0.08), (-0.08, y + 0.17)], (0.024, 0.018, 0.012))
        for y in (-0.05, 0.0, 0.05)]  # fmt: skip
    side = turned([*trunk], -np.pi / 2 + 0.12)
    return turned([*turned([fill(0, *feet)], at=(-0.04, 0.06)), *far, *side, *near], 0.1)


def _bee(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a bee: from above with spread wings, from the side in flight, from above climbing."""
    j = random.uniform(-0.05, 0.05)
    body = Body.through([(0, -0.04), (0, 0.1), (0, 0.3), (0, 0.48), (0, 0.6)],
        (0.2, 0.34, 0.38, 0.24, 0.03))  # fmt: skip
    bands = [body.patch([(s, -1, 0), (s + 0.05, 0), (s, 1, 0), (s + 0.09, 1, 0), (s + 0.14, 0),
                (s + 0.09, -1, 0)]) for s in (0.28, 0.5, 0.72)]  # fmt: skip
    fur = [plume(0.14 * np.sin(a), -0.12 - 0.13 * np.cos(a), a, 0.06, 0.09, 0.2, 0.3)
        for a in np.linspace(0, 2 * np.pi, 15)[:-1]]  # fmt: skip
    head = outline([(0, -0.38), (0.11, -0.33), (0.12, -0.25), (0, -0.2), (-0.12, -0.25),
            (-0.11, -0.33)])  # fmt: skip
    feelers = _both([fill(1,
                ribbon([(0.04, -0.35), (0.08, -0.46), (0.17, -0.5)],
                    (0.024, 0.02, 0.03)))])  # fmt: skip
    eyes = [oval(0.095 * d, -0.3, 0.026, 0.045, 0.4 * d) for d in (-1, 1)]
    trunk = [*feelers, fill(1, head), fill(0, body.contour()), fill(1, *bands),
        fill(3, circle(0, -0.12, 0.15), *fur), fill(2, *eyes)]  # fmt: skip

    def wing(angle: float, length: float) -> list[MotifShape]:
        shape = outline([(0, 0, 0), (0.16, -0.36), (0.22, -0.74), (0.06, -1.0), (-0.14, -0.9),
                (-0.16, -0.5)])  # fmt: skip
        veins = [sliver([(0, -0.14), (0.05 * k, -0.5), (0.1 * k, -0.8)], 0.035)
            for k in (-0.8, 0.9)]  # fmt: skip
        return turned([fill(2, shape), fill(3, *veins)], angle, length, (0.07, -0.1))

    if view == 1:
        wings = [*wing(0.75 + j, 0.44), *wing(0.2 + j, 0.56)]
        far = turned([*wing(0.0, 0.4), *wing(-0.4, 0.5)], at=(-0.06, 0.0))
        legs = [ribbon([(x, 0.1), (x - 0.05, 0.22), (x + 0.02, 0.3)], (0.035, 0.028, 0.016))
            for x in (-0.14, -0.04, 0.07)]  # fmt: skip
        side = turned(trunk, -1.35, 1.0)
        return [*turned(far, 0.12), fill(1, *legs), *side, *turned(wings, 0.1)]
    feet = _both([fill(1,
                *(ribbon([(0.1, y), (0.24, y + 0.02 + d), (0.28, y + 0.12 + d)],
                        (0.03, 0.026, 0.016))
                    for y, d in ((0.0, -0.06), (0.1, 0.08))))])  # fmt: skip
    pairs = [*wing(2.0 if view == 0 else 2.3, 0.42), *wing((1.35 if view == 0 else 1.75) + j, 0.58)]
    return turned([*feet, *trunk[:4], *_both(pairs), *trunk[4:]], -0.3 if view == 0 else 0.7)


def _beetle(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a beetle: a scarab with ribs, a stag beetle, a ladybird, one with open wing cases."""
    j = random.uniform(-0.02, 0.02)
    stag = view == 1
    legs = [ribbon([(0.18, y), (0.36, y + a), (0.4, y + b), (0.47, y + c)],
            (0.05, 0.045, 0.03, 0.016))
        for y, a, b, c in ((-0.14, -0.1, -0.24, -0.3), (0.06, 0.0, 0.08, 0.12),
            (0.24, 0.08, 0.24, 0.3))]  # fmt: skip
    case = outline([(0.0, -0.12, 0), (0.16, -0.13), (0.29, -0.04), (0.33, 0.16), (0.28, 0.38),
            (0.14, 0.54), (0.0, 0.6, 0)])  # fmt: skip
    neck = outline([(0, -0.34), (0.16, -0.33), (0.27, -0.22), (0.28, -0.1), (0.14, -0.08),
            (0, -0.07), (-0.14, -0.08), (-0.28, -0.1), (-0.27, -0.22), (-0.16, -0.33)])  # fmt: skip
    head = outline([(0, -0.5), (0.1, -0.48), (0.16, -0.38), (0.13, -0.3), (0, -0.28),
            (-0.13, -0.3), (-0.16, -0.38), (-0.1, -0.48)])  # fmt: skip
    if stag:
        horn = outline([(0.03, -0.42, 0), (0.16, -0.48), (0.26, -0.62), (0.22, -0.8),
                (0.1, -0.92, 0), (0.14, -0.78), (0.13, -0.68), (0.05, -0.64, 0), (0.13, -0.6),
                (0.1, -0.52), (0.0, -0.46)])  # fmt: skip
        front = _both([fill(1, horn)])
    else:
        front = _both([fill(1,
                    ribbon([(0.07, -0.44), (0.16, -0.56), (0.28, -0.6)],
                        (0.03, 0.024, 0.034)))])  # fmt: skip
    base = [*_both([fill(1, *legs)]), *front, fill(1, head)]
    if view == 3:
        under = outline([(0.02, -0.1, 0), (0.3, 0.0), (0.52, 0.3), (0.5, 0.56), (0.36, 0.6),
                (0.16, 0.36)])  # fmt: skip
        abdomen = outline([(0, -0.12), (0.18, 0.0), (0.17, 0.3), (0, 0.52), (-0.17, 0.3),
                (-0.18, 0.0)])  # fmt: skip
        bars = [sliver([(-0.14, y), (0, y + 0.03), (0.14, y)], 0.035) for y in (0.12, 0.22, 0.32)]
        open_case = turned([fill(0, case),
                fill(3, sliver([(0.1, -0.04), (0.22, 0.14), (0.14, 0.44)], 0.05))], -0.85 + 3 * j,
            1.0, (0.1, -0.04))  # fmt: skip
        return [*base, *_both([fill(2, under)]), fill(1, abdomen), fill(3, *bars),
            *_both(open_case), fill(0, neck)]  # fmt: skip
    marks: list[Path] = []
    if view == 2:
        marks = [circle(x, y, r + j / 2)
            for x, y, r in ((0.14, 0.06, 0.07), (0.2, 0.27, 0.065),
                (0.1, 0.42, 0.055))]  # fmt: skip
    else:
        marks = [sliver([(x, -0.04), (x * 1.25 + j, 0.2), (x * 0.8, 0.46)], 0.032)
            for x in (0.09, 0.18)]  # fmt: skip
    wing = [fill(0, case), fill(1 if view == 2 else 3, *marks)]
    seam = sliver([(0, -0.1), (0, 0.2), (0, 0.6)], 0.04)
    cheeks = [oval(0.15 * d, -0.22, 0.05, 0.04, -0.4 * d) for d in (-1, 1)]
    return [*base, *_both(wing), fill(1, seam), fill(1 if view == 2 else 0, neck),
        fill(2, *cheeks) if view == 2
        else fill(2, sliver([(-0.17, -0.22), (0, -0.27), (0.17, -0.22)], 0.04)),
        fill(2, sliver([(0.24, 0.02), (0.27, 0.14), (0.25, 0.26)], 0.035))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {
    "butterfly": _butterfly,
    "moth": _moth,
    "dragonfly": _dragonfly,
    "bee": _bee,
    "beetle": _beetle,
}
