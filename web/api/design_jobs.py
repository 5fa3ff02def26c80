"""API blueprint: submit design jobs."""

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job
from shared.jobs.serializers import job_path
from web.db.queries import checked_head, checked_job
from web.extensions import Services
from web.extensions import services as current_services
from web.http.conditional import job_response, requested_wait_s, waited, with_preference
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers
from web.http.parsing import read_design
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import DesignRequest, JobDocument
from web.services.jobs import submit_design
from web.uploads.images import FIELD

__all__ = [
    "CANCEL_AFTER",
    "KEY",
    "RECORD_CODES",
    "SUBMITTED",
    "SUBMIT_CODES",
    "WAIT",
    "blueprint",
    "describe_submitted",
    "submitted_response",
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
"""For requests whose upload is stored, too."""
WAIT = Parameter(
    name="Prefer",
    where="header",
    description="`wait=N`: respond when the job has ended, or after N seconds (at most 60).",
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
    "Location": "URL of the job.",
    "Retry-After": "Seconds after which to poll again.",
    "ETag": "The job's version.",
}
SUBMITTED = {
    202: Answer(description="Accepted.", model=JobDocument, headers=_HEADERS),
    200: Answer(
        description="The job has ended: the idempotency key is repeated, or `Prefer: wait`.",
        model=JobDocument,
        headers=_HEADERS,
    ),
}


@blueprint.post("/jobs")
@documented(
    Operation(
        summary="Submit a design job",
        request=DesignRequest,
        file_field=FIELD,
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=SUBMITTED,
        codes=(*SUBMIT_CODES, "image_too_large", "image_unreadable"),
    )
)
def submit() -> Response:
    """Submit a job; respond at once or, with `Prefer: wait=N`, when it has ended."""
    services = current_services()
    key = idempotency_key()
    check_headers()
    body, reference = read_design(services)
    submitted = submit_design(services, body, reference, describe_submitted, idempotency_key=key)
    return submitted_response(services, *submitted)


def describe_submitted(session: Session, job: Job) -> tuple[str, Response | None]:
    """Return a submitted job's id and response; no response if the request waits for its end.

    Raises:
        JobExpired: the idempotency key is that of an expired job.
    """
    waits = bool(requested_wait_s()) and job.state in ACTIVE
    return job.id, None if waits else _response(session, job.id)


def _response(session: Session, job_id: str) -> Response:
    """Return a job with status 202 or, if it has ended, 200."""
    job = checked_job(session, job_id)
    response = job_response(session, job, status=202 if job.finished_at is None else 200)
    response.headers["Location"] = job_path(job_id)
    return response


def submitted_response(services: Services, job_id: str, response: Response | None) -> Response:
    """Return the response of the submission or, after a wait, that of the job at its end."""
    wait_s = requested_wait_s()
    if response is None:
        waited(services, wait_s, lambda: checked_head(services.autocommit, job_id))
        with services.sessions() as session:
            response = _response(session, job_id)
    return with_preference(response, wait_s)
