"""API blueprint: submit print jobs."""

from flask import Blueprint, Response

from web.api.design_jobs import (
    CANCEL_AFTER,
    KEY,
    RECORD_CODES,
    SUBMITTED,
    WAIT,
    read_submitted,
    submitted_response,
)
from web.extensions import services as current_services
from web.http.idempotency import idempotency_key
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Operation, documented
from web.schemas.prints import PrintRequest
from web.services.prints import submit_print

__all__ = ["blueprint"]

blueprint = Blueprint("prints", __name__)


@blueprint.post("/jobs/<job_id>/prints")
@documented(
    Operation(
        summary="Submit a print job for a variant of a design",
        request=PrintRequest,
        request_required=False,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=SUBMITTED,
        codes=(*RECORD_CODES, "job_not_found", "job_expired", "job_deleted", "job_not_printable"),
    )
)
def submit(job_id: str) -> Response:
    """Submit a print job; respond at once or, with `Prefer: wait=N`, when it has ended."""
    services = current_services()
    key = idempotency_key()
    body = checked(PrintRequest, body_as_json(optional=True), services)
    snapshot = submit_print(services, job_id, body, read_submitted, idempotency_key=key)
    return submitted_response(services, snapshot)
