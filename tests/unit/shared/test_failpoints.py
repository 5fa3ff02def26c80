"""Fail points: the process that takes the token is killed or frozen; others go on."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from shared.failpoints import FAILPOINTS, reach

REACH = "from shared.failpoints import reach; reach('stored'); print('alive')"
ROOT = Path(__file__).parents[3]


def _run(armed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REACH],
        env={"CODESIGNER_FAILPOINTS": armed, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_fail_points_are_off_without_the_variable() -> None:
    for name in FAILPOINTS:
        reach(name, {})
    with pytest.raises(KeyError):
        reach("nowhere", {})


def test_name_alone_kills_every_time() -> None:
    assert [_run("claimed,stored").returncode for _ in range(2)] == [-signal.SIGKILL] * 2


@pytest.mark.parametrize("fate", ["", "self"])
def test_token_kills_once(tmp_path: Path, fate: str) -> None:
    token = tmp_path / "token"
    token.write_text(fate)
    first, second = _run(f"stored:{token}"), _run(f"stored:{token}")
    assert (first.returncode, first.stdout) == (-signal.SIGKILL, "")
    assert (second.returncode, second.stdout) == (0, "alive\n")
    assert not token.exists()


def test_token_can_freeze_the_process_instead(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("stop")
    with subprocess.Popen(
        [sys.executable, "-c", REACH],
        env={"CODESIGNER_FAILPOINTS": f"stored:{token}", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            # Continue it only once it is stopped: an earlier SIGCONT would be lost.
            while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
                time.sleep(0.01)
            assert not token.exists()
            process.send_signal(signal.SIGCONT)
            assert process.communicate(timeout=60)[0] == "alive\n"
        finally:
            process.kill()
