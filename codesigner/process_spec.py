"""Specification of a process that the supervisor runs."""

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Service", "command_line"]

_PARENT_WATCH = Path(__file__).with_name("parent_watch.py")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A supervised process: how it is started, checked for readiness and stopped."""

    name: str
    """Name of its log file and in messages."""
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables added to the supervisor's environment."""
    user: str | None = None
    """User that runs the process; None: the supervisor's."""
    pass_folders: bool = False
    """Whether the user may traverse all folders, as root may."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20.0
    """Seconds from the stop signal to SIGKILL."""
    ready: Callable[[], bool] | None = None
    """Readiness check; None: it is ready once it runs."""


def command_line(service: Service) -> list[str]:
    """Return the command line of a service that ends with the calling process."""
    return [
        sys.executable,
        "-I",
        "-S",
        str(_PARENT_WATCH),
        service.stop_signal.name,
        service.user or "-",
        "1" if service.pass_folders else "0",
        *service.argv,
    ]
