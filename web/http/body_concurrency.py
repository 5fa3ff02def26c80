"""Limits concurrent reads of large bodies: parsed JSON takes several times its size in memory."""

from flask import Flask, g, request

from shared.errors import CodesignerError
from web.extensions import RELEASE_BODY_SLOT, services
from web.http.i18n import translate as _

__all__ = ["register"]

_LARGE_BYTES = 1024 * 1024
_RETRY_AFTER_S = 5


def register(app: Flask) -> None:
    """Limit how many requests with large bodies are read at once; others wait a few seconds."""
    app.before_request(_acquire_slot)
    app.teardown_request(_release_slot)


def _acquire_slot() -> None:
    """Acquire a slot; it is released once the request writes to the database, or ends."""
    length = request.content_length
    chunked = length is None and "Transfer-Encoding" in request.headers
    if not chunked and (length or 0) <= _LARGE_BYTES:
        return
    bodies = services().bodies
    if not bodies.take():
        message = _("Too many uploads are under way; try again soon.")
        raise CodesignerError("unavailable", message, retry_after_s=_RETRY_AFTER_S)
    setattr(g, RELEASE_BODY_SLOT, bodies.give_back)


def _release_slot(_error: BaseException | None) -> None:
    release = g.pop(RELEASE_BODY_SLOT, None)
    if release is not None:
        release()
