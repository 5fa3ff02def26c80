"""Tests of fair queueing: turns of owners, priorities, aging, owner limits and pauses."""

from typing import Any

import pytest

from shared.errors import InvalidRequest, StaleFence
from shared.jobs import submission as jobs
from shared.jobs.quotas import Quota, QuotaExceeded
from shared.queue import pauses
from shared.queue.fairness import LEVEL_TURNS


def owners(work: Any, number: int, *, limit: int = 1) -> list[str]:
    """Return the owners of the next claimed jobs, in order."""
    found: list[str] = []
    while len(found) < number:
        claims = work.claim(limit=min(limit, number - len(found)))
        assert claims
        found += [work.job(each.job_id).owner for each in claims]
    return found


def test_thousand_jobs_of_one_owner_do_not_delay_another_owner(work: Any) -> None:
    work.submit_many(1000, owner="many")
    assert owners(work, 3) == ["many"] * 3
    one = work.submit(owner="one")
    assert work.document(one.id)["queue"]["position"] == 2
    assert owners(work, 2) == ["many", "one"]


@pytest.mark.parametrize("limit", [1, 4, 8])
def test_owners_take_turns_at_any_claim_limit(work: Any, limit: int) -> None:
    for owner in ("a", "b", "c"):
        work.submit_many(8, owner=owner)
    assert owners(work, 24, limit=limit) == ["a", "b", "c"] * 8


def test_new_owner_joins_the_current_round(work: Any) -> None:
    work.submit_many(20, owner="a")
    assert owners(work, 5) == ["a"] * 5
    work.submit_many(3, owner="b")
    assert owners(work, 3) == ["a", "b", "a"]
    work.submit_many(2, owner="c")
    assert owners(work, 7) == ["b", "a", "b", "c", "a", "c", "a"]


def test_steady_stream_of_new_owners_does_not_starve_a_waiting_owner(work: Any) -> None:
    work.submit_many(5, owner="patient")
    served: list[str] = []
    for number in range(12):  # each round adds two new owners
        work.submit(owner=f"new {number} a")
        work.submit(owner=f"new {number} b")
        served += owners(work, 2)
    assert served.count("patient") == 5


def test_submitting_singly_gains_no_advantage_over_submitting_in_bulk(work: Any) -> None:
    work.submit_many(10, owner="many")
    served = []
    for _ in range(5):
        work.submit(owner="single")
        served += owners(work, 2)
    assert served.count("many") == 5


def test_cancelled_jobs_use_up_no_turn_of_their_owner(work: Any) -> None:
    mine = work.submit_many(50, owner="a")
    work.submit_many(3, owner="b")
    for job in mine:
        with work.session() as session:
            jobs.cancel(session, job.id)
    work.submit(owner="a")
    assert owners(work, 3) == ["b", "a", "b"]


def test_claims_follow_priority(work: Any) -> None:
    work.submit_many(2, owner="a", priority=-1)
    work.submit_many(2, owner="a")
    work.submit_many(2, owner="b", priority=1)
    claimed = [work.job(each.job_id).priority for each in work.claim(limit=6)]
    assert claimed == [1, 1, 0, 0, -1, -1]


def test_owners_take_turns_within_a_priority(work: Any) -> None:
    work.submit_many(3, owner="a", priority=1)
    work.submit_many(3, owner="b", priority=1)
    assert owners(work, 6) == ["a", "b"] * 3


@pytest.mark.parametrize("priority", [0, 1])
def test_low_priority_job_is_claimed_after_level_turns_newcomers(work: Any, priority: int) -> None:
    """Exactly `LEVEL_TURNS` newer jobs one priority level higher are claimed first."""
    low = work.submit(owner="low", priority=priority - 1)
    before = 0
    for number in range(LEVEL_TURNS + 2):
        work.submit(owner=f"new {number}", priority=priority)
        if work.one().job_id == low.id:
            break
        before += 1
    assert before == LEVEL_TURNS


def test_later_stage_keeps_the_turn_of_the_job(work: Any) -> None:
    for owner in ("a", "b"):
        work.submit_many(4, owner=owner)
    for claim in reversed(work.claim(limit=8)):
        work.finish(claim)
    claimed = work.claim("fusion", limit=8)
    assert [work.job(each.job_id).owner for each in claimed] == ["a", "b"] * 4


def test_owner_limit_counts_unended_jobs(work: Any) -> None:
    limits = jobs.Limits(quota=Quota(max_jobs=2))

    def submit(owner: str) -> jobs.Job:
        with work.session() as session:
            return jobs.submit(
                session, jobs.Submission(options={}, model_versions={}, owner=owner), limits
            )

    first = submit("a")
    submit("a")
    with pytest.raises(QuotaExceeded) as refused:
        submit("a")
    assert (refused.value.code, refused.value.status) == ("owner_limit", 429)
    assert refused.value.retry_after_s
    submit("b")
    with work.session() as session:
        jobs.cancel(session, first.id)
    submit("a")


def test_paused_stage_is_not_claimed_and_running_work_continues(work: Any) -> None:
    work.submit_many(2)
    held = work.one()
    with work.session() as session:
        pauses.pause(session, "caption", "admin", "for now")
        pauses.pause(session, "caption", "another")  # has no effect: already paused
    assert work.claim() == []
    work.finish(held)
    assert len(work.claim("fusion")) == 1  # other stages are still claimed
    with work.session() as session:
        (found,) = pauses.pauses(session)
        assert (found.actor, found.reason) == ("admin", "for now")
        pauses.resume(session, "caption")
    assert len(work.claim()) == 1


def test_pausing_all_blocks_every_stage_until_all_is_resumed(work: Any) -> None:
    work.submit_many(2)
    work.finish(work.one())
    with work.session() as session:
        pauses.pause(session, "fusion", "admin")
        pauses.pause(session, pauses.ALL, "admin")
    assert (work.claim(), work.claim("fusion")) == ([], [])
    with work.session() as session:
        pauses.resume(session, pauses.ALL)
    assert (len(work.claim()), len(work.claim("fusion"))) == (1, 1)


def test_no_hints_during_a_pause_and_hints_for_waiting_work_after_it(work: Any) -> None:
    work.submit_many(3)
    work.hints()
    with work.session() as session:
        pauses.pause(session, "caption", "admin")
    work.pass_time(100)
    assert work.reap().announced == 0
    with work.session() as session:
        pauses.resume(session, "caption")
    assert work.hints() == ["caption"] * 3


def test_lease_expired_during_a_pause_is_claimed_after_it(work: Any) -> None:
    work.submit()
    lost = work.one()
    with work.session() as session:
        pauses.pause(session, "caption", "admin")
    work.pass_time(100)
    assert work.claim() == []
    assert work.reap().expired == 1
    with work.session() as session:
        pauses.resume(session, "caption")
    assert work.one().attempt == 2
    with pytest.raises(StaleFence):
        work.finish(lost)


def test_pausing_an_unknown_stage_is_rejected(work: Any) -> None:
    with work.session() as session, pytest.raises(InvalidRequest):
        pauses.pause(session, "nothing", "admin")
