"""Swallows, magpies and feathers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sampled
from worker.drawing.motifs.pen import (
    Body,
    curve,
    fill,
    outline,
    oval,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_Place = tuple[float, float]


def _fan(
    arm: Sequence[_Place], angles: Sequence[float], lengths: Sequence[float], wide: float,
    count: int = 9, bend: float = 0.2,
) -> list[Path]:  # fmt: skip
    """Return the feathers along a wing's arm as paths."""
    dense = sampled(curve(arm), 8)
    s = np.linspace(0, 1, len(angles))
    feathers = []
    for u in np.linspace(0, 1, count):
        x, y = dense[int(u * (len(dense) - 1))].tolist()
        angle, length = float(np.interp(u, s, angles)), float(np.interp(u, s, lengths))
        feathers.append(plume(x, y, angle, length, wide, bend, 0.65))
    return feathers


def _swallow_wing(sweep: float) -> list[MotifShape]:
    """Draw a long sickle wing that points to the right."""
    wing = outline([(-0.02, -0.1, 0), (0.14, -0.24), (0.34, -0.28), (0.62, -0.18 + sweep),
            (0.9, 0.16 + sweep, 0), (0.62, 0.04 + sweep), (0.4, 0.02), (0.2, 0.08),
            (0.04, 0.16, 0)])  # fmt: skip
    inner = outline([(0.02, -0.06, 0), (0.16, -0.17), (0.34, -0.2), (0.6, -0.13 + sweep, 0),
            (0.38, -0.08), (0.2, -0.01), (0.06, 0.06, 0)])  # fmt: skip
    slits = [fill(2,
            ribbon([(x, y), (x + 0.13, y + 0.01 + sweep / 3), (x + 0.25, y + 0.06 + sweep / 2)],
                (0, 0.02, 0))) for x, y in ((0.24, -0.05), (0.36, -0.06))]  # fmt: skip
    return [fill(0, wing), fill(3, inner), *slits]


def _swallow(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a swallow: from above, from the side with raised wings, diving, perched."""
    fork = random.uniform(-0.03, 0.03)
    if view in (0, 2):
        sweep = 0.0 if view == 0 else 0.16
        wing = _swallow_wing(sweep)
        tail = [outline([(0.05 * d, 0.2), (0.13 * d, 0.42), (0.3 * d + fork, 0.86, 0),
                    (0.09 * d, 0.56), (-0.03 * d, 0.36), (-0.04 * d, 0.2)])
            for d in (-1, 1)]  # fmt: skip
        body = outline([(0, -0.36, 0), (0.07, -0.3), (0.105, -0.16), (0.1, 0.05), (0.05, 0.3),
                (0, 0.42), (-0.05, 0.3), (-0.1, 0.05), (-0.105, -0.16), (-0.07, -0.3)])  # fmt: skip
        beak = plume(0, -0.3, 0, 0.13, 0.05, belly=0.1)
        nape = outline([(-0.06, -0.2), (0.0, -0.235), (0.06, -0.2), (0.0, -0.16)])
        shapes = [fill(4, beak), fill(0, *tail), *wing, *turned(wing, flip=True), fill(0, body),
            fill(1, oval(0, -0.3, 0.05, 0.035)), fill(3, nape),
            fill(2, oval(0, 0.24, 0.045, 0.03))]  # fmt: skip
        return turned(shapes, 0.5 if view == 0 else 2.5)
    body = outline([(-0.46, -0.1, 0), (-0.4, -0.15), (-0.3, -0.165), (-0.18, -0.11), (0.06, -0.08),
            (0.34, 0.06), (0.2, 0.12), (-0.06, 0.13), (-0.26, 0.06), (-0.38, -0.05)])  # fmt: skip
    belly = outline([(-0.34, -0.01, 0), (-0.24, 0.02), (-0.08, 0.05), (0.24, 0.09, 0),
            (0.1, 0.135), (-0.08, 0.145), (-0.26, 0.075)])  # fmt: skip
    throat = outline([(-0.445, -0.085, 0), (-0.39, -0.07), (-0.28, 0.0), (-0.22, 0.07),
            (-0.31, 0.05), (-0.41, -0.03)])  # fmt: skip
    beak = outline([(-0.42, -0.13), (-0.53, -0.085, 0), (-0.42, -0.075)])
    eye = [fill(2, circle(-0.365, -0.1, 0.02))]
    tail = [outline([(0.2, 0.0), (0.5, 0.1), (0.94, 0.02 + fork, 0), (0.6, 0.17), (0.2, 0.12)]),
        outline([(0.2, 0.02), (0.46, 0.16), (0.86, 0.3 + fork, 0), (0.44, 0.24),
                (0.14, 0.12)])]  # fmt: skip
    trunk = [fill(0, *tail), fill(4, beak), fill(0, body), fill(2, belly), fill(1, throat), *eye]
    if view == 1:
        far = turned(_swallow_wing(0.0)[:1], -1.5, 0.92, (-0.1, -0.06))
        near = turned(_swallow_wing(0.1), -0.95, 1.0, (-0.06, 0.0))
        return turned([fill(3, far[0].path), *trunk, *near], -0.06)
    folded = outline([(-0.24, -0.06), (-0.1, -0.1), (0.16, -0.03), (0.62, 0.14, 0), (0.26, 0.1),
            (-0.08, 0.07), (-0.22, 0.02)])  # fmt: skip
    shine = ribbon([(-0.16, -0.03), (0.04, 0.0), (0.34, 0.08)], (0, 0.03, 0))
    feet = [ribbon([(x, 0.08), (x - 0.01, 0.2)], (0.03, 0.02)) for x in (-0.06, 0.03)]
    twig = ribbon([(-0.5, 0.24), (-0.1, 0.2), (0.3, 0.21), (0.6, 0.15)], (0.03, 0.05, 0.045, 0.015))
    leaves = [plume(0.3, 0.21, 2.2, 0.2, 0.09, 0.3), plume(-0.38, 0.23, -2.3, 0.2, 0.09, -0.3)]
    bird = turned([*trunk, fill(3, folded), fill(0, shine)], 0.35)
    return [fill(4, *feet), *bird, fill(4, twig, *leaves)]


def _magpie(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a magpie: perched, flying, looking up."""
    sway = random.uniform(-0.05, 0.05)
    tail = [plume(0.16, 0.06, 1.9 + turn + sway, length, 0.13, -0.1)
        for turn, length in ((-0.1, 0.72), (0.06, 0.9), (0.2, 0.74))]  # fmt: skip
    shine = ribbon([(0.3, 0.12), (0.6, 0.23), (0.86, 0.32)], (0.0, 0.035, 0.0))
    body = outline([(-0.5, -0.2), (-0.46, -0.29), (-0.34, -0.33), (-0.22, -0.26), (-0.06, -0.13),
            (0.16, -0.04), (0.28, 0.1), (0.12, 0.2), (-0.1, 0.2), (-0.3, 0.08),
            (-0.4, -0.08)])  # fmt: skip
    belly = outline([(-0.4, -0.05, 0), (-0.22, -0.02), (-0.06, 0.08), (0.22, 0.14, 0),
            (0.12, 0.225), (-0.1, 0.23), (-0.31, 0.12)])  # fmt: skip
    beak = outline([(-0.46, -0.25), (-0.6, -0.19), (-0.64, -0.165, 0), (-0.47, -0.16)])
    eye = fill(1, circle(-0.41, -0.235, 0.022))
    trunk = [fill(3, beak), fill(0, body), fill(1, belly), eye]
    if view == 1:
        near = turned(_magpie_wing(), 0.62, 1.15, (0.0, 0.02))
        far = turned(_magpie_wing(), -0.15, 1.1, (-0.06, -0.08))
        straight = turned([fill(0, *tail), fill(2, shine)], -0.22, 1.0, (0.0, 0.06))
        return turned([*far, *straight, *trunk, *near], -0.12)
    folded = outline([(-0.24, -0.08), (-0.1, -0.12), (0.14, 0.0), (0.44, 0.2, 0), (0.18, 0.17),
            (-0.06, 0.13), (-0.2, 0.04)])  # fmt: skip
    patch = outline([(-0.22, -0.1), (-0.1, -0.13), (0.06, -0.07), (0.12, 0.0, 0), (-0.04, -0.02),
            (-0.18, -0.02)])  # fmt: skip
    bars = [fill(0,
            ribbon([(-0.04 + d, 0.03 + d / 3), (0.12 + d, 0.1 + d / 3), (0.24 + d, 0.15 + d / 3)],
                (0, 0.022, 0))) for d in (0.0, 0.08)]  # fmt: skip
    legs = [ribbon([(x, 0.14), (x + 0.03, 0.28), (x, 0.38)], (0.05, 0.028, 0.024))
        for x in (-0.1, 0.02)]  # fmt: skip
    feet = [plume(x, 0.37, a, 0.1, 0.03) for x in (-0.1, 0.02) for a in (-1.6, 1.6)]
    tilt = 0.0 if view == 0 else 0.45
    bird = turned([fill(0, *tail), fill(2, shine), *trunk, fill(2, folded), fill(1, patch), *bars],
        tilt)  # fmt: skip
    return [fill(3, *legs, *feet), *bird]


def _magpie_wing() -> list[MotifShape]:
    """Draw an open wing upwards: dark, its primaries white inside."""
    arm = [(0.0, 0.0), (-0.05, -0.2), (0.06, -0.4)]
    dark = _fan(arm, (1.9, 1.4, 0.4), (0.34, 0.42, 0.42), 0.11, 10, -0.2)
    light = _fan(arm[1:], (1.1, 0.45), (0.3, 0.32), 0.055, 5, -0.2)
    bone = ribbon([(0.06, 0.1), *arm], (0.1, 0.24, 0.17, 0.06))
    return [fill(2, *dark), fill(1, *light), fill(0, bone)]


def _feather(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a feather: a curved quill, a broad barred one, a fluffy down feather."""
    bend = (0.5, -0.25, 0.7)[view] + random.uniform(-0.12, 0.12)
    spine = sampled(curve([(0.02 * bend, 0.62), (0, 0.42), (-0.04 * bend, 0.1),
                (0.06 * bend, -0.3), (0.34 * bend, -0.66)]), 6)  # fmt: skip
    wide = (0.30, 0.44, 0.46)[view]
    t = np.linspace(0, 1, len(spine))
    widths = wide * np.interp(t, (0, 0.22, 0.34, 0.62, 0.88, 1), (0, 0, 0.8, 1.0, 0.55, 0.0))
    vane = Body(spine, widths / 2)
    left = [(0.24, 0, 0), (0.34, -0.95), (0.5, -1), (0.7, -1), (0.88, -1), (1.0, 0, 0), (0.6, 0)]
    right = [(s, -p, *rest) for s, p, *rest in left]
    shapes = [fill(0, vane.patch(left)), fill(1, vane.patch(right))]
    if view == 1:
        for s in (0.46, 0.62, 0.77):
            band = [(s + 0.03, -1, 0), (s - 0.03, 0, 0), (s + 0.03, 1, 0), (s + 0.1, 1, 0),
                (s + 0.04, 0, 0), (s + 0.1, -1, 0)]  # fmt: skip
            shapes.append(fill(3, vane.patch(band)))
    for s, side in ((0.5, -1), (0.72, 1), (0.84, -1), (0.42, 1)):
        cut = vane.at([(s, 0.3 * side), (s + 0.05, 0.7 * side), (s + 0.09, 0.98 * side)])
        shapes.append(fill(2 if view == 0 else 1 if side < 0 else 0,
                ribbon(cut, (0, 0.016, 0.024))))  # fmt: skip
    if view == 0:
        marks = [ribbon(vane.at([(s, 0.12 * d), (s + 0.08, 0.72 * d)]), (0.014, 0.02))
            for s in np.linspace(0.4, 0.82, 6) for d in (-1, 1)]  # fmt: skip
        shapes = [*shapes[:2], fill(3, *marks)]
    if view == 2:
        down = [ribbon([(0, y), (d * 0.13, y - 0.02), (d * 0.2, y + 0.08), (d * 0.16, y + 0.14)],
                (0.03, 0.035, 0.025, 0)) for y in (0.36, 0.28, 0.2) for d in (-1, 1)]  # fmt: skip
        shapes = [fill(1, *down), *shapes]
    shaft = ribbon(spine[::3], np.linspace(0.036, 0.008, len(spine[::3])))
    return [*shapes, fill(2, shaft)]


def _peacock(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a tail feather of a peacock: straight, curved, and the eye alone with a short stem."""
    bend = (0.12, 0.75, -0.3)[view] + random.uniform(-0.08, 0.08)
    low = (1.0, 1.0, 0.5)[view]
    spine = sampled(curve([(-0.42 * bend, low), (-0.3 * bend, 0.6 * low), (0.0, 0.0),
                (0.1 * bend, -0.3), (0.24 * bend, -0.62)]), 8)  # fmt: skip
    stem = ribbon(spine[::4], np.linspace(0.034, 0.02, len(spine[::4])))
    axis = float(np.arctan2(spine[-1, 0] - spine[20, 0], spine[20, 1] - spine[-1, 1]))
    barbs = []
    for s in np.linspace(0.06, 0.98, (27, 27, 20)[view]):
        x, y = spine[int(s * (len(spine) - 1))]
        length = float(np.interp(s, (0, 0.45, 0.75, 1), (0.26, 0.4, 0.5, 0.36)))
        spread = float(np.interp(s, (0, 0.6, 1), (1.05, 1.05, 0.35)))
        barbs += [plume(x, y, axis * s + d * spread, length, 0.04, -1.0 * d) for d in (-1, 1)]
    x, y = spine[int(0.82 * (len(spine) - 1))]
    eye = [fill(1,
            outline([(0, -0.34), (0.2, -0.2), (0.25, 0.02), (0.14, 0.22), (0, 0.3), (-0.14, 0.22),
                    (-0.25, 0.02), (-0.2, -0.2)])),
        fill(2,
            outline([(0, -0.25), (0.15, -0.14), (0.185, 0.03), (0.1, 0.17), (0, 0.22),
                    (-0.1, 0.17), (-0.185, 0.03), (-0.15, -0.14)])),
        fill(3,
            outline([(0, -0.17), (0.105, -0.09), (0.13, 0.04), (0.07, 0.13), (0, 0.16),
                    (-0.07, 0.13), (-0.13, 0.04), (-0.105, -0.09)])),
        fill(4,
            outline([(0, 0.02, 0), (0.03, -0.07), (0.08, -0.07), (0.1, 0.02), (0.05, 0.1),
                    (0, 0.12), (-0.05, 0.1), (-0.1, 0.02), (-0.08, -0.07),
                    (-0.03, -0.07)]))]  # fmt: skip
    return [fill(0, *barbs), fill(1, stem), *turned(eye, axis, 1.0, (x, y))]


DRAWINGS: Mapping[str, DrawMotif] = {
    "swallow": _swallow,
    "magpie": _magpie,
    "feather": _feather,
    "peacock-feather": _peacock,
}
