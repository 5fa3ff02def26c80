"""Terrazzo: angular chips of stone that do not overlap."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.botanical.room import block_of
from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.organic.voronoi import clipped
from worker.drawing.families.scattered.places import packed_block, spread
from worker.drawing.path import Points, polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES", "chips_of"]

_MOST = 50
"""Greatest number of units of a block."""
_POWER = 0.8
"""How much larger discs gain of the room between: 0: nothing, 1: the lines of equal power."""


def _terrazzo(sheet: Sheet, p: Parameters) -> None:
    """Draw chips of several sizes, large slabs with chips in their joints, or small flecks."""
    sheet.ground()
    if p.form == "palladiana":
        kinds = [(0.52, 0.45), (0.34, 0.6), (0.2, 0.6)]
        cut, joint = p.packing(1.1, 1.25, 1.4), p.packing(0.16, 0.1, 0.05)
    elif p.form == "flecks":
        kinds = [(0.28, 0.5), (0.2, p.packing(0.8, 1.4, 1.8)), (0.13, p.packing(1, 2, 3)),
                 (0.07, p.packing(1.5, 3, 5))]  # fmt: skip
        cut, joint = p.packing(0.74, 0.88, 1.04), 0.06
    else:
        kinds = [(0.56, 0.2), (0.4, 0.45), (0.26, 0.7), (0.15, p.packing(0.8, 1.6, 2.2)),
                 (0.08, p.packing(0.5, 1.5, 3))]  # fmt: skip
        cut, joint = p.packing(0.66, 0.86, 1.02), p.packing(0.14, 0.08, 0.05)
    block = block_of(sheet.width, sheet.height, p.scale_mm, _MOST)
    joint *= block.pitch
    discs = packed_block(block, p.random("places"), kinds, joint / 2)
    size = np.array((block.width, block.height))
    chips = chips_of(discs, size, p.random("chips"), cut, joint)
    sizes = np.tile(discs[:, 2], len(block.offsets))
    slots = spread(sheet, p, block.everywhere(discs[:, :2]), sizes=sizes)
    slots = slots.reshape(len(block.offsets), -1)
    for slot in np.unique(slots):
        cells = [
            polygon(chips[chip] + block.offsets[copy]) for copy, chip in np.argwhere(slots == slot)
        ]
        sheet.tessellate(cells, [int(slot)] * len(cells))


def chips_of(
    discs: Points, period: Points, random: np.random.Generator, cut: float, joint: float
) -> list[Points]:
    """Return a convex chip (n, 2) about the place of each disc on a torus, not wrapped.

    Each is cut by some lines around its disc, then by the lines of equal power between its disc
    and those around, so that no two overlap.

    Args:
        discs: (k, 3) of x, y and radius, which lie apart.
        period: width and height of the torus, (2,).
        cut: mean distance of the cuts in radii.
        joint: least distance of two chips, mm.
    """
    steps = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]) * period
    every = (discs[:, None, :2] + steps).reshape(-1, 2)
    radii = np.repeat(discs[:, 2], len(steps))
    found: list[Points] = []
    for x, y, radius in discs:
        place = np.array((x, y))
        chip = _rough(random, radius * cut) + place
        away = every - place
        far = np.hypot(away[:, 0], away[:, 1])
        near = np.flatnonzero((far > 1e-9) & (far < radii + radius * 4))
        for other in near[np.argsort(far[near])]:
            normal = away[other] / far[other]
            line = (
                far[other] + _POWER * (radius**2 - radii[other] ** 2) / far[other]
            ) / 2 - joint / 2
            if ((chip - place) @ normal).max() > line:
                chip = clipped(chip, place + normal * line, normal)
        found.append(chip)
    return found


def _rough(random: np.random.Generator, size: float) -> Points:
    """Return an irregular convex polygon of four to six sides around the origin."""
    sides = int(random.integers(4, 7))
    angles = (np.arange(sides) + random.uniform(-0.32, 0.32, sides)) * 2 * np.pi / sides
    angles += random.uniform(0, 2 * np.pi)
    chip = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size * 1.7
    for angle, distance in zip(angles, random.uniform(0.66, 1.32, sides), strict=True):
        normal = np.array((np.cos(angle), np.sin(angle)))
        chip = clipped(chip, normal * size * distance, normal)
    return chip


FAMILIES = (Family(name="terrazzo", draw=_terrazzo, repeats=(9, 6, 4)),)
