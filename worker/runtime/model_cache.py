"""LRU cache of loaded models, one per model version and device.

A version is loaded beside the resident ones, possibly by another thread than the one that
computes: threads that need it wait for it, all others continue.
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import WeakSet

from shared.errors import ModelsMissing
from shared.pipelines import ROLES
from worker.models.weight_locator import WeightsSource
from worker.runtime.memory import empty_cache, held_bytes, trim

if TYPE_CHECKING:
    from worker.models.captioner.model import Captioner
    from worker.models.fusion import Fusion
    from worker.models.generator.draft import DesignGenerator
    from worker.models.text_encoder import TextEncoder
    from worker.models.vision import Vision

__all__ = ["LoadedModel", "ModelCache", "ResidentModels", "load_model"]

_log = logging.getLogger(__name__)


class Loader(Protocol):
    """Loads the model of a role."""

    def __call__(self, source: WeightsSource, device: str) -> Any: ...


_MODULES = {
    "captioner": "worker.models.captioner.model",
    "vision": "worker.models.vision",
    "text_encoder": "worker.models.text_encoder",
    "fusion": "worker.models.fusion",
    "generator": "worker.models.generator.model",
}
"""Module of each role, imported when its first model is loaded."""


def load_model(source: WeightsSource, device: str) -> Any:
    """Load a model with the `load` function of its role's module, which takes a `torch.device`."""
    import torch  # not needed by a worker whose stages use no model

    role = importlib.import_module(_MODULES[source.role])
    return role.load(source, torch.device(device))


@dataclass(frozen=True, kw_only=True)
class LoadedModel:
    """A resident model version."""

    version_id: str
    model: Any
    source: WeightsSource
    size_bytes: int
    load_s: float


class ModelCache:
    """LRU cache of one device's models within a memory budget; thread-safe.

    Args:
        device: torch name of the device that the models are loaded on.
        find: returns the weights of a model version by its id; raises ModelsMissing without them.
        budget_bytes: above it the least recently used models that no job uses are evicted.
        load: loads the model of a source.
        measure: returns a model's bytes; the size of its files counts where that is more.
    """

    def __init__(
        self,
        device: str,
        find: Callable[[str], WeightsSource],
        budget_bytes: int,
        *,
        load: Loader = load_model,
        measure: Callable[[Any], int] = held_bytes,
    ) -> None:
        self.device = device
        self.find = find
        self._budget_bytes = budget_bytes
        self._load = load
        self._measure = measure
        self._users: WeakSet[ResidentModels] = WeakSet()
        self._ids: frozenset[str] = frozenset()
        self._resident: OrderedDict[str, LoadedModel] = OrderedDict()
        self._load_locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, version_id: str) -> LoadedModel:
        """Return a version's model, loading it if it is not resident.

        Raises:
            ModelsMissing, CodesignerError: from `find`.
        """
        with self._lock:
            loaded = self._resident.get(version_id)
            if loaded is not None:
                self._resident.move_to_end(version_id)
                return loaded
            load_lock = self._load_locks.setdefault(version_id, threading.Lock())
        with load_lock:  # not under self._lock: the other versions stay usable meanwhile
            if (loaded := self._resident.get(version_id)) is not None:
                return loaded
            loaded = self._load_version(version_id)
            with self._lock:
                self._resident[version_id] = loaded
                self._evict(keep=version_id)
            return loaded

    def loaded_ids(self) -> frozenset[str]:
        """Return the ids of the resident versions, without locking."""
        return self._ids

    def add_user(self, models: ResidentModels) -> None:
        """Register models that are in use while the object lives: they are not evicted."""
        with self._lock:
            self._users.add(models)

    def _load_version(self, version_id: str) -> LoadedModel:
        source, started_at = self.find(version_id), time.monotonic()
        file_bytes = sum(_size_of(file.path) for file in source.files.values())
        with self._lock:
            evicted = self._evict(file_bytes)
        if evicted:
            empty_cache()
        model = self._load(source, self.device)
        trim()  # loading a model leaves a few hundred MB of freed memory that would stay resident
        loaded = LoadedModel(
            version_id=version_id,
            model=model,
            source=source,
            size_bytes=max(self._measure(model), file_bytes),
            load_s=time.monotonic() - started_at,
        )
        _log.info(
            "loaded %s %s on %s: %.0f MB in %.1f s",
            source.role,
            source.name,
            self.device,
            loaded.size_bytes / 1e6,
            loaded.load_s,
        )
        return loaded

    def _evict(self, new_bytes: int = 0, keep: str | None = None) -> int:
        """Evict the least recently used models until the new one fits; return the count.

        The caller holds the lock. Models in use stay: evicting them would free no memory, and they
        would be loaded twice.
        """
        used = {id(model) for user in self._users for model in tuple(user.used.values())}
        evictable = [
            version_id
            for version_id, loaded in self._resident.items()
            if version_id != keep and id(loaded) not in used
        ]
        count = 0
        while count < len(evictable) and self.size_bytes + new_bytes > self._budget_bytes:
            evicted = self._resident.pop(evictable[count])
            count += 1
            _log.info("evicted %s %s", evicted.source.role, evicted.source.name)
        self._ids = frozenset(self._resident)
        return count

    @property
    def size_bytes(self) -> int:
        """Bytes of all resident models."""
        return sum(loaded.size_bytes for loaded in tuple(self._resident.values()))

    def resident(self) -> list[LoadedModel]:
        """Return the resident models, least recently used first."""
        with self._lock:
            return list(self._resident.values())


def _size_of(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


class ResidentModels:
    """A job's pinned models (`worker.execution.contracts.Models`); records which were used."""

    def __init__(self, versions: Mapping[str, str], cache: ModelCache) -> None:
        self._versions = versions
        self._cache = cache
        self.used: dict[str, LoadedModel] = {}
        """The models that were used, by role."""
        cache.add_user(self)

    def _get(self, role: str) -> Any:
        if role not in self.used:
            version_id = self._versions.get(role)
            if version_id is None:
                pinned = ", ".join(sorted(self._versions)) or "none"
                raise ModelsMissing(f"The job pins no {role}; it has {pinned} of {ROLES}.")
            self.used[role] = self._cache.get(version_id)
        return self.used[role].model

    @property
    def captioner(self) -> Captioner:
        """The captioner."""
        return cast("Captioner", self._get("captioner"))

    @property
    def vision(self) -> Vision:
        """The vision model."""
        return cast("Vision", self._get("vision"))

    @property
    def text_encoder(self) -> TextEncoder:
        """The text encoder."""
        return cast("TextEncoder", self._get("text_encoder"))

    @property
    def fusion(self) -> Fusion:
        """The fusion layer."""
        return cast("Fusion", self._get("fusion"))

    @property
    def generator(self) -> DesignGenerator:
        """The generator."""
        return cast("DesignGenerator", self._get("generator"))
