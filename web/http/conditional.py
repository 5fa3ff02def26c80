"""Telling a client what has changed and when to ask again."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job
from shared.jobs.serializers import job_document
from web.db.queries import JobHead
from web.extensions import Services
from web.http.identity import present_visitor

__all__ = [
    "MAX_WAIT_S", "etag_of", "job_response", "stream_slot", "unless_known", "waited",
    "wanted_wait_s", "with_preference",
]  # fmt: skip


class _Head(Protocol):
    @property
    def ended(self) -> bool: ...


H = TypeVar("H", bound=_Head)

MAX_WAIT_S = 60
_LOOK_EVERY_S = 0.25
_SECONDS = re.compile(r"[0-9]{1,9}")


def etag_of(head: JobHead | Job) -> str:
    """Give the entity tag of a job's document: an ended one is still repeated or printed."""
    counts = [str(head.retries), str(head.prints)] if head.prints else [str(head.retries)]
    further = counts if head.retries or head.prints else []
    return ".".join([f"v{head.version}", *further])


def job_response(session: Session, job: Job, *, status: int = 200) -> Response:
    """Answer with a job: its document, ETag and, while it goes on, Retry-After."""
    document = job_document(session, job)
    response = jsonify(document)
    response.status_code = status
    response.set_etag(etag_of(job))
    response.headers["Cache-Control"] = "private, no-cache"
    if job.state in ACTIVE:
        response.headers["Retry-After"] = str(_retry_after_s(document["queue"]))
    return response


def _retry_after_s(queue: dict[str, Any]) -> int:
    """A third of the wait that is left, 1 to 30 s, spread so that clients do not come at once."""
    eta_s = queue["eta_s"]
    expected_s = eta_s[0] / 3 if eta_s else (queue["position"] or 1) / 4
    return max(1, round(min(30.0, expected_s) * random.uniform(0.8, 1.2)))


def wanted_wait_s() -> float | None:
    """Give N of the request's `Prefer: wait=N` (RFC 7240), at most 60; None without it."""
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.strip().lower() == "wait" and (found := _SECONDS.fullmatch(value.strip())):
            return float(min(int(found[0]), MAX_WAIT_S))
    return None


@contextmanager
def stream_slot(services: Services) -> Iterator[bool]:
    """Hold one of the places for requests that last; False where none is free for the visitor."""
    visitor = present_visitor()
    free = services.streams.take(visitor)
    try:
        yield free
    finally:
        if free:
            services.streams.give_back(visitor)


def waited(services: Services, wait_s: float | None, look: Callable[[], H]) -> H:
    """Look until what is looked at has ended, or that long; once where no place to wait is free."""
    until = time.monotonic() + (wait_s or 0.0)
    head = look()
    if head.ended or not wait_s:
        return head
    with stream_slot(services) as free:
        while free and not head.ended and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)
            head = look()
    return head


def unless_known(
    services: Services, etag: str, wait_s: float | None, describe: Callable[[Session], Response]
) -> Response:
    """Answer 304 where the client knows the version, or else with its description."""
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
        response.set_etag(etag)
        response.headers["Cache-Control"] = "private, no-cache"
    else:
        with services.sessions() as session:
            response = describe(session)
    return with_preference(response, wait_s)


def with_preference(response: Response, wait_s: float | None) -> Response:
    """Tell how long was to be waited, where that was asked for."""
    if wait_s is not None:
        response.headers["Preference-Applied"] = f"wait={wait_s:.0f}"
    return response
