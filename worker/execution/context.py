"""What a worker's child works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from shared.queue.leases import Claim
from shared.queue.stage_inputs import Inputs
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from worker.execution.artifact_cache import RecentBytes
from worker.execution.batching import Pace
from worker.runtime.model_cache import Residency
from worker.stages import StageEntry

__all__ = ["Computing", "Held", "LongStage", "Workplace"]

Held = Callable[[], Sequence[Claim] | None]
"""The claims that something is computed for; None while they are not known yet."""


@dataclass(frozen=True, kw_only=True)
class Computing:
    """What is computed at a time."""

    stage: str
    jobs: int
    held: Held


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """What a worker's child has, for as long as it lives."""

    settings: Settings
    sessions: sessionmaker[Session]
    store: ArtifactStore
    residency: Residency
    table: Mapping[str, StageEntry]
    stages: tuple[str, ...]
    """The stages that this worker serves."""
    owner: str
    """Name of this worker in claims, heartbeats and records."""
    device: str
    limited: Callable[[Computing, float, float], AbstractContextManager[Callable[[], None]]]
    """Context of a computation under a soft and a hard limit in seconds; gives what is called at
    each progress, see `worker.execution.limits`."""
    draining: Callable[[], bool]
    """Whether the worker has been told to end."""
    recent: RecentBytes
    pace: Pace = field(default_factory=Pace)
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "writer"))
    """One thread, which writes results down while the main one computes what comes next."""


class LongStage(Protocol):
    """A stage of hours that keeps its own checkpoints and finishes or gives back its claim."""

    def __call__(self, place: Workplace, claim: Claim, inputs: Inputs) -> None: ...
