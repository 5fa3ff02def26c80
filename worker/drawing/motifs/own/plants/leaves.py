"""Leaves of trees: ginkgo, maple and oak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, sliver, tapered
from worker.drawing.motifs.plants import Shapes, Stem, dots, fill, knotty, placed
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _VEIN, _STEM = range(4)


def _ginkgo(
    random: np.random.Generator,
    *,
    spread: float = 1.15,
    notch: float = 0.36,
    lean: float = 0.0,
    stalk: float = 0.62,
    veins: int = 13,
) -> Shapes:
    """Return a ginkgo leaf on its stalk: a fan about the origin with a notch in its wavy edge.

    Args:
        spread: half the angle of the fan, radians.
        notch: depth of the notch.
        lean: by how much its right half is longer.
    """
    angle = np.linspace(-spread, spread, 17)
    angle += 0.02 * np.sign(angle)
    radius = 0.98 + 0.025 * np.cos(angle * 8 + random.uniform(0, 6)) + lean * angle / spread
    radius += random.uniform(-0.018, 0.018, 17) - 0.1 * (angle / spread) ** 4
    radius[8] = 1 - notch
    radius[[7, 9]] += 0.015
    rim = np.stack([np.sin(angle), -np.cos(angle)], -1) * radius[:, None]
    low = [(0.42 * np.sin(spread), -0.42 * np.cos(spread) + 0.06), (0.07, -0.02)]
    outline = smooth_closed([*rim, *low, (0.0, 0.03), *((-x, y) for x, y in low[::-1])], 0.9)
    foot = Stem.through([(0.16, stalk), (0.02, 0.5 * stalk), (0, -0.03)])
    lines: list[Path] = []
    for a in np.linspace(-spread * 0.86, spread * 0.86, veins):
        ray = np.array([np.sin(a), -np.cos(a)])
        long = 0.86 if abs(a) > 0.12 else 0.9 - notch
        start = 0.16 + 0.12 * (len(lines) % 2)
        lines.append(sliver([ray * start, ray * (start + long) / 2, ray * long], 0.31 / veins))
    left = [(-x, y) for x, y in low[::-1]]
    dark = [(0.0, 0.03), *left, *rim[:9], (0.0, -0.3)]
    return [fill(_LEAF, outline), fill(_SHADE, smooth_closed(dark, 0.9)),
        fill(_STEM, foot.path(0.08, 0.055, 0.06)), fill(_VEIN, *lines)]  # fmt: skip


def _ginkgo_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a ginkgo leaf: a fan; a half-folded one; a wide one; two leaves; from the side."""
    if view == 0:
        return _ginkgo(random)
    if view == 1:
        return placed(_ginkgo(random, spread=1.42, notch=0.5, stalk=0.5), (0, 0), 0.1, (1.05, 0.95))
    if view == 2:
        return placed(_ginkgo(random, spread=0.78, notch=0.22, lean=0.08, stalk=0.9), (0, 0), -0.2)
    shapes = placed(
        _ginkgo(random, spread=0.95, notch=0.25, lean=-0.05, veins=9), (-0.02, 0.05), -0.85, 0.85
    )
    return shapes + placed(_ginkgo(random, notch=0.34, veins=11), (0.02, 0.0), 0.5, 1.0)


_TUFTS: tuple[tuple[tuple[float, float, float, float], ...],
    ...] = (((-0.62, 0.32, -1.0, 0.44), (-0.3, 0.2, -0.25, 0.5), (-0.28, 0.26, 2.6, 0.42),
    (0.05, -0.02, -0.7, 0.42), (0.2, 0.0, 1.9, 0.5), (0.42, -0.24, 0.1, 0.46),
    (0.6, -0.3, 1.6, 0.42), (0.86, -0.5, 0.7, 0.48)),
    ((0.0, 0.62, 1.2, 0.46), (-0.06, 0.4, -1.3, 0.5), (0.05, 0.1, 1.0, 0.48),
    (-0.02, -0.1, -1.0, 0.46), (0.12, -0.4, 0.9, 0.42), (0.06, -0.6, -0.4, 0.46)))  # fmt: skip


def _ginkgo_branch(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a branch of ginkgo with leaves in tufts: reaching to the side; upright; with fruit."""
    lines: tuple[ArrayLike, ...] = ([(-1.0, 0.46), (-0.62, 0.32), (-0.28, 0.22), (0.12, 0.0),
        (0.5, -0.28), (0.9, -0.52)], [(-0.1, 1.1), (0.02, 0.62), (-0.06, 0.38), (0.05, 0.06),
        (0.0, -0.2), (0.12, -0.42), (0.06, -0.66)])  # fmt: skip
    kind = view % 2
    shapes = [fill(_STEM, knotty(lines[kind], 0.09, 0.035))]
    for index, (x, y, turn, spot_size) in enumerate(_TUFTS[kind]):
        leaf = _ginkgo(random, spread=(1.15, 0.9)[index % 2], notch=0.32, stalk=0.6, veins=5)
        size = spot_size * (1.15 if index % 2 else 1.05)
        foot = Path("", np.array([(0.16, 0.6)])).rotated(turn).points[0] * size
        shapes += placed(leaf, np.array((x, y)) - foot, turn, size)
    if view == 2:
        fruit = [(-0.5, 0.72), (-0.36, 0.78), (0.42, 0.36), (0.55, 0.28)]
        starts = [(-0.5, 0.3), (-0.4, 0.26), (0.3, -0.1), (0.36, -0.16)]
        stalks = [tapered([a, b], 0.03) for a, b in zip(starts, fruit, strict=True)]
        shapes += [
            fill(_STEM, *stalks),
            fill(_SHADE, *(ellipse(x, y, 0.105, 0.12) for x, y in fruit)),
        ]
        shapes.append(fill(_VEIN, dots([(x - 0.03, y - 0.04) for x, y in fruit], 0.028)))
    return shapes


_MAPLE = np.array([(0.0, -1.0), (0.1, -0.78), (0.2, -0.76), (0.17, -0.6), (0.16, -0.46),
    (0.34, -0.56), (0.42, -0.72), (0.5, -0.6), (0.66, -0.62), (0.62, -0.48), (0.8, -0.4),
    (0.58, -0.3), (0.4, -0.2), (0.62, -0.14), (0.72, -0.06), (0.62, 0.02), (0.66, 0.12),
    (0.42, 0.12), (0.2, 0.14), (0.06, 0.2)])  # fmt: skip
"""Right half of a maple leaf's outline, from its tip to its base."""

_FINE_MAPLE = ((0.0, 1.0), (0.72, 0.96), (1.35, 0.78), (2.05, 0.5))
"""Turn and length of the lobes of a Japanese maple's leaf."""


def _maple_broad(random: np.random.Generator) -> Shapes:
    """Return a leaf of a sugar maple, its base at the origin."""
    half = _MAPLE + random.uniform(-0.012, 0.012, _MAPLE.shape) * (1, 1)
    half[0] = (0, -1)
    outline = smooth_closed([*half, *(half[:0:-1] * (-1, 1))], 0.35)
    shade = smooth_closed([*(half * (-1, 1)), (0, 0.1), (0, -0.5)], 0.35)
    foot = Stem.through([(0.12, 0.78), (0.02, 0.45), (0, 0.12)]).path(0.06, 0.045)
    veins = [tapered([(0, 0.16), (0, -0.4), (0, -0.92)], (0.055, 0.036, 0.012))]
    for side in (1, -1):
        for x, y in ((0.7, -0.58), (0.58, 0.04)):
            veins.append(tapered([(0, 0.14), (side * x * 0.4, y * 0.5 + 0.03),
                (side * x * 0.92, y)], (0.04, 0.032, 0.012)))  # fmt: skip
        veins.append(sliver([(0, -0.42), (side * 0.07, -0.56), (side * 0.15, -0.7)], 0.026))
        veins.append(
            sliver([(side * 0.3, -0.24), (side * 0.44, -0.3), (side * 0.62, -0.34)], 0.026)
        )
    return [fill(_STEM, foot), fill(_LEAF, outline), fill(_SHADE, shade), fill(_VEIN, *veins)]


def _maple_fine(random: np.random.Generator) -> Shapes:
    """Return a leaf of a Japanese maple: seven narrow pointed lobes."""
    lobes: list[Path] = []
    dark: list[Path] = []
    veins: list[Path] = []
    for turn, length in _FINE_MAPLE:
        for side in (1, -1) if turn else (1,):
            bend = 0.12 * side * float(random.uniform(0.4, 1.4))
            teeth = [(0.1, 0.0), (0.12, -0.3), (0.16, -0.48), (0.14, -0.62), (0.1, -0.7),
                (0.05, -0.86)]  # fmt: skip
            lobe = smooth_closed([*teeth, (0, -1.04), *((-x, y) for x, y in teeth[::-1])], 0.7)
            angle = side * turn + float(random.uniform(-0.04, 0.04))
            lobes.append(bent(lobe, bend).scaled(length).rotated(angle))
            half = smooth_closed([(0, 0.0), *teeth[1:], (0, -1.02)], 0.7)
            dark.append(bent(half, bend).scaled(length).rotated(angle))
            rib = tapered([(0, 0), (0, -0.45), (0, -0.86)], (0.045, 0.034, 0.012))
            veins.append(bent(rib, bend).scaled(length).rotated(angle))
    foot = Stem.through([(-0.14, 0.72), (-0.04, 0.4), (0, 0)]).path(0.05, 0.04)
    return [fill(_STEM, foot), fill(_LEAF, *lobes, ellipse(0, 0, 0.13, 0.1)), fill(_SHADE, *dark),
        fill(_VEIN, *veins)]  # fmt: skip


def _maple_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a maple leaf: broad; of a Japanese maple; broad and foreshortened; a pair."""
    if view == 0:
        return _maple_broad(random)
    if view == 1:
        return _maple_fine(random)
    if view == 2:
        return placed(placed(_maple_broad(random), (0, 0), 0.4), (0, 0), -0.7, (1.0, 0.7))
    shapes = placed(_maple_fine(random), (-0.4, 0.05), -0.6, 0.66)
    return shapes + placed(_maple_fine(random), (0.22, 0.0), 0.4, 0.9)


_OAK = np.array([(0.05, 0.03), (0.12, -0.06), (0.2, -0.13), (0.2, -0.22), (0.1, -0.27),
    (0.19, -0.33), (0.32, -0.4), (0.32, -0.5), (0.13, -0.53), (0.24, -0.6), (0.38, -0.66),
    (0.36, -0.77), (0.15, -0.77), (0.22, -0.85), (0.24, -0.95), (0.14, -1.02),
    (0.05, -1.05)])  # fmt: skip
"""Right half of an oak leaf's outline, from its base to its tip."""


def _oak(random: np.random.Generator, bend: float, width: float = 1.0) -> Shapes:
    """Return a leaf of an oak with rounded lobes, on its stalk."""
    right = _OAK * (width, 1) + random.uniform(-0.012, 0.012, _OAK.shape)
    left = _OAK * (-0.95 * width, 1) + random.uniform(-0.012, 0.012, _OAK.shape)
    left[2:-2, 1] += 0.035
    outline = bent(smooth_closed([*right, *left[::-1]]), bend)
    shade = bent(
        smooth_closed([(0, 0.02), *right[1:-1], (0.03, -1.02), (0, -0.9), (0, -0.5)]), bend
    )
    stalk = Stem.through([(0.05, 0.3), (0.01, 0.15), (0, -0.05)]).path(0.05, 0.042)
    veins = [tapered([(0, 0.05), (0, -0.5), (0, -0.96)], (0.042, 0.032, 0.012))]
    for low, (x, y) in ((0.02, (0.14, -0.14)), (0.24, (0.25, -0.42)), (0.48, (0.29, -0.68)),
            (0.74, (0.15, -0.92))):  # fmt: skip
        for side, rise in ((width, 0.0), (-0.95 * width, 0.035)):
            middle = (side * x * 0.5, y * 0.6 - low * 0.4 + 0.01 + rise)
            veins.append(sliver([(0, -low + rise), middle, (side * x, y + rise)], 0.028))
    return [fill(_STEM, stalk), fill(_LEAF, outline), fill(_SHADE, shade),
        fill(_VEIN, *(bent(vein, bend) for vein in veins))]  # fmt: skip


def _acorn(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return an acorn that hangs from its cup at the origin."""
    nut = smooth_closed([(-0.26, 0.1), (-0.25, 0.5), (0, 0.86), (0.25, 0.5), (0.26, 0.1)])
    cup = smooth_closed(
        [(-0.34, 0.2), (-0.28, -0.08), (0, -0.2), (0.28, -0.08), (0.34, 0.2), (0, 0.28)]
    )
    shine = sliver([(-0.13, 0.3), (-0.15, 0.5), (-0.06, 0.7)], 0.07)
    bumps = dots([(-0.18, 0.06), (0.0, 0.1), (0.18, 0.06), (-0.1, -0.06), (0.1, -0.06)], 0.035)
    stalk = tapered([(0.06, -0.5), (0.02, -0.3), (0, -0.1)], (0.07, 0.06, 0.06))
    return placed([fill(_SHADE, nut), fill(_VEIN, shine), fill(_STEM, cup, stalk),
        fill(_VEIN, bumps)], at, turn, size)  # fmt: skip


def _oak_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an oak leaf: straight; bent; a twig of three with acorns."""
    if view < 2:
        return _oak(random, (0.12, -0.75)[view], (1.0, 0.85)[view])
    twig = knotty([(0.1, 0.9), (0.02, 0.5), (0.06, 0.2), (0, 0)], 0.08, 0.05)
    shapes = [
        *placed(_oak(random, -0.3), (-0.2, 0.18), -1.15, 0.8),
        *placed(_oak(random, 0.3), (0.22, 0.1), 1.0, 0.85),
    ]
    shapes += [*placed(_oak(random, 0.2), (0, 0), -0.1, 1.0), fill(_STEM, twig)]
    return shapes + _acorn((0.22, 0.52), -0.3, 0.46) + _acorn((-0.18, 0.48), 0.35, 0.42)


DRAWINGS: Mapping[str, DrawMotif] = {"ginkgo-leaf": _ginkgo_leaf, "ginkgo-branch": _ginkgo_branch,
    "maple-leaf": _maple_leaf, "oak-leaf": _oak_leaf}  # fmt: skip
