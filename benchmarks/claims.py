"""Measure the statements of the queue with many jobs waiting, on a PostgreSQL of its own.

Run: python -m benchmarks.claims [--jobs 100000] [--owners 1000]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

import migrations
from codesigner.embedded import EmbeddedPostgres
from codesigner.home import Home
from codesigner.services import command_line
from shared import claims, jobs, queue
from shared.database import engine_for, sessions
from shared.documents import job_document
from shared.rows import Job

_TRIES = 30

_FILL = """
INSERT INTO job (id, pipeline, owner, turn, options, version)
SELECT lpad(to_hex(n), 32, '0'), 'design', 'owner ' || n % :owners, n / :owners, '{}', 1
FROM generate_series(0, :jobs - 1) AS n
"""
_FILL_STAGES = """
INSERT INTO stage_run (job_id, stage, position, queue, state, turn, max_attempts, enqueued_at)
SELECT j.id, s.stage, s.position, 'gpu', CASE s.position WHEN 0 THEN 'ready' ELSE 'waiting' END,
       j.turn, 3, clock_timestamp()
FROM job j CROSS JOIN (VALUES ('caption', 0), ('fusion', 1), ('generate', 2), ('present', 3))
     AS s (stage, position)
ORDER BY j.id, s.position
"""

_LAST = text("SELECT job_id FROM stage_run WHERE state = 'ready' ORDER BY turn DESC LIMIT 1")


@contextmanager
def database() -> Iterator[sessionmaker[Session]]:
    """Run a server as `codesigner up` does, with an empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="cds-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Home(path=Path(folder) / "h")
        home.prepare()
        server = EmbeddedPostgres(home=home)
        server.prepare()
        service = server.service()
        with subprocess.Popen(command_line(service), stderr=subprocess.DEVNULL) as process:
            while service.ready is not None and not service.ready():
                time.sleep(0.1)
            server.create_database()
            migrations.upgrade(server.url)
            bound = engine_for(server.url)
            yield sessions(bound)
            bound.dispose()
            process.send_signal(service.stop_signal)


def timed(name: str, made: sessionmaker[Session], act: Callable[[Session], object]) -> None:
    """Print how long an act takes with its commit: median and slowest of 30 tries."""
    took = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        with made.begin() as session:
            act(session)
        took.append(1000 * (time.perf_counter() - began))
    print(f"{name:<34} {statistics.median(took):7.2f} ms, slowest {max(took):7.2f} ms")


def explained(made: sessionmaker[Session], limit: int) -> None:
    """Print how PostgreSQL runs a claim."""
    statement = text(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {claims.CLAIM.text}")
    given = {"stage": "caption", "owner": "w", "limit": limit, "lease_s": 60, "limit_s": 120}
    with made() as session:
        for line in session.scalars(statement, given):
            print(f"    {line}")
        session.rollback()


def main() -> None:
    """Fill the database and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--owners", type=int, default=1_000)
    asked = parser.parse_args()
    with database() as made:
        with made.begin() as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text(_FILL), {"jobs": asked.jobs, "owners": asked.owners})
            session.execute(text(_FILL_STAGES))
        with made() as session:
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            session.execute(text("VACUUM ANALYZE"))
        print(f"{asked.jobs} jobs of {asked.owners} owners wait")
        for limit in (1, 8):
            explained(made, limit)
            timed(f"claim {limit}", made, lambda s, n=limit: queue.claim(s, "caption", "w", n))
        asks = jobs.Submission(options={}, model_versions={}, owner="owner 7")
        limits = jobs.Limits(queue=10**9, owner=10**9)
        timed("submit, both limits counted", made, lambda s: jobs.submit(s, asks, limits))
        with made() as session:
            last = session.scalars(_LAST).one()
        timed("the last in line described", made, lambda s: job_document(s, s.get_one(Job, last)))
        timed("a look of the reaper", made, queue.reap)


if __name__ == "__main__":
    main()
