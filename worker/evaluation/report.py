"""Result table of an evaluation: measured values and goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Row", "as_document", "as_markdown"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: a measured value with its goal."""

    name: str
    what: str
    value: float | None
    """None: not measured."""
    goal: float
    at_least: bool = False
    """Whether the goal is a minimum; otherwise it is a maximum."""
    unit: str = ""
    """"%" for a share from 0 to 1; "s", "MB", "points", "x" or empty."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None: not measured."""
        if self.value is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def format(self, value: float | None) -> str:
        """Return a value as text with its unit."""
        if value is None:
            return "not measured"
        if self.unit == "%":
            return f"{100 * value:.1f} %"
        number = f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
        return f"{number}{'x' if self.unit == 'x' else f' {self.unit}' if self.unit else ''}"


def as_document(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the table as JSON-serialisable dictionaries."""
    return [
        {
            "name": row.name,
            "what": row.what,
            "value": row.value,
            "goal": row.goal,
            "at_least": row.at_least,
            "unit": row.unit,
            "reached": row.reached,
            **({"note": row.note} if row.note else {}),
        }
        for row in rows
    ]


def as_markdown(rows: Sequence[Row]) -> list[str]:
    """Return the lines of an aligned Markdown table."""
    cells: list[tuple[str, ...]] = [("what", "value", "goal", "reached")]
    for row in rows:
        goal = f"{'at least' if row.at_least else 'at most'} {row.format(row.goal)}"
        reached = {True: "yes", False: "no", None: "-"}[row.reached]
        what = f"{row.what} ({row.note})" if row.note else row.what
        cells.append((what, row.format(row.value), goal, reached))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [cells[0], tuple("-" * width for width in widths), *cells[1:]]
    return [
        "".join(f"| {cell.ljust(width)} " for cell, width in zip(line, widths, strict=True)) + "|"
        for line in lines
    ]
