"""Run an installation on one machine in the foreground: servers, workers, relay and web.

Run: codesigner up [--demo]
"""

import os
import secrets
import socket
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from rich.console import Console

from codesigner.client import Client
from codesigner.demo import draw_first_design
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.installation import home_folder, installation_settings, settings_from_environment
from codesigner.process_spec import Service
from codesigner.startup_errors import NotReadyReporter
from codesigner.supervisor import NotReady, StopRequested, Supervisor, stop_signals
from shared.modes import mode_fault
from shared.secret_key_file import load_or_create_key
from shared.settings import PREFIX, Settings
from web.http.sign_in_links import LINK_TTL_S, sign_in_link

__all__ = ["CannotStart", "up"]

_PYTHON = (sys.executable, "-m", "codesigner")
_DRAWERS = 2
"""Processes that draw: while one works on a job, the other renders what somebody edits."""
_ALL_STAGES = {f"{PREFIX}WORKER_STAGES": ""}
"""Environment of the workers, which together serve all stages whatever the setting is."""
_MAX_SERVICES = 8
"""Services at most, for the size of their logs; each has one earlier log."""
_TOKEN_BYTES = 32
_SERVERS_TIMEOUT_S = 60.0
_READY_INTERVAL_S = 0.25
"""Between two requests for readiness, which take CPU time from the processes that start."""
_READY_TIMEOUT_S = 600.0  # the first start reads weights that are not yet in the page cache


class CannotStart(Exception):
    """The installation cannot start; the message says why."""


@dataclass(frozen=True, kw_only=True)
class _StartContext:
    """Objects shared by the steps of a start."""

    home: Home
    settings: Settings
    supervisor: Supervisor
    console: Console


def up(console: Console, *, demo: bool, training: bool = True) -> None:
    """Run an installation until a stop signal arrives.

    Args:
        demo: submit an example design once it is ready, in the mode local.
        training: also run a training worker.

    Raises:
        HomeInUse: it is already running.
        CannotStart, NotReady: it cannot run.
    """
    os.umask(0o077)  # of the services, too: nobody else reads what they write
    settings = settings_from_environment()
    if (fault := mode_fault(settings)) is not None:
        raise CannotStart(fault)
    home = home_folder(settings)
    started_at = time.monotonic()
    with home.held():
        supervisor = Supervisor(
            home=home,
            tell=lambda line: console.print(f"[yellow]{line}"),
            log_bytes=settings.max_log_bytes // (2 * _MAX_SERVICES),
        )
        stop_signals(supervisor)
        context = _StartContext(
            home=home, settings=settings, supervisor=supervisor, console=console
        )
        try:
            _start(context, training=training)
            console.print(f"Ready after {time.monotonic() - started_at:.0f} s.")
            if demo and settings.mode == "local":
                draw_first_design(_local_client(settings), supervisor, home, console)
            _print_urls(context)
            while True:
                supervisor.wait(lambda: False, 3600.0)
        except StopRequested:
            console.print("Stopping ...")
        finally:
            supervisor.stop_all()
            home.write_state("installation", {})
    console.print("Stopped.")


def _start(context: _StartContext, *, training: bool) -> None:
    supervisor, settings = context.supervisor, context.settings
    supervisor.end_orphans()
    _check_port(settings)
    if (
        settings.mode == "local" and settings.admin_token is None
    ):  # the web server and the commands read it there
        load_or_create_key(context.home.admin_token, secrets.token_urlsafe(_TOKEN_BYTES).encode())
    env = _start_servers(context)
    context.home.write_state(
        "installation",
        {
            "port": settings.port,
            "public_url": settings.public_url,
            "database_url": env[f"{PREFIX}DATABASE_URL"],
            "broker_url": env[f"{PREFIX}BROKER_URL"],
        },
    )
    os.environ.update(env)
    _migrate_database(context)
    reporter = NotReadyReporter.of(supervisor.log_of("worker"), context.console)
    for service in _services(settings):
        supervisor.start(service)
    context.console.print("Starting the web server and the workers ...")
    client = _local_client(settings, timeout_s=5)

    def is_ready_or_failed() -> bool:
        reporter.print_new()
        return client.is_ready() or supervisor.often_dead() is not None

    with context.console.status("loading the models"):
        supervisor.wait(is_ready_or_failed, _READY_TIMEOUT_S, interval_s=_READY_INTERVAL_S)
    if not client.is_ready():
        name = supervisor.often_dead() or "worker"
        raise NotReady(name, supervisor.log_of(name))
    # Only now: the other services need the CPU to get ready, and jobs run without these.
    supervisor.start(Service(name="relay", argv=(*_PYTHON, "relay")))
    if training:
        supervisor.start(_trainer(settings))


def _start_servers(context: _StartContext) -> dict[str, str]:
    """Start the embedded servers that no setting replaces; return the environment with the URLs."""
    home, settings, supervisor = context.home, context.settings, context.supervisor
    env = {
        f"{PREFIX}HOME": str(home.path),
        f"{PREFIX}DATABASE_URL": settings.database_url,
        f"{PREFIX}BROKER_URL": settings.broker_url,
    }
    postgres, valkey = EmbeddedPostgres(home=home), EmbeddedValkey(home=home)
    embed_postgres = "database_url" not in settings.model_fields_set
    embed_valkey = "broker_url" not in settings.model_fields_set
    if embed_postgres:
        context.console.print(f"Starting PostgreSQL in {postgres.folder} ...")
        postgres.prepare()
        supervisor.start(postgres.service())
        env[f"{PREFIX}DATABASE_URL"] = postgres.url
    if embed_valkey:
        context.console.print(f"Starting Valkey in {valkey.folder} ...")
        supervisor.start(valkey.service())
        env[f"{PREFIX}BROKER_URL"] = valkey.url
    import codesigner.schema_setup  # noqa: F401 (a slow import, while the servers start)

    if embed_postgres:
        supervisor.wait_ready("postgres", _SERVERS_TIMEOUT_S)
        postgres.create_database()
    if embed_valkey:
        supervisor.wait_ready("valkey", _SERVERS_TIMEOUT_S)
    return env


def _migrate_database(context: _StartContext) -> None:
    from codesigner.schema_setup import migrate, register_bundled_models

    settings = settings_from_environment()
    context.console.print("Migrating the database ...")
    migrate(settings)
    register_bundled_models(settings)


def _services(settings: Settings) -> list[Service]:
    """Return the services that a design needs, the slowest to start first."""
    return [
        Service(
            name="worker",
            argv=(*_PYTHON, "worker", "--queues", "gpu", "--devices", settings.devices),
            env=_ALL_STAGES,
            stop_timeout_s=60.0,
        ),
        Service(
            name="drawer",
            argv=(*_PYTHON, "worker", "--queues", "cpu", "--devices", f"cpu:{_drawers()}"),
            env=_ALL_STAGES,
            stop_timeout_s=60.0,
        ),
        Service(name="web", argv=(*_PYTHON, "web"), stop_timeout_s=15.0),
    ]


def _drawers() -> int:
    return min(_DRAWERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


def _trainer(settings: Settings) -> Service:
    """Return the training worker; of several CPU devices it uses one."""
    devices = "cpu" if settings.devices.startswith("cpu") else settings.devices
    return Service(
        name="trainer",
        argv=(*_PYTHON, "worker", "--queues", "train", "--devices", devices),
        env=_ALL_STAGES,
        stop_timeout_s=60.0,
    )


def _print_urls(context: _StartContext) -> None:
    console, settings, home = context.console, context.settings, context.home
    console.print(f"\n[bold]Codesigner is at {settings.public_url}[/bold]")
    console.print(f"  API reference        {settings.public_url}/api/docs")
    console.print(f"  designs and logs     {home.designs} and {home.logs}")
    if settings.mode == "accounts":
        command = "codesigner accounts add NAME --role administrator"
        console.print(f"`{command}` adds the first account.")
    elif console.is_terminal:  # redirected output may be readable by others
        link = sign_in_link(installation_settings())
        console.print(f"  administration       {link}")
        console.print(
            f"                       (for one browser, within {LINK_TTL_S // 60} minutes)"
        )
    if settings.mode == "local":
        console.print("`codesigner sign-in` prints a sign-in link for the administration.")
    console.print("Press Ctrl-C to stop.")


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStart(
                f"port {settings.port} cannot be used ({error.strerror}); choose another, as in "
                f"{PREFIX}PORT={settings.port + 1}"
            ) from None


def _local_client(settings: Settings, *, timeout_s: float = 30.0) -> Client:
    """Return a client that reaches the web server on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(  # noqa: S104
        settings.host, settings.host
    )
    shown = f"[{host}]" if ":" in host else host
    return Client(
        url=f"http://{shown}:{settings.port}",
        timeout_s=timeout_s,
        host=urlsplit(settings.public_url).netloc,
    )
