"""Tests of queue positions and estimated times, computed from measured stage durations."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.queue import estimates, pauses
from shared.queue.estimates import estimate_retry_after_s, stage_costs
from shared.queue.leases import progress
from shared.queue.recovery.heartbeats import Heartbeat, beat
from tests.queue_driver import OPTIONS

STAGES = ("caption", "fusion", "generate", "draw", "present")


def remember(work: Any, *, jobs: int = 8, took_s: float = 2.0, batch: int = 4) -> None:
    """Run jobs whose stages have the given duration, in batches of the given size."""
    for job in work.submit_many(jobs, owner="before"):
        work.run(job)
    with work.session() as session:
        took = "UPDATE stage_run SET started_at = finished_at - make_interval(secs => :took),"
        took += " compute_s = :took, batch = :batch WHERE state = 'done'"
        session.execute(text(took), {"took": took_s, "batch": batch})


def queue_of(work: Any, job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = work.document(job_id)["queue"]
    return document


def test_no_estimate_without_finished_stage_runs(work: Any) -> None:
    job = work.submit()
    assert queue_of(work, job.id) == {"position": 1, "eta_s": None, "paused": False}


def test_costs_are_measured_for_each_stage(work: Any) -> None:
    remember(work, took_s=2.0, batch=4)
    with work.session() as session:
        costs = stage_costs(session, [*STAGES, "train"])
    assert set(costs) == set(STAGES)
    assert costs["caption"].took == pytest.approx((2.0, 2.0))
    assert costs["caption"].share == pytest.approx((0.5, 0.5))
    assert costs["generate"].work == 0.5  # two variants; four are one unit
    assert costs["generate"].share == pytest.approx((1.0, 1.0))


def test_costs_are_kept_for_some_seconds(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "_COSTS_TTL_S", 600.0)
    remember(work, took_s=2.0)
    with work.session() as session:
        before = stage_costs(session, STAGES)
    remember(work, took_s=6.0)
    with work.session() as session:
        assert stage_costs(session, STAGES) == before
        monkeypatch.setattr(estimates, "_COSTS_TTL_S", 0.0)
        assert stage_costs(session, STAGES)["caption"].took[1] == pytest.approx(6.0)


def test_estimate_of_the_first_job_in_the_queue_is_the_sum_of_its_stages(work: Any) -> None:
    remember(work)
    job = work.submit()
    assert queue_of(work, job.id)["eta_s"] == [10, 10]


def test_estimate_spans_the_interquartile_range(work: Any) -> None:
    for took_s in (1.0, 2.0, 3.0, 4.0, 100.0):
        remember_one(work, took_s)
    job = work.submit()
    assert queue_of(work, job.id)["eta_s"] == [10, 20]


def remember_one(work: Any, took_s: float) -> None:
    job = work.submit(owner="before")
    work.run(job)
    with work.session() as session:
        took = "UPDATE stage_run SET started_at = finished_at - make_interval(secs => :took)"
        session.execute(text(f"{took} WHERE job_id = :job"), {"took": took_s, "job": job.id})


def test_jobs_ahead_count_with_their_share_of_a_model_call(work: Any) -> None:
    remember(work)
    ids = [job.id for job in work.submit_many(11)]
    assert queue_of(work, ids[-1]) == {"position": 11, "eta_s": [25, 25], "paused": False}


def test_large_jobs_raise_their_own_estimate_and_that_of_jobs_behind(work: Any) -> None:
    remember(work)
    large = work.submit(options=OPTIONS | {"variants": 8, "size": 1024}, owner="before")
    small = work.submit(owner="me")
    # caption and fusion: 2 s each; 4 s a unit: 2 units of generate and present, 6.14 of draw
    assert queue_of(work, large.id)["eta_s"][0] == 44
    # Its own 10 s, and the mean share of both on the queue cpu: 3.32 s of draw, 1.25 s of present
    queue = queue_of(work, small.id)
    assert (queue["position"], queue["eta_s"][0]) == (2, 14)


def test_more_workers_shorten_the_estimate(work: Any) -> None:
    remember(work)
    ids = [job.id for job in work.submit_many(11)]
    for name in ("one", "two"):
        ready(work, name)
    assert queue_of(work, ids[-1])["eta_s"] == [17, 18]


def test_queue_with_the_slowest_workers_determines_the_wait(work: Any) -> None:
    """A job takes 1.5 s of a worker of the queue gpu, then 1 s of one of the queue cpu."""
    remember(work)
    ids = [job.id for job in work.submit_many(11)]
    waits = []
    for name, queue in (("g1", "gpu"), ("c1", "cpu"), ("g2", "gpu"), ("g3", "gpu"), ("c2", "cpu")):
        ready(work, name, queue)
        waits.append(queue_of(work, ids[-1])["eta_s"])
    # Ten jobs are ahead: 1.5 s each; 0.75 s, so 1 s; 0.5 s, so 1 s; 0.5 s on both queues
    assert waits == [[25, 25], [25, 25], [20, 20], [20, 20], [15, 15]]


def test_job_that_is_drafted_waits_only_for_drawing(work: Any) -> None:
    remember(work)
    ids = [job.id for job in work.submit_many(11)]
    for stage in STAGES[:3]:
        for claim in work.claim(stage, limit=11):
            work.finish(claim)
    # 2 s for each of its two stages; ten jobs ahead of 1 s each
    assert queue_of(work, ids[-1]) == {"position": 11, "eta_s": [14, 14], "paused": False}


def test_interactive_job_is_behind_interactive_jobs_only(work: Any) -> None:
    work.submit_many(5)
    for stage in STAGES[:3]:
        for claim in work.claim(stage, limit=5):
            work.finish(claim)
    renders = [job.id for job in work.submit_many(2, pipeline="render", options={"size": 512})]
    assert [queue_of(work, each)["position"] for each in renders] == [1, 2]


def test_upper_bound_includes_jobs_that_may_overtake(work: Any) -> None:
    """Ten jobs of one owner wait; other owners may claim a turn in each round before the last."""
    remember(work)
    ids = [job.id for job in work.submit_many(10, owner="me")]
    alone = queue_of(work, ids[-1])["eta_s"]
    assert alone == [23, 24]
    for owner in ("b", "c"):
        work.submit(owner=owner)
    with_others = queue_of(work, ids[-1])
    assert with_others["position"] == 12
    assert with_others["eta_s"] == [26, 40]  # 11 ahead; at most 2 other owners in each of 10 rounds


def began(work: Any, claim: Any, ago_s: float, fraction: float = 0.0) -> None:
    """Move a running stage run's start back and set its progress."""
    with work.session() as session:
        if fraction:
            progress(session, claim, fraction)
        ago = "UPDATE stage_run SET started_at = clock_timestamp() - make_interval(secs => :ago_s)"
        session.execute(text(f"{ago} WHERE id = :id"), {"ago_s": ago_s, "id": claim.stage_run_id})


def test_estimate_includes_the_rest_of_a_running_job(work: Any) -> None:
    """The running job still needs a stage of 2 s and shares of 0.5 s of two more on this queue."""
    remember(work)
    work.submit()
    work.one()
    job = work.submit()
    assert queue_of(work, job.id) == {"position": 1, "eta_s": [12, 13], "paused": False}


def test_estimate_behind_a_large_job_includes_its_remaining_time(work: Any) -> None:
    remember(work)
    large = work.submit(options=OPTIONS | {"variants": 8, "size": 1024}, owner="before")
    for stage in STAGES[:3]:
        work.finish(work.one(stage))
    drawing = work.one("draw")
    assert drawing.job_id == large.id
    job = drafted(work)
    # draw: 6.14 units of 4 s; present: 2 units with a share of 1 s; then 4 s of its own
    assert queue_of(work, job.id)["eta_s"] == [30, 31]
    began(work, drawing, 10.0)
    assert queue_of(work, job.id)["eta_s"] == [20, 21]
    began(work, drawing, 100.0)
    assert queue_of(work, job.id)["eta_s"] == [6, 6]
    began(work, drawing, 100.0, 0.8)
    assert queue_of(work, job.id)["eta_s"] == [31, 32]


def drafted(work: Any) -> Any:
    """Submit a job and run it until it waits to be drawn."""
    job = work.submit(owner="before")
    for stage in STAGES[:3]:
        work.finish(work.one(stage))
    return job


def test_running_job_of_another_pipeline_counts_by_its_progress(work: Any) -> None:
    """A stage that was never measured counts as zero until it reports progress."""
    remember(work)
    design = work.submit(owner="before")
    work.run(design)
    work.submit(pipeline="print", options={"size": 4096, "variant": 1, "dpi": 300}, owner="before")
    printing = work.one("print")
    job = drafted(work)
    assert queue_of(work, job.id)["eta_s"] == [4, 4]
    began(work, printing, 10.0, 0.25)
    assert queue_of(work, job.id)["eta_s"] == [34, 35]


def test_next_job_starts_on_the_first_free_worker(work: Any) -> None:
    remember(work)
    for name in ("one", "two"):
        ready(work, name)
    for _ in range(2):
        work.submit(owner="before")
    first = work.one(owner="one")
    job = work.submit(owner="me")
    assert queue_of(work, job.id)["position"] == 2
    second = work.one(owner="two")
    assert queue_of(work, job.id)["eta_s"] == [12, 13]
    began(work, first, 1.0, 0.2)
    began(work, second, 10.0, 0.2)
    assert queue_of(work, job.id)["eta_s"] == [15, 34]  # 4 s or 40 s, then 1 s, then its own 10 s


def test_elapsed_time_of_a_running_stage_is_subtracted(work: Any) -> None:
    remember(work)
    job = work.submit()
    work.finish(work.one())
    running = work.one("fusion")
    with work.session() as session:
        began = "UPDATE stage_run SET started_at = clock_timestamp() - interval '1.5 s'"
        session.execute(text(f"{began} WHERE id = {running.stage_run_id}"))
    queue = queue_of(work, job.id)
    assert queue["position"] is None
    assert queue["eta_s"] == [6, 7]


def test_remaining_time_of_a_stage_is_extrapolated_from_its_progress(work: Any) -> None:
    remember(work)
    job = work.submit()
    work.finish(work.one())
    running = work.one("fusion")
    with work.session() as session:
        progress(session, running, 0.25)
        began = "UPDATE stage_run SET started_at = clock_timestamp() - interval '10 s'"
        session.execute(text(f"{began} WHERE id = {running.stage_run_id}"))
    least_s, most_s = queue_of(work, job.id)["eta_s"]
    assert least_s == 36  # 30 s remain, then three stages of 2 s
    assert most_s == 37


def test_job_of_a_paused_stage_has_a_position_and_no_estimate(work: Any) -> None:
    remember(work)
    job = work.submit()
    with work.session() as session:
        pauses.pause(session, "all", "admin")
    assert queue_of(work, job.id) == {"position": 1, "eta_s": None, "paused": True}


def test_reused_results_do_not_change_the_measured_costs(work: Any) -> None:
    remember(work)
    job = work.submit()
    for stage in STAGES:
        work.finish(work.one(stage), reused=True)
    assert work.job(job.id).state == "succeeded"
    following = work.submit()
    assert queue_of(work, following.id)["eta_s"] == [10, 10]


def test_ended_job_has_no_position(work: Any) -> None:
    job = work.submit()
    work.run(job)
    assert queue_of(work, job.id) == {"position": None, "eta_s": None, "paused": False}


@pytest.fixture
def three_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count queue positions up to three only."""
    monkeypatch.setattr("shared.queue.estimates.MOST_COUNTED", 3)


@pytest.mark.usefixtures("three_counted")
def test_positions_beyond_the_count_limit_have_no_estimate(work: Any) -> None:
    remember(work)
    lines = [queue_of(work, job.id) for job in work.submit_many(6)]
    assert [line["position"] for line in lines] == [1, 2, 3, 4, 4, 4]
    assert [line["eta_s"] is None for line in lines] == [False] * 3 + [True] * 3


@pytest.mark.usefixtures("three_counted")
def test_position_is_counted_once_jobs_ahead_have_started(work: Any) -> None:
    remember(work)
    ids = [job.id for job in work.submit_many(6)]
    for _ in range(3):
        work.one()
    line = queue_of(work, ids[-1])
    assert line["position"] == 3
    assert line["eta_s"] is not None


def ready(work: Any, name: str, *queues: str) -> None:
    with work.session() as session:
        served = queues or ("gpu", "cpu")
        beat(session, Heartbeat(name=name, host="h", device="cpu", queues=served))


def room_after(work: Any, places: int, owner: str | None = None) -> float:
    with work.session() as session:
        return estimate_retry_after_s(session, places, owner)


def test_retry_after_is_the_time_until_designs_end(work: Any) -> None:
    remember(work, took_s=2.0, batch=4)  # for one design 0.5 s of each stage: 1.5 s, then 1 s
    ready(work, "first")
    assert 1.2 <= room_after(work, 1) <= 1.8
    assert 12 <= room_after(work, 10) <= 18
    ready(work, "second")
    assert 6 <= room_after(work, 10) <= 9


def test_retry_after_depends_on_the_slowest_queue(work: Any) -> None:
    remember(work, took_s=2.0, batch=4)
    ready(work, "g1", "gpu")
    assert 48 <= room_after(work, 1) <= 60  # nobody draws
    ready(work, "c1", "cpu")
    assert 12 <= room_after(work, 10) <= 18
    for name in ("g2", "g3"):
        ready(work, name, "gpu")
    assert 8 <= room_after(work, 10) <= 12
    ready(work, "c2", "cpu")
    assert 4 <= room_after(work, 10) <= 6


def test_retry_after_of_an_owner_is_one_round_of_all_owners(work: Any) -> None:
    remember(work, took_s=2.0, batch=4)
    ready(work, "first")
    for owner in ("mine", "a", "b", "c"):
        work.submit(owner=owner)
    assert 4.8 <= room_after(work, 1, "mine") <= 7.2


def test_retry_after_is_bounded_and_jittered(work: Any) -> None:
    assert 48 <= room_after(work, 1) <= 60  # no worker is ready
    ready(work, "first")
    assert 24 <= room_after(work, 1) <= 36  # no stage was measured
    remember(work, took_s=0.01)
    assert room_after(work, 1) == 1
    assert room_after(work, 1_000_000) == 60
    remember(work, took_s=2.0, batch=1)
    assert len({room_after(work, 3) for _ in range(20)}) > 1
    with work.session() as session:
        pauses.pause(session, "generate", "admin")
    assert 48 <= room_after(work, 1) <= 60
