"""Serving the application with gunicorn: one process of threads.

Run: codesigner web
"""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from shared.settings import Settings
from web.app import create_app
from web.context import MAX_STREAMS

__all__ = ["THREADS", "run"]

THREADS = 6 * MAX_STREAMS
"""Streams and a crowd that waits to be recorded hold threads; what is only read needs one, too."""

_GRACE_S = 5


def run(settings: Settings) -> None:
    """Serve until told to stop; SIGTERM lets requests under way finish for 5 s."""
    _Server(settings).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured in code."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        chosen: dict[str, Any] = {
            "bind": [f"{_bracketed(self._settings.host)}:{self._settings.port}"],
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": _GRACE_S,
            "keepalive": 15,
            "loglevel": self._settings.log_level.lower(),
            "proc_name": "codesigner-web",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give the application, in the process that serves it."""
        return create_app(self._settings)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
