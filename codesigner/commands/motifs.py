"""Commands for the motif library."""

import click

from codesigner.commands.errors import CommandFailed

__all__ = ["COMMANDS"]


@click.group()
def motifs() -> None:
    """Install, list and search the motif library."""


@motifs.command()
@click.option(
    "--keep-packages",
    is_flag=True,
    help="Keep the fetched packages, for work on the choice of drawings.",
)
def install(keep_packages: bool) -> None:
    """Fetch the packages of the motif sets and convert their drawings; at once if that was done.

    The sets are the default ones and those of CODESIGNER_MOTIF_SETS.
    """
    from codesigner.installation import installation_settings
    from shared.motifs.curation import parse_optional_sets
    from shared.motifs.files import default_folder
    from worker.motif_sets.install import install_library
    from worker.motif_sets.packages import PackagesUnavailable

    settings = installation_settings()
    folder = default_folder(settings.motifs_dir)
    try:
        state = install_library(
            folder,
            parse_optional_sets(settings.motif_sets),
            say=click.echo,
            keep_packages=keep_packages,
        )
    except (PackagesUnavailable, OSError) as error:
        raise CommandFailed(
            f"the motif library is not installed in {folder}: {error}; designs are drawn without it"
        ) from None
    click.echo(f"Motif library: {state.subjects} subjects, {state.drawings} drawings in {folder}")


@motifs.command("list")
def list_sets() -> None:
    """List the sets of the motif library that are installed, and those that are missing."""
    from rich.console import Console
    from rich.table import Table

    from codesigner.installation import installation_settings
    from shared.motifs.curation import parse_optional_sets
    from shared.motifs.files import default_folder
    from shared.motifs.state import library_state

    settings = installation_settings()
    folder = default_folder(settings.motifs_dir)
    state = library_state(folder, parse_optional_sets(settings.motif_sets))
    table = Table("set", "version", "style", "drawings", "licence", "author", box=None)
    for each in state.sets:
        version = each.version if each.current else f"{each.version} (out of date)"
        table.add_row(each.name, version, each.style, str(each.drawings), each.licence, each.author)
    console = Console(soft_wrap=True)
    console.print(table)
    console.print(f"{state.subjects} subjects, {state.drawings} drawings in {state.folder}")
    if state.missing:
        console.print(f"missing: {', '.join(state.missing)}; run `codesigner motifs install`")


@motifs.command()
@click.argument("words", nargs=-1)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", help="Of the names.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
def search(words: tuple[str, ...], language: str, limit: int) -> None:
    """Find motifs by name, in English or Chinese; without words all are listed.

    It reads the installed catalogue; no server is needed.
    """
    from rich.console import Console
    from rich.table import Table

    from codesigner.installation import settings_from_environment
    from shared.motifs.curation import parse_optional_sets
    from shared.motifs.library import open_library
    from shared.motifs.search import search_motifs

    settings = settings_from_environment()
    library = open_library(settings.motifs_dir, parse_optional_sets(settings.motif_sets))
    found = search_motifs(library, " ".join(words))
    if not found:
        raise CommandFailed(f"no motif is called {' '.join(words)}")
    table = Table("id", "name", "category", "sets", "licences", box=None)
    for motif in found[:limit]:
        table.add_row(
            motif.id,
            motif.name(language),
            motif.category,
            ", ".join(motif.sets),
            ", ".join(motif.licences),
        )
    console = Console(soft_wrap=True)
    console.print(table)
    if len(found) > limit:
        console.print(f"{len(found) - limit} more; --limit shows them")


COMMANDS = (motifs,)
