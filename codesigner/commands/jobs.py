"""Commands for design jobs: submit, status, download, demo."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client, wait_for_end
from codesigner.commands.errors import CommandFailed, ServerUnreachable

__all__ = [
    "COMMANDS",
    "PRODUCTS",
    "make_client",
    "show",
    "url_option",
    "wait_option",
    "wait_with_progress",
    "webhook_field",
    "webhook_options",
]

PRODUCTS = ("phone-case", "mug", "t-shirt", "tote", "notebook", "poster")

url_option = click.option(
    "--url", default=None, help="URL of the installation; default: the one of this machine."
)
wait_option = click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait until the job has ended."
)
_out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the pictures.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print only the job, as JSON.")

_webhook = click.option(
    "--webhook", default=None, help="URL that receives an event when the job ends."
)
_secret = click.option(
    "--webhook-secret",
    envvar="CODESIGNER_WEBHOOK_SECRET",
    default=None,
    help="Signing secret, whsec_...",
)


def webhook_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the webhook options to a command."""
    return _webhook(_secret(command))


def webhook_field(url: str | None, secret: str | None) -> dict[str, str]:
    """Return the form field of a webhook; empty without a URL."""
    if url is None:
        return {}
    if secret is None:
        raise click.UsageError("--webhook requires --webhook-secret, which signs the events.")
    return {"webhook": json.dumps({"url": url, "secret": secret})}


@click.command()
@click.argument("brief")
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Reference image.",
)
@click.option(
    "--variants", type=click.IntRange(1, 8), default=4, show_default=True, help="Number of designs."
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=None,
    help="Random seed; the same seed gives the same design.",
)
@click.option(
    "--product", type=click.Choice(PRODUCTS), default=None, help="Default: as in the brief."
)
@click.option(
    "--reference-strength",
    type=click.FloatRange(0, 1),
    default=None,
    help="Weight of the reference image against the brief.",
)
@click.option("--size", type=int, default=None, help="Side of the tile in pixels.")
@webhook_options
@wait_option
@_out
@_as_json
@url_option
def submit(
    brief: str,
    reference: Path | None,
    wait: bool,
    out: Path | None,
    as_json: bool,
    url: str | None,
    webhook: str | None,
    webhook_secret: str | None,
    **options: Any,
) -> None:
    """Submit a design job for a BRIEF in English or Chinese."""
    client = make_client(url)
    fields = {name: value for name, value in options.items() if value is not None}
    fields |= webhook_field(webhook, webhook_secret)
    job = client.submit(brief, reference, fields)
    if wait or out is not None:
        job = wait_with_progress(client, job, quiet=as_json)
    show(client, job, out, as_json=as_json)


@click.command()
@click.argument("job_id", required=False)
@click.option("--wait", is_flag=True, help="Wait until the job has ended.")
@_out
@_as_json
@url_option
def status(
    job_id: str | None, wait: bool, out: Path | None, as_json: bool, url: str | None
) -> None:
    """Show the state of a job; without a JOB_ID, whether the installation is ready."""
    client = make_client(url)
    if job_id is None:
        if not client.is_ready():
            raise ServerUnreachable(f"{client.url} is not ready")
        click.echo(f"{client.url} is ready.")
        return
    job = client.job(job_id)
    if wait:
        job = wait_with_progress(client, job, quiet=as_json)
    show(client, job, out, as_json=as_json)


@click.command()
@click.argument("job_ids", nargs=-1, required=True)
@click.option(
    "--zip",
    "zip_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Zip to write, with palettes and a sheet of how the designs were made.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the artifacts, with one subfolder per job; default: designs.",
)
@url_option
def download(
    job_ids: tuple[str, ...], zip_path: Path | None, out: Path | None, url: str | None
) -> None:
    """Save the files of the jobs JOB_IDS, as one zip or in a folder.

    In a zip, ID.N takes variant N of a job alone, from 0.
    """
    from codesigner.progress_display import save_artifacts

    client = make_client(url)
    if zip_path is not None:
        client.save_zip(job_ids, zip_path)
        click.echo(zip_path)
    if out is not None or zip_path is None:
        for job_id in job_ids:
            folder = (out or Path("designs")) / job_id[-12:]
            for path in save_artifacts(client, client.job(job_id), folder):
                click.echo(path)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for the pictures.",
)
@url_option
def demo(out: Path, url: str | None) -> None:
    """Submit an example: an aluminium phone case with a photograph as its reference."""
    from codesigner.demo import BRIEF, OPTIONS, PHOTOGRAPH

    client = make_client(url)
    click.echo(f"{BRIEF}\n  with {PHOTOGRAPH}")
    job = wait_with_progress(client, client.submit(BRIEF, PHOTOGRAPH, OPTIONS), quiet=False)
    show(client, job, out, as_json=False)


def wait_with_progress(client: Client, job: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Show a job's progress until it ends; return its final state."""
    from rich.console import Console

    from codesigner.progress_display import StageBars

    with StageBars(Console(stderr=True, quiet=quiet)) as bars:
        for current in wait_for_end(client, job):
            job = current
            bars.show(job)
    return job


def show(client: Client, job: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    """Print a job's summary and save its pictures.

    Raises:
        CommandFailed: the job failed or was cancelled.
    """
    from codesigner.progress_display import save_artifacts, summary

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


def make_client(url: str | None) -> Client:
    """Return a client for a URL; None: the installation of this machine."""
    from codesigner.installation import installation_settings, settings_from_environment

    settings = installation_settings()
    is_local = url is None or url.rstrip("/") == settings.public_url.rstrip("/")
    # The token that `codesigner up` generated must not be sent to other installations.
    token = settings.api_key or (settings if is_local else settings_from_environment()).admin_token
    return Client(
        url=url or settings.public_url, token=None if token is None else token.get_secret_value()
    )


COMMANDS: tuple[click.Command, ...] = (submit, status, download, demo)
