"""Add quotas: submissions of the last day, the bytes of jobs, and limits of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_LIMITS = (
    ("max_jobs", sa.Integer()),
    ("jobs_per_day", sa.Integer()),
    ("max_bytes", sa.BigInteger()),
)
# Sizes of references are known of new jobs only. Jobs that run are counted when they end.
_COUNT_BYTES = """
UPDATE job SET stored_bytes = made.bytes
FROM (SELECT job_id, sum(size_bytes) AS bytes FROM artifact GROUP BY job_id) AS made
WHERE made.job_id = job.id AND job.state IN ('succeeded', 'failed', 'cancelled')
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '600s'")
    for name, kind in _LIMITS:
        op.add_column("account", sa.Column(name, kind, nullable=True))
    op.create_check_constraint(
        op.f("ck_account_quota"), "account", "least(max_jobs, jobs_per_day, max_bytes) >= 0"
    )
    for name in ("reference_bytes", "stored_bytes"):
        op.add_column("job", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.execute(_COUNT_BYTES)
    op.create_index(
        "ix_job_owner_bytes",
        "job",
        ["owner"],
        postgresql_include=["stored_bytes", "expires_at"],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    _create_entries()


def _create_entries() -> None:
    op.create_table(
        "quota_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_entry")),
    )
    op.create_index("ix_quota_entry_owner", "quota_entry", ["owner", "at"])
    op.create_index(
        "ix_quota_entry_network",
        "quota_entry",
        ["network", "at"],
        postgresql_where=sa.text("network IS NOT NULL"),
    )
    op.create_index("ix_quota_entry_at", "quota_entry", ["at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_table("quota_entry")
    op.drop_index("ix_job_owner_bytes", "job")
    for name in ("stored_bytes", "reference_bytes"):
        op.drop_column("job", name)
    op.drop_constraint("ck_account_quota", "account")
    for name, _kind in _LIMITS:
        op.drop_column("account", name)
