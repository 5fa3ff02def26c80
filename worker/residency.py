"""Models that stay resident: loaded once per version, the least recently used evicted."""

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

from shared.errors import ModelsMissing
from shared.pipelines import ROLES
from worker.memory import trim
from worker.models.sources import WeightsSource

if TYPE_CHECKING:
    from worker.models.captioner import Captioner
    from worker.models.fusion import Fusion
    from worker.models.text_encoder import TextEncoder
    from worker.models.tile import TileGenerator
    from worker.models.vision import Vision

__all__ = ["Loaded", "Residency", "ResidentModels", "load_model"]

_log = logging.getLogger(__name__)


class Loader(Protocol):
    """Gives a role's resident model."""

    def __call__(self, source: WeightsSource, device: str) -> Any: ...


def load_model(source: WeightsSource, device: str) -> Any:
    """Load by `worker.models.<role>.load`, which takes a `torch.device`."""
    import torch  # a worker whose stages need no model does without

    role = importlib.import_module(f"worker.models.{source.role}")
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
        budget_bytes: above it the least recently used models are let go.
        load: gives the model of a source.
        allocated: gives the bytes in use on the device; their growth is a model's size.
    """

    def __init__(
        self,
        device: str,
        find: Callable[[str], WeightsSource],
        budget_bytes: int,
        *,
        load: Loader = load_model,
        allocated: Callable[[], int] = lambda: 0,
    ) -> None:
        self.device = device
        self.find = find
        self._budget_bytes = budget_bytes
        self._load = load
        self._allocated = allocated
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
                self._evict(keep=version_id)
            return loaded

    def _loaded(self, version_id: str) -> Loaded:
        source = self.find(version_id)
        before, began = self._allocated(), time.monotonic()
        model = self._load(source, self.device)
        trim()  # reading a model leaves a few hundred MB free that would stay resident
        on_disk = sum(_bytes_of(found.path) for found in source.files.values())
        loaded = Loaded(
            version_id=version_id,
            model=model,
            source=source,
            size_bytes=max(self._allocated() - before, on_disk),
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

    def _evict(self, keep: str) -> None:
        """Let go of the least recently used until the rest fits; what is in use lives on there."""
        while self.size_bytes > self._budget_bytes and len(self._resident) > 1:
            oldest = next(iter(self._resident))
            if oldest == keep:
                return
            gone = self._resident.pop(oldest)
            _log.info("let go of %s %s", gone.source.role, gone.source.name)

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
    """The `worker.contracts.Models` of a job's pinned versions; notes which were used."""

    def __init__(self, versions: Mapping[str, str], residency: Residency) -> None:
        self._versions = versions
        self._residency = residency
        self.used: dict[str, Loaded] = {}
        """By role."""

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
