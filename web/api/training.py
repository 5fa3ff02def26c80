"""API blueprint: start, list and get training runs."""

from flask import Blueprint, Response, jsonify, url_for
from sqlalchemy.orm import Session

from shared.errors import JobNotFound
from shared.jobs.serializers import JobSnapshot, job_snapshot, snapshot_document
from shared.jobs.submission import list_jobs
from web.api.design_jobs import CANCEL_AFTER, SUBMIT_CODES, read_submitted
from web.api.jobs import PAGE, next_page, page_arguments
from web.api.models import ADMIN_CODES
from web.db.queries import checked_job, list_entries, training_metric_series
from web.extensions import services as current_services
from web.http.idempotency import idempotency_key
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import TrainingDocument, TrainingPage, TrainingRequest
from web.services.trainings import start_training
from web.uploads.datasets import FIELD

__all__ = ["blueprint"]

blueprint = Blueprint("training", __name__)


@blueprint.post("/training-runs")
@documented(
    Operation(
        summary="Start a training run on a dataset: a zip with pictures and metadata.jsonl",
        tag="training",
        request=TrainingRequest,
        file_fields=(FIELD,),
        only_multipart=True,
        parameters=(
            Parameter(
                name="Idempotency-Key",
                where="header",
                description="The same key and payload give the same run.",
            ),
            CANCEL_AFTER,
        ),
        answers={
            202: Answer(
                description="Accepted.",
                model=TrainingDocument,
                headers={"Location": "URL of the training run."},
            )
        },
        codes=(*SUBMIT_CODES, "dataset_invalid"),
    )
)
def start() -> Response:
    """Start a training run; promoting its release is a separate request."""
    services = current_services()
    started = start_training(services, read_submitted, idempotency_key=idempotency_key())
    with services.sessions() as session:
        response = _run_response(session, started)
    response.status_code = 202
    response.headers["Location"] = url_for("training.run", job_id=started.job.id)
    return response


@blueprint.get("/training-runs")
@documented(
    Operation(
        summary="List the training runs, newest first",
        tag="training",
        parameters=PAGE,
        answers={200: Answer(description="A page of runs.", model=TrainingPage)},
        codes=(*ADMIN_CODES, "invalid_request", "job_not_found"),
    )
)
def runs() -> Response:
    """List training runs."""
    limit, before = page_arguments()
    with current_services().sessions() as session:
        page = list_jobs(session, limit, before, pipeline="training")
        entries = list_entries(session, page)
    next_url = next_page("training.runs", limit, [job.id for job in page])
    return jsonify({"runs": entries, "next": next_url})


@blueprint.get("/training-runs/<job_id>")
@documented(
    Operation(
        summary="Get a training run and its metrics",
        tag="training",
        answers={200: Answer(description="The run.", model=TrainingDocument)},
        codes=(*ADMIN_CODES, "job_not_found", "job_expired", "job_deleted"),
    )
)
def run(job_id: str) -> Response:
    """Return a training run with its metrics by step."""
    with current_services().sessions() as session:
        job = checked_job(session, job_id)
        if job.pipeline != "training":
            raise JobNotFound(job_id)
        return _run_response(session, job_snapshot(session, job))


def _run_response(session: Session, run: JobSnapshot) -> Response:
    metrics = training_metric_series(session, run.job.id)
    return jsonify({"job": snapshot_document(session, run), "metrics": metrics})
