"""Measures a print of 4096 px, with the print stage of another checkout in turns.

Run: python -m benchmarks.prints [--against CHECKOUT] [--briefs 8]

Each version runs in its own process on one thread, with its own models and its own designs of the
same briefs. Times are CPU times of the print stage: drawing, encoding and the thumbnail.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
SIZE_PX = 4096
_STAGES = ("caption", "fusion", "generate")


@contextmanager
def version(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that prints a brief's design for each line it reads."""
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(checkout)}
    with subprocess.Popen(
        [sys.executable, str(Path(__file__)), "--child"],
        cwd=checkout,
        env=os.environ | threads,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def measured(process: subprocess.Popen[str], number: int) -> tuple[float, float]:
    """Return the CPU seconds and the bytes of one print."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{number}\n")
    process.stdin.flush()
    seconds, size = json.loads(process.stdout.readline())
    return seconds, size


def respond() -> None:
    """Print the design of each brief whose number is read."""
    from benchmarks.briefs import asked
    from benchmarks.plain import Plain, call_of

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # other output goes to standard error
    plain = Plain()
    briefs = asked(64, reference=False, variants=1)
    for line in sys.stdin:
        calls = [call_of(briefs[int(line)])]
        for name in _STAGES:
            calls = plain.stage(name, calls)
        (call,) = calls
        options = replace(call.options, variant=0, dpi=300, size=SIZE_PX)
        call = replace(call, options=options)
        began = time.process_time()
        (done,) = plain.stage("print", [call])
        seconds = time.process_time() - began
        print(json.dumps([seconds, len(done.artifacts["print", 0])]), file=answers, flush=True)


def main() -> None:
    """Print medians of each version, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout to compare with")
    parser.add_argument("--briefs", type=int, default=8)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        respond()
        return
    with version(ROOT) as this, version(given.against or ROOT) as other:
        versions = {"this version": this} | ({"against": other} if given.against else {})
        prints: dict[str, list[tuple[float, float]]] = {name: [] for name in versions}
        for number in range(given.briefs):
            for name, process in versions.items():
                prints[name].append(measured(process, number))
    for name, rows in prints.items():
        seconds, size = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name}: {seconds:.2f} s, {size / 1e6:.2f} MB")
    if given.against:
        pairs = zip(*prints.values(), strict=True)
        print(f"ratio: {statistics.median(a / b for (a, _), (b, _) in pairs):.2f}")


if __name__ == "__main__":
    main()
