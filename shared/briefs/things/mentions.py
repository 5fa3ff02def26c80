"""Finds the things that a brief names, with what it says of each: size, number, colours, role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Literal

from shared.briefs.products.found import BriefProducts
from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.following import read_following
from shared.briefs.things.meanings import is_family
from shared.briefs.things.spans import Span, find_spans
from shared.motifs.names import Match, MotifNames

__all__ = ["MAX_MOTIFS", "FoundThings", "MotifMention", "find_motifs"]

Role = Literal["hero", "secondary", "filler"]
Origin = Literal["brief", "reference"]

MAX_MOTIFS = 12
"""Things of a brief that are drawn; the first ones."""
_SCORES = {"name": 1.0, "synonym": 0.9, "family": 0.9, "phrase": 0.9, "wider": 0.8}


@dataclass(frozen=True, kw_only=True)
class MotifMention:
    """A thing to draw, that a brief names or a reference shows."""

    word: str
    """As written; of a reference its English name."""
    name: str
    """English name of the motif that is drawn for it."""
    subjects: tuple[str, ...]
    """Ids of the motifs that may be drawn for it, the most usual one first."""
    role: Role = "hero"
    colours: tuple[str, ...] = ()
    """Keys of its own colours."""
    number: int | None = None
    score: float = 1.0
    """1: called exactly so; 0.9: by a synonym or a family; 0.8: by a wider word; of a reference
    the probability that it shows the thing."""
    wider: bool = False
    """Whether the name is wider than the word: a dachshund, drawn by a dog."""
    family: bool = False
    """Whether each of the subjects is only one of those that the word may mean: flowers."""
    origin: Origin = "brief"
    """Whether the brief names it, or the reference shows it."""

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> MotifMention:
        """Return the mention of a JSON document."""
        lists = {name: tuple(document.get(name, ())) for name in ("subjects", "colours")}
        return cls(**document | lists)


@dataclass(frozen=True, kw_only=True)
class FoundThings:
    """The things of a brief."""

    mentions: tuple[MotifMention, ...]
    """In order, each thing once, at most `MAX_MOTIFS`."""
    left_out: int
    """Number of things beyond them."""
    named: frozenset[int]
    """Indices of the tokens that name things."""
    undrawn: tuple[str, ...]
    """Words for things that are known to have no drawing, such as guinea pig."""
    undrawn_places: frozenset[int]
    """Indices of their tokens."""
    tokens: tuple[Token, ...]
    """The tokens; one-character colours before a Chinese thing are colours again: 红狐狸. Words for
    the role of a thing after it are stop words."""
    small_beside_big: frozenset[int]
    """Indices of the words by which things are small beside big ones: small foxes, large mushrooms.
    The design is large then."""


@dataclass(frozen=True, kw_only=True)
class _Size:
    big: bool = False
    small: bool = False
    places: tuple[int, ...] = ()
    """Indices of the words that say so."""
    diminutive: bool = False
    """小 directly before a Chinese name, which may only be a dear word for it."""


_BIG = frozenset(
    ("big", "large", "huge", "giant", "oversized", "大", "巨大", "超大", "大大", "大型",
     "bigger", "larger", "巨型", "特大", "大只")
)  # fmt: skip
_SMALL = frozenset(
    ("small", "little", "tiny", "mini", "miniature", "小", "细小", "小小", "迷你", "小型",
     "smaller",     "tiniest", "wee", "小巧", "小只", "微小")
)  # fmt: skip
_NUMBERS = {
    **{
        word: n
        for n, word in enumerate(
            ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
        )
    },
    **{word: n for n, word in enumerate("一二三四五六七八九十", 1)},
    "两": 2, "a pair of": 2, "pair": 2,
}  # fmt: skip
_MEASURES = frozenset("只条朵片个颗棵座匹头枝把盏艘架辆株串对群")
_MAX_NUMBER = 40


def find_motifs(
    products: BriefProducts,
    negated: Sequence[bool],
    names: MotifNames,
    colour_of: Callable[[str], str],
) -> FoundThings:
    """Return what the brief names of the things that can be drawn.

    Args:
        products: of the brief, with its tokens.
        negated: for each token whether it is refused.
        names: of everything that can be drawn.
        colour_of: returns the key of the colour that a Chinese character names, or "".
    """
    found, undrawn = find_spans(products.tokens, negated, names)
    spans = [span for span in found if span.last not in products.aside] or found
    restored = _with_colours(products.tokens, spans, colour_of)
    mentions: dict[str, MotifMention] = {}
    sizes: dict[str, _Size] = {}
    said_after: set[int] = set()
    ends = [*(span.first for span in spans[1:]), len(restored)]
    followings = [
        read_following(restored, span.last + 1, ends[index]) for index, span in enumerate(spans)
    ]
    coloured_after = _coloured_after(restored, spans, [each.colour for each in followings])
    for index, span in enumerate(spans):
        size, described = _described(restored, spans[index - 1].last if index else -1, span)
        following = followings[index]
        if following.places:
            places = (*size.places, *following.places)
            size = _Size(big=following.big, small=following.small, places=places)
            said_after.update(following.places)
        if following.colour and not described["colours"] and index in coloured_after:
            described["colours"] = (following.colour,)
        if not described["colours"] and (key := _colour_in_name(span, names, colour_of)):
            described["colours"] = (key,)
        for subjects in (span.match.subjects, *span.match.others):
            if subjects[0] not in mentions:
                mentions[subjects[0]] = _mention(span, subjects, names, described)
                sizes[subjects[0]] = size
    kept = list(mentions.values())[:MAX_MOTIFS]
    return FoundThings(
        mentions=_with_roles(kept, [sizes[mention.subjects[0]] for mention in kept]),
        left_out=len(mentions) - len(kept),
        named=_places(found),
        undrawn=tuple(dict.fromkeys(span.word for span in undrawn)),
        undrawn_places=_places(undrawn),
        tokens=tuple(
            replace(token, kind="stop") if place in said_after and not token.key else token
            for place, token in enumerate(restored)
        ),
        small_beside_big=_small_beside_big(sizes.values()),
    )


def _coloured_after(
    tokens: Sequence[Token], spans: Sequence[Span], colours: Sequence[str]
) -> frozenset[int]:
    """Return the indices of the things that have the colour after them; empty texts are none.

    A code is of the thing right before it. Names are if several things have one each: ducks in
    yellow, whales in blue. In "foxes and leaves in rust" the colour is of both.
    """
    clauses = list(accumulate(token.kind == "end" for token in tokens))
    things = Counter(clauses[span.first] for span in spans)
    alone = [
        index
        for index, span in enumerate(spans)
        if colours[index] and things[clauses[span.first]] == 1
    ]
    codes = {index for index, colour in enumerate(colours) if colour.startswith("#")}
    return frozenset(codes | (set(alone) if len(alone) > 1 else set()))


def _small_beside_big(sizes: Collection[_Size]) -> frozenset[int]:
    if not any(size.big for size in sizes):
        return frozenset()
    return frozenset(place for size in sizes if size.small for place in size.places)


def _colour_in_name(span: Span, names: MotifNames, colour_of: Callable[[str], str]) -> str:
    """Return the colour that a Chinese name begins with, if the rest names it too: 红灯笼."""
    rest = span.word[1:]
    if not rest or not is_chinese(span.word[0]):
        return ""
    match = names.match_chinese(rest, (len(rest),))
    shared = match is not None and set(match.subjects) & set(span.match.subjects)
    return colour_of(span.word[0]) if shared else ""


def _places(spans: Sequence[Span]) -> frozenset[int]:
    return frozenset(n for span in spans for n in range(span.first, span.last + 1))


def _mention(
    span: Span, subjects: tuple[str, ...], names: MotifNames, described: dict[str, Any]
) -> MotifMention:
    match: Match = span.match
    return MotifMention(
        word=span.word,
        name=names[subjects[0]].english[0],
        subjects=subjects,
        score=_SCORES[match.kind],
        wider=match.kind == "wider",
        family=match.kind == "family",
        **described,
    )


def _with_colours(
    tokens: Sequence[Token], spans: Sequence[Span], colour_of: Callable[[str], str]
) -> tuple[Token, ...]:
    """Return the tokens with the colour in front of each Chinese thing: 红狐狸, not 红烧."""
    result = list(tokens)
    for span in spans:
        place = span.first - 1
        if place >= 0 and result[place].text in _BIG | _SMALL:
            place -= 1
        if place < 0 or result[place].kind != "unknown" or len(result[place].text) != 1:
            continue
        alone = place == 0 or tokens[place - 1].kind != "unknown"
        if alone and (key := colour_of(result[place].text)):
            result[place] = replace(result[place], kind="colour", key=key)
    return tuple(result)


def _described(tokens: Sequence[Token], start: int, span: Span) -> tuple[_Size, dict[str, Any]]:
    """Return size, and number and colours, from the words directly before a thing."""
    described: dict[str, Any] = {}
    colours: list[str] = []
    size = _Size(small=span.word[0] == "小", diminutive=span.word[0] == "小")
    for place in range(span.first - 1, start, -1):
        token = tokens[place]
        if token.kind == "end":
            break
        if token.kind == "colour":
            colours.insert(0, token.key)
        elif token.text in _BIG:
            size = _Size(big=True, places=(place,))
        elif token.text in _SMALL:
            is_diminutive = token.text == "小" and place == span.first - 1
            size = _Size(small=True, places=(place,), diminutive=is_diminutive)
        elif number := _number(token.text):
            described["number"] = number
        elif not _is_adjective(token, colours):
            break
    return size, described | {"colours": tuple(dict.fromkeys(colours))}


def _number(text: str) -> int:
    """Return the number that a token names, or 0."""
    if text.isdecimal():
        return int(text[:3]) if int(text[:3]) <= _MAX_NUMBER else 0
    if len(text) == 2 and text[1] in _MEASURES:
        text = text[0]
    return _NUMBERS.get(text, 0)


def _is_adjective(token: Token, colours: Collection[str]) -> bool:
    """Return whether words further before may still describe the thing."""
    if token.kind in ("blank", "mood", "scale", "finish") or token.text in _MEASURES:
        return True
    return token.text == "的" or (bool(colours) and token.text in ("and", "和", "与", "&"))


def _with_roles(
    mentions: Sequence[MotifMention], sizes: Sequence[_Size]
) -> tuple[MotifMention, ...]:
    """Return the mentions with roles: what comes first, or is called big, is the hero."""
    any_big = any(size.big for size in sizes)
    heroes = 0
    result = []
    for place, (mention, size) in enumerate(zip(mentions, sizes, strict=True)):
        small = size.small and (any_big or place > 0 or not size.diminutive)
        if size.big:
            role: Role = "hero"
        elif small and not all(each.small for each in sizes):
            role = "filler" if any_big or (place and len(mentions) > 2) else "secondary"
        elif (
            any_big
            or heroes == 2
            or (is_family(mention.word.lower()) and len(mentions) > 1)
            or (small and place)
        ):
            role = "secondary"
        else:
            role = "hero"
        heroes += role == "hero"
        result.append(replace(mention, role=role))
    if result and not heroes:
        result[0] = replace(result[0], role="hero")
    return tuple(result)
