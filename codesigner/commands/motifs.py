"""Commands for the motif library."""

import click

from codesigner.commands.errors import CommandFailed

__all__ = ["COMMANDS"]


@click.group()
def motifs() -> None:
    """Install and list the motif library."""


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


COMMANDS = (motifs,)
