"""The stages in BentoML: two workers, adaptive batching of up to eight jobs.

Not covered: storage, retries, cancellation, job state, recovery from a crash. A request is one
connection that waits for its pictures.

Run: python -m benchmarks.rivals.bentoml_app <port>
"""

from __future__ import annotations

import os
import sys
from typing import Any

import bentoml

from benchmarks.plain import BATCH, Plain
from benchmarks.rivals import WORKERS, asked_of

_PATIENCE_S = 900


@bentoml.service(workers=WORKERS, traffic={"timeout": _PATIENCE_S})
class Design:
    """Worker process with loaded models."""

    def __init__(self) -> None:
        self._plain = Plain()

    @bentoml.api(
        route="/design",
        batchable=True,
        max_batch_size=BATCH,
        max_latency_ms=1000 * _PATIENCE_S,  # rejects what it expects to exceed this
    )
    def design(self, given: list[dict[str, Any]]) -> list[int]:
        """Run one batch."""
        return self._plain.designs([asked_of(each) for each in given])


if __name__ == "__main__":
    line = (sys.executable, "-m", "bentoml", "serve", "benchmarks.rivals.bentoml_app:Design")
    os.execv(line[0], [*line, "--host", "127.0.0.1", "--port", sys.argv[1]])
