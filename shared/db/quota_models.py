"""ORM model of the submissions that count against quotas."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base

__all__ = ["QuotaEntry"]


class QuotaEntry(Base):
    """One submitted job, for a day: it outlives the row of a job that is deleted."""

    __tablename__ = "quota_entry"
    __table_args__ = (
        Index("ix_quota_entry_owner", "owner", "at"),
        Index(
            "ix_quota_entry_network", "network", "at", postgresql_where=text("network IS NOT NULL")
        ),
        Index("ix_quota_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[str]
    """No foreign key: the job may be deleted sooner."""
    owner: Mapped[str]
    network: Mapped[str | None]
    """Keyed hash of the network it was submitted from; None: networks are not limited."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)
