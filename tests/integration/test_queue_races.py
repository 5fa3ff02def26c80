"""Tests of concurrent workers, reapers, cancels and submissions: one effect, or none."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import CodesignerError, StaleFence
from shared.jobs import submission as jobs
from shared.queue import leases as queue

SHA = "ef" * 32
TRIALS = 300
MISHAP = CodesignerError("stage_failed", "x")
MADE = queue.StageOutput(output_sha256=SHA, output_media_type="application/json")


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls concurrently in threads; return what each returned or raised."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        start.wait(timeout=30)
        try:
            results[index] = call()
        except (CodesignerError, AssertionError) as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def test_each_row_is_claimed_once(work: Any) -> None:
    ids = {job.id for job in work.submit_many(60)}

    def claim_all() -> list[str]:
        mine: list[str] = []
        misses = 0
        while misses < 3:
            taken = work.claim(owner=threading.current_thread().name, limit=4)
            mine += [claim.job_id for claim in taken]
            misses = 0 if taken else misses + 1
        return mine

    shares = together(*[claim_all] * 6)
    assert Counter(job_id for share in shares for job_id in share) == dict.fromkeys(ids, 1)


def _race_each(work: Any, claims: list[queue.Claim]) -> dict[str, bool]:
    """Cancel and finish each claim concurrently, in two threads that run in lockstep.

    Returns:
        Whether the finish was accepted, by job id.
    """
    step = threading.Barrier(2)

    def cancel_all() -> None:
        for claim in claims:
            step.wait(timeout=60)
            with work.session() as session:
                jobs.cancel(session, claim.job_id)

    def finish_all() -> dict[str, bool]:
        taken = {}
        for index, claim in enumerate(claims):
            step.wait(timeout=60)
            time.sleep(0.0004 * (index % 5))
            try:
                with work.session() as session:
                    queue.finish(session, claim, MADE)
                taken[claim.job_id] = True
            except StaleFence:
                taken[claim.job_id] = False
        return taken

    _, taken = together(cancel_all, finish_all)
    return taken


def test_exactly_one_of_cancel_and_finish_wins(work: Any) -> None:
    """A training job has one stage, so its finish is the job's success."""
    work.submit_many(TRIALS, pipeline="training")
    claims = work.claim("train", limit=TRIALS)
    assert len(claims) == TRIALS

    taken = _race_each(work, claims)

    states = {job_id: work.job(job_id).state for job_id in taken}
    assert states == {
        job_id: "succeeded" if finished else "cancelled" for job_id, finished in taken.items()
    }
    assert set(states.values()) == {"succeeded", "cancelled"}, "the race was not one"


def test_cancel_races_finish_of_a_middle_stage(work: Any) -> None:
    work.submit_many(TRIALS // 3)
    claims = work.claim(limit=TRIALS // 3)

    taken = _race_each(work, claims)

    assert {work.job(job_id).state for job_id in taken} == {"cancelled"}
    for job_id, finished in taken.items():
        assert ("stage.done" in work.kinds(job_id)) == finished
    assert work.claim("fusion", limit=TRIALS) == []


def test_exactly_one_of_progress_and_reaper_wins(work: Any) -> None:
    def beat(claim: queue.Claim) -> str:
        with work.session() as session:
            queue.progress(session, claim, 0.5)
        return "extended"

    for _ in range(TRIALS // 10):
        job = work.submit()
        claim = work.one()
        work.pass_time(61)
        extended, reaped = together(lambda c=claim: beat(c), work.reap)
        state = work.stage(job.id, "caption").state
        if isinstance(extended, StaleFence):
            assert (state, reaped.expired) == ("ready", 1)
        else:
            assert (state, reaped.expired) == ("running", 0)
        with work.session() as session:
            jobs.cancel(session, job.id)


def test_expired_lease_is_claimed_once(work: Any) -> None:
    for _ in range(TRIALS // 10):
        job = work.submit()
        work.one()
        work.pass_time(61)
        claims = together(work.claim, work.reap, work.claim, work.reap)
        taken = [claim for result in (claims[0], claims[2]) for claim in result] or work.claim()
        assert [(claim.attempt, claim.fence) for claim in taken] == [(2, 2)]
        with work.session() as session:
            jobs.cancel(session, job.id)


def test_concurrent_submissions_with_one_key_make_one_job(work: Any) -> None:
    for trial in range(10):
        submitted = together(*[lambda t=trial: work.submit(idempotency_key=f"k{t}")] * 6)
        assert len({job.id for job in submitted}) == 1
    assert len(work.hints()) == 10


LATE_WRITES: dict[str, Callable[[Any, queue.Claim], None]] = {
    "finish": lambda session, held: queue.finish(session, held, MADE),
    "fail": lambda session, held: queue.fail(session, held, MISHAP, retryable=True),
    "release": queue.release,
    "progress": lambda session, held: queue.progress(session, held, 0.5),
    "checkpoint": lambda session, held: queue.checkpoint(session, held, 1, SHA),
}


@pytest.mark.parametrize("late", LATE_WRITES)
def test_write_with_a_stale_fence_is_rejected(work: Any, late: str) -> None:
    job = work.submit()
    frozen = work.one(owner="frozen")
    work.pass_time(61)
    present = work.one(owner="present")
    assert (present.fence, present.attempt) == (frozen.fence + 1, 2)

    with work.session() as session, pytest.raises(StaleFence):
        LATE_WRITES[late](session, frozen)
    run = work.stage(job.id, "caption")
    assert (run.owner, run.fence, run.state, run.progress) == ("present", 2, "running", 0.0)
    work.finish(present)


def test_expired_claim_that_nobody_took_can_still_finish(work: Any) -> None:
    """The lease has expired, but no other worker claimed the row, so the fence is still valid."""
    job = work.submit()
    claim = work.one()
    work.pass_time(61)
    work.finish(claim)
    assert work.stage(job.id, "caption").state == "done"


def test_repeated_hint_claims_nothing(work: Any) -> None:
    work.submit()
    assert len(work.claim()) == 1
    assert work.claim() == []


def test_expired_lease_is_hinted_again(work: Any) -> None:
    job = work.submit()
    work.hints()
    work.one()
    assert work.reap().expired == 0
    work.pass_time(61)
    assert work.reap().expired == 1
    assert work.hints() == ["caption"]
    assert work.kinds(job.id)[-1] == "stage.expired"


def test_job_without_attempts_left_fails_with_attempts_used_up(work: Any) -> None:
    job = work.submit()
    for _ in range(3):
        work.one()
        work.pass_time(61)
    assert work.claim() == []
    assert work.reap().dead == 1
    ended = work.document(job.id)
    assert (ended["state"], ended["error"]["code"]) == ("failed", "attempts_used_up")
    assert [stage["state"] for stage in ended["stages"]] == ["dead"] + ["skipped"] * 5


def test_hint_lost_by_the_broker_is_sent_again(work: Any) -> None:
    work.submit()
    assert work.hints() == ["caption"]
    assert work.reap().announced == 0
    work.pass_time(31)
    assert work.reap().announced == 1
    assert work.reap().announced == 0  # the hint is not sent yet
    assert work.hints() == ["caption"]


def test_a_job_past_its_deadline_fails(work: Any) -> None:
    job = work.submit(cancel_after_s=100)
    claim = work.one()
    work.pass_time(30)
    assert work.reap().overdue == 0
    work.pass_time(71)
    assert work.reap().overdue == 1
    assert work.document(job.id)["error"]["code"] == "deadline_passed"
    with pytest.raises(StaleFence):
        work.finish(claim)


def test_checkpoint_step_only_rises_and_survives_the_worker(work: Any) -> None:
    job = work.submit(pipeline="training")
    first = work.one("train")
    with work.session() as session:
        queue.checkpoint(session, first, 100, SHA, 0.1)
    with work.session() as session, pytest.raises(StaleFence):
        queue.checkpoint(session, first, 100, SHA)
    work.pass_time(301)
    second = work.one("train")
    assert (second.checkpoint_step, second.checkpoint_sha256) == (100, SHA)
    with work.session() as session:
        queue.checkpoint(session, second, 200, SHA, 0.2)
    run = work.stage(job.id, "train")
    assert (run.checkpoint_step, run.progress) == (200, 0.2)


def test_two_relays_send_each_hint_once(work: Any) -> None:
    work.submit_many(30)

    def relay() -> list[str]:
        sent: list[str] = []
        for _ in range(10):
            sent += work.hints()
        return sent

    shares = together(relay, relay)
    assert sum(len(share) for share in shares) == 30
    assert work.unsent() == 0
