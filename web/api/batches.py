"""API blueprint: submit, list, get and cancel batches of design jobs."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from shared.db.models import Batch
from shared.jobs.batches import BatchHead, batch_head, list_batches
from shared.jobs.serializers import batch_path
from web.api.design_jobs import CANCEL_AFTER, KEY, SUBMIT_CODES, WAIT
from web.api.jobs import PAGE, next_page, page_arguments
from web.db.queries import checked_batch
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.batch_responses import batch_etag, batch_response
from web.http.conditional import not_modified_or, requested_wait_s, waited
from web.http.idempotency import idempotency_key
from web.http.identity import check_headers
from web.http.parsing import read_batch
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.batches import BatchDocument, BatchPage, BatchRequest
from web.services.batches import batch_summaries, submit_sweep
from web.services.cancelling import cancel_batch
from web.uploads.images import FIELD
from web.uploads.palettes import FIELD as PALETTE

__all__ = ["blueprint"]

blueprint = Blueprint("batches", __name__)

_HEADERS = {
    "ETag": "Derived from the jobs' versions.",
    "Retry-After": "While the batch is active: seconds.",
}
_CODES = ("batch_not_found", "batch_expired", "unavailable")


@blueprint.post("/batches")
@documented(
    Operation(
        summary="Submit a batch of design jobs",
        tag="batches",
        request=BatchRequest,
        file_fields=(FIELD, PALETTE),
        parameters=(KEY, CANCEL_AFTER),
        answers={
            202: Answer(
                description="Accepted: all jobs are recorded.",
                model=BatchDocument,
                headers={**_HEADERS, "Location": "The batch's address."},
            ),
            200: Answer(
                description="The batch of this idempotency key has already ended.",
                model=BatchDocument,
                headers={**_HEADERS, "Location": "The batch's address."},
            ),
        },
        codes=(
            *SUBMIT_CODES,
            "image_too_large",
            "image_unreadable",
            "image_transparent",
            "palette_invalid",
            "batch_expired",
            "edit_without_design",
        ),
    )
)
def submit() -> Response:
    """Submit a batch in one transaction."""
    services = current_services()
    key = idempotency_key()
    check_headers()
    body, reference = read_batch(services)
    return submit_sweep(services, body, reference, _describe_submitted, idempotency_key=key)


def _describe_submitted(session: Session, row: Batch) -> Response:
    response = batch_response(session, row, fresh=True)
    response.headers["Location"] = batch_path(row.id)
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
    """List batches with their counts of jobs by state."""
    limit, before = page_arguments()
    with current_services().large_read() as session:
        page = list_batches(session, limit, before, workspace_id=present_workspace())
        next_url = next_page("batches.batches", limit, [batch.id for batch in page])
        return jsonify({"batches": batch_summaries(session, page), "next": next_url})


@blueprint.get("/batches/<batch_id>")
@documented(
    Operation(
        summary="Get a batch and its jobs",
        tag="batches",
        parameters=(
            Parameter(
                name="If-None-Match",
                where="header",
                description="ETag of the version that the client has.",
            ),
            WAIT,
        ),
        answers={
            200: Answer(description="The batch.", model=BatchDocument, headers=_HEADERS),
            304: Answer(
                description="Not modified.", headers={"ETag": "Derived from the versions."}
            ),
        },
        codes=_CODES,
    )
)
def batch(batch_id: str) -> Response:
    """Return the batch, or 304 if the client has its current version."""
    services = current_services()
    wait_s = requested_wait_s()
    with services.sessions() as session:
        row = checked_batch(session, batch_id)

    def read_head() -> BatchHead:
        with services.sessions() as session:
            return batch_head(session, row.id)

    def describe(session: Session) -> Response:
        return batch_response(session, row)

    head = waited(services, wait_s, read_head)
    return not_modified_or(services.large_read, batch_etag(head), wait_s, describe)


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
    """Cancel the batch's active jobs in one transaction."""
    with current_services().sessions.begin() as session:
        cancel_batch(session, checked_batch(session, batch_id))
    with current_services().sessions() as session:
        return batch_response(session, checked_batch(session, batch_id))
