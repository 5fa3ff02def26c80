"""Quotas of owners and networks: what counts, for how long, and under parallel submissions."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.people import NewAccount, create_account
from shared.db.account_models import Account
from shared.db.models import Job
from shared.db.quota_models import QuotaEntry
from shared.deletions.ledger import Asker
from shared.jobs import submission as jobs
from shared.jobs.batches import BatchSubmission, submit_batch
from shared.jobs.dead_letters import retry_each
from shared.jobs.deletion import delete_jobs, restore_jobs
from shared.jobs.insertion import DesignInput
from shared.jobs.quotas import (
    Limit,
    Limits,
    Quota,
    QuotaExceeded,
    delete_old_entries,
    read_limits,
)
from shared.queue.completion import ArtifactRecord, write_artifacts
from tests.account_steps import PASSWORD, pass_time, together
from tests.queue_driver import OPTIONS, QueueDriver

DAY_S = 86_400
Factory = sessionmaker[Session]


@pytest.fixture
def work(session_factory: Factory) -> QueueDriver:
    return QueueDriver(session_factory)


def submission(owner: str = "a", **given: Any) -> jobs.Submission:
    return jobs.Submission(options=OPTIONS, model_versions={}, owner=owner, **given)


def submit(factory: Factory, limits: Limits, owner: str = "a", **given: Any) -> Job:
    with factory.begin() as session:
        return jobs.submit(session, submission(owner, **given), limits)


def refusal(call: Callable[[], object]) -> QuotaExceeded:
    with pytest.raises(QuotaExceeded) as refused:
        call()
    return refused.value


def used(factory: Factory, limits: Limits, owner: str = "a") -> dict[str, int]:
    return {name: limit.used for name, limit in found(factory, limits, owner).items()}


def found(factory: Factory, limits: Limits, owner: str = "a") -> dict[str, Limit]:
    with factory() as session:
        return {limit.name: limit for limit in read_limits(session, owner, limits)}


def daily(most: int, **given: Any) -> Limits:
    return Limits(quota=Quota(jobs_per_day=most), **given)


def from_network(network: str, **quota: int) -> Limits:
    return Limits(quota=Quota(), network=network, network_quota=Quota(**quota))


def end(work: QueueDriver, job: Job, *sizes: int) -> None:
    """Cancel a job that has made files of these sizes."""
    made = [
        ArtifactRecord(
            kind="tile", variant=number, sha256="ab" * 32, media_type="image/png", size_bytes=size
        )
        for number, size in enumerate(sizes)
    ]
    with work.session() as session:
        write_artifacts(session, job.id, "draw", made)
        jobs.cancel(session, job.id)


@pytest.mark.parametrize(
    ("quota", "code", "name"),
    [
        ({"jobs_per_day": 3}, "daily_limit", "jobs-per-day"),
        ({"max_jobs": 3}, "owner_limit", "unfinished-jobs"),
    ],
)
def test_parallel_submissions_of_an_owner_do_not_pass_its_limit(
    session_factory: Factory, quota: dict[str, int], code: str, name: str
) -> None:
    limits = Limits(quota=Quota(**quota))
    outcomes = together(*[partial(submit, session_factory, limits)] * 8)
    assert sum(isinstance(each, Job) for each in outcomes) == 3
    assert outcomes.count(code) == 5
    assert used(session_factory, limits)[name] == 3


@pytest.mark.parametrize("quota", [{"jobs_per_day": 3}, {"max_jobs": 3}])
def test_parallel_submissions_of_many_owners_do_not_pass_the_limit_of_their_network(
    session_factory: Factory, quota: dict[str, int]
) -> None:
    limits = from_network("n1", **quota)
    calls = [partial(submit, session_factory, limits, f"visitor:{n}") for n in range(8)]
    outcomes = together(*calls)
    assert sum(isinstance(each, Job) for each in outcomes) == 3
    assert outcomes.count("address_limit") == 5
    submit(session_factory, replace(limits, network="n2"), "visitor:0")


def test_owners_and_networks_in_any_combination_do_not_deadlock(session_factory: Factory) -> None:
    """Locks are taken in one order: the owner's, then the network's."""
    calls = [
        partial(submit, session_factory, from_network(f"n{n % 3}", max_jobs=100), f"v{n % 2}")
        for n in range(24)
    ]
    for part in (calls[:12], calls[12:]):
        assert all(isinstance(each, Job) for each in together(*part))


def test_window_ends_to_the_second_and_retry_after_says_when(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = daily(2)
    submit(session_factory, limits)
    pass_time(session_factory, QuotaEntry, 1000, "at")
    submit(session_factory, limits)
    refused = refusal(lambda: submit(session_factory, limits))
    assert refused.code == "daily_limit"
    assert refused.status == 429
    assert refused.retry_after_s == pytest.approx(DAY_S - 1000, abs=20)
    pass_time(session_factory, QuotaEntry, DAY_S - 1000 - 30, "at")
    wait_s = refusal(lambda: submit(session_factory, limits)).retry_after_s
    assert wait_s is not None
    assert 1 <= wait_s <= 30
    pass_time(session_factory, QuotaEntry, math.ceil(wait_s), "at")
    submit(session_factory, limits)
    refused = refusal(lambda: submit(session_factory, limits))  # the second one still counts
    assert refused.retry_after_s == pytest.approx(1000, abs=40)


def test_retry_after_of_a_batch_is_when_enough_jobs_have_left(session_factory: Factory) -> None:
    limits = daily(4)
    for _ in range(4):
        submit(session_factory, limits)
        pass_time(session_factory, QuotaEntry, 100, "at")
    refused = refusal(lambda: submit_many(session_factory, limits, 3))
    assert refused.retry_after_s == pytest.approx(DAY_S - 200, abs=20)  # the third oldest
    with session_factory() as session:
        assert session.scalar(select(func.count(Job.id))) == 4
    too_many = refusal(lambda: submit_many(session_factory, limits, 5))
    assert too_many.retry_after_s is None  # waiting does not help


def submit_many(factory: Factory, limits: Limits, count: int) -> object:
    batch = BatchSubmission(
        jobs=[submission() for _ in range(count)], asked={}, payload_hash="x", owner="a"
    )
    with factory.begin() as session:
        return submit_batch(session, batch, limits)


def test_batch_counts_with_all_its_jobs_or_not_at_all(session_factory: Factory) -> None:
    limits = daily(5, network="n1", network_quota=Quota(jobs_per_day=100))
    submit_many(session_factory, limits, 4)
    assert refusal(lambda: submit_many(session_factory, limits, 2)).code == "daily_limit"
    assert used(session_factory, limits)["jobs-per-day"] == 4
    assert used(session_factory, limits, "b")["address-jobs-per-day"] == 4
    submit_many(session_factory, limits, 1)


def test_deletion_frees_bytes_and_unfinished_jobs_but_not_the_day(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = Limits(quota=Quota())
    drawn, running = submit(session_factory, limits), submit(session_factory, limits)
    end(work, drawn, 700, 300)
    assert used(session_factory, limits) == {
        "stored-bytes": 1000,
        "jobs-per-day": 2,
        "unfinished-jobs": 1,
    }
    with work.session() as session:
        delete_jobs(session, [drawn.id, running.id], Asker(name="a"))
    freed = {"stored-bytes": 0, "jobs-per-day": 2, "unfinished-jobs": 0}
    assert used(session_factory, limits) == freed
    with work.session() as session:
        restore_jobs(session, [drawn.id])
    assert used(session_factory, limits)["stored-bytes"] == 1000
    with work.session() as session:
        session.execute(text("DELETE FROM job"))
    assert used(session_factory, limits) == freed


def test_bytes_are_those_of_artifacts_and_references(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = Limits(quota=Quota(max_bytes=1000))
    design = DesignInput(reference_sha256="cd" * 32, reference_bytes=100)
    record = ArtifactRecord(
        kind="design", variant=0, sha256="ab" * 32, media_type="application/json", size_bytes=30
    )
    job = submit(session_factory, limits, design=design, artifacts=(record,))
    assert used(session_factory, limits)["stored-bytes"] == 130
    tile = replace(record, kind="tile", size_bytes=800)
    work.finish(work.one("caption"), artifacts=(tile,))  # it counts while the job runs
    assert used(session_factory, limits)["stored-bytes"] == 930
    end(work, job, 69)
    assert used(session_factory, limits)["stored-bytes"] == 999
    with work.session() as session:
        again = jobs.retry(session, job.id, limits=limits)
        assert (again.reference_bytes, again.stored_bytes) == (100, 100)
    assert used(session_factory, limits)["stored-bytes"] == 1129
    refused = refusal(lambda: submit(session_factory, limits))
    assert refused.code == "storage_limit"
    assert refused.retry_after_s is None  # nothing expires
    submit(session_factory, limits, "b")


def test_retry_after_of_bytes_is_when_enough_has_expired(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = Limits(quota=Quota(max_bytes=1000))
    for ttl_s, size in ((5000, 400), (1000, 400), (3000, 400)):
        job = submit(session_factory, Limits(quota=Quota()), ttl_s=ttl_s)
        end(work, job, size)
    refused = refusal(lambda: submit(session_factory, limits))
    assert refused.retry_after_s == pytest.approx(1000, abs=20)
    tighter = Limits(quota=Quota(max_bytes=500))
    refused = refusal(lambda: submit(session_factory, tighter))
    assert refused.retry_after_s == pytest.approx(3000, abs=20)
    pass_time(session_factory, Job, 1001, "expires_at")
    submit(session_factory, limits)


def test_finished_job_knows_its_bytes(session_factory: Factory, work: QueueDriver) -> None:
    job = work.submit(pipeline="render")
    tile = ArtifactRecord(
        kind="tile", variant=0, sha256="ab" * 32, media_type="image/png", size_bytes=123
    )
    work.finish(work.one("render"), artifacts=(tile,))
    assert (work.job(job.id).state, work.job(job.id).stored_bytes) == ("succeeded", 123)


def test_several_limits_are_named_and_the_longest_wait_is_said(session_factory: Factory) -> None:
    limits = Limits(quota=Quota(jobs_per_day=1, max_jobs=1))
    submit(session_factory, limits)
    refused = refusal(lambda: submit(session_factory, limits))
    assert [limit.name for limit in refused.violated] == ["jobs-per-day", "unfinished-jobs"]
    assert refused.retry_after_s == pytest.approx(DAY_S, abs=20)


def test_account_has_its_own_limits(session_factory: Factory) -> None:
    with session_factory.begin() as session:
        account = create_account(session, NewAccount(name="anna", password=PASSWORD))
    owner = f"account:{account.id}"
    limits = daily(1, account_id=account.id)
    submit(session_factory, limits, owner)
    assert refusal(lambda: submit(session_factory, limits, owner)).code == "daily_limit"
    set_own(session_factory, jobs_per_day=3)
    submit(session_factory, limits, owner)
    submit(session_factory, limits, owner)
    assert refusal(lambda: submit(session_factory, limits, owner)).code == "daily_limit"
    set_own(session_factory, jobs_per_day=0)  # unlimited
    submit(session_factory, limits, owner)
    assert found(session_factory, limits, owner)["jobs-per-day"].left is None


def set_own(factory: Factory, **values: int) -> None:
    with factory.begin() as session:
        session.execute(update(Account).values(values))


def test_repeated_key_counts_once_and_is_not_refused(session_factory: Factory) -> None:
    limits = daily(1)
    first = submit(session_factory, limits, idempotency_key="k")
    assert submit(session_factory, limits, idempotency_key="k").id == first.id
    assert used(session_factory, limits)["jobs-per-day"] == 1


def test_jobs_that_an_administrator_retries_do_not_count(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = daily(1)
    job = submit(session_factory, limits)
    end(work, job)
    with work.session() as session:
        retry_each(session, [job.id], limits=Limits(queue=10))
    assert used(session_factory, limits)["jobs-per-day"] == 1


def test_networks_are_forgotten_after_a_day_unless_the_job_runs(
    session_factory: Factory, work: QueueDriver
) -> None:
    limits = from_network("n1", max_jobs=2)
    ended, running = submit(session_factory, limits), submit(session_factory, limits)
    end(work, ended)
    assert entries(session_factory) == [ended.id, running.id]
    pass_time(session_factory, QuotaEntry, DAY_S - 60, "at")
    clean(session_factory)
    assert entries(session_factory) == [ended.id, running.id]
    pass_time(session_factory, QuotaEntry, 61, "at")
    clean(session_factory)
    assert entries(session_factory) == [running.id]
    submit(session_factory, limits)
    assert refusal(lambda: submit(session_factory, limits)).code == "address_limit"
    end(work, running)
    clean(session_factory)
    assert running.id not in entries(session_factory)


def clean(factory: Factory) -> None:
    with factory.begin() as session:
        delete_old_entries(session)


def entries(factory: Factory) -> list[str]:
    with factory() as session:
        return list(session.scalars(select(QuotaEntry.job_id).order_by(QuotaEntry.id)))
