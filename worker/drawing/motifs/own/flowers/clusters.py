"""Flowers in clusters, and small plants of luck and winter: hydrangea, wisteria, clover, holly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, dot, sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    dots,
    fill,
    folded_leaf,
    merged,
    moved,
    placed,
    rays,
    ribs,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _DEEP, _LIGHT, _LEAF, _SHADE, _VEIN = range(6)


def _floret(random: np.random.Generator) -> Path:
    """Return a floret of four rounded petals, of radius one."""
    petal = dot(0.0, -0.57, 0.42)
    turn = float(random.uniform(0, np.pi / 2))
    return merged(rays(petal, turn + np.pi / 2 * np.arange(4)))


def _mophead(random: np.random.Generator, flat: float) -> Shapes:
    """Return a round head of florets about the origin, of radius one."""
    index = np.arange(27) + 0.5
    angle, distance = index * np.pi * (3 - 5**0.5), 0.84 * np.sqrt(index / 27)
    places = np.stack([np.cos(angle) * distance, np.sin(angle) * distance * flat], -1)
    ground = ellipse(0, 0, 0.92, 0.92 * flat)
    shapes: Shapes = [fill(_DEEP, ground)]
    kinds: tuple[list[Path], ...] = ([], [], [])
    edges: list[Path] = []
    for number, place in enumerate(places):
        floret, size = _floret(random), 0.25 * float(random.uniform(0.9, 1.1))
        kinds[number % 3].append(moved(floret, place, 0.0, size))
        if number % 3 == 2:
            edges.append(moved(floret, place, 0.0, 1.14 * size))
    return [*shapes, fill(_PETAL, *kinds[0]), fill(_LIGHT, *kinds[1]), fill(_DEEP, *edges),
        fill(_PETAL, *kinds[2]), fill(_DEEP, dots(places, 0.036))]  # fmt: skip


def _hydrangea(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hydrangea: a head with leaves; on its stalk; two heads."""
    leaf = folded_leaf((_LEAF, _SHADE, _VEIN), 0.36, 0.42, 0.12, veins=3, bold=0.042)
    if view == 0:
        shapes: Shapes = []
        for turn, size in ((-2.1, 0.95), (2.0, 1.0), (-1.1, 0.8), (3.1, 0.8)):
            shapes += placed(leaf, 0.6 * toward(turn), turn, (size * float(np.sign(turn)), size))
        return shapes + _mophead(random, 0.94)
    if view == 1:
        stem = Stem.through([(0.1, 2.1), (-0.05, 1.4), (0.0, 0.5)])
        shapes = [fill(_LEAF, stem.path(0.1, 0.09))]
        for share, turn, size in ((0.36, 1.15, 1.0), (0.5, -1.1, 1.05), (0.9, 1.9, 0.85),
                (0.9, -1.95, 0.8)):  # fmt: skip
            shapes += placed(leaf, stem.at(share)[0], turn, (size * float(np.sign(turn)), size))
        return shapes + _mophead(random, 0.84)
    shapes = []
    for turn, x, size in ((-1.5, -0.7, 0.9), (1.4, 0.9, 0.8), (2.8, 0.2, 0.9), (-2.5, -0.5, 0.8),
            (0.4, 0.4, 0.8)):  # fmt: skip
        shapes += placed(
            leaf, 0.4 * toward(turn) + np.array((x, 0)), turn, (size * float(np.sign(turn)), size)
        )
    shapes += placed(_mophead(random, 0.9), (0.75, 0.2), 0.3, 0.72)
    return shapes + placed(_mophead(random, 0.92), (-0.42, -0.08), 0.0, 0.92)


def _raceme(random: np.random.Generator, points: ArrayLike, width: float) -> Shapes:
    """Return a hanging cluster of wisteria along a line, broad above and pointed below."""
    stem = Stem.through(points)
    petals: tuple[list[Path], list[Path], list[Path]] = ([], [], [])
    levels = np.linspace(0.1, 1.0, 11)
    for number, share in enumerate(levels):
        place, turn = stem.at(float(share))
        reach = width * float(np.interp(share, (0.1, 0.3, 1.0), (0.8, 1.0, 0.1)))
        size = 0.21 * float(np.interp(share, (0, 0.6, 1.0), (1.0, 0.9, 0.45)))
        count = max(1, round(4 * reach / width))
        for x in np.linspace(-1, 1, count) if count > 1 else (0.0,):
            at = place + np.array((x * reach, 0.05 * (number % 2) + 0.06 * abs(x)))
            lean = turn + np.pi - 0.5 * float(x) + float(random.uniform(-0.3, 0.3))
            kind = 2 if share > 0.85 else (number + round(x * 3)) % 2
            petals[kind].append(moved(blade(0.52, 0.6), at, lean + 0.5, size))
            petals[0 if kind == 1 else 1].append(
                moved(blade(0.42, 0.62), at, lean - 0.45, 0.8 * size)
            )
    return [fill(_LEAF, stem.path(0.04, 0.02)), fill(_DEEP, *petals[2], *petals[1]),
        fill(_PETAL, *petals[0]), fill(_LIGHT, *petals[0][::3])]  # fmt: skip


def _wisteria_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a leaf of nine leaflets."""
    stem = Stem.through([(0, 0), (0.06, -0.5), (0, -0.9)])
    leaves = [moved(blade_of(0.26, 0.4, point=0.5), stem.at(s)[0], side * 1.05, 0.42 - 0.08 * s)
        for s in (0.3, 0.52, 0.74, 0.94) for side in (1, -1)]  # fmt: skip
    leaves.append(moved(blade_of(0.26, 0.4, point=0.5), stem.at(1.0)[0], 0.0, 0.38))
    return placed([fill(_LEAF, stem.path(0.05, 0.03), *leaves[::2]), fill(_SHADE, *leaves[1::2])],
        at, turn, size)  # fmt: skip


def _wisteria(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw wisteria: a cluster with leaves; a branch with three clusters."""
    if view == 0:
        shapes = [fill(_VEIN, Stem.through([(-0.7, -1.2), (-0.2, -1.16), (0.3, -1.26),
            (0.8, -1.16)]).path(0.09, 0.06))]  # fmt: skip
        for x, turn, size in ((-0.1, -2.2, 0.7), (0.2, 2.3, 0.75), (0.0, -1.2, 0.6),
                (0.3, 1.1, 0.6)):  # fmt: skip
            shapes += _wisteria_leaf((x, -1.18), turn, size)
        return shapes + _raceme(
            random, [(0.05, -1.18), (0.0, -0.4), (0.08, 0.4), (-0.02, 1.1)], 0.36
        )
    branch = Stem.through([(-1.3, -0.8), (-0.6, -1.0), (0.2, -0.86), (1.2, -1.04)])
    shapes = [fill(_VEIN, branch.path(0.11, 0.06))]
    for share, turn in ((0.12, -0.7), (0.3, 0.5), (0.48, -0.4), (0.7, 0.7), (0.92, 1.6), (0.2, 2.7),
            (0.6, 2.5)):  # fmt: skip
        shapes += _wisteria_leaf(branch.at(share)[0], turn, 0.52)
    for share, long, width in ((0.28, 1.35, 0.25), (0.56, 1.7, 0.28), (0.82, 1.2, 0.24)):
        x, y = branch.at(share)[0]
        sway = float(random.uniform(-0.1, 0.1))
        shapes += _raceme(
            random, [(x, y), (x + sway, y + 0.5 * long), (x - 0.5 * sway, y + long)], width
        )
    return shapes


def _leaflet(random: np.random.Generator) -> Shapes:
    """Return a heart-shaped leaflet of clover with its pale band."""
    half = [(0.06, 0.0), (0.44, -0.36), (0.56, -0.74), (0.36, -1.0), (0.12, -0.98)]
    outline = smooth_closed([*half, (0, -0.86), *((-x, y) for x, y in half[::-1])])
    shade = smooth_closed([(0, 0.02), *half, (0.0, -0.87), (0, -0.4)])
    rise = float(random.uniform(-0.04, 0.04))
    band = [sliver([(0.02, -0.66 + rise), (0.2, -0.6 + rise), (0.42, -0.4 + rise)], 0.08)]
    band.append(band[0].scaled(-1, 1))
    return [fill(0, outline), fill(1, shade), fill(2, *band, tapered([(0, 0), (0, -0.4), (0, -0.8)],
        (0.07, 0.05, 0.02)))]  # fmt: skip


def _clover_leaf(random: np.random.Generator, count: int) -> Shapes:
    """Return a leaf of three or four leaflets about the origin, on its stalk."""
    stalk = Stem.through([(0.3, 1.5), (0.1, 0.8), (0, 0)]).path(0.075, 0.06)
    turns = 2 * np.pi * np.arange(count) / count + (np.pi / 4 if count == 4 else 0.0)
    shapes: Shapes = [fill(1, stalk)]
    for turn in turns + random.uniform(-0.06, 0.06, count):
        shapes += placed(_leaflet(random), (0, 0), float(turn))
    return shapes


def _clover(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw clover: of four leaves; of three; a plant in flower."""
    if view < 2:
        return _clover_leaf(random, 4 - view)
    shapes: Shapes = []
    for x, y, turn, size in ((-0.6, 0.1, -0.35, 0.42), (0.62, 0.2, 0.4, 0.46),
            (-0.14, 0.56, -0.1, 0.38)):  # fmt: skip
        shapes += placed(_clover_leaf(random, 3), (x, y), turn, (size * (-1 if x > 0 else 1), size))
    shapes.append(fill(1, Stem.through([(0.05, 1.1), (0.1, 0.4), (0.02, -0.5)]).path(0.05, 0.04)))
    for row, (count, size) in enumerate(((9, 0.42), (8, 0.34), (6, 0.24))):
        petals = [
            moved(blade(0.26, 0.6), (0.02, -0.5 - 0.06 * row), t, size)
            for t in np.linspace(-1.9 + 0.2 * row, 1.9 - 0.2 * row, count)
        ]
        shapes += [fill(3, *petals[::2]), fill(4, *petals[1::2])]
    return shapes


def _holly_leaf(bend: float) -> Shapes:
    """Return a leaf with spines."""
    half = [(0.04, 0.0), (0.2, -0.04), (0.14, -0.18), (0.32, -0.26), (0.2, -0.42), (0.35, -0.52),
        (0.19, -0.64), (0.26, -0.78), (0.11, -0.82)]  # fmt: skip
    outline = smooth_closed([*half, (0, -1.02), *((-x, y) for x, y in half[::-1])], 0.5)
    shade = smooth_closed([(0, 0), *half[1:], (0, -1.0), (0, -0.5)], 0.5)
    return [fill(0, bent(outline, bend)), fill(1, bent(shade, bend)),
        fill(2, ribs(0.22, 3, 0.45, bend, bold=0.042))]  # fmt: skip


def _holly(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw holly: two leaves with berries; a twig; three leaves."""

    def berries(places: ArrayLike) -> Shapes:
        at = np.asarray(places, float) + random.uniform(-0.015, 0.015, np.shape(places))
        found: Shapes = []
        for x, y in at:
            found += [fill(3, circle(float(x), float(y), 0.16)),
                fill(4, sliver([(x - 0.09, y + 0.02), (x - 0.08, y - 0.08), (x + 0.03, y - 0.1)],
                0.05))]  # fmt: skip
        return found

    if view == 0:
        shapes = [
            *placed(_holly_leaf(0.2), (-0.06, 0), -1.15),
            *placed(_holly_leaf(-0.2), (0.06, 0), 1.1),
        ]
        return [*shapes, *berries([(-0.14, 0.08), (0.15, 0.1), (0.0, -0.14)])]
    if view == 2:
        shapes = [*placed(_holly_leaf(0.25), (0, 0), -1.5), *placed(_holly_leaf(-0.25), (0, 0),
            1.5), *placed(_holly_leaf(0.1), (0, -0.04), 0.0, 1.05)]  # fmt: skip
        return [*shapes, *berries([(-0.13, 0.06), (0.16, 0.04), (0.02, 0.26)])]
    stem = Stem.through([(0.1, 1.3), (-0.06, 0.5), (0.02, -0.3)])
    shapes = [fill(5, stem.path(0.07, 0.045))]
    for share, turn, size in ((0.22, 1.1, 0.8), (0.36, -1.05, 0.85), (0.62, 0.95, 0.85),
            (0.76, -0.9, 0.8), (0.98, 0.05, 0.9)):  # fmt: skip
        shapes += placed(_holly_leaf(-0.2 * float(np.sign(turn))), stem.at(share)[0], turn, size)
    return [
        *shapes,
        *berries([(0.08, 0.42), (-0.16, 0.34), (-0.02, 0.16), (0.2, -0.2), (-0.14, -0.26)]),
    ]


DRAWINGS: Mapping[str, DrawMotif] = {"hydrangea": _hydrangea, "wisteria": _wisteria,
    "clover": _clover, "holly": _holly}  # fmt: skip
