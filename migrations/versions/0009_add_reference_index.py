"""Add an index on reference images, to check whether a visitor may fetch one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limit_waiting()
    op.create_index(
        "ix_job_reference_sha256",
        "job",
        ["reference_sha256"],
        postgresql_where=sa.text("reference_sha256 IS NOT NULL"),
    )


def downgrade() -> None:
    _limit_waiting()
    op.drop_index("ix_job_reference_sha256", "job")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
