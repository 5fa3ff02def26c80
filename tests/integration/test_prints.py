"""Tests of prints with the real runner: only the stage print is computed, at the right size."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job, StageRun
from shared.designs.parsing import parse_design
from shared.jobs.prints import (
    PrintOptions,
    VariantNotFound,
    print_submission,
    printable_design,
    side_cm,
)
from shared.jobs.provenance import prov_document
from shared.jobs.submission import DesignInput, Submission, cancel, retry, submit
from shared.queue.recovery.invariants import check_invariants
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.unit.worker import tiny
from worker.drawing.files import DESIGN_KEYWORD
from worker.drawing.raster import draw_pixels
from worker.execution.context import Computation, WorkerContext
from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress
from worker.execution.runner import serve
from worker.imaging.png import read_metadata
from worker.models.generator.records import RecordGenerator
from worker.runtime.pool_child import PoolChild
from worker.stages import TABLE, generate

OPTIONS = {"variants": 2, "seed": 7, "product": "mug", "reference_strength": 0.5, "size": 64}


def fusion(
    calls: Sequence[StageCall], _models: Models, _on_progress: OnProgress
) -> list[StageResult]:
    """Return the same semantic code for each job, in the shape of the tiny generator."""
    shape = (1, tiny.READER.code_tokens, tiny.READER.code_width)
    code = np.random.default_rng(3).standard_normal(shape, np.float32)
    made = StageResult(output=save({"code": code}), media_type="application/vnd.safetensors")
    return [made for _ in calls]


def drafted(
    calls: Sequence[StageCall], _models: Models, on_progress: OnProgress
) -> list[StageResult]:
    """Draft the records with the tiny generator."""
    generator = RecordGenerator(field=tiny.generator(), release="tiny")
    return generate.run(calls, cast("Models", SimpleNamespace(generator=generator)), on_progress)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A pool child in this process that records the computed stages."""

    context: WorkerContext
    sessions: sessionmaker[Session]
    computed: list[str]

    def design(self) -> str:
        """Submit a design and run it to its end."""
        asked = Submission(
            brief="teal waves",
            options=OPTIONS,
            model_versions={},
            design=DesignInput(understood={"language": "en"}),
        )
        with self.sessions.begin() as session:
            job_id = submit(session, asked).id
        self.serve("caption")
        return job_id

    def print_of(self, design: str, **asked: int) -> str:
        with self.sessions.begin() as session:
            options = PrintOptions(**asked)
            submission = print_submission(printable_design(session, design, options), options)
            return submit(session, submission).id

    def serve(self, stage: str) -> list[str]:
        before = len(self.computed)
        serve(self.context, stage)
        return self.computed[before:]

    def job(self, job_id: str) -> Job:
        with self.sessions() as session:
            return session.get_one(Job, job_id)

    def files(self, job_id: str) -> dict[str, Artifact]:
        with self.sessions() as session:
            found = session.scalars(select(Artifact).where(Artifact.job_id == job_id))
            return {each.kind: each for each in found}

    def rows(self, job_id: str, stage: str) -> set[tuple[Any, ...]]:
        """Return the artifacts of a stage without the job."""
        with self.sessions() as session:
            found = session.scalars(
                select(Artifact).where(Artifact.job_id == job_id, Artifact.stage == stage)
            )
            return {
                (each.kind, each.variant, each.sha256, each.media_type, each.size_bytes)
                for each in found
            }

    def delete(self, job_id: str) -> None:
        with self.sessions.begin() as session:
            session.delete(session.get_one(Job, job_id))

    def runs(self, job_id: str) -> dict[str, StageRun]:
        with self.sessions() as session:
            found = session.scalars(select(StageRun).where(StageRun.job_id == job_id))
            return {run.stage: run for run in found}


@pytest.fixture
def bench(
    settings: Settings, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    environ = {"CODESIGNER_STAGES": "stages_for_worker:PATIENT"}
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), environ)
    own = {"fusion": f"{__name__}:fusion", "generate": f"{__name__}:drafted"}
    own |= {name: TABLE[name].path for name in ("draw", "print")}
    table = {
        name: replace(entry, inputs=TABLE[name].inputs, path=own.get(name, entry.path))
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


def test_print_computes_only_the_stage_print(bench: Bench, artifact_store: ArtifactStore) -> None:
    design = bench.design()
    off = replace(
        bench.context, settings=bench.context.settings.model_copy(update={"reuse": False})
    )
    job = bench.print_of(design, variant=1, size=2048)
    assert replace(bench, context=off).serve("print") == ["print"]  # carried even without reuse
    assert bench.job(job).state == "succeeded"
    made = bench.files(job)
    assert set(made) == {"design", "print", "thumbnail"}
    content = artifact_store.get(made["print"].sha256)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (2048, 2048)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
        record = parse_design(image.text[DESIGN_KEYWORD].encode())  # type: ignore[attr-defined]
        assert np.array_equal(np.asarray(image), draw_pixels(record, 2048)[..., :3])
    assert record.variant == 1
    told = read_metadata(content)
    assert (told.brief, told.seed, told.variant, told.dpi) == ("teal waves", 7, 1, 300)
    assert told.job_url.endswith(job)
    run = bench.runs(job)["print"]
    assert set(run.provenance["inputs"]["outputs"]) == {"generate"}
    assert run.provenance["details"]["size_px"] == 2048
    told_output = json.loads(artifact_store.get(run.output_sha256 or ""))
    assert (told_output["variant"], told_output["dpi"]) == (1, 300)


def test_repeated_print_reuses_the_earlier_result(bench: Bench) -> None:
    design = bench.design()
    first = bench.print_of(design, variant=0, size=2048)
    assert bench.serve("print") == ["print"]
    second = bench.print_of(design, variant=0, size=2048)
    other = bench.print_of(design, variant=0, size=2048, dpi=150)
    assert bench.serve("print") == ["print"]  # another resolution makes another file
    reused = [bench.runs(each)["print"].reused for each in (first, second, other)]
    assert reused == [False, True, False]
    files = [bench.files(each)["print"].sha256 for each in (first, second, other)]
    assert files[0] == files[1] != files[2]


def test_print_carries_the_records_of_its_design(bench: Bench) -> None:
    design = bench.design()
    job = bench.print_of(design, variant=1, size=2048)
    carried = bench.rows(job, "generate")
    assert {(kind, variant) for kind, variant, *_ in carried} == {("design", 0), ("design", 1)}
    assert carried == bench.rows(design, "generate")
    runs = bench.runs(job)
    assert {name: (run.state, run.position) for name, run in runs.items()} == {
        "generate": ("done", 0),
        "print": ("ready", 1),
    }
    assert runs["generate"].provenance["reused"]["job_id"] == design
    bench.delete(design)  # it is not needed any more
    assert bench.serve("print") == ["print"]
    assert bench.job(job).state == "succeeded"


def test_retried_print_carries_the_records_of_the_first(bench: Bench) -> None:
    design = bench.design()
    job = bench.print_of(design, variant=0, size=2048)
    carried = bench.rows(job, "generate")
    with bench.sessions.begin() as session:
        cancel(session, job)
        again = retry(session, job).id
    bench.delete(design)
    bench.delete(job)
    assert bench.rows(again, "generate") == carried
    assert bench.serve("print") == ["print"]
    assert bench.job(again).state == "succeeded"


def test_carried_records_serve_a_later_design(bench: Bench) -> None:
    """The copies are whole, so that they are a cached result when the design is gone."""
    design = bench.design()
    bench.print_of(design, variant=0, size=2048)
    bench.serve("print")
    made = bench.rows(design, "generate")
    bench.delete(design)
    before = len(bench.computed)
    again = bench.design()
    assert bench.computed[before:] == ["caption", "fusion", "draw", "present"]
    assert bench.runs(again)["generate"].reused
    assert bench.rows(again, "generate") == made


def test_provenance_of_a_print_names_the_stages_of_its_design(bench: Bench) -> None:
    design = bench.design()
    job = bench.print_of(design, variant=0, size=2048)
    bench.serve("print")
    with bench.sessions() as session:
        document = prov_document(session, session.get_one(Job, job), "http://x")
    informed = {
        (each["prov:informed"], each["prov:informant"])
        for each in document["wasInformedBy"].values()
    }
    assert informed == {
        (f"job:{job}.print", f"job:{job}.generate"),
        (f"job:{job}.generate", f"job:{design}.caption"),
        (f"job:{job}.generate", f"job:{design}.fusion"),
    }
    assert {name for pair in informed for name in pair} <= set(document["activity"])
    assert document["activity"][f"job:{job}.generate"]["cds:reused_from"] == f"job:{design}"


def test_print_without_a_record_fails_at_once(bench: Bench) -> None:
    design = bench.design()
    job = bench.print_of(design, variant=0, size=2048)
    with bench.sessions.begin() as session:
        session.execute(delete(Artifact).where(Artifact.job_id == job))
    bench.serve("print")
    run = bench.runs(job)["print"]
    assert (bench.job(job).state, run.attempt) == ("failed", 1)
    error = bench.job(job).error
    assert error is not None
    assert (error["code"], error["message"]) == (
        "invalid_request",
        "design: Variant 0 has no design record.",
    )


def test_print_of_a_missing_variant_is_rejected(bench: Bench) -> None:
    with pytest.raises(VariantNotFound) as refused:
        bench.print_of(bench.design(), variant=2)
    assert refused.value.last == 1


def test_a_print_has_a_size_in_centimetres() -> None:
    assert side_cm(4096, 300) == 34.7
