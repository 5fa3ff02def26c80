"""Models that stay resident: loaded once per version, the least recently used evicted.

A version is loaded beside those that are there, also from another thread than the one that
computes: who needs it waits for it, all others go on.
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
from worker.models.weights import WeightsSource
from worker.runtime.memory import empty_cache, held_bytes, trim

if TYPE_CHECKING:
    from worker.models.captioner.model import Captioner
    from worker.models.fusion import Fusion
    from worker.models.generator.tile import TileGenerator
    from worker.models.text_encoder import TextEncoder
    from worker.models.vision import Vision

__all__ = ["Loaded", "Residency", "ResidentModels", "load_model"]

_log = logging.getLogger(__name__)


class Loader(Protocol):
    """Gives a role's resident model."""

    def __call__(self, source: WeightsSource, device: str) -> Any: ...


_MODULES = {
    "captioner": "worker.models.captioner.model",
    "vision": "worker.models.vision",
    "text_encoder": "worker.models.text_encoder",
    "fusion": "worker.models.fusion",
    "generator": "worker.models.generator.model",
}
"""By role; imported when a model of it is loaded."""


def load_model(source: WeightsSource, device: str) -> Any:
    """Load by the `load` of the role's module, which takes a `torch.device`."""
    import torch  # a worker whose stages need no model does without

    role = importlib.import_module(_MODULES[source.role])
    return role.load(source, torch.device(device))


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model version that is resident."""

    version_id: str
    model: Any
    source: WeightsSource
    size_bytes: int
    load_s: float


class Residency:
    """The models of one device within a budget of memory; safe for several threads.

    Args:
        device: where the models are put, as torch names it.
        find: gives the weights of a model version by its id; ModelsMissing where there are none.
        budget_bytes: above it the least recently used models are let go that no job uses.
        load: gives the model of a source.
        measure: gives a model's bytes, where they are more than those of its files.
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
        self._resident: OrderedDict[str, Loaded] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, version_id: str) -> Loaded:
        """Give a resident version, loading it where it is not.

        Raises:
            ModelsMissing, CodesignerError: as from `find`.
        """
        with self._lock:
            loaded = self._resident.get(version_id)
            if loaded is not None:
                self._resident.move_to_end(version_id)
                return loaded
            loading = self._loading.setdefault(version_id, threading.Lock())
        with loading:  # not under self._lock: the other versions stay usable meanwhile
            if (loaded := self._resident.get(version_id)) is not None:
                return loaded
            loaded = self._loaded(version_id)
            with self._lock:
                self._resident[version_id] = loaded
                self._make_room(keep=version_id)
            return loaded

    def loaded_ids(self) -> frozenset[str]:
        """Give the ids of the versions that are resident now; of any thread, at no cost."""
        return self._ids

    def add_user(self, models: ResidentModels) -> None:
        """Note whose models are in use for as long as it lives: they are not let go."""
        with self._lock:
            self._users.add(models)

    def _loaded(self, version_id: str) -> Loaded:
        source, began = self.find(version_id), time.monotonic()
        on_disk = sum(_bytes_of(found.path) for found in source.files.values())
        with self._lock:
            let_go = self._make_room(on_disk)
        if let_go:
            empty_cache()
        model = self._load(source, self.device)
        trim()  # reading a model leaves a few hundred MB free that would stay resident
        loaded = Loaded(
            version_id=version_id,
            model=model,
            source=source,
            size_bytes=max(self._measure(model), on_disk),
            load_s=time.monotonic() - began,
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

    def _make_room(self, coming_bytes: int = 0, keep: str | None = None) -> int:
        """Let go of the least recently used until the rest fits, under the lock; give how many.

        What is in use stays: letting go of it would free nothing, and it would be loaded twice.
        """
        used = {id(each) for user in self._users for each in tuple(user.used.values())}
        can_go = [
            version_id
            for version_id, loaded in self._resident.items()
            if version_id != keep and id(loaded) not in used
        ]
        let_go = 0
        while let_go < len(can_go) and self.size_bytes + coming_bytes > self._budget_bytes:
            gone = self._resident.pop(can_go[let_go])
            let_go += 1
            _log.info("let go of %s %s", gone.source.role, gone.source.name)
        self._ids = frozenset(self._resident)
        return let_go

    @property
    def size_bytes(self) -> int:
        """Bytes of all resident models."""
        return sum(loaded.size_bytes for loaded in tuple(self._resident.values()))

    def resident(self) -> list[Loaded]:
        """List what is resident, least recently used first."""
        with self._lock:
            return list(self._resident.values())


def _bytes_of(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())


class ResidentModels:
    """The `worker.execution.contracts.Models` of a job's pinned versions; notes which were used."""

    def __init__(self, versions: Mapping[str, str], residency: Residency) -> None:
        self._versions = versions
        self._residency = residency
        self.used: dict[str, Loaded] = {}
        """By role."""
        residency.add_user(self)

    def _get(self, role: str) -> Any:
        if role not in self.used:
            version_id = self._versions.get(role)
            if version_id is None:
                known = ", ".join(sorted(self._versions)) or "none"
                raise ModelsMissing(f"The job pins no {role}; it has {known} of {ROLES}.")
            self.used[role] = self._residency.get(version_id)
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
    def generator(self) -> TileGenerator:
        """The generator."""
        return cast("TileGenerator", self._get("generator"))
