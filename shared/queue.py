"""The queue that the database is: claim, go on, finish, fail, give back.

A broker's message only hints that there is work. Whoever claims a stage run holds it under a
fence and a lease; each write repeats the fence, and the database's clock alone says when a
lease has run out. Every function leaves the commit to its caller and raises `StaleFence`,
upon which the caller rolls back and drops the work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, or_, text, update
from sqlalchemy.orm import Session

from shared.errors import CodesignerError, StaleFence, error_document
from shared.events import Change, record, record_each
from shared.invariants import check_invariants
from shared.lifecycle import advance, announce, end_job, in_s, lock_job
from shared.outbox import forget_sent, mark_sent, unsent
from shared.pipelines import STAGES
from shared.reaper import Reaped, reap
from shared.registry import ReleaseManifest, register_release
from shared.rows import ACTIVE, Artifact, Job, StageRun

__all__ = [
    "ArtifactRecord",
    "Claim",
    "Reaped",
    "StageOutput",
    "check_invariants",
    "checkpoint",
    "claim",
    "fail",
    "finish",
    "finish_many",
    "forget_sent",
    "mark_sent",
    "progress",
    "reap",
    "release",
    "unsent",
]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to run one stage of one job, while the fence stands."""

    job_id: str
    stage: str
    stage_run_id: int
    fence: int
    attempt: int
    """1 at the first attempt."""
    max_attempts: int
    lease_s: float
    checkpoint_step: int | None
    checkpoint_sha256: str | None


@dataclass(frozen=True, kw_only=True)
class ArtifactRecord:
    """A file that a stage made; its bytes are in the store already."""

    kind: str
    variant: int
    sha256: str
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class StageOutput:
    """What is kept of a stage that ran to its end."""

    output_sha256: str
    output_media_type: str
    artifacts: tuple[ArtifactRecord, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    """d(I), from the caption stage."""
    notices: tuple[str, ...] = ()
    """Codes of what the designer should know."""
    input_key: str | None = None
    reused: bool = False
    release: ReleaseManifest | None = None
    """From the train stage: the release it made."""


_CLAIM = text("""
WITH candidate AS (
    SELECT s.id, s.attempt, s.priority, s.enqueued_at, s.state AS was, j.model_versions
    FROM stage_run s JOIN job j ON j.id = s.job_id
    WHERE s.stage = :stage
      AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until < statement_timestamp()))
      AND s.attempt < s.max_attempts
      AND (s.not_before IS NULL OR s.not_before <= statement_timestamp())
      AND j.state IN ('queued', 'running')
      AND (j.deadline IS NULL OR j.deadline > statement_timestamp())
    ORDER BY s.priority DESC, s.enqueued_at, s.id
    LIMIT :limit
    FOR NO KEY UPDATE OF j, s SKIP LOCKED
), batch AS (
    SELECT id, was, attempt, model_versions,
           row_number() OVER line AS place,
           first_value(attempt) OVER line AS first_attempt,
           first_value(model_versions) OVER line AS first_versions
    FROM candidate
    WINDOW line AS (ORDER BY priority DESC, enqueued_at, id)
)
UPDATE stage_run s
SET state = 'running', fence = s.fence + 1, attempt = s.attempt + 1, owner = :owner,
    lease_until = clock_timestamp() + make_interval(secs => least(:lease_s, :limit_s)),
    run_until = clock_timestamp() + make_interval(secs => :limit_s),
    started_at = clock_timestamp(), progress = 0, error = NULL
FROM batch b
WHERE s.id = b.id
  AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until < statement_timestamp()))
  AND s.attempt < s.max_attempts
  AND (b.place = 1 OR (b.first_attempt = 0 AND b.attempt = 0
                       AND b.model_versions = b.first_versions))
RETURNING b.place, b.was, s.id, s.job_id, s.fence, s.attempt, s.max_attempts,
          s.checkpoint_step, s.checkpoint_sha256
""")


def claim(
    session: Session, stage: str, owner: str, limit: int = 1, lease_s: float | None = None
) -> list[Claim]:
    """Take up to `limit` stage runs that can run as one batch: same pinned model versions.

    A row on its second or later attempt comes alone, so that a poisonous one cannot take its
    neighbours along. An empty list: the hint was a duplicate, or stale.

    Args:
        lease_s: None: the stage's own.
    """
    spec = STAGES[stage]
    lease_s = spec.lease_s if lease_s is None else lease_s
    rows = session.execute(
        _CLAIM,
        {
            "stage": stage,
            "owner": owner,
            "limit": limit,
            "lease_s": lease_s,
            "limit_s": spec.hard_limit_s,
        },
    ).all()
    taken = [
        (
            row.was,
            Claim(
                job_id=row.job_id,
                stage=stage,
                stage_run_id=row.id,
                fence=row.fence,
                attempt=row.attempt,
                max_attempts=row.max_attempts,
                lease_s=lease_s,
                checkpoint_step=row.checkpoint_step,
                checkpoint_sha256=row.checkpoint_sha256,
            ),
        )
        for row in sorted(rows, key=lambda row: row.place)
    ]
    _note_started(session, taken, owner)
    return [each for _, each in taken]


def _note_started(session: Session, taken: Sequence[tuple[str, Claim]], owner: str) -> None:
    """Number the start of each claim; their jobs' rows are locked by the claim."""
    if not taken:
        return
    numbered = session.execute(
        update(Job)
        .where(Job.id.in_([each.job_id for _, each in taken]))
        .values(
            state="running",
            version=Job.version + 1,
            started_at=func.coalesce(Job.started_at, func.clock_timestamp()),
        )
        .returning(Job.id, Job.version)
        .execution_options(synchronize_session=False)
    )
    numbers = dict(numbered.all())
    record_each(
        session,
        (
            (each.job_id, numbers[each.job_id], _started(each, owner, expired=was == "running"))
            for was, each in taken
        ),
    )


def _started(taken: Claim, owner: str, *, expired: bool) -> Change:
    body = _facts(taken) | {"owner": owner}
    return Change(kind="stage.started", body=body | {"lease_expired": True} if expired else body)


def _facts(held: Claim) -> dict[str, Any]:
    return {"stage": held.stage, "attempt": held.attempt, "fence": held.fence}


def _hold(session: Session, held: Claim) -> Job:
    """Lock the claim's job; StaleFence where it has ended."""
    job = lock_job(session, held.job_id)
    if job is None or job.state not in ACTIVE:
        raise StaleFence(held.job_id, held.stage)
    return job


def _write(session: Session, held: Claim, *further: Any, **values: Any) -> None:
    """Change the claim's stage run where the fence is still the claim's; else StaleFence."""
    written = session.execute(
        update(StageRun)
        .where(
            StageRun.id == held.stage_run_id,
            StageRun.fence == held.fence,
            StageRun.state == "running",
            *further,
        )
        .values(**values)
        .returning(StageRun.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if written is None:
        raise StaleFence(held.job_id, held.stage)


def _extended(held: Claim) -> Any:
    """SQL for the lease's new end: never past the attempt's time limit."""
    return func.least(in_s(held.lease_s), StageRun.run_until)


def progress(session: Session, held: Claim, fraction: float) -> None:
    """Note that a part of the work, 0 to 1, is done: the proof that extends the lease."""
    job = _hold(session, held)
    _write(session, held, progress=fraction, lease_until=_extended(held))
    body = _facts(held) | {"progress": round(fraction, 4)}
    record(session, job, Change(kind="stage.progress", body=body))


def checkpoint(
    session: Session, held: Claim, step: int, sha256: str, fraction: float | None = None
) -> None:
    """Note a checkpoint whose bytes are stored; steps only rise. Extends the lease.

    Raises:
        StaleFence: also where a checkpoint of this step or a later one is there already.
    """
    job = _hold(session, held)
    later = or_(StageRun.checkpoint_step.is_(None), StageRun.checkpoint_step < step)
    values: dict[str, Any] = {} if fraction is None else {"progress": fraction}
    _write(
        session,
        held,
        later,
        checkpoint_step=step,
        checkpoint_sha256=sha256,
        lease_until=_extended(held),
        **values,
    )
    body = _facts(held) | {"step": step, "sha256": sha256} | values
    record(session, job, Change(kind="stage.checkpoint", body=body))


def finish(session: Session, held: Claim, output: StageOutput) -> None:
    """Note a stage's result and make the next stage ready, or end the job as succeeded."""
    _complete(session, _hold(session, held), held, output)


def finish_many(session: Session, done: Sequence[tuple[Claim, StageOutput]]) -> list[Claim]:
    """Finish a batch in one transaction, each row under its own fence.

    Returns:
        The claims whose fence was stale; nothing is written for them.
    """
    stale = []
    for held, output in sorted(done, key=lambda each: each[0].job_id):
        try:
            finish(session, held, output)
        except StaleFence:
            stale.append(held)
    return stale


def _complete(session: Session, job: Job, held: Claim, output: StageOutput) -> None:
    _write(
        session,
        held,
        state="done",
        progress=1.0,
        lease_until=None,
        run_until=None,
        finished_at=func.clock_timestamp(),
        output_sha256=output.output_sha256,
        output_media_type=output.output_media_type,
        provenance=dict(output.provenance),
        input_key=output.input_key,
        reused=output.reused,
    )
    for made in output.artifacts:
        session.execute(insert(Artifact).values(job_id=job.id, stage=held.stage, **vars(made)))
    if output.description is not None:
        job.description = output.description
    if output.notices:
        job.notices = [*job.notices, *(n for n in output.notices if n not in job.notices)]
    if output.release is not None:
        register_release(session, output.release)
    record(session, job, Change(kind="stage.done", body=_facts(held)))
    advance(session, job)


def fail(
    session: Session,
    held: Claim,
    error: CodesignerError,
    retryable: bool,
    *,
    delay_s: float = 0.0,
) -> None:
    """Note that the attempt failed: again after `delay_s` where that may help, else the job fails.

    A retryable failure of the last attempt fails the job too, with the error's own reason.
    """
    job = _hold(session, held)
    reason = error_document(error, stage=held.stage)
    if retryable and held.attempt < held.max_attempts:
        _write(
            session,
            held,
            state="ready",
            lease_until=None,
            run_until=None,
            owner=None,
            error=reason,
            not_before=in_s(delay_s) if delay_s else None,
            enqueued_at=func.clock_timestamp(),
        )
        record(session, job, Change(kind="stage.retry", body=_facts(held) | {"error": reason}))
        announce(session, job.id, held.stage, delay_s=delay_s)
        return
    _write(
        session,
        held,
        state="dead",
        lease_until=None,
        run_until=None,
        owner=None,
        error=reason,
        finished_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.dead", body=_facts(held) | {"error": reason}))
    end_job(session, job, "failed", error=reason)


def release(session: Session, held: Claim) -> None:
    """Give the work back unharmed, as on a drain or a deploy: no attempt is charged."""
    job = _hold(session, held)
    _write(
        session,
        held,
        state="ready",
        attempt=StageRun.attempt - 1,
        lease_until=None,
        run_until=None,
        owner=None,
        enqueued_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.released", body=_facts(held)))
    announce(session, job.id, held.stage)
