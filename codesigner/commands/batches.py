"""Commands for batches: submit, status, cancel."""

import json
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client, wait_for_batch
from codesigner.commands.errors import CommandFailed
from codesigner.commands.jobs import (
    PRODUCTS,
    make_client,
    url_option,
    webhook_field,
    webhook_options,
)

__all__ = ["COMMANDS"]

_out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the pictures, with one subfolder per job.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the batch as JSON.")


@click.group()
def batch() -> None:
    """Submit, track and cancel several designs together."""


@batch.command()
@click.argument("briefs", nargs=-1, required=True)
@click.option("--seeds", default=None, help="Seeds, such as 1-4,9; default: one random seed.")
@click.option("--strengths", default=None, help="Reference strengths, such as 0.2,0.5,0.8.")
@click.option(
    "--pairs", is_flag=True, help="Combine the lists item by item; default: all combinations."
)
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Reference image.",
)
@click.option(
    "--variants", type=click.IntRange(1, 8), default=4, show_default=True, help="Designs per job."
)
@click.option(
    "--product", type=click.Choice(PRODUCTS), default=None, help="Default: as in the brief."
)
@click.option("--size", type=int, default=None, help="Side of the tile in pixels.")
@webhook_options
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait until all jobs have ended."
)
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
    """Submit a batch of at most 100 jobs: BRIEFS combined with seeds and strengths."""
    from shared.number_lists import numbers_in

    client = make_client(url)
    fields = [("briefs", brief) for brief in briefs]
    fields += [("seeds", number) for number in numbers_in(seeds or "")]
    fields += [("strengths", number) for number in numbers_in(strengths or "")]
    fields += [(name, str(value)) for name, value in options.items() if value is not None]
    fields += webhook_field(webhook, webhook_secret).items()
    if pairs:
        fields.append(("combine", "pairs"))
    document = client.submit_batch(fields, reference)
    _show(client, document, out, wait=wait or out is not None, as_json=as_json)


@batch.command()
@click.argument("batch_id")
@click.option("--wait", is_flag=True, help="Wait until all jobs have ended.")
@_out
@_as_json
@url_option
def status(batch_id: str, wait: bool, out: Path | None, as_json: bool, url: str | None) -> None:
    """Show the state of a batch."""
    client = make_client(url)
    _show(client, client.batch(batch_id), out, wait=wait, as_json=as_json)


@batch.command()
@click.argument("batch_id")
@url_option
def cancel(batch_id: str, url: str | None) -> None:
    """Cancel the jobs of a batch that have not ended."""
    click.echo(_summary(make_client(url).cancel_batch(batch_id)))


def _show(
    client: Client, document: dict[str, Any], out: Path | None, *, wait: bool, as_json: bool
) -> None:
    if wait:
        for current in wait_for_batch(client, document):
            document = current
            click.echo(_summary(current), err=True)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        click.echo(_summary(document))
        for job in document["jobs"]:
            click.echo(f"  {job['id']} {job['state']:<9} seed {job['seed']} {job['brief']}")
    if out is not None:
        _save(client, document, out, quiet=as_json)
    if document["state"] == "ended" and document["counts"]["succeeded"] < len(document["jobs"]):
        raise CommandFailed("not all jobs succeeded")


def _save(client: Client, document: dict[str, Any], out: Path, *, quiet: bool) -> None:
    from codesigner.progress_display import save_artifacts

    for job in document["jobs"]:
        if job["state"] == "succeeded":
            folder = out / f"{job['index']:03d}"
            for path in save_artifacts(client, client.job(job["id"]), folder):
                click.echo(path, err=quiet)


def _summary(document: dict[str, Any]) -> str:
    counts = ", ".join(
        f"{number} {state}" for state, number in document["counts"].items() if number
    )
    return f"Batch {document['id']}: {counts}."


COMMANDS: tuple[click.Command, ...] = (batch,)
