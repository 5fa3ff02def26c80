"""Tests of the count of idle cores."""

from pathlib import Path

import pytest

from worker.runtime import cpu_load
from worker.runtime.cpu_load import idle_cores


@pytest.fixture(autouse=True)
def _four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_load.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(cpu_load, "usable_cores", lambda: (0, 1, 2))


@pytest.mark.parametrize(
    ("runnable", "idle"), [(0, 3), (1, 3), (2, 3), (3, 2), (4, 1), (5, 1), (40, 1)]
)
def test_each_other_runnable_thread_takes_a_core(tmp_path: Path, runnable: int, idle: int) -> None:
    load = tmp_path / "loadavg"
    load.write_text(f"0.20 0.18 0.12 {runnable}/80 11206\n", encoding="ascii")
    assert idle_cores(load) == idle


def test_half_the_cores_where_the_system_does_not_tell(tmp_path: Path) -> None:
    assert idle_cores(tmp_path / "missing") == 1


def test_this_system_has_at_least_one() -> None:
    assert 1 <= idle_cores() <= 3
