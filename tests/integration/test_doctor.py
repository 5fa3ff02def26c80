"""Tests of `codesigner doctor` and of the relay's metrics."""

import socket
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from codesigner.cli import main
from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.queue.recovery.invariants import INVARIANTS
from shared.settings import PREFIX, Settings
from worker.relay.metrics import RELAY_METRICS, RelayMetrics
from worker.relay.relay import Relay

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


@pytest.fixture
def at_work(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        for name, queues in (("w", "gpu"), ("d", "cpu"), ("r", "relay")):
            beat(session, Heartbeat(name=name, host="a", device="cpu", queues=(queues,)))
        jobs.submit(session, jobs.Submission(options={}, model_versions={}))


def _doctor(settings: Settings, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    for name in ("database_url", "broker_url", "artifacts_url", "home"):
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(getattr(settings, name)))
    return CliRunner().invoke(main, ["doctor", *options])


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("options", [(), ("--lately",)])
def test_all_checks_pass_in_a_working_installation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    told = _doctor(settings, monkeypatch, *options)
    assert told.exit_code == 0, told.output
    assert "FAIL" not in told.output
    assert told.output.count("invariant ") == len(INVARIANTS)
    assert "drawers: d" in told.output


@pytest.mark.usefixtures("at_work")
def test_failed_checks_are_reported_by_name(
    settings: Settings, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_factory.begin() as session:
        session.execute(text("UPDATE job SET version = version + 1"))
        session.execute(text("UPDATE outbox SET due_at = now() - interval '1 hour'"))
        session.execute(text("DELETE FROM worker_heartbeat WHERE name IN ('w', 'd')"))
    gone = settings.model_copy(update={"broker_url": "redis+socket:///nowhere/valkey.sock"})
    told = _doctor(gone, monkeypatch)
    assert told.exit_code == 1
    failed = {line.split(":")[0].split(None, 1)[1] for line in _failed(told)}
    assert failed == {
        "workers",
        "drawers",
        "stages of a design",
        "hints not sent",
        "invariant version_gaps",
        "broker",
    }


@pytest.mark.usefixtures("at_work")
def test_stage_without_a_worker_is_reported(
    settings: Settings, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_factory.begin() as session:
        stages = ("caption", "vision", "generate")
        beat(session, Heartbeat(name="w", host="a", device="", queues=("gpu",), stages=stages))
    (line,) = _failed(_doctor(settings, monkeypatch))
    assert line == "FAIL   stages of a design: no worker for fusion"


@pytest.mark.usefixtures("at_work")
def test_missing_drawers_are_reported(
    settings: Settings, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_factory.begin() as session:
        session.execute(text("DELETE FROM worker_heartbeat WHERE name = 'd'"))
    assert _failed(_doctor(settings, monkeypatch)) == [
        "FAIL   drawers: no recent heartbeat",
        "FAIL   stages of a design: no worker for draw, present",
    ]


def _failed(told: Result) -> list[str]:
    return [line for line in told.output.splitlines() if line.startswith("FAIL")]


def test_doctor_exits_with_status_3_without_a_database(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x"})
    assert _doctor(away, monkeypatch).exit_code == 3


@pytest.mark.usefixtures("at_work")
def test_relay_exposes_its_metrics(
    settings: Settings, session_factory: sessionmaker[Session]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    metrics = RelayMetrics()
    metrics.serve(settings.model_copy(update={"relay_metrics_port": port}))
    relay = Relay(settings, session_factory, lambda _: None, metrics=metrics)
    assert relay.send_hints() == 1
    with session_factory.begin() as session:
        queue.claim(session, "caption", "w")
        session.execute(text("UPDATE stage_run SET lease_until = now() WHERE state = 'running'"))
        session.execute(text("UPDATE job SET version = version + 1"))
    relay.reap()
    relay.check()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        told = answer.read().decode()
    assert "codesigner_relay_hints_sent_total 1.0" in told
    assert 'codesigner_relay_reaped_total{what="expired"} 1.0' in told
    assert 'codesigner_relay_invariant_violations{invariant="version_gaps"} 1.0' in told
    assert 'codesigner_relay_invariant_violations{invariant="stale_writes"} 0.0' in told


@pytest.mark.parametrize("name", RELAY_METRICS)
def test_each_relay_metric_is_documented(name: str) -> None:
    assert f"| `{name}" in OPERATING.read_text()
