"""Tests of a real Celery worker on real servers, one worker for all: no failure loses a job."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from shared.broker import hints as broker
from shared.db.engine import engine_for, sessions
from shared.failpoints import WORKER_FAILPOINTS
from shared.settings import load_settings
from tests.conftest import PostgresForTests
from tests.real_worker import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def started(
    postgres: PostgresForTests, valkey: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Start a relay and a worker for all tests of this module."""
    folder = tmp_path_factory.mktemp("installation")
    database, logs = postgres.take(), folder / "logs"
    logs.mkdir()
    with redis.Redis(unix_socket_path=valkey.removeprefix("redis+socket://")) as client:
        client.flushall()
    settings = load_settings(
        home=folder / "home", database_url=postgres.of(database), broker_url=valkey
    )
    engine = engine_for(settings.database_url, pool_size=10)
    found = Installation(settings, sessions(engine), logs)
    armed = ",".join(f"{place}:{folder / place}" for place in WORKER_FAILPOINTS)
    found.start_all(CODESIGNER_FAILPOINTS=armed)
    yield found
    found.stop()
    engine.dispose()
    postgres.give_back(database)


@pytest.fixture
def installation(started: Installation) -> Iterator[Installation]:
    """Yield the installation; check all invariants after the test."""
    yield started
    assert started.faults() == {}


def test_jobs_run_through_all_stages(installation: Installation) -> None:
    first, second = (installation.design("blue stripes") for _ in range(2))
    assert installation.ended(first, second) == ["succeeded", "succeeded"]
    runs = installation.runs(first)
    assert {name: run.state for name, run in runs.items()} == {
        "caption": "done",
        "vision": "skipped",
        "fusion": "done",
        "generate": "done",
        "draw": "done",
        "present": "done",
    }
    assert installation.job(first).description == "described: blue stripes"
    assert runs["generate"].provenance["seed"] == 7
    # The same seed gives the same bytes; variants differ.
    assert installation.tiles(first) == installation.tiles(second)
    assert len(set(installation.tiles(first))) == 2


def test_job_survives_a_child_killed_during_a_stage(
    installation: Installation, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.touch()
    job = installation.design(f"fusion:kill-once:{token}")
    assert installation.ended(job) == ["succeeded"]
    assert sum(run.attempt for run in installation.runs(job).values()) == 5 + 1
    assert installation.effects(job) == 5


def test_poison_job_fails_without_affecting_others(installation: Installation) -> None:
    poison = installation.design("fusion:kill")
    raising = installation.design("caption:raise")
    siblings = [installation.design(f"design {number}") for number in range(3)]
    states = installation.ended(poison, raising, *siblings)
    assert states == ["failed", "failed", "succeeded", "succeeded", "succeeded"]
    error = installation.job(raising).error
    assert error is not None
    assert error["code"] == "stage_failed"
    assert "commanded to raise" in error["message"]
    given_up = installation.job(poison).error
    assert given_up is not None
    assert given_up["code"] == "attempts_used_up"


def test_slow_stage_fails_at_the_soft_time_limit(installation: Installation) -> None:
    job = installation.design("caption:sleep:30")
    assert installation.ended(job) == ["failed"]
    error = installation.job(job).error
    assert error is not None
    assert error["code"] == "time_limit"


def test_hung_call_is_killed_at_the_hard_time_limit(
    installation: Installation, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.touch()
    before = installation.child()
    job = installation.design(f"generate:hang-once:{token}")
    assert installation.ended(job) == ["succeeded"]
    assert sum(run.attempt for run in installation.runs(job).values()) == 5 + 1
    assert installation.child() != before
    assert "Timeout (0:00:04)" in installation.logged()  # the watchdog logged where it hung


@pytest.mark.parametrize("place", WORKER_FAILPOINTS)
def test_job_survives_a_kill_at_a_failpoint(installation: Installation, place: str) -> None:
    before = installation.child()
    token = installation.logs.parent / place
    token.touch()
    job = installation.design(f"black and white checks {place}")
    assert installation.ended(job) == ["succeeded"]
    installation.until(lambda: not token.exists())
    installation.until(lambda: installation.child_pids() not in ([], [before]))
    assert installation.effects(job) == 5


def test_duplicate_hints_do_nothing(installation: Installation) -> None:
    job = installation.design("red dots")
    for _ in range(20):
        broker.hint(installation.settings, "caption")
        broker.hint(installation.settings, "present")
    assert installation.ended(job) == ["succeeded"]
    assert installation.effects(job) == 5


def test_unreadable_messages_do_not_end_the_worker(installation: Installation) -> None:
    socket = installation.settings.broker_url.removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=socket) as client:
        for message in (b"\x80\x81", b"{", b"null", b'{"body": "x"}'):
            client.lpush("codesigner:caption", message)
    job = installation.design("yellow stars")
    assert installation.ended(job) == ["succeeded"]
