"""Reading the audit log: query parameters, pages, export."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import request

from shared.audit.events import ACTION_GROUPS, ACTIONS, AuditQuery, event_pages
from shared.errors import FieldError, InvalidRequest
from web.extensions import Services
from web.http.i18n import translate as _

__all__ = ["exported", "read_query"]

_MAX_ID = 2**63 - 1


def read_query() -> AuditQuery:
    """Return the query of the current request's parameters; empty ones are ignored.

    Raises:
        InvalidRequest: names each that is not valid.
    """
    args, faults = request.args, list[FieldError]()
    action = args.get("action") or None
    if action is not None and action not in (*ACTIONS, *ACTION_GROUPS):
        faults.append(FieldError(field="action", message=_("There is no such action.")))
    times: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = _time(args.get(name, ""))
        except ValueError:
            message = _("Must be a date or time, such as 2026-11-30 or 2026-11-30T08:00:00Z.")
            faults.append(FieldError(field=name, message=message))
    before = args.get("before") or None
    is_id = before is None or (before.isascii() and before.isdecimal() and len(before) < 20)
    if not is_id or int(before or 0) > _MAX_ID:
        faults.append(FieldError(field="before", message=_("This is not the id of an event.")))
    if faults:
        raise InvalidRequest(*faults)
    return AuditQuery(
        action=action,
        actor=args.get("actor", "").strip() or None,
        since=times["since"],
        until=times["until"],
        before=None if before is None else int(before),
    )


def _time(text: str) -> datetime | None:
    """Return a time; one without a zone is in UTC."""
    if not text:
        return None
    at = datetime.fromisoformat(text.strip())
    if not 1 < at.year < 9999:  # PostgreSQL's range in any time zone
        raise ValueError(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def exported(services: Services, query: AuditQuery, limit: int | None) -> Iterator[str]:
    """Yield the events as lines of JSON, newest first; at most `limit` of them."""
    for page in event_pages(services.sessions, query, limit):
        yield "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in page)
