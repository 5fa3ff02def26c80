"""Tests of a job's end: cancelled or overdue in every state, once, and no write after it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import CodesignerError, StaleFence
from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue import pauses

SHA = "ab" * 32
FAILED = CodesignerError("stage_failed", "no")
ENDS = ("job.succeeded", "job.failed", "job.cancelled")


def _waits(work: Any) -> tuple[str, Any]:
    return work.submit().id, None


def _runs(work: Any) -> tuple[str, Any]:
    return work.submit().id, work.one()


def _between_stages(work: Any) -> tuple[str, Any]:
    job = work.submit()
    work.finish(work.one())
    return job.id, None


def _last_stage_runs(work: Any) -> tuple[str, Any]:
    job = work.submit()
    for stage in ("caption", "fusion", "generate", "draw"):
        work.finish(work.one(stage))
    return job.id, work.one("present")


def _waits_for_another_attempt(work: Any) -> tuple[str, Any]:
    job, claim = _runs(work)
    with work.session() as session:
        queue.fail(session, claim, FAILED, retryable=True, delay_s=20)
    return job, claim


def _lost_its_worker(work: Any) -> tuple[str, Any]:
    job, claim = _runs(work)
    work.pass_time(70)
    return job, claim


def _on_its_last_attempt(work: Any) -> tuple[str, Any]:
    job = work.submit()
    for _ in range(2):
        with work.session() as session:
            queue.fail(session, work.one(), FAILED, retryable=True)
    return job.id, work.one()


def _paused(work: Any) -> tuple[str, Any]:
    job = work.submit()
    with work.session() as session:
        pauses.pause(session, pauses.ALL, "test")
    return job.id, None


def _trains(work: Any) -> tuple[str, Any]:
    job = work.submit(pipeline="training")
    claim = work.one("train")
    with work.session() as session:
        queue.checkpoint(session, claim, 10, SHA, 0.1)
    return job.id, claim


STATES: tuple[Callable[[Any], tuple[str, Any]], ...] = (
    _waits,
    _runs,
    _between_stages,
    _last_stage_runs,
    _waits_for_another_attempt,
    _lost_its_worker,
    _on_its_last_attempt,
    _paused,
    _trains,
)
in_each_state = pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__[1:])


def _late_writes(work: Any, claim: queue.Claim) -> None:
    """Check that every write with an ended job's claim is rejected."""
    made = queue.StageOutput(output_sha256=SHA, output_media_type="application/json")
    for late in (
        lambda s: queue.finish(s, claim, made),
        lambda s: queue.fail(s, claim, FAILED, retryable=True),
        lambda s: queue.fail(s, claim, FAILED, retryable=False),
        lambda s: queue.progress(s, claim, 0.9),
        lambda s: queue.checkpoint(s, claim, 99, SHA),
        lambda s: queue.release(s, claim),
    ):
        with work.session() as session, pytest.raises(StaleFence):
            late(session)


def _ended_once(work: Any, job_id: str, state: str) -> None:
    job = work.job(job_id)
    assert job.state == state
    assert [kind for kind in work.kinds(job_id) if kind in ENDS] == [f"job.{state}"]
    assert work.kinds(job_id)[-1] == f"job.{state}"
    stages = {each["state"] for each in work.document(job_id)["stages"]}
    assert stages <= {"done", "skipped", "dead"}


@in_each_state
def test_job_is_cancelled_from_every_state_and_stays_cancelled(work: Any, state: Any) -> None:
    job_id, claim = state(work)
    for _ in range(2):
        with work.session() as session:
            assert jobs.cancel(session, job_id).state == "cancelled"
    if claim is not None:
        _late_writes(work, claim)
    work.pass_time(1000)
    work.reap()
    with work.session() as session:
        pauses.resume(session, pauses.ALL)
    assert [work.claim(stage) for stage in ("caption", "fusion", "present", "train")] == [[]] * 4
    _ended_once(work, job_id, "cancelled")


@in_each_state
def test_overdue_job_fails_from_every_state(work: Any, state: Any) -> None:
    job_id, claim = state(work)
    with work.session() as session:
        session.connection().exec_driver_sql("UPDATE job SET deadline = now() - interval '1 s'")
    with work.session() as session:
        pauses.resume(session, pauses.ALL)
    assert [work.claim(stage) for stage in ("caption", "fusion", "present", "train")] == [[]] * 4
    assert [work.reap().overdue for _ in range(2)] == [1, 0]
    if claim is not None:
        _late_writes(work, claim)
    _ended_once(work, job_id, "failed")
    error = work.job(job_id).error
    assert (error["code"], error["stage"]) == ("deadline_passed", None)


def test_cancel_after_counts_from_submission_by_the_database_clock(work: Any) -> None:
    job = work.submit(cancel_after_s=100)
    work.pass_time(95)
    assert work.reap().overdue == 0
    work.pass_time(10)
    assert work.reap().overdue == 1
    assert work.job(job.id).state == "failed"


def test_job_ended_before_its_deadline_keeps_its_state(work: Any) -> None:
    job = work.submit(cancel_after_s=50)
    work.run(job)
    work.pass_time(100)
    assert work.reap().overdue == 0
    _ended_once(work, job.id, "succeeded")


def test_retry_has_no_deadline(work: Any) -> None:
    job = work.submit(cancel_after_s=50)
    work.pass_time(100)
    work.reap()
    with work.session() as session:
        again = jobs.retry(session, job.id)
    assert again.deadline is None
    work.run(again)
    _ended_once(work, again.id, "succeeded")


def test_exactly_one_of_finish_cancel_and_deadline_wins(work: Any) -> None:
    """Race the three forty times: each job ends once, and only success has an effect."""
    for _ in range(40):
        job = work.submit()
        for stage in ("caption", "fusion", "generate", "draw"):
            work.finish(work.one(stage))
        claim = work.one("present")
        with work.session() as session:
            session.connection().exec_driver_sql("UPDATE job SET deadline = now()")
        start = threading.Barrier(3)
        threads = [
            threading.Thread(target=_at_once, args=(start, act))
            for act in (
                lambda c=claim: work.finish(c),
                work.reap,
                lambda j=job: _cancel(work, j.id),
            )
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        state = work.job(job.id).state
        _ended_once(work, job.id, state)
        assert (work.stage(job.id, "present").state == "done") == (state == "succeeded")


def _cancel(work: Any, job_id: str) -> None:
    with work.session() as session:
        jobs.cancel(session, job_id)


def _at_once(start: threading.Barrier, act: Callable[[], Any]) -> None:
    start.wait(timeout=30)
    try:
        act()
    except StaleFence:
        return
