"""Benchmark reports: statistics, result rows, the results file and tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.report import (
    Row,
    keep,
    kept,
    markdown,
    measure_alternately,
    percentile,
    ratio,
    rows_of,
    shown,
)


def _row(name: str, value: float = 1.0, **further: Any) -> Row:
    return Row(**{"name": name, "value": value, "unit": "ms", "better": "lower"} | further)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 0.99, 3.0),
        ([5.0, 1.0, 4.0, 2.0, 3.0], 0.5, 3.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
        ([float(n) for n in range(1, 61)], 0.99, 60.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_percentile_is_a_measured_value(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_percentile_of_no_values_is_rejected() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_ratio_is_computed_per_turn() -> None:
    assert ratio([10.0, 20.0, 5.0], [5.0, 10.0, 1.0]) == 2.0
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


def test_measurements_alternate() -> None:
    order: list[str] = []

    def act(name: str) -> Callable[[], float]:
        return lambda: float(order.append(name) or len(order))

    found = measure_alternately(2, {"a": act("a"), "b": act("b")}, tell=lambda _: None)
    assert order == ["a", "b", "a", "b"]
    assert found == {"a": [1.0, 3.0], "b": [2.0, 4.0]}


@pytest.mark.parametrize(
    ("value", "better", "goal", "met"),
    [
        (1.0, "higher", 0.9, True),
        (0.8, "higher", 0.9, False),
        (0.9, "higher", 0.9, True),
        (50.0, "lower", 50.0, True),
        (51.0, "lower", 50.0, False),
        (51.0, "lower", None, None),
    ],
)
def test_goal_is_met_or_missed(
    value: float, better: str, goal: float | None, met: bool | None
) -> None:
    assert _row("a: b", value, better=better, goal=goal).met is met


def test_rows_are_named_after_their_benchmark() -> None:
    plain = {"name": "share of the peak", "value": 0.4, "unit": "x", "better": "higher"}
    rows = rows_of("arithmetic", [plain | {"goal": None}, _row("arithmetic: other")])
    assert [row.name for row in rows] == ["arithmetic: share of the peak", "arithmetic: other"]
    with pytest.raises(TypeError):
        rows_of("arithmetic", [plain | {"gaol": 1.0}])


def test_run_replaces_only_its_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "results" / "latest.json"
    keep("rest", [_row("rest: a"), _row("rest: b")], path)
    keep("noop", [_row("noop: a", 2.0)], path)
    keep("resting", [_row("resting: a")], path)
    keep("rest", [_row("rest: b", 7.0), _row("rest: c")], path)
    assert [(row.name, row.value) for row in kept(path)] == [
        ("rest: b", 7.0),
        ("rest: c", 1.0),
        ("noop: a", 2.0),
        ("resting: a", 1.0),
    ]


def test_results_file_is_a_list_of_plain_rows(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    keep("rest", [_row("rest: a", 3.5, goal=4.0)], path)
    expected = {"name": "rest: a", "value": 3.5, "unit": "ms", "better": "lower", "goal": 4.0}
    assert json.loads(path.read_text(encoding="utf-8")) == [expected]


def test_no_results_are_kept_before_the_first_run(tmp_path: Path) -> None:
    assert kept(tmp_path / "latest.json") == []


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1234.56, "MB", "1,235 MB"),
        (46.849, "ms", "46.8 ms"),
        (0.98765, "x", "0.988x"),
        (12.0, "", "12.0"),
        (0.0, "jobs", "0 jobs"),
        (0.00001, "s", "0.0000 s"),
    ],
)
def test_figures_have_three_significant_digits(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_markdown_table_marks_missed_goals() -> None:
    rows = [
        _row("rest: a", 46.8, goal=50.0),
        _row("noop: b", 2.0, unit="x", better="higher", goal=3.0),
        _row("costs: c", 12.0),
    ]
    assert markdown(rows).splitlines() == [
        "| figure | measured | goal | |",
        "|---|---|---|---|",
        "| rest: a | 46.8 ms | ≤ 50.0 ms | met |",
        "| noop: b | 2.00x | ≥ 3.00x | missed |",
        "| costs: c | 12.0 ms | | |",
    ]


def _measure(jobs: int = 5) -> list[Row]:
    return [_row("fake: jobs", float(jobs))]


def test_results_with_non_default_options_are_printed_but_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "latest.json"
    report.command("fake", _measure, ["--jobs", "2"], path)
    assert "2.00 ms" in capsys.readouterr().out
    assert not path.exists()
    report.command("fake", _measure, [], path)
    assert [row.value for row in kept(path)] == [5.0]
