"""Plants of the tropics and the desert: monstera, palms, banana, hibiscus and cactus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

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
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_LEAF, _SHADE, _VEIN, _STEM = range(4)

_HEART = np.array(
    [(0.0, -1.0), (0.22, -0.84), (0.48, -0.62), (0.66, -0.36), (0.74, -0.06), (0.68, 0.2), (0.48, 0.37), (0.22, 0.38),
     (0.06, 0.26), (0.0, 0.14)]
)  # fmt: skip
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
        points += [rim(centre - 1.5 * half), rim(centre - 0.72 * half, 0.03), rim(centre - 0.42 * half, 0.3), rim(centre - 0.3 * half, deep - 0.08), rim(centre, deep),
                   rim(centre + 0.3 * half, deep - 0.08), rim(centre + 0.42 * half, 0.3), rim(centre + 0.72 * half, 0.03)]  # fmt: skip
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
    return tuple_mirrored(outline, holes, veins, side)


def tuple_mirrored(
    outline: Path, holes: list[Path], veins: list[Path], side: int
) -> tuple[Path, list[Path], list[Path]]:
    """Return the parts mirrored where the side is -1."""
    return (
        outline.scaled(side, 1),
        [h.scaled(side, 1) for h in holes],
        [v.scaled(side, 1) for v in veins],
    )


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


def _feather(stem: Stem, count: int, size: float, random: np.random.Generator) -> Shapes:
    """Return a feathery palm leaf: narrow blades on both sides of its rib."""
    kinds: tuple[list[Path], list[Path]] = ([], [])
    for share in np.linspace(0.12, 1.0, count):
        place, turn = stem.at(float(share))
        length = size * float(np.interp(share, (0.12, 0.35, 0.75, 1.0), (0.66, 1.0, 0.8, 0.5)))
        for side in (1, -1):
            angle = turn + side * (1.1 - 0.75 * float(share)) + float(random.uniform(-0.06, 0.06))
            leaf = bent(blade(0.064, 0.35), side * 0.36)
            kinds[side < 0].append(
                moved(leaf, place, angle, length * float(random.uniform(0.92, 1.06)))
            )
    return [
        fill(_LEAF, *kinds[0]),
        fill(_SHADE, *kinds[1]),
        fill(_VEIN, stem.path(0.055, 0.035, 0.014)),
    ]


def _fan_leaf(random: np.random.Generator) -> Shapes:
    """Return a fan-shaped palm leaf on its stalk."""
    turns = np.linspace(-1.9, 1.9, 17)
    kinds: tuple[list[Path], list[Path]] = ([], [])
    lines: list[Path] = []
    for index, turn in enumerate(turns):
        length = (1 - 0.1 * abs(turn)) * float(random.uniform(0.94, 1.04))
        kinds[index % 2].append(
            moved(blade_of(0.12, 0.55, 0.12 * float(turn), point=0.3), (0, 0), float(turn), length)
        )
        lines.append(
            moved(
                bent(blade(0.014, 0.4).scaled(1, 0.8), 0.12 * float(turn)),
                (0, 0),
                float(turn),
                length,
            )
        )
    stalk = Stem.through([(0.16, 1.0), (-0.02, 0.5), (0, 0)]).path(0.06, 0.05)
    return [
        fill(_STEM, stalk),
        fill(_SHADE, *kinds[1]),
        fill(_LEAF, *kinds[0]),
        fill(_VEIN, *lines, circle(0, 0, 0.06)),
    ]


def _palm_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a palm leaf: feathery and arching; a fan; feathery and straight."""
    if view == 0:
        return _feather(
            Stem.through([(-0.75, 0.95), (-0.35, 0.3), (0.12, -0.3), (0.75, -0.6)]),
            16,
            0.66,
            random,
        )
    if view == 1:
        return _fan_leaf(random)
    return _feather(
        Stem.through([(0.1, 1.1), (-0.04, 0.4), (0.0, -0.3), (0.12, -0.85)]), 15, 0.62, random
    )


def _crown(random: np.random.Generator, at: ArrayLike, size: float) -> Shapes:
    """Return the crown of a palm: drooping leaves with a cut lower edge."""
    shapes: Shapes = []
    fronds = (
        (2.15, 0.8, 1),
        (-2.1, 0.82, -1),
        (1.5, 1.02, 1),
        (-1.45, 1.0, -1),
        (0.85, 1.0, 1),
        (-0.8, 1.0, -1),
        (0.14, 0.86, 1),
    )
    for index, (turn, length, side) in enumerate(fronds):
        lean = turn + float(random.uniform(-0.08, 0.08))
        start = np.array((np.sin(lean * 0.62), -np.cos(lean * 0.62)))
        tip = np.array((np.sin(lean), -np.cos(lean))) * length + (0, 0.28 * abs(np.sin(lean)))
        stem = Stem.through([(0, 0), start * 0.42 * length, (start * 0.8 + tip * 0.7) * 0.62, tip])
        leaves: list[Path] = []
        for share in np.linspace(0.08, 0.98, 13):
            place, angle = stem.at(float(share))
            long = 0.42 * float(np.interp(share, (0.08, 0.35, 1.0), (0.5, 1.0, 0.62)))
            for flank, much in ((side, 1.0), (-side, 0.62)):
                lean = flank * (0.78 - 0.36 * float(share))
                leaves.append(
                    moved(bent(blade(0.1, 0.4), flank * 0.3), place, angle + lean, long * much)
                )
        shapes += [
            fill((_SHADE, _LEAF)[index > 1 and index % 3 != 0], *leaves),
            fill(_VEIN, stem.path(0.04, 0.03, 0.014)),
        ]
    shapes.append(fill(4, dots([(-0.05, 0.04), (0.06, 0.05), (0.0, -0.02)], 0.06)))
    return placed(shapes, at, 0.0, size)


def _trunk(points: ArrayLike, width: float) -> Shapes:
    """Return a ringed trunk."""
    stem = Stem.through(points)
    rings = []
    for share in np.linspace(0.06, 0.94, 13):
        place, turn = stem.at(float(share))
        half = width * (0.56 - 0.14 * float(share))
        rings.append(
            moved(sliver([(-half, -0.02), (0.05 * half, 0.045), (half, -0.02)], 0.036), place, turn)
        )
    return [
        fill(_STEM, stem.path(1.35 * width, 0.95 * width, 0.85 * width, 0.8 * width)),
        fill(4, *rings),
    ]


def _palm_tree(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a palm: leaning; straight, with coconuts; two that cross."""
    nuts = dots([(-0.08, 0.06), (0.1, 0.08), (0.01, 0.13)], 0.085)
    if view == 0:
        line = [(-0.35, 1.5), (-0.25, 0.9), (0.0, 0.3), (0.3, -0.2)]
        return [*_trunk(line, 0.13), *_crown(random, (0.3, -0.2), 0.95)]
    if view == 1:
        line = [(0.0, 1.6), (0.05, 0.9), (-0.02, 0.2), (0.0, -0.3)]
        return [
            *_trunk(line, 0.14),
            *_crown(random, (0.0, -0.3), 0.95),
            *placed([fill(4, nuts)], (0, -0.26)),
        ]
    shapes = [
        *_trunk([(0.22, 1.5), (0.1, 0.9), (-0.3, 0.4), (-0.62, 0.1)], 0.11),
        *_crown(random, (-0.62, 0.1), 0.68),
    ]
    return [
        *shapes,
        *_trunk([(-0.1, 1.5), (0.0, 0.8), (0.24, 0.1), (0.52, -0.42)], 0.12),
        *_crown(random, (0.52, -0.42), 0.8),
    ]


_BANANA = ((0.0, 0.05, 0.18, 0.5, 0.78, 0.9, 1.0), (0.2, 0.5, 0.9, 1.04, 0.8, 0.48, 0.0))
"""Half width of a banana leaf at heights, as a share of its greatest."""


def _banana(random: np.random.Generator, bend: float, width: float = 0.27) -> Shapes:
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
        for low in np.linspace(0.1, 0.84, 9):
            reach = 0.8 * width * float(np.interp(low, _BANANA[0], _BANANA[1]))
            lines.append(
                sliver(
                    [(0, -low), (side * reach * 0.5, -low - 0.035), (side * reach, -low - 0.1)],
                    0.02,
                )
            )
    rib = tapered([(0, 0.3), (0, 0.0), (0, -0.5), (0, -0.98)], (0.065, 0.055, 0.04, 0.014))
    return [
        *shapes,
        fill(_VEIN, *(bent(line, bend) for line in lines)),
        fill(_STEM, bent(rib, bend)),
    ]


def _banana_leaf(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a banana leaf: upright; arching; a plant of five leaves."""
    if view < 2:
        return placed(
            _banana(random, (0.3, 1.35)[view], (0.27, 0.22)[view]), (0, 0), (-0.1, -0.9)[view]
        )
    shapes: Shapes = [fill(_STEM, tapered([(0.02, 1.0), (0, 0.6), (0, 0.1)], (0.2, 0.16, 0.1)))]
    for turn, bend, size, y in (
        (-1.1, -1.0, 0.95, 0.3),
        (1.15, 1.0, 0.95, 0.34),
        (-0.5, -0.7, 1.1, 0.16),
        (0.55, 0.75, 1.1, 0.14),
        (0.04, 0.2, 1.1, 0.1),
    ):
        place = np.array((np.sin(turn), -np.cos(turn))) * 0.3 * size + (0, y)
        shapes += placed(_banana(random, bend, 0.19), place, turn, size)
    return shapes


def _hibiscus_open(random: np.random.Generator) -> Shapes:
    """Return a hibiscus from above: five wavy petals, a dark throat and its long column."""
    shapes: Shapes = []
    for turn in 2 * np.pi * np.arange(5) / 5 + 0.2:
        petal = petal_of(0.54, base=0.12, shoulder=0.6, ruffle=0.055, random=random)
        veins = merged(
            [
                moved(blade(0.02, 0.35).scaled(1, 0.72), (0, -0.14), a)
                for a in (-0.42, -0.14, 0.14, 0.42)
            ]
        )
        shapes += placed(
            [fill(1, petal), fill(0, petal.scaled(0.92, 0.945)), fill(1, veins)],
            (0, 0),
            float(turn),
        )
    throat = rays(blade_of(0.18, 0.4).scaled(0.46), 2 * np.pi * np.arange(5) / 5 + 0.2)
    column = Stem.through([(0, 0), (0.14, -0.3), (0.34, -0.52), (0.6, -0.6)])
    spots = [
        column.at(float(s))[0] + (0.06 * (-1) ** k, 0.05 * (-1) ** (k // 2))
        for k, s in enumerate(np.linspace(0.5, 0.9, 9))
    ]
    ends = [column.at(1.0)[0] + np.array(d) for d in ((0.04, -0.07), (0.08, 0.0), (0.05, 0.07))]
    return [
        *shapes,
        fill(2, *throat, circle(0, 0, 0.14)),
        fill(5, column.path(0.08, 0.055)),
        fill(3, dots([*spots, *ends], 0.042)),
    ]


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
    leaf = [fill(4, blade_of(0.3, 0.38, 0.2)), fill(5, ribs(0.3, 4, 0.38, 0.2, bold=0.028))]
    if view == 1:
        stem = Stem.through([(-0.1, 1.1), (0.06, 0.6), (0, 0)])
        shapes = [fill(4, stem.path(0.07, 0.06)), *placed(leaf, stem.at(0.3)[0], 1.1, 0.66)]
        return [*shapes, *placed(leaf, stem.at(0.5)[0], -1.0, (-0.6, 0.6)), *_hibiscus_side(random)]
    shapes = []
    for turn, size in ((-2.3, 0.85), (-1.3, 0.8), (2.1, 0.9), (2.8, 0.75)):
        place = (0.6 * float(np.sin(turn)), -0.6 * float(np.cos(turn)))
        shapes += placed(leaf, place, turn, (size * float(np.sign(turn)), size))
    return shapes + placed(_hibiscus_open(random), (0, 0), -0.6, (-1.0, 1.0))


def _column(at: ArrayLike, turn: float, size: tuple[float, float]) -> Shapes:
    """Return a ribbed cactus with a round top, its foot at the origin."""
    body = smooth_closed(
        [
            (-0.26, 0.02),
            (-0.32, -0.4),
            (-0.27, -0.82),
            (0, -1),
            (0.27, -0.82),
            (0.32, -0.4),
            (0.26, 0.02),
        ]
    )
    lines = [
        tapered([(x * 0.84, -0.02), (x, -0.42), (x * 0.62, -0.86)], (0.03, 0.045, 0.015))
        for x in (-0.17, 0.0, 0.17)
    ]
    spines: list[Path] = []
    for x in (-0.245, -0.085, 0.085, 0.245):
        for y in np.linspace(-0.12, -0.76, 5):
            spines += [sliver([(x - 0.035, y - 0.03), (x, y), (x + 0.035, y - 0.03)], 0.03)]
    return placed([fill(0, body), fill(1, *lines), fill(2, *spines)], at, turn, size)


def _cactus(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a cactus: with two arms; round, in bloom; of flat joints; in a pot."""
    bloom = [
        fill(3, *rays(blade_of(0.24, 0.55).scaled(0.3), (-1.0, -0.5, 0.5, 1.0))),
        fill(4, *rays(blade_of(0.2, 0.5).scaled(0.26), (-0.26, 0.26))),
    ]
    if view == 0:
        parts: list[Path] = [
            Stem.through([(0.0, 1.0), (0.02, 0.0), (0.0, -0.96)]).path(0.36, 0.4, 0.38, 0.3)
        ]
        parts += [ellipse(0, -0.94, 0.155, 0.15)]
        arms = (
            ([(0, 0.34), (0.34, 0.34), (0.5, 0.2), (0.52, -0.3)], 0.24),
            ([(0, 0.1), (-0.3, 0.12), (-0.46, -0.04), (-0.46, -0.62)], 0.22),
        )
        lines: list[Path] = [
            tapered([(x, 0.96), (x * 1.1, 0), (x * 0.6, -0.92)], (0.03, 0.035, 0.012))
            for x in (-0.1, 0.0, 0.1)
        ]
        for line, width in arms:
            arm = Stem.through(line)
            parts += [
                arm.path(0.8 * width, width, width, 0.9 * width, knots=9),
                ellipse(*line[-1], 0.45 * width, 0.45 * width),
            ]
            lines.append(arm.path(0.0, 0.03, 0.03, 0.01, knots=8))
        spines = [
            sliver([(x - 0.04, y - 0.03), (x, y), (x + 0.04, y - 0.03)], 0.03)
            for x in (-0.15, 0.05, 0.155)
            for y in np.linspace(0.8, -0.7, 7) + 0.5 * x
        ]
        shapes = [fill(0, *parts), fill(1, *lines), fill(2, *spines)]
        return [*shapes, *placed(bloom, (0.02, -1.04)), *placed(bloom, (-0.46, -0.68), -0.15, 0.7)]
    if view == 1:
        body = smooth_closed(
            [
                (-0.7, 0.4),
                (-0.82, -0.1),
                (-0.5, -0.6),
                (0, -0.74),
                (0.5, -0.6),
                (0.82, -0.1),
                (0.7, 0.4),
                (0, 0.6),
            ]
        )
        lines = [
            tapered(
                [(x * 0.75, 0.5 - 0.1 * x * x), (x, -0.08), (x * 0.5, -0.66 + 0.06 * abs(x))],
                (0.04, 0.06, 0.02),
            )
            for x in (-0.56, -0.28, 0.0, 0.28, 0.56)
        ]
        spines = [
            sliver([(x - 0.06, y - 0.05), (x, y), (x + 0.06, y - 0.05)], 0.036)
            for x in (-0.66, -0.41, -0.14, 0.14, 0.41, 0.66)
            for y in (0.24, -0.04, -0.3)
        ]
        shapes = [fill(0, body), fill(1, *lines), fill(2, *spines)]
        for x, y, turn, size in (
            (-0.3, -0.64, -0.4, 0.9),
            (0.3, -0.62, 0.4, 0.9),
            (0.0, -0.68, 0.0, 1.2),
        ):
            shapes += placed(bloom, (x, y), turn, size)
        return shapes
    shapes = []
    if view == 2:
        pads = (
            (0.0, 1.0, 0.0, 0.9),
            (-0.26, 0.34, -0.75, 0.62),
            (0.28, 0.3, 0.7, 0.7),
            (0.02, 0.16, 0.05, 0.66),
            (0.56, -0.2, 0.3, 0.5),
            (-0.5, 0.0, 0.1, 0.42),
        )
        for x, y, turn, size in pads:
            pad = smooth_closed(
                [
                    (-0.12, 0),
                    (-0.34, -0.34),
                    (-0.36, -0.72),
                    (0, -1.04),
                    (0.36, -0.72),
                    (0.34, -0.34),
                    (0.12, 0),
                ]
            )
            half = smooth_closed(
                [(0.02, 0.0), (0.14, 0), (0.34, -0.34), (0.36, -0.72), (0.06, -1.02), (0.18, -0.6)]
            )
            marks = [
                moved(sliver([(-0.05, -0.04), (0, 0), (0.05, -0.04)], 0.04), (a, b))
                for a, b in (
                    (-0.18, -0.3),
                    (0.05, -0.42),
                    (-0.16, -0.62),
                    (0.2, -0.7),
                    (0.0, -0.84),
                )
            ]
            shapes += placed([fill(0, pad), fill(1, half), fill(2, *marks)], (x, y), turn, size)
        for x, y, turn in (
            (0.7, -0.68, 0.35),
            (0.06, -0.48, 0.0),
            (-0.46, -0.4, 0.1),
            (-0.66, -0.08, -0.8),
        ):
            shapes += placed(bloom, (x, y), turn, 0.75)
        return shapes
    shapes = _column((0, 0.3), 0.0, (0.95, 1.15)) + placed(bloom, (0.0, -0.82), 0.0, 0.9)
    shapes += _column((0.26, 0.22), 0.62, (0.42, 0.5)) + _column((-0.26, 0.24), -0.55, (0.36, 0.42))
    pot = smooth_closed(
        [(-0.44, 0.3), (-0.36, 0.86), (-0.28, 0.95), (0.28, 0.95), (0.36, 0.86), (0.44, 0.3)], 0.4
    )
    rim = smooth_closed([(-0.52, 0.22), (-0.5, 0.4), (0.5, 0.4), (0.52, 0.22)], 0.2)
    band = sliver([(-0.34, 0.66), (0, 0.72), (0.34, 0.66)], 0.06)
    return [*shapes, fill(3, pot), fill(4, rim, band)]


DRAWINGS: Mapping[str, DrawMotif] = {
    "monstera-leaf": _monstera_leaf,
    "palm-leaf": _palm_leaf,
    "palm-tree": _palm_tree,
    "banana-leaf": _banana_leaf,
    "hibiscus": _hibiscus,
    "cactus": _cactus,
}
