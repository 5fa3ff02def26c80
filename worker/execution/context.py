"""Objects and services that a worker's pool child shares with the code that executes stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from shared.queue.leases import Claim
from shared.queue.stage_inputs import Inputs
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.artifact_cache import ArtifactCache
from worker.execution.batching import BatchSizer
from worker.runtime.model_cache import ModelCache
from worker.stages import StageEntry

__all__ = ["Computation", "LongStage", "WorkerContext"]


@dataclass(frozen=True, kw_only=True)
class Computation:
    """A running call of a stage function."""

    stage: str
    claims: Sequence[Claim]


@dataclass(frozen=True, kw_only=True)
class WorkerContext:
    """Services and state of a pool child for its lifetime."""

    settings: Settings
    sessions: sessionmaker[Session]
    store: ArtifactStore
    model_cache: ModelCache
    stage_table: Mapping[str, StageEntry]
    stages: tuple[str, ...]
    """The stages that this worker serves."""
    owner: str
    """Name of this worker in claims, heartbeats and records."""
    device: str
    time_limits: Callable[[Computation, float, float], AbstractContextManager[Callable[[], None]]]
    """Context manager of a computation under a soft and a hard limit in seconds. It yields the
    callback for each progress, see `worker.execution.limits`."""
    is_draining: Callable[[], bool]
    """Whether the worker is shutting down."""
    artifact_cache: ArtifactCache
    batch_sizer: BatchSizer = field(default_factory=BatchSizer)


class LongStage(Protocol):
    """A stage of hours that keeps its own checkpoints and finishes or releases its claim."""

    def __call__(self, context: WorkerContext, claim: Claim, inputs: Inputs) -> None: ...
