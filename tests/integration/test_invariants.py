"""Tests that each invariant counts the violation it is meant for."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue.recovery.invariants import INVARIANTS, check_invariants

MADE = queue.StageOutput(output_sha256="ab" * 32, output_media_type="application/json")

FAULTS = {
    "active_without_work": "UPDATE stage_run SET state = 'waiting' WHERE state = 'ready'",
    "ended_with_open_stage": "UPDATE job SET state = 'failed', finished_at = now()",
    "succeeded_without_all_done": "UPDATE job SET state = 'succeeded', finished_at = now()",
    "two_stages_at_once": "UPDATE stage_run SET state = 'ready' WHERE state = 'waiting'",
    "double_effects": "INSERT INTO job_event (job_id, seq, kind, body)"
    " SELECT job_id, 99, kind, body FROM job_event WHERE kind = 'stage.done'",
    "done_without_effect": "UPDATE stage_run SET state = 'done' WHERE stage = 'fusion'",
    "stale_writes": "INSERT INTO job_event (job_id, seq, kind, body)"
    ' SELECT job_id, 99, \'stage.done\', \'{"stage": "caption", "fence": 0}\' FROM stage_run'
    " WHERE stage = 'caption'",
    "events_after_end": "INSERT INTO job_event (job_id, seq, kind)"
    " SELECT id, 98 + n, 'job.cancelled' FROM job, generate_series(0, 1) AS n",
    "version_gaps": "UPDATE job SET version = version + 1",
    "artifacts_of_no_effect": "INSERT INTO artifact"
    " (job_id, stage, kind, variant, sha256, media_type, size_bytes)"
    " SELECT id, 'present', 'sketch', 0, '', '', 0 FROM job",
    "lease_past_its_limit": "UPDATE stage_run SET state = 'running', lease_until = now(),"
    " run_until = now() - interval '1 s' WHERE state = 'ready'",
}


@pytest.fixture
def session(session_factory: sessionmaker[Session]) -> Any:
    """Open a transaction with one job in progress, and roll it back afterwards."""
    with session_factory() as opened:
        jobs.submit(opened, jobs.Submission(options={}, model_versions={}))
        (claim,) = queue.claim(opened, "caption", "w")
        queue.finish(opened, claim, MADE)
        opened.flush()
        yield opened
        opened.rollback()


def test_no_violation_without_a_fault(session: Session) -> None:
    for lately_s in (None, 3600.0):
        assert set(check_invariants(session, lately_s=lately_s).values()) == {0}


@pytest.mark.parametrize("name", INVARIANTS)
def test_each_invariant_counts_its_violation(session: Session, name: str) -> None:
    session.execute(text(FAULTS[name].replace(":", "\\:")))
    assert check_invariants(session)[name] >= 1
    assert check_invariants(session, lately_s=None)[name] >= 1
