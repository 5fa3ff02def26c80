"""API blueprint: the audit log, for the administrator."""

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from shared.audit.events import event_document, list_events
from web.api.models import ADMIN_CODES
from web.extensions import services as current_services
from web.http.parsing import page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.audit import AuditPage
from web.services.audit import exported, read_query

__all__ = ["blueprint"]

blueprint = Blueprint("audit", __name__)

NDJSON = "application/x-ndjson"
_TIME = {"type": "string", "format": "date-time"}
_PARAMETERS = (
    Parameter(
        name="action",
        where="query",
        description="Only this action, such as model.promote, or the first part of several.",
    ),
    Parameter(name="actor", where="query", description="Only acts of this actor, such as admin."),
    Parameter(name="since", where="query", description="Only from this time on.", schema=_TIME),
    Parameter(name="until", where="query", description="Only before this time.", schema=_TIME),
    Parameter(
        name="limit",
        where="query",
        description="Events per page; of an export: none by default.",
        schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    ),
    Parameter(
        name="before",
        where="query",
        description="Id of the last event of the previous page.",
        schema={"type": "integer"},
    ),
)


@blueprint.get("/audit")
@documented(
    Operation(
        summary="List who did what, newest first, or export it",
        tag="audit",
        parameters=_PARAMETERS,
        answers={
            200: Answer(
                description="A page of events; all of them, one a line, as NDJSON.",
                model=AuditPage,
                other_media_types=(NDJSON,),
            )
        },
        codes=(*ADMIN_CODES, "invalid_request"),
    )
)
def events() -> Response:
    """Return a page of the audit log, or stream it as NDJSON."""
    services, query = current_services(), read_query()
    has_limit = "limit" in request.args
    limit = page_limit()
    media_types = ["application/json", NDJSON]
    if request.accept_mimetypes.best_match(media_types) == NDJSON:
        lines = exported(services, query, limit if has_limit else None)
        return Response(lines, mimetype=NDJSON, headers={"Cache-Control": "no-store"})
    with services.sessions() as session:
        page = [event_document(event) for event in list_events(session, query, limit)]
    next_url = None
    if len(page) == limit:
        arguments = {**request.args.to_dict(), "limit": limit, "before": page[-1]["id"]}
        next_url = f"{request.path}?{urlencode(arguments)}"
    response = jsonify({"events": page, "next": next_url})
    response.headers["Cache-Control"] = "no-store"
    return response
