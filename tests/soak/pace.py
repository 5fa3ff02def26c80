"""Timeouts of the installation under test, short so that many faults fit into a run."""

import subprocess
import sys
import time
from dataclasses import dataclass

__all__ = ["LIMITS", "LOADING", "Pace", "paced"]

LIMITS = "CODESIGNER_SOAK_LIMITS"
"""Names the stages' soft and hard limit in seconds, parted by a comma."""
LOADING = "CODESIGNER_SOAK_LOADING"
"""Names a file with the seconds that loading takes; it ends where the file is removed."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The timeouts in the installation's settings."""

    lease_s: float = 3.0
    reap_s: float = 0.3
    relay_s: float = 0.1
    ready_timeout_s: float = 3.0
    slowness: float = 1.0
    """How much longer things take than on a machine at rest, as measured before the start."""
    drain_s: float = 0.7
    restart_s: float = 0.1

    @property
    def limits_s(self) -> tuple[float, float]:
        """Soft and hard time limit of every stage, longer than the lease as in production."""
        return 5.0 * self.lease_s, self.lease_s + 4.0

    @property
    def recovery_s(self) -> float:
        """Time within which lost work must be running again."""
        return self.lease_s + self.reap_s + 2.0


_AT_REST_S = 0.9
"""What importing Celery and SQLAlchemy takes on two cores of an AMD EPYC at rest."""


def paced() -> Pace:
    """Return timeouts that suit the machine's present speed: no lease is shorter than its work."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import celery, sqlalchemy.orm"], check=True)
    slow = round(min(5.0, max(1.0, (time.monotonic() - began) / _AT_REST_S / 2)), 2)
    return Pace(
        slowness=slow,
        lease_s=round(3.0 * slow, 1),
        reap_s=round(0.3 * slow, 1),
        ready_timeout_s=round(3.0 * slow, 1),
    )
