"""A waiting job's place in line and how long it may take, from what stages took lately."""

import math
import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text, tuple_
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.pipelines import PIPELINES, STAGES, work_of
from shared.queue.pauses import is_paused, paused_stages
from shared.queue.recovery.heartbeats import workers_ready

__all__ = ["MOST_COUNTED", "StageCost", "eta_s", "queue_document", "room_s", "stage_costs"]

MOST_COUNTED = 5_000
"""Places in line that are told apart; the next number stands for every place further back."""

_HISTORY = 50
"""Runs of a stage that its cost is taken from."""
_MOST_OWNERS = 100
_SAMPLED = 100
"""First jobs in line whose work stands for that of all."""

_MOST_ROOM_S = 60.0
_UNMEASURED_S = 30.0

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class StageCost:
    """What a unit of a stage's work took lately: the middle half of its runs, in seconds."""

    took: Range
    """From the claim to the end, others of the batch included."""
    share: Range
    """Of the computation, divided by the batch."""
    work: float
    """Of a usual job, see `shared.pipelines.work_of`."""


_COSTS = text("""
SELECT wanted.stage, lately.took_s, lately.share_s, job.options
FROM unnest(CAST(:stages AS text[])) AS wanted (stage)
CROSS JOIN LATERAL (
    SELECT job_id, extract(epoch FROM finished_at - started_at)::double precision AS took_s,
           coalesce(compute_s / batch,
                    extract(epoch FROM finished_at - started_at))::double precision AS share_s
    FROM stage_run
    WHERE stage = wanted.stage AND state = 'done' AND NOT reused
    ORDER BY finished_at DESC LIMIT :history
) AS lately
JOIN job ON job.id = lately.job_id
""")

_FIRST_IN_LINE = text("""
SELECT job.options FROM stage_run s JOIN job ON job.id = s.job_id
WHERE s.queue = :queue AND s.state = 'ready'
ORDER BY s.turn, s.id LIMIT :sampled
""")

# What besides its place a job's wait depends on: the highest turn that was begun, how many other
# owners wait or are served, and whether a worker has a batch to end. From one owner to the next
# by the index: not through all their jobs.
_LINE = text("""
WITH RECURSIVE next_owner AS (
    (SELECT owner FROM job WHERE state IN ('queued', 'running') ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT j.owner FROM job j
            WHERE j.state IN ('queued', 'running') AND j.owner > n.owner
            ORDER BY j.owner LIMIT 1)
    FROM next_owner n WHERE n.owner IS NOT NULL
)
SELECT (SELECT max(turn) FROM job WHERE pipeline = :pipeline AND started_at IS NOT NULL) AS begun,
       (SELECT count(*) FROM (
            SELECT owner FROM next_owner WHERE owner IS NOT NULL LIMIT :most) AS found
        WHERE owner <> :owner) AS others,
       EXISTS (SELECT FROM stage_run WHERE state = 'running' AND queue = :queue) AS busy
""")


def queue_document(session: Session, job: Job, runs: Sequence[StageRun]) -> dict[str, Any]:
    """Describe an active job's place in line as the API gives it."""
    if job.state not in ACTIVE:
        return {"position": None, "eta_s": None, "paused": False}
    ready = next((run for run in runs if run.state == "ready"), None)
    paused = ready is not None and is_paused(session, ready.stage)
    position = None if ready is None else _place(session, ready)
    far_back = position is not None and position > MOST_COUNTED
    eta = None if paused or far_back else eta_s(session, job, runs, position)
    return {"position": position, "eta_s": eta, "paused": paused}


def room_s(session: Session, places: int, owner: str | None = None) -> float:
    """Estimate after how many seconds so many designs will have ended, of one owner or of all.

    Between 1 and 60, and spread by a fifth so that those who were refused do not all come back at
    once. What the stages took lately decides, and the workers; an owner's designs end in turn with
    every other owner's. Without any history 30; while nothing ends, for a pause or for want of a
    worker, 60.
    """
    stages = [spec for spec in PIPELINES["design"].stages if not spec.needs_reference]
    workers = min(len(workers_ready(session, queue)) for queue in {s.queue for s in stages})
    if not workers or paused_stages(session) & {spec.name for spec in stages}:
        expected_s = _MOST_ROOM_S
    else:
        costs = stage_costs(session, [spec.name for spec in stages])
        each_s = sum(_shares(session, costs, stages[0].queue)) / 2 or _UNMEASURED_S / places
        others = 0 if owner is None else _line(session, owner, "design", stages[0].queue).others
        expected_s = places * each_s * (1 + others) / workers
    return max(1.0, min(_MOST_ROOM_S, expected_s * random.uniform(0.8, 1.2)))


def _place(session: Session, ready: StageRun) -> int:
    """Give the place of this stage run in the order that claims follow, over all stages.

    Counted along the index, and no further than to MOST_COUNTED.
    """
    before = (
        select(StageRun.id)
        .where(
            StageRun.queue == ready.queue,
            StageRun.state == "ready",
            tuple_(StageRun.turn, StageRun.id) < tuple_(ready.turn, ready.id),
        )
        .order_by(StageRun.turn, StageRun.id)
        .limit(MOST_COUNTED)
    )
    count = session.scalar(select(func.count()).select_from(before.subquery()))
    return (count or 0) + 1


def stage_costs(session: Session, stages: Sequence[str]) -> dict[str, StageCost]:
    """Return what these stages took lately; one that never ran is left out."""
    runs: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in session.execute(_COSTS, {"stages": list(stages), "history": _HISTORY}):
        work = work_of(row.stage, row.options)
        runs[row.stage].append((row.took_s / work, row.share_s / work, work))
    return {
        stage: StageCost(
            took=_middle_half(took for took, _, _ in each),
            share=_middle_half(share for _, share, _ in each),
            work=statistics.fmean(work for _, _, work in each),
        )
        for stage, each in runs.items()
    }


def _middle_half(values: Iterable[float]) -> Range:
    known = list(values)
    if len(known) == 1:
        return known[0], known[0]
    first, _, third = statistics.quantiles(known, method="inclusive")
    return first, third


def _shares(session: Session, costs: Mapping[str, StageCost], queue: str) -> Range:
    """Return the seconds that a worker computes for each job in line, from and to."""
    first = session.scalars(_FIRST_IN_LINE, {"queue": queue, "sampled": _SAMPLED}).all()
    shares = [0.0, 0.0]
    for stage, cost in costs.items():
        works = [work_of(stage, options) for options in first]
        work = statistics.fmean(works) if works else cost.work
        shares = [total + work * share for total, share in zip(shares, cost.share, strict=True)]
    return shares[0], shares[1]


def eta_s(
    session: Session, job: Job, runs: Sequence[StageRun], position: int | None
) -> list[int] | None:
    """Estimate the seconds until an active job ends, from and to.

    A stage that reports progress goes on as it went so far. From: the other stages in their faster
    times, after the faster shares of the jobs that are ahead now. To: in their slower times, after
    a worker that has just begun a batch, and after as many jobs as may come before: every other
    owner in line may fill each round until its turn. None where a stage that is left never ran.
    """
    stages = [spec.name for spec in PIPELINES[job.pipeline].stages]
    costs = stage_costs(session, stages)
    left = [run for run in runs if run.state in ("waiting", "ready", "running")]
    if not left or any(run.stage not in costs for run in left):
        return None
    elapsed_s = _elapsed_s(session, left)
    works = {run.stage: work_of(run.stage, job.options) for run in left}

    def remaining_s(run: StageRun, end: int) -> float:
        passed_s = elapsed_s.get(run.id, 0.0)
        if run.state == "running" and run.progress > 0:
            return passed_s * (1 - run.progress) / run.progress
        return max(0.0, costs[run.stage].took[end] * works[run.stage] - passed_s)

    own = [sum(remaining_s(run, end) for run in left) for end in (0, 1)]
    if position is not None:
        waits = _wait_s(session, job, left[0].queue, position, costs)
        own = [each + wait for each, wait in zip(own, waits, strict=True)]
    return [math.floor(own[0]), math.ceil(own[1])]


def _elapsed_s(session: Session, left: Sequence[StageRun]) -> dict[int, float]:
    running = [run.id for run in left if run.state == "running"]
    if not running:
        return {}
    elapsed = func.extract("epoch", func.clock_timestamp() - StageRun.started_at)
    rows = session.execute(select(StageRun.id, elapsed).where(StageRun.id.in_(running)))
    return {run_id: float(seconds or 0.0) for run_id, seconds in rows}


def _line(session: Session, owner: str, pipeline: str, queue: str) -> Row[Any]:
    given = {"owner": owner, "most": _MOST_OWNERS, "pipeline": pipeline, "queue": queue}
    return session.execute(_LINE, given).one()


def _wait_s(
    session: Session, job: Job, queue: str, position: int, costs: dict[str, StageCost]
) -> Range:
    """Give the seconds until a worker takes a job at this place in line, from and to."""
    workers = max(1, len(workers_ready(session, queue)))
    ahead = position - 1
    line = _line(session, job.owner, job.pipeline, queue)
    rounds = 0 if line.begun is None else max(0, job.turn - line.begun)
    most_ahead = max(ahead, rounds * line.others)
    batch_s = sum(cost.took[1] * cost.work for cost in costs.values()) if line.busy else 0.0
    always = {name: cost for name, cost in costs.items() if not STAGES[name].needs_reference}
    least_s, most_s = _shares(session, always, queue)[0], _shares(session, costs, queue)[1]
    return ahead * least_s / workers, batch_s + most_ahead * most_s / workers
