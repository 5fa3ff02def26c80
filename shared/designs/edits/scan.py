"""Splits the description of an edit into words with their meanings, longest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from shared.briefs.text.index import Index, english_words, is_chinese
from shared.briefs.text.spelling import Speller
from shared.briefs.text.tokenizer import fold_characters
from shared.briefs.vocabulary import COLOURS, PHRASES, VOCABULARIES
from shared.designs.edits.words import EditWord, Role, edit_words
from shared.motifs.names import MotifNames
from shared.unicode_text import normalized

__all__ = ["Mark", "scan"]

_KINDS = ("colour", "pattern", "mood", "product")
_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-z])")
_NUMBER = re.compile(
    r"(?P<sign>[-−])?(?P<number>\d{1,4}(?:\.\d{1,2})?)\s*"
    r"(?P<unit>%|percent\b|°|degrees?\b|deg\b|度|x\b|times\b|倍|种|个|套|色)?"
)
_UNITS = {
    "%": "percent", "percent": "percent", "°": "degrees", "degree": "degrees", "degrees": "degrees",
    "deg": "degrees", "度": "degrees", "x": "times", "times": "times", "倍": "times",
    "种": "colours", "个": "", "套": "colours", "色": "colours",
}  # fmt: skip
_PERCENT_IN_CHINESE = re.compile(r"百分之(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})")
_CHINESE_COUNT = re.compile(r"(?P<number>[一二两三四五六七八])\s?(?:种|套|个|色)(?!\w{0,3}[狐猫])")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_WORDS = {
    name: value
    for value, name in enumerate(("one", "two", "three", "four", "five", "six", "seven"), 1)
}
_MAX_CORRECTIONS = 12
"""Unknown words whose spelling is corrected: each takes up to some milliseconds."""
_ENDS = frozenset(".,;!?，。；！？、\n：:")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A word or phrase with all that it may mean."""

    text: str
    words: tuple[EditWord, ...] = ()
    colour: str | None = None
    """Hex."""
    colour_name: str | None = None
    """Key of the vocabulary's colour."""
    subjects: tuple[str, ...] = ()
    """Ids of motifs that are called so."""
    family: str = ""
    """A pattern."""
    mood: str = ""
    product: str = ""
    number: float | None = None
    unit: str = ""
    """percent, degrees, times or colours."""
    clause: int = field(default=0, compare=False)
    known: bool = True
    """Whether it has a meaning, or is a word without one."""

    def word(self, *roles: Role) -> EditWord | None:
        """Return its meaning in one of these roles, or None."""
        return next((word for word in self.words if word.role in roles), None)

    @property
    def names_thing(self) -> bool:
        """Return whether it may name a motif or a pattern of a design."""
        return bool(self.subjects or self.family)


@cache
def _index() -> Index:
    return Index({kind: VOCABULARIES[kind] for kind in _KINDS}, PHRASES)


def scan(text: str, names: MotifNames, *, corrects: bool = True) -> list[Mark]:
    """Return the words of a text in their order.

    Args:
        corrects: whether small typos in long English words are corrected.
    """
    folded = fold_characters(normalized("NFKC", text))[: max(len(text), 1000)]
    words = english_words(folded)
    if corrects:
        found = {word: word for word, _, _ in words}
        unknown = [word for word in found if not _is_known(word, names)]
        found |= {word: _corrected(word, names) for word in unknown[:_MAX_CORRECTIONS]}
        words = [(found[word], start, end) for word, start, end in words]
    number_of = {start: index for index, (_, start, _) in enumerate(words)}
    marks: list[Mark] = []
    position = clause = 0
    while position < len(folded):
        if folded[position] in _ENDS:
            clause += 1
            position += 1
            continue
        mark, length = _at(folded, position, words, number_of, names)
        if mark is not None:
            marks.append(Mark(**{**vars(mark), "clause": clause}))
        position += length
    return marks


def _at(
    text: str,
    position: int,
    words: list[tuple[str, int, int]],
    number_of: dict[int, int],
    names: MotifNames,
) -> tuple[Mark | None, int]:
    """Return the mark at a position and its length; None for blanks and signs."""
    if found := _HEX.match(text, position):
        digits = found[0][1:]
        whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
        return Mark(text=found[0], colour=f"#{whole.upper()}"), len(found[0])
    if is_chinese(text[position]):
        return _chinese(text, position, names)
    if text[position].isdigit() or (
        text[position] in "-−" and text[position + 1 : position + 2].isdigit()
    ):
        return _number(text, position)
    if position in number_of:
        return _english(text, position, words, number_of[position], names)
    if text.startswith(("->", "=>"), position) or text[position] == "→":
        becomes = EditWord(role="becomes")
        return Mark(text="→", words=(becomes,)), 1 if text[position] == "→" else 2
    return None, 1


def _number(text: str, position: int) -> tuple[Mark, int]:
    words, length = edit_words().match_chinese(text, position)
    if words:  # 1/2跳接
        return Mark(text=text[position : position + length], words=words), length
    found = _NUMBER.match(text, position)
    assert found is not None
    value = float(found["number"]) * (-1 if found["sign"] else 1)
    unit = _UNITS[found["unit"]] if found["unit"] else ""
    return Mark(text=found[0].strip(), number=value, unit=unit), len(found[0])


def _english(
    text: str,
    position: int,
    words: list[tuple[str, int, int]],
    first: int,
    names: MotifNames,
) -> tuple[Mark, int]:
    run = [words[first][0]]
    for (_, _, end), (word, start, _) in zip(words[first:], words[first + 1 :], strict=False):
        if text[end:start].strip(" -\t"):
            break
        run.append(word)
        if len(run) == 6:
            break
    edit, edit_length = edit_words().match_english(run)
    thing = names.match_english(run)
    term = _index().match_english(run)
    if thing and _is_coloured(run[: thing.length], thing.subjects, names):
        thing = None  # a red fox is a fox in red
    if term and (term[0].kind not in _KINDS or term[0].key == "solid"):
        term = None
    count = max(edit_length, thing.length if thing else 0, term[1] if term else 0)
    if not count:
        if value := _WORDS.get(run[0]):
            return Mark(text=run[0], number=value), len(run[0])
        known = run[0] in PHRASES["stop-words"].en
        return Mark(text=run[0], known=known), words[first][2] - position
    mark = _merged(
        " ".join(run[:count]),
        edit if edit_length == count else (),
        thing.subjects if thing and thing.length == count else (),
        (term[0].kind, term[0].key) if term and term[1] == count else ("", ""),
    )
    if count == 1 and (value := _WORDS.get(run[0])):
        mark = Mark(**{**vars(mark), "number": float(value)})
    return mark, words[first + count - 1][2] - position


def _is_coloured(run: list[str], subjects: tuple[str, ...], names: MotifNames) -> bool:
    """Return whether a name is a colour and a name of the same thing."""
    rest = names.match_english(run[1:]) if len(run) > 1 else None
    colour = _index().match_english(run[:1])
    return bool(rest and colour and colour[0].kind == "colour" and rest.subjects[0] in subjects)


@cache
def _speller() -> Speller:
    return Speller(edit_words().english_vocabulary | _index().vocabulary)


def _is_known(word: str, names: MotifNames) -> bool:
    return _index().contains_word(word) or word in _speller() or names.contains_word(word)


def _corrected(word: str, names: MotifNames) -> str:
    """Return the word that a long unknown word misspells, else the word itself."""
    known, similarity = _speller().correct(word)
    thing, thing_similarity = names.speller.correct(word)
    return thing if thing_similarity > similarity else known


def _chinese(text: str, position: int, names: MotifNames) -> tuple[Mark, int]:
    for pattern, unit in ((_PERCENT_IN_CHINESE, "percent"), (_CHINESE_COUNT, "colours")):
        if found := pattern.match(text, position):
            return Mark(text=found[0], number=_chinese_number(found["number"]), unit=unit), len(
                found[0]
            )
    edit, edit_length = edit_words().match_chinese(text, position)
    longest = min(names.max_chars, len(text) - position)
    thing, thing_length = None, 0
    for length in range(longest, 0, -1):
        if thing := names.match_chinese(text[position:], (length,)):
            thing_length = length
            break
    term = _index().match_chinese(text, position)
    if term and (term[0].kind not in _KINDS or term[0].key == "solid"):
        term = None
    count = max(edit_length, thing_length, term[1] if term else 0)
    if not count:
        known = text[position] in PHRASES["stop-words"].zh
        return Mark(text=text[position], known=known), 1
    return _merged(
        text[position : position + count],
        edit if edit_length == count else (),
        thing.subjects if thing and thing_length == count else (),
        (term[0].kind, term[0].key) if term and term[1] == count else ("", ""),
    ), count


def _merged(
    text: str, words: tuple[EditWord, ...], subjects: tuple[str, ...], term: tuple[str, str]
) -> Mark:
    kind, key = term
    return Mark(
        text=text,
        words=words,
        subjects=subjects,
        colour=COLOURS[key].hex if kind == "colour" else None,
        colour_name=key if kind == "colour" else None,
        family=key if kind == "pattern" else "",
        mood=key if kind == "mood" else "",
        product=key if kind == "product" else "",
    )


def _chinese_number(text: str) -> float:
    if text.isdigit():
        return float(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10.0 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
    return float(_DIGITS[text[0]])


def clauses(marks: list[Mark]) -> Iterator[list[Mark]]:
    """Yield the marks of each clause."""
    for number in dict.fromkeys(mark.clause for mark in marks):
        yield [mark for mark in marks if mark.clause == number]
