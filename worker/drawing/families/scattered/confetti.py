"""Confetti: Memphis shapes, sprinkles, cut paper, squiggles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import spread
from worker.drawing.families.scattered.tossing import capsule, toss
from worker.drawing.path import (
    Path,
    Points,
    arc,
    circle,
    polyline,
    rectangle,
    regular_polygon,
    smooth_open,
)
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_BALL = np.array([(0.0, 0.0, 1.0)])


@dataclass(frozen=True, eq=False)
class _Shape:
    """A small shape."""

    path: Path
    """In scales, around the origin."""
    discs: Points
    """That cover it without its line's width, (m, 3)."""
    line: float = 0.0
    """Width of its line by the medium one; 0: it is filled."""
    round_ends: bool = True


def _ball(radius: float) -> Points:
    return _BALL * radius


def _wave(length: float, height: float, bows: float) -> Path:
    """Return a wavy line along x."""
    x = np.linspace(-1, 1, int(bows * 8) + 1)
    return smooth_open(np.stack([x * length, height * np.sin(np.pi * bows * (x + 1))], -1))


def _zigzag(length: float, height: float, teeth: int) -> Path:
    x = np.linspace(-length, length, 2 * teeth + 1)
    return polyline(np.stack([x, height * np.where(np.arange(len(x)) % 2, -1, 1)], -1))


def _half_moon(radius: float) -> Path:
    bow = arc(0, -radius * 0.42, radius, 0, np.pi)
    return Path(bow.codes + "Z", bow.points)


def _joined(paths: Sequence[Path]) -> Path:
    return reduce(add, paths)


_MEMPHIS = (
    _Shape(_wave(0.46, 0.12, 2), capsule(0.4, 0.13), 1.0),
    _Shape(regular_polygon(3, 0.34), _ball(0.35)),
    _Shape(circle(0, 0, 0.22), _ball(0.22), 0.9),
    _Shape(_half_moon(0.3), _ball(0.29)),
    _Shape(_zigzag(0.44, 0.1, 3), capsule(0.38, 0.12), 0.85),
    _Shape(circle(0, 0, 0.16), _ball(0.16)),
    _Shape(polyline([(-0.34, 0), (0.34, 0)]), capsule(0.34, 0.02), 1.3, round_ends=False),
    _Shape(regular_polygon(3, 0.32), _ball(0.33), 0.8),
    _Shape(_joined([circle(x * 0.16, y * 0.16, 0.045) for x in (-1, 0, 1) for y in (-1, 0, 1)]),
           _ball(0.27)),
    _Shape(arc(0, -0.1, 0.24, 0.0, np.pi), _ball(0.24), 1.2),
    _Shape(_joined([polyline([(-0.22, 0), (0.22, 0)]), polyline([(0, -0.22), (0, 0.22)])]),
           _ball(0.22), 1.0, round_ends=False),
    _Shape(_joined([polyline([(-0.24, y), (0.24, y)]) for y in (-0.14, 0, 0.14)]),
           _ball(0.27), 0.6),
)  # fmt: skip

_SPRINKLES = (_Shape(polyline([(-0.34, 0), (0.34, 0)]), capsule(0.34, 0.02), 1.8),)

_PAPER = (
    _Shape(circle(0, 0, 0.2), _ball(0.2)),
    _Shape(rectangle(-0.17, -0.17, 0.34, 0.34), _ball(0.22)),
    _Shape(_wave(0.52, 0.13, 2.5), capsule(0.46, 0.15), 0.6),
    _Shape(rectangle(-0.34, -0.11, 0.68, 0.22), capsule(0.26, 0.13)),
    _Shape(circle(0, 0, 0.11), _ball(0.11)),
    _Shape(regular_polygon(3, 0.26), _ball(0.27)),
    _Shape(rectangle(-0.26, -0.06, 0.52, 0.12), capsule(0.22, 0.08)),
)

_SQUIGGLES = (
    _Shape(_wave(0.42, 0.13, 1.5), capsule(0.36, 0.14), 1.4),
    _Shape(_wave(0.3, 0.14, 1), capsule(0.26, 0.15), 1.4),
    _Shape(smooth_open([(-0.26, 0.08), (-0.2, -0.06), (0.0, -0.14), (0.2, -0.06), (0.26, 0.08)]),
           capsule(0.22, 0.13), 1.4),
    _Shape(_wave(0.5, 0.12, 2), capsule(0.44, 0.13), 1.4),
)  # fmt: skip

_SETS: Mapping[str, tuple[tuple[_Shape, ...], float]] = {
    "memphis": (_MEMPHIS, 0.8),
    "sprinkles": (_SPRINKLES, 0.66),
    "paper": (_PAPER, 0.6),
    "squiggles": (_SQUIGGLES, 0.84),
}
"""The shapes of each form, and the room of each in scales."""


def _confetti(sheet: Sheet, p: Parameters) -> None:
    """Draw small shapes, spread evenly, that do not touch."""
    sheet.ground()
    shapes, pitch = _SETS[p.form]
    # more colours need larger shapes to be seen
    large = p.packing(1.05, 1.4, 1.6) * (1 + 0.1 * min(max(p.slots - 2, 0), 3))
    line = p.weight(0.075, 0.115, 0.16) * large / 1.3
    discs = [shape.discs * large + np.array((0, 0, shape.line * line / 2)) for shape in shapes]
    turns = np.arange(0, 2 * np.pi, np.pi / 12) + 0.13
    gap = p.packing(0.09, 0.04, 0.025)
    fillers = p.packing(0.1, 0.3, 0.45) if p.slots > 2 else 0.0
    own = toss(sheet, replace(p, scale_mm=p.scale_mm * pitch), discs, gap, turns, fillers=fillers)
    slots = spread(sheet, p, own.at)
    for kind, shape in enumerate(shapes):
        for slot in np.unique(slots):
            some = (own.kind == kind) & (slots == slot)
            if not some.any():
                continue
            at, turn, size = own.at[some], own.turn[some], own.size[some] * large
            if not shape.line:
                sheet.fill(int(slot), shape.path, at, turn, size)
                continue
            for each in np.unique(size):  # lines grow with their shapes
                same = size == each
                sheet.stroke(int(slot), shape.path, shape.line * line * each / large, at[same],
                             turn[same], each, round_ends=shape.round_ends)  # fmt: skip


FAMILIES = (Family(name="confetti", draw=_confetti, repeats=(12, 8, 5)),)
