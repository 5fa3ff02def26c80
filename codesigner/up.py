"""The whole of an installation on one machine, in the foreground, from two servers up to the web.

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
from codesigner.installation import home_of, installation_settings, settings_from_environment
from codesigner.process_spec import Service
from codesigner.startup_errors import Listener
from codesigner.supervisor import NotReady, StopRequested, Supervisor, stop_signals
from shared.secret_key_file import kept_key
from shared.settings import PREFIX, Settings
from web.http.sign_in_links import GOOD_S, sign_in_link

__all__ = ["CannotStart", "up"]

_PYTHON = (sys.executable, "-m", "codesigner")
_ALL_STAGES = {f"{PREFIX}WORKER_STAGES": ""}
"""For workers of an installation that runs whole: they serve all stages between them."""
_TOKEN_BYTES = 32
_SERVERS_S = 60.0
_READY_S = 600.0  # the first start reads weights that are not in the page cache yet


class CannotStart(Exception):
    """The installation cannot be started; the message says why."""


@dataclass(frozen=True, kw_only=True)
class _Starting:
    """What the steps of a start work on."""

    home: Home
    settings: Settings
    supervisor: Supervisor
    console: Console


def up(console: Console, *, demo: bool, training: bool = True) -> None:
    """Run an installation until somebody asks it to stop.

    Args:
        demo: draw one design once it is ready.
        training: run a worker for training too.
    Raises:
        HomeInUse: it runs already.
        CannotStart, NotReady: it cannot run.
    """
    settings = settings_from_environment()
    home = home_of(settings)
    began = time.monotonic()
    with home.held():
        supervisor = Supervisor(home=home, tell=lambda line: console.print(f"[yellow]{line}"))
        stop_signals(supervisor)
        starting = _Starting(home=home, settings=settings, supervisor=supervisor, console=console)
        try:
            _start(starting, training=training)
            console.print(f"Ready after {time.monotonic() - began:.0f} s.")
            if demo:
                draw_first_design(_local_client(settings), supervisor, home, console)
            _say_where(starting)
            while True:
                supervisor.wait(lambda: False, 3600.0)
        except StopRequested:
            console.print("Stopping ...")
        finally:
            supervisor.stop_all()
            home.write_state("installation", {})
    console.print("Stopped.")


def _start(starting: _Starting, *, training: bool) -> None:
    supervisor, settings = starting.supervisor, starting.settings
    supervisor.end_orphans()
    _check_port(settings)
    if settings.admin_token is None:  # the web front end and commands read it there
        kept_key(starting.home.admin_token, secrets.token_urlsafe(_TOKEN_BYTES).encode())
    env = _start_servers(starting)
    starting.home.write_state(
        "installation",
        {
            "port": settings.port,
            "public_url": settings.public_url,
            "database_url": env[f"{PREFIX}DATABASE_URL"],
            "broker_url": env[f"{PREFIX}BROKER_URL"],
        },
    )
    os.environ.update(env)
    _set_up_database(starting)
    listener = Listener.of(supervisor.log_of("worker"), starting.console)
    for service in _own_services(settings):
        supervisor.start(service)
    starting.console.print("Starting the web front end and the workers ...")
    client = _local_client(settings, timeout_s=5)

    def over() -> bool:
        listener.listen()
        return client.is_ready() or supervisor.often_dead() is not None

    with starting.console.status("waiting until the models are loaded"):
        supervisor.wait(over, _READY_S)
    if not client.is_ready():
        name = supervisor.often_dead() or "worker"
        raise NotReady(name, supervisor.log_of(name))
    if training:  # not sooner: until designs are drawn, the processor is theirs
        supervisor.start(_trainer(settings))


def _start_servers(starting: _Starting) -> dict[str, str]:
    """Start the servers that the environment names none of; give their addresses."""
    home, settings, supervisor = starting.home, starting.settings, starting.supervisor
    env = {
        f"{PREFIX}HOME": str(home.path),
        f"{PREFIX}DATABASE_URL": settings.database_url,
        f"{PREFIX}BROKER_URL": settings.broker_url,
    }
    postgres, valkey = EmbeddedPostgres(home=home), EmbeddedValkey(home=home)
    own_postgres = "database_url" not in settings.model_fields_set
    own_valkey = "broker_url" not in settings.model_fields_set
    if own_postgres:
        starting.console.print(f"Starting PostgreSQL in {postgres.folder} ...")
        postgres.prepare()
        supervisor.start(postgres.service())
        env[f"{PREFIX}DATABASE_URL"] = postgres.url
    if own_valkey:
        starting.console.print(f"Starting Valkey in {valkey.folder} ...")
        supervisor.start(valkey.service())
        env[f"{PREFIX}BROKER_URL"] = valkey.url
    import codesigner.schema_setup  # noqa: F401 (takes a while, in which the servers start)

    if own_postgres:
        supervisor.wait_ready("postgres", _SERVERS_S)
        postgres.create_database()
    if own_valkey:
        supervisor.wait_ready("valkey", _SERVERS_S)
    return env


def _set_up_database(starting: _Starting) -> None:
    from codesigner.schema_setup import migrate, register_bundled_models

    settings = settings_from_environment()
    starting.console.print("Bringing the database up to date ...")
    migrate(settings)
    register_bundled_models(settings)


def _own_services(settings: Settings) -> list[Service]:
    """List what designs need, in the order of how long it takes to get ready."""
    return [
        Service(
            name="worker",
            argv=(*_PYTHON, "worker", "--queues", "gpu", "--devices", settings.devices),
            env=_ALL_STAGES,
            stop_timeout_s=60.0,
        ),
        Service(name="web", argv=(*_PYTHON, "web"), stop_timeout_s=15.0),
        Service(name="relay", argv=(*_PYTHON, "relay")),
    ]


def _trainer(settings: Settings) -> Service:
    """Give the worker that trains; of several devices on the CPU it takes one."""
    devices = "cpu" if settings.devices.startswith("cpu") else settings.devices
    return Service(
        name="trainer",
        argv=(*_PYTHON, "worker", "--queues", "train", "--devices", devices),
        env=_ALL_STAGES,
        stop_timeout_s=60.0,
    )


def _say_where(starting: _Starting) -> None:
    console, settings, home = starting.console, starting.settings, starting.home
    console.print(f"\n[bold]Codesigner is at {settings.public_url}[/bold]")
    console.print(f"  the API's reference  {settings.public_url}/api/docs")
    console.print(f"  designs and logs     {home.designs} and {home.logs}")
    if console.is_terminal:  # what is redirected may be read by others
        link = sign_in_link(installation_settings())
        console.print(f"  the administration   {link}")
        console.print(f"                       (for one browser, within {GOOD_S // 60} minutes)")
    console.print("`codesigner sign-in` prints a link into the administration.")
    console.print("Ctrl-C stops it.")


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
    """Return a client that reaches the web front end from this machine itself."""
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(  # noqa: S104
        settings.host, settings.host
    )
    shown = f"[{host}]" if ":" in host else host
    return Client(
        url=f"http://{shown}:{settings.port}",
        timeout_s=timeout_s,
        host=urlsplit(settings.public_url).netloc,
    )
