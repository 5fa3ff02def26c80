"""Tests of reconnecting to a password-protected broker that starts late and restarts."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from click.testing import CliRunner
from sqlalchemy.orm import Session, sessionmaker

from codesigner.cli import main
from codesigner.embedded_servers import EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service, command_line
from shared.broker.celery_config import STAGE_TASK
from shared.broker.hints import hint
from shared.jobs import submission as jobs
from shared.settings import PREFIX, Settings, load_settings
from web.services.notifier import HintSender
from worker.relay.relay import Relay

PASSWORD = "p@:/?#%+&;= 密码"
USER, USERS_PASSWORD = "codesigner", "u@:/%秘密"
WAIT_S = 60.0


class LockedValkey:
    """A Valkey server that requires a password, or a user name and password."""

    def __init__(self, home: Home) -> None:
        self._embedded = EmbeddedValkey(home=home)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        return str(self._embedded.socket)

    def client(self, database: int = 0) -> redis.Redis:
        return redis.Redis(unix_socket_path=self.socket, password=PASSWORD, db=database)

    def start(self) -> None:
        acl = f"user {USER} on >{USERS_PASSWORD} ~* &* +@all"
        config = self._embedded.folder.parent / "valkey.conf"
        config.write_text(f'requirepass "{PASSWORD}"\n{acl}\n')
        service: Service = self._embedded.service()
        service = replace(service, argv=(service.argv[0], str(config), *service.argv[1:]))
        self._running = subprocess.Popen(command_line(service), stdout=subprocess.DEVNULL)
        until(self._answers)

    def stop(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGTERM)
            self._running.wait(timeout=WAIT_S)
            self._running = None

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not so():
        assert time.monotonic() < end, "what is waited for does not happen"
        time.sleep(0.1)


@pytest.fixture
def locked() -> Iterator[LockedValkey]:
    """Return a server that is not started yet."""
    with tempfile.TemporaryDirectory(prefix="cds-", dir="/tmp") as folder:
        home = Home(path=Path(folder) / "h")
        home.prepare()
        made = LockedValkey(home)
        try:
            yield made
        finally:
            made.stop()


FORMS = {
    "query": ("redis+socket://{socket}?password={password}", 0),
    "userinfo": ("redis+socket://:{password}@{socket}", 0),
    "user": ("redis+socket://{user}:{users_password}@{socket}", 0),
    "user in the query": ("redis+socket://{socket}?username={user}&password={users_password}", 0),
    "database": ("redis+socket://{socket}?virtual_host=2&password={password}", 2),
    "db": ("redis+socket://:{password}@{socket}?db=3", 3),
}


def url_of(locked: LockedValkey, form: str) -> str:
    return form.format(
        socket=quote(locked.socket),
        password=quote(PASSWORD, safe=""),
        user=USER,
        users_password=quote(USERS_PASSWORD, safe=""),
    )


@pytest.mark.parametrize(("form", "database"), FORMS.values(), ids=FORMS)
def test_publisher_reconnects_to_a_restarted_broker(
    locked: LockedValkey, form: str, database: int
) -> None:
    settings = load_settings(broker_url=url_of(locked, form))
    assert not hint(settings, "generate")
    for times in (1, 2):
        locked.start()
        until(lambda: hint(settings, "generate"))
        with locked.client(database) as client:
            assert client.llen("codesigner:generate") == times
        locked.stop()
        assert not hint(settings, "generate")


def test_wrong_password_is_rejected_and_not_logged(
    locked: LockedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    locked.start()
    settings = load_settings(broker_url=f"redis+socket://{locked.socket}?password=wr0ng")
    assert not hint(settings, "generate")
    assert "invalid username-password pair" in caplog.text
    assert "wr0ng" not in caplog.text


def test_web_front_end_and_relay_reconnect_to_a_restarted_broker(
    settings: Settings, session_factory: sessionmaker[Session], locked: LockedValkey
) -> None:
    away_at_first = settings.model_copy(update={"broker_url": url_of(locked, FORMS["query"][0])})
    sender, relay = HintSender(away_at_first), Relay(away_at_first, session_factory)
    stop = threading.Event()
    running = threading.Thread(target=relay.run, args=(stop,), daemon=True)
    running.start()
    try:
        for _ in range(2):
            sender.tell("generate")
            with session_factory.begin() as session:
                jobs.submit(session, jobs.Submission(options={}, model_versions={}))
            locked.start()
            with locked.client() as client:
                until(lambda: (sender.tell("generate"), client.llen("codesigner:generate"))[1] > 0)
                until(lambda: client.llen("codesigner:caption") > 0)
                client.flushall()
            locked.stop()
    finally:
        stop.set()
        running.join(WAIT_S)


def test_doctor_connects_with_a_password_and_does_not_print_it(
    settings: Settings, locked: LockedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked.start()
    for name in ("database_url", "artifacts_url", "home"):
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(getattr(settings, name)))
    right = url_of(locked, FORMS["query"][0])
    for url, told in ((right, "ok     broker"), (f"{right}wr0ng", "FAIL   broker")):
        monkeypatch.setenv(f"{PREFIX}BROKER_URL", url)
        output = CliRunner().invoke(main, ["doctor"]).output
        assert told in output
        assert quote(PASSWORD, safe="") not in output
        assert PASSWORD not in output


WORKER = f"""
from celery import Celery
from shared.broker.celery_config import celery_config
from shared.settings import load_settings

app = Celery("codesigner")
config = celery_config(load_settings()) | {{"worker_pool": "solo"}}
app.conf.update(config | {{"worker_consumer": "worker.runtime.consumer:Consumer"}})

@app.task(name={STAGE_TASK!r})
def stage(name):
    pass

app.worker_main(["worker", "-Q", "generate", "--loglevel", "DEBUG", "--without-mingle",
                 "--without-gossip"])
"""
"""The consumer and the configuration of the real workers, without what they compute."""


@pytest.mark.long
@pytest.mark.parametrize("form", ["query", "user"])
def test_worker_reconnects_to_a_restarted_broker(
    locked: LockedValkey, form: str, tmp_path: Path
) -> None:
    settings = load_settings(broker_url=url_of(locked, FORMS[form][0]))
    log = tmp_path / "worker.log"
    env = os.environ | {f"{PREFIX}BROKER_URL": settings.broker_url, "PYTHONUNBUFFERED": "1"}
    with (
        log.open("wb") as out,
        subprocess.Popen([sys.executable, "-c", WORKER], env=env, stdout=out, stderr=out) as worker,
    ):
        try:
            for times in (1, 2):
                tries = log.read_text().count("Trying again")
                until(lambda tries=tries: log.read_text().count("Trying again") > tries)
                locked.start()
                until(lambda: hint(settings, "generate"))
                until(lambda times=times: log.read_text().count(" succeeded in ") == times)
                locked.stop()
        finally:
            worker.terminate()
            worker.wait(timeout=WAIT_S)
    said = log.read_text()
    assert "Connected to redis+socket://" in said
    for password in (PASSWORD, USERS_PASSWORD):
        assert password not in said
        assert quote(password, safe="") not in said
