"""The model cache: models are loaded once and evicted when memory runs short."""

import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from shared.errors import ModelsMissing
from worker.models.weight_locator import Found, WeightsSource
from worker.runtime.memory import budget_bytes, held_bytes
from worker.runtime.model_cache import ModelCache, ResidentModels

CPU = "cpu"
MODEL_BYTES = 4 * 64 * 64


class _Shelf:
    """A weights locator of given ids that counts the loads."""

    def __init__(self, folder: Path, *ids: str) -> None:
        self.loads: Counter[str] = Counter()
        self.slow = threading.Event()
        self._folder = folder
        self._ids = ids

    def find(self, version_id: str) -> WeightsSource:
        if version_id not in self._ids:
            raise ModelsMissing(version_id)
        path = self._folder / version_id
        path.write_bytes(bytes(MODEL_BYTES))
        found = Found(path=path, sha256=version_id, origin="bundled")
        return WeightsSource(
            role="fusion", name=version_id, files={"weights": found}, cache=self._folder
        )

    def load(self, source: WeightsSource, device: str) -> nn.Module:
        self.loads[source.name] += 1
        return nn.Linear(64, 64, bias=False, device=device)


@pytest.fixture
def shelf(tmp_path: Path) -> _Shelf:
    return _Shelf(tmp_path, "a", "b", "c")


def test_version_is_loaded_once(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=shelf.load)
    assert cache.get("a").model is cache.get("a").model
    assert shelf.loads == {"a": 1}


def test_several_versions_stay_resident(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=shelf.load)
    first = cache.get("a").model
    assert cache.get("b").model is not first
    assert cache.get("a").model is first
    assert cache.size_bytes == 2 * MODEL_BYTES


def test_least_recently_used_model_is_evicted(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 2 * MODEL_BYTES, load=shelf.load)
    for version_id in ("a", "b", "a", "c"):
        cache.get(version_id)
    assert [loaded.version_id for loaded in cache.resident()] == ["a", "c"]
    cache.get("b")
    assert shelf.loads["b"] == 2


def test_model_larger_than_the_budget_is_resident_alone(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 1, load=shelf.load)
    cache.get("a")
    cache.get("b")
    assert [loaded.version_id for loaded in cache.resident()] == ["b"]


def test_model_size_is_that_in_memory_if_its_files_are_smaller(shelf: _Shelf) -> None:
    def wide(source: WeightsSource, device: str) -> nn.Module:
        return nn.Linear(512, 512, bias=False, device=device)

    cache = ModelCache(CPU, shelf.find, 10**9, load=wide)
    assert cache.get("a").size_bytes == 4 * 512 * 512
    assert cache.size_bytes == 4 * 512 * 512


def test_shared_storage_is_counted_once() -> None:
    shared, own = torch.zeros(100), np.zeros(10)
    model = SimpleNamespace(
        extract=lambda pixels: pixels @ shared,
        network=nn.Linear(8, 8),
        views=[shared[:50], {"again": shared}],
        packed=(own,),
        method=nn.Linear(4, 4, bias=False).forward,
    )
    model.itself = model
    assert held_bytes(model) == 4 * 100 + 4 * (64 + 8) + 8 * 10 + 4 * 16


def test_model_in_use_is_not_evicted(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 2 * MODEL_BYTES, load=shelf.load)
    job = ResidentModels({"fusion": "a"}, cache)
    in_use = job.fusion
    cache.get("b")
    cache.get("c")  # "a" is older, but "b" is evicted
    assert cache.loaded_ids() == {"a", "c"}
    assert ResidentModels({"fusion": "a"}, cache).fusion is in_use
    del job
    cache.get("c")
    cache.get("b")
    assert cache.loaded_ids() == {"b", "c"}
    assert shelf.loads == {"a": 1, "b": 2, "c": 1}


def test_loading_a_version_does_not_block_the_others(shelf: _Shelf) -> None:
    going_on = threading.Event()

    def load(source: WeightsSource, device: str) -> nn.Module:
        if source.name == "b":
            assert going_on.wait(60)
        return shelf.load(source, device)

    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=load)
    cache.get("a")
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(cache.get("b").model)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert cache.get("a").version_id == "a"
    assert cache.loaded_ids() == {"a"}
    going_on.set()
    for thread in threads:
        thread.join()
    assert cache.loaded_ids() == {"a", "b"}
    assert found == [cache.get("b").model] * 2
    assert shelf.loads == {"a": 1, "b": 1}


def test_workers_on_one_cpu_divide_the_memory_budget() -> None:
    whole = budget_bytes(CPU)
    assert whole > 0
    assert budget_bytes(CPU, sharing=4) == pytest.approx(whole / 4, abs=1)


def test_concurrent_threads_load_a_model_once(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=shelf.load)
    threads = [threading.Thread(target=cache.get, args=("a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.loads == {"a": 1}


def test_used_models_are_recorded(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=shelf.load)
    models = ResidentModels({"fusion": "a", "generator": "b"}, cache)
    assert models.used == {}
    assert isinstance(models.fusion, nn.Linear)
    assert set(models.used) == {"fusion"}
    assert shelf.loads == {"a": 1}


def test_missing_version_or_role_is_rejected(shelf: _Shelf) -> None:
    cache = ModelCache(CPU, shelf.find, 10 * MODEL_BYTES, load=shelf.load)
    with pytest.raises(ModelsMissing, match="no captioner"):
        _ = ResidentModels({"fusion": "a"}, cache).captioner
    with pytest.raises(ModelsMissing):
        _ = ResidentModels({"fusion": "unknown"}, cache).fusion
