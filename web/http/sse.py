"""Server-sent events of a job, read from the database by polling."""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.jobs.serializers import job_document
from shared.jobs.submission import get_job
from shared.queue.events import events_after
from web.db.queries import event_documents, head_of
from web.extensions import Services

__all__ = ["KEEP_ALIVE_S", "MAX_STREAM_S", "Pace", "has_hung_up", "job_events", "last_event_id"]

KEEP_ALIVE_S = 15.0
MAX_STREAM_S = 300.0
_HUNG_UP = getattr(select, "POLLRDHUP", 0)
"""Event of a peer that closed its side; where it is unknown, a failed write tells."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Polling interval, keep-alive interval and lifetime of a stream, in seconds."""

    look_every_s: float = 0.4
    keep_alive_s: float = KEEP_ALIVE_S
    max_s: float = MAX_STREAM_S
    sleep: Callable[[float], None] = time.sleep


def last_event_id(header: str | None) -> int | None:
    """Return the number in Last-Event-ID; None if it is missing or malformed."""
    return int(header) if header is not None and header.isdecimal() and len(header) < 19 else None


def has_hung_up(connection: socket.socket | None) -> bool:
    """Return whether the client closed its side of the connection; False if it is None."""
    if connection is None:
        return False
    poll = select.poll()
    poll.register(connection, _HUNG_UP)
    return bool(poll.poll(0))


def job_events(
    services: Services,
    job_id: str,
    after: int | None,
    pace: Pace | None = None,
    *,
    connection: socket.socket | None = None,
) -> Iterator[str]:
    """Yield the messages of a job's event stream.

    The stream begins with a `snapshot` of the job or, if `after` is given, with the events since.
    It ends with a last snapshot once the job has ended, or else after `pace.max_s`: the client
    then reconnects with the number of the last event it received. It ends without a word once
    the client has closed its side of the connection, if that is given.
    """
    pace = pace or Pace()
    deadline = time.monotonic() + pace.max_s
    yield "retry: 2000\n"  # part of the first message: alone it would be an empty one
    last_seq = after
    if last_seq is None:
        last_seq, snapshot = _snapshot(services, job_id)
        yield snapshot
    last_sent_at = time.monotonic()
    while True:
        events, ended = _new_events(services, job_id, last_seq)
        for event in events:
            last_seq = event["seq"]
            yield _message(event["kind"], event["seq"], event)
        if ended:
            if events:
                yield _snapshot(services, job_id)[1]
            return
        now = time.monotonic()
        if now >= deadline or has_hung_up(connection):
            return
        if events:
            last_sent_at = now
        elif now - last_sent_at >= pace.keep_alive_s:
            last_sent_at = now
            yield ": keep-alive\n"  # ends no message
        pace.sleep(pace.look_every_s)


def _new_events(
    services: Services, job_id: str, last_seq: int
) -> tuple[list[dict[str, Any]], bool]:
    """Return the events since and whether the job has ended; one indexed read if there are none."""
    head = head_of(services.autocommit, job_id)
    if head.version <= last_seq:
        return [], head.ended
    with services.sessions() as session:
        events = event_documents(events_after(session, job_id, last_seq))
    return events, head.ended and (not events or events[-1]["seq"] >= head.version)


def _snapshot(services: Services, job_id: str) -> tuple[int, str]:
    with services.sessions() as session:
        document = job_document(session, get_job(session, job_id))
    version: int = document["version"]
    return version, _message("snapshot", version, document)


def _message(kind: str, number: int, document: dict[str, Any]) -> str:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\nid: {number}\ndata: {body}\n\n"
