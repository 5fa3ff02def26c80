"""Christmas and winter things: gingerbread men, baubles, candy canes, mittens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sampled
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    curve,
    disc,
    fill,
    outline,
    oval,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, star

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)


def _bow(
    slot: int, knot: int, x: float, y: float, size: float, turn: float = 0.0
) -> list[MotifShape]:
    """Draw a bow with two loops and two ends."""
    loops = [outline([(0, 0, 0), (d * 0.22, -0.2), (d * 0.46, -0.2), (d * 0.48, 0.06),
        (d * 0.26, 0.14)]) for d in _SIDES]  # fmt: skip
    ends = [outline([(0, 0, 0), (d * 0.2, 0.16), (d * 0.28, 0.46, 0), (d * 0.18, 0.38, 0),
        (d * 0.08, 0.46, 0), (d * 0.04, 0.2)]) for d in _SIDES]  # fmt: skip
    folds = [ribbon([(d * 0.08, -0.01), (d * 0.2, -0.05), (d * 0.32, -0.06)], (0.05, 0.04, 0.0))
        for d in _SIDES]  # fmt: skip
    return turned([fill(slot, *ends, *loops), fill(knot, *folds, oval(0, 0.01, 0.09, 0.1))], turn,
        size, (x, y))  # fmt: skip


_DOUGH, _ICING, _DARK, _RED = range(4)


def _wave(points: Sequence[tuple[float, float]], width: float) -> Path:
    """Return a wavy line of icing between points."""
    dense = sampled(curve(points), 8)
    step = np.gradient(dense, axis=0)
    step /= np.hypot(step[:, :1], step[:, 1:])
    side = np.stack([-step[:, 1], step[:, 0]], -1)
    return ribbon(dense + side * (np.arange(len(dense)) % 4 < 2)[:, None] * 0.045, width, 2)


def _gingerbread(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a gingerbread man: standing, waving, with a bite missing and a bow."""
    j = random.uniform(-0.02, 0.02)
    left = [(-0.18, -0.2), (-0.36, -0.26), (-0.58, -0.26), (-0.68, -0.14), (-0.58, -0.02),
        (-0.34, 0.02)]  # fmt: skip
    if view == 1:
        left = [(-0.18, -0.2), (-0.4, -0.34), (-0.56, -0.52), (-0.72, -0.52), (-0.74, -0.36),
            (-0.58, -0.16), (-0.32, 0.06)]  # fmt: skip
    legs = [(-0.26, 0.24), (-0.34, 0.44), (-0.46, 0.66), (-0.38, 0.82), (-0.22, 0.8), (-0.1, 0.6),
        (0, 0.44)]  # fmt: skip
    right = [(-x, y) for x, y in [(-0.18, -0.2), (-0.36, -0.26), (-0.58, -0.26), (-0.68, -0.14),
        (-0.58, -0.02), (-0.34, 0.02)]][::-1]  # fmt: skip
    around = [*left, *legs, *[(-x, y) for x, y in legs[-2::-1]], *right]
    body = outline(around)
    head = circle(0, -0.46, 0.33)
    cuffs = [_wave([(d * 0.5, -0.25), (d * 0.5, -0.02)], 0.034)
        for d in (_SIDES if view != 1 else (1,))]  # fmt: skip
    if view == 1:
        cuffs.append(_wave([(-0.44, -0.38), (-0.56, -0.24)], 0.034))
    cuffs += [_wave([(d * 0.42, 0.56), (d * 0.18, 0.66)], 0.034) for d in _SIDES]
    smile = ribbon([(-0.13, -0.38), (0.0, -0.31), (0.13, -0.38)], (0.03, 0.04, 0.03))
    eyes = [circle(d * 0.12, -0.52, 0.036) for d in _SIDES]
    cheeks = [circle(d * 0.2, -0.42, 0.04) for d in _SIDES]
    buttons = [circle(0, y + j, 0.045) for y in (0.06, 0.24)]
    hair = _wave([(-0.2, -0.66), (0.0, -0.73), (0.2, -0.66)], 0.034)
    shapes = [fill(_DOUGH, body, head), fill(_ICING, *cuffs, smile, hair), fill(_DARK, *eyes),
        fill(_RED, *cheeks, *buttons)]  # fmt: skip
    if view < 2:
        return [*shapes, *_bow(_RED, _ICING, 0, -0.12, 0.36)]
    scarf = [ribbon([(-0.27, -0.2), (0.0, -0.12), (0.27, -0.2)], (0.13, 0.14, 0.13)),
        ribbon([(0.12, -0.14), (0.22, 0.06), (0.2 + j, 0.26)], (0.12, 0.14, 0.15))]  # fmt: skip
    stripes = [ribbon([(0.14, y), (0.28, y + 0.01)], 0.035) for y in (0.1, 0.19)]
    hat = outline([(-0.34, -0.62), (-0.2, -0.82), (0.06, -0.98), (0.34, -0.96), (0.5, -0.8, 0),
        (0.34, -0.8), (0.32, -0.62)])  # fmt: skip
    brim = outline([(-0.36, -0.62), (-0.34, -0.72), (0.0, -0.76), (0.34, -0.7), (0.36, -0.6),
        (0.0, -0.66)])  # fmt: skip
    return [*shapes, fill(_RED, *scarf, hat), fill(_ICING, *stripes, brim,
        circle(0.52, -0.78, 0.085))]  # fmt: skip


_GLASS, _BAND, _METAL, _SHINE, _LEAF = range(5)


def _bauble(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a Christmas bauble: round with bands, drop-shaped with a star, a pair with fir."""
    j = random.uniform(-0.1, 0.1)
    cap = [outline([(-0.12, -0.52, 0), (0.12, -0.52, 0), (0.14, -0.38, 0), (-0.14, -0.38, 0)])]
    ring = fill(_METAL, *(outline([(d * 0.02, -0.53), (d * 0.085, -0.58), (d * 0.06, -0.67),
        (d * 0.0, -0.69), (d * 0.0, -0.655), (d * 0.035, -0.64), (d * 0.05, -0.585)])
        for d in _SIDES), *cap)  # fmt: skip
    lit = outline([(-0.3, -0.12), (-0.2, -0.24), (-0.16, -0.22), (-0.24, -0.08), (-0.27, 0.08),
        (-0.31, 0.04)])  # fmt: skip
    ball = circle(0, 0.08, 0.48)

    def band(y: float, high: float) -> Path:
        w, v = (0.48**2 - (y - 0.08) ** 2) ** 0.5, (0.48**2 - (y + high - 0.08) ** 2) ** 0.5
        return outline([(-w, y, 0), (0, y + 0.06), (w, y, 0), (v, y + high, 0),
            (0, y + high + 0.06), (-v, y + high, 0)])  # fmt: skip

    zigzag = [outline([(x - 0.085, 0.1, 0), (x, 0.19, 0), (x + 0.085, 0.1, 0),
        (x, 0.01, 0)]).moved(0, 0.06 * (1 - (x / 0.45) ** 2)) for x in (-0.34, -0.17, 0.0, 0.17,
        0.34)]  # fmt: skip
    pattern = [fill(_BAND, band(-0.1, 0.05), band(0.24, 0.05)), fill(_METAL, *zigzag)]
    first = [ring, fill(_GLASS, ball), *pattern, fill(_SHINE, lit)]
    if view == 0:
        return [*first, *_bow(_BAND, _METAL, 0, -0.62, 0.5)]
    drop = outline(both_sides([(0, -0.42), (-0.14, -0.4), (-0.4, -0.12), (-0.42, 0.12),
        (-0.26, 0.36), (-0.06, 0.6), (0, 0.82)]))  # fmt: skip
    starry = star(8, 0.26, 0.11).moved(0, 0.04)
    dots = [circle(0.33 * np.sin(a), 0.04 - 0.33 * np.cos(a), 0.032)
        for a in np.linspace(0.39, 5.9, 8).tolist()]  # fmt: skip
    second = [ring, fill(_BAND, drop), fill(_METAL, starry, *dots),
        fill(_GLASS, circle(0, 0.04, 0.085)), fill(_SHINE, lit.moved(0.0, -0.02)),
        fill(_METAL, circle(0, 0.84, 0.05))]  # fmt: skip
    if view == 1:
        return [fill(_METAL, ribbon([(0.01, -1.1), (-0.02, -0.88), (0, -0.66)], 0.026)), *second]
    sprig = []
    for base, length in ((-1.75 + j, 0.7), (1.75 - j, 0.7), (-1.15, 0.5), (1.15, 0.5)):
        x0, y0 = 0.0, -0.62
        sprig.append(ribbon([(x0, y0), (x0 + np.sin(base) * length, y0 - np.cos(base) * length)],
            (0.04, 0.02)))  # fmt: skip
        for s in np.linspace(0.12, 1.0, 11).tolist():
            x, y = x0 + np.sin(base) * length * s, y0 - np.cos(base) * length * s
            sprig += [plume(x, y, base + d * (0.75 - 0.4 * s), 0.2, 0.045) for d in _SIDES]
    strings = fill(_METAL, ribbon([(0.0, -0.6), (-0.2, -0.36), (-0.3, -0.2)], 0.022),
        ribbon([(0, -0.6), (0.2, -0.3), (0.32, 0.04)], 0.022))  # fmt: skip
    return [fill(_LEAF, *sprig), strings, *turned(second, -0.08, 0.66, (0.33, 0.42)),
        *turned(first, 0.08, 0.72, (-0.32, 0.26)), *_bow(_GLASS, _METAL, 0, -0.62,
        0.6)]  # fmt: skip


_WHITE, _STRIPE, _GREEN, _GOLD = range(4)


def _cane(wide: float) -> list[MotifShape]:
    """Draw a striped cane whose crook is to the left."""
    body = Body.through([(-0.38, -0.36), (-0.36, -0.62), (-0.12, -0.8), (0.12, -0.62),
        (0.14, -0.3), (0.14, 0.2), (0.14, 0.85)], (wide,) * 7)  # fmt: skip
    ends = [disc(body.spine[k], wide / 2) for k in (0, -1)]
    lean = 0.055
    stripes, thin = [], []
    for s in np.linspace(0.04, 0.92, 9).tolist():

        def piece(a: float, b: float) -> Path:
            return body.patch([(max(a - lean, 0), -1.01, 0), (a, 0), (min(a + lean, 1), 1.01, 0),
                (min(b + lean, 1), 1.01, 0), (b, 0), (max(b - lean, 0), -1.01, 0)])  # fmt: skip

        stripes.append(piece(s, s + 0.05))
        thin.append(piece(s + 0.068, s + 0.078))
    return [fill(_WHITE, body.contour(), *ends), fill(_STRIPE, *stripes, *thin)]


def _candy_cane(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a candy cane: with a bow, two crossed with holly."""
    j = random.uniform(-0.05, 0.05)
    if view == 0:
        return [*turned(_cane(0.26), 0.12), *_bow(_GREEN, _GOLD, 0.16, 0.1, 0.62, 0.05 + j)]
    half = [(0, 0.0, 0), (0.1, -0.12), (0.24, -0.16, 0), (0.19, -0.3), (0.27, -0.46, 0),
        (0.16, -0.52), (0.15, -0.68, 0), (0.05, -0.72), (0, -0.9, 0)]  # fmt: skip
    leaf = outline([*half, *((-x, *rest) for x, *rest in half[-2:0:-1])])
    leaves = [leaf.scaled(0.46).rotated(a + j).moved(0, 0.22) for a in (-1.9, 1.9, 2.9)]
    veins = [ribbon([(0, 0), (0, -0.32)], (0.03, 0.01)).rotated(a + j).moved(0, 0.22)
        for a in (-1.9, 1.9, 2.9)]  # fmt: skip
    berries = [circle(x, y, 0.075) for x, y in ((-0.07, 0.2), (0.08, 0.19), (0.0, 0.31))]
    return [*turned(_cane(0.22), 0.5, 1.0, (-0.04, 0.1)), *turned(_cane(0.22), -0.5, 1.0,
        (0.04, 0.1), flip=True), fill(_GREEN, *leaves), fill(_GOLD, *veins),
        fill(_STRIPE, *berries)]  # fmt: skip


_WOOL, _KNIT, _CUFF, _ACCENT = range(4)


def _one_mitten() -> list[MotifShape]:
    """Draw a mitten with its thumb at the right and a knitted pattern."""
    hand = outline([(-0.34, 0.4, 0), (-0.38, 0.0), (-0.36, -0.36), (-0.2, -0.66), (0.04, -0.72),
        (0.24, -0.6), (0.32, -0.34), (0.33, -0.12, 0), (0.42, -0.28), (0.56, -0.3), (0.62, -0.16),
        (0.52, 0.06), (0.36, 0.24), (0.34, 0.4, 0)])  # fmt: skip
    cuff = outline([(-0.4, 0.38), (-0.36, 0.34, 0), (0.36, 0.34, 0), (0.4, 0.4), (0.4, 0.62),
        (0.36, 0.68, 0), (-0.36, 0.68, 0), (-0.4, 0.62)])  # fmt: skip
    ribs = [ribbon([(x, 0.38), (x, 0.64)], 0.03) for x in np.linspace(-0.28, 0.28, 6).tolist()]
    flake = [ribbon([(0, -0.2), (0, 0.2)], 0.04).rotated(a) for a in (0.0, 1.047, 2.094)]
    flake += [ribbon([(d * 0.075, -0.17), (0, -0.1)], 0.034).rotated(a) for a in (np.arange(6)
        * 1.047).tolist() for d in _SIDES]  # fmt: skip
    dots = [circle(x, 0.24, 0.03) for x in (-0.24, -0.12, 0.0, 0.12, 0.24)]
    zig = ribbon([(x, -0.5 + (0.06 if k % 2 else 0.0)) for k,
        x in enumerate((-0.2, -0.1, 0.0, 0.1, 0.2))], 0.036, 1)  # fmt: skip
    band = ribbon([(-0.36, 0.12), (0.34, 0.12)], 0.05)
    return [fill(_WOOL, hand), fill(_KNIT, *(path.moved(-0.02, -0.18) for path in flake), *dots,
        zig, band), fill(_CUFF, cuff), fill(_ACCENT, *ribs)]  # fmt: skip


def _mitten(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw mittens: one, a pair on a string."""
    j = random.uniform(-0.06, 0.06)
    if view == 0:
        return turned(_one_mitten(), 0.12 + j)
    string = [ribbon([(-0.46, 0.32), (-0.6, 0.72), (-0.2, 0.86), (0.1, 0.62 + j), (0.4, 0.84),
        (0.68, 0.62), (0.5, 0.36)], 0.045)]  # fmt: skip
    hearts = [plume(0.1, 0.66 + j, a, 0.2, 0.14, 0.0, 0.65) for a in (-0.5, 0.5)]
    return [fill(_ACCENT, *string, *hearts), *turned(_one_mitten(), -0.32, 0.74, (-0.5, -0.06),
        flip=True), *turned(_one_mitten(), 0.32, 0.74, (0.5, -0.02))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"gingerbread-man": _gingerbread, "bauble": _bauble,
    "candy-cane": _candy_cane, "mitten": _mitten}  # fmt: skip
