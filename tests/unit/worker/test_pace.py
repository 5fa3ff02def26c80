"""Adaptive batch size and batching delay, by measured times."""

from shared.pipelines import StageSpec
from worker.execution.batching import BatchSizer

SPEC = StageSpec(name="generate", queue="gpu", max_batch=32)


def test_unmeasured_stage_starts_with_a_moderate_batch() -> None:
    assert 1 < BatchSizer().claim_limit(SPEC) < SPEC.max_batch


def test_batch_size_follows_the_measured_times() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 4, 4.0)
    slow = sizer.claim_limit(SPEC)
    assert 1 <= slow <= 4
    for _ in range(50):
        sizer.record_batch("generate", 8, 0.008)
    assert sizer.claim_limit(SPEC) == SPEC.max_batch
    sizer.record_batch("generate", 1, 600.0)
    assert sizer.claim_limit(SPEC) == 1


def test_single_job_is_not_delayed() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 1, 1.0)
    sizer.record_claim(1)
    assert sizer.batching_delay_s("generate") == 0.0
    sizer.record_claim(2)
    assert 0.0 < sizer.batching_delay_s("generate") <= 0.05


def test_batching_delay_is_bounded_by_the_stage_time() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 2, 0.002)
    sizer.record_claim(2)
    assert sizer.batching_delay_s("generate") < 0.001


def test_batch_holds_as_much_work_as_its_time_allows() -> None:
    sizer = BatchSizer()
    sizer.record_batch("generate", 4.0, 1.0)
    assert sizer.claim_limit(SPEC) == 8
    assert sizer.batch_size(SPEC, [1.0] * 10) == 8
    assert sizer.batch_size(SPEC, [4.0, 4.0, 0.5]) == 2
    assert sizer.batch_size(SPEC, [65.0, 1.0]) == 1  # at least one
    assert sizer.batch_size(SPEC, [1.0, 65.0, 1.0]) == 1  # the order is kept


def test_claimed_jobs_do_not_wait_for_a_large_one() -> None:
    sizer = BatchSizer()
    assert not sizer.can_wait("generate", 1.0, 60.0)  # no measured time
    sizer.record_batch("generate", 1.0, 0.5)
    assert sizer.can_wait("generate", 4.0, 60.0)
    assert not sizer.can_wait("generate", 65.0, 60.0)
    assert not sizer.can_wait("generate", 4.0, 3.0)
