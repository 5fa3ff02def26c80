"""Repeats on the terminal why a worker does not get ready, as its log tells."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.markup import escape

__all__ = ["Listener"]

_REASON = "Not ready: "
"""Begins the line in which a worker tells what it waits for."""


@dataclass(kw_only=True)
class Listener:
    """Follows a log from where it ended at first; the log may begin anew."""

    log: Path
    console: Console
    read_to: int
    """Bytes that are known already."""
    _said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, log: Path, console: Console) -> Self:
        """Listen to what is written from now on."""
        return cls(log=log, console=console, read_to=_size(log))

    def listen(self) -> None:
        """Print the reasons that are new."""
        self.read_to = min(self.read_to, _size(self.log))
        if _size(self.log) == self.read_to:
            return
        with self.log.open("rb") as stream:
            stream.seek(self.read_to)
            added = stream.read()
        whole = added[: added.rfind(b"\n") + 1]
        self.read_to += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            _, found, reason = line.partition(_REASON)
            if found and reason not in self._said:
                self._said.add(reason)
                self.console.print(f"[yellow]Not ready yet: {escape(reason)}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
