"""Showing what is understood of a brief, before anything is asked for."""

from flask import Blueprint, Response, jsonify

from shared.briefs.parser import understand as read_brief
from web.extensions import services
from web.http.i18n import language
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.presentation.tags import chips_of
from web.schemas.jobs import BriefGiven, UnderstoodDocument

__all__ = ["blueprint"]

blueprint = Blueprint("understand", __name__)


@blueprint.post("/understand")
@documented(
    Operation(
        summary="See what is understood of a brief",
        tag="briefs",
        request=BriefGiven,
        answers={200: Answer(description="The parts.", model=UnderstoodDocument)},
        codes=(
            "malformed_request",
            "forbidden",
            "payload_too_large",
            "unsupported_media_type",
            "invalid_request",
        ),
    )
)
def understand() -> Response:
    """Read a brief; nothing is kept."""
    given = checked(BriefGiven, body_as_json(), services())
    understood = read_brief(given.brief).to_document()
    chips = [chip.to_document() for chip in chips_of(understood, language())]
    return jsonify({"understood": understood, "chips": chips})
