"""Measure a running installation: time per job and per stage, and the memory of its processes.

Run: CODESIGNER_REUSE=false codesigner up, then
python -m benchmarks.jobs [--url http://127.0.0.1:8000] [--jobs 10]

Jobs are submitted one at a time, so that the figures are those of a system at rest; jobs without
and with a reference image take turns.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from codesigner.client import Client, wait_for_end

BRIEFS = (
    "手机壳。材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑",
    "A ceramic mug with navy and gold seigaiha waves, fine lines",
    "笔记本封面，皮革，墨绿色和米白色的叶子图案",
    "Tote bag, cotton: terrazzo in terracotta, cream and sage, playful",
)


@dataclass(frozen=True, kw_only=True)
class Timed:
    """One job's times in seconds."""

    reference: bool
    whole: float
    stages: dict[str, float]


def seconds(start: str, end: str) -> float:
    """Give the time between two timestamps of the API."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def timed(job: dict[str, Any], reference: bool) -> Timed:
    """Read a finished job's times.

    Raises:
        SystemExit: the job did not succeed.
    """
    if job["state"] != "succeeded":
        raise SystemExit(f"job {job['id']} {job['state']}: {job['error']}")
    stages = {
        stage["name"]: seconds(stage["started_at"], stage["finished_at"])
        for stage in job["stages"]
        if stage["state"] == "done"
    }
    return Timed(
        reference=reference, whole=seconds(job["created_at"], job["finished_at"]), stages=stages
    )


def run_jobs(client: Client, count: int, photograph: Path) -> list[Timed]:
    """Send jobs one after another, each with a seed of its own, and time them."""
    results = []
    for number in range(count):
        reference = photograph if number % 2 else None
        brief = BRIEFS[number // 2 % len(BRIEFS)]
        job = client.submit(brief, reference, {"seed": 1000 + number})
        *_, ended = wait_for_end(client, job, every_s=0.2)
        results.append(timed(ended, reference is not None))
    return results


def table(results: Sequence[Timed]) -> list[str]:
    """Give the medians as rows of a Markdown table."""
    rows = ["| | without reference | with reference |", "|---|---|---|"]
    columns: dict[bool, dict[str, list[float]]] = {
        given: defaultdict(list) for given in (False, True)
    }
    for result in results:
        columns[result.reference]["whole job"].append(result.whole)
        for name, took in result.stages.items():
            columns[result.reference][name].append(took)
    for name in ("caption", "vision", "fusion", "generate", "present", "whole job"):
        cells = [columns[reference].get(name) for reference in (False, True)]
        shown = [f"{statistics.median(times):.2f} s" if times else "" for times in cells]
        rows.append(f"| {name} | {shown[0]} | {shown[1]} |")
    return rows


def memory(supervisor: int) -> list[str]:
    """Give the resident memory of a supervisor's processes as rows of a Markdown table."""
    rows = ["| process | resident | proportional |", "|---|---|---|"]
    for process in psutil.Process(supervisor).children(recursive=True):
        try:
            line = " ".join(process.cmdline()) or process.name()
            usage = process.memory_full_info()
        except psutil.Error:
            continue
        rows.append(f"| `{line[:70]}` | {usage.rss / 2**20:.0f} MB | {usage.pss / 2**20:.0f} MB |")
    return rows


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--jobs", type=int, default=10)
    parser.add_argument("--photograph", type=Path, required=True)
    parser.add_argument("--supervisor", type=int, help="process id of `codesigner up`")
    given = parser.parse_args()
    client = Client(url=given.url)
    run_jobs(client, 2, given.photograph)  # the first ones load what is loaded late
    print("\n".join(table(run_jobs(client, given.jobs, given.photograph))))
    if given.supervisor is not None:
        print("\n".join(["", *memory(given.supervisor)]))


if __name__ == "__main__":
    main()
