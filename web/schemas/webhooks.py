"""Webhooks as the API takes and gives them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.queue.events import EventKind
from shared.webhooks.endpoints import DEFAULT_EVENTS
from web.schemas.base import Given, Line, WebhookEvents, WebhookSecret, WebhookUrl

__all__ = [
    "DeliveryDocument",
    "DeliveryPage",
    "EndpointChange",
    "EndpointDocument",
    "EndpointList",
    "EndpointRequest",
    "RotateRequest",
]

DeliveryState = Literal["pending", "delivered", "failed"]
_WEEK_S = 604_800


class EndpointRequest(Given):
    """An address that is to be told of all jobs."""

    url: WebhookUrl = Field(description="A public https:// or http:// address.")
    events: WebhookEvents = Field([*DEFAULT_EVENTS], description="Kinds of events that are sent.")
    description: Line = Field("", max_length=200, description="For whoever reads the list.")
    secret: WebhookSecret | None = Field(None, description="None: one is drawn.")


class EndpointChange(Given):
    """What is to be changed of an endpoint."""

    enabled: bool = Field(description="false: no event is sent or noted until it is true again.")


class RotateRequest(Given):
    """A new secret."""

    secret: WebhookSecret | None = Field(None, description="None: one is drawn.")
    keep_s: int = Field(
        86_400, ge=0, le=_WEEK_S, description="Seconds that the present secret signs along."
    )


class EndpointDocument(BaseModel):
    """An address that events are sent to."""

    id: str
    url: str
    events: list[EventKind]
    description: str
    enabled: bool
    disabled_reason: Literal["paused", "gone"] | None = Field(
        description="gone: it answered 410 once."
    )
    secrets: int = Field(description="How many secrets sign; two or more while one is rotated.")
    secret: str | None = Field(
        None, description="In the answers to adding and rotating only: it is not shown again."
    )
    job_id: str | None = Field(description="Of one job only.")
    batch_id: str | None = Field(description="Of one batch's jobs only.")
    created_at: str
    links: dict[str, str]


class EndpointList(BaseModel):
    """The endpoints that were registered for all jobs."""

    webhooks: list[EndpointDocument]


class AttemptDocument(BaseModel):
    """One attempt to deliver."""

    at: str
    status: int | None = Field(description="HTTP status; none: there was no answer.")
    error: str | None
    took_ms: int


class DeliveryDocument(BaseModel):
    """An event on its way to an endpoint."""

    id: str = Field(description="The webhook-id, the same at every attempt.")
    endpoint_id: str
    url: str
    job_id: str
    seq: int = Field(description="Number of the job's event.")
    kind: EventKind
    state: DeliveryState = Field(description="failed: given up, until it is sent again.")
    attempts: int
    next_attempt_at: str | None
    response_status: int | None = Field(description="HTTP status of the last attempt.")
    error: str | None = Field(description="Of the last attempt.")
    log: list[AttemptDocument] = Field(description="The last 20 attempts, oldest first.")
    created_at: str
    delivered_at: str | None
    links: dict[str, Any]


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    deliveries: list[DeliveryDocument]
    next: str | None = Field(description="Path of the next page.")
