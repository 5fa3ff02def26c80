"""Gemma 3's decoder for a processor: linear layers of 8 bits, all else float32.

Source: Gemma Team, "Gemma 3 Technical Report" (2025): grouped-query attention with normalised
queries and keys, five layers that see a sliding window for each that sees all, rotary positions of
one base for either kind. It computes what transformers' Gemma3TextModel computes once
`worker.models.captioner.language_model.quantise` went over it, in fewer calls and without
transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from worker.models.captioner.int8 import FusedNorm, PackedLinear

__all__ = ["FUSED", "NORMS", "GemmaBody", "GemmaShape", "KeyValues"]

FUSED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attended": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""Linear layers of a block: layers of the same input are one, their rows one below the other."""
NORMS = {
    "before_attention": "input_layernorm",
    "query": "self_attn.q_norm",
    "key": "self_attn.k_norm",
    "after_attention": "post_attention_layernorm",
    "before_feed": "pre_feedforward_layernorm",
    "after_feed": "post_feedforward_layernorm",
}


@dataclass(frozen=True, kw_only=True)
class GemmaShape:
    """Sizes of a Gemma 3."""

    width: int
    heads: int
    key_heads: int
    head_width: int
    inner: int
    """Of the feed-forward."""
    window: int
    """Tokens that a sliding layer sees, itself included."""
    sliding: tuple[bool, ...]
    """For each layer whether it slides."""
    bases: tuple[float, float]
    """Of the rotary positions: of layers that see all, of sliding ones."""
    scale: float
    epsilon: float
    bos: int
    eos: int

    @classmethod
    def read(cls, path: Path) -> GemmaShape | None:
        """Read transformers' config.json; None: it is of another architecture or variant."""
        told: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        plain = (
            told.get("model_type") == "gemma3_text"
            and told.get("hidden_activation", "gelu_pytorch_tanh") == "gelu_pytorch_tanh"
            and not told.get("use_bidirectional_attention")
            and not told.get("attention_bias")
            and told.get("attn_logit_softcapping") is None
            and isinstance(told["eos_token_id"], int)
        )
        ropes = told.get("rope_parameters") or {}
        kinds = ("full_attention", "sliding_attention")
        if not plain or any(ropes.get(k, {}).get("rope_type") != "default" for k in kinds):
            return None
        return cls(
            width=told["hidden_size"],
            heads=told["num_attention_heads"],
            key_heads=told["num_key_value_heads"],
            head_width=told["head_dim"],
            inner=told["intermediate_size"],
            window=told["sliding_window"],
            sliding=tuple(kind == "sliding_attention" for kind in told["layer_types"]),
            bases=(ropes[kinds[0]]["rope_theta"], ropes[kinds[1]]["rope_theta"]),
            scale=told["query_pre_attn_scalar"] ** -0.5,
            epsilon=told["rms_norm_eps"],
            bos=told["bos_token_id"],
            eos=told["eos_token_id"],
        )


@dataclass(kw_only=True)
class KeyValues:
    """What the layers keep of N texts' tokens, with room for all that may come."""

    keys: list[Tensor]  # a layer each: (N, key heads, room, head width)
    values: list[Tensor]
    turns: tuple[tuple[Tensor, Tensor], ...]
    """Cosines and sines of the rotary positions, (room, head width), full and sliding."""
    length: int = 0
    """Tokens that are there."""


class Block(nn.Module):
    """One layer."""

    def __init__(self, shape: GemmaShape, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.shape = shape

        def linear(name: str) -> PackedLinear:
            return PackedLinear(tensors[f"{name}.weight"], tensors[f"{name}.scale"])

        def norm(name: str) -> FusedNorm:
            return FusedNorm(tensors[f"{name}.factor"], shape.epsilon)

        self.qkv, self.attended = linear("qkv"), linear("attended")
        self.gate_up, self.down = linear("gate_up"), linear("down")
        self.query, self.key = norm("query"), norm("key")
        self.before_attention, self.after_attention = (
            norm("before_attention"),
            norm("after_attention"),
        )
        self.before_feed, self.after_feed = norm("before_feed"), norm("after_feed")

    def forward(
        self,
        x: Tensor,  # (N, T, D)
        turn: tuple[Tensor, Tensor],  # (N, 1, T, head width) each
        kept: tuple[Tensor, Tensor, int],  # keys, values and how many are there
        mask: Tensor | None,  # (N, 1, T, length) True: is seen; None: all before it
    ) -> Tensor:
        attended = self._attend(self.before_attention(x), turn, kept, mask)
        x = x + self.after_attention(self.attended(attended))
        gate, up = self.gate_up(self.before_feed(x)).chunk(2, dim=-1)
        fed = self.down(F.gelu(gate, approximate="tanh") * up)
        result: Tensor = x + self.after_feed(fed)
        return result

    def _attend(
        self,
        x: Tensor,
        turn: tuple[Tensor, Tensor],
        kept: tuple[Tensor, Tensor, int],
        mask: Tensor | None,
    ) -> Tensor:
        shape, (keys, values, length) = self.shape, kept
        count, new = x.shape[:2]
        heads = self.qkv(x).unflatten(-1, (-1, shape.head_width)).transpose(1, 2)
        query, key, value = heads.split([shape.heads, shape.key_heads, shape.key_heads], dim=1)
        keys[:, :, length : length + new] = _turned(self.key(key), *turn)
        values[:, :, length : length + new] = value
        seen = F.scaled_dot_product_attention(
            _turned(self.query(query), *turn),
            keys[:, :, : length + new],
            values[:, :, : length + new],
            attn_mask=mask,
            is_causal=mask is None and new > 1,
            scale=shape.scale,
            enable_gqa=shape.heads != shape.key_heads,
        )  # (N, heads, T, head width)
        return seen.transpose(1, 2).reshape(count, new, -1)


class GemmaBody(nn.Module):
    """All layers and the last norm, from embeddings to hidden states."""

    def __init__(self, shape: GemmaShape, tensors: Mapping[str, Tensor]) -> None:
        """Take the tensors "layers.<number>.<part>" of each block and "norm.factor"."""
        super().__init__()
        self.shape = shape
        self.layers = nn.ModuleList()
        for number in range(len(shape.sliding)):
            start = f"layers.{number}."
            own = {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
            self.layers.append(Block(shape, own))
        self.norm = FusedNorm(tensors["norm.factor"], shape.epsilon)

    def begin(self, count: int, room: int) -> KeyValues:
        """Make room for the tokens of `count` texts."""
        shape = self.shape
        size = (count, shape.key_heads, room, shape.head_width)
        return KeyValues(
            keys=[torch.empty(size) for _ in shape.sliding],
            values=[torch.empty(size) for _ in shape.sliding],
            turns=tuple(_turns(base, room, shape.head_width) for base in shape.bases),
        )

    def forward(
        self,
        inputs: Tensor,  # (N, T, D) float32, embeddings
        mask: Tensor,  # (N, length + T) 1 where there is a token; padded on the left
        positions: Tensor,  # (N, T)
        kept: KeyValues,
    ) -> Tensor:  # (N, T, D)
        masks = self._masks(mask, inputs.shape[1])
        turns = [
            (cosines[positions][:, None], sines[positions][:, None])
            for cosines, sines in kept.turns
        ]
        x = inputs
        layers = zip(self.layers, self.shape.sliding, kept.keys, kept.values, strict=True)
        for layer, slides, keys, values in layers:
            x = layer(x, turns[slides], (keys, values, kept.length), masks[slides])
        kept.length += inputs.shape[1]
        normed: Tensor = self.norm(x)
        return normed

    def _masks(self, mask: Tensor, new: int) -> tuple[Tensor | None, Tensor | None]:
        """Give the masks (N, 1, T, length + T) of layers that see all, and of sliding ones."""
        total = mask.shape[1]
        padded, far = not bool(mask.all()), total > self.shape.window
        if not padded and not far:
            return None, None
        place = torch.arange(total)
        back = place[total - new :, None] - place  # (T, length + T)
        full = (back >= 0) & mask[:, None, None].bool()
        near = full & (back < self.shape.window) if far else full
        return (full if padded else None), near


def _turns(base: float, room: int, width: int) -> tuple[Tensor, Tensor]:
    rates = 1.0 / (base ** (torch.arange(0, width, 2, dtype=torch.float) / width))
    angles = torch.arange(room).float()[:, None] * rates
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def _turned(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Turn each pair of numbers by its position's angle (Su et al. 2021, "RoFormer")."""
    first, second = x.chunk(2, dim=-1)
    return x * cosines + torch.cat([-second, first], dim=-1) * sines
