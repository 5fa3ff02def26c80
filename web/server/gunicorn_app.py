"""Runs the application under gunicorn: one process with threads.

Run: codesigner web
"""

import ctypes
import resource
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from shared.logs import configure
from shared.settings import Settings
from web.app import create_app
from web.http.request_limits import image_body_bytes
from web.server.access_log import ServerLogger
from web.server.buffering_worker import BufferingWorker
from web.server.deadlines import Limits
from web.server.thread_pools import THREADS

__all__ = ["run"]

_M_ARENA_MAX = -8
"""Parameter of glibc's `mallopt`; other C libraries return an error for it."""
_ARENAS = 2
_GRACE_S = 5
_FILES_PER_CONNECTION = 3
"""Its socket and the buffers of its request and response on disk."""
_OTHER_FILES = 200


def run(settings: Settings, limits: Limits | None = None) -> None:
    """Serve until stopped by a signal; SIGTERM lets running requests finish for 5 s.

    Args:
        limits: of connections; None: derived from the settings and the file descriptor limit.
    """
    configure(settings.log_level, settings.log_format)
    _limit_arenas()
    _Server(settings, limits or _limits(settings)).run()


def _limit_arenas() -> None:
    """Let the C library's allocator share two heaps among all threads.

    By default it creates eight for each core, each of which keeps what it freed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def _limits(settings: Settings) -> Limits:
    return Limits(
        per_address=settings.max_connections_per_address,
        connections=_max_connections(Limits.connections),
        body_bytes=image_body_bytes(settings),
    )


def _max_connections(wanted: int) -> int:
    """Raise the process's file descriptor limit; return the number of connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted * _FILES_PER_CONNECTION + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        wanted = min(wanted, (soft - _OTHER_FILES) // _FILES_PER_CONNECTION)
    return max(2 * THREADS, wanted)


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured in code."""

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self._settings = settings
        self.limits = limits or _limits(settings)
        super().__init__()

    def load_config(self) -> None:
        """Set the options that differ from gunicorn's defaults."""
        options: dict[str, Any] = {
            "bind": [f"{_bracketed(self._settings.host)}:{self._settings.port}"],
            "worker_class": BufferingWorker,
            "workers": 1,
            "threads": THREADS,
            "worker_connections": self.limits.connections,
            "timeout": 120,
            "graceful_timeout": _GRACE_S,
            "keepalive": round(self.limits.idle_s),
            "loglevel": self._settings.log_level.lower(),
            "logger_class": ServerLogger,
            "proc_name": "codesigner-web",
            "control_socket_disable": True,
            # No client sets the URL scheme or the script name, nor one on the same machine.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application; called in the worker process."""
        return create_app(self._settings)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
