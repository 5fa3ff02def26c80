"""Commands for several designs at once."""

import json
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client, wait_for_batch
from codesigner.commands.errors import CommandFailed
from codesigner.commands.jobs import PRODUCTS, client_of, url_option, webhook_field, webhook_options

__all__ = ["COMMANDS"]

_out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the pictures, one folder a job.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the batch as JSON.")


@click.group()
def batch() -> None:
    """Ask for several designs at once, follow and cancel them as one."""


@batch.command()
@click.argument("briefs", nargs=-1, required=True)
@click.option("--seeds", default=None, help="Such as 1-4,9; none: one for all is drawn.")
@click.option("--strengths", default=None, help="Weights of the reference, such as 0.2,0.5,0.8.")
@click.option(
    "--pairs", is_flag=True, help="The first of each list together, and so on; else each with each."
)
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An image to take the character from.",
)
@click.option("--variants", type=click.IntRange(1, 8), default=4, show_default=True)
@click.option("--product", type=click.Choice(PRODUCTS), default=None, help="Else the briefs' own.")
@click.option("--size", type=int, default=None, help="Side of a tile in pixels.")
@webhook_options
@click.option("--wait/--no-wait", default=True, show_default=True, help="Stay until all is done.")
@_out
@_as_json
@url_option
def submit(
    briefs: tuple[str, ...],
    seeds: str | None,
    strengths: str | None,
    pairs: bool,
    reference: Path | None,
    wait: bool,
    out: Path | None,
    as_json: bool,
    url: str | None,
    webhook: str | None,
    webhook_secret: str | None,
    **options: Any,
) -> None:
    """Hand in BRIEFS in words, each with each seed and strength: at most 100 jobs."""
    from shared.number_lists import numbers_in

    client = client_of(url)
    fields = [("briefs", brief) for brief in briefs]
    fields += [("seeds", each) for each in numbers_in(seeds or "")]
    fields += [("strengths", each) for each in numbers_in(strengths or "")]
    fields += [(name, str(value)) for name, value in options.items() if value is not None]
    fields += webhook_field(webhook, webhook_secret).items()
    if pairs:
        fields.append(("combine", "pairs"))
    found = client.submit_batch(fields, reference)
    _show(client, found, out, wait=wait or out is not None, as_json=as_json)


@batch.command()
@click.argument("batch_id")
@click.option("--wait", is_flag=True, help="Stay until all is done.")
@_out
@_as_json
@url_option
def status(batch_id: str, wait: bool, out: Path | None, as_json: bool, url: str | None) -> None:
    """Tell how a batch stands."""
    client = client_of(url)
    _show(client, client.batch(batch_id), out, wait=wait, as_json=as_json)


@batch.command()
@click.argument("batch_id")
@url_option
def cancel(batch_id: str, url: str | None) -> None:
    """Cancel the jobs of a batch that have not ended."""
    click.echo(_line(client_of(url).cancel_batch(batch_id)))


def _show(
    client: Client, found: dict[str, Any], out: Path | None, *, wait: bool, as_json: bool
) -> None:
    if wait:
        for now in wait_for_batch(client, found):
            found = now
            click.echo(_line(now), err=True)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo(_line(found))
        for job in found["jobs"]:
            click.echo(f"  {job['id']} {job['state']:<9} seed {job['seed']} {job['brief']}")
    if out is not None:
        _save(client, found, out, quiet=as_json)
    if found["state"] == "ended" and found["counts"]["succeeded"] < len(found["jobs"]):
        raise CommandFailed("not every job succeeded")


def _save(client: Client, found: dict[str, Any], out: Path, *, quiet: bool) -> None:
    from codesigner.progress_display import save_artifacts

    for job in found["jobs"]:
        if job["state"] == "succeeded":
            folder = out / f"{job['index']:03d}"
            for path in save_artifacts(client, client.job(job["id"]), folder):
                click.echo(path, err=quiet)


def _line(found: dict[str, Any]) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in found["counts"].items() if number)
    return f"Batch {found['id']}: {counts}."


COMMANDS: tuple[click.Command, ...] = (batch,)
