"""Mutants of the queue, each without one safeguard; the soak must fail with each.

Run: python -m tests.soak.mutants [name ...]   (a short soak for each; status 0: all were detected)
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from shared.db.models import Job, StageRun
from shared.jobs import submission as jobs
from shared.queue import claims, completion, transitions
from shared.queue import leases as queue
from shared.queue.recovery import reaper
from shared.storage import artifacts

__all__ = ["MUTANTS", "VARIABLE", "take_out_of_this_process"]

VARIABLE = "CODESIGNER_MUTANT"
Patch = Callable[[Any, str, Any], None]


def without_fence(patch: Patch) -> None:
    """Writes do not check the fence, so a worker that lost its claim can write."""

    def write(session: Session, claim: queue.Claim, *_: Any, **values: Any) -> None:
        session.execute(
            update(StageRun)
            .where(StageRun.id == claim.stage_run_id, StageRun.state == "running")
            .values(**values)
            .execution_options(synchronize_session=False)
        )

    patch(queue, "update_claimed", write)
    patch(completion, "_is_held", lambda _claim, job, run: run.state == "running")


def without_reaper_predicate(patch: Patch) -> None:
    """The reaper reads, and writes a moment later without checking the row again."""
    patch(
        reaper,
        "_EXPIRED",
        text("""
            WITH lapsed AS MATERIALIZED (
                SELECT s.id FROM stage_run s
                WHERE s.state = 'running' AND s.lease_until < statement_timestamp()
                  AND s.attempt < s.max_attempts LIMIT :limit),
            paused AS MATERIALIZED (
                SELECT pg_sleep(0.3) FROM lapsed HAVING count(*) > 0)
            UPDATE stage_run s SET state = 'ready', owner = NULL, lease_until = NULL,
                   run_until = NULL, enqueued_at = clock_timestamp()
            FROM lapsed, paused WHERE s.id = lapsed.id
            RETURNING s.job_id, s.stage, s.attempt, s.fence"""),
    )


def without_outbox(patch: Patch) -> None:
    """Hints are published but not written to the outbox."""
    for module in (transitions, completion):
        patch(module, "announce_each", lambda *_args, **_how: None)


def without_job_lock(patch: Patch) -> None:
    """Changes of one job do not lock its row."""

    def one(session: Session, job_id: str) -> Job | None:
        return session.get(Job, job_id, populate_existing=True)

    for module in (claims, jobs, reaper):
        patch(module, "lock_job", one)

    def several(session: Session, ids: Sequence[str]) -> dict[str, Job]:
        return {job_id: job for job_id in ids if (job := one(session, job_id)) is not None}

    patch(completion, "lock_jobs", several)


def without_bytes_first(patch: Patch) -> None:
    """The rows of a stage are written before its artifacts are stored."""
    from worker.execution.batch_executor import BatchExecutor

    waiting: list[tuple[Any, Sequence[bytes]]] = []
    put, finish = artifacts.ArtifactStore.put_many, BatchExecutor._finish

    def later(store: Any, contents: Sequence[bytes]) -> list[str]:
        import hashlib

        waiting.append((store, contents))
        return [hashlib.sha256(content).hexdigest() for content in contents]

    def finish_first(*arguments: Any) -> list[queue.Claim]:
        claims = finish(*arguments)
        while waiting:
            put(*waiting.pop())
        return claims

    patch(artifacts.ArtifactStore, "put_many", later)
    patch(BatchExecutor, "_finish", finish_first)


def without_release(patch: Patch) -> None:
    """A worker that was told to stop keeps its claims until their leases expire."""
    patch(queue, "release", lambda *_: None)


MUTANTS: Mapping[str, Callable[[Patch], None]] = {
    "fence": without_fence,
    "reaper-predicate": without_reaper_predicate,
    "outbox": without_outbox,
    "job-lock": without_job_lock,
    "bytes-first": without_bytes_first,
    "release": without_release,
}
_IN_WORKERS_ALONE = ("bytes-first",)
_SEEDS = (7, 8, 9)
"""A mutant fails by chance: a worker must be frozen at the right moment."""
_MINUTES = "10"
"""Enough for every fault to come, on a busy machine too."""


def take_out_of_this_process() -> None:
    """Remove the safeguard named in the environment from this process."""
    name = os.environ.get(VARIABLE)
    in_worker = "CODESIGNER_WORKER_NAME" in os.environ
    if name and (in_worker or name not in _IN_WORKERS_ALONE):
        MUTANTS[name](setattr)


def _fails_without(name: str, seed: int) -> bool:
    """Return whether the short soak of a seed fails without a safeguard."""
    import subprocess

    arguments = ["--seed", str(seed), "--short", "--minutes", _MINUTES, "--stop-at-first"]
    command = [sys.executable, "-m", "tests.soak", *arguments, "--without", name]
    return subprocess.run(command, check=False).returncode == 1


def main(names: list[str]) -> int:
    """Run the short soak with each mutant, until it fails; return 0 if each mutant failed."""
    unnoticed = []
    for name in names or MUTANTS:
        noticed = any(_fails_without(name, seed) for seed in _SEEDS)
        print(f"without {name}: {'noticed' if noticed else 'NOT NOTICED'}", flush=True)
        unnoticed += [] if noticed else [name]
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
