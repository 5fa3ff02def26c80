"""Webhooks: where a job's events are sent, and the ledger of what was sent.

Which event goes to which endpoint is decided in the transaction that records the event, by a
trigger on `job_event`; `shared.webhooks.deliveries` sends what the ledger has. Every function
leaves the commit to its caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.models import Job, JobEvent
from shared.db.webhook_models import WebhookDelivery, WebhookEndpoint
from shared.errors import DeliveryNotFound, WebhookNotFound
from shared.queue.events import EventKind
from shared.webhooks.signing import new_secret
from shared.webhooks.url_policy import Target

__all__ = [
    "DEFAULT_EVENTS",
    "Delivery",
    "WebhookAsked",
    "active_keys",
    "add_endpoint",
    "deliveries",
    "delivery",
    "endpoints",
    "get_endpoint",
    "remove_endpoint",
    "rotate_secret",
    "send_again",
    "set_enabled",
    "webhook_of",
]

DEFAULT_EVENTS: tuple[EventKind, ...] = ("job.succeeded", "job.failed", "job.cancelled")
"""Kinds of events that are sent where nothing else is asked for."""


@dataclass(frozen=True, kw_only=True)
class WebhookAsked:
    """Where events are to be sent, validated."""

    url: str
    origin: str
    """See `shared.webhooks.url_policy.Target`."""
    secret: str
    events: tuple[str, ...] = DEFAULT_EVENTS
    description: str = ""

    @classmethod
    def at(cls, url: str, target: Target, secret: str | None, **further: Any) -> "WebhookAsked":
        """Give what is asked for at a checked address; without a secret one is drawn."""
        return cls(url=url, origin=target.origin, secret=secret or new_secret(), **further)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A line of the ledger with what it is about."""

    row: WebhookDelivery
    endpoint: WebhookEndpoint
    event: JobEvent


def add_endpoint(
    session: Session,
    asked: WebhookAsked,
    *,
    job_id: str | None = None,
    batch_id: str | None = None,
) -> str:
    """Send events from now on: of one job, of one batch's jobs, or of all; gives the id."""
    endpoint_id = new_id()
    session.execute(
        insert(WebhookEndpoint).values(
            id=endpoint_id,
            url=asked.url,
            origin=asked.origin,
            events=list(asked.events),
            description=asked.description,
            secret=asked.secret,
            job_id=job_id,
            batch_id=batch_id,
        )
    )
    return endpoint_id


def webhook_of(session: Session, job: Job) -> WebhookAsked | None:
    """Give what a job, or its batch, asked for, to be asked for again."""
    own = WebhookEndpoint.job_id == job.id
    found = session.scalars(
        select(WebhookEndpoint).where(
            own if job.batch_id is None else own | (WebhookEndpoint.batch_id == job.batch_id)
        )
    ).first()
    if found is None:
        return None
    return WebhookAsked(
        url=found.url,
        origin=found.origin,
        secret=found.secret,
        events=tuple(found.events),
        description=found.description,
    )


def endpoints(session: Session) -> Sequence[WebhookEndpoint]:
    """List the registered endpoints, oldest first; those of single jobs are not among them."""
    return session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.job_id.is_(None), WebhookEndpoint.batch_id.is_(None))
        .order_by(WebhookEndpoint.id)
    ).all()


def get_endpoint(session: Session, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint:
    """Give an endpoint of any scope.

    Raises:
        WebhookNotFound: there is none.
    """
    asked = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    if lock:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise WebhookNotFound(endpoint_id)
    return found


def set_enabled(session: Session, endpoint_id: str, enabled: bool) -> WebhookEndpoint:
    """Pause an endpoint or take it up again.

    While it is paused no event is noted for it, and what was noted before waits.

    Raises:
        WebhookNotFound: there is none.
    """
    found = get_endpoint(session, endpoint_id, lock=True)
    found.enabled = enabled
    found.disabled_reason = None if enabled else "paused"
    session.flush()
    return found


def remove_endpoint(session: Session, endpoint_id: str) -> None:
    """Delete an endpoint and its deliveries.

    Raises:
        WebhookNotFound: there is none.
    """
    session.delete(get_endpoint(session, endpoint_id, lock=True))
    session.flush()


def rotate_secret(
    session: Session, endpoint_id: str, secret: str | None = None, *, keep_s: float = 86_400.0
) -> WebhookEndpoint:
    """Sign with a new secret, and for `keep_s` with the present one too.

    Raises:
        WebhookNotFound: there is none.
    """
    found = get_endpoint(session, endpoint_id, lock=True)
    until = datetime.now(UTC) + timedelta(seconds=keep_s)
    kept = [each for each in found.retired if _is_active(each)]
    if keep_s > 0:
        kept.insert(0, {"secret": found.secret, "until": until.isoformat()})
    found.retired = kept
    found.secret = secret or new_secret()
    session.flush()
    return found


def active_keys(endpoint: WebhookEndpoint) -> list[str]:
    """Give the secrets that sign now, the newest first."""
    return [endpoint.secret, *(each["secret"] for each in endpoint.retired if _is_active(each))]


def _is_active(retired: dict[str, Any]) -> bool:
    return datetime.fromisoformat(retired["until"]) > datetime.now(UTC)


def deliveries(
    session: Session,
    limit: int = 50,
    before: str | None = None,
    *,
    state: str | None = None,
    endpoint_id: str | None = None,
    job_id: str | None = None,
    own_only: bool = False,
) -> list[Delivery]:
    """List deliveries, newest first; `before` is the id of the last one of the page before.

    Args:
        own_only: leave out those to endpoints that were registered for all jobs.
    """
    found = _with_what_it_is_about()
    if before is not None:
        made = select(WebhookDelivery.created_at).where(WebhookDelivery.id == before)
        found = found.where(
            func.row(WebhookDelivery.created_at, WebhookDelivery.id)
            < func.row(made.scalar_subquery(), before)
        )
    for column, value in (
        (WebhookDelivery.state, state),
        (WebhookDelivery.endpoint_id, endpoint_id),
        (WebhookDelivery.job_id, job_id),
    ):
        if value is not None:
            found = found.where(column == value)
    if own_only:
        found = found.where(
            WebhookEndpoint.job_id.is_not(None) | WebhookEndpoint.batch_id.is_not(None)
        )
    newest = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return [_delivery(row) for row in session.execute(found.order_by(*newest).limit(limit))]


def delivery(session: Session, delivery_id: str) -> Delivery:
    """Give a delivery.

    Raises:
        DeliveryNotFound: there is none.
    """
    found = session.execute(
        _with_what_it_is_about().where(WebhookDelivery.id == delivery_id)
    ).one_or_none()
    if found is None:
        raise DeliveryNotFound(delivery_id)
    return _delivery(found)


def _with_what_it_is_about() -> Any:
    return (
        select(WebhookDelivery, WebhookEndpoint, JobEvent)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .join(
            JobEvent,
            (JobEvent.job_id == WebhookDelivery.job_id) & (JobEvent.seq == WebhookDelivery.seq),
        )
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(row=row[0], endpoint=row[1], event=row[2])


def send_again(session: Session, delivery_id: str) -> None:
    """Make a delivery due now, whatever became of it, under the same webhook-id.

    One that is being sent at this moment is sent once more.

    Raises:
        DeliveryNotFound: there is none.
    """
    row = session.scalars(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise DeliveryNotFound(delivery_id)
    row.state = "pending"
    row.tries = 0
    row.delivered_at = None
    row.next_attempt_at = func.clock_timestamp()
    session.flush()
