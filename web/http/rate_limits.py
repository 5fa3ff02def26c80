"""Rate limits: leaky buckets by key, and the `RateLimit` fields of responses.

The fields follow draft-ietf-httpapi-ratelimit-headers-10: lists of strings with parameters.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, g

__all__ = [
    "MAX_KEYS",
    "Bucket",
    "LimitState",
    "Policy",
    "Rate",
    "RateLimiter",
    "register",
    "report",
]

MAX_KEYS = 4096
"""Maximum number of keys that one limiter tracks; the least recently used is evicted."""

_REPORTED = "codesigner_limits"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A limit that clients are told of, in the response field `RateLimit-Policy`."""

    name: str
    """Printable ASCII without quotes and backslashes."""
    quota: int
    window_s: int | None = None
    unit: str = "requests"
    """As the draft registers them: requests, content-bytes, concurrent-requests; or our own."""


@dataclass(frozen=True, kw_only=True)
class LimitState:
    """What is left of a policy's quota for the present client, in the field `RateLimit`."""

    policy: Policy
    remaining: int | None
    """None: it is not told, since others share it."""
    reset_s: float | None = None
    """Seconds until there is more; None: not known, as with concurrent requests."""


def register(app: Flask) -> None:
    """Write the fields of the limits that a request reported."""
    app.after_request(_add_fields)


def report(state: LimitState) -> None:
    """Let the current request's response tell the client of a limit; errors tell of it, too."""
    g.setdefault(_REPORTED, []).append(state)


def _add_fields(response: Response) -> Response:
    states: Sequence[LimitState] = g.get(_REPORTED, ())
    if states:
        response.headers["RateLimit-Policy"] = ", ".join(_policy_item(one.policy) for one in states)
        told = [_state_item(one, one.remaining) for one in states if one.remaining is not None]
        if told:
            response.headers["RateLimit"] = ", ".join(told)
    return response


def _policy_item(policy: Policy) -> str:
    unit = "" if policy.unit == "requests" else f';qu="{policy.unit}"'
    window = "" if policy.window_s is None else f";w={policy.window_s}"
    return f'"{policy.name}";q={policy.quota}{unit}{window}'


def _state_item(state: LimitState, remaining: int) -> str:
    reset = "" if state.reset_s is None else f";t={max(1, math.ceil(state.reset_s))}"
    return f'"{state.policy.name}";r={max(0, remaining)}{reset}'


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Allowed events: a burst, then one per interval."""

    burst: int
    every_s: float
    """Seconds after which one more event is allowed."""


@dataclass
class Bucket:
    """A leaky bucket of events."""

    level: float = 0.0
    updated_at: float = 0.0

    def wait_s(self, rate: Rate, now: float) -> float:
        """Return the seconds until one more event is allowed; 0: now."""
        return max(0.0, (self.level_at(rate, now) - (rate.burst - 1)) * rate.every_s)

    def add(self, rate: Rate, now: float) -> None:
        """Count an event."""
        self.level, self.updated_at = self.level_at(rate, now) + 1, now

    def level_at(self, rate: Rate, now: float) -> float:
        """Return how full the bucket is, in events."""
        return max(0.0, self.level - (now - self.updated_at) / rate.every_s)


class RateLimiter:
    """Leaky buckets by key, in this process's memory; a refused event does not count.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, policy: Policy, clock: Callable[[], float] = time.monotonic) -> None:
        assert policy.window_s is not None
        self._policy = policy
        self._rate = Rate(burst=policy.quota, every_s=policy.window_s / policy.quota)
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> tuple[float, LimitState]:
        """Count an event of the key if it is allowed.

        Returns:
            The seconds until it is allowed, 0.0 if it was counted; and what is left.
        """
        with self._lock:
            now = self._clock()
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = Bucket()
                if len(self._buckets) > MAX_KEYS:
                    self._buckets.popitem(last=False)
            else:
                self._buckets.move_to_end(key)
            wait_s = bucket.wait_s(self._rate, now)
            if wait_s == 0:
                bucket.add(self._rate, now)
            remaining = int(self._policy.quota - bucket.level_at(self._rate, now))
        reset_s = wait_s or self._rate.every_s
        return wait_s, LimitState(policy=self._policy, remaining=remaining, reset_s=reset_s)

    def __len__(self) -> int:
        """Return the number of tracked keys."""
        return len(self._buckets)
