"""Record what a job was derived from and how: a retry, another seed, a changed brief."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Another seed used to be recorded as a retry, which has the options of the old job.
_FILL_DERIVED = """
UPDATE job j SET derived_from = old.id,
    derived_how = CASE WHEN j.options = old.options THEN 'retry' ELSE 'another_seed' END,
    retried_from = CASE WHEN j.options = old.options THEN old.id END
FROM job old WHERE old.id = j.retried_from
"""
_COUNT_DERIVED = """
UPDATE job SET derivations = derived.count
FROM (SELECT derived_from, count(*) FROM job WHERE derived_from IS NOT NULL GROUP BY 1) derived
WHERE job.id = derived.derived_from
"""


def upgrade() -> None:
    _limit_waiting()
    op.add_column("job", sa.Column("derived_from", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("derived_how", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("derivations", sa.Integer(), server_default="0", nullable=False))
    op.create_foreign_key(
        op.f("fk_job_derived_from"), "job", "job", ["derived_from"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(
        op.f("ck_job_derived_how"),
        "job",
        "derived_how IN ('retry', 'another_seed', 'changed_brief', 'edit')",
    )
    op.create_index(
        "ix_job_derived_from",
        "job",
        ["derived_from"],
        postgresql_where=sa.text("derived_from IS NOT NULL"),
    )
    op.execute(_FILL_DERIVED)
    op.execute(_COUNT_DERIVED)


def downgrade() -> None:
    _limit_waiting()
    op.execute("UPDATE job SET retried_from = derived_from WHERE derived_how = 'another_seed'")
    op.drop_index("ix_job_derived_from", "job")
    op.drop_constraint(op.f("ck_job_derived_how"), "job", type_="check")
    op.drop_constraint(op.f("fk_job_derived_from"), "job", type_="foreignkey")
    for column in ("derivations", "derived_how", "derived_from"):
        op.drop_column("job", column)


def _limit_waiting() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
