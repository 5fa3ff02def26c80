"""Benchmark of claiming and polling with a million finished and 100,000 waiting jobs.

Run: python -m benchmarks.size [--finished 1000000] [--waiting 100000] [--tries 60]

Compared with a database that holds only the jobs to be claimed, in alternation.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.installation import database, new_home, servers
from benchmarks.report import Row, command, ratio
from codesigner.embedded_servers import EmbeddedPostgres
from codesigner.supervisor import Supervisor
from shared.db.engine import engine_for, sessions
from shared.db.models import Job
from shared.jobs.serializers import job_document
from shared.queue import leases as queue
from web.db.queries import head_of

__all__ = ["fill", "measure"]

SMALL = {"finished": 2000, "waiting": 1000, "tries": 6}
_BATCH = 8
_OWNERS = 1000
_A_PART = 100_000
_ID = "lpad(to_hex(n / 65536), 8, '0') || '-' || lpad(to_hex(n % 65536), 4, '0')"

_FILL = text(f"""
WITH written AS (
    INSERT INTO job (id, pipeline, state, owner, turn, brief, options, version, created_at,
                     started_at, finished_at, not_before)
    SELECT {_ID} || '-4000-8000-' || lpad(to_hex(n), 12, '0'),
           'design', CASE WHEN :done THEN 'succeeded' ELSE 'queued' END, 'owner ' || n % :owners,
           n / :owners, 'a mug with candy stripes, pink and mint', CAST(:options AS jsonb),
           CASE WHEN :done THEN 9 ELSE 1 END, at, CASE WHEN :done THEN at END,
           CASE WHEN :done THEN at END,
           CASE WHEN :later THEN clock_timestamp() + interval '1 day' END
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n,
         LATERAL (SELECT clock_timestamp() - make_interval(secs => (:last - n) / 10.0) AS at) AS age
    RETURNING id, turn, created_at, started_at, finished_at, not_before
)
INSERT INTO stage_run (job_id, stage, position, queue, state, turn, max_attempts, attempt,
                       enqueued_at, started_at, finished_at, compute_s, not_before)
SELECT j.id, s.stage, s.position, s.queue,
       CASE WHEN s.position = 1 THEN 'skipped' WHEN :done THEN 'done'
            WHEN s.position = 0 THEN 'ready' ELSE 'waiting' END,
       j.turn, 3, CASE WHEN :done AND s.position <> 1 THEN 1 ELSE 0 END, j.created_at,
       j.started_at, j.finished_at, CASE WHEN :done THEN 0.4 END,
       CASE WHEN s.position = 0 THEN j.not_before END
FROM written j CROSS JOIN (
    VALUES ('caption', 0, 'gpu'), ('vision', 1, 'gpu'), ('fusion', 2, 'gpu'),
           ('generate', 3, 'gpu'), ('draw', 4, 'cpu'), ('present', 5, 'cpu')
) AS s (stage, position, queue)
""")
_OPTIONS = json.dumps(
    {"variants": 4, "seed": 1, "product": "mug", "reference_strength": 0.6, "size": 256}
)
_MIDDLE = text("""
SELECT job_id FROM stage_run WHERE state = 'ready' ORDER BY turn, id
OFFSET (SELECT count(*) / 2 FROM stage_run WHERE state = 'ready') LIMIT 1
""")


def fill(session: Session, *, finished: int, waiting: int, later: bool = False) -> None:
    """Insert finished and waiting jobs of a thousand owners.

    Args:
        later: the waiting jobs may not start today.
    """
    session.execute(text("SET statement_timeout = 0"))
    session.execute(text("SET synchronous_commit = off"))
    parts = [(True, start, min(start + _A_PART, finished)) for start in range(0, finished, _A_PART)]
    if waiting:
        parts.append((False, finished, finished + waiting))
    for done, start, end in parts:
        given = {"done": done, "first": start, "last": end - 1, "owners": _OWNERS, "later": later}
        session.execute(_FILL, given | {"options": _OPTIONS})
        session.commit()
    session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    session.execute(text("VACUUM ANALYZE"))


def _timed(act: Callable[[], object]) -> float:
    """Return the milliseconds of an action including its commit."""
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def _acts(made: sessionmaker[Session]) -> dict[str, Callable[[], object]]:
    autocommit = made.kw["bind"].execution_options(isolation_level="AUTOCOMMIT")
    with made() as session:
        job_id = session.scalars(_MIDDLE).one()

    def whole_job() -> None:
        with made() as session:
            job_document(session, session.get_one(Job, job_id))

    def claim() -> None:
        with made.begin() as session:
            queue.claim(session, "caption", "w", _BATCH)

    return {
        "claim of eight": claim,
        "poll, nothing new": lambda: head_of(autocommit, job_id),
        "poll, whole job": whole_job,
    }


def _compared(full: sessionmaker[Session], empty: sessionmaker[Session], tries: int) -> list[Row]:
    rows = []
    acts = {"full": _acts(full), "empty": _acts(empty)}
    for name, act in acts["full"].items():
        other = acts["empty"][name]
        times = [(_timed(act), _timed(other)) for _ in range(tries)]
        filled, bare = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"  {name}: {filled:.2f} ms, empty {bare:.2f} ms", flush=True)
        rows += [
            Row(
                name=f"size: {name}, against an empty database",
                value=ratio([filled], [bare]),
                unit="x",
                better="lower",
                goal=1.5,
            ),
            Row(name=f"size: {name}", value=filled, unit="ms", better="lower"),
        ]
    return rows


def measure(finished: int = 1_000_000, waiting: int = 100_000, tries: int = 60) -> list[Row]:
    """Fill one database, keep the other nearly empty, and measure both in alternation."""
    with new_home() as home, servers(home, Supervisor(home=home), broker=False):
        url = EmbeddedPostgres(home=home).url
        bound = engine_for(url)
        full = sessions(bound)
        with database(url, "bare") as empty:
            for made, ended, left in ((full, finished, waiting), (empty, 0, tries * _BATCH * 2)):
                began = time.monotonic()
                with made() as session:
                    fill(session, finished=ended, waiting=left)
                print(f"  filled in {time.monotonic() - began:.0f} s", flush=True)
            rows = _compared(full, empty, tries)
        bound.dispose()
    return rows


if __name__ == "__main__":
    command("size", measure)
