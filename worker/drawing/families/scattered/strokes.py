"""Brush strokes: marks of a dry brush, its bristles ragged at the ends."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.scattered.places import in_rows, spread
from worker.drawing.families.scattered.tossing import Tossed, capsule, toss
from worker.drawing.path import Path, Points, polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES", "stroke_of"]

_KINDS = 7
"""Number of different strokes."""


def stroke_of(random: np.random.Generator, slim: float, bend: float, lanes: int = 9) -> Path:
    """Return a stroke from (-1, 0) to (1, 0) at most, drawn to the right.

    Args:
        slim: half its width.
        bend: by how much its ends lie lower than its middle.
        lanes: number of bristles; each ends on its own.
    """
    edge = np.linspace(-1, 1, lanes + 1)
    middle = (edge[1:] + edge[:-1]) / 2
    dry = random.uniform(0.0, 0.34, lanes) * (
        0.5 + 0.5 * np.cumsum(random.normal(0, 0.4, lanes)) ** 2
    )
    right = 1 - 0.14 * middle**2 - np.clip(dry, 0, 0.42)
    left = -1 + 0.16 * middle**2 + random.uniform(0, 0.035, lanes)
    notch_right = np.minimum(right[1:], right[:-1]) - random.uniform(0.02, 0.22, lanes - 1)
    notch_left = np.maximum(left[1:], left[:-1]) + random.uniform(0.005, 0.03, lanes - 1)
    outline: list[tuple[float, float]] = []
    outline += _edge(random, left[0], right[0], -1.0)
    outline += _teeth(right, notch_right, middle, edge)
    outline += _edge(random, right[-1], left[-1], 1.0)
    outline += _teeth(left[::-1], notch_left[::-1], middle[::-1], edge[::-1])
    contours = [np.array(outline)]
    for lane in random.permutation(np.arange(1, lanes))[: lanes // 2]:
        start = random.uniform(-0.45, 0.5)
        end = min(start + random.uniform(0.25, 0.9), min(right[lane - 1], right[lane]) - 0.04)
        if end - start > 0.12:
            contours.append(_slit(start, end, edge[lane], random.uniform(0.12, 0.3) / lanes))
    path = Path("", np.zeros((0, 2)))
    for points in contours:
        x, y = points.T
        path += polygon(np.stack([x, y * slim * (1 - 0.1 * x) + bend * x**2], -1))
    return path


def _edge(
    random: np.random.Generator, start: float, end: float, side: float
) -> list[tuple[float, float]]:
    """Return a long edge, slightly uneven."""
    x = np.linspace(start, end, 9)
    y = side * (1 - 0.12 * np.abs(np.linspace(-1, 1, 9)) ** 3 + random.normal(0, 0.025, 9))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _teeth(
    tips: Points, notches: Points, middle: Points, edge: Points
) -> list[tuple[float, float]]:
    """Return the ends of bristles and the notches between them."""
    found: list[tuple[float, float]] = []
    for index, tip in enumerate(tips):
        found.append((tip, middle[index]))
        if index < len(notches):
            found.append((notches[index], edge[index + 1]))
    return found


def _slit(start: float, end: float, y: float, half: float) -> Points:
    """Return a gap between two bristles as a hole: its direction is against the outline's."""
    x = start + (end - start) * np.array((0, 0.3, 0.75, 1))
    upper = y - half * np.array((0, 1, 0.8, 0))
    lower = y + half * np.array((1, 0.8)) * 0.8
    return np.array([*zip(x, upper, strict=True), (x[2], lower[1]), (x[1], lower[0])])[::-1]


def _strokes(sheet: Sheet, p: Parameters) -> None:
    """Draw strokes in rows, tossed, leaning one way, or in layers."""
    sheet.ground()
    random = p.random("strokes")
    slim = p.packing(0.24, 0.3, 0.36)
    bends = random.uniform(-0.12, 0.12, _KINDS)
    if p.form == "rows":
        slim, bends = slim * 0.8, bends * 0.4
    kinds = [stroke_of(random, slim, float(bend)) for bend in bends]
    if p.form == "rows":
        _draw(sheet, p, kinds, _rows(sheet, p))
    elif p.form == "layered":
        _layered(sheet, p, kinds)
    else:
        turns = np.arange(0, 2 * np.pi, np.pi / 12)
        if p.form == "leaning":
            turns = random.choice([-0.6, 0.0, 0.6, np.pi / 2]) + np.linspace(-0.25, 0.25, 7)
        half = p.packing(0.6, 0.72, 0.8)
        shapes = [capsule((1 - slim) * half, slim * half * 1.1)] * _KINDS
        tossed = toss(sheet, p, shapes, p.packing(0.14, 0.07, 0.03), turns)
        _draw(sheet, p, kinds, tossed, half)


def _rows(sheet: Sheet, p: Parameters) -> Tossed:
    """Return strokes in staggered rows, drawn to the right and to the left."""
    places = in_rows(sheet, p, staggered=True, aspect=(1.35, 0.78))
    random = p.random("places")
    count = len(places.at)
    x, y = places.step
    at = places.at + random.uniform(-0.05, 0.05, (count, 2)) * (x, y)
    return Tossed(
        at=at,
        kind=random.integers(0, _KINDS, count),
        turn=random.normal(0, 0.04, count) + np.pi * random.integers(0, 2, count),
        size=np.full(count, min(x * 0.48, y * 1.4)) * random.uniform(0.9, 1.04, count),
    )


def _draw(
    sheet: Sheet, p: Parameters, kinds: list[Path], strokes: Tossed, half: float = 1.0
) -> None:
    slots = spread(sheet, p, strokes.at)
    for kind, path in enumerate(kinds):
        for slot in np.unique(slots):
            own = (strokes.kind == kind) & (slots == slot)
            if own.any():
                sheet.fill(int(slot), path, strokes.at[own], strokes.turn[own],
                           strokes.size[own] * half)  # fmt: skip


def _layered(sheet: Sheet, p: Parameters, kinds: list[Path]) -> None:
    """Draw one layer of broad strokes in each accent, the hero on top."""
    accents = max(1, p.slots - 1)
    loose = (1 + 0.4 * (accents - 1)) ** 0.5
    for index in range(accents):
        places = in_rows(sheet, p, staggered=True, aspect=(1.35 * loose, 0.95 * loose))
        random = p.random(f"layer {index}")
        moves = random.uniform(-0.12, 0.12, (len(places.at), 2)) + random.uniform(0, 1, 2)
        at = places.at + moves * places.step
        kind = random.integers(0, len(kinds), len(at))
        turn = random.choice([-0.35, 0.0, 0.35]) + random.uniform(-0.3, 0.3, len(at))
        size = p.scale_mm * random.uniform(0.85, 1.05, len(at)) * (0.85 if accents == 1 else 1)
        for one in np.unique(kind):
            own = kind == one
            slot = p.accent(accents - 1 - index)
            sheet.fill(slot, kinds[one], at[own], turn[own], size[own])


FAMILIES = (Family(name="brush-strokes", draw=_strokes, repeats=(8, 6, 4)),)
