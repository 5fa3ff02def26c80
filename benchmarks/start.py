"""Benchmark of the start of `codesigner up` until workers are ready, with warm file caches.

Run: python -m benchmarks.start [--starts 3]

The first start, which creates the database and may convert the language model, is not counted.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time

from benchmarks.installation import ROOT, free_port, new_home
from benchmarks.report import Row, command
from codesigner.client import Client
from codesigner.home import Home
from shared.settings import PREFIX

__all__ = ["measure"]

SMALL = {"starts": 1}
_WAIT_S = 300.0


def _start(home: Home) -> float:
    """Start, wait until ready, stop; return the seconds until ready."""
    port = free_port()
    told = {f"{PREFIX}HOME": str(home.path), f"{PREFIX}PORT": str(port), f"{PREFIX}DEVICES": "cpu"}
    began = time.monotonic()
    with (
        (home.logs / "up.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "codesigner", "up"],
            env=os.environ | told | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        client = Client(url=f"http://127.0.0.1:{port}", timeout_s=5)
        try:
            while not client.is_ready():
                if running.poll() is not None or time.monotonic() - began > _WAIT_S:
                    tail = (home.logs / "up.log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"it does not get ready:\n{tail}")
                time.sleep(0.1)  # polling more often would slow down the start
            return time.monotonic() - began
        finally:
            running.send_signal(signal.SIGTERM)


def measure(starts: int = 3) -> list[Row]:
    """Measure several starts, one after another."""
    with new_home() as home:
        first = _start(home)
        print(f"  first start: {first:.1f} s", flush=True)
        times = []
        for number in range(starts):
            times.append(_start(home))
            print(f"  start {number + 1}: {times[-1]:.1f} s", flush=True)
    return [
        Row(
            name="start: until ready, files cached",
            value=statistics.median(times),
            unit="s",
            better="lower",
            goal=8.0,
        )
    ]


if __name__ == "__main__":
    command("start", measure)
