"""Tests of docker-compose.yml: valid, no default passwords, and each command line runs."""

import copy
import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import podman_compose
import pytest
import redis
import yaml
from compose_spec import PyCompose

from benchmarks.installation import free_port
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service
from codesigner.supervisor import Supervisor
from shared.motifs.files import default_folder

ROOT = Path(__file__).resolve().parents[2]
GUARD_S = 540.0
"""Ends a wait for what never comes; on idle processors all of it takes a minute."""
VARIABLES = {
    "POSTGRES_PASSWORD": "p4ss",
    "VALKEY_PASSWORD": "v4lkey",
    "CODESIGNER_SECRET_KEY": "s3cret" * 6,
    "CODESIGNER_PUBLIC_URL": "http://127.0.0.1:8000",
}


def _compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """Parse the file as Compose does: merge anchors and interpolate variables."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    filled: dict[str, Any] = podman_compose.rec_subs(document, dict(variables))
    return filled


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return _compose(VARIABLES)


def test_compose_file_is_valid(compose: dict[str, Any]) -> None:
    read = PyCompose.from_json(json.dumps(compose))
    assert set(read.service_names()) == set(compose["services"])


@pytest.mark.parametrize(
    ("service", "key", "value"),
    [("web", "helthcheck", {}), ("web", "ports", ["a:b"]), ("web", "restart", "sometimes")],
)
def test_validator_rejects_invalid_compose_files(
    compose: dict[str, Any], service: str, key: str, value: object
) -> None:
    wrong = copy.deepcopy(compose)
    wrong["services"][service][key] = value
    with pytest.raises(ValueError, match=r"."):
        PyCompose.from_json(json.dumps(wrong))


@pytest.mark.parametrize("variable", VARIABLES)
def test_compose_file_requires_each_secret(variable: str) -> None:
    rest = {name: value for name, value in VARIABLES.items() if name != variable}
    with pytest.raises(ValueError, match=r"set it in \.env"):
        _compose(rest)
    with pytest.raises(ValueError, match=r"set it in \.env"):
        _compose(rest | {variable: ""})


def test_example_env_file_names_every_required_variable_and_no_secret() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(VARIABLES) <= set(given)
    assert [name for name, value in given.items() if value and "URL" not in name] == [
        "COMPOSE_PROFILES"
    ]


def test_every_service_has_a_restart_policy_and_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        runs_once = name in ("migrate", "motifs")
        assert service["restart"] == ("no" if runs_once else "unless-stopped"), name
        assert ("healthcheck" in service) != runs_once, name


def test_one_service_installs_the_motif_library_that_all_others_read(
    compose: dict[str, Any],
) -> None:
    folder = "/var/lib/codesigner/motifs"
    for name, service in compose["services"].items():
        mounts = [each for each in service["volumes"] if each.startswith("motifs:")]
        if "build" not in service:
            assert not mounts
            continue
        assert mounts == [f"motifs:{folder}" + ("" if name == "motifs" else ":ro")], name
        assert service["environment"]["CODESIGNER_MOTIFS_DIR"] == folder
        assert f"{folder}\n" in (ROOT / service["build"]["dockerfile"]).read_text()
        assert "motifs" not in service.get("depends_on", {})
    assert compose["services"]["motifs"]["command"] == ["codesigner", "motifs", "install"]
    assert "profiles" not in compose["services"]["motifs"]


def test_each_worker_reserves_one_gpu_of_its_own(compose: dict[str, Any]) -> None:
    taken = []
    for name, service in compose["services"].items():
        if name.startswith("worker-") and "deploy" in service:
            (device,) = service["deploy"]["resources"]["reservations"]["devices"]
            assert device["capabilities"] == ["gpu"]
            taken += device["device_ids"]
    assert taken == ["0", "1"]


def test_drawer_runs_without_a_profile_and_without_a_gpu(compose: dict[str, Any]) -> None:
    drawer = compose["services"]["drawer"]
    assert "profiles" not in drawer
    assert "deploy" not in drawer
    program, *arguments = drawer["command"]
    assert (program, arguments) == (
        "codesigner",
        ["worker", "--queues", "cpu", "--devices", "cpu:2"],
    )
    assert drawer["healthcheck"]["test"] == ["CMD", "codesigner", "healthy", "--queue", "cpu"]
    one = _compose(VARIABLES | {"CODESIGNER_DRAWERS": "1"})["services"]["drawer"]
    assert one["command"][-1] == "cpu:1"


def test_services_of_each_hardware_profile_serve_all_stages(compose: dict[str, Any]) -> None:
    for profile in ("gpu", "cpu"):
        served: set[str] = set()
        for service in compose["services"].values():
            command = list(service.get("command") or ())
            if command[:2] == ["codesigner", "worker"] and profile in service.get(
                "profiles", [profile]
            ):
                named = dict(zip(command[2::2], command[3::2], strict=True))
                served |= {*named.get("--queues", "gpu").split(",")}
        assert served == {"gpu", "cpu"}, profile


def test_image_tags_match_the_project_version(compose: dict[str, Any]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    built = {s["image"] for s in compose["services"].values() if "build" in s}
    assert built == {f"codesigner-web:{version}", f"codesigner-worker:{version}"}
    for service in compose["services"].values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).is_file()


class _Containers:
    """Run the services' command lines unchanged, as local processes instead of in containers."""

    def __init__(self, home: Home, compose: dict[str, Any]) -> None:
        self._services = compose["services"]
        self.supervisor = Supervisor(home=home)
        self._postgres = EmbeddedPostgres(home=home)
        self._valkey = EmbeddedValkey(home=home)
        self.port = free_port()

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's environment with local addresses in it."""
        named = self._services[name]["environment"]
        given = {key: str(value) for key, value in named.items() if value is not None}
        here = {
            "CODESIGNER_HOME": str(self.supervisor.home.path),
            "CODESIGNER_DATABASE_URL": self._postgres.url,
            "CODESIGNER_BROKER_URL": f"{self._valkey.url}?password={VARIABLES['VALKEY_PASSWORD']}",
            "CODESIGNER_ARTIFACTS_URL": f"file://{self.supervisor.home.path}/artifacts",
            "CODESIGNER_MOTIFS_DIR": str(default_folder(None)),
            "CODESIGNER_PORT": str(self.port),
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return given | {name: here[name] for name in here if name in given} | {"PATH": path}

    def command(self, name: str) -> list[str]:
        """Return a service's command line."""
        return list(self._services[name]["command"])

    def is_healthy(self, name: str) -> bool:
        """Run a service's health check."""
        kind, *command = self._services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        here = [part.replace(":8000/", f":{self.port}/") for part in command]
        env = os.environ | self.environment(name)
        return subprocess.run(here, env=env, capture_output=True, check=False).returncode == 0

    def start(self, name: str) -> None:
        """Start a service that the project builds."""
        argv = tuple(self.command(name))
        self.supervisor.start(
            Service(name=name, argv=argv, env=self.environment(name), stop_timeout_s=30)
        )

    def start_servers(self) -> None:
        """Run the command lines of PostgreSQL and Valkey with binaries of the pip packages."""
        self._postgres.prepare()
        shipped = self._postgres.service()
        program, *options = self.command("postgres")
        assert program == Path(shipped.argv[0]).name
        self._start_as(shipped, (*shipped.argv, *options))
        self.supervisor.wait_ready("postgres", GUARD_S)
        self._postgres.create_database()
        shipped = self._valkey.service()
        program, *options = self.command("valkey")
        assert program == Path(shipped.argv[0]).name
        place = ("--port", "0", "--unixsocket", str(self._valkey.socket))
        folder = ("--dir", str(self._valkey.folder))
        self._start_as(shipped, (shipped.argv[0], *options, *place, *folder))
        assert self.supervisor.wait(self._valkey_answers, GUARD_S)

    def _start_as(self, shipped: Service, argv: tuple[str, ...]) -> None:
        changed = {**vars(shipped), "argv": argv}
        self.supervisor.start(Service(**changed))

    @property
    def valkey(self) -> redis.Redis:
        """Return a client with the password."""
        return redis.Redis(
            unix_socket_path=str(self._valkey.socket), password=VARIABLES["VALKEY_PASSWORD"]
        )

    def _valkey_answers(self) -> bool:
        try:
            with self.valkey as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def listeners(self) -> int:
        """Return how many workers are connected to Valkey and blocked on a queue."""
        with self.valkey as client:
            return sum(each["cmd"] == "brpop" for each in client.client_list())

    def refuses_strangers(self) -> bool:
        """Return whether Valkey requires its password."""
        with redis.Redis(unix_socket_path=str(self._valkey.socket)) as stranger:
            try:
                stranger.ping()
            except redis.AuthenticationError:
                return True
        return False


@pytest.fixture
def containers(tmp_path: Path, compose: dict[str, Any]) -> Iterator[_Containers]:
    home = Home(path=tmp_path / "home")
    home.prepare()
    made = _Containers(home, compose)
    yield made
    made.supervisor.stop_all()


@pytest.mark.weights
@pytest.mark.long
@pytest.mark.timeout(580)
def test_command_line_of_each_service_runs(containers: _Containers) -> None:
    containers.start_servers()
    assert containers.refuses_strangers()
    with containers.valkey as valkey:
        assert valkey.config_get("appendonly") == {"appendonly": "yes"}
        assert valkey.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}

    env = os.environ | containers.environment("migrate")
    migrated = subprocess.run(
        containers.command("migrate"), env=env, capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr

    for name in ("web", "worker-gpu", "drawer", "relay"):
        assert not containers.is_healthy(name)
    for name in ("relay", "web", "worker-cpu", "drawer", "trainer"):
        containers.start(name)
    for name in ("relay", "worker-cpu", "drawer", "trainer", "web"):
        _wait(containers, name, partial(containers.is_healthy, name))
    _wait(containers, "worker-cpu", lambda: containers.listeners() >= 4)
    _wait(containers, "web", lambda: _answers(f"http://127.0.0.1:{containers.port}/readyz"))
    often_dead = containers.supervisor.often_dead()
    assert often_dead is None, containers.supervisor.log_of(often_dead).read_text()[-2000:]


def _wait(containers: _Containers, name: str, condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; on timeout, fail with the end of a service's log."""

    def holds() -> bool:
        if condition():
            return True
        time.sleep(1.0)  # each health check starts a process and takes CPU time from the services
        return False

    supervisor = containers.supervisor
    came = supervisor.wait(holds, GUARD_S)
    assert came, (name, supervisor.log_of(name).read_text()[-2000:])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
