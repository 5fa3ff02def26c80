"""Liveness and readiness probes, and Prometheus metrics."""

from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from shared.errors import CodesignerError
from shared.jobs.submission import active_jobs
from shared.queue.pauses import paused_stages
from shared.queue.recovery.heartbeats import unserved
from shared.registry.releases import champion_versions
from web.extensions import Services
from web.extensions import services as current_services
from web.http.i18n import translate as _
from web.http.metrics import exposition
from web.openapi.operations import Answer, Operation, documented
from web.schemas.jobs import HealthDocument, ReadyDocument
from web.services.motifs import installed_state

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@documented(
    Operation(
        summary="Liveness probe",
        tag="operation",
        answers={200: Answer(description="The process is alive.", model=HealthDocument)},
    )
)
def healthz() -> Response:
    """Return that the process is alive, without any check."""
    return jsonify({"alive": True})


@blueprint.get("/readyz")
@documented(
    Operation(
        summary="Readiness probe: jobs are accepted and a worker is ready for them",
        tag="operation",
        answers={200: Answer(description="Ready.", model=ReadyDocument)},
        codes=("unavailable",),
    )
)
def readyz() -> Response:
    """Check the database, the queue's room, the champion and the workers' heartbeats.

    Paused stages are reported and do not make the service unready: jobs are accepted and wait.
    """
    checks, unready = _checks(current_services())
    missing = [name for name, passed in checks.items() if not passed]
    if unready:
        missing[missing.index("worker")] = f"worker ({', '.join(unready)})"
    if missing:
        message = _("Not ready: %(missing)s.", missing=", ".join(missing))
        raise CodesignerError("unavailable", message, retry_after_s=2)
    with current_services().sessions() as session:
        paused = paused_stages(session)
    return jsonify({"ready": True, "checks": checks, "paused": sorted(paused), "motifs": _motifs()})


def _motifs() -> dict[str, Any]:
    """Return what is installed of the motif library; designs are drawn without it, too."""
    state = installed_state(current_services().settings)
    return {"subjects": state.subjects, "missing": list(state.missing)}


def _checks(services: Services) -> tuple[dict[str, bool], list[str]]:
    """Return the checks by name, and the stages of a design that no worker is ready for."""
    try:
        with services.sessions() as session:
            unready = unserved(session, stale_s=services.settings.worker_stale_s)
            checks = {
                "database": True,
                "models": bool(champion_versions(session)),
                "queue": active_jobs(session) < services.settings.max_queue,
                "worker": not unready,
            }
    except SQLAlchemyError:
        return {"database": False}, []
    return checks, unready


@blueprint.get("/metrics")
@documented(
    Operation(
        summary="Prometheus metrics",
        tag="operation",
        answers={200: Answer(description="Text format.", media_type="text/plain")},
    )
)
def metrics() -> Response:
    """Return the metrics of this process and of the queue."""
    content, media_type = exposition()
    return Response(content, content_type=media_type)
