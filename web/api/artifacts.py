"""API blueprint: download of artifacts, whose content is immutable."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from shared.db.models import Artifact
from shared.errors import ArtifactNotFound
from shared.storage.artifacts import ArtifactStore
from web.db.queries import checked_artifact
from web.extensions import Services
from web.extensions import services as current_services
from web.openapi.operations import Answer, Operation, Parameter, documented

__all__ = ["blueprint", "stored_response"]

blueprint = Blueprint("artifacts", __name__)

_IMMUTABLE = "private, max-age=31536000, immutable"
_NO_STORE = "private, no-store"
_SUFFIXES = {"design": ".json", "vector": ".svg", "licences": ".txt"}
"""Endings of file names by kind of artifact."""
_OTHER_MEDIA_TYPES = (
    *("image/webp", "image/svg+xml", "image/jpeg", "application/json"),
    *("application/octet-stream", "application/zip", "application/vnd.safetensors"),
)
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADERS = {
    "ETag": "The sha256.",
    "Cache-Control": "Immutable, for a year; no-store for the administrator's artifacts.",
    "Accept-Ranges": "bytes",
    "Content-Disposition": "A file name, for downloads: prints, vectors, design records, models.",
}


@blueprint.get("/artifacts/<sha256>")
@documented(
    Operation(
        summary="Download an artifact",
        tag="artifacts",
        parameters=(
            Parameter(name="Range", where="header", description="`bytes=FROM-TO`"),
            Parameter(
                name="If-None-Match",
                where="header",
                description="ETag of the copy that the client has.",
            ),
        ),
        answers={
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
            302: Answer(
                description="A signed link to the bucket, if signed links are enabled.",
                media_type="text/html",
                headers={"Location": "The link."},
            ),
            304: Answer(description="Not modified."),
        },
        codes=("artifact_not_found", "range_not_satisfiable", "unavailable"),
    )
)
def artifact(sha256: str) -> Response:
    """Return an artifact that the visitor may see, whole or one range of it."""
    services = current_services()
    size = services.store.size(sha256)
    if size is None:
        raise ArtifactNotFound(sha256)
    with services.sessions() as session:
        served = checked_artifact(session, sha256)
    row, caching = served.made, _IMMUTABLE if served.public else _NO_STORE
    if request.if_none_match.contains_weak(sha256):
        return _with_cache_headers(Response(status=304), sha256, caching)
    media_type = _sniffed_media_type(services.store, sha256) if row is None else row.media_type
    headers = {"ContentType": media_type, "CacheControl": caching}
    if row is not None and row.kind == "print":
        headers["ContentDisposition"] = f'attachment; filename="{_print_name(row)}"'
    elif row is not None and row.kind in _SUFFIXES:
        name = f"design-{row.sha256[:12]}-variant-{row.variant + 1}{_SUFFIXES[row.kind]}"
        headers["ContentDisposition"] = f'attachment; filename="{name}"'
    elif not media_type.startswith("image/"):
        headers["ContentDisposition"] = f'attachment; filename="{sha256[:12]}"'
    return stored_response(services, sha256, size, headers)


def stored_response(
    services: Services, sha256: str, size: int, headers: Mapping[str, str]
) -> Response:
    """Return stored bytes, or a redirect to the bucket if signed links are enabled.

    Args:
        headers: ContentType, CacheControl, and ContentDisposition for downloads.
    """
    return _redirect_to_bucket(services, sha256, headers) or _file_response(
        services.store, sha256, size, headers
    )


def _redirect_to_bucket(
    services: Services, sha256: str, headers: Mapping[str, str]
) -> Response | None:
    """Redirect to the bucket if signed links are enabled; a link is valid for GET alone."""
    valid_s = services.settings.signed_links_s
    if not valid_s or request.method != "GET":
        return None
    link = services.store.link(sha256, valid_s, headers)
    if link is None:
        return None
    response = Response(status=302, headers={"Location": link})
    # A cached redirect repeats the same link, so that the browser reuses its cached content.
    response.headers["Cache-Control"] = f"private, max-age={valid_s // 2}"
    return response


def _file_response(
    store: ArtifactStore, sha256: str, size: int, headers: Mapping[str, str]
) -> Response:
    content = wrap_file(request.environ, store.open(sha256))
    response = Response(content, mimetype=headers["ContentType"], direct_passthrough=True)
    response.content_length = size
    if "ContentDisposition" in headers:
        response.headers["Content-Disposition"] = headers["ContentDisposition"]
    _with_cache_headers(response, sha256, headers["CacheControl"])
    response.make_conditional(request, accept_ranges=_is_single_range(), complete_length=size)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _is_single_range() -> bool:
    """Return whether to answer with a range; otherwise send the whole (RFC 9110, 14.2)."""
    unit, _, ranges = request.headers.get("Range", "").partition("=")
    return request.method == "GET" and unit.strip().lower() == "bytes" and "," not in ranges


def _print_name(row: Artifact) -> str:
    return f"print-{row.sha256[:12]}-variant-{row.variant + 1}-{row.width}px.png"


def _sniffed_media_type(store: ArtifactStore, sha256: str) -> str:
    """Return the media type of an artifact without a row: reference images are PNG.

    Opens a separate stream: sendfile starts at the position of the file descriptor.
    """
    with store.open(sha256) as stream:
        return "image/png" if stream.read(len(_PNG)) == _PNG else "application/octet-stream"


def _with_cache_headers(response: Response, sha256: str, caching: str) -> Response:
    response.set_etag(sha256)
    response.headers["Cache-Control"] = caching
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
