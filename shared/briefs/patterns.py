"""Choose the pattern to draw of those that a brief names."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from operator import itemgetter

from shared.briefs.text.tokenizer import Token

__all__ = ["named_patterns", "other_patterns", "without_idioms"]

_GENERAL = frozenset(
    (
        *("geometric", "geometrics", "geometrical", "geometric pattern", "geometric shapes"),
        *("geometry", "abstract", "abstract pattern", "abstract shapes", "abstract geometric"),
        *("abstract geometric shapes", "几何", "几何图形", "几何图案", "几何形", "几何感"),
        *("几何形状", "抽象", "抽象图案", "抽象几何", "抽象几何图案", "抽象几何图形", "porcelain"),
    )
)
"""Words that many patterns fit: another pattern that the brief names is drawn instead."""
_ADJECTIVES = frozenset(
    ("floral", "botanical", "leafy", "dotted", "spotted", "striped", "wavy", "woven", "moroccan")
)
_PLAIN = ("solid", "gradient")
_ORNAMENTS = frozenset(("porcelain", "damask", "paisley"))
"""Patterns that have flowers of their own."""


def named_patterns(tokens: Sequence[Token]) -> list[str]:
    """Return the patterns, the one to draw first: specific ones before general ones.

    An adjective right before another pattern is general: "floral damask", "geometric triangles".
    """
    shown = [token for token in tokens if token.kind != "blank"]
    ranked = [
        (
            _generality(
                token, is_before_pattern=following is not None and following.kind == "pattern"
            ),
            token.key,
        )
        for token, following in zip_longest(shown, shown[1:])
        if token.kind == "pattern"
    ]
    return list(dict.fromkeys(key for _, key in sorted(ranked, key=itemgetter(0))))


def other_patterns(patterns: Sequence[str], accepted: Sequence[Token]) -> tuple[str, ...]:
    """Return the patterns named beside the one that is drawn, without words that fit any."""
    general = {token.key for token in accepted if token.text in _GENERAL}
    return tuple(key for key in patterns[1:] if key not in (*_PLAIN, *general))


def without_idioms(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens; 白底蓝花 tells the colours of an ornament that is named, no flowers."""
    if not any(token.key in _ORNAMENTS for token in tokens):
        return list(tokens)
    kinds = [token.kind for token in tokens]
    return [
        replace(token, kind="stop", key="")
        if token.text == "花"
        and kinds[max(0, place - 3) : place] == ["colour", "stop", "colour"]
        and tokens[place - 2].text == "底"
        else token
        for place, token in enumerate(tokens)
    ]


def _generality(token: Token, *, is_before_pattern: bool) -> int:
    if token.key in _PLAIN:
        return _PLAIN.index(token.key) + 2
    return int(token.text in _GENERAL or (is_before_pattern and token.text in _ADJECTIVES))
