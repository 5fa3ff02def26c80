"""Backing off from those who guess at the administrator's token."""

import ipaddress
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["EACH", "MAX_ADDRESSES", "OVERALL", "Attempts", "Rate"]

MAX_ADDRESSES = 4096
"""Addresses whose failures are remembered; the one that failed longest ago is forgotten."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many failures are let pass at once, and how fast further ones."""

    burst: int
    every_s: float
    """Seconds after which one more may fail."""


EACH = Rate(burst=5, every_s=30.0)
"""Of one address; of IPv6, of one network of 64 bits, which is what one visitor is given."""
OVERALL = Rate(burst=100, every_s=3.0)


@dataclass
class _Bucket:
    """A leaky bucket of failures."""

    level: float = 0.0
    at: float = 0.0

    def wait_s(self, rate: Rate, now: float) -> float:
        """Return the seconds until one more may fail; 0: now."""
        return max(0.0, (self._left(rate, now) - (rate.burst - 1)) * rate.every_s)

    def add(self, rate: Rate, now: float) -> None:
        """Count a failure."""
        self.level, self.at = self._left(rate, now) + 1, now

    def _left(self, rate: Rate, now: float) -> float:
        return max(0.0, self.level - (now - self.at) / rate.every_s)


class Attempts:
    """Counts failures by address and overall, in this process's memory.

    Args:
        clock: seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall = _Bucket()
        self._of: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, address: str, is_right: Callable[[], bool]) -> float | None:
        """Check a secret, unless too many were wrong lately.

        Args:
            is_right: compares; called at most once, and not at all while backing off.
        Returns:
            None where the secret is right; else the seconds until the next attempt is looked at,
            0.0 where this one was looked at and is wrong.
        """
        network = _network_of(address)
        with self._lock:  # held while comparing: attempts at once do not slip through together
            now = self._clock()
            bucket = self._of.get(network) or _Bucket()
            wait_s = max(bucket.wait_s(EACH, now), self._overall.wait_s(OVERALL, now))
            if wait_s > 0:
                return wait_s
            if is_right():
                return None
            bucket.add(EACH, now)
            self._overall.add(OVERALL, now)
            self._of[network] = bucket
            self._of.move_to_end(network)
            if len(self._of) > MAX_ADDRESSES:
                self._of.popitem(last=False)
        _log.warning("sign-in failed: a wrong token or link came from %s", address)
        return 0.0

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._of)


def _network_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a unix socket has none
        return address
    if parsed.version == 4:
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(parsed), 64), strict=False))
