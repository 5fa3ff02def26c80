"""Batches are as large as the measured times allow, and waiting costs little of them."""

from shared.pipelines import StageSpec
from worker.execution.batching import BatchSizer

SPEC = StageSpec(name="generate", queue="gpu", max_batch=32)


def test_an_unknown_stage_starts_with_a_moderate_batch() -> None:
    assert 1 < BatchSizer().claim_limit(SPEC) < SPEC.max_batch


def test_batches_shrink_and_grow_with_the_times() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 4, 4.0)
    slow = sizer.claim_limit(SPEC)
    assert 1 <= slow <= 4
    for _ in range(50):
        sizer.record_batch("generate", 8, 0.008)
    assert sizer.claim_limit(SPEC) == SPEC.max_batch
    sizer.record_batch("generate", 1, 600.0)
    assert sizer.claim_limit(SPEC) == 1


def test_a_job_alone_is_not_kept_waiting() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 1, 1.0)
    sizer.record_claim(1)
    assert sizer.batching_delay_s("generate") == 0.0
    sizer.record_claim(2)
    assert 0.0 < sizer.batching_delay_s("generate") <= 0.05


def test_no_stage_is_waited_for_longer_than_its_work_is_worth() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 2, 0.002)
    sizer.record_claim(2)
    assert sizer.batching_delay_s("generate") < 0.001


def test_a_stage_is_quick_where_a_whole_batch_of_it_was() -> None:
    quick, slow = BatchSizer(), BatchSizer()
    assert not quick.is_quick(SPEC)
    quick.record_batch("generate", 32, 0.02)
    assert quick.is_quick(SPEC)
    slow.record_batch("generate", 1, 0.04)  # one of 32
    assert not slow.is_quick(SPEC)


def test_a_batch_holds_as_much_work_as_its_time_allows() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 4.0, 1.0)
    assert sizer.claim_limit(SPEC) == 8
    assert sizer.batch_size(SPEC, [1.0] * 10) == 8
    assert sizer.batch_size(SPEC, [4.0, 4.0, 0.5]) == 2
    assert sizer.batch_size(SPEC, [65.0, 1.0]) == 1  # one at least
    assert sizer.batch_size(SPEC, [1.0, 65.0, 1.0]) == 1  # in their order


def test_claimed_jobs_do_not_wait_for_a_large_one() -> None:
    sizer = BatchSizer()
    assert not sizer.can_wait("generate", 1.0, 60.0)  # nobody knows how long
    sizer.record_batch("generate", 1.0, 0.5)
    assert sizer.can_wait("generate", 4.0, 60.0)
    assert not sizer.can_wait("generate", 65.0, 60.0)
    assert not sizer.can_wait("generate", 4.0, 3.0)
