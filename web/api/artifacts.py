"""Serving artifacts' bytes, which never change."""

from typing import cast

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from shared.artifacts import ArtifactStore
from shared.errors import ArtifactNotFound
from shared.rows import Artifact
from web.context import services
from web.operations import Answer, Operation, Parameter, documented
from web.queries import made_with

__all__ = ["blueprint"]

blueprint = Blueprint("artifacts", __name__)

_YEAR_S = 31_536_000
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADERS = {
    "ETag": "The sha256.",
    "Cache-Control": "immutable, for a year",
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
            304: Answer(description="Known already."),
        },
        codes=("artifact_not_found", "range_not_satisfiable", "unavailable"),
    )
)
def artifact(sha256: str) -> Response:
    """Give the bytes, whole or in part."""
    own = services()
    size = own.store.size(sha256)
    if size is None:
        raise ArtifactNotFound(sha256)
    if sha256 in request.if_none_match:
        return _cacheable(Response(status=304), sha256)
    with own.sessions() as session:
        made = made_with(session, sha256)
    media_type = _sniffed(own.store, sha256) if made is None else made.media_type
    content = wrap_file(request.environ, own.store.open(sha256))
    response = Response(content, mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    if made is not None and made.kind == "print":
        response.headers["Content-Disposition"] = f'attachment; filename="{_print_name(made)}"'
    elif not media_type.startswith("image/"):
        response.headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}"'
    _cacheable(response, sha256)
    return cast(
        Response, response.make_conditional(request, accept_ranges=True, complete_length=size)
    )


def _print_name(made: Artifact) -> str:
    return f"print-{made.sha256[:12]}-variant-{made.variant + 1}-{made.width}px.png"


def _sniffed(store: ArtifactStore, sha256: str) -> str:
    """Tell a reference image, which no stage made, from anything else.

    On a stream of its own: the server sends a file from where its descriptor stands.
    """
    with store.open(sha256) as stream:
        return "image/png" if stream.read(len(_PNG)) == _PNG else "application/octet-stream"


def _cacheable(response: Response, sha256: str) -> Response:
    response.set_etag(sha256)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
