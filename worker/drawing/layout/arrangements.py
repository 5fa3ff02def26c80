"""Ordered layouts: rows, borders, medallions and single motifs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.drawing.layout.bodies import Body, turned
from worker.drawing.layout.plan import Plan, bodies_of
from worker.drawing.layout.request import MotifRole, Request

__all__ = ["ORDERED", "arranged"]

ORDERED = ("rows", "border", "medallion", "single")
"""Layouts that are not scattered."""

_MOST_ROWS = 40
_ROUNDING_MM = 0.05


def arranged(request: Request, plan: Plan) -> list[Body]:
    """Return the bodies of an ordered layout in their places.

    Raises:
        KeyError: the layout is not an ordered one.
    """
    makers = {"rows": _rows, "border": _border, "medallion": _medallion, "single": _single}
    return makers[request.layout](request, plan)


def _present(request: Request) -> list[MotifRole]:
    roles: list[MotifRole] = ["hero", "secondary", "filler"]
    return [role for role in roles if any(item.role == role for item in request.items)]


def _extent(body: Body) -> tuple[float, float, float, float]:
    """Return the left, upper, right and lower bound of a body about its place, millimetres."""
    corners = np.concatenate(body.polygons()) - (body.x, body.y)
    (left, top), (right, low) = corners.min(0).tolist(), corners.max(0).tolist()
    return left, top, right, low


def _rows(request: Request, plan: Plan) -> list[Body]:
    """Return rows of heroes and rows of the other roles by turns, over the whole cell."""
    height = request.cell_mm[1]
    kinds = _present(request)
    if kinds == ["hero", "secondary", "filler"]:
        kinds = ["hero", "filler", "secondary", "filler"]
    tall = {role: plan.sizes[role] + plan.gap_mm for role in kinds}
    repeats = max(1, round(height / sum(tall[role] for role in kinds)))
    if request.repeat == "half-drop" or len(kinds) == 1:
        repeats = max(2, 2 * round(repeats / 2))
    repeats = min(repeats, _MOST_ROWS)
    share = min(1.0, height / repeats / sum(tall[role] for role in kinds))
    rows = [role for _ in range(repeats) for role in kinds]
    lines = [
        _row(request, plan, role, plan.sizes[role] * share, _shift(request, index, kinds))
        for index, role in enumerate(rows)
    ]
    tops = [min(_extent(body)[1] for body in line) for line in lines]
    lows = [max(_extent(body)[3] for body in line) for line in lines]
    space = (height - (sum(lows) - sum(tops))) / len(rows)
    y = space / 2
    for line, top, low in zip(lines, tops, lows, strict=True):
        for body in line:
            body.y = y - top
        y += low - top + space
    if request.repeat == "half-drop":
        # A row goes on in the next cell as that half a cell above it, at the same height.
        half = len(lines) // 2
        for upper, lower in zip(lines[:half], lines[half:], strict=True):
            for body in lower:
                body.y = upper[0].y + height / 2
    return [body for line in lines for body in line]


def _shift(request: Request, index: int, kinds: Sequence[MotifRole]) -> float:
    """Return by how much of its spacing a row is shifted against the first one of its kind."""
    turn = index // len(kinds)
    if len(kinds) > 1 and request.repeat == "half-drop":
        return 0.0
    return 0.5 * (turn % 2)


def _row(request: Request, plan: Plan, role: MotifRole, size: float, shift: float) -> list[Body]:
    """Return a row of motifs with equal gaps between them along the cell, their places at y 0."""
    width = request.cell_mm[0]
    count = max(1, int(width / (0.8 * size + plan.gap_mm)))
    while True:
        line = bodies_of(request, role, count, size)
        for body in line:
            body.size = body.nominal = size * body.nominal / max(b.nominal for b in line)
            body.turn = body.heading if request.layout == "two-way" else 0.0
        extents = [_extent(body) for body in line]
        taken = sum(right - left for left, _, right, _ in extents)
        space = (width - taken) / count
        if space >= max(request.gap_mm, 0.5 * plan.gap_mm) or count == 1:
            break
        count -= 1
    x = space / 2 + shift * width / count
    for body, (left, _, right, _) in zip(line, extents, strict=True):
        body.x = x - left
        x += right - left + space
    return line


def _border(request: Request, plan: Plan) -> list[Body]:
    """Return a band: heroes in its middle, rows of the other roles above and below."""
    width, height = request.cell_mm
    roles = _present(request)
    middle = height / 2
    bodies = _row(request, plan, roles[0], min(plan.sizes[roles[0]], 0.9 * height), 0.0)
    boxes = [_extent(body) for body in bodies]
    for body, box in zip(bodies, boxes, strict=True):
        body.y = middle - (box[1] + box[3]) / 2
    edge = max(box[3] - box[1] for box in boxes) / 2
    for role in roles[1:]:
        for side in (-1, 1):
            line = _row(request, plan, role, plan.sizes[role], 0.5)
            boxes = [_extent(body) for body in line]
            tall = max(box[3] - box[1] for box in boxes)
            centre_y = edge + plan.gap_mm + tall / 2
            if centre_y + tall / 2 + request.gap_mm / 2 > height / 2:
                break
            for body, box in zip(line, boxes, strict=True):
                body.y = middle + side * centre_y - (box[1] + box[3]) / 2
            bodies += line
        else:
            edge += plan.gap_mm + tall
    for body in bodies:
        body.x %= width
    return bodies


def _medallion(request: Request, plan: Plan) -> list[Body]:
    """Return a hero with rings of the other roles around it, and one motif in the corner."""
    width, height = request.cell_mm
    centre = np.array((width / 2, height / 2))
    roles = _present(request)
    hero = bodies_of(request, roles[0], 1, min(plan.sizes[roles[0]], 0.5 * min(width, height)))[0]
    hero.turn = 0.0
    hero.x, hero.y = centre.tolist()
    bodies = [hero]
    corners = np.concatenate(hero.polygons()) - centre
    edge = float(np.hypot(corners[:, 0], corners[:, 1]).max())
    gap = max(request.gap_mm, 0.7 * plan.gap_mm)
    for role in (roles[1:] or roles) * 3:
        size = plan.sizes[role]
        radius = edge + gap + size / 2
        if radius + size / 2 + gap / 2 > min(width, height) / 2:
            break
        bodies += _ring(request, role, size, radius, gap)
        edge = radius + size / 2
    room = float(np.hypot(width, height)) / 2 - edge - gap
    if request.repeat == "straight" and room > gap:
        corner = bodies_of(request, roles[min(1, len(roles) - 1)], 1, 1.0)[0]
        corner.size = corner.nominal = min(plan.sizes["hero"], 1.2 * room)
        corner.turn = corner.x = corner.y = 0.0
        bodies.append(corner)
    return bodies


def _ring(request: Request, role: MotifRole, size: float, radius: float, gap: float) -> list[Body]:
    """Return one motif repeated around the middle of the cell, its top outwards if it may turn."""
    first = bodies_of(request, role, 1, size)[0]
    first.turn, first.size, first.nominal = 0.0, size, size
    left, _, right, _ = _extent(first)
    wide = right - left if first.item.may_turn else size
    count = max(3, int(2 * np.pi * (radius - 0.15 * size) / (wide + gap)))
    middle = np.array(request.cell_mm) / 2
    ring = []
    for angle in np.arange(count) * (360 / count):
        body = Body(item=first.item, view=first.view, flip=first.flip, nominal=size, size=size)
        if first.item.may_turn:
            body.turn = float(angle)
        else:
            body.flip = bool(angle > 180) and first.item.may_flip
        body.x, body.y = (middle + turned(np.array((0.0, -radius)), float(angle))).tolist()
        ring.append(body)
    return ring


def _single(request: Request, plan: Plan) -> list[Body]:
    """Return one hero in the middle of the cell."""
    width, height = request.cell_mm
    body = bodies_of(request, _present(request)[0], 1, 1.0)[0]
    body.turn = 0.0
    body.size = 1.0
    left, top, right, low = _extent(body)
    margin = request.gap_mm + _ROUNDING_MM
    room = min((width - margin) / (right - left), (height - margin) / (low - top))
    body.size = body.nominal = min(max(request.hero_mm, plan.sizes["hero"]), room)
    left, top, right, low = _extent(body)
    body.x, body.y = width / 2 - (left + right) / 2, height / 2 - (top + low) / 2
    return [body]
