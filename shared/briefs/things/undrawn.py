"""Finds the words of a brief that name things without a drawing."""

from __future__ import annotations

from collections.abc import Sequence

from shared.briefs.products.words import other_products
from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.meanings import is_plural
from shared.briefs.things.mentions import FoundThings
from shared.briefs.things.spans import CONJUNCTIONS, CONNECTORS
from shared.motifs.names import MotifNames

__all__ = ["undrawn_words"]

_MAX_WORDS = 6
_DETERMINERS = frozenset(
    ("a", "an", "some", "many", "few", "several", "two", "three", "four", "five", "one", "lots of",
     "plenty of", "a pair of", "little", "big", "small", "large", "tiny", "cute", "each", "six")
)  # fmt: skip
_RELATIVES = frozenset(("who", "that", "which", "she", "he", "it"))
"""Words before a verb that looks like a plural."""
_NOT_NOUNS = (
    "ing", "ed", "ly", "ous", "ful", "ish", "ive", "able", "ible", "less", "est", "ical", "ic",
    "like", "wise", "ness", "ism", "ity",
)  # fmt: skip
_CHINESE_ENDINGS = frozenset("布染粉泥瓷质风感污漆皮革纸克力母系式法着有品年店馆铺所校园厅院")
"""Last characters of Chinese words for materials, techniques, styles, verbs and places."""
_CHINESE_SUFFIXES = frozenset("色感风系味")
"""Characters that make a word a colour, a mood or a style: 荷塘月色, 阳光感."""
_MAX_CHINESE = 4


def undrawn_words(
    tokens: Sequence[Token],
    negated: Sequence[bool],
    things: FoundThings,
    said: frozenset[int],
    names: MotifNames,
) -> tuple[str, ...]:
    """Return the words for things that cannot be drawn, as written, each once.

    They are looked for only where the brief names things, or names neither a pattern nor a thing.

    Args:
        tokens, negated: of the brief, and for each whether it is refused.
        things: of the brief.
        said: indices of tokens that say something of a product or a recipient.
        names: of everything that can be drawn.
    """
    has_pattern = any(
        token.kind in ("pattern", "gradient") and not refused
        for token, refused in zip(tokens, negated, strict=True)
    )
    if has_pattern and not things.mentions:
        return ()
    known = things.named | things.undrawn_places | said
    found = [
        *things.undrawn,
        *_english_nouns(tokens, negated, known),
        *_chinese_nouns(tokens, negated, known),
    ]
    kept = [word for word in dict.fromkeys(found) if names.may_be_drawn(word.lower())]
    return tuple(kept)[:_MAX_WORDS]


def _english_nouns(
    tokens: Sequence[Token], negated: Sequence[bool], named: frozenset[int]
) -> list[str]:
    words = [(n, token) for n, token in enumerate(tokens) if token.kind != "blank"]
    found = []
    for place, (number, token) in enumerate(words):
        if not _may_be_noun(token) or negated[number] or number in named:
            continue
        before = words[place - 1] if place else None
        after = words[place + 1][1] if place + 1 < len(words) else None
        if before is not None and before[1].text in _RELATIVES:
            continue  # who grows roses
        if after is not None and after.kind in ("unknown", "colour", "product", "material"):
            continue  # only the last of several words names the thing
        if (
            is_plural(token)
            or _is_listed(before, tokens, named)
            or _is_between(words, place, named)
        ):
            found.append(token.original)
    return found


def _may_be_noun(token: Token) -> bool:
    word = token.text
    return (
        token.kind == "unknown"
        and word.isascii()
        and len(word) > 2
        and word.replace("-", "").replace(" ", "").isalpha()
        and token.original[0].islower()
        and not word.endswith(_NOT_NOUNS)
    )


def _is_listed(
    before: tuple[int, Token] | None, tokens: Sequence[Token], named: frozenset[int]
) -> bool:
    """Return whether a determiner, or a thing and a conjunction, stand before a word."""
    if before is None:
        return False
    number, token = before
    if token.text in _DETERMINERS:
        return True
    if token.text not in CONJUNCTIONS:
        return False
    earlier = [n for n in range(number) if tokens[n].kind != "blank"]
    return bool(earlier) and earlier[-1] in named


def _is_between(words: Sequence[tuple[int, Token]], place: int, named: frozenset[int]) -> bool:
    """Return whether a word stands in a list between things: robins, mistletoe and holly."""
    if place < 2 or place + 2 >= len(words):
        return False
    separators = (words[place - 1][1].text, words[place + 1][1].text)
    listed = all(text == "," or text in CONJUNCTIONS for text in separators)
    return listed and words[place - 2][0] in named and words[place + 2][0] in named


def _chinese_nouns(
    tokens: Sequence[Token], negated: Sequence[bool], named: frozenset[int]
) -> list[str]:
    found, run = [], ""
    for number, token in enumerate(tokens):
        if _is_unknown_chinese(token) and not negated[number] and number not in named:
            run += token.original
        else:
            names_other = token.kind == "colour" or token.text[0] in _CHINESE_SUFFIXES
            found.append("" if names_other else run)
            run = ""
    found.append(run)
    return [
        word
        for word in found
        if 2 <= len(word) <= _MAX_CHINESE
        and word[-1] not in _CHINESE_ENDINGS
        and word[1:] not in other_products().products["chinese"]  # 戴围巾
    ]


def _is_unknown_chinese(token: Token) -> bool:
    return token.kind == "unknown" and is_chinese(token.text[0]) and token.text not in CONNECTORS
