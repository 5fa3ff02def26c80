"""API blueprint: webhook endpoints for all jobs, and deliveries."""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from shared.audit import acts
from shared.errors import FieldError, InvalidRequest
from shared.webhooks import endpoints as webhook_endpoints
from web.api.models import ADMIN_CODES, BODY_CODES
from web.db.queries import checked_job, is_id
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.audit import present_actor
from web.http.i18n import translate as _
from web.http.parsing import body_as_json, checked, page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.webhooks import (
    DeliveryDocument,
    DeliveryPage,
    EndpointChange,
    EndpointDocument,
    EndpointList,
    EndpointRequest,
    RotateRequest,
)
from web.services.webhooks import (
    checked_delivery,
    checked_endpoint,
    delivery_document,
    endpoint_document,
    is_delivery_id,
    requested_endpoint,
)

__all__ = ["blueprint"]

blueprint = Blueprint("webhooks", __name__)

_STATES = ("pending", "delivered", "failed")
_PAGE = (
    Parameter(
        name="limit",
        where="query",
        description="Deliveries per page.",
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    Parameter(
        name="before", where="query", description="Id of the last delivery of the previous page."
    ),
)
_FILTERS = (
    Parameter(
        name="state",
        where="query",
        description="Only deliveries in this state.",
        schema={"type": "string", "enum": [*_STATES]},
    ),
    Parameter(name="endpoint", where="query", description="Only deliveries to this webhook."),
    Parameter(name="job", where="query", description="Only deliveries about this job."),
)


@blueprint.get("/webhooks")
@documented(
    Operation(
        summary="List the webhooks for all jobs",
        tag="webhooks",
        answers={200: Answer(description="All webhooks.", model=EndpointList)},
        codes=ADMIN_CODES,
    )
)
def endpoints() -> Response:
    """List the registered endpoints."""
    with current_services().sessions() as session:
        documents = [
            endpoint_document(row)
            for row in webhook_endpoints.endpoints(session, present_workspace())
        ]
    return jsonify({"webhooks": documents})


@blueprint.post("/webhooks")
@documented(
    Operation(
        summary="Add a webhook for all jobs",
        tag="webhooks",
        request=EndpointRequest,
        answers={
            201: Answer(
                description="Added; the secret is returned only once.",
                model=EndpointDocument,
                headers={"Location": "URL of the webhook."},
            )
        },
        codes=(*ADMIN_CODES, *BODY_CODES),
    )
)
def add() -> Response:
    """Register an endpoint."""
    services = current_services()
    body = checked(EndpointRequest, body_as_json(), services)
    with services.sessions.begin() as session:
        endpoint_id = acts.add_webhook(
            session,
            present_actor(),
            requested_endpoint(body, services.settings),
            present_workspace(),
        )
        response = _endpoint_response(session, endpoint_id, with_secret=True)
    response.status_code = 201
    response.headers["Location"] = url_for("webhooks.endpoint", endpoint_id=endpoint_id)
    return response


@blueprint.get("/webhooks/<endpoint_id>")
@documented(
    Operation(
        summary="Get a webhook",
        tag="webhooks",
        answers={200: Answer(description="The webhook.", model=EndpointDocument)},
        codes=(*ADMIN_CODES, "webhook_not_found"),
    )
)
def endpoint(endpoint_id: str) -> Response:
    """Return an endpoint: for all jobs, a job's or a batch's."""
    with current_services().sessions() as session:
        return _endpoint_response(session, checked_endpoint(session, endpoint_id).id)


@blueprint.patch("/webhooks/<endpoint_id>")
@documented(
    Operation(
        summary="Pause or resume a webhook",
        tag="webhooks",
        request=EndpointChange,
        answers={200: Answer(description="Done.", model=EndpointDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "webhook_not_found"),
    )
)
def change(endpoint_id: str) -> Response:
    """Pause or resume an endpoint."""
    services = current_services()
    body = checked(EndpointChange, body_as_json(), services)
    with services.sessions.begin() as session:
        acts.set_webhook_enabled(
            session, present_actor(), checked_endpoint(session, endpoint_id).id, body.enabled
        )
        return _endpoint_response(session, endpoint_id)


@blueprint.delete("/webhooks/<endpoint_id>")
@documented(
    Operation(
        summary="Remove a webhook and its deliveries",
        tag="webhooks",
        answers={204: Answer(description="Removed.")},
        codes=(*ADMIN_CODES, "webhook_not_found"),
    )
)
def remove(endpoint_id: str) -> Response:
    """Delete an endpoint with its deliveries."""
    with current_services().sessions.begin() as session:
        acts.remove_webhook(session, present_actor(), checked_endpoint(session, endpoint_id).id)
    return Response(status=204)


@blueprint.post("/webhooks/<endpoint_id>/rotate")
@documented(
    Operation(
        summary="Rotate the secret; the old secret keeps signing for a while",
        tag="webhooks",
        request=RotateRequest,
        request_required=False,
        answers={
            200: Answer(
                description="Done; the new secret is returned only once.", model=EndpointDocument
            )
        },
        codes=(*ADMIN_CODES, *BODY_CODES, "webhook_not_found"),
    )
)
def rotate(endpoint_id: str) -> Response:
    """Rotate the secret of an endpoint."""
    services = current_services()
    body = checked(RotateRequest, body_as_json(optional=True), services)
    with services.sessions.begin() as session:
        endpoint_id = checked_endpoint(session, endpoint_id).id
        acts.rotate_webhook(session, present_actor(), endpoint_id, body.secret, keep_s=body.keep_s)
        return _endpoint_response(session, endpoint_id, with_secret=True)


@blueprint.get("/webhook-deliveries")
@documented(
    Operation(
        summary="List deliveries, newest first",
        tag="webhooks",
        parameters=(*_PAGE, *_FILTERS),
        answers={200: Answer(description="A page of deliveries.", model=DeliveryPage)},
        codes=(*ADMIN_CODES, "invalid_request"),
    )
)
def deliveries() -> Response:
    """List deliveries, filtered by state, endpoint and job."""
    state = request.args.get("state")
    if state is not None and state not in _STATES:
        message = _("Must be one of: %(choices)s.", choices=", ".join(_STATES))
        raise InvalidRequest(FieldError(field="state", message=message))
    limit, before = _page_arguments()
    with current_services().sessions() as session:
        page = webhook_endpoints.deliveries(
            session,
            limit,
            before,
            state=state,
            endpoint_id=_id_argument("endpoint"),
            job_id=_id_argument("job"),
            workspace_id=present_workspace(),
        )
    return _page(page, limit)


@blueprint.get("/webhook-deliveries/<delivery_id>")
@documented(
    Operation(
        summary="Get a delivery and its attempts",
        tag="webhooks",
        answers={200: Answer(description="The delivery.", model=DeliveryDocument)},
        codes=(*ADMIN_CODES, "delivery_not_found"),
    )
)
def delivery(delivery_id: str) -> Response:
    """Return a delivery with the log of its attempts."""
    with current_services().sessions() as session:
        return jsonify(delivery_document(checked_delivery(session, delivery_id)))


@blueprint.post("/webhook-deliveries/<delivery_id>/send")
@documented(
    Operation(
        summary="Send a delivery again, with the same webhook-id",
        tag="webhooks",
        answers={202: Answer(description="It is due now.", model=DeliveryDocument)},
        codes=(*ADMIN_CODES, "delivery_not_found"),
    )
)
def send(delivery_id: str) -> Response:
    """Make a delivery due now, whatever its state."""
    with current_services().sessions.begin() as session:
        acts.send_again(session, present_actor(), checked_delivery(session, delivery_id).row.id)
    with current_services().sessions() as session:
        response = jsonify(delivery_document(webhook_endpoints.delivery(session, delivery_id)))
    response.status_code = 202
    return response


@blueprint.get("/jobs/<job_id>/deliveries")
@documented(
    Operation(
        summary="List the deliveries to the webhook of a job or of its batch",
        tag="webhooks",
        parameters=_PAGE,
        answers={200: Answer(description="A page of deliveries.", model=DeliveryPage)},
        codes=(*ADMIN_CODES, "invalid_request", "job_not_found", "job_expired", "job_deleted"),
    )
)
def job_deliveries(job_id: str) -> Response:
    """List deliveries to the webhook that the job's owner set; its URL may hold secrets."""
    limit, before = _page_arguments()
    with current_services().sessions() as session:
        checked_job(session, job_id)
        page = webhook_endpoints.deliveries(session, limit, before, job_id=job_id, own_only=True)
    return _page(page, limit)


def _page_arguments() -> tuple[int, str | None]:
    before = request.args.get("before")
    if before is not None and not is_delivery_id(before):
        message = _("This is not a delivery id.")
        raise InvalidRequest(FieldError(field="before", message=message))
    return page_limit(), before


def _id_argument(name: str) -> str | None:
    value = request.args.get(name)
    if value is not None and not is_id(value):
        message = _("This is not written as it should be.")
        raise InvalidRequest(FieldError(field=name, message=message))
    return value


def _page(page: list[webhook_endpoints.Delivery], limit: int) -> Response:
    next_url = None
    if len(page) == limit:
        query = {**request.args.to_dict(), "limit": limit, "before": page[-1].row.id}
        next_url = f"{request.path}?{urlencode(query)}"
    documents = [delivery_document(delivery) for delivery in page]
    return jsonify({"deliveries": documents, "next": next_url})


def _endpoint_response(
    session: Session, endpoint_id: str, *, with_secret: bool = False
) -> Response:
    row = webhook_endpoints.get_endpoint(session, endpoint_id)
    response = jsonify(endpoint_document(row, with_secret=with_secret))
    response.headers["Cache-Control"] = "no-store"
    return response
