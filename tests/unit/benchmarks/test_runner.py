"""The run of all benchmarks: which there are, and what comes of one that fails."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks.briefs import BRIEFS, PRODUCTS, asked, references
from shared.briefs.parser import parse_brief
from worker.present.look import look_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", [name for name in runner.NAMES if name != "arithmetic"])
def test_every_benchmark_can_be_run_small(name: str) -> None:
    module = import_module(f"benchmarks.{name}")
    assert module.SMALL.keys() <= module.measure.__annotations__.keys()


def test_one_that_fails_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "second"
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\ncase $* in *first*) exit 3;; *) touch {mark};; esac\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert runner.run_all(["first", "second"], small=True) == ["first"]
    assert mark.exists()


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    asked_for = [sys.executable, "-m", "benchmarks", "noop", "nope"]
    told = subprocess.run(asked_for, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "there is no benchmark nope; there are size, polling" in told.stderr


def test_the_first_briefs_name_every_product_and_the_others_need_nothing_more() -> None:
    looks = []
    for brief in BRIEFS:
        understood = parse_brief(brief)
        assert understood.pattern, brief
        looks.append(look_of(understood, understood.product))
    assert len(set(looks[:PRODUCTS])) == PRODUCTS == len(set(looks))
    assert len(set(BRIEFS)) == 40


def test_no_request_comes_twice() -> None:
    seeds = [one.seed for _ in range(2) for one in asked(50, reference=True)]
    assert len(set(seeds)) == 100
    assert len(set(references())) == 8


def test_rivals_are_modules_of_their_own() -> None:
    for name in ("celery_chain", "litserve_app", "ray_app", "bentoml_app"):
        assert find_spec(f"benchmarks.rivals.{name}") is not None
