"""The words around what the language model is given, and the tidying of what it writes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.models.captioner.language_model import Writer

__all__ = ["Prompts", "prompt_embeddings", "whole_sentences"]

MAX_BRIEF_TOKENS = 256
_ENDINGS = {"en": ".!?", "zh": "。！？"}


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


def prompt_embeddings(
    model: Writer, brief: str, language: str, visual: Tensor | None, start: str = ""
) -> Tensor:
    """Put begin, visual prefix, brief, the call for an answer and the answer's start in a row.

    Args:
        brief: cut after 256 tokens.
        visual: (8, width), or None without an image.
        start: of the answer, where that is given.

    Returns:
        (T, width).
    """
    words = Prompts.of(language)
    asked = model.encode(words.brief + " ".join(brief.split()))[:MAX_BRIEF_TOKENS]
    given = model.encode(words.lead + start) if start else []
    text = model.embed([*asked, *model.encode(words.answer), *given])
    begin = model.embed([model.bos])
    seen = [] if visual is None else [visual.to(text.dtype)]
    return torch.cat([begin, *seen, text])


def whole_sentences(text: str, language: str) -> str:
    """Tidy spaces and cut what follows the last full stop; one is set where there is none."""
    text = re.sub(r"\s+", " ", text).strip()
    if language == "zh":
        text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
        text = re.sub("，(?=[，。！？])", "", text)
    endings = _ENDINGS[language]
    last = max(text.rfind(mark) for mark in endings)
    if last >= 0:
        return text[: last + 1]
    return text.rstrip(",;:，；：、") + endings[0] if text else ""
