"""The benchmark runner: the benchmarks, their inputs and failures."""

import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from benchmarks import __main__ as runner
from benchmarks.briefs import BRIEFS, PRODUCTS, asked, references
from shared.briefs.parser import parse_brief
from worker.present.look import look_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", [name for name in runner.NAMES if name != "arithmetic"])
def test_every_benchmark_has_small_options(name: str) -> None:
    file, options = runner.PARTS[name]
    module = import_module(f"benchmarks.{file}")
    assert module.SMALL.keys() | options.keys() <= module.measure.__annotations__.keys()


def test_failed_benchmark_is_reported_and_the_others_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "second"
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\ncase $* in *first*) exit 3;; *) touch {mark};; esac\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert runner.run_all(["first", "second"], small=True) == ["first"]
    assert mark.exists()


def test_benchmark_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, child = tmp_path / "python", tmp_path / "child"
    program.write_text(f"#!/bin/sh\ntrap '' TERM\nsleep 600 &\necho $! > {child}\nwait; wait\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(runner, "_STOP_S", 0.5)
    assert runner.run_all(["hangs"], small=True, limit_s=1.0) == ["hangs"]
    with suppress(psutil.NoSuchProcess):  # a container's first process may not reap it
        process = psutil.Process(int(child.read_text()))
        until = time.monotonic() + 5.0  # a killed process takes a moment to end
        while process.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert "hangs did not end within 1 s and is ended" in capsys.readouterr().out


def test_unknown_name_error_lists_the_known_names() -> None:
    asked_for = [sys.executable, "-m", "benchmarks", "noop", "nope"]
    told = subprocess.run(asked_for, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "there is no benchmark nope; there are before_rest, before_saturation" in told.stderr


def test_first_briefs_cover_all_products() -> None:
    looks = []
    for brief in BRIEFS:
        understood = parse_brief(brief)
        assert understood.pattern or understood.motifs, brief
        looks.append(look_of(understood, understood.product))
    assert len(set(looks[:PRODUCTS])) == PRODUCTS == len(set(looks))
    assert len(set(BRIEFS)) == 40


def test_requests_are_unique() -> None:
    seeds = [one.seed for _ in range(2) for one in asked(50, reference=True)]
    assert len(set(seeds)) == 100
    assert len(set(references())) == 8


def test_rivals_are_separate_modules() -> None:
    for name in ("celery_chain", "litserve_app", "ray_app", "bentoml_app"):
        assert find_spec(f"benchmarks.rivals.{name}") is not None
