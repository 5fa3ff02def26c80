"""The artifact cache returns the store's bytes and is bounded in size."""

from pathlib import Path

import pytest

from shared.errors import ArtifactNotFound
from shared.storage.artifacts import ArtifactStore
from worker.execution.artifact_cache import ArtifactCache


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(f"file://{tmp_path}")


def test_stored_artifact_is_served_from_memory(store: ArtifactStore) -> None:
    cache = ArtifactCache(store)
    (name,) = cache.put_many([b"pixels"])
    assert store.get(name) == b"pixels"
    store.delete(name)
    assert cache.get(name) == b"pixels"


def test_read_artifacts_are_cached_and_the_oldest_is_evicted(store: ArtifactStore) -> None:
    names = store.put_many([bytes([index]) * 10 for index in range(5)])
    cache = ArtifactCache(store, limit_bytes=40)
    assert [cache.get(name)[0] for name in names] == [0, 1, 2, 3, 4]
    for name in names:
        store.delete(name)
    assert cache.get(names[4]) == bytes([4]) * 10
    with pytest.raises(ArtifactNotFound):
        cache.get(names[0])


def test_too_large_artifacts_are_not_cached(store: ArtifactStore) -> None:
    cache = ArtifactCache(store, limit_bytes=40)
    (name,) = cache.put_many([b"x" * 11])
    store.delete(name)
    with pytest.raises(ArtifactNotFound):
        cache.get(name)
