"""Reports quotas to clients, see `web.http.rate_limits`.

Unlimited quotas are left out. How much is used of an address's quotas is said only when they are
reached: others share the address.
"""

from flask import Flask, Response, g, request

from shared.jobs.quotas import Limit
from web.http.quotas import CHECKED
from web.http.rate_limits import LimitState, Policy, report

__all__ = ["register"]

_BYTES, _CONCURRENT = "content-bytes", "concurrent-requests"
_UNITS = {
    "stored-bytes": _BYTES,
    "unfinished-jobs": _CONCURRENT,
    "address-unfinished-jobs": _CONCURRENT,
}


def register(app: Flask) -> None:
    """Report the quotas by which a request to the API was checked; after `rate_limits.register`."""
    app.after_request(_report)


def _report(response: Response) -> Response:
    checked = g.pop(CHECKED, None)
    if checked is not None and request.path.startswith("/api/"):
        limits, count = checked
        taken = count if response.status_code < 400 else 0
        for limit in limits:
            if limit.most is not None:
                report(_state(limit, limit.most, taken))
    return response


def _state(limit: Limit, most: int, taken: int) -> LimitState:
    """Return what is left of a limit once `taken` jobs were submitted since it was read."""
    unit = _UNITS.get(limit.name, "requests")
    policy = Policy(name=limit.name, quota=most, window_s=limit.window_s, unit=unit)
    if not (limit.is_own or limit.is_exceeded(1)):
        return LimitState(policy=policy, remaining=None)
    left = limit.left or 0
    remaining = left if unit == _BYTES else left - taken
    reset_s = limit.window_s if limit.frees_in_s is None and taken else limit.frees_in_s
    return LimitState(policy=policy, remaining=remaining, reset_s=reset_s)
