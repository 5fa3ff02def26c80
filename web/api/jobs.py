"""API blueprint: list, get, cancel and retry jobs; their provenance."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.jobs import submission
from shared.jobs.provenance import prov_document
from shared.jobs.serializers import job_path, job_snapshot
from shared.jobs.submission import list_jobs
from web.api.design_jobs import KEY, WAIT
from web.db.queries import checked_head, checked_job, checked_job_id, list_entries
from web.extensions import services as current_services
from web.http.conditional import (
    etag_of,
    job_response,
    not_modified_or,
    requested_wait_s,
    snapshot_response,
    waited,
)
from web.http.idempotency import idempotency_key
from web.http.parsing import page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import JobDocument, JobPage
from web.services.jobs import repeat_job

__all__ = ["PAGE", "blueprint", "next_page", "page_arguments"]

blueprint = Blueprint("jobs", __name__)

PAGE = (
    Parameter(
        name="limit",
        where="query",
        description="Jobs per page.",
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    Parameter(name="before", where="query", description="Id of the last job of the previous page."),
)
_IF_NONE_MATCH = Parameter(
    name="If-None-Match", where="header", description="ETag of the version that the client has."
)
_HEADERS = {"ETag": "The job's version.", "Retry-After": "While the job is active: seconds."}
_ERRORS = ("job_not_found", "job_expired", "unavailable")


def page_arguments() -> tuple[int, str | None]:
    """Return `limit` and `before` of the request.

    Raises:
        InvalidRequest, JobNotFound: `limit` or `before` is malformed.
    """
    before = request.args.get("before")
    return page_limit(), None if before is None else checked_job_id(before)


def next_page(endpoint: str, limit: int, ids: Sequence[str]) -> str | None:
    """Return the URL of the page after the one of these ids; None if it was the last."""
    return url_for(endpoint, limit=limit, before=ids[-1]) if len(ids) == limit else None


@blueprint.get("/jobs")
@documented(
    Operation(
        summary="List design jobs, newest first",
        parameters=PAGE,
        answers={200: Answer(description="A page of jobs.", model=JobPage)},
        codes=("invalid_request", "job_not_found", "unavailable"),
    )
)
def jobs() -> Response:
    """List design jobs with their thumbnails."""
    limit, before = page_arguments()
    with current_services().large_read() as session:
        page = list_jobs(session, limit, before, pipeline="design")
        next_url = next_page("jobs.jobs", limit, [job.id for job in page])
        return jsonify({"jobs": list_entries(session, page), "next": next_url})


@blueprint.get("/jobs/<job_id>")
@documented(
    Operation(
        summary="Get a job, in any state",
        parameters=(_IF_NONE_MATCH, WAIT),
        answers={
            200: Answer(description="The job.", model=JobDocument, headers=_HEADERS),
            304: Answer(description="Not modified.", headers={"ETag": "The job's version."}),
        },
        codes=_ERRORS,
    )
)
def job(job_id: str) -> Response:
    """Return the job, or 304 after a single read if the client has its current version."""
    services = current_services()
    wait_s = requested_wait_s()
    head = waited(services, wait_s, lambda: checked_head(services.autocommit, job_id))

    def describe(session: Session) -> Response:
        return job_response(session, checked_job(session, job_id))

    return not_modified_or(services.sessions, etag_of(head), wait_s, describe)


@blueprint.post("/jobs/<job_id>/cancel")
@documented(
    Operation(
        summary="Cancel a job; a job that has ended is not changed",
        answers={200: Answer(description="The job.", model=JobDocument, headers=_HEADERS)},
        codes=("forbidden", *_ERRORS),
    )
)
def cancel(job_id: str) -> Response:
    """Cancel a job."""
    with current_services().sessions.begin() as session:
        cancelled = submission.cancel(session, checked_job(session, job_id).id)
    with current_services().sessions() as session:
        return job_response(session, checked_job(session, cancelled.id))


@blueprint.post("/jobs/<job_id>/retry")
@documented(
    Operation(
        summary="Retry a job: submit the same as a new job, linked to the old one",
        parameters=(KEY,),
        answers={
            202: Answer(
                description="The new job.",
                model=JobDocument,
                headers={**_HEADERS, "Location": "URL of the new job."},
            )
        },
        codes=(
            "forbidden",
            "unauthorized",
            "rate_limited",
            "job_still_active",
            "invalid_request",
            "idempotency_conflict",
            "owner_limit",
            "queue_full",
            *_ERRORS,
        ),
    )
)
def retry(job_id: str) -> Response:
    """Submit the job again as a new job."""
    services = current_services()
    retried = repeat_job(services, job_id, job_snapshot, idempotency_key=idempotency_key())
    with services.sessions() as session:
        response = snapshot_response(session, retried, status=202)
    response.headers["Location"] = job_path(retried.job.id)
    return response


@blueprint.get("/jobs/<job_id>/provenance")
@documented(
    Operation(
        summary="How a job's designs were made (W3C PROV-JSON)",
        answers={
            200: Answer(
                description="The provenance so far.", headers={"ETag": "The job's version."}
            ),
            304: Answer(description="Not modified."),
        },
        codes=_ERRORS,
    )
)
def provenance(job_id: str) -> AnyResponse:
    """Return the provenance of the artifacts that the job has produced so far."""
    services = current_services()
    with services.sessions() as session:
        row = checked_job(session, job_id)
        response = jsonify(prov_document(session, row, services.settings.public_url))
    response.set_etag(etag_of(row))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
