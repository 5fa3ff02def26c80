"""Find how much of the area a brief gives to a colour: "90 % navy", "a touch of coral", 七成."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, Literal

from shared.briefs.index import is_chinese
from shared.briefs.loader import load_terms
from shared.briefs.terms import Amount
from shared.briefs.tokenizer import Token

__all__ = ["AMOUNTS", "TOLERANCE", "ColourShare", "find_shares"]

AMOUNTS: Mapping[str, Amount] = load_terms("amounts", Amount)
TOLERANCE = 5.0
"""Points by which an area may differ from a number."""
_EQUAL_TOLERANCE = 10.0
_DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_TENS = {
    "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "seventy-five": 75, "eighty": 80, "ninety": 90,
    "ninety-five": 95, "five": 5,
}  # fmt: skip
_FRACTIONS = {
    "two thirds": 200 / 3, "two-thirds": 200 / 3, "one third": 100 / 3, "one-third": 100 / 3,
    "a third": 100 / 3, "three quarters": 75, "three-quarters": 75, "a quarter": 25,
    "one quarter": 25, "one-quarter": 25, "a fifth": 20, "one fifth": 20, "four fifths": 80,
    "a tenth": 10, "one tenth": 10, "nine tenths": 90, "three fifths": 60, "two fifths": 40,
    "four-fifths": 80, "one-fifth": 20, "2/3": 200 / 3, "1/3": 100 / 3, "3/4": 75, "1/4": 25,
}  # fmt: skip
_CHINESE_NUMBER = "[零一二三四五六七八九十两]"
_NUMBER = re.compile(
    r"(?P<percent>\d{1,3}(?:\.\d+)?)\s*(?:%|percent\b|per cent\b|pct\b)(?:\s*(?:of|的))?"
    r"|(?P<words>" + "|".join(sorted(_TENS, key=len, reverse=True)) + r")\s+(?:percent|per cent)\b"
    r"|(?P<fraction>\b(?:" + "|".join(sorted(_FRACTIONS, key=len, reverse=True)) + r")\b(?!\d))"
    rf"|百分之(?P<hundredths>{_CHINESE_NUMBER}+|\d{{1,3}})"
    rf"|(?P<tenths>{_CHINESE_NUMBER}|\d)成(?P<half>半)?"
    rf"|(?P<lower>{_CHINESE_NUMBER}|\d)分之(?P<upper>{_CHINESE_NUMBER}|\d)"
)
_RATIO = re.compile(
    r"(?<![\d.])(\d{1,3})\s*%?((?:\s*[/:∶比-]\s*\d{1,3}\s*%?){1,3})(?![\d.%])"
    r"|([一二三四五六七八九]{2,3})开|([一二三四五六七八九](?:比[一二三四五六七八九]){1,2})"
)
_AT_MOST = re.compile(
    r"(?:at most|no more than|up to|under|below|max(?:imum)?|less than|不超过|最多|至多)\s*$"
)
_AT_LEAST = re.compile(
    r"(?:at least|no less than|over|above|min(?:imum)?|more than|至少|不少于|超过)\s*$"
)
_FORWARD_LINKS = frozenset(
    ("of", "in", "the", "a", "an", "is", "be", "should be", "colour", "as", "very", "soft",
     "deep", "light", "pale", "dark", "bright", "warm", "的", "用", "是", "为", "要", "色",
     "area", "areas", "ground", "background", "base", "底", "背景", "底色", "remaining", "some",
     "it", "to be", "go to", "for", "surface", "面积", "给", "留给", "颜色", "about", "around",
     "约", "大约", "左右")
)  # fmt: skip
_BACKWARD_LINKS = frozenset(
    ("is", "at", "makes up", "make up", "takes up", "covers", "cover", "covering", "takes",
     "about", "around", "as", "the", "in", "should", "be", "up", "roughly", "to", "colour", "for",
     "used", "only", "just", "take", "taking", "tiny", "small", "occupies", "occupy", "an", "a",
     "占", "约", "大约", "的", "色", "要", "为", "是", "占比", "面积", "占到", "约占", "大概",
     "作", "只", "用", "来", "稍微", "做", "颜色", "部分", "占了", "只占", "大概占", "比例", "以",
     "takes over", "on", "set", "with", "over")
)  # fmt: skip
_LIST_LINKS = frozenset(("and", "&", "to", "和", "与", "、", ",", "，", "/", "of", "in", "的", "色",
                         "the", "跟", "配", "比", "vs", "versus", "between", "for"))  # fmt: skip
_RATIO_WORDS = frozenset(
    ("split", "ratio", "mix", "blend", "proportion", "proportions", "share", "to", "到", "比")
)
_REACH = 6

Side = Literal["after", "before", "either", "number", "equal", "rest"]


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


@dataclass(frozen=True, kw_only=True)
class _Found:
    first: int
    last: int
    side: Side
    low: float = 0.0
    high: float = 0.0
    aim: float = 0.0
    ratio: tuple[float, ...] = ()
    word: str = ""


def find_shares(
    tokens: Sequence[Token], refused: Sequence[bool]
) -> tuple[tuple[ColourShare, ...], frozenset[int]]:
    """Return the areas of colours, and the indices of the tokens that say them.

    A word such as "a little" counts only beside a colour.
    """
    shares: dict[str, ColourShare] = {}
    used: set[int] = set()
    for amount in sorted(_found(tokens), key=lambda each: each.side == "rest"):
        taken = set(range(amount.first, amount.last + 1))
        if taken & used:
            continue
        if amount.ratio or amount.side == "equal":
            given, words = _of_several(tokens, refused, amount)
        else:
            given, words = _of_one(tokens, refused, amount, shares), set()
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


_Given = list[tuple[str, float, float, float]]
"""Colour, least and greatest area, and aim."""


def _of_several(
    tokens: Sequence[Token], refused: Sequence[bool], amount: _Found
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
    amount: _Found,
    shares: Mapping[str, ColourShare],
) -> _Given:
    """Return the area of the colour beside an amount."""
    before = _neighbour(tokens, amount.first, -1, amount.side)
    after = _neighbour(tokens, amount.last, 1, amount.side)
    sides = _in_order(amount, before, after, tokens, shares)
    place = next((n for n in sides if n is not None and not refused[n]), None)
    if place is None or tokens[place].key in shares:
        return []
    colour = tokens[place].key
    if amount.side == "rest":
        left = max(0.0, 100 - sum(share.aim for share in shares.values()))
        return [(colour, left - TOLERANCE, left + TOLERANCE, left)] if shares else []
    return [(colour, amount.low, amount.high, amount.aim)]


def _in_order(
    amount: _Found,
    before: int | None,
    after: int | None,
    tokens: Sequence[Token],
    shares: Mapping[str, ColourShare],
) -> tuple[int | None, ...]:
    """Return the colours beside an amount, the likelier one first."""
    if amount.side == "after":
        return (after,)
    if amount.side == "before":
        return (before,)
    if amount.side == "number" and before is not None and tokens[before].key not in shares:
        starts_with_colour = not any(
            token.kind in ("stop", "unknown") and _NUMBER.fullmatch(token.text)
            for token in tokens[:before]
        )
        touching = all(token.kind != "end" for token in tokens[before : amount.first])
        if after is None or (starts_with_colour and touching):
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
    while 0 <= place < len(tokens) and seen < _REACH:
        token = tokens[place]
        if token.kind == "colour":
            return place
        is_colon = token.text == ":" and side in ("number", "either", "rest")
        if token.kind == "blank" or is_colon:
            pass
        elif token.text in links or token.kind == "mood":
            seen += 1
        else:
            return None
        place += step
    return None


def _list_from(tokens: Sequence[Token], place: int, step: int) -> list[int]:
    """Return the places of the colours of a list that begins or ends beside an amount."""
    found: list[int] = []
    gap = 0
    place += step
    while 0 <= place < len(tokens) and gap <= _REACH:
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


def _found(tokens: Sequence[Token]) -> Iterator[_Found]:
    """Yield the amounts of a text, the longest first at each place."""
    text = "".join(token.text if is_chinese(token.text[0]) else
                   token.original.lower() for token in tokens)  # fmt: skip
    starts = [0, *accumulate(len(token.original) for token in tokens)]
    taken = [False] * len(text)

    def places(start: int, end: int) -> tuple[int, int] | None:
        if any(taken[start:end]) or not end > start:
            return None
        taken[start:end] = [True] * (end - start)
        return bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1

    for match in _RATIO.finditer(text):
        ratio = _ratio(match)
        if ratio and (at := places(match.start(), match.end())):
            yield _Found(first=at[0], last=at[1], side="either", ratio=ratio, word=match[0].strip())
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if 0 < value <= 100 and (at := places(match.start(), match.end())):
            low, high = value - TOLERANCE, value + TOLERANCE
            if _AT_MOST.search(text[: match.start()]):
                low, high = 0.5, value
            elif _AT_LEAST.search(text[: match.start()]):
                low, high = value, 100.0
            yield _Found(
                first=at[0], last=at[1], side="number", low=low, high=high,
                aim=min(high, max(low, value)), word=match[0].strip(),
            )  # fmt: skip
    for match in _words().finditer(text):
        for entry in _by_name()[match[0].replace("-", " ")]:
            at = bisect_right(starts, match.start()) - 1, bisect_right(starts, match.end() - 1) - 1
            if any(taken[match.start() : match.end()]):
                continue
            side: Any = entry.key if entry.key in ("equal", "rest") else entry.side
            yield _Found(
                first=at[0], last=at[1], side=side, low=entry.low, high=entry.high, aim=entry.aim,
                word=match[0],
            )  # fmt: skip


@cache
def _by_name() -> Mapping[str, list[Amount]]:
    found: dict[str, list[Amount]] = {}
    for entry in AMOUNTS.values():
        for language in ("en", "zh"):
            for name in (*entry.names(language), *entry.synonyms(language)):
                found.setdefault(name, []).append(entry)
    return found


@cache
def _words() -> re.Pattern[str]:
    names = sorted(_by_name(), key=len, reverse=True)
    return re.compile(
        "|".join(
            name if is_chinese(name[0]) else rf"\b{name.replace(' ', '[ -]')}\b" for name in names
        )
    )


def _ratio(match: re.Match[str]) -> tuple[float, ...]:
    first, others, together, compared = match.groups()
    if together or compared:
        digits = together or compared.replace("比", "")
        return tuple(float(_DIGITS[digit]) for digit in digits)
    parts = (float(first), *(float(part) for part in re.findall(r"\d+", others)))
    total = sum(parts)
    is_ratio = abs(total - 100) <= 2 or (total <= 12 and "/" not in others and "-" not in others)
    return parts if is_ratio and min(parts) > 0 else ()


def _value(match: re.Match[str]) -> float:
    groups = match.groupdict()
    if groups["percent"]:
        return float(groups["percent"])
    if groups["words"]:
        return float(_TENS[groups["words"]])
    if groups["fraction"]:
        return _FRACTIONS[groups["fraction"]]
    if groups["hundredths"]:
        return float(_chinese_number(groups["hundredths"]))
    if groups["tenths"]:
        return 10.0 * _chinese_number(groups["tenths"]) + (5 if groups["half"] else 0)
    lower, upper = _chinese_number(groups["lower"]), _chinese_number(groups["upper"])
    return 100.0 * upper / lower if lower else 0.0


def _chinese_number(text: str) -> int:
    """Return a number up to 99 in digits or Chinese characters."""
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return _DIGITS.get(text, 0)
