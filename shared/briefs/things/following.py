"""Read what a brief says of a thing right after it: leaves as accents, 蝴蝶为辅, 竹子用#4B6F44."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.briefs.text.index import is_chinese
from shared.briefs.text.tokenizer import Token

__all__ = ["Following", "read_following"]

_BIG = frozenset(
    ("为主", "当主角", "是主角", "作主角", "做主角", "当主花", "为主体", "要大", "画大", "大一点",
     "大一些", "大些", "要大一点", "要大一些", "as the hero", "as hero", "as heroes",
     "as the main motif", "as main motif", "as the focus", "as the focal point", "big", "large")
)  # fmt: skip
_SMALL = frozenset(
    ("为辅", "当点缀", "作点缀", "做点缀", "点缀", "作为点缀", "为点缀", "当陪衬", "作陪衬", "陪衬",
     "作为辅助", "要小", "画小", "小一点", "小一些", "小些", "要小一点", "要小一些", "as accents",
     "as an accent", "as accent", "as fillers", "as filler", "as small accents", "as details",
     "secondary", "as secondary", "small", "tiny", "作配角", "当配角", "配角", "次要")
)  # fmt: skip
_USING = frozenset(("用", "为", "是", "要", "in", "is", "are", "="))
_BEHIND = frozenset(("on", "over", "against"))
"""Words after which the ground follows."""
_LONGEST = 5
_REACH = 12
"""Tokens after a thing that are looked at, blanks among them."""


@dataclass(frozen=True, kw_only=True)
class Following:
    """What is said of a thing right after it."""

    big: bool = False
    small: bool = False
    colour: str = ""
    """Key, or #RRGGBB; empty: none."""
    places: tuple[int, ...] = ()
    """Indices of the tokens that say a size or a role."""


def read_following(tokens: Sequence[Token], start: int, end: int) -> Following:
    """Return what the words from one index on say, up to another or the end of the clause.

    A size or a role counts only if nothing else is said: "leaves as accents", but not 点缀着金色.
    """
    places: list[int] = []
    for place in range(start, min(end, start + _REACH)):
        if tokens[place].kind == "end" or len(places) > _LONGEST:
            break
        if tokens[place].kind != "blank":
            places.append(place)
    words = [tokens[place] for place in places]
    text = _joined(words)
    if text in _BIG or text in _SMALL:
        return Following(big=text in _BIG, small=text in _SMALL, places=tuple(places))
    return Following(colour=_colour(words))


def _joined(words: Sequence[Token]) -> str:
    is_han = all(is_chinese(word.text[0]) for word in words)
    return ("" if is_han else " ").join(word.original.lower() for word in words)


def _colour(words: Sequence[Token]) -> str:
    """Return the one colour that follows a thing: roses #C0392B, whales in blue, 樱花用浅粉."""
    named = words[1:] if words and words[0].text in _USING else words
    ends = len(named) == 1 or (len(named) > 1 and named[1].text in _BEHIND)
    return named[0].key if ends and named[0].kind == "colour" else ""
