"""Administration: training runs, their losses and sample sheets."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shared.errors import CodesignerError, JobNotFound
from shared.jobs.submission import cancel, list_jobs
from web.db.queries import checked_job, figures_of, list_entries
from web.extensions import services as current_services
from web.http.access import admin_only
from web.http.i18n import language
from web.presentation.charts import chart_of
from web.presentation.view_models import view_of
from web.services.trainings import start_training

__all__ = ["blueprint"]

blueprint = Blueprint("training_pages", __name__, url_prefix="/admin/training")

_RUNS = 50


@blueprint.get("")
@admin_only
def runs() -> str:
    """List the training runs, with the form that starts one."""
    return _listed(None)


def _listed(wrong: CodesignerError | None) -> str:
    with current_services().sessions() as session:
        entries = list_entries(session, list_jobs(session, _RUNS, pipeline="training"))
    return render_template("admin/training.html", runs=entries, wrong=wrong)


@blueprint.post("")
@admin_only
def start() -> Response | tuple[str, int]:
    """Start a run from an uploaded dataset."""
    try:
        job = start_training(current_services())
    except CodesignerError as error:
        return _listed(error), error.status
    return redirect(url_for("training_pages.run", job_id=job.id), 303)


@blueprint.get("/<job_id>")
@admin_only
def run(job_id: str) -> str:
    """Show a run: state, losses, samples, the release it made."""
    return _shown("admin/run.html", job_id)


@blueprint.get("/<job_id>/parts")
@admin_only
def parts(job_id: str) -> str:
    """Give only what changes."""
    return _shown("admin/_run.html", job_id)


def _shown(template: str, job_id: str) -> str:
    with current_services().sessions() as session:
        job = checked_job(session, job_id)
        if job.pipeline != "training":
            raise JobNotFound(job_id)
        view = view_of(session, job, language())
        figures = figures_of(session, job_id)
    charts = {name: chart_of({name: points}) for name, points in figures.items()}
    return render_template(template, view=view, job=view.document, charts=charts)


@blueprint.post("/<job_id>/cancel")
@admin_only
def cancel_one(job_id: str) -> Response:
    """Cancel a run."""
    with current_services().sessions.begin() as session:
        cancel(session, checked_job(session, job_id).id)
    return redirect(url_for("training_pages.run", job_id=job_id), 303)
