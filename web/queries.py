"""What the web half reads from the database beyond the job life cycle; it writes nothing."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.orm import Session

from shared import registry
from shared.errors import JobExpired, JobNotFound
from shared.jobs import get_job
from shared.rows import (
    ACTIVE,
    Artifact,
    Job,
    JobEvent,
    ModelVersion,
    Release,
    ReleaseMember,
    WorkerHeartbeat,
)
from shared.training import training_metrics

__all__ = [
    "JobHead",
    "LiveWorker",
    "checked_job",
    "checked_job_id",
    "event_documents",
    "figures_of",
    "head_of",
    "is_id",
    "list_entries",
    "made_with",
    "models_document",
    "moment",
    "workers",
]

_HEAD = select(
    Job.version, Job.state, Job.retries, Job.prints, Job.expires_at <= func.clock_timestamp()
).where(Job.id == bindparam("job_id"))
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class JobHead:
    """The least that tells whether a job has changed."""

    version: int
    state: str
    retries: int = 0
    prints: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in ACTIVE


@dataclass(frozen=True, kw_only=True)
class LiveWorker:
    """A worker and how long ago it was last heard of."""

    row: WorkerHeartbeat
    silent_s: float


def is_id(text: str) -> bool:
    """Tell whether a job's or a batch's id can look so."""
    return _ID.fullmatch(text) is not None


def checked_job_id(job_id: str) -> str:
    """Give the id; JobNotFound where none can look so."""
    if not is_id(job_id):
        raise JobNotFound(job_id)
    return job_id


def checked_job(session: Session, job_id: str) -> Job:
    """Give a job of any pipeline; JobNotFound or JobExpired otherwise."""
    return get_job(session, checked_job_id(job_id))


def head_of(autocommit: Engine, job_id: str) -> JobHead:
    """Return a job's version and state: one statement by the primary key.

    It is asked for over and over; a session would take twice the processor's time.

    Raises:
        JobNotFound, JobExpired: as for the whole job.
    """
    with autocommit.connect() as connection:
        row = connection.execute(_HEAD, {"job_id": checked_job_id(job_id)}).one_or_none()
    if row is None:
        raise JobNotFound(job_id)
    version, state, retries, prints, has_expired = row
    head = JobHead(version=version, state=state, retries=retries, prints=prints)
    if has_expired and head.ended:
        raise JobExpired(job_id)
    return head


def event_documents(events: Sequence[JobEvent]) -> list[dict[str, Any]]:
    """Give events as the stream has them."""
    return [
        {"seq": each.seq, "kind": each.kind, "at": moment(each.at), "body": each.body}
        for each in events
    ]


def moment(at: datetime) -> str:
    """Write a time as the API does."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def made_with(session: Session, sha256: str) -> Artifact | None:
    """Give a row of the artifact: what it is, and of which media type."""
    return session.scalars(
        select(Artifact).where(Artifact.sha256 == sha256).order_by(Artifact.id).limit(1)
    ).one_or_none()


def list_entries(session: Session, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Describe jobs for a list, with their thumbnails."""
    thumbnails: dict[str, list[str]] = defaultdict(list)
    found = session.execute(
        select(Artifact.job_id, Artifact.sha256)
        .where(Artifact.job_id.in_([job.id for job in jobs]), Artifact.kind == "thumbnail")
        .order_by(Artifact.variant)
    )
    for job_id, sha256 in found:
        thumbnails[job_id].append(f"/api/v1/artifacts/{sha256}")
    return [
        {
            "id": job.id,
            "pipeline": job.pipeline,
            "state": job.state,
            "brief": job.brief,
            "product": job.options.get("product"),
            "created_at": moment(job.created_at),
            "thumbnails": thumbnails[job.id],
            "links": {"self": f"/api/v1/jobs/{job.id}"},
        }
        for job in jobs
    ]


def models_document(session: Session) -> dict[str, Any]:
    """Describe the releases, the champion among them and how it came to be."""
    champion = registry.champion(session)
    versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    members = session.execute(
        select(ReleaseMember.release, ModelVersion)
        .join(ModelVersion, ModelVersion.id == ReleaseMember.version_id)
        .order_by(ReleaseMember.role)
    )
    for release, version in members:
        versions[release].append(_version(version))
    return {
        "champion": champion,
        "releases": [
            _release(each, versions[each.name], champion) for each in registry.releases(session)
        ],
        "moves": [
            {
                "kind": move.kind,
                "release_from": move.release_from,
                "release_to": move.release_to,
                "actor": move.actor,
                "reason": move.reason,
                "at": moment(move.at),
            }
            for move in registry.moves(session)
        ],
    }


def _release(
    release: Release, versions: list[dict[str, Any]], champion: str | None
) -> dict[str, Any]:
    return {
        "name": release.name,
        "origin": release.origin,
        "base": release.base,
        "job_id": release.job_id,
        "champion": release.name == champion,
        "gates": release.gates,
        "versions": versions,
        "created_at": moment(release.created_at),
    }


def _version(version: ModelVersion) -> dict[str, Any]:
    return {
        "id": version.id,
        "role": version.role,
        "name": version.name,
        "sha256": version.sha256,
        "licence": version.licence,
        "config": version.config,
        "training": version.training,
        "metrics": version.metrics,
        "created_at": moment(version.created_at),
    }


def figures_of(session: Session, job_id: str) -> dict[str, list[dict[str, float]]]:
    """Give a training run's figures by name, in order of steps."""
    series: dict[str, list[dict[str, float]]] = {}
    for each in training_metrics(session, job_id):
        series.setdefault(each.name, []).append({"step": each.step, "value": each.value})
    return series


def workers(session: Session) -> list[LiveWorker]:
    """List the workers, the one heard of last first."""
    silent_s = func.extract("epoch", func.clock_timestamp() - WorkerHeartbeat.seen_at)
    rows = session.execute(
        select(WorkerHeartbeat, silent_s).order_by(WorkerHeartbeat.seen_at.desc())
    )
    return [LiveWorker(row=row, silent_s=float(seconds)) for row, seconds in rows]
