"""Serving the application with gunicorn: one process of threads.

Run: codesigner web
"""

import resource
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from shared.settings import Settings
from web.app import create_app
from web.extensions import MAX_STREAMS
from web.http.request_limits import image_body_bytes
from web.server.buffering_worker import RECORDING_THREADS, BufferingWorker
from web.server.deadlines import Limits

__all__ = ["THREADS", "run"]

THREADS = 6 * MAX_STREAMS
"""Streams and a crowd that waits to be recorded hold threads; what is only read needs one, too."""
assert RECORDING_THREADS < THREADS

_GRACE_S = 5
_FILES_EACH = 3
"""File descriptors of a connection: its socket, what waits on disk of its request and answer."""
_FILES_BESIDE = 200


def run(settings: Settings, limits: Limits | None = None) -> None:
    """Serve until told to stop; SIGTERM lets requests under way finish for 5 s.

    Args:
        limits: of connections; None: as the settings and the process's file descriptors have it.
    """
    _Server(settings, limits or _limits(settings)).run()


def _limits(settings: Settings) -> Limits:
    return Limits(
        per_address=settings.max_connections_per_address,
        connections=_connections(Limits.connections),
        body_bytes=image_body_bytes(settings),
    )


def _connections(wanted: int) -> int:
    """Raise the process's limit of file descriptors; returns how many connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted * _FILES_EACH + _FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        wanted = min(wanted, (soft - _FILES_BESIDE) // _FILES_EACH)
    return max(2 * THREADS, wanted)


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured in code."""

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self._settings = settings
        self.limits = limits or _limits(settings)
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        chosen: dict[str, Any] = {
            "bind": [f"{_bracketed(self._settings.host)}:{self._settings.port}"],
            "worker_class": BufferingWorker,
            "workers": 1,
            "threads": THREADS,
            "worker_connections": self.limits.connections,
            "timeout": 120,
            "graceful_timeout": _GRACE_S,
            "keepalive": round(self.limits.idle_s),
            "loglevel": self._settings.log_level.lower(),
            "proc_name": "codesigner-web",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application, in the process that serves it."""
        return create_app(self._settings)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
