"""The page of a share link, for whoever has it."""

from flask import Blueprint, Response, make_response, render_template, request

from shared.errors import ShareLinkNotFound
from web.http.artifact_responses import NO_CACHE
from web.http.request_ids import LOGGED
from web.http.sharing import for_strangers
from web.services.shared_designs import shown

__all__ = ["blueprint"]

blueprint = Blueprint("shared_pages", __name__)
blueprint.after_request(for_strangers)


@blueprint.get("/s/<token>")
def shared(token: str) -> Response:
    """Show the designs of a link."""
    document = shown(token, "/s")
    designs = [_with_files(design) for design in document["designs"]]
    page = render_template("shared.html", shared=document, designs=designs)
    response: Response = make_response(page)
    response.headers["Cache-Control"] = NO_CACHE
    return response


@blueprint.errorhandler(ShareLinkNotFound)
def gone(error: ShareLinkNotFound) -> Response:
    """Return the page of a link that opens nothing, without a way to other pages."""
    request.environ[LOGGED]["code"] = error.code
    response: Response = make_response(render_template("shared_gone.html"), error.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_files(design: dict[str, object]) -> dict[str, object]:
    """Return a design whose variants have their files by kind."""
    variants = design["variants"]
    assert isinstance(variants, list)
    named = [
        {"number": each["variant"] + 1, "files": {file["kind"]: file for file in each["files"]}}
        for each in variants
    ]
    return {**design, "variants": named}
