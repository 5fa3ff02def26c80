"""The command for print files."""

import json
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client
from codesigner.commands.errors import CommandFailed
from codesigner.commands.jobs import client_of, url_option, watched

__all__ = ["COMMANDS"]


@click.command(name="print")
@click.argument("job_id")
@click.option("--variant", type=click.IntRange(0), default=0, show_default=True, help="From 0.")
@click.option("--size", type=int, default=4096, show_default=True, help="Side in pixels.")
@click.option("--dpi", type=int, default=300, show_default=True, help="Recorded in the file.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The file to write; without it, one named by the job and the variant.",
)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Stay until it is done.")
@click.option("--json", "as_json", is_flag=True, help="Print the print's job as JSON.")
@url_option
def print_file(
    job_id: str, out: Path | None, wait: bool, as_json: bool, url: str | None, **options: Any
) -> None:
    """Draw a variant of the design JOB_ID again, as large as a printer wants it."""
    client = client_of(url)
    job = client.print_file(job_id, options)
    if wait or out is not None:
        job = watched(client, job, quiet=as_json)
    if as_json:
        click.echo(json.dumps(job, ensure_ascii=False, indent=1))
    if job["state"] == "succeeded":
        path = out or Path(f"print-{job_id[-12:]}-{options['variant']}.png")
        click.echo(_saved(client, job, path), err=as_json)
    elif job["state"] in {"failed", "cancelled"}:
        error = job.get("error") or {}
        raise CommandFailed(f"the job {job['state']}: {error.get('message') or job['id']}")
    elif not as_json:
        click.echo(f"Job {job['id']} is {job['state']}.")


def _saved(client: Client, job: dict[str, Any], path: Path) -> str:
    """Save the print file and say how large it is."""
    made = next(each for each in job["artifacts"] if each["kind"] == "print")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(client.download(made["url"]))
    side_cm = made["width"] / job["options"]["dpi"] * 2.54
    return (
        f"{path}: {made['width']} x {made['height']} px, "
        f"{side_cm:.1f} x {side_cm:.1f} cm at {job['options']['dpi']} dpi"
    )


COMMANDS: tuple[click.Command, ...] = (print_file,)
