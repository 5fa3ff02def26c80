"""Benchmark of the stages with models on a GPU: milliseconds a job, alone and in a batch of eight.

Run: python -m benchmarks.gpu [--device cuda:0] [--rounds 5]   (or: make bench-gpu)

Rows name the card. The CPU's figures, in one thread, are measured in turns with the GPU's.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from functools import partial

from benchmarks.briefs import asked
from benchmarks.installation import CACHE
from benchmarks.plain import BATCH, after, call_of
from benchmarks.report import Row, command, measure_alternately
from worker.execution.contracts import Models, StageCall
from worker.execution.progress import ignore_progress

__all__ = ["measure"]

STAGES = ("caption", "vision", "fusion", "generate")
"""Stages with models, in the order of the pipeline; all jobs have a reference."""


def _models(device: str) -> Models:
    from worker.evaluation.stages import load_bundled_models
    from worker.models.weight_locator import bundled_folder

    return load_bundled_models(bundled_folder(), CACHE / "models", device)


def _run(name: str, calls: list[StageCall], models: Models) -> list[StageCall]:
    results = importlib.import_module(f"worker.stages.{name}").run(calls, models, ignore_progress)
    return [after(call, name, done) for call, done in zip(calls, results, strict=True)]


def _milliseconds(name: str, calls: list[StageCall], models: Models) -> float:
    """Return the milliseconds a job of one batch; results are on the CPU, so nothing is pending."""
    began = time.perf_counter()
    _run(name, calls, models)
    return 1000 * (time.perf_counter() - began) / len(calls)


def _card(device: str) -> str:
    import torch

    return "CPU" if device == "cpu" else torch.cuda.get_device_name(device)


def _quiet(_line: str) -> None:
    """Print no single measurement."""


def measure(device: str = "cuda:0", rounds: int = 5) -> list[Row]:
    """Measure each stage on the device and on the CPU in turns.

    Raises:
        RuntimeError: there is no such GPU.
    """
    import torch

    torch.set_num_threads(1)
    if device != "cpu" and not torch.cuda.is_available():
        raise RuntimeError("this machine has no GPU that torch can use")
    models = {each: _models(each) for each in dict.fromkeys((device, "cpu"))}
    rows: list[Row] = []
    for count in (1, BATCH):
        calls = [call_of(one) for one in asked(count, reference=True)]
        for name in STAGES:
            acts: dict[str, Callable[[], float]] = {
                _card(each): partial(_milliseconds, name, calls, own)
                for each, own in models.items()
            }
            _run(name, calls, models[device])  # warm-up
            for card, times in measure_alternately(rounds, acts, tell=_quiet).items():
                told = f"{card}, {name}, {count} jobs, a job"
                value = statistics.median(times)
                rows.append(Row(name=told, value=value, unit="ms", better="lower"))
                print(f"  {told}: {value:.1f} ms", flush=True)
            calls = _run(name, calls, models["cpu"])
    return rows


if __name__ == "__main__":
    command("gpu", measure)
