"""The verdict on a run: lost, duplicated, recovered and unexpected jobs, and recovery times.

The terms are those of Jepsen's total-queue checker. Lost: answered with 202 and never ended.
Duplicated: with a repeated effect. Recovered: the answer was lost, and the job ended. Unexpected:
never submitted, or ended in a state that is not expected.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.db.models import ACTIVE
from shared.errors import CodesignerError
from shared.queue.recovery.invariants import check_invariants
from shared.storage.artifacts import ArtifactStore
from tests.soak.history import Attempt, History, read_history
from tests.soak.workload import Asked
from tests.soak.world import STALLED, World

__all__ = ["Verdict", "percentile", "reach_verdict", "summary"]

_SERVERS = ("broker", "postgres", "disk", "frozen", "thawed", "unreadable messages")
_TARGETS: Mapping[str, tuple[str, float]] = {
    "submit_frozen_s": ("max", 1.0),
    "broker_back_s": ("max", 5.0),
    "hung_over_its_limit_s": ("max", 2.0),
    "after_hung_next_s": ("max", 5.0),
    "cancel_stops_s": ("max", 2.0),
    "cancel_ends_hung_s": ("max", 7.0),
    "drained_s": ("max", 10.0),
}
_NONE_OF = (
    "lost",
    "duplicated",
    "unexpected",
    "effects_after_cancel",
    "missing_bytes",
    "invariant_violations",
    "attempts_charged_by_shutdowns",
)


@dataclass(kw_only=True)
class Verdict:
    """Counts, times and problems of a run."""

    counts: dict[str, int] = field(default_factory=dict)
    times: dict[str, dict[str, float]] = field(default_factory=dict)
    """By figure: count, p50, p95, max, target, and which of them the target is set for."""
    samples: dict[str, list[float]] = field(default_factory=dict)
    """All measured values of each figure, in seconds."""
    problems: list[str] = field(default_factory=list)

    def right(self) -> bool:
        """Return whether all correctness targets are met."""
        return not self.problems and not any(self.counts[name] for name in _NONE_OF)

    def in_time(self, margin: float) -> bool:
        """Return whether all times are within their target times a margin."""
        return all(
            each[each["of"]] <= each["target"] * margin  # type: ignore[index]
            for each in self.times.values()
            if "target" in each
        )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that is at least this share of the values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def reach_verdict(world: World) -> Verdict:
    """Check every job, every effect and every artifact."""
    with world.installation.sessions() as session:
        violations = {n: c for n, c in check_invariants(session, lately_s=None).items() if c}
        history = read_history(session)
    found = Verdict(problems=list(world.problems))
    found.problems += [f"invariant {name}: {count}" for name, count in violations.items()]
    found.counts["invariant_violations"] = sum(violations.values())
    _count_jobs(world, history, found)
    _count_effects(history, found)
    _count_bytes(world, history, found)
    _count_charged(world, history, found)
    _measure(world, history, found)
    return found


def _count_jobs(world: World, history: History, found: Verdict) -> None:
    asked = {each.key: each for each in world.workload.asked}
    by_key = {job.idempotency_key: job for job in history.jobs.values()}
    states = Counter(job.state for job in history.jobs.values())
    acknowledged = [each for each in asked.values() if each.job_id is not None]
    lost = [each for each in acknowledged if each.job_id not in history.jobs]
    open_ones = [job for job in history.jobs.values() if job.state in ACTIVE]
    found.counts |= {
        "asked": len(asked),
        "acknowledged": len(acknowledged),
        "taken": len(history.jobs),
        **{state: states[state] for state in ("succeeded", "failed", "cancelled")},
        "large_succeeded": sum(_is_large(job) for job in history.jobs.values()),
        "lost": len(lost) + len(open_ones),
        "recovered": sum(e.unanswered > 0 and e.key in by_key for e in asked.values()),
        "expected_failures": 0,
        "failed_after_as_many_faults_as_attempts": 0,
    }
    found.problems += [f"lost: {job.id} is {job.state}" for job in open_ones[:5]]
    unexpected = [f"nobody asked for {job.id}" for key, job in by_key.items() if key not in asked]
    for key, each in asked.items():
        job = by_key.get(key)
        if job is None or job.state in ACTIVE:
            continue
        if job.state in each.expected:
            found.counts["expected_failures"] += job.state == "failed"
        elif job.state == "failed" and _explained(world, history, job, each):
            found.counts["failed_after_as_many_faults_as_attempts"] += 1
        else:
            unexpected.append(f"{each.kind} job {job.id} is {job.state}: {job.error}")
    unexpected += ["a cancel was answered with 500"] * world.workload.broken_cancels
    found.counts["unexpected"] = len(unexpected)
    found.problems += unexpected[:10]


def _is_large(job: Any) -> bool:
    """Return whether a job of eight variants of 1024 px has succeeded."""
    asked = job.options.get("size"), job.options.get("variants")
    return bool(job.state == "succeeded" and asked == (1024, 8))


def _explained(world: World, history: History, job: Any, asked: Asked) -> bool:
    """Return whether each attempt of a failed stage coincided with an injected fault."""
    attempts = history.of_stage(job.id, (job.error or {}).get("stage") or "")
    enough = len([a for a in attempts if a.over != "stage.released"]) >= 3
    return enough and all(_met_a_fault(world, each) for each in attempts)


def _met_a_fault(world: World, attempt: Attempt) -> bool:
    end = attempt.next_at or attempt.given_up_at or attempt.started_at + 60.0
    died = world.installation.deaths.get(attempt.pid)
    if died is not None and attempt.started_at - 1.0 <= died <= end:
        return True
    return any(d.start <= end and d.end >= attempt.started_at for d in world.disturbances)


def _count_effects(history: History, found: Verdict) -> None:
    twice = late = 0
    for job_id, job in history.jobs.items():
        done = Counter(
            e.body.get("stage") for e in history.events[job_id] if e.kind == "stage.done"
        )
        twice += sum(count - 1 for count in done.values() if count > 1)
        made = Counter((a.kind, a.variant) for a in history.artifacts.get(job_id, ()))
        twice += sum(count - 1 for count in made.values())
        if job.state == "succeeded":
            planned = [r.stage for r in history.runs[job_id] if r.state != "skipped"]
            if sorted(planned) != sorted(done) or len(made) != job.options["variants"]:
                found.problems.append(f"{job_id} succeeded with {dict(done)} and {dict(made)}")
        if job.state == "cancelled":
            end = job.finished_at
            late += sum(a.created_at > end for a in history.artifacts.get(job_id, ()))
            kinds = [e.kind for e in history.events[job_id]]
            late += len(kinds) - 1 - kinds.index("job.cancelled")
    found.counts["duplicated"] = twice
    found.counts["effects_after_cancel"] = late
    found.counts["effects"] = sum(
        e.kind == "stage.done" for events in history.events.values() for e in events
    )


def _count_bytes(world: World, history: History, found: Verdict) -> None:
    store = ArtifactStore(f"file://{world.installation.disks['artifacts'].folder}/store")
    missing = 0
    for sha256 in sorted(set(_stored(history))):
        try:
            store.get(sha256)
        except CodesignerError as error:
            missing += 1
            if missing <= 3:
                found.problems.append(f"bytes: {error}")
    found.counts["missing_bytes"] = missing


def _stored(history: History) -> Iterator[str]:
    for made in history.artifacts.values():
        yield from (each.sha256 for each in made)
    for runs in history.runs.values():
        yield from (run.output_sha256 for run in runs if run.output_sha256 is not None)


def _count_charged(world: World, history: History, found: Verdict) -> None:
    """Count the attempts used up by workers that were told to stop.

    Only those that a worker held when it was told count: what a frozen process or a full disk had
    cost before is not the shutdown's doing.
    """
    charged = [
        f"a warm shutdown cost {each.job_id} an attempt: {each.stage} by {each.owner}, started at "
        f"{each.started_at - asked_at:+.1f} s, which ran on for {ended_at - asked_at:.1f} s"
        for pid, asked_at, ended_at in world.drained
        for each in history.attempts
        if f"-{pid}@" in each.owner and _was_lost_within(world, each, asked_at, ended_at)
    ]
    released = sum(each.over == "stage.released" for each in history.attempts)
    found.counts |= {"attempts_charged_by_shutdowns": len(charged), "given_back": released}
    found.problems += charged[:5]


def _was_lost_within(world: World, attempt: Attempt, start: float, end: float) -> bool:
    """Return whether a worker held an attempt at some time between, and lost it."""
    died_at = world.installation.deaths.get(attempt.pid, math.inf)
    ends = (attempt.expired_at, attempt.next_at, attempt.given_up_at, died_at)
    lost_at = min(at for at in ends if at is not None)
    if not attempt.lost or attempt.started_at > end or lost_at < start:
        return False
    return not _disturbed(world, attempt.started_at, end, (STALLED,))


def _measure(world: World, history: History, found: Verdict) -> None:
    lost = [each for each in history.attempts if each.lost]
    found.counts |= {
        "attempts": len(history.attempts),
        "lost_attempts": len(lost),
        "jobs_with_lost_attempts": len({each.job_id for each in lost}),
    }
    calm, any_time = [], []
    for each in lost:
        died = world.installation.deaths.get(each.pid)
        if died is None or each.next_at is None or not each.started_at <= died <= each.next_at:
            continue
        any_time.append(each.next_at - died)
        if not _disturbed(world, died, each.next_at, _SERVERS):
            calm.append(any_time[-1])
    taken = [a.next_at - a.expired_at for a in lost if a.next_at and a.expired_at]
    world.figures["from_given_back_to_taken_s"] = taken
    figures = {**world.figures, "recovery_s": calm, "recovery_with_servers_away_s": any_time}
    targets = {**_TARGETS, "recovery_s": ("p95", world.installation.pace.recovery_s)}
    for name, values in figures.items():
        if values:
            found.samples[name] = [round(each, 3) for each in values]
            found.times[name] = summary(values)
            if name in targets:
                found.times[name] |= dict(zip(("of", "target"), targets[name], strict=True))


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Return count, median, 95th percentile and maximum of the values."""
    return {
        "count": len(values),
        "p50": round(percentile(values, 0.5), 3),
        "p95": round(percentile(values, 0.95), 3),
        "max": round(max(values), 3),
    }


def _disturbed(world: World, start: float, end: float, faults: tuple[str, ...]) -> bool:
    """Return whether a fault whose name starts with one of these lasted at some time between."""
    return any(
        each.fault.startswith(faults) and each.start <= end and each.end >= start
        for each in world.disturbances
    )
