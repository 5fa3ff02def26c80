"""Gunicorn's logger: its messages and the access log go through the process's own logging."""

import logging
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from shared.logs import log_fields
from web.http.request_ids import LOGGED

__all__ = ["ServerLogger"]

_access_log = logging.getLogger("codesigner.access")
_FREQUENT = frozenset({"/healthz", "/readyz", "/metrics", "/static/<path:filename>"})
"""Routes of probes and files, logged at level DEBUG."""


class ServerLogger(Logger):  # type: ignore[misc]
    """Passes records on to the root logger; adds no handlers of its own."""

    def setup(self, cfg: Any) -> None:
        """Set the level; the handlers are those of `shared.logs.configure`."""
        self.cfg = cfg
        self._access_log_enabled = True
        self.loglevel = self.LOG_LEVELS[cfg.loglevel]
        # At DEBUG gunicorn logs paths, which may hold anything.
        self.error_log.setLevel(max(logging.INFO, self.loglevel))
        self.error_log.propagate = True

    def access(
        self,
        resp: Any,
        req: Any,  # noqa: ARG002
        environ: dict[str, Any],
        request_time: timedelta,
    ) -> None:
        """Log a request once its response is sent: not its URL, which may hold secrets."""
        logged = environ.get(LOGGED)
        if logged is None:  # it did not reach the application
            return
        status = int(str(resp.status).split(None, 1)[0])
        is_quiet = logged.get("route") in _FREQUENT
        _access_log.log(
            logging.DEBUG if is_quiet else logging.INFO,
            "request",
            extra=log_fields(
                **logged,
                status=status,
                duration_s=round(request_time.total_seconds(), 4),
                bytes=getattr(resp, "sent", None),
            ),
        )
