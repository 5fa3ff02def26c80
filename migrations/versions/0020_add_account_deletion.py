"""Add the deletion of accounts, and how long a workspace keeps its designs."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("account", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("workspace", sa.Column("retention_s", sa.Float(), nullable=True))
    op.create_check_constraint(op.f("ck_workspace_retention_s"), "workspace", "retention_s >= 3600")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_column("workspace", "retention_s")
    op.drop_column("account", "deleted_at")
