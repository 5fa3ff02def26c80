"""Documents of webhook endpoints and deliveries; checks of their ids."""

import re
from typing import Any

from sqlalchemy.orm import Session

from shared.db.webhook_models import WebhookEndpoint
from shared.errors import DeliveryNotFound, WebhookNotFound
from shared.jobs.serializers import job_path
from shared.settings import Settings
from shared.timestamps import optional_timestamp, timestamp
from shared.webhooks.endpoints import (
    Delivery,
    WebhookRequest,
    active_keys,
    delivery,
    get_endpoint,
)
from shared.webhooks.url_policy import parse_networks, parse_webhook_url
from web.db.queries import is_id
from web.http.access import present_workspace
from web.schemas.webhooks import EndpointRequest

__all__ = [
    "checked_delivery",
    "checked_endpoint",
    "delivery_document",
    "endpoint_document",
    "is_delivery_id",
    "requested_endpoint",
]

_DELIVERY_ID = re.compile(r"msg_[0-9a-f]{32}")


def is_delivery_id(text: str) -> bool:
    """Return whether a text has the form of a delivery id."""
    return _DELIVERY_ID.fullmatch(text) is not None


def checked_endpoint(session: Session, endpoint_id: str) -> WebhookEndpoint:
    """Return an endpoint of the present workspace.

    Raises:
        WebhookNotFound: it has none of this id.
    """
    endpoint = get_endpoint(session, endpoint_id) if is_id(endpoint_id) else None
    if endpoint is None or endpoint.workspace_id != present_workspace():
        raise WebhookNotFound(endpoint_id)
    return endpoint


def checked_delivery(session: Session, delivery_id: str) -> Delivery:
    """Return a delivery to an endpoint of the present workspace.

    Raises:
        DeliveryNotFound: it has none of this id.
    """
    found = delivery(session, delivery_id) if is_delivery_id(delivery_id) else None
    if found is None or found.endpoint.workspace_id != present_workspace():
        raise DeliveryNotFound(delivery_id)
    return found


def requested_endpoint(request: EndpointRequest, settings: Settings) -> WebhookRequest:
    """Return the validated webhook of an administrator's request."""
    target = parse_webhook_url(request.url, parse_networks(settings.webhook_allow))
    return WebhookRequest.at(
        request.url,
        target,
        request.secret,
        events=tuple(dict.fromkeys(request.events)),
        description=request.description,
    )


def endpoint_document(row: WebhookEndpoint, *, with_secret: bool = False) -> dict[str, Any]:
    """Return the document of an endpoint."""
    path = f"/api/v1/webhooks/{row.id}"
    return {
        "id": row.id,
        "url": row.url,
        "events": row.events,
        "description": row.description,
        "enabled": row.enabled,
        "disabled_reason": row.disabled_reason,
        "secrets": len(active_keys(row)),
        "secret": row.secret if with_secret else None,
        "job_id": row.job_id,
        "batch_id": row.batch_id,
        "created_at": timestamp(row.created_at),
        "links": {
            "self": path,
            "rotate": f"{path}/rotate",
            "deliveries": f"/api/v1/webhook-deliveries?endpoint={row.id}",
        },
    }


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    """Return the document of a delivery."""
    row = delivery.row
    path = f"/api/v1/webhook-deliveries/{row.id}"
    return {
        "id": row.id,
        "endpoint_id": row.endpoint_id,
        "url": delivery.endpoint.url,
        "job_id": row.job_id,
        "seq": row.seq,
        "kind": delivery.event.kind,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": optional_timestamp(row.next_attempt_at),
        "response_status": row.response_status,
        "error": row.error,
        "log": row.log,
        "created_at": timestamp(row.created_at),
        "delivered_at": optional_timestamp(row.delivered_at),
        "links": {"self": path, "send": f"{path}/send", "job": job_path(row.job_id)},
    }
