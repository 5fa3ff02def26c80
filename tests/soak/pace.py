"""Times of the installation under test, short so that much happens."""

from dataclasses import dataclass

__all__ = ["HARD_LIMIT_S", "LOADING", "SOFT_LIMIT_S", "Pace"]

SOFT_LIMIT_S, HARD_LIMIT_S = 5.0, 7.0
"""Of every stage."""
LOADING = "CODESIGNER_SOAK_LOADING"
"""Names a file with the seconds that loading takes; without the file it takes none."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What the installation's settings are."""

    lease_s: float = 3.0
    reap_s: float = 0.3
    relay_s: float = 0.1
    ready_timeout_s: float = 3.0
    drain_s: float = 0.7
    restart_s: float = 0.1

    @property
    def recovery_s(self) -> float:
        """Time within which work that was lost is to be running again."""
        return self.lease_s + self.reap_s + 2.0
