"""Create the tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(none_as_null=True)
_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    _limit_waiting()
    _create_job()
    _create_stage_run()
    _create_outbox()
    _create_artifact()
    _create_job_event()
    _create_model_version()
    _create_model_release()
    _create_model_release_member()
    _create_model_alias()
    _create_model_alias_move()
    _create_training_metric()
    _create_worker_heartbeat()


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("brief", sa.Text(), server_default="", nullable=False),
        sa.Column("options", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("understood", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("reference_sha256", sa.Text(), nullable=True),
        sa.Column("reference_notice", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("notices", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("model_versions", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("payload_hash", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", _TIME, nullable=True),
        sa.Column("deadline", _TIME, nullable=True),
        sa.Column("error", _JSON, nullable=True),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("retried_from", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name=op.f("ck_job_finished"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.ForeignKeyConstraint(
            ["retried_from"], ["job.id"], name=op.f("fk_job_retried_from"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_active",
        "job",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("ix_job_finished_at", "job", ["finished_at"], unique=False)
    op.create_index(
        "uq_job_owner_idempotency_key",
        "job",
        ["owner", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )


def _create_stage_run() -> None:
    op.create_table(
        "stage_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", _TIME, nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("run_until", _TIME, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("progress", sa.Double(), server_default="0", nullable=False),
        sa.Column("enqueued_at", _TIME, nullable=True),
        sa.Column("started_at", _TIME, nullable=True),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("input_key", sa.Text(), nullable=True),
        sa.Column("output_sha256", sa.Text(), nullable=True),
        sa.Column("output_media_type", sa.Text(), nullable=True),
        sa.Column("checkpoint_sha256", sa.Text(), nullable=True),
        sa.Column("checkpoint_step", sa.Integer(), nullable=True),
        sa.Column("provenance", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", _JSON, nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_stage_run_lease")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'running', 'done', 'skipped', 'dead')",
            name=op.f("ck_stage_run_state"),
        ),
        sa.CheckConstraint("attempt BETWEEN 0 AND max_attempts", name=op.f("ck_stage_run_attempt")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_stage_run_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_run")),
        sa.UniqueConstraint("job_id", "stage", name=op.f("uq_stage_run_job_id_stage")),
    )
    op.create_index(op.f("ix_stage_run_input_key"), "stage_run", ["input_key"], unique=False)
    op.create_index(
        "ix_stage_run_lease_until",
        "stage_run",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_stage_run_open",
        "stage_run",
        ["stage", sa.literal_column("priority DESC"), "enqueued_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('ready', 'running')"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("due_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_outbox_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_job_id"), "outbox", ["job_id"], unique=False)
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def _create_artifact() -> None:
    op.create_table(
        "artifact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_artifact_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifact")),
        sa.UniqueConstraint(
            "job_id", "stage", "kind", "variant", name=op.f("uq_artifact_job_id_stage_kind_variant")
        ),
    )
    op.create_index(op.f("ix_artifact_sha256"), "artifact", ["sha256"], unique=False)


def _create_job_event() -> None:
    op.create_table(
        "job_event",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_job_event_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "seq", name=op.f("pk_job_event")),
    )


def _create_model_version() -> None:
    op.create_table(
        "model_version",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False),
        sa.Column("source", _JSON, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("config", _JSON, nullable=False),
        sa.Column("training", _JSON, nullable=False),
        sa.Column("metrics", _JSON, nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.UniqueConstraint("manifest_sha256", name=op.f("uq_model_version_manifest_sha256")),
    )


def _create_model_release() -> None:
    op.create_table(
        "model_release",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("gates", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "origin IN ('bundled', 'named', 'trained')", name=op.f("ck_model_release_origin")
        ),
        sa.ForeignKeyConstraint(
            ["base"], ["model_release.name"], name=op.f("fk_model_release_base")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_model_release_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_model_release")),
    )


def _create_model_release_member() -> None:
    op.create_table(
        "model_release_member",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["model_release.name"], name=op.f("fk_model_release_member_release")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_model_release_member_version_id")
        ),
        sa.PrimaryKeyConstraint("release", "role", name=op.f("pk_model_release_member")),
    )


def _create_model_alias() -> None:
    op.create_table(
        "model_alias",
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("moved_at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["model_release.name"], name=op.f("fk_model_alias_release")
        ),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_model_alias")),
    )


def _create_model_alias_move() -> None:
    op.create_table(
        "model_alias_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("release_from", sa.Text(), nullable=True),
        sa.Column("release_to", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('promote', 'rollback')", name=op.f("ck_model_alias_move_kind")
        ),
        sa.ForeignKeyConstraint(
            ["release_from"], ["model_release.name"], name=op.f("fk_model_alias_move_release_from")
        ),
        sa.ForeignKeyConstraint(
            ["release_to"], ["model_release.name"], name=op.f("fk_model_alias_move_release_to")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_alias_move")),
    )


def _create_training_metric() -> None:
    op.create_table(
        "training_metric",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_training_metric_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "name", "step", name=op.f("pk_training_metric")),
    )


def _create_worker_heartbeat() -> None:
    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("queues", _JSON, nullable=False),
        sa.Column("roles", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("started_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("seen_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeat")),
    )


def downgrade() -> None:
    _limit_waiting()
    for table in (
        "worker_heartbeat",
        "training_metric",
        "model_alias_move",
        "model_alias",
        "model_release_member",
        "model_release",
        "model_version",
        "job_event",
        "artifact",
        "outbox",
        "stage_run",
        "job",
    ):
        op.drop_table(table)


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
