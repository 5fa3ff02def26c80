"""PNG copies of pictures that are stored in another format, made when they are asked for."""

from io import BytesIO

from flask import Response, request
from PIL import Image, PngImagePlugin

from shared.db.models import Artifact
from shared.errors import FieldError, InvalidRequest
from shared.storage.artifacts import ArtifactStore
from web.http.artifact_responses import Content, with_cache_headers
from web.http.i18n import translate as _
from web.openapi.operations import Parameter

__all__ = ["FORMAT_PARAMETER", "is_png_requested", "png_response"]

FORMAT_PARAMETER = Parameter(
    name="format",
    where="query",
    description="`png`: a PNG copy of a sketch, thumbnail or preview. Its ETag differs from that "
    "of the stored file; ranges are not served.",
    schema={"type": "string", "enum": ["png"]},
)
_COPIED_KINDS = ("sketch", "thumbnail", "preview")
"""Pictures that the present stage made; others may be as a visitor sent them."""
_COMPRESS_LEVEL = 1
"""A copy of a lossy picture is worth no search for the smallest file."""


def is_png_requested(made: Artifact | None, content: Content) -> bool:
    """Return whether the current request asks for a PNG copy; a PNG is sent as it is.

    Raises:
        InvalidRequest: the format is unknown, or the artifact has no PNG copy.
    """
    wanted = request.args.get("format")
    if wanted is None or (wanted == "png" and content.headers["ContentType"] == "image/png"):
        return False
    if wanted != "png":
        raise InvalidRequest(FieldError(field="format", message=_("The only format is png.")))
    if made is None or made.kind not in _COPIED_KINDS:
        message = _("Only sketches, thumbnails and previews have a PNG copy.")
        raise InvalidRequest(FieldError(field="format", message=message))
    return True


def png_response(store: ArtifactStore, content: Content) -> Response:
    """Return the response with a PNG copy of a picture; 304 if the client has it."""
    tag = f"{content.sha256}.png"
    if request.if_none_match.contains_weak(tag):
        return with_cache_headers(Response(status=304), content, tag)
    response = Response(_png_copy(store.get(content.sha256)), mimetype="image/png")
    return with_cache_headers(response, content, tag)


def _png_copy(content: bytes) -> bytes:
    """Return a picture as PNG, with the XMP packet that it has."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"sRGB", b"\x00")
    with Image.open(BytesIO(content), formats=["JPEG", "WEBP"]) as image:
        if packet := image.info.get("xmp"):
            chunks.add_itxt("XML:com.adobe.xmp", packet.decode("utf-8"))
        out = BytesIO()
        clean = Image.frombytes(image.mode, image.size, image.tobytes())
        clean.save(out, "PNG", pnginfo=chunks, compress_level=_COMPRESS_LEVEL)
    return out.getvalue()
