"""The ledger of webhooks as the sender sees it: what is due, what became of an attempt.

An attempt is noted before it is made, with the time when the next one is due if nobody tells of
this one's end: whoever dies in the middle has sent at least once, and the same webhook-id comes
again. Every function leaves the commit to its caller.
"""

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, cast, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.db.models import Job, JobEvent
from shared.db.webhook_models import WebhookDelivery, WebhookEndpoint
from shared.jobs.serializers import job_path
from shared.queue.transitions import in_s
from shared.webhooks.endpoints import active_keys

__all__ = ["BACKOFF_S", "Message", "Outcome", "forget_deliveries", "settle", "take_due"]

BACKOFF_S = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds from a failed attempt to the next; after the last of them it is given up."""

_LEASE_S = 120.0
"""More than an attempt can take, the name's resolution included."""
_LOGGED = 20
_MOST_WAIT_S = 86_400.0
_DAY_S = 86_400.0

# One origin's deliveries are taken a few at a time: a slow one must not hold up the others.
_TAKE = text("""
WITH due AS (
    SELECT d.id, row_number() OVER (PARTITION BY e.origin ORDER BY d.next_attempt_at, d.id) AS place
    FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id
    WHERE d.state = 'pending' AND d.next_attempt_at <= statement_timestamp() AND e.enabled
      AND NOT e.origin = ANY (:busy)
), taken AS (
    SELECT d.id FROM due JOIN webhook_delivery d ON d.id = due.id
    WHERE due.place <= :each
    ORDER BY due.place, d.next_attempt_at
    LIMIT :limit
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhook_delivery d
SET attempts = d.attempts + 1, tries = d.tries + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => :lease_s)
FROM taken
WHERE d.id = taken.id AND d.state = 'pending' AND d.next_attempt_at <= statement_timestamp()
RETURNING d.id
""")


@dataclass(frozen=True, kw_only=True)
class Message:
    """An attempt that is to be made."""

    id: str
    """The webhook-id."""
    attempt: int
    tries: int
    """This one included, since it was made or sent again."""
    endpoint_id: str
    url: str
    origin: str
    keys: tuple[str, ...]
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an attempt."""

    status: int | None = None
    """HTTP status; None: there was no answer."""
    error: str | None = None
    """None: it was taken."""
    took_ms: int = 0
    retry_after_s: float | None = None
    final: bool = False
    """Whether trying again is of no use."""

    @property
    def gone(self) -> bool:
        """Whether the endpoint wants nothing any more."""
        return self.status == 410


def take_due(
    session: Session,
    public_url: str,
    *,
    limit: int,
    each: int,
    busy: Collection[str] = (),
) -> list[Message]:
    """Take deliveries that are due, for this attempt.

    Args:
        limit: most of all.
        each: most of one origin.
        busy: origins that are left out.
    """
    ids = session.scalars(
        _TAKE, {"limit": limit, "each": each, "busy": list(busy), "lease_s": _LEASE_S}
    ).all()
    rows = session.execute(
        select(WebhookDelivery, WebhookEndpoint, JobEvent, Job.pipeline, Job.batch_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .join(
            JobEvent,
            (JobEvent.job_id == WebhookDelivery.job_id) & (JobEvent.seq == WebhookDelivery.seq),
        )
        .join(Job, Job.id == WebhookDelivery.job_id)
        .where(WebhookDelivery.id.in_(ids))
        .order_by(WebhookDelivery.created_at, WebhookDelivery.seq)
        .execution_options(populate_existing=True)
    ).all()
    return [_message(*row, public_url=public_url) for row in rows]


def _message(
    row: WebhookDelivery,
    endpoint: WebhookEndpoint,
    event: JobEvent,
    pipeline: str,
    batch_id: str | None,
    *,
    public_url: str,
) -> Message:
    return Message(
        id=row.id,
        attempt=row.attempts,
        tries=row.tries,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        origin=endpoint.origin,
        keys=tuple(active_keys(endpoint)),
        payload=_payload(event, pipeline, batch_id, public_url),
    )


def _payload(event: JobEvent, pipeline: str, batch_id: str | None, public_url: str) -> bytes:
    """Give the body: of what the event's row has alone, so that it is the same each time."""
    document: dict[str, Any] = {
        "type": event.kind,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "job_id": event.job_id,
            "seq": event.seq,
            "body": event.body,
            "pipeline": pipeline,
            "batch_id": batch_id,
            "url": public_url.rstrip("/") + job_path(event.job_id),
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def settle(
    session: Session,
    message: Message,
    outcome: Outcome,
    backoff_s: Sequence[float] = BACKOFF_S,
) -> bool:
    """Note what became of an attempt; False where another one has begun since."""
    failed = outcome.error is not None
    over = outcome.final or outcome.gone or message.tries > len(backoff_s)
    state = "delivered" if not failed else "failed" if over else "pending"
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": outcome.status,
        "error": outcome.error,
        "took_ms": outcome.took_ms,
    }
    full = func.jsonb_array_length(WebhookDelivery.log) >= _LOGGED
    kept = case((full, WebhookDelivery.log.op("-")(literal(0))), else_=WebhookDelivery.log)
    log = kept.op("||")(cast([line], JSONB))
    wait = in_s(_wait_s(message, outcome, backoff_s)) if state == "pending" else None
    settled = session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.id == message.id,
            WebhookDelivery.attempts == message.attempt,
            WebhookDelivery.tries == message.tries,  # else it is to be sent again
            WebhookDelivery.state == "pending",
        )
        .values(
            state=state,
            next_attempt_at=wait,
            response_status=outcome.status,
            error=outcome.error,
            log=log,
            delivered_at=func.clock_timestamp() if state == "delivered" else None,
        )
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if outcome.gone:
        _disable(session, message.endpoint_id)
    return settled is not None


def _wait_s(message: Message, outcome: Outcome, backoff_s: Sequence[float]) -> float:
    """Give the pause before the next attempt, spread by a fifth; the receiver may ask for more."""
    asked = min(outcome.retry_after_s or 0.0, _MOST_WAIT_S)
    return max(backoff_s[message.tries - 1] * random.uniform(0.8, 1.2), asked)


def _disable(session: Session, endpoint_id: str) -> None:
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(enabled=False, disabled_reason="gone")
        .execution_options(synchronize_session=False)
    )


def forget_deliveries(session: Session, *, older_than_s: float = 30 * _DAY_S) -> int:
    """Delete deliveries made longer ago than that and not pending; gives their number."""
    gone = session.execute(
        delete(WebhookDelivery)
        .where(WebhookDelivery.created_at < in_s(-older_than_s), WebhookDelivery.state != "pending")
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
