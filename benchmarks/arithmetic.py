"""Measures the captioner's and the generator's FLOP/s as a share of one thread's peak.

Run: OMP_NUM_THREADS=1 python -m benchmarks.arithmetic

The peak is that of a large float32 matrix product in the same run. torch.utils.flop_counter counts
the operations, except those of the captioner's 8-bit layers, which are computed from their sizes.
Times are CPU times, so that other load has little effect.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from worker.evaluation.stages import load_bundled_models
from worker.models.captioner.model import PrefixCaptioner
from worker.models.generator.records import RecordGenerator
from worker.models.weight_locator import bundled_folder

__all__ = ["measure"]

BRIEF = "Tote bag, cotton: terrazzo in terracotta, cream and sage, playful"
VARIANTS = 4
DRAFTS = VARIANTS + 2
SIDE_PX = 256
_ROUNDS = 3


def measure(cache: Path | None = None) -> list[dict[str, Any]]:
    """Run the benchmark; return rows of name, value, goal, better and unit.

    Args:
        cache: folder of converted models; None: convert them, which takes a minute.
    """
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        models = load_bundled_models(bundled_folder(), cache or Path(folder))
        peak = _peak()
        rows = [_row("peak of one thread, float32", peak / 1e9, "GFLOP/s")]
        for name, job in (
            ("captioner", _expansion(models.captioner)),
            ("generator", _tiles(models.generator)),
        ):
            operations, seconds = job
            rows += [
                _row(f"{name}: operations a job", operations / 1e9, "GFLOP", better="lower"),
                _row(f"{name}: time a job", seconds, "s", better="lower"),
                _row(f"{name}: share of peak", operations / seconds / peak, "share"),
            ]
    return rows


def _row(name: str, value: float, unit: str, better: str = "higher") -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "goal": None, "better": better, "unit": unit}


def _peak(side: int = 1536) -> float:
    """Return the FLOP/s of a square matrix product."""
    one, other = torch.randn(side, side), torch.randn(side, side)
    return 2 * side**3 / _least(lambda: one @ other)


def _least(work: Callable[[], object]) -> float:
    """Return the minimum CPU time of several runs after a warm-up, in s."""
    work()
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def _expansion(captioner: Any) -> tuple[float, float]:
    """Count and time the caption drafts of a job without reference."""
    assert isinstance(captioner, PrefixCaptioner)

    def write() -> list[str]:
        return captioner.expand([BRIEF] * DRAFTS, ["en"] * DRAFTS, list(range(DRAFTS)))

    packed = {torch.ops.quantized.linear_dynamic: _packed_operations}
    with FlopCounterMode(display=False, custom_mapping=packed) as counter:
        write()
    return float(counter.get_total_flops()), _least(write)


def _packed_operations(given: Sequence[int], *_: object, out_shape: Sequence[int]) -> int:
    """Return the operations of an 8-bit layer by the shapes of what it takes and returns."""
    return 2 * prod(given) * out_shape[-1]


def _tiles(generator: Any) -> tuple[float, float]:
    """Count and time the generation of a job's variants."""
    assert isinstance(generator, RecordGenerator)
    field = generator.field
    shape = field.network.reader.shape
    code = torch.randn(shape.code_tokens, shape.code_width, generator=torch.manual_seed(0))

    def draw() -> None:
        for variant in range(VARIANTS):
            field.render(field.design(code, 7, variant), SIDE_PX)

    with FlopCounterMode(display=False) as counter:
        draw()
    return float(counter.get_total_flops()), _least(draw)


def main() -> None:
    """Print one line per row."""
    for row in measure():
        told: Mapping[str, Any] = row
        print(json.dumps(told))


if __name__ == "__main__":
    main()
