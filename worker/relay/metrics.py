"""Prometheus metrics of the relay: hints sent, rows reaped, failures, invariant violations."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from shared.queue.recovery.reaper import Reaped
from shared.settings import Settings

__all__ = ["RELAY_METRICS", "RelayMetrics"]

_log = logging.getLogger(__name__)
RELAY_METRICS = {
    "codesigner_relay_hints_sent_total": "Hints sent to the broker.",
    "codesigner_relay_reaped_total": "Stage runs and jobs handled by the reaper, by outcome: "
    "expired, dead, announced, overdue.",
    "codesigner_relay_failures_total": "Failed periodic tasks, which are retried, by task.",
    "codesigner_relay_invariant_violations": "Violations of each invariant at the last check; "
    "alert above zero.",
    "codesigner_relay_invariants_checked_seconds": "Unix time of the last check in seconds.",
}


class RelayMetrics:
    """Metrics of one relay, in their own registry."""

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

    def record_sent(self, hints: int) -> None:
        """Count sent hints."""
        self._sent.inc(hints)

    def record_reaped(self, reaped: Reaped) -> None:
        """Count the rows that the reaper changed."""
        for outcome, count in vars(reaped).items():
            self._reaped.labels(outcome).inc(count)

    def record_failure(self, task: str) -> None:
        """Count a failed periodic task."""
        self._failures.labels(task).inc()

    def record_check(self, violations: Mapping[str, int]) -> None:
        """Record the result of a check of all invariants."""
        for name, count in violations.items():
            self._violations.labels(name).set(count)
        self._checked.set(time.time())

    def serve(self, settings: Settings) -> None:
        """Serve GET /metrics on the relay's port if one is set; log an error if it is taken."""
        if settings.relay_metrics_port == 0:
            return
        try:
            start_http_server(settings.relay_metrics_port, settings.host, self.registry)
        except OSError as error:
            _log.error("cannot serve metrics on port %d: %s", settings.relay_metrics_port, error)
