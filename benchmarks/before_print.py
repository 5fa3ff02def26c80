"""Benchmark of a print of 4096 px against the earlier version, both as `codesigner up` runs them.

Run: python -m benchmarks.before_print [--prints 4]

A design's variants are printed one at a time, by one version and then by the other.
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from benchmarks.briefs import asked
from benchmarks.report import Row, command, measure_alternately, ratio
from benchmarks.versions import Running, both, running

__all__ = ["measure"]

SMALL = {"prints": 1}
_SIZE_PX = 4096
_SECONDS = "SELECT extract(epoch FROM finished_at - created_at) FROM job WHERE id = %s"


def _design(version: Running, prints: int) -> str:
    """Run a design job; return its id."""
    job_id: str = version.visitor.submit(asked(1, reference=False, variants=prints)[0]).document(
        202
    )["id"]
    version.visitor.wait(job_id)
    return job_id


def _print(version: Running, job_id: str, variant: int) -> float:
    body = {"variant": variant, "size": _SIZE_PX}
    answer = version.visitor.ask("POST", f"/api/v1/jobs/{job_id}/prints", body)
    print_id = answer.document(202)["id"]
    if (state := version.visitor.wait(print_id)) != "succeeded":
        raise RuntimeError(f"print {print_id} {state}")
    return float(version.ask(_SECONDS, print_id)[0][0])


def measure(prints: int = 4) -> list[Row]:
    """Measure as many prints with both versions in turns."""
    with ExitStack() as stack:
        versions = {each.name: stack.enter_context(running(each, warm=False)) for each in both()}
        designs = {name: _design(version, prints) for name, version in versions.items()}
        variants = {name: iter(range(prints)) for name in versions}
        found = measure_alternately(
            prints,
            {
                name: lambda name=name: _print(versions[name], designs[name], next(variants[name]))
                for name in versions
            },
        )
    against = ratio(found["now"], found["before"])
    return [
        Row(name="4096 px, against before", value=against, unit="x", better="lower", goal=0.25),
        *(
            Row(name=f"4096 px, {name}", value=statistics.median(values), unit="s", better="lower")
            for name, values in found.items()
        ),
    ]


if __name__ == "__main__":
    command("before_print", measure)
