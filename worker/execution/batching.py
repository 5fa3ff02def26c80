"""How many jobs are computed together, and how long more of them are waited for: both by what the
stages took so far."""

from __future__ import annotations

from collections.abc import Sequence

from shared.pipelines import StageSpec

__all__ = ["Pace"]

_FIRST = 8
"""Rows of a stage that was not measured yet."""
_BATCH_S = 2.0
"""A batch is to take about that long: a job that comes meanwhile waits for its end."""
_GATHER_S = 0.03
"""How long more work is waited for at most."""
_GATHER_SHARE = 0.1
"""Part of a job's own time that waiting for company may cost it."""
_QUICK_S = 0.05
"""What takes shorter can be begun while another batch waits for its results to be written."""
_HOLD_SHARE = 0.1
"""Part of its lease that a claimed job waits for others of its claim; else it goes back."""
_NEWEST = 0.3
"""Weight of the last batch in what is remembered."""


class Pace:
    """What this worker remembers of its stages' times: seconds per unit of work, by stage.

    The unit is a request with all its defaults, see `shared.pipelines.work_of`.
    """

    def __init__(self) -> None:
        self._job_s: dict[str, float] = {}
        self.company = False
        """Whether work came several at a time lately."""

    def note(self, stage: str, work: float, seconds: float) -> None:
        """Remember that a batch of so much work was computed in that time."""
        job_s = seconds / work
        before = self._job_s.get(stage, job_s)
        self._job_s[stage] = before + _NEWEST * (job_s - before)

    def claimed(self, jobs: int) -> None:
        """Remember whether work comes one by one or several at a time."""
        self.company = jobs > 1

    def fitting(self, spec: StageSpec, works: Sequence[float]) -> int:
        """Return how many of the first jobs make one batch: one, and more while work is little."""
        room = float(self.most(spec))
        count = 0
        for work in works:
            room -= work
            if count and room < 0:
                break
            count += 1
        return count

    def can_wait(self, stage: str, work: float, lease_s: float) -> bool:
        """Tell whether claimed jobs may wait for so much work before them, by their lease."""
        job_s = self._job_s.get(stage)
        return job_s is not None and job_s * work < _HOLD_SHARE * lease_s

    def most(self, spec: StageSpec) -> int:
        """Return how many rows of default work to claim: at most the stage's own bound."""
        job_s = self._job_s.get(spec.name)
        if job_s is None:
            return min(spec.max_batch, _FIRST)
        if job_s <= 0:
            return spec.max_batch
        return max(1, min(spec.max_batch, int(_BATCH_S / job_s)))

    def is_quick(self, spec: StageSpec) -> bool:
        """Tell whether a batch of the stage takes so short that other work can wait for it."""
        job_s = self._job_s.get(spec.name)
        return job_s is not None and job_s * self.most(spec) < _QUICK_S

    def wait_s(self, stage: str) -> float:
        """Give how long to wait for more of a stage's work before claiming.

        Not at all where jobs come alone: a job at rest would only wait. Nor for a stage that costs
        less than the wait.
        """
        if not self.company:
            return 0.0
        return min(_GATHER_S, _GATHER_SHARE * self._job_s.get(stage, 0.0))
