"""Asking for print files."""

from flask import Blueprint, Response

from web.api.design_jobs import CANCEL_AFTER, KEY, RECORD_CODES, TAKEN, WAIT, taken
from web.extensions import services
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
        summary="Ask for the print file of a design's variant: a job of its own",
        request=PrintRequest,
        request_required=False,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=TAKEN,
        codes=(*RECORD_CODES, "job_not_found", "job_expired", "job_not_printable"),
    )
)
def submit(job_id: str) -> Response:
    """Record the print's job and answer at once, or when it has ended with `Prefer: wait=N`."""
    own = services()
    key = idempotency_key()
    given = checked(PrintRequest, body_as_json(optional=True), own)
    job = submit_print(own, job_id, given, idempotency_key=key)
    return taken(own, job.id)
