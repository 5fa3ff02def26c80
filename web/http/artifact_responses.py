"""Responses with the bytes of an artifact: whole, one range, or not modified."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request
from werkzeug.wsgi import wrap_file

from shared.db.models import Artifact
from shared.errors import ArtifactNotFound
from shared.storage.artifacts import ArtifactStore

__all__ = [
    "IMMUTABLE",
    "NO_CACHE",
    "NO_STORE",
    "Content",
    "content_response",
    "stored_content",
    "with_cache_headers",
]

IMMUTABLE = "private, max-age=31536000, immutable"
NO_STORE = "private, no-store"
NO_CACHE = "private, no-cache"

_SUFFIXES = {"design": ".json", "vector": ".svg", "licences": ".txt"}
"""Endings of file names by kind of artifact."""
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes of the store that are to be sent."""

    sha256: str
    size: int
    headers: Mapping[str, str]
    """As a bucket's signed links name them: ContentType, CacheControl, ContentDisposition."""


def stored_content(
    store: ArtifactStore, sha256: str, made: Artifact | None, caching: str
) -> Content:
    """Return the content of an artifact.

    Args:
        made: row of the job's artifact; None for an upload such as a reference image.
        caching: the header Cache-Control.

    Raises:
        ArtifactNotFound: the store does not have it.
    """
    size = store.size(sha256)
    if size is None:
        raise ArtifactNotFound(sha256)
    media_type = _sniffed_media_type(store, sha256) if made is None else made.media_type
    headers = {"ContentType": media_type, "CacheControl": caching}
    if (name := _file_name(sha256, made, media_type)) is not None:
        headers["ContentDisposition"] = f'attachment; filename="{name}"'
    return Content(sha256=sha256, size=size, headers=headers)


def _file_name(sha256: str, made: Artifact | None, media_type: str) -> str | None:
    """Return the name under which it is downloaded; None: browsers show it."""
    short = sha256[:12]
    if made is not None and made.kind == "print":
        return f"print-{short}-variant-{made.variant + 1}-{made.width}px.png"
    if made is not None and made.kind in _SUFFIXES:
        return f"design-{short}-variant-{made.variant + 1}{_SUFFIXES[made.kind]}"
    return None if media_type.startswith("image/") else short


def _sniffed_media_type(store: ArtifactStore, sha256: str) -> str:
    """Return the media type of an artifact without a row: reference images are PNG.

    Opens a separate stream: sendfile starts at the position of the file descriptor.
    """
    with store.open(sha256) as stream:
        return "image/png" if stream.read(len(_PNG)) == _PNG else "application/octet-stream"


def content_response(store: ArtifactStore, content: Content) -> Response:
    """Return the response to the current request; 304 if the client has the content."""
    headers = content.headers
    if request.if_none_match.contains_weak(content.sha256):
        return with_cache_headers(Response(status=304), content, content.sha256)
    stream = wrap_file(request.environ, store.open(content.sha256))
    response = Response(stream, mimetype=headers["ContentType"], direct_passthrough=True)
    response.content_length = content.size
    if "ContentDisposition" in headers:
        response.headers["Content-Disposition"] = headers["ContentDisposition"]
    with_cache_headers(response, content, content.sha256)
    response.make_conditional(
        request, accept_ranges=_is_single_range(), complete_length=content.size
    )
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _is_single_range() -> bool:
    """Return whether to answer with a range; otherwise send the whole (RFC 9110, 14.2)."""
    unit, _, ranges = request.headers.get("Range", "").partition("=")
    return request.method == "GET" and unit.strip().lower() == "bytes" and "," not in ranges


def with_cache_headers(response: Response, content: Content, tag: str) -> Response:
    """Set the headers by which a response with an artifact, or a copy of it, is kept and shown."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = content.headers["CacheControl"]
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
