"""Solves layouts."""

from __future__ import annotations

from collections.abc import Sequence

from worker.drawing.layout.bodies import Body
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.placing import Placer
from worker.drawing.layout.plan import bodies_of, plan_of
from worker.drawing.layout.raster import Raster
from worker.drawing.layout.relaxing import Relaxation
from worker.drawing.layout.request import Placement, Request
from worker.drawing.layout.torus import Torus

__all__ = ["solve"]


def solve(request: Request, fixed: Sequence[Placement] = ()) -> list[Placement]:
    """Return the places of motifs."""
    width, height = request.cell_mm
    torus = Torus(width=width, height=height, repeat=request.repeat)
    plan = plan_of(request)
    flow = None
    if request.flow:
        all_round = request.layout in ("tossed", "ditsy", "spaced")
        flow = Flow(torus, request.random, all_round=all_round)
    pixel = max(min(width, height) / 128, min(plan.gap_mm / 2.5, plan.sizes["hero"] / 20))
    placer = Placer(Raster(torus, pixel), request.random, flow, plan.gap_mm * 4)
    bodies: list[Body] = []
    for role in ("hero", "secondary"):
        for body in bodies_of(request, role, plan.counts[role], plan.sizes[role]):
            if placer.place(body):
                bodies.append(body)
    fillers = bodies_of(request, "filler", plan.counts["filler"], plan.sizes["filler"])
    bodies += placer.fill_holes(fillers)
    relaxation = Relaxation(torus, bodies, plan.gap_mm, 0.8 * plan.gap_mm)
    relaxation.run(24)
    relaxation.store()
    return [body.placement() for body in bodies]
