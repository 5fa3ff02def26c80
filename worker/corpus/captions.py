"""Briefs for the corpus' designs, as designers would write them, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.briefs.parser import Understood
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

__all__ = ["LANGUAGES", "PARTIALS", "Caption", "caption", "captions"]

LANGUAGES = ("en", "zh", "mixed")
PARTIALS = ("full", "pattern", "colours", "some-colours", "theme", "owner")
"""What a brief tells: all; the pattern only; the colours only; the pattern and the first colours;
a theme instead of colours; all as "product: material; pattern; functions"."""
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
    """A brief and what it says."""

    text: str
    said: Understood
    """What a reader with the vocabulary should understand."""


def captions(
    spec: DesignSpec, rng: np.random.Generator, language: str, partial: str | None = None
) -> str:
    """Write a brief that the design answers.

    Args:
        spec: the design; its split decides which sentence frames are used.
        rng: draws wording and length.
        language: "en", "zh" or "mixed".
        partial: one of `PARTIALS`; None: any of them.
    """
    return caption(spec, rng, language, partial).text


def caption(
    spec: DesignSpec, rng: np.random.Generator, language: str, partial: str | None = None
) -> Caption:
    """Write a brief as `captions` does, with the record of what it says."""
    frame_language = language if language != "mixed" else ("en", "zh")[int(rng.integers(2))]
    kind = partial or str(rng.choice(PARTIALS, p=_PARTIAL_SHARES))
    writer = _Writer(rng=rng, language=frame_language, mixed=language == "mixed")
    slots, said = _fill(spec, writer, kind)
    frame = _frame(frame_language, spec.split, kind, slots, rng)
    used = _used_slots(frame, slots, rng)
    text = _SLOT.sub(lambda match: f"{_SEAM}{slots[match[1]]}{_SEAM}", used)
    text = _LATIN_SEAM.sub(" ", text).replace(_SEAM, "")
    told = set(_SLOT.findall(used))
    text = _polish(text, frame_language, rng)
    return Caption(text=text, said=_only(said, told))


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Chooses words."""

    rng: np.random.Generator
    language: str
    mixed: bool

    def name(self, term: Term, canonical: float = 0.45) -> str:
        """Name a term, often by its canonical name."""
        language = self.language
        if self.mixed and self.rng.random() < 0.5:
            language = "zh" if language == "en" else "en"
        names = term.names(language)
        if self.rng.random() < canonical:
            return names[0]
        return names[int(self.rng.integers(len(names)))]

    def one(self, *options: str) -> str:
        return options[int(self.rng.integers(len(options)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def joined(self, names: list[str]) -> str:
        """List names, as one of several habits has it."""
        if self.language == "zh":
            return self.one("、", "，", "和", "、")[:1].join(names) if len(names) < 3 else (
                "、".join(names[:-1]) + self.one("和", "、", "与") + names[-1]
            )  # fmt: skip
        if len(names) < 2 or self.chance(0.15):
            return ", ".join(names)
        if len(names) == 2:
            return self.one(" and ", " with ", ", ", " and ", " & ", " plus ").join(names)
        head = ", ".join(names[:-1])
        return head + self.one(" and ", ", ", ", and ", " with ") + names[-1]


def _decorated(spec: DesignSpec, writer: _Writer, said: dict[str, object]) -> str:
    """Name the pattern, now and then with its scale, density and lines."""
    text = writer.name(PATTERNS[spec.pattern])
    said["pattern"] = spec.pattern
    chinese = writer.language == "zh"
    for kind, share in (("density", 0.14), ("scale", 0.24)):
        key = str(getattr(spec, kind))
        if key and writer.chance(share):
            said[kind] = key
            text = _described(writer.name(ALL[kind][key]), text, writer, chinese)
    if spec.line_weight and writer.chance(0.15):
        said["line_weight"] = spec.line_weight
        lines = writer.name(ALL["line_weight"][spec.line_weight])
        text = f"{text}，{lines}" if chinese else f"{text} with {lines}"
    return text


def _described(quality: str, name: str, writer: _Writer, chinese: bool) -> str:
    if chinese:
        return writer.one(f"{quality}的{name}", f"{name}，{quality}")
    if " " in quality and not quality.endswith(("packed", "spaced", "scale", "dense")):
        return f"{name}, {quality}"
    return f"{quality} {name}"


def _colours(spec: DesignSpec, count: int, writer: _Writer, said: dict[str, object]) -> str:
    keys = spec.colours[:count]
    said["colours"] = keys
    names = [writer.name(COLOURS[key], 0.5) for key in keys]
    short = [COLOURS[key].zh[1] for key in keys if len(COLOURS[key].zh[1]) == 1]
    short_enough = writer.language == "zh" and not writer.mixed and len(short) == len(keys) == 2
    if short_enough and writer.chance(0.4):
        return "".join(short) + writer.one("", "相间", "两色")
    return writer.joined(names)


def _gradient(spec: DesignSpec, writer: _Writer, said: dict[str, object]) -> str:
    said["gradient"] = True
    if writer.chance(0.4):
        said["gradient_direction"] = spec.gradient_direction
        names = GRADIENT_DIRECTIONS[spec.gradient_direction].names(writer.language)
        fitting = [name for name in names if "gradient" in name or "渐变" in name]
        return fitting[int(writer.rng.integers(len(fitting)))]
    if writer.language == "zh":
        return writer.one("渐变", "渐变色", "柔和渐变", "渐变效果", "渐变色")
    return writer.one(
        "gradient", "soft gradient", "gradient colours", "smooth gradient", "gradient"
    )


def _fill(spec: DesignSpec, writer: _Writer, kind: str) -> tuple[dict[str, str], dict[str, object]]:
    """Word each slot that this kind of brief may use; the others stay out."""
    said: dict[str, object] = {}
    slots: dict[str, str] = {}
    if kind != "colours":
        slots["pattern"] = _decorated(spec, writer, said)
    if kind in ("full", "colours") or (kind == "owner" and writer.chance(0.6)):
        slots["colours"] = _colours(spec, len(spec.colours), writer, said)
    elif kind == "some-colours":
        most = max(1, len(spec.colours) - 1)
        slots["colours"] = _colours(spec, int(writer.rng.integers(1, most + 1)), writer, said)
    shows = 0.35 if kind in ("pattern", "colours") else 0.85
    if spec.gradient and spec.pattern != "gradient" and writer.chance(shows):
        slots["gradient"] = _gradient(spec, writer, said)
    if (kind == "theme" and spec.mood) or (spec.mood and kind == "full" and writer.chance(0.3)):
        said["mood"] = (spec.mood,)
        slots["mood"] = writer.name(MOODS[spec.mood], 0.6)
    if kind == "owner" or writer.chance(0.45):
        _product(writer, slots, said, always=kind == "owner")
    return slots, said


def _any(terms: Mapping[str, Term], rng: np.random.Generator) -> str:
    return list(terms)[int(rng.integers(len(terms)))]


def _some(terms: Mapping[str, Term], count: int, rng: np.random.Generator) -> list[str]:
    """Pick up to `count` different keys."""
    return list(dict.fromkeys(_any(terms, rng) for _ in range(count)))


def _product(writer: _Writer, slots: dict[str, str], said: dict[str, object], always: bool) -> None:
    """Invent a product, its materials and functions; they leave the surface as it is."""
    rng = writer.rng
    product = "phone-case" if rng.random() < 0.45 else _any(PRODUCTS, rng)
    said["product"], slots["product"] = product, writer.name(PRODUCTS[product], 0.6)
    if always or rng.random() < 0.6:
        materials = _some(MATERIALS, int(rng.integers(1, 3)), rng)
        said["materials"] = tuple(materials)
        names = [writer.name(MATERIALS[key], 0.6) for key in materials]
        if rng.random() < 0.3:
            finish = _any(FINISHES, rng)
            said["finish"] = finish
            names.insert(0, writer.name(FINISHES[finish], 0.7))
        slots["material"] = ("，" if writer.language == "zh" else ", ").join(names)
    if always or rng.random() < 0.6:
        functions = _some(FUNCTIONS, int(rng.integers(1, 4)), rng)
        said["functions"] = tuple(functions)
        names = [writer.name(FUNCTIONS[key], 0.6) for key in functions]
        mark = (
            writer.one("，", "、") if writer.language == "zh" else writer.one(", ", ", ", " and ")
        )
        slots["functions"] = mark.join(names)


def _frame(
    language: str, split: str, kind: str, slots: dict[str, str], rng: np.random.Generator
) -> str:
    """Pick a frame whose needed slots are all there and that tells the kind's point."""
    if kind == "owner" and split == "train":
        return _OWNERS_FRAMES[language]
    point = {"pattern": ("pattern",), "colours": ("colours",), "theme": ("pattern",)}.get(
        kind, ("pattern", "colours") if "colours" in slots else ("pattern",)
    )
    fitting = []
    for frame in FRAMES[language, split]:
        needed = set(_SLOT.findall(_OPTIONAL.sub("", frame)))
        if needed <= slots.keys() and all(f"{{{slot}}}" in frame for slot in point):
            fitting.append(frame)
    if not fitting:  # the held-out frames do not cover every kind
        mark = ", " if language == "en" else "，"
        fitting = [mark.join(f"{{{slot}}}" for slot in point)]
    return fitting[int(rng.integers(len(fitting)))]


def _used_slots(frame: str, slots: dict[str, str], rng: np.random.Generator) -> str:
    """Keep the optional parts that can be filled, most of the time."""

    def part(match: re.Match[str]) -> str:
        needed = _SLOT.findall(match[1])
        there = all(slot in slots for slot in needed)
        sure = {"pattern", "colours"} & set(needed)
        return match[1] if there and (sure or rng.random() < 0.85) else ""

    return _OPTIONAL.sub(part, frame)


def _only(said: dict[str, object], told: set[str]) -> Understood:
    """Keep of what could be said what the frame had room for."""
    of_slot = {
        "pattern": ("pattern", "scale", "density", "line_weight"),
        "colours": ("colours",),
        "gradient": ("gradient", "gradient_direction"),
        "material": ("materials", "finish"),
        "product": ("product",),
        "functions": ("functions",),
        "mood": ("mood",),
    }
    kept = {name: said[name] for slot in told for name in of_slot[slot] if name in said}
    if "materials" in kept:
        kept["material"] = kept["materials"][0]  # type: ignore[index]
    if kept.get("pattern") == "gradient":
        kept["gradient"] = True
    return Understood(**kept)  # type: ignore[arg-type]


def _polish(text: str, language: str, rng: np.random.Generator) -> str:
    """Vary case and punctuation and make a typing error now and then."""
    draw = rng.random(4)
    if language == "zh":
        if draw[0] < 0.12:
            text = text.replace("，", ",").replace("；", ";").replace("：", ":")
        elif draw[0] < 0.2:
            text = text.replace("，", " ").replace("；", " ")
        return text + "。" if draw[1] < 0.2 and not text.endswith("。") else text
    text = re.sub(r"\b([aA]) (?=[aeio]|u[^ns])", r"\1n ", text)
    if draw[0] < 0.08:
        text = _mistyped(text, rng)
    if draw[1] < 0.35:
        text = text[:1].upper() + text[1:]
    elif draw[1] < 0.40:
        text = text.lower()
    return text + "." if draw[2] < 0.15 and text[-1].isalnum() else text


def _mistyped(text: str, rng: np.random.Generator) -> str:
    """Swap, drop or double a letter inside one long word."""
    long_words = list(re.finditer(r"[a-z]{7,}", text))
    if not long_words:
        return text
    word = long_words[int(rng.integers(len(long_words)))]
    place = int(rng.integers(word.start() + 1, word.end() - 2))
    kind = rng.integers(3)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place] + text[place:]
