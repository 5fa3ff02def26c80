"""Find what a brief wants in moderation: "not too large", 不太密, "less shiny"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.briefs.text.tokenizer import Token

__all__ = ["MIDDLES", "Moderation", "moderated"]

MIDDLES = {"scale": "medium", "density": "balanced", "contrast": "medium", "line_weight": "medium"}
"""What is neither of the ends, by kind."""
_WORDS = {
    **dict.fromkeys(("大", "小", "宽", "窄", "wide", "broad", "narrow"), "scale"),
    **dict.fromkeys(("细", "粗", "thin", "thick", "fine"), "line_weight"),
    **dict.fromkeys(("花", "满", "挤"), "density"),
}
"""Kinds of words that have one only beside a pattern, and after these degrees."""
_MOODS = frozenset(("mood", "finish"))
_EXCESS = frozenset(("too", "overly", "excessively", "太", "太过", "过于", "过分"))
_DEGREES = frozenset((*_EXCESS, "very", "so", "that", "super", "really", "很", "那么", "怎么"))
_ALONE = frozenset(("not too", "less"))
"""Degrees that need no negation before them."""
_BOTH = frozenset(("or", "and", "nor", "或", "和", "又", "也", "、"))
_TONES = ("bright", "dark", "light", "pale", "deep", "strong", "亮", "暗", "深", "浅", "淡", "浓")
"""Words that say nothing alone, and are told as not understood here: not too bright."""
_REASONS = frozenset(("it", "it's", "that", "that's", "is", "are", "they", "they're", "which"))
"""Words after which a degree tells why: don't use red, it is too bright."""
_REACH = 8
"""Words between a negation and its degree: don't make the roses too big."""


@dataclass(frozen=True, kw_only=True)
class Moderation:
    """The tokens of a brief without what it wants in moderation."""

    tokens: tuple[Token, ...]
    refused: frozenset[int]
    """Indices of moods and finishes that are refused."""
    little: tuple[tuple[str, str], ...]
    """Keys of colours of which there is to be little, with the word for it: not too green."""


def moderated(tokens: Sequence[Token]) -> Moderation:
    """Return the tokens with middle values of what is wanted in moderation.

    A size, a density, a contrast and a weight of lines become the middle one, since "not large" is
    not "small" yet. A mood and a finish are refused, and of a colour there is to be little. The
    negations refuse nothing any more.
    """
    result = list(tokens)
    refused: set[int] = set()
    little: list[tuple[str, str]] = []
    places = [place for place, token in enumerate(tokens) if token.kind != "blank"]
    words = [tokens[place] for place in places]
    for number, word in enumerate(words):
        degree = number if word.text in _ALONE else _degree(words, number)
        if degree is None:
            continue
        found = _qualities(words, degree + 1)
        is_excess = degree == number or words[degree].text in _EXCESS
        if not found and not (degree <= number + 1 and is_excess):
            continue
        following = words[degree + 1] if degree + 1 < len(words) else word
        if following.kind == "colour" and not following.text.startswith(_TONES):
            little.append((following.key, words[degree].original))
        elif following.text in _TONES:
            result[places[degree + 1]] = replace(following, kind="unknown")
        if word.kind == "not":
            result[places[number]] = replace(word, kind="stop")
        for each in found:
            kind = _WORDS.get(words[each].text, words[each].kind)
            if kind in _MOODS:
                refused.add(places[each])
            else:
                middle = replace(words[each], text="medium", kind=kind, key=MIDDLES[kind])
                result[places[each]] = middle
    return Moderation(tokens=tuple(result), refused=frozenset(refused), little=tuple(little))


def _degree(words: Sequence[Token], negation: int) -> int | None:
    """Return the index of the degree that a negation weakens; None if it refuses."""
    if words[negation].kind != "not" or negation + 1 == len(words):
        return None
    if words[negation + 1].text in _DEGREES:
        return negation + 1
    for place in range(negation + 1, min(len(words), negation + 1 + _REACH)):
        word = words[place]
        if word.kind in ("end", "not") or word.text in _REASONS:
            return None
        if word.text in _EXCESS:
            return place if _qualities(words, place + 1) else None
    return None


def _qualities(words: Sequence[Token], start: int) -> list[int]:
    """Return the indices of the qualities from one word on: too large or dense."""
    found: list[int] = []
    for place in range(start, len(words)):
        if _is_quality(words[place]):
            found.append(place)
        elif not found or words[place].text not in (*_BOTH, *_EXCESS):
            break
    return found


def _is_quality(word: Token) -> bool:
    return word.kind in MIDDLES or word.kind in _MOODS or word.text in _WORDS
