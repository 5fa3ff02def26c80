"""Solves layouts."""

from __future__ import annotations

from collections.abc import Sequence

from worker.drawing.layout.bodies import Body
from worker.drawing.layout.clearing import Clearing
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.placing import Placer
from worker.drawing.layout.plan import bodies_of, plan_of
from worker.drawing.layout.raster import Raster
from worker.drawing.layout.relaxing import Relaxation
from worker.drawing.layout.request import Placement, Request
from worker.drawing.layout.torus import Torus

STEPS = 24
PASSES = ((14, 0.65, 0.4), (10, 0.65, 0.25), (5, 0, 0))
FILL = 0.8
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
            for _ in range(4):
                if placer.place(body):
                    bodies.append(body)
                    break
                body.size *= 0.93
                body.nominal *= 0.93
    many = plan.counts["filler"] if "filler" in request.counts else 2 * plan.counts["filler"] + 8
    if plan.counts["filler"]:
        fillers = bodies_of(request, "filler", many, plan.sizes["filler"])
        bodies += placer.fill_holes(fillers, FILL * plan.gap_mm)
    passes = PASSES if plan.counts["filler"] and "filler" not in request.counts else ((STEPS, 0, 1),)
    for steps, again, smallest in passes:
        relaxation = Relaxation(torus, bodies, plan.gap_mm, 0.8 * plan.gap_mm)
        relaxation.run(steps)
        relaxation.store()
        if again:
            more = bodies_of(request, "filler", 40, plan.sizes["filler"])
            bodies += placer.refill(bodies, more, again * relaxation.mean, smallest)
    bodies = Clearing(torus, bodies, request.gap_mm).run()
    return [body.placement() for body in bodies]
