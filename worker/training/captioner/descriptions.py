"""Target descriptions of the captioner: all facts of a design in plain sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shared.briefs.understood import ParsedBrief
from worker.corpus import DesignSpec
from worker.models.captioner.perception import MOST_SEEN, Seen, mood_of
from worker.models.captioner.preamble import listed, names, opening, qualities
from worker.training.design_facts import facts_of
from worker.training.synthetic_photos import PictureLabels

__all__ = ["describe", "true_content"]


def true_content(spec: DesignSpec | None, labels: PictureLabels, subject: str = "") -> Seen:
    """Return the content that the captioner should see; the colours are those of the picture.

    Args:
        spec: the design; None for a photograph, which has no pattern.
        labels: labels measured from the picture.
        subject: subject of a photograph.
    """
    colours = labels.colours[:MOST_SEEN]
    facts = ParsedBrief(contrast=labels.contrast) if spec is None else facts_of(spec)
    facts = replace(facts, colours=colours, mood=mood_of(colours))
    return Seen(facts=facts, subject=subject if spec is None else "", texture=labels.texture)


def describe(
    facts: ParsedBrief,
    language: str,
    rng: np.random.Generator,
    *,
    subject: str = "",
    texture: str = "",
) -> str:
    """Return two or three sentences from which `parse_brief` parses the same facts.

    Args:
        language: "en" or "zh".
        rng: chooses the wording.
        subject: key of `worker.models.captioner.perception.SUBJECTS`, for pictures without pattern.
        texture: key of `worker.models.captioner.perception.TEXTURES`.
    """
    content, wording = Seen(facts=facts, subject=subject, texture=texture), int(rng.integers(2))
    if language == "zh":
        return opening(content, language, wording) + _chinese(facts)
    more = _english_qualities(facts)
    start = opening(content, language, wording, closed=not more)
    return start + _english(facts, more, bool(qualities(content, language)))


def _english_qualities(facts: ParsedBrief) -> list[str]:
    return names("line_weight", [facts.line_weight], "en") + names(
        "contrast", [facts.contrast], "en"
    )


def _english(facts: ParsedBrief, more: list[str], listing: bool) -> str:
    """Return the text after the opening; `listing`: the opening ends within a list."""
    text = listed(["", *more], " and ", ", ") if listing else listed(more, " and ", ", ")
    sentences = [f", with {text}" if more and not listing else text]
    if facts.mood:
        sentences.append(f"The mood is {listed(names('mood', facts.mood, 'en'), ' and ', ', ')}")
    sentences += _english_product(facts)
    return ". ".join(sentences) + "."


def _english_product(facts: ParsedBrief) -> list[str]:
    materials = names("finish", [facts.finish], "en") + names("material", facts.materials, "en")
    functions = names("function", facts.functions, "en")
    if not (facts.product or materials or functions):
        return []
    product = "".join(names("product", [facts.product], "en")) or "product"
    text = f"For a {product}"
    if materials:
        text += f" made of {listed(materials, ' and ', ', ')}"
    return [text + (f"; {listed(functions, ' and ', ', ')}" if functions else "")]


def _chinese(facts: ParsedBrief) -> str:
    """Return the text after the opening."""
    parts = names("scale", [facts.scale], "zh") + names("density", [facts.density], "zh")
    parts += names("line_weight", [facts.line_weight], "zh")
    parts += names("contrast", [facts.contrast], "zh")
    sentences = ["".join(f"，{part}" for part in parts)]
    if facts.mood:
        sentences.append("、".join(names("mood", facts.mood, "zh")) + "氛围")
    materials = names("material", facts.materials, "zh") + names("finish", [facts.finish], "zh")
    functions = names("function", facts.functions, "zh")
    if facts.product or materials or functions:
        product = "".join(names("product", [facts.product], "zh")) or "产品"
        text = f"用于{product}" + (f"，材质为{'、'.join(materials)}" if materials else "")
        sentences.append(text + (f"，{'、'.join(functions)}" if functions else ""))
    return "。".join(sentences) + "。"
