"""Tests that a promoted release is loaded beside the one in use, without interrupting jobs."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.jobs.submission import Submission, submit
from shared.queue.recovery.heartbeats import workers_ready
from shared.registry.releases import (
    ReleaseManifest,
    VersionManifest,
    champion_versions,
    promote,
    register_release,
)
from shared.settings import Settings
from worker.models.condition import Vocabulary
from worker.models.fusion import FusionNet, FusionShape
from worker.models.generator.field import FieldShape
from worker.models.generator.model import GeneratorNet, Sampling
from worker.models.generator.reader import ReaderShape
from worker.models.generator.traits import TraitKeys
from worker.runtime.pool_child import PoolChild
from worker.stages import StageEntry
from worker.training.release import make_release

KEYS = TraitKeys.current()
OPTIONS = {
    "variants": 1,
    "seed": 7,
    "product": "mug",
    "reference_strength": 0.5,
    "size": 64,
}
WARMED: list[str] = []


def _fuse(calls: Any, models: Any, on_progress: Any) -> Any:
    """Run the commanded stage with a model."""
    import stages_for_worker

    assert models.fusion is not None
    WARMED.extend(call.job_id for call in calls)
    return stages_for_worker.fusion(calls, models, on_progress)


def _release(name: str, seed: int, folder: Path) -> ReleaseManifest:
    """Return a release with a tiny fusion model only, with weights in the folder."""
    torch.manual_seed(seed)
    vocabulary = Vocabulary.current()
    fusion = FusionNet(FusionShape(understood=vocabulary.width, vision=1280, width=32))
    field = FieldShape(
        traits=KEYS.width, width=24, layers=1, site_width=24, site_out=8, experts=4, code=24,
        hidden=24,
    )  # fmt: skip
    generator = GeneratorNet(field, ReaderShape(code_width=32, width=32, layers=1), KEYS)
    made = make_release(name, (fusion, vocabulary, generator, Sampling(steps=2)), {}, {})
    entries = [VersionManifest(**dict(each)) for each in made.versions if each["role"] == "fusion"]
    for each in entries:
        place = folder / each.name
        place.mkdir(parents=True)
        for file, content in made.files.items():
            (place / file).write_bytes(content)
    return ReleaseManifest(name=name, versions=tuple(entries))


class SlowFile:
    """A file that is read through a pipe until the test delivers its content."""

    def __init__(self, path: Path) -> None:
        self._path, self._content = path, path.with_suffix(".content")
        path.rename(self._content)
        os.mkfifo(path)

    def wait_for_reader(self) -> None:
        """Wait until another thread has opened the file and waits for its content."""

        def opened() -> bool:
            try:
                self._pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # ENXIO: nobody reads
                return False
            return True

        _until(opened)

    def deliver(self) -> None:
        """Let the reader continue; later readers open the file itself."""
        content = self._content.read_bytes()
        self._content.replace(self._path)
        os.set_blocking(self._pipe, True)
        with open(self._pipe, "wb") as pipe:
            pipe.write(content)


@pytest.fixture
def child(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PoolChild]:
    import sys

    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import stages_for_worker

    table = stages_for_worker.STAGES | {
        "fusion": StageEntry(path="promotion_stages:fuse", roles=("fusion",))
    }
    module = type(sys)("promotion_stages")
    module.STAGES, module.fuse = table, _fuse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "promotion_stages", module)
    told = {"devices": "cpu", "models_dir": tmp_path / "models", "hub": False}
    made = PoolChild(
        settings.model_copy(update=told), {"CODESIGNER_STAGES": "promotion_stages:STAGES"}
    )
    yield made
    made.end()


def _until(so: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)


def _use(sessions: sessionmaker[Session], release: ReleaseManifest) -> str:
    with sessions.begin() as session:
        register_release(session, release)
        promote(session, release.name, "test")
        return champion_versions(session)["fusion"]


def _submit(sessions: sessionmaker[Session]) -> str:
    with sessions.begin() as session:
        asked = Submission(brief="blue", options=OPTIONS, model_versions=champion_versions(session))
        return submit(session, asked).id


def _state(sessions: sessionmaker[Session], job_id: str) -> str:
    with sessions() as session:
        return session.get_one(Job, job_id).state


def test_jobs_run_while_a_new_version_is_loading(
    child: PoolChild, session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    residency = child.context.model_cache
    first = _use(session_factory, _release("one", 1, tmp_path / "models"))
    child.start()
    assert residency.loaded_ids() == {first}
    old_job = _submit(session_factory)

    release = _release("two", 2, tmp_path / "models")
    weights = SlowFile(tmp_path / "models" / release.versions[0].name / "fusion.safetensors")
    second = _use(session_factory, release)
    weights.wait_for_reader()
    assert child.serve("caption") > 0
    assert _state(session_factory, old_job) == "succeeded"
    assert residency.loaded_ids() == {first}

    new_job = _submit(session_factory)
    threading.Timer(0.5, weights.deliver).start()
    assert child.serve("caption") > 0  # waits until the version is loaded
    assert _state(session_factory, new_job) == "succeeded"
    assert residency.loaded_ids() == {first, second}


def test_worker_is_ready_after_the_warm_up_batch(
    child: PoolChild, session_factory: sessionmaker[Session], tmp_path: Path
) -> None:
    WARMED.clear()
    assert not child.prepare()  # no release is promoted
    assert child.serve("caption") == 0
    _use(session_factory, _release("one", 1, tmp_path / "models"))
    assert child.prepare()
    assert WARMED == ["warm-up"]
    with session_factory() as session:
        (ready,) = workers_ready(session)
        assert ready.roles == ["fusion"]


def test_unloadable_weights_leave_the_previous_version_in_use(
    child: PoolChild,
    session_factory: sessionmaker[Session],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = _use(session_factory, _release("one", 1, tmp_path / "models"))
    assert child.prepare()
    broken = _release("two", 2, tmp_path / "models")
    (version,) = broken.versions
    shape = version.config["shape"] | {"width": 48}
    unfit = replace(version, config=dict(version.config) | {"shape": shape})
    _use(session_factory, replace(broken, versions=(unfit,)))
    assert child.prepare()
    assert "cannot be loaded" in caplog.text
    assert child.context.model_cache.loaded_ids() == {first}
