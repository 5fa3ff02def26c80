"""The database's tables as typed rows; `migrations` creates them.

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

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Document = dict[str, Any]
NOW = func.clock_timestamp()


class Base(DeclarativeBase):
    """Root of all rows: text, JSONB and times with a zone throughout."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar = {
        str: Text(),
        datetime: DateTime(timezone=True),
        Document: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
        list[Document]: JSONB(none_as_null=True),
    }


class Batch(Base):
    """Jobs that were asked for at once, followed and cancelled as one."""

    __tablename__ = "batch"
    __table_args__ = (
        Index(
            "uq_batch_owner_idempotency_key",
            "owner",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[Document]
    """What was swept over, and how it was combined."""
    size: Mapped[int]
    """Number of its jobs."""
    owner: Mapped[str] = mapped_column(server_default="")
    idempotency_key: Mapped[str | None]
    payload_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Job(Base):
    """One request and what became of it; `version` is the number of its last event."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished",
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
        Index("ix_job_print_of", "print_of", postgresql_where=text("print_of IS NOT NULL")),
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
    idempotency_key: Mapped[str | None]
    payload_hash: Mapped[str | None]
    priority: Mapped[int] = mapped_column(server_default="0")
    turn: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Round in which the owner's turn comes with this job, see `shared.queue.fairness`."""
    not_before: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    error: Mapped[Document | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ttl_s: Mapped[float | None]
    """Seconds after its end for which the job is kept; None: for good."""
    expires_at: Mapped[datetime | None]
    """Set when the job ends."""
    retried_from: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch.id", ondelete="SET NULL"))
    batch_index: Mapped[int | None]
    """Place in its batch, from 0."""
    retries: Mapped[int] = mapped_column(server_default="0")
    """How often it was submitted anew."""
    print_of: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    """The design that this job prints a variant of."""
    prints: Mapped[int] = mapped_column(server_default="0")
    """How often one of its variants was submitted for print."""


class StageRun(Base):
    """A stage of a job: who holds it under which fence, and what it made."""

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
    """Place in line: claims take the lowest first. The job's turn, its priority counted in."""
    not_before: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(server_default="0")
    max_attempts: Mapped[int]
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lease_until: Mapped[datetime | None]
    run_until: Mapped[datetime | None]
    """End of the present attempt's time limit: no lease is extended past it."""
    owner: Mapped[str | None]
    progress: Mapped[float] = mapped_column(server_default="0")
    enqueued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    input_key: Mapped[str | None] = mapped_column(index=True)
    """Hash of all that the stage's result depends on."""
    output_sha256: Mapped[str | None]
    output_media_type: Mapped[str | None]
    checkpoint_sha256: Mapped[str | None]
    checkpoint_step: Mapped[int | None]
    provenance: Mapped[Document] = mapped_column(server_default=text("'{}'"))
    reused: Mapped[bool] = mapped_column(server_default=text("false"))
    compute_s: Mapped[float | None]
    """Seconds that the batch took which it was computed in."""
    batch: Mapped[int | None]
    """Jobs in that batch."""
    error: Mapped[Document | None]


class Outbox(Base):
    """A hint to the workers, written with the change that it tells of."""

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
    """A file that a stage made; the bytes are in the artifact store under their sha256."""

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
    """A model's checkpoint with its manifest and metrics; never changed."""

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
    """The versions of all roles that belong together; never changed."""

    __tablename__ = "model_release"
    __table_args__ = (CheckConstraint("origin IN ('bundled', 'named', 'trained')", name="origin"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    base: Mapped[str | None] = mapped_column(ForeignKey("model_release.name"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    gates: Mapped[list[Document]] = mapped_column(server_default=text("'[]'"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class ReleaseMember(Base):
    """The version that a release has for a role."""

    __tablename__ = "model_release_member"

    release: Mapped[str] = mapped_column(ForeignKey("model_release.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("model_version.id"))


class ModelAlias(Base):
    """A movable name, such as champion, for a release."""

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
    """A figure of a training run at a step."""

    __tablename__ = "training_metric"

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class WorkerHeartbeat(Base):
    """What a worker last told of itself."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    device: Mapped[str]
    queues: Mapped[list[str]]
    """Classes of hardware."""
    stages: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Stages whose hints it hears."""
    roles: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Roles whose models are resident."""
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Pause(Base):
    """A stage from which nothing is claimed until it is resumed; `all` stands for every one."""

    __tablename__ = "pause"

    stage: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class Client(Base):
    """A program or person with a token of its own: an owner of jobs."""

    __tablename__ = "client"

    name: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    max_jobs: Mapped[int | None]
    """Most jobs of it that have not ended; none: as for everybody."""
    top_priority: Mapped[int] = mapped_column(server_default="0")
    """Highest priority that it may ask for."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
