"""Estimate queue positions and completion times from recent stage run times."""

import math
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, func, select, text, true, tuple_
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.pipelines import PIPELINES, STAGES, queues_of, work_of
from shared.queue.pauses import is_paused, paused_stages
from shared.queue.recovery.heartbeats import queue_workers

__all__ = [
    "MOST_COUNTED",
    "StageCost",
    "estimate_retry_after_s",
    "eta_s",
    "queue_document",
    "stage_costs",
]

MOST_COUNTED = 5_000
"""Highest exact queue position; one more stands for every position behind it."""

_COSTS_TTL_S = 2.0
_HISTORY = 50
"""Number of recent runs from which the cost of a stage is computed."""
_MAX_OWNERS = 100
_MAX_RUNNING = 1_000
_SAMPLE_SIZE = 100
"""Number of first jobs in the queue whose work is the sample for all."""

_MAX_RETRY_S = 60.0
_DEFAULT_RETRY_S = 30.0

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class StageCost:
    """Recent seconds per unit of work of a stage: first and third quartile of its runs."""

    took: Range
    """Wall time from claim to end, including the other jobs of the batch."""
    share: Range
    """Computation time divided by the batch size."""
    work: float
    """Mean work of a job, see `shared.pipelines.work_of`."""


_kept_costs: WeakKeyDictionary[
    Engine | Connection, dict[tuple[str, ...], tuple[float, Mapping[str, StageCost]]]
] = WeakKeyDictionary()
"""When they were read, and the costs, by stages, of each database."""

_COSTS = text("""
SELECT requested.stage, recent.took_s, recent.share_s, job.options
FROM unnest(CAST(:stages AS text[])) AS requested (stage)
CROSS JOIN LATERAL (
    SELECT job_id, extract(epoch FROM finished_at - started_at)::double precision AS took_s,
           coalesce(compute_s / batch,
                    extract(epoch FROM finished_at - started_at))::double precision AS share_s
    FROM stage_run
    WHERE stage = requested.stage AND state = 'done' AND NOT reused
    ORDER BY finished_at DESC LIMIT :history
) AS recent
JOIN job ON job.id = recent.job_id
""")

_FIRST_IN_QUEUE = text("""
SELECT job.options FROM stage_run s JOIN job ON job.id = s.job_id
WHERE s.queue = :queue AND s.state = 'ready'
ORDER BY s.turn, s.id LIMIT :sample_size
""")

# What runs now on a queue, each with the later stages of its job that are claimed before the stage
# run at this place in line.
_RUNNING = text("""
SELECT s.owner AS worker, s.stage, s.progress, job.options,
       extract(epoch FROM clock_timestamp() - s.started_at)::double precision AS elapsed_s,
       ARRAY(SELECT later.stage FROM stage_run later
             WHERE later.job_id = s.job_id AND later.queue = s.queue AND later.state = 'waiting'
               AND (later.turn, later.id) < (:turn, :id)) AS later_stages
FROM stage_run s JOIN job ON job.id = s.job_id
WHERE s.queue = :queue AND s.state = 'running'
LIMIT :max_running
""")

# Inputs of the wait estimate besides the position and what is running: the highest started turn and
# the number of other owners with active jobs. Owners are found by a loose index scan, without
# reading all their jobs.
_QUEUE_STATE = text("""
WITH RECURSIVE next_owner AS (
    (SELECT owner FROM job WHERE state IN ('queued', 'running') ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT (SELECT j.owner FROM job j
            WHERE j.state IN ('queued', 'running') AND j.owner > n.owner
            ORDER BY j.owner LIMIT 1)
    FROM next_owner n WHERE n.owner IS NOT NULL
)
SELECT (SELECT max(turn) FROM job
        WHERE pipeline = :pipeline AND started_at IS NOT NULL) AS started_turn,
       (SELECT count(*) FROM (
            SELECT owner FROM next_owner WHERE owner IS NOT NULL LIMIT :max_owners) AS owners
        WHERE owner <> :owner) AS other_owners
""")


def queue_document(session: Session, job: Job, runs: Sequence[StageRun]) -> dict[str, Any]:
    """Return the `queue` object of a job for the API: position, eta_s and paused."""
    if job.state not in ACTIVE:
        return {"position": None, "eta_s": None, "paused": False}
    ready = next((run for run in runs if run.state == "ready"), None)
    paused = ready is not None and is_paused(session, ready.stage)
    position = None if ready is None else _position(session, ready)
    is_inexact = position is not None and position > MOST_COUNTED
    eta = None if paused or is_inexact else eta_s(session, job, runs, position)
    return {"position": position, "eta_s": eta, "paused": paused}


def estimate_retry_after_s(session: Session, places: int, owner: str | None = None) -> float:
    """Estimate the Retry-After in seconds until so many designs have ended, of one owner or of all.

    The estimate uses recent run times and the number of live workers; the designs of one owner
    alternate with those of other owners. It is between 1 and 60, with a jitter of 20 % so that
    refused clients do not retry at the same time. It is 30 without any history, and 60 while a
    stage is paused or has no worker.
    """
    stages = [spec for spec in PIPELINES["design"].stages if not spec.needs_reference]
    workers = queue_workers(session)
    has_workers = all(workers[spec.queue] for spec in stages)
    if not has_workers or paused_stages(session) & {spec.name for spec in stages}:
        expected_s = _MAX_RETRY_S
    else:
        costs = stage_costs(session, [spec.name for spec in stages])
        sample = _first_in_queue(session, stages[0].queue)
        interval_s = sum(_interval_s(costs, sample, workers)) / 2
        state = None if owner is None else _queue_state(session, owner, "design")
        other_owners = 0 if state is None else state.other_owners
        expected_s = places * interval_s * (1 + other_owners) or _DEFAULT_RETRY_S
    return max(1.0, min(_MAX_RETRY_S, expected_s * random.uniform(0.8, 1.2)))


def _position(session: Session, ready: StageRun) -> int:
    """Return the position of this stage run in the order of claims, over all stages of its queue.

    Only interactive stages are ahead of an interactive one. The count is bounded by MOST_COUNTED
    and uses an index.
    """
    stages = [name for name, spec in STAGES.items() if spec.is_interactive]
    ahead = (
        select(StageRun.id)
        .where(
            StageRun.queue == ready.queue,
            StageRun.state == "ready",
            tuple_(StageRun.turn, StageRun.id) < tuple_(ready.turn, ready.id),
            StageRun.stage.in_(stages) if ready.stage in stages else true(),
        )
        .order_by(StageRun.turn, StageRun.id)
        .limit(MOST_COUNTED)
    )
    count = session.scalar(select(func.count()).select_from(ahead.subquery()))
    return (count or 0) + 1


def stage_costs(session: Session, stages: Sequence[str]) -> Mapping[str, StageCost]:
    """Return the recent costs of these stages; a stage that never ran is left out.

    They are kept for some seconds: every document of an active job has an estimate, and some
    hundred rows are read for it.
    """
    kept = _kept_costs.setdefault(session.get_bind(), {})
    read_at, costs = kept.get(tuple(stages), (-math.inf, {}))
    if time.monotonic() - read_at >= _COSTS_TTL_S:
        costs = _read_costs(session, stages)
        kept[tuple(stages)] = time.monotonic(), costs
    return costs


def _read_costs(session: Session, stages: Sequence[str]) -> dict[str, StageCost]:
    runs: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in session.execute(_COSTS, {"stages": list(stages), "history": _HISTORY}):
        work = work_of(row.stage, row.options)
        runs[row.stage].append((row.took_s / work, row.share_s / work, work))
    return {
        stage: StageCost(
            took=_quartiles(took for took, _, _ in measured),
            share=_quartiles(share for _, share, _ in measured),
            work=statistics.fmean(work for _, _, work in measured),
        )
        for stage, measured in runs.items()
    }


def _quartiles(values: Iterable[float]) -> Range:
    """Return the first and the third quartile."""
    sample = list(values)
    if len(sample) == 1:
        return sample[0], sample[0]
    first, _, third = statistics.quantiles(sample, method="inclusive")
    return first, third


def _first_in_queue(session: Session, queue: str) -> Sequence[Mapping[str, Any]]:
    """Return the options of the first jobs in a queue."""
    parameters = {"queue": queue, "sample_size": _SAMPLE_SIZE}
    return session.scalars(_FIRST_IN_QUEUE, parameters).all()


def _interval_s(
    costs: Mapping[str, StageCost], sample: Sequence[Mapping[str, Any]], workers: Counter[str]
) -> Range:
    """Return the lower and upper seconds between the ends of two queued jobs.

    The queue whose workers take longest for a job determines them: the other workers wait for it.

    Args:
        costs: of the stages that the jobs run through.
        sample: options of the first jobs in the queue in which they wait.
        workers: number of live workers by queue.
    """
    intervals = {name: [0.0, 0.0] for name in queues_of(costs)}
    for stage, cost in costs.items():
        works = [work_of(stage, options) for options in sample]
        work = statistics.fmean(works) if works else cost.work
        name = STAGES[stage].queue
        for bound, share in enumerate(cost.share):
            intervals[name][bound] += work * share / max(1, workers[name])
    lower, upper = (
        max((each[bound] for each in intervals.values()), default=0) for bound in (0, 1)
    )
    return lower, upper


def eta_s(
    session: Session, job: Job, runs: Sequence[StageRun], position: int | None
) -> list[int] | None:
    """Estimate the lower and upper seconds until an active job ends.

    A running stage that reports progress is extrapolated. A waiting job waits for what its workers
    are running now, see `_busy_s`. The lower bound uses the first quartile of the other stages and
    of the jobs that are ahead now. The upper bound uses the third quartile and as many jobs as may
    still get ahead: every other owner may fill each round until this job's turn. None if a
    remaining stage never ran.
    """
    stages = [spec.name for spec in PIPELINES[job.pipeline].stages]
    costs = stage_costs(session, stages)
    open_runs = [run for run in runs if run.state in ("waiting", "ready", "running")]
    if not open_runs or any(run.stage not in costs for run in open_runs):
        return None
    elapsed_s = _elapsed_s(session, open_runs)
    works = {run.stage: work_of(run.stage, job.options) for run in open_runs}

    def remaining_s(run: StageRun, bound: int) -> float:
        expected_s = costs[run.stage].took[bound] * works[run.stage]
        progress = run.progress if run.state == "running" else 0.0
        return _remaining_s(expected_s, elapsed_s.get(run.id, 0.0), progress)

    bounds = [sum(remaining_s(run, bound) for run in open_runs) for bound in (0, 1)]
    if position is not None:
        open_queues = {run.queue for run in open_runs}
        ahead = {name: cost for name, cost in costs.items() if STAGES[name].queue in open_queues}
        waits = _wait_s(session, job, open_runs[0], position, ahead)
        bounds = [total + wait for total, wait in zip(bounds, waits, strict=True)]
    return [math.floor(bounds[0]), math.ceil(bounds[1])]


def _remaining_s(expected_s: float, elapsed_s: float, progress: float) -> float:
    """Return the seconds that a stage run still takes, extrapolated from its progress if it has."""
    if progress > 0:
        return elapsed_s * (1 - progress) / progress
    return max(0.0, expected_s - elapsed_s)


def _elapsed_s(session: Session, open_runs: Sequence[StageRun]) -> dict[int, float]:
    running = [run.id for run in open_runs if run.state == "running"]
    if not running:
        return {}
    elapsed = func.extract("epoch", func.clock_timestamp() - StageRun.started_at)
    rows = session.execute(select(StageRun.id, elapsed).where(StageRun.id.in_(running)))
    return {run_id: float(seconds or 0.0) for run_id, seconds in rows}


def _queue_state(session: Session, owner: str, pipeline: str) -> Row[Any]:
    parameters = {"owner": owner, "max_owners": _MAX_OWNERS, "pipeline": pipeline}
    return session.execute(_QUEUE_STATE, parameters).one()


def _wait_s(
    session: Session, job: Job, ready: StageRun, position: int, costs: dict[str, StageCost]
) -> Range:
    """Return the lower and upper seconds until a worker claims the stage run at this position.

    Args:
        costs: of the stages that jobs ahead run through in the queues that this job has before it.
    """
    queue = ready.queue
    workers = queue_workers(session)
    ahead = position - 1
    state = _queue_state(session, job.owner, job.pipeline)
    rounds = 0 if state.started_turn is None else max(0, job.turn - state.started_turn)
    max_ahead = max(ahead, rounds * state.other_owners)
    busy_min_s, busy_max_s = _busy_s(session, ready, max(1, workers[queue]))
    if not max_ahead:
        return busy_min_s, busy_max_s
    sample = _first_in_queue(session, queue)
    unconditional = {name: cost for name, cost in costs.items() if not STAGES[name].needs_reference}
    min_s = _interval_s(unconditional, sample, workers)[0]
    max_s = _interval_s(costs, sample, workers)[1]
    return busy_min_s + ahead * min_s, busy_max_s + max_ahead * max_s


def _busy_s(session: Session, ready: StageRun, workers: int) -> Range:
    """Return the lower and upper seconds for which running jobs keep the workers from a stage run.

    The stage runs that a worker claimed together end together; after them come the later stages of
    their jobs. The lower bound is the first worker to be free, the upper bound the mean of all. A
    stage without progress that never ran before counts as nothing.
    """
    place = {"queue": ready.queue, "turn": ready.turn, "id": ready.id, "max_running": _MAX_RUNNING}
    rows = session.execute(_RUNNING, place).all()
    if not rows:
        return 0.0, 0.0
    stages = {stage for row in rows for stage in (row.stage, *row.later_stages)}
    costs = stage_costs(session, sorted(stages))

    def busy_s(bound: int) -> list[float]:
        current: dict[str, float] = defaultdict(float)
        later: dict[str, float] = defaultdict(float)
        for row in rows:
            cost = costs.get(row.stage)
            expected_s = 0.0 if cost is None else cost.took[bound] * work_of(row.stage, row.options)
            remaining_s = _remaining_s(expected_s, row.elapsed_s, row.progress)
            current[row.worker] = max(current[row.worker], remaining_s)
            later[row.worker] += sum(
                costs[stage].share[bound] * work_of(stage, row.options)
                for stage in row.later_stages
                if stage in costs
            )
        return [seconds + later[worker] for worker, seconds in current.items()]

    lower = busy_s(0)
    return min(lower) if len(lower) >= workers else 0.0, sum(busy_s(1)) / workers
