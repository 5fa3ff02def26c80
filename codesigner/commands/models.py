"""Administration commands for model releases."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from codesigner.commands.errors import CommandFailed
from codesigner.host_actor import host_actor

__all__ = ["COMMANDS", "database_session", "database_sessions"]


@click.group()
def models() -> None:
    """List, register, promote and roll back model releases."""


@models.command("list")
def list_releases() -> None:
    """List the releases, newest first; a star marks the champion."""
    from rich.console import Console
    from rich.table import Table

    from shared.registry import releases as registry

    with database_session() as session:
        champion = registry.champion(session)
        table = Table("", "release", "origin", "registered", "role", "version", box=None)
        for release in registry.releases(session):
            star, origin = "*" if release.name == champion else "", release.origin
            prefix = (star, release.name, origin, f"{release.created_at:%Y-%m-%d %H:%M}")
            for role, version in sorted(registry.members(session, release.name).items()):
                table.add_row(*prefix, role, version)
                prefix = ("", "", "", "")
    Console(soft_wrap=True).print(table)


@models.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def register(manifest: Path) -> None:
    """Register a release of your own models, described by a JSON MANIFEST.

    Its format is that of worker/weights/manifest.json. Roles without a version use the version of
    the champion. docs/models.md lists the models that each role supports.
    """
    from shared.audit.events import Act, record
    from shared.registry import releases as registry

    with database_session() as session:
        try:
            document = json.loads(manifest.read_text(encoding="utf-8"))
            release_manifest = registry.parse_manifest(
                document, origin="named", base=registry.champion(session)
            )
        except ValueError as error:
            raise CommandFailed(f"{manifest}: {error}") from None
        release = registry.register_release(session, release_manifest)
        record(session, host_actor(), Act(action="model.register", object_id=release.name))
        click.echo(
            f"Registered: {release.name}. To use it, run: codesigner models promote {release.name}"
        )


@models.command()
@click.argument("release")
@click.option("--reason", default="", help="Reason, for the log.")
@click.option("--force", is_flag=True, help="Promote even if a quality gate failed.")
def promote(release: str, reason: str, force: bool) -> None:
    """Make a RELEASE the champion: new jobs use it, existing jobs keep theirs."""
    from shared.audit import acts

    with database_session() as session:
        move = acts.promote(session, host_actor(), release, reason=reason, force=force)
        click.echo(f"In use: {move.release_to} (before: {move.release_from or 'none'}).")


@models.command()
@click.option("--reason", default="", help="Reason, for the log.")
def rollback(reason: str) -> None:
    """Make the previous champion the champion again."""
    from shared.audit import acts

    with database_session() as session:
        move = acts.rollback(session, host_actor(), reason=reason)
        click.echo(f"In use: {move.release_to} (before: {move.release_from}).")


@models.command()
def log() -> None:
    """Show the log of promotions and rollbacks."""
    from shared.registry import releases as registry

    with database_session() as session:
        for move in registry.moves(session):
            line = f"{move.at:%Y-%m-%d %H:%M} {move.kind} {move.release_from} -> {move.release_to}"
            click.echo(f"{line} by {move.actor} {move.reason}".rstrip())


@contextmanager
def database_sessions() -> Iterator[sessionmaker[Session]]:
    """Yield the session factory of the installation's database."""
    from codesigner.installation import installation_settings
    from shared.db.engine import engine, sessions

    database = engine(installation_settings())
    try:
        yield sessions(database)
    finally:
        database.dispose()


@contextmanager
def database_session() -> Iterator[Session]:
    """Yield a session on the installation's database; commit at the end."""
    with database_sessions() as sessions, sessions.begin() as session:
        yield session


COMMANDS: tuple[click.Command, ...] = (models,)
