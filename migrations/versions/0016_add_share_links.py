"""Add share links of jobs and collections."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLE = "share_link"
_TIME = sa.DateTime(timezone=True)
_TARGETS = {"workspace_id": "workspace.id", "job_id": "job.id", "collection_id": "collection.id"}


def upgrade() -> None:
    _limit_waiting()
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("collection_id", sa.Text(), nullable=True),
        sa.Column("download", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("last_used_at", _TIME, nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(job_id, collection_id) = 1", name=op.f("ck_share_link_resource")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_share_link_expires")),
        *(_references(column, target) for column, target in _TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_share_link_token_sha256")),
    )
    op.create_index("ix_share_link_workspace_id", _TABLE, ["workspace_id", "id"])
    for column in ("job_id", "collection_id", "expires_at"):
        op.create_index(f"ix_share_link_{column}", _TABLE, [column])


def downgrade() -> None:
    _limit_waiting()
    op.drop_table(_TABLE)


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")


def _references(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_share_link_{column}"), ondelete="CASCADE"
    )
