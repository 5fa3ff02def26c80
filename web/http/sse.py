"""A job's events as a stream (server-sent events), read from the database."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.jobs.serializers import job_document
from shared.jobs.submission import get_job
from shared.queue.events import events_after
from web.db.queries import event_documents, head_of
from web.extensions import Services

__all__ = ["KEEP_ALIVE_S", "MAX_STREAM_S", "Pace", "job_events", "last_event_id"]

KEEP_ALIVE_S = 15.0
MAX_STREAM_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a stream looks, and how long it lives."""

    look_every_s: float = 0.4
    keep_alive_s: float = KEEP_ALIVE_S
    max_s: float = MAX_STREAM_S
    sleep: Callable[[float], None] = time.sleep


def last_event_id(header: str | None) -> int | None:
    """Read Last-Event-ID; None where it is missing or no number of ours."""
    return int(header) if header is not None and header.isdecimal() and len(header) < 19 else None


def job_events(
    services: Services, job_id: str, after: int | None, pace: Pace | None = None
) -> Iterator[str]:
    """Give a job's changes as they come.

    First a `snapshot`, the job itself, or, after a break, the events since. One last snapshot
    ends the stream of a job that has ended; other streams end after some minutes, and the
    client comes back with the number of the last event it saw.
    """
    pace = pace or Pace()
    until = time.monotonic() + pace.max_s
    yield "retry: 2000\n\n"
    seen = after
    if seen is None:
        seen, text = _snapshot(services, job_id)
        yield text
    spoke_at = time.monotonic()
    while True:
        events, ended = _news(services, job_id, seen)
        for event in events:
            seen = event["seq"]
            yield _message(event["kind"], event["seq"], event)
        if ended:
            if events:
                yield _snapshot(services, job_id)[1]
            return
        now = time.monotonic()
        if now >= until:
            return
        if events:
            spoke_at = now
        elif now - spoke_at >= pace.keep_alive_s:
            spoke_at = now
            yield ": keep-alive\n\n"
        pace.sleep(pace.look_every_s)


def _news(services: Services, job_id: str, seen: int) -> tuple[list[dict[str, Any]], bool]:
    """Give the events since and whether the job has ended; one indexed read where none came."""
    head = head_of(services.autocommit, job_id)
    if head.version <= seen:
        return [], head.ended
    with services.sessions() as session:
        events = event_documents(events_after(session, job_id, seen))
    return events, head.ended and (not events or events[-1]["seq"] >= head.version)


def _snapshot(services: Services, job_id: str) -> tuple[int, str]:
    with services.sessions() as session:
        document = job_document(session, get_job(session, job_id))
    version: int = document["version"]
    return version, _message("snapshot", version, document)


def _message(kind: str, number: int, document: dict[str, Any]) -> str:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\nid: {number}\ndata: {body}\n\n"
