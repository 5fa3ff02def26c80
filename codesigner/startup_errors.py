"""Print on the terminal the reasons in a worker's log why it is not ready."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.markup import escape

__all__ = ["NotReadyReporter"]

_REASON = "Not ready: "
"""Prefix of the reason in a worker's log line."""


@dataclass(kw_only=True)
class NotReadyReporter:
    """Tail a log file from its present end; the file may be rotated."""

    log: Path
    console: Console
    read_to: int
    """Offset of the first unread byte."""
    _printed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, log: Path, console: Console) -> Self:
        """Return a reporter for lines written from now on."""
        return cls(log=log, console=console, read_to=_size(log))

    def print_new(self) -> None:
        """Print the new reasons, each once."""
        self.read_to = min(self.read_to, _size(self.log))
        if _size(self.log) == self.read_to:
            return
        with self.log.open("rb") as stream:
            stream.seek(self.read_to)
            added = stream.read()
        complete_lines = added[: added.rfind(b"\n") + 1]
        self.read_to += len(complete_lines)
        for line in complete_lines.decode(errors="replace").splitlines():
            _, prefix, reason = _message(line).partition(_REASON)
            if prefix and reason not in self._printed:
                self._printed.add(reason)
                self.console.print(f"[yellow]Not ready yet: {escape(reason)}")


def _message(line: str) -> str:
    """Return the message of a line of the log, which may be JSON."""
    try:
        document = json.loads(line)
    except ValueError:
        return line
    return str(document.get("message", "")) if isinstance(document, dict) else line


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
