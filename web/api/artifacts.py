"""API blueprint: download of artifacts, whose content is immutable."""

import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from shared.db.models import Artifact
from shared.errors import ArtifactNotFound
from shared.timestamps import timestamp
from web.db.queries import checked_artifact, designers_artifact, workspaces_of
from web.extensions import Services
from web.extensions import services as current_services
from web.http.access import present_workspace, require
from web.http.artifact_links import SignedLink, requested_link, signed_path
from web.http.artifact_responses import (
    IMMUTABLE,
    NO_STORE,
    Content,
    content_response,
    stored_content,
)
from web.http.audit import audit
from web.http.parsing import body_as_json, checked
from web.http.png_copies import FORMAT_PARAMETER, is_png_requested, png_response
from web.openapi.operations import Answer, Operation, Parameter, documented
from web.schemas.share_links import ArtifactLinkDocument, ArtifactLinkRequest

__all__ = ["CONTENT_ANSWERS", "CONTENT_PARAMETERS", "blueprint", "redirect_to_bucket"]

blueprint = Blueprint("artifacts", __name__)

_OTHER_MEDIA_TYPES = (
    *("image/webp", "image/svg+xml", "image/jpeg", "application/json"),
    *("application/octet-stream", "application/zip", "application/vnd.safetensors"),
)
_HEADERS = {
    "ETag": "The sha256; of a PNG copy followed by `.png`.",
    "Cache-Control": "How long it may be kept: a year, and by a share link no time; no-store for "
    "the administrator's artifacts.",
    "Accept-Ranges": "bytes",
    "Content-Disposition": "A file name, for downloads: prints, vectors, design records, models.",
}


_SIGNED = tuple(
    Parameter(name=name, where="query", description="Of a signed link, without a sign-in.")
    for name in ("expires", "signature")
)
CONTENT_PARAMETERS = (
    FORMAT_PARAMETER,
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
        parameters=(*CONTENT_PARAMETERS, *_SIGNED),
        answers={
            **CONTENT_ANSWERS,
            302: Answer(
                description="A signed link to the bucket, if signed links are enabled.",
                media_type="text/html",
                headers={"Location": "The link."},
            ),
        },
        codes=(
            *("invalid_request", "artifact_not_found", "signed_link_expired"),
            "range_not_satisfiable",
            *("unauthorized", "forbidden", "rate_limited", "unavailable"),
        ),
    )
)
def artifact(sha256: str) -> Response:
    """Return an artifact that the visitor may see, whole or one range of it."""
    services = current_services()
    if (link := requested_link(sha256)) is not None:
        made, caching = _linked_artifact(services, link)
    else:
        require("see")
        with services.sessions() as session:
            served = checked_artifact(session, sha256)
        made, caching = served.made, IMMUTABLE if served.public else NO_STORE
    content = stored_content(services.store, sha256, made, caching)
    if is_png_requested(made, content):
        return png_response(services.store, content)
    redirect = None if link else redirect_to_bucket(services, content)
    return redirect or content_response(services.store, content)


def _linked_artifact(services: Services, link: SignedLink) -> tuple[Artifact | None, str]:
    """Return the artifact of a signed link; caches keep it until the link expires.

    Raises:
        ArtifactNotFound: the signature is wrong, or the workspace that made it has no job with
            this artifact any more.
    """
    with services.sessions() as session:
        workspace_id = link.signer(workspaces_of(session, link.sha256))
        served = designers_artifact(session, link.sha256, workspace_id)
    if served is None:
        raise ArtifactNotFound(link.sha256)
    return served.made, f"private, max-age={link.left_s}"


def redirect_to_bucket(services: Services, content: Content) -> Response | None:
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


@blueprint.post("/artifacts/<sha256>/link")
@documented(
    Operation(
        summary="Make a link to one file that is valid for a time, without a sign-in",
        tag="sharing",
        request=ArtifactLinkRequest,
        request_required=False,
        answers={201: Answer(description="The link.", model=ArtifactLinkDocument)},
        codes=(
            *("invalid_request", "payload_too_large", "unsupported_media_type"),
            *("artifact_not_found", "unauthorized", "forbidden", "rate_limited", "unavailable"),
        ),
    )
)
def link(sha256: str) -> tuple[Response, int]:
    """Sign a link to a file of the workspace's designs."""
    services, workspace_id = current_services(), present_workspace()
    with services.sessions() as session:
        if designers_artifact(session, sha256, workspace_id) is None:
            raise ArtifactNotFound(sha256)
    body = checked(ArtifactLinkRequest, body_as_json(optional=True), services)
    expires = int(time.time()) + body.lifetime_s
    expires_at = timestamp(datetime.fromtimestamp(expires, UTC))
    with services.recording() as session:
        audit(session, "artifact.link", sha256, after={"expires_at": expires_at})
    url = services.settings.public_url.rstrip("/") + signed_path(sha256, workspace_id, expires)
    response = jsonify({"url": url, "expires_at": expires_at})
    response.headers["Cache-Control"] = "no-store"
    return response, 201
