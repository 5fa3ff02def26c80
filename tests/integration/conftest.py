"""Fixtures: a `Work` helper that submits, claims and finishes jobs, and an S3 server."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import fsspec
import pytest
from s3fs import S3FileSystem
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.ids import new_id
from shared.db.models import Job, JobEvent, Outbox, StageRun
from shared.jobs import submission as jobs
from shared.pipelines import PIPELINES
from shared.queue import leases as queue

SHA = "ab" * 32
BRIEF = "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"
OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.6,
    "size": 256,
}
_TIMES = {
    "stage_run": ("lease_until", "run_until", "enqueued_at", "not_before"),
    "outbox": ("sent_at", "due_at"),
    "job": ("deadline", "expires_at", "not_before"),
    "worker_heartbeat": ("seen_at",),
}


class Work:
    """Queue operations on one database; each call is a transaction of its own."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction that is committed at its end."""
        with self.sessions.begin() as session:
            yield session

    def submit(self, **asked: Any) -> Job:
        (job,) = self.submit_many(1, **asked)
        return job

    def submit_many(self, number: int, **asked: Any) -> list[Job]:
        asked = {"brief": BRIEF, "options": OPTIONS, "model_versions": {}} | asked
        with self.session() as session:
            return [jobs.submit(session, jobs.Submission(**asked)) for _ in range(number)]

    def claim(self, stage: str = "caption", owner: str = "w1", **how: Any) -> list[queue.Claim]:
        with self.session() as session:
            return queue.claim(session, stage, owner, **how)

    def one(self, stage: str = "caption", **how: Any) -> queue.Claim:
        (claim,) = self.claim(stage, **how)
        return claim

    def finish(self, claim: queue.Claim, **made: Any) -> None:
        with self.session() as session:
            queue.finish(session, claim, output(**made))

    def run(self, job: Job) -> None:
        """Run all remaining stages of a job."""
        for spec in PIPELINES[job.pipeline].stages:
            if self.stage(job.id, spec.name).state == "ready":
                self.finish(self.one(spec.name))

    def job(self, job_id: str) -> Job:
        with self.session() as session:
            return jobs.get_job(session, job_id)

    def stage(self, job_id: str, stage: str) -> StageRun:
        with self.session() as session:
            return session.scalars(
                select(StageRun).where(StageRun.job_id == job_id, StageRun.stage == stage)
            ).one()

    def document(self, job_id: str) -> dict[str, Any]:
        with self.session() as session:
            return jobs.job_document(session, jobs.get_job(session, job_id))

    def events(self, job_id: str, after: int = 0) -> list[JobEvent]:
        with self.session() as session:
            return list(jobs.events_after(session, job_id, after))

    def kinds(self, job_id: str) -> list[str]:
        return [event.kind for event in self.events(job_id)]

    def hints(self) -> list[str]:
        """Return the stages of all unsent hints and mark the hints as sent."""
        with self.session() as session:
            rows = queue.unsent(session)
            queue.mark_sent(session, [row.id for row in rows])
            return [row.stage for row in rows]

    def reap(self, **how: Any) -> queue.Reaped:
        with self.session() as session:
            return queue.reap(session, **how)

    def pass_time(self, seconds: float) -> None:
        """Move all recorded times back by so many seconds, by the database's clock."""
        with self.session() as session:
            for table, columns in _TIMES.items():
                earlier = ", ".join(f"{c} = {c} - make_interval(secs => :s)" for c in columns)
                session.execute(text(f"UPDATE {table} SET {earlier}"), {"s": seconds})

    def unsent(self) -> int:
        with self.session() as session:
            return len(session.scalars(select(Outbox).where(Outbox.sent_at.is_(None))).all())

    def faults(self) -> dict[str, int]:
        """Return the violated invariants with their counts."""
        with self.session() as session:
            return {name: n for name, n in queue.check_invariants(session).items() if n}


def output(**made: Any) -> queue.StageOutput:
    """Return the output of a stage, by default without files."""
    asked = {"output_sha256": SHA, "output_media_type": "application/json"} | made
    return queue.StageOutput(**asked)


@pytest.fixture
def work(session_factory: sessionmaker[Session]) -> Iterator[Work]:
    """Return a `Work` helper; check all invariants after the test."""
    hands = Work(session_factory)
    yield hands
    assert hands.faults() == {}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Start an S3 server and return its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_for(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            log.seek(0)
            assert server.poll() is None, log.read().decode()
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Create a bucket and return its URL; set endpoint and credentials for botocore."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"designs-{new_id()}"
    files = fsspec.filesystem("s3")
    files.mkdir(name)
    yield f"s3://{name}/below"
    S3FileSystem.clear_instance_cache()
