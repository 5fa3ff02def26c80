"""Webhooks: endpoints for all jobs, and the ledger of what was sent."""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from shared.errors import FieldError, InvalidRequest
from shared.webhooks import endpoints as webhooks
from web.api.models import ADMIN_CODES, BODY_CODES
from web.db.queries import checked_job, is_id
from web.extensions import services
from web.http.access import admin_only
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
    checked_delivery_id,
    checked_endpoint_id,
    delivery_document,
    endpoint_asked,
    endpoint_document,
    is_delivery_id,
)

__all__ = ["blueprint"]

blueprint = Blueprint("webhooks", __name__)

_STATES = ("pending", "delivered", "failed")
_PAGE = (
    Parameter(
        name="limit",
        where="query",
        description="Deliveries a page.",
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    Parameter(
        name="before", where="query", description="Id of the last delivery of the page before."
    ),
)
_FILTERS = (
    Parameter(
        name="state",
        where="query",
        description="Only those.",
        schema={"type": "string", "enum": [*_STATES]},
    ),
    Parameter(name="endpoint", where="query", description="Only those of this webhook."),
    Parameter(name="job", where="query", description="Only those of this job."),
)


@blueprint.get("/webhooks")
@admin_only
@documented(
    Operation(
        summary="List the webhooks for all jobs",
        tag="webhooks",
        answers={200: Answer(description="All of them.", model=EndpointList)},
        codes=ADMIN_CODES,
        admin=True,
    )
)
def endpoints() -> Response:
    """List the registered endpoints."""
    with services().sessions() as session:
        found = [endpoint_document(each) for each in webhooks.endpoints(session)]
    return jsonify({"webhooks": found})


@blueprint.post("/webhooks")
@admin_only
@documented(
    Operation(
        summary="Add a webhook for all jobs",
        tag="webhooks",
        request=EndpointRequest,
        answers={
            201: Answer(
                description="Added; the secret is shown this once.",
                model=EndpointDocument,
                headers={"Location": "The webhook's address."},
            )
        },
        codes=(*ADMIN_CODES, *BODY_CODES),
        admin=True,
    )
)
def add() -> Response:
    """Register an endpoint."""
    own = services()
    given = checked(EndpointRequest, body_as_json(), own)
    with own.sessions.begin() as session:
        endpoint_id = webhooks.add_endpoint(session, endpoint_asked(given, own.settings))
        response = _described(session, endpoint_id, with_secret=True)
    response.status_code = 201
    response.headers["Location"] = url_for("webhooks.endpoint", endpoint_id=endpoint_id)
    return response


@blueprint.get("/webhooks/<endpoint_id>")
@admin_only
@documented(
    Operation(
        summary="Look at a webhook",
        tag="webhooks",
        answers={200: Answer(description="The webhook.", model=EndpointDocument)},
        codes=(*ADMIN_CODES, "webhook_not_found"),
        admin=True,
    )
)
def endpoint(endpoint_id: str) -> Response:
    """Describe an endpoint of any scope."""
    with services().sessions() as session:
        return _described(session, checked_endpoint_id(endpoint_id))


@blueprint.patch("/webhooks/<endpoint_id>")
@admin_only
@documented(
    Operation(
        summary="Pause a webhook, or take it up again",
        tag="webhooks",
        request=EndpointChange,
        answers={200: Answer(description="Done.", model=EndpointDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES, "webhook_not_found"),
        admin=True,
    )
)
def change(endpoint_id: str) -> Response:
    """Pause or resume."""
    own = services()
    given = checked(EndpointChange, body_as_json(), own)
    with own.sessions.begin() as session:
        webhooks.set_enabled(session, checked_endpoint_id(endpoint_id), given.enabled)
        return _described(session, endpoint_id)


@blueprint.delete("/webhooks/<endpoint_id>")
@admin_only
@documented(
    Operation(
        summary="Remove a webhook and its deliveries",
        tag="webhooks",
        answers={204: Answer(description="Removed.")},
        codes=(*ADMIN_CODES, "webhook_not_found"),
        admin=True,
    )
)
def remove(endpoint_id: str) -> Response:
    """Forget an endpoint."""
    with services().sessions.begin() as session:
        webhooks.remove_endpoint(session, checked_endpoint_id(endpoint_id))
    return Response(status=204)


@blueprint.post("/webhooks/<endpoint_id>/rotate")
@admin_only
@documented(
    Operation(
        summary="Sign with a new secret, for a while with the present one too",
        tag="webhooks",
        request=RotateRequest,
        request_required=False,
        answers={
            200: Answer(
                description="Done; the new secret is shown this once.", model=EndpointDocument
            )
        },
        codes=(*ADMIN_CODES, *BODY_CODES, "webhook_not_found"),
        admin=True,
    )
)
def rotate(endpoint_id: str) -> Response:
    """Rotate the secret."""
    own = services()
    given = checked(RotateRequest, body_as_json(optional=True), own)
    with own.sessions.begin() as session:
        checked_endpoint_id(endpoint_id)
        webhooks.rotate_secret(session, endpoint_id, given.secret, keep_s=given.keep_s)
        return _described(session, endpoint_id, with_secret=True)


@blueprint.get("/webhook-deliveries")
@admin_only
@documented(
    Operation(
        summary="List deliveries, newest first",
        tag="webhooks",
        parameters=(*_PAGE, *_FILTERS),
        answers={200: Answer(description="A page of the ledger.", model=DeliveryPage)},
        codes=(*ADMIN_CODES, "invalid_request"),
        admin=True,
    )
)
def deliveries() -> Response:
    """List the ledger's lines."""
    state = request.args.get("state")
    if state is not None and state not in _STATES:
        message = _("Must be one of: %(choices)s.", choices=", ".join(_STATES))
        raise InvalidRequest(FieldError(field="state", message=message))
    limit, before = _page_asked()
    with services().sessions() as session:
        found = webhooks.deliveries(
            session,
            limit,
            before,
            state=state,
            endpoint_id=_id_asked("endpoint"),
            job_id=_id_asked("job"),
        )
    return _page(found, limit)


@blueprint.get("/webhook-deliveries/<delivery_id>")
@admin_only
@documented(
    Operation(
        summary="Look at a delivery and its attempts",
        tag="webhooks",
        answers={200: Answer(description="The delivery.", model=DeliveryDocument)},
        codes=(*ADMIN_CODES, "delivery_not_found"),
        admin=True,
    )
)
def delivery(delivery_id: str) -> Response:
    """Describe one line of the ledger."""
    with services().sessions() as session:
        found = webhooks.delivery(session, checked_delivery_id(delivery_id))
        return jsonify(delivery_document(found))


@blueprint.post("/webhook-deliveries/<delivery_id>/send")
@admin_only
@documented(
    Operation(
        summary="Send a delivery again, under the same webhook-id",
        tag="webhooks",
        answers={202: Answer(description="It is due now.", model=DeliveryDocument)},
        codes=(*ADMIN_CODES, "delivery_not_found"),
        admin=True,
    )
)
def send(delivery_id: str) -> Response:
    """Make a delivery due, whatever became of it."""
    with services().sessions.begin() as session:
        webhooks.send_again(session, checked_delivery_id(delivery_id))
    with services().sessions() as session:
        response = jsonify(delivery_document(webhooks.delivery(session, delivery_id)))
    response.status_code = 202
    return response


@blueprint.get("/jobs/<job_id>/deliveries")
@admin_only
@documented(
    Operation(
        summary="List what was sent to a job's own webhook, or its batch's",
        tag="webhooks",
        parameters=_PAGE,
        answers={200: Answer(description="A page of the ledger.", model=DeliveryPage)},
        codes=(*ADMIN_CODES, "invalid_request", "job_not_found", "job_expired"),
        admin=True,
    )
)
def job_deliveries(job_id: str) -> Response:
    """List the ledger's lines of whoever asked for the job; addresses of webhooks are secrets."""
    limit, before = _page_asked()
    with services().sessions() as session:
        checked_job(session, job_id)
        found = webhooks.deliveries(session, limit, before, job_id=job_id, own_only=True)
    return _page(found, limit)


def _page_asked() -> tuple[int, str | None]:
    before = request.args.get("before")
    if before is not None and not is_delivery_id(before):
        message = _("This is no id of a delivery.")
        raise InvalidRequest(FieldError(field="before", message=message))
    return page_limit(), before


def _id_asked(name: str) -> str | None:
    found = request.args.get(name)
    if found is not None and not is_id(found):
        message = _("This is not written as it should be.")
        raise InvalidRequest(FieldError(field=name, message=message))
    return found


def _page(found: list[webhooks.Delivery], limit: int) -> Response:
    following = None
    if len(found) == limit:
        asked = {**request.args.to_dict(), "limit": limit, "before": found[-1].row.id}
        following = f"{request.path}?{urlencode(asked)}"
    return jsonify({"deliveries": [delivery_document(each) for each in found], "next": following})


def _described(session: Session, endpoint_id: str, *, with_secret: bool = False) -> Response:
    row = webhooks.get_endpoint(session, endpoint_id)
    response = jsonify(endpoint_document(row, with_secret=with_secret))
    response.headers["Cache-Control"] = "no-store"
    return response
