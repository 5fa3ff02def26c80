"""What the web half reads from the database beyond the job life cycle; it writes nothing."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, bindparam, exists, func, select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Artifact, Batch, Job, JobEvent, WorkerHeartbeat
from shared.errors import ArtifactNotFound, BatchNotFound, JobExpired, JobNotFound
from shared.jobs.batches import get_batch
from shared.jobs.submission import get_job
from shared.queue.transitions import unexpired
from shared.registry.training_metrics import training_metrics
from web.http.access import is_admin

__all__ = [
    "DESIGNERS",
    "JobHead",
    "LiveWorker",
    "ServedArtifact",
    "checked_artifact",
    "checked_batch",
    "checked_head",
    "checked_job",
    "checked_job_id",
    "event_documents",
    "figures_of",
    "head_of",
    "is_id",
    "list_entries",
    "moment",
    "workers",
]

DESIGNERS = ("design", "print")
"""Pipelines whose jobs are open to all visitors; those of others are the administrator's."""

_SHOWN = ("tile", "sketch", "thumbnail", "print")
"""Kinds of artifacts that are open to all visitors, where such a pipeline made them."""
_HEAD = select(
    Job.version,
    Job.state,
    Job.retries,
    Job.prints,
    Job.pipeline,
    func.coalesce(Job.expires_at <= func.clock_timestamp(), False),
).where(Job.id == bindparam("job_id"))
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class JobHead:
    """The least that tells whether a job has changed."""

    version: int
    state: str
    retries: int = 0
    prints: int = 0
    pipeline: str = "design"
    expired: bool = False
    """Whether it ended longer ago than its time to live."""

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in ACTIVE


@dataclass(frozen=True, kw_only=True)
class ServedArtifact:
    """An artifact that the present visitor may fetch."""

    made: Artifact | None
    """What made it; None: nothing, such as a reference image."""
    public: bool
    """Whether all visitors may."""


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
    """Return a job that the present visitor may see.

    Raises:
        JobNotFound: there is none, or it is the administrator's and the visitor is not.
        JobExpired: it ended and its time is over.
    """
    job = session.get(Job, checked_job_id(job_id))
    if job is None or not _is_open(job.pipeline):
        raise JobNotFound(job_id)
    return get_job(session, job_id)


def checked_batch(session: Session, batch_id: str) -> Batch:
    """Give a batch; BatchNotFound or BatchExpired otherwise."""
    if not is_id(batch_id):
        raise BatchNotFound(batch_id)
    return get_batch(session, batch_id)


def checked_head(autocommit: Engine, job_id: str) -> JobHead:
    """Read the head of a job that the present visitor may see.

    Raises:
        JobNotFound, JobExpired: as `checked_job`.
    """
    head = _read_head(autocommit, job_id)
    if not _is_open(head.pipeline):
        raise JobNotFound(job_id)
    return _not_expired(head, job_id)


def head_of(autocommit: Engine, job_id: str) -> JobHead:
    """Read a job's head, whoever asks: outside a request, where `checked_head` was called before.

    Raises:
        JobNotFound, JobExpired: there is no such job.
    """
    return _not_expired(_read_head(autocommit, job_id), job_id)


def _read_head(autocommit: Engine, job_id: str) -> JobHead:
    """Return a job's version and state: one statement by the primary key.

    It is asked for over and over; a session would take twice the processor's time.
    """
    with autocommit.connect() as connection:
        row = connection.execute(_HEAD, {"job_id": checked_job_id(job_id)}).one_or_none()
    if row is None:
        raise JobNotFound(job_id)
    version, state, retries, prints, pipeline, expired = row
    return JobHead(
        version=version,
        state=state,
        retries=retries,
        prints=prints,
        pipeline=pipeline,
        expired=expired,
    )


def _not_expired(head: JobHead, job_id: str) -> JobHead:
    if head.expired:
        raise JobExpired(job_id)
    return head


def _is_open(pipeline: str) -> bool:
    return pipeline in DESIGNERS or is_admin()


def event_documents(events: Sequence[JobEvent]) -> list[dict[str, Any]]:
    """Give events as the stream has them."""
    return [
        {"seq": each.seq, "kind": each.kind, "at": moment(each.at), "body": each.body}
        for each in events
    ]


def moment(at: datetime) -> str:
    """Write a time as the API does."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checked_artifact(session: Session, sha256: str) -> ServedArtifact:
    """Return what is known of an artifact that the present visitor may fetch.

    Visitors may fetch the pictures that designs and prints made, and the reference images of
    these, until the jobs expire. All else in the store is the administrator's: datasets, weights,
    samples, checkpoints, outputs of stages.

    Raises:
        ArtifactNotFound: the visitor may not.
    """
    found = select(Artifact).where(Artifact.sha256 == sha256).order_by(Artifact.id).limit(1)
    shown = found.join(Job, Job.id == Artifact.job_id).where(
        Artifact.kind.in_(_SHOWN), Job.pipeline.in_(DESIGNERS), unexpired()
    )
    made = session.scalars(shown).one_or_none()
    reference = exists().where(
        Job.reference_sha256 == sha256, Job.pipeline.in_(DESIGNERS), unexpired()
    )
    if made is not None or session.scalar(select(reference)):
        return ServedArtifact(made=made, public=True)
    if not is_admin():
        raise ArtifactNotFound(sha256)
    return ServedArtifact(made=session.scalars(found).one_or_none(), public=False)


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
