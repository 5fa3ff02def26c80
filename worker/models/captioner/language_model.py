"""A causal language model that reads embeddings and writes with a restricted vocabulary."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from worker.models.captioner.int8 import FusedNorm, Int8Linear

__all__ = ["LanguageModel", "Sampling", "Writer", "load_language_model", "quantise"]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the next token is chosen."""

    max_tokens: int = 96
    temperature: float = 0.0
    """0: always the likeliest token."""
    top_p: float = 0.9
    """Only the likeliest tokens that together have this probability are drawn from."""


class Writer(ABC):
    """What writes, whichever body computes: a tokenizer, and the output rows in use."""

    def __init__(self, tokenizer: Any, rows: Tensor, device: torch.device) -> None:
        """Take the parts.

        Args:
            tokenizer: of the package tokenizers.
            rows: (V', width) output embeddings of the tokens in use.
            device: where it computes.
        """
        self.tokenizer = tokenizer
        self.device = device
        self.width = int(rows.shape[1])
        self._rows = rows
        self._restricted: Tensor | None = None  # (V',) ids of the rows in use

    bos: int
    eos: int

    @abstractmethod
    def embed(self, ids: Sequence[int]) -> Tensor:
        """Give the input embeddings of tokens, (T, width), scaled as the body expects them."""

    @abstractmethod
    def _begin(self, count: int, room: int) -> Any:
        """Make what is kept of `count` texts of up to `room` tokens while they are written."""

    @abstractmethod
    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, kept: Any) -> Tensor:
        """Read on, (N, T, width); give the last token's hidden state (N, width)."""

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

    def logits(self, hidden: Tensor) -> Tensor:
        """Give the scores of the tokens in use, (..., V') float32."""
        return F.linear(hidden, self._rows.to(hidden.dtype)).float()

    @torch.inference_mode()
    def write(
        self, prompts: Sequence[Tensor], sampling: Sampling, seeds: Sequence[int]
    ) -> list[str]:
        """Continue each prompt until the end of text or of the line.

        Args:
            prompts: (T_i, width) each; together they are padded on the left.
            seeds: one stream of chance for each prompt; unused at temperature 0.
        """
        streams = [torch.Generator().manual_seed(seed) for seed in seeds]
        inputs, mask = _pad_left(prompts)
        kept = self._begin(len(prompts), inputs.shape[1] + sampling.max_tokens)
        positions = (mask.cumsum(1) - 1).clamp_min(0)
        written: list[list[int]] = [[] for _ in prompts]
        open_rows = [True] * len(prompts)
        for _ in range(sampling.max_tokens):
            hidden = self._hidden(inputs, mask, positions, kept)
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


class LanguageModel(Writer):
    """A causal model of transformers; what is trained further, and any architecture."""

    def __init__(self, model: Any, tokenizer: Any, device: torch.device) -> None:
        self.network: Any = model.to(device).eval()
        super().__init__(tokenizer, model.get_output_embeddings().weight, device)
        self.body: Any = model.model
        self.bos = int(model.config.bos_token_id)
        self.eos = int(model.config.eos_token_id)
        self._dtype = self._rows.dtype

    def restrict(self, token_ids: Sequence[int]) -> None:
        """Let only these tokens be written; the end of text always may."""
        ids = torch.tensor(sorted({*token_ids, self.eos}), device=self.device)
        self._restricted = ids
        self._rows = self.network.get_output_embeddings().weight[ids].clone()

    def embed(self, ids: Sequence[int]) -> Tensor:
        """Embed as `Writer.embed` says."""
        tokens = torch.tensor(list(ids), dtype=torch.long, device=self.device)
        embedded: Tensor = self.network.get_input_embeddings()(tokens)
        return embedded.to(self._dtype)

    def quantise(self) -> None:
        """Trade the body's bf16 for 8-bit weights and float32 sums; for a processor only."""
        quantise(self.body)
        self._dtype = torch.float32
        self._rows = self._rows.float() if self._restricted is not None else self._rows

    def position_of(self, ids: Tensor) -> Tensor:
        """Translate token ids to their places among the tokens in use; -100 for the others."""
        if self._restricted is None:
            return ids
        place = torch.searchsorted(self._restricted, ids).clamp_max(len(self._restricted) - 1)
        return place.where(self._restricted[place] == ids, -100)

    def _begin(self, count: int, room: int) -> Any:  # noqa: ARG002
        from transformers import DynamicCache

        return DynamicCache(config=self.network.config)

    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, kept: Any) -> Tensor:
        read = self.body(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=kept,
            use_cache=True,
        )
        last: Tensor = read.last_hidden_state[:, -1]
        return last


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


def quantise(body: nn.Module) -> None:
    """Make a body quick on a processor, in place: 8-bit linear layers, the rest in float32."""
    from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm

    for name, layer in list(body.named_modules()):
        parent, _, last = name.rpartition(".")
        if isinstance(layer, nn.Linear):
            setattr(body.get_submodule(parent), last, Int8Linear(layer))
        elif isinstance(layer, Gemma3RMSNorm):
            setattr(
                body.get_submodule(parent),
                last,
                FusedNorm(1.0 + layer.weight.detach().float(), layer.eps),
            )


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
