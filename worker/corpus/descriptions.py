"""Detailed text descriptions of corpus designs."""

from __future__ import annotations

import numpy as np

from shared.briefs.vocabulary import COLOURS, MOODS, PATTERNS, VOCABULARIES
from worker.corpus.spec import DesignSpec
from worker.imaging.colour import lab_from_rgb

__all__ = ["description", "temperature"]

_NEUTRAL_CHROMA = 16.0
_DIRECTION_PHRASES = {
    "radial": "from the centre outwards",
    "diagonal": "from corner to corner",
    "vertical": "from top to bottom",
    "horizontal": "from left to right",
}


def temperature(spec: DesignSpec) -> str:
    """Return "warm", "cool" or "neutral" if it applies to all colours, else an empty string."""
    lab = lab_from_rgb(spec.palette)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    if chroma.max() < _NEUTRAL_CHROMA:
        return "neutral"
    hues = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))[chroma >= _NEUTRAL_CHROMA]
    if ((hues > -30) & (hues < 100)).all():
        return "warm"
    return "cool" if ((hues > 140) | (hues < -50)).all() else ""


def description(spec: DesignSpec, language: str, rng: np.random.Generator) -> str:
    """Return true sentences that describe a design.

    Args:
        spec: the design.
        language: "en" or "zh".
        rng: chooses the wording.
    """
    parts = _english(spec, rng) if language == "en" else _chinese(spec, rng)
    return (" " if language == "en" else "").join(part for part in parts if part)


def _choose(rng: np.random.Generator, *options: str) -> str:
    return options[int(rng.integers(len(options)))]


def _name(kind: str, key: str, language: str, rng: np.random.Generator) -> str:
    """Return a name of a quality, one of the two plainest."""
    return _choose(rng, *VOCABULARIES[kind][key].names(language)[:2])


def _colour_names(spec: DesignSpec, language: str, rng: np.random.Generator) -> list[str]:
    """Return the colours' names, largest area first; a third of them are synonyms."""
    names = []
    for key in spec.colours:
        synonyms = COLOURS[key].names(language)
        unambiguous = [name for name in synonyms if len(name) > 1]
        names.append(unambiguous[0] if rng.random() < 0.67 else _choose(rng, *unambiguous[:3]))
    return names


def _pattern_name(spec: DesignSpec, language: str, rng: np.random.Generator) -> str:
    names = PATTERNS[spec.pattern].names(language)
    return names[0] if rng.random() < 0.7 else _choose(rng, *names[:3])


def _listed(names: list[str], last: str, comma: str) -> str:
    return names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1]


def _english(spec: DesignSpec, rng: np.random.Generator) -> list[str]:
    names = _colour_names(spec, "en", rng)
    all_names = _listed(names, " and ", ", ")
    if len(names) == 1:
        colours = _choose(
            rng, f"Colour: {names[0]}.", f"All in {names[0]}.", f"A single colour, {names[0]}."
        )
    elif len(names) > 2 and rng.random() < 0.35:
        colours = f"Mostly {names[0]}, with {_listed(names[1:], ' and ', ', ')}."
    else:
        colours = _choose(rng, f"Main colours: {all_names}.", f"Colours: {all_names}.",
                       f"A palette of {all_names}.", f"Painted in {all_names}.")  # fmt: skip
    qualities = [
        _name(kind, str(getattr(spec, kind)), "en", rng)
        for kind in ("scale", "density", "line_weight")
        if getattr(spec, kind)
    ]
    pattern = _pattern_name(spec, "en", rng)
    opening = _choose(rng, "Pattern: ", "The pattern shows ", "It shows ", "Seamless ") + pattern
    gradient = ""
    if spec.gradient:
        direction = spec.gradient_direction
        gradient = _choose(
            rng,
            f"Soft {direction} gradient.",
            f"{direction.capitalize()} gradient.",
            f"A smooth gradient {_DIRECTION_PHRASES[direction]}.",
        )
    sentences = [colours, ", ".join([opening, *qualities]) + ".", gradient, _tail_en(spec, rng)]
    if rng.random() < 0.3:  # pattern first
        sentences[0], sentences[1] = sentences[1], sentences[0]
    return sentences


def _tail_en(spec: DesignSpec, rng: np.random.Generator) -> str:
    tail = []
    if spec.contrast:
        tail.append(f"{spec.contrast.capitalize()} contrast.")
    if spec.mood:
        mood = _choose(rng, *MOODS[spec.mood].en[:2])
        tail.append(_choose(rng, f"Mood: {mood}.", f"The mood is {mood}.", f"Theme: {mood}."))
    elif feel := temperature(spec):
        tail.append(_choose(rng, f"{feel.capitalize()} palette.", f"The colours are {feel}."))
    return " ".join(tail)


def _chinese(spec: DesignSpec, rng: np.random.Generator) -> list[str]:
    names = _colour_names(spec, "zh", rng)
    all_names = _listed(names, _choose(rng, "和", "、", "与"), "、")
    if len(names) == 1:
        colours = _choose(rng, f"颜色：{names[0]}。", f"整体为{names[0]}。")
    elif len(names) > 2 and rng.random() < 0.35:
        colours = f"以{names[0]}为主，配以{_listed(names[1:], '和', '、')}。"
    else:
        colours = _choose(
            rng, f"主要颜色：{all_names}。", f"颜色：{all_names}。", f"配色为{all_names}。"
        )
    qualities = [
        _name(kind, str(getattr(spec, kind)), "zh", rng)
        for kind in ("scale", "density", "line_weight")
        if getattr(spec, kind)
    ]
    pattern = _pattern_name(spec, "zh", rng)
    opening = _choose(
        rng, f"图案：{pattern}", f"图案是{pattern}", f"画面为{pattern}", f"无缝的{pattern}"
    )
    gradient = ""
    if spec.gradient:
        direction = VOCABULARIES["gradient_direction"][spec.gradient_direction].zh
        gradient = _choose(
            rng, f"柔和的{direction[0]}。", f"{direction[1]}。", f"带有{direction[0]}。"
        )
    sentences = [colours, "，".join([opening, *qualities]) + "。", gradient, _tail_zh(spec, rng)]
    if rng.random() < 0.3:
        sentences[0], sentences[1] = sentences[1], sentences[0]
    return sentences


def _tail_zh(spec: DesignSpec, rng: np.random.Generator) -> str:
    tail = []
    if spec.contrast:
        tail.append(VOCABULARIES["contrast"][spec.contrast].zh[0] + "。")
    if spec.mood:
        mood = _choose(rng, *MOODS[spec.mood].zh[:2])
        tail.append(_choose(rng, f"氛围：{mood}。", f"主题：{mood}。", f"整体感觉{mood}。"))
    elif feel := temperature(spec):
        word = {"warm": "暖", "cool": "冷", "neutral": "中性"}[feel]
        tail.append(_choose(rng, f"色调偏{word}。", f"整体为{word}色调。"))
    return "".join(tail)
