"""A job's changes: as server-sent events, or as a list of those so far."""

from functools import partial

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.queue.events import events_after
from web.db.queries import checked_head, event_documents
from web.extensions import Services, services
from web.http.conditional import etag_of
from web.http.i18n import translate as _
from web.http.identity import present_visitor
from web.http.sse import job_events, last_event_id
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.jobs import EventPage, MessageDocument

__all__ = ["blueprint"]

blueprint = Blueprint("events", __name__)


@blueprint.get("/jobs/<job_id>/events")
@documented(
    Operation(
        summary="Follow a job by its numbered events",
        parameters=(
            Parameter(
                name="Last-Event-ID",
                where="header",
                description="Number of the last event seen: what came since is sent first.",
                schema={"type": "integer"},
            ),
            Parameter(
                name="after",
                where="query",
                description="The same, for who sets no headers, and for JSON; 0: from the first.",
                schema={"type": "integer", "minimum": 0, "default": 0},
            ),
            Parameter(name="If-None-Match", where="header", description="Of JSON: the ETag known."),
        ),
        answers={
            200: Answer(
                description="First `snapshot` with the job, then an event for each change. Ends "
                "with the job, or after five minutes: come back with Last-Event-ID. To who "
                "accepts JSON alone: the events so far, 500 at most, and an ETag.",
                model=EventPage,
                also={"text/event-stream": MessageDocument},
                headers={"ETag": "Of JSON: the job's version."},
            ),
            204: Answer(description="The job has ended and nothing came since Last-Event-ID."),
            304: Answer(description="Of JSON: nothing is new."),
        },
        codes=("invalid_request", "job_not_found", "job_expired", "rate_limited", "unavailable"),
    )
)
def events(job_id: str) -> AnyResponse:
    """Stream the job's events, at most so many streams at once, or give those so far."""
    if _accepts_json_alone():
        return _so_far(job_id)
    own = services()
    after = last_event_id(request.headers.get("Last-Event-ID"))
    if after is None and "after" in request.args:
        after = _after()
    head = checked_head(own.autocommit, job_id)
    if after is not None and head.ended and after >= head.version:
        return Response(status=204)
    visitor = present_visitor()
    if not own.streams.take(visitor):
        raise _no_place(own, visitor)
    response = Response(job_events(own, job_id, after), mimetype="text/event-stream")
    response.call_on_close(partial(own.streams.give_back, visitor))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _no_place(own: Services, visitor: str) -> CodesignerError:
    if own.streams.has_share_left(visitor):
        message = _("Too many streams are open; poll the job instead.")
        return CodesignerError("unavailable", message, retry_after_s=10)
    message = _("Too many of your streams are open; poll the job instead.")
    return CodesignerError("rate_limited", message, retry_after_s=10)


def _accepts_json_alone() -> bool:
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/event-stream", "application/json"]) == "application/json"


def _after() -> int:
    found = last_event_id(request.args.get("after", "0"))
    if found is None:
        message = _("Must be a whole number of at least 0.")
        raise InvalidRequest(FieldError(field="after", message=message))
    return found


def _so_far(job_id: str) -> AnyResponse:
    """Give the events after a number as a list."""
    after = _after()
    head = checked_head(services().autocommit, job_id)
    with services().sessions() as session:
        found = event_documents(events_after(session, job_id, after))
    response = jsonify({"version": head.version, "state": head.state, "events": found})
    response.set_etag(etag_of(head))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
