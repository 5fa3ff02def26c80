"""Plants of the tropics: monstera, banana and hibiscus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    merged,
    moved,
    petal_of,
    placed,
    rays,
    ribs,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _VEIN, _STEM = range(4)

_HEART = np.array([(0.0, -1.0), (0.22, -0.84), (0.48, -0.62), (0.66, -0.36), (0.74, -0.06),
    (0.68, 0.2), (0.48, 0.37), (0.22, 0.38), (0.06, 0.26), (0.0, 0.14)])  # fmt: skip
"""Right half of a heart-shaped leaf from its tip; the stalk joins at its notch."""


def _monstera_half(
    random: np.random.Generator, cuts: int, side: int
) -> tuple[Path, list[Path], list[Path]]:
    """Return half of a monstera leaf with its cuts, its holes and its veins."""
    edge = Stem.through(_HEART).points
    lengths = np.linspace(0, 1, len(edge))

    def rim(share: float, depth: float = 0.0) -> np.ndarray:
        place = np.array([np.interp(share, lengths, edge[:, k]) for k in (0, 1)])
        root = np.array(
            (0.0, -0.72 + 0.84 * share)
        )  # where the vein of that place leaves the midrib
        return place + (root - place) * depth

    points: list[np.ndarray] = [np.array((0.012, -0.985)), rim(0.04)]
    centres = np.linspace(0.17, 0.74, cuts) + random.uniform(-0.012, 0.012, cuts)
    half = 0.3 * (centres[1] - centres[0]) if cuts > 1 else 0.05
    for centre in centres:
        deep = 0.6 + float(random.uniform(-0.05, 0.05))
        points += [rim(centre - 1.5 * half), rim(centre - 0.72 * half, 0.03),
            rim(centre - 0.42 * half, 0.3), rim(centre - 0.3 * half, deep - 0.08),
            rim(centre, deep), rim(centre + 0.3 * half, deep - 0.08),
            rim(centre + 0.42 * half, 0.3), rim(centre + 0.72 * half, 0.03)]  # fmt: skip
    points += [rim(0.82), rim(0.9), rim(0.96), rim(1.0), np.array((0, -0.3)), np.array((0, -0.85))]
    outline = smooth_closed(points, 0.55)
    holes, veins = [], []
    between = (centres[:-1] + centres[1:]) / 2
    for share in centres[1:]:
        middle, far = rim(share, 0.88), rim(share, 0.74)
        turn = float(np.arctan2(far[0] - middle[0], -(far[1] - middle[1])))
        holes.append(ellipse(0, 0, 0.03, 0.062).rotated(turn).moved(*((middle + far) / 2)))
    for share in [*between, 0.84]:
        start, end = rim(share, 0.99), rim(share, 0.12)
        veins.append(tapered([start, (start + end) / 2 + (0, -0.02), end], (0.034, 0.026, 0.012)))
    return _mirrored(outline, holes, veins, side)


def _mirrored(
    outline: Path, holes: list[Path], veins: list[Path], side: int
) -> tuple[Path, list[Path], list[Path]]:
    """Return the parts mirrored where the side is -1."""
    return (outline.scaled(side, 1), [h.scaled(side, 1) for h in holes],
        [v.scaled(side, 1) for v in veins])  # fmt: skip


def _monstera(random: np.random.Generator, cuts: int, bend: float = 0.0) -> Shapes:
    """Return a leaf of a monstera with cuts and holes; the stalk joins at (0, 0.14)."""
    stalk = Stem.through([(-0.16, 0.86), (0.03, 0.5), (0, 0.12)]).path(0.05, 0.045)
    shapes = [fill(_STEM, stalk)]
    lines: list[Path] = [tapered([(0, 0.16), (0, -0.4), (0, -0.94)], (0.055, 0.04, 0.014))]
    for side, slot in ((-1, _LEAF), (1, _SHADE)):
        outline, holes, veins = _monstera_half(random, cuts, side)
        path = bent(merged([outline]), bend) + bent(merged(holes), bend).reversed()
        shapes.append(MotifShape(slot=slot, path=path, even_odd=True))
        lines += veins
    return [*shapes, fill(_VEIN, *(bent(line, bend) for line in lines))]


def _monstera_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a monstera leaf: straight; bent and foreshortened; a young one; a pair."""
    if view == 0:
        return _monstera(random, 5)
    if view == 1:
        return placed(_monstera(random, 6, 0.35), (0, 0), 0.5, (0.78, 1.0))
    if view == 2:
        return placed(_monstera(random, 3, -0.2), (0, 0), -0.25, (0.82, 1.0))
    back = placed(_monstera(random, 4, -0.2), (-0.32, 0.12), -0.75, (-0.72, 0.72))
    return [*back, *placed(_monstera(random, 5, 0.15), (0.22, 0.0), 0.45, 0.95)]


_BANANA = ((0.0, 0.05, 0.18, 0.5, 0.78, 0.9, 1.0), (0.2, 0.5, 0.9, 1.04, 0.8, 0.48, 0.0))
"""Half width of a banana leaf at heights, as a share of its greatest."""


def _banana(random: np.random.Generator, bend: float, width: float, veins: int) -> Shapes:
    """Return a banana leaf with a few tears, on its stalk."""
    shapes: Shapes = []
    lines: list[Path] = []
    for side, slot in ((-1, _LEAF), (1, _SHADE)):
        points: list[tuple[float, float]] = [(0.0, 0.02)]
        tears = np.array((0.3, 0.52, 0.74)) + 0.05 * side + random.uniform(-0.05, 0.05, 3)
        heights = np.concatenate([(0.05, 0.16), tears, (0.88, 0.96)])
        for height in heights:
            reach = width * float(np.interp(height, _BANANA[0], _BANANA[1]))
            if height not in tears:
                points.append((side * reach, -height))
                continue
            deep = reach * float(random.uniform(0.3, 0.62))
            points += [(side * reach, -height + 0.035), (side * reach * 1.01, -height - 0.006),
                (side * deep, -height + 0.07), (side * reach * 1.02, -height - 0.045),
                (side * reach, -height - 0.085)]  # fmt: skip
        path = smooth_closed([*points, (side * 0.012, -1.03), (0, -0.9), (0, -0.4)], 0.5)
        shapes.append(fill(slot, bent(path, bend)))
        for low in np.linspace(0.1, 0.84, veins):
            reach = 0.8 * width * float(np.interp(low, _BANANA[0], _BANANA[1]))
            lines.append(sliver([(0, -low), (side * reach * 0.5, -low - 0.035),
                (side * reach, -low - 0.1)], 0.18 / veins))  # fmt: skip
    rib = tapered([(0, 0.3), (0, 0.0), (0, -0.5), (0, -0.98)], (0.065, 0.055, 0.04, 0.014))
    return [*shapes, fill(_VEIN, *(bent(line, bend) for line in lines)),
        fill(_STEM, bent(rib, bend))]  # fmt: skip


def _banana_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a banana leaf: upright; arching; a plant of five leaves."""
    if view < 2:
        return placed(
            _banana(random, (0.3, 1.35)[view], (0.27, 0.22)[view], 9), (0, 0), (-0.1, -0.9)[view]
        )
    shapes: Shapes = [fill(_STEM, tapered([(0.02, 1.0), (0, 0.6), (0, 0.1)], (0.2, 0.16, 0.1)))]
    for turn, bend, size, y in ((-1.1, -1.0, 0.95, 0.3), (1.15, 1.0, 0.95, 0.34),
            (-0.5, -0.7, 1.1, 0.16), (0.55, 0.75, 1.1, 0.14), (0.04, 0.2, 1.1, 0.1)):  # fmt: skip
        place = toward(turn) * 0.3 * size + (0, y)
        shapes += placed(_banana(random, bend, 0.19, 5), place, turn, size)
    return shapes


def _hibiscus_open(random: np.random.Generator) -> Shapes:
    """Return a hibiscus from above: five wavy petals, a dark throat and its long column."""
    shapes: Shapes = []
    for turn in 2 * np.pi * np.arange(5) / 5 + 0.2:
        petal = petal_of(0.54, base=0.12, shoulder=0.6, ruffle=0.055, random=random)
        veins = merged([moved(blade(0.02, 0.35).scaled(1, 0.72), (0, -0.14), a)
            for a in (-0.42, -0.14, 0.14, 0.42)])  # fmt: skip
        shapes += placed([fill(1, petal), fill(0, petal.scaled(0.92, 0.945)), fill(1, veins)],
            (0, 0), float(turn))  # fmt: skip
    throat = rays(blade_of(0.18, 0.4).scaled(0.46), 2 * np.pi * np.arange(5) / 5 + 0.2)
    column = Stem.through([(0, 0), (0.14, -0.3), (0.34, -0.52), (0.6, -0.6)])
    spots = [
        column.at(float(s))[0] + (0.06 * (-1) ** k, 0.05 * (-1) ** (k // 2))
        for k, s in enumerate(np.linspace(0.5, 0.9, 9))
    ]
    ends = [column.at(1.0)[0] + np.array(d) for d in ((0.04, -0.07), (0.08, 0.0), (0.05, 0.07))]
    return [*shapes, fill(2, *throat, circle(0, 0, 0.14)), fill(5, column.path(0.08, 0.055)),
        fill(3, dots([*spots, *ends], 0.042))]  # fmt: skip


def _hibiscus_side(random: np.random.Generator) -> Shapes:
    """Return a hibiscus from the side, its foot at the origin."""
    shapes: Shapes = []
    column = Stem.through([(0, -0.3), (0.05, -0.8), (0.26, -1.2)])
    spots = [
        column.at(float(s))[0] + (0.06 * (-1) ** k, 0.03)
        for k, s in enumerate(np.linspace(0.55, 0.98, 8))
    ]
    stamen = [fill(5, column.path(0.09, 0.06)), fill(3, dots(spots, 0.045))]
    for number, (turn, size) in enumerate(
        ((-0.45, 0.92), (0.5, 0.95), (-0.95, 0.95), (0.98, 0.92), (0.0, 0.86))
    ):
        petal = petal_of(0.44, base=0.08, shoulder=0.62, ruffle=0.06, random=random)
        veins = merged(
            [moved(blade(0.02, 0.35).scaled(1, 0.7), (0, -0.2), a) for a in (-0.3, 0.0, 0.3)]
        )
        if number == 4:
            shapes += stamen
        shapes += placed(
            [fill(1, petal), fill(0, petal.scaled(0.91, 0.945)), fill(1, veins)], (0, 0), turn, size
        )
    sepals = rays(blade_of(0.26, 0.4).scaled(0.36), (-0.8, -0.25, 0.3, 0.85))
    return [*shapes, fill(4, *(path.moved(0, 0.06) for path in sepals), circle(0, 0.03, 0.1))]


def _hibiscus(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hibiscus: from above; from the side on its stalk; above with leaves."""
    if view == 0:
        return _hibiscus_open(random)
    leaf = [fill(4, blade_of(0.3, 0.38, 0.2)), fill(5, ribs(0.3, 3, 0.38, 0.2, bold=0.045))]
    if view == 1:
        stem = Stem.through([(-0.1, 1.1), (0.06, 0.6), (0, 0)])
        shapes = [fill(4, stem.path(0.07, 0.06)), *placed(leaf, stem.at(0.3)[0], 1.1, 0.66)]
        return [*shapes, *placed(leaf, stem.at(0.5)[0], -1.0, (-0.6, 0.6)), *_hibiscus_side(random)]
    shapes = []
    for turn, size in ((-2.3, 0.85), (-1.3, 0.8), (2.1, 0.9), (2.8, 0.75)):
        place = (0.6 * float(np.sin(turn)), -0.6 * float(np.cos(turn)))
        shapes += placed(leaf, place, turn, (size * float(np.sign(turn)), size))
    return shapes + placed(_hibiscus_open(random), (0, 0), -0.6, (-1.0, 1.0))


DRAWINGS: Mapping[str, DrawMotif] = {"monstera-leaf": _monstera_leaf, "banana-leaf": _banana_leaf,
    "hibiscus": _hibiscus}  # fmt: skip
