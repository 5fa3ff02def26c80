"""Commands that run the parts of an installation, or the whole of it."""

import importlib.util
import os
import signal
import sys
import time

import click

from codesigner.commands.errors import CommandFailed

__all__ = ["COMMANDS"]

_STOP_S = 120.0


@click.command()
@click.option("--demo", is_flag=True, help="Draw a first design once everything is ready.")
@click.option(
    "--training/--no-training", default=True, show_default=True, help="Run a training worker too."
)
def up(demo: bool, training: bool) -> None:
    """Run everything on this machine, in the foreground, until Ctrl-C.

    PostgreSQL and Valkey come with it; they are left out where CODESIGNER_DATABASE_URL and
    CODESIGNER_BROKER_URL name others. Files lie in CODESIGNER_HOME, the port is CODESIGNER_PORT.
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
    """Stop what `codesigner up` runs from the home folder, and wait for it."""
    from codesigner.installation import home_of, settings_from_environment

    home = home_of(settings_from_environment())
    pid = home.owner()
    if pid is None:
        click.echo(f"Nothing runs from {home.path}.")
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_S
    while home.owner() == pid:
        if time.monotonic() > until:
            raise CommandFailed(f"process {pid} did not end in {_STOP_S:.0f} s")
        time.sleep(0.1)
    click.echo("Stopped.")


@click.command("sign-in")
def sign_in() -> None:
    """Print a link that signs a browser in as the administrator, once, within ten minutes."""
    from codesigner.installation import installation_settings
    from web.http.sign_in_links import sign_in_link

    link = sign_in_link(installation_settings())
    if link is None:
        raise CommandFailed(
            "administration is closed: CODESIGNER_ADMIN_TOKEN is not set, and no `codesigner up` "
            "runs from the home folder"
        )
    click.echo(link)


@click.command()
def web() -> None:
    """Run the web front end: pages and HTTP API."""
    from codesigner.installation import installation_settings
    from web.server.gunicorn_app import run

    run(installation_settings())


@click.command()
@click.option(
    "--devices",
    default=None,
    help="auto, cpu, cpu:N for N workers that share the cores, or devices parted by commas, "
    "such as cuda:0.",
)
@click.option("--queues", default=None, help="gpu, the default, train, or both.")
@click.option(
    "--stages", default=None, help="Stages parted by commas; all of its queues, if not given."
)
def worker(devices: str | None, queues: str | None, stages: str | None) -> None:
    """Run the workers: one for each device."""
    from codesigner.installation import installation_settings, publish

    settings = installation_settings()
    publish(settings)
    if importlib.util.find_spec("torch") is None:  # loading it here would cost seconds and memory
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    from worker.runtime.launch import (
        run_workers,  # worker.runtime.app would load celery, which is run by itself
    )

    served = _served(queues, settings.worker_stages if stages is None else stages)
    sys.exit(run_workers(settings, devices or settings.devices, served))


def _served(queues: str | None, stages: str) -> tuple[str, ...]:
    """Give the stages that workers of these queues and stages serve."""
    from shared.pipelines import QUEUES, known_stages, stages_of

    try:
        named = known_stages(stages)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--stages") from None
    classes = tuple(part.strip() for part in (queues or "gpu").split(","))
    if unknown := sorted(set(classes) - set(QUEUES)):
        known = ", ".join(QUEUES)
        raise click.BadParameter(
            f"there is no queue {', '.join(unknown)}: only {known}", param_hint="--queues"
        )
    if named and queues is None:
        return named
    served = tuple(name for name in stages_of(classes) if not named or name in named)
    if not served:
        raise click.BadParameter(
            f"none of {', '.join(named)} is a stage of the queues {queues}", param_hint="--stages"
        )
    return served


@click.command()
def relay() -> None:
    """Run the relay: sends the hints that were not sent, heals what was forgotten."""
    from codesigner.installation import installation_settings, publish

    settings = installation_settings()
    publish(settings)
    from worker.relay.relay import run_relay

    run_relay(settings)


@click.command()
@click.option(
    "--models/--no-models",
    "with_models",
    default=True,
    show_default=True,
    help="Register the models that ship with the worker too.",
)
def migrate(with_models: bool) -> None:
    """Bring the database up to date."""
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
    type=click.Choice(["gpu", "train", "relay"]),
    default="gpu",
    show_default=True,
    help="A worker's, or relay for the relay.",
)
def healthy(queue: str) -> None:
    """Tell by the exit code whether a worker, or the relay, of this host is at work."""
    import socket

    from sqlalchemy.orm import Session

    from codesigner.installation import installation_settings
    from shared.db.engine import engine
    from shared.queue.recovery.heartbeats import workers_ready

    settings = installation_settings()
    bound = engine(settings)
    with Session(bound) as session:
        ready = workers_ready(session, queue, stale_s=settings.worker_stale_s)
        here = [each for each in ready if each.host == socket.gethostname()]
    bound.dispose()
    if not here:
        raise CommandFailed(f"nobody on this host is ready for {queue}")


COMMANDS: tuple[click.Command, ...] = (up, stop, sign_in, web, worker, relay, migrate, healthy)
