"""Real servers for all tests: one PostgreSQL and one Valkey a session, a fresh database a test."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO

import psycopg
import pytest
import redis
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

import migrations
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service, command_line
from shared.db.engine import engine_for, sessions
from shared.settings import PREFIX, Settings, load_settings
from shared.storage.artifacts import ArtifactStore

# Threads of one process wait for one another; with servers and workers beside, on few cores,
# that costs more than it gives. Set before torch is imported, and inherited by all processes.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ADMIN_TOKEN = "administration-of-the-tests"

_NUMBERS = count(1)
_FAST = tuple(
    part
    # Nothing here outlives the session; and no vacuum may hold the template while it is copied.
    for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
    for part in ("-c", f"{name}=off")
)


@dataclass(frozen=True, kw_only=True)
class PostgresForTests:
    """A running PostgreSQL server whose database of the template is migrated."""

    url: str

    def of(self, database: str) -> str:
        """Give the address of a database of this server."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def command(self, sql: str) -> None:
        """Run a command that PostgreSQL runs outside of transactions."""
        with psycopg.connect(self.of("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def running(service: Service, further: tuple[str, ...] = ()) -> Iterator[None]:
    """Keep a server running; it ends with this process at the latest."""
    assert service.ready is not None
    # A file, not a pipe: one that nobody reads fills up, and the server stops where it logs.
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
    """A home folder for the servers, near the root: socket paths have a limit."""
    folder = Path(tempfile.mkdtemp(prefix="cds-", dir="/tmp"))
    folder.chmod(0o711)
    home = Home(path=folder / "h")
    home.prepare()
    yield home
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(servers_home: Home) -> Iterator[PostgresForTests]:
    """A PostgreSQL server; its template database is migrated."""
    server = EmbeddedPostgres(home=servers_home)
    server.prepare()
    with running(server.service(), _FAST):
        server.create_database()
        migrations.upgrade(server.url)
        yield PostgresForTests(url=server.url)


@pytest.fixture(scope="session")
def valkey(servers_home: Home) -> Iterator[str]:
    """The address of a Valkey server."""
    server = EmbeddedValkey(home=servers_home)
    with running(server.service()):
        yield server.url


@pytest.fixture
def empty_database_url(postgres: PostgresForTests) -> Iterator[str]:
    """A database without any table."""
    name = f"empty_{next(_NUMBERS)}"
    postgres.command(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
    yield postgres.of(name)
    postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: PostgresForTests) -> Iterator[str]:
    """A migrated database of the test's own."""
    name = f"test_{next(_NUMBERS)}"
    postgres.command(f"CREATE DATABASE {name} TEMPLATE codesigner STRATEGY FILE_COPY")
    yield postgres.of(name)
    postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def broker_url(valkey: str) -> str:
    """A broker that holds nothing yet."""
    with redis.Redis(unix_socket_path=valkey.removeprefix("redis+socket://")) as client:
        client.flushall()
    return valkey


@pytest.fixture
def settings(
    database_url: str, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings of an installation with real servers; the surroundings' are left out."""
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
    """An engine on the test's database."""
    bound = engine_for(database_url, pool_size=10)
    yield bound
    bound.dispose()


@pytest.fixture
def session_factory(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions on the test's database."""
    return sessions(engine)


@pytest.fixture
def artifact_store(settings: Settings) -> ArtifactStore:
    """An artifact store in the test's folder."""
    return ArtifactStore(settings.artifacts_url)
