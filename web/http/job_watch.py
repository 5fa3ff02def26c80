"""Watches the jobs that event streams follow: one statement for all of them, in one thread."""

import logging
import select
import socket
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam
from sqlalchemy import select as sql_select
from sqlalchemy.exc import SQLAlchemyError

from shared.db.models import ACTIVE, Job
from shared.queue.transitions import unexpired

__all__ = ["JobVersion", "JobWatch", "Watched"]

_log = logging.getLogger(__name__)
_HUNG_UP = getattr(select, "POLLRDHUP", 0)
"""Event of a peer that closed its side; where it is unknown, a failed write tells."""
_VERSIONS = sql_select(Job.id, Job.version, Job.state).where(
    Job.id.in_(bindparam("job_ids", expanding=True)), unexpired()
)


@dataclass(frozen=True, kw_only=True)
class JobVersion:
    """Whether a job has changed, and whether it has ended."""

    number: int
    ended: bool


class Watched:
    """A job that one stream follows: the stream's thread waits, the watching thread wakes it."""

    def __init__(self, job_id: str, connection: socket.socket | None) -> None:
        self.job_id = job_id
        self.connection = connection
        self.version: JobVersion | None = None
        """As it was read last."""
        self.is_gone = False
        """Whether the client closed its side of the connection, or the job is not there."""
        self._woken = threading.Event()

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something to do for the stream, or until the time is over."""
        self._woken.wait(timeout_s)
        self._woken.clear()

    def show(self, version: JobVersion | None) -> None:
        """Wake the stream if the job has changed; None: the job is not there."""
        if version is None:
            self.leave()
        elif version != self.version:
            self.version = version
            self._woken.set()

    def leave(self) -> None:
        """Wake the stream for its end."""
        self.is_gone = True
        self._woken.set()


class JobWatch:
    """Reads the versions of all watched jobs at an interval; wakes the streams of changed ones.

    Its thread runs while anything is watched. While the database is away, nothing changes.

    Args:
        autocommit: engine of single statements.
        every_s: the interval, in seconds.
    """

    def __init__(self, autocommit: Engine, every_s: float = 0.4) -> None:
        self._autocommit = autocommit
        self._every_s = every_s
        self._watched: set[Watched] = set()
        self._is_running = False
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, job_id: str, connection: socket.socket | None) -> Iterator[Watched]:
        """Watch a job from now on, and whether the client closes its side of the connection."""
        watched = Watched(job_id, connection)
        watched.show(self._versions({job_id}).get(job_id))
        with self._lock:
            self._watched.add(watched)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="job-watch", daemon=True).start()
        try:
            yield watched
        finally:
            with self._lock:
                self._watched.discard(watched)

    def _run(self) -> None:
        while True:
            time.sleep(self._every_s)
            with self._lock:
                watched = list(self._watched)
                self._is_running = bool(watched)
            if not watched:
                return
            self._look(watched)

    def _look(self, watched: Collection[Watched]) -> None:
        """Wake the streams that have something to do."""
        for each in _hung_up(watched):
            each.leave()
        try:
            versions = self._versions({each.job_id for each in watched})
        except SQLAlchemyError as error:
            _log.warning("cannot read the jobs that streams follow: %s", error)
            return
        for each in watched:
            each.show(versions.get(each.job_id))

    def _versions(self, job_ids: Collection[str]) -> Mapping[str, JobVersion]:
        """Return the versions of those jobs that are there."""
        with self._autocommit.connect() as connection:
            rows = connection.execute(_VERSIONS, {"job_ids": list(job_ids)}).all()
        return {
            job_id: JobVersion(number=number, ended=state not in ACTIVE)
            for job_id, number, state in rows
        }


def _hung_up(watched: Collection[Watched]) -> list[Watched]:
    """Return those whose client has closed its side of the connection."""
    poll = select.poll()
    by_descriptor = {}
    for each in watched:
        descriptor = -1 if each.connection is None else each.connection.fileno()
        if descriptor >= 0:  # it is not closed here
            by_descriptor[descriptor] = each
            poll.register(descriptor, _HUNG_UP)
    return [by_descriptor[descriptor] for descriptor, _event in poll.poll(0)]
