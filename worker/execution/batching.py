"""Adaptive batch size and batching delay, from the measured times of the stages."""

from __future__ import annotations

from collections.abc import Sequence

from shared.pipelines import StageSpec

__all__ = ["BatchSizer"]

_INITIAL_ROWS = 8
"""Rows to claim of a stage without a measured time."""
_TARGET_BATCH_S = 2.0
"""Target duration of a batch: a job that arrives meanwhile waits for its end."""
_MAX_DELAY_S = 0.03
"""Longest batching delay."""
_MAX_DELAY_FRACTION = 0.1
"""Longest batching delay, as a fraction of the job's own time."""
_MAX_HOLD_FRACTION = 0.1
"""Fraction of its lease that a claimed job may wait for others of its claim before release."""
_NEWEST_WEIGHT = 0.3
"""Weight of the last batch in the exponential moving average."""


class BatchSizer:
    """Moving average of the seconds per unit of work, by stage, and the batch sizes it allows.

    The unit is a request with all its defaults, see `shared.pipelines.work_of`.
    """

    def __init__(self) -> None:
        self._unit_s: dict[str, float] = {}
        self.has_backlog = False
        """Whether the last claim returned several jobs."""

    def record_batch(self, stage: str, units: float, seconds: float) -> None:
        """Record the time that a batch of so many units took."""
        unit_s = seconds / units
        average = self._unit_s.get(stage, unit_s)
        self._unit_s[stage] = average + _NEWEST_WEIGHT * (unit_s - average)

    def record_claim(self, jobs: int) -> None:
        """Record how many jobs a claim returned."""
        self.has_backlog = jobs > 1

    def batch_size(self, spec: StageSpec, units: Sequence[float]) -> int:
        """Return how many of the first jobs form one batch (at least one), by units of work."""
        room = float(self.claim_limit(spec))
        count = 0
        for job_units in units:
            room -= job_units
            if count and room < 0:
                break
            count += 1
        return count

    def can_wait(self, stage: str, units: float, lease_s: float) -> bool:
        """Return whether the lease lets claimed jobs wait for so many units of work before them."""
        unit_s = self._unit_s.get(stage)
        return unit_s is not None and unit_s * units < _MAX_HOLD_FRACTION * lease_s

    def claim_limit(self, spec: StageSpec) -> int:
        """Return how many rows of default work to claim: at most the stage's `max_batch`."""
        unit_s = self._unit_s.get(spec.name)
        if unit_s is None:
            return min(spec.max_batch, _INITIAL_ROWS)
        if unit_s <= 0:
            return spec.max_batch
        return max(1, min(spec.max_batch, int(_TARGET_BATCH_S / unit_s)))

    def batching_delay_s(self, stage: str) -> float:
        """Return the seconds to wait for more jobs of a stage before claiming.

        Zero where jobs arrive one by one: a lone job would only wait. Less than the maximum for a
        stage whose computation costs less than the wait.
        """
        if not self.has_backlog:
            return 0.0
        return min(_MAX_DELAY_S, _MAX_DELAY_FRACTION * self._unit_s.get(stage, 0.0))
