"""Runs an earlier version of Codesigner, from its commit, beside the present one.

Each version runs as `codesigner up` starts it by default, with a home, servers and models of its
own, in the same Python environment. Only the HTTP API and the tables are used, which both have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.briefs import PRODUCTS, asked
from benchmarks.clients import Visitor
from benchmarks.installation import ROOT, end_session, free_port
from codesigner.embedded_servers import EmbeddedPostgres
from codesigner.home import Home
from shared.settings import PREFIX

__all__ = ["BEFORE", "Running", "Version", "both", "running"]

BEFORE = "5c367ae"
"""Commit that speed is compared with."""
_BUILD = ROOT / "build" / "benchmarks"
_READY_S = 240.0
_WARM_UPS = 3


@dataclass(frozen=True, kw_only=True)
class Version:
    """A checkout of the project."""

    name: str
    root: Path

    @property
    def models(self) -> Path:
        """Return the cache of converted models, which versions do not share."""
        return _BUILD / f"models-{self.name}"


@dataclass(frozen=True, kw_only=True)
class Running:
    """An installation of a version that is ready."""

    visitor: Visitor
    database_url: str

    def ask(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a SQL statement."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement, parameters).fetchall()


def both() -> tuple[Version, Version]:
    """Return the earlier and the present version.

    Raises:
        RuntimeError: this is no clone that has the earlier commit.
    """
    root = _BUILD / BEFORE
    if not root.exists():
        done = subprocess.run(
            ["git", "worktree", "add", "--force", "--detach", str(root), BEFORE],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"cannot check out {BEFORE}: {done.stderr.strip()}")
    return Version(name="before", root=root), Version(name="now", root=ROOT)


@contextmanager
def running(version: Version, *, devices: str = "cpu", warm: bool = True) -> Iterator[Running]:
    """Run `codesigner up` of a version, without reuse of results.

    Args:
        warm: whether jobs of every product are run first, some times.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another user
    home, port = folder / "h", free_port()
    home.mkdir()
    version.models.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(version.models)
    told = {"HOME": home, "PORT": port, "DEVICES": devices, "REUSE": False, "HUB": False}
    told |= {"MAX_QUEUE": 10_000, "MAX_JOBS_PER_OWNER": 10_000, "MAX_REQUESTS_PER_ADDRESS": 0}
    environment = {f"{PREFIX}{name}": str(value) for name, value in told.items()}
    with (
        (folder / "up.log").open("w+b") as log,
        subprocess.Popen(
            [sys.executable, "-m", "codesigner", "up"],
            env=os.environ | environment | {"PYTHONPATH": str(version.root)},
            cwd=version.root,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            _wait_until_ready(process, folder / "up.log")
            found = Running(
                visitor=Visitor(url=f"http://127.0.0.1:{port}"),
                database_url=EmbeddedPostgres(home=Home(path=home)).url,
            )
            if warm:
                _warm_up(found.visitor)
            yield found
        finally:
            end_session(process)
            shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_S
    while b"Ready after" not in (told := log.read_bytes()):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"it does not get ready:\n{told.decode(errors='replace')[-2000:]}")
        time.sleep(0.05)


def _warm_up(visitor: Visitor) -> None:
    """Run jobs of every product at once, so that each process that draws meets most of them."""
    for _ in range(_WARM_UPS):
        requests = (*asked(PRODUCTS, reference=False, variants=1), *asked(1, reference=True))
        ids = [visitor.submit(one).document(202)["id"] for one in requests]
        for job_id in ids:
            visitor.wait(job_id, 0.1)
