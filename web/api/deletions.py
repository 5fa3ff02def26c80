"""API blueprint: deletion of references, and the ledger of deletions for the administrator."""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from shared.deletions.ledger import UNDO_S, deletion_document, list_deletions
from web.api.models import ADMIN_CODES
from web.extensions import services as current_services
from web.http.parsing import page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.deletions import DeletedTogether, DeletionPage, RestoredTogether
from web.services.deletions import delete_reference, read_before, restore_reference

__all__ = ["blueprint"]

blueprint = Blueprint("deletions", __name__)

_REFERENCE_CODES = ("artifact_not_found", "unauthorized", "rate_limited", "unavailable")


@blueprint.delete("/references/<sha256>")
@documented(
    Operation(
        summary="Delete a reference image with all designs that were drawn after it",
        tag="deletions",
        answers={200: Answer(description="They are deleted.", model=DeletedTogether)},
        codes=_REFERENCE_CODES,
    )
)
def reference(sha256: str) -> Response:
    """Delete what was drawn after an image, edits and prints too; the image goes with it."""
    with current_services().recording() as session:
        job_ids = delete_reference(session, sha256)
    links = {"restore": f"{request.path}/restore"}
    return jsonify({"id": sha256, "jobs": job_ids, "undo_s": UNDO_S, "links": links})


@blueprint.post("/references/<sha256>/restore")
@documented(
    Operation(
        summary="Restore what was deleted with a reference image less than 10 minutes ago",
        tag="deletions",
        answers={200: Answer(description="They are restored.", model=RestoredTogether)},
        codes=_REFERENCE_CODES,
    )
)
def restore(sha256: str) -> Response:
    """Restore the designs that were deleted with an image."""
    with current_services().recording() as session:
        return jsonify({"id": sha256, "jobs": restore_reference(session, sha256)})


@blueprint.get("/deletions")
@documented(
    Operation(
        summary="List what was deleted, by whom, and when the last file was gone; newest first",
        tag="deletions",
        parameters=(
            Parameter(
                name="limit",
                where="query",
                description="Deletions per page.",
                schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            ),
            Parameter(
                name="before",
                where="query",
                description="Id of the last deletion of the previous page.",
                schema={"type": "integer"},
            ),
        ),
        answers={200: Answer(description="A page of the ledger.", model=DeletionPage)},
        codes=(*ADMIN_CODES, "invalid_request"),
    )
)
def deletions() -> Response:
    """Return a page of the ledger."""
    limit, before = page_limit(), read_before()
    with current_services().sessions() as session:
        page = [deletion_document(row) for row in list_deletions(session, limit, before)]
    next_url = None
    if len(page) == limit:
        next_url = f"{request.path}?{urlencode({'limit': limit, 'before': page[-1]['id']})}"
    response = jsonify({"deletions": page, "next": next_url})
    response.headers["Cache-Control"] = "no-store"
    return response
