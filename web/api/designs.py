"""API blueprint: draw design records."""

from flask import Blueprint, Response

from web.api.design_jobs import (
    CANCEL_AFTER,
    KEY,
    SUBMIT_CODES,
    SUBMITTED,
    WAIT,
    read_submitted,
    submitted_response,
)
from web.extensions import services as current_services
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Operation, documented
from web.schemas.designs import RenderRequest
from web.services.designs import submit_render

__all__ = ["blueprint"]

blueprint = Blueprint("designs", __name__)


@blueprint.post("/designs/render")
@documented(
    Operation(
        summary="Draw a design record",
        request=RenderRequest,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=SUBMITTED,
        codes=SUBMIT_CODES,
    )
)
def render() -> Response:
    """Submit a record to be drawn; respond at once or, with `Prefer: wait=N`, when it is drawn."""
    services = current_services()
    key = idempotency_key()
    check_headers()
    body = checked(RenderRequest, body_as_json(), services)
    snapshot = submit_render(services, body, read_submitted, idempotency_key=key)
    return submitted_response(services, snapshot)
