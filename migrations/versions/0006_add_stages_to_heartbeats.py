"""Add the stages that a worker serves to its heartbeat; older workers report none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limit_waiting()
    op.add_column(
        "worker_heartbeat",
        sa.Column("stages", JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )


def downgrade() -> None:
    _limit_waiting()
    op.drop_column("worker_heartbeat", "stages")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
