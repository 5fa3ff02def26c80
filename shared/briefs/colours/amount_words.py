"""Find the words of a brief that say how much of the area something covers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, chain
from typing import Literal

from shared.briefs.text.index import is_chinese
from shared.briefs.text.loader import load_terms
from shared.briefs.text.terms import Amount
from shared.briefs.text.tokenizer import Token

__all__ = ["AMOUNTS", "TOLERANCE", "AmountWords", "Side", "find_amounts"]

AMOUNTS: Mapping[str, Amount] = load_terms("amounts", Amount)
TOLERANCE = 5.0
"""Points by which an area may differ from a number."""
Side = Literal["after", "before", "either", "number", "equal", "rest"]

_DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_TENS = {
    "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "seventy-five": 75, "eighty": 80, "ninety": 90,
    "ninety-five": 95, "five": 5,
}  # fmt: skip
_FRACTIONS = {
    "two thirds": 200 / 3, "one third": 100 / 3, "a third": 100 / 3, "three quarters": 75,
    "a quarter": 25, "one quarter": 25, "a fifth": 20, "a half": 50, "one half": 50,
    "one fifth": 20, "four fifths": 80,
    "a tenth": 10, "one tenth": 10, "nine tenths": 90, "three fifths": 60, "two fifths": 40,
    "2/3": 200 / 3, "1/3": 100 / 3, "3/4": 75, "1/4": 25,
}  # fmt: skip
_CHINESE_NUMBER = "[零一二三四五六七八九十两]"
_NUMBER = re.compile(
    r"(?P<percent>\d{1,3}(?:\.\d{1,3})?)\s{0,3}(?:%|percent\b|per cent\b|pct\b)"
    r"(?:\s{0,3}(?:of|的))?"
    r"|(?P<words>"
    + "|".join(sorted(_TENS, key=len, reverse=True))
    + r")\s{1,3}(?:percent|per cent)\b"
    r"|(?P<fraction>\b(?:"
    + "|".join(name.replace(" ", "[ -]") for name in sorted(_FRACTIONS, key=len, reverse=True))
    + r")\b(?!\d))"
    r"|(?<![\d/.])(?P<over>\d{1,2})/(?P<under>[2-9]|1[0-2])(?![\d/.%])"
    rf"|百分之(?P<hundredths>{_CHINESE_NUMBER}{{1,4}}|\d{{1,3}})"
    rf"|(?P<tenths>{_CHINESE_NUMBER}|\d)[成分](?!之)(?P<half>半|{_CHINESE_NUMBER}|\d)?"
    rf"|(?P<lower>{_CHINESE_NUMBER}|\d)分之(?P<upper>{_CHINESE_NUMBER}|\d)"
)
_RATIO = re.compile(
    r"(?<![\d.])(\d{1,3})\s{0,3}%?((?:\s{0,3}[/:∶比-]\s{0,3}\d{1,3}\s{0,3}%?){1,3})(?!\.?\d|%)"
    r"|([一二三四五六七八九]{2,3})[开分]|([一二三四五六七八九](?:比[一二三四五六七八九]){1,2})"
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "half": 1, "a": 1}
_PARTS = re.compile(
    r"(?:\b(\d{1,2})|\b(one|two|three|four|five|six|a))\s{1,3}parts?\b(?:\s{1,3}of\b)?"
    rf"|({_CHINESE_NUMBER}|\d)份"
)
"""Parts of a whole: 4 parts aqua to 1 part coral."""
_BEFORE = 24
"""Characters before a number that may limit it: at most."""
_BARE = re.compile(r"(?<![\d.,#a-z])\d{1,2}(?!\.?\d|\s{0,3}%|[a-z°])")
_AT_MOST = re.compile(
    r"(?:at most|no more than|up to|under|below|max(?:imum)?|less than|"
    r"不超过|最多|至多|不多于|不高于)\s{0,3}$"
)
_AT_LEAST = re.compile(
    r"(?:at least|no less than|over|above|min(?:imum)?|more than|至少|不少于|不低于|超过)\s{0,3}$"
)


@dataclass(frozen=True, kw_only=True)
class AmountWords:
    """An amount in a text, in per cent."""

    first: int = 0
    """Index of its first token."""
    last: int = 0
    side: Side
    low: float = 0.0
    high: float = 0.0
    aim: float = 0.0
    ratio: tuple[float, ...] = ()
    word: str = ""


def find_amounts(tokens: Sequence[Token]) -> Iterator[AmountWords]:
    """Yield the amounts of a brief: equal parts, ratios, numbers, then words such as "mostly"."""
    text = "".join(map(_characters, tokens))
    starts = [0, *accumulate(len(token.original) for token in tokens)]
    taken = [False] * len(text)
    words = list(_words_of(text))
    equals = [each for each in words if each[2].side == "equal"]
    for start, end, amount in chain(equals, _ratios(text), _numbers(text), words):
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
            yield replace(amount, first=first, last=last, word=text[start:end].strip())


_Placed = tuple[int, int, AmountWords]
"""First and last character, and the amount."""


def _characters(token: Token) -> str:
    """Return a token's text of its length in the brief; traditional characters are simplified."""
    if token.key.startswith("#") or token.kind in ("code", "repeat", "layout"):
        return " " * len(token.original)  # numbers of a colour are no amounts, nor half drops
    is_same = len(token.text) == len(token.original) and is_chinese(token.text[0])
    return token.text if is_same else token.original.lower()


def _ratios(text: str) -> Iterator[_Placed]:
    for match in _RATIO.finditer(text):
        if ratio := _ratio(match):
            yield match.start(), match.end(), AmountWords(side="either", ratio=ratio)


def _numbers(text: str) -> Iterator[_Placed]:
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if 0 < value <= 100:
            yield (
                match.start(),
                match.end(),
                _number(value, text[max(0, match.start() - _BEFORE) : match.start()]),
            )
    for match in _parts_of_hundred(text):
        yield match.start(), match.end(), _number(float(match[0]), "")
    parts = [(match, _count(match)) for match in _PARTS.finditer(text)]
    total = sum(count for _, count in parts)
    for match, count in parts if len(parts) > 1 else ():
        yield match.start(), match.end(), _number(100 * count / total, "")


def _number(value: float, before: str) -> AmountWords:
    low, high = value - TOLERANCE, value + TOLERANCE
    if _AT_MOST.search(before):
        low, high = 0.5, value
    elif _AT_LEAST.search(before):
        low, high = value, 100.0
    return AmountWords(side="number", low=low, high=high, aim=min(high, max(low, value)))


def _count(match: re.Match[str]) -> int:
    digits, word, chinese = match.groups()
    return int(digits or 0) or _COUNTS.get(word or "", 0) or _chinese_number(chinese or "零") or 1


def _words_of(text: str) -> Iterator[_Placed]:
    """Yield the words for amounts of the vocabulary."""
    for match in _words().finditer(text):
        for entry in _by_name()[match[0].replace("-", " ")]:
            side: Side = entry.side
            if entry.key == "equal":
                side = "equal"
            elif entry.key == "rest":
                side = "rest"
            amount = AmountWords(side=side, low=entry.low, high=entry.high, aim=entry.aim)
            yield match.start(), match.end(), amount


def _parts_of_hundred(text: str) -> list[re.Match[str]]:
    """Return the bare numbers of a text that add up to 100: maroon 80, ivory 20."""
    found = list(_BARE.finditer(text))
    return found if len(found) > 1 and sum(int(match[0]) for match in found) == 100 else []


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
            name if is_chinese(name[0]) else rf"(?<![a-z]){name.replace(' ', '[ -]')}(?![a-z])"
            for name in names
        )
    )


def _ratio(match: re.Match[str]) -> tuple[float, ...]:
    first, others, together, compared = match.groups()
    if together or compared:
        digits = together or compared.replace("比", "")
        return tuple(float(_DIGITS[digit]) for digit in digits)
    parts = (float(first), *(float(part) for part in re.findall(r"\d{1,3}", others)))
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
        return _FRACTIONS[groups["fraction"].replace("-", " ")]
    if groups["over"]:
        value = 100 * int(groups["over"]) / int(groups["under"])
        return value if value < 100 else 0.0
    if groups["hundredths"]:
        return float(_chinese_number(groups["hundredths"]))
    if groups["tenths"]:
        ones = 5 if groups["half"] == "半" else _chinese_number(groups["half"] or "零")
        return 10.0 * _chinese_number(groups["tenths"]) + ones
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
