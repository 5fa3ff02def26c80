"""multilingual-e5-small on the CPU: int8 layers, embeddings of words read from the packed file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from worker.models.captioner.int8 import PackedLinear, quantise_int8
from worker.models.checksums import has_valid_checksum, write_with_checksum
from worker.models.e5_file import E5File
from worker.models.unigram import UnigramTokenizer

__all__ = ["CompactE5", "load_compact_e5"]

QUERY_PREFIX = "query: "
"""E5 was trained with a prefix on each text; this is the one for symmetric comparison."""
_LAYERS = "layers-int8-1.safetensors"
"""The number is the format version of the converted file."""
_LINEAR = {
    "attend": ("q", "k", "v"),
    "attended": ("ao",),
    "widen": ("fi",),
    "narrow": ("fo",),
}
"""The linear layers of a block, by the names of their parts in the packed file."""
_CALIBRATION = (
    "phone case: aluminium, translucent; abstract geometric pattern, colour gradient; waterproof",
    "手机壳，材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑",
    "A seamless pattern of foxes, lemons and cranes in #1F3A5F, teal and mustard, 70 % navy!",
    "仙鹤与祥云，红色金色，藏青底，只用三种颜色，不要渐变。",
    "blue",
    "a calm pattern of soft dots in shades of plum",
)
"""Texts of which the ranges of activations are taken."""
_MIGRATION = 0.7
"""How much of the differences between the channels of activations moves into the weights."""

Linear = Callable[[int, str, Tensor], Tensor]
"""Computes a linear layer: number of the block, name of the layer, (T, D_in) -> (T, D_out)."""


class CompactE5:
    """multilingual-e5-small with int8 layers; its threads are those of torch."""

    def __init__(self, file: E5File, layers: Mapping[str, Tensor]) -> None:
        """Assemble the encoder from its file and the converted layers of `_convert`."""
        self._encoder = _Encoder(file)
        self._tokenizer = _tokenizer(file)
        self._marks = file.begin, file.end
        self.width = file.shape.width
        self._window = file.shape.positions - len(self._marks)
        self._linear = {
            (number, name): (
                layers[f"{number}.{name}.smoothing"].clone(),  # else the whole file stays mapped
                PackedLinear(
                    layers[f"{number}.{name}.weight"],
                    layers[f"{number}.{name}.scale"],
                    layers[f"{number}.{name}.bias"].clone(),
                ),
            )
            for number in range(file.shape.layers)
            for name in _LINEAR
        }

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `worker.models.text_encoder.TextEncoder.embed`.

        Texts beyond 510 tokens are averaged over windows of so many.
        """
        rows = np.empty((len(texts), self.width), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._embed(text).numpy()
        return rows

    def _embed(self, text: str) -> Tensor:
        begin, end = self._marks
        ids = self._tokenizer.encode(QUERY_PREFIX + text)
        windows = [ids[at : at + self._window] for at in range(0, len(ids), self._window)]
        total = sum(
            len(each) * self._encoder([begin, *each, end], self._multiply).mean(0)
            for each in windows
        )
        assert isinstance(total, Tensor)  # the prefix has tokens
        return F.normalize(total, dim=0)

    def _multiply(self, number: int, name: str, x: Tensor) -> Tensor:
        smoothing, linear = self._linear[number, name]
        return linear(x * smoothing)


class _Encoder:
    """A BERT encoder without its linear layers."""

    def __init__(self, file: E5File) -> None:
        self._file, self._shape = file, file.shape
        width = self._shape.width
        types = file.vector("emb.type").view(-1, width)
        self._positions = file.vector("emb.pos").view(-1, width) + types[0]
        norms = ["emb.ln"]
        for number in range(self._shape.layers):
            norms += [f"l{number}.aln", f"l{number}.oln"]
        self._norms = {name: (file.vector(f"{name}.w"), file.vector(f"{name}.b")) for name in norms}

    def __call__(self, ids: Sequence[int], linear: Linear) -> Tensor:
        """Return the last hidden states (T, width) of a text with its marks."""
        words = self._file.rows("emb.word", self._shape.width, ids)
        x = self._norm("emb.ln", words + self._positions[: len(ids)])
        for number in range(self._shape.layers):
            attended = self._attend(linear(number, "attend", x))
            x = self._norm(f"l{number}.aln", x + linear(number, "attended", attended))
            inner = F.gelu(linear(number, "widen", x))
            x = self._norm(f"l{number}.oln", x + linear(number, "narrow", inner))
        return x

    def _attend(self, projected: Tensor) -> Tensor:  # (T, 3 * width) -> (T, width)
        heads = projected.view(1, len(projected), 3, self._shape.heads, -1)
        queries, keys, values = heads.permute(2, 0, 3, 1, 4)  # each (1, heads, T, width / heads)
        attended = F.scaled_dot_product_attention(queries, keys, values)
        return attended.transpose(1, 2).reshape(len(projected), -1)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = self._norms[name]
        return F.layer_norm(x, weight.shape, weight, bias, self._file.epsilon)


def load_compact_e5(path: Path, cache: Path) -> CompactE5:
    """Load a packed file.

    Args:
        cache: folder of this file for its converted copy.

    Raises:
        OSError: the file is missing or unreadable.
        ValueError: it is no packed E5 model.

    Side effects: the first load writes the converted layers into the cache.
    """
    file, converted = E5File(path), cache / _LAYERS
    if not has_valid_checksum(converted, cache.parent.parent):
        layers = dict(_convert(file))
        write_with_checksum(converted, lambda partial: save_file(layers, partial))
    return CompactE5(file, load_file(converted))


def _tokenizer(file: E5File) -> UnigramTokenizer:
    return UnigramTokenizer(
        file.pieces, file.scores, unknown=file.unknown, replacements=file.replacements
    )


@torch.inference_mode()
def _convert(file: E5File) -> Iterator[tuple[str, Tensor]]:
    """Yield the int8 layers, each after the smoothing of its input.

    A few channels of the activations are a hundred times larger than the others, which one scale
    for all would round to nothing. So part of each channel's range moves into the weights (Xiao et
    al., "SmoothQuant", 2023), by powers of two, which round nothing.
    """
    layers = {
        (number, name): _layer(file, number, parts)
        for number in range(file.shape.layers)
        for name, parts in _LINEAR.items()
    }
    ranges = _ranges(file, layers)
    for (number, name), (weight, bias) in layers.items():
        channels = weight.abs().amax(0).clamp_min(1e-5)
        strength = ranges[number, name] ** _MIGRATION / channels ** (1 - _MIGRATION)
        factor = torch.exp2(torch.round(torch.log2(strength / strength.median())))
        quantised, scale = quantise_int8(weight * factor)
        yield f"{number}.{name}.weight", quantised
        yield f"{number}.{name}.scale", scale
        yield f"{number}.{name}.bias", bias
        yield f"{number}.{name}.smoothing", 1 / factor


def _layer(file: E5File, number: int, parts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Return the weight (D_out, D_in) and the bias (D_out,) of a linear layer."""
    width = file.shape.inner if parts == _LINEAR["narrow"] else file.shape.width
    names = [f"l{number}.{part}" for part in parts]
    weight = torch.cat([file.matrix(f"{name}.w", width) for name in names])
    return weight, torch.cat([file.vector(f"{name}.b") for name in names])


def _ranges(
    file: E5File, layers: Mapping[tuple[int, str], tuple[Tensor, Tensor]]
) -> dict[tuple[int, str], Tensor]:
    """Return the largest absolute input (D_in,) of each layer over the texts of the calibration."""
    ranges = {key: torch.full_like(weight[0], 1e-5) for key, (weight, _) in layers.items()}

    def linear(number: int, name: str, x: Tensor) -> Tensor:
        torch.maximum(ranges[number, name], x.abs().amax(0), out=ranges[number, name])
        return F.linear(x, *layers[number, name])

    encoder, tokenizer = _Encoder(file), _tokenizer(file)
    for text in _CALIBRATION:
        encoder([file.begin, *tokenizer.encode(QUERY_PREFIX + text), file.end], linear)
    return ranges
