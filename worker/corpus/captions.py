"""Generates briefs for corpus designs in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import (
    COLOURS,
    FINISHES,
    FUNCTIONS,
    GRADIENT_DIRECTIONS,
    MATERIALS,
    MOODS,
    PATTERNS,
    PRODUCTS,
    Term,
)
from shared.briefs.vocabulary import VOCABULARIES as ALL
from worker.corpus.phrases import FRAMES
from worker.corpus.spec import DesignSpec

__all__ = ["LANGUAGES", "PARTIALS", "Caption", "caption", "caption_text"]

LANGUAGES = ("en", "zh", "mixed")
PARTIALS = ("full", "pattern", "colours", "some-colours", "theme", "owner")
"""Content of a brief: everything; pattern only; colours only; pattern and first colours; a theme
instead of colours; everything in the form "product: material; pattern; functions"."""
_PARTIAL_SHARES = (0.42, 0.12, 0.10, 0.14, 0.12, 0.10)
_SLOT = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_SEAM = "\0"
_LATIN_SEAM = re.compile(rf"(?<=[a-zA-Z0-9]){_SEAM}+(?=[a-zA-Z0-9])")
_OWNERS_FRAMES = {
    "en": "{product}. Material: {material}; pattern: {pattern}[, {gradient}][, {colours}]"
    "[; functions: {functions}]",
    "zh": "{product}。材质：{material}；图案：{pattern}[，{gradient}][，{colours}]"
    "[；功能：{functions}]",
}


@dataclass(frozen=True, kw_only=True)
class Caption:
    """A brief with its meaning."""

    text: str
    facts: ParsedBrief
    """Facts that the parser should extract."""


def caption_text(
    spec: DesignSpec, rng: np.random.Generator, language: str, partial: str | None = None
) -> str:
    """Return the text of a random brief that matches the design.

    Args:
        spec: the design; its split determines the sentence templates.
        rng: chooses wording and length.
        language: "en", "zh" or "mixed".
        partial: one of `PARTIALS`; None: a random one.
    """
    return caption(spec, rng, language, partial).text


def caption(
    spec: DesignSpec, rng: np.random.Generator, language: str, partial: str | None = None
) -> Caption:
    """Return a random brief as `caption_text` does, with its meaning."""
    frame_language = language if language != "mixed" else ("en", "zh")[int(rng.integers(2))]
    kind = partial or str(rng.choice(PARTIALS, p=_PARTIAL_SHARES))
    writer = _Writer(rng=rng, language=frame_language, mixed=language == "mixed")
    slots, facts = _fill(spec, writer, kind)
    frame = _frame(frame_language, spec.split, kind, slots, rng)
    used = _used_slots(frame, slots, rng)
    text = _SLOT.sub(lambda match: f"{_SEAM}{slots[match[1]]}{_SEAM}", used)
    text = _LATIN_SEAM.sub(" ", text).replace(_SEAM, "")
    used_slots = set(_SLOT.findall(used))
    text = _polish(text, frame_language, rng)
    return Caption(text=text, facts=_restrict(facts, used_slots))


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Chooses the wording."""

    rng: np.random.Generator
    language: str
    mixed: bool

    def name(self, term: Term, canonical: float = 0.45) -> str:
        """Return a name of a term, often the canonical one."""
        language = self.language
        if self.mixed and self.rng.random() < 0.5:
            language = "zh" if language == "en" else "en"
        names = term.names(language)
        if self.rng.random() < canonical:
            return names[0]
        return names[int(self.rng.integers(len(names)))]

    def choose(self, *options: str) -> str:
        return options[int(self.rng.integers(len(options)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def joined(self, names: list[str]) -> str:
        """Return the names joined in one of several styles."""
        if self.language == "zh":
            return self.choose("、", "，", "和", "、")[:1].join(names) if len(names) < 3 else (
                "、".join(names[:-1]) + self.choose("和", "、", "与") + names[-1]
            )  # fmt: skip
        if len(names) < 2 or self.chance(0.15):
            return ", ".join(names)
        if len(names) == 2:
            return self.choose(" and ", " with ", ", ", " and ", " & ", " plus ").join(names)
        head = ", ".join(names[:-1])
        return head + self.choose(" and ", ", ", ", and ", " with ") + names[-1]


def _pattern_text(spec: DesignSpec, writer: _Writer, facts: dict[str, object]) -> str:
    """Return the pattern's name, sometimes with scale, density and line weight."""
    text = writer.name(PATTERNS[spec.pattern])
    facts["pattern"] = spec.pattern
    chinese = writer.language == "zh"
    for kind, share in (("density", 0.14), ("scale", 0.24)):
        key = str(getattr(spec, kind))
        if key and writer.chance(share):
            facts[kind] = key
            text = _with_quality(writer.name(ALL[kind][key]), text, writer, chinese)
    if spec.line_weight and writer.chance(0.15):
        facts["line_weight"] = spec.line_weight
        lines = writer.name(ALL["line_weight"][spec.line_weight])
        text = f"{text}，{lines}" if chinese else f"{text} with {lines}"
    return text


def _with_quality(quality: str, name: str, writer: _Writer, chinese: bool) -> str:
    if chinese:
        return writer.choose(f"{quality}的{name}", f"{name}，{quality}")
    if " " in quality and not quality.endswith(("packed", "spaced", "scale", "dense")):
        return f"{name}, {quality}"
    return f"{quality} {name}"


def _colours_text(spec: DesignSpec, count: int, writer: _Writer, facts: dict[str, object]) -> str:
    keys = spec.colours[:count]
    facts["colours"] = keys
    names = [writer.name(COLOURS[key], 0.5) for key in keys]
    short = [COLOURS[key].zh[1] for key in keys if len(COLOURS[key].zh[1]) == 1]
    compact = writer.language == "zh" and not writer.mixed and len(short) == len(keys) == 2
    if compact and writer.chance(0.4):
        return "".join(short) + writer.choose("", "相间", "两色")
    return writer.joined(names)


def _gradient_text(spec: DesignSpec, writer: _Writer, facts: dict[str, object]) -> str:
    facts["gradient"] = True
    if writer.chance(0.4):
        facts["gradient_direction"] = spec.gradient_direction
        names = GRADIENT_DIRECTIONS[spec.gradient_direction].names(writer.language)
        matching = [name for name in names if "gradient" in name or "渐变" in name]
        return matching[int(writer.rng.integers(len(matching)))]
    if writer.language == "zh":
        return writer.choose("渐变", "渐变色", "柔和渐变", "渐变效果", "渐变色")
    return writer.choose(
        "gradient", "soft gradient", "gradient colours", "smooth gradient", "gradient"
    )


def _fill(spec: DesignSpec, writer: _Writer, kind: str) -> tuple[dict[str, str], dict[str, object]]:
    """Return the slot texts of this kind of brief, and the facts that they state."""
    facts: dict[str, object] = {}
    slots: dict[str, str] = {}
    if kind != "colours":
        slots["pattern"] = _pattern_text(spec, writer, facts)
    if kind in ("full", "colours") or (kind == "owner" and writer.chance(0.6)):
        slots["colours"] = _colours_text(spec, len(spec.colours), writer, facts)
    elif kind == "some-colours":
        limit = max(1, len(spec.colours) - 1)
        slots["colours"] = _colours_text(
            spec, int(writer.rng.integers(1, limit + 1)), writer, facts
        )
    probability = 0.35 if kind in ("pattern", "colours") else 0.85
    if spec.gradient and spec.pattern != "gradient" and writer.chance(probability):
        slots["gradient"] = _gradient_text(spec, writer, facts)
    if (kind == "theme" and spec.mood) or (spec.mood and kind == "full" and writer.chance(0.3)):
        facts["mood"] = (spec.mood,)
        slots["mood"] = writer.name(MOODS[spec.mood], 0.6)
    if kind == "owner" or writer.chance(0.45):
        _product(writer, slots, facts, always=kind == "owner")
    return slots, facts


def _random_key(terms: Mapping[str, Term], rng: np.random.Generator) -> str:
    return list(terms)[int(rng.integers(len(terms)))]


def _random_keys(terms: Mapping[str, Term], count: int, rng: np.random.Generator) -> list[str]:
    """Return up to `count` random distinct keys."""
    return list(dict.fromkeys(_random_key(terms, rng) for _ in range(count)))


def _product(
    writer: _Writer, slots: dict[str, str], facts: dict[str, object], always: bool
) -> None:
    """Add a random product, materials and functions, which do not affect the design."""
    rng = writer.rng
    product = "phone-case" if rng.random() < 0.45 else _random_key(PRODUCTS, rng)
    facts["product"], slots["product"] = product, writer.name(PRODUCTS[product], 0.6)
    if always or rng.random() < 0.6:
        materials = _random_keys(MATERIALS, int(rng.integers(1, 3)), rng)
        facts["materials"] = tuple(materials)
        names = [writer.name(MATERIALS[key], 0.6) for key in materials]
        if rng.random() < 0.3:
            finish = _random_key(FINISHES, rng)
            facts["finish"] = finish
            names.insert(0, writer.name(FINISHES[finish], 0.7))
        slots["material"] = ("，" if writer.language == "zh" else ", ").join(names)
    if always or rng.random() < 0.6:
        functions = _random_keys(FUNCTIONS, int(rng.integers(1, 4)), rng)
        facts["functions"] = tuple(functions)
        names = [writer.name(FUNCTIONS[key], 0.6) for key in functions]
        mark = (
            writer.choose("，", "、")
            if writer.language == "zh"
            else writer.choose(", ", ", ", " and ")
        )
        slots["functions"] = mark.join(names)


def _frame(
    language: str, split: str, kind: str, slots: dict[str, str], rng: np.random.Generator
) -> str:
    """Return a random template whose required slots exist and that mentions the kind's subject."""
    if kind == "owner" and split == "train":
        return _OWNERS_FRAMES[language]
    subject = {"pattern": ("pattern",), "colours": ("colours",), "theme": ("pattern",)}.get(
        kind, ("pattern", "colours") if "colours" in slots else ("pattern",)
    )
    matching = []
    for frame in FRAMES[language, split]:
        needed = set(_SLOT.findall(_OPTIONAL.sub("", frame)))
        if needed <= slots.keys() and all(f"{{{slot}}}" in frame for slot in subject):
            matching.append(frame)
    if not matching:  # the held-out templates do not cover every kind
        mark = ", " if language == "en" else "，"
        matching = [mark.join(f"{{{slot}}}" for slot in subject)]
    return matching[int(rng.integers(len(matching)))]


def _used_slots(frame: str, slots: dict[str, str], rng: np.random.Generator) -> str:
    """Return the template with most of its fillable optional parts."""

    def part(match: re.Match[str]) -> str:
        needed = _SLOT.findall(match[1])
        available = all(slot in slots for slot in needed)
        mandatory = {"pattern", "colours"} & set(needed)
        return match[1] if available and (mandatory or rng.random() < 0.85) else ""

    return _OPTIONAL.sub(part, frame)


def _restrict(facts: dict[str, object], used_slots: set[str]) -> ParsedBrief:
    """Return the facts of the slots that the template used."""
    fields = {
        "pattern": ("pattern", "scale", "density", "line_weight"),
        "colours": ("colours",),
        "gradient": ("gradient", "gradient_direction"),
        "material": ("materials", "finish"),
        "product": ("product",),
        "functions": ("functions",),
        "mood": ("mood",),
    }
    values = {name: facts[name] for slot in used_slots for name in fields[slot] if name in facts}
    if "materials" in values:
        values["material"] = values["materials"][0]  # type: ignore[index]
    if values.get("pattern") == "gradient":
        values["gradient"] = True
    return ParsedBrief(**values)  # type: ignore[arg-type]


def _polish(text: str, language: str, rng: np.random.Generator) -> str:
    """Return the text with random case and punctuation, sometimes with a typing error."""
    draw = rng.random(4)
    if language == "zh":
        if draw[0] < 0.12:
            text = text.replace("，", ",").replace("；", ";").replace("：", ":")
        elif draw[0] < 0.2:
            text = text.replace("，", " ").replace("；", " ")
        return text + "。" if draw[1] < 0.2 and not text.endswith("。") else text
    text = re.sub(r"\b([aA]) (?=[aeio]|u[^ns])", r"\1n ", text)
    if draw[0] < 0.08:
        text = _with_typo(text, rng)
    if draw[1] < 0.35:
        text = text[:1].upper() + text[1:]
    elif draw[1] < 0.40:
        text = text.lower()
    return text + "." if draw[2] < 0.15 and text[-1].isalnum() else text


def _with_typo(text: str, rng: np.random.Generator) -> str:
    """Return the text with a letter swapped, dropped or doubled inside one long word."""
    long_words = list(re.finditer(r"[a-z]{7,}", text))
    if not long_words:
        return text
    word = long_words[int(rng.integers(len(long_words)))]
    index = int(rng.integers(word.start() + 1, word.end() - 2))
    kind = rng.integers(3)
    if kind == 0:
        return text[:index] + text[index + 1] + text[index] + text[index + 2 :]
    if kind == 1:
        return text[:index] + text[index + 1 :]
    return text[:index] + text[index] + text[index:]
