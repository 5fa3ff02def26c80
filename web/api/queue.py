"""API blueprint: state of the queue, pausing of stages, dead jobs."""

from flask import Blueprint, Response, jsonify

from shared.audit import acts
from shared.jobs.dead_letters import dead_jobs
from web.api.jobs import PAGE, next_page, page_arguments
from web.api.models import ADMIN_CODES, BODY_CODES
from web.extensions import services as current_services
from web.http.audit import present_actor
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.queue import (
    DeadJobPage,
    PauseRequest,
    QueueStateDocument,
    ResumeRequest,
    RetriedDocument,
    RetryRequest,
)
from web.services.queue_admin import dead_document, queue_state, retry_dead

__all__ = ["blueprint"]

blueprint = Blueprint("queue", __name__)


@blueprint.get("/queue")
@documented(
    Operation(
        summary="Get the state of the queue: stages, pauses, owners",
        tag="queue",
        answers={200: Answer(description="The current state.", model=QueueStateDocument)},
        codes=ADMIN_CODES,
    )
)
def queue() -> Response:
    """Return the state of the queue."""
    services = current_services()
    with services.sessions() as session:
        return jsonify(queue_state(session, services.settings))


@blueprint.post("/queue/pause")
@documented(
    Operation(
        summary="Pause a stage, or all: no stage run is started, running ones go on",
        tag="queue",
        request=PauseRequest,
        request_required=False,
        answers={200: Answer(description="Paused.", model=QueueStateDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES),
    )
)
def pause() -> Response:
    """Pause a stage, or all; jobs are still accepted and wait."""
    services = current_services()
    body = checked(PauseRequest, body_as_json(optional=True), services)
    with services.sessions.begin() as session:
        acts.pause(session, present_actor(), body.stage, body.reason)
    return queue()


@blueprint.post("/queue/resume")
@documented(
    Operation(
        summary="End the pause of a stage, or all pauses",
        tag="queue",
        request=ResumeRequest,
        request_required=False,
        answers={200: Answer(description="Resumed.", model=QueueStateDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES),
    )
)
def resume() -> Response:
    """End the pause of a stage, or all pauses."""
    services = current_services()
    body = checked(ResumeRequest, body_as_json(optional=True), services)
    with services.sessions.begin() as session:
        acts.resume(session, present_actor(), body.stage)
    return queue()


@blueprint.get("/dead-jobs")
@documented(
    Operation(
        summary="List failed jobs with the tracebacks of their attempts, newest first",
        tag="queue",
        parameters=PAGE,
        answers={200: Answer(description="A page of jobs.", model=DeadJobPage)},
        codes=(*ADMIN_CODES, "invalid_request", "job_not_found"),
    )
)
def dead() -> Response:
    """List dead jobs."""
    limit, before = page_arguments()
    with current_services().sessions() as session:
        page = [dead_document(job) for job in dead_jobs(session, limit, before)]
    next_url = next_page("queue.dead", limit, [job["id"] for job in page])
    return jsonify({"jobs": page, "next": next_url})


@blueprint.post("/dead-jobs/retry")
@documented(
    Operation(
        summary="Retry failed jobs, some or all, on behalf of their owners",
        tag="queue",
        request=RetryRequest,
        answers={202: Answer(description="The new jobs.", model=RetriedDocument)},
        codes=(
            *ADMIN_CODES,
            *BODY_CODES,
            "job_not_found",
            "job_expired",
            "job_deleted",
            "job_still_active",
            "queue_full",
        ),
    )
)
def retry() -> Response:
    """Retry dead jobs; if one of the listed ids cannot be retried, none is."""
    services = current_services()
    body = checked(RetryRequest, body_as_json(), services)
    retried, left = retry_dead(services, body)
    documents = [{"id": old_id, "retried_as": new.id} for old_id, new in retried]
    response = jsonify({"retried": documents, "left": left})
    response.status_code = 202
    return response
