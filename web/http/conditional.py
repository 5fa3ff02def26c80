"""Conditional requests and polling: ETag, 304, `Prefer: wait`, Retry-After."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job
from shared.jobs.serializers import JobSnapshot, job_snapshot, snapshot_document
from web.db.queries import JobHead
from web.extensions import Services
from web.http.identity import counted_visitor

__all__ = [
    "MAX_WAIT_S",
    "etag_of",
    "job_response",
    "not_modified_or",
    "requested_wait_s",
    "snapshot_response",
    "wait_slot",
    "waited",
    "with_preference",
]  # fmt: skip


class _Head(Protocol):
    @property
    def ended(self) -> bool: ...


H = TypeVar("H", bound=_Head)

MAX_WAIT_S = 60
_MIN_POLL_INTERVAL_S = 0.025
"""Between the first two reads of what is waited for; each interval is longer by a quarter."""
_MAX_POLL_INTERVAL_S = 0.25
_SECONDS = re.compile(r"[0-9]{1,9}")


def etag_of(head: JobHead | Job) -> str:
    """Return the ETag of a job's document; the counts change even after the end."""
    counts = [head.derivations, head.prints, head.library_version]
    while counts and not counts[-1]:
        counts.pop()
    return ".".join([f"v{head.version}", *map(str, counts)])


def job_response(session: Session, job: Job, *, status: int = 200) -> Response:
    """Return the response of a job: its document, ETag and, while it is active, Retry-After."""
    return snapshot_response(session, job_snapshot(session, job), status=status)


def snapshot_response(session: Session, snapshot: JobSnapshot, *, status: int = 200) -> Response:
    """Return the response of a job that was read before; see `job_response`."""
    job = snapshot.job
    document = snapshot_document(session, snapshot)
    response = jsonify(document)
    response.status_code = status
    response.set_etag(etag_of(job))
    response.headers["Cache-Control"] = "private, no-cache"
    if job.state in ACTIVE:
        response.headers["Retry-After"] = str(_retry_after_s(document["queue"]))
    return response


def _retry_after_s(queue: dict[str, Any]) -> int:
    """Return a third of the expected wait, 1 to 30 s, with jitter so that polls spread out."""
    eta_s = queue["eta_s"]
    expected_s = eta_s[0] / 3 if eta_s else (queue["position"] or 1) / 4
    return max(1, round(min(30.0, expected_s) * random.uniform(0.8, 1.2)))


def requested_wait_s() -> float | None:
    """Return N of the request's `Prefer: wait=N` (RFC 7240), at most 60 s; None if absent."""
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.strip().lower() == "wait" and (seconds := _SECONDS.fullmatch(value.strip())):
            return float(min(int(seconds[0]), MAX_WAIT_S))
    return None


@contextmanager
def wait_slot(services: Services) -> Iterator[bool]:
    """Hold one of the visitor's slots for a request that waits; yield False if none is free."""
    visitor = counted_visitor()
    acquired = services.waits.take(visitor)
    try:
        yield acquired
    finally:
        if acquired:
            services.waits.give_back(visitor)


def waited(services: Services, wait_s: float | None, read_head: Callable[[], H]) -> H:
    """Poll until the job or batch has ended or `wait_s` has passed; once if no slot is free.

    Returns:
        The head that was read last.
    """
    deadline = time.monotonic() + (wait_s or 0.0)
    head = read_head()
    if head.ended or not wait_s:
        return head
    interval_s = _MIN_POLL_INTERVAL_S
    with wait_slot(services) as acquired:
        while acquired and not head.ended and time.monotonic() < deadline:
            time.sleep(interval_s)
            interval_s = min(_MAX_POLL_INTERVAL_S, interval_s * 1.25)
            head = read_head()
    return head


def not_modified_or(
    open_session: Callable[[], AbstractContextManager[Session]],
    etag: str,
    wait_s: float | None,
    describe: Callable[[Session], Response],
) -> Response:
    """Return 304 if the client has this version (If-None-Match), else the described resource."""
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
        response.set_etag(etag)
        response.headers["Cache-Control"] = "private, no-cache"
    else:
        with open_session() as session:
            response = describe(session)
    return with_preference(response, wait_s)


def with_preference(response: Response, wait_s: float | None) -> Response:
    """Add `Preference-Applied` if the request asked to wait."""
    if wait_s is not None:
        response.headers["Preference-Applied"] = f"wait={wait_s:.0f}"
    return response
