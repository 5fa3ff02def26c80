"""Asking for several designs at once, following and cancelling them as one."""

from flask import Blueprint, Response, jsonify, url_for
from sqlalchemy.orm import Session

from shared.jobs.batches import BatchHead, batch_head, cancel_batch, list_batches
from shared.jobs.serializers import batch_path
from web.api.design_jobs import CANCEL_AFTER, KEY, SUBMIT_CODES, WAIT
from web.api.jobs import PAGE, page_arguments
from web.db.queries import checked_batch
from web.extensions import services
from web.http.batch_responses import batch_response, etag_of
from web.http.conditional import unless_known, waited, wanted_wait_s
from web.http.idempotency import idempotency_key
from web.http.parsing import read_batch
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.batches import BatchDocument, BatchPage, BatchRequest
from web.services.batches import batch_summary, submit_sweep
from web.uploads.images import FIELD

__all__ = ["blueprint"]

blueprint = Blueprint("batches", __name__)

_HEADERS = {"ETag": "Of the jobs' versions.", "Retry-After": "While it goes on: seconds."}
_CODES = ("batch_not_found", "batch_expired", "unavailable")


@blueprint.post("/batches")
@documented(
    Operation(
        summary="Ask for several designs at once",
        tag="batches",
        request=BatchRequest,
        file_field=FIELD,
        parameters=(KEY, CANCEL_AFTER),
        answers={
            202: Answer(
                description="Taken: all jobs are recorded.",
                model=BatchDocument,
                headers={**_HEADERS, "Location": "The batch's address."},
            ),
            200: Answer(
                description="The key's batch has ended already.",
                model=BatchDocument,
                headers={**_HEADERS, "Location": "The batch's address."},
            ),
        },
        codes=(*SUBMIT_CODES, "image_too_large", "image_unreadable", "batch_expired"),
    )
)
def submit() -> Response:
    """Record a batch, all of it or nothing."""
    own = services()
    key = idempotency_key()
    given, reference = read_batch(own)
    batch = submit_sweep(own, given, reference, idempotency_key=key)
    with own.sessions() as session:
        response = batch_response(session, checked_batch(session, batch.id), fresh=True)
    response.headers["Location"] = batch_path(batch.id)
    return response


@blueprint.get("/batches")
@documented(
    Operation(
        summary="List batches, newest first",
        tag="batches",
        parameters=PAGE,
        answers={200: Answer(description="A page of batches.", model=BatchPage)},
        codes=("invalid_request", "job_not_found", "unavailable"),
    )
)
def batches() -> Response:
    """List batches with their counts."""
    limit, before = page_arguments()
    with services().sessions() as session:
        found = list_batches(session, limit, before)
        described = [batch_summary(session, each) for each in found]
    more = len(found) == limit
    following = url_for("batches.batches", limit=limit, before=found[-1].id) if more else None
    return jsonify({"batches": described, "next": following})


@blueprint.get("/batches/<batch_id>")
@documented(
    Operation(
        summary="Look at a batch and its jobs",
        tag="batches",
        parameters=(
            Parameter(name="If-None-Match", where="header", description="The ETag known."),
            WAIT,
        ),
        answers={
            200: Answer(description="The batch.", model=BatchDocument, headers=_HEADERS),
            304: Answer(description="Nothing is new.", headers={"ETag": "Of the versions."}),
        },
        codes=_CODES,
    )
)
def batch(batch_id: str) -> Response:
    """Give the batch, or 304 where its version is known."""
    own = services()
    wait_s = wanted_wait_s()
    with own.sessions() as session:
        found = checked_batch(session, batch_id)

    def look() -> BatchHead:
        with own.sessions() as session:
            return batch_head(session, found.id)

    def describe(session: Session) -> Response:
        return batch_response(session, found)

    head = waited(own, wait_s, look)
    return unless_known(own, etag_of(head), wait_s, describe)


@blueprint.post("/batches/<batch_id>/cancel")
@documented(
    Operation(
        summary="Cancel all jobs of a batch that have not ended",
        tag="batches",
        answers={200: Answer(description="The batch.", model=BatchDocument, headers=_HEADERS)},
        codes=("forbidden", *_CODES),
    )
)
def cancel(batch_id: str) -> Response:
    """End the batch's active jobs as cancelled, all in one transaction."""
    with services().sessions.begin() as session:
        cancel_batch(session, checked_batch(session, batch_id).id)
    with services().sessions() as session:
        return batch_response(session, checked_batch(session, batch_id))
