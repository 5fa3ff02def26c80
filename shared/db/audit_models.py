"""ORM model of the audit log. A trigger refuses changes of its rows, see migration 0013."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.models import NOW, Base, Document

__all__ = ["AuditEvent"]


class AuditEvent(Base):
    """One act: who did what to which object, when, from where, before and after."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_action", "action", "id"),
        Index("ix_audit_event_actor", "actor", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW, index=True)
    actor: Mapped[str]
    """Name: admin, client:..., visitor:..., address:... or cli:... of the command line."""
    actor_kind: Mapped[str]
    """How the actor was known, one of `shared.audit.events.ACTOR_KINDS`."""
    action: Mapped[str]
    """A key of `shared.audit.events.ACTIONS`."""
    object_kind: Mapped[str]
    object_id: Mapped[str | None]
    """None: several objects, named in `before` or `after`, or none that has an id."""
    address: Mapped[str | None]
    """Remote address of the request; of the command line the host."""
    request_id: Mapped[str | None]
    before: Mapped[Document | None]
    after: Mapped[Document | None]
