"""RateLimit and RateLimit-Policy headers (draft-ietf-httpapi-ratelimit-headers-10).

Both are lists of strings with parameters (RFC 9651). Unlimited policies are left out. How much is
used of an address's limits is said only when they are reached: others share the address.
"""

import math
from collections.abc import Sequence

from flask import Flask, Response, g, request

from shared.jobs.quotas import Limit
from web.http.quotas import CHECKED

__all__ = ["limit_field", "policy_field", "register"]

_UNITS = {"stored-bytes": "content-bytes", "unfinished-jobs": "concurrent-requests"}
_UNITS["address-unfinished-jobs"] = _UNITS["unfinished-jobs"]


def register(app: Flask) -> None:
    """Add the headers to the API's responses for whose requests limits were checked."""

    def add(response: Response) -> Response:
        checked = g.pop(CHECKED, None)
        if checked is None or not request.path.startswith("/api/"):
            return response
        limits, count = checked
        limits = [limit for limit in limits if limit.most is not None]
        if limits:
            taken = count if response.status_code < 400 else 0
            response.headers["RateLimit-Policy"] = policy_field(limits)
            if field := limit_field(limits, taken):
                response.headers["RateLimit"] = field
        return response

    app.after_request(add)


def policy_field(limits: Sequence[Limit]) -> str:
    """Return the value of RateLimit-Policy for limits."""
    return ", ".join(_policy(limit) for limit in limits)


def _policy(limit: Limit) -> str:
    unit, window = _UNITS.get(limit.name), limit.window_s
    parameters = [f"q={limit.most}"]
    if unit is not None:
        parameters.append(f'qu="{unit}"')
    if window is not None:
        parameters.append(f"w={window}")
    return ";".join([f'"{limit.name}"', *parameters])


def limit_field(limits: Sequence[Limit], taken: int = 0) -> str:
    """Return the value of RateLimit for limits of which `taken` jobs were submitted since."""
    items = [_item(limit, taken) for limit in limits if limit.is_own or limit.is_exceeded(1)]
    return ", ".join(items)


def _item(limit: Limit, taken: int) -> str:
    left = limit.left or 0
    remaining = left if limit.name == "stored-bytes" else max(0, left - taken)
    frees_in_s = limit.window_s if limit.frees_in_s is None and taken else limit.frees_in_s
    reset = "" if frees_in_s is None else f";t={max(1, math.ceil(frees_in_s))}"
    return f'"{limit.name}";r={remaining}{reset}'
