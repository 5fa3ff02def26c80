"""Reports of stage functions while they compute; reported progress renews the leases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.execution.contracts import StageArtifact

__all__ = ["OnProgress", "Reporter", "ignore_progress", "portion"]

OnProgress = Callable[[float], None]
"""Called with the finished share of the work, 0 to 1, at least twice a second where possible. An
exception of it ends the computation: the result is no longer needed."""


class Reporter:
    """Receives the reports of a stage function; this one ignores them."""

    def __call__(self, share: float) -> None:
        """Receive the finished share of the batch, 0 to 1; see `OnProgress`."""

    def publish(self, job_id: str, files: Sequence[StageArtifact]) -> None:
        """Receive finished files of a job, to be shown before the stage ends.

        They must be among the files of its result.
        """


ignore_progress = Reporter()


def portion(on_progress: OnProgress, index: int, count: int) -> OnProgress:
    """Return the callback of one of `count` equal parts: its 0 to 1 is that part of the whole."""
    return lambda share: on_progress((index + share) / count)
