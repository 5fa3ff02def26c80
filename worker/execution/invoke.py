"""Calling a stage's function for a batch of jobs, under its limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from shared.errors import StaleFence
from shared.pipelines import StageSpec
from shared.queue import leases as queue
from shared.queue.leases import Claim
from shared.queue.stage_inputs import Inputs
from worker.execution.context import Computing, Held, Workplace
from worker.execution.contracts import StageCall, StageResult, StageRunner
from worker.execution.limits import Interrupted
from worker.runtime.model_cache import Loaded, ResidentModels
from worker.stages import resolve

__all__ = ["Computed", "LeaseRenewal", "Work", "compute", "limits_of"]

_log = logging.getLogger(__name__)
_RENEWALS = 30
"""In the time of a lease: of 60 s every two seconds, so that a quick job costs none."""


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
    with place.limited(computing, *limits_of(place, spec)) as advance:
        lease_s = place.settings.lease_s or spec.lease_s
        results = run(calls, models, LeaseRenewal(place, held, advance, lease_s / _RENEWALS))
    if len(results) != len(calls):
        raise RuntimeError(f"{spec.name} gave {len(results)} results for {len(calls)} calls")
    return Computed(
        stage=spec.name,
        made={call.job_id: (call, result) for call, result in zip(calls, results, strict=True)},
        models=models.used,
        began=began,
        ended=datetime.now(UTC),
    )


class LeaseRenewal:
    """Records a computation's progress, which renews the leases of its claims.

    What hangs makes no progress, so its leases lapse and the reaper gives the work to others.
    """

    def __init__(
        self, place: Workplace, held: Held, advance: Callable[[], None], every_s: float
    ) -> None:
        self._place = place
        self._held = held
        self._advance = advance
        self._every_s = every_s
        self._renewed_at = time.monotonic()

    def __call__(self, share: float) -> None:
        """Record the share that is done, 0 to 1, where the last record is old enough.

        Raises:
            Interrupted: none of the claims is held any more.
        """
        now = time.monotonic()
        if now - self._renewed_at < self._every_s:
            return
        self._renewed_at = now
        self._advance()
        claims = self._held()
        if claims is not None and not sum(self._renew(claim, share) for claim in claims):
            raise Interrupted("gone")

    def _renew(self, claim: Claim, share: float) -> bool:
        """Record one claim's progress; return whether it may still be held."""
        try:
            with self._place.sessions.begin() as session:
                queue.progress(session, claim, share)
        except StaleFence:
            return False
        except DBAPIError as error:  # the result may still be in time
            _log.warning("the lease of %s cannot be renewed: %s", claim.stage, error.orig)
        return True


def limits_of(place: Workplace, spec: StageSpec) -> tuple[float, float]:
    """Give a stage's soft and hard limit in seconds."""
    entry = place.table[spec.name]
    return (
        spec.soft_limit_s if entry.soft_limit_s is None else entry.soft_limit_s,
        spec.hard_limit_s if entry.hard_limit_s is None else entry.hard_limit_s,
    )
