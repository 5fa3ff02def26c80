"""Baseline: the stages called as functions in one process, without queue and storage.

Run as a subprocess that responds on standard output: python -m benchmarks.plain
"""

from __future__ import annotations

import importlib
import os
import pickle
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from benchmarks.briefs import Asked
from benchmarks.installation import CACHE, ROOT
from shared.briefs.parser import parse_brief
from shared.pipelines import PIPELINES
from worker.execution.contracts import DesignOptions, StageCall, StageResult
from worker.execution.progress import ignore_progress

__all__ = ["BATCH", "STAGES", "Apart", "Plain", "after", "apart", "call_of"]

STAGES = tuple(spec.name for spec in PIPELINES["design"].stages)
BATCH = 8
"""Maximum batch size: the worker's limit before it has measured a stage."""


def call_of(asked: Asked) -> StageCall:
    """Return the first stage's call of a request."""
    understood = parse_brief(asked.brief)
    return StageCall(
        job_id=str(asked.seed),
        brief=asked.brief,
        options=DesignOptions(
            variants=asked.variants,
            seed=asked.seed,
            product=understood.product or "phone-case",
            reference_strength=asked.reference_strength,
            size=asked.size,
        ),
        understood=understood,
        reference=asked.reference,
        outputs={},
        artifacts={},
        job_url="",
    )


class Plain:
    """The bundled models, loaded on one CPU thread."""

    def __init__(self) -> None:
        import torch

        from worker.evaluation.stages import load_bundled_models
        from worker.models.weight_locator import bundled_folder

        torch.set_num_threads(1)
        self.models = load_bundled_models(bundled_folder(), CACHE / "models")

    def stage(self, name: str, calls: Sequence[StageCall]) -> list[StageCall]:
        """Run one stage over a batch; return the calls with its results."""
        run = importlib.import_module(f"worker.stages.{name}").run
        results = run(calls, self.models, ignore_progress)
        return [after(call, name, done) for call, done in zip(calls, results, strict=True)]

    def designs(self, asked: Sequence[Asked]) -> list[int]:
        """Run every stage over one batch; return the bytes of each job's pictures."""
        calls = [call_of(one) for one in asked]
        for name in STAGES:
            if name != "vision":
                calls = self.stage(name, calls)
                continue
            seen = iter(self.stage(name, [call for call in calls if call.reference is not None]))
            calls = [call if call.reference is None else next(seen) for call in calls]
        return [sum(map(len, call.artifacts.values())) for call in calls]


def after(call: StageCall, name: str, done: StageResult) -> StageCall:
    made = {(one.kind, one.variant): one.content for one in done.artifacts}
    return replace(
        call,
        outputs={**call.outputs, name: done.output},
        artifacts={**call.artifacts, **made},
    )


@dataclass(frozen=True, kw_only=True)
class Apart:
    """`Plain` in a subprocess, whose thread count is set before torch is imported."""

    process: subprocess.Popen[bytes]

    def design(self, asked: Sequence[Asked]) -> float:
        """Run jobs in batches; return the seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        _put(self.process.stdin, list(asked))
        return float(_got(self.process.stdout))


@contextmanager
def apart() -> Iterator[Apart]:
    """Start the subprocess; it loads the models at the first request."""
    told = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.plain"],
        env=os.environ | told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Apart(process=process)
        assert process.stdin is not None
        process.stdin.close()


def _put(stream: BinaryIO | Any, document: object) -> None:
    content = pickle.dumps(document)
    stream.write(struct.pack("!Q", len(content)) + content)
    stream.flush()


def _got(stream: BinaryIO | Any) -> Any:
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError("the other process ended")
    return pickle.loads(stream.read(struct.unpack("!Q", head)[0]))


def main() -> None:
    """Respond to each list of requests with its run time in seconds."""
    asked_at, told_at = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # other output goes to standard error
    plain = Plain()
    while True:
        try:
            asked = _got(asked_at)
        except EOFError:
            return
        began = time.perf_counter()
        for start in range(0, len(asked), BATCH):
            plain.designs(asked[start : start + BATCH])
        _put(told_at, time.perf_counter() - began)


if __name__ == "__main__":
    main()
