"""Sum up soak runs in a table for docs/reliability.md.

Run: python -m tests.soak.total soak-1.json soak-2.json ...
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.soak.verdict import summary

__all__ = ["total"]

_RULE_OF_THREE = 3.0
"""Without a loss in n kills, the 95 % upper bound of a loss per kill is about 3 / n."""


def total(runs: Sequence[dict[str, Any]]) -> list[str]:
    """Return the lines of the tables."""
    counts: Counter[str] = Counter()
    kills: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    samples: defaultdict[str, list[float]] = defaultdict(list)
    targets: dict[str, str] = {}
    for run in runs:
        counts.update(run["counts"])
        kills.update(run["kills"])
        faults.update(run["faults"])
        for name, values in run["samples"].items():
            samples[name] += values
            told = run["times"][name]
            targets[name] = f"{told['of']} {told['target']}" if "target" in told else ""
    seeds = ", ".join(str(run["plan"]["seed"]) for run in runs)
    minutes = sum(run["seconds"] for run in runs) / 60
    lines = [f"Seeds {seeds}; {minutes:.0f} minutes.", "", "| Count | |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in counts.items()]
    lines += ["", "| Kills | |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in kills.items()]
    lines += ["", "| Faults | |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in sorted(faults.items())]
    lines += ["", "| Time (s) | n | p50 | p95 | max | target |", "|---|---|---|---|---|---|"]
    for name, values in samples.items():
        told = summary(values)
        figures = " | ".join(str(told[key]) for key in ("count", "p50", "p95", "max"))
        lines.append(f"| {name} | {figures} | {targets[name]} |")
    if counts["lost"] == 0 and kills["all"]:
        bound = _RULE_OF_THREE / kills["all"]
        lines += ["", f"No loss in {kills['all']} kills: at most {bound:.2%} a kill (95 %)."]
    return lines


if __name__ == "__main__":
    print("\n".join(total([json.loads(Path(name).read_text()) for name in sys.argv[1:]])))
