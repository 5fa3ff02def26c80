"""Limits of a submitter as documents."""

import math
from typing import Any

from shared.jobs.quotas import Limit

__all__ = ["limit_document"]


def limit_document(limit: Limit) -> dict[str, Any]:
    """Return the document of a limit; of what others use, too, only whether it is reached."""
    return {
        "name": limit.name,
        "scope": "owner" if limit.is_own else "address",
        "limit": limit.most,
        "used": limit.used if limit.is_own else None,
        "remaining": limit.left if limit.is_own else None,
        "reached": limit.is_exceeded(1),
        "window_s": limit.window_s,
        "frees_in_s": _whole(limit.frees_in_s) if limit.is_own else None,
    }


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else max(1, math.ceil(seconds))
