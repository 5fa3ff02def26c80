"""Batch page: the designs of a batch, polled by its script."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.jobs.batches import batch_head
from web.db.queries import checked_batch
from web.extensions import services as current_services
from web.http.batch_responses import batch_etag
from web.http.conditional import not_modified_or
from web.http.i18n import language
from web.pages.library_undo import remember_deleted
from web.services.batches import batch_document
from web.services.cancelling import cancel_batch
from web.services.deletions import delete_batch

__all__ = ["blueprint"]

blueprint = Blueprint("batch_pages", __name__, url_prefix="/batches")


@blueprint.get("/<batch_id>")
def batch(batch_id: str) -> AnyResponse:
    """Show a batch."""
    return _page("batch.html", batch_id)


@blueprint.get("/<batch_id>/parts")
def parts(batch_id: str) -> AnyResponse:
    """Return the fragment of the page that the script replaces."""
    return _page("_batch.html", batch_id)


def _page(template: str, batch_id: str) -> AnyResponse:
    services = current_services()
    with services.sessions() as session:
        row = checked_batch(session, batch_id)
        etag = f"{batch_etag(batch_head(session, row.id))}-{language()}"

    def describe(session: Session) -> Response:
        document = batch_document(session, row)
        response: Response = make_response(render_template(template, batch=document))
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    if not template.startswith("_"):
        with services.large_read() as session:
            return describe(session)
    response = not_modified_or(services.large_read, etag, None, describe)
    response.set_etag(etag)
    return response


@blueprint.post("/<batch_id>/cancel")
def cancel(batch_id: str) -> AnyResponse:
    """Cancel the batch's active jobs and redirect to the batch."""
    with current_services().sessions.begin() as session:
        cancel_batch(session, checked_batch(session, batch_id))
    return redirect(url_for("batch_pages.batch", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/delete")
def delete(batch_id: str) -> AnyResponse:
    """Delete the batch and redirect to the library, which offers to undo it."""
    with current_services().recording() as session:
        job_ids = delete_batch(session, checked_batch(session, batch_id))
    remember_deleted(job_ids, ("batch", batch_id))
    return redirect(url_for("jobs_pages.jobs"), 303)
