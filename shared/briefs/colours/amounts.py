"""Find how much of the area a brief gives to a colour: "90 % navy", "a touch of coral", 七成."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.briefs.colours.amount_words import AMOUNTS, TOLERANCE, AmountWords, Side, find_amounts
from shared.briefs.text.tokenizer import Token

__all__ = ["ColourShare", "find_shares", "with_little"]

_EQUAL_TOLERANCE = 10.0
_FORWARD_LINKS = frozenset(
    ("of", "in", "the", "a", "an", "is", "be", "should be", "colour", "as", "very", "soft",
     "deep", "light", "pale", "dark", "bright", "warm", "的", "用", "是", "为", "要", "色",
     "area", "areas", "ground", "background", "base", "底", "背景", "底色", "remaining", "全",
     "统统", "third", "half", "quarter", "to", "归", "留", "goes", "go", "over", "left",
     "primary", "that", "this", "these", "都是", "全是", "some", "it", "to be", "go to", "for",
     "surface", "面积", "给", "留给", "颜色", "about", "around", "约", "大约", "左右")
)  # fmt: skip
_BACKWARD_LINKS = frozenset(
    ("is", "at", "makes up", "make up", "takes up", "covers", "cover", "covering", "takes",
     "about", "around", "as", "the", "in", "should", "be", "up", "roughly", "to", "colour", "for",
     "used", "only", "just", "take", "taking", "tiny", "small", "occupies", "occupy", "an", "a",
     "approx", "approximately", "只要", "只用", "只有", "仅", "只是", "至", "多", "少", "最",
     "bg", "background", "ground", "差不多", "不低于", "不少于", "至少", "不超过", "至多", "最多",
     "不多于", "不高于", "吃掉", "画面", "吃", "掉", "占", "约", "大约", "的", "色", "要", "为",
     "是", "占比", "面积", "占到", "约占", "大概", "作", "只", "用", "来", "稍微", "做", "颜色",
     "部分", "占了", "只占", "大概占", "比例", "以", "打底", "铺", "底", "背景", "为底", "铺底",
     "底色", "作底", "做底", "takes over", "on", "set", "with", "over")
)  # fmt: skip
_LIST_LINKS = frozenset(
    ("and", "&", "to", "和", "与", "、", ",", "，", "/", "of", "in", "的", "色", "the", "跟",
     "配", "比", ":", "vs", "versus", "between", "for")
)  # fmt: skip
_RATIO_WORDS = frozenset(
    ("split", "ratio", "mix", "blend", "proportion", "proportions", "share", "to", "到", "比")
)
_MORE = 1.9
"""Ratio of two colours of which there is to be more of one."""
_TIMES = {"两": 2.0, "二": 2.0, "2": 2.0, "三": 3.0, "3": 3.0, "twice": 2.0, "double": 2.0}
_COMPARISONS = [
    (re.compile(pattern), times)
    for pattern, times in (
        (r"(?:twice|double) as much[^<]{0,12}<(\d{1,4})>[^<]{0,12} as[^<]{0,8}<(\d{1,4})>", 2.0),
        (
            r"<(\d{1,4})>[^<]{0,24}(?:double|twice)[^<]{0,22}<(\d{1,4})>",
            2.0,
        ),
        (r"<(\d{1,4})>[^<]{0,4}是[^<]{0,3}<(\d{1,4})>[^<]{0,3}([两二三23])倍", 2.0),
        (r"\bmore <(\d{1,4})>[^<]{0,12} than[^<]{0,6}<(\d{1,4})>", _MORE),
        (r"<(\d{1,4})>[^<]{0,20}(?:outweigh|exceed|more than)\w{0,4}[^<]{0,6}<(\d{1,4})>", _MORE),
        (r"<(\d{1,4})>[^<]{0,3}(?:多过|多于|胜过|盖过)[^<]{0,3}<(\d{1,4})>", _MORE),
        (r"<(\d{1,4})>[^<]{0,3}比[^<]{0,3}<(\d{1,4})>[^<]{0,3}多", _MORE),
    )
]
"""Ways to compare two colours, and how many times one covers the other."""
_TABLE = ".:|(=-–)"
"""Characters between a colour and its number in a list or a table."""
_REACH = 6
_FARTHEST = 40
"""Tokens, blanks among them, that are looked at on each side of an amount."""
_LONGEST_LIST = 12


@dataclass(frozen=True, kw_only=True)
class ColourShare:
    """How much of the area a colour is to cover, in per cent."""

    colour: str
    """As of `ParsedBrief.colours`."""
    low: float
    high: float
    aim: float
    """What is drawn where it can be."""
    word: str
    """As written."""

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ColourShare:
        """Return the share of a JSON document."""
        return cls(**document)


def find_shares(
    tokens: Sequence[Token], refused: Sequence[bool]
) -> tuple[tuple[ColourShare, ...], frozenset[int]]:
    """Return the areas of colours, and the indices of the tokens that say them.

    A word such as "a little" counts only beside a colour.
    """
    shares: dict[str, ColourShare] = {}
    used: set[int] = set()
    found = list(find_amounts(tokens))
    numbers = [amount.first for amount in found if amount.side == "number"]
    colours = [place for place, token in enumerate(tokens) if token.kind == "colour"]
    colours_first = bool(numbers and colours) and colours[0] < numbers[0]
    for share in _compared(tokens, refused):
        shares[share.colour] = share
    for amount in sorted(found, key=lambda each: each.side == "rest"):
        taken = set(range(amount.first, amount.last + 1))
        if taken & used:
            continue
        if amount.ratio or amount.side == "equal":
            given, words = _of_several(tokens, refused, amount)
        else:
            given, words = (
                _of_one(tokens, refused, amount, shares, colours_first=colours_first),
                set(),
            )
        for colour, low, high, aim in given:
            share = ColourShare(
                colour=colour,
                low=round(max(0.0, low), 1),
                high=round(min(100.0, high), 1),
                aim=round(aim, 1),
                word=amount.word,
            )
            shares.setdefault(colour, share)
        used |= (taken | words) if given else set()
    return tuple(shares.values()), frozenset(used)


def with_little(
    shares: Sequence[ColourShare], colours: Sequence[tuple[str, str]]
) -> tuple[ColourShare, ...]:
    """Return the shares with those of colours of which there is to be little: not too green.

    Args:
        colours: keys of the colours, each with the word that says so.
    """
    little = AMOUNTS["touch"]
    named = {share.colour for share in shares}
    added = (
        ColourShare(colour=colour, low=little.low, high=little.high, aim=little.aim, word=word)
        for colour, word in dict(colours).items()
        if colour not in named
    )
    return (*shares, *added)


def _compared(tokens: Sequence[Token], refused: Sequence[bool]) -> Iterator[ColourShare]:
    """Yield the areas of two colours that are compared: more teal than cream, 红比金多."""
    text = "".join(
        f"<{place}>" if token.kind == "colour" and not refused[place] else token.text
        for place, token in enumerate(tokens)
    )
    for pattern, times in _COMPARISONS:
        if match := pattern.search(text):
            larger, smaller, *named = match.groups()
            ratio = float(_TIMES.get(named[0], times) if named else times)
            part = 100 * ratio / (ratio + 1)
            span = (part - _EQUAL_TOLERANCE, part + _EQUAL_TOLERANCE)
            low, high = span if times > _MORE else (50.0, 95.0)
            for place, limits in ((larger, (low, high)), (smaller, (100 - high, 100 - low))):
                aim = part if place is larger else 100 - part
                yield ColourShare(
                    colour=tokens[int(place)].key, low=round(limits[0], 1),
                    high=round(limits[1], 1), aim=round(aim, 1), word=match[0][:40],
                )  # fmt: skip
            return


_Given = list[tuple[str, float, float, float]]
"""Colour, least and greatest area, and aim."""


def _of_several(
    tokens: Sequence[Token], refused: Sequence[bool], amount: AmountWords
) -> tuple[_Given, set[int]]:
    """Return the areas of a list beside "70/30" or "equal parts", and words that belong to it."""
    count = len(amount.ratio)
    for start, step in ((amount.last, 1), (amount.first, -1)):
        places = [n for n in _list_from(tokens, start, step) if not refused[n]]
        places = (places[:count] if step > 0 else places[-count:]) if count else places
        colours = list(dict.fromkeys(tokens[n].key for n in places))
        if len(colours) >= max(2, count):
            inside = range(min(amount.first, *places), max(amount.last, *places))
            words = {n for n in inside if tokens[n].text in _RATIO_WORDS}
            return _divided(colours, amount.ratio), words
    return [], set()


def _of_one(
    tokens: Sequence[Token],
    refused: Sequence[bool],
    amount: AmountWords,
    shares: Mapping[str, ColourShare],
    *,
    colours_first: bool,
) -> _Given:
    """Return the area of the colour beside an amount."""
    before = _neighbour(tokens, amount.first, -1, amount.side)
    after = _neighbour(tokens, amount.last, 1, amount.side)
    if before is None and after is None and amount.side == "number":
        before = _only_of_clause(tokens, amount.first) or _of_clause_before(tokens, amount.first)
    sides = _in_order(amount, before, after, tokens, shares, colours_first=colours_first)
    place = next((n for n in sides if n is not None and not refused[n]), None)
    if place is None or tokens[place].key in shares:
        return []
    colour = tokens[place].key
    if amount.side == "rest":
        left = max(0.0, 100 - sum(share.aim for share in shares.values()))
        return [(colour, left - TOLERANCE, left + TOLERANCE, left)] if shares else []
    return [(colour, amount.low, amount.high, amount.aim)]


def _in_order(
    amount: AmountWords,
    before: int | None,
    after: int | None,
    tokens: Sequence[Token],
    shares: Mapping[str, ColourShare],
    *,
    colours_first: bool,
) -> tuple[int | None, ...]:
    """Return the colours beside an amount, the likelier one first."""
    if amount.side == "after":
        return (after,)
    if amount.side == "before":
        return (before,)
    if amount.side == "number" and before is not None and tokens[before].key not in shares:
        touching = all(token.kind != "end" for token in tokens[before : amount.first])
        if after is None or (colours_first and touching):
            return before, after
    return after, before


def _divided(colours: Sequence[str], ratio: Sequence[float]) -> _Given:
    if not ratio:
        part = 100 / len(colours)
        return [(key, part - _EQUAL_TOLERANCE, part + _EQUAL_TOLERANCE, part) for key in colours]
    parts = [100 * part / sum(ratio) for part in ratio]
    return [
        (key, part - TOLERANCE, part + TOLERANCE, part)
        for key, part in zip(colours, parts, strict=True)
    ]


def _neighbour(tokens: Sequence[Token], place: int, step: int, side: Side) -> int | None:
    """Return the place of the colour next to an amount, or None."""
    links = _FORWARD_LINKS if step > 0 else _BACKWARD_LINKS
    seen = 0
    place += step
    last = place + step * _FARTHEST
    while 0 <= place < len(tokens) and seen < _REACH and place != last:
        token = tokens[place]
        if token.kind == "colour":
            return place
        is_colon = token.text in (_TABLE if side == "number" else ":")
        if token.kind == "blank" or is_colon:
            pass
        elif token.text in links or token.kind == "mood":
            seen += 1
        else:
            return None
        place += step
    return None


def _only_of_clause(tokens: Sequence[Token], place: int) -> int | None:
    """Return the only colour of an amount's clause: white skulls (25%)."""
    first = last = place
    least, most = max(0, place - _FARTHEST), min(len(tokens) - 1, place + _FARTHEST)
    while first > least and (
        tokens[first - 1].kind != "end" or tokens[first - 1].text in _TABLE[1:]
    ):
        first -= 1
    while last < most and tokens[last + 1].kind != "end":
        last += 1
    colours = [n for n in range(first, last + 1) if tokens[n].kind == "colour"]
    return colours[0] if len(colours) == 1 else None


def _of_clause_before(tokens: Sequence[Token], place: int) -> int | None:
    """Return the last colour of the clause before, if only links precede an amount: 占七成."""
    least = max(0, place - _FARTHEST)
    place -= 1
    while place >= least and (
        tokens[place].kind == "blank" or tokens[place].text in _BACKWARD_LINKS
    ):
        place -= 1
    if place < least or tokens[place].text not in ",，":
        return None
    place -= 1
    while place >= least and tokens[place].kind != "end":
        if tokens[place].kind == "colour":
            return place
        place -= 1
    return None


def _list_from(tokens: Sequence[Token], place: int, step: int) -> list[int]:
    """Return the places of the colours of a list that begins or ends beside an amount."""
    found: list[int] = []
    gap = 0
    place += step
    while 0 <= place < len(tokens) and gap <= _REACH and len(found) < _LONGEST_LIST:
        token = tokens[place]
        if token.kind == "colour":
            found.append(place)
            gap = 0
        elif token.kind != "blank":
            gap += 1
            is_word = token.kind in ("stop", "mood", "pattern", "scale", "density")
            if not (token.text in _LIST_LINKS or is_word or token.text in _RATIO_WORDS):
                break
        place += step
    return found[::step]
