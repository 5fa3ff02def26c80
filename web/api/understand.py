"""API blueprint: parse a brief without submitting a job."""

from flask import Blueprint, Response, jsonify

from shared.briefs import parser
from web.extensions import services as current_services
from web.http.i18n import language
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.presentation.tags import chips_of
from web.schemas.jobs import BriefGiven, UnderstoodDocument
from web.services.motifs import installed_names

__all__ = ["blueprint"]

blueprint = Blueprint("understand", __name__)


@blueprint.post("/understand")
@documented(
    Operation(
        summary="Parse a brief",
        tag="briefs",
        request=BriefGiven,
        answers={200: Answer(description="The recognised terms.", model=UnderstoodDocument)},
        codes=(
            "malformed_request",
            "forbidden",
            "payload_too_large",
            "unsupported_media_type",
            "invalid_request",
            "unavailable",
        ),
    )
)
def understand() -> Response:
    """Parse a brief; nothing is stored."""
    services = current_services()
    body = checked(BriefGiven, body_as_json(), services)
    with services.read_slot():
        understood = parser.parse_brief(body.brief).to_document()
    names = installed_names(services.settings)
    chips = [chip.to_document() for chip in chips_of(understood, language(), names)]
    return jsonify({"understood": understood, "chips": chips})
