"""A causal language model that reads embeddings and writes with a restricted vocabulary."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = [
    "FusedNorm",
    "Int8Linear",
    "LanguageModel",
    "Sampling",
    "load_language_model",
    "quantise",
]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the next token is chosen."""

    max_tokens: int = 96
    temperature: float = 0.0
    """0: always the likeliest token."""
    top_p: float = 0.9
    """Only the likeliest tokens that together have this probability are drawn from."""


class LanguageModel:
    """The body of a transformers causal model, its tokenizer, and the output rows in use."""

    def __init__(self, model: Any, tokenizer: Any, device: torch.device) -> None:
        self.network: Any = model.to(device).eval()
        self.body: Any = model.model
        self.tokenizer = tokenizer
        self.device = device
        self.width = int(model.config.hidden_size)
        self.bos = int(model.config.bos_token_id)
        self.eos = int(model.config.eos_token_id)
        self._rows: Tensor = model.get_output_embeddings().weight  # (V, D)
        self._restricted: Tensor | None = None  # (V',) ids of the rows in use
        self._dtype = self._rows.dtype

    def restrict(self, token_ids: Sequence[int]) -> None:
        """Let only these tokens be written; the end of text always may."""
        ids = torch.tensor(sorted({*token_ids, self.eos}), device=self.device)
        self._restricted = ids
        self._rows = self.network.get_output_embeddings().weight[ids].clone()

    @property
    def written(self) -> list[int]:
        """Ids of the tokens that may be written, in order."""
        if self._restricted is None:
            return list(range(len(self._rows)))
        ids: list[int] = self._restricted.tolist()
        return ids

    def encode(self, text: str) -> list[int]:
        """Give the text's tokens, without marks of begin and end."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Give the text of tokens."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    def embed(self, ids: Sequence[int]) -> Tensor:
        """Give the input embeddings of tokens, (T, width), scaled as the body expects them."""
        tokens = torch.tensor(list(ids), dtype=torch.long, device=self.device)
        embedded: Tensor = self.network.get_input_embeddings()(tokens)
        return embedded.to(self._dtype)

    def quantise(self) -> None:
        """Trade the body's bf16 for 8-bit weights and float32 sums; for a processor only."""
        quantise(self.body)
        self._dtype = torch.float32
        self._rows = self._rows.float() if self._restricted is not None else self._rows

    def logits(self, hidden: Tensor) -> Tensor:
        """Give the scores of the tokens in use, (..., V') float32."""
        return F.linear(hidden, self._rows.to(hidden.dtype)).float()

    def position_of(self, ids: Tensor) -> Tensor:
        """Translate token ids to their places among the tokens in use; -100 for the others."""
        if self._restricted is None:
            return ids
        place = torch.searchsorted(self._restricted, ids).clamp_max(len(self._restricted) - 1)
        return place.where(self._restricted[place] == ids, -100)

    @torch.inference_mode()
    def write(
        self, prompts: Sequence[Tensor], sampling: Sampling, seeds: Sequence[int]
    ) -> list[str]:
        """Continue each prompt until the end of text or of the line.

        Args:
            prompts: (T_i, width) each; together they are padded on the left.
            seeds: one stream of chance for each prompt; unused at temperature 0.
        """
        from transformers import DynamicCache

        streams = [torch.Generator().manual_seed(seed) for seed in seeds]
        inputs, mask = _pad_left(prompts)
        cache = DynamicCache(config=self.network.config)
        positions = (mask.cumsum(1) - 1).clamp_min(0)
        written: list[list[int]] = [[] for _ in prompts]
        open_rows = [True] * len(prompts)
        for _ in range(sampling.max_tokens):
            hidden = self.body(
                inputs_embeds=inputs,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
            ).last_hidden_state[:, -1]
            chosen = self._choose(self.logits(hidden), sampling, streams)
            for row, token in enumerate(chosen):
                open_rows[row] = open_rows[row] and token != self.eos
                if open_rows[row]:
                    written[row].append(token)
            if not any(open_rows):
                break
            inputs = self.embed(chosen).unsqueeze(1)  # (N, 1, width)
            mask = F.pad(mask, (0, 1), value=1)
            positions = positions[:, -1:] + 1
        return [self.decode(ids).split("\n")[0].rstrip() for ids in written]

    def _choose(
        self, logits: Tensor, sampling: Sampling, streams: Sequence[torch.Generator]
    ) -> list[int]:
        if sampling.temperature <= 0:
            places = logits.argmax(-1).cpu()
        else:
            chances = F.softmax(logits.cpu() / sampling.temperature, dim=-1)
            places = torch.stack(
                [
                    _draw(row, sampling.top_p, stream)
                    for row, stream in zip(chances, streams, strict=True)
                ]
            )
        if self._restricted is None:
            return [int(place) for place in places]
        return [int(token) for token in self._restricted.cpu()[places]]


def _draw(chances: Tensor, top_p: float, stream: torch.Generator) -> Tensor:
    ordered, index = chances.sort(descending=True)
    kept = ordered.where(ordered.cumsum(0) - ordered < top_p, 0.0)
    return index[torch.multinomial(kept, 1, generator=stream)[0]]


def _pad_left(prompts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Give (N, T, D) and the mask (N, T), 1 where there is a token."""
    longest = max(len(prompt) for prompt in prompts)
    rows = [F.pad(prompt, (0, 0, longest - len(prompt), 0)) for prompt in prompts]
    mask = [F.pad(torch.ones(len(p), dtype=torch.long), (longest - len(p), 0)) for p in prompts]
    return torch.stack(rows), torch.stack(mask).to(prompts[0].device)


class Int8Linear(nn.Module):
    """A linear layer with 8-bit weights a row and activations quantised as they come.

    On a processor three to four times as fast as bf16 for a few tokens, in half the memory.
    """

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        weight = base.weight.detach().float()
        scale = weight.abs().amax(1).clamp_min(1e-8) / 127
        zero = torch.zeros(len(weight), dtype=torch.long)
        with warnings.catch_warnings():
            # deprecated without a successor in torch itself; the version of torch is pinned
            warnings.filterwarnings("ignore", message="torch.quantize_per_tensor")
            packed = torch.quantize_per_channel(weight, scale, zero, 0, torch.qint8)
        bias = None if base.bias is None else base.bias.detach().float()
        self._packed = torch.ops.quantized.linear_prepack(packed, bias)

    def forward(self, x: Tensor) -> Tensor:  # (..., D_in) -> (..., D_out)
        # the last argument keeps to 7 bits of activation, which older processors need
        result: Tensor = torch.ops.quantized.linear_dynamic(x.float(), self._packed, True)
        return result.to(x.dtype)


class FusedNorm(nn.Module):
    """Gemma's root mean square norm in one call instead of six."""

    factor: Tensor

    def __init__(self, weight: Tensor, epsilon: float) -> None:
        super().__init__()
        self.register_buffer("factor", 1.0 + weight.detach().float())
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:  # (..., D) -> (..., D)
        return F.rms_norm(x, self.factor.shape, self.factor, self.epsilon)


def quantise(body: nn.Module) -> None:
    """Make a body quick on a processor, in place: 8-bit linear layers, the rest in float32."""
    from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm

    for name, layer in list(body.named_modules()):
        parent, _, last = name.rpartition(".")
        if isinstance(layer, nn.Linear):
            setattr(body.get_submodule(parent), last, Int8Linear(layer))
        elif isinstance(layer, Gemma3RMSNorm):
            setattr(body.get_submodule(parent), last, FusedNorm(layer.weight, layer.eps))


def load_language_model(folder: Path, device: torch.device) -> LanguageModel:
    """Load a transformers causal model in bf16, memory-mapped, and its tokenizer.json.

    Raises:
        OSError: the folder holds no such model.
    """
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, local_files_only=True
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return LanguageModel(model, tokenizer, device)
