"""Benchmark of motif layouts: seconds, evenness of the gaps, overlaps.

Run: python -m benchmarks.layout [--designs 60]
"""

from __future__ import annotations

import statistics
import time
from functools import cache
from random import Random
from typing import Any

import numpy as np

from benchmarks.report import Row, command
from shared.motifs.catalog import own_motifs
from worker.drawing.layout import Item, Placement, Request, outline_of, solve
from worker.drawing.layout.bodies import Body
from worker.drawing.layout.outlines import Outline
from worker.drawing.layout.request import MotifRole
from worker.drawing.layout.torus import Torus
from worker.drawing.motifs.catalog import motif_shapes, own_drawings
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import circle
from worker.evaluation.layout_metrics import Evenness, measure_evenness

__all__ = ["measure"]

SMALL = {"designs": 8}
_CELL_MM = (80.0, 80.0)


@cache
def _outlines(name: str) -> tuple[Outline, ...]:
    if name == "dot":
        return (outline_of([MotifShape(slot=0, path=circle(0, 0, 0.5))]),)
    return tuple(outline_of(motif_shapes(name, view)) for view in range(own_motifs()[name].views))


def _item(name: str, role: MotifRole, weight: float = 1.0) -> Item:
    turns = name == "dot" or own_motifs()[name].turns
    return Item(key=name, outlines=_outlines(name), role=role, may_turn=turns, weight=weight)


def _request(seed: int, density: float | None = None) -> Request:
    """Return a scattered layout of one to four motifs, with fillers in seven of ten."""
    random = Random(seed)
    names = random.sample(sorted(own_drawings()), min(random.randint(1, 4), len(own_drawings())))
    items = [_item(names[0], "hero")]
    items += [_item(name, random.choice(("hero", "secondary"))) for name in names[1:]]
    if random.random() < 0.7:
        items += [_item(random.choice(names), "filler"), _item("dot", "filler", 0.5)]
    return Request(
        items=tuple(items),
        cell_mm=_CELL_MM,
        random=Random(f"{seed}/layout"),
        density=random.random() if density is None else density,
        hero_mm=random.uniform(16, 28),
        gap_mm=0.6,
        layout=random.choice(("tossed", "tossed", "two-way", "one-way", "spaced")),
        repeat=random.choice(("straight", "half-drop", "half-brick")),
        flow=random.random() < 0.4,
    )


def _busy_request(seed: int) -> Request:
    """Return a layout of three heroes, eight secondary motifs and eighty fillers."""
    names = Random(seed).sample(sorted(own_drawings()) * 4, 8)
    roles: list[MotifRole] = ["hero"] * 3 + ["secondary"] * 4 + ["filler"]
    items = [_item(name, role) for name, role in zip(names, roles, strict=True)]
    return Request(
        items=(*items, _item("dot", "filler")),
        cell_mm=_CELL_MM,
        random=Random(f"{seed}/layout"),
        density=0.8,
        hero_mm=24.0,
        gap_mm=0.6,
        counts={"hero": 3, "secondary": 8, "filler": 80},
    )


def _evenness(request: Request, placed: list[Placement]) -> Evenness:
    items = {(item.key, item.role): item for item in request.items}
    shapes = []
    for each in placed:
        body = Body(item=items[each.key, each.role], view=each.view, flip=each.flip,
                    nominal=each.size_mm, size=each.size_mm, turn=each.turn,
                    x=each.x_mm, y=each.y_mm)  # fmt: skip
        shapes.append(body.polygons())
    width, height = request.cell_mm
    return measure_evenness(Torus(width=width, height=height, repeat=request.repeat), shapes)


def _seconds(request: Request) -> tuple[float, list[Placement]]:
    began = time.process_time()
    placed = solve(request)
    return time.process_time() - began, placed


def measure(designs: int = 60) -> list[Row]:
    """Solve layouts of random designs, and return medians and extremes."""
    found: list[Evenness] = []
    for seed in range(designs):
        request = _request(seed)
        found.append(_evenness(request, solve(request)))
    solve(_busy_request(0))
    busy = [_seconds(_busy_request(seed)) for seed in range(10)]
    variation = [each.variation for each in found]
    hole = [each.hole for each in found]
    rows: list[dict[str, Any]] = [
        {"name": "processor time of a layout of 3 heroes, 8 secondary motifs, 80 fillers",
         "value": statistics.median(taken for taken, _ in busy), "unit": "s", "goal": 0.1},
        {"name": "its motifs, smallest", "value": min(len(placed) for _, placed in busy),
         "unit": "motifs"},
        {"name": "variation of the gap, median", "value": statistics.median(variation),
         "unit": "share", "goal": 0.28},
        {"name": "variation of the gap, nine of ten", "value": float(np.quantile(variation, 0.9)),
         "unit": "share", "goal": 0.28},
        {"name": "largest hole over the gap, median", "value": statistics.median(hole),
         "unit": "times", "goal": 1.8},
        {"name": "largest hole over the gap, nine of ten", "value": float(np.quantile(hole, 0.9)),
         "unit": "times", "goal": 1.8},
        {"name": "overlap, greatest", "value": max(each.overlap for each in found),
         "unit": "share", "goal": 0.0},
        {"name": "motifs that are cut", "value": float(sum(each.cut for each in found)),
         "unit": "motifs", "goal": 0.0},
    ]  # fmt: skip
    return [Row(**row | {"name": f"layout: {row['name']}", "better": "lower"}) for row in rows]


if __name__ == "__main__":
    command("layout", measure)
