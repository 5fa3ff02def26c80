"""The state of a soak: the installation that faults act on, and the recorded results."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.soak.installation import Installation
from tests.soak.workload import Workload

__all__ = ["STALLED", "Disturbance", "World"]

STALLED = "machine stalled"
"""Name of the disturbance in which the machine did not schedule the soak itself."""


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """A period, by the system's clock, in which a fault may have used up attempts."""

    fault: str
    start: float
    end: float


@dataclass(kw_only=True)
class World:
    """One run of the soak."""

    installation: Installation
    workload: Workload
    random: random.Random
    trials: int
    """Trials of cancelling against finishing."""
    outage_s: float
    """How long a broker stays frozen or away."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often each fault was applied."""
    kills: Counter[str] = field(default_factory=Counter)
    """Processes killed, by what they were."""
    disturbances: list[Disturbance] = field(default_factory=list)
    figures: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Times in seconds that targets are set for."""
    drained: list[tuple[int, float, float]] = field(default_factory=list)
    """Workers that were told to end: process id, when, and until when they ran on."""
    problems: list[str] = field(default_factory=list)
    """What was not as it must be."""

    @contextmanager
    def disturbing(self, fault: str, after_s: float = 3.0) -> Iterator[None]:
        """Record that a fault lasts, with some time after it."""
        start = time.time()
        try:
            yield
        finally:
            end = time.time() + after_s
            self.disturbances.append(Disturbance(fault=fault, start=start, end=end))

    def watch_for_stalls(self) -> None:
        """Record from now on when the machine did not schedule the harness itself.

        A process stalled for longer than its lease loses attempts as it does by a fault.
        """
        threading.Thread(target=self._watch, name="stalls", daemon=True).start()

    def _watch(self) -> None:
        while True:
            start = time.time()
            time.sleep(0.1)
            if time.time() - start > self.installation.pace.lease_s / 3:
                self.disturbances.append(Disturbance(fault=STALLED, start=start, end=time.time()))
                self.faults[STALLED] += 1

    def expect(self, so: bool, problem: str) -> bool:
        """Record a problem if a condition does not hold."""
        if not so:
            self.problems.append(problem)
        return so

    def worker(self) -> str:
        """Return a random worker."""
        return self.random.choice(self.installation.workers)
