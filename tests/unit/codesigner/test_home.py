"""The home folder: locked by one process, recoverable, with short socket paths."""

import os
import signal
import stat
import subprocess
import sys
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
