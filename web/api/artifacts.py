"""API blueprint: download of artifacts, whose content is immutable."""

from flask import Blueprint, Response, request

from web.db.queries import checked_artifact
from web.extensions import Services
from web.extensions import services as current_services
from web.http.artifact_responses import (
    IMMUTABLE,
    NO_STORE,
    Content,
    content_response,
    stored_content,
)
from web.openapi.operations import Answer, Operation, Parameter, documented

__all__ = ["CONTENT_ANSWERS", "CONTENT_PARAMETERS", "blueprint"]

blueprint = Blueprint("artifacts", __name__)

_OTHER_MEDIA_TYPES = (
    *("image/webp", "image/svg+xml", "image/jpeg", "application/json"),
    *("application/octet-stream", "application/zip", "application/vnd.safetensors"),
)
_HEADERS = {
    "ETag": "The sha256.",
    "Cache-Control": "How long it may be kept: a year, and by a share link no time; no-store for "
    "the administrator's artifacts.",
    "Accept-Ranges": "bytes",
    "Content-Disposition": "A file name, for downloads: prints, vectors, design records, models.",
}


CONTENT_PARAMETERS = (
    Parameter(name="Range", where="header", description="`bytes=FROM-TO`"),
    Parameter(
        name="If-None-Match", where="header", description="ETag of the copy that the client has."
    ),
)
CONTENT_ANSWERS = {
    200: Answer(
        description="The content.",
        media_type="image/png",
        other_media_types=_OTHER_MEDIA_TYPES,
        headers=_HEADERS,
    ),
    206: Answer(
        description="The requested range.",
        media_type="image/png",
        other_media_types=_OTHER_MEDIA_TYPES,
        headers={**_HEADERS, "Content-Range": "The range that is sent."},
    ),
    304: Answer(description="Not modified."),
}


@blueprint.get("/artifacts/<sha256>")
@documented(
    Operation(
        summary="Download an artifact",
        tag="artifacts",
        parameters=CONTENT_PARAMETERS,
        answers={
            **CONTENT_ANSWERS,
            302: Answer(
                description="A signed link to the bucket, if signed links are enabled.",
                media_type="text/html",
                headers={"Location": "The link."},
            ),
        },
        codes=("artifact_not_found", "range_not_satisfiable", "unavailable"),
    )
)
def artifact(sha256: str) -> Response:
    """Return an artifact that the visitor may see, whole or one range of it."""
    services = current_services()
    with services.sessions() as session:
        served = checked_artifact(session, sha256)
    caching = IMMUTABLE if served.public else NO_STORE
    content = stored_content(services.store, sha256, served.made, caching)
    return _redirect_to_bucket(services, content) or content_response(services.store, content)


def _redirect_to_bucket(services: Services, content: Content) -> Response | None:
    """Redirect to the bucket if signed links are enabled; a link is valid for GET alone."""
    valid_s = services.settings.signed_links_s
    is_cached = request.if_none_match.contains_weak(content.sha256)
    if not valid_s or request.method != "GET" or is_cached:
        return None
    link = services.store.link(content.sha256, valid_s, content.headers)
    if link is None:
        return None
    response = Response(status=302, headers={"Location": link})
    # A cached redirect repeats the same link, so that the browser reuses its cached content.
    response.headers["Cache-Control"] = f"private, max-age={valid_s // 2}"
    return response
