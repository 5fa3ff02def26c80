"""Request and response models of webhook endpoints and deliveries."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.queue.events import EventKind
from shared.webhooks.endpoints import DEFAULT_EVENTS
from web.schemas.base import Line, RequestBody, WebhookEvents, WebhookSecret, WebhookUrl

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


class EndpointRequest(RequestBody):
    """Endpoint to register for the events of all jobs."""

    url: WebhookUrl = Field(description="A public https:// or http:// address.")
    events: WebhookEvents = Field([*DEFAULT_EVENTS], description="Kinds of events to send.")
    description: Line = Field("", max_length=200, description="Shown in the list of endpoints.")
    secret: WebhookSecret | None = Field(None, description="null: generated.")


class EndpointChange(RequestBody):
    """Change of an endpoint."""

    enabled: bool = Field(
        description="false: events are neither sent nor recorded until it is true again."
    )


class RotateRequest(RequestBody):
    """Rotation of the signing secret."""

    secret: WebhookSecret | None = Field(None, description="null: generated.")
    keep_s: int = Field(
        86_400, ge=0, le=_WEEK_S, description="Seconds for which the current secret also signs."
    )


class EndpointDocument(BaseModel):
    """A URL that receives events."""

    id: str
    url: str
    events: list[EventKind]
    description: str
    enabled: bool
    disabled_reason: Literal["paused", "gone"] | None = Field(
        description="gone: the endpoint returned 410."
    )
    secrets: int = Field(
        description="Number of active signing secrets; two or more during a rotation."
    )
    secret: str | None = Field(
        None, description="Only in the responses to creation and rotation; not shown again."
    )
    job_id: str | None = Field(
        description="Set if the endpoint receives the events of one job only."
    )
    batch_id: str | None = Field(
        description="Set if the endpoint receives the events of one batch only."
    )
    created_at: str
    links: dict[str, str]


class EndpointList(BaseModel):
    """Endpoints registered for all jobs."""

    webhooks: list[EndpointDocument]


class AttemptDocument(BaseModel):
    """One delivery attempt."""

    at: str
    status: int | None = Field(description="HTTP status; null: no response.")
    error: str | None
    took_ms: int


class DeliveryDocument(BaseModel):
    """Delivery of an event to an endpoint."""

    id: str = Field(description="The webhook-id, the same for every attempt.")
    endpoint_id: str
    url: str
    job_id: str
    seq: int = Field(description="Number of the job's event.")
    kind: EventKind
    state: DeliveryState = Field(
        description="failed: retries are exhausted, until it is redelivered."
    )
    attempts: int
    next_attempt_at: str | None
    response_status: int | None = Field(description="HTTP status of the last attempt.")
    error: str | None = Field(description="Error of the last attempt.")
    log: list[AttemptDocument] = Field(description="The last 20 attempts, oldest first.")
    created_at: str
    delivered_at: str | None
    links: dict[str, Any]


class DeliveryPage(BaseModel):
    """Deliveries, newest first."""

    deliveries: list[DeliveryDocument]
    next: str | None = Field(description="Path of the next page.")
