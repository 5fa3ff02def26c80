"""Finds the things that a brief names, with what it says of each: size, number, colours, role."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.briefs.index import english_words, is_chinese
from shared.briefs.tokenizer import Token
from shared.motifs.names import Match, MotifNames, singular

__all__ = ["MotifMention", "find_motifs"]

Role = Literal["hero", "secondary", "filler"]


@dataclass(frozen=True, kw_only=True)
class MotifMention:
    """A thing that a brief names."""

    word: str
    """As written."""
    name: str
    """English name of the motif that is drawn for it."""
    subjects: tuple[str, ...]
    """Ids of the motifs that may be drawn for it, the most usual one first."""
    role: Role = "hero"
    colours: tuple[str, ...] = ()
    """Keys of its own colours."""
    number: int | None = None
    score: float = 1.0
    """1: called exactly so; less: by a keyword, a wider word or meaning."""

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> MotifMention:
        """Return the mention of a JSON document."""
        lists = {name: tuple(document.get(name, ())) for name in ("subjects", "colours")}
        return cls(**document | lists)


@dataclass(frozen=True, kw_only=True)
class _Span:
    """Tokens that name one thing."""

    first: int
    last: int
    match: Match
    word: str


_SKIN_WORDS = frozenset(
    ("stripes", "stripe", "striped", "skin", "spots", "spotted", "fur", "hide", "scale", "scales")
)
"""Words after which an animal is a texture: tiger stripes."""
_COLOUR_ENDINGS = frozenset("色黄红蓝绿紫灰白黑粉金银")
"""Characters after which a Chinese name is part of a colour: 银杏黄."""
_GENERIC = frozenset(("flower", "leaf", "star", "cloud", "wave", "heart", "feather", "scale"))
"""Things that are families of patterns if nothing else is named."""
_SIZES: dict[str, Role] = {
    **dict.fromkeys(("small", "little", "tiny", "mini", "小", "细小", "小小", "迷你"), "filler"),
    **dict.fromkeys(("big", "large", "huge", "giant", "oversized", "大", "巨大", "超大"), "hero"),
}
_NUMBERS = {
    **{word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)},
    **{word: n for n, word in enumerate("一二三四五六七八九", 1)}, "两": 2, "a pair of": 2,
}  # fmt: skip
_MEASURES = frozenset("只条朵片个颗棵座匹头枝把盏艘架辆株串对群")


def find_motifs(
    tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames
) -> tuple[MotifMention, ...]:
    """Return what the brief names of the things that can be drawn, in order, each once."""
    spans = list(_spans(tokens, negated, names))
    mentions: dict[str, MotifMention] = {}
    for index, span in enumerate(spans):
        subject = names[span.match.subjects[0]]
        if subject.id not in mentions:
            described = _described(tokens, spans[index - 1].last if index else -1, span)
            mentions[subject.id] = MotifMention(
                word=span.word,
                name=subject.english[0],
                subjects=span.match.subjects,
                score=1.0 if span.match.kind == "name" else 0.9,
                **described,
            )
    return _with_roles(list(mentions.values()))


def _spans(tokens: Sequence[Token], negated: Sequence[bool], names: MotifNames) -> Iterator[_Span]:
    position = 0
    while position < len(tokens):
        span = None if negated[position] else _span_at(tokens, position, names)
        if span is None:
            position += 1
        else:
            yield span
            position = span.last + 1


def _span_at(tokens: Sequence[Token], first: int, names: MotifNames) -> _Span | None:
    """Return the thing that is named from a token on, or None."""
    token = tokens[first]
    if token.kind in ("blank", "end", "not"):
        return None
    chinese = is_chinese(token.text[0])
    found = _chinese_span(tokens, first, names) if chinese else _english_span(tokens, first, names)
    if found is None or not _may_name_a_thing(tokens, found, names):
        return None
    return found


def _chinese_span(tokens: Sequence[Token], first: int, names: MotifNames) -> _Span | None:
    text, ends = "", []
    for token in tokens[first:]:
        if token.kind == "end" or not is_chinese(token.text[0]):
            break
        text += token.text
        ends.append(len(text))
    match = names.match_chinese(text, 0)
    if match is None or match.length not in ends:
        return None
    last = first + ends.index(match.length)
    if match.length == 1 and any(
        _is_unknown_chinese(tokens, place) for place in (first - 1, last + 1)
    ):
        return None  # part of a word that is not known
    return _Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _is_unknown_chinese(tokens: Sequence[Token], place: int) -> bool:
    if not 0 <= place < len(tokens):
        return False
    return tokens[place].kind == "unknown" and is_chinese(tokens[place].text[0])


def _english_span(tokens: Sequence[Token], first: int, names: MotifNames) -> _Span | None:
    words: list[str] = []
    ends: list[int] = []
    for index in range(first, len(tokens)):
        token = tokens[index]
        if token.kind == "blank":
            continue
        if token.kind == "end" or is_chinese(token.text[0]):
            break
        words += [word for word, _, _ in english_words(token.original.lower())]
        ends += [index] * (len(words) - len(ends))
    match = names.match_english(words)
    if match is None or (match.length < len(ends) and ends[match.length - 1] == ends[match.length]):
        return None
    last = ends[match.length - 1]
    return _Span(first=first, last=last, match=match, word=_written(tokens[first : last + 1]))


def _written(tokens: Iterable[Token]) -> str:
    return "".join(token.original for token in tokens).strip()


def _may_name_a_thing(tokens: Sequence[Token], span: _Span, names: MotifNames) -> bool:
    """Return whether the words mean the thing, and not a colour, a pattern or a product."""
    inside = [token for token in tokens[span.first : span.last + 1] if token.kind != "blank"]
    subject = names[span.match.subjects[0]]
    following = _next(tokens, span.last)
    if following is not None and _makes_another_word(following, subject.category, inside):
        return False
    known = [token for token in inside if token.kind not in ("unknown", "stop")]
    if not known:
        return any(token.kind == "unknown" for token in inside)
    if span.match.kind == "keyword":
        return False
    if len(inside) > 1:
        return True  # a longer name than any of the words that have a meaning of their own
    (token,) = known
    if token.kind == "pattern":
        return singular(token.text) not in _GENERIC and subject.id not in _GENERIC
    return token.kind == "colour" and _is_plural(token)


def _is_plural(token: Token) -> bool:
    word = token.original.lower()
    return token.text.isascii() and singular(word) != word


def _makes_another_word(following: Token, category: str, inside: Sequence[Token]) -> bool:
    if following.text in _SKIN_WORDS:
        return category == "animal"
    if is_chinese(following.text[0]):
        return following.text[0] in _COLOUR_ENDINGS or following.text == "纹"
    return following.kind == "colour" and not _is_plural(inside[-1])


def _next(tokens: Sequence[Token], position: int) -> Token | None:
    for token in tokens[position + 1 :]:
        if token.kind != "blank":
            return None if token.kind == "end" else token
    return None


def _described(tokens: Sequence[Token], start: int, span: _Span) -> dict[str, Any]:
    """Return size, number and colours from the words directly before a thing."""
    described: dict[str, Any] = {}
    colours: list[str] = []
    for token in reversed(tokens[start + 1 : span.first]):
        if token.kind == "end":
            break
        if token.kind == "colour":
            colours.insert(0, token.key)
        elif token.text in _SIZES:
            described["role"] = _SIZES[token.text]
        elif token.text in _NUMBERS:
            described["number"] = _NUMBERS[token.text]
        elif not _is_adjective(token, colours):
            break
    return described | {"colours": tuple(colours)}


def _is_adjective(token: Token, colours: Collection[str]) -> bool:
    """Return whether words further before may still describe the thing."""
    if token.kind in ("blank", "mood", "scale", "finish") or token.text in _MEASURES:
        return True
    return token.text == "的" or (bool(colours) and token.text in ("and", "和", "与"))


def _with_roles(mentions: Sequence[MotifMention]) -> tuple[MotifMention, ...]:
    """Return the mentions with roles: what comes first, or is called big, is the hero."""
    small = {mention.subjects[0] for mention in mentions if mention.role == "filler"}
    result = []
    for place, mention in enumerate(mentions):
        if mention.subjects[0] in small:
            role: Role = "secondary" if len(mentions) <= 2 or place == 0 else "filler"
            role = "hero" if len(small) == len(mentions) and place == 0 else role
        else:
            role = "hero" if place < 2 else "secondary"
        result.append(replace(mention, role=role))
    return tuple(result)
