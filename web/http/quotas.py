"""Limits of the current request's submissions, and what is used of them."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from flask import current_app, g, request
from sqlalchemy.orm import Session

from shared.jobs.quotas import REFUSALS, Limit, Limits, QuotaExceeded, network_quota, owner_quota
from shared.jobs.quotas import read_limits as read_limits_of
from shared.networks import network_of
from shared.settings import Settings
from web.http.i18n import translate as _
from web.http.identity import Owner, present_owner

__all__ = ["CHECKED", "limits_of", "quota_problem", "read_limits", "refusal_text"]

CHECKED = "checked_limits"
"""Name in `flask.g` of the limits that the current request was checked by, after it is served."""


def limits_of(owner: Owner, settings: Settings) -> Limits:
    """Return the limits of an owner's submissions."""
    at_address = network_quota(settings)
    counts_networks = at_address.max_jobs is not None or at_address.jobs_per_day is not None
    return Limits(
        queue=settings.max_queue,
        quota=owner_quota(settings, max_jobs=owner.max_jobs),
        account_id=_account_id(owner),
        network=_network_key(request.remote_addr or "") if counts_networks else None,
        network_quota=at_address,
        on_checked=_remember,
    )


def _account_id(owner: Owner) -> str | None:
    kind, _colon, account_id = owner.name.partition(":")
    return account_id if kind == "account" else None


def _network_key(address: str) -> str:
    """Return a keyed hash of the network of an address, which is kept in its place."""
    key = current_app.secret_key
    assert isinstance(key, bytes)
    message = b"network\0" + network_of(address).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def _remember(checked: Sequence[Limit], count: int) -> None:
    setattr(g, CHECKED, (checked, count))


def read_limits(session: Session, settings: Settings) -> Sequence[Limit]:
    """Return the limits of the current request's owner, with what is used of them."""
    owner = present_owner()
    found = read_limits_of(session, owner.name, limits_of(owner, settings))
    _remember(found, 0)
    return found


def refusal_text(error: QuotaExceeded) -> str:
    """Return the message of a refusal in the language of the request."""
    return _(REFUSALS[error.code], **error.values)


def quota_problem(error: QuotaExceeded) -> dict[str, Any]:
    """Return what the problem document of a refusal has beside that of other errors."""
    return {
        "violated-policies": [limit.name for limit in error.violated],
        "limits": [
            {
                "name": limit.name,
                "limit": limit.most,
                "used": limit.used if limit.is_own else None,
            }
            for limit in error.violated
        ],
    }
