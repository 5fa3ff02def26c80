"""Solves layouts: which motif goes where, how large and turned which way."""

from __future__ import annotations

from collections.abc import Sequence

from worker.drawing.layout.arrangements import ORDERED, arranged
from worker.drawing.layout.bodies import Body
from worker.drawing.layout.clearing import Clearing
from worker.drawing.layout.flow import Flow
from worker.drawing.layout.placing import Placer
from worker.drawing.layout.plan import Plan, bodies_of, plan_of
from worker.drawing.layout.raster import Raster
from worker.drawing.layout.relaxing import Relaxation
from worker.drawing.layout.request import Item, Placement, Request
from worker.drawing.layout.torus import Torus

__all__ = ["solve"]

_ROOM = 0.8
"""Room that is left around the first fillers, of the usual gap."""
_PASSES = ((14, 0.65, 0.4), (10, 0.65, 0.25), (5, 0.0, 0.0))
"""Steps of relaxation; then the room around further fillers, of the gap as it is by then, and the
smallest of them, of a filler's size."""
_MORE = 40
_SWEEPS, _SWEEP_STEPS, _LAST_STEPS = 3, 14, 10
_LOOSE = 0.12
"""By how much sizes may be changed where there are no fillers."""
_SMALLER = 0.93
_TRIES = 5
"""How often a large motif is tried, each time smaller."""
_FINEST = 128
"""Pixels of the cell's smaller side at the most."""


def solve(request: Request, fixed: Sequence[Placement] = ()) -> list[Placement]:
    """Return new motifs' places, the large ones first.

    The same request with a stream in the same state gives the same layout. Motifs keep the
    smallest gap to each other, to the copies of the repeat and, by half, to walls; those for which
    there is no room are left out.

    Args:
        fixed: motifs that are there already: they stay as they are, and count among those of their
            role. They are not returned.

    Raises:
        ValueError: a fixed motif is none of the items.
    """
    width, height = request.cell_mm
    torus = Torus(width=width, height=height, repeat=request.repeat)
    plan = plan_of(request)
    kept = [_fixed_body(request.items, placement) for placement in fixed]
    if request.layout in ORDERED:
        bodies = kept + arranged(request, plan)
    else:
        bodies = _scattered(request, torus, plan, kept)
    cleared = Clearing(torus, bodies, request.gap_mm).run()
    return [body.placement() for body in cleared if not body.fixed]


def _fixed_body(items: Sequence[Item], placement: Placement) -> Body:
    same = [item for item in items if item.key == placement.key]
    if not same:
        raise ValueError(f"The fixed motif {placement.key} is none of the items.")
    return Body(
        item=next((item for item in same if item.role == placement.role), same[0]),
        view=placement.view,
        flip=placement.flip,
        nominal=placement.size_mm,
        size=placement.size_mm,
        heading=placement.turn,
        turn=placement.turn,
        x=placement.x_mm,
        y=placement.y_mm,
        fixed=True,
    )


def _scattered(request: Request, torus: Torus, plan: Plan, kept: Sequence[Body]) -> list[Body]:
    """Return bodies that fill the cell evenly, those that are kept among them."""
    flow = None
    if request.flow:
        all_round = request.layout in ("tossed", "ditsy", "spaced")
        flow = Flow(torus, request.random, all_round=all_round)
    coarse = min(plan.gap_mm / 2.5, plan.sizes["hero"] / 20)
    pixel_mm = max(min(torus.width, torus.height) / _FINEST, coarse)
    placer = Placer(Raster(torus, pixel_mm), request.random, flow, plan.gap_mm * 4)
    bodies = list(kept)
    for body in kept:
        placer.add(body)
    for role in ("hero", "secondary"):
        missing = plan.counts[role] - sum(body.item.role == role for body in kept)
        new = bodies_of(request, role, max(missing, 0), plan.sizes[role])
        bodies += [body for body in new if _place(placer, body)]
    if plan.counts["filler"]:
        missing = plan.counts["filler"] - sum(body.item.role == "filler" for body in kept)
        room = request.gap_mm / 2
        if "filler" not in request.counts:
            missing = min(2 * plan.counts["filler"] + 8, plan.most - len(bodies))
            room = _ROOM * plan.gap_mm
        fillers = bodies_of(request, "filler", max(missing, 0), plan.sizes["filler"])
        bodies += placer.fill_holes(fillers, room)
    if plan.counts["filler"]:
        return _with_fillers(request, torus, plan, placer, bodies)
    if bodies:
        _without_fillers(torus, plan, placer, bodies)
    return bodies


def _place(placer: Placer, body: Body) -> bool:
    for _ in range(_TRIES):
        if placer.place(body):
            return True
        body.size *= _SMALLER
        body.nominal *= _SMALLER
    return False


def _with_fillers(
    request: Request, torus: Torus, plan: Plan, placer: Placer, bodies: list[Body]
) -> list[Body]:
    """Even the gaps out, and fill holes that open, by turns."""
    for steps, room, smallest in _PASSES:
        relaxation = Relaxation(torus, bodies, plan.gap_mm, placer.flow)
        relaxation.run(steps)
        relaxation.store()
        if room and "filler" not in request.counts and len(bodies) < plan.most:
            many = min(_MORE, plan.most - len(bodies))
            more = bodies_of(request, "filler", many, plan.sizes["filler"])
            bodies = bodies + placer.refill(bodies, more, room * relaxation.mean_mm, smallest)
    return bodies


def _without_fillers(torus: Torus, plan: Plan, placer: Placer, bodies: list[Body]) -> None:
    """Even the gaps out; place the most crowded motifs anew, and keep the most even layout."""
    found: list[tuple[float, Sequence[tuple[float, ...]]]] = []
    for sweep in range(_SWEEPS + 1):
        relaxation = Relaxation(torus, bodies, plan.gap_mm, placer.flow, _LOOSE)
        relaxation.run(_SWEEP_STEPS)
        relaxation.store()
        state = [(b.x, b.y, b.turn, b.heading, b.size) for b in bodies]
        found.append((relaxation.step(), state))
        if sweep < _SWEEPS:
            crowded = relaxation.gaps.argsort()[: max(1, len(bodies) // 3)]
            for body in [bodies[index] for index in crowded.tolist()]:
                if not body.fixed:
                    placer.replace(body, [other for other in bodies if other is not body])
    for body, values in zip(bodies, min(found)[1], strict=True):
        body.x, body.y, body.turn, body.heading, body.size = values
    relaxation = Relaxation(torus, bodies, plan.gap_mm, placer.flow, _LOOSE)
    relaxation.run(_LAST_STEPS)
    relaxation.store()
