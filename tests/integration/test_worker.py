"""Tests of a real Celery worker (prefork, spawn) on real servers: no kill loses a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.broker import hints as broker
from shared.db.models import Artifact, Job, JobEvent, StageRun
from shared.jobs.submission import Submission, cancel, events_after, submit
from shared.queue.recovery.heartbeats import unserved, workers_ready
from shared.queue.recovery.invariants import check_invariants
from shared.settings import PREFIX, Settings

HERE = Path(__file__).parent
OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.5,
    "size": 64,
}
WAIT_S = 120.0
PATIENCE = {f"{PREFIX}LEASE_S": "100"}
"""Leases that do not run out meanwhile."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Installation:
    """Submits jobs, and runs workers and relays on the test's servers."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session], logs: Path) -> None:
        self.settings = settings
        self.sessions = sessions
        self.logs = logs
        self._running: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        root = HERE.parent.parent
        told = {
            "HOME": self.settings.home,
            "DATABASE_URL": self.settings.database_url,
            "BROKER_URL": self.settings.broker_url,
            "DEVICES": "cpu",
            "WORKER_THREADS": "1",
            "LEASE_S": "8",
            "REAP_INTERVAL_S": "0.3",
            "RELAY_INTERVAL_S": "0.1",
            "READY_TIMEOUT_S": "3",
            "STAGES": "stages_for_worker:STAGES",
        }
        path = os.pathsep.join([str(root), str(HERE)])
        named = {f"{PREFIX}{name}": str(value) for name, value in told.items()}
        return os.environ | named | {"PYTHONPATH": path}

    def start(self, what: str, **environment: str) -> subprocess.Popen[bytes]:
        code = {
            "worker": "from shared.settings import load_settings as s\n"
            "from worker.runtime.launch import run_workers\n"
            "from shared.pipelines import parse_stages, stages_of\n"
            "stages = parse_stages(s().worker_stages) or stages_of(['gpu'])\n"
            "raise SystemExit(run_workers(s(), s().devices, stages))",
            "relay": "from shared.settings import load_settings as s\n"
            "from worker.relay.relay import run_relay\nrun_relay(s())",
        }[what]
        log = (self.logs / f"{what}-{len(self._running)}.log").open("wb")
        started = subprocess.Popen(
            [sys.executable, "-c", code],
            env=self.environment() | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self._running.append(started)
        return started

    def start_all(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a relay and a worker, and wait until the worker is ready."""
        self.start("relay")
        worker = self.start("worker", **environment)
        self.until(self.worker_ready)
        return worker

    def worker_ready(self) -> bool:
        with self.sessions() as session:
            return bool(workers_ready(session, "gpu"))

    def design_ready(self) -> bool:
        with self.sessions() as session:
            return not unserved(session)

    def child_of(self, worker: subprocess.Popen[bytes]) -> psutil.Process:
        """Return the pool child of a worker."""
        found = [
            each
            for each in psutil.Process(worker.pid).children()
            if "_tracker" not in " ".join(each.cmdline())
        ]
        assert len(found) == 1, found
        return found[0]

    def submit(self, brief: str, **options: int) -> str:
        submission = Submission(brief=brief, options=OPTIONS | options, model_versions={})
        with self.sessions.begin() as session:
            job_id = submit(session, submission).id
        broker.hint(self.settings, "caption")
        return job_id

    def job(self, job_id: str) -> Job:
        with self.sessions() as session:
            return session.get_one(Job, job_id)

    def runs(self, job_id: str) -> dict[str, StageRun]:
        with self.sessions() as session:
            rows = session.scalars(select(StageRun).where(StageRun.job_id == job_id))
            return {row.stage: row for row in rows}

    def tiles(self, job_id: str) -> list[str]:
        with self.sessions() as session:
            made = select(Artifact.sha256).where(Artifact.job_id == job_id, Artifact.kind == "tile")
            return list(session.scalars(made.order_by(Artifact.variant)))

    def effects(self, job_id: str) -> int:
        with self.sessions() as session:
            done = select(func.count()).where(
                JobEvent.job_id == job_id, JobEvent.kind == "stage.done"
            )
            return session.execute(done).scalar_one()

    def until(self, so: Callable[[], bool], within_s: float = WAIT_S) -> None:
        end = time.monotonic() + within_s
        while not so():
            ended = (None, 0, -signal.SIGKILL)  # exit codes that tests cause
            dead = [each for each in self._running if each.poll() not in ended]
            if time.monotonic() > end or dead:
                raise TimeoutError(self.tail())
            time.sleep(0.1)

    def ended(self, *job_ids: str) -> list[str]:
        """Wait until these jobs have ended; return their states."""
        self.until(lambda: all(self.job(each).finished_at is not None for each in job_ids))
        return [self.job(each).state for each in job_ids]

    def logged(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.logs.iterdir()))

    def tail(self) -> str:
        return "\n".join(path.read_text()[-6000:] for path in sorted(self.logs.iterdir()))

    def holds(self) -> None:
        with self.sessions() as session:
            assert not any(check_invariants(session).values())

    def stop(self) -> None:
        for each in self._running:
            if each.poll() is None:
                each.terminate()
        for each in self._running:
            try:
                each.wait(timeout=20)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


@pytest.fixture
def installation(
    settings: Settings, session_factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[Installation]:
    logs = tmp_path / "logs"
    logs.mkdir()
    found = Installation(settings, session_factory, logs)
    yield found
    found.stop()


def test_jobs_run_through_all_stages(installation: Installation) -> None:
    installation.start_all()
    first, second = (installation.submit("blue stripes") for _ in range(2))
    assert installation.ended(first, second) == ["succeeded", "succeeded"]
    runs = installation.runs(first)
    assert {name: run.state for name, run in runs.items()} == {
        "caption": "done",
        "vision": "skipped",
        "fusion": "done",
        "generate": "done",
        "present": "done",
    }
    assert installation.job(first).description == "described: blue stripes"
    assert runs["generate"].provenance["seed"] == 7
    # The same seed gives the same bytes; variants differ.
    assert installation.tiles(first) == installation.tiles(second)
    assert len(set(installation.tiles(first))) == 2
    installation.holds()


def test_each_pool_consumes_only_the_hints_of_its_stages(installation: Installation) -> None:
    """Two pools with different stages finish a job together."""
    installation.start("relay")
    for stages in ("caption,vision", "fusion,generate", "present"):
        installation.start("worker", CODESIGNER_WORKER_STAGES=stages)
    installation.until(installation.design_ready)
    for stage in ("present", "generate", "caption", "fusion"):
        broker.hint(installation.settings, stage)
    jobs_of = [installation.submit(f"design {number}") for number in range(3)]
    assert installation.ended(*jobs_of) == ["succeeded"] * 3
    with installation.sessions() as session:
        told = session.scalars(select(JobEvent.body).where(JobEvent.kind == "stage.started"))
        owners = {(body["stage"], body["owner"].split("-cpu-")[0]) for body in told}
    assert owners == {
        ("caption", "caption-vision"),
        ("fusion", "fusion-generate"),
        ("generate", "fusion-generate"),
        ("present", "present"),
    }
    installation.holds()


def test_several_cpu_workers_have_distinct_names(installation: Installation) -> None:
    cores = len(os.sched_getaffinity(0))
    worker = installation.start("worker", CODESIGNER_DEVICES=f"cpu:{cores}")
    installation.start("relay")

    def ready() -> list[str]:
        with installation.sessions() as session:
            return [each.name.split("@")[0] for each in workers_ready(session, "gpu")]

    installation.until(lambda: len(ready()) == cores)
    assert ready() == [f"gpu-cpu{index}-{worker.pid}" for index in range(cores)]
    job = installation.submit("blue stripes")
    assert installation.ended(job) == ["succeeded"]
    worker.terminate()
    assert worker.wait(timeout=60) == 0
    assert ready() == []


def test_job_survives_a_child_killed_during_a_stage(
    installation: Installation, tmp_path: Path
) -> None:
    installation.start_all()
    token = tmp_path / "token"
    token.touch()
    job = installation.submit(f"fusion:kill-once:{token}")
    assert installation.ended(job) == ["succeeded"]
    assert sum(run.attempt for run in installation.runs(job).values()) == 4 + 1
    assert installation.effects(job) == 4
    installation.holds()


def test_poison_job_fails_without_affecting_others(installation: Installation) -> None:
    installation.start_all()
    poison = installation.submit("fusion:kill")
    raising = installation.submit("caption:raise")
    siblings = [installation.submit(f"design {number}") for number in range(3)]
    states = installation.ended(poison, raising, *siblings)
    assert states == ["failed", "failed", "succeeded", "succeeded", "succeeded"]
    error = installation.job(raising).error
    assert error is not None
    assert error["code"] == "stage_failed"
    assert "commanded to raise" in error["message"]
    given_up = installation.job(poison).error
    assert given_up is not None
    assert given_up["code"] == "attempts_used_up"
    installation.holds()


def test_slow_stage_fails_at_the_soft_time_limit(installation: Installation) -> None:
    installation.start_all()
    job = installation.submit("caption:sleep:30")
    assert installation.ended(job) == ["failed"]
    error = installation.job(job).error
    assert error is not None
    assert error["code"] == "time_limit"


def test_hung_call_is_killed_at_the_hard_time_limit(
    installation: Installation, tmp_path: Path
) -> None:
    worker = installation.start_all()
    token = tmp_path / "token"
    token.touch()
    before = installation.child_of(worker).pid
    job = installation.submit(f"generate:hang-once:{token}")
    assert installation.ended(job) == ["succeeded"]
    assert sum(run.attempt for run in installation.runs(job).values()) == 4 + 1
    assert installation.child_of(worker).pid != before
    assert "Timeout (0:00:04)" in installation.logged()  # the watchdog logged where it hung


def test_duplicate_hints_do_nothing(installation: Installation) -> None:
    installation.start_all()
    job = installation.submit("red dots")
    for _ in range(20):
        broker.hint(installation.settings, "caption")
        broker.hint(installation.settings, "present")
    assert installation.ended(job) == ["succeeded"]
    assert installation.effects(job) == 4
    installation.holds()


@pytest.mark.parametrize(
    ("command", "same_child"), [("sleep:90", True), ("grind-once:{token}", False)]
)
def test_cancel_stops_the_computation(
    installation: Installation, tmp_path: Path, command: str, same_child: bool
) -> None:
    """Cancel interrupts the computation, or ends a child that ignores the interruption."""
    worker = installation.start_all(CODESIGNER_STAGES="stages_for_worker:PATIENT", **PATIENCE)
    before = installation.child_of(worker).pid
    token = tmp_path / "token"
    token.touch()
    job = installation.submit("generate:" + command.format(token=token))
    installation.until(lambda: installation.runs(job)["generate"].state == "running")
    if not same_child:
        installation.until(lambda: not token.exists())
    with installation.sessions.begin() as session:
        cancel(session, job)
    cancelled_at = time.monotonic()
    other = installation.submit("green waves")
    assert installation.ended(other) == ["succeeded"]
    assert time.monotonic() - cancelled_at < 40  # instead of 90 s, with a lease and limits of 100 s
    assert (installation.child_of(worker).pid == before) == same_child

    ended = installation.job(job)
    assert (ended.state, ended.error) == ("cancelled", None)
    assert installation.tiles(job) == []
    states = {name: run.state for name, run in installation.runs(job).items()}
    assert (states["fusion"], states["generate"], states["present"]) == ("done", *["skipped"] * 2)
    with installation.sessions() as session:
        told = [each.kind for each in events_after(session, job, 0)]
    assert told[-1] == "job.cancelled"
    assert installation.effects(job) == 2
    installation.holds()


@pytest.mark.parametrize(
    "place", ["claimed", "stored", "before-commit", "after-commit", "before-ack"]
)
def test_job_survives_a_kill_at_a_fail_point(
    installation: Installation, tmp_path: Path, place: str
) -> None:
    token = tmp_path / "token"
    token.touch()
    installation.start_all(CODESIGNER_FAILPOINTS=f"{place}:{token}")
    job = installation.submit("black and white checks")
    assert installation.ended(job) == ["succeeded"]
    installation.until(lambda: not token.exists())
    assert installation.effects(job) == 4
    installation.holds()


def test_job_survives_the_kill_of_a_whole_worker(installation: Installation) -> None:
    worker = installation.start_all()
    job = installation.submit("caption:sleep:1.5")
    installation.until(lambda: installation.runs(job)["caption"].state == "running")
    worker.send_signal(signal.SIGKILL)
    installation.start("worker")
    assert installation.ended(job) == ["succeeded"]
    assert installation.runs(job)["caption"].attempt == 2
    installation.holds()


def test_warm_shutdown_uses_up_no_attempt(installation: Installation) -> None:
    worker = installation.start_all()
    job = installation.submit("caption:sleep:1.5")
    installation.until(lambda: installation.runs(job)["caption"].state == "running")
    worker.terminate()
    assert worker.wait(timeout=30) == 0
    # It finished started work, or released what it had only claimed.
    left = {name: run.state for name, run in installation.runs(job).items()}
    assert left["fusion" if left["caption"] == "done" else "caption"] == "ready"
    installation.start("worker")
    assert installation.ended(job) == ["succeeded"]
    assert {run.attempt for run in installation.runs(job).values()} == {0, 1}


def test_warm_shutdown_releases_long_running_claims(installation: Installation) -> None:
    worker = installation.start_all(
        CODESIGNER_STAGES="stages_for_worker:PATIENT", CODESIGNER_DRAIN_S="0.5", **PATIENCE
    )
    job = installation.submit("caption:sleep:90")
    installation.until(lambda: installation.runs(job)["caption"].state == "running")
    worker.terminate()
    assert worker.wait(timeout=40) == 0
    given_back = installation.runs(job)["caption"]
    assert (given_back.state, given_back.attempt, given_back.fence) == ("ready", 0, 1)
    installation.holds()


def test_unreadable_messages_do_not_end_the_worker(installation: Installation) -> None:
    worker = installation.start_all()
    socket = installation.settings.broker_url.removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=socket) as client:
        for message in (b"\x80\x81", b"{", b"null", b'{"body": "x"}'):
            client.lpush("codesigner:caption", message)
    job = installation.submit("yellow stars")
    assert installation.ended(job) == ["succeeded"]
    assert worker.poll() is None


def test_worker_that_is_loading_leaves_messages_to_others(
    installation: Installation, tmp_path: Path
) -> None:
    loading = tmp_path / "loading"
    loading.write_text("600")
    installation.start(
        "worker",
        CODESIGNER_STAGES="tests.soak.stages:STAGES",
        CODESIGNER_SOAK_LOADING=str(loading),
        CODESIGNER_SOAK_LIMITS="2,4",
    )
    installation.until(lambda: " ready.\n" in installation.logged())  # the parent process
    job = installation.submit("purple plaid")
    socket = installation.settings.broker_url.removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=socket) as client:
        time.sleep(3)
        assert client.llen("codesigner:caption") == 1
        loading.unlink()
    assert installation.ended(job) == ["succeeded"]
