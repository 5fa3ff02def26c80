"""Command `deletions`: print the ledger of deletions."""

import json
from typing import Any

import click

from codesigner.commands.models import database_sessions
from shared.deletions.ledger import deletion_document, list_deletions

__all__ = ["COMMANDS"]


@click.command()
@click.option("--limit", type=click.IntRange(1), default=50, help="Default: 50.")
@click.option("--before", type=click.IntRange(1), default=None, help="Only older than this id.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
def deletions(limit: int, before: int | None, ndjson: bool) -> None:
    """Print what was deleted, by whom, and when the last file was gone; newest first."""
    with database_sessions() as sessions, sessions() as session:
        rows = [deletion_document(row) for row in list_deletions(session, limit, before)]
    for row in rows:
        click.echo(json.dumps(row) if ndjson else _line(row))


def _line(row: dict[str, Any]) -> str:
    ended = row["done_at"] or row["restored_at"]
    state = row["state"] if ended is None else f"{row['state']} {ended}"
    counts = f"{row['jobs']} jobs, {row['rows_deleted']} rows, {row['files_deleted']} files"
    size = f"{row['bytes_deleted']} bytes, {row['files_kept']} files kept"
    what = f"{row['kind']} {row['object_id']}"
    return f"{row['id']}  {row['asked_at']}  {row['asked_by']}  {what}  {state}  {counts}, {size}"


COMMANDS: tuple[click.Command, ...] = (deletions,)
