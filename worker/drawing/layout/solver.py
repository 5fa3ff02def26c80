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
    if plan.counts["filler"] and "filler" not in request.counts:
        for steps, again, smallest in PASSES:
            relaxation = Relaxation(torus, bodies, plan.gap_mm, 0.8 * plan.gap_mm)
            relaxation.run(steps)
            relaxation.store()
            if again:
                more = bodies_of(request, "filler", 40, plan.sizes["filler"])
                bodies += placer.refill(bodies, more, again * relaxation.mean, smallest)
    else:
        _shuffle(placer, torus, bodies, plan.gap_mm)
    bodies = Clearing(torus, bodies, request.gap_mm).run()
    return [body.placement() for body in bodies]


SWEEPS = 3
LOOSE = 0.12


def _shuffle(placer, torus, bodies, gap):
    best = None
    for sweep in range(SWEEPS + 1):
        relaxation = Relaxation(torus, bodies, gap, 0.8 * gap, LOOSE)
        relaxation.run(14)
        relaxation.store()
        score = relaxation.step()
        if best is None or score < best[0]:
            best = score, [(b.x, b.y, b.turn, b.size) for b in bodies]
        if sweep < SWEEPS:
            order = relaxation.gaps.argsort()
            for index in order[: max(1, len(bodies) // 3)].tolist():
                if not bodies[index].fixed:
                    placer.replace(bodies[index], [b for b in bodies if b is not bodies[index]])
    for body, state in zip(bodies, best[1], strict=True):
        body.x, body.y, body.turn, body.size = state
    relaxation = Relaxation(torus, bodies, gap, 0.8 * gap, LOOSE)
    relaxation.run(10)
    relaxation.store()
