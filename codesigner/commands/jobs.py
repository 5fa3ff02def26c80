"""Commands that speak to a running installation: hand a brief in, see what came of it."""

import json
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client, wait_for_end
from codesigner.commands.errors import CommandFailed, NothingAnswers

__all__ = ["COMMANDS"]

_PRODUCTS = ("phone-case", "mug", "t-shirt", "tote", "notebook", "poster")

_url = click.option(
    "--url", default=None, help="Address of the installation; without it, this machine's own."
)


@click.command()
@click.argument("brief")
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An image to take the character from.",
)
@click.option("--variants", type=click.IntRange(1, 8), default=4, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=None, help="For the same design again.")
@click.option("--product", type=click.Choice(_PRODUCTS), default=None, help="Else the brief's own.")
@click.option(
    "--reference-strength",
    type=click.FloatRange(0, 1),
    default=None,
    help="How much the reference counts against the brief.",
)
@click.option("--size", type=int, default=None, help="Side of a tile in pixels.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Stay until it is done.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the pictures.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON, and nothing else.")
@_url
def submit(
    brief: str,
    reference: Path | None,
    wait: bool,
    out: Path | None,
    as_json: bool,
    url: str | None,
    **options: Any,
) -> None:
    """Hand in a BRIEF in words, English or Chinese."""
    client = _client(url)
    given = {name: value for name, value in options.items() if value is not None}
    job = client.submit(brief, reference, given)
    if wait or out is not None:
        job = _watched(client, job, quiet=as_json)
    _show(client, job, out, as_json=as_json)


@click.command()
@click.argument("job_id", required=False)
@click.option("--wait", is_flag=True, help="Stay until it is done.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the pictures.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON, and nothing else.")
@_url
def status(
    job_id: str | None, wait: bool, out: Path | None, as_json: bool, url: str | None
) -> None:
    """Tell how a job stands; without a JOB_ID, whether the installation is ready."""
    client = _client(url)
    if job_id is None:
        if not client.is_ready():
            raise NothingAnswers(f"{client.url} is not ready")
        click.echo(f"{client.url} is ready.")
        return
    job = client.job(job_id)
    if wait:
        job = _watched(client, job, quiet=as_json)
    _show(client, job, out, as_json=as_json)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for the pictures.",
)
@_url
def demo(out: Path, url: str | None) -> None:
    """Draw an example: a phone case of aluminium, with a photograph as its reference."""
    from codesigner.demo import BRIEF, OPTIONS, PHOTOGRAPH

    client = _client(url)
    click.echo(f"{BRIEF}\n  with {PHOTOGRAPH}")
    job = _watched(client, client.submit(BRIEF, PHOTOGRAPH, OPTIONS), quiet=False)
    _show(client, job, out, as_json=False)


@click.command()
@click.argument("dataset", type=click.Path(exists=True, path_type=Path))
@click.option("--name", default=None, help="Name of the release that comes of it.")
@click.option("--steps", type=click.IntRange(1), default=None, help="Optimizer steps.")
@click.option("--batch", type=click.IntRange(1), default=None, help="Images a step.")
@click.option("--learning-rate", type=float, default=None, help="At its peak.")
@click.option("--seed", type=click.IntRange(0), default=None)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Stay until it is done.")
@_url
def train(dataset: Path, wait: bool, url: str | None, **options: Any) -> None:
    """Train the models further on a DATASET.

    A folder, or a zip of one, with pictures and a metadata.jsonl: {"file_name": ..., "text": ...}
    on each line. What comes of it is a release; `codesigner models promote` puts it to use.
    """
    from codesigner.datasets import zipped

    client = _client(url)
    given = {name: value for name, value in options.items() if value is not None}
    with zipped(dataset) as archive:
        job = client.train(archive, given)
    if wait:
        job = _watched(client, job, quiet=False)
    _show(client, job, None, as_json=False)


def _watched(client: Client, job: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    from rich.console import Console

    from codesigner.terminal import StageBars

    with StageBars(Console(stderr=True, quiet=quiet)) as bars:
        for current in wait_for_end(client, job):
            job = current
            bars.show(job)
    return job


def _show(client: Client, job: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    from codesigner.terminal import save_artifacts, summary

    if as_json:
        click.echo(json.dumps(job, ensure_ascii=False, indent=1))
    else:
        click.echo(f"Job {job['id']} is {job['state']}.")
        for line in summary(job):
            click.echo(line)
    if out is not None and job["state"] == "succeeded":
        for path in save_artifacts(client, job, out):
            click.echo(path, err=as_json)
    if job["state"] in {"failed", "cancelled"}:
        raise CommandFailed(f"the job {job['state']}")


def _client(url: str | None) -> Client:
    from codesigner.environment import installation_settings

    settings = installation_settings()
    token = None if settings.admin_token is None else settings.admin_token.get_secret_value()
    return Client(url=url or settings.public_url, token=token)


COMMANDS: tuple[click.Command, ...] = (submit, status, demo, train)
