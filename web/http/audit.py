"""Audit events of the current request: its actor, address and request id."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from shared.accounts.rights import LOCAL_ACCOUNT
from shared.audit.events import Act, Actor, record
from web.http.access import ADMIN, identity
from web.http.identity import present_visitor
from web.http.request_ids import present_request_id

__all__ = ["audit", "present_actor"]


def present_actor() -> Actor:
    """Return the actor of the current request, by its token, its session or its browser."""
    known = identity()
    if known.principal is not None and known.principal.account_id != LOCAL_ACCOUNT:
        kind = "api_key" if known.principal.kind == "key" else "account"
        return _actor(present_visitor(), kind)
    if known.client is not None:
        return _actor(present_visitor(), "client")
    if known.by_token:
        return _actor(present_visitor(), "admin_token")
    if known.is_admin:
        return _actor(ADMIN, "admin_session")
    return _actor(present_visitor(), "visitor")


def _actor(name: str, kind: str) -> Actor:
    return Actor(name=name, kind=kind, address=request.remote_addr, request_id=present_request_id())


def audit(
    session: Session,
    action: str,
    object_id: str | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record an act of the current request in the transaction of the act."""
    act = Act(action=action, object_id=object_id, before=before, after=after)
    record(session, present_actor(), act)
