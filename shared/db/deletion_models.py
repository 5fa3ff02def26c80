"""ORM models of deletion: the ledger, bytes that are to be deleted, and pictures searched with.

Triggers of migration 0017 insert a `Disposal` in the transaction in which a row that refers to
bytes is deleted or refers to others.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base

__all__ = ["DELETION_KINDS", "Deletion", "Disposal", "SearchPicture"]

DELETION_KINDS = ("job", "batch", "reference", "account")


class Deletion(Base):
    """A deletion that somebody asked for, with what became of it; no texts of what is deleted."""

    __tablename__ = "deletion"
    __table_args__ = (
        CheckConstraint("kind IN ('job', 'batch', 'reference', 'account')", name="kind"),
        CheckConstraint("restored_at IS NULL OR done_at IS NULL", name="outcome"),
        Index("ix_deletion_object", "kind", "object_id"),
        Index(
            "ix_deletion_open",
            "undo_until",
            postgresql_where=text("restored_at IS NULL AND done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    """One of `DELETION_KINDS`."""
    object_id: Mapped[str]
    """Id of the job, batch or account; sha256 of the reference image."""
    asked_by: Mapped[str]
    """Owner string of who asked."""
    workspace_id: Mapped[str | None]
    """Not a foreign key: the row outlives the workspace. None: the deletion of an account."""
    asked_at: Mapped[datetime] = mapped_column(server_default=NOW)
    undo_until: Mapped[datetime]
    restored_at: Mapped[datetime | None]
    """When everything was restored."""
    done_at: Mapped[datetime | None]
    """When the last row and the last file were deleted."""
    jobs: Mapped[int] = mapped_column(server_default="0")
    """Number of jobs that were deleted at first, with prints."""
    jobs_restored: Mapped[int] = mapped_column(server_default="0")
    rows_deleted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Rows of the database, with those that belong to the jobs."""
    files_deleted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Files of the artifact store."""
    files_kept: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Files that something else refers to."""
    bytes_deleted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Sum of the sizes of the deleted files."""


class Disposal(Base):
    """Bytes of the artifact store to be deleted when due, unless something refers to them.

    A writer that stores bytes sets the time ahead first: until then they are not deleted, and
    afterwards only if it committed no row that refers to them.
    """

    __tablename__ = "disposal"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(server_default=NOW, index=True)
    deletions: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()), server_default=text("'{}'"))
    """Ids of the deletions that the bytes are part of."""


class SearchPicture(Base):
    """A picture that somebody uploaded to search with, kept for an hour for that person alone."""

    __tablename__ = "search_picture"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
