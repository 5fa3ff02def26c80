"""Rate limit of failed attempts at the admin token, by address and overall."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from shared.networks import network_of
from web.http.rate_limits import Bucket, Rate

__all__ = ["EACH", "MAX_ADDRESSES", "OVERALL", "Attempts"]

MAX_ADDRESSES = 4096
"""Maximum number of addresses that are tracked; the least recently failed is evicted."""

_log = logging.getLogger(__name__)


EACH = Rate(burst=5, every_s=30.0)
"""Limit of one IPv4 address or one IPv6 /64 network, the size that one visitor gets."""
OVERALL = Rate(burst=100, every_s=3.0)


class Attempts:
    """Throttle of failed attempts by address and overall, in this process's memory.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall = Bucket()
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, address: str, is_right: Callable[[], bool]) -> float | None:
        """Check a secret, unless too many attempts failed recently.

        Args:
            is_right: compares the secret; called at most once, and not at all while throttled.

        Returns:
            None if the secret is right; 0.0 if it was checked and is wrong; otherwise the
            seconds until the next attempt is checked.
        """
        network = network_of(address)
        with self._lock:  # held during the comparison: concurrent attempts cannot bypass the limit
            now = self._clock()
            bucket = self._buckets.get(network) or Bucket()
            wait_s = max(bucket.wait_s(EACH, now), self._overall.wait_s(OVERALL, now))
            if wait_s > 0:
                return wait_s
            if is_right():
                return None
            bucket.add(EACH, now)
            self._overall.add(OVERALL, now)
            self._buckets[network] = bucket
            self._buckets.move_to_end(network)
            if len(self._buckets) > MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        _log.warning("sign-in failed: wrong token or link from %s", address)
        return 0.0

    def __len__(self) -> int:
        """Return the number of tracked addresses."""
        return len(self._buckets)
