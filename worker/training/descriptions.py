"""The descriptions that the captioner learns to write: all that a design is, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from shared.lexicon import VOCABULARIES, Term
from shared.understanding import Understood
from worker.corpus import DesignSpec
from worker.training.photographs import SeenColours

__all__ = ["describe", "facts_of", "facts_of_photograph", "joined"]

_MOST_COLOURS = 3
_FROM_PATTERN = ("scale", "density", "line_weight")


def facts_of(spec: DesignSpec) -> Understood:
    """Give what a design of the corpus shows."""
    return Understood(
        pattern=spec.pattern,
        colours=spec.colours,
        gradient=spec.gradient,
        gradient_direction=spec.gradient_direction,
        scale=spec.scale,
        density=spec.density,
        line_weight=spec.line_weight,
        contrast=spec.contrast,
    )


def facts_of_photograph(seen: SeenColours) -> Understood:
    """Give what a photograph shows of colours; it has no pattern."""
    return Understood(colours=seen.colours[:4], contrast=seen.contrast)


def joined(said: Understood, seen: Understood) -> Understood:
    """Let a brief have what it says, and what is seen fill the rest.

    Colours that are seen stand behind those of the brief, up to three in all, but for those
    that it refuses; what only holds
    for the pattern seen (scale and the like) goes with it.
    """
    facts = replace(
        said,
        pattern=said.pattern or seen.pattern,
        colours=_joined_colours(said, seen),
        gradient=said.gradient,
        language="en",
        unknown=(),
        excluded_colours=(),
    )
    if not said.pattern:
        kept = {name: getattr(said, name) or getattr(seen, name) for name in _FROM_PATTERN}
        facts = replace(facts, **kept)
    if seen.gradient and said.pattern in ("", seen.pattern):
        way = said.gradient_direction or seen.gradient_direction
        facts = replace(facts, gradient=True, gradient_direction=way)
    if set(said.colours) <= set(seen.colours):
        facts = replace(facts, contrast=said.contrast or seen.contrast)
    return facts


def _joined_colours(said: Understood, seen: Understood) -> tuple[str, ...]:
    welcome = [colour for colour in seen.colours if colour not in said.excluded_colours]
    colours = tuple(dict.fromkeys((*said.colours, *welcome)))
    if set(said.colours) <= set(welcome):
        return colours
    return colours[: max(_MOST_COLOURS, len(said.colours))]


def describe(facts: Understood, language: str, rng: np.random.Generator) -> str:
    """Write facts in two or three sentences; `understand` reads the same facts from them.

    Args:
        language: "en" or "zh".
        rng: chooses among a few ways to say it.
    """
    return _chinese(facts, rng) if language == "zh" else _english(facts, rng)


def _names(kind: str, keys: Sequence[str], language: str) -> list[str]:
    table: Mapping[str, Term] = VOCABULARIES[kind]
    return [table[key].name(language) for key in keys if key]


def _listed(names: Sequence[str], last: str, comma: str) -> str:
    return last.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _english(facts: Understood, rng: np.random.Generator) -> str:
    colours = _listed(_names("colour", facts.colours, "en"), " and ", ", ")
    before = ", ".join(
        _names("scale", [facts.scale], "en") + _names("density", [facts.density], "en")
    )
    if facts.pattern:
        (pattern,) = _names("pattern", [facts.pattern], "en")
        body = f"{before} pattern of {pattern}" if before else f"pattern of {pattern}"
    else:
        body = f"photo-like image {before}".strip()
    first = f"{'An' if body[0] in 'aeiou' else 'A'} {body}"
    if colours:
        first += rng.choice([" in ", " in shades of "]) + colours
    qualities = (
        _names("line_weight", [facts.line_weight], "en")
        + _gradient(facts, "en")
        + _names("contrast", [facts.contrast], "en")
    )
    if qualities:
        first += ", with " + _listed(qualities, " and ", ", ")
    sentences = [first]
    if facts.mood:
        sentences.append(f"The mood is {_listed(_names('mood', facts.mood, 'en'), ' and ', ', ')}")
    sentences += _english_product(facts)
    return ". ".join(sentences) + "."


def _english_product(facts: Understood) -> list[str]:
    made = _names("finish", [facts.finish], "en") + _names("material", facts.materials, "en")
    does = _names("function", facts.functions, "en")
    if not (facts.product or made or does):
        return []
    product = "".join(_names("product", [facts.product], "en")) or "product"
    text = f"For a {product}"
    if made:
        text += f" made of {_listed(made, ' and ', ', ')}"
    return [text + (f"; {_listed(does, ' and ', ', ')}" if does else "")]


def _gradient(facts: Understood, language: str) -> list[str]:
    if not facts.gradient or (facts.pattern == "gradient" and not facts.gradient_direction):
        return []
    if facts.gradient_direction:
        return [f"a {name}" if language == "en" else name for name in _direction(facts, language)]
    return ["渐变色" if language == "zh" else "gradient colours"]


def _direction(facts: Understood, language: str) -> list[str]:
    return _names("gradient_direction", [facts.gradient_direction], language)


def _chinese(facts: Understood, rng: np.random.Generator) -> str:
    colours = _listed(_names("colour", facts.colours, "zh"), "和", "、")
    if facts.pattern:
        (pattern,) = _names("pattern", [facts.pattern], "zh")
        head = pattern if pattern.endswith(("纹", "渐变", "纯色")) else f"{pattern}图案"
    else:
        head = "照片般的画面"
    parts = [head]
    if colours:
        parts.append(str(rng.choice(["颜色为", "配色为"])) + colours)
    parts += _names("scale", [facts.scale], "zh") + _names("density", [facts.density], "zh")
    parts += _names("line_weight", [facts.line_weight], "zh") + _gradient(facts, "zh")
    parts += _names("contrast", [facts.contrast], "zh")
    sentences = ["，".join(parts)]
    if facts.mood:
        sentences.append("、".join(_names("mood", facts.mood, "zh")) + "氛围")
    made = _names("material", facts.materials, "zh") + _names("finish", [facts.finish], "zh")
    does = _names("function", facts.functions, "zh")
    if facts.product or made or does:
        product = "".join(_names("product", [facts.product], "zh")) or "产品"
        text = f"用于{product}" + (f"，材质为{'、'.join(made)}" if made else "")
        sentences.append(text + (f"，{'、'.join(does)}" if does else ""))
    return "。".join(sentences) + "。"
