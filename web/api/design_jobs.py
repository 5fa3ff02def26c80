"""Asking for designs."""

from flask import Blueprint, Response

from shared.jobs.serializers import job_path
from web.db.queries import checked_head, checked_job
from web.extensions import Services, services
from web.http.conditional import job_response, waited, wanted_wait_s, with_preference
from web.http.idempotency import idempotency_key
from web.http.parsing import read_design
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import DesignRequest, JobDocument
from web.services.jobs import submit_design
from web.uploads.images import FIELD

__all__ = [
    "CANCEL_AFTER", "KEY", "RECORD_CODES", "SUBMIT_CODES", "TAKEN", "WAIT", "blueprint",
    "taken",
]  # fmt: skip

blueprint = Blueprint("design_jobs", __name__)

RECORD_CODES = (
    "malformed_request",
    "forbidden",
    "payload_too_large",
    "unsupported_media_type",
    "invalid_request",
    "idempotency_conflict",
    "unauthorized",
    "rate_limited",
    "owner_limit",
    "queue_full",
    "unavailable",
)
SUBMIT_CODES = (*RECORD_CODES, "storage_full")
"""Where what is sent has to be stored, too."""
WAIT = Parameter(
    name="Prefer",
    where="header",
    description="`wait=N`: answer when the job has ended, or after N seconds (at most 60).",
)
KEY = Parameter(
    name="Idempotency-Key",
    where="header",
    description="1 to 128 printable characters. The same key and payload give the same job.",
)
CANCEL_AFTER = Parameter(
    name="Cancel-After",
    where="header",
    description="Seconds, 1 to 2592000: a job that has not ended by then ends as failed, with "
    "the error deadline_passed.",
    schema={"type": "integer", "minimum": 1, "maximum": 2_592_000},
)
_HEADERS = {
    "Location": "The job's address.",
    "Retry-After": "Seconds after which to ask again.",
    "ETag": "The job's version.",
}
TAKEN = {
    202: Answer(description="Taken.", model=JobDocument, headers=_HEADERS),
    200: Answer(
        description="Has ended already: the key's job is not new, or it was waited for.",
        model=JobDocument,
        headers=_HEADERS,
    ),
}


@blueprint.post("/jobs")
@documented(
    Operation(
        summary="Ask for designs",
        request=DesignRequest,
        file_field=FIELD,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=TAKEN,
        codes=(*SUBMIT_CODES, "image_too_large", "image_unreadable"),
    )
)
def submit() -> Response:
    """Record a job and answer at once, or when it has ended with `Prefer: wait=N`."""
    own = services()
    key = idempotency_key()
    given, reference = read_design(own)
    job = submit_design(own, given, reference, idempotency_key=key)
    return taken(own, job.id)


def taken(own: Services, job_id: str) -> Response:
    """Answer to what became a job: 202, or 200 where it has ended, now or while waiting."""
    wait_s = wanted_wait_s()
    if wait_s is not None:
        waited(own, wait_s, lambda: checked_head(own.autocommit, job_id))
    with own.sessions() as session:
        job = checked_job(session, job_id)
        response = job_response(session, job, status=202 if job.finished_at is None else 200)
    response.headers["Location"] = job_path(job_id)
    return with_preference(response, wait_s)
