"""API blueprint: what a share link shows, for whoever has it.

Whether a link is unknown, expired or revoked is not said. Nothing is redirected to a bucket and
caches ask each time, so what is revoked is gone at once.
"""

from flask import Blueprint, Response, jsonify

from web.api.artifacts import CONTENT_ANSWERS, CONTENT_PARAMETERS
from web.api.zips import ZIP_ANSWERS, ZIP_CODES, ZIP_PARAMETERS, zip_response
from web.extensions import services as current_services
from web.http.artifact_responses import NO_CACHE, content_response, stored_content
from web.http.png_copies import is_png_requested, png_response
from web.http.sharing import for_strangers
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.share_links import SharedDocument
from web.services.share_links import opened_link
from web.services.shared_designs import selected, shown, shown_file

__all__ = ["blueprint"]

blueprint = Blueprint("shared", __name__)
blueprint.after_request(for_strangers)

_TAG = "sharing"
_CODES = ("share_link_not_found", "rate_limited", "unavailable")


@blueprint.get("/shared/<token>")
@documented(
    Operation(
        summary="What a share link shows; without a sign-in",
        tag=_TAG,
        parameters=(
            Parameter(
                name="offset",
                where="query",
                description="Of a collection: number of designs on the pages before.",
                schema={"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
            ),
        ),
        answers={200: Answer(description="The designs.", model=SharedDocument)},
        codes=("invalid_request", *_CODES),
    )
)
def shared(token: str) -> Response:
    """Return designs with what may be fetched of them."""
    return jsonify(shown(token))


@blueprint.get("/shared/<token>/files/<sha256>")
@documented(
    Operation(
        summary="Fetch a file by a share link; without a sign-in",
        tag=_TAG,
        parameters=CONTENT_PARAMETERS,
        answers=CONTENT_ANSWERS,
        codes=("invalid_request", "artifact_not_found", "range_not_satisfiable", *_CODES),
    )
)
def file(token: str, sha256: str) -> Response:
    """Return a file of a design that the link shows, whole or one range of it."""
    store, artifact = current_services().store, shown_file(token, sha256)
    content = stored_content(store, sha256, artifact, NO_CACHE)
    if is_png_requested(artifact, content):
        return png_response(store, content)
    return content_response(store, content)


@blueprint.get("/shared/<token>/zip")
@documented(
    Operation(
        summary="Download the files of all designs of a share link as one zip; without a sign-in",
        tag=_TAG,
        parameters=ZIP_PARAMETERS,
        answers=ZIP_ANSWERS,
        codes=("forbidden", *ZIP_CODES, *_CODES),
    )
)
def shared_zip(token: str) -> Response:
    """Return the files of the designs, if the link is with downloads."""
    link = opened_link(token)
    return zip_response(lambda session: selected(session, link))
