"""Relay process: sends outbox hints and webhooks, reaps expired work, checks invariants.

Several relays may run at once: rows are taken under locks, and hints may be delivered twice.
Run: codesigner relay
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.retention import delete_ended
from shared.audit.events import expire_events
from shared.broker.hints import send
from shared.broker.library_tasks import request_indexing
from shared.db.engine import engine, sessions
from shared.deletions.collection import collect_deletions
from shared.errors import CodesignerError
from shared.failpoints import PUBLISHED, reach
from shared.jobs.quotas import delete_old_entries
from shared.jobs.retention import collect_artifacts, expire_jobs
from shared.library.index import encoder_of, has_unindexed
from shared.library.query_vectors import delete_old_query_vectors
from shared.logs import configure
from shared.queue.leases import check_invariants, delete_sent, mark_sent, reap, unsent
from shared.queue.recovery.heartbeats import Heartbeat, beat, gone
from shared.registry.releases import champion_versions
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from shared.webhooks.deliveries import delete_old_deliveries
from worker.relay.metrics import RelayMetrics
from worker.relay.webhook_sender import WebhookSender

__all__ = ["Relay", "run_relay"]

_log = logging.getLogger(__name__)
QUEUE = "relay"
"""Queue name of the relay in its heartbeat."""
_HINT_BATCH = 100
_INVARIANTS_INTERVAL_S = 30.0
_INDEXING_INTERVAL_S = 5.0
_CLEANUP_INTERVAL_S = 600.0
_COLLECTION_INTERVAL_S = 3600.0
_DELETION_INTERVAL_S = 120.0
_BACKOFF_S = (0.5, 1.0, 2.0, 5.0)
"""Delays between retries while the database or the broker is unavailable."""


@dataclass
class _PeriodicTask:
    """A function that runs at an interval."""

    name: str
    interval_s: float
    run: Callable[[], object]
    due_at: float = field(default=0.0)  # monotonic


class Relay:
    """The periodic tasks of one installation.

    Args:
        publish: sends one hint; raises OSError, KombuError or RedisError on failure.
    """

    def __init__(
        self,
        settings: Settings,
        factory: sessionmaker[Session],
        publish: Callable[[str], None] | None = None,
        metrics: RelayMetrics | None = None,
    ) -> None:
        self._settings = settings
        self._sessions = factory
        self._publish = publish or (lambda stage: send(settings, stage))
        self._metrics = metrics or RelayMetrics()
        self._last_messages: dict[str, str] = {}
        self._failures = 0
        host = socket.gethostname()
        name = f"relay-{os.getpid()}@{host}"
        self._heartbeat = Heartbeat(name=name, host=host, device="", queues=(QUEUE,))

    def send_hints(self) -> int:
        """Send due hints, oldest first; return the number sent."""
        sent: list[int] = []
        failure: Exception | None = None
        with self._sessions.begin() as session:
            for row in unsent(session, _HINT_BATCH):
                try:
                    self._publish(row.stage)
                except (OSError, KombuError, RedisError) as error:
                    failure = error
                    break
                reach(PUBLISHED)
                sent.append(row.id)
            if sent:
                mark_sent(session, sent)
        self._metrics.record_sent(len(sent))
        if failure is not None:
            raise failure
        return len(sent)

    def reap(self) -> None:
        """Reap expired leases and overdue jobs; announce unclaimed stage runs again."""
        with self._sessions.begin() as session:
            reaped = reap(session, ready_timeout_s=self._settings.ready_timeout_s)
        self._metrics.record_reaped(reaped)
        if reaped.expired or reaped.dead or reaped.overdue:
            _log.warning(
                "reaped %d expired leases, %d dead stage runs, %d overdue jobs",
                reaped.expired,
                reaped.dead,
                reaped.overdue,
            )

    def check(self) -> None:
        """Check the invariants; a violation is a bug in this program."""
        with self._sessions() as session:
            counts = check_invariants(session)
        self._metrics.record_check(counts)
        if violations := {name: count for name, count in counts.items() if count}:
            _log.critical("invariants are violated: %s", violations)

    def delete_sent(self) -> None:
        """Delete what is kept for a time: hints, deliveries, embeddings, audit events, sign-ins."""
        with self._sessions.begin() as session:
            delete_sent(session)
            delete_old_deliveries(session)
            delete_old_query_vectors(session)
            expire_events(session, self._settings.audit_keep_s)
            delete_ended(session)
            delete_old_entries(session)

    def collect_deletions(self) -> None:
        """Delete the rows and files of what people deleted, and files stored for nothing."""
        collect_deletions(self._sessions, ArtifactStore(self._settings.artifacts_url))

    def collect_garbage(self) -> None:
        """Delete jobs that expired long ago and unreferenced artifacts."""
        with self._sessions.begin() as session:
            expire_jobs(session)
        with self._sessions() as session:
            store = ArtifactStore(self._settings.artifacts_url)
            collect_artifacts(session, store, self._settings.artifacts_grace_s)

    def request_indexing(self) -> None:
        """Ask a worker to index designs that are not indexed yet."""
        with self._sessions() as session:
            encoder = encoder_of(champion_versions(session))
            waiting = encoder is not None and has_unindexed(session, encoder)
        if waiting:
            request_indexing(self._settings)

    def beat(self) -> None:
        """Send the relay's heartbeat."""
        with self._sessions.begin() as session:
            beat(session, self._heartbeat)

    def end(self) -> None:
        """Delete the relay's heartbeat; best effort."""
        try:
            with self._sessions.begin() as session:
                gone(session, self._heartbeat.name)
        except DBAPIError as error:
            self._log_once("end", f"end: {_reason(error)}")

    def periodic_tasks(self) -> list[_PeriodicTask]:
        """Return the periodic tasks, the most urgent first."""
        settings = self._settings
        started_at = time.monotonic()
        return [
            _PeriodicTask("hints", settings.relay_interval_s, self.send_hints),
            _PeriodicTask("reaping", settings.reap_interval_s, self.reap),
            _PeriodicTask("heartbeat", settings.worker_stale_s / 3, self.beat),
            _PeriodicTask("indexing", _INDEXING_INTERVAL_S, self.request_indexing),
            _PeriodicTask("invariants", _INVARIANTS_INTERVAL_S, self.check),
            _PeriodicTask("deletions", _DELETION_INTERVAL_S, self.collect_deletions),
            _PeriodicTask("old hints", _CLEANUP_INTERVAL_S, self.delete_sent),
            _PeriodicTask(
                "collection",
                _COLLECTION_INTERVAL_S,
                self.collect_garbage,
                due_at=started_at + _COLLECTION_INTERVAL_S,
            ),
        ]

    def run(self, stop: threading.Event) -> None:
        """Run the periodic tasks when they are due, until the stop event is set."""
        tasks = self.periodic_tasks()
        while not stop.is_set():
            for task in tasks:
                if time.monotonic() >= task.due_at and not stop.is_set():
                    self._run_task(task)
            stop.wait(max(0.01, min(task.due_at for task in tasks) - time.monotonic()))

    def _run_task(self, task: _PeriodicTask) -> None:
        """Run one task; an outage is logged in one line and retried with backoff."""
        try:
            task.run()
        except (DBAPIError, OSError, KombuError, RedisError, CodesignerError) as error:
            backoff_s = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
            self._failures += 1
            self._metrics.record_failure(task.name)
            task.due_at = time.monotonic() + max(backoff_s, task.interval_s)
            self._log_once(task.name, f"{task.name}: {_reason(error)}; retrying")
        else:
            self._failures = 0
            task.due_at = time.monotonic() + task.interval_s
            if self._last_messages.pop(task.name, None) is not None:
                _log.warning("%s: recovered", task.name)

    def _log_once(self, name: str, message: str) -> None:
        if self._last_messages.get(name) != message:
            self._last_messages[name] = message
            _log.error("%s", message)


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def run_relay(settings: Settings) -> None:
    """Run the relay until SIGTERM or SIGINT."""
    configure(settings.log_level, settings.log_format)
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    database = engine(settings)
    _log.info("relay started")
    metrics = RelayMetrics()
    metrics.serve(settings)
    relay = Relay(settings, sessions(database), metrics=metrics)
    sender = WebhookSender(settings, sessions(database))
    webhooks = threading.Thread(target=sender.run, args=(stop,), name="webhooks")
    webhooks.start()
    relay.run(stop)
    webhooks.join()
    relay.end()
    database.dispose()
