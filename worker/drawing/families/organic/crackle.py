"""Cracked ice: panes between straight cracks."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.botanical import blossoms
from worker.drawing.families.botanical.motif import stamp
from worker.drawing.families.botanical.room import Block, block_of, scatter
from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.organic.voronoi import cells, clipped
from worker.drawing.path import Points, polygon, polyline
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _split(cell: Points, random: np.random.Generator) -> tuple[list[Points], Points | None]:
    """Return a pane cut in two across its longer side, and the crack (2, 2) between them."""
    middle = cell.mean(0)
    spread = cell - middle
    _, _, axes = np.linalg.svd(spread)
    angle = float(np.arctan2(axes[0, 1], axes[0, 0]) + random.uniform(-0.5, 0.5))
    normal = np.array((np.cos(angle), np.sin(angle)))
    point = middle + random.uniform(-0.15, 0.15) * np.ptp(spread @ normal) * normal
    one, other = clipped(cell, point, normal), clipped(cell, point, -normal)
    if len(one) < 3 or len(other) < 3:
        return [cell], None
    edge = one[np.abs((one - point) @ normal) < 1e-9]
    return [one, other], edge[[0, -1]] if len(edge) > 1 else None


def _cracked_ice(sheet: Sheet, p: Parameters) -> None:
    """Draw panes and cracks: bold ones between panes, finer ones across them."""
    sheet.ground()
    if p.slots == 1:
        return
    block = block_of(sheet.width, sheet.height, p.scale_mm, 90)
    random = p.random("panes")
    places = scatter(block.width, block.height, block.count, random, rounds=0)
    width = block.pitch * p.weight(0.025, 0.05, 0.09)
    panes: list[Points] = []
    outlines = cells(block.width, block.height, places)
    fine: list[Points] = []
    for cell in outlines:
        parts, crack = _split(cell, random) if random.random() < 0.62 else ([cell], None)
        panes += parts
        if crack is not None:
            fine.append(crack)
    if p.form == "panes":
        _panes(sheet, p, panes, width, block.offsets)
        return
    tints = p.slots - 2
    if tints:
        chosen = random.permutation(len(panes))
        chosen = chosen[
            : round(
                (0.2 if p.form == "plum-blossom" else 0.34 if p.slots < 5 else 0.44) * len(panes)
            )
        ]
        slots = np.resize(np.arange(2, p.slots), len(chosen))
        for pane, slot in zip(chosen, slots, strict=True):
            sheet.fill(int(slot), polygon(panes[pane]), block.offsets)
    for crack in fine:
        sheet.stroke(1, polyline(crack), 0.6 * width, block.offsets)
    for cell in outlines:
        sheet.stroke(1, polygon(cell), width, block.offsets)
    if p.form == "plum-blossom":
        _blossoms(sheet, p, block, 2.4 * width)


def _blossoms(sheet: Sheet, p: Parameters, block: Block, rim: float) -> None:
    """Strew plum blossoms over the ice, each with a rim of the ground, mm."""
    random = p.random("blossoms")
    places = scatter(block.width, block.height, max(1, round(block.count * 0.36)), random)
    flower = blossoms.posy(random)
    size = block.pitch * 0.42
    at = block.everywhere(places)
    turns = np.tile(random.uniform(0, 2 * np.pi, len(places)), len(block.offsets))
    sheet.stroke(0, flower.parts[0].path.scaled(size), rim, at, turns)
    middle = 1 if p.slots < 4 else 3
    roles = {"petal": min(2, p.slots - 1), "mark": 0, "centre": middle}
    stamp(sheet, flower, roles, at, turns, size)


def _panes(sheet: Sheet, p: Parameters, panes: list[Points], gap: float, offsets: Points) -> None:
    """Fill all panes, with the ground between them."""
    slots = p.accents(len(panes))
    for pane, slot in zip(panes, slots, strict=True):
        inner = _inset(pane, gap / 2)
        if len(inner) > 2:
            sheet.fill(int(slot), polygon(inner), offsets)


def _inset(pane: Points, by: float) -> Points:
    """Return a convex polygon with its edges moved inwards."""
    middle, inner = pane.mean(0), pane
    for here, there in zip(pane, np.roll(pane, -1, axis=0), strict=True):
        way = there - here
        length = float(np.hypot(*way))
        if length < 1e-9:
            continue
        normal = np.array((way[1], -way[0])) / length
        if (middle - here) @ normal > 0:
            normal = -normal
        inner = clipped(inner, here - normal * by, normal) if len(inner) else inner
    return inner


FAMILIES = (Family(name="cracked-ice", draw=_cracked_ice, repeats=(9, 6, 4)),)
