"""Administration pages: webhook endpoints and deliveries."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.audit import acts
from shared.errors import CodesignerError
from shared.queue.events import EVENT_KINDS
from shared.webhooks import endpoints
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.audit import present_actor
from web.http.parsing import checked, form_values
from web.schemas.webhooks import EndpointRequest, RotateRequest
from web.services.webhooks import (
    checked_delivery,
    checked_endpoint,
    delivery_document,
    endpoint_document,
    requested_endpoint,
)

__all__ = ["blueprint"]

blueprint = Blueprint("webhook_pages", __name__, url_prefix="/admin/webhooks")

_MAX_DELIVERIES = 50


@blueprint.get("/")
def show() -> str:
    """Show the endpoints and the latest deliveries."""
    with current_services().sessions() as session:
        return _render(session)


@blueprint.post("/")
def add() -> str | tuple[str, int]:
    """Add an endpoint and show its secret, only this once."""
    services = current_services()
    values: dict[str, object] = dict(form_values(request.form))
    if "events" in values:
        values["events"] = request.form.getlist("events")
    try:
        form = checked(EndpointRequest, values, services, strict=False)
        with services.sessions.begin() as session:
            endpoint_id = acts.add_webhook(
                session,
                present_actor(),
                requested_endpoint(form, services.settings),
                present_workspace(),
            )
            return _render(session, reveal_secret_of=endpoint_id)
    except CodesignerError as error:
        with services.sessions() as session:
            return _render(session, wrong=error), error.status


@blueprint.post("/<endpoint_id>/rotate")
def rotate(endpoint_id: str) -> str:
    """Rotate the secret and show it, only this once; the old one keeps signing for a day."""
    keep_s = RotateRequest().keep_s  # type: ignore[call-arg]
    with current_services().sessions.begin() as session:
        acts.rotate_webhook(
            session, present_actor(), checked_endpoint(session, endpoint_id).id, keep_s=keep_s
        )
        return _render(session, reveal_secret_of=endpoint_id)


@blueprint.post("/<endpoint_id>/enabled")
def enable(endpoint_id: str) -> Response:
    """Pause or resume an endpoint."""
    with current_services().sessions.begin() as session:
        enabled = request.form.get("enabled") == "1"
        acts.set_webhook_enabled(
            session, present_actor(), checked_endpoint(session, endpoint_id).id, enabled
        )
    return redirect(url_for("webhook_pages.show"), 303)


@blueprint.post("/<endpoint_id>/remove")
def remove(endpoint_id: str) -> Response:
    """Delete an endpoint and its deliveries."""
    with current_services().sessions.begin() as session:
        acts.remove_webhook(session, present_actor(), checked_endpoint(session, endpoint_id).id)
    return redirect(url_for("webhook_pages.show"), 303)


@blueprint.post("/deliveries/<delivery_id>/send")
def send(delivery_id: str) -> Response:
    """Send a delivery again."""
    with current_services().sessions.begin() as session:
        acts.send_again(session, present_actor(), checked_delivery(session, delivery_id).row.id)
    return redirect(url_for("webhook_pages.show", _anchor="deliveries"), 303)


def _render(
    session: Session, *, reveal_secret_of: str | None = None, wrong: CodesignerError | None = None
) -> str:
    rows = endpoints.endpoints(session, present_workspace())
    documents = [endpoint_document(row, with_secret=row.id == reveal_secret_of) for row in rows]
    deliveries = endpoints.deliveries(session, _MAX_DELIVERIES, workspace_id=present_workspace())
    return render_template(
        "admin/webhooks.html",
        endpoints=documents,
        deliveries=[delivery_document(delivery) for delivery in deliveries],
        kinds=EVENT_KINDS,
        chosen=request.form.getlist("events") if wrong else endpoints.DEFAULT_EVENTS,
        url=request.form.get("url", "") if wrong else "",
        wrong=wrong,
    )
