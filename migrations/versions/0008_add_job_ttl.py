"""Add the time to live of a job, counted from its end."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limit_waiting()
    op.add_column("job", sa.Column("ttl_s", sa.Double(), nullable=True))
    op.execute(
        "UPDATE job SET ttl_s = extract(epoch FROM expires_at - created_at), "
        "expires_at = finished_at + (expires_at - created_at) "  # null where it has not ended
        "WHERE expires_at IS NOT NULL"
    )


def downgrade() -> None:
    _limit_waiting()
    op.execute(
        "UPDATE job SET expires_at = created_at + make_interval(secs => ttl_s) "
        "WHERE ttl_s IS NOT NULL"
    )
    op.drop_column("job", "ttl_s")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
