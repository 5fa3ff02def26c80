"""Add an index on ready stage runs in queue order, to count those ahead of a stage run."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limit_waiting()
    op.create_index(
        "ix_stage_run_ahead",
        "stage_run",
        ["queue", "turn", "id"],
        postgresql_where=sa.text("state = 'ready'"),
    )


def downgrade() -> None:
    _limit_waiting()
    op.drop_index("ix_stage_run_ahead", "stage_run")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
