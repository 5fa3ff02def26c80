"""Flowers of the meadow: poppy, anemone and dandelion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, tapered
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
    swayed,
    toward,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]


def _crown(
    random: np.random.Generator, count: int, reach: float, size: float
) -> tuple[list[Path], Path]:
    """Return stamens about the origin: their threads and their tips."""
    turns = 2 * np.pi * np.arange(count) / count + random.uniform(-0.1, 0.1, count)
    lengths = reach * np.resize([1.0, 0.78], count) * random.uniform(0.92, 1.06, count)
    ends = np.stack([np.sin(turns), -np.cos(turns)], -1) * lengths[:, None]
    return [tapered([(0, 0), (x, y)], 0.03) for x, y in ends], dots(ends, size)


def _poppy_petal(random: np.random.Generator, width: float, *, blot: bool = True) -> Shapes:
    """Return a broad crumpled petal with a dark blot at its base."""
    petal = petal_of(width, base=0.16, shoulder=0.55, ruffle=0.045, random=random)
    folds = [
        moved(blade(0.028, 0.6).scaled(1, s), (x, -0.32), t)
        for x, t, s in ((-0.16, -0.42, 0.5), (0.02, -0.04, 0.58), (0.17, 0.4, 0.5))
    ]
    shapes = [fill(1, petal), fill(0, petal.scaled(0.935, 0.945)), fill(1, *folds)]
    if blot:
        shapes.append(fill(2, smooth_closed([(-0.16, 0), (-0.24, -0.26), (-0.1, -0.32), (0, -0.4),
            (0.1, -0.31), (0.24, -0.26), (0.16, 0)])))  # fmt: skip
    return shapes


def _poppy_above(random: np.random.Generator) -> Shapes:
    """Return a poppy from above, of radius one."""
    shapes: Shapes = []
    for turn, size in ((1.62, 0.98), (-1.55, 1.0), (3.1, 0.94), (0.06, 0.96)):
        shapes += placed(
            _poppy_petal(random, 0.82), (0, 0), turn + float(random.uniform(-0.08, 0.08)), size
        )
    threads, tips = _crown(random, 18, 0.36, 0.034)
    rayed = rays(blade(0.12, 0.5).scaled(0.15), 2 * np.pi * np.arange(8) / 8)
    return [*shapes, fill(2, *threads, tips), fill(3, circle(0, 0, 0.17)), fill(4, *rayed)]


def _poppy_side(random: np.random.Generator) -> Shapes:
    """Return a poppy from the side, its foot at the origin."""
    shapes: Shapes = []
    for turn, size in ((-0.42, 0.98), (0.45, 0.96)):
        shapes += placed(_poppy_petal(random, 0.6, blot=False), (0, 0), turn, size)
    threads = [
        tapered([(0, -0.2), (x, y)], 0.035)
        for x, y in ((-0.3, -0.74), (-0.12, -0.82), (0.08, -0.8), (0.28, -0.74))
    ]
    shapes.append(
        fill(2, *threads, dots([(-0.3, -0.74), (-0.12, -0.82), (0.08, -0.8), (0.28, -0.74)], 0.045))
    )
    for turn, size, width in ((-0.88, 0.92, 0.5), (0.9, 0.94, 0.5), (0.04, 0.76, 0.64)):
        shapes += placed(_poppy_petal(random, width, blot=False), (0, 0), turn, size)
    return [*shapes, fill(4, ellipse(0, 0.01, 0.1, 0.06))]


def _poppy_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a feathered leaf."""
    half = [(0.03, 0.0), (0.05, -0.18), (0.26, -0.34), (0.08, -0.34), (0.3, -0.58), (0.08, -0.54),
        (0.22, -0.8), (0.07, -0.76)]  # fmt: skip
    outline = smooth_closed([*half, (0, -1.04), *((-x, y + 0.05) for x, y in half[::-1])], 0.6)
    return placed([fill(4, bent(outline, 0.4)), fill(3, bent(blade(0.02, 0.3).scaled(1, 0.9),
        0.4))], at, turn, size)  # fmt: skip


def _poppy_bud(at: ArrayLike, turn: float, size: float) -> Shapes:
    body = smooth_closed(
        [(0, 0), (-0.26, -0.2), (-0.28, -0.6), (0, -0.96), (0.28, -0.6), (0.26, -0.2)]
    )
    slit = blade_of(0.12, 0.5, 0.2).scaled(0.92).moved(0.04, 0)
    return placed([fill(4, body), fill(0, slit)], at, turn, size)


def _poppy_pod() -> Shapes:
    """Return a seed pod with its cap, its foot at the origin."""
    pod = smooth_closed([(-0.1, 0), (-0.3, -0.2), (-0.36, -0.5), (-0.24, -0.72), (0.24, -0.72),
        (0.36, -0.5), (0.3, -0.2), (0.1, 0)])  # fmt: skip
    cap = smooth_closed([(-0.36, -0.72), (-0.2, -0.8), (-0.12, -0.9), (0, -0.82), (0.12, -0.9),
        (0.2, -0.8), (0.36, -0.72), (0.2, -0.66), (-0.2, -0.66)])  # fmt: skip
    lines = [
        tapered([(x * 0.3, -0.06), (x, -0.42), (x * 0.6, -0.66)], (0.03, 0.04, 0.02))
        for x in (-0.18, 0.0, 0.18)
    ]
    return [fill(3, pod), fill(4, *lines, cap)]


def _poppy(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a poppy: from above; from the side with a bud; a seed pod; two on their stalks."""
    if view == 0:
        return _poppy_above(random)
    stem = Stem.through([(0.0, 1.6), (0.12, 1.0), (-0.06, 0.5), (0, 0)])
    if view == 2:
        pod = [fill(4, stem.path(0.07, 0.06)), *_poppy_leaf(stem.at(0.3)[0], 0.8, 0.8),
            *_poppy_pod()]  # fmt: skip
        return swayed(pod, random)
    side = Stem.through([(0.08, 1.2), (0.34, 0.7), (0.56, 0.4), (0.72, 0.52)])
    if view == 1:
        shapes = [fill(4, stem.path(0.055, 0.05), side.path(0.045, 0.04))]
        shapes += _poppy_leaf(stem.at(0.14)[0], -0.9, 0.8) + _poppy_leaf(stem.at(0.2)[0], 1.1, 0.66)
        return [*shapes, *_poppy_bud((0.72, 0.5), 2.5, 0.4), *_poppy_side(random)]
    other = Stem.through([(0.0, 1.6), (-0.2, 1.0), (-0.5, 0.55)])
    shapes = [
        fill(4, stem.path(0.055, 0.05), other.path(0.05, 0.045)),
        *_poppy_leaf((0.02, 1.3), 0.9, 0.8),
    ]
    shapes += placed(_poppy_side(random), (-0.5, 0.56), -0.5, 0.66)
    return shapes + placed(_poppy_above(random), (0.06, -0.16), 0.2, (0.84, 0.74))


def _anemone_above(random: np.random.Generator) -> Shapes:
    """Return an anemone from above, of radius one."""
    shapes: Shapes = []
    for start, count, size in ((0.3, 5, 1.0), (0.95, 4, 0.95)):
        for index in range(count):
            petal = petal_of(0.46, base=0.12, shoulder=0.6, tip=0.05, random=random)
            turn = start + 2 * np.pi * index / count + float(random.uniform(-0.08, 0.08))
            lines = merged(
                [moved(blade(0.02, 0.4).scaled(1, 0.62), (0, -0.2), a) for a in (-0.26, 0.0, 0.26)]
            )
            shapes += placed([fill(1, petal), fill(0, petal.scaled(0.92, 0.945)), fill(1, lines)],
                (0, 0), turn, size)  # fmt: skip
    threads, tips = _crown(random, 20, 0.37, 0.036)
    return [*shapes, fill(2, circle(0, 0, 0.26)), fill(5, *threads, tips, circle(0, 0, 0.17)),
        fill(1, dots([(-0.05, -0.06)], 0.04))]  # fmt: skip


def _anemone_collar(random: np.random.Generator, size: float) -> Shapes:
    """Return the frilled leaves below a flower, at the origin."""
    leaves: list[Path] = []
    lines: list[Path] = []
    for turn in (-2.2, -1.75, -1.3, -0.9, 0.9, 1.3, 1.75, 2.2):
        bend = 0.3 * float(np.sign(turn))
        angle = turn + float(random.uniform(-0.1, 0.1))
        leaves.append(moved(bent(blade(0.13, 0.45), bend), (0, 0), angle, size))
        leaves.append(moved(blade(0.12, 0.45), 0.4 * size * toward(turn), turn * 0.7, 0.5 * size))
        lines.append(moved(bent(blade(0.035, 0.4).scaled(1, 0.84), bend), (0, 0), angle, size))
    return [fill(3, *leaves), fill(4, *lines)]


def _anemone(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw an anemone: from above; from the side with its collar; tilted with a bud."""
    if view == 0:
        return _anemone_above(random)
    stem = Stem.through([(-0.06, 1.7), (0.1, 1.0), (0.0, 0.4), (0, 0)])
    if view == 1:
        shapes: Shapes = [fill(3, stem.path(0.07, 0.06))]
        for turn, size in ((-0.55, 0.96), (0.58, 0.95), (0.0, 1.0)):
            petal = petal_of(0.44, base=0.1, shoulder=0.6, tip=0.05, random=random)
            shapes += placed(
                [fill(1, petal), fill(0, petal.scaled(0.92, 0.945))], (0, 0), turn, size
            )
        ends = np.array([(-0.34, -0.7), (-0.18, -0.8), (0.0, -0.82), (0.18, -0.8), (0.34, -0.7)])
        shapes.append(fill(5, *(tapered([(0, -0.4), (x, y)], 0.035) for x, y in ends),
            dots(ends, 0.045), ellipse(0, -0.6, 0.2, 0.16)))  # fmt: skip
        for turn, size in ((-1.02, 0.9), (1.04, 0.92), (-0.36, 0.74), (0.4, 0.72)):
            petal = petal_of(0.44, base=0.1, shoulder=0.6, tip=0.05, random=random)
            lines = merged(
                [moved(blade(0.02, 0.4).scaled(1, 0.6), (0, -0.16), a) for a in (-0.26, 0.0, 0.26)]
            )
            shapes += placed([fill(1, petal), fill(0, petal.scaled(0.92, 0.945)), fill(1, lines)],
                (0, 0), turn, size)  # fmt: skip
        return [*shapes, *placed(_anemone_collar(random, 0.62), (0.0, 0.34))]
    bud_stem = Stem.through([(-0.04, 1.5), (-0.4, 0.9), (-0.74, 0.5)])
    shapes = [fill(3, stem.path(0.065, 0.055), bud_stem.path(0.05, 0.045))]
    bud = smooth_closed(
        [(0, 0.02), (-0.3, -0.2), (-0.26, -0.6), (0, -0.8), (0.26, -0.6), (0.3, -0.2)]
    )
    fold = blade_of(0.16, 0.5, 0.3).scaled(0.78).moved(-0.04, 0)
    shapes += placed([fill(1, bud), fill(0, fold)], (-0.74, 0.5), -0.5, 0.52)
    shapes += placed(_anemone_collar(random, 0.55), (-0.72, 0.55), -0.5, 0.7)
    shapes += placed(_anemone_collar(random, 0.66), (0.02, 0.66), 0.1)
    return shapes + placed(_anemone_above(random), (0, -0.1), -0.25, (0.9, 0.72))


def _parachute(turn: float, size: float) -> tuple[list[Path], list[Path]]:
    """Return a seed with its parachute, upwards from the origin: hairs and seed."""
    hairs = [moved(blade(0.065, 0.6), (0, -0.62), a, 0.42) for a in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    thread = tapered([(0, -0.14), (0, -0.64)], 0.036)
    seed = [blade_of(0.05, 0.6).scaled(1, 0.22)]
    return [path.scaled(size).rotated(turn) for path in (*hairs, thread)], [
        path.scaled(size).rotated(turn) for path in seed
    ]


def _clock(random: np.random.Generator, low: float, high: float) -> Shapes:
    """Return a seed head about the origin, with seeds between two angles."""
    hairs: list[Path] = []
    seed: list[Path] = []
    for size, count, start in ((1.0, 15, 0.0), (0.72, 11, 0.2)):
        for turn in start + np.linspace(low, high, count, endpoint=False):
            more, own = _parachute(
                float(turn) + float(random.uniform(-0.05, 0.05)),
                size * float(random.uniform(0.94, 1.04)),
            )
            hairs += more
            seed += own
    return [fill(0, *hairs), fill(1, *seed), fill(2, circle(0, 0, 0.13))]


def _dandelion(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a dandelion: its seed head; half blown away; in flower with leaves; one seed."""
    if view == 3:
        hairs = [
            moved(bent(blade(0.04, 0.5), 0.25 * a), (0, -0.3), a, 0.62)
            for a in np.linspace(-1.35, 1.35, 9)
        ]
        thread = tapered([(0, 0.5), (0.02, 0.1), (0, -0.32)], 0.03)
        pip = blade_of(0.09, 0.55).scaled(1, 0.46).moved(0, 0.92)
        return swayed([fill(0, *hairs, thread), fill(1, pip)], random)
    stem = Stem.through([(-0.1, 2.1), (0.1, 1.4), (-0.03, 0.6), (0, 0)])
    if view == 0:
        return [fill(2, stem.path(0.07, 0.055)), *_clock(random, 0.0, 2 * np.pi)]
    if view == 1:
        shapes = [fill(2, stem.path(0.07, 0.055)), *_clock(random, 2.2, 2 * np.pi - 0.1)]
        for x, y, turn in ((0.5, -0.7, 0.9), (0.95, -0.3, 1.2), (0.9, -1.0, 0.7),
                (1.35, -0.75, 1.1)):  # fmt: skip
            hairs, seed = _parachute(turn, 0.62)
            shapes += placed([fill(0, *hairs), fill(1, *seed)], (x, y))
        return shapes
    shapes = []
    half = [(0.05, 0.0), (0.06, -0.24), (0.2, -0.34), (0.09, -0.42), (0.26, -0.56), (0.12, -0.62),
        (0.27, -0.8), (0.16, -0.86)]  # fmt: skip
    leaf = smooth_closed([*half, (0, -1.06), *((-x, y) for x, y in half[::-1])], 0.5).scaled(
        0.72, 1
    )
    for turn, size, bend in ((-1.2, 1.15, -0.25), (1.16, 1.2, 0.25), (-0.62, 1.0, -0.3),
            (0.66, 0.95, 0.3)):  # fmt: skip
        shapes += placed([fill(2, bent(leaf, bend)), fill(0, bent(blade(0.026, 0.3).scaled(1, 0.92),
            bend))], (0, 1.3), turn, size)  # fmt: skip
    shapes.append(fill(2, Stem.through([(0, 1.3), (0.08, 0.7), (0, 0.1)]).path(0.08, 0.07)))
    head: Shapes = []
    for slot, count, size in ((4, 26, 0.66), (3, 24, 0.62), (4, 18, 0.44), (3, 16, 0.4),
            (4, 10, 0.22), (3, 9, 0.18)):  # fmt: skip
        petal = smooth_closed(
            [(-0.06, 0), (-0.085, -0.9), (-0.03, -1.0), (0.03, -1.0), (0.085, -0.9), (0.06, 0)]
        )
        turns = 2 * np.pi * np.arange(count) / count + random.uniform(-0.06, 0.06, count)
        head.append(fill(slot, *(petal.scaled(size / 0.66,
            size * float(random.uniform(0.92, 1.05))).rotated(float(t))
            for t in turns)))  # fmt: skip
    return shapes + placed(head, (0, 0), 0.0, (1.0, 0.9))


DRAWINGS: Mapping[str, DrawMotif] = {"poppy": _poppy, "anemone": _anemone, "dandelion": _dandelion}
