"""API blueprint: parse and complete a brief without submitting a job."""

from flask import Blueprint, Response, jsonify

from shared.briefs.directions.completed import completed_briefs, open_parts
from shared.briefs.parser import parse_brief
from web.extensions import services as current_services
from web.http.i18n import language
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.presentation.tags import chips_of
from web.schemas.briefs import DirectionsDocument, DirectionsRequest, UnderstoodDocument
from web.schemas.jobs import BriefGiven
from web.services.motifs import installed_names, instead_documents

__all__ = ["blueprint"]

blueprint = Blueprint("understand", __name__)

_CODES = (
    "malformed_request",
    "forbidden",
    "payload_too_large",
    "unsupported_media_type",
    "invalid_request",
    "unavailable",
)


@blueprint.post("/understand")
@documented(
    Operation(
        summary="Parse a brief",
        tag="briefs",
        request=BriefGiven,
        answers={200: Answer(description="The recognised terms.", model=UnderstoodDocument)},
        codes=_CODES,
    )
)
def understand() -> Response:
    """Parse a brief; nothing is stored."""
    services = current_services()
    body = checked(BriefGiven, body_as_json(), services)
    with services.read_slot():
        parsed = parse_brief(body.brief)
        instead = instead_documents(services.settings, parsed.unknown)
    understood = parsed.to_document()
    names = installed_names(services.settings)
    chips = [chip.to_document() for chip in chips_of(understood, language(), names)]
    return jsonify(
        {
            "understood": understood,
            "chips": chips,
            "instead": instead,
            "open": list(open_parts(parsed)),
        }
    )


@blueprint.post("/directions")
@documented(
    Operation(
        summary="Complete a brief that leaves much open",
        tag="briefs",
        request=DirectionsRequest,
        answers={
            200: Answer(description="Four completed briefs.", model=DirectionsDocument),
        },
        codes=_CODES,
    )
)
def directions() -> Response:
    """Return four completed briefs; nothing is stored or drawn."""
    services = current_services()
    body = checked(DirectionsRequest, body_as_json(), services)
    shown_in = body.language or language()
    with services.read_slot():
        parts = open_parts(parse_brief(body.brief))
        found = completed_briefs(body.brief, shown_in, max_chars=services.settings.max_brief_chars)
    names = installed_names(services.settings)
    documents = []
    for each in found:
        understood = each.understood.to_document()
        chips = [chip.to_document() for chip in chips_of(understood, shown_in, names)]
        documents.append(
            {"title": each.title, "brief": each.brief, "understood": understood, "chips": chips}
        )
    return jsonify({"open": list(parts), "directions": documents})
