"""Watches the jobs that event streams follow: one thread and one statement for all of them."""

import logging
import select
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Engine, Row, String, any_, bindparam, func
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError

from shared.db.models import ACTIVE, Job, JobEvent
from shared.queue.transitions import unexpired

__all__ = ["FOLLOWED", "JobVersion", "JobWatch", "Watched"]

FOLLOWED = "codesigner.followed"
"""Key of the WSGI environment. A server that sets it steps event streams itself (`Watched.step`);
the application then puts the stream's `Watched` there."""

_log = logging.getLogger(__name__)
_HUNG_UP = getattr(select, "POLLRDHUP", 0)
"""Event of a peer that closed its side; where it is unknown, a failed write tells."""
_VERSIONS = sql_select(Job.id, Job.version, Job.state).where(
    Job.id == any_(bindparam("job_ids", type_=ARRAY(String))), unexpired()
)
_KNOWN = (
    func.unnest(
        bindparam("job_ids", type_=ARRAY(String)), bindparam("numbers", type_=ARRAY(BigInteger))
    )
    .table_valued("job_id", "number", name="known")
    .render_derived()
)
_NEWS = (
    sql_select(JobEvent.job_id, JobEvent.seq, JobEvent.kind, JobEvent.at, JobEvent.body)
    .join(_KNOWN, (JobEvent.job_id == _KNOWN.c.job_id) & (JobEvent.seq > _KNOWN.c.number))
    .order_by(JobEvent.job_id, JobEvent.seq)
)

Event = Row[*tuple[Any, ...]]
"""Columns job_id, seq, kind, at and body of a job's event."""


@dataclass(frozen=True, kw_only=True)
class JobVersion:
    """Whether a job has changed, and whether it has ended."""

    number: int
    ended: bool


class Watched:
    """A job that one stream follows, and what the watching thread does for the stream."""

    def __init__(
        self,
        job_id: str,
        version: JobVersion,
        connection: socket.socket | None = None,
        is_allowed: Callable[[], bool] = lambda: True,
    ) -> None:
        """Create it.

        Args:
            version: as it was read last.
            connection: to the client; None: nobody looks whether the client hangs up.
            is_allowed: returns whether the client may still see the job; asked now and then.
        """
        self.job_id = job_id
        self.version = version
        self.news: Sequence[Event] = ()
        """The events that the last look found; the stream may have missed earlier ones."""
        self.connection = connection
        self.is_gone = False
        """Whether the client closed its side of the connection or may not see the job any more, or
        the job is not there."""
        self.step: Callable[[], bool] | None = None
        """Sends what there is to send and returns whether the stream goes on; called at each look.
        None: the stream has a thread of its own, which waits."""
        self._woken = threading.Event()
        self._is_allowed = is_allowed
        self._allowed_at = time.monotonic()

    def goes_on(self, every_s: float) -> bool:
        """Return whether the stream goes on; whether it is allowed is asked every `every_s`."""
        if not self.is_gone and time.monotonic() - self._allowed_at >= every_s:
            self._allowed_at = time.monotonic()
            try:
                self.is_gone = not self._is_allowed()
            except SQLAlchemyError as error:  # while the database is away, nothing changes
                _log.warning("cannot read who follows a job: %s", error)
        return not self.is_gone

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
    """Reads versions and new events of all watched jobs at an interval; lets their streams go on.

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

    def add(self, watched: Watched) -> None:
        """Watch a job until it is removed."""
        with self._lock:
            self._watched.add(watched)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="job-watch", daemon=True).start()

    def remove(self, watched: Watched) -> None:
        """Stop watching for a stream."""
        with self._lock:
            self._watched.discard(watched)

    def close(self) -> None:
        """Stop watching for all streams."""
        with self._lock:
            self._watched.clear()

    def _run(self) -> None:
        while True:
            time.sleep(self._every_s)
            with self._lock:
                watched = list(self._watched)
                self._is_running = bool(watched)
            if not watched:
                return
            try:
                self._look(watched)
            except Exception:  # noqa: BLE001 (boundary: the thread goes on, or all streams stand still)
                _log.exception("the watch of jobs failed with an unexpected error")

    def _look(self, watched: Collection[Watched]) -> None:
        """Wake or step the streams, those too that only have to say that they are alive."""
        for each in _hung_up(watched):
            each.leave()
        try:
            versions = self._versions({each.job_id for each in watched})
            news = self._news(watched, versions)
        except SQLAlchemyError as error:
            _log.warning("cannot read the jobs that streams follow: %s", error)
        else:
            for each in watched:
                each.news = news.get(each.job_id, ())
                each.show(versions.get(each.job_id))
        for each in watched:
            if each.step is not None and not each.step():
                each.step = None

    def _versions(self, job_ids: Collection[str]) -> Mapping[str, JobVersion]:
        """Return the versions of those jobs that are there."""
        with self._autocommit.connect() as connection:
            rows = connection.execute(_VERSIONS, {"job_ids": list(job_ids)}).all()
        return {
            job_id: JobVersion(number=number, ended=state not in ACTIVE)
            for job_id, number, state in rows
        }

    def _news(
        self, watched: Collection[Watched], versions: Mapping[str, JobVersion]
    ) -> Mapping[str, Sequence[Event]]:
        """Return the new events of the jobs that have changed since the last look."""
        known: dict[str, int] = {}
        for each in watched:
            version = versions.get(each.job_id)
            if version is not None and version.number > each.version.number:
                least = known.get(each.job_id, each.version.number)
                known[each.job_id] = min(least, each.version.number)
        if not known:
            return {}
        parameters = {"job_ids": list(known), "numbers": list(known.values())}
        with self._autocommit.connect() as connection:
            rows = connection.execute(_NEWS, parameters).all()
        found: dict[str, list[Event]] = defaultdict(list)
        for row in rows:
            found[row.job_id].append(row)
        return found


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
