"""Serialize jobs to the JSON documents of the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.jobs.finished_variants import finished_variants
from shared.library.entries import library_documents
from shared.pipelines import WITH_VARIANTS
from shared.queue.estimates import queue_document
from shared.timestamps import optional_timestamp, timestamp

__all__ = [
    "JobSnapshot",
    "artifact_url",
    "batch_path",
    "job_document",
    "job_path",
    "job_snapshot",
    "snapshot_document",
]

_MAX_DERIVED = 20
_MAX_PRINTS = 100


def job_path(job_id: str) -> str:
    """Return a job's URL path."""
    return f"/api/v1/jobs/{job_id}"


def batch_path(batch_id: str) -> str:
    """Return a batch's URL path."""
    return f"/api/v1/batches/{batch_id}"


def artifact_url(sha256: str) -> str:
    """Return an artifact's URL path."""
    return f"/api/v1/artifacts/{sha256}"


@dataclass(frozen=True, kw_only=True)
class JobSnapshot:
    """A job as read in one transaction; every change of it raises the job's version."""

    job: Job
    runs: Sequence[StageRun]
    content: dict[str, Any]
    """Document of the job with an empty queue estimate."""


def job_document(session: Session, job: Job) -> dict[str, Any]:
    """Return a job's document; every change but that of the queue estimate raises `version`."""
    return snapshot_document(session, job_snapshot(session, job))


def snapshot_document(session: Session, snapshot: JobSnapshot) -> dict[str, Any]:
    """Return the document of a snapshot with a queue estimate of now, in any transaction."""
    queue = queue_document(session, snapshot.job, snapshot.runs)
    return snapshot.content | {"queue": queue}


def job_snapshot(session: Session, job: Job) -> JobSnapshot:
    """Return a job's snapshot; it takes few statements, also under a lock."""
    runs = session.scalars(
        select(StageRun).where(StageRun.job_id == job.id).order_by(StageRun.position)
    ).all()
    artifacts = session.scalars(
        select(Artifact)
        .where(Artifact.job_id == job.id)
        .order_by(Artifact.variant, Artifact.kind, Artifact.id)
    ).all()
    content = {
        "id": job.id,
        "pipeline": job.pipeline,
        "state": job.state,
        "version": job.version,
        "brief": job.brief,
        "options": job.options,
        "understood": job.understood,
        "description": job.description,
        "reference": _reference(job),
        "notices": [*job.reference_notice, *job.notices],
        "model_versions": job.model_versions,
        "stages": [_stage(run) for run in runs],
        "outcomes": _outcomes(runs),
        "artifacts": [_artifact(artifact) for artifact in artifacts],
        "queue": None,
        "error": job.error,
        "created_at": timestamp(job.created_at),
        "started_at": optional_timestamp(job.started_at),
        "finished_at": optional_timestamp(job.finished_at),
        "expires_at": optional_timestamp(job.expires_at),
        "deadline": optional_timestamp(job.deadline),
        "priority": job.priority,
        "retried_from": job.retried_from,
        "batch": _batch(job),
        **_derivations(session, job),
        "changed": _changed(job, runs),
        "print_of": job.print_of,
        "prints": _prints(session, job),
        "library": library_documents(session, [job.id])[job.id],
        "links": _links(job, artifacts),
    }
    return JobSnapshot(job=job, runs=runs, content=content)


def _derivations(session: Session, job: Job) -> dict[str, Any]:
    """Return the job that this one was made from, and those made from it, newest first."""
    derived = []
    if job.derivations:
        edited = Job.options["derived_from"]
        query = select(Job.id, Job.derived_how, edited).where(Job.derived_from == job.id)
        rows = session.execute(query.order_by(Job.id.desc()).limit(_MAX_DERIVED))
        derived = [_derivation(*row) for row in rows]
    return {
        "derived_from": _derived_from(job),
        "derived": derived,
        "retried_as": _retried_as(session, job),
    }


def _retried_as(session: Session, job: Job) -> list[str]:
    if not job.retries:
        return []
    query = select(Job.id).where(Job.retried_from == job.id).order_by(Job.id.desc())
    return list(session.scalars(query.limit(_MAX_DERIVED)))


def _derived_from(job: Job) -> dict[str, Any] | None:
    """Return the job that this one was made from."""
    if job.derived_from is None or job.derived_how is None:
        return None
    return _derivation(job.derived_from, job.derived_how, job.options.get("derived_from"))


def _derivation(job_id: str, how: str, edited: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the other job of a derivation; of an edit also the variant and the words."""
    derivation = {"job": job_id, "how": how, "url": job_path(job_id)}
    if how != "edit" or edited is None:
        return derivation
    return derivation | {"variant": edited["variant"], "say": edited["say"]}


def _prints(session: Session, job: Job) -> list[dict[str, Any]]:
    """Return the immutable fields of a design's prints, newest first."""
    if not job.prints:
        return []
    query = select(Job.id, Job.options).where(Job.print_of == job.id).order_by(Job.id.desc())
    return [
        {
            "id": print_id,
            **{name: options[name] for name in ("variant", "size", "dpi")},
            "url": job_path(print_id),
        }
        for print_id, options in session.execute(query.limit(_MAX_PRINTS))
    ]


def _batch(job: Job) -> dict[str, Any] | None:
    if job.batch_id is None:
        return None
    return {"id": job.batch_id, "index": job.batch_index, "url": batch_path(job.batch_id)}


def _changed(job: Job, runs: Sequence[StageRun]) -> list[dict[str, Any]] | None:
    """Return what an edit changed, once it is applied; None for other jobs."""
    if "edit" not in job.options:
        return None
    for run in runs:
        changes = run.provenance.get("details", {}).get("changed") if run.state == "done" else None
        if changes is not None:
            return list(changes)
    return None


def _reference(job: Job) -> dict[str, Any] | None:
    if job.reference_sha256 is None:
        return None
    return {"sha256": job.reference_sha256, "url": artifact_url(job.reference_sha256)}


def _stage(run: StageRun) -> dict[str, Any]:
    return {
        "name": run.stage,
        "state": run.state,
        "attempt": run.attempt,
        "progress": run.progress,
        "started_at": optional_timestamp(run.started_at),
        "finished_at": optional_timestamp(run.finished_at),
        "reused": run.reused,
        "error": run.error,
    }


def _outcomes(runs: Sequence[StageRun]) -> list[dict[str, Any]]:
    """Return what became of the parts of the brief, for each variant once it is drawn."""
    details = [run.provenance.get("details", {}) for run in runs if run.state == "done"]
    found = [each for detail in details for each in detail.get("outcomes", ())]
    return [{"variant": variant, "parts": parts} for variant, parts in enumerate(found)]


def _artifact(artifact: Artifact) -> dict[str, Any]:
    return {
        "kind": artifact.kind,
        "variant": artifact.variant,
        "sha256": artifact.sha256,
        "media_type": artifact.media_type,
        "width": artifact.width,
        "height": artifact.height,
        "size_bytes": artifact.size_bytes,
        "url": artifact_url(artifact.sha256),
    }


def _links(job: Job, artifacts: Sequence[Artifact]) -> dict[str, str]:
    path = job_path(job.id)
    links = {"self": path, "events": f"{path}/events", "provenance": f"{path}/provenance"}
    links["cancel"] = f"{path}/cancel"
    links["retry"] = f"{path}/retry"
    if job.pipeline == "design":
        links["prints"] = f"{path}/prints"
    if job.pipeline in WITH_VARIANTS:
        links["edits"] = f"{path}/variants/{{variant}}/edits"
    if finished_variants(job, artifacts):
        links["zip"] = f"{path}/zip"
    if job.print_of is not None:
        links["design"] = job_path(job.print_of)
    return links
