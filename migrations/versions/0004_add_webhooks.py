"""Add webhooks: endpoints, deliveries, and the trigger that inserts deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(none_as_null=True)
_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")

# Three lookups, each with its own index: endpoints of the job, of its batch, and of all jobs.
_FILL = """
CREATE FUNCTION note_webhook_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_delivery (id, endpoint_id, job_id, seq)
    SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), e.id, n.job_id, n.seq
    FROM fresh n
    CROSS JOIN LATERAL (
        SELECT id, events FROM webhook_endpoint WHERE job_id = n.job_id AND enabled
        UNION ALL
        SELECT w.id, w.events FROM job j JOIN webhook_endpoint w ON w.batch_id = j.batch_id
        WHERE j.id = n.job_id AND w.enabled
        UNION ALL
        SELECT id, events FROM webhook_endpoint
        WHERE job_id IS NULL AND batch_id IS NULL AND enabled
    ) AS e
    WHERE jsonb_exists(e.events, n.kind);
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER webhooks AFTER INSERT ON job_event REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION note_webhook_deliveries()
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    _create_endpoint()
    _create_delivery()
    op.execute(_FILL)
    op.execute(_TRIGGER)


def _create_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("events", _JSON, nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("retired", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "job_id IS NULL OR batch_id IS NULL", name=op.f("ck_webhook_endpoint_scope")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_webhook_endpoint_job_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batch.id"],
            name=op.f("fk_webhook_endpoint_batch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    for column in ("job_id", "batch_id"):
        op.create_index(
            f"uq_webhook_endpoint_{column}",
            "webhook_endpoint",
            [column],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        "ix_webhook_endpoint_registered",
        "webhook_endpoint",
        ["id"],
        unique=False,
        postgresql_where=sa.text("job_id IS NULL AND batch_id IS NULL"),
    )


def _create_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", _TIME, server_default=_NOW, nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("log", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("delivered_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (next_attempt_at IS NOT NULL)",
            name=op.f("ck_webhook_delivery_next"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id", "seq"],
            ["job_event.job_id", "job_event.seq"],
            name=op.f("fk_webhook_delivery_job_id_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "job_id", "seq", name=op.f("uq_webhook_delivery_endpoint_id_job_id_seq")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_webhook_delivery_job_id_seq", "webhook_delivery", ["job_id", "seq"])
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at", "id"])


def downgrade() -> None:
    op.execute("DROP TRIGGER webhooks ON job_event")
    op.execute("DROP FUNCTION note_webhook_deliveries()")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
