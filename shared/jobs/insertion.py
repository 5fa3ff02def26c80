"""Requests for jobs, and the insertion of a job with its stage runs, first event and hint.

The caller commits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

from sqlalchemy import ColumnElement, Float, bindparam, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.account_models import Workspace
from shared.db.ids import new_id
from shared.db.models import Job
from shared.jobs.carried_results import copy_results
from shared.library.entries import add_entry
from shared.main_workspace import MAIN_WORKSPACE
from shared.pipelines import PIPELINES, WITH_VARIANTS, first_stage_of, stages_for
from shared.queue.completion import REQUEST_STAGE, ArtifactRecord, write_artifacts
from shared.queue.events import Change, record_each
from shared.queue.fairness import claim_order, next_turn
from shared.queue.transitions import announce, seconds_from_now
from shared.webhooks.endpoints import WebhookRequest, add_endpoint

__all__ = [
    "BatchPosition",
    "Derivation",
    "DesignInput",
    "How",
    "PrintSource",
    "RequestFields",
    "Submission",
    "SubmissionFields",
    "first_stage",
    "insert_job",
    "payload_hash_of",
    "update_counter",
]


_INSERT_STAGE_RUNS = text("""
INSERT INTO stage_run (job_id, stage, position, queue, state, priority, turn, max_attempts,
                       enqueued_at, not_before)
SELECT job_id, stage, position, queue, state, priority, turn, max_attempts, clock_timestamp(),
       CASE WHEN stage = :first THEN CAST(:not_before AS timestamptz) END
FROM jsonb_to_recordset(:rows) AS run
    (job_id text, stage text, position integer, queue text, state text, priority integer,
     turn bigint, max_attempts integer)
""").bindparams(bindparam("rows", type_=JSONB))

How = Literal["retry", "another_seed", "changed_brief", "edit"]
"""How a job was made from another one."""


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """The job that a job was made from."""

    job_id: str
    how: How


@dataclass(frozen=True, kw_only=True)
class DesignInput:
    """What only designs and their prints have."""

    understood: Mapping[str, Any] = field(default_factory=dict)
    """Document of the parsed brief."""
    reference_sha256: str | None = None
    """Hash of the stored reference image."""
    reference_bytes: int = 0
    reference_notice: tuple[str, ...] = ()
    """Codes of the changes made to the reference image."""
    notices: tuple[str, ...] = ()
    """Codes of notices to the designer."""

    @classmethod
    def of_job(cls, job: Job) -> "DesignInput":
        """Return the input of an earlier job, without its notices to the designer."""
        return cls(
            understood=job.understood,
            reference_sha256=job.reference_sha256,
            reference_bytes=job.reference_bytes,
            reference_notice=tuple(job.reference_notice),
        )


@dataclass(frozen=True, kw_only=True)
class PrintSource:
    """What only prints have: the jobs that they continue."""

    design_id: str | None
    """Id of the design of which a variant is printed; None: it was deleted."""
    results_of: str
    """Id of the job whose results are copied; see `Pipeline.carries`."""


@dataclass(frozen=True, kw_only=True)
class BatchPosition:
    """What only jobs of a batch have."""

    batch_id: str
    index: int
    """Index in the batch, from 0."""


class RequestFields(TypedDict, total=False):
    """The fields that all submissions of one request have in common."""

    owner: str
    workspace_id: str
    cancel_after_s: float | None
    ttl_s: float | None


class SubmissionFields(RequestFields, total=False):
    """The fields of a `Submission` that do not depend on its pipeline."""

    idempotency_key: str | None
    payload_hash: str | None
    webhook: WebhookRequest | None
    derivation: Derivation | None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A validated request for one job, whose uploads are already stored."""

    options: Mapping[str, Any]
    """Options with their defaults; of a design see `worker.execution.contracts.DesignOptions`."""
    pipeline: str = "design"
    brief: str = ""
    """The brief of a design or print; the name of the release that a training run makes."""
    design: DesignInput = DesignInput()
    print_source: PrintSource | None = None
    artifacts: tuple[ArtifactRecord, ...] = ()
    """Stored files that are submitted with the job: a record to draw, and what it refers to."""
    owner: str = ""
    workspace_id: str = MAIN_WORKSPACE
    idempotency_key: str | None = None
    payload_hash: str | None = None
    """Hash of the request's payload; None: computed from the content of the job."""
    model_versions: Mapping[str, str] | None = None
    """Model version ids by role; None: those of the champion release."""
    priority: int = 0
    not_before: datetime | None = None
    cancel_after_s: float | None = None
    """Seconds from now until the deadline, by the database's clock; None: no deadline."""
    ttl_s: float | None = None
    """Seconds until an ended job expires; None: never."""
    derivation: Derivation | None = None
    """The job that it was made from; None: it was submitted by itself."""
    webhook: WebhookRequest | None = None
    """Webhook that receives the job's events."""
    listed: bool = True
    """Whether the library lists it."""


def payload_hash_of(submission: Submission) -> str:
    """Return the hash of the request's payload, or the sha256 of the content without one."""
    if submission.payload_hash is not None:
        return submission.payload_hash
    content: dict[str, Any] = {
        "pipeline": submission.pipeline,
        "brief": submission.brief,
        "options": dict(submission.options),
        "reference": submission.design.reference_sha256,
    }
    if submission.artifacts:
        content["artifacts"] = [artifact.sha256 for artifact in submission.artifacts]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_stage(job: Job) -> str:
    """Return the name of a job's first stage."""
    return first_stage_of(job.pipeline, has_reference=job.reference_sha256 is not None)


def insert_job(
    session: Session,
    submission: Submission,
    model_versions: Mapping[str, str],
    batch: BatchPosition | None = None,
) -> Job | None:
    """Insert a job, its stage runs, its first event and the hint for its first stage.

    Returns:
        The job with all its columns; None if the owner has used the idempotency key before.
    """
    job = session.scalars(
        upsert(Job)
        .values(_column_values(session, submission, model_versions, batch))
        .on_conflict_do_nothing(
            index_elements=["owner", "idempotency_key"],
            index_where=text("idempotency_key IS NOT NULL"),
        )
        .returning(Job)
    ).one_or_none()
    if job is None:
        return None
    _insert_stage_runs(session, job, submission.not_before)
    if job.pipeline in WITH_VARIANTS and submission.listed:
        add_entry(session, job)
    if submission.webhook is not None:  # before the first event, which it receives too
        add_endpoint(session, submission.webhook, workspace_id=job.workspace_id, job_id=job.id)
    submitted = Change(kind="job.submitted", body={"pipeline": job.pipeline})
    record_each(session, [(job.id, 1, submitted)])
    write_artifacts(session, job.id, REQUEST_STAGE, submission.artifacts)
    if submission.print_source is not None:
        copy_results(session, job, submission.print_source.results_of)
    if job.print_of is not None:
        update_counter(session, job.print_of, prints=Job.prints + 1)
    if submission.derivation is not None:
        _count_derivation(session, submission.derivation)
    announce(session, job.id, first_stage(job))
    return job


def _count_derivation(session: Session, derivation: Derivation) -> None:
    counts: dict[str, Any] = {"derivations": Job.derivations + 1}
    if derivation.how == "retry":
        counts["retries"] = Job.retries + 1
    update_counter(session, derivation.job_id, **counts)


def _column_values(
    session: Session,
    submission: Submission,
    model_versions: Mapping[str, str],
    batch: BatchPosition | None,
) -> dict[str, Any]:
    design, after_s = submission.design, submission.cancel_after_s
    source = submission.print_source
    return {
        "id": new_id(),
        "version": 1,
        "pipeline": submission.pipeline,
        "brief": submission.brief,
        "options": dict(submission.options),
        "understood": dict(design.understood),
        "reference_sha256": design.reference_sha256,
        "reference_bytes": design.reference_bytes,
        "stored_bytes": design.reference_bytes,
        "reference_notice": list(design.reference_notice),
        "notices": list(design.notices),
        "model_versions": dict(model_versions),
        "owner": submission.owner,
        "workspace_id": submission.workspace_id,
        "idempotency_key": submission.idempotency_key,
        "payload_hash": payload_hash_of(submission),
        "priority": submission.priority,
        "turn": next_turn(session, submission.owner, submission.pipeline, submission.priority),
        "not_before": submission.not_before,
        "deadline": None if after_s is None else seconds_from_now(after_s),
        "ttl_s": _kept_s(submission),
        **_derivation_values(submission.derivation),
        "print_of": None if source is None else source.design_id,
        "batch_id": None if batch is None else batch.batch_id,
        "batch_index": None if batch is None else batch.index,
    }


def _kept_s(submission: Submission) -> ColumnElement[float]:
    """Return SQL for the time to live: what was asked for, at most what the workspace sets."""
    most = select(Workspace.retention_s).where(Workspace.id == submission.workspace_id)
    return func.least(cast(submission.ttl_s, Float), most.scalar_subquery())


def _derivation_values(derivation: Derivation | None) -> dict[str, Any]:
    if derivation is None:
        return {"retried_from": None, "derived_from": None, "derived_how": None}
    return {
        "retried_from": derivation.job_id if derivation.how == "retry" else None,
        "derived_from": derivation.job_id,
        "derived_how": derivation.how,
    }


def _insert_stage_runs(session: Session, job: Job, not_before: datetime | None) -> None:
    """Insert all stage runs of a job; the first that is not skipped is ready."""
    planned = stages_for(job.pipeline, has_reference=job.reference_sha256 is not None)
    first = first_stage(job)
    rows = [
        {
            "job_id": job.id,
            "stage": spec.name,
            "position": position,
            "queue": spec.queue,
            "state": "skipped" if skipped else "ready" if spec.name == first else "waiting",
            "priority": job.priority,
            "turn": claim_order(job.turn, job.priority),
            "max_attempts": spec.max_attempts,
        }
        for position, (spec, skipped) in enumerate(planned, len(PIPELINES[job.pipeline].carries))
    ]
    session.execute(_INSERT_STAGE_RUNS, {"rows": rows, "first": first, "not_before": not_before})


def update_counter(session: Session, job_id: str, **values: Any) -> None:
    """Update a job's counts of prints, retries or derivations, which its ETag depends on."""
    statement = update(Job).where(Job.id == job_id).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))
