"""Remembers in the browser's session what was deleted without a script, for the undo button."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import session as browser_session

from shared.jobs.deletion import UNDO_S

__all__ = ["Deleted", "deleted_before", "forget_deleted", "remember_deleted"]

_KEY = "deleted"
_MAX_JOBS = 60
"""Jobs whose ids fit into a cookie."""


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """Jobs that the visitor deleted and can still restore."""

    jobs: Sequence[str]
    left_s: float
    together: tuple[str, str] | None = None
    """Kind and id of a batch or reference image, if they were deleted with it."""
    count: int = 0


def remember_deleted(job_ids: Sequence[str], together: tuple[str, str] | None = None) -> None:
    """Remember jobs that were just deleted, in place of earlier ones.

    Args:
        together: kind and id of the batch or reference image that they were deleted with.
    """
    jobs = [] if together else list(job_ids)[:_MAX_JOBS]
    browser_session[_KEY] = {
        "jobs": jobs,
        "at": int(time.time()),
        "together": together,
        "count": len(job_ids) if together else len(jobs),
    }


def deleted_before() -> Deleted | None:
    """Return what the visitor deleted last; None if it cannot be restored any more."""
    stored = browser_session.get(_KEY)
    if not isinstance(stored, dict):
        return None
    left_s = stored["at"] + UNDO_S - time.time()
    if left_s <= 0:
        forget_deleted()
        return None
    jobs, together = stored["jobs"], stored.get("together")
    return Deleted(
        jobs=jobs,
        left_s=left_s,
        together=tuple(together) if together else None,
        count=stored.get("count", len(jobs)),
    )


def forget_deleted() -> None:
    """Forget what was deleted: it is restored, or the message was dismissed."""
    browser_session.pop(_KEY, None)
