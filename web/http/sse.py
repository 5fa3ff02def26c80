"""Server-sent events of a job, which a watch of all followed jobs lets go on."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.jobs.serializers import job_document
from shared.jobs.submission import get_job
from shared.queue.events import events_after
from web.db.queries import event_documents
from web.extensions import Services
from web.http.job_watch import Watched

__all__ = ["KEEP_ALIVE_S", "MAX_STREAM_S", "Pace", "job_events", "last_event_id"]

KEEP_ALIVE_S = 15.0
MAX_STREAM_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Keep-alive interval and lifetime of a stream, in seconds."""

    keep_alive_s: float = KEEP_ALIVE_S
    max_s: float = MAX_STREAM_S


def last_event_id(header: str | None) -> int | None:
    """Return the number in Last-Event-ID; None if it is missing or malformed."""
    return int(header) if header is not None and header.isdecimal() and len(header) < 19 else None


def job_events(
    services: Services,
    watched: Watched,
    after: int | None,
    pace: Pace | None = None,
    *,
    waits: bool = True,
) -> Iterator[str]:
    """Yield the messages of a job's event stream.

    The stream begins with a `snapshot` of the job or, if `after` is given, with the events since.
    It ends with a last snapshot once the job has ended, or else after `pace.max_s`: the client
    then reconnects with the number of the last event it received. It ends without a word once
    the client has closed its side of the connection, or the job is deleted, or the client may not
    see it any more, which is read every `pace.keep_alive_s`.

    Args:
        watched: the job, which `services.watch` watches meanwhile.
        waits: whether to wait while there is nothing to send; otherwise empty text is yielded.
    """
    pace = pace or Pace()
    deadline = time.monotonic() + pace.max_s
    yield "retry: 2000\n"  # part of the first message: alone it would be an empty one
    last_seq = after
    if last_seq is None:
        last_seq, snapshot = _snapshot(services, watched.job_id)
        yield snapshot
    silent_since = time.monotonic()
    has_changed = False
    while watched.goes_on(pace.keep_alive_s):
        version = watched.version
        events = _events(services, watched, last_seq) if last_seq < version.number else []
        for event in events:
            last_seq, has_changed = event["seq"], True
            yield _message(event["kind"], event["seq"], event)
        if events and last_seq < version.number:
            continue  # there are more than are read at once
        if version.ended:
            if has_changed:
                yield _snapshot(services, watched.job_id)[1]
            return
        now = time.monotonic()
        if now >= deadline:
            return
        if events:
            silent_since = now
        elif now - silent_since >= pace.keep_alive_s:
            silent_since = now
            yield ": keep-alive\n"  # ends no message
        if waits:
            watched.wait(min(silent_since + pace.keep_alive_s, deadline) - now)
        else:
            yield ""


def _events(services: Services, watched: Watched, last_seq: int) -> list[dict[str, Any]]:
    """Return the events after a number; those of the watch, unless earlier ones are missing."""
    news = [event for event in watched.news if event.seq > last_seq]
    if news and news[0].seq == last_seq + 1:
        return event_documents(news)
    with services.sessions() as session:
        return event_documents(events_after(session, watched.job_id, last_seq))


def _snapshot(services: Services, job_id: str) -> tuple[int, str]:
    with services.sessions() as session:
        document = job_document(session, get_job(session, job_id))
    version: int = document["version"]
    return version, _message("snapshot", version, document)


def _message(kind: str, number: int, document: dict[str, Any]) -> str:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\nid: {number}\ndata: {body}\n\n"
