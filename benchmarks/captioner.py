"""Measures how fast drafts are written, against other arithmetic for the decoder's layers.

Run: OMP_NUM_THREADS=1 python -m benchmarks captioner

Times are CPU times of one thread, so that other load has less effect.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.briefs import BRIEFS, Asked
from benchmarks.plain import call_of
from worker.evaluation.stages import load_bundled_models
from worker.execution.contracts import StageCall
from worker.models.captioner.int8 import PackedLinear, quantise_int8
from worker.models.captioner.model import PrefixCaptioner
from worker.models.weight_locator import bundled_folder
from worker.stages import caption

__all__ = ["SMALL", "measure"]

SMALL = {"briefs": BRIEFS[:4]}
DRAFTS = 6
_SHAPES = ((640, 1536), (1024, 640), (640, 4096), (2048, 640))
"""Inputs and outputs of the linear layers of one block of the default language model."""
_BLOCKS = 18
_ROUNDS = 7


def measure(briefs: Sequence[str] = BRIEFS, cache: Path | None = None) -> list[dict[str, Any]]:
    """Run the benchmark; return rows of name, value, goal, better and unit.

    Args:
        briefs: what is expanded.
        cache: folder of converted models; None: convert them, which takes a minute.
    """
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        models = load_bundled_models(bundled_folder(), cache or Path(folder))
        calls = [
            call_of(Asked(brief=brief, seed=seed, reference=None))
            for seed, brief in enumerate(briefs)
        ]
        expanded = [call for call in calls if not call.understood.motifs]
        caption.run(expanded[:1], models)  # loads the models
        seconds = [_seconds(partial(caption.run, [call], models)) for call in calls]
        return [
            _row("captioner: six drafts of a brief, median", statistics.median(seconds), "s"),
            _row("captioner: six drafts of a brief, mean", statistics.mean(seconds), "s"),
            _row("captioner: briefs without drafts", 1 - len(expanded) / len(calls), "share"),
            *_rates(models.captioner, expanded),
            *_texts(models.text_encoder),
            *_layers(),
        ]


def _row(name: str, value: float, unit: str, better: str = "lower") -> dict[str, Any]:
    return {"name": name, "value": round(value, 4), "goal": None, "better": better, "unit": unit}


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _rates(captioner: Any, calls: Sequence[StageCall]) -> list[dict[str, Any]]:
    """Return what is written a second, and the rows that are computed for six drafts."""
    assert isinstance(captioner, PrefixCaptioner)
    tokens, seconds = 0, 0.0
    model = captioner.language_model
    with _counted_rows(model) as rows:
        for call in calls:
            language = call.understood.language
            seeds = range(DRAFTS)
            began = time.process_time()
            texts = captioner.expand([call.brief] * DRAFTS, [language] * DRAFTS, seeds)
            seconds += time.process_time() - began
            tokens += sum(len(model.encode(text)) for text in texts)
    return [
        _row("captioner: tokens", tokens / seconds, "tokens/s", better="higher"),
        _row("captioner: drafts", len(calls) * DRAFTS / seconds, "drafts/s", better="higher"),
        _row("captioner: rows computed for six drafts, mean", statistics.mean(rows), "rows"),
    ]


@contextmanager
def _counted_rows(model: Any) -> Any:
    """Collect the number of rows of each step."""
    rows: list[int] = []
    logits = model.logits

    def counting(hidden: Tensor) -> Tensor:
        rows.append(len(hidden))
        result: Tensor = logits(hidden)
        return result

    model.logits = counting
    try:
        yield rows
    finally:
        del model.logits


def _texts(encoder: Any) -> list[dict[str, Any]]:
    """Time the embedding of a text, alone and among six."""
    text = (
        "A pattern of waves in shades of navy and gold, with a vertical gradient and high contrast."
    )
    rows = []
    for count in (1, DRAFTS):
        texts = [f"{text} {number}" for number in range(count)]
        seconds = min(_seconds(partial(encoder.embed, texts)) for _ in range(_ROUNDS)) / count
        rows.append(_row(f"text encoder: a text of {count}", seconds, "s"))
    return rows


def _layers() -> list[dict[str, Any]]:
    """Time all linear layers of the decoder for one row, three and a prompt, by arithmetic."""
    weights = [torch.randn(wide, narrow) * 0.05 for narrow, wide in _SHAPES for _ in range(_BLOCKS)]
    rows = []
    for name, convert in _ARITHMETIC.items():
        layers = [convert(weight) for weight in weights]
        for count in (1, 3, 26):
            inputs = {narrow: torch.randn(count, narrow) for narrow, _ in _SHAPES}

            def step(layers: Any = layers, inputs: Any = inputs) -> None:
                for weight, layer in zip(weights, layers, strict=True):
                    layer(inputs[weight.shape[1]])

            seconds = statistics.median(_seconds(step) for _ in range(_ROUNDS))
            rows.append(_row(f"linear layers, {name}, {count} rows", seconds * 1000, "ms"))
    return rows


def _int8(weight: Tensor, engine: str) -> Callable[[Tensor], Tensor]:
    usual, torch.backends.quantized.engine = torch.backends.quantized.engine, engine
    packed = PackedLinear(*quantise_int8(weight))
    torch.backends.quantized.engine = usual
    return packed


def _bfloat16(weight: Tensor) -> Callable[[Tensor], Tensor]:
    short = weight.bfloat16()
    return lambda x: F.linear(x.bfloat16(), short)


_ARITHMETIC: dict[str, Callable[[Tensor], Callable[[Tensor], Tensor]]] = {
    "int8": lambda weight: _int8(weight, torch.backends.quantized.engine),
    "int8 of oneDNN": lambda weight: _int8(weight, "onednn"),
    "bfloat16": _bfloat16,
    "float32": lambda weight: lambda x: F.linear(x, weight),
}


def main() -> None:
    """Print one line per row."""
    for row in measure():
        print(json.dumps(row))


if __name__ == "__main__":
    main()
