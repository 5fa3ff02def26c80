"""Tests of files that a stage publishes before its end, on a real queue and with a real worker."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact
from shared.errors import CodesignerError, StaleFence
from shared.jobs import submission as jobs
from shared.queue import leases as queue
from shared.queue.stage_inputs import inputs_of
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import SHA, QueueDriver
from worker.execution import invoke
from worker.execution.artifact_cache import ArtifactCache
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import Reporter
from worker.execution.runner import serve
from worker.runtime.pool_child import PoolChild
from worker.stages import StageEntry

TILE = queue.ArtifactRecord(
    kind="tile", variant=0, sha256=SHA, media_type="image/png", size_bytes=10, width=8, height=8
)
VECTOR = replace(TILE, kind="vector", media_type="image/svg+xml", width=None, height=None)


def rows(work: QueueDriver, job_id: str) -> list[tuple[str, str, int, str]]:
    with work.session() as session:
        found = session.scalars(
            select(Artifact).where(Artifact.job_id == job_id).order_by(Artifact.id)
        )
        return [(each.stage, each.kind, each.variant, each.sha256) for each in found]


def drawing(work: QueueDriver) -> queue.Claim:
    """Run a new job up to the stage draw, and claim it."""
    work.submit()
    for stage in ("caption", "fusion", "generate"):
        work.finish(work.one(stage))
    return work.one("draw")


def publish(work: QueueDriver, claim: queue.Claim, *files: queue.ArtifactRecord) -> None:
    with work.session() as session:
        queue.publish(session, claim, files)


def test_published_files_are_rows_and_one_event_while_the_stage_runs(work: QueueDriver) -> None:
    claim = drawing(work)
    version = work.job(claim.job_id).version
    publish(work, claim, TILE, VECTOR)
    assert work.stage(claim.job_id, "draw").state == "running"
    assert rows(work, claim.job_id) == [("draw", "tile", 0, SHA), ("draw", "vector", 0, SHA)]
    (event,) = work.events(claim.job_id, version)
    assert (event.kind, event.seq) == ("stage.artifacts", version + 1)
    assert event.body == {
        "stage": "draw",
        "attempt": 1,
        "fence": claim.fence,
        "files": [{"kind": "tile", "variant": 0}, {"kind": "vector", "variant": 0}],
    }
    assert [each["kind"] for each in work.document(claim.job_id)["artifacts"]] == ["tile", "vector"]
    assert work.faults() == {}


def test_publishing_extends_the_lease(work: QueueDriver) -> None:
    claim = drawing(work)
    work.pass_time(50)
    publish(work, claim, TILE)
    work.pass_time(50)  # 100 s after the claim, of which the lease had 60
    assert work.reap().expired == 0
    work.pass_time(61)
    assert work.reap().expired == 1


def test_lease_is_not_extended_beyond_the_time_limit_of_the_run(work: QueueDriver) -> None:
    claim = drawing(work)
    run = work.stage(claim.job_id, "draw")
    assert run.run_until is not None
    while (until := work.stage(claim.job_id, "draw").run_until) and work.reap().expired == 0:
        publish(work, claim, TILE)
        lease = work.stage(claim.job_id, "draw").lease_until
        assert lease is not None
        assert lease <= until
        work.pass_time(40)
    assert work.stage(claim.job_id, "draw").state == "ready"
    assert work.faults() == {}


def test_finish_after_publishing_has_no_duplicates(work: QueueDriver) -> None:
    claim = drawing(work)
    publish(work, claim, TILE)
    final = replace(TILE, sha256="cd" * 32)
    work.finish(claim, artifacts=(final, VECTOR, replace(TILE, variant=1)))
    assert rows(work, claim.job_id) == [
        ("draw", "tile", 0, "cd" * 32),
        ("draw", "vector", 0, SHA),
        ("draw", "tile", 1, SHA),
    ]
    assert work.faults() == {}


def test_retried_attempt_replaces_the_rows_of_the_first(work: QueueDriver) -> None:
    claim = drawing(work)
    publish(work, claim, TILE, VECTOR)
    work.fail(claim, "stage_failed", retryable=True)
    assert len(rows(work, claim.job_id)) == 2
    work.pass_time(60)
    again = work.one("draw")
    assert again.fence > claim.fence
    publish(work, again, replace(TILE, sha256="ef" * 32, size_bytes=20))
    assert rows(work, claim.job_id) == [
        ("draw", "tile", 0, "ef" * 32),
        ("draw", "vector", 0, SHA),
    ]
    told = [each.body for each in work.events(claim.job_id) if each.kind == "stage.artifacts"]
    assert [body["attempt"] for body in told] == [1, 2]
    assert work.faults() == {}


def test_files_of_an_earlier_attempt_are_no_inputs(work: QueueDriver) -> None:
    claim = drawing(work)
    publish(work, claim, TILE)
    work.fail(claim, "stage_failed", retryable=True)
    work.pass_time(60)
    again = work.one("draw")
    with work.session() as session:
        assert inputs_of(session, [again])[claim.job_id].artifacts == {}
    work.finish(again, artifacts=(TILE,))
    present = work.one("present")
    with work.session() as session:
        assert inputs_of(session, [present])[claim.job_id].artifacts == {("tile", 0): SHA}


@pytest.mark.parametrize("loss", ["reaped", "cancelled", "finished"])
def test_lost_claim_publishes_nothing(work: QueueDriver, loss: str) -> None:
    claim = drawing(work)
    if loss == "reaped":
        work.pass_time(61)
        work.reap()
        assert work.one("draw", owner="w2").fence > claim.fence
    elif loss == "cancelled":
        with work.session() as session:
            jobs.cancel(session, claim.job_id)
    else:
        work.finish(claim)
    before = work.kinds(claim.job_id)
    with pytest.raises(StaleFence):
        publish(work, claim, TILE)
    assert rows(work, claim.job_id) == []
    assert work.kinds(claim.job_id) == before
    assert work.faults() == {}


def test_published_files_of_a_job_that_ends_otherwise_remain(work: QueueDriver) -> None:
    cancelled, failed = drawing(work), drawing(work)
    for claim in (cancelled, failed):
        publish(work, claim, TILE)
    with work.session() as session:
        jobs.cancel(session, cancelled.job_id)
    work.fail(failed)
    assert [work.job(each.job_id).state for each in (cancelled, failed)] == ["cancelled", "failed"]
    assert [len(rows(work, each.job_id)) for each in (cancelled, failed)] == [1, 1]
    assert work.faults() == {}


def test_file_that_no_event_published_is_a_fault(work: QueueDriver) -> None:
    claim = drawing(work)
    publish(work, claim, TILE)
    insert = (
        "INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes)"
        " VALUES (:job, 'draw', :kind, :variant, '', '', 0)"
    )
    for kind, variant, count in (("vector", 0, 1), ("tile", 1, 2)):
        with work.session() as session:
            given = {"job": claim.job_id, "kind": kind, "variant": variant}
            session.execute(text(insert), given)
        assert work.faults() == {"artifacts_of_no_effect": count}
    with work.session() as session:
        session.execute(text("DELETE FROM artifact WHERE size_bytes = 0"))


# With a worker


SEEN: list[dict[str, Any]] = []
"""What the database had of a job just after its stage published, by publication."""
OBSERVE: list[Any] = []


def draw(calls: Sequence[StageCall], models: Models, reporter: Reporter) -> list[StageResult]:
    """Publish one tile after the other, and observe the job in between."""
    results = []
    for call in calls:
        files = []
        for variant in range(call.options.variants):
            content = f"{call.options.seed} {variant}".encode()
            file = StageArtifact(
                kind="tile", variant=variant, content=content, media_type="image/png"
            )
            reporter.publish(call.job_id, [file])
            files.append(file)
            SEEN.append(OBSERVE[0](call.job_id))
        if "raise" in call.brief and len(SEEN) <= call.options.variants:
            raise RuntimeError("told to raise in the first attempt")
        results.append(
            StageResult(output=b"{}", media_type="application/json", artifacts=tuple(files))
        )
    return results


class Bench(QueueDriver):
    """A queue driver with a pool child in this process."""

    child: PoolChild

    def design(self, brief: str = "dots") -> str:
        job: str = self.submit(
            brief=brief, design=jobs.DesignInput(understood={"language": "en"})
        ).id
        return job

    def observe(self, job_id: str) -> dict[str, Any]:
        return {
            "job": job_id,
            "state": self.stage(job_id, "draw").state,
            "tiles": [row[2] for row in rows(self, job_id)],
            "events": self.kinds(job_id).count("stage.artifacts"),
        }


@pytest.fixture
def bench(
    settings: Settings,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(invoke, "_PUBLISH_INTERVAL_S", 0.0)
    environ = {"CODESIGNER_STAGES": "stages_for_worker:PATIENT"}
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), environ)
    bench = Bench(session_factory, artifact_store)
    bench.child = child
    entry = StageEntry(path=f"{__name__}:draw", roles=())
    child.context = replace(child.context, stage_table={**child.context.stage_table, "draw": entry})
    SEEN.clear()
    OBSERVE[:] = [bench.observe]
    yield bench
    child.end()
    assert bench.faults() == {}


def test_worker_publishes_each_variant_while_it_draws(bench: Bench) -> None:
    job = bench.design()
    serve(bench.child.context, "caption")
    assert [
        {"job": job, "state": "running", "tiles": [0], "events": 1},
        {"job": job, "state": "running", "tiles": [0, 1], "events": 2},
    ] == SEEN
    assert bench.job(job).state == "succeeded"
    made = rows(bench, job)
    assert [(kind, variant) for _, kind, variant, _ in made] == [("tile", 0), ("tile", 1)]
    assert [bench.store.get(sha256) for *_, sha256 in made] == [b"7 0", b"7 1"]
    assert bench.kinds(job).count("stage.artifacts") == 2


def test_variants_that_are_drawn_quickly_are_told_of_at_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoke, "_PUBLISH_INTERVAL_S", 600.0)
    job = bench.design()
    serve(bench.child.context, "caption")
    assert [each["tiles"] for each in SEEN] == [[], []]
    assert [row[2] for row in rows(bench, job)] == [0, 1]
    assert bench.kinds(job).count("stage.artifacts") == 0


def test_jobs_of_a_batch_publish_under_their_own_claims(bench: Bench) -> None:
    ids = [bench.design(f"design {number}") for number in range(2)]
    serve(bench.child.context, "caption")
    assert [each["job"] for each in SEEN] == [job for job in ids for _ in range(2)]
    assert bench.stage(ids[0], "draw").batch == 2
    for job in ids:
        assert len(rows(bench, job)) == 2


def test_second_attempt_of_a_stage_that_published_succeeds(bench: Bench) -> None:
    job = bench.design("raise")
    serve(bench.child.context, "caption")
    assert (bench.job(job).state, len(rows(bench, job))) == ("running", 2)
    bench.pass_time(60)
    serve(bench.child.context, "draw")
    assert bench.job(job).state == "succeeded"
    assert [each["events"] for each in SEEN] == [1, 2, 3, 4]
    assert [each["tiles"] for each in SEEN] == [[0], [0, 1], [0, 1], [0, 1]]
    record = bench.stage(job, "draw").provenance
    assert record["inputs"]["artifacts"] == []


FAULT = """
CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;
CREATE TRIGGER fault BEFORE INSERT ON job_event FOR EACH ROW
WHEN (NEW.kind = 'stage.artifacts') EXECUTE FUNCTION fault()"""


@contextmanager
def failing(bench: Bench, fault: str) -> Iterator[None]:
    """Let the database execute a statement whenever files are published."""
    with bench.session() as session:
        session.connection().exec_driver_sql(FAULT.format(fault))
    yield
    with bench.session() as session:
        session.connection().exec_driver_sql("DROP FUNCTION fault CASCADE")


@pytest.mark.parametrize(
    "fault",
    ["RAISE EXCEPTION 'no room';", "PERFORM pg_terminate_backend(pg_backend_pid());"],
    ids=["refused", "disconnected"],
)
def test_fault_of_the_database_while_publishing_does_not_fail_the_stage(
    bench: Bench, fault: str
) -> None:
    job = bench.design()
    with failing(bench, fault):
        serve(bench.child.context, "caption")
    assert [(each["tiles"], each["events"]) for each in SEEN] == [([], 0), ([], 0)]
    assert (bench.job(job).state, bench.stage(job, "draw").attempt) == ("succeeded", 1)
    # The end of the stage records what could not be published.
    assert [row[2] for row in rows(bench, job)] == [0, 1]


def test_full_store_while_publishing_does_not_fail_the_stage(bench: Bench) -> None:
    job = bench.design()

    class Full(ArtifactCache):
        left = 1

        def put_many(self, contents: Sequence[bytes]) -> list[str]:
            if list(contents) == [b"7 0"] and self.left:
                self.left -= 1
                raise CodesignerError("storage_full", "The disk is full.")
            return super().put_many(contents)

    serve(replace(bench.child.context, artifact_cache=Full(bench.store)), "caption")
    assert [each["tiles"] for each in SEEN] == [[], [1]]
    assert (bench.job(job).state, bench.stage(job, "draw").attempt) == ("succeeded", 1)
    assert sorted(row[2] for row in rows(bench, job)) == [0, 1]


def test_cancelled_job_publishes_nothing_more(bench: Bench) -> None:
    job = bench.design()

    def cancel(job_id: str) -> dict[str, Any]:
        if bench.job(job_id).state == "running":
            with bench.session() as session:
                jobs.cancel(session, job_id)
        return bench.observe(job_id)

    OBSERVE[:] = [cancel]
    serve(bench.child.context, "caption")
    assert [each["tiles"] for each in SEEN] == [[0], [0]]
    assert bench.job(job).state == "cancelled"
    assert bench.kinds(job)[-1] == "job.cancelled"
