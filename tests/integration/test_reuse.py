"""Tests of reuse: a stage with equal inputs is not computed again, within a job or across jobs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.workspaces import create_workspace
from shared.db.models import Artifact, Job, StageRun
from shared.jobs import submission as jobs
from shared.jobs.provenance import prov_document
from shared.jobs.retention import collect_artifacts, expire_jobs
from shared.queue.recovery.invariants import check_invariants
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.context import Computation, WorkerContext
from worker.execution.runner import serve
from worker.runtime.pool_child import PoolChild
from worker.stages import TABLE

OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.5,
    "size": 64,
}
STAGES = ("caption", "fusion", "generate", "draw", "present")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A pool child in this process with reuse enabled that records the computed stages."""

    context: WorkerContext
    sessions: sessionmaker[Session]
    computed: list[str]

    def submit(self, brief: str = "teal waves", **asked: Any) -> str:
        options = OPTIONS | asked.pop("options", {})
        given = {
            "options": options,
            "model_versions": {},
            "design": jobs.DesignInput(understood={"language": "en"}),
        } | asked
        with self.sessions.begin() as session:
            return jobs.submit(session, jobs.Submission(brief=brief, **given)).id

    def serve(self, stage: str = "caption", **changed: Any) -> list[str]:
        """Serve one hint; return the stages computed for it."""
        before = len(self.computed)
        serve(replace(self.context, **changed), stage)
        return self.computed[before:]

    def job(self, job_id: str) -> Job:
        with self.sessions() as session:
            return session.get_one(Job, job_id)

    def runs(self, job_id: str) -> dict[str, StageRun]:
        with self.sessions() as session:
            found = session.scalars(select(StageRun).where(StageRun.job_id == job_id))
            return {run.stage: run for run in found}

    def reused(self, job_id: str) -> set[str]:
        return {name for name, run in self.runs(job_id).items() if run.reused}

    def files(self, job_id: str) -> set[tuple[str, str, int, str]]:
        with self.sessions() as session:
            found = session.scalars(select(Artifact).where(Artifact.job_id == job_id))
            return {(each.stage, each.kind, each.variant, each.sha256) for each in found}


@pytest.fixture
def bench(
    settings: Settings, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    environ = {"CODESIGNER_STAGES": "stages_for_worker:STAGES"}
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), environ)
    # The stages of the tests, with the declared inputs of the real ones.
    table = {
        name: entry if TABLE[name].inputs is None else replace(entry, inputs=TABLE[name].inputs)
        for name, entry in child.context.stage_table.items()
    }
    computed: list[str] = []
    limited = child.context.time_limits

    def noted(computing: Computation, soft_s: float, hard_s: float) -> Any:
        computed.extend([computing.stage] * len(computing.claims))
        return limited(computing, soft_s, hard_s)

    context = replace(child.context, stage_table=table, time_limits=noted)
    yield Bench(context=context, sessions=session_factory, computed=computed)
    child.end()
    with session_factory() as session:
        assert not any(check_invariants(session, lately_s=None).values())


def test_repeated_job_computes_nothing(bench: Bench) -> None:
    first = bench.submit()
    assert bench.serve() == list(STAGES)
    second = bench.submit()
    assert bench.serve() == []
    assert bench.job(second).state == "succeeded"
    assert (bench.reused(first), bench.reused(second)) == (set(), set(STAGES))
    assert bench.job(second).description == bench.job(first).description
    assert bench.files(second) == bench.files(first)
    ours, theirs = bench.runs(second), bench.runs(first)
    assert {n: r.output_sha256 for n, r in ours.items()} == {
        n: r.output_sha256 for n, r in theirs.items()
    }


def test_equal_jobs_of_one_model_call_are_computed_once(bench: Bench) -> None:
    equal = [bench.submit() for _ in range(3)]
    other = bench.submit("red dots")
    assert bench.serve() == [stage for stage in STAGES for _ in range(2)]
    assert {bench.job(each).state for each in (*equal, other)} == {"succeeded"}
    assert [len(bench.reused(each)) for each in (*equal, other)] == [0, 5, 5, 0]
    assert bench.files(equal[0]) == bench.files(equal[1]) == bench.files(equal[2])


def test_another_workspace_reuses_nothing(bench: Bench) -> None:
    """Whether a result is there would tell what others submitted, and when."""
    with bench.sessions.begin() as session:
        rival = create_workspace(session, "rival").id
    ours = bench.submit()
    assert bench.serve() == list(STAGES)
    theirs = [bench.submit(workspace_id=rival) for _ in range(2)]
    assert bench.serve() == list(STAGES)
    assert [bench.reused(job) for job in (ours, *theirs)] == [set(), set(), set(STAGES)]
    again, other = bench.submit(), bench.submit("red dots", workspace_id=rival)
    bench.submit("red dots")  # in one model call with the other one
    assert bench.serve() == [stage for stage in STAGES for _ in range(2)]
    assert (bench.reused(again), bench.reused(other)) == (set(STAGES), set())


def test_equal_jobs_are_computed_separately_if_the_first_fails(bench: Bench) -> None:
    equal = [bench.submit("caption:raise") for _ in range(2)]
    assert bench.serve() == ["caption", "caption"]
    errors = [bench.runs(each)["caption"].error for each in equal]
    assert [error and error["code"] for error in errors] == ["stage_failed"] * 2


def test_provenance_names_the_job_of_a_reused_result(bench: Bench) -> None:
    first = bench.submit()
    bench.serve()
    second, third = bench.submit(), bench.submit()
    bench.serve()
    original = bench.runs(first)["generate"].provenance
    for job_id in (second, third):
        record = bench.runs(job_id)["generate"].provenance
        assert record["reused"]["job_id"] == first
        assert record["times"] == original["times"]
    assert "reused" not in original
    with bench.sessions() as session:
        document = jobs.job_document(session, session.get_one(Job, second))
        assert {each["name"] for each in document["stages"] if each["reused"]} == set(STAGES)
        prov = prov_document(session, session.get_one(Job, second), "http://x")
    activity = prov["activity"][f"job:{second}.generate"]
    assert activity["cds:reused"] is True
    assert activity["cds:reused_from"] == f"job:{first}"


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({"options": {"seed": 8}}, {"caption", "generate", "draw", "present"}),
        ({"options": {"size": 128}}, {"generate", "draw"}),
        ({"options": {"reference_strength": 0.9}}, {"fusion", "generate"}),
        ({"options": {"product": "mug"}}, {"present"}),
        ({"design": jobs.DesignInput(understood={"language": "zh"})}, set(STAGES)),
        ({"brief": "red dots"}, set(STAGES)),
    ],
)
def test_changed_inputs_recompute_the_stages_that_depend_on_them(
    bench: Bench, changed: dict[str, Any], again: set[str]
) -> None:
    bench.submit()
    bench.serve()
    bench.submit(**changed)
    # The output of the test stages depends on seed and brief only.
    follows = {"fusion"} if {"seed", "brief"} & {*changed, *changed.get("options", {})} else set()
    assert set(bench.serve()) == again | follows


def test_other_model_versions_are_not_reused(bench: Bench) -> None:
    bench.submit()
    bench.serve()
    table = {
        name: replace(entry, roles=("fusion",)) for name, entry in bench.context.stage_table.items()
    }
    bench.submit(model_versions={"fusion": "fusion-1"})
    assert bench.serve(stage_table=table) == list(STAGES)
    bench.submit(model_versions={"fusion": "fusion-1"})
    assert bench.serve(stage_table=table) == []
    bench.submit(model_versions={"fusion": "fusion-2"})
    assert bench.serve(stage_table=table) == list(STAGES)


class Killed(BaseException):
    """Interrupts a worker so that its rows stay as after SIGKILL."""


def test_crash_in_a_later_stage_does_not_rerun_earlier_stages(bench: Bench) -> None:
    job = bench.submit()

    def limited(computing: Computation, soft_s: float, hard_s: float) -> Any:
        if computing.stage == "generate":
            raise Killed
        return bench.context.time_limits(computing, soft_s, hard_s)

    with pytest.raises(Killed):
        bench.serve(time_limits=limited)
    runs = bench.runs(job)
    assert [runs[name].state for name in STAGES] == [
        "done",
        "done",
        "running",
        "waiting",
        "waiting",
    ]
    with bench.sessions.begin() as session:
        lapsed = "UPDATE stage_run SET lease_until = now() - interval '1 s' WHERE state = 'running'"
        session.connection().exec_driver_sql(lapsed)
    assert bench.serve("generate") == ["generate", "draw", "present"]
    assert bench.job(job).state == "succeeded"
    done = [event.body["stage"] for event in _events(bench, job) if event.kind == "stage.done"]
    assert done == list(STAGES)
    assert bench.reused(job) == set()


def _events(bench: Bench, job_id: str) -> list[Any]:
    with bench.sessions() as session:
        return list(jobs.events_after(session, job_id, 0))


def test_retry_of_a_failed_job_resumes_at_the_failed_stage(bench: Bench) -> None:
    brief = "present:raise"
    failed = bench.submit(brief)
    for _ in range(3):
        bench.serve("caption")
        bench.serve("present")
        with bench.sessions.begin() as session:
            session.connection().exec_driver_sql("UPDATE stage_run SET not_before = NULL")
    assert bench.job(failed).state == "failed"
    with bench.sessions.begin() as session:
        again = jobs.retry(session, failed).id
    assert bench.serve() == ["present"]
    assert bench.reused(again) == {"caption", "fusion", "generate", "draw"}
    with bench.sessions.begin() as session:
        jobs.cancel(session, again)


def test_batch_computes_only_new_jobs(bench: Bench) -> None:
    bench.submit()
    bench.serve()
    known, new = bench.submit(), bench.submit("red dots")
    assert bench.serve() == list(STAGES)
    assert (bench.reused(known), bench.reused(new)) == (set(STAGES), set())


def test_result_with_missing_artifact_is_recomputed(
    bench: Bench, artifact_store: ArtifactStore
) -> None:
    first = bench.submit()
    bench.serve()
    sha256 = bench.runs(first)["generate"].output_sha256
    assert sha256 is not None
    artifact_store.delete(sha256)
    second = bench.submit()
    assert bench.serve() == ["generate"]  # which stores the same bytes again
    assert artifact_store.exists(sha256)
    assert bench.reused(second) == {"caption", "fusion", "draw", "present"}


def test_reused_result_survives_the_deletion_of_its_original_job(
    bench: Bench, artifact_store: ArtifactStore
) -> None:
    first = bench.submit(ttl_s=3600)
    bench.serve()
    second = bench.submit()
    bench.serve()
    with bench.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE job SET expires_at = now() - interval '1 d'")
        session.connection().exec_driver_sql(
            f"UPDATE job SET expires_at = NULL WHERE id = '{second}'"
        )
    with bench.sessions.begin() as session:
        assert expire_jobs(session, keep_s=0) == 1
    with bench.sessions() as session:
        collect_artifacts(session, artifact_store, 0.0)
        assert session.get(Job, first) is None
    for *_, sha256 in bench.files(second):
        artifact_store.get(sha256)
    third = bench.submit()
    assert bench.serve() == []
    assert bench.runs(third)["present"].provenance["reused"]["job_id"] == first


def test_reuse_can_be_disabled(bench: Bench) -> None:
    off = bench.context.settings.model_copy(update={"reuse": False})
    bench.submit()
    bench.serve()
    bench.submit()
    assert bench.serve(settings=off) == list(STAGES)


def test_stages_without_declared_inputs_are_always_computed(bench: Bench) -> None:
    table = {name: replace(entry, inputs=None) for name, entry in bench.context.stage_table.items()}
    for _ in range(2):
        job = bench.submit()
        assert bench.serve(stage_table=table) == list(STAGES)
        assert bench.runs(job)["caption"].input_key is None


def test_batch_size_and_compute_time_are_recorded(bench: Bench) -> None:
    first, _ = bench.submit("one"), bench.submit("two")
    bench.serve()
    run = bench.runs(first)["caption"]
    assert run.batch == 2
    assert run.compute_s is not None
    again = bench.submit("one")
    bench.serve()
    assert bench.runs(again)["caption"].compute_s is None
