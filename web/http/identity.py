"""Owner of the jobs that a request submits: an API client, a browser or an IP address."""

import secrets
from dataclasses import dataclass

from flask import request
from flask import session as browser_session

from shared.accounts.rights import LOCAL_ACCOUNT
from shared.deletions.ledger import Asker
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.insertion import RequestFields
from shared.networks import network_of
from shared.queue.fairness import PRIORITIES
from shared.settings import Settings
from web.db.palettes import PaletteOwner
from web.http.access import ADMIN, identity, present_workspace
from web.http.concurrency import Visitor
from web.http.i18n import translate as _

__all__ = [
    "Owner",
    "check_headers",
    "check_priority",
    "counted_visitor",
    "is_kept_visitor",
    "keep_visitor",
    "palette_owner",
    "present_account",
    "present_asker",
    "present_owner",
    "present_visitor",
    "remember_visitor",
    "request_fields",
]  # fmt: skip

_VISITOR = "visitor"
_MAX_CANCEL_AFTER_S = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Owner of submitted jobs, for fair queueing and limits."""

    name: str
    max_jobs: int | None = None
    """Maximum number of its unfinished jobs; None: the installation's default."""
    top_priority: int = PRIORITIES["normal"]
    """Highest priority that it may use."""


def present_owner() -> Owner:
    """Return the owner of the current request.

    In the mode accounts it is the account. In the mode local it is, with a token, its client or the
    administrator, and otherwise the browser, if it carries the visitor cookie of the form, else the
    remote address.

    Raises:
        CodesignerError: unauthorized, unknown token; rate_limited, too many unknown tokens.
    """
    request_identity = identity()
    if request_identity.refusal is not None:
        raise request_identity.refusal
    if request_identity.client is not None:
        return Owner(
            name=f"client:{request_identity.client.name}",
            max_jobs=request_identity.client.max_jobs,
            top_priority=request_identity.client.top_priority,
        )
    top = PRIORITIES["high"] if request_identity.is_admin else PRIORITIES["normal"]
    return Owner(name=present_visitor(), top_priority=top)


def present_visitor() -> str:
    """Return the owner's name for the audit log; an unknown token is ignored."""
    return present_account() or _anonymous_name()


def counted_visitor() -> Visitor:
    """Return whom the current request's concurrency slots are counted for.

    Cookies and unknown tokens are free, so that they give no further slots.
    """
    return Visitor(network=network_of(request.remote_addr or ""), account=present_account())


def present_account() -> str | None:
    """Return the name of the account, API client or administrator of the current request.

    None: a stranger, or the user of a local installation.
    """
    request_identity = identity()
    principal = request_identity.principal
    if principal is not None and principal.account_id != LOCAL_ACCOUNT:
        return f"account:{principal.account_id}"
    if request_identity.client is not None:
        return f"client:{request_identity.client.name}"
    return ADMIN if request_identity.by_token else None


def _anonymous_name() -> str:
    is_local = identity().principal is not None
    visitor = browser_session.get(_VISITOR) if is_local else None  # strangers make cookies at will
    return f"address:{request.remote_addr}" if visitor is None else f"visitor:{visitor}"


def present_asker() -> Asker:
    """Return who asks for a deletion; raises as `present_owner`."""
    return Asker(name=present_owner().name, workspace_id=present_workspace())


def palette_owner() -> PaletteOwner:
    """Return whose saved palettes the current request means.

    Raises:
        CodesignerError: as `present_owner`.
    """
    return PaletteOwner(name=present_owner().name, workspace_id=present_workspace())


def check_headers() -> None:
    """Check the headers of a submission before its body is read.

    Raises:
        InvalidRequest: as `request_fields`.
        CodesignerError: as `present_owner`.
    """
    present_owner()
    _cancel_after_s()


def check_priority(owner: Owner, priority: int) -> None:
    """Check that the owner may use a priority.

    Raises:
        CodesignerError: forbidden, it may not.
    """
    if priority > owner.top_priority:
        raise CodesignerError("forbidden", _("You are not allowed to use this priority."))


def request_fields(owner: Owner, settings: Settings, ttl_s: int | None = None) -> RequestFields:
    """Return the fields that every submission of the current request has.

    Args:
        ttl_s: seconds after which an ended job may be deleted, if that is sooner than usual.

    Raises:
        InvalidRequest: Cancel-After is not an integer from 1 to 2,592,000 (30 days in seconds).
    """
    return {
        "owner": owner.name,
        "workspace_id": present_workspace(),
        "ttl_s": min((each for each in (ttl_s, settings.job_ttl_s) if each), default=None),
        "cancel_after_s": _cancel_after_s(),
    }


def remember_visitor() -> None:
    """Store a visitor id in the browser's signed cookie, so that the browser is an owner."""
    if _VISITOR not in browser_session:
        browser_session[_VISITOR] = secrets.token_hex(8)
    elif browser_session.permanent:
        browser_session.modified = True  # it is kept for longer again


def is_kept_visitor() -> bool:
    """Return whether something is kept for the visitor, see `keep_visitor`."""
    return bool(browser_session.permanent)


def keep_visitor() -> None:
    """Let the visitor's cookie outlive the browser's session, for what is kept for the visitor."""
    if _VISITOR in browser_session:
        browser_session.permanent = True


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
