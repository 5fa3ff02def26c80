"""ORM models of the database's tables; `migrations` creates the tables.

A job's states:

    queued -> running -> succeeded
       |         |-----> failed
       '---------'-----> cancelled

A stage run's states:

    waiting -> ready <-> running -> done
       |         |          '-----> dead
       '---------'----------------> skipped   (not needed, or its job has ended)
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.main_workspace import MAIN_WORKSPACE

__all__ = [
    "ACTIVE",
    "ENDED",
    "NOW",
    "AliasMove",
    "Artifact",
    "Base",
    "Batch",
    "Client",
    "Document",
    "Job",
    "JobEvent",
    "ModelAlias",
    "ModelVersion",
    "Outbox",
    "Pause",
    "Release",
    "ReleaseMember",
    "StageRun",
    "TrainingMetric",
    "WorkerHeartbeat",
]

ACTIVE = ("queued", "running")
ENDED = ("succeeded", "failed", "cancelled")

_NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Document = dict[str, Any]
NOW = func.clock_timestamp()


class Base(DeclarativeBase):
    """Declarative base: text, JSONB and times with a time zone throughout."""

    metadata = MetaData(naming_convention=_NAMING_CONVENTION)
    type_annotation_map: ClassVar = {
        str: Text(),
        datetime: DateTime(timezone=True),
        Document: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
        list[Document]: JSONB(none_as_null=True),
    }


class Batch(Base):
    """Jobs submitted in one transaction, followed and cancelled as one."""

    __tablename__ = "batch"
    __table_args__ = (
        Index(
            "uq_batch_owner_idempotency_key",
            "owner",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index("ix_batch_workspace_id", "workspace_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[Document]
    """Request of the batch: the lists of values and how they are combined."""
    size: Mapped[int]
    """Number of jobs."""
    owner: Mapped[str] = mapped_column(server_default="")
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id"), server_default=MAIN_WORKSPACE
    )
    idempotency_key: Mapped[str | None]
    payload_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Job(Base):
    """One request and its state; `version` is the sequence number of its last event."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        CheckConstraint(
            "derived_how IN ('retry', 'another_seed', 'changed_brief', 'edit')", name="derived_how"
        ),
        Index(
            "uq_job_owner_idempotency_key",
            "owner",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "ix_job_active",
            "created_at",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_job_finished_at", "finished_at"),
        Index("ix_job_workspace_id", "workspace_id", "id"),
        Index(
            "ix_job_owner_bytes",
            "owner",
            postgresql_include=["stored_bytes", "expires_at"],
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "uq_job_batch_id_batch_index",
            "batch_id",
            "batch_index",
            unique=True,
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "ix_job_owner_active",
            "owner",
            "pipeline",
            "priority",
            "turn",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index(
            "ix_job_started_turn",
            "pipeline",
            "turn",
            postgresql_where=text("started_at IS NOT NULL"),
        ),
        Index("ix_job_failed", "id", postgresql_where=text("state = 'failed'")),
        Index(
            "ix_job_retried_from",
            "retried_from",
            postgresql_where=text("retried_from IS NOT NULL"),
        ),
        Index(
            "ix_job_derived_from",
            "derived_from",
            postgresql_where=text("derived_from IS NOT NULL"),
        ),
        Index("ix_job_print_of", "print_of", postgresql_where=text("print_of IS NOT NULL")),
        Index("ix_job_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(
            "ix_job_deletion_id", "deletion_id", postgresql_where=text("deletion_id IS NOT NULL")
        ),
        Index(
            "ix_job_dataset_sha256",
            text("(options ->> 'dataset_sha256')"),
            postgresql_where=text("(options ->> 'dataset_sha256') IS NOT NULL"),
        ),
        Index(
            "ix_job_reference_sha256",
            "reference_sha256",
            postgresql_where=text("reference_sha256 IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="queued")
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")
    brief: Mapped[str] = mapped_column(server_default="")
    options: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    understood: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    description: Mapped[str | None]
    reference_sha256: Mapped[str | None]
    reference_notice: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    notices: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    model_versions: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    owner: Mapped[str] = mapped_column(server_default="")
    """Who submitted it, see `web.http.identity`; the workspace decides who may see it."""
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id"), server_default=MAIN_WORKSPACE
    )
    idempotency_key: Mapped[str | None]
    payload_hash: Mapped[str | None]
    priority: Mapped[int] = mapped_column(server_default="0")
    turn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Round in which the owner is served with this job, see `shared.queue.fairness`."""
    not_before: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    error: Mapped[Document | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ttl_s: Mapped[float | None]
    """Seconds for which the job is kept after its end; None: forever."""
    expires_at: Mapped[datetime | None]
    """Set when the job ends."""
    retried_from: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    """Job that this one retries; it is `derived_from` too."""
    derived_from: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    """Job that this one was made from."""
    derived_how: Mapped[str | None]
    """See `shared.jobs.insertion.How`; it stays when the other job is deleted."""
    derivations: Mapped[int] = mapped_column(server_default="0")
    """Number of jobs that were made from it, retries among them."""
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch.id", ondelete="SET NULL"))
    batch_index: Mapped[int | None]
    """Index in its batch, from 0."""
    retries: Mapped[int] = mapped_column(server_default="0")
    """Number of times it was retried."""
    print_of: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    """Design job whose variant this job prints."""
    prints: Mapped[int] = mapped_column(server_default="0")
    """Number of print jobs submitted for its variants."""
    library_version: Mapped[int] = mapped_column(server_default="0")
    """Number of changes of what the library records of it: name, tags, judgements."""
    deleted_at: Mapped[datetime | None]
    """When it was deleted; it can be restored until it is collected."""
    deletion_id: Mapped[int | None] = mapped_column(BigInteger)
    """The `Deletion` that it is part of, which is never deleted itself."""
    reference_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    stored_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Bytes of its reference and, once it has ended, of its artifacts."""


class StageRun(Base):
    """Execution of one stage of a job: its claim, attempts and result."""

    __tablename__ = "stage_run"
    __table_args__ = (
        UniqueConstraint("job_id", "stage"),
        CheckConstraint(
            "state IN ('waiting', 'ready', 'running', 'done', 'skipped', 'dead')", name="state"
        ),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("attempt BETWEEN 0 AND max_attempts", name="attempt"),
        Index(
            "ix_stage_run_line",
            "stage",
            "turn",
            "id",
            postgresql_where=text("state IN ('ready', 'running')"),
        ),
        Index(
            "ix_stage_run_ahead",
            "queue",
            "turn",
            "id",
            postgresql_where=text("state = 'ready'"),
        ),
        Index("ix_stage_run_ready", "enqueued_at", postgresql_where=text("state = 'ready'")),
        Index(
            "ix_stage_run_computed",
            "stage",
            "finished_at",
            postgresql_where=text("state = 'done' AND NOT reused"),
        ),
        Index(
            "ix_stage_run_output_sha256",
            "output_sha256",
            postgresql_where=text("output_sha256 IS NOT NULL"),
        ),
        Index(
            "ix_stage_run_checkpoint_sha256",
            "checkpoint_sha256",
            postgresql_where=text("checkpoint_sha256 IS NOT NULL"),
        ),
        Index(
            "ix_stage_run_lease_until",
            "lease_until",
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    stage: Mapped[str]
    position: Mapped[int]
    queue: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    priority: Mapped[int] = mapped_column(server_default="0")
    turn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Sort key of claims, lowest first: the job's turn, moved by its priority."""
    not_before: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(server_default="0")
    max_attempts: Mapped[int]
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lease_until: Mapped[datetime | None]
    run_until: Mapped[datetime | None]
    """Time limit of the current attempt: no lease is extended past it."""
    owner: Mapped[str | None]
    progress: Mapped[float] = mapped_column(server_default="0")
    enqueued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    input_key: Mapped[str | None] = mapped_column(index=True)
    """Hash of everything the stage's result depends on."""
    output_sha256: Mapped[str | None]
    output_media_type: Mapped[str | None]
    checkpoint_sha256: Mapped[str | None]
    checkpoint_step: Mapped[int | None]
    provenance: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    reused: Mapped[bool] = mapped_column(server_default=text("false"))
    compute_s: Mapped[float | None]
    """Seconds of computation of its batch."""
    batch: Mapped[int | None]
    """Jobs in that batch."""
    error: Mapped[Document | None]


class Outbox(Base):
    """A hint to the workers, inserted in the transaction of the change it announces."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "due_at", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    due_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]


class Artifact(Base):
    """A file made by a stage; the bytes are in the artifact store under their sha256."""

    __tablename__ = "artifact"
    __table_args__ = (UniqueConstraint("job_id", "stage", "kind", "variant"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    stage: Mapped[str]
    kind: Mapped[str]
    variant: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    media_type: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class JobEvent(Base):
    """One change of a job; `seq` counts from 1 without gaps."""

    __tablename__ = "job_event"

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    body: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class ModelVersion(Base):
    """A model checkpoint with its manifest and metrics; immutable."""

    __tablename__ = "model_version"

    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    name: Mapped[str]
    manifest_sha256: Mapped[str] = mapped_column(unique=True)
    source: Mapped[Document]
    sha256: Mapped[str | None]
    licence: Mapped[str]
    config: Mapped[Document]
    training: Mapped[Document]
    metrics: Mapped[Document]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Release(Base):
    """A named set of model versions, one for each role; immutable."""

    __tablename__ = "model_release"
    __table_args__ = (CheckConstraint("origin IN ('bundled', 'named', 'trained')", name="origin"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    base: Mapped[str | None] = mapped_column(ForeignKey("model_release.name"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    gates: Mapped[list[Document]] = mapped_column(server_default=text("'[]'"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class ReleaseMember(Base):
    """The model version of a release for one role."""

    __tablename__ = "model_release_member"

    release: Mapped[str] = mapped_column(ForeignKey("model_release.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("model_version.id"))


class ModelAlias(Base):
    """A movable alias, such as champion, of a release."""

    __tablename__ = "model_alias"

    alias: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("model_release.name"))
    moved_at: Mapped[datetime] = mapped_column(server_default=NOW)


class AliasMove(Base):
    """The log of promotions and rollbacks."""

    __tablename__ = "model_alias_move"
    __table_args__ = (CheckConstraint("kind IN ('promote', 'rollback')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    alias: Mapped[str]
    kind: Mapped[str]
    release_from: Mapped[str | None] = mapped_column(ForeignKey("model_release.name"))
    release_to: Mapped[str] = mapped_column(ForeignKey("model_release.name"))
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class TrainingMetric(Base):
    """A metric of a training run at a step."""

    __tablename__ = "training_metric"

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class WorkerHeartbeat(Base):
    """The last heartbeat of a worker."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    device: Mapped[str]
    queues: Mapped[list[str]]
    """Queues (classes of hardware) it serves."""
    stages: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Stages it serves, whose hints it receives."""
    roles: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Roles whose models are loaded."""
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Pause(Base):
    """A paused stage, which is not claimed from until resumed; `all` stands for every stage."""

    __tablename__ = "pause"

    stage: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class Client(Base):
    """An API client with its own token: an owner of jobs."""

    __tablename__ = "client"

    name: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    max_jobs: Mapped[int | None]
    """Maximum number of active jobs; None: the limit of every owner."""
    top_priority: Mapped[int] = mapped_column(server_default="0")
    """Highest priority it may request."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
