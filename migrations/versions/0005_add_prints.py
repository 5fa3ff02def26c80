"""Add prints: a reference to the printed design, and the count of a design's prints."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limit_waiting()
    op.add_column("job", sa.Column("print_of", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("prints", sa.Integer(), server_default="0", nullable=False))
    op.create_foreign_key(
        op.f("fk_job_print_of"), "job", "job", ["print_of"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "ix_job_print_of", "job", ["print_of"], postgresql_where=sa.text("print_of IS NOT NULL")
    )


def downgrade() -> None:
    _limit_waiting()
    op.drop_index("ix_job_print_of", "job")
    op.drop_constraint(op.f("fk_job_print_of"), "job", type_="foreignkey")
    op.drop_column("job", "prints")
    op.drop_column("job", "print_of")


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
