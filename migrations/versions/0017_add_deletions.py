"""Add the ledger of deletions and the bytes to be deleted, which triggers note.

A row that stops referring to bytes notes them in the same transaction, whatever deletes or changes
it: a deletion, an expiry, an account, a later checkpoint. A crash between the rows and the bytes
leaves the note, from which the next collection goes on.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("clock_timestamp()")
_COUNTS = ("rows_deleted", "files_deleted", "files_kept", "bytes_deleted")

# Waits for a collection that examines the same bytes, so that its note is not lost with that one.
_NOTE_BYTES = """
CREATE FUNCTION note_disposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deletion bigint := nullif(current_setting('codesigner.deletion', true), '')::bigint;
BEGIN
    INSERT INTO disposal (sha256, deletions)
    SELECT DISTINCT to_jsonb(OLD) #>> string_to_array(place, '.'),
           array_remove(ARRAY[deletion], NULL)
    FROM unnest(TG_ARGV) AS places (place)
    WHERE to_jsonb(OLD) #>> string_to_array(place, '.') IS NOT NULL
    ON CONFLICT (sha256) DO UPDATE
    SET deletions = disposal.deletions || excluded.deletions;
    RETURN NULL;
END
$$
"""
_REFERRING = {
    "artifact": ("sha256",),
    "job": ("reference_sha256", "options.dataset_sha256"),
    "search_picture": ("sha256",),
    "stage_run": ("output_sha256", "checkpoint_sha256"),
}
"""Places of sha256s of the artifact store, by table."""
_CHANGING = (
    ("artifact", "sha256"),
    ("stage_run", "output_sha256"),
    ("stage_run", "checkpoint_sha256"),
)
"""Columns that are changed to refer to other bytes."""

# Jobs that are deleted and not collected yet.
_MOVE_DELETED = (
    """
    INSERT INTO deletion (kind, object_id, asked_by, workspace_id, asked_at, undo_until, jobs)
    SELECT 'job', id, owner, workspace_id, deleted_at, deleted_at + interval '10 minutes', 1
    FROM job WHERE deleted_at IS NOT NULL
    """,
    """
    UPDATE job SET deletion_id = deletion.id FROM deletion
    WHERE deletion.object_id = job.id AND job.deleted_at IS NOT NULL
    """,
    # From now on a batch is deleted with its last job.
    "DELETE FROM batch WHERE NOT EXISTS (SELECT FROM job WHERE job.batch_id = batch.id)",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    _create_ledger()
    op.create_table(
        "disposal",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("due_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column(
            "deletions",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_disposal")),
    )
    op.create_index(op.f("ix_disposal_due_at"), "disposal", ["due_at"])
    op.create_table(
        "search_picture",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "owner", name=op.f("pk_search_picture")),
    )
    op.create_index(op.f("ix_search_picture_expires_at"), "search_picture", ["expires_at"])
    _add_references()
    _add_triggers()
    for statement in _MOVE_DELETED:
        op.execute(statement)


def _create_ledger() -> None:
    op.create_table(
        "deletion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "object_id", "asked_by")),
        sa.Column("workspace_id", sa.Text(), nullable=True),
        sa.Column("asked_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("undo_until", _TIME, nullable=False),
        sa.Column("restored_at", _TIME, nullable=True),
        sa.Column("done_at", _TIME, nullable=True),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("jobs", "jobs_restored")
        ),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in _COUNTS),
        sa.CheckConstraint(
            "kind IN ('job', 'batch', 'reference', 'account')", name=op.f("ck_deletion_kind")
        ),
        sa.CheckConstraint(
            "restored_at IS NULL OR done_at IS NULL", name=op.f("ck_deletion_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion")),
    )
    op.create_index("ix_deletion_object", "deletion", ["kind", "object_id"])
    op.create_index(
        "ix_deletion_open",
        "deletion",
        ["undo_until"],
        postgresql_where=sa.text("restored_at IS NULL AND done_at IS NULL"),
    )


def _add_references() -> None:
    """Link jobs to their deletion, and index what refers to bytes."""
    op.add_column("job", sa.Column("deletion_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_job_deletion_id",
        "job",
        ["deletion_id"],
        postgresql_where=sa.text("deletion_id IS NOT NULL"),
    )
    op.create_index(
        "ix_job_dataset_sha256",
        "job",
        [sa.text("(options ->> 'dataset_sha256')")],
        postgresql_where=sa.text("(options ->> 'dataset_sha256') IS NOT NULL"),
    )
    for column in ("output_sha256", "checkpoint_sha256"):
        op.create_index(
            f"ix_stage_run_{column}",
            "stage_run",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def _add_triggers() -> None:
    op.execute(_NOTE_BYTES)
    for table, places in _REFERRING.items():
        given = ", ".join(f"'{place}'" for place in places)
        op.execute(
            f"CREATE TRIGGER {table}_disposal AFTER DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION note_disposal({given})"
        )
    for table, column in _CHANGING:
        op.execute(
            f"CREATE TRIGGER {table}_{column}_disposal AFTER UPDATE OF {column} ON {table}"
            f" FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})"
            f" EXECUTE FUNCTION note_disposal('{column}')"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    for table, column in _CHANGING:
        op.execute(f"DROP TRIGGER {table}_{column}_disposal ON {table}")
    for table in _REFERRING:
        op.execute(f"DROP TRIGGER {table}_disposal ON {table}")
    op.execute("DROP FUNCTION note_disposal()")
    for column in ("output_sha256", "checkpoint_sha256"):
        op.drop_index(f"ix_stage_run_{column}", "stage_run")
    op.drop_index("ix_job_dataset_sha256", "job")
    op.drop_index("ix_job_deletion_id", "job")
    op.drop_column("job", "deletion_id")
    for table in ("search_picture", "disposal", "deletion"):
        op.drop_table(table)
