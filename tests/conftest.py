"""Real servers: one PostgreSQL and one Valkey per session, an empty database per test."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

import migrations
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service, command_line
from shared.accounts import passwords
from shared.db.engine import engine_for, sessions
from shared.settings import PREFIX, Settings, load_settings
from shared.storage.artifacts import ArtifactStore

# Threads of one process wait for each other. With servers and workers on the same few cores,
# more threads are slower. Set before torch is imported, and inherited by all processes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ADMIN_TOKEN = "administration-of-the-tests"

_NUMBERS = count(1)
_FAST = tuple(
    part
    # The data need not outlive the session, and autovacuum may block copies of the template.
    for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
    for part in ("-c", f"{name}=off")
)


_USED_TABLES = """
    SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT IN ('alembic_version', 'workspace') AND pg_relation_size(oid) > 0
"""


@dataclass(frozen=True, kw_only=True)
class PostgresForTests:
    """A running PostgreSQL server with a migrated template database."""

    url: str
    _emptied: list[str] = field(default_factory=list)

    def of(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def command(self, *statements: str) -> None:
        """Run statements outside of a transaction."""
        with psycopg.connect(self.of("postgres"), autocommit=True) as connection:
            for sql in statements:
                connection.execute(sql.encode())

    def take(self) -> str:
        """Return the name of a migrated database without rows.

        To copy and drop a database takes ten times as long as to truncate the tables that a test
        has used, and two checkpoints. Tests that change the schema use `empty_database_url`.
        """
        if self._emptied:
            return self._emptied.pop()
        name = f"test_{next(_NUMBERS)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE codesigner STRATEGY FILE_COPY")
        return name

    def give_back(self, name: str) -> None:
        """Close the connections to the database and truncate its tables.

        It gets another name, so that a process that outlives its test cannot connect to it.
        """
        emptied = f"test_{next(_NUMBERS)}"
        self.command(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            f" WHERE datname = '{name}'",
            f"ALTER DATABASE {name} RENAME TO {emptied}",
            f"ALTER DATABASE {emptied} ALLOW_CONNECTIONS true",
        )
        with psycopg.connect(self.of(emptied), autocommit=True) as connection:
            used = connection.execute(_USED_TABLES).fetchone()
            if used is not None and used[0] is not None:
                connection.execute("SET codesigner.audit_expiry = 'on'")  # it is append-only
                connection.execute(f"TRUNCATE {used[0]} RESTART IDENTITY CASCADE".encode())
            # Truncated, it would take all tables with it that have a workspace.
            connection.execute("DELETE FROM workspace WHERE id <> 'main'")
            connection.execute("UPDATE workspace SET name = 'Codesigner', retention_s = NULL")
        self._emptied.append(emptied)


@contextmanager
def running(service: Service, further: tuple[str, ...] = ()) -> Iterator[None]:
    """Run a server inside the context; it ends with this process at the latest."""
    assert service.ready is not None
    # A file, not a pipe: a pipe that is not read fills up and blocks the server.
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [*command_line(service), *further], stdout=subprocess.DEVNULL, stderr=log
        ) as server,
    ):
        try:
            _wait(service.ready, server, log)
            yield
        finally:
            server.send_signal(service.stop_signal)
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + 60
    while not ready():
        ended = server.poll() is not None
        if ended or time.monotonic() > until:
            log.seek(0)
            said = log.read().decode()
            raise RuntimeError(f"{'ended at its start' if ended else 'does not answer'}: {said}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def servers_home() -> Iterator[Home]:
    """Yield a home folder with a short path, because socket paths are limited in length."""
    folder = Path(tempfile.mkdtemp(prefix="cds-", dir="/tmp"))
    folder.chmod(0o711)
    home = Home(path=folder / "h")
    home.prepare()
    yield home
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(servers_home: Home) -> Iterator[PostgresForTests]:
    """Yield a PostgreSQL server with a migrated template database."""
    server = EmbeddedPostgres(home=servers_home)
    server.prepare()
    with running(server.service(), _FAST):
        server.create_database()
        migrations.upgrade(server.url)
        yield PostgresForTests(url=server.url)


@pytest.fixture(scope="session")
def valkey(servers_home: Home) -> Iterator[str]:
    """Yield the URL of a Valkey server."""
    server = EmbeddedValkey(home=servers_home)
    with running(server.service()):
        yield server.url


@pytest.fixture
def empty_database_url(postgres: PostgresForTests) -> Iterator[str]:
    """Yield the URL of a database without tables."""
    name = f"empty_{next(_NUMBERS)}"
    postgres.command(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
    yield postgres.of(name)
    postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: PostgresForTests) -> Iterator[str]:
    """Yield the URL of a migrated database without rows."""
    name = postgres.take()
    yield postgres.of(name)
    postgres.give_back(name)


@pytest.fixture
def broker_url(valkey: str) -> str:
    """Return the URL of an empty broker."""
    with redis.Redis(unix_socket_path=valkey.removeprefix("redis+socket://")) as client:
        client.flushall()
    return valkey


@pytest.fixture
def settings(
    database_url: str, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return settings of an installation with real servers, without the environment's."""
    _forget_surroundings(monkeypatch)
    return load_settings(
        home=tmp_path / "home",
        database_url=database_url,
        broker_url=broker_url,
        admin_token=ADMIN_TOKEN,
    )


def _forget_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine on the test's database."""
    bound = engine_for(database_url, pool_size=10)
    yield bound
    bound.dispose()


@pytest.fixture
def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return a session factory on the test's database."""
    return sessions(engine)


@pytest.fixture
def artifact_store(settings: Settings) -> ArtifactStore:
    """Return an artifact store in the test's folder."""
    return ArtifactStore(settings.artifacts_url)


@pytest.fixture
def fast_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with few resources: the parameters are tested in the unit tests."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(1, 64, 1))
    passwords._decoy_hash.cache_clear()
