"""In-memory LRU cache of artifacts that were stored or read recently."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from shared.storage.artifacts import ArtifactStore

__all__ = ["ArtifactCache"]


class ArtifactCache:
    """Read-through and write-through LRU cache of the artifact store; thread-safe.

    Artifacts are content-addressed and never change, so an entry cannot be stale.

    Args:
        limit_bytes: above it the least recently used entries are evicted.
    """

    def __init__(self, store: ArtifactStore, limit_bytes: int = 32_000_000) -> None:
        self._store = store
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._size_bytes = 0
        self._entries: OrderedDict[str, bytes] = OrderedDict()

    def get(self, sha256: str) -> bytes:
        """Return the content; raise the same errors as `ArtifactStore.get`."""
        with self._lock:
            content = self._entries.get(sha256)
            if content is not None:
                self._entries.move_to_end(sha256)
                return content
        content = self._store.get(sha256)
        self._add({sha256: content})
        return content

    def put_many(self, contents: Sequence[bytes]) -> list[str]:
        """Store all contents and return their sha256; raise as `ArtifactStore.put_many`."""
        names = self._store.put_many(contents)
        self._add(dict(zip(names, contents, strict=True)))
        return names

    def _add(self, contents: Mapping[str, bytes]) -> None:
        with self._lock:
            for sha256, content in contents.items():
                if sha256 not in self._entries and len(content) <= self._limit_bytes // 4:
                    self._entries[sha256] = content
                    self._size_bytes += len(content)
            while self._size_bytes > self._limit_bytes:
                _, evicted = self._entries.popitem(last=False)
                self._size_bytes -= len(evicted)
