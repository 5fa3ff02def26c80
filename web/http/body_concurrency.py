"""Large bodies are read a few at a time: as JSON one takes several times its bytes of memory."""

from flask import Flask, g, request

from shared.errors import CodesignerError
from web.extensions import BODY_READ, services
from web.http.i18n import translate as _

__all__ = ["register"]

_LARGE_BYTES = 1024 * 1024
_AGAIN_S = 5


def register(app: Flask) -> None:
    """Have requests with large bodies wait for one another, for a short time."""
    app.before_request(_take_place)
    app.teardown_request(_give_back)


def _take_place() -> None:
    """Take a place; it is given back once the request records what it asks for, or ends."""
    length = request.content_length
    chunked = length is None and "Transfer-Encoding" in request.headers
    if not chunked and (length or 0) <= _LARGE_BYTES:
        return
    bodies = services().bodies
    if not bodies.take():
        message = _("Too many uploads are under way; try again soon.")
        raise CodesignerError("unavailable", message, retry_after_s=_AGAIN_S)
    setattr(g, BODY_READ, bodies.give_back)


def _give_back(_error: BaseException | None) -> None:
    give_back = g.pop(BODY_READ, None)
    if give_back is not None:
        give_back()
