"""Event streams that hold no thread: a thread opens each, then the watch of jobs steps it."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from web.http.job_watch import FOLLOWED, Watched
from web.server.framing import Head

__all__ = ["OpenStream", "is_stream_request", "mark", "watched_of"]

_log = logging.getLogger("gunicorn.error")
_PREFIX, _SUFFIX = "/api/v1/jobs/", "/events"


def is_stream_request(head: Head | None) -> bool:
    """Return whether the request may be for an event stream."""
    if head is None or head.method != "GET":
        return False
    path = head.target.partition("?")[0]
    return path.startswith(_PREFIX) and path.endswith(_SUFFIX)


def mark(environ: dict[str, Any]) -> None:
    """Tell the application that this server steps event streams."""
    environ[FOLLOWED] = None


def watched_of(environ: dict[str, Any]) -> Watched | None:
    """Return what the response's stream follows; None: it is an ordinary response."""
    watched: Watched | None = environ[FOLLOWED]
    return watched


class OpenStream:
    """A response whose body yields an empty chunk when there is nothing to send for now.

    Args:
        body: of the application's response.
        response: of gunicorn, which writes the head and the chunks.
        is_stopping: returns whether the server is about to end.
        on_end: called once, at the end of the stream.
    """

    def __init__(
        self,
        body: Iterable[bytes],
        response: Any,
        *,
        is_stopping: Callable[[], bool],
        on_end: Callable[[], None],
    ) -> None:
        self._body = body
        self._chunks = iter(body)
        self._response = response
        self._is_stopping = is_stopping
        self._on_end = on_end

    def step(self) -> bool:
        """Send what there is; return whether the stream goes on. Never blocks on the client."""
        try:
            if self._send():
                return True
        except OSError:
            pass  # the client is gone or does not read
        except Exception:  # noqa: BLE001 (boundary: an error of one stream affects no other)
            _log.exception("event stream failed with an unexpected error")
        self._end()
        return False

    def _send(self) -> bool:
        self._response.sock.flush()  # what the client did not take before
        for chunk in () if self._is_stopping() else self._chunks:
            if not chunk:
                return True
            self._response.write(chunk)
        self._response.close()  # sends the last chunk
        return False

    def _end(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._on_end()
