"""Commands that run and maintain an installation: up, web, worker, relay, migrate and others."""

import importlib.util
import os
import signal
import sys
import time

import click

from codesigner.commands.errors import CommandFailed
from shared.garbage import collection_paused

__all__ = ["COMMANDS"]

_STOP_TIMEOUT_S = 120.0


@click.command()
@click.option("--demo", is_flag=True, help="Submit an example design when everything is ready.")
@click.option(
    "--training/--no-training", default=True, show_default=True, help="Also run a training worker."
)
def up(demo: bool, training: bool) -> None:
    """Run the whole installation on this machine, in the foreground, until Ctrl-C.

    It includes PostgreSQL and Valkey, unless CODESIGNER_DATABASE_URL and CODESIGNER_BROKER_URL name
    other servers. Files are stored in CODESIGNER_HOME; the port is CODESIGNER_PORT.
    """
    from rich.console import Console

    from codesigner.supervisor import NotReady
    from codesigner.up import CannotStart
    from codesigner.up import up as run

    try:
        run(Console(highlight=False, soft_wrap=True), demo=demo, training=training)
    except (CannotStart, NotReady, RuntimeError) as error:
        raise CommandFailed(str(error)) from None


@click.command()
def stop() -> None:
    """Stop the `codesigner up` of the home folder and wait for its end."""
    from codesigner.installation import home_folder, settings_from_environment

    home = home_folder(settings_from_environment())
    pid = home.owner()
    if pid is None:
        click.echo(f"Nothing runs from {home.path}.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while home.owner() == pid:
        if time.monotonic() > deadline:
            raise CommandFailed(f"process {pid} did not end in {_STOP_TIMEOUT_S:.0f} s")
        time.sleep(0.1)
    click.echo("Stopped.")


@click.command("sign-in")
def sign_in() -> None:
    """Print a link that signs in a browser as administrator, once, within ten minutes."""
    from codesigner.installation import installation_settings
    from web.http.sign_in_links import sign_in_link

    link = sign_in_link(installation_settings())
    if link is None:
        raise CommandFailed(
            "administration is disabled: CODESIGNER_ADMIN_TOKEN is not set, and no `codesigner up` "
            "runs in the home folder"
        )
    click.echo(link)


def _close_new_files() -> None:
    """Let others read nothing that this process writes; the group, what the umask allows."""
    os.umask(os.umask(0o077) | 0o007)


@click.command()
def web() -> None:
    """Run the web server: pages and HTTP API."""
    from codesigner.installation import installation_settings
    from shared.modes import mode_fault

    with collection_paused():
        from web.server.gunicorn_app import run

    settings = installation_settings()
    if (fault := mode_fault(settings)) is not None:
        raise CommandFailed(fault)
    _close_new_files()
    run(settings)


@click.command()
@click.option(
    "--devices",
    default=None,
    help="auto, cpu, cpu:N for N workers that share the cores, or a comma-separated list of "
    "devices, such as cuda:0; default: CODESIGNER_DEVICES, for the queue cpu alone cpu.",
)
@click.option(
    "--queues", default=None, help="gpu (default), cpu, train, or several, such as gpu,cpu."
)
@click.option(
    "--stages", default=None, help="Comma-separated stages; default: all stages of the queues."
)
def worker(devices: str | None, queues: str | None, stages: str | None) -> None:
    """Run one worker per device."""
    from codesigner.installation import export_server_urls, installation_settings
    from shared.pipelines import queues_of

    _close_new_files()
    settings = installation_settings()
    export_server_urls(settings)
    served = _served(queues, settings.worker_stages if stages is None else stages)
    uses_models = queues_of(served) != ("cpu",)
    # Importing torch here would take seconds and memory.
    if uses_models and importlib.util.find_spec("torch") is None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    from worker.runtime.launch import (
        run_workers,  # worker.runtime.app would import celery, which child processes run
    )

    default = settings.devices if uses_models else "cpu"
    sys.exit(run_workers(settings, devices or default, served))


def _served(queues: str | None, stages: str) -> tuple[str, ...]:
    """Return the stages that a worker with these options serves."""
    from shared.pipelines import QUEUES, parse_stages, stages_of

    try:
        named = parse_stages(stages)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--stages") from None
    queue_names = tuple(part.strip() for part in (queues or "gpu").split(","))
    if unknown := sorted(set(queue_names) - set(QUEUES)):
        known = ", ".join(QUEUES)
        raise click.BadParameter(
            f"there is no queue {', '.join(unknown)}: only {known}", param_hint="--queues"
        )
    if named and queues is None:
        return named
    served = tuple(name for name in stages_of(queue_names) if not named or name in named)
    if not served:
        raise click.BadParameter(
            f"none of {', '.join(named)} is a stage of the queues {queues}", param_hint="--stages"
        )
    return served


@click.command()
def relay() -> None:
    """Run the relay: sends hints and webhooks, and recovers expired leases."""
    from codesigner.installation import export_server_urls, installation_settings

    _close_new_files()
    settings = installation_settings()
    export_server_urls(settings)
    with collection_paused():
        from worker.relay.relay import run_relay

    run_relay(settings)


@click.command()
@click.option(
    "--models/--no-models",
    "with_models",
    default=True,
    show_default=True,
    help="Also register the bundled models.",
)
def migrate(with_models: bool) -> None:
    """Migrate the database schema to the newest revision."""
    import migrations
    from codesigner.installation import installation_settings
    from codesigner.schema_setup import migrate as run
    from codesigner.schema_setup import register_bundled_models

    settings = installation_settings()
    run(settings)
    click.echo(f"The schema is at {migrations.current(settings.database_url)}.")
    if with_models:
        click.echo(f"The bundled models are {register_bundled_models(settings)}.")


@click.command()
@click.option(
    "--queue",
    type=click.Choice(["gpu", "cpu", "train", "relay"]),
    default="gpu",
    show_default=True,
    help="Queue of the worker; relay: check the relay.",
)
def healthy(queue: str) -> None:
    """Health check: exit code 0 if a worker, or the relay, of this host is ready."""
    import socket

    from sqlalchemy.orm import Session

    from codesigner.installation import installation_settings
    from shared.db.engine import engine
    from shared.queue.recovery.heartbeats import workers_ready

    settings = installation_settings()
    database = engine(settings)
    with Session(database) as session:
        ready = workers_ready(session, queue, stale_s=settings.worker_stale_s)
        local = [worker for worker in ready if worker.host == socket.gethostname()]
    database.dispose()
    if not local:
        raise CommandFailed(f"no worker on this host is ready for {queue}")


COMMANDS: tuple[click.Command, ...] = (up, stop, sign_in, web, worker, relay, migrate, healthy)
