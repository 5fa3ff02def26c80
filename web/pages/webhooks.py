"""Administration of webhooks: endpoints, and what was sent to them."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.errors import CodesignerError
from shared.queue.events import EVENT_KINDS
from shared.webhooks import endpoints as webhooks
from web.extensions import services as current_services
from web.http.access import admin_only
from web.http.parsing import checked, form_values
from web.schemas.webhooks import EndpointRequest, RotateRequest
from web.services.webhooks import (
    checked_delivery_id,
    checked_endpoint_id,
    delivery_document,
    endpoint_asked,
    endpoint_document,
)

__all__ = ["blueprint"]

blueprint = Blueprint("webhook_pages", __name__, url_prefix="/admin/webhooks")

_SHOWN = 50


@blueprint.get("/")
@admin_only
def show() -> str:
    """Show the endpoints and the newest deliveries."""
    with current_services().sessions() as session:
        return _rendered(session)


@blueprint.post("/")
@admin_only
def add() -> str | tuple[str, int]:
    """Add an endpoint and show its secret, this once."""
    services = current_services()
    values: dict[str, object] = dict(form_values(request.form))
    if "events" in values:
        values["events"] = request.form.getlist("events")
    try:
        body = checked(EndpointRequest, values, services, strict=False)
        with services.sessions.begin() as session:
            endpoint_id = webhooks.add_endpoint(session, endpoint_asked(body, services.settings))
            return _rendered(session, fresh=endpoint_id)
    except CodesignerError as error:
        with services.sessions() as session:
            return _rendered(session, wrong=error), error.status


@blueprint.post("/<endpoint_id>/rotate")
@admin_only
def rotate(endpoint_id: str) -> str:
    """Draw a new secret and show it, this once; the old one signs along for a day."""
    keep_s = RotateRequest().keep_s  # type: ignore[call-arg]
    with current_services().sessions.begin() as session:
        webhooks.rotate_secret(session, checked_endpoint_id(endpoint_id), keep_s=keep_s)
        return _rendered(session, fresh=endpoint_id)


@blueprint.post("/<endpoint_id>/enabled")
@admin_only
def enable(endpoint_id: str) -> Response:
    """Pause, or take up again."""
    with current_services().sessions.begin() as session:
        enabled = request.form.get("enabled") == "1"
        webhooks.set_enabled(session, checked_endpoint_id(endpoint_id), enabled)
    return redirect(url_for("webhook_pages.show"), 303)


@blueprint.post("/<endpoint_id>/remove")
@admin_only
def remove(endpoint_id: str) -> Response:
    """Forget an endpoint and its deliveries."""
    with current_services().sessions.begin() as session:
        webhooks.remove_endpoint(session, checked_endpoint_id(endpoint_id))
    return redirect(url_for("webhook_pages.show"), 303)


@blueprint.post("/deliveries/<delivery_id>/send")
@admin_only
def send(delivery_id: str) -> Response:
    """Send a delivery again."""
    with current_services().sessions.begin() as session:
        webhooks.send_again(session, checked_delivery_id(delivery_id))
    return redirect(url_for("webhook_pages.show", _anchor="deliveries"), 303)


def _rendered(
    session: Session, *, fresh: str | None = None, wrong: CodesignerError | None = None
) -> str:
    endpoints = [
        endpoint_document(each, with_secret=each.id == fresh)
        for each in webhooks.endpoints(session)
    ]
    found = webhooks.deliveries(session, _SHOWN)
    return render_template(
        "admin/webhooks.html",
        endpoints=endpoints,
        deliveries=[delivery_document(each) for each in found],
        kinds=EVENT_KINDS,
        chosen=request.form.getlist("events") if wrong else webhooks.DEFAULT_EVENTS,
        url=request.form.get("url", "") if wrong else "",
        wrong=wrong,
    )
