"""Tests of a worker on a GPU: visible devices, resident models and halved batches."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from torch import nn

from shared.db.models import Job, StageRun
from shared.jobs.submission import Submission, submit
from shared.settings import Settings
from worker.execution.runner import serve
from worker.models.weight_locator import Found, WeightsSource
from worker.runtime.devices import device_slots
from worker.runtime.memory import budget_bytes
from worker.runtime.model_cache import ModelCache
from worker.runtime.pool_child import PoolChild

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"),
]
GPU = "cuda:0"
OPTIONS = {
    "variants": 1,
    "seed": 7,
    "product": "mug",
    "reference_strength": 0.5,
    "size": 64,
}


@pytest.fixture
def child(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[PoolChild]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    made = PoolChild(
        settings.model_copy(update={"devices": GPU}), {"CODESIGNER_STAGES": "gpu_stages:STAGES"}
    )
    yield made
    made.end()


def test_out_of_memory_halves_the_batch_and_the_device_is_recorded(
    child: PoolChild, session_factory: sessionmaker[Session]
) -> None:
    asked = [Submission(brief=f"design {n}", options=OPTIONS, model_versions={}) for n in range(4)]
    with session_factory.begin() as session:
        ids = [submit(session, each).id for each in asked]
    serve(child.context, "caption")
    with session_factory() as session:
        assert [session.get_one(Job, each).state for each in ids] == ["succeeded"] * 4
        drawn = session.scalars(select(StageRun).where(StageRun.stage == "generate")).all()
    assert {run.attempt for run in drawn} == {1}
    assert {run.provenance["device"] for run in drawn} == {torch.cuda.get_device_name(GPU)}


def test_models_stay_loaded_within_the_gpu_memory(tmp_path: Path) -> None:
    def find(version_id: str) -> WeightsSource:
        path = tmp_path / version_id
        path.write_bytes(b"")
        found = Found(path=path, sha256=version_id, origin="bundled")
        return WeightsSource(
            role="fusion", name=version_id, files={"weights": found}, cache=tmp_path
        )

    def load(source: WeightsSource, device: str) -> nn.Module:
        return nn.Linear(1024, 1024, bias=False, device=device)

    residency = ModelCache(GPU, find, 2 * 4 * 1024**2, load=load)
    before = torch.cuda.memory_allocated(GPU)
    first = residency.get("a")
    assert first.model.weight.device == torch.device(GPU)
    assert first.size_bytes == torch.cuda.memory_allocated(GPU) - before == 4 * 1024**2
    del first
    residency.get("b")
    residency.get("c")
    assert residency.loaded_ids() == {"b", "c"}
    assert torch.cuda.memory_allocated(GPU) - before == 2 * 4 * 1024**2
    assert 0 < budget_bytes(GPU) < torch.cuda.get_device_properties(GPU).total_memory


def test_each_worker_sees_only_its_own_device() -> None:
    slots = device_slots("auto")
    assert slots
    for slot in slots:
        code = "import torch; print(torch.cuda.device_count(), torch.ones(2, device='cuda').sum())"
        told = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | dict(slot.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.split()[0] == "1", slot
