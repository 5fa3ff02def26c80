"""Stages whose behaviour the brief commands, for tests of real workers without big weights.

`CODESIGNER_STAGES=stages_for_worker:STAGES` puts them in the place of the real ones.
"""

import hashlib
import json
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, Reporter
from worker.imaging.metadata import PictureMetadata
from worker.imaging.png import write_png
from worker.stages import StageEntry

SOFT_S, HARD_S = 2.0, 4.0


def _obey(call: StageCall, stage: str, batch: int, on_progress: OnProgress) -> None:
    """Execute the commands for this stage, such as "caption:raise" or "fusion:kill-once:/path".

    The command "memory" raises an out-of-memory error for more than one job.
    """
    for word in call.brief.split():
        where, _, rest = word.partition(":")
        command, _, argument = rest.partition(":")
        if where != stage:
            continue
        if command == "raise":
            raise RuntimeError("commanded to raise")
        if command == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if command == "kill-once" and Path(argument).exists():
            Path(argument).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if command == "sleep":
            time.sleep(float(argument))
        if command == "advance":
            _advance(call.options.variants, float(argument), on_progress)
        if command == "linger":
            _linger(Path(argument))
        if command == "hang-once" and Path(argument).exists():
            Path(argument).unlink()
            sum(range(10**13))  # one call in C that never releases the GIL
        if command == "grind-once" and Path(argument).exists():
            Path(argument).unlink()
            hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # one that does, like torch
        if command == "memory" and batch > 1:
            raise MemoryError


def _advance(steps: int, each_s: float, on_progress: OnProgress) -> None:
    for step in range(steps):
        time.sleep(each_s)
        on_progress((step + 1) / steps)


def _linger(mark: Path) -> None:
    """Compute until interrupted, and write the time of the interruption to a file."""
    try:
        time.sleep(3600)
    finally:
        mark.write_text(str(time.time()))


def _run(stage: str, calls: Sequence[StageCall], on_progress: OnProgress) -> list[StageResult]:
    results = []
    for call in calls:
        _obey(call, stage, len(calls), on_progress)
        seen = {"brief": call.brief, "seed": call.options.seed, "earlier": sorted(call.outputs)}
        results.append(
            StageResult(
                output=json.dumps(seen | {"batch": len(calls)}).encode(),
                media_type="application/json",
                details={"calls": len(calls)},
                description=f"described: {call.brief}" if stage == "caption" else None,
            )
        )
    return results


def caption(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    return _run("caption", calls, on_progress)


def vision(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    assert all(call.reference is not None for call in calls)
    return _run("vision", calls, on_progress)


def fusion(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    return _run("fusion", calls, on_progress)


def generate(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    return _run("generate", calls, on_progress)


def draw(calls: Sequence[StageCall], models: Models, on_progress: Reporter) -> list[StageResult]:
    """Draw noise, and publish the tiles of a job before a command such as "draw:raise"."""
    tiles = [_tiles(call) for call in calls]
    for call, files in zip(calls, tiles, strict=True):
        on_progress.publish(call.job_id, files)
    return [
        replace(plain, artifacts=tuple(files))
        for plain, files in zip(_run("draw", calls, on_progress), tiles, strict=True)
    ]


def _tiles(call: StageCall) -> list[StageArtifact]:
    tiles = []
    for variant in range(call.options.variants):
        random = np.random.default_rng((call.options.seed, variant))
        pixels = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        # A constant URL instead of the job's own, so that jobs with one seed have equal bytes.
        metadata = PictureMetadata(
            brief=call.brief, seed=call.options.seed, variant=variant, job_url="http://x/"
        )
        tiles.append(
            StageArtifact(
                kind="tile",
                variant=variant,
                content=write_png(pixels, metadata),
                media_type="image/png",
                width=16,
                height=16,
            )
        )
    return tiles


def present(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    assert all(("tile", 0) in call.artifacts for call in calls)
    return _run("present", calls, on_progress)


def print_file(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    return _run("print", calls, on_progress)


def render(calls: Sequence[StageCall], models: Models, on_progress: Reporter) -> list[StageResult]:
    """Draw noise for a submitted record, and publish it."""
    for call in calls:
        assert ("design", 0) in call.artifacts
        on_progress.publish(call.job_id, _tiles(call)[:1])
    return [
        replace(plain, artifacts=tuple(_tiles(call)[:1]))
        for plain, call in zip(_run("render", calls, on_progress), calls, strict=True)
    ]


STAGES = {
    name: StageEntry(
        path=f"stages_for_worker:{function}", roles=(), soft_limit_s=SOFT_S, hard_limit_s=HARD_S
    )
    for name, function in {
        **{each: each for each in ("caption", "vision", "fusion", "generate", "draw", "present")},
        "print": "print_file",
        "render": "render",
    }.items()
}
PATIENT = {
    name: replace(entry, soft_limit_s=100.0, hard_limit_s=110.0) for name, entry in STAGES.items()
}
"""The same, whose time limits no test waits for."""
