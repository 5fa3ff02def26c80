"""Large shapes that overlap, with another colour where two of them meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from worker.drawing.families.botanical.room import Block, block_of
from worker.drawing.families.family import Parameters
from worker.drawing.path import Path, Points, arc, circle, polygon, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["draw_overlaps"]

_CORNERS = 120
"""Corners of a disc that is clipped."""
_MOST = 160
"""Greatest number of units of a block."""
_SPREAD = 0.05
"""By how much an overlap reaches into the lower shape, mm: nothing shows at its edge."""
_SLIVER = 0.12
"""Side of the smallest overlap that is drawn, as a square, in scales."""


def _outline(kind: str, radius: float) -> Points:
    """Return a convex outline, (n, 2), clockwise on the screen; its centroid is near (0, 0)."""
    if kind == "disc":
        angles = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
        return np.stack([np.cos(angles), np.sin(angles)], -1) * radius
    if kind == "half":
        angles = np.linspace(0, np.pi, _CORNERS // 2)
        return np.stack([np.cos(angles), np.sin(angles) - 0.42], -1) * radius * 1.22
    if kind == "quarter":
        angles = np.linspace(0, np.pi / 2, _CORNERS // 3)
        arc_ = np.concatenate([[(0.0, 0.0)], np.stack([np.cos(angles), np.sin(angles)], -1)])
        return (arc_ - 0.42) * radius * 1.6
    if kind == "triangle":
        return np.array([(-0.8, -0.8), (1.2, -0.8), (-0.8, 1.2)]) * radius
    return rectangle(-1.75, -0.24, 3.5, 0.48).points * radius


def _common(first: Points, second: Points) -> Points:
    """Return the intersection of two convex polygons, clockwise on the screen; may be empty."""
    found = np.concatenate(
        [first[_inside(first, second)], second[_inside(second, first)], _crossings(first, second)]
    )
    if len(found) < 3:
        return found[:0]
    away = found - found.mean(0)
    return found[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]


def _cross(first: Points, second: Points) -> np.ndarray:
    product: np.ndarray = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def _inside(points: Points, polygon_: Points) -> np.ndarray:
    """Return which points are inside of a convex polygon, clockwise on the screen."""
    edges = np.roll(polygon_, -1, 0) - polygon_
    inside: np.ndarray = np.all(_cross(edges, points[:, None] - polygon_) >= 0, axis=1)
    return inside


def _crossings(first: Points, second: Points) -> Points:
    """Return the points where the edges of two polygons meet."""
    start, other = first[:, None], second[None]
    step, other_step = np.roll(first, -1, 0)[:, None] - start, np.roll(second, -1, 0)[None] - other
    scale = _cross(step, other_step)
    scale = np.where(np.abs(scale) < 1e-12, np.inf, scale)
    share = _cross(other - start, other_step) / scale
    other_share = _cross(other - start, step) / scale
    meet = (share > 0) & (share < 1) & (other_share > 0) & (other_share < 1)
    return (start + share[..., None] * step)[meet]


def _area(polygon_: Points) -> float:
    return float(_cross(polygon_, np.roll(polygon_, -1, 0)).sum() / 2)


def _sites(p: Parameters, size: tuple[float, float], count: int, choice: str) -> Points:
    """Return points far from each other on the torus (best of random candidates)."""
    random, box = p.random(choice), np.array(size)
    sites = random.uniform(0, 1, (1, 2)) * box
    while len(sites) < count:
        candidates = random.uniform(0, 1, (24, 2)) * box
        best = np.argmax(_nearest(candidates, sites, box))
        sites = np.concatenate([sites, candidates[best : best + 1]])
    return sites


def _nearest(points: Points, sites: Points, box: Points) -> np.ndarray:
    """Return the distance of each point to the nearest of the sites on the torus."""
    away = np.abs(points[:, None] - sites) % box
    distances: np.ndarray = np.hypot(*np.moveaxis(np.minimum(away, box - away), -1, 0)).min(1)
    return distances


_KINDS = ("disc", "half", "bar", "disc", "quarter", "half", "disc", "triangle", "bar", "quarter")
"""Shapes in turn."""


def draw_overlaps(sheet: Sheet, p: Parameters) -> None:
    """Draw large shapes in balance, overlaps in another colour, and small marks between."""
    unit = p.scale_mm
    block = block_of(sheet.width, sheet.height, unit, _MOST)
    box = np.array((block.width, block.height))
    count = max(4, round(float(box.prod()) / unit**2 * p.packing(0.22, 0.31, 0.42)))
    at = _sites(p, (block.width, block.height), count, "sites")
    random = p.random("shapes")
    slots = p.accents(count)
    drawn: list[tuple[Points, int]] = []
    for index, place in enumerate(at):
        kind = _KINDS[index % len(_KINDS)]
        radius = min(unit * float(random.uniform(0.72, 1.1)), 0.42 * float(box.min()))
        turn = float(random.integers(8)) * np.pi / 4
        if kind == "bar":
            turn = (np.pi / 4, -np.pi / 4, 0.0, np.pi / 2)[int(random.integers(4))]
        cosine, sine = np.cos(turn), np.sin(turn)
        outline = _outline(kind, radius) @ np.array([(cosine, sine), (-sine, cosine)]) + place
        for slot, shape in _painted(block, p, outline, int(slots[index]), drawn):
            sheet.fill(slot, shape, block.offsets)
        drawn.append((outline, int(slots[index])))
    _marks(sheet, p, block, np.concatenate([_spread_points(outline) for outline, _ in drawn]))


def _painted(
    block: Block, p: Parameters, outline: Points, slot: int, below: list[tuple[Points, int]]
) -> Iterator[tuple[int, Path]]:
    """Yield the slot and path of a shape, then of what of it lies over the earlier ones."""
    yield slot, polygon(outline)
    middle = outline.mean(0)
    away = outline - middle
    spread = outline + _SPREAD * away / np.hypot(*away.T)[:, None]
    for index, step in _meeting(block, outline, [other for other, _ in below]):
        other, other_slot = below[index]
        common = _common(other + step, spread)
        if _area(common) > (_SLIVER * p.scale_mm) ** 2:
            yield _third(p, slot, other_slot), polygon(common)


def _meeting(
    block: Block, outline: Points, others: Sequence[Points]
) -> Iterator[tuple[int, Points]]:
    """Yield the index and the translation of each copy whose box meets that of an outline."""
    if not others:
        return
    sides = [(x * block.width, y * block.height) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    steps = np.array(sides)
    low = np.array([other.min(0) for other in others])[:, None] + steps
    high = np.array([other.max(0) for other in others])[:, None] + steps
    meets = ((high >= outline.min(0)) & (low <= outline.max(0))).all(-1)
    for index, number in np.argwhere(meets):
        yield int(index), steps[number]


def _third(p: Parameters, first: int, second: int) -> int:
    """Return the colour of an overlap: an accent other than both, or the ground."""
    free = [slot for slot in range(p.slots - 1, 0, -1) if slot not in (first, second)]
    return free[0] if free and first != second else 0


def _spread_points(outline: Points) -> Points:
    """Return points all over a shape."""
    corners = np.concatenate([outline, outline[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    places = np.linspace(0, along[-1], 32, endpoint=False)
    edge = np.stack([np.interp(places, along, corners[:, axis]) for axis in (0, 1)], -1)
    middle = edge.mean(0)
    return np.concatenate([middle + (edge - middle) * share for share in (1.0, 0.5)])


def _marks(sheet: Sheet, p: Parameters, block: Block, taken: Points) -> None:
    """Draw arcs, bars of lines and dots where there is room."""
    unit, width = p.scale_mm, p.scale_mm * p.weight(0.04, 0.07, 0.12)
    box, random = np.array((block.width, block.height)), p.random("marks")
    count = max(3, round(float(box.prod()) / unit**2 * p.packing(0.16, 0.24, 0.3)))
    kinds: list[Path] = [
        arc(0, 0, 0.34 * unit, 0, 1.5 * np.pi),
        arc(0, 0, 0.5 * unit, np.pi, 2 * np.pi) + arc(0, 0, 0.3 * unit, np.pi, 2 * np.pi),
        _strokes(unit),
    ]
    candidates = random.uniform(0, 1, (160, 2)) * box
    room = _nearest(candidates, taken, box)
    for index in range(count):
        if room.max() < 0.52 * unit:
            break
        place = candidates[np.argmax(room)]
        own = place + _outline("disc", 0.5 * unit)[::12]
        room = np.minimum(room, _nearest(candidates, own, box))
        slot = p.accent(index)
        turn = float(random.integers(8)) * np.pi / 4
        if index % 4 == 3:
            sheet.fill(slot, circle(0, 0, 0.16 * unit), block.everywhere(place))
        else:
            sheet.stroke(slot, kinds[index % 4], width, block.everywhere(place), turn,
                         round_ends=False)  # fmt: skip


def _strokes(unit: float) -> Path:
    """Return four parallel lines."""
    points = [(x * unit, y * unit) for y in (-0.27, -0.09, 0.09, 0.27) for x in (-0.36, 0.36)]
    return Path("ML" * 4, np.array(points))
