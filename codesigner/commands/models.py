"""Commands of the administration: model releases, and which of them is in use."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

import click
from sqlalchemy.orm import Session

from codesigner.commands.errors import CommandFailed

__all__ = ["COMMANDS", "database_session"]


@click.group()
def models() -> None:
    """List model releases, put one to use, or go back."""


@models.command("list")
def list_releases() -> None:
    """List the releases, the newest first; the one in use has a star."""
    from rich.console import Console
    from rich.table import Table

    from shared.registry import releases as registry

    with database_session() as session:
        in_use = registry.champion(session)
        table = Table("", "release", "origin", "registered", "role", "version", box=None)
        for release in registry.releases(session):
            star, origin = "*" if release.name == in_use else "", release.origin
            first = (star, release.name, origin, f"{release.created_at:%Y-%m-%d %H:%M}")
            for role, version in sorted(registry.members(session, release.name).items()):
                table.add_row(*first, role, version)
                first = ("", "", "", "")
    Console(soft_wrap=True).print(table)


@models.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def register(manifest: Path) -> None:
    """Register a release of models of your own, named in a JSON MANIFEST.

    It is built as worker/weights/manifest.json is; roles that it does not name stay as they are
    in the release that is in use. docs/models.md tells which models can take which role.
    """
    from shared.registry import releases as registry

    with database_session() as session:
        try:
            document = json.loads(manifest.read_text(encoding="utf-8"))
            wanted = registry.release_of(document, origin="named", base=registry.champion(session))
        except ValueError as error:
            raise CommandFailed(f"{manifest}: {error}") from None
        release = registry.register_release(session, wanted)
        click.echo(
            f"Registered: {release.name}. To use it: codesigner models promote {release.name}"
        )


@models.command()
@click.argument("release")
@click.option("--reason", default="", help="For the log.")
@click.option("--force", is_flag=True, help="Also where it misses a gate.")
def promote(release: str, reason: str, force: bool) -> None:
    """Put a RELEASE to use: new jobs take it, those under way keep theirs."""
    from shared.registry import releases as registry

    with database_session() as session:
        move = registry.promote(session, release, getuser(), reason=reason, force=force)
        click.echo(f"In use: {move.release_to} (before: {move.release_from or 'none'}).")


@models.command()
@click.option("--reason", default="", help="For the log.")
def rollback(reason: str) -> None:
    """Go back to the release that was in use before."""
    from shared.registry import releases as registry

    with database_session() as session:
        move = registry.rollback(session, getuser(), reason=reason)
        click.echo(f"In use: {move.release_to} (before: {move.release_from}).")


@models.command()
def log() -> None:
    """Show who put which release to use, and when."""
    from shared.registry import releases as registry

    with database_session() as session:
        for move in registry.moves(session):
            line = f"{move.at:%Y-%m-%d %H:%M} {move.kind} {move.release_from} -> {move.release_to}"
            click.echo(f"{line} by {move.actor} {move.reason}".rstrip())


@contextmanager
def database_session() -> Iterator[Session]:
    """Give a transaction on the installation's database; it commits at its end."""
    from codesigner.installation import installation_settings
    from shared.db.engine import engine

    bound = engine(installation_settings())
    try:
        with Session(bound) as session, session.begin():
            yield session
    finally:
        bound.dispose()


COMMANDS: tuple[click.Command, ...] = (models,)
