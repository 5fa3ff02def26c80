"""Add batches: jobs submitted together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(none_as_null=True)
_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked", _JSON, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(
        "uq_batch_owner_idempotency_key",
        "batch",
        ["owner", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.add_column("job", sa.Column("batch_id", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("batch_index", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_job_batch_id"), "job", "batch", ["batch_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "uq_job_batch_id_batch_index",
        "job",
        ["batch_id", "batch_index"],
        unique=True,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_job_batch_id_batch_index", table_name="job")
    op.drop_constraint(op.f("fk_job_batch_id"), "job", type_="foreignkey")
    op.drop_column("job", "batch_index")
    op.drop_column("job", "batch_id")
    op.drop_table("batch")
