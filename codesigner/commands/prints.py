"""Command `print`: submit and save print files."""

import json
from pathlib import Path
from typing import Any

import click

from codesigner.client import Client
from codesigner.commands.errors import CommandFailed
from codesigner.commands.jobs import make_client, url_option, wait_option, wait_with_progress

__all__ = ["COMMANDS"]


@click.command(name="print")
@click.argument("job_id")
@click.option(
    "--variant",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Index of the variant, from 0.",
)
@click.option(
    "--size", type=int, default=4096, show_default=True, help="Side of the picture in pixels."
)
@click.option(
    "--dpi", type=int, default=300, show_default=True, help="Resolution recorded in the file."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="File to write; default: named after the job and the variant.",
)
@wait_option
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON.")
@url_option
def print_file(
    job_id: str, out: Path | None, wait: bool, as_json: bool, url: str | None, **options: Any
) -> None:
    """Draw a variant of the design JOB_ID again at print resolution."""
    client = make_client(url)
    job = client.print_file(job_id, options)
    if wait or out is not None:
        job = wait_with_progress(client, job, quiet=as_json)
    if as_json:
        click.echo(json.dumps(job, ensure_ascii=False, indent=1))
    if job["state"] == "succeeded":
        path = out or Path(f"print-{job_id[-12:]}-{options['variant']}.png")
        click.echo(_save(client, job, path), err=as_json)
    elif job["state"] in {"failed", "cancelled"}:
        error = job.get("error") or {}
        raise CommandFailed(f"the job {job['state']}: {error.get('message') or job['id']}")
    elif not as_json:
        click.echo(f"Job {job['id']} is {job['state']}.")


def _save(client: Client, job: dict[str, Any], path: Path) -> str:
    """Save the print file and return a line with its path and size."""
    artifact = next(entry for entry in job["artifacts"] if entry["kind"] == "print")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(client.download(artifact["url"]))
    side_cm = artifact["width"] / job["options"]["dpi"] * 2.54
    return (
        f"{path}: {artifact['width']} x {artifact['height']} px, "
        f"{side_cm:.1f} x {side_cm:.1f} cm at {job['options']['dpi']} dpi"
    )


COMMANDS: tuple[click.Command, ...] = (print_file,)
