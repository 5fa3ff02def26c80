"""Chrysanthemums: many narrow petals in several rings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import bent, blade, sliver
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    fill,
    merged,
    moved,
    placed,
    rays,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle, smooth_closed

__all__ = ["DRAWINGS"]


def _strap(width: float, bend: float) -> Path:
    """Return a narrow petal with a round tip, from (0, 0) to (0, -1)."""
    half = [(0.3 * width, 0.0), (1.05 * width, -0.55), (0.7 * width, -0.92)]
    points = [*half, (0, -1.03), *((-x, y) for x, y in half[::-1])]
    return bent(smooth_closed(points), bend)


def _ring(
    random: np.random.Generator,
    count: int,
    size: float,
    width: float,
    *,
    start: float = 0.0,
    bend: float = 0.5,
    spread: float = 2 * np.pi,
) -> Shapes:
    """Return a ring of narrow petals, each with a dark edge: every second one above the others."""
    even: list[list[Path]] = [[], []]
    for index in range(count):
        turn = start + spread * (index + 0.5) / count + float(random.uniform(-0.05, 0.05))
        curl = bend * float(random.uniform(0.6, 1.25)) * (1 if index % 2 else -0.55)
        petal = _strap(width, curl).scaled(size * float(random.uniform(0.92, 1.05)))
        even[index % 2].append(petal.rotated(turn - 0.35 * curl))
    shapes: Shapes = []
    for group in even:
        inner = [moved(path, (0, 0)) for path in group]
        edge = [Path(path.codes, _wider(path.points, 0.024)) for path in inner]
        shapes += [fill(1, *edge), fill(0, *inner)]
    return shapes


def _wider(points: np.ndarray, by: float) -> np.ndarray:
    """Return the control points of a convex contour moved outwards."""
    middle = points.mean(0)
    away = points - middle
    axis = np.linalg.svd(away, full_matrices=False)[2][0]
    along = np.outer(away @ axis, axis)
    across = away - along
    length = np.maximum(np.hypot(across[:, :1], across[:, 1:]), 1e-9)
    far = np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-9)
    return points + by * (across / length * np.minimum(length / 0.02, 1) + 0.5 * along / far)


def _mum_leaf(at: tuple[float, float], turn: float, size: float) -> Shapes:
    """Return a lobed leaf of a chrysanthemum."""
    half = [(0.06, 0.0), (0.3, -0.1), (0.2, -0.24), (0.42, -0.4), (0.26, -0.54), (0.36, -0.72),
        (0.18, -0.8)]  # fmt: skip
    outline = smooth_closed([*half, (0, -1), *((-x, y) for x, y in half[::-1])], 0.8)
    lines = [sliver([(0, 0.05), (0, -0.5), (0, -0.9)], 0.05)]
    lines += [sliver([(0, -y + 0.16), (0.12 * s, -y + 0.02), (0.24 * s, -y)], 0.05)
        for y in (0.24, 0.46, 0.72) for s in (1, -1)]  # fmt: skip
    return placed([fill(3, bent(outline, 0.3)), fill(4, bent(merged(lines), 0.3))], at, turn, size)


def _mum_front(random: np.random.Generator) -> Shapes:
    """Return a chrysanthemum from above, of radius one."""
    shapes: Shapes = []
    for count, size, width, bend in ((22, 1.0, 0.085, 0.75), (18, 0.8, 0.1, 0.7),
            (15, 0.6, 0.12, 0.7), (11, 0.42, 0.15, 0.7), (7, 0.27, 0.2, 0.8)):  # fmt: skip
        shapes += _ring(random, count, size, width, start=float(random.uniform(0, 1)), bend=bend)
    heart = [moved(blade(0.24, 0.5), (0, 0), float(t), 0.17) for t in np.arange(5) * 1.26 + 0.4]
    return [*shapes, fill(2, *heart, circle(0, 0, 0.06))]


def _mum_side(random: np.random.Generator) -> Shapes:
    """Return an incurved chrysanthemum from the side; its base is at (0, 0.5)."""
    shapes = placed(_ring(random, 12, 1.0, 0.1, start=1.5, spread=3.28, bend=0.7), (0, 0.04))
    rows = ((7, 0.0, 0.72, 1.0), (8, 0.16, 0.72, 1.25), (7, 0.32, 0.64, 1.3), (6, 0.46, 0.52, 1.2))
    for count, low, size, spread in rows:
        for turns in np.split(np.argsort(-np.abs(np.linspace(-1, 1, count))), [count // 2]):
            petals = []
            for share in np.linspace(-1, 1, count)[turns]:
                turn = spread * float(share) + float(random.uniform(-0.04, 0.04))
                petal = _strap(0.15, -1.25 * float(share)).scaled(size)
                petals.append(moved(petal, (0.2 * share, low), turn))
            edge = [Path(path.codes, _wider(path.points, 0.022)) for path in petals]
            shapes += [fill(1, *edge), fill(0, *petals)]
    return shapes


def _mum_spider(random: np.random.Generator) -> Shapes:
    """Return a chrysanthemum of thread-like curled petals."""
    shapes: Shapes = []
    for count, size, slot in ((13, 1.0, 1), (13, 0.84, 0), (11, 0.66, 1), (9, 0.48, 0)):
        petals = []
        turns = 2 * np.pi * (np.arange(count) + size) / count
        for turn in turns + random.uniform(-0.08, 0.08, count):
            curl = float(random.uniform(0.16, 0.26)) / size**0.5
            line = [(0, 0), (-0.05, -0.4), (-0.02, -0.8), (0.35 * curl, -0.98), (curl, -0.95),
                (1.15 * curl, -0.78)]  # fmt: skip
            thread = Stem.through(line).path(0.03, 0.06, 0.075, 0.075, 0.03, knots=9)
            petals.append(thread.scaled(size).rotated(float(turn)))
        shapes.append(fill(slot, *petals))
    return [*shapes, fill(2, *rays(blade(0.22, 0.5).scaled(0.26), np.arange(9) * 0.7))]


def _chrysanthemum(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a chrysanthemum: from above; incurved with leaves; thread-like; above with leaves."""
    if view == 0:
        return _mum_front(random)
    if view == 1:
        stem = Stem.through([(-0.1, 1.6), (0.06, 1.1), (0.0, 0.4)])
        shapes = [fill(3, stem.path(0.075, 0.06))]
        shapes += _mum_leaf((0.02, 1.2), 1.0, 0.72) + _mum_leaf((0.04, 1.0), -1.1, 0.66)
        return shapes + placed(_mum_side(random), (0, 0), 0.0, 1.05)
    if view == 2:
        return _mum_spider(random)
    shapes = []
    for turn, size in ((-1.9, 0.85), (-0.9, 0.7), (1.5, 0.9), (2.4, 0.75)):
        place = (0.7 * float(np.sin(turn)), -0.7 * float(np.cos(turn)))
        shapes += _mum_leaf(place, turn, size)
    return shapes + _mum_front(random)


DRAWINGS: Mapping[str, DrawMotif] = {"chrysanthemum": _chrysanthemum}
