"""The home folder: locked by one process, recoverable, with short socket paths."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from codesigner.home import Home, HomeInUse

HOLD = """
import sys, time
from pathlib import Path
from codesigner.home import Home
with Home(path=Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(path: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "held\n"
    return started


def test_home_is_locked_by_one_process(tmp_path: Path) -> None:
    home = Home(path=tmp_path / "home")
    with _holder(home.path) as holder:
        assert home.owner() == holder.pid
        with pytest.raises(HomeInUse, match=str(holder.pid)), home.held():
            pass
        holder.terminate()
    assert home.owner() is None


def test_lock_is_released_when_its_holder_is_killed(tmp_path: Path) -> None:
    home = Home(path=tmp_path / "home")
    with _holder(home.path) as holder:
        holder.send_signal(signal.SIGKILL)
    assert (home.path / "run" / "up.pid").read_text() == str(holder.pid)
    with home.held():
        assert (home.path / "run" / "up.pid").read_text() == str(os.getpid())


def test_socket_folders_respect_the_socket_path_limit(tmp_path: Path) -> None:
    short = Home(path=Path("/tmp") / f"cds-test-{os.getpid()}")
    deep = Home(path=tmp_path / ("a" * 60) / ("b" * 60))
    folders = [home.socket_folder("postgres") for home in (short, deep)]
    try:
        assert folders[0].is_relative_to(short.path)
        assert not folders[1].is_relative_to(deep.path)
        assert all(len(os.fsencode(folder / ".s.PGSQL.5432")) < 104 for folder in folders)
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
        assert Home(path=tmp_path / ("a" * 60) / ("c" * 60)).socket_folder("x").parent != (
            folders[1].parent
        )
    finally:
        folders[0].rmdir()
        (short.path / "run").rmdir()
        short.path.rmdir()


def test_state_is_readable_by_the_owner_only_and_empty_by_default(tmp_path: Path) -> None:
    home = Home(path=tmp_path / "home")
    home.prepare()
    assert home.read_state("installation") == {}
    home.write_state("installation", {"port": 8000})
    assert home.read_state("installation") == {"port": 8000}
    assert stat.S_IMODE((home.state / "installation.json").stat().st_mode) == 0o600


def _modes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in sorted(folder.rglob("*"))
        if not path.is_symlink()
    }


@pytest.fixture(params=["root", "ordinary"])
def user(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Act as root or as an ordinary user; return a folder of the user, readable by all."""
    folder = Path(tempfile.mkdtemp(prefix="cds-home-", dir="/tmp"))
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    if request.param == "root" and not is_root:
        pytest.skip("only root acts as root")
    if request.param == "ordinary" and is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    before = os.umask(0o022)
    yield folder
    os.umask(before)
    if is_root:
        os.seteuid(0)
    shutil.rmtree(folder)


def test_new_home_is_closed_to_others(user: Path) -> None:
    home = Home(path=user / "home")
    with home.held():
        home.write_state("installation", {})
    passed = "0o711" if os.geteuid() == 0 else "0o700"
    assert oct(stat.S_IMODE(home.path.stat().st_mode)) == passed
    modes = _modes(home.path)
    assert modes.pop("run") == passed
    assert modes.pop("run/up.pid") in {"0o600", "0o644"}  # closed at the next start
    assert set(modes.values()) == {"0o600", "0o700"}
    home.prepare()
    assert _modes(home.path)["run/up.pid"] == "0o600"


def test_home_of_an_earlier_release_is_closed_at_the_start(user: Path) -> None:
    home, elsewhere = user / "home", user / "weights"
    elsewhere.mkdir()
    for name in ("artifacts", "artifacts/ab", "logs", "designs", "run", "valkey", "postgres"):
        (home / name).mkdir(parents=True)
    for name in ("admin_token", "secret_key", "logs/web.log", "artifacts/ab/abcd", "run/up.pid"):
        (home / name).write_text("secret")
    (home / "cache").symlink_to(elsewhere)
    assert {mode[-2:] for mode in _modes(home).values()} == {"55", "44"}
    Home(path=home).prepare()
    modes = _modes(home)
    for name in ("artifacts", "logs", "designs", "valkey", "postgres"):
        assert modes[name] == "0o700", name
    assert {modes[name] for name in ("admin_token", "secret_key", "run/up.pid")} == {"0o600"}
    passed = "0o711" if os.geteuid() == 0 else "0o700"
    assert (modes["run"], oct(stat.S_IMODE(home.stat().st_mode))) == (passed, passed)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755  # what a link leads to is not ours
    if os.geteuid() == 0:
        assert _readable_by_nobody(home) == {home, home / "run"}


def _readable_by_nobody(folder: Path) -> set[Path]:
    """Return what the user nobody can open or pass, of the real folder."""
    paths = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    os.seteuid(65534)
    try:
        kinds = (os.R_OK, os.X_OK)
        return {
            path for path in paths if any(os.access(path, k, effective_ids=True) for k in kinds)
        }
    finally:
        os.seteuid(0)


def test_folder_with_other_things_keeps_its_own_permissions(user: Path) -> None:
    (user / "photos").mkdir()
    (user / "photos" / "a.jpg").write_text("a")
    Home(path=user).prepare()
    modes = _modes(user)
    assert stat.S_IMODE(user.stat().st_mode) == 0o755
    assert (modes["photos"], modes["photos/a.jpg"]) == ("0o755", "0o644")
    assert (modes["logs"], modes["designs"]) == ("0o700", "0o700")
