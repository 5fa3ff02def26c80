"""The relay: sends hints and webhooks, reaps what time ran out for, checks invariants.

A process of its own; two of them do no harm, for rows are taken under locks and hints may come
twice. Run: codesigner relay
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

from shared.broker.hints import send
from shared.db.engine import engine, sessions
from shared.errors import CodesignerError
from shared.failpoints import PUBLISHED, reach
from shared.jobs.retention import collect_artifacts, expire_jobs
from shared.queue.leases import check_invariants, forget_sent, mark_sent, reap, unsent
from shared.queue.recovery.heartbeats import Heartbeat, beat, gone
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from shared.webhooks.deliveries import forget_deliveries
from worker.relay.metrics import RelayFigures
from worker.relay.webhook_sender import Deliverer

__all__ = ["Relay", "run_relay"]

_log = logging.getLogger(__name__)
QUEUE = "relay"
"""What it names as its queue in its heartbeat."""
_BATCH = 100
_INVARIANTS_S = 30.0
_FORGET_S = 600.0
_COLLECT_S = 3600.0
_WAIT_S = (0.5, 1.0, 2.0, 5.0)
"""Waits between tries while the database or the broker is away."""


@dataclass
class _Chore:
    """Something to be done again and again."""

    name: str
    every_s: float
    run: Callable[[], object]
    due: float = field(default=0.0)


class Relay:
    """The chores of one installation.

    Args:
        publish: sends one hint; raises OSError, KombuError or RedisError where it cannot.
    """

    def __init__(
        self,
        settings: Settings,
        factory: sessionmaker[Session],
        publish: Callable[[str], None] | None = None,
        figures: RelayFigures | None = None,
    ) -> None:
        self._settings = settings
        self._sessions = factory
        self._publish = publish or (lambda stage: send(settings, stage))
        self._figures = figures or RelayFigures()
        self._said: dict[str, str] = {}
        self._failures = 0
        host = socket.gethostname()
        name = f"relay-{os.getpid()}@{host}"
        self._heartbeat = Heartbeat(name=name, host=host, device="", queues=(QUEUE,))

    def send_hints(self) -> int:
        """Send what is due, oldest first; gives how many went out."""
        sent: list[int] = []
        failure: Exception | None = None
        with self._sessions.begin() as session:
            for row in unsent(session, _BATCH):
                try:
                    self._publish(row.stage)
                except (OSError, KombuError, RedisError) as error:
                    failure = error
                    break
                reach(PUBLISHED)
                sent.append(row.id)
            if sent:
                mark_sent(session, sent)
        self._figures.sent(len(sent))
        if failure is not None:
            raise failure
        return len(sent)

    def reap(self) -> None:
        """Heal what time ran out for."""
        with self._sessions.begin() as session:
            found = reap(session, ready_timeout_s=self._settings.ready_timeout_s)
        self._figures.reaped(found)
        if found.expired or found.dead or found.overdue:
            _log.warning(
                "reaped: %d leases expired, %d stages given up, %d jobs overdue",
                found.expired,
                found.dead,
                found.overdue,
            )

    def check(self) -> None:
        """Check the invariants; a violation is a fault of this program."""
        with self._sessions() as session:
            counts = check_invariants(session)
        self._figures.checked(counts)
        if violations := {name: count for name, count in counts.items() if count}:
            _log.critical("invariants are violated: %s", violations)

    def forget(self) -> None:
        """Delete hints that were sent, and webhooks that were delivered, long ago."""
        with self._sessions.begin() as session:
            forget_sent(session)
            forget_deliveries(session)

    def collect(self) -> None:
        """Delete jobs that expired long ago and the bytes that nothing refers to."""
        with self._sessions.begin() as session:
            expire_jobs(session)
        with self._sessions() as session:
            store = ArtifactStore(self._settings.artifacts_url)
            collect_artifacts(session, store, self._settings.artifacts_grace_s)

    def beat(self) -> None:
        """Tell that the relay lives."""
        with self._sessions.begin() as session:
            beat(session, self._heartbeat)

    def end(self) -> None:
        """Tell that it is gone; best effort."""
        try:
            with self._sessions.begin() as session:
                gone(session, self._heartbeat.name)
        except DBAPIError as error:
            self._say("end", f"end: {_reason(error)}")

    def chores(self) -> list[_Chore]:
        """List what is to be done, the most urgent first."""
        settings = self._settings
        started = time.monotonic()
        return [
            _Chore("hints", settings.relay_interval_s, self.send_hints),
            _Chore("reaping", settings.reap_interval_s, self.reap),
            _Chore("heartbeat", settings.worker_stale_s / 3, self.beat),
            _Chore("invariants", _INVARIANTS_S, self.check),
            _Chore("old hints", _FORGET_S, self.forget),
            _Chore("collection", _COLLECT_S, self.collect, due=started + _COLLECT_S),
        ]

    def run(self, stop: threading.Event) -> None:
        """Do the chores when they are due, until told to stop."""
        chores = self.chores()
        while not stop.is_set():
            for chore in chores:
                if time.monotonic() >= chore.due and not stop.is_set():
                    self._do(chore)
            stop.wait(max(0.01, min(chore.due for chore in chores) - time.monotonic()))

    def _do(self, chore: _Chore) -> None:
        """Do one chore; an outage is told in one line and waited out."""
        try:
            chore.run()
        except (DBAPIError, OSError, KombuError, RedisError, CodesignerError) as error:
            wait_s = _WAIT_S[min(self._failures, len(_WAIT_S) - 1)]
            self._failures += 1
            self._figures.failed(chore.name)
            chore.due = time.monotonic() + max(wait_s, chore.every_s)
            self._say(chore.name, f"{chore.name}: {_reason(error)}; trying again")
        else:
            self._failures = 0
            chore.due = time.monotonic() + chore.every_s
            if self._said.pop(chore.name, None) is not None:
                _log.warning("%s: all is well again", chore.name)

    def _say(self, name: str, line: str) -> None:
        if self._said.get(name) != line:
            self._said[name] = line
            _log.error("%s", line)


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def run_relay(settings: Settings) -> None:
    """Run the relay until SIGTERM or SIGINT."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    bound = engine(settings)
    _log.info("the relay runs")
    figures = RelayFigures()
    figures.serve(settings)
    relay = Relay(settings, sessions(bound), figures=figures)
    deliverer = Deliverer(settings, sessions(bound))
    webhooks = threading.Thread(target=deliverer.run, args=(stop,), name="webhooks")
    webhooks.start()
    relay.run(stop)
    webhooks.join()
    relay.end()
    bound.dispose()
