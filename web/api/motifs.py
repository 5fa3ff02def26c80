"""API blueprint: search of motifs, and pictures of them."""

import hashlib
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.motifs.library import MotifNotFound
from shared.motifs.search import search_motifs
from web.extensions import services as current_services
from web.http.i18n import LANGUAGES, language
from web.http.i18n import translate as _
from web.http.parsing import check_length, page_limit
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.motifs import MotifPage
from web.services.motifs import installed_library, motif_document, motif_picture

__all__ = ["blueprint"]

blueprint = Blueprint("motifs", __name__)

_MAX_WORDS_CHARS = 100
_MAX_OFFSET = 100_000
_CACHED = "public, max-age=86400"
_WHOLE = {"type": "integer", "minimum": 0}


@blueprint.get("/motifs")
@documented(
    Operation(
        summary="Find motifs by name",
        tag="briefs",
        parameters=(
            Parameter(name="q", where="query", description="English or Chinese; empty: all."),
            Parameter(
                name="language",
                where="query",
                description="Language of `name`, en or zh; absent: the request's.",
                schema={"type": "string", "enum": [*LANGUAGES]},
            ),
            Parameter(name="limit", where="query", description="1 to 100.", schema=_WHOLE),
            Parameter(name="offset", where="query", description="From 0.", schema=_WHOLE),
        ),
        answers={
            200: Answer(
                description="Names that are equal first, then those that begin so, then others.",
                model=MotifPage,
            )
        },
        codes=("invalid_request", "unavailable"),
    )
)
def motifs() -> Response:
    """Return the motifs that are called so, a page of them."""
    services = current_services()
    words, limit, offset = request.args.get("q", ""), page_limit(), _offset()
    check_length("q", words, _MAX_WORDS_CHARS)
    named_in = _language()
    with services.read_slot():
        found = search_motifs(installed_library(services.settings), words)
    shown = found[offset : offset + limit]
    following = None
    if offset + limit < len(found):
        arguments = {**request.args.to_dict(), "limit": limit, "offset": offset + limit}
        following = f"{request.path}?{urlencode(arguments)}"
    documents = [motif_document(motif, named_in) for motif in shown]
    return jsonify({"motifs": documents, "total": len(found), "next": following})


@blueprint.get("/motifs/<motif_id>/picture")
@documented(
    Operation(
        summary="Get a picture of a motif",
        tag="briefs",
        parameters=(
            Parameter(
                name="If-None-Match",
                where="header",
                description="ETag of the copy that the client has.",
            ),
        ),
        answers={
            200: Answer(
                description="A square picture in the drawing's own colours.",
                media_type="image/svg+xml",
                headers={"ETag": "Hash of the content.", "Cache-Control": "For a day."},
            ),
            304: Answer(description="Not modified."),
        },
        codes=("motif_not_found",),
    )
)
def picture(motif_id: str) -> Response:
    """Return a picture of a motif by id, or of a drawing by the name that a record gives it."""
    try:
        content = motif_picture(current_services().settings, motif_id)
    except MotifNotFound as error:
        message = _("There is no motif %(name)s.", name=motif_id)
        raise CodesignerError("motif_not_found", message) from error
    response = Response(content, mimetype="image/svg+xml")
    response.set_etag(hashlib.sha256(content.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = _CACHED
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.make_conditional(request)
    return response


def _offset() -> int:
    text = request.args.get("offset", "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > 6 or int(text) > _MAX_OFFSET:
        message = _("Must be a whole number from 0 to %(most)d.", most=_MAX_OFFSET)
        raise InvalidRequest(FieldError(field="offset", message=message))
    return int(text)


def _language() -> str:
    named = request.args.get("language", language())
    if named not in LANGUAGES:
        message = _("Must be one of: %(choices)s.", choices=", ".join(LANGUAGES))
        raise InvalidRequest(FieldError(field="language", message=message))
    return named
