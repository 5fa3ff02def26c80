"""What the supervisor needs to know of a process that it keeps running."""

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Service", "command_line"]

_LIFELINE = Path(__file__).with_name("parent_watch.py")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process: how it is started, how one knows that it is there, how it is stopped."""

    name: str
    """Of its log file and in messages."""
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own environment."""
    user: str | None = None
    """Changed to before the start; None: stays the supervisor's."""
    pass_folders: bool = False
    """Whether the user may get past the permissions of folders, as root does."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20.0
    """Seconds from the stop signal to SIGKILL."""
    ready: Callable[[], bool] | None = None
    """Tells whether it answers; None: it is ready once it runs."""


def command_line(service: Service) -> list[str]:
    """Give the arguments that start a service tied to the life of the calling process."""
    return [
        sys.executable,
        "-I",
        "-S",
        str(_LIFELINE),
        service.stop_signal.name,
        service.user or "-",
        "1" if service.pass_folders else "0",
        *service.argv,
    ]
