"""Webhook endpoints and their deliveries: register, list, pause, redeliver.

A trigger on `job_event` inserts the deliveries of an event in the transaction that records the
event; `shared.webhooks.deliveries` claims them for sending. The caller commits.
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
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.events import EventKind
from shared.webhooks.signing import new_secret
from shared.webhooks.url_policy import Target

__all__ = [
    "DEFAULT_EVENTS",
    "Delivery",
    "WebhookRequest",
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
    "webhook_for_retry",
]

DEFAULT_EVENTS: tuple[EventKind, ...] = ("job.succeeded", "job.failed", "job.cancelled")
"""Default event kinds of an endpoint."""


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A validated request for a webhook endpoint."""

    url: str
    origin: str
    """See `shared.webhooks.url_policy.Target`."""
    secret: str
    events: tuple[str, ...] = DEFAULT_EVENTS
    description: str = ""

    @classmethod
    def at(cls, url: str, target: Target, secret: str | None, **fields: Any) -> "WebhookRequest":
        """Return the request for a validated URL; without a secret a new one is generated."""
        return cls(url=url, origin=target.origin, secret=secret or new_secret(), **fields)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A delivery with its endpoint and event."""

    row: WebhookDelivery
    endpoint: WebhookEndpoint
    event: JobEvent


def add_endpoint(
    session: Session,
    request: WebhookRequest,
    *,
    workspace_id: str = MAIN_WORKSPACE,
    job_id: str | None = None,
    batch_id: str | None = None,
) -> str:
    """Insert an endpoint for a job, for a batch, or for a workspace's jobs; return its id."""
    endpoint_id = new_id()
    session.execute(
        insert(WebhookEndpoint).values(
            id=endpoint_id,
            url=request.url,
            origin=request.origin,
            events=list(request.events),
            description=request.description,
            secret=request.secret,
            workspace_id=workspace_id,
            job_id=job_id,
            batch_id=batch_id,
        )
    )
    return endpoint_id


def webhook_for_retry(session: Session, job: Job) -> WebhookRequest | None:
    """Return the webhook request of a job or its batch, for the job's retry."""
    of_job = WebhookEndpoint.job_id == job.id
    endpoint = session.scalars(
        select(WebhookEndpoint).where(
            of_job if job.batch_id is None else of_job | (WebhookEndpoint.batch_id == job.batch_id)
        )
    ).first()
    if endpoint is None:
        return None
    return WebhookRequest(
        url=endpoint.url,
        origin=endpoint.origin,
        secret=endpoint.secret,
        events=tuple(endpoint.events),
        description=endpoint.description,
    )


def endpoints(session: Session, workspace_id: str) -> Sequence[WebhookEndpoint]:
    """Return the endpoints registered for all jobs of a workspace, oldest first."""
    return session.scalars(
        select(WebhookEndpoint)
        .where(
            WebhookEndpoint.job_id.is_(None),
            WebhookEndpoint.batch_id.is_(None),
            WebhookEndpoint.workspace_id == workspace_id,
        )
        .order_by(WebhookEndpoint.id)
    ).all()


def get_endpoint(session: Session, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint:
    """Return an endpoint of any scope.

    Raises:
        WebhookNotFound: it does not exist.
    """
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    endpoint = session.scalars(query).one_or_none()
    if endpoint is None:
        raise WebhookNotFound(endpoint_id)
    return endpoint


def set_enabled(session: Session, endpoint_id: str, enabled: bool) -> WebhookEndpoint:
    """Enable or pause an endpoint and return it.

    A paused endpoint gets no new deliveries, and its pending ones wait.

    Raises:
        WebhookNotFound: it does not exist.
    """
    endpoint = get_endpoint(session, endpoint_id, lock=True)
    endpoint.enabled = enabled
    endpoint.disabled_reason = None if enabled else "paused"
    session.flush()
    return endpoint


def remove_endpoint(session: Session, endpoint_id: str) -> None:
    """Delete an endpoint and its deliveries.

    Raises:
        WebhookNotFound: it does not exist.
    """
    session.delete(get_endpoint(session, endpoint_id, lock=True))
    session.flush()


def rotate_secret(
    session: Session, endpoint_id: str, secret: str | None = None, *, keep_s: float = 86_400.0
) -> WebhookEndpoint:
    """Replace an endpoint's secret and return the endpoint; the old one also signs for `keep_s`.

    Raises:
        WebhookNotFound: it does not exist.
    """
    endpoint = get_endpoint(session, endpoint_id, lock=True)
    until = datetime.now(UTC) + timedelta(seconds=keep_s)
    retired = [entry for entry in endpoint.retired if _is_active(entry)]
    if keep_s > 0:
        retired.insert(0, {"secret": endpoint.secret, "until": until.isoformat()})
    endpoint.retired = retired
    endpoint.secret = secret or new_secret()
    session.flush()
    return endpoint


def active_keys(endpoint: WebhookEndpoint) -> list[str]:
    """Return the active signing secrets, newest first."""
    retired = (entry["secret"] for entry in endpoint.retired if _is_active(entry))
    return [endpoint.secret, *retired]


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
    workspace_id: str | None = None,
) -> list[Delivery]:
    """Return deliveries, newest first; of all workspaces by default.

    Args:
        before: id of the last delivery of the previous page.
        own_only: exclude deliveries to endpoints registered for all jobs.
    """
    query = _delivery_query()
    if before is not None:
        created_at = select(WebhookDelivery.created_at).where(WebhookDelivery.id == before)
        query = query.where(
            func.row(WebhookDelivery.created_at, WebhookDelivery.id)
            < func.row(created_at.scalar_subquery(), before)
        )
    for column, value in (
        (WebhookDelivery.state, state),
        (WebhookDelivery.endpoint_id, endpoint_id),
        (WebhookDelivery.job_id, job_id),
        (WebhookEndpoint.workspace_id, workspace_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if own_only:
        query = query.where(
            WebhookEndpoint.job_id.is_not(None) | WebhookEndpoint.batch_id.is_not(None)
        )
    newest = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return [_delivery(row) for row in session.execute(query.order_by(*newest).limit(limit))]


def delivery(session: Session, delivery_id: str) -> Delivery:
    """Return a delivery.

    Raises:
        DeliveryNotFound: it does not exist.
    """
    row = session.execute(_delivery_query().where(WebhookDelivery.id == delivery_id)).one_or_none()
    if row is None:
        raise DeliveryNotFound(delivery_id)
    return _delivery(row)


def _delivery_query() -> Any:
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
    """Make a delivery due now, whatever its state, with the same webhook-id.

    A delivery that is being sent is sent once more.

    Raises:
        DeliveryNotFound: it does not exist.
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
