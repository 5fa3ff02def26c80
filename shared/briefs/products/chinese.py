"""Finds Chinese words for products that no picture shows, and for recipients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.briefs.products.english import FoundProduct
from shared.briefs.products.words import other_products
from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token
from shared.motifs.names import MotifNames

__all__ = ["chinese_products", "chinese_recipients"]

_JOINING = frozenset("和与及跟、配")
_WORN = frozenset("戴穿系披撑打背拎拿抱盖铺")
"""Characters before a thing that another one wears or holds: 戴围巾的企鹅."""
_ON = frozenset("上印画用里要做")
"""Characters after a product: 围裙上印猫."""
_PATTERNS = ("花纹", "纹样", "纹理", "风格")
"""Words after a product that only describes a pattern: 墙纸花纹."""
_BREAKS = frozenset("的给送做想要用在把为是条块个件张款只双副床顶套和与及跟配")
"""Characters that no compound reaches over."""
_MAX_HEADED = 3
"""Characters of a compound of which only the last one tells that it is a product."""
_GIVING = ("送给", "赠给", "适合", "献给", "送", "给", "赠", "为")
_USE = ("专用", "用", "穿", "款", "的房间", "房间", "房", "的")
_LONGEST = 6
_MAX_GIVEN = 4
"""Characters between a word for giving and a recipient."""


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """A run of Chinese characters without punctuation."""

    text: str
    places: tuple[int, ...]
    """Index of the token of each character."""
    before: str
    after: str
    """The punctuation; empty at the ends of the brief."""

    def is_start(self, position: int) -> bool:
        """Return whether a token begins at a character, or ends before it."""
        return position in (0, len(self.text)) or (
            self.places[position] != self.places[position - 1]
        )


def chinese_products(tokens: Sequence[Token], names: MotifNames) -> Iterator[FoundProduct]:
    """Yield the products that a brief names in Chinese."""
    clauses = list(_clauses(tokens))
    for number, clause in enumerate(clauses):
        at_end = number in (0, len(clauses) - 1)
        named = list(_named(clause, tokens, names))
        joined = _joined_products(clause, named, names)
        for start, end in named:
            described = _described_from(clause, start)
            is_motif = _is_motif(clause, start, end, names)
            is_compound = any(tokens[n].kind == "unknown" for n in clause.places[described:start])
            span = (described, start, end)
            if (start, end) not in joined and not _is_product(
                clause, span, is_motif, is_compound, at_end
            ):
                continue
            yield FoundProduct(
                first=clause.places[start],
                last=clause.places[end - 1],
                word=_written(tokens, clause, start, end),
                described=tuple(dict.fromkeys(clause.places[described:start])),
                may_be_drawn=is_motif
                and described == start
                and not names.is_product(clause.text[start:end]),
            )


def _is_motif(clause: _Clause, start: int, end: int, names: MotifNames) -> bool:
    match = names.match_chinese(clause.text[start:], (end - start,))
    return match is not None and match.kind != "undrawn"


def _joined_products(
    clause: _Clause, named: Sequence[tuple[int, int]], names: MotifNames
) -> frozenset[tuple[int, int]]:
    """Return the products that are joined to each other, unless all can be drawn: 毛毯和抱枕."""
    return frozenset(
        each
        for first, second in pairwise(named)
        if first[1] + 1 == second[0] and clause.text[first[1]] in _JOINING
        if not (_is_motif(clause, *first, names) and _is_motif(clause, *second, names))
        for each in (first, second)
    )


def chinese_recipients(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the indices of the words for whom or what a design is made: 送妈妈, 幼儿园用."""
    recipients = other_products().recipients["chinese"]
    for clause in _clauses(tokens):
        position = 0
        while position < len(clause.text):
            length = next(
                (
                    n
                    for n in range(_LONGEST, 1, -1)
                    if clause.text[position : position + n] in recipients
                ),
                0,
            )
            if length and _is_recipient(clause.text, position, position + length):
                start = _given_from(clause.text, position)
                yield from clause.places[start : position + length]
            position += length or 1


def _is_recipient(text: str, start: int, end: int) -> bool:
    before = text[: _given_from(text, start)].rstrip("我你他她它的们家小一位")
    return before.endswith(_GIVING) or text[end:].startswith(_USE)


def _given_from(text: str, start: int) -> int:
    """Return where the words begin that describe a recipient: 给宠物医院."""
    for position in range(start, max(0, start - _MAX_GIVEN) - 1, -1):
        if text[:position].endswith(_GIVING):
            return position
        if position and text[position - 1] in _BREAKS:
            break
    return start


def _clauses(tokens: Sequence[Token]) -> Iterator[_Clause]:
    text, places, before = "", [], ""
    for place, token in enumerate(tokens):
        if is_chinese(token.text[0]):
            text += token.text
            places += [place] * len(token.text)
            continue
        if text:
            yield _Clause(text=text, places=tuple(places), before=before, after=token.text)
        text, places, before = "", [], token.text
    if text:
        yield _Clause(text=text, places=tuple(places), before=before, after="")


def _named(
    clause: _Clause, tokens: Sequence[Token], names: MotifNames
) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each word for a product."""
    position = 0
    while position < len(clause.text):
        product = _product_at(clause, position)
        if product and _has_meaning(clause, tokens, position, position + product):
            position += product
            continue
        longest = min(_LONGEST, len(clause.text) - position)
        motif = names.match_chinese(clause.text[position:], range(longest, 1, -1))
        if (
            motif is not None
            and motif.length > product
            and not _is_cut(clause, position, motif.length)
        ):
            position += motif.length
        elif product:
            yield _used_from(clause, position), position + product
            position += product
        elif _is_plain(tokens[clause.places[position]]) and _is_head(clause, position):
            yield _headed_from(clause, position), position + 1
            position += 1
        else:
            position += 1


def _has_meaning(clause: _Clause, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Return whether a word is one of the vocabulary: 卡包 is a function."""
    places = set(clause.places[start:end])
    return len(places) == 1 and not all(_is_plain(tokens[place]) for place in places)


def _is_plain(token: Token) -> bool:
    """Return whether a token has no meaning of its own: 棉纸 is a material."""
    return token.kind in ("unknown", "stop")


def _is_cut(clause: _Clause, position: int, length: int) -> bool:
    """Return whether a product ends behind the end of a name that begins before it."""
    return any(
        _product_at(clause, start) > position + length - start
        for start in range(position + 1, position + length)
    )


def _product_at(clause: _Clause, position: int) -> int:
    """Return the length of the longest word for a product here, or 0."""
    words = other_products().products["chinese"]
    for length in range(min(_LONGEST, len(clause.text) - position), 1, -1):
        end = position + length
        if clause.text[position:end] in words and clause.is_start(end):
            return length
    return 0


def _is_head(clause: _Clause, position: int) -> bool:
    """Return whether a character is the last one of a compound for a product."""
    tables = other_products()
    text, end = clause.text, position + 1
    if text[position] not in tables.heads["chinese"] or not clause.is_start(end):
        return False
    if position - _described_from(clause, position) < 1:
        return False
    if any(text[:end].endswith(word) for word in tables.not_heads["chinese"] if len(word) > 1):
        return False
    return end == len(text) or text[end] in _ON


def _headed_from(clause: _Clause, position: int) -> int:
    start = _described_from(clause, position)
    if position + 1 - start > _MAX_HEADED:
        start = position - 1
    while start < position and not clause.is_start(start):
        start += 1
    return start


def _used_from(clause: _Clause, position: int) -> int:
    """Return where a product begins whose first character ends the word before: 野餐垫."""
    across = clause.text[position - 1 : position + 1] if position else ""
    tables = other_products()
    known = tables.uses["chinese"] | tables.recipients["chinese"]
    return position - 1 if across in known else position


def _described_from(clause: _Clause, position: int) -> int:
    """Return where the compound begins that ends before a position."""
    start = position
    while start and clause.text[start - 1] not in _BREAKS:
        start -= 1
    return start


def _is_product(
    clause: _Clause, span: tuple[int, int, int], is_motif: bool, is_compound: bool, at_end: bool
) -> bool:
    described, start, end = span
    before = clause.text[described - 1] if described else clause.before
    after = clause.text[end] if end < len(clause.text) else clause.after
    if _WORN & set(clause.text[max(described, start - 2) : start]):
        return False
    if clause.text[end:].startswith(_PATTERNS):
        return False
    if not is_compound and (before in _JOINING or before in _WORN):
        return False
    if after in _JOINING:
        return is_compound and at_end and not is_motif
    if after in _ON:
        return True
    if end < len(clause.text) and after != "的" and is_motif:
        return False
    return at_end or not is_motif


def _written(tokens: Sequence[Token], clause: _Clause, start: int, end: int) -> str:
    places = dict.fromkeys(clause.places[start:end])
    return "".join(tokens[place].original for place in places)
