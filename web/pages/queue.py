"""Administration pages: the queue, its pauses and its dead jobs."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.audit import acts
from shared.errors import CodesignerError
from shared.jobs.dead_letters import dead_jobs
from web.db.queries import checked_job_id
from web.extensions import services as current_services
from web.http.audit import present_actor
from web.http.parsing import checked, form_values
from web.schemas.queue import PauseRequest, ResumeRequest, RetryRequest
from web.services.motifs import installed_state
from web.services.queue_admin import dead_document, queue_state, retry_dead

__all__ = ["blueprint"]

blueprint = Blueprint("queue_pages", __name__, url_prefix="/admin/queue")

_PAGE_SIZE = 25


@blueprint.get("")
def queue() -> str:
    """Show stages, pauses, owners and dead jobs."""
    return _render(None)


@blueprint.post("/pause")
def pause() -> Response | tuple[str, int]:
    """Pause a stage, or all."""
    services = current_services()
    try:
        form = checked(PauseRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as session:
            acts.pause(session, present_actor(), form.stage, form.reason)
    except CodesignerError as error:
        return _render(error), error.status
    return redirect(url_for("queue_pages.queue"), 303)


@blueprint.post("/resume")
def resume() -> Response | tuple[str, int]:
    """End the pause of a stage, or all pauses."""
    services = current_services()
    try:
        form = checked(ResumeRequest, form_values(request.form), services, strict=False)
        with services.sessions.begin() as session:
            acts.resume(session, present_actor(), form.stage)
    except CodesignerError as error:
        return _render(error), error.status
    return redirect(url_for("queue_pages.queue"), 303)


@blueprint.post("/retry")
def retry() -> Response | tuple[str, int]:
    """Retry one dead job (`id`), or all that were never retried."""
    job_id = request.form.get("id")
    values: dict[str, Any] = {"all": True} if job_id is None else {"ids": [job_id]}
    try:
        retry_dead(current_services(), checked(RetryRequest, values, current_services()))
    except CodesignerError as error:
        return _render(error), error.status
    return redirect(url_for("queue_pages.queue", _anchor="dead"), 303)


def _render(wrong: CodesignerError | None) -> str:
    before = request.args.get("before")
    before = None if before is None else checked_job_id(before)
    services = current_services()
    with services.sessions() as session:
        state = queue_state(session, services.settings)
        dead = [dead_document(job) for job in dead_jobs(session, _PAGE_SIZE + 1, before)]
    return render_template(
        "admin/queue.html",
        state=state,
        paused_all=any(pause["stage"] == "all" for pause in state["pauses"]),
        dead=dead[:_PAGE_SIZE],
        following=dead[_PAGE_SIZE - 1]["id"] if len(dead) > _PAGE_SIZE else None,
        wrong=wrong,
        missing_sets=installed_state(services.settings).missing,
    )
