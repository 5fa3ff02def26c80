"""A job's changes as server-sent events."""

from flask import Blueprint, Response, request

from shared.errors import CodesignerError
from web.context import services
from web.i18n import translate as _
from web.operations import Answer, Operation, Parameter, documented
from web.queries import head_of
from web.schemas import EventDocument
from web.streams import job_events, last_event_id

__all__ = ["blueprint"]

blueprint = Blueprint("events", __name__)


@blueprint.get("/jobs/<job_id>/events")
@documented(
    Operation(
        summary="Follow a job (server-sent events)",
        parameters=(
            Parameter(
                name="Last-Event-ID",
                where="header",
                description="Number of the last event seen: what came since is sent first.",
                schema={"type": "integer"},
            ),
        ),
        answers={
            200: Answer(
                description="First `snapshot` with the job, then an event for each change. Ends "
                "with the job, or after five minutes: come back with Last-Event-ID.",
                model=EventDocument,
                media_type="text/event-stream",
            ),
            204: Answer(description="The job has ended and nothing came since Last-Event-ID."),
        },
        codes=("job_not_found", "job_expired", "unavailable"),
    )
)
def events(job_id: str) -> Response:
    """Stream the job's events; at most so many streams at once."""
    own = services()
    after = last_event_id(request.headers.get("Last-Event-ID"))
    with own.sessions() as session:
        head = head_of(session, job_id)
    if after is not None and head.ended and after >= head.version:
        return Response(status=204)
    if not own.streams.acquire(blocking=False):
        message = _("Too many streams are open; poll the job instead.")
        raise CodesignerError("unavailable", message, retry_after_s=10)
    response = Response(job_events(own, job_id, after), mimetype="text/event-stream")
    response.call_on_close(own.streams.release)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
