"""API blueprint: events of a job, as a server-sent event stream or as a JSON list."""

from functools import partial

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.queue.events import events_after
from web.db.queries import JobHead, checked_head, event_documents
from web.extensions import Services
from web.extensions import services as current_services
from web.http.access import later_check
from web.http.conditional import etag_of
from web.http.i18n import translate as _
from web.http.identity import counted_visitor
from web.http.job_watch import FOLLOWED, JobVersion, Watched
from web.http.rate_limits import LimitState, Policy, report
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
                description="Number of the last event received; later events are sent first.",
                schema={"type": "integer"},
            ),
            Parameter(
                name="after",
                where="query",
                description="As Last-Event-ID, for clients without headers and for JSON; 0: all.",
                schema={"type": "integer", "minimum": 0, "default": 0},
            ),
            Parameter(
                name="If-None-Match",
                where="header",
                description="For JSON: ETag of the version that the client has.",
            ),
        ),
        answers={
            200: Answer(
                description="First `snapshot` with the job, then an event for each change. The "
                "stream ends with the job, or after five minutes: reconnect with Last-Event-ID. "
                "Clients that accept only JSON get the events so far, at most 500, and an ETag.",
                model=EventPage,
                also={"text/event-stream": MessageDocument},
                headers={"ETag": "For JSON: the job's version."},
            ),
            204: Answer(description="The job has ended and has no events after Last-Event-ID."),
            304: Answer(description="For JSON: not modified."),
        },
        codes=(
            "invalid_request",
            "job_not_found",
            "job_expired",
            "job_deleted",
            "rate_limited",
            "unavailable",
        ),
    )
)
def events(job_id: str) -> AnyResponse:
    """Stream the job's events, or return the list so far to clients that accept only JSON.

    The number of streams at once is limited, in all, for each network and for each account.
    """
    if _accepts_only_json():
        return _event_list(job_id)
    services = current_services()
    after = last_event_id(request.headers.get("Last-Event-ID"))
    if after is None and "after" in request.args:
        after = _after()
    head = checked_head(services.autocommit, job_id)
    if after is not None and head.ended and after >= head.version:
        return Response(status=204)
    visitor = counted_visitor()
    is_taken = services.streams.take(visitor)
    left = services.streams.left(visitor)
    policy = Policy(name="streams", quota=services.streams.per_network, unit="concurrent-requests")
    report(LimitState(policy=policy, remaining=left if is_taken else 0))
    if not is_taken:
        raise _too_many_streams(left)
    response = _stream(services, _watched(job_id, head), after)
    response.call_on_close(partial(services.streams.give_back, visitor))
    return response


def _watched(job_id: str, head: JobHead) -> Watched:
    version = JobVersion(number=head.version, ended=head.ended)
    connection = request.environ.get("gunicorn.socket")
    return Watched(job_id, version, connection, later_check("see", head.workspace_id))


def _stream(services: Services, watched: Watched, after: int | None) -> Response:
    """Return the stream's response; a server that steps streams itself is told of it."""
    is_stepped = FOLLOWED in request.environ
    if is_stepped:
        request.environ[FOLLOWED] = watched
    messages = job_events(services, watched, after, waits=not is_stepped)
    services.watch.add(watched)
    response = Response(messages, mimetype="text/event-stream")
    response.call_on_close(partial(services.watch.remove, watched))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _too_many_streams(left: int) -> CodesignerError:
    if left > 0:
        message = _("Too many streams are open; poll the job instead.")
    else:
        message = _("Too many of your streams are open; poll the job instead.")
    return CodesignerError("rate_limited", message, retry_after_s=10)


def _accepts_only_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/event-stream", "application/json"]) == "application/json"


def _after() -> int:
    after = last_event_id(request.args.get("after", "0"))
    if after is None:
        message = _("Must be a whole number of at least 0.")
        raise InvalidRequest(FieldError(field="after", message=message))
    return after


def _event_list(job_id: str) -> AnyResponse:
    """Return the events after the requested number as a JSON list."""
    after = _after()
    head = checked_head(current_services().autocommit, job_id)
    with current_services().sessions() as session:
        documents = event_documents(events_after(session, job_id, after))
    response = jsonify({"version": head.version, "state": head.state, "events": documents})
    response.set_etag(etag_of(head))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
