"""The home folder of an installation on one machine: where things lie, and whose it is now."""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Home", "HomeInUse"]

_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


class HomeInUse(Exception):
    """Another process runs an installation from this home folder."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(f"{path} is in use by process {pid}; `codesigner stop` ends it")
        self.pid = pid


@dataclass(frozen=True, kw_only=True)
class Home:
    """Paths below the home folder; nothing is created before `prepare`."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def designs(self) -> Path:
        return self.path / "designs"

    @property
    def admin_token(self) -> Path:
        """File of the token that `codesigner up` makes where none is configured."""
        return self.path / "admin_token"

    @property
    def state(self) -> Path:
        """Folder of what describes the running installation."""
        return self.path / "run"

    def prepare(self) -> None:
        """Create the folders; others cannot look into the home folder.

        Root's can be passed through: its database server runs as another user.
        """
        self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        for folder in (self.logs, self.designs, self.state):
            folder.mkdir(exist_ok=True)

    def socket_folder(self, name: str) -> Path:
        """Create and give a folder for unix sockets, near enough to the root for their limit.

        Raises:
            PermissionError: somebody else made that folder first.
        """
        inside = self.state / name
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH:
            inside.mkdir(mode=0o700, parents=True, exist_ok=True)
            return inside
        identity = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        outer = _short_temporary_folder() / f"codesigner-{os.getuid()}-{identity}"
        outer.mkdir(mode=0o711, exist_ok=True)
        if outer.lstat().st_uid != os.getuid() or outer.is_symlink():
            raise PermissionError(f"{outer} belongs to somebody else")
        (outer / name).mkdir(mode=0o700, exist_ok=True)
        return outer / name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home folder; the system lets go of it when this process ends, however.

        Raises:
            HomeInUse: another process holds it.
        """
        self.prepare()
        with self._lock_file.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeInUse(self.path, self.owner()) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield
            lock.truncate(0)

    def owner(self) -> int | None:
        """Give the id of the process that holds the home folder now, None where none does."""
        try:
            with self._lock_file.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    written = lock.read().strip()
                    return int(written) if written else None
        except FileNotFoundError:
            pass
        return None

    def write_state(self, name: str, content: Mapping[str, Any]) -> None:
        """Keep a JSON document about the running installation, for its owner's eyes."""
        target = self.state / f"{name}.json"
        temporary = target.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(content, indent=1))
        temporary.replace(target)

    def read_state(self, name: str) -> dict[str, Any]:
        """Read such a document; empty where there is none."""
        try:
            content: dict[str, Any] = json.loads((self.state / f"{name}.json").read_text())
        except FileNotFoundError:
            return {}
        return content

    @property
    def _lock_file(self) -> Path:
        return self.state / "up.pid"


def _short_temporary_folder() -> Path:
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) <= 30 else Path("/tmp")  # noqa: S108
