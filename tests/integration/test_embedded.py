"""Tests of the embedded servers: acknowledged writes survive a kill, and access is restricted."""

import os
import pwd
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.supervisor import Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    home = Home(path=tmp_path / "home")
    home.prepare()
    made = Supervisor(home=home)
    yield made
    made.stop_all()


@pytest.fixture
def postgres(supervisor: Supervisor) -> EmbeddedPostgres:
    server = EmbeddedPostgres(home=supervisor.home)
    server.prepare()
    supervisor.start(server.service())
    supervisor.wait_ready("postgres", 30)
    server.create_database()
    return server


def test_committed_rows_survive_a_killed_postgres(
    supervisor: Supervisor, postgres: EmbeddedPostgres
) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    before = supervisor.pids()["postgres"]
    os.kill(before, signal.SIGKILL)
    assert supervisor.wait(lambda: supervisor.pids().get("postgres", before) != before, 10)
    supervisor.wait_ready("postgres", 30)
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]
    postgres.prepare()
    postgres.create_database()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_postgres_uses_utf8_and_utc_and_listens_on_no_port(
    supervisor: Supervisor, postgres: EmbeddedPostgres
) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SELECT '手机壳'").fetchone() == ("手机壳",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    process = psutil.Process(supervisor.pids()["postgres"])
    assert [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
def test_postgres_does_not_run_as_root(supervisor: Supervisor, postgres: EmbeddedPostgres) -> None:
    nobody = pwd.getpwnam("nobody")
    process = psutil.Process(supervisor.pids()["postgres"])
    assert set(process.uids()) == {nobody.pw_uid}
    assert set(process.gids()) == {nobody.pw_gid}
    assert postgres.folder.stat().st_uid == nobody.pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets folders it may pass and others not")
def test_postgres_runs_below_a_folder_its_user_cannot_read(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    supervisor = Supervisor(home=Home(path=closed / "home"))
    supervisor.home.prepare()
    server = EmbeddedPostgres(home=supervisor.home)
    try:
        server.prepare()
        supervisor.start(server.service())
        supervisor.wait_ready("postgres", 30)
        assert server.service().pass_folders
    finally:
        supervisor.stop_all()


def test_messages_survive_a_killed_valkey(supervisor: Supervisor) -> None:
    server = EmbeddedValkey(home=supervisor.home)
    supervisor.start(server.service())
    supervisor.wait_ready("valkey", 10)
    client = redis.Redis(unix_socket_path=str(server.socket))
    client.lpush("queue", *range(200))
    assert client.config_get("appendfsync")["appendfsync"] == "everysec"
    assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    before = supervisor.pids()["valkey"]
    os.kill(before, signal.SIGKILL)
    assert supervisor.wait(lambda: supervisor.pids().get("valkey", before) != before, 10)
    supervisor.wait_ready("valkey", 10)
    assert client.llen("queue") == 200
    client.close()
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
