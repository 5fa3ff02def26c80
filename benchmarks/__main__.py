"""Runs the benchmarks one after another and prints one table.

Run: python -m benchmarks [--small] [name ...]   (or: make bench ARGS="rest noop")
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module

import psutil

from benchmarks.report import belongs, keep, kept, rows_of, text_table

_THROUGHPUT = ("in process", "Celery chain", "LitServe", "Ray Serve", "BentoML")
PARTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **{
        name: (name, {})
        for name in ("before_rest", "before_saturation", "before_print", "before_costs", "rest")
    },
    **{
        f"throughput-{system.lower().replace(' ', '-')}": ("throughput", {"system": system})
        for system in _THROUGHPUT
    },
    **{
        name: (name, {})
        for name in (
            *("start", "memory", "costs", "noop", "burst", "pair", "captioner", "networks"),
            *("arithmetic", "drawing", "layout", "render", "library", "load", "size"),
            *("polling", "serving"),
        )
    },
}
"""By part of a run: its module and options."""
NAMES = tuple(PARTS)
_LIMIT_S = 300.0
"""Time of each part; one that hangs is ended and left out."""
_STOP_S = 20.0


def measure(name: str, *, small: bool) -> None:
    """Run one benchmark in this process; the results of a small run are printed but not stored.

    Raises:
        Exception: the benchmark failed.
    """
    file, options = PARTS[name]
    module = import_module(f"benchmarks.{file}")
    small_options = getattr(module, "SMALL", {}) if small else {}
    rows = rows_of(name, module.measure(**options, **small_options))
    print(text_table(rows), flush=True)
    if not small:
        keep(name, rows)


def run_all(names: list[str], *, small: bool, limit_s: float = _LIMIT_S) -> list[str]:
    """Run each benchmark in its own process; return the names of those that failed."""
    failed = []
    for name in names:
        print(f"=== {name}", flush=True)
        began = time.monotonic()
        alone = [sys.executable, "-m", "benchmarks", "--alone", *(["--small"] * small), name]
        # Set before torch is imported, so that it computes on one thread.
        with subprocess.Popen(alone, env=os.environ | {"OMP_NUM_THREADS": "1"}) as running:
            try:
                status = running.wait(limit_s)
            except subprocess.TimeoutExpired:
                print(f"=== {name} did not end within {limit_s:.0f} s and is ended", flush=True)
                status = _end(running)
            except SystemExit:
                running.terminate()
                raise
        if status != 0:
            failed.append(name)
        print(f"=== {name} took {time.monotonic() - began:.0f} s", flush=True)
    return failed


def _end(running: subprocess.Popen[bytes]) -> int:
    """End a benchmark and all processes that it started; return its exit status."""
    started = [running, *psutil.Process(running.pid).children(recursive=True)]
    running.terminate()  # it stops what it started
    psutil.wait_procs(started[1:], timeout=_STOP_S)
    for process in started:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return running.wait()


def main() -> None:
    """Run the selected benchmarks; exit with status 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--small", action="store_true", help="a quick look that keeps no figures")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    # SystemExit lets the running benchmark stop its processes.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    if given.alone:
        for name in given.names:
            measure(name, small=given.small)
        return
    names = given.names or list(NAMES)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.2f} before the start", flush=True)
    failed = run_all(names, small=given.small)
    if not given.small:
        asked = [row for row in kept() if any(belongs(row.name, name) for name in names)]
        print(f"\n{text_table(asked)}")
    if failed:
        raise SystemExit(f"failed, see above: {', '.join(failed)}")


if __name__ == "__main__":
    main()
