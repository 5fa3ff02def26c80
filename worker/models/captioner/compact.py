"""Compact Gemma 3 for the CPU: int8 body with merged adapters, embeddings read from the file.

The merged and quantised body is converted once per pair of model and adapters and cached as a
second file. The embeddings, two thirds of all weights, are not loaded: rows are read on demand from
the original file through the page cache of the operating system.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from worker.models.captioner.gemma import FUSED, NORMS, GemmaBody, GemmaShape, KeyValues
from worker.models.captioner.int8 import quantise_int8
from worker.models.captioner.language_model import Sampling, TextGenerator
from worker.models.captioner.tokenizer import Tokenizer, load_tokenizer
from worker.models.checksums import has_valid_checksum, write_with_checksum
from worker.models.cpu_threads import follow_load, threads_restored

__all__ = ["CompactGemma", "Rows", "compact_shape", "load_compact"]

BODY = "body-int8-1.safetensors"
"""The number is the format version of the converted file."""
WEIGHTS = "model.safetensors"
_EMBEDDINGS = "model.embed_tokens.weight"
_DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


class Rows:
    """Rows of a matrix in a safetensors file, read on demand.

    The file stays open for the lifetime of the object.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Open the file and locate the matrix.

        Raises:
            KeyError: the tensor is missing or has an unsupported dtype.
        """
        self._file = path.open("rb")
        length = int.from_bytes(self._file.read(8), "little")
        entry = json.loads(self._file.read(length))[name]
        self.count, self.width = entry["shape"]
        self._dtype = _DTYPES[entry["dtype"]]
        self._start = 8 + length + entry["data_offsets"][0]
        self._row_bytes = self.width * self._dtype.itemsize

    def __call__(self, ids: Sequence[int]) -> Tensor:
        """Return rows (T, width) in the dtype of the file.

        Raises:
            IndexError: a row index is out of range.
        """
        if any(not 0 <= index < self.count for index in ids):
            raise IndexError(f"rows {list(ids)} are not all below {self.count}")
        row_bytes, descriptor = self._row_bytes, self._file.fileno()
        content = bytearray().join(
            os.pread(descriptor, row_bytes, self._start + i * row_bytes) for i in ids
        )
        if not content:
            return torch.empty(0, self.width, dtype=self._dtype)
        return torch.frombuffer(content, dtype=self._dtype).view(-1, self.width)


class CompactGemma(TextGenerator):
    """Gemma 3 on the CPU, without transformers."""

    def __init__(
        self, body: GemmaBody, embeddings: Rows, tokenizer: Tokenizer, vocabulary: Sequence[int]
    ) -> None:
        """Assemble the model; generation is restricted to the vocabulary and the end of text."""
        shape = body.shape
        ids = sorted({*vocabulary, shape.eos})
        rows = embeddings(ids).bfloat16().float()
        super().__init__(tokenizer, rows, torch.device("cpu"))
        self._restricted = torch.tensor(ids)
        self.body = body
        self.bos, self.eos = shape.bos, shape.eos
        self._embeddings = embeddings
        self._scale = torch.tensor(sqrt(shape.width)).bfloat16()

    def embed(self, ids: Sequence[int]) -> Tensor:
        """See `TextGenerator.embed`."""
        return (self._embeddings(ids).bfloat16() * self._scale).float()

    def logits(self, hidden: Tensor) -> Tensor:  # (R, width)
        """See `TextGenerator.logits`."""
        # for a few texts twice as fast as the product in the other order
        return (self._rows @ hidden.T).T

    def _begin(self, count: int, room: int) -> KeyValues:
        return self.body.begin(count, room)

    def _fork(self, cache: KeyValues, count: int, sources: Sequence[int]) -> None:
        cache.fork(count, sources)

    def write(
        self, prompts: Sequence[Tensor], sampling: Sampling, seeds: Sequence[int]
    ) -> list[str]:
        """See `TextGenerator.write`; its threads follow the load, which changes no text."""
        with threads_restored():
            return super().write(prompts, sampling, seeds)

    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, cache: KeyValues) -> Tensor:
        follow_load()
        return self.body(inputs, mask, positions, cache)[:, -1]


def compact_shape(folder: Path) -> GemmaShape | None:
    """Return the shape of a Gemma 3 folder that can be converted; None if it cannot."""
    if not (folder / WEIGHTS).is_file():
        return None
    shape = GemmaShape.read(folder / "config.json")
    with safe_open(folder / WEIGHTS, "pt") as weights:
        tied = "lm_head.weight" not in weights.keys()  # noqa: SIM118 (not a mapping)
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
        folder: config.json, model.safetensors and a tokenizer.
        shape: see `compact_shape`.
        tensors: "lora.<layer>.down" and ".up" of the adapters, and "vocabulary".
        lora_scale: scale of the adapters.
        cache: folder of this pair of language model and adapters.

    Side effects: the first load writes the converted body into the cache.
    """
    path = cache / BODY
    if not has_valid_checksum(path, cache.parent.parent):
        converted = dict(_convert(folder / WEIGHTS, shape, tensors, lora_scale))
        write_with_checksum(path, lambda partial: save_file(converted, partial))
    return CompactGemma(
        GemmaBody(shape, load_file(path)),
        Rows(folder / WEIGHTS, _EMBEDDINGS),
        load_tokenizer(folder),
        tensors["vocabulary"].tolist(),
    )


def _convert(
    weights: Path, shape: GemmaShape, tensors: Mapping[str, Tensor], lora_scale: float
) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of `GemmaBody`, layer by layer."""
    with safe_open(weights, "pt") as source:

        def read(name: str) -> Tensor:
            weight: Tensor = source.get_tensor(f"model.{name}.weight").bfloat16().float()
            return weight

        def merged(name: str) -> Tensor:
            # rounded as in `worker.models.captioner.lora.merge`
            if (down := tensors.get(f"lora.{name}.down")) is None:
                return read(name)
            correction = tensors[f"lora.{name}.up"].float() @ down.float() * lora_scale
            return (read(name) + correction).bfloat16().float()

        for number in range(len(shape.sliding)):
            layer = f"layers.{number}"
            for part, names in FUSED.items():
                rows = torch.cat([merged(f"{layer}.{name}") for name in names])
                weight, scale = quantise_int8(rows)
                yield f"{layer}.{part}.weight", weight
                yield f"{layer}.{part}.scale", scale
            for part, name in NORMS.items():
                yield f"{layer}.{part}.factor", 1.0 + read(f"{layer}.{name}")
        yield "norm.factor", 1.0 + read("norm")
