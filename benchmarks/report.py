"""Statistics of measurements, the rows they give, and the file that keeps the latest ones."""

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
    "LATEST", "Row", "belongs", "command", "in_turns", "keep", "kept", "markdown", "percentile",
    "ratio", "rows_of", "shown", "text_table",
]  # fmt: skip

LATEST = Path(__file__).parent / "results" / "latest.json"

Better = Literal["higher", "lower"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure. Its name begins with its benchmark's, a colon and a space."""

    name: str
    value: float
    unit: str
    """ms, s, MB, jobs/s, answers/s; x for a ratio."""
    better: Better
    goal: float | None = None
    """None: the figure is told, and nothing is asked of it."""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least this share, above 0 to 1, of the values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a percentile of no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the ratios turn by turn: what drifts from turn to turn falls out.

    Raises:
        ValueError: the two do not have as many turns each.
    """
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def in_turns(
    rounds: int, acts: Mapping[str, Callable[[], float]], tell: Callable[[str], None] = print
) -> dict[str, list[float]]:
    """Measure A B A B: every act once a round, in the order given; tells each measurement."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds):
        for name, act in acts.items():
            found[name].append(act())
            tell(f"  round {number + 1}, {name}: {found[name][-1]:.4g}")
    return found


def rows_of(benchmark: str, measured: Iterable[Row | Mapping[str, Any]]) -> list[Row]:
    """Give a benchmark's figures as rows, each named after it.

    Raises:
        TypeError: a figure has other fields than a row.
    """
    found = []
    for each in measured:
        row = each if isinstance(each, Row) else Row(**each)
        if not belongs(row.name, benchmark):
            row = Row(**asdict(row) | {"name": f"{benchmark}: {row.name}"})
        found.append(row)
    return found


def belongs(name: str, benchmark: str) -> bool:
    """Tell whether a row of this name is one of that benchmark's."""
    return name.partition(":")[0] == benchmark


def kept(path: Path = LATEST) -> list[Row]:
    """Read the latest rows; none where nothing was measured yet."""
    if not path.exists():
        return []
    return [Row(**each) for each in json.loads(path.read_text(encoding="utf-8"))]


def keep(benchmark: str, rows: Sequence[Row], path: Path = LATEST) -> None:
    """Put a benchmark's rows in the place of its earlier ones; those of others stay."""
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
    """Write a figure with three digits that count, its unit behind."""
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
    """Lay rows out for a terminal."""
    if not rows:
        return "no figures"
    width = max(len(row.name) for row in rows)
    return "\n".join(
        f"{name:<{width}}  {value:>14}  {goal:>14}  {verdict}".rstrip()
        for name, value, goal, verdict in _cells(rows)
    )


def markdown(rows: Sequence[Row]) -> str:
    """Lay rows out as a Markdown table."""
    lines = ["| figure | measured | goal | |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in _cells(rows)]
    return "\n".join(lines).replace("|  |", "| |")


def command(
    benchmark: str,
    measure: Callable[..., Iterable[Row]],
    arguments: Sequence[str] | None = None,
    path: Path = LATEST,
) -> None:
    """Be the command of one benchmark: its options are the measurement's, all whole numbers.

    The rows are kept where the options are left as they are.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{benchmark}", description=inspect.getdoc(measure)
    )
    for name, parameter in inspect.signature(measure).parameters.items():
        parser.add_argument(
            f"--{name}", type=int, default=parameter.default, help=f"default {parameter.default}"
        )
    given = vars(parser.parse_args(arguments))
    rows = rows_of(benchmark, measure(**given))
    print(text_table(rows), flush=True)
    if all(given[name] == parser.get_default(name) for name in given):
        keep(benchmark, rows, path)
