"""Tests of the runner on a real database: batches, failures, time limits and provenance."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import redis
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.jobs import submission as jobs
from shared.jobs.provenance import prov_document
from shared.pipelines import STAGES
from shared.queue import leases as queue
from shared.queue import pauses
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.runner_bench import OPTIONS, Bench, running_bench
from worker.execution import runner
from worker.execution.artifact_cache import ArtifactCache
from worker.execution.runner import serve
from worker.runtime.launch import NAME_VARIABLE
from worker.runtime.pool_child import PoolChild

DONE = {"caption", "fusion", "generate", "draw", "present"}


def stages_for_worker() -> Any:
    """Import the commanded stages, whose folder the fixture adds to the path."""
    import stages_for_worker

    return stages_for_worker


@pytest.fixture
def bench(
    settings: Settings,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    with running_bench(settings, session_factory, artifact_store, monkeypatch) as made:
        yield made


def test_one_hint_runs_a_batch_through_all_stages(bench: Bench) -> None:
    ids = [bench.submit(f"design {number}") for number in range(3)]
    assert serve(bench.context, "caption") == 15
    assert [bench.job(each).state for each in ids] == ["succeeded"] * 3
    assert bench.output(ids[0], "generate")["batch"] == 3
    assert bench.output(ids[0], "present")["earlier"] == ["caption", "draw", "fusion", "generate"]


def test_hint_is_served_until_no_work_is_left(bench: Bench) -> None:
    limit = bench.context.batch_sizer.claim_limit(STAGES["caption"])
    ids = [bench.submit(f"design {number}") for number in range(limit + 3)]
    assert serve(bench.context, "caption") == 5 * len(ids)
    assert {bench.job(each).state for each in ids} == {"succeeded"}


def test_slow_stage_uses_smaller_batches(bench: Bench) -> None:
    bench.context.batch_sizer.record_batch("caption", 1, 1.0)
    ids = [bench.submit(f"design {number}") for number in range(4)]
    serve(bench.context, "caption")
    batches = sorted(bench.output(each, "caption")["batch"] for each in ids)
    assert max(batches) < 4


def test_hint_for_other_workers_is_published_at_once(bench: Bench, broker_url: str) -> None:
    job = bench.submit("blue")
    serve(replace(bench.context, stages=("caption",)), "caption")
    assert bench.run_of(job, "fusion").state == "ready"
    with redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://")) as client:
        lists = [key for key in client.keys("codesigner:*") if client.type(key) == b"list"]
        ((message,),) = [client.lrange(key, 0, -1) for key in lists]
    assert "fusion" in json.loads(message)["headers"]["argsrepr"]


def test_recent_artifacts_are_not_read_from_the_store(bench: Bench) -> None:
    job = bench.submit("blue")
    read: list[str] = []
    get = bench.store.get

    class Watched(ArtifactStore):
        def get(self, sha256: str) -> bytes:
            read.append(sha256)
            return get(sha256)

    recent = ArtifactCache(Watched(bench.store.url))
    serve(replace(bench.context, artifact_cache=recent), "caption")
    assert bench.job(job).state == "succeeded"
    assert read == []


def test_job_that_raises_fails_alone_with_its_traceback(bench: Bench) -> None:
    bad = bench.submit("fusion:raise")
    good = [bench.submit(f"design {number}") for number in range(2)]
    assert bench.until_ended(bad, *good) == ["failed", "succeeded", "succeeded"]
    dead = bench.run_of(bad, "fusion")
    assert (dead.state, dead.attempt) == ("dead", 3)
    assert bench.run_of(good[0], "fusion").attempt == 1
    failures = dead.provenance["failures"]
    assert [each["attempt"] for each in failures] == [1, 2, 3]
    assert "commanded to raise" in failures[0]["traceback"]
    assert "_obey" in failures[0]["traceback"]


def test_out_of_memory_halves_the_batch(bench: Bench) -> None:
    ids = [bench.submit(f"generate:memory {number}") for number in range(4)]
    serve(bench.context, "caption")
    assert [bench.job(each).state for each in ids] == ["succeeded"] * 4
    assert bench.output(ids[0], "fusion")["batch"] == 4
    assert bench.output(ids[0], "generate")["batch"] == 1
    assert bench.run_of(ids[0], "generate").attempt == 1


def test_second_attempts_run_alone(bench: Bench) -> None:
    again = bench.submit("design again")
    with bench.sessions.begin() as session:
        (held,) = queue.claim(session, "caption", "another", 1)
        queue.fail(session, held, queue.CodesignerError("stage_failed", "x"), retryable=True)
    others = [bench.submit(f"design {number}") for number in range(2)]
    bench.until_ended(again, *others)
    assert bench.output(again, "caption")["batch"] == 1
    assert bench.output(others[0], "caption")["batch"] == 2


def test_job_over_the_time_limit_fails_at_once(bench: Bench) -> None:
    job = bench.submit("caption:sleep:20")
    serve(bench.context, "caption")
    assert (bench.job(job).state, bench.run_of(job, "caption").attempt) == ("failed", 1)
    error = bench.job(job).error
    assert error is not None
    assert error["code"] == "time_limit"
    assert "fewer variants or a smaller size" in error["message"]


def test_jobs_over_the_time_limit_together_are_retried_alone(bench: Bench) -> None:
    quick, slow = bench.submit("quick"), bench.submit("caption:sleep:20")
    bench.until_ended(quick, slow)
    assert [bench.job(each).state for each in (quick, slow)] == ["succeeded", "failed"]
    assert bench.run_of(slow, "caption").attempt == 2


def test_progress_renews_the_lease(settings: Settings, bench: Bench) -> None:
    context = replace(
        bench.context,
        settings=settings.model_copy(update={"lease_s": 2.0}),
        stage_table=bench.context.stage_table | stages_for_worker().PATIENT,
    )
    job = bench.submit("generate:advance:1.0", options=OPTIONS | {"variants": 5})
    expired, over = 0, threading.Event()

    def keep_reaping() -> None:
        nonlocal expired
        while not over.wait(0.1):
            with bench.sessions.begin() as session:
                expired += queue.reap(session).expired

    reaping = threading.Thread(target=keep_reaping)
    reaping.start()
    try:
        serve(context, "caption")
    finally:
        over.set()
        reaping.join()
    run = bench.run_of(job, "generate")
    assert (bench.job(job).state, run.attempt, expired) == ("succeeded", 1, 0)
    with bench.sessions() as session:
        told = [each.body for each in jobs.events_after(session, job, 0)
                if each.kind == "stage.progress"]  # fmt: skip
    shares = [each["progress"] for each in told if each["stage"] == "generate"]
    assert shares == sorted(shares)
    assert len(shares) >= 3


def test_new_child_ends_the_leases_of_its_predecessor(settings: Settings, bench: Bench) -> None:
    job, other = bench.submit("mine"), bench.submit("another's")
    with bench.sessions.begin() as session:
        queue.claim(session, "caption", "gpu-1@host/11", 1)
        queue.claim(session, "caption", "gpu-10@host/12", 1)
    environ = {"CODESIGNER_STAGES": "stages_for_worker:STAGES", NAME_VARIABLE: "gpu-1@host"}
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), environ)
    try:
        child.start()
        with bench.sessions.begin() as session:
            assert queue.reap(session).expired == 1
    finally:
        child.end()
    assert bench.run_of(job, "caption").state == "ready"
    assert bench.run_of(other, "caption").state == "running"
    with bench.sessions.begin() as session:
        jobs.cancel(session, other)


def test_large_job_is_computed_alone(bench: Bench) -> None:
    large = OPTIONS | {"size": 1024, "variants": 8}
    ids = [bench.submit(f"large {number}", options=large) for number in range(3)]
    bench.until_ended(*ids)
    assert [bench.output(each, "caption")["batch"] for each in ids] == [3, 3, 3]
    assert [bench.output(each, "draw")["batch"] for each in ids] == [1, 1, 1]
    assert {bench.run_of(each, "draw").attempt for each in ids} == {1}


def test_result_of_a_cancelled_job_is_discarded(bench: Bench) -> None:
    job = bench.submit("blue")
    original = bench.context.time_limits

    def limited(*given: Any) -> Any:
        with bench.sessions.begin() as session:
            jobs.cancel(session, job)  # between claim and computation
        return original(*given)

    serve(replace(bench.context, time_limits=limited), "caption")
    assert bench.job(job).state == "cancelled"
    assert bench.run_of(job, "caption").output_sha256 is None


def transactions(bench: Bench, kind: str, stage: str | None = None) -> dict[str, str]:
    """Return the transaction that wrote an event of this kind, by job."""
    statement = text(
        "SELECT job_id, xmin::text FROM job_event"
        " WHERE kind = :kind AND (body ->> 'stage' = :stage OR CAST(:stage AS text) IS NULL)"
    )
    with bench.sessions() as session:
        return {
            row[0]: row[1] for row in session.execute(statement, {"kind": kind, "stage": stage})
        }


def test_finishing_transaction_claims_the_next_stage(bench: Bench) -> None:
    ids = [bench.submit(f"design {number}") for number in range(2)]
    assert serve(bench.context, "caption") == 10
    for stage, following in pairwise(("caption", "fusion", "generate", "draw", "present")):
        done = transactions(bench, "stage.done", stage)
        assert set(done) == set(ids)
        assert len(set(done.values())) == 1
        assert transactions(bench, "stage.started", following) == done


def test_finishing_transaction_of_the_last_stage_claims_a_new_batch(bench: Bench) -> None:
    bench.context.batch_sizer.record_batch("caption", 1, 3.0)  # batches of one
    first, second = bench.submit("first"), bench.submit("second")
    assert serve(bench.context, "caption") == 10
    ended = transactions(bench, "job.succeeded")
    assert transactions(bench, "stage.started", "caption")[second] == ended[first]


def test_started_jobs_are_finished_before_new_ones_are_claimed(bench: Bench) -> None:
    bench.context.batch_sizer.record_batch("caption", 1, 0.9)  # batches of two
    bench.context.batch_sizer.record_batch("generate", 1, 3.0)  # batches of one
    ids = [bench.submit(f"design {number}") for number in range(4)]
    assert serve(bench.context, "caption") == 20
    assert [bench.output(each, "caption")["batch"] for each in ids] == [2, 2, 2, 2]
    assert [bench.output(each, "generate")["batch"] for each in ids] == [1, 1, 1, 1]
    ended = [bench.job(each).finished_at for each in ids[:2]]
    began = [bench.job(each).started_at for each in ids[2:]]
    assert all(end <= begin for end in ended for begin in began if end and begin)
    assert None not in ended + began


def test_finishing_transaction_claims_nothing_of_a_paused_stage(bench: Bench) -> None:
    job = bench.submit("blue")
    with bench.sessions.begin() as session:
        pauses.pause(session, "fusion", "admin")
    assert serve(bench.context, "caption") == 1
    assert bench.run_of(job, "fusion").state == "ready"


def test_batch_ends_after_the_time_of_its_hint(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_MAX_HINT_S", 0.5)
    bench.context.batch_sizer.record_batch("caption", 1, 3.0)  # batches of one
    first, second = bench.submit("caption:sleep:0.6"), bench.submit("second")
    assert serve(bench.context, "caption") == 5
    assert (bench.job(first).state, bench.job(second).state) == ("succeeded", "queued")


def test_cancel_before_the_finish_discards_the_result_and_work_goes_on(bench: Bench) -> None:
    bench.context.batch_sizer.record_batch("caption", 1, 3.0)  # batches of one
    first, second = bench.submit("first"), bench.submit("second")

    class CancellingCache(ArtifactCache):
        def put_many(self, contents: Sequence[bytes]) -> list[str]:
            if bench.job(first).state != "cancelled":
                with bench.sessions.begin() as session:
                    jobs.cancel(session, first)
            return super().put_many(contents)

    cache = CancellingCache(bench.store)
    assert serve(replace(bench.context, artifact_cache=cache), "caption") == 6
    assert (bench.job(first).state, bench.job(second).state) == ("cancelled", "succeeded")
    assert bench.run_of(first, "caption").output_sha256 is None


def test_time_limit_exceeded_in_a_later_stage_fails_that_stage(bench: Bench) -> None:
    job = bench.submit("fusion:sleep:20")
    serve(bench.context, "caption")
    run = bench.run_of(job, "fusion")
    assert (run.state, run.attempt) == ("dead", 1)
    assert run.error is not None
    assert run.error["code"] == "time_limit"


def test_missing_input_artifact_fails_the_job_permanently(bench: Bench) -> None:
    job = bench.submit("blue", design=jobs.DesignInput(reference_sha256="0" * 64))
    serve(bench.context, "caption")
    assert bench.job(job).state == "failed"
    error = bench.job(job).error
    assert error is not None
    assert error["code"] == "artifact_not_found"


def test_drain_releases_the_claim(bench: Bench) -> None:
    job = bench.submit("blue")
    answers = iter([False, True])
    serve(replace(bench.context, is_draining=lambda: next(answers, True)), "caption")
    run = bench.run_of(job, "caption")
    assert (run.state, run.attempt) == ("ready", 0)


def test_provenance_has_requested_and_default_options(bench: Bench) -> None:
    job = bench.submit("blue stripes")
    serve(bench.context, "caption")
    record = bench.run_of(job, "draw").provenance
    assert record["seed"] == 7
    assert record["options"]["requested"] == {"variants": 2, "seed": 7, "product": "phone-case"}
    assert record["options"]["defaults_filled"] == {"reference_strength": 0.5, "size": 64}
    assert set(record["inputs"]["outputs"]) == {"caption", "fusion", "generate"}
    assert record["environment"]["device"] == "cpu"
    assert record["libraries"]["numpy"]
    assert record["times"]["compute_s"] >= 0
    assert [each["variant"] for each in record["artifacts"]] == [0, 1]


RELATIONS = {
    "used": ("prov:activity", "prov:entity"),
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
    "wasAttributedTo": ("prov:entity", "prov:agent"),
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity"),
    "wasInformedBy": ("prov:informed", "prov:informant"),
}
"""PROV-JSON's relations that are used here, each with what it must name (section 3)."""
KINDS = {"entity", "activity", "agent"}
OF = {
    "prov:entity": "entity",
    "prov:generatedEntity": "entity",
    "prov:usedEntity": "entity",
    "prov:activity": "activity",
    "prov:informed": "activity",
    "prov:informant": "activity",
    "prov:agent": "agent",
}


def _names(document: dict[str, Any]) -> Iterator[str]:
    for kind, records in document.items():
        if kind == "prefix":
            continue
        for name, attributes in records.items():
            yield name
            yield from attributes


def test_provenance_is_valid_prov_json(bench: Bench) -> None:
    job = bench.submit("blue stripes")
    serve(bench.context, "caption")
    with bench.sessions() as session:
        document = prov_document(session, bench.job(job), "http://127.0.0.1:8000")
    document = json.loads(json.dumps(document))
    assert set(document) <= {"prefix", *KINDS, *RELATIONS}
    prefixes = {"_", "prov", *document["prefix"]}
    assert all(name.partition(":")[0] in prefixes for name in _names(document))
    for relation, needed in RELATIONS.items():
        for attributes in document.get(relation, {}).values():
            for key in needed:
                assert attributes[key] in document[OF[key]], (relation, key)
    for kind in KINDS:
        for attributes in document[kind].values():
            assert all(_is_value(value) for value in attributes.values()), attributes


def _is_value(value: Any) -> bool:
    """Return whether this is a PROV-JSON attribute value: a literal, a typed literal, or a list."""
    if isinstance(value, list):
        return bool(value) and all(_is_value(each) and not isinstance(each, list) for each in value)
    if isinstance(value, dict):
        return set(value) in ({"$", "type"}, {"$", "lang"}) and isinstance(value["$"], str)
    return isinstance(value, str | int | float | bool)


def test_provenance_of_every_file_leads_back_to_the_brief(bench: Bench) -> None:
    job = bench.submit("blue stripes")
    serve(bench.context, "caption")
    with bench.sessions() as session:
        document = prov_document(session, bench.job(job), "http://127.0.0.1:8000")
    sources: dict[str, set[str]] = {}
    for each in document["wasDerivedFrom"].values():
        sources.setdefault(each["prov:generatedEntity"], set()).add(each["prov:usedEntity"])
    generated = {each["prov:entity"] for each in document["wasGeneratedBy"].values()}
    assert len(generated) >= len(DONE) + 2
    for entity in generated:
        assert f"job:{job}.brief" in sources[entity]
    labels = {each.get("prov:label") for each in document["entity"].values()}
    assert {"tile 0", "tile 1"} <= labels
