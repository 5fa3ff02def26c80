"""Add fair queueing by owner, pauses, clients and compute times of stage runs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")
_ACTIVE = sa.text("state IN ('queued', 'running')")
_OPEN = sa.text("state IN ('ready', 'running')")


def upgrade() -> None:
    _limit_waiting()
    _widen_job()
    _widen_stage_run()
    _create_pause()
    _create_client()


def _widen_job() -> None:
    op.add_column("job", sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("job", sa.Column("retries", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_job_owner_active",
        "job",
        ["owner", "pipeline", "priority", "turn"],
        postgresql_where=_ACTIVE,
    )
    op.create_index(
        "ix_job_started_turn",
        "job",
        ["pipeline", "turn"],
        postgresql_where=sa.text("started_at IS NOT NULL"),
    )
    op.create_index("ix_job_failed", "job", ["id"], postgresql_where=sa.text("state = 'failed'"))
    op.create_index(
        "ix_job_retried_from",
        "job",
        ["retried_from"],
        postgresql_where=sa.text("retried_from IS NOT NULL"),
    )


def _widen_stage_run() -> None:
    op.add_column(
        "stage_run", sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("stage_run", sa.Column("compute_s", sa.Double(), nullable=True))
    op.add_column("stage_run", sa.Column("batch", sa.Integer(), nullable=True))
    op.drop_index("ix_stage_run_open", "stage_run")
    op.create_index(
        "ix_stage_run_line", "stage_run", ["stage", "turn", "id"], postgresql_where=_OPEN
    )
    op.create_index(
        "ix_stage_run_ready",
        "stage_run",
        ["enqueued_at"],
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_stage_run_computed",
        "stage_run",
        ["stage", "finished_at"],
        postgresql_where=sa.text("state = 'done' AND NOT reused"),
    )


def _create_pause() -> None:
    op.create_table(
        "pause",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("stage", name=op.f("pk_pause")),
    )


def _create_client() -> None:
    op.create_table(
        "client",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("max_jobs", sa.Integer(), nullable=True),
        sa.Column("top_priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_client")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_client_token_sha256")),
    )


def downgrade() -> None:
    _limit_waiting()
    op.drop_table("client")
    op.drop_table("pause")
    for index in ("ix_stage_run_computed", "ix_stage_run_ready", "ix_stage_run_line"):
        op.drop_index(index, "stage_run")
    op.create_index(
        "ix_stage_run_open",
        "stage_run",
        ["stage", sa.literal_column("priority DESC"), "enqueued_at"],
        postgresql_where=_OPEN,
    )
    for column in ("batch", "compute_s", "turn"):
        op.drop_column("stage_run", column)
    for index in (
        "ix_job_retried_from",
        "ix_job_failed",
        "ix_job_started_turn",
        "ix_job_owner_active",
    ):
        op.drop_index(index, "job")
    op.drop_column("job", "retries")
    op.drop_column("job", "turn")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
