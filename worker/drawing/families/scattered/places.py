"""Places for equal or varied motifs: in rows, tossed, or packed; and their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.families.botanical.room import Block, Room, block_of, scatter
from worker.drawing.families.family import Parameters
from worker.drawing.path import Path, Points
from worker.drawing.sheet import Sheet

__all__ = [
    "Places",
    "fill_each",
    "in_rows",
    "in_turn",
    "packed",
    "packed_block",
    "spread",
    "tossed",
]

_MOST = 90
"""Greatest number of places that are tossed; more are repeats of a block."""
_SPREAD_MOST = 700
"""Greatest number of places whose colours are kept apart; more are left in random order."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Places of motifs in one period."""

    at: Points
    """(k, 2) mm."""
    pitch: float
    """Least distance of two places on the torus, mm: discs half as wide do not overlap."""
    step: tuple[float, float]
    """Distance of columns and of rows, mm; the pitch if they are not in rows."""
    row: NDArray[np.intp]
    """Index of the row of each, (k,); 0 if they are not in rows."""
    column: NDArray[np.intp]

    def shifted(self, columns: float, rows: float) -> Points:
        """Return the places moved by shares of the steps."""
        return self.at + np.array(self.step) * (columns, rows)


def in_rows(
    sheet: Sheet,
    p: Parameters,
    *,
    staggered: bool,
    aspect: float | tuple[float, float] = 1.0,
    multiple: int = 1,
) -> Places:
    """Return places in rows on a square lattice, which staggered is turned by 45°.

    Args:
        aspect: distance of two places in scales; or that along x and that along y, by which the
            lattice is stretched.
        multiple: the numbers of rows and columns are multiples of it.
    """
    across, down = np.broadcast_to(aspect, 2) * ((2**0.5, 0.5**0.5) if staggered else (1.0, 1.0))
    even = lcm(2, multiple) if staggered else multiple
    columns = p.repeats(sheet.width, aspect=float(across), multiple=multiple)
    rows = p.repeats(sheet.height, aspect=float(down), multiple=even)
    step_x, step_y = sheet.width / columns, sheet.height / rows
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    shift = 0.5 * (row % 2) if staggered else 0.0
    at = np.stack([(column + 0.25 + shift) * step_x, (row + 0.5) * step_y], -1)
    near = [step_x, float(np.hypot(step_x / 2, step_y)), 2 * step_y]
    pitch = min(near) if staggered else min(step_x, step_y)
    return Places(at=at, pitch=pitch, step=(step_x, step_y), row=row, column=column)


def tossed(sheet: Sheet, p: Parameters, *, aspect: float = 1.0) -> Places:
    """Return places spread evenly and at random, each with a square of `p.scale_mm` * `aspect`."""
    block = block_of(sheet.width, sheet.height, p.scale_mm * aspect, _MOST)
    own = scatter(block.width, block.height, block.count, p.random("places"), rounds=4)
    at = block.everywhere(own)
    zero = np.zeros(len(at), np.intp)
    pitch = _least_distance(own, block.width, block.height)
    return Places(at=at, pitch=pitch, step=(pitch, pitch), row=zero, column=zero)


def _least_distance(places: Points, width: float, height: float) -> float:
    period = np.array((width, height))
    offset = (places[:, None] - places + period / 2) % period - period / 2
    far = np.hypot(offset[..., 0], offset[..., 1])
    np.fill_diagonal(far, min(width, height))
    return float(far.min())


def packed(sheet: Sheet, p: Parameters, kinds: Sequence[tuple[float, float]], gap: float) -> Points:
    """Return discs (k, 3) of x, y and radius in mm that lie apart, large ones first.

    Args:
        kinds: the radius in scales, and how many there are in a square of the scale; fewer where
            there is no room for all.
        gap: least distance of two discs, mm.
    """
    block = block_of(sheet.width, sheet.height, p.scale_mm, 60)
    own = packed_block(block, p.random("places"), kinds, gap)
    at = block.everywhere(own[:, :2])
    return np.column_stack([at, np.tile(own[:, 2], len(block.offsets))])


def packed_block(
    block: Block, random: np.random.Generator, kinds: Sequence[tuple[float, float]], gap: float
) -> Points:
    """Return the discs of one block, as `packed`; the scale is the block's pitch."""
    room = Room(block.width, block.height)
    rows, columns = room.distance.shape
    step_x, step_y = block.width / columns, block.height / rows
    discs: list[tuple[float, float, float]] = []
    largest = (min(block.width, block.height) - gap) / 2
    for radius, number in kinds:
        size = min(radius * block.pitch, largest)
        for _ in range(max(1, round(number * block.count))):
            free = np.flatnonzero(room.distance.ravel() >= size + gap)
            if not len(free):
                break
            row, column = divmod(int(free[random.integers(len(free))]), columns)
            discs.append(((column + 0.5) * step_x, (row + 0.5) * step_y, size))
            room.take([discs[-1]])
    return np.array(discs)


def spread(
    sheet: Sheet,
    p: Parameters,
    at: Points,
    choice: str = "accents",
    sizes: NDArray[np.float64] | None = None,
) -> NDArray[np.intp]:
    """Return an accent for each place by the shares, so that equal ones are rarely neighbours.

    Args:
        sizes: of what is at each place (k,); None: equal. The shares are those of the areas.
    """
    slots = p.accents(len(at), choice) if sizes is None else _by_area(p, sizes, choice)
    if p.slots < 3 or not 4 < len(at) <= _SPREAD_MOST:
        return slots
    period = np.array((sheet.width, sheet.height))
    offset = (at[:, None] - at + period / 2) % period - period / 2
    far = np.hypot(offset[..., 0], offset[..., 1])
    np.fill_diagonal(far, np.inf)
    near = np.argsort(far, axis=1)[:, :4].tolist()
    own: list[int] = slots.tolist()
    kinds = [0.0] * len(own) if sizes is None else sizes.tolist()
    pairs = p.random(f"{choice} apart").integers(0, len(own), (min(4000, 8 * len(own)), 2))
    for a, b in pairs.tolist():
        first, second = own[a], own[b]
        if first == second or kinds[a] != kinds[b]:
            continue
        before = sum(own[n] == first for n in near[a]) + sum(own[n] == second for n in near[b])
        after = sum(own[n] == second for n in near[a]) + sum(own[n] == first for n in near[b])
        if after <= before:
            own[a], own[b] = second, first
    return np.array(own, np.intp)


def _by_area(p: Parameters, sizes: NDArray[np.float64], choice: str) -> NDArray[np.intp]:
    """Return an accent for each place, the large ones first, so that areas follow the shares."""
    slots = np.zeros(len(sizes), np.intp)
    if p.slots == 1:
        return slots
    order = p.random(choice).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    wanted = np.array(p.shares) * float((sizes**2).sum())
    for index in order.tolist():
        slot = int(np.argmax(wanted))
        wanted[slot] -= sizes[index] ** 2
        slots[index] = 1 + slot
    return slots


def fill_each(
    sheet: Sheet,
    slots: NDArray[np.intp] | int,
    path: Path,
    at: Points,
    turns: ArrayLike = 0.0,
    sizes: ArrayLike = 1.0,
) -> None:
    """Fill copies of a path, each in its own slot (k,), or all in one; there may be none."""
    slots = np.broadcast_to(slots, len(at))
    turn, size = (np.broadcast_to(np.asarray(v, float), len(at)) for v in (turns, sizes))
    for slot in np.unique(slots):
        own = slots == slot
        sheet.fill(int(slot), path, at[own], turn[own], size[own])


def in_turn(p: Parameters, first: int, index: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the accents from `first` on in turn by an index; the last where there are fewer."""
    last = p.slots - 1
    slots: NDArray[np.intp] = min(first, last) + index % max(1, last - first + 1)
    return slots
