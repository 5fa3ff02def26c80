"""Benchmark of resident memory: after twelve jobs, and its peak with eight concurrent jobs.

Run: python -m benchmarks.memory [--jobs 12] [--together 8]

Measured for the computing worker process, the largest drawer, the web server process, and the
other processes. MB are 10^6 bytes.
"""

from __future__ import annotations

from pathlib import Path

import psutil

from benchmarks.briefs import Asked, asked
from benchmarks.burst import wait_for_all
from benchmarks.clients import Visitor, run_concurrently
from benchmarks.installation import Installation, installation
from benchmarks.report import Row, command

__all__ = ["measure"]

SMALL = {"jobs": 2, "together": 2}
_PARTS = ("worker", "drawer", "web", "relay", "valkey")


def _largest(made: Installation, name: str) -> psutil.Process:
    """Return the largest process of a tree: the worker's child, the web server process."""
    return max(made.processes(name), key=lambda process: process.memory_info().rss)


def _resident_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def _peak_mb(process: psutil.Process) -> float:
    """Return the peak resident memory since the last reset."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("this system tells no peak of resident memory")


def _forget_peak(process: psutil.Process) -> None:
    Path(f"/proc/{process.pid}/clear_refs").write_text("5", encoding="ascii")


def measure(jobs: int = 12, together: int = 8) -> list[Row]:
    """Measure after sequential jobs, half of them with a reference, then with concurrent jobs."""
    with installation() as made:
        visitor = Visitor(url=made.settings.public_url)
        halves = [asked(jobs // 2, reference=reference) for reference in (False, True)]
        for one in (each for pair in zip(*halves, strict=True) for each in pair):
            visitor.wait(visitor.submit(one).document(202)["id"])
        parts = {name: _largest(made, name) for name in _PARTS}
        resident = {name: _resident_mb(process) for name, process in parts.items()}
        loaded = _peak_mb(parts["worker"])
        for name in ("worker", "drawer", "web"):
            _forget_peak(parts[name])

        def send(sender: Visitor, one: Asked) -> None:
            sender.submit(one).document(202)

        run_concurrently(made.settings.public_url, together, asked(together, reference=True), send)
        wait_for_all(made)
        peak = {name: _peak_mb(parts[name]) for name in ("worker", "drawer", "web")}
    goals = {"worker": 1500.0, "drawer": 400.0, "web": 150.0}
    rows = [
        Row(
            name=f"memory: {name} after {jobs} jobs",
            value=value,
            unit="MB",
            better="lower",
            goal=goals.get(name),
        )
        for name, value in resident.items()
    ]
    rows += [
        Row(
            name=f"memory: {name}, peak with {together} jobs at once",
            value=value,
            unit="MB",
            better="lower",
            goal=goals.get(name),
        )
        for name, value in peak.items()
    ]
    told = "memory: worker, peak from its start on"
    return [*rows, Row(name=told, value=loaded, unit="MB", better="lower")]


if __name__ == "__main__":
    command("memory", measure)
