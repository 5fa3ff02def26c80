"""Tokenizers of language models: from tokenizer.json, or faster from a SentencePiece model.

The package tokenizers takes about 1 s and 300 MB to load Gemma's 262,144 tokens,
SentencePiece 0.05 s and 50 MB. Both give the same tokens.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

__all__ = ["SENTENCEPIECE", "Tokenizer", "load_tokenizer", "save_sentencepiece"]

JSON = "tokenizer.json"
SENTENCEPIECE = "sentencepiece-1.model"
"""The number is the format version of the converted file."""
_SPACE = "▁"
_NORMAL, _UNKNOWN, _USER_DEFINED, _BYTE = 1, 2, 4, 6
_BPE = 2
_SPECIAL_SCORE = 1.0
"""Marks special tokens; the scores of user-defined tokens have no other use."""
_NONE = (1 << 64) - 1
"""-1, as protocol buffers write it: the model has no such token."""


class Tokenizer(Protocol):
    """Converts texts to token ids and back; begin and end of text are not added."""

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids, without special tokens."""
        ...


def load_tokenizer(folder: Path) -> Tokenizer:
    """Load the converted tokenizer of a folder, or its tokenizer.json."""
    path = folder / SENTENCEPIECE
    return SentencePieceTokenizer(path) if path.exists() else JsonTokenizer(folder / JSON)


class JsonTokenizer:
    """A tokenizer of the package tokenizers."""

    def __init__(self, path: Path) -> None:
        import tokenizers

        self._tokenizer = tokenizers.Tokenizer.from_file(str(path))

    def encode(self, text: str) -> list[int]:
        """See `Tokenizer.encode`."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """See `Tokenizer.decode`."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return text


class SentencePieceTokenizer:
    """A tokenizer that `save_sentencepiece` converted."""

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._processor: Any = SentencePieceProcessor(model_file=str(path))

    def encode(self, text: str) -> list[int]:
        """See `Tokenizer.encode`."""
        ids: list[int] = self._processor.encode(text)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """See `Tokenizer.decode`.

        SentencePiece itself decodes bytes that are not valid UTF-8 in another way.
        """
        return "".join(
            _utf8(bytes(int(self._piece(index)[3:5], 16) for index in run))
            if is_byte
            else "".join(map(self._text, run))
            for is_byte, run in groupby(
                (index for index in ids if not self._is_special(index)), self._processor.is_byte
            )
        )

    def _piece(self, index: int) -> str:
        piece: str = self._processor.id_to_piece(index)
        return piece

    def _text(self, index: int) -> str:
        return self._piece(index).replace(_SPACE, " ")

    def _is_special(self, index: int) -> bool:
        """Return whether a token is special; see `_SPECIAL_SCORE`."""
        return self._processor.get_score(index) == _SPECIAL_SCORE


def _utf8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}" * len(content)


def save_sentencepiece(source: Path, target: Path) -> None:
    """Convert the tokenizer.json that transformers makes of Gemma's tokens.

    In it the merges are all pairs of tokens that form a token, the lowest id first: what
    SentencePiece does by itself if the score of a token is its negative id.

    Raises:
        ValueError: the tokenizer is of another kind.
    """
    document = json.loads(source.read_text(encoding="utf-8"))
    model = document["model"]
    if model["type"] != "BPE" or not model["byte_fallback"] or document["pre_tokenizer"] is None:
        raise ValueError(f"{source} is not a tokenizer of Gemma")
    target.write_bytes(b"".join(_model(model["vocab"], document["added_tokens"])))


def _model(vocabulary: Mapping[str, int], added: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the fields of a `ModelProto` of sentencepiece_model.proto."""
    added_ids = {token["id"]: bool(token["special"]) for token in added}
    for text, index in sorted(vocabulary.items(), key=lambda item: item[1]):
        if index in added_ids:
            yield _piece(text, _SPECIAL_SCORE if added_ids[index] else -index, _USER_DEFINED)
        else:
            yield _piece(text, -index, _BYTE if _is_byte(text) else _NORMAL)
    # SentencePiece needs a token for what is unknown; with tokens for all bytes nothing is.
    yield _piece("<nothing>", 0.0, _UNKNOWN)
    trainer = [
        _number(3, _BPE),
        _number(35, 1),  # byte_fallback
        _number(40, len(vocabulary)),  # unk_id
        *(_number(name, _NONE) for name in (41, 42, 43)),  # bos_id, eos_id, pad_id
    ]
    normalizer = [
        _field(1, b"identity"),
        _number(3, 0),  # add_dummy_prefix
        _number(4, 0),  # remove_extra_whitespaces
        _number(5, 1),  # escape_whitespaces
    ]
    yield _field(2, b"".join(trainer))
    yield _field(3, b"".join(normalizer))


def _is_byte(text: str) -> bool:
    return len(text) == len("<0x00>") and text.startswith("<0x") and text.endswith(">")


def _piece(text: str, score: float, kind: int) -> bytes:
    content = _field(1, text.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", score)
    return _field(1, content + _number(3, kind))


def _field(name: int, content: bytes) -> bytes:
    return _varint(name << 3 | 2) + _varint(len(content)) + content


def _number(name: int, value: int) -> bytes:
    return _varint(name << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """Return a number as protocol buffers encode it: seven bits a byte, the lowest first."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    content.append(value)
    return bytes(content)
