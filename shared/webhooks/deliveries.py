"""Webhook deliveries: claim those that are due, and record the outcomes of attempts.

An attempt is recorded before it is sent, with the time at which the next one is due if no outcome
is recorded. A sender that dies in between leads to another attempt with the same webhook-id, so
delivery is at least once. The caller commits.
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
from shared.queue.transitions import seconds_from_now
from shared.webhooks.endpoints import active_keys

__all__ = ["BACKOFF_S", "Message", "Outcome", "claim_due", "delete_old_deliveries", "settle"]

BACKOFF_S = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds between attempts; after the last one the delivery fails."""

_LEASE_S = 120.0
"""Longer than any attempt, DNS resolution included."""
_MAX_LOG_ENTRIES = 20
_MAX_RETRY_AFTER_S = 86_400.0
_DAY_S = 86_400.0

# At most a few deliveries per origin are claimed: a slow origin must not delay the others.
_CLAIM = text("""
WITH due AS (
    SELECT d.id, row_number() OVER (PARTITION BY e.origin ORDER BY d.next_attempt_at, d.id) AS rank
    FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id
    WHERE d.state = 'pending' AND d.next_attempt_at <= statement_timestamp() AND e.enabled
      AND NOT e.origin = ANY (:busy)
), claimed AS (
    SELECT d.id FROM due JOIN webhook_delivery d ON d.id = due.id
    WHERE due.rank <= :per_origin
    ORDER BY due.rank, d.next_attempt_at
    LIMIT :limit
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhook_delivery d
SET attempts = d.attempts + 1, tries = d.tries + 1,
    next_attempt_at = clock_timestamp() + make_interval(secs => :lease_s)
FROM claimed
WHERE d.id = claimed.id AND d.state = 'pending' AND d.next_attempt_at <= statement_timestamp()
RETURNING d.id
""")


@dataclass(frozen=True, kw_only=True)
class Message:
    """An attempt to send."""

    id: str
    """The webhook-id."""
    job_id: str
    attempt: int
    tries: int
    """Attempts since the delivery was created or redelivered, this one included."""
    endpoint_id: str
    url: str
    origin: str
    keys: tuple[str, ...]
    """Signing secrets, newest first."""
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of an attempt."""

    status: int | None = None
    """HTTP status; None: no response."""
    error: str | None = None
    """None: the attempt succeeded."""
    took_ms: int = 0
    retry_after_s: float | None = None
    """Seconds of the response's Retry-After."""
    final: bool = False
    """Whether the error is permanent."""

    @property
    def gone(self) -> bool:
        """Whether the endpoint answered 410 Gone, which disables it."""
        return self.status == 410


def claim_due(
    session: Session,
    public_url: str,
    *,
    limit: int,
    each: int,
    busy: Collection[str] = (),
) -> list[Message]:
    """Claim due deliveries and return an attempt for each.

    Args:
        limit: maximum deliveries.
        each: maximum deliveries of one origin.
        busy: origins to skip.
    """
    ids = session.scalars(
        _CLAIM, {"limit": limit, "per_origin": each, "busy": list(busy), "lease_s": _LEASE_S}
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
        job_id=row.job_id,
        attempt=row.attempts,
        tries=row.tries,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        origin=endpoint.origin,
        keys=tuple(active_keys(endpoint)),
        payload=_payload(event, pipeline, batch_id, public_url),
    )


def _payload(event: JobEvent, pipeline: str, batch_id: str | None, public_url: str) -> bytes:
    """Return the body; it depends only on immutable rows, so that every attempt sends the same."""
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
    """Record the outcome of an attempt; return False where a later attempt has begun."""
    failed = outcome.error is not None
    exhausted = outcome.final or outcome.gone or message.tries > len(backoff_s)
    state = "delivered" if not failed else "failed" if exhausted else "pending"
    log_entry = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": outcome.status,
        "error": outcome.error,
        "took_ms": outcome.took_ms,
    }
    is_full = func.jsonb_array_length(WebhookDelivery.log) >= _MAX_LOG_ENTRIES
    kept_entries = case(
        (is_full, WebhookDelivery.log.op("-")(literal(0))), else_=WebhookDelivery.log
    )
    log = kept_entries.op("||")(cast([log_entry], JSONB))
    next_attempt_at = (
        seconds_from_now(_retry_delay_s(message, outcome, backoff_s))
        if state == "pending"
        else None
    )
    updated = session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.id == message.id,
            WebhookDelivery.attempts == message.attempt,
            WebhookDelivery.tries == message.tries,  # otherwise it was redelivered meanwhile
            WebhookDelivery.state == "pending",
        )
        .values(
            state=state,
            next_attempt_at=next_attempt_at,
            response_status=outcome.status,
            error=outcome.error,
            log=log,
            delivered_at=func.clock_timestamp() if state == "delivered" else None,
        )
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if outcome.gone:
        _disable_endpoint(session, message.endpoint_id)
    return updated is not None


def _retry_delay_s(message: Message, outcome: Outcome, backoff_s: Sequence[float]) -> float:
    """Return the delay before the next attempt: back-off with jitter, or Retry-After if longer."""
    retry_after_s = min(outcome.retry_after_s or 0.0, _MAX_RETRY_AFTER_S)
    return max(backoff_s[message.tries - 1] * random.uniform(0.8, 1.2), retry_after_s)


def _disable_endpoint(session: Session, endpoint_id: str) -> None:
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(enabled=False, disabled_reason="gone")
        .execution_options(synchronize_session=False)
    )


def delete_old_deliveries(session: Session, *, older_than_s: float = 30 * _DAY_S) -> int:
    """Delete deliveries older than `older_than_s` that are not pending and return their count."""
    deleted = session.execute(
        delete(WebhookDelivery)
        .where(
            WebhookDelivery.created_at < seconds_from_now(-older_than_s),
            WebhookDelivery.state != "pending",
        )
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(deleted.all())
