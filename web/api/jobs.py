"""API blueprint: list, get, cancel and retry jobs; their provenance."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.jobs.provenance import portable_prov_document, prov_document
from shared.jobs.serializers import job_path, job_snapshot
from web.api.design_jobs import KEY, QUOTA_CODES, QUOTA_HEADERS, WAIT
from web.db.queries import checked_head, checked_job, checked_job_id
from web.extensions import services as current_services
from web.http.access import is_admin
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
from web.services.cancelling import cancel_job
from web.services.jobs import repeat_job
from web.services.library import library_page

__all__ = ["ERRORS", "PAGE", "blueprint", "next_page", "page_arguments"]

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
_SEARCH = (
    Parameter(
        name="q",
        where="query",
        description="Words of the brief, the name or tags; motifs, colours, products; English or "
        "Chinese. Found by words, then by meaning.",
    ),
    Parameter(name="colour", where="query", description="#RRGGBB, or the name of a colour."),
    Parameter(
        name="like", where="query", description="`<job>.<variant>`: designs that look like it."
    ),
    Parameter(
        name="picture", where="query", description="sha256 of a picture, see `POST /pictures`."
    ),
    Parameter(name="tag", where="query", description="A tag; may be repeated."),
    Parameter(
        name="favourite", where="query", description="true: only jobs with a favourite variant."
    ),
    Parameter(
        name="verdict",
        where="query",
        description="Only jobs with a variant of this verdict.",
        schema={"type": "string", "enum": ["keep", "reject"]},
    ),
    Parameter(name="product", where="query", description="Key of a product."),
    Parameter(name="state", where="query", description="State of the job."),
    Parameter(name="collection", where="query", description="Id of a collection."),
    Parameter(name="batch", where="query", description="Id of a batch."),
    Parameter(
        name="collapse", where="query", description="batches: only the last job of each batch."
    ),
    Parameter(
        name="sort",
        where="query",
        description="Order; best is that of a search. Default: best for a search, else newest.",
        schema={"type": "string", "enum": ["newest", "oldest", "name", "best"]},
    ),
    Parameter(
        name="offset",
        where="query",
        description="In the orders name and best: number of jobs on the pages before.",
        schema={"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
    ),
)
_IF_NONE_MATCH = Parameter(
    name="If-None-Match", where="header", description="ETag of the version that the client has."
)
_HEADERS = {"ETag": "The job's version.", "Retry-After": "While the job is active: seconds."}
ERRORS = ("job_not_found", "job_expired", "job_deleted", "unavailable")


def page_arguments() -> tuple[int, str | None]:
    """Return `limit` and `before` of the request.

    Raises:
        InvalidRequest, JobNotFound: `limit` or `before` is malformed.
    """
    before = request.args.get("before")
    return page_limit(), None if before is None else checked_job_id(before)


def next_page(endpoint: str, limit: int, ids: Sequence[str], **further: Any) -> str | None:
    """Return the URL of the page after the one of these ids; None if it was the last.

    Args:
        further: other parameters of the URL.
    """
    if len(ids) < limit:
        return None
    return url_for(endpoint, limit=limit, before=ids[-1], **further)


@blueprint.get("/jobs")
@documented(
    Operation(
        summary="Search the library; without parameters: all designs, newest first",
        parameters=(*PAGE, *_SEARCH),
        answers={200: Answer(description="A page of jobs.", model=JobPage)},
        codes=("invalid_request", "collection_not_found", *ERRORS),
    )
)
def jobs() -> Response:
    """List jobs that make designs, with their thumbnails and what is recorded of them."""
    return jsonify(library_page(current_services(), *page_arguments()))


@blueprint.get("/jobs/<job_id>")
@documented(
    Operation(
        summary="Get a job, in any state",
        parameters=(_IF_NONE_MATCH, WAIT),
        answers={
            200: Answer(description="The job.", model=JobDocument, headers=_HEADERS),
            304: Answer(description="Not modified.", headers={"ETag": "The job's version."}),
        },
        codes=ERRORS,
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
        codes=("forbidden", *ERRORS),
    )
)
def cancel(job_id: str) -> Response:
    """Cancel a job."""
    with current_services().sessions.begin() as session:
        cancel_job(session, checked_job(session, job_id))
    with current_services().sessions() as session:
        return job_response(session, checked_job(session, job_id))


@blueprint.post("/jobs/<job_id>/retry")
@documented(
    Operation(
        summary="Retry a job: submit the same as a new job, linked to the old one",
        parameters=(KEY,),
        answers={
            202: Answer(
                description="The new job.",
                model=JobDocument,
                headers={**_HEADERS, **QUOTA_HEADERS, "Location": "URL of the new job."},
            )
        },
        codes=(
            "forbidden",
            "unauthorized",
            "rate_limited",
            "job_still_active",
            "invalid_request",
            "idempotency_conflict",
            *QUOTA_CODES,
            "queue_full",
            *ERRORS,
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
        codes=ERRORS,
    )
)
def provenance(job_id: str) -> AnyResponse:
    """Return the provenance of the artifacts that the job has produced so far."""
    services = current_services()
    with services.sessions() as session:
        row = checked_job(session, job_id)
        if is_admin():
            document = prov_document(session, row, services.settings.public_url)
        else:
            document = portable_prov_document(session, row, services.settings.public_url)
    response = jsonify(document)
    response.set_etag(f"{etag_of(row)}-full" if is_admin() else etag_of(row))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
