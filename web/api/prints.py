"""Asking for print files."""

from flask import Blueprint, Response

from shared.documents import job_path
from web.api.design_jobs import CANCEL_AFTER, KEY, WAIT, idempotency_key
from web.context import services
from web.operations import Answer, Operation, documented
from web.parsing import body_as_json, checked
from web.polling import job_response, wait_for_end, wanted_wait_s
from web.print_schemas import PrintRequest
from web.prints import submit_print
from web.queries import checked_job
from web.schemas import JobDocument

__all__ = ["blueprint"]

blueprint = Blueprint("prints", __name__)

_HEADERS = {
    "Location": "The print's job.",
    "Retry-After": "Seconds after which to ask again.",
    "ETag": "The job's version.",
}


@blueprint.post("/jobs/<job_id>/prints")
@documented(
    Operation(
        summary="Ask for the print file of a design's variant: a job of its own",
        request=PrintRequest,
        request_required=False,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers={
            202: Answer(description="Taken.", model=JobDocument, headers=_HEADERS),
            200: Answer(
                description="Has ended already: the key's job is not new, or it was waited for.",
                model=JobDocument,
                headers=_HEADERS,
            ),
        },
        codes=(
            "malformed_request",
            "forbidden",
            "unsupported_media_type",
            "payload_too_large",
            "invalid_request",
            "idempotency_conflict",
            "job_not_found",
            "job_expired",
            "job_not_printable",
            "unauthorized",
            "owner_limit",
            "queue_full",
            "unavailable",
        ),
    )
)
def submit(job_id: str) -> Response:
    """Record the print's job and answer at once, or when it has ended with `Prefer: wait=N`."""
    own = services()
    key = idempotency_key()
    given = checked(PrintRequest, body_as_json(optional=True), own)
    job = submit_print(own, job_id, given, idempotency_key=key)
    wait_s = wanted_wait_s()
    if wait_s is not None:
        wait_for_end(own, job.id, wait_s)
    with own.sessions() as session:
        job = checked_job(session, job.id)
        response = job_response(session, job, status=202 if job.finished_at is None else 200)
    response.headers["Location"] = job_path(job.id)
    if wait_s is not None:
        response.headers["Preference-Applied"] = f"wait={wait_s:.0f}"
    return response
