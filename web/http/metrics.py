"""Prometheus metrics: HTTP requests of this process, and the queue read from the database."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.db.models import Job, Outbox, StageRun
from shared.db.webhook_models import WebhookDelivery
from shared.pipelines import STAGES
from shared.queue.pauses import paused_stages
from shared.queue.recovery.heartbeats import stage_workers, workers_ready
from shared.queue.recovery.invariants import check_invariants
from web.extensions import Services

__all__ = ["METRICS", "exposition", "register"]

METRICS = {
    "codesigner_http_requests_total": "Requests by route, method and status.",
    "codesigner_http_request_seconds": "Time to the start of the response, by route and method.",
    "codesigner_database_up": "1 if the database answered this scrape, else 0.",
    "codesigner_jobs": "Jobs by pipeline and state.",
    "codesigner_stage_runs": "Ready and running stage runs, by stage and state.",
    "codesigner_paused": "1 for each stage that is paused, else 0.",
    "codesigner_oldest_ready_seconds": "Age of the oldest ready stage run, by queue.",
    "codesigner_outbox_unsent": "Hints in the outbox that are not sent yet.",
    "codesigner_webhook_deliveries_pending": "Webhook deliveries that are due or wait for a retry.",
    "codesigner_workers": "Workers with a recent heartbeat, by queue.",
    "codesigner_stage_workers": "Workers with a recent heartbeat that serve a stage, by stage.",
    "codesigner_invariant_violations": "Violations of each invariant; alert above zero.",
}
_KEY = "codesigner_metrics"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods with a label of their own; others share one, as clients may invent any number."""
_INVARIANTS_EVERY_S = 60.0


def register(app: Flask, services: Services) -> None:
    """Count and time the application's requests; queue metrics are read on scrape."""
    registry = CollectorRegistry()
    requests = Counter(
        "codesigner_http_requests_total",
        METRICS["codesigner_http_requests_total"],
        ("route", "method", "status"),
        registry=registry,
    )
    seconds = Histogram(
        "codesigner_http_request_seconds",
        METRICS["codesigner_http_request_seconds"],
        ("route", "method"),
        registry=registry,
    )
    registry.register(_QueueCollector(services))
    app.extensions[_KEY] = registry

    @lru_cache(maxsize=1024)  # the lookup by labels costs more than the increment
    def children(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        return requests.labels(route, method, str(status)), seconds.labels(route, method)

    def start_timer() -> None:
        g.started_at = time.perf_counter()

    def observe(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        method = request.method if request.method in _METHODS else "other"
        counter, histogram = children(route, method, response.status_code)
        counter.inc()
        if "started_at" in g:
            histogram.observe(time.perf_counter() - g.started_at)
        return response

    app.before_request(start_timer)
    app.after_request(observe)


def exposition() -> tuple[bytes, str]:
    """Return all metrics in the text exposition format, with its media type."""
    return generate_latest(current_app.extensions[_KEY]), CONTENT_TYPE_LATEST


class _QueueCollector(Collector):
    """Collects queue metrics; the costly invariants are checked at most once a minute."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._violations: dict[str, int] = {}
        self._checked_at = -_INVARIANTS_EVERY_S

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registration needs no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; if the database is down, only `codesigner_database_up`."""
        gauges: list[Metric] = []
        try:
            with self._services.sessions() as session:
                gauges = [*self._gauges(session), self._invariants(session)]
        except SQLAlchemyError:
            gauges = []
        yield _gauge("codesigner_database_up", (), [((), float(bool(gauges)))])
        yield from gauges

    def _gauges(self, session: Session) -> Iterator[Metric]:
        for query in _QUERIES:
            yield query(session)
        stale_s = self._services.settings.worker_stale_s
        counts: dict[str, int] = {}
        for worker in workers_ready(session, stale_s=stale_s):
            for queue in worker.queues:
                counts[queue] = counts.get(queue, 0) + 1
        samples = [((queue,), float(count)) for queue, count in counts.items()]
        yield _gauge("codesigner_workers", ("queue",), samples)
        stages = stage_workers(session, stale_s=stale_s).items()
        samples = [((stage,), float(count)) for stage, count in stages]
        yield _gauge("codesigner_stage_workers", ("stage",), samples)

    def _invariants(self, session: Session) -> Metric:
        with self._lock:
            if time.monotonic() - self._checked_at >= _INVARIANTS_EVERY_S:
                self._violations = check_invariants(session)
                self._checked_at = time.monotonic()
            samples = [((name,), float(count)) for name, count in self._violations.items()]
        return _gauge("codesigner_invariant_violations", ("invariant",), samples)


def _gauge(
    name: str, labels: tuple[str, ...], samples: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    gauge = GaugeMetricFamily(name, METRICS[name], labels=labels)
    for values, value in samples:
        gauge.add_metric(values, value)
    return gauge


def _jobs(session: Session) -> Metric:
    rows = session.execute(
        select(Job.pipeline, Job.state, func.count()).group_by(Job.pipeline, Job.state)
    )
    samples = [((pipeline, state), float(count)) for pipeline, state, count in rows]
    return _gauge("codesigner_jobs", ("pipeline", "state"), samples)


def _stage_runs(session: Session) -> Metric:
    rows = session.execute(
        select(StageRun.stage, StageRun.state, func.count())
        .where(StageRun.state.in_(("ready", "running")))
        .group_by(StageRun.stage, StageRun.state)
    )
    samples = [((stage, state), float(count)) for stage, state, count in rows]
    return _gauge("codesigner_stage_runs", ("stage", "state"), samples)


def _paused(session: Session) -> Metric:
    paused = paused_stages(session)
    samples = [((stage,), float(stage in paused)) for stage in STAGES]
    return _gauge("codesigner_paused", ("stage",), samples)


def _oldest(session: Session) -> Metric:
    waited = func.extract("epoch", func.clock_timestamp() - func.min(StageRun.enqueued_at))
    rows = session.execute(
        select(StageRun.queue, waited).where(StageRun.state == "ready").group_by(StageRun.queue)
    )
    samples = [((queue,), float(seconds)) for queue, seconds in rows]
    return _gauge("codesigner_oldest_ready_seconds", ("queue",), samples)


def _unsent(session: Session) -> Metric:
    count = session.scalar(select(func.count()).where(Outbox.sent_at.is_(None))) or 0
    return _gauge("codesigner_outbox_unsent", (), [((), float(count))])


def _webhooks(session: Session) -> Metric:
    pending = select(func.count()).where(WebhookDelivery.state == "pending")
    count = session.scalar(pending) or 0
    return _gauge("codesigner_webhook_deliveries_pending", (), [((), float(count))])


_QUERIES: tuple[Callable[[Session], Metric], ...] = (
    _jobs,
    _stage_runs,
    _paused,
    _oldest,
    _unsent,
    _webhooks,
)
