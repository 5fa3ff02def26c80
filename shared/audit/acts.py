"""Acts of administration, each with its audit event: by pages, the API and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import clients
from shared.audit.events import Act, Actor, record
from shared.db.models import AliasMove, Client, Job
from shared.db.webhook_models import WebhookEndpoint
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue import pauses
from shared.registry import releases
from shared.webhooks import endpoints

__all__ = [
    "ClientTerms",
    "add_client",
    "add_webhook",
    "pause",
    "promote",
    "record_retries",
    "remove_client",
    "remove_webhook",
    "resume",
    "rollback",
    "rotate_webhook",
    "send_again",
    "set_webhook_enabled",
]


def promote(
    session: Session, actor: Actor, release: str, *, reason: str = "", force: bool = False
) -> AliasMove:
    """Promote a release, see `shared.registry.releases.promote`."""
    move = releases.promote(session, release, actor.name, reason=reason, force=force)
    after = {"champion": release, "reason": reason, "force": force}
    _record_move(session, actor, "model.promote", move.release_from, after)
    return move


def rollback(session: Session, actor: Actor, *, reason: str = "") -> AliasMove:
    """Roll back to the previous champion, see `shared.registry.releases.rollback`."""
    move = releases.rollback(session, actor.name, reason=reason)
    after = {"champion": move.release_to, "reason": reason}
    _record_move(session, actor, "model.rollback", move.release_from, after)
    return move


def _record_move(
    session: Session, actor: Actor, action: str, previous: str | None, after: Mapping[str, Any]
) -> None:
    act = Act(
        action=action, object_id=after["champion"], before={"champion": previous}, after=after
    )
    record(session, actor, act)


def pause(session: Session, actor: Actor, stage: str, reason: str = "") -> None:
    """Pause a stage, or all, see `shared.queue.pauses.pause`."""
    before = _paused(session)
    pauses.pause(session, stage, actor.name, reason)
    after = {"paused": _paused(session), "reason": reason}
    act = Act(action="queue.pause", object_id=stage, before={"paused": before}, after=after)
    record(session, actor, act)


def resume(session: Session, actor: Actor, stage: str) -> None:
    """Resume a stage, or all, see `shared.queue.pauses.resume`."""
    before = {"paused": _paused(session)}
    pauses.resume(session, stage)
    after = {"paused": _paused(session)}
    record(session, actor, Act(action="queue.resume", object_id=stage, before=before, after=after))


def _paused(session: Session) -> list[str]:
    return sorted(row.stage for row in pauses.pauses(session))


def record_retries(session: Session, actor: Actor, retried: Sequence[tuple[str, Job]]) -> None:
    """Record a retry of dead jobs.

    Args:
        retried: pairs of the dead job's id and the new job.
    """
    only = retried[0][0] if len(retried) == 1 else None
    after = {"retried_as": {old: new.id for old, new in retried}}
    record(session, actor, Act(action="job.retry_dead", object_id=only, after=after))


@dataclass(frozen=True, kw_only=True)
class ClientTerms:
    """Limits of an API client, see `shared.db.models.Client`."""

    max_jobs: int | None = None
    top_priority: int = 0


def add_client(session: Session, actor: Actor, name: str, terms: ClientTerms) -> str:
    """Register a client, or replace its token, see `shared.clients.add_client`."""
    before = _terms(session, name)
    token = clients.add_client(
        session, name, max_jobs=terms.max_jobs, top_priority=terms.top_priority
    )
    act = Act(action="client.add", object_id=name, before=before, after=_terms(session, name))
    record(session, actor, act)
    return token


def remove_client(session: Session, actor: Actor, name: str) -> bool:
    """Remove a client, see `shared.clients.remove_client`."""
    before = _terms(session, name)
    is_removed = clients.remove_client(session, name)
    if is_removed:
        record(session, actor, Act(action="client.remove", object_id=name, before=before))
    return is_removed


def _terms(session: Session, name: str) -> dict[str, Any] | None:
    query = select(Client.max_jobs, Client.top_priority).where(Client.name == name)
    row = session.execute(query).one_or_none()
    return None if row is None else {"max_jobs": row.max_jobs, "top_priority": row.top_priority}


def add_webhook(
    session: Session,
    actor: Actor,
    request: endpoints.WebhookRequest,
    workspace_id: str = MAIN_WORKSPACE,
) -> str:
    """Add a webhook for a workspace's jobs, see `shared.webhooks.endpoints.add_endpoint`."""
    endpoint_id = endpoints.add_endpoint(session, request, workspace_id=workspace_id)
    after = _endpoint(endpoints.get_endpoint(session, endpoint_id))
    record(session, actor, Act(action="webhook.add", object_id=endpoint_id, after=after))
    return endpoint_id


def set_webhook_enabled(session: Session, actor: Actor, endpoint_id: str, enabled: bool) -> None:
    """Pause or resume a webhook, see `shared.webhooks.endpoints.set_enabled`."""
    before = _endpoint(endpoints.get_endpoint(session, endpoint_id, lock=True))
    after = _endpoint(endpoints.set_enabled(session, endpoint_id, enabled))
    action = "webhook.resume" if enabled else "webhook.pause"
    record(session, actor, Act(action=action, object_id=endpoint_id, before=before, after=after))


def remove_webhook(session: Session, actor: Actor, endpoint_id: str) -> None:
    """Remove a webhook, see `shared.webhooks.endpoints.remove_endpoint`."""
    before = _endpoint(endpoints.get_endpoint(session, endpoint_id, lock=True))
    endpoints.remove_endpoint(session, endpoint_id)
    record(session, actor, Act(action="webhook.remove", object_id=endpoint_id, before=before))


def rotate_webhook(
    session: Session, actor: Actor, endpoint_id: str, secret: str | None = None, *, keep_s: float
) -> WebhookEndpoint:
    """Rotate a webhook's secret, see `shared.webhooks.endpoints.rotate_secret`."""
    endpoint = endpoints.rotate_secret(session, endpoint_id, secret, keep_s=keep_s)
    after = _endpoint(endpoint) | {"old_secret_kept_s": keep_s}
    record(session, actor, Act(action="webhook.rotate", object_id=endpoint_id, after=after))
    return endpoint


def send_again(session: Session, actor: Actor, delivery_id: str) -> None:
    """Redeliver a delivery, see `shared.webhooks.endpoints.send_again`."""
    endpoints.send_again(session, delivery_id)
    record(session, actor, Act(action="webhook.redeliver", object_id=delivery_id))


def _endpoint(row: WebhookEndpoint) -> dict[str, Any]:
    """Return what is recorded of a webhook: not its path and query, which may hold secrets."""
    return {"origin": row.origin, "events": list(row.events), "enabled": row.enabled}
