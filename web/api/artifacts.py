"""Serving artifacts' bytes, which never change."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from shared.db.models import Artifact
from shared.errors import ArtifactNotFound
from shared.storage.artifacts import ArtifactStore
from web.db.queries import checked_artifact
from web.extensions import Services, services
from web.openapi.operations import Answer, Operation, Parameter, documented

__all__ = ["blueprint"]

blueprint = Blueprint("artifacts", __name__)

_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_NOBODY = "private, no-store"
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADERS = {
    "ETag": "The sha256.",
    "Cache-Control": "Immutable, for a year; of what only the administrator may see: no-store.",
    "Accept-Ranges": "bytes",
    "Content-Disposition": "A file name, for what is to be saved: print files, models.",
}


@blueprint.get("/artifacts/<sha256>")
@documented(
    Operation(
        summary="Fetch an artifact",
        tag="artifacts",
        parameters=(
            Parameter(name="Range", where="header", description="`bytes=FROM-TO`"),
            Parameter(name="If-None-Match", where="header", description="The ETag known."),
        ),
        answers={
            200: Answer(description="The bytes.", media_type="image/png", headers=_HEADERS),
            206: Answer(
                description="A part of them.",
                media_type="image/png",
                headers={**_HEADERS, "Content-Range": "Which part."},
            ),
            302: Answer(
                description="A signed link to the bucket, where links are given out.",
                media_type="text/html",
                headers={"Location": "The link."},
            ),
            304: Answer(description="Known already."),
        },
        codes=("artifact_not_found", "range_not_satisfiable", "unavailable"),
    )
)
def artifact(sha256: str) -> Response:
    """Return the bytes, whole or in part, of what the visitor may see."""
    own = services()
    size = own.store.size(sha256)
    if size is None:
        raise ArtifactNotFound(sha256)
    with own.sessions() as session:
        found = checked_artifact(session, sha256)
    made, caching = found.made, _FOR_GOOD if found.public else _FOR_NOBODY
    if request.if_none_match.contains_weak(sha256):
        return _cacheable(Response(status=304), sha256, caching)
    media_type = _sniffed(own.store, sha256) if made is None else made.media_type
    told = {"ContentType": media_type, "CacheControl": caching}
    if made is not None and made.kind == "print":
        told["ContentDisposition"] = f'attachment; filename="{_print_name(made)}"'
    elif not media_type.startswith("image/"):
        told["ContentDisposition"] = f'attachment; filename="{sha256[:12]}"'
    return _handed_over(own, sha256, told) or _sent(own.store, sha256, size, told)


def _handed_over(own: Services, sha256: str, told: Mapping[str, str]) -> Response | None:
    """Send to the bucket, where links are given out: a link is good for one method, GET."""
    good_s = own.settings.signed_links_s
    if not good_s or request.method != "GET":
        return None
    link = own.store.link(sha256, good_s, told)
    if link is None:
        return None
    response = Response(status=302, headers={"Location": link})
    # The same link again lets the browser take the bytes from its cache.
    response.headers["Cache-Control"] = f"private, max-age={good_s // 2}"
    return response


def _sent(store: ArtifactStore, sha256: str, size: int, told: Mapping[str, str]) -> Response:
    content = wrap_file(request.environ, store.open(sha256))
    response = Response(content, mimetype=told["ContentType"], direct_passthrough=True)
    response.content_length = size
    if "ContentDisposition" in told:
        response.headers["Content-Disposition"] = told["ContentDisposition"]
    _cacheable(response, sha256, told["CacheControl"])
    response.make_conditional(request, accept_ranges=_asks_for_one_range(), complete_length=size)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _asks_for_one_range() -> bool:
    """Tell what is answered in part: others get the whole, as RFC 9110 has it (14.2)."""
    unit, _, ranges = request.headers.get("Range", "").partition("=")
    return request.method == "GET" and unit.strip().lower() == "bytes" and "," not in ranges


def _print_name(made: Artifact) -> str:
    return f"print-{made.sha256[:12]}-variant-{made.variant + 1}-{made.width}px.png"


def _sniffed(store: ArtifactStore, sha256: str) -> str:
    """Tell a reference image, which no stage made, from anything else.

    On a stream of its own: the server sends a file from where its descriptor stands.
    """
    with store.open(sha256) as stream:
        return "image/png" if stream.read(len(_PNG)) == _PNG else "application/octet-stream"


def _cacheable(response: Response, sha256: str, caching: str) -> Response:
    response.set_etag(sha256)
    response.headers["Cache-Control"] = caching
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
