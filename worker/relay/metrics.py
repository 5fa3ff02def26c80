"""Figures of one relay for Prometheus: what it sent and healed, and whether the invariants hold."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from shared.queue.recovery.reaper import Reaped
from shared.settings import Settings

__all__ = ["RELAY_METRICS", "RelayFigures"]

_log = logging.getLogger(__name__)
RELAY_METRICS = {
    "codesigner_relay_hints_sent_total": "Hints sent to the broker.",
    "codesigner_relay_reaped_total": "Stage runs and jobs that time ran out for, by what became "
    "of them: expired, dead, announced, overdue.",
    "codesigner_relay_failures_total": "Chores that failed and are tried again, by chore.",
    "codesigner_relay_invariant_violations": "Violations of each invariant at the last check; "
    "alert above zero.",
    "codesigner_relay_invariants_checked_seconds": "Time of the last check, as seconds since 1970.",
}


class RelayFigures:
    """Counts in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._sent = self._counter("codesigner_relay_hints_sent_total")
        self._reaped = self._counter("codesigner_relay_reaped_total", "what")
        self._failures = self._counter("codesigner_relay_failures_total", "chore")
        self._violations = self._gauge("codesigner_relay_invariant_violations", "invariant")
        self._checked = self._gauge("codesigner_relay_invariants_checked_seconds")

    def _counter(self, name: str, *labels: str) -> Counter:
        return Counter(name, RELAY_METRICS[name], labels, registry=self.registry)

    def _gauge(self, name: str, *labels: str) -> Gauge:
        return Gauge(name, RELAY_METRICS[name], labels, registry=self.registry)

    def sent(self, hints: int) -> None:
        """Count hints that went out."""
        self._sent.inc(hints)

    def reaped(self, found: Reaped) -> None:
        """Count what the reaper moved."""
        for what, count in vars(found).items():
            self._reaped.labels(what).inc(count)

    def failed(self, chore: str) -> None:
        """Count a chore that failed."""
        self._failures.labels(chore).inc()

    def checked(self, violations: Mapping[str, int]) -> None:
        """Note the outcome of a check of all invariants."""
        for name, count in violations.items():
            self._violations.labels(name).set(count)
        self._checked.set(time.time())

    def serve(self, settings: Settings) -> None:
        """Answer GET /metrics on the relay's own port, where it has one; it goes on without."""
        if settings.relay_metrics_port == 0:
            return
        try:
            start_http_server(settings.relay_metrics_port, settings.host, self.registry)
        except OSError as error:
            _log.error("no figures on port %d: %s", settings.relay_metrics_port, error)
