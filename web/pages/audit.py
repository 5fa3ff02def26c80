"""Administration page: the audit log."""

import json
from typing import Any

from flask import Blueprint, render_template, request

from shared.audit.events import (
    ACTION_GROUPS,
    ACTIONS,
    AuditQuery,
    event_document,
    list_events,
)
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.services.audit import read_query

__all__ = ["blueprint"]

blueprint = Blueprint("audit_pages", __name__, url_prefix="/admin/audit")

_PAGE_SIZE = 50
_FILTERS = ("action", "actor", "since", "until")


@blueprint.get("")
def log() -> str | tuple[str, int]:
    """Show the events that the filters select, newest first."""
    try:
        return _render(read_query())
    except CodesignerError as error:
        return _render(None, error), error.status


def _render(query: AuditQuery | None, wrong: CodesignerError | None = None) -> str:
    events: list[dict[str, Any]] = []
    if query is not None:
        with current_services().sessions() as session:
            found = list_events(session, query, _PAGE_SIZE + 1)
            events = [event_document(event) for event in found]
    chosen = {name: request.args.get(name, "") for name in _FILTERS}
    return render_template(
        "admin/audit.html",
        events=events[:_PAGE_SIZE],
        following=events[_PAGE_SIZE - 1]["id"] if len(events) > _PAGE_SIZE else None,
        actions=[*ACTIONS],
        groups=ACTION_GROUPS,
        chosen=chosen,
        present={name: value for name, value in chosen.items() if value},
        shown=_shown,
        wrong=wrong,
    )


def _shown(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the fields of `before` or `after` as texts."""
    return [(name, _text(value)) for name, value in document.items()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "–"
    if isinstance(value, str):
        return value or "–"
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
