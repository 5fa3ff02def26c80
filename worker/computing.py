"""Calling a stage's function for a batch of jobs, under its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.handover import Inputs
from shared.pipelines import StageSpec
from shared.queue import Claim
from worker.contracts import StageCall, StageResult, StageRunner
from worker.residency import Loaded, ResidentModels
from worker.stages import resolve
from worker.workplace import Computing, Held, Workplace

__all__ = ["Computed", "Work", "compute", "limits_of"]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One claimed row and what its stage is called with."""

    claim: Claim
    inputs: Inputs
    call: StageCall
    input_key: str | None


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What a stage made of some jobs together."""

    stage: str
    made: Mapping[str, tuple[StageCall, StageResult]]
    """By job: what the stage was called with, and what it gave."""
    models: Mapping[str, Loaded]
    """Those that were used, by role."""
    began: datetime
    ended: datetime

    @property
    def seconds(self) -> float:
        """Give how long it took."""
        return (self.ended - self.began).total_seconds()


def compute(
    place: Workplace,
    spec: StageSpec,
    calls: Sequence[StageCall],
    versions: Mapping[str, str],
    held: Held,
) -> Computed:
    """Call a stage's function; whatever it raises comes through.

    Args:
        versions: ids of the models' versions by role.
        held: the claims that it is computed for, as soon as they are known.

    Raises:
        Interrupted: it was stopped.
        ModelsMissing: a version cannot be found.
        RuntimeError: the function gave too few results, or too many.
    """
    run: StageRunner = resolve(place.table[spec.name].path)
    models = ResidentModels(versions, place.residency)
    computing = Computing(stage=spec.name, jobs=len(calls), held=held)
    began = datetime.now(UTC)
    with place.limited(computing, *limits_of(place, spec)):
        results = run(calls, models)
    if len(results) != len(calls):
        raise RuntimeError(f"{spec.name} gave {len(results)} results for {len(calls)} calls")
    return Computed(
        stage=spec.name,
        made={call.job_id: (call, result) for call, result in zip(calls, results, strict=True)},
        models=models.used,
        began=began,
        ended=datetime.now(UTC),
    )


def limits_of(place: Workplace, spec: StageSpec) -> tuple[float, float]:
    """Give a stage's soft and hard limit in seconds."""
    entry = place.table[spec.name]
    return (
        spec.soft_limit_s if entry.soft_limit_s is None else entry.soft_limit_s,
        spec.hard_limit_s if entry.hard_limit_s is None else entry.hard_limit_s,
    )
