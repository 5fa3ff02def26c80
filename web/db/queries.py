"""Read-only queries of the web front end, with access checks."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from shared.accounts.rights import LOCAL
from shared.db.models import (
    ACTIVE,
    Artifact,
    Batch,
    Job,
    JobEvent,
    ModelVersion,
    StageRun,
    WorkerHeartbeat,
)
from shared.errors import ArtifactNotFound, BatchNotFound, JobExpired, JobNotFound
from shared.jobs.batches import get_batch
from shared.jobs.serializers import artifact_url, job_path
from shared.jobs.submission import get_job
from shared.library.entries import library_documents
from shared.library.lineage import changes_of
from shared.library.search import Found
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import unexpired
from shared.registry.training_metrics import training_metrics
from shared.timestamps import timestamp
from web.http.access import is_admin, present_principal, present_workspace

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
    "designers_artifact",
    "event_documents",
    "head_of",
    "is_id",
    "library_entries",
    "lineage_entries",
    "list_entries",
    "moment",
    "training_metric_series",
    "visible_ids",
    "workers",
    "workspaces_of",
]

DESIGNERS = ("design", "print", "render")
"""Pipelines whose jobs all members of a workspace may see; others are the administrator's."""

_PUBLIC_KINDS = (
    *("tile", "sketch", "thumbnail", "preview", "print"),
    *("design", "base", "vector", "licences"),
)
"""Kinds of artifacts that they may fetch if such a pipeline created them; so they may those of the
files of a record's layers."""
_LAYER_FILES = "layer-%"
_HEAD = select(
    Job.version,
    Job.state,
    Job.derivations,
    Job.prints,
    Job.pipeline,
    func.coalesce(Job.expires_at <= func.clock_timestamp(), False),
    Job.deleted_at.is_not(None),
    Job.library_version,
    Job.workspace_id,
).where(Job.id == bindparam("job_id"))
moment = timestamp
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class JobHead:
    """Minimal columns of a job that show whether it has changed."""

    version: int
    state: str
    derivations: int = 0
    prints: int = 0
    pipeline: str = "design"
    expired: bool = False
    """Whether its time to live after the end has passed."""
    deleted: bool = False
    library_version: int = 0
    workspace_id: str = MAIN_WORKSPACE

    @property
    def ended(self) -> bool:
        """Whether the job is in a final state."""
        return self.state not in ACTIVE


@dataclass(frozen=True, kw_only=True)
class ServedArtifact:
    """An artifact that the current visitor may fetch."""

    made: Artifact | None
    """Row of the job's artifact; None for an upload such as a reference image."""
    public: bool
    """Whether all visitors may fetch it."""


@dataclass(frozen=True, kw_only=True)
class LiveWorker:
    """A worker and the seconds since its last heartbeat."""

    row: WorkerHeartbeat
    silent_s: float


def is_id(text: str) -> bool:
    """Return whether the text is a well-formed id of a job or batch."""
    return _ID.fullmatch(text) is not None


def checked_job_id(job_id: str) -> str:
    """Return the id; raise JobNotFound if it is malformed."""
    if not is_id(job_id):
        raise JobNotFound(job_id)
    return job_id


def checked_job(session: Session, job_id: str) -> Job:
    """Return a job that the current visitor may see.

    Raises:
        JobNotFound: no such job, or only the administrator may see it.
        JobExpired: its time to live after the end has passed.
    """
    job = session.get(Job, checked_job_id(job_id))
    if job is None or not _is_visible(job.pipeline, job.workspace_id):
        raise JobNotFound(job_id)
    return get_job(session, job_id)


def checked_batch(session: Session, batch_id: str) -> Batch:
    """Return a batch of the current visitor's workspace.

    Raises:
        BatchNotFound, BatchExpired: it has none, or all its jobs have expired.
    """
    batch = session.get(Batch, batch_id) if is_id(batch_id) else None
    if batch is None or batch.workspace_id != present_workspace():
        raise BatchNotFound(batch_id)
    return get_batch(session, batch_id)


def checked_head(autocommit: Engine, job_id: str) -> JobHead:
    """Return the head of a job that the current visitor may see.

    Raises:
        JobNotFound, JobExpired: as `checked_job`.
    """
    head = _read_head(autocommit, job_id)
    if not _is_visible(head.pipeline, head.workspace_id):
        raise JobNotFound(job_id)
    return _not_expired(head, job_id)


def head_of(autocommit: Engine, job_id: str) -> JobHead:
    """Return a job's head without an access check, for use outside of a request context.

    The caller has called `checked_head` before.

    Raises:
        JobNotFound, JobExpired: no such job, or it has expired.
    """
    return _not_expired(_read_head(autocommit, job_id), job_id)


def _read_head(autocommit: Engine, job_id: str) -> JobHead:
    """Return a job's head with one statement by primary key.

    Clients poll this; an ORM session would take twice the CPU time.
    """
    with autocommit.connect() as connection:
        row = connection.execute(_HEAD, {"job_id": checked_job_id(job_id)}).one_or_none()
    if row is None:
        raise JobNotFound(job_id)
    version, state, derivations, prints, pipeline, expired, deleted, library_version, place = row
    return JobHead(
        version=version,
        state=state,
        derivations=derivations,
        prints=prints,
        pipeline=pipeline,
        expired=expired,
        deleted=deleted,
        library_version=library_version,
        workspace_id=place,
    )


def _not_expired(head: JobHead, job_id: str) -> JobHead:
    if head.expired or head.deleted:
        raise JobExpired(job_id, deleted=head.deleted)
    return head


def visible_ids(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Return the ids of the jobs that the current visitor may see, deleted ones too."""
    query = select(Job.id, Job.pipeline, Job.workspace_id).where(Job.id.in_(job_ids))
    return [job_id for job_id, *job in session.execute(query) if _is_visible(*job)]


def _is_visible(pipeline: str, workspace_id: str) -> bool:
    is_internal = pipeline not in DESIGNERS
    may_see = not is_internal or (is_admin() and pipeline != "export")
    return workspace_id == present_workspace() and may_see


def event_documents(events: Sequence[JobEvent | Row[*tuple[Any, ...]]]) -> list[dict[str, Any]]:
    """Return events in the format of the event stream."""
    return [
        {"seq": event.seq, "kind": event.kind, "at": timestamp(event.at), "body": event.body}
        for event in events
    ]


def checked_artifact(session: Session, sha256: str) -> ServedArtifact:
    """Return an artifact that the current visitor may fetch.

    Members of a workspace may fetch the pictures of its designs and prints and their reference
    images until the jobs expire. All other artifacts are for the administrator only: datasets,
    weights, samples, checkpoints, outputs of stages.

    Raises:
        ArtifactNotFound: no such artifact, or the visitor may not fetch it.
    """
    workspace_id = present_workspace()
    served = designers_artifact(session, sha256, workspace_id)
    if served is not None:
        return served
    if not is_admin():
        raise ArtifactNotFound(sha256)
    of_workspace = Job.workspace_id == workspace_id
    made = session.scalars(_made_artifacts(sha256, of_workspace)).one_or_none()
    is_local = present_principal() is LOCAL  # everything is the local user's
    if made is None and not (is_local or _is_internal(session, sha256)):
        raise ArtifactNotFound(sha256)
    return ServedArtifact(made=made, public=False)


def designers_artifact(session: Session, sha256: str, workspace_id: str) -> ServedArtifact | None:
    """Return an artifact that all members of a workspace may fetch; None if there is none."""
    of_workspace = Job.workspace_id == workspace_id
    public = _made_artifacts(sha256, of_workspace).where(
        Artifact.kind.in_(_PUBLIC_KINDS) | Artifact.kind.like(_LAYER_FILES),
        Job.pipeline.in_(DESIGNERS),
        unexpired(),
    )
    artifact = session.scalars(public).one_or_none()
    reference = exists().where(
        Job.reference_sha256 == sha256, of_workspace, Job.pipeline.in_(DESIGNERS), unexpired()
    )
    if artifact is None and not session.scalar(select(reference)):
        return None
    return ServedArtifact(made=artifact, public=True)


def _made_artifacts(sha256: str, of_workspace: ColumnElement[bool]) -> Select[Artifact]:
    """Return the query of the first artifact of a workspace's jobs with these bytes."""
    query = select(Artifact).join(Job, Job.id == Artifact.job_id)
    is_own = Artifact.sha256 == sha256, Job.pipeline != "export"  # which is only for who asked
    return query.where(*is_own, of_workspace).order_by(Artifact.id).limit(1)


def workspaces_of(session: Session, sha256: str) -> Sequence[str]:
    """Return the ids of the workspaces that have an artifact, expired ones among them."""
    made = select(Job.workspace_id).join(Artifact, Artifact.job_id == Job.id)
    given = select(Job.workspace_id).where(Job.reference_sha256 == sha256)
    return session.scalars(made.where(Artifact.sha256 == sha256).union(given)).all()


def _is_internal(session: Session, sha256: str) -> bool:
    """Return whether these bytes are a stage's output, a dataset or the weights of a model."""
    of_workspace = Job.workspace_id == present_workspace()
    is_output = or_(StageRun.output_sha256 == sha256, StageRun.checkpoint_sha256 == sha256)
    found = or_(
        exists().where(StageRun.job_id == Job.id, of_workspace, is_output),
        exists().where(Job.options["dataset_sha256"].astext == sha256, of_workspace),
        exists().where(ModelVersion.sha256 == sha256),
    )
    return bool(session.scalar(select(found)))


def list_entries(session: Session, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return the list documents of jobs, with their thumbnails."""
    thumbnails = _thumbnails(session, [job.id for job in jobs])
    return [
        {
            "id": job.id,
            "pipeline": job.pipeline,
            "state": job.state,
            "brief": job.brief,
            "product": job.options.get("product"),
            "created_at": timestamp(job.created_at),
            "thumbnails": thumbnails[job.id],
            "links": {"self": job_path(job.id)},
        }
        for job in jobs
    ]


def _thumbnails(session: Session, job_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the URLs of the thumbnails of jobs, in the order of their variants."""
    thumbnails: dict[str, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Artifact.job_id, Artifact.sha256)
        .where(Artifact.job_id.in_(job_ids), Artifact.kind == "thumbnail")
        .order_by(Artifact.variant)
    )
    for job_id, sha256 in rows:
        thumbnails[job_id].append(artifact_url(sha256))
    return thumbnails


def library_entries(session: Session, found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return the documents of jobs in the library."""
    entries = list_entries(session, [each.job for each in found])
    recorded = library_documents(session, [each.job.id for each in found])
    return [
        {
            **entry,
            **recorded[each.job.id],
            "batch": each.job.batch_id,
            "derived_from": each.job.derived_from,
            "say": _said(each.job),
            "variant": each.variant,
        }
        for entry, each in zip(entries, found, strict=True)
    ]


def _said(job: Job) -> str | None:
    """Return the words of the edit that made a job."""
    return (job.options.get("derived_from") or {}).get("say")


def lineage_entries(session: Session, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return the documents of the jobs of a lineage."""
    job_ids = [job.id for job in jobs]
    thumbnails, changes = _thumbnails(session, job_ids), changes_of(session, job_ids)
    recorded = library_documents(session, job_ids)
    return [
        {
            "id": job.id,
            "derived_from": job.derived_from,
            "how": job.derived_how,
            "say": _said(job),
            "changed": changes.get(job.id),
            "brief": job.brief,
            "name": recorded[job.id]["name"],
            "state": job.state,
            "created_at": timestamp(job.created_at),
            "thumbnails": thumbnails[job.id],
        }
        for job in jobs
    ]


def training_metric_series(session: Session, job_id: str) -> dict[str, list[dict[str, float]]]:
    """Return a training run's metrics by name, in order of steps."""
    series: dict[str, list[dict[str, float]]] = {}
    for metric in training_metrics(session, job_id):
        point = {"step": metric.step, "value": metric.value}
        series.setdefault(metric.name, []).append(point)
    return series


def workers(session: Session) -> list[LiveWorker]:
    """Return the workers, most recent heartbeat first."""
    silent_s = func.extract("epoch", func.clock_timestamp() - WorkerHeartbeat.seen_at)
    rows = session.execute(
        select(WorkerHeartbeat, silent_s).order_by(WorkerHeartbeat.seen_at.desc())
    )
    return [LiveWorker(row=row, silent_s=float(seconds)) for row, seconds in rows]
