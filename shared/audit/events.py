"""Record, list and expire events of the audit log. The caller commits, together with the act.

Events name objects by id. They hold no briefs, secrets, tokens or contents of files.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from shared.db.audit_models import AuditEvent
from shared.timestamps import timestamp

__all__ = [
    "ACTIONS",
    "ACTION_GROUPS",
    "ACTOR_KINDS",
    "Act",
    "Actor",
    "AuditQuery",
    "event_document",
    "event_pages",
    "expire_events",
    "list_events",
    "record",
]

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "account.change": "account",
        "account.change_password": "account",
        "account.create": "account",
        "account.delete": "account",
        "account.disable": "account",
        "account.enable": "account",
        "account.end_sessions": "account",
        "account.export": "account",
        "account.quota": "account",
        "account.reset_link": "account",
        "account.reset_password": "account",
        "account.restore": "account",
        "api_key.create": "api_key",
        "api_key.revoke": "api_key",
        "artifact.link": "artifact",
        "batch.cancel": "batch",
        "batch.delete": "batch",
        "batch.restore": "batch",
        "client.add": "client",
        "client.remove": "client",
        "collection.change": "collection",
        "collection.create": "collection",
        "collection.delete": "collection",
        "collection.rename": "collection",
        "identity.connect": "account",
        "identity.disconnect": "account",
        "invitation.accept": "invitation",
        "invitation.create": "invitation",
        "invitation.withdraw": "invitation",
        "job.cancel": "job",
        "job.change": "job",
        "job.delete": "job",
        "job.restore": "job",
        "job.retry_dead": "job",
        "member.change": "account",
        "member.remove": "account",
        "model.promote": "release",
        "model.register": "release",
        "model.rollback": "release",
        "palette.remove": "palette",
        "queue.pause": "stage",
        "queue.resume": "stage",
        "reference.delete": "reference",
        "reference.restore": "reference",
        "schema.migrate": "schema",
        "session.revoke": "session",
        "session.sign_in": "session",
        "session.sign_in_failed": "session",
        "session.sign_out": "session",
        "share_link.create": "share_link",
        "share_link.revoke": "share_link",
        "training.cancel": "job",
        "training.start": "job",
        "webhook.add": "webhook",
        "webhook.pause": "webhook",
        "webhook.redeliver": "delivery",
        "webhook.remove": "webhook",
        "webhook.resume": "webhook",
        "webhook.rotate": "webhook",
        "workspace.create": "workspace",
        "workspace.rename": "workspace",
        "workspace.retention": "workspace",
    }
)
"""Kind of the object of each action. Actions may be added, and are never renamed."""

ACTION_GROUPS = tuple(sorted({action.partition(".")[0] for action in ACTIONS}))
"""First parts of the actions, by which several are listed."""

ACTOR_KINDS = (
    *("admin_token", "admin_session", "client", "visitor", "command_line"),
    *("account", "api_key"),
)
"""How an actor is known. A visitor is a browser, or an address, without a token; an account acts
in a browser that is signed in, or by an API key."""

_EXPIRY_BATCH = 10_000
_PAGE_SIZE = 500


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, and from where."""

    name: str
    kind: str
    address: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is done to which object."""

    action: str
    object_id: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class AuditQuery:
    """Which events to list; None: no such condition."""

    action: str | None = None
    """A whole action, or one of `ACTION_GROUPS`, such as model."""
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    """Id of the last event of the previous page."""


def record(session: Session, actor: Actor, act: Act) -> None:
    """Insert an event."""
    assert actor.kind in ACTOR_KINDS, actor.kind
    session.execute(
        insert(AuditEvent).values(
            actor=actor.name,
            actor_kind=actor.kind,
            action=act.action,
            object_kind=ACTIONS[act.action],
            object_id=act.object_id,
            address=actor.address,
            request_id=actor.request_id,
            before=None if act.before is None else dict(act.before),
            after=None if act.after is None else dict(act.after),
        )
    )


def list_events(session: Session, query: AuditQuery, limit: int) -> Sequence[AuditEvent]:
    """Return events, newest first."""
    statement = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if query.action is not None:
        is_whole = "." in query.action
        statement = statement.where(
            AuditEvent.action == query.action
            if is_whole
            else AuditEvent.action.startswith(f"{query.action}.", autoescape=True)
        )
    if query.actor is not None:
        statement = statement.where(AuditEvent.actor == query.actor)
    if query.since is not None:
        statement = statement.where(AuditEvent.at >= query.since)
    if query.until is not None:
        statement = statement.where(AuditEvent.at < query.until)
    if query.before is not None:
        statement = statement.where(AuditEvent.id < query.before)
    return session.scalars(statement).all()


def event_pages(
    sessions: Callable[[], Session], query: AuditQuery, limit: int | None
) -> Iterator[list[dict[str, Any]]]:
    """Yield the documents of events in pages, newest first; at most `limit` of them.

    Each page has a transaction of its own, so that a slow reader holds none.
    """
    while limit is None or limit > 0:
        size = _PAGE_SIZE if limit is None else min(_PAGE_SIZE, limit)
        with sessions() as session:
            page = [event_document(event) for event in list_events(session, query, size)]
        yield page
        if len(page) < size:
            return
        limit = None if limit is None else limit - size
        query = replace(query, before=page[-1]["id"])


def expire_events(session: Session, keep_s: float) -> int:
    """Delete a bounded number of events that are older than `keep_s`; return the count.

    The database deletes none that is younger than a day.
    """
    keep = func.make_interval(0, 0, 0, 0, 0, 0, keep_s)
    return session.scalar(select(func.expire_audit_events(keep, _EXPIRY_BATCH))) or 0


def event_document(event: AuditEvent) -> dict[str, Any]:
    """Return the document of an event."""
    return {
        "id": event.id,
        "at": timestamp(event.at),
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "address": event.address,
        "request_id": event.request_id,
        "before": event.before,
        "after": event.after,
    }
