"""Tests of starts, kills and shutdowns of real Celery workers: none loses a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.broker import hints as broker
from shared.db.models import JobEvent
from shared.designs.parsing import record_json
from shared.jobs import submission as jobs
from shared.queue.leases import ArtifactRecord
from shared.queue.recovery.heartbeats import workers_ready
from shared.settings import PREFIX, Settings
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import OPTIONS, design
from tests.real_worker import Installation

PATIENCE = {f"{PREFIX}LEASE_S": "100"}
"""Leases that do not run out meanwhile."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def installation(
    settings: Settings, session_factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[Installation]:
    logs = tmp_path / "logs"
    logs.mkdir()
    found = Installation(settings, session_factory, logs)
    yield found
    found.stop()
    assert found.faults() == {}


def test_each_pool_consumes_only_the_hints_of_its_stages(installation: Installation) -> None:
    """Two pools with different stages finish a job together."""
    installation.start("relay")
    for stages in ("caption,vision", "fusion,generate", "draw,present"):
        installation.start("worker", CODESIGNER_WORKER_STAGES=stages)
    installation.until(installation.design_ready)
    for stage in ("present", "draw", "generate", "caption", "fusion"):
        broker.hint(installation.settings, stage)
    jobs_of = [installation.design(f"design {number}") for number in range(3)]
    assert installation.ended(*jobs_of) == ["succeeded"] * 3
    with installation.sessions() as session:
        told = session.scalars(select(JobEvent.body).where(JobEvent.kind == "stage.started"))
        owners = {(body["stage"], body["owner"].split("-cpu-")[0]) for body in told}
    assert owners == {
        ("caption", "caption-vision"),
        ("fusion", "fusion-generate"),
        ("generate", "fusion-generate"),
        ("draw", "draw-present"),
        ("present", "draw-present"),
    }


def test_several_cpu_workers_have_distinct_names(installation: Installation) -> None:
    cores = len(os.sched_getaffinity(0))
    worker = installation.start("worker", CODESIGNER_DEVICES=f"cpu:{cores}")
    installation.start("relay")

    def ready() -> list[str]:
        with installation.sessions() as session:
            return [each.name.split("@")[0] for each in workers_ready(session, "gpu")]

    installation.until(lambda: len(ready()) == cores)
    assert ready() == [f"cpu-gpu-cpu{index}-{worker.pid}" for index in range(cores)]
    job = installation.design("blue stripes")
    assert installation.ended(job) == ["succeeded"]
    worker.terminate()
    assert worker.wait(timeout=60) == 0
    assert ready() == []


@pytest.mark.parametrize(
    ("command", "same_child"), [("sleep:90", True), ("grind-once:{token}", False)]
)
def test_cancel_stops_the_computation(
    installation: Installation, tmp_path: Path, command: str, same_child: bool
) -> None:
    """Cancel interrupts the computation, or ends a child that ignores the interruption."""
    installation.start_all(CODESIGNER_STAGES="stages_for_worker:PATIENT", **PATIENCE)
    before = installation.child()
    token = tmp_path / "token"
    token.touch()
    job = installation.design("generate:" + command.format(token=token))
    installation.until(lambda: installation.runs(job)["generate"].state == "running")
    if not same_child:
        installation.until(lambda: not token.exists())
    with installation.sessions.begin() as session:
        jobs.cancel(session, job)
    cancelled_at = time.monotonic()
    other = installation.design("green waves")
    assert installation.ended(other) == ["succeeded"]
    assert time.monotonic() - cancelled_at < 40  # instead of 90 s, with a lease and limits of 100 s
    assert (installation.child() == before) == same_child

    ended = installation.job(job)
    assert (ended.state, ended.error) == ("cancelled", None)
    assert installation.tiles(job) == []
    states = {name: run.state for name, run in installation.runs(job).items()}
    assert (states["fusion"], states["generate"], states["draw"]) == ("done", *["skipped"] * 2)
    with installation.sessions() as session:
        told = [each.kind for each in jobs.events_after(session, job, 0)]
    assert told[-1] == "job.cancelled"
    assert installation.effects(job) == 2


def test_job_survives_the_kill_of_a_whole_worker(installation: Installation) -> None:
    worker = installation.start_all()
    job = installation.design("caption:sleep:1.5")
    installation.until(lambda: installation.stage(job, "caption").state == "running")
    worker.send_signal(signal.SIGKILL)
    installation.start("worker")
    assert installation.ended(job) == ["succeeded"]
    assert installation.stage(job, "caption").attempt == 2


def test_warm_shutdown_uses_up_no_attempt(installation: Installation) -> None:
    worker = installation.start_all()
    job = installation.design("caption:sleep:1.5")
    installation.until(lambda: installation.stage(job, "caption").state == "running")
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
    job = installation.design("caption:sleep:90")
    installation.until(lambda: installation.stage(job, "caption").state == "running")
    worker.terminate()
    assert worker.wait(timeout=40) == 0
    given_back = installation.stage(job, "caption")
    assert (given_back.state, given_back.attempt, given_back.fence) == ("ready", 0, 1)


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
    job = installation.design("purple plaid")
    socket = installation.settings.broker_url.removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=socket) as client:
        time.sleep(3)
        assert client.llen("codesigner:caption") == 1
        loading.unlink()
    assert installation.ended(job) == ["succeeded"]


def _mapped(pid: int) -> str:
    """Return the files that a process has mapped, with its libraries."""
    return Path(f"/proc/{pid}/maps").read_text()


def test_drawers_render_without_torch_and_are_healthy(
    installation: Installation, artifact_store: ArtifactStore
) -> None:
    """Start the command of `codesigner up` and draw a record with the real stages."""
    record = artifact_store.put(record_json(design()).encode())
    file = ArtifactRecord(
        kind="design", variant=0, sha256=record, media_type="application/json", size_bytes=1
    )
    environment = installation.environment() | {
        "CODESIGNER_ARTIFACTS_URL": artifact_store.url,
        "CODESIGNER_STAGES": "worker.stages:TABLE",
        "CODESIGNER_WORKER_STAGES": "",
    }
    healthy = [sys.executable, "-m", "codesigner", "healthy", "--queue"]

    def is_healthy(queue: str) -> bool:
        done = subprocess.run([*healthy, queue], env=environment, capture_output=True, check=False)
        return done.returncode == 0

    assert not is_healthy("cpu")
    installation.start("relay")
    drawer = installation.start("drawer", **environment)
    installation.until(lambda: is_healthy("cpu"))
    assert not is_healthy("gpu")
    with installation.sessions() as session:
        (worker,) = workers_ready(session, "cpu")
        assert worker.stages == ["draw", "present", "print", "render", "export"]
        assert worker.roles == []
    job = installation.submit(
        pipeline="render",
        brief="",
        options=OPTIONS | {"product": "mug", "size": 64},
        design=jobs.DesignInput(understood={"language": "en"}),
        artifacts=(file,),
    )
    assert installation.ended(job.id) == ["succeeded"]
    kinds = {each["kind"] for each in installation.document(job.id)["artifacts"]}
    assert kinds == {"design", "tile", "vector", "sketch", "thumbnail", "preview"}
    children = psutil.Process(drawer.pid).children(recursive=True)
    assert children
    mapped = [_mapped(each.pid) for each in (drawer, *children)]
    assert any("numpy" in each for each in mapped)  # which draws
    assert not any("torch" in each for each in mapped)
