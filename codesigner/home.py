"""The home folder of an installation on one machine: its paths, lock and state files."""

import fcntl
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Home", "HomeInUse"]

_MAX_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
_ENTRIES = (
    *("admin_token", "artifacts", "cache", "designs", "logs", "postgres", "run", "secret_key"),
    "valkey",
)
"""What an installation writes in its home folder."""


class HomeInUse(Exception):
    """Another process holds the lock of this home folder."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(f"{path} is in use by process {pid}; `codesigner stop` ends it")
        self.pid = pid


@dataclass(frozen=True, kw_only=True)
class Home:
    """Paths in the home folder; `prepare` creates the folders."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def designs(self) -> Path:
        return self.path / "designs"

    @property
    def admin_token(self) -> Path:
        """File of the token that `codesigner up` generates where none is configured."""
        return self.path / "admin_token"

    @property
    def state(self) -> Path:
        """Folder of the state files of the running installation."""
        return self.path / "run"

    def prepare(self) -> None:
        """Create the folders, and close to other users what is in the home folder.

        Earlier releases left files readable. A folder that was there before, and holds other things
        as well, keeps its own permissions.
        """
        is_own = self.state.exists() or not (self.path.exists() and any(self.path.iterdir()))
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.logs, self.designs, self.state):
            folder.mkdir(mode=0o700, exist_ok=True)
        for name in _ENTRIES:
            _close(self.path / name)
        for path in self.state.iterdir():
            _close(path)
        if os.geteuid() == 0:  # its database server runs as another user, and passes these two
            self.state.chmod(0o711)
        if is_own:
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def socket_folder(self, name: str) -> Path:
        """Create and return a folder for unix sockets, with a path within their length limit.

        Raises:
            PermissionError: the folder belongs to another user.
        """
        inside = self.state / name
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _MAX_SOCKET_PATH:
            inside.mkdir(mode=0o700, parents=True, exist_ok=True)
            return inside
        identity = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        outer = _short_temporary_folder() / f"codesigner-{os.getuid()}-{identity}"
        outer.mkdir(mode=0o711, exist_ok=True)
        if outer.lstat().st_uid != os.getuid() or outer.is_symlink():
            raise PermissionError(f"{outer} belongs to another user")
        (outer / name).mkdir(mode=0o700, exist_ok=True)
        return outer / name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold an exclusive lock on the home folder; the system releases it when the process ends.

        Raises:
            HomeInUse: another process holds the lock.
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
        """Return the id of the process that holds the lock, or None."""
        try:
            with self._lock_file.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    pid = lock.read().strip()
                    return int(pid) if pid else None
        except FileNotFoundError:
            pass
        return None

    def write_state(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON state file, readable only by its owner; the replacement is atomic."""
        target = self.state / f"{name}.json"
        temporary = target.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(content, indent=1))
        temporary.replace(target)

    def read_state(self, name: str) -> dict[str, Any]:
        """Return the content of a state file; empty if the file does not exist."""
        try:
            content: dict[str, Any] = json.loads((self.state / f"{name}.json").read_text())
        except FileNotFoundError:
            return {}
        return content

    @property
    def _lock_file(self) -> Path:
        return self.state / "up.pid"


def _close(path: Path) -> None:
    """Take a file or folder from the group and all others; what a link leads to stays as it is."""
    if path.is_symlink() or not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & 0o700)


def _short_temporary_folder() -> Path:
    folder = Path(tempfile.gettempdir())
    return folder if len(os.fsencode(folder)) <= 30 else Path("/tmp")  # noqa: S108
