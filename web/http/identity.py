"""Whose a request's jobs are: a client's with its token, a browser's, or an address's."""

import secrets
from dataclasses import dataclass, replace

from flask import request
from flask import session as visit

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.submission import Limits, Submission
from shared.queue.fairness import PRIORITIES
from shared.settings import Settings
from web.http.access import ADMIN, identity
from web.http.i18n import translate as _

__all__ = ["Owner", "limits_of", "note_visitor", "owned", "present_owner", "present_visitor"]

_VISITOR = "visitor"
_MAX_CANCEL_AFTER_S = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who takes a turn with the jobs that a request submits."""

    name: str
    max_jobs: int | None = None
    """Most of its jobs that have not ended; None: as for everybody."""
    top_priority: int = PRIORITIES["normal"]
    """Highest priority that it may ask for."""


def present_owner() -> Owner:
    """Return the present request's owner.

    With a token its client, or the administrator; else the browser that was at the form before,
    else the address that the request came from.

    Raises:
        CodesignerError: unauthorized, the token is nobody's; rate_limited, too many such came.
    """
    who = identity()
    if who.refusal is not None:
        raise who.refusal
    if who.client is not None:
        return Owner(
            name=f"client:{who.client.name}",
            max_jobs=who.client.max_jobs,
            top_priority=who.client.top_priority,
        )
    top = PRIORITIES["high"] if who.is_admin else PRIORITIES["normal"]
    return Owner(name=ADMIN if who.by_token else _without_token(), top_priority=top)


def present_visitor() -> str:
    """Return who holds the places of the present request: its owner, if it is anybody's.

    A token that is not known makes nobody another visitor.
    """
    who = identity()
    if who.client is not None:
        return f"client:{who.client.name}"
    return ADMIN if who.by_token else _without_token()


def _without_token() -> str:
    visitor = visit.get(_VISITOR)
    return f"address:{request.remote_addr}" if visitor is None else f"visitor:{visitor}"


def limits_of(owner: Owner, settings: Settings) -> Limits:
    """Give the limits that hold for what an owner submits."""
    most = settings.max_jobs_per_owner if owner.max_jobs is None else owner.max_jobs
    return Limits(queue=settings.max_queue, owner=most)


def owned(submission: Submission, owner: Owner, settings: Settings) -> Submission:
    """Give a submission as this owner's, with the request's Cancel-After.

    Raises:
        InvalidRequest: Cancel-After is no whole number from 1 to 2,592,000, which are 30 days.
        CodesignerError: forbidden, the owner may not ask for that priority.
    """
    if submission.priority > owner.top_priority:
        raise CodesignerError("forbidden", _("This priority is not open to you."))
    return replace(
        submission, owner=owner.name, ttl_s=settings.job_ttl_s, cancel_after_s=_cancel_after_s()
    )


def note_visitor() -> None:
    """Have the present visitor's browser remembered, in the signed cookie, as an owner."""
    if _VISITOR not in visit:
        visit[_VISITOR] = secrets.token_hex(8)


def _cancel_after_s() -> float | None:
    text = request.headers.get("Cancel-After")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise _bad_cancel_after()
    seconds = int(text)
    if not 1 <= seconds <= _MAX_CANCEL_AFTER_S:
        raise _bad_cancel_after()
    return float(seconds)


def _bad_cancel_after() -> InvalidRequest:
    message = _("Must be a whole number from 1 to %(most)d.", most=_MAX_CANCEL_AFTER_S)
    return InvalidRequest(FieldError(field="Cancel-After", message=message))
