"""Tests of a job from its submission to each of its final states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shared.errors import (
    CodesignerError,
    IdempotencyConflict,
    JobExpired,
    JobNotFound,
    JobStillActive,
    QueueFull,
    ReleaseConflict,
    StaleFence,
)
from shared.jobs import submission as jobs
from shared.jobs.insertion import DesignInput
from shared.queue import leases as queue
from shared.queue import pauses

SHA = "cd" * 32
TILE = queue.ArtifactRecord(
    kind="tile",
    variant=0,
    sha256=SHA,
    media_type="image/png",
    size_bytes=1234,
    width=256,
    height=256,
)
MADE = queue.StageOutput(output_sha256=SHA, output_media_type="application/json")


def test_submission_makes_the_first_stage_ready_and_writes_its_hint(work: Any) -> None:
    job = work.submit()

    assert (job.state, job.version) == ("queued", 1)
    states = {stage["name"]: stage["state"] for stage in work.document(job.id)["stages"]}
    assert states == {
        "caption": "ready",
        "vision": "skipped",
        "fusion": "waiting",
        "generate": "waiting",
        "draw": "waiting",
        "present": "waiting",
    }
    assert work.hints() == ["caption"]
    assert work.hints() == []


def test_job_with_a_reference_image_skips_no_stage(work: Any) -> None:
    job = work.submit(design=DesignInput(reference_sha256=SHA))
    assert "skipped" not in [stage["state"] for stage in work.document(job.id)["stages"]]


def test_a_job_runs_through_its_stages_to_success(work: Any) -> None:
    job = work.submit(design=DesignInput(reference_sha256=SHA))
    seen = []
    for stage in ("caption", "vision", "fusion", "generate", "draw", "present"):
        assert work.hints() == [stage]
        claim = work.one(stage)
        assert (claim.attempt, claim.fence) == (1, 1)
        seen.append(work.job(job.id).state)
        work.finish(claim)
    assert seen == ["running"] * 6
    assert work.job(job.id).state == "succeeded"
    assert work.hints() == []
    assert work.kinds(job.id) == [
        "job.submitted",
        *["stage.started", "stage.done"] * 6,
        "job.succeeded",
    ]
    assert [event.seq for event in work.events(job.id)] == list(range(1, 15))
    assert [event.seq for event in work.events(job.id, after=10)] == [11, 12, 13, 14]


def test_finish_stores_the_output_of_the_stage(work: Any) -> None:
    job = work.submit()
    work.finish(
        work.one(),
        artifacts=(TILE,),
        provenance={"device": "cpu"},
        description="Blue waves.",
        notices=("colour_unknown",),
    )

    document = work.document(job.id)
    assert document["description"] == "Blue waves."
    assert document["notices"] == ["colour_unknown"]
    assert document["artifacts"] == [
        {
            "kind": "tile",
            "variant": 0,
            "sha256": SHA,
            "media_type": "image/png",
            "width": 256,
            "height": 256,
            "size_bytes": 1234,
            "url": f"/api/v1/artifacts/{SHA}",
        }
    ]
    run = work.stage(job.id, "caption")
    assert run.provenance == {"device": "cpu"}
    assert (run.output_sha256, run.output_media_type) == ("ab" * 32, "application/json")


def test_job_document_uses_the_field_names_of_the_api(work: Any) -> None:
    job = work.submit(
        design=DesignInput(
            understood={"product": "phone-case"}, notices=("a",), reference_sha256=SHA
        )
    )

    document = work.document(job.id)
    assert document["id"] == job.id
    assert document["options"]["seed"] == 7
    assert document["understood"] == {"product": "phone-case"}
    assert document["queue"] == {"position": 1, "eta_s": None, "paused": False}
    assert document["error"] is None
    assert document["created_at"].endswith("Z")
    assert document["links"] == {
        "self": f"/api/v1/jobs/{job.id}",
        "events": f"/api/v1/jobs/{job.id}/events",
        "provenance": f"/api/v1/jobs/{job.id}/provenance",
        "cancel": f"/api/v1/jobs/{job.id}/cancel",
        "retry": f"/api/v1/jobs/{job.id}/retry",
        "prints": f"/api/v1/jobs/{job.id}/prints",
        "edits": f"/api/v1/jobs/{job.id}/variants/{{variant}}/edits",
    }
    assert set(document["stages"][0]) >= {
        "name",
        "state",
        "attempt",
        "progress",
        "started_at",
        "finished_at",
        "reused",
    }


def test_same_idempotency_key_and_payload_return_the_same_job(work: Any) -> None:
    first = work.submit(idempotency_key="k")
    assert work.submit(idempotency_key="k").id == first.id
    assert work.submit(idempotency_key="k", owner="another").id != first.id
    assert work.submit().id != first.id


def test_same_idempotency_key_with_another_payload_is_rejected(work: Any) -> None:
    work.submit(idempotency_key="k")
    with pytest.raises(IdempotencyConflict):
        work.submit(idempotency_key="k", brief="another")


def test_payload_as_sent_decides_idempotency(work: Any) -> None:
    """A seed filled in by the server differs between requests."""
    first = work.submit(idempotency_key="k", payload_hash="p", options={"seed": 1})
    assert work.submit(idempotency_key="k", payload_hash="p", options={"seed": 2}).id == first.id


def test_full_queue_rejects_new_jobs_but_returns_known_ones(work: Any) -> None:
    known = jobs.Submission(options={}, model_versions={}, idempotency_key="k")
    with work.session() as session:
        first = jobs.submit(session, known, jobs.Limits(queue=1))
    with work.session() as session, pytest.raises(QueueFull) as refused:
        jobs.submit(session, jobs.Submission(options={}), jobs.Limits(queue=1))
    assert refused.value.retry_after_s
    with work.session() as session:
        assert jobs.submit(session, known, jobs.Limits(queue=1)).id == first.id


def test_cancel_ends_a_job_once(work: Any) -> None:
    job = work.submit()
    claim = work.one()
    for _ in range(2):
        with work.session() as session:
            assert jobs.cancel(session, job.id).state == "cancelled"
    assert work.kinds(job.id) == ["job.submitted", "stage.started", "job.cancelled"]
    with pytest.raises(StaleFence):
        work.finish(claim)
    assert work.stage(job.id, "caption").fence == claim.fence + 1
    assert work.claim() == []


def test_cancel_of_an_ended_job_changes_nothing(work: Any) -> None:
    job = work.submit()
    work.run(job)
    version = work.job(job.id).version
    with work.session() as session:
        assert jobs.cancel(session, job.id).state == "succeeded"
    assert work.job(job.id).version == version


def test_unknown_job_raises_job_not_found(work: Any) -> None:
    with work.session() as session:
        for ask in (jobs.get_job, jobs.cancel, jobs.retry):
            with pytest.raises(JobNotFound):
                ask(session, "nothing")


def test_retryable_failure_is_retried_until_attempts_are_used_up(work: Any) -> None:
    job = work.submit()
    error = CodesignerError("out_of_memory", "The device is full.")
    for attempt in (1, 2, 3):
        claim = work.one()
        assert claim.attempt == attempt
        with work.session() as session:
            queue.fail(session, claim, error, retryable=True)
    ended = work.job(job.id)
    assert ended.state == "failed"
    assert ended.error is not None
    assert (ended.error["code"], ended.error["stage"]) == ("out_of_memory", "caption")
    assert work.stage(job.id, "caption").state == "dead"
    assert work.stage(job.id, "present").state == "skipped"


def test_permanent_failure_fails_the_job_at_once(work: Any) -> None:
    job = work.submit()
    with work.session() as session:
        queue.fail(session, work.one(), CodesignerError("stage_failed", "No."), retryable=False)
    assert work.document(job.id)["error"] == {
        "code": "stage_failed",
        "title": "A stage failed",
        "message": "No.",
        "stage": "caption",
    }


def test_delayed_retry_is_neither_hinted_nor_claimed_before_its_time(work: Any) -> None:
    work.submit()
    work.hints()
    with work.session() as session:
        error = CodesignerError("stage_failed", "Later.")
        queue.fail(session, work.one(), error, retryable=True, delay_s=20)
    assert (work.hints(), work.claim()) == ([], [])
    work.pass_time(21)
    assert work.hints() == ["caption"]
    assert work.one().attempt == 2


def test_released_claim_uses_up_no_attempt(work: Any) -> None:
    job = work.submit()
    first = work.one()
    with work.session() as session:
        queue.release(session, first)
    again = work.one()
    assert (again.attempt, again.fence) == (1, 2)
    with pytest.raises(StaleFence):
        work.finish(first)
    assert "stage.released" in work.kinds(job.id)


def test_retry_creates_a_new_job_linked_to_the_old_one(work: Any) -> None:
    old = work.submit(idempotency_key="k")
    with work.session() as session, pytest.raises(JobStillActive):
        jobs.retry(session, old.id)
    with work.session() as session:
        jobs.cancel(session, old.id)
    with work.session() as session:
        new = jobs.retry(session, old.id)
    assert new.id != old.id
    assert work.document(new.id)["retried_from"] == old.id
    assert (new.brief, new.options) == (old.brief, old.options)


def test_job_expires_after_its_end(work: Any) -> None:
    done, cancelled = work.submit(ttl_s=60), work.submit(ttl_s=60)
    work.pass_time(61)  # still queued
    assert work.document(done.id)["expires_at"] is None
    work.run(done)
    with work.session() as session:
        jobs.cancel(session, cancelled.id)
    for job in (done, cancelled):
        kept_for = work.job(job.id).expires_at - work.job(job.id).finished_at
        assert abs(kept_for.total_seconds() - 60) < 1
    with work.session() as session:
        assert len(jobs.list_jobs(session)) == 2
    work.pass_time(61)
    for job in (done, cancelled):
        with pytest.raises(JobExpired):
            work.job(job.id)
    with work.session() as session:
        assert jobs.list_jobs(session) == []


def test_jobs_are_listed_newest_first_in_pages(work: Any) -> None:
    ids = [work.submit().id for _ in range(5)]
    with work.session() as session:
        first = [job.id for job in jobs.list_jobs(session, 3)]
        rest = [job.id for job in jobs.list_jobs(session, 3, before=first[-1])]
        assert jobs.list_jobs(session, pipeline="training") == []
    assert first + rest == ids[::-1]


def test_claims_follow_priority_then_age(work: Any) -> None:
    old, new = work.submit(), work.submit()
    urgent = work.submit(priority=5)
    assert [work.document(job.id)["queue"]["position"] for job in (old, new, urgent)] == [2, 3, 1]
    assert [work.one().job_id for _ in range(3)] == [urgent.id, old.id, new.id]


def test_stage_run_is_not_claimed_before_not_before(work: Any) -> None:
    work.submit(not_before=datetime.now(UTC) + timedelta(seconds=60))
    assert work.claim() == []
    work.pass_time(61)
    assert len(work.claim()) == 1


def test_claim_takes_only_jobs_that_run_together(work: Any) -> None:
    ours = [work.submit(model_versions={"generator": "a"}) for _ in range(3)]
    other = work.submit(model_versions={"generator": "b"})
    assert [each.job_id for each in work.claim(limit=8)] == [job.id for job in ours]
    assert [each.job_id for each in work.claim(limit=8)] == [other.id]


def test_second_attempt_is_claimed_alone(work: Any) -> None:
    poison = work.submit()
    with work.session() as session:
        queue.fail(session, work.one(), CodesignerError("stage_failed", "x"), retryable=True)
    others = [work.submit() for _ in range(3)]
    assert [each.job_id for each in work.claim(limit=8)] == [poison.id]
    assert [each.job_id for each in work.claim(limit=8)] == [job.id for job in others]


def test_second_attempt_is_not_claimed_behind_a_first_one(work: Any) -> None:
    fresh, poison = work.submit(), work.submit()
    released, failed = work.claim(limit=2)
    with work.session() as session:
        queue.release(session, released)
        queue.fail(session, failed, CodesignerError("stage_failed", "x"), retryable=True)
    assert [each.job_id for each in work.claim(limit=8)] == [fresh.id]
    assert [each.job_id for each in work.claim(limit=8)] == [poison.id]


def test_finish_checks_the_fence_of_each_row_of_a_batch(work: Any) -> None:
    ids = [work.submit().id for _ in range(3)]
    claims = work.claim(limit=3)
    with work.session() as session:
        jobs.cancel(session, ids[1])
    with work.session() as session:
        stale = queue.finish_many(session, [(claim, MADE) for claim in claims]).stale
    assert [claim.job_id for claim in stale] == [ids[1]]
    states = [work.stage(job_id, "caption").state for job_id in ids]
    assert states == ["done", "skipped", "done"]


def test_claim_that_is_given_twice_is_finished_once(work: Any) -> None:
    job = work.submit()
    claim = work.one()
    gone = replace(claim, job_id="0" * len(claim.job_id))
    with work.session() as session:
        stale = queue.finish_many(session, [(claim, MADE), (claim, MADE), (gone, MADE)]).stale
    assert stale == (claim, gone)
    assert work.kinds(job.id) == ["job.submitted", "stage.started", "stage.done"]


def test_ends_of_a_batch_are_recorded_for_each_job(work: Any) -> None:
    ids = [work.submit().id for _ in range(3)]
    for stage in ("caption", "fusion", "generate", "draw", "present"):
        claims = work.claim(stage, limit=3)
        with work.session() as session:
            queue.finish_many(
                session, [(claim, replace(MADE, notices=(claim.job_id, stage))) for claim in claims]
            )
    for job_id in ids:
        events = work.events(job_id)
        assert [event.seq for event in events] == list(range(1, 13))
        assert [event.kind for event in events[-2:]] == ["stage.done", "job.succeeded"]
        job = work.job(job_id)
        assert (job.state, job.version) == ("succeeded", 12)
        assert job.notices == [job_id, "caption", "fusion", "generate", "draw", "present"]
    assert work.faults() == {}


def test_finish_hook_runs_in_the_transaction_of_a_valid_claim(work: Any) -> None:
    work.submit()
    stale = work.one()
    work.pass_time(seconds=61)
    claim = work.one()
    called = []

    def pause(session: Session) -> None:
        called.append(session)
        pauses.pause(session, "present", "hook")

    with pytest.raises(StaleFence):
        work.finish(stale, on_done=pause)
    assert called == []
    work.finish(claim, on_done=pause)
    assert work.stage(claim.job_id, "caption").state == "done"
    with work.session() as session:
        assert pauses.paused_stages(session) == {"present"}


def test_finish_is_rolled_back_if_its_hook_raises(work: Any) -> None:
    work.submit()
    claim = work.one()

    def fail(session: Session) -> None:
        pauses.pause(session, "present", "hook")
        raise ReleaseConflict("own")

    with pytest.raises(ReleaseConflict):
        work.finish(claim, on_done=fail)
    assert work.stage(claim.job_id, "caption").state == "running"
    with work.session() as session:
        assert pauses.paused_stages(session) == set()
    work.finish(claim)


def test_event_of_a_finish_has_attempt_and_fence_of_its_claim(work: Any) -> None:
    job = work.submit()
    with work.session() as session:
        queue.fail(session, work.one(), CodesignerError("stage_failed", "x"), retryable=True)
    claim = work.one()
    with work.session() as session:
        queue.finish(session, claim, MADE)
    with work.session() as session:
        done = [e.body for e in jobs.events_after(session, job.id, 0) if e.kind == "stage.done"]
    assert done == [{"stage": "caption", "attempt": 2, "fence": 2}]


def test_finish_returns_the_stages_made_ready(work: Any) -> None:
    drawn, described = work.submit(design=DesignInput(reference_sha256=SHA)), work.submit()
    claims = work.claim(limit=2)
    with work.session() as session:
        finished = queue.finish_many(session, [(claim, MADE) for claim in claims])
    assert finished == queue.Finished(stale=(), opened=frozenset({"vision", "fusion"}))
    assert work.stage(drawn.id, "vision").state == "ready"
    assert work.stage(described.id, "fusion").state == "ready"


def test_next_stage_can_be_claimed_in_the_finishing_transaction(work: Any) -> None:
    job = work.submit()
    work.hints()
    claim = work.one()
    with work.session() as session:
        queue.finish(session, claim, MADE)
        (following,) = queue.claim(session, "fusion", "w1", lease_s=7.0)
    assert (following.job_id, following.attempt, following.fence) == (job.id, 1, 1)
    assert work.hints() == []
    assert work.kinds(job.id)[-2:] == ["stage.done", "stage.started"]
    with work.session() as session:
        queue.finish(session, following, MADE)
        assert len(queue.claim(session, "generate", "w1")) == 1
        session.rollback()
    assert work.stage(job.id, "fusion").state == "running"
    assert work.stage(job.id, "generate").state == "waiting"


def test_notices_are_stored_once_and_in_order(work: Any) -> None:
    job = work.submit(design=DesignInput(notices=("shortened",)))
    for told in (("b", "a", "b"), ("a", "shortened", "c")):
        claim = work.claim("caption" if told[0] == "b" else "fusion")[0]
        with work.session() as session:
            queue.finish(session, claim, replace(MADE, notices=told))
    assert work.job(job.id).notices == ["shortened", "b", "a", "c"]


def test_claim_removes_its_unsent_hint(work: Any) -> None:
    work.submit()
    waiting = work.submit()
    assert len(work.claim()) == 1
    assert work.hints() == ["caption"]
    with work.session() as session:
        jobs.cancel(session, waiting.id)


def test_claim_prefers_loaded_models_for_a_limited_time(work: Any) -> None:
    other = work.submit(model_versions={"captioner": "new", "vision": "v"})
    ours = work.submit(model_versions={"captioner": "old", "vision": "v"})
    later = work.submit(model_versions={"captioner": "old", "vision": "v"})
    wanted = queue.ClaimPreference(roles=("captioner", "vision"), versions={"old", "v"})

    def claimed(limit: int = 1) -> list[str]:
        with work.session() as session:
            taken = queue.claim(session, "caption", "me", limit, wanted=wanted)
        return [claim.job_id for claim in taken]

    assert claimed() == [ours.id]
    work.pass_time(11)
    assert claimed() == [other.id], "it has waited long enough"
    assert claimed() == [later.id]
    another = work.submit(model_versions={"captioner": "new", "vision": "v"})
    assert claimed() == [another.id], "there is nothing else to do"


def test_progress_extends_the_lease_up_to_the_time_limit_of_the_attempt(work: Any) -> None:
    job = work.submit()
    claim = work.one()
    before = work.stage(job.id, "caption")
    work.pass_time(30)
    with work.session() as session:
        queue.progress(session, claim, 0.5)
    after = work.stage(job.id, "caption")
    assert after.progress == 0.5
    assert after.lease_until > before.lease_until - timedelta(seconds=1)
    work.pass_time(85)  # 115 s of 120 s have passed
    with work.session() as session:
        queue.progress(session, claim, 0.9)
    late = work.stage(job.id, "caption")
    assert late.lease_until == late.run_until
