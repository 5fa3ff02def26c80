"""Whether the process lives, whether a job would be taken, and its figures."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import CodesignerError
from shared.jobs.submission import active_jobs
from shared.queue.pauses import paused_stages
from shared.queue.recovery.heartbeats import unserved
from shared.registry.releases import champions
from web.extensions import Services, services
from web.http.i18n import translate as _
from web.http.metrics import exposition
from web.openapi.operations import Answer, Operation, documented
from web.schemas.jobs import HealthDocument, ReadyDocument

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@documented(
    Operation(
        summary="The process lives",
        tag="operation",
        answers={200: Answer(description="It does.", model=HealthDocument)},
    )
)
def healthz() -> Response:
    """Answer without looking at anything."""
    return jsonify({"alive": True})


@blueprint.get("/readyz")
@documented(
    Operation(
        summary="A job would be taken and a worker is ready for it",
        tag="operation",
        answers={200: Answer(description="So it is.", model=ReadyDocument)},
        codes=("unavailable",),
    )
)
def readyz() -> Response:
    """Check the database, the queue's room, the champion and the workers' heartbeats.

    A pause is told and is no reason against being ready: jobs are taken and wait.
    """
    checks, unready = _checks(services())
    missing = [name for name, holds in checks.items() if not holds]
    if unready:
        missing[missing.index("worker")] = f"worker ({', '.join(unready)})"
    if missing:
        message = _("Not ready: %(missing)s.", missing=", ".join(missing))
        raise CodesignerError("unavailable", message, retry_after_s=2)
    with services().sessions() as session:
        paused = paused_stages(session)
    return jsonify({"ready": True, "checks": checks, "paused": sorted(paused)})


def _checks(own: Services) -> tuple[dict[str, bool], list[str]]:
    """Look at what a job needs; gives the stages of a design that no worker is ready for too."""
    try:
        with own.sessions() as session:
            unready = unserved(session, stale_s=own.settings.worker_stale_s)
            checks = {
                "database": True,
                "models": bool(champions(session)),
                "queue": active_jobs(session) < own.settings.max_queue,
                "worker": not unready,
            }
    except SQLAlchemyError:
        return {"database": False}, []
    return checks, unready


@blueprint.get("/metrics")
@documented(
    Operation(
        summary="Figures for Prometheus",
        tag="operation",
        answers={200: Answer(description="Text format.", media_type="text/plain")},
    )
)
def metrics() -> Response:
    """Give the figures of this process and of the queue."""
    content, media_type = exposition()
    return Response(content, content_type=media_type)
