"""Benchmark of the start of `codesigner up` until workers are ready, with warm file caches.

Run: python -m benchmarks.start [--starts 3]

The first start, which creates the database and may convert the language model, is not counted.
Nothing is asked of the installation meanwhile: `codesigner up` prints when it is ready. CPU time
is that of all its processes until then; other programs on the machine change it less.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import suppress

import psutil

from benchmarks.installation import ROOT, free_port, new_home
from benchmarks.report import Row, command
from codesigner.home import Home
from shared.settings import PREFIX

__all__ = ["measure"]

SMALL = {"starts": 1}
_WAIT_S = 300.0
_READY = b"Ready after"


def _start(home: Home) -> tuple[float, float]:
    """Start, wait until ready, stop; return the seconds and the CPU seconds until ready."""
    port = free_port()
    told = {f"{PREFIX}HOME": str(home.path), f"{PREFIX}PORT": str(port), f"{PREFIX}DEVICES": "cpu"}
    began = time.monotonic()
    with (
        (home.logs / "up.log").open("w+b") as log,
        subprocess.Popen(
            [sys.executable, "-m", "codesigner", "up"],
            env=os.environ | told | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        try:
            while _READY not in (told := (home.logs / "up.log").read_bytes()):
                if running.poll() is not None or time.monotonic() - began > _WAIT_S:
                    tail = told.decode(errors="replace")[-2000:]
                    raise RuntimeError(f"it does not get ready:\n{tail}")
                time.sleep(0.02)
            return time.monotonic() - began, _cpu_s(psutil.Process(running.pid))
        finally:
            running.send_signal(signal.SIGTERM)


def _cpu_s(first: psutil.Process) -> float:
    """Return the CPU seconds of a process and its descendants, the running ones."""
    total = 0.0
    for process in (first, *first.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def measure(starts: int = 3) -> list[Row]:
    """Measure several starts, one after another."""
    with new_home() as home:
        first, _ = _start(home)
        print(f"  first start: {first:.1f} s", flush=True)
        times = []
        for number in range(starts):
            times.append(_start(home))
            wall, cpu = times[-1]
            print(f"  start {number + 1}: {wall:.1f} s, {cpu:.1f} s of CPU time", flush=True)
    walls, cpus = zip(*times, strict=True)
    return [
        Row(
            name="start: until ready, files cached",
            value=statistics.median(walls),
            unit="s",
            better="lower",
            goal=6.0,
        ),
        Row(
            name="start: CPU time until ready",
            value=statistics.median(cpus),
            unit="s",
            better="lower",
        ),
    ]


if __name__ == "__main__":
    command("start", measure)
