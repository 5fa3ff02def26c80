"""The captioner, d(I) = LLM(v(I)): a description of a reference image, or of a brief alone.

The default is Gemma 3 270M (Gemma Team, "Gemma 3 Technical Report", 2025; Gemma terms of use)
with a visual prefix and low-rank adapters trained on the project's own procedural corpus.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from worker.models.gguf_weights import convert_gemma
from worker.models.language_model import LanguageModel, Sampling, load_language_model
from worker.models.lora import merge
from worker.models.visual_prefix import READINGS, PrefixShape, VisualPrefix

if TYPE_CHECKING:
    from worker.models.sources import WeightsSource
    from worker.models.vision import VisionFeatures

__all__ = ["Captioner", "PrefixCaptioner", "Prompts", "load"]

MAX_BRIEF_TOKENS = 256
EXPANSION = Sampling(temperature=0.8)
_ENDINGS = {"en": ".!?", "zh": "。！？"}


class Captioner(Protocol):
    """What a captioner gives, whichever model stands behind it."""

    languages: tuple[str, ...]
    """The languages it writes, the best first."""
    expands: bool
    """Whether it can write on a brief without an image."""

    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """Describe N images, each in the language asked for where the model writes it.

        What a brief asks for is part of the description; an empty one leaves all to the image.
        The same input gives the same text on the same kind of device.
        """
        ...

    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Write a full description of each brief; what it leaves open is drawn by the seed."""
        ...


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """The words around what the language model is given, in one language."""

    brief: str
    answer: str
    lead: str
    """What an answer starts with."""

    @classmethod
    def of(cls, language: str) -> Prompts:
        """Give the prompts for "en" or "zh"; KeyError for any other language."""
        return {
            "en": cls(brief="\nBrief: ", answer="\nDesign in English:", lead=" "),
            "zh": cls(brief="\n要求：", answer="\n设计说明：", lead=""),
        }[language]


class PrefixCaptioner:
    """A language model that sees an image as a visual prefix before the brief."""

    languages: tuple[str, ...] = ("en", "zh")
    expands = True

    def __init__(
        self,
        language_model: LanguageModel,
        prefix: VisualPrefix,
        *,
        expansion: Sampling = EXPANSION,
    ) -> None:
        self._language_model = language_model
        self._prefix = prefix.to(language_model.device).eval()
        self._expansion = expansion

    @torch.inference_mode()
    def describe(
        self,
        vision: VisionFeatures,
        images: Sequence[Image.Image],  # noqa: ARG002
        languages: Sequence[str],
        briefs: Sequence[str],
    ) -> list[str]:
        """Describe as `Captioner.describe` says; only `vision` is looked at, not `images`."""
        if not briefs:
            return []
        device = self._language_model.device
        visual = self._prefix(
            torch.as_tensor(vision.features, dtype=torch.float32, device=device),
            torch.as_tensor(vision.palette, dtype=torch.float32, device=device),
        )  # (N, 8, width)
        prompts = [
            prompt_embeddings(self._language_model, brief, language, seen)
            for brief, language, seen in zip(briefs, languages, visual, strict=True)
        ]
        return self._write(prompts, languages, Sampling(), [0] * len(prompts))

    @torch.inference_mode()
    def patterns(self, vision: VisionFeatures) -> list[str]:
        """Read the pattern off each picture: a key of the lexicon, or "photograph"."""
        device = self._language_model.device
        features = torch.as_tensor(vision.features, dtype=torch.float32, device=device)
        palette = torch.as_tensor(vision.palette, dtype=torch.float32, device=device)
        readings, _ = self._prefix.read(features, palette)
        return [READINGS["pattern"][place] for place in readings["pattern"].argmax(1).tolist()]

    @torch.inference_mode()
    def expand(
        self, briefs: Sequence[str], languages: Sequence[str], seeds: Sequence[int]
    ) -> list[str]:
        """Expand as `Captioner.expand` says."""
        prompts = [
            prompt_embeddings(self._language_model, brief, language, None)
            for brief, language in zip(briefs, languages, strict=True)
        ]
        return self._write(prompts, languages, self._expansion, seeds)

    def _write(
        self,
        prompts: Sequence[Tensor],
        languages: Sequence[str],
        sampling: Sampling,
        seeds: Sequence[int],
    ) -> list[str]:
        # One job at a time: sums over a batch are rounded otherwise than over one row, and a
        # job must give the same words whatever jobs it happens to share a batch with.
        texts = [
            self._language_model.write([prompt], sampling, [seed])[0]
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]
        return [whole_sentences(t, lang) for t, lang in zip(texts, languages, strict=True)]


def prompt_embeddings(
    model: LanguageModel, brief: str, language: str, visual: Tensor | None
) -> Tensor:
    """Put begin, visual prefix, brief and the call for an answer in a row.

    Args:
        brief: cut after 256 tokens.
        visual: (8, width), or None without an image.

    Returns:
        (T, width).
    """
    words = Prompts.of(language)
    asked = model.encode(words.brief + " ".join(brief.split()))[:MAX_BRIEF_TOKENS]
    text = model.embed([*asked, *model.encode(words.answer)])
    start = model.embed([model.bos])
    seen = [] if visual is None else [visual.to(text.dtype)]
    return torch.cat([start, *seen, text])


def whole_sentences(text: str, language: str) -> str:
    """Tidy spaces and cut what follows the last full stop; one is set where there is none."""
    text = re.sub(r"\s+", " ", text).strip()
    if language == "zh":
        text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    endings = _ENDINGS[language]
    last = max(text.rfind(mark) for mark in endings)
    if last >= 0:
        return text[: last + 1]
    return text.rstrip(",;:，；：、") + endings[0] if text else ""


def load(source: WeightsSource, device: torch.device) -> Captioner:
    """Load the captioner that a model version names.

    The version's configuration says which kind: "prefix" (the files "language_model", a GGUF
    file or a folder, and "weights") or "image-text" (a folder or name of a transformers model).

    Side effects: the first load of a GGUF file writes a converted copy into the cache.
    """
    kind = source.config.get("kind", "prefix")
    if kind == "prefix":
        return _load_prefix(source, device)
    if kind == "image-text":
        from worker.models.image_text import ImageTextCaptioner

        return ImageTextCaptioner(source.folder(), device)
    raise ValueError(f"unknown kind of captioner {kind!r}: prefix or image-text")


def _load_prefix(source: WeightsSource, device: torch.device) -> PrefixCaptioner:
    config = source.config
    found = source.files["language_model"]
    folder = found.path
    if folder.is_file():
        # by the file's own sum, so that versions of the captioner share one copy
        folder = convert_gemma(folder, source.cache.parent / found.sha256)
    language_model = load_language_model(folder, device)
    return assemble(language_model, load_file(source.file("weights")), config)


def assemble(
    language_model: LanguageModel, tensors: dict[str, Tensor], config: Any
) -> PrefixCaptioner:
    """Put trained tensors ("lora.", "prefix.", "vocabulary") on a language model."""
    merge(language_model.body, _part(tensors, "lora."), scale=float(config["lora_scale"]))
    language_model.restrict(tensors["vocabulary"].tolist())
    if language_model.device.type == "cpu" and config.get("int8", True):
        language_model.quantise()
    readings = tuple((str(name), int(count)) for name, count in config["readings"])
    prefix = VisualPrefix(
        PrefixShape(
            width=language_model.width,
            features=int(config["features"]),
            hidden=int(config["hidden"]),
            colours=int(config["colours"]),
            readings=readings,
        )
    )
    prefix.load_state_dict({k: v.float() for k, v in _part(tensors, "prefix.").items()})
    return PrefixCaptioner(language_model, prefix)


def _part(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
