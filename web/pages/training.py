"""Administration pages: training runs, their loss charts and samples."""

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.db.models import Job
from shared.errors import CodesignerError, JobNotFound
from shared.jobs.submission import list_jobs
from web.db.queries import checked_job, list_entries, training_metric_series
from web.extensions import services as current_services
from web.http.i18n import language
from web.presentation.charts import chart_of
from web.presentation.view_models import job_view
from web.services.cancelling import cancel_job
from web.services.kept_designs import count_kept
from web.services.motifs import installed_names
from web.services.trainings import start_training
from web.uploads.datasets import MIN_IMAGES

__all__ = ["blueprint"]

blueprint = Blueprint("training_pages", __name__, url_prefix="/admin/training")

_MAX_RUNS = 50


@blueprint.get("")
def runs() -> str:
    """List the training runs, with the form to start one."""
    return _render_runs(None)


def _render_runs(wrong: CodesignerError | None) -> str:
    with current_services().sessions() as session:
        entries = list_entries(session, list_jobs(session, _MAX_RUNS, pipeline="training"))
        kept = count_kept(session)
    return render_template(
        "admin/training.html", runs=entries, wrong=wrong, kept=kept, least=MIN_IMAGES
    )


@blueprint.post("")
def start() -> Response | tuple[str, int]:
    """Start a training run on an uploaded dataset."""
    try:
        return start_training(current_services(), _redirect_to_run)
    except CodesignerError as error:
        return _render_runs(error), error.status


def _redirect_to_run(_session: Session, job: Job) -> Response:
    return redirect(url_for("training_pages.run", job_id=job.id), 303)


@blueprint.get("/<job_id>")
def run(job_id: str) -> str:
    """Show a training run: state, loss charts, samples, checkpoints."""
    return _render_run("admin/run.html", job_id)


@blueprint.get("/<job_id>/parts")
def parts(job_id: str) -> str:
    """Return the fragments of the page that the script replaces."""
    return _render_run("admin/_run.html", job_id)


def _render_run(template: str, job_id: str) -> str:
    with current_services().sessions() as session:
        job = checked_job(session, job_id)
        if job.pipeline != "training":
            raise JobNotFound(job_id)
        view = job_view(session, job, language(), installed_names(current_services().settings))
        metrics = training_metric_series(session, job_id)
    charts = {name: chart_of({name: points}) for name, points in metrics.items()}
    return render_template(template, view=view, job=view.document, charts=charts)


@blueprint.post("/<job_id>/cancel")
def cancel_one(job_id: str) -> Response:
    """Cancel a training run and redirect to it."""
    with current_services().sessions.begin() as session:
        cancel_job(session, checked_job(session, job_id))
    return redirect(url_for("training_pages.run", job_id=job_id), 303)
