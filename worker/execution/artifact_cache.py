"""Bytes that were stored or read a moment ago, kept in memory for the stages that come next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from shared.storage.artifacts import ArtifactStore

__all__ = ["RecentBytes"]


class RecentBytes:
    """The artifact store seen through a bounded memory; for several threads.

    What is named by its sha256 never changes, so nothing here can be out of date.

    Args:
        limit_bytes: the least recently used go where more would be kept.
    """

    def __init__(self, store: ArtifactStore, limit_bytes: int = 32_000_000) -> None:
        self._store = store
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._size_bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, sha256: str) -> bytes:
        """Give the bytes; errors as of `ArtifactStore.get`."""
        with self._lock:
            content = self._kept.get(sha256)
            if content is not None:
                self._kept.move_to_end(sha256)
                return content
        content = self._store.get(sha256)
        self._keep({sha256: content})
        return content

    def put_many(self, contents: Sequence[bytes]) -> list[str]:
        """Store all of them and give their names; errors as of `ArtifactStore.put_many`."""
        names = self._store.put_many(contents)
        self._keep(dict(zip(names, contents, strict=True)))
        return names

    def _keep(self, contents: Mapping[str, bytes]) -> None:
        with self._lock:
            for sha256, content in contents.items():
                if sha256 not in self._kept and len(content) <= self._limit_bytes // 4:
                    self._kept[sha256] = content
                    self._size_bytes += len(content)
            while self._size_bytes > self._limit_bytes:
                _, gone = self._kept.popitem(last=False)
                self._size_bytes -= len(gone)
