"""The descriptions that the captioner learns to write: all that a design is, in plain sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shared.briefs.parser import Understood
from worker.corpus import DesignSpec
from worker.models.captioner.perception import MOST_SEEN, Seen, mood_of
from worker.models.captioner.preamble import listed, names, opening, qualities
from worker.training.design_facts import facts_of
from worker.training.synthetic_photos import SeenColours

__all__ = ["describe", "seen_in"]


def seen_in(spec: DesignSpec | None, shown: SeenColours, subject: str = "") -> Seen:
    """Give what a picture shows, as it should be seen: the colours are those of the picture.

    Args:
        spec: the design; None for a photograph, which has no pattern.
        shown: read off the picture.
        subject: of a photograph.
    """
    colours = shown.colours[:MOST_SEEN]
    facts = Understood(contrast=shown.contrast) if spec is None else facts_of(spec)
    facts = replace(facts, colours=colours, mood=mood_of(colours))
    return Seen(facts=facts, subject=subject if spec is None else "", texture=shown.texture)


def describe(
    facts: Understood,
    language: str,
    rng: np.random.Generator,
    *,
    subject: str = "",
    texture: str = "",
) -> str:
    """Write facts in two or three sentences; `understand` reads the same facts from them.

    Args:
        language: "en" or "zh".
        rng: chooses among a few ways to say it.
        subject: key of `worker.models.captioner.perception.SUBJECTS`, of what has no pattern.
        texture: key of `worker.models.captioner.perception.TEXTURES`.
    """
    seen, way = Seen(facts=facts, subject=subject, texture=texture), int(rng.integers(2))
    if language == "zh":
        return opening(seen, language, way) + _chinese(facts)
    more = _english_qualities(facts)
    start = opening(seen, language, way, closed=not more)
    return start + _english(facts, more, bool(qualities(seen, language)))


def _english_qualities(facts: Understood) -> list[str]:
    return names("line_weight", [facts.line_weight], "en") + names(
        "contrast", [facts.contrast], "en"
    )


def _english(facts: Understood, more: list[str], listing: bool) -> str:
    """Go on from the opening; `listing`: it ends within a list of qualities."""
    text = listed(["", *more], " and ", ", ") if listing else listed(more, " and ", ", ")
    sentences = [f", with {text}" if more and not listing else text]
    if facts.mood:
        sentences.append(f"The mood is {listed(names('mood', facts.mood, 'en'), ' and ', ', ')}")
    sentences += _english_product(facts)
    return ". ".join(sentences) + "."


def _english_product(facts: Understood) -> list[str]:
    made = names("finish", [facts.finish], "en") + names("material", facts.materials, "en")
    does = names("function", facts.functions, "en")
    if not (facts.product or made or does):
        return []
    product = "".join(names("product", [facts.product], "en")) or "product"
    text = f"For a {product}"
    if made:
        text += f" made of {listed(made, ' and ', ', ')}"
    return [text + (f"; {listed(does, ' and ', ', ')}" if does else "")]


def _chinese(facts: Understood) -> str:
    """Go on from the opening."""
    parts = names("scale", [facts.scale], "zh") + names("density", [facts.density], "zh")
    parts += names("line_weight", [facts.line_weight], "zh")
    parts += names("contrast", [facts.contrast], "zh")
    sentences = ["".join(f"，{part}" for part in parts)]
    if facts.mood:
        sentences.append("、".join(names("mood", facts.mood, "zh")) + "氛围")
    made = names("material", facts.materials, "zh") + names("finish", [facts.finish], "zh")
    does = names("function", facts.functions, "zh")
    if facts.product or made or does:
        product = "".join(names("product", [facts.product], "zh")) or "产品"
        text = f"用于{product}" + (f"，材质为{'、'.join(made)}" if made else "")
        sentences.append(text + (f"，{'、'.join(does)}" if does else ""))
    return "。".join(sentences) + "。"
