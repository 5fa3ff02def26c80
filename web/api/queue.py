"""The queue: look at it, pause and resume its stages, retry its dead jobs."""

from flask import Blueprint, Response, jsonify, url_for

from shared.jobs.dead_letters import dead_jobs
from shared.queue.pauses import pause as pause_stage
from shared.queue.pauses import resume as resume_stage
from web.api.jobs import PAGE, page_arguments
from web.api.models import ADMIN_CODES, BODY_CODES
from web.extensions import services
from web.http.access import ADMIN, admin_only
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
@admin_only
@documented(
    Operation(
        summary="Look at the queue: stages, pauses, owners",
        tag="queue",
        answers={200: Answer(description="As it is now.", model=QueueStateDocument)},
        codes=ADMIN_CODES,
        admin=True,
    )
)
def queue() -> Response:
    """Describe the queue."""
    own = services()
    with own.sessions() as session:
        return jsonify(queue_state(session, own.settings))


@blueprint.post("/queue/pause")
@admin_only
@documented(
    Operation(
        summary="Pause a stage, or all: nothing is begun, what runs goes on",
        tag="queue",
        request=PauseRequest,
        request_required=False,
        answers={200: Answer(description="Paused.", model=QueueStateDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES),
        admin=True,
    )
)
def pause() -> Response:
    """Pause; jobs are taken all the same and wait."""
    own = services()
    given = checked(PauseRequest, body_as_json(optional=True), own)
    with own.sessions.begin() as session:
        pause_stage(session, given.stage, ADMIN, given.reason)
    return queue()


@blueprint.post("/queue/resume")
@admin_only
@documented(
    Operation(
        summary="End the pause of a stage, or all pauses",
        tag="queue",
        request=ResumeRequest,
        request_required=False,
        answers={200: Answer(description="Resumed.", model=QueueStateDocument)},
        codes=(*ADMIN_CODES, *BODY_CODES),
        admin=True,
    )
)
def resume() -> Response:
    """Have what waits begun again."""
    own = services()
    given = checked(ResumeRequest, body_as_json(optional=True), own)
    with own.sessions.begin() as session:
        resume_stage(session, given.stage)
    return queue()


@blueprint.get("/dead-jobs")
@admin_only
@documented(
    Operation(
        summary="List failed jobs with the tracebacks of their attempts, newest first",
        tag="queue",
        parameters=PAGE,
        answers={200: Answer(description="A page of jobs.", model=DeadJobPage)},
        codes=(*ADMIN_CODES, "invalid_request", "job_not_found"),
        admin=True,
    )
)
def dead() -> Response:
    """List dead jobs."""
    limit, before = page_arguments()
    with services().sessions() as session:
        found = [dead_document(each) for each in dead_jobs(session, limit, before)]
    more = len(found) == limit
    following = url_for("queue.dead", limit=limit, before=found[-1]["id"]) if more else None
    return jsonify({"jobs": found, "next": following})


@blueprint.post("/dead-jobs/retry")
@admin_only
@documented(
    Operation(
        summary="Submit failed jobs anew, some or all, as their owners'",
        tag="queue",
        request=RetryRequest,
        answers={202: Answer(description="The new jobs.", model=RetriedDocument)},
        codes=(
            *ADMIN_CODES,
            *BODY_CODES,
            "job_not_found",
            "job_expired",
            "job_still_active",
            "queue_full",
        ),
        admin=True,
    )
)
def retry() -> Response:
    """Retry dead jobs: all that are named, or none."""
    own = services()
    given = checked(RetryRequest, body_as_json(), own)
    done, left = retry_dead(own, given)
    retried = [{"id": old, "retried_as": new.id} for old, new in done]
    response = jsonify({"retried": retried, "left": left})
    response.status_code = 202
    return response
