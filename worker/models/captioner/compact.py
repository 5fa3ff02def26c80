"""A Gemma 3 with adapters merged in, kept in the form that a processor writes with.

Beside the folder that transformers could load a second file holds the body's 8-bit layers, made
once for the adapters. Of the embeddings, two thirds of all weights, rows are read from the folder's
file as they are needed: the system keeps that file's pages, the process keeps none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from worker.models.captioner.gemma import FUSED, NORMS, GemmaBody, GemmaShape, KeyValues
from worker.models.captioner.int8 import eight_bits
from worker.models.captioner.language_model import Writer
from worker.models.checksums import intact, seal

__all__ = ["CompactGemma", "Rows", "compact_shape", "load_compact"]

BODY = "body-int8-1.safetensors"
"""The number is the form's: another form has another name."""
WEIGHTS = "model.safetensors"
_EMBEDDINGS = "model.embed_tokens.weight"
_DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


class Rows:
    """Rows of a matrix in a safetensors file, read when they are asked for.

    Holds the file open as long as it lives.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Find the matrix.

        Raises:
            KeyError: the file has no such tensor, or of another kind of numbers.
        """
        self._file = path.open("rb")
        length = int.from_bytes(self._file.read(8), "little")
        told = json.loads(self._file.read(length))[name]
        self.count, self.width = told["shape"]
        self._dtype = _DTYPES[told["dtype"]]
        self._start = 8 + length + told["data_offsets"][0]
        self._row_bytes = self.width * self._dtype.itemsize

    def __call__(self, ids: Sequence[int]) -> Tensor:
        """Give rows (T, width) in the file's own numbers.

        Raises:
            IndexError: there is no such row.
        """
        if any(not 0 <= each < self.count for each in ids):
            raise IndexError(f"rows {list(ids)} are not all among {self.count}")
        size, number = self._row_bytes, self._file.fileno()
        read = bytearray().join(os.pread(number, size, self._start + i * size) for i in ids)
        if not read:
            return torch.empty(0, self.width, dtype=self._dtype)
        return torch.frombuffer(read, dtype=self._dtype).view(-1, self.width)


class CompactGemma(Writer):
    """Gemma 3 on a processor, without transformers."""

    def __init__(
        self, body: GemmaBody, embeddings: Rows, tokenizer: Any, vocabulary: Sequence[int]
    ) -> None:
        """Take the parts; only tokens of the vocabulary, and the end of text, are written."""
        shape = body.shape
        ids = sorted({*vocabulary, shape.eos})
        rows = embeddings(ids).bfloat16().float()
        super().__init__(tokenizer, rows, torch.device("cpu"))
        self._restricted = torch.tensor(ids)
        self.body = body.eval()
        self.bos, self.eos = shape.bos, shape.eos
        self._embeddings = embeddings
        self._scale = torch.tensor(sqrt(shape.width)).bfloat16()

    def embed(self, ids: Sequence[int]) -> Tensor:
        """Embed as `Writer.embed` says."""
        return (self._embeddings(ids).bfloat16() * self._scale).float()

    def _begin(self, count: int, room: int) -> KeyValues:
        return self.body.begin(count, room)

    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, kept: KeyValues) -> Tensor:
        hidden: Tensor = self.body(inputs, mask, positions, kept)
        return hidden[:, -1]


def compact_shape(folder: Path) -> GemmaShape | None:
    """Tell whether a folder holds a Gemma 3 that can be kept so; None: it does not."""
    if not (folder / WEIGHTS).is_file():
        return None
    shape = GemmaShape.read(folder / "config.json")
    with safe_open(folder / WEIGHTS, "pt") as opened:
        tied = "lm_head.weight" not in opened.keys()  # noqa: SIM118 (no mapping)
    return shape if tied else None


def load_compact(
    folder: Path,
    shape: GemmaShape,
    tensors: Mapping[str, Tensor],
    *,
    lora_scale: float,
    cache: Path,
) -> CompactGemma:
    """Load a Gemma 3 with adapters.

    Args:
        folder: config.json, model.safetensors and tokenizer.json.
        shape: what `compact_shape` gave.
        tensors: "lora.<layer>.down" and ".up" of the adapters, and "vocabulary".
        lora_scale: of the adapters.
        cache: a folder of this pair of language model and adapters.

    Side effects: the first load writes the converted body into the cache.
    """
    from tokenizers import Tokenizer

    path = cache / BODY
    if not intact(path, cache.parent.parent):
        made = dict(_converted(folder / WEIGHTS, shape, tensors, lora_scale))
        seal(path, lambda partial: save_file(made, partial))
    return CompactGemma(
        GemmaBody(shape, load_file(path)),
        Rows(folder / WEIGHTS, _EMBEDDINGS),
        Tokenizer.from_file(str(folder / "tokenizer.json")),
        tensors["vocabulary"].tolist(),
    )


def _converted(
    weights: Path, shape: GemmaShape, tensors: Mapping[str, Tensor], lora_scale: float
) -> Iterator[tuple[str, Tensor]]:
    """Give the tensors that `GemmaBody` takes, one layer's after the other's."""
    with safe_open(weights, "pt") as opened:

        def read(name: str) -> Tensor:
            weight: Tensor = opened.get_tensor(f"model.{name}.weight").bfloat16().float()
            return weight

        def merged(name: str) -> Tensor:
            # rounded as `worker.models.captioner.lora.merge` rounds
            if (down := tensors.get(f"lora.{name}.down")) is None:
                return read(name)
            correction = tensors[f"lora.{name}.up"].float() @ down.float() * lora_scale
            return (read(name) + correction).bfloat16().float()

        for number in range(len(shape.sliding)):
            layer = f"layers.{number}"
            for part, names in FUSED.items():
                rows = torch.cat([merged(f"{layer}.{name}") for name in names])
                weight, scale = eight_bits(rows)
                yield f"{layer}.{part}.weight", weight
                yield f"{layer}.{part}.scale", scale
            for part, name in NORMS.items():
                yield f"{layer}.{part}.factor", 1.0 + read(f"{layer}.{name}")
        yield "norm.factor", 1.0 + read("norm")
