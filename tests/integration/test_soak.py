"""The short soak: real processes under every fault; `make soak` runs it longer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.plan import NAMES, SHORT
from tests.soak.world import STALLED

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


_FROZEN_THEN_STOPPED = ["--faults", "thawed-late,deploys", "--seed", "5", "--minutes", "1.5"]
"""A worker loses an attempt while it is frozen, lives on, and is told to stop later."""


def _soak(figures: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.soak", "--short", *arguments, "--out", str(figures)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_no_job_is_lost_or_duplicated_under_any_fault(tmp_path: Path) -> None:
    figures = tmp_path / "soak.json"
    done = _soak(figures, "--seed", "11")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = json.loads(figures.read_text())
    for name in ("lost", "duplicated", "unexpected", "effects_after_cancel", "missing_bytes"):
        assert found["counts"][name] == 0
    # On a slow machine not every fault is applied.
    at_rest = found["pace"]["slowness"] == 1.0 and STALLED not in found["faults"]
    assert len(set(found["faults"]) & set(NAMES)) >= (len(NAMES) // 2 if at_rest else 1)
    assert found["kills"]["all"] >= (SHORT.kills // 2 if at_rest else 1)
    assert found["counts"]["succeeded"] >= (20 if at_rest else 1)


@pytest.mark.parametrize(("without", "charged"), [(None, False), ("release", True)])
def test_only_what_a_shutdown_costs_is_charged_to_it(
    tmp_path: Path, without: str | None, charged: bool
) -> None:
    mutant = [] if without is None else ["--without", without]
    done = _soak(
        tmp_path / "soak.json", *_FROZEN_THEN_STOPPED, "--jobs", "20", "--kills", "0", *mutant
    )
    found = json.loads((tmp_path / "soak.json").read_text())
    assert found["counts"]["lost_attempts"] > 0
    assert bool(found["counts"]["attempts_charged_by_shutdowns"]) is charged, done.stdout[-3000:]
