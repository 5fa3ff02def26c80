"""Finds the words of a brief that are names of things, and tells whether they mean the thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.briefs.index import english_words, is_chinese
from shared.briefs.meanings import Meaning, meaning_of
from shared.briefs.tokenizer import Token
from shared.motifs.names import Match, MotifNames

__all__ = ["CONJUNCTIONS", "Span", "find_spans"]

CONJUNCTIONS = frozenset(("and", "&", "with", "plus", "和", "与", "、", "以及", "跟", "及", "配"))


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
) -> tuple[Span, ...]:
    """Return the spans that name things, in order.

    Words with a meaning of their own, such as flowers, name a thing only beside other things or
    joined to one: foxes and flowers.
    """
    candidates = list(_candidates(tokens, negated, names))
    sure = [span for span in candidates if span.meaning == "thing"]
    taken = [span for span in candidates if span.meaning == "thing" or (sure and _counts(span))]
    for span in candidates:
        if span.meaning == "joined" and sure and _is_joined(tokens, span, taken):
            taken.append(replace(span, meaning="thing"))
    return tuple(sorted(taken, key=lambda span: span.first))


def _counts(span: Span) -> bool:
    return span.meaning == "beside"


def _candidates(
    tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames
) -> Iterator[Span]:
    position = 0
    while position < len(tokens):
        span = None if negated[position] else _span_at(tokens, position, names)
        if span is None:
            position += 1
        else:
            yield span
            position = span.last + 1


def _span_at(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    """Return the thing that is named from a token on, or None."""
    token = tokens[first]
    if token.kind in ("blank", "end", "not"):
        return None
    chinese = is_chinese(token.text[0])
    span = _chinese_span(tokens, first, names) if chinese else _english_span(tokens, first, names)
    if span is None:
        return None
    meaning = meaning_of(tokens, (span.first, span.last), span.match, names)
    return None if meaning == "other" else replace(span, meaning=meaning)


def _chinese_span(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    text, ends = "", []
    for token in tokens[first:]:
        if token.kind == "end" or not is_chinese(token.text[0]):
            break
        text += token.text
        ends.append(len(text))
    match = names.match_chinese(text, reversed(ends))
    if match is None:
        return None
    last = first + ends.index(match.length)
    if match.length == 1 and any(
        _is_unknown_chinese(tokens, place) for place in (first - 1, last + 1)
    ):
        return None  # part of a word that is not known
    return Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _is_unknown_chinese(tokens: Sequence[Token], place: int) -> bool:
    if not 0 <= place < len(tokens):
        return False
    return tokens[place].kind == "unknown" and is_chinese(tokens[place].text[0])


def _english_span(tokens: Sequence[Token], first: int, names: MotifNames) -> Span | None:
    words: list[str] = []
    ends: list[int] = []
    for index in range(first, len(tokens)):
        token = tokens[index]
        if token.kind == "blank" and token.text in " -\t‐‑'’":
            continue
        if len(words) > names.max_words or token.kind in ("end", "blank"):
            break
        if is_chinese(token.text[0]):
            break
        words += [word for word, _, _ in english_words(token.text)]
        ends += [index] * (len(words) - len(ends))
    match = names.match_english(words)
    if match is None or (match.length < len(ends) and ends[match.length - 1] == ends[match.length]):
        return None
    last = ends[match.length - 1]
    return Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _written(tokens: Iterable[Token]) -> str:
    return "".join(token.original for token in tokens).strip()


def _is_joined(tokens: Sequence[Token], span: Span, things: Sequence[Span]) -> bool:
    """Return whether a conjunction joins a span to a thing, and no colour or product follows."""
    following = [place for place in range(span.last + 1, len(tokens)) if _is_word(tokens[place])]
    before = [place for place in range(span.first) if _is_word(tokens[place])]
    if following and tokens[following[0]].text in CONJUNCTIONS:
        after = following[1:]
        while after and tokens[after[0]].kind in ("scale", "stop", "mood", "colour"):
            if any(thing.first <= after[0] <= thing.last for thing in things):
                break
            after = after[1:]
        if after and any(thing.first == after[0] for thing in things):
            return True
        if len(following) > 1 and tokens[following[1]].kind == "colour":
            return False
    elif following and tokens[following[0]].kind in ("product", "colour", "material"):
        return False
    elif following and tokens[following[0]].text in _GROUNDS:
        return False
    while before and tokens[before[-1]].kind in ("scale", "mood") and len(before) > 1:
        before.pop()
    if len(before) < 2 or tokens[before[-1]].text not in CONJUNCTIONS:
        return False
    return any(thing.last == before[-2] for thing in things)


_GROUNDS = frozenset(("background", "ground", "base", "backdrop", "底", "背景", "色", "底色"))


def _is_word(token: Token) -> bool:
    return token.kind != "blank"
