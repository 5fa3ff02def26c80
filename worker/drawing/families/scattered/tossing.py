"""Places and turns motifs of unlike shapes so that they fit between each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.families.botanical.room import Room, block_of, scatter
from worker.drawing.families.family import Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet

__all__ = ["Tossed", "capsule", "toss"]

_MOST = 110
"""Greatest number of motifs of a block."""
_NUDGES = (-0.22, 0.0, 0.22)
"""By how much a motif may be moved along x and y, in pitches."""
_SHRINK = 0.88
_TRIES = 5
"""How often a motif is made smaller before it is left out."""


@dataclass(frozen=True, kw_only=True)
class Tossed:
    """Motifs in one period."""

    at: Points
    """(k, 2) mm."""
    kind: NDArray[np.intp]
    """Index of its shape, (k,)."""
    turn: NDArray[np.float64]
    """Radians, (k,)."""
    size: NDArray[np.float64]
    """Millimetres of the unit, (k,)."""


def capsule(length: float, radius: float) -> Points:
    """Return discs (m, 3) that cover a bar along x from -length to length with round ends."""
    count = max(2, int(np.ceil(2 * length / max(radius, 0.08))))
    x = np.linspace(-length, length, count)
    return np.stack([x, 0 * x, np.full(count, radius)], -1)


def toss(
    sheet: Sheet,
    p: Parameters,
    shapes: Sequence[Points],
    gap: float,
    turns: ArrayLike,
    *,
    fillers: float = 0.0,
) -> Tossed:
    """Return motifs spread evenly, each a square of the scale, turned so that they lie apart.

    Args:
        shapes: discs (m, 3) that cover each kind of motif, in scales; they follow in turn.
        gap: least distance of two motifs in scales.
        turns: (j,) radians that a motif may have.
        fillers: how many smaller ones are put where room is left, at most, for each motif.
    """
    block = block_of(sheet.width, sheet.height, p.scale_mm, _MOST)
    random = p.random("places")
    places = scatter(block.width, block.height, block.count, random, rounds=3)
    kinds = np.arange(len(places)) % len(shapes)
    kinds = p.random("kinds").permutation(kinds)
    room = Room(block.width, block.height)
    angles = np.asarray(turns, float)
    nudges = np.stack(np.meshgrid(_NUDGES, _NUDGES), -1).reshape(-1, 2) * block.pitch
    longest = min(block.width, block.height) / 2
    found: list[tuple[float, ...]] = []

    def put(kind: int, near: Points, most: float, tries: int) -> None:
        shape = shapes[kind]
        reach = float((np.hypot(shape[:, 0], shape[:, 1]) + shape[:, 2]).max())
        size = min(most, longest / (reach + gap))
        for _ in range(tries):
            at, turn, left = room.fit(shape * size, near, random.permutation(angles)[:12])
            if left >= gap * size:
                found.append((*at, kind, turn, size))
                room.take(_turned(shape * size, turn) + np.array((*at, 0.0)))
                return
            size *= _SHRINK

    for place, kind in zip(places, kinds.tolist(), strict=True):
        put(kind, place + nudges, block.pitch, _TRIES)
    for index in range(round(fillers * len(places))):
        put(index % len(shapes), room.widest(10, random), 0.85 * block.pitch, _TRIES)
    rows = np.array(found)
    count = len(block.offsets)
    return Tossed(
        at=block.everywhere(rows[:, :2]),
        kind=np.tile(rows[:, 2], count).astype(np.intp),
        turn=np.tile(rows[:, 3], count),
        size=np.tile(rows[:, 4], count),
    )


def _turned(discs: Points, angle: float) -> Points:
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, radius = discs.T
    return np.stack([x * cosine - y * sine, x * sine + y * cosine, radius], -1)
