"""Benchmark of redrawing a design record over HTTP, at rest and while other jobs run.

Run: python -m benchmarks.render [--renders 40]

Each render is a record whose colours differ from all earlier ones, so that no result is reused. The
request waits for the job's end (`Prefer: wait`), then the tile is fetched.
"""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.briefs import asked
from benchmarks.clients import Visitor
from benchmarks.installation import Installation, installation
from benchmarks.report import Row, command, percentile
from benchmarks.rest import warm_up

__all__ = ["measure"]

SMALL = {"renders": 4}
_EVERY_S = 0.1
_PRODUCT = "mug"


def _records(visitor: Visitor) -> Iterator[dict[str, Any]]:
    """Yield records of a finished design, each in another colour."""
    (one,) = asked(1, reference=False)
    job_id = visitor.submit(one).document(202)["id"]
    visitor.wait(job_id, _EVERY_S)
    artifacts = visitor.ask("GET", f"/api/v1/jobs/{job_id}").document(200)["artifacts"]
    url = next(file["url"] for file in artifacts if file["kind"] == "design")
    record = visitor.ask("GET", url).document(200)
    for number in itertools.count(1):
        palette = [dict(entry) for entry in record["palette"]]
        palette[0]["hex"] = f"#{number * 977 % 0xFFFFFF:06X}"
        yield record | {"palette": palette}


def _render(visitor: Visitor, record: dict[str, Any], product: str | None) -> float:
    """Return the seconds until the tile of a record is at hand."""
    began = time.perf_counter()
    body = {"design": record, "product": product}
    answer = visitor.ask("POST", "/api/v1/designs/render", body, wait_s=30)
    job = answer.document(200)
    url = next(file["url"] for file in job["artifacts"] if file["kind"] == "tile")
    visitor.ask("GET", url)
    return time.perf_counter() - began


def _rows(name: str, times: list[float], goal: float) -> list[Row]:
    return [
        Row(name=f"render: {name}, median", value=statistics.median(times), unit="s",
            better="lower", goal=goal),
        Row(name=f"render: {name}, p95", value=percentile(times, 0.95), unit="s", better="lower"),
    ]  # fmt: skip


def _measured(
    visitor: Visitor, records: Iterator[dict[str, Any]], count: int, product: str | None
) -> list[float]:
    return [_render(visitor, next(records), product) for _ in range(count)]


def _beside_a_job(
    made: Installation, visitor: Visitor, records: Iterator[dict[str, Any]], count: int
) -> list[float]:
    """Return the times of renders while one design after another is made."""
    ended = threading.Event()

    def design() -> None:
        other = Visitor(url=made.settings.public_url)
        for one in itertools.cycle(asked(50, reference=False)):
            if ended.is_set():
                return
            other.wait(other.submit(one).document(202)["id"], _EVERY_S)

    thread = threading.Thread(target=design)
    thread.start()
    try:
        return _measured(visitor, records, count, _PRODUCT)
    finally:
        ended.set()
        thread.join()


def measure(renders: int = 40) -> list[Row]:
    """Measure that many renders of each kind."""
    with installation() as made:
        warm_up(made)
        visitor = Visitor(url=made.settings.public_url)
        records = _records(visitor)
        _measured(visitor, records, 3, _PRODUCT)
        rows = _rows("tile and SVG, at rest", _measured(visitor, records, renders, None), 0.3)
        at_rest = _measured(visitor, records, renders, _PRODUCT)
        rows += _rows("with a sketch, at rest", at_rest, 0.3)
        busy = _beside_a_job(made, visitor, records, renders)
        return rows + _rows("with a sketch, while a job runs", busy, 0.6)


if __name__ == "__main__":
    command("render", measure)
