"""Gemma 3 decoder for the CPU: int8 linear layers, everything else float32.

Source: Gemma Team, "Gemma 3 Technical Report" (2025): grouped-query attention with normalised
queries and keys, five sliding-window layers per global layer, and rotary positions with one base
per kind of layer. It is equivalent to transformers' Gemma3TextModel after
`worker.models.captioner.language_model.quantise`, in fewer calls and without transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from worker.models.captioner.int8 import PackedLinear

__all__ = ["FUSED", "NORMS", "GemmaBody", "GemmaShape", "KeyValues"]

FUSED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attended": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
"""Linear layers of a block; layers with the same input are fused by concatenating their rows."""
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
    """Hyperparameters of a Gemma 3."""

    width: int
    heads: int
    key_heads: int
    head_width: int
    inner: int
    """Width of the feed-forward."""
    window: int
    """Size of the sliding window in tokens, including the query."""
    sliding: tuple[bool, ...]
    """Whether each layer uses the sliding window."""
    bases: tuple[float, float]
    """Bases of the rotary positions: of global and of sliding layers."""
    scale: float
    epsilon: float
    bos: int
    eos: int

    @classmethod
    def read(cls, path: Path) -> GemmaShape | None:
        """Read transformers' config.json; None for another architecture or variant."""
        config: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        supported = (
            config.get("model_type") == "gemma3_text"
            and config.get("hidden_activation", "gelu_pytorch_tanh") == "gelu_pytorch_tanh"
            and not config.get("use_bidirectional_attention")
            and not config.get("attention_bias")
            and config.get("attn_logit_softcapping") is None
            and isinstance(config["eos_token_id"], int)
        )
        ropes = config.get("rope_parameters") or {}
        kinds = ("full_attention", "sliding_attention")
        if not supported or any(ropes.get(k, {}).get("rope_type") != "default" for k in kinds):
            return None
        return cls(
            width=config["hidden_size"],
            heads=config["num_attention_heads"],
            key_heads=config["num_key_value_heads"],
            head_width=config["head_dim"],
            inner=config["intermediate_size"],
            window=config["sliding_window"],
            sliding=tuple(kind == "sliding_attention" for kind in config["layer_types"]),
            bases=(ropes[kinds[0]]["rope_theta"], ropes[kinds[1]]["rope_theta"]),
            scale=config["query_pre_attn_scalar"] ** -0.5,
            epsilon=config["rms_norm_eps"],
            bos=config["bos_token_id"],
            eos=config["eos_token_id"],
        )


@dataclass(kw_only=True)
class KeyValues:
    """Preallocated key-value cache of N texts."""

    keys: list[Tensor]  # per layer: (N, key heads, capacity, head width)
    values: list[Tensor]
    rotations: tuple[tuple[Tensor, Tensor], ...]
    """Cosines and sines of the rotary positions, (capacity, head width), global and sliding.

    The first half of the sines is negative.
    """
    length: int = 0
    """Number of cached tokens."""

    def fork(self, count: int, sources: Sequence[int]) -> None:
        """Copy rows `sources` of the first `count` rows behind them."""
        for cached in (*self.keys, *self.values):
            for row, source in enumerate(sources, start=count):
                cached[row, :, : self.length] = cached[source, :, : self.length]


class Block:
    """One decoder layer; see `PackedLinear` for why it is no module."""

    def __init__(self, shape: GemmaShape, tensors: Mapping[str, Tensor]) -> None:
        self.shape = shape

        def linear(name: str) -> PackedLinear:
            return PackedLinear(tensors[f"{name}.weight"], tensors[f"{name}.scale"])

        def factor(name: str) -> Tensor:
            # a copy: it would keep the whole file mapped
            return tensors[f"{name}.factor"].clone()

        self.qkv, self.attended = linear("qkv"), linear("attended")
        self.gate_up, self.down = linear("gate_up"), linear("down")
        self.before_attention, self.after_attention = (
            factor("before_attention"),
            factor("after_attention"),
        )
        self.before_feed, self.after_feed = factor("before_feed"), factor("after_feed")
        heads = [("query", shape.heads), ("key", shape.key_heads)]
        self.query_key = torch.cat([factor(name).expand(count, 1, -1) for name, count in heads])

    def __call__(
        self,
        x: Tensor,  # (N, T, D)
        rotation: tuple[Tensor, Tensor],  # (N, 1, T, head width) each
        cache: tuple[Tensor, Tensor, int],  # keys, values and their length
        mask: Tensor | None,  # (N, 1, T, length) True: attended; None: causal
    ) -> Tensor:
        epsilon = self.shape.epsilon
        attended = self._attend(_norm(x, self.before_attention, epsilon), rotation, cache, mask)
        x = x + _norm(self.attended(attended), self.after_attention, epsilon)
        gate, up = self.gate_up(_norm(x, self.before_feed, epsilon)).chunk(2, dim=-1)
        fed = self.down(F.gelu(gate, approximate="tanh") * up)
        return x + _norm(fed, self.after_feed, epsilon)

    def _attend(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        cache: tuple[Tensor, Tensor, int],
        mask: Tensor | None,
    ) -> Tensor:
        shape, (keys, values, length) = self.shape, cache
        count, new = x.shape[:2]
        heads = self.qkv(x).unflatten(-1, (-1, shape.head_width)).transpose(1, 2)
        query_key, value = heads.split([shape.heads + shape.key_heads, shape.key_heads], dim=1)
        query_key = F.rms_norm(query_key, (shape.head_width,), eps=shape.epsilon) * self.query_key
        query, key = _rotate(query_key, *rotation).split([shape.heads, shape.key_heads], dim=1)
        keys[:count, :, length : length + new] = key
        values[:count, :, length : length + new] = value
        output = F.scaled_dot_product_attention(
            query,
            keys[:count, :, : length + new],
            values[:count, :, : length + new],
            attn_mask=mask,
            is_causal=mask is None and new > 1,
            scale=shape.scale,
            enable_gqa=shape.heads != shape.key_heads,
        )  # (N, heads, T, head width)
        return output.transpose(1, 2).reshape(count, new, -1)


class GemmaBody:
    """All layers and the final norm: embeddings -> hidden states."""

    def __init__(self, shape: GemmaShape, tensors: Mapping[str, Tensor]) -> None:
        """Build from the tensors "layers.<number>.<part>" of each block and "norm.factor"."""
        self.shape = shape
        self.layers = []
        for number in range(len(shape.sliding)):
            prefix = f"layers.{number}."
            block_tensors = {
                k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)
            }
            self.layers.append(Block(shape, block_tensors))
        self.norm = tensors["norm.factor"].clone()

    def begin(self, count: int, room: int) -> KeyValues:
        """Allocate a cache for `count` texts of up to `room` tokens."""
        shape = self.shape
        size = (count, shape.key_heads, room, shape.head_width)
        return KeyValues(
            keys=[torch.empty(size) for _ in shape.sliding],
            values=[torch.empty(size) for _ in shape.sliding],
            rotations=tuple(_rotation_table(base, room, shape.head_width) for base in shape.bases),
        )

    def __call__(
        self,
        inputs: Tensor,  # (N, T, D) float32, embeddings
        mask: Tensor,  # (N, length + T) 1: token, 0: padding on the left
        positions: Tensor,  # (N, T)
        cache: KeyValues,
    ) -> Tensor:  # (N, T, D)
        masks = self._masks(mask, inputs.shape[1])
        rotations = [
            (cosines[positions][:, None], sines[positions][:, None])
            for cosines, sines in cache.rotations
        ]
        x = inputs
        layers = zip(self.layers, self.shape.sliding, cache.keys, cache.values, strict=True)
        for layer, is_sliding, keys, values in layers:
            x = layer(x, rotations[is_sliding], (keys, values, cache.length), masks[is_sliding])
        cache.length += inputs.shape[1]
        return _norm(x, self.norm, self.shape.epsilon)

    def _masks(self, mask: Tensor, new: int) -> tuple[Tensor | None, Tensor | None]:
        """Return the masks (N, 1, T, length + T) of global and of sliding layers; None: causal."""
        total = mask.shape[1]
        has_padding, exceeds_window = not bool(mask.all()), total > self.shape.window
        if not has_padding and not exceeds_window:
            return None, None
        indices = torch.arange(total)
        distance = indices[total - new :, None] - indices  # (T, length + T)
        global_mask = (distance >= 0) & mask[:, None, None].bool()
        sliding_mask = (
            global_mask & (distance < self.shape.window) if exceeds_window else global_mask
        )
        return (global_mask if has_padding else None), sliding_mask


def _norm(x: Tensor, factor: Tensor, epsilon: float) -> Tensor:  # (..., D) -> (..., D)
    """Return Gemma's RMS norm."""
    return F.rms_norm(x, factor.shape, factor, epsilon)


def _rotation_table(base: float, room: int, width: int) -> tuple[Tensor, Tensor]:
    rates = 1.0 / (base ** (torch.arange(0, width, 2, dtype=torch.float) / width))
    angles = torch.arange(room).float()[:, None] * rates
    sines = angles.sin()
    return angles.cos().repeat(1, 2), torch.cat([-sines, sines], dim=-1)


def _rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Apply rotary position embedding (Su et al. 2021, "RoFormer")."""
    return x * cosines + torch.cat(x.chunk(2, dim=-1)[::-1], dim=-1) * sines
