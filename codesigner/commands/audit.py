"""Command `audit`: print the audit log, or export it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from codesigner.commands.models import database_session

__all__ = ["COMMANDS"]

_PAGE_SIZE = 1000
_TIME_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")


@click.command()
@click.option("--action", default=None, help="Only this action, such as model.promote, or model.")
@click.option("--actor", default=None, help="Only acts of this actor, such as admin or cli:root.")
@click.option(
    "--since", type=click.DateTime(_TIME_FORMATS), default=None, help="From this time on, UTC."
)
@click.option(
    "--until", type=click.DateTime(_TIME_FORMATS), default=None, help="Before this time, UTC."
)
@click.option("--limit", type=click.IntRange(1), default=None, help="Default: 50; --ndjson: all.")
@click.option("--ndjson", is_flag=True, help="Export all events as one JSON object a line.")
def audit(
    action: str | None,
    actor: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    ndjson: bool,
) -> None:
    """Print the audit log, newest first."""
    from shared.audit.events import AuditQuery

    query = AuditQuery(action=action, actor=actor, since=_as_utc(since), until=_as_utc(until))
    most = limit if limit is not None else None if ndjson else 50
    with database_session() as session:
        for event in _events(session, query, most):
            click.echo(json.dumps(event, ensure_ascii=False) if ndjson else _line(event))


def _as_utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def _events(session: Session, query: Any, most: int | None) -> Iterator[dict[str, Any]]:
    """Yield the documents of at most so many events, page by page."""
    from dataclasses import replace

    from shared.audit.events import event_document, list_events

    while most is None or most > 0:
        size = _PAGE_SIZE if most is None else min(_PAGE_SIZE, most)
        page = list_events(session, query, size)
        yield from map(event_document, page)
        if len(page) < size:
            return
        most = None if most is None else most - len(page)
        query = replace(query, before=page[-1].id)
        session.expunge_all()


def _line(event: dict[str, Any]) -> str:
    named = f"{event['object_kind']} {event['object_id'] or ''}".rstrip()
    changed = [
        f"{name} {json.dumps(event[name], ensure_ascii=False)}"
        for name in ("before", "after")
        if event[name] is not None
    ]
    source = f"from {event['address'] or '-'}"
    return " ".join([event["at"], event["actor"], source, event["action"], named, *changed])


COMMANDS: tuple[click.Command, ...] = (audit,)
