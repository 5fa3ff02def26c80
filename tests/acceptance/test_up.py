"""Tests of `codesigner up` from the start to the end of the last process."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx2
import psutil
import pytest

from benchmarks.installation import free_port
from codesigner.client import Client, Refused, Unreachable, wait_for_end
from codesigner.demo import BRIEF, PHOTOGRAPH
from codesigner.home import Home

pytestmark = [pytest.mark.weights, pytest.mark.long, pytest.mark.timeout(600)]

READY_S = 240.0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A `codesigner up` process for one test."""

    home: Home
    port: int
    process: subprocess.Popen[str]
    output: Path

    @property
    def client(self) -> Client:
        return Client(url=f"http://127.0.0.1:{self.port}")

    @property
    def env(self) -> dict[str, str]:
        return _environment(self.home.path, self.port)

    def wait_ready(self) -> None:
        """Wait until it accepts jobs and all of its services are running."""
        until = time.monotonic() + READY_S
        while not (self.client.is_ready() and "Ready after" in self.output.read_text()):
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.3)

    def services(self) -> dict[str, int]:
        """Return the process ids of its services."""
        return {name: each["pid"] for name, each in self.home.read_state("children").items()}

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


def _environment(home: Path, port: int) -> dict[str, str]:
    rest = {name: value for name, value in os.environ.items() if not name.startswith("CODESIGNER_")}
    return rest | {"CODESIGNER_HOME": str(home), "CODESIGNER_PORT": str(port)}


@cache
def _converted() -> Path:
    """Return a folder for converted models that all installations of the module share."""
    folder = Path(tempfile.mkdtemp(prefix="codesigner-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def _up(home: Path, port: int, *options: str) -> Installation:
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "cache").exists():
        (home / "cache").symlink_to(_converted())
    output = home.with_suffix(".out")
    with output.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "codesigner", "up", *options],
            env=_environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Installation(home=Home(path=home), port=port, process=process, output=output)


def _processes_of(home: Path) -> list[str]:
    """Return all processes whose command line or environment contains the home folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            named = " ".join(process.cmdline()), process.environ().get("CODESIGNER_HOME")
        except psutil.Error:
            continue
        if str(home) in named[0] or named[1] == str(home):
            found.append(f"{process.pid} {named[0]}")
    return found


def _nothing_left(home: Path) -> bool:
    until = time.monotonic() + 15
    while _processes_of(home) and time.monotonic() < until:
        time.sleep(0.2)
    return not _processes_of(home)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = _up(tmp_path / "home", free_port())
    yield made
    made.stop()
    assert _nothing_left(made.home.path), _processes_of(made.home.path)


def _open_to_others(home: Path) -> set[Path]:
    """Return what the group or others have any permission for; sockets, files and folders."""
    found = {home, *home.rglob("*")}
    return {path for path in found if not path.is_symlink() and path.stat().st_mode & 0o077}


def _passed(home: Home) -> set[Path]:
    """Return the folders that the database server of root passes; nobody can list them."""
    return {home.path, home.state} if os.geteuid() == 0 else set()


def test_up_draws_a_design_and_leaves_no_process_running(
    installation: Installation, tmp_path: Path
) -> None:
    installation.wait_ready()
    out = tmp_path / "out"
    command = [sys.executable, "-m", "codesigner", "submit", BRIEF, "--reference", str(PHOTOGRAPH)]
    done = subprocess.run(
        [*command, "--variants", "2", "--out", str(out), "--json"],
        env=installation.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    job = json.loads(done.stdout)
    assert job["state"] == "succeeded"
    assert job["understood"]["product"] == "phone-case"
    assert {(a["kind"], a["variant"]) for a in job["artifacts"]} >= {
        (kind, variant) for kind in ("tile", "sketch") for variant in (0, 1)
    }
    sizes = {path.name: path.stat().st_size for path in out.iterdir()}
    assert len(sizes) == len(job["artifacts"])
    assert all(size > 1000 for name, size in sizes.items() if not name.endswith(".json"))

    assert _open_to_others(installation.home.path) == _passed(installation.home)
    token = installation.home.admin_token
    assert token.stat().st_mode & 0o777 == 0o600
    link = subprocess.run(
        [sys.executable, "-m", "codesigner", "sign-in"],
        env=installation.env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert link.stdout.startswith(f"{installation.client.url}/admin/login?code=")
    runs = f"{installation.client.url}/api/v1/training-runs"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(runs)
    right = {"Authorization": f"Bearer {token.read_text()}"}
    with urllib.request.urlopen(urllib.request.Request(runs, headers=right)) as answer:
        assert answer.status == 200

    watched = subprocess.run(
        [sys.executable, "-m", "codesigner", "models", "list"],
        env=installation.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert watched.returncode == 0, watched.stderr
    assert "generator" in watched.stdout

    assert installation.stop() == 0
    assert installation.output.read_text().rstrip().endswith("Stopped.")
    assert _nothing_left(installation.home.path), _processes_of(installation.home.path)
    with pytest.raises(Unreachable):
        installation.client.job(job["id"])


def test_what_is_changed_by_hand_in_the_form_is_drawn(installation: Installation) -> None:
    installation.wait_ready()
    url = installation.client.url
    changes = [
        {"from": "teal", "to": "#C8102E"},
        {"from": "cream", "to": None},
        {"from": None, "to": "#FFE9A8"},
    ]
    fields = {
        "brief": "foxes in teal and cream, mug",
        "motifs": "own:owl",
        "colour_changes": json.dumps(changes),
        "palette_earlier": json.dumps([{"hex": "#C8102E"}, {"hex": "#FFE9A8"}]),
        "palette_only": "1",
        "product": "poster",
        "variants": "2",
        "size": "256",
    }
    accept = {"Accept": "application/json"}
    files = {"reference": ("", b"")}
    answer = httpx2.post(f"{url}/designs", data=fields, files=files, headers=accept)
    assert answer.status_code == 202, answer.text
    (job,) = deque(wait_for_end(installation.client, answer.json()), maxlen=1)
    assert job["state"] == "succeeded"
    records = [
        json.loads(installation.client.download(each["url"]))
        for each in job["artifacts"]
        if each["kind"] == "design"
    ]
    assert len(records) == 2
    for record in records:
        assert {entry["hex"] for entry in record["palette"]} == {"#C8102E", "#FFE9A8"}
    for variant in job["outcomes"]:
        statuses = {(each["part"], each["key"]): each["status"] for each in variant["parts"]}
        assert statuses["motifs", "own:owl"] == "done"
        assert statuses["colours", "#C8102E"] == statuses["colours", "#FFE9A8"] == "done"
        assert statuses["excluded_colours", "teal"] == "done"


def test_killed_services_restart_and_jobs_are_kept(installation: Installation) -> None:
    installation.wait_ready()
    before = installation.services()
    assert set(before) == {"postgres", "valkey", "relay", "worker", "drawer", "trainer", "web"}
    job = installation.client.submit(BRIEF, None, {"variants": 1, "seed": 3})
    for name in ("worker", "drawer", "valkey", "relay", "web", "postgres"):
        os.kill(before[name], signal.SIGKILL)
    until = time.monotonic() + READY_S
    state = "queued"
    while state in {"queued", "running"} and time.monotonic() < until:
        time.sleep(0.5)
        assert installation.process.poll() is None, installation.output.read_text()
        with suppress(Unreachable, Refused):
            state = installation.client.job(job["id"])["state"]
    assert state == "succeeded", installation.output.read_text()
    after = installation.services()
    assert after.keys() == before.keys()
    assert all(
        after[name] != before[name]
        for name in ("worker", "drawer", "valkey", "relay", "web", "postgres")
    )


def test_two_installations_run_side_by_side_and_a_killed_one_restarts(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    first, second = (
        _up(tmp_path / name / "home", port, "--no-training")
        for name, port in zip(("a", "b"), ports, strict=True)
    )
    again = None
    try:
        for each in (first, second):
            each.wait_ready()
        job = first.client.submit(BRIEF, None, {"variants": 1})
        taken = _up(tmp_path / "c" / "home", ports[0])
        assert taken.process.wait(60) == 1
        assert f"port {ports[0]}" in taken.output.read_text()
        double = subprocess.run(
            [sys.executable, "-m", "codesigner", "up"],
            env=first.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert double.returncode == 1
        assert f"in use by process {first.process.pid}" in double.stderr

        first.process.kill()
        first.process.wait(10)
        again = _up(first.home.path, first.port, "--no-training")
        again.wait_ready()
        assert again.client.job(job["id"])["id"] == job["id"]
        assert second.client.is_ready()

        stopped = subprocess.run(
            [sys.executable, "-m", "codesigner", "stop"],
            env=again.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (stopped.returncode, stopped.stdout) == (0, "Stopped.\n")
        assert again.process.wait(10) == 0
        assert second.client.is_ready()
    finally:
        for each in filter(None, (first, second, again)):
            each.stop()
    for each in (first, second):
        assert _nothing_left(each.home.path), _processes_of(each.home.path)
