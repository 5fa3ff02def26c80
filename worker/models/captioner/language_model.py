"""Causal language models with embedding inputs and a restricted output vocabulary."""

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
from worker.models.captioner.tokenizer import Tokenizer, load_tokenizer

__all__ = ["LanguageModel", "Sampling", "TextGenerator", "load_language_model", "quantise"]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Sampling settings of text generation."""

    max_tokens: int = 96
    temperature: float = 0.0
    """0: greedy decoding."""
    top_p: float = 0.9
    """Nucleus sampling: the smallest set of likeliest tokens with this total probability."""


_LIKELIEST = 64
"""Tokens among which a nucleus usually lies."""


class TextGenerator(ABC):
    """Text generation, independent of the decoder implementation."""

    def __init__(self, tokenizer: Tokenizer, rows: Tensor, device: torch.device) -> None:
        """Store the tokenizer and the output embeddings.

        Args:
            tokenizer: the tokenizer of the model.
            rows: (V', width) output embeddings of the allowed tokens.
            device: device of the decoder.
        """
        self.tokenizer = tokenizer
        self.device = device
        self.width = int(rows.shape[1])
        self._rows = rows
        self._restricted: Tensor | None = None  # (V',) ids of the allowed tokens; None: all

    bos: int
    eos: int

    @abstractmethod
    def embed(self, ids: Sequence[int]) -> Tensor:
        """Return the input embeddings of tokens, (T, width), scaled as the decoder expects."""

    @abstractmethod
    def _begin(self, count: int, room: int) -> Any:
        """Create the key-value cache of `count` texts of up to `room` tokens."""

    @abstractmethod
    def _fork(self, cache: Any, count: int, sources: Sequence[int]) -> None:
        """Append copies of the rows `sources` to the `count` texts of a cache."""

    @abstractmethod
    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, cache: Any) -> Tensor:
        """Run the decoder on (N, T, width); return the last hidden state (N, width)."""

    @property
    def written(self) -> list[int]:
        """Ids of the allowed output tokens, in ascending order."""
        if self._restricted is None:
            return list(range(len(self._rows)))
        ids: list[int] = self._restricted.tolist()
        return ids

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, without begin and end tokens."""
        return self.tokenizer.encode(text)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids."""
        return self.tokenizer.decode(ids)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the logits of the allowed tokens, (..., V') float32."""
        return F.linear(hidden, self._rows.to(hidden.dtype)).float()

    @torch.inference_mode()
    def write(
        self, prompts: Sequence[Tensor], sampling: Sampling, seeds: Sequence[int]
    ) -> list[str]:
        """Generate a continuation of each prompt until the end of text or of the line.

        Texts that are alike so far are computed once, from equal prompts on.

        Args:
            prompts: (T_i, width) each; batched with padding on the left.
            sampling: the sampling settings.
            seeds: random seed of each prompt; not used at temperature 0.
        """
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        rows, firsts = _alike(prompts)  # the row of each prompt, and the prompts of the rows
        inputs, mask = _pad_left([prompts[first] for first in firsts])
        cache = self._begin(len(prompts), inputs.shape[1] + sampling.max_tokens)
        positions = (mask.cumsum(1) - 1).clamp_min(0)
        outputs: list[list[int]] = [[] for _ in prompts]
        unfinished = [True] * len(prompts)
        for _ in range(sampling.max_tokens):
            hidden = self._hidden(inputs, mask, positions, cache)
            tokens = self._next_tokens(self.logits(hidden), rows, sampling, generators)
            for text, token in enumerate(tokens):
                unfinished[text] = unfinished[text] and token != self.eos
                if unfinished[text]:
                    outputs[text].append(token)
            if not any(unfinished):
                break
            rows, last, forks = _part(rows, tokens)
            if forks:
                self._fork(cache, len(mask), forks)
                mask, positions = (torch.cat([x, x[forks]]) for x in (mask, positions))
            inputs = self.embed(last).unsqueeze(1)  # (R, 1, width)
            mask = F.pad(mask, (0, 1), value=1)
            positions = positions[:, -1:] + 1
        return [self.decode(ids).split("\n")[0].rstrip() for ids in outputs]

    def _next_tokens(
        self,
        logits: Tensor,
        rows: Sequence[int],
        sampling: Sampling,
        generators: Sequence[torch.Generator],
    ) -> list[int]:
        """Return the next token of each text.

        Args:
            logits: (R, V').
            rows: the row of each text.
            sampling: the sampling settings.
            generators: of each text.
        """
        if sampling.temperature <= 0:
            indices = logits.argmax(-1)[list(rows)].tolist()
        else:
            probabilities = F.softmax(logits.cpu() / sampling.temperature, dim=-1)
            indices = _sample_nuclei(probabilities, rows, sampling.top_p, generators)
        return indices if self._restricted is None else self._restricted[indices].tolist()


class LanguageModel(TextGenerator):
    """A causal language model of transformers, of any architecture, which can be trained."""

    def __init__(self, model: Any, tokenizer: Tokenizer, device: torch.device) -> None:
        self.network: Any = model.to(device).eval()
        super().__init__(tokenizer, model.get_output_embeddings().weight, device)
        self.body: Any = model.model
        self.bos = int(model.config.bos_token_id)
        self.eos = int(model.config.eos_token_id)
        self._dtype = self._rows.dtype

    def restrict(self, token_ids: Sequence[int]) -> None:
        """Restrict the output to these tokens and the end of text."""
        ids = torch.tensor(sorted({*token_ids, self.eos}), device=self.device)
        self._restricted = ids
        self._rows = self.network.get_output_embeddings().weight[ids].clone()

    def embed(self, ids: Sequence[int]) -> Tensor:
        """See `TextGenerator.embed`."""
        tokens = torch.tensor(list(ids), dtype=torch.long, device=self.device)
        embedded: Tensor = self.network.get_input_embeddings()(tokens)
        return embedded.to(self._dtype)

    def quantise(self) -> None:
        """Quantise the decoder to int8 weights with float32 activations; CPU only."""
        quantise(self.body)
        self._dtype = torch.float32
        self._rows = self._rows.float() if self._restricted is not None else self._rows

    def allowed_token_indices(self, ids: Tensor) -> Tensor:
        """Map token ids to indices among the allowed tokens; -100 for others."""
        if self._restricted is None:
            return ids
        index = torch.searchsorted(self._restricted, ids).clamp_max(len(self._restricted) - 1)
        return index.where(self._restricted[index] == ids, -100)

    def _begin(self, count: int, room: int) -> Any:  # noqa: ARG002
        from transformers import DynamicCache

        return DynamicCache(config=self.network.config)

    def _fork(self, cache: Any, count: int, sources: Sequence[int]) -> None:
        cache.batch_select_indices(torch.tensor([*range(count), *sources], device=self.device))

    def _hidden(self, inputs: Tensor, mask: Tensor, positions: Tensor, cache: Any) -> Tensor:
        read = self.body(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
        )
        last: Tensor = read.last_hidden_state[:, -1]
        return last


def _sample_nuclei(
    probabilities: Tensor, rows: Sequence[int], top_p: float, generators: Sequence[torch.Generator]
) -> list[int]:
    """Sample from the nucleus of a row of probabilities (R, V) with each generator."""
    likeliest, index = probabilities.topk(min(_LIKELIEST, probabilities.shape[1]))
    if float(likeliest.sum(1).min()) < top_p:  # a nucleus may be larger
        likeliest, index = probabilities.sort(descending=True)
    nuclei = likeliest.where(likeliest.cumsum(1) - likeliest < top_p, 0.0)
    # As torch.multinomial draws from a nucleus among all tokens, but without its other work.
    noise = torch.empty(probabilities.shape[1])
    races = [noise.exponential_(generator=g)[: nuclei.shape[1]].clone() for g in generators]
    winners = (nuclei[list(rows)] / torch.stack(races)).argmax(1)
    sampled: list[int] = index[list(rows), winners].tolist()
    return sampled


def _alike(prompts: Sequence[Tensor]) -> tuple[list[int], list[int]]:
    """Return the index of each prompt among the distinct ones, and the first of each of these."""
    rows: list[int] = []
    firsts: list[int] = []
    for number, prompt in enumerate(prompts):
        known = (row for row, first in enumerate(firsts) if torch.equal(prompts[first], prompt))
        rows.append(next(known, len(firsts)))
        if rows[-1] == len(firsts):
            firsts.append(number)
    return rows, firsts


def _part(rows: Sequence[int], tokens: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Part the texts of a row that continue with different tokens.

    The first text of a row keeps it; each other continuation is a new row behind the others.

    Returns:
        The row of each text, the last token of each row, and the rows that new ones continue.
    """
    last: dict[int, int] = {}
    for row, token in zip(rows, tokens, strict=True):
        last.setdefault(row, token)
    places = {(row, last[row]): row for row in range(len(last))}
    forks = []
    for row, token in zip(rows, tokens, strict=True):
        if (row, token) not in places:
            places[row, token] = len(places)
            forks.append(row)
    parted = [places[key] for key in zip(rows, tokens, strict=True)]
    return parted, [token for _, token in places], forks


def _pad_left(prompts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Batch prompts as (N, T, D) with the mask (N, T), 1 for tokens."""
    longest = max(len(prompt) for prompt in prompts)
    rows = [F.pad(prompt, (0, 0, longest - len(prompt), 0)) for prompt in prompts]
    mask = [F.pad(torch.ones(len(p), dtype=torch.long), (longest - len(p), 0)) for p in prompts]
    return torch.stack(rows), torch.stack(mask).to(prompts[0].device)


def quantise(body: nn.Module) -> None:
    """Quantise a decoder in place for the CPU: int8 linear layers, the rest in float32."""
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
    """Load a causal language model of transformers in bf16, memory-mapped, and its tokenizer.

    Raises:
        OSError: the folder is not such a model.
    """
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, local_files_only=True
    )
    return LanguageModel(model, load_tokenizer(folder), device)
