"""Commands that run the parts of an installation, or the whole of it."""

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
    from codesigner.environment import home_of, settings_from_environment

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


@click.command()
@click.option("--threads", default=8, show_default=True, help="Requests served at a time.")
@click.option("--processes", default=1, show_default=True, help="Processes of the web front end.")
def web(threads: int, processes: int) -> None:
    """Run the web front end: pages and HTTP API."""
    import gunicorn  # noqa: F401  (says which extra is missing before the process is replaced)

    from codesigner.environment import installation_settings, publish

    settings = installation_settings()
    publish(settings)
    arguments = [
        *("--bind", f"{settings.host}:{settings.port}"),
        *("--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)),
        *("--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5"),
        *("--access-logfile", "-", "--log-level", settings.log_level.lower()),
        *("--worker-tmp-dir", _memory_folder(), "--no-control-socket"),
        "web:create_app()",
    ]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])


@click.command()
@click.option(
    "--devices", default=None, help="auto, cpu, or devices parted by commas, such as cuda:0."
)
@click.option("--queues", default="gpu", show_default=True, help="gpu, train or both.")
def worker(devices: str | None, queues: str) -> None:
    """Run the workers: one for each device."""
    from codesigner.environment import installation_settings, publish

    settings = installation_settings()
    publish(settings)
    from worker.app import run_workers

    sys.exit(run_workers(settings, devices or settings.devices, tuple(queues.split(","))))


@click.command()
def relay() -> None:
    """Run the relay: sends the hints that were not sent, heals what was forgotten."""
    from codesigner.environment import installation_settings, publish

    settings = installation_settings()
    publish(settings)
    from worker.relay import run_relay

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
    from codesigner.database import migrate as run
    from codesigner.database import register_bundled_models
    from codesigner.environment import installation_settings

    settings = installation_settings()
    run(settings)
    click.echo(f"The schema is at {migrations.current(settings.database_url)}.")
    if with_models:
        click.echo(f"The bundled models are {register_bundled_models(settings)}.")


def _memory_folder() -> str:
    """Give a folder for gunicorn's heartbeats, in memory where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"  # noqa: S108


COMMANDS: tuple[click.Command, ...] = (up, stop, web, worker, relay, migrate)
