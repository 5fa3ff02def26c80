"""Tests of renders: claimed before all other stages, with submitted files, which retries keep."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.designs.parsing import record_json
from shared.jobs import submission as jobs
from shared.jobs.serializers import job_document
from shared.queue import leases as queue
from shared.queue.completion import write_artifacts
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import design
from tests.runner_bench import OPTIONS, Bench, running_bench
from worker.execution import runner
from worker.execution.runner import serve
from worker.stages import TABLE


@pytest.fixture
def bench(
    settings: Settings,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    with running_bench(settings, session_factory, artifact_store, monkeypatch) as made:
        yield made


RECORD = queue.ArtifactRecord(
    kind="design", variant=0, sha256="", media_type="application/json", size_bytes=2
)


def render(bench: Bench, brief: str = "edit", **asked: Any) -> str:
    """Submit a render of a record."""
    record = replace(RECORD, sha256=bench.store.put(brief.encode()))
    return bench.submit(brief, pipeline="render", artifacts=(record,), **asked)


def started(bench: Bench) -> list[tuple[str, str]]:
    """Return jobs and stages in the order in which they were claimed."""
    with bench.sessions() as session:
        found = session.execute(
            text("SELECT job_id, body ->> 'stage' FROM job_event WHERE kind = 'stage.started'"
                 " ORDER BY at, seq")
        )  # fmt: skip
        return [(row[0], row[1]) for row in found]


def ready_to_draw(bench: Bench, number: int) -> list[str]:
    """Submit designs and run them until they wait to be drawn."""
    ids = [bench.submit(f"design {index}") for index in range(number)]
    serve(replace(bench.context, stages=("caption", "fusion", "generate")), "caption")
    return ids


def test_interactive_stage_is_claimed_before_the_stage_of_the_hint(bench: Bench) -> None:
    designs = ready_to_draw(bench, 2)
    job = render(bench)
    drawer = replace(bench.context, stages=("draw", "present", "print", "render"))
    before = len(started(bench))
    assert serve(drawer, "draw") == 5
    order = started(bench)[before:]
    assert order[0] == (job, "render")
    assert {stage for _, stage in order[1:3]} == {"draw"}
    assert [bench.job(each).state for each in (job, *designs)] == ["succeeded"] * 3


def test_interactive_stage_is_claimed_before_the_next_batch(bench: Bench) -> None:
    """A render that is submitted during a batch waits for no other stage, even started jobs."""
    ready_to_draw(bench, 3)
    bench.context.batch_sizer.record_batch("draw", 1, 3.0)  # batches of one
    submitted: list[str] = []
    original = bench.context.time_limits

    def limited(computation: Any, *given: Any) -> Any:
        if computation.stage == "draw" and not submitted:
            submitted.append(render(bench))
        return original(computation, *given)

    drawer = replace(
        bench.context, stages=("draw", "present", "print", "render"), time_limits=limited
    )
    before = len(started(bench))
    assert serve(drawer, "draw") == 7
    stages = [stage for _, stage in started(bench)[before:]]
    assert stages == ["draw", "render", *["present", "draw"] * 2, "present"]


def test_interactive_stage_is_claimed_after_the_time_of_the_hint(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_to_draw(bench, 2)
    monkeypatch.setattr(runner, "_MAX_HINT_S", 0.5)
    bench.context.batch_sizer.record_batch("draw", 1, 3.0)  # batches of one
    submitted: list[str] = []
    original = bench.context.time_limits

    def limited(computation: Any, *given: Any) -> Any:
        if computation.stage == "draw":
            time.sleep(0.6)
            submitted.append(render(bench))
        return original(computation, *given)

    drawer = replace(bench.context, stages=("draw", "render"), time_limits=limited)
    assert serve(drawer, "draw") == 2  # one draw, then the render
    assert [bench.job(each).state for each in submitted] == ["succeeded"]


def test_search_for_interactive_work_does_not_end_the_batching_delay(bench: Bench) -> None:
    ready_to_draw(bench, 2)
    drawer = replace(bench.context, stages=("draw", "render"))
    serve(drawer, "draw")
    drawer.batch_sizer.record_claim(2)
    render(bench)
    serve(drawer, "render")
    assert drawer.batch_sizer.has_backlog


def test_render_reads_the_submitted_artifacts_and_its_retry_too(bench: Bench) -> None:
    job = render(bench, "render:raise")
    with bench.sessions.begin() as session:
        jobs.cancel(session, job)
        again = jobs.retry(session, job).id
    for each in (job, again):
        with bench.sessions() as session:
            found = session.execute(
                text("SELECT stage, kind, variant, sha256 FROM artifact WHERE job_id = :job"),
                {"job": each},
            ).all()
        sha256 = bench.store.put(b"render:raise")
        assert [tuple(row) for row in found] == [("request", "design", 0, sha256)]
    bench.until_ended(again)  # the stage asserts that it has the record
    error = bench.job(again).error
    assert error is not None
    assert "commanded to raise" in error["message"]
    assert (bench.job(again).pipeline, bench.job(again).retried_from) == ("render", job)


def test_record_that_cannot_be_drawn_fails_at_once(bench: Bench) -> None:
    """The real stage, without another attempt."""
    bad = render(bench, '{"version": 1}', options=OPTIONS | {"product": ""})
    broken = render(bench, "{", options=OPTIONS | {"product": ""})
    table = {**bench.context.stage_table, "render": TABLE["render"]}
    serve(replace(bench.context, stage_table=table), "render")
    for job, code in ((bad, "invalid_request"), (broken, "malformed_request")):
        assert (bench.job(job).state, bench.run_of(job, "render").attempt) == ("failed", 1)
        error = bench.job(job).error
        assert error is not None
        assert error["code"] == code


def test_one_record_that_cannot_be_drawn_fails_alone(bench: Bench) -> None:
    good, bad = ready_to_draw(bench, 2)
    for job, content in ((good, record_json(design()).encode()), (bad, b'{"version": 1}')):
        made = [
            replace(RECORD, variant=variant, sha256=bench.store.put(content)) for variant in (0, 1)
        ]
        with bench.sessions.begin() as session:
            write_artifacts(session, job, "generate", made)
    output = bench.store.put(b'{"variants": [{"description": "a"}, {"description": "b"}]}')
    with bench.sessions.begin() as session:
        session.execute(
            text("UPDATE stage_run SET output_sha256 = :sha WHERE stage = 'generate'"),
            {"sha": output},
        )
    table = {**bench.context.stage_table, "draw": TABLE["draw"]}
    serve(replace(bench.context, stages=("draw", "present"), stage_table=table), "draw")
    assert [bench.job(each).state for each in (good, bad)] == ["succeeded", "failed"]
    assert bench.run_of(bad, "draw").attempt == 1
    with bench.sessions() as session:
        made = session.execute(
            text("SELECT kind, variant FROM artifact WHERE job_id = :job AND stage = 'draw'"),
            {"job": good},
        ).all()
    assert sorted(map(tuple, made)) == [
        ("tile", 0), ("tile", 1), ("vector", 0), ("vector", 1),
    ]  # fmt: skip


def test_edit_that_cannot_be_done_fails_at_once(bench: Bench) -> None:
    """The real stage, without another attempt; the error has the edit's own code."""
    content = record_json(design()).encode()
    base = replace(RECORD, kind="base", sha256=bench.store.put(content))
    options = OPTIONS | {"product": "", "edit": {"kind": "remove", "motifs": ["owl"]}}
    job = bench.submit("edit", pipeline="render", artifacts=(base,), options=options)
    table = {**bench.context.stage_table, "render": TABLE["render"]}
    serve(replace(bench.context, stage_table=table), "render")
    error = bench.job(job).error
    assert error is not None
    assert (error["code"], bench.run_of(job, "render").attempt) == ("edit_not_possible", 1)


def test_edited_record_and_its_picture_are_artifacts(bench: Bench) -> None:
    """The real stage; the same edit of the same record reuses the result, another does not."""
    content = record_json(design()).encode()
    base = replace(RECORD, kind="base", sha256=bench.store.put(content))
    table = {**bench.context.stage_table, "render": TABLE["render"]}
    made = []
    for colour in ("#A3132F", "#A3132F", "#0B7A75"):
        edit = {"kind": "recolour", "colour": "p1", "to": colour}
        options = OPTIONS | {"variants": 1, "product": "", "edit": edit}
        job = bench.submit("edit", pipeline="render", artifacts=(base,), options=options)
        serve(replace(bench.context, stage_table=table), "render")
        with bench.sessions() as session:
            found = session.execute(
                text("SELECT kind, sha256 FROM artifact WHERE job_id = :job ORDER BY id"),
                {"job": job},
            ).all()
            snapshot = job_document(session, bench.job(job))
        made.append(dict(map(tuple, found)))
        assert [kind for kind, _ in found] == ["base", "design", "tile", "vector", "preview"]
        assert snapshot["changed"] == [{"what": "palette.p1.hex", "from": "#F3ECDF", "to": colour}]
    assert made[0]["design"] == made[1]["design"] != made[2]["design"]
