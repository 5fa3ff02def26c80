"""The package and its lock files: complete, pinned and without registry URLs."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("web", "all", "dev", "bench")
PACKAGES = ("codesigner", "migrations", "shared", "web", "worker")
COMPUTING = {"torch", "torchvision", "transformers", "numpy", "triton"}


def _lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def _pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", _lock(name), flags=re.MULTILINE))


def _versions(name: str) -> dict[str, set[str]]:
    """Return the versions of each package: several if they depend on the Python version."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([a-z0-9.-]+)==([^ ;\\]+)", _lock(name), flags=re.MULTILINE
    ):
        found.setdefault(package, set()).add(version)
    return found


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _names(requirements: list[str]) -> Iterator[str]:
    for requirement in requirements:
        found = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert found is not None
        yield re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_and_no_url(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", _lock(name))[1:]
    assert len(entries) > 40
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links| @ ", _lock(name)) == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_agree(name: str) -> None:
    everything, own = _versions("dev"), _versions(name)
    if name == "bench":  # contains packages that are in no other lock
        own = {package: found for package, found in own.items() if package in everything}
    assert [package for package, found in own.items() if not found <= everything[package]] == []


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("web", ("web", "s3", "checkout")),
        ("all", ("web", "worker", "embedded", "s3", "checkout")),
        ("dev", tuple(sorted({*_project()["optional-dependencies"]} - {"bench"}))),
        ("bench", ("web", "worker", "embedded", "s3", "checkout", "bench")),
    ],
)
def test_requirements_are_locked(name: str, extras: tuple[str, ...]) -> None:
    project = _project()
    wanted = set(_names(project["dependencies"]))
    for extra in extras:
        wanted |= set(_names(project["optional-dependencies"][extra]))
    assert wanted - set(_pinned(name)) == set()


def test_web_lock_has_no_compute_libraries() -> None:
    assert COMPUTING & set(_pinned("web")) == set()
    assert COMPUTING - {"triton"} <= set(_pinned("all"))


def test_torch_and_torchvision_versions_are_compatible() -> None:
    pins = _pinned("all")
    assert (pins["torch"], pins["torchvision"]) == ("2.14.1", "0.29.1")


def test_wheel_contains_every_package_file() -> None:
    builder = WheelBuilder(str(ROOT))
    packed = {file.relative_path for file in builder.recurse_included_files()}
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    assert tracked - packed == set()
    suffixes = {Path(name).suffix for name in packed}
    assert {".html", ".css", ".js", ".jpg", ".toml"} <= suffixes


def test_make_lists_its_targets() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "stop", "test", "check", "bench", "clean", "lock"):
        assert re.search(rf"^  make {target} +\S", told, flags=re.MULTILINE), told


def test_web_image_contains_the_imported_modules(tmp_path: Path) -> None:
    copied = re.findall(
        r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile.web").read_text(), re.MULTILINE
    )
    for line in copied:
        *sources, target = line.split()
        for source in sources:
            place = (
                tmp_path / target / Path(source).name if target.endswith("/") else tmp_path / target
            )
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, place)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "import worker.relay.relay, web.server.gunicorn_app, codesigner.cli, migrations; "
        "assert worker.relay.relay.__file__.startswith(sys.argv[1]), worker.relay.relay.__file__"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
