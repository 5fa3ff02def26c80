"""Looking at jobs, cancelling and repeating them."""

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.jobs.provenance import prov_document
from shared.jobs.serializers import job_path
from shared.jobs.submission import cancel as cancel_job
from shared.jobs.submission import list_jobs
from web.api.design_jobs import WAIT
from web.db.queries import checked_head, checked_job, checked_job_id, list_entries
from web.extensions import services
from web.http.conditional import etag_of, job_response, unless_known, waited, wanted_wait_s
from web.http.parsing import page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import JobDocument, JobPage
from web.services.jobs import repeat_job

__all__ = ["PAGE", "blueprint", "page_arguments"]

blueprint = Blueprint("jobs", __name__)

PAGE = (
    Parameter(
        name="limit",
        where="query",
        description="Jobs a page.",
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    Parameter(name="before", where="query", description="Id of the last job of the page before."),
)
_IF_NONE_MATCH = Parameter(name="If-None-Match", where="header", description="The ETag known.")
_HEADERS = {"ETag": "The job's version.", "Retry-After": "While it goes on: seconds."}
_ERRORS = ("job_not_found", "job_expired", "unavailable")


def page_arguments() -> tuple[int, str | None]:
    """Give limit and before of the request; InvalidRequest where they are not usable."""
    before = request.args.get("before")
    return page_limit(), None if before is None else checked_job_id(before)


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
    """List jobs with their thumbnails."""
    limit, before = page_arguments()
    with services().sessions() as session:
        found = list_jobs(session, limit, before, pipeline="design")
        entries = list_entries(session, found)
    more = len(found) == limit
    following = url_for("jobs.jobs", limit=limit, before=found[-1].id) if more else None
    return jsonify({"jobs": entries, "next": following})


@blueprint.get("/jobs/<job_id>")
@documented(
    Operation(
        summary="Look at a job, in whatever state",
        parameters=(_IF_NONE_MATCH, WAIT),
        answers={
            200: Answer(description="The job.", model=JobDocument, headers=_HEADERS),
            304: Answer(description="Nothing is new.", headers={"ETag": "The job's version."}),
        },
        codes=_ERRORS,
    )
)
def job(job_id: str) -> Response:
    """Give the job, or 304 after a single read where its version is known."""
    own = services()
    wait_s = wanted_wait_s()
    head = waited(own, wait_s, lambda: checked_head(own.autocommit, job_id))

    def describe(session: Session) -> Response:
        return job_response(session, checked_job(session, job_id))

    return unless_known(own, etag_of(head), wait_s, describe)


@blueprint.post("/jobs/<job_id>/cancel")
@documented(
    Operation(
        summary="Cancel a job; one that has ended stays as it is",
        answers={200: Answer(description="The job.", model=JobDocument, headers=_HEADERS)},
        codes=("forbidden", *_ERRORS),
    )
)
def cancel(job_id: str) -> Response:
    """End a job as cancelled."""
    with services().sessions.begin() as session:
        cancelled = cancel_job(session, checked_job(session, job_id).id)
    with services().sessions() as session:
        return job_response(session, checked_job(session, cancelled.id))


@blueprint.post("/jobs/<job_id>/retry")
@documented(
    Operation(
        summary="Ask for the same again: a new job, linked to the old one",
        answers={
            202: Answer(
                description="The new job.",
                model=JobDocument,
                headers={**_HEADERS, "Location": "The new job's address."},
            )
        },
        codes=(
            "forbidden",
            "unauthorized",
            "rate_limited",
            "job_still_active",
            "owner_limit",
            "queue_full",
            *_ERRORS,
        ),
    )
)
def retry(job_id: str) -> Response:
    """Submit the job anew."""
    own = services()
    again = repeat_job(own, job_id)
    with own.sessions() as session:
        response = job_response(session, checked_job(session, again.id), status=202)
    response.headers["Location"] = job_path(again.id)
    return response


@blueprint.get("/jobs/<job_id>/provenance")
@documented(
    Operation(
        summary="How a job's designs were made (W3C PROV-JSON)",
        answers={
            200: Answer(description="The provenance so far.", headers={"ETag": "Version."}),
            304: Answer(description="Nothing is new."),
        },
        codes=_ERRORS,
    )
)
def provenance(job_id: str) -> AnyResponse:
    """Give the provenance of what the job has made until now."""
    own = services()
    with own.sessions() as session:
        found = checked_job(session, job_id)
        response = jsonify(prov_document(session, found, own.settings.public_url))
    response.set_etag(etag_of(found))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
