"""Tests of a finish that claims the next stages for the same worker."""

from typing import Any

from shared.jobs.insertion import DesignInput
from shared.jobs.submission import cancel
from shared.queue import leases as queue
from shared.queue import pauses
from tests.integration.conftest import SHA, output

MADE = output()


def go_on(work: Any, claims: list[queue.Claim], **most: int) -> queue.Finished:
    with work.session() as session:
        done = [(claim, MADE) for claim in claims]
        return queue.finish_many(session, done, queue.NextClaims(owner="w", most=most, lease_s=7.0))


def test_finish_claims_the_next_stages_for_its_worker(work: Any) -> None:
    drawn, described = work.submit(design=DesignInput(reference_sha256=SHA)), work.submit()
    finished = go_on(work, work.claim(limit=2), vision=1, fusion=1)
    assert [(each.job_id, each.stage, each.attempt, each.fence) for each in finished.begun] == [
        (drawn.id, "vision", 1, 1),
        (described.id, "fusion", 1, 1),
    ]
    assert finished.opened == frozenset()
    run = work.stage(described.id, "fusion")
    assert (run.state, run.owner) == ("running", "w")
    assert 6 < (run.lease_until - run.started_at).total_seconds() < 8
    assert run.run_until > run.lease_until
    assert work.kinds(described.id)[-2:] == ["stage.done", "stage.started"]
    assert [event.seq for event in work.events(described.id)] == [1, 2, 3, 4]
    assert work.claim("fusion") == []
    work.finish(finished.begun[1])
    assert work.stage(described.id, "generate").state == "ready"


def test_finish_claims_no_more_than_requested(work: Any) -> None:
    first, second = work.submit(), work.submit()
    finished = go_on(work, work.claim(limit=2), fusion=1, generate=1)
    assert [each.job_id for each in finished.begun] == [first.id]
    assert finished.opened == {"fusion"}
    assert [each.job_id for each in work.claim("fusion", limit=2)] == [second.id]


def test_finish_writes_hints_for_stages_it_does_not_claim(work: Any) -> None:
    work.submit_many(2)
    work.hints()
    go_on(work, work.claim(limit=2), fusion=1)
    assert work.hints() == ["fusion"]


def test_finish_claims_no_paused_or_overdue_stage(work: Any) -> None:
    job = work.submit()
    claims = work.claim()
    with work.session() as session:
        pauses.pause(session, "fusion", "admin")
    assert go_on(work, claims, fusion=1).begun == ()
    assert work.stage(job.id, "fusion").state == "ready"
    with work.session() as session:
        pauses.resume(session, "fusion")
    late = work.submit(cancel_after_s=60)
    claims = work.claim()
    work.pass_time(seconds=61)
    assert go_on(work, claims, fusion=1).begun == ()
    assert work.stage(late.id, "fusion").state == "ready"


def test_recorded_duration_is_at_least_the_compute_time(work: Any) -> None:
    ahead, plain = work.submit(), work.submit()
    for claim, compute_s in zip(work.claim(limit=2), (5.0, 0.0), strict=True):
        work.finish(claim, compute_s=compute_s, batch=1)
    for job, least_s in ((ahead, 5.0), (plain, 0.0)):
        run = work.stage(job.id, "caption")
        assert least_s <= (run.finished_at - run.started_at).total_seconds() < least_s + 5.0


def test_finish_of_a_cancelled_job_claims_nothing(work: Any) -> None:
    job = work.submit()
    claims = work.claim()
    with work.session() as session:
        cancel(session, job.id)
    finished = go_on(work, claims, fusion=1)
    assert (finished.stale, finished.begun) == (tuple(claims), ())


def test_finish_of_the_last_stage_ends_the_job(work: Any) -> None:
    job = work.submit()
    claims = work.claim()
    every = dict.fromkeys(("fusion", "generate", "present"), 1)
    for stage in every:
        claims = list(go_on(work, claims, **every).begun)
        assert [each.stage for each in claims] == [stage]
    assert go_on(work, claims, **every).begun == ()
    assert work.job(job.id).state == "succeeded"
    assert work.kinds(job.id) == [
        "job.submitted",
        *["stage.started", "stage.done"] * 4,
        "job.succeeded",
    ]
