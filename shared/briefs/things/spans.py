"""Finds the words of a brief that are names of things, and tells whether they mean the thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.briefs.text.index import english_words, is_chinese
from shared.briefs.text.tokenizer import Token
from shared.briefs.things.meanings import Meaning, meaning_of
from shared.motifs.names import Match, MotifNames

__all__ = ["CONJUNCTIONS", "CONNECTORS", "Span", "find_spans"]

CONJUNCTIONS = frozenset(("and", "&", "with", "plus", "和", "与", "、", "以及", "跟", "及", "配"))


_AND = frozenset(("and", "&", "和", "与", "、"))
_GROUNDS = frozenset(("background", "ground", "base", "backdrop", "底", "背景", "色", "底色"))
_REACH = 24
"""How many tokens before and after a name are looked at."""
_MAX_ADJECTIVES = 3
_PLACES = frozenset(("间", "之间", "中", "里", "上"))
"""Characters after which a Chinese noun is only where something is: 山间日出."""
_HEADS = frozenset(("fish", "bird", "birds", "tree", "trees", "flower", "flowers", "blooms"))
"""Words that add nothing to a narrower name before them: daisy flowers."""


CONNECTORS = frozenset("和与及跟的")
"""Characters that join Chinese words; the tokenizer takes them for a part of unknown words."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Tokens that name one thing."""

    first: int
    last: int
    match: Match
    word: str
    """As written."""
    meaning: Meaning = "thing"


def find_spans(
    tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans that name things, in order, and those of things without a drawing.

    Words with a meaning of their own, such as flowers, name a thing only beside other things or
    joined to one: foxes and flowers.
    """
    candidates = list(_candidates(tokens, negated, names))
    undrawn = [span for span in candidates if span.match.kind == "undrawn"]
    candidates = [span for span in candidates if span.match.kind != "undrawn"]
    sure = [span for span in candidates if span.meaning == "thing"]
    taken = [span for span in candidates if span.meaning == "thing" or (sure and _counts(span))]
    for span in candidates:
        beside = [*taken, *undrawn]
        if span.meaning == "joined" and (sure or undrawn) and _is_joined(tokens, span, beside):
            taken.append(replace(span, meaning="thing"))
    return tuple(sorted(taken, key=lambda span: span.first)), tuple(undrawn)


def _counts(span: Span) -> bool:
    return span.meaning == "beside"


def _candidates(
    tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames
) -> Iterator[Span]:
    position, end = 0, -1
    while position < len(tokens):
        span = None if negated[position] else _span_at(tokens, position, names)
        chinese = is_chinese(tokens[position].text[0])
        if span is None or (span.meaning == "other" and not chinese):
            position += 1
        elif span.meaning == "other":
            position = span.last + 1  # 胡萝卜橙 is no radish
        else:
            if not (tokens[span.first].text in _HEADS and _touches(tokens, end, span)):
                yield span
            position = end = span.last + 1


def _touches(tokens: Sequence[Token], end: int, span: Span) -> bool:
    """Return whether only blanks lie between the end of the last name and a span."""
    between = tokens[end : span.first] if end >= 0 else ()
    return end >= 0 and all(token.kind == "blank" for token in between)


def _span_at(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    """Return the thing that is named from a token on, or None."""
    token = tokens[first]
    if token.kind in ("blank", "end", "not") or _is_other_product(token):
        return None
    chinese = is_chinese(token.text[0])
    span = _chinese_span(tokens, first, names) if chinese else _english_span(tokens, first, names)
    if span is None or span.match.kind == "undrawn":
        return span
    meaning = meaning_of(tokens, (span.first, span.last), span.match, names)
    return replace(span, meaning=meaning)


def _chinese_span(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    text, ends = "", []
    for token in tokens[first:]:
        if token.kind == "end" or not is_chinese(token.text[0]) or len(text) > names.max_chars:
            break
        if _is_other_product(token):
            break
        text += token.text
        ends.append(len(text))
    match = names.match_chinese(text, reversed(ends))
    if match is None:
        return None
    last = first + ends.index(match.length)
    if match.length == 1 and (
        any(_is_unknown_chinese(tokens, place) for place in (first - 1, last + 1))
        or (last + 1 < len(tokens) and tokens[last + 1].text in _PLACES)
    ):
        return None  # part of a word that is not known
    return Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _is_other_product(token: Token) -> bool:
    """Return whether a token names a product that no picture shows."""
    return token.kind == "product" and not token.key


def _is_unknown_chinese(tokens: Sequence[Token], place: int) -> bool:
    if not 0 <= place < len(tokens):
        return False
    token = tokens[place]
    return token.kind == "unknown" and is_chinese(token.text[0]) and token.text not in CONNECTORS


def _english_span(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    words: list[str] = []
    ends: list[int] = []
    for index in range(first, len(tokens)):
        token = tokens[index]
        if token.kind == "blank" and token.text in " -\t‐‑'’":
            continue
        if len(words) > names.max_words or token.kind in ("end", "blank"):
            break
        if is_chinese(token.text[0]) or _is_other_product(token):
            break
        own = [word for word, _, _ in english_words(token.text)]
        if not own:  # letters of another script
            break
        words += own
        ends += [index] * (len(words) - len(ends))
    match = names.match_english(words)
    if match is None or (match.length < len(ends) and ends[match.length - 1] == ends[match.length]):
        return None
    last = ends[match.length - 1]
    return Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _written(tokens: Iterable[Token]) -> str:
    return "".join(token.original for token in tokens).strip()


def _is_joined(tokens: Sequence[Token], span: Span, things: Sequence[Span]) -> bool:
    """Return whether "and" joins a span to a thing, and no colour or product follows."""
    kinds = {token.kind for token in tokens[span.first : span.last + 1]}
    joining = _AND if "product" in kinds else CONJUNCTIONS
    nearby = range(max(0, span.first - _REACH), min(len(tokens), span.last + _REACH))
    words = [n for n in nearby if tokens[n].kind != "blank"]
    after = [n for n in words if n > span.last]
    if after and tokens[after[0]].text in CONJUNCTIONS - _AND:
        return False  # in lavender with bees
    if after and tokens[after[0]].text in joining:
        return _leads_to_thing(tokens, after[1:], things) or (
            (len(after) < 2 or tokens[after[1]].kind != "colour")
            and _follows_thing(tokens, [n for n in words if n < span.first], things, joining)
        )
    if after and tokens[after[0]].kind not in ("stop", "end", "scale", "not"):
        return False
    if after and tokens[after[0]].text in _GROUNDS:
        return False
    return _follows_thing(tokens, [n for n in words if n < span.first], things, joining)


def _leads_to_thing(tokens: Sequence[Token], after: Sequence[int], things: Sequence[Span]) -> bool:
    """Return whether a thing begins here, with at most its adjectives before it."""
    firsts = {thing.first for thing in things}
    for place in after[:_MAX_ADJECTIVES]:
        if place in firsts:
            return True
        is_adjective = tokens[place].kind in ("scale", "stop", "mood", "colour")
        if not is_adjective or tokens[place].text in CONJUNCTIONS:
            return False
    return False


def _follows_thing(
    tokens: Sequence[Token],
    before: Sequence[int],
    things: Sequence[Span],
    joining: frozenset[str],
) -> bool:
    """Return whether a thing and a conjunction end here, but for adjectives."""
    left = list(before)
    while left and tokens[left[-1]].kind in ("scale", "mood", "colour"):
        left.pop()
    if len(left) < 2 or tokens[left[-1]].text not in joining:
        return False
    return any(thing.last == left[-2] for thing in things)
