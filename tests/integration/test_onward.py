"""A finish that begins the stages its worker goes on with."""

from typing import Any

from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue import pauses
from tests.integration.conftest import SHA, output

MADE = output()


def go_on(work: Any, claims: list[queue.Claim], **most: int) -> queue.Finished:
    with work.session() as session:
        done = [(claim, MADE) for claim in claims]
        return queue.finish_many(session, done, queue.NextClaims(owner="w", most=most, lease_s=7.0))


def test_a_finish_begins_the_stages_that_its_worker_goes_on_with(work: Any) -> None:
    drawn, described = work.submit(reference_sha256=SHA), work.submit()
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


def test_a_finish_begins_no_more_than_it_is_asked_to(work: Any) -> None:
    first, second = work.submit(), work.submit()
    finished = go_on(work, work.claim(limit=2), fusion=1, generate=1)
    assert [each.job_id for each in finished.begun] == [first.id]
    assert finished.opened == {"fusion"}
    assert [each.job_id for each in work.claim("fusion", limit=2)] == [second.id]


def test_a_finish_announces_what_it_does_not_begin(work: Any) -> None:
    work.submit_many(2)
    work.hints()
    go_on(work, work.claim(limit=2), fusion=1)
    assert work.hints() == ["fusion"]


def test_a_finish_begins_nothing_that_is_paused_or_too_late(work: Any) -> None:
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


def test_a_stage_took_no_less_than_its_computation_whenever_it_was_claimed(work: Any) -> None:
    ahead, plain = work.submit(), work.submit()
    for claim, compute_s in zip(work.claim(limit=2), (5.0, 0.0), strict=True):
        work.finish(claim, compute_s=compute_s, batch=1)
    for job, least_s in ((ahead, 5.0), (plain, 0.0)):
        run = work.stage(job.id, "caption")
        assert least_s <= (run.finished_at - run.started_at).total_seconds() < least_s + 5.0


def test_a_finish_of_what_was_cancelled_begins_nothing(work: Any) -> None:
    job = work.submit()
    claims = work.claim()
    with work.session() as session:
        jobs.cancel(session, job.id)
    finished = go_on(work, claims, fusion=1)
    assert (finished.stale, finished.begun) == (tuple(claims), ())


def test_the_last_finish_ends_the_job_whatever_its_worker_goes_on_with(work: Any) -> None:
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
