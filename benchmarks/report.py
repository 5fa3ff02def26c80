"""Statistics of measurements, result rows, and the file of the latest results."""

from __future__ import annotations

import argparse
import inspect
import json
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "LATEST",
    "Row",
    "belongs",
    "command",
    "keep",
    "kept",
    "markdown",
    "measure_alternately",
    "percentile",
    "ratio",
    "rows_of",
    "shown",
    "text_table",
]  # fmt: skip

LATEST = Path(__file__).parent / "results" / "latest.json"

Better = Literal["higher", "lower"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One result row. Its name starts with the benchmark's name, a colon and a space."""

    name: str
    value: float
    unit: str
    """ms, s, MB, jobs/s, answers/s; x for a ratio."""
    better: Better
    goal: float | None = None
    """None: informational, without a goal."""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None: no goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share (above 0, up to 1) does not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a percentile of no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios per round, which cancels drift between rounds.

    Raises:
        ValueError: the numbers of rounds differ.
    """
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def measure_alternately(
    rounds: int, acts: Mapping[str, Callable[[], float]], tell: Callable[[str], None] = print
) -> dict[str, list[float]]:
    """Measure A B A B: run every action once per round, in order, and print each measurement."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds):
        for name, act in acts.items():
            found[name].append(act())
            tell(f"  round {number + 1}, {name}: {found[name][-1]:.4g}")
    return found


def rows_of(benchmark: str, measured: Iterable[Row | Mapping[str, Any]]) -> list[Row]:
    """Return a benchmark's figures as rows with its name as prefix.

    Raises:
        TypeError: a figure has unknown fields.
    """
    found = []
    for each in measured:
        row = each if isinstance(each, Row) else Row(**each)
        if not belongs(row.name, benchmark):
            row = Row(**asdict(row) | {"name": f"{benchmark}: {row.name}"})
        found.append(row)
    return found


def belongs(name: str, benchmark: str) -> bool:
    """Return whether a row of this name belongs to that benchmark."""
    return name.partition(":")[0] == benchmark


def kept(path: Path = LATEST) -> list[Row]:
    """Load the latest rows; empty if nothing was measured yet."""
    if not path.exists():
        return []
    return [Row(**each) for each in json.loads(path.read_text(encoding="utf-8"))]


def keep(benchmark: str, rows: Sequence[Row], path: Path = LATEST) -> None:
    """Replace a benchmark's stored rows; keep those of other benchmarks."""
    before = kept(path)
    at = next(
        (place for place, row in enumerate(before) if belongs(row.name, benchmark)), len(before)
    )
    others = [row for row in before if not belongs(row.name, benchmark)]
    document = [asdict(row) for row in (*others[:at], *rows, *others[at:])]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


def shown(value: float, unit: str) -> str:
    """Return a value with three significant digits and its unit."""
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    number = f"{value:,.{min(digits, 4)}f}"
    return f"{number}x" if unit == "x" else f"{number} {unit}".rstrip()


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    sign = "≥" if row.better == "higher" else "≤"
    return f"{sign} {shown(row.goal, row.unit)}"


def _verdict(row: Row) -> str:
    return {True: "met", False: "missed", None: ""}[row.met]


def _cells(rows: Iterable[Row]) -> list[tuple[str, str, str, str]]:
    return [(row.name, shown(row.value, row.unit), _goal(row), _verdict(row)) for row in rows]


def text_table(rows: Sequence[Row]) -> str:
    """Return the rows as a text table for a terminal."""
    if not rows:
        return "no figures"
    width = max(len(row.name) for row in rows)
    return "\n".join(
        f"{name:<{width}}  {value:>14}  {goal:>14}  {verdict}".rstrip()
        for name, value, goal, verdict in _cells(rows)
    )


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| figure | measured | goal | |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in _cells(rows)]
    return "\n".join(lines).replace("|  |", "| |")


def command(
    benchmark: str,
    measure: Callable[..., Iterable[Row]],
    arguments: Sequence[str] | None = None,
    path: Path = LATEST,
) -> None:
    """Run the command line of one benchmark; its options are its parameters.

    The rows are stored only if all options have their defaults.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{benchmark}", description=inspect.getdoc(measure)
    )
    for name, parameter in inspect.signature(measure).parameters.items():
        parser.add_argument(
            f"--{name}",
            type=type(parameter.default),
            default=parameter.default,
            help=f"default {parameter.default}",
        )
    given = vars(parser.parse_args(arguments))
    rows = rows_of(benchmark, measure(**given))
    print(text_table(rows), flush=True)
    if all(given[name] == parser.get_default(name) for name in given):
        keep(benchmark, rows, path)
