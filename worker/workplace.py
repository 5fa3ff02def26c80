"""What a worker's child works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from shared.artifacts import ArtifactStore
from shared.handover import Inputs
from shared.queue import Claim
from shared.settings import Settings
from worker.pace import Pace
from worker.recent import RecentBytes
from worker.residency import Residency
from worker.stages import StageEntry

__all__ = ["LongStage", "Workplace"]


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
    limited: Callable[[Sequence[Claim], float, float], AbstractContextManager[None]]
    """Context of a computation for these claims under a soft and a hard limit in seconds."""
    draining: Callable[[], bool]
    """Whether the worker has been told to end."""
    recent: RecentBytes
    pace: Pace = field(default_factory=Pace)
    opened: set[str] = field(default_factory=set)
    """Stages that got work since the runner looked last, from what this worker finished."""


class LongStage(Protocol):
    """A stage of hours that keeps its own checkpoints and finishes or gives back its claim."""

    def __call__(self, place: Workplace, claim: Claim, inputs: Inputs) -> None: ...
