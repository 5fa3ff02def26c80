"""Command `audit`: print the audit log, or export it."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from codesigner.commands.models import database_sessions
from shared.audit.events import ACTION_GROUPS, ACTIONS, AuditQuery, event_pages

__all__ = ["COMMANDS"]

_TIME_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")


@click.command()
@click.option(
    "--action",
    type=click.Choice([*ACTIONS, *ACTION_GROUPS]),
    metavar="ACTION",
    default=None,
    help="Only this action, such as model.promote, or the first part of several, such as model.",
)
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
    query = AuditQuery(action=action, actor=actor, since=_as_utc(since), until=_as_utc(until))
    most = limit if limit is not None else None if ndjson else 50
    with database_sessions() as sessions:
        for page in event_pages(sessions, query, most):
            for event in page:
                click.echo(json.dumps(event, ensure_ascii=False) if ndjson else _line(event))


def _as_utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


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
