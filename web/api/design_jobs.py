"""API blueprint: submit design jobs."""

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job
from shared.jobs.serializers import JobSnapshot, job_path, job_snapshot
from web.db.queries import checked_head, checked_job
from web.extensions import Services
from web.extensions import services as current_services
from web.http.conditional import requested_wait_s, snapshot_response, waited, with_preference
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers
from web.http.parsing import read_design
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import DesignRequest, JobDocument
from web.services.jobs import submit_design
from web.uploads.images import FIELD
from web.uploads.palettes import FIELD as PALETTE

__all__ = [
    "CANCEL_AFTER",
    "KEY",
    "QUOTA_CODES",
    "QUOTA_HEADERS",
    "RECORD_CODES",
    "SUBMITTED",
    "SUBMIT_CODES",
    "WAIT",
    "blueprint",
    "read_submitted",
    "submitted_response",
]  # fmt: skip

blueprint = Blueprint("design_jobs", __name__)

QUOTA_CODES = ("owner_limit", "daily_limit", "storage_limit", "address_limit")
RECORD_CODES = (
    "malformed_request",
    "forbidden",
    "payload_too_large",
    "unsupported_media_type",
    "invalid_request",
    "idempotency_conflict",
    "unauthorized",
    "rate_limited",
    *QUOTA_CODES,
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
QUOTA_HEADERS = {
    "RateLimit-Policy": "The limits of the submitter; see `GET /api/v1/usage`.",
    "RateLimit": "What is left of them.",
}
_HEADERS = {
    **QUOTA_HEADERS,
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
        file_fields=(FIELD, PALETTE),
        parameters=(KEY, CANCEL_AFTER, WAIT),
        answers=SUBMITTED,
        codes=(
            *SUBMIT_CODES,
            "image_too_large",
            "image_unreadable",
            "image_transparent",
            "palette_invalid",
            "edit_without_design",
        ),
    )
)
def submit() -> Response:
    """Submit a job; respond at once or, with `Prefer: wait=N`, when it has ended."""
    services = current_services()
    key = idempotency_key()
    check_headers()
    body, reference = read_design(services)
    snapshot = submit_design(services, body, reference, read_submitted, idempotency_key=key)
    return submitted_response(services, snapshot)


def read_submitted(session: Session, job: Job) -> JobSnapshot:
    """Return what the response says of a submitted job, but for the queue estimate.

    The estimate is made after the commit: it takes a dozen statements, and other submissions of
    the owner wait for the commit.

    Raises:
        JobExpired: the idempotency key is that of an expired job.
    """
    return job_snapshot(session, checked_job(session, job.id))


def submitted_response(services: Services, snapshot: JobSnapshot) -> Response:
    """Return a submitted job: 202 or, if it has ended, now or while waiting, 200."""
    wait_s = requested_wait_s()
    job_id = snapshot.job.id
    waits = bool(wait_s) and snapshot.job.state in ACTIVE
    if waits:
        waited(services, wait_s, lambda: checked_head(services.autocommit, job_id))
    with services.sessions() as session:
        if waits:
            snapshot = read_submitted(session, checked_job(session, job_id))
        status = 202 if snapshot.job.finished_at is None else 200
        response = snapshot_response(session, snapshot, status=status)
    response.headers["Location"] = job_path(job_id)
    return with_preference(response, wait_s)
