"""Prompt templates of the language model, and clean-up of generated text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.models.captioner.language_model import TextGenerator

__all__ = ["Prompts", "prompt_embeddings", "whole_sentences"]

MAX_BRIEF_TOKENS = 256
_ENDINGS = {"en": ".!?", "zh": "。！？"}


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """Prompt templates in one language."""

    brief: str
    answer: str
    lead: str
    """Prefix of the answer."""

    @classmethod
    def of(cls, language: str) -> Prompts:
        """Return the templates of "en" or "zh".

        Raises:
            KeyError: another language.
        """
        return {
            "en": cls(brief="\nBrief: ", answer="\nDesign in English:", lead=" "),
            "zh": cls(brief="\n要求：", answer="\n设计说明：", lead=""),
        }[language]


def prompt_embeddings(
    model: TextGenerator, brief: str, language: str, visual: Tensor | None, start: str = ""
) -> Tensor:
    """Return the prompt embeddings: begin token, visual prefix, brief, answer cue, answer start.

    Args:
        model: the language model.
        brief: truncated after 256 tokens.
        language: "en" or "zh".
        visual: (8, width), or None without an image.
        start: beginning of the answer, if fixed.

    Returns:
        (T, width).
    """
    templates = Prompts.of(language)
    brief_ids = model.encode(templates.brief + " ".join(brief.split()))[:MAX_BRIEF_TOKENS]
    start_ids = model.encode(templates.lead + start) if start else []
    text = model.embed([*brief_ids, *model.encode(templates.answer), *start_ids])
    begin = model.embed([model.bos])
    prefix = [] if visual is None else [visual.to(text.dtype)]
    return torch.cat([begin, *prefix, text])


def whole_sentences(text: str, language: str) -> str:
    """Normalise spaces and cut an unfinished last sentence; add a full stop if there is none."""
    text = re.sub(r"\s+", " ", text).strip()
    if language == "zh":
        text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
        text = re.sub("，(?=[，。！？])", "", text)
    endings = _ENDINGS[language]
    last = max(text.rfind(mark) for mark in endings)
    if last >= 0:
        return text[: last + 1]
    return text.rstrip(",;:，；：、") + endings[0] if text else ""
