"""ORM models of webhooks: endpoints and the log of deliveries.

A delivery's states:

    pending -> delivered
       |  '--> failed -> pending   (sent again)
       '-> pending                 (an attempt failed, another is due)
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base, Document
from shared.main_workspace import MAIN_WORKSPACE

__all__ = ["WebhookDelivery", "WebhookEndpoint"]


class WebhookEndpoint(Base):
    """A URL that receives events of all jobs of a workspace, of one batch or of one job."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("job_id IS NULL OR batch_id IS NULL", name="scope"),
        Index(
            "uq_webhook_endpoint_job_id",
            "job_id",
            unique=True,
            postgresql_where=text("job_id IS NOT NULL"),
        ),
        Index(
            "uq_webhook_endpoint_batch_id",
            "batch_id",
            unique=True,
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "ix_webhook_endpoint_registered",
            "id",
            postgresql_where=text("job_id IS NULL AND batch_id IS NULL"),
        ),
        Index("ix_webhook_endpoint_workspace_id", "workspace_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    origin: Mapped[str]
    """Scheme, host and port; attempts to one origin are limited so that others are served."""
    events: Mapped[list[str]]
    """Subscribed event kinds, of `shared.queue.events.EVENT_KINDS`."""
    description: Mapped[str] = mapped_column(server_default="")
    secret: Mapped[str]
    retired: Mapped[list[Document]] = mapped_column(server_default=text("'[]'"))
    """Rotated secrets that still sign: {"secret": ..., "until": ...}."""
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled_reason: Mapped[str | None]
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    workspace_id: Mapped[str] = mapped_column(
        ForeignKey("workspace.id"), server_default=MAIN_WORKSPACE
    )
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class WebhookDelivery(Base):
    """Delivery of one event to one endpoint; a trigger on `job_event` inserts it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "job_id", "seq"),
        ForeignKeyConstraint(
            ["job_id", "seq"], ["job_event.job_id", "job_event.seq"], ondelete="CASCADE"
        ),
        CheckConstraint("state IN ('pending', 'delivered', 'failed')", name="state"),
        CheckConstraint("(state = 'pending') = (next_attempt_at IS NOT NULL)", name="next"),
        Index(
            "ix_webhook_delivery_due",
            "next_attempt_at",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_webhook_delivery_job_id_seq", "job_id", "seq"),
        Index("ix_webhook_delivery_created_at", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Also the webhook-id, constant over all attempts."""
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"))
    job_id: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    """Number of all attempts; also the fence of the running attempt."""
    tries: Mapped[int] = mapped_column(server_default="0")
    """Attempts since creation or the last manual resend; input of the backoff."""
    next_attempt_at: Mapped[datetime | None] = mapped_column(server_default=NOW)
    response_status: Mapped[int | None]
    error: Mapped[str | None]
    log: Mapped[list[Document]] = mapped_column(server_default=text("'[]'"))
    """Recent attempts: {"at", "status", "error", "took_ms"}."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    delivered_at: Mapped[datetime | None]
