"""Job pages: one job with live updates, and what can be done with it."""

import secrets

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from shared.db.models import Job
from shared.errors import CodesignerError
from web.db.queries import checked_head, checked_job
from web.extensions import services as current_services
from web.http.i18n import language
from web.http.idempotency import form_idempotency_key
from web.http.parsing import checked, form_values
from web.http.problems import wants_page
from web.pages.library import library
from web.presentation.edits import RefusedEdit, edit_examples
from web.presentation.view_models import job_view
from web.schemas.edits import MAX_SAY, EditRequest
from web.schemas.prints import PrintRequest
from web.services.cancelling import cancel_job
from web.services.deletions import designs_after
from web.services.edits import submit_edit
from web.services.jobs import repeat_job, submit_with_other_seed
from web.services.motifs import installed_names
from web.services.prints import submit_print

__all__ = ["blueprint"]

blueprint = Blueprint("jobs_pages", __name__)


@blueprint.get("/jobs")
def jobs() -> AnyResponse:
    """Show the library of all designs."""
    return library()


@blueprint.get("/jobs/<job_id>")
def job(job_id: str) -> AnyResponse:
    """Show a job; the page's script updates it."""
    return _page("job.html", job_id)


@blueprint.get("/jobs/<job_id>/parts")
def parts(job_id: str) -> AnyResponse:
    """Return the fragments of the page that the script replaces."""
    return _page("_job.html", job_id)


def _page(template: str, job_id: str, refused: RefusedEdit | None = None) -> AnyResponse:
    with current_services().sessions() as session:
        row = checked_job(session, job_id)
        if row.pipeline == "training":
            return redirect(url_for("training_pages.run", job_id=job_id), 302)
        names = installed_names(current_services().settings)
        view = job_view(session, row, language(), names)
        reference = row.reference_sha256
        after_reference = designs_after(session, reference) if reference else ()
    response: Response = make_response(
        render_template(
            template,
            view=view,
            job=view.document,
            refused=refused,
            after_reference=len(after_reference),
            new_key=secrets.token_hex,
            examples=edit_examples(language()),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    if template.startswith("_"):
        response.add_etag()
        return response.make_conditional(request)
    return response


@blueprint.post("/jobs/<job_id>/cancel")
def cancel_one(job_id: str) -> AnyResponse:
    """Cancel a job and redirect to it."""
    with current_services().sessions.begin() as session:
        cancel_job(session, checked_job(session, job_id))
    return redirect(url_for("jobs_pages.job", job_id=job_id), 303)


@blueprint.post("/jobs/<job_id>/retry")
def retry_one(job_id: str) -> AnyResponse:
    """Retry a job and redirect to the new one."""
    key = form_idempotency_key()
    return repeat_job(current_services(), job_id, _redirect_to_job, idempotency_key=key)


def _redirect_to_job(_session: Session, job: Job) -> AnyResponse:
    return redirect(url_for("jobs_pages.job", job_id=job.id), 303)


@blueprint.post("/jobs/<job_id>/prints")
def print_one(job_id: str) -> AnyResponse:
    """Submit a print job for a variant and redirect to the design, which shows its progress."""
    services = current_services()
    key = form_idempotency_key()
    values: dict[str, object] = dict(form_values(request.form))
    values.pop("idempotency_key", None)
    body = checked(PrintRequest, values, services, strict=False)
    return submit_print(services, job_id, body, _redirect_to_design, idempotency_key=key)


@blueprint.get("/jobs/<job_id>/variants/<int:variant>/edits")
def edited_variant(job_id: str, variant: int) -> AnyResponse:
    """Redirect to the variant: the page of a refused edit has this address."""
    checked_head(current_services().autocommit, job_id)
    address = url_for("jobs_pages.job", job_id=job_id, _anchor=f"variant-{variant + 1}")
    return redirect(address, 302)


@blueprint.post("/jobs/<job_id>/variants/<int:variant>/edits")
def edit_variant(job_id: str, variant: int) -> AnyResponse:
    """Submit an edit of a variant and redirect to its job; show the page again if refused."""
    services = current_services()
    checked_head(services.autocommit, job_id)
    said = request.form.get("example") or request.form.get("say", "")
    try:
        body = checked(EditRequest, {"say": said.strip()}, services)
        return submit_edit(services, (job_id, variant), body, _redirect_to_job)
    except CodesignerError as error:
        if not (wants_page() and error.fields):
            raise
        refused = RefusedEdit(variant=variant, say=said[:MAX_SAY], message=error.fields[0].message)
        response = make_response(_page("job.html", job_id, refused))
        response.status_code = error.status
        return response


def _redirect_to_design(_session: Session, job: Job) -> AnyResponse:
    return redirect(url_for("jobs_pages.job", job_id=job.print_of), 303)


@blueprint.post("/jobs/<job_id>/again")
def again_with_other_seed(job_id: str) -> AnyResponse:
    """Submit the same design with another seed and redirect to the new job."""
    key = form_idempotency_key()
    return submit_with_other_seed(current_services(), job_id, _redirect_to_job, idempotency_key=key)
