"""Tokenize a brief: cut it into pieces, each known to the vocabulary or not."""

import re
import unicodedata
from dataclasses import dataclass, replace

from shared.briefs.index import Index, corrected, english_words, is_chinese
from shared.briefs.traditional import simplified
from shared.unicode_text import normalized

__all__ = ["Piece", "cut", "plain"]

_ENDS = frozenset(".,;:!?()[]{}\n\r，。；：！？、（）【】…—|/")
_MOST_CORRECTIONS = 40
_CONTENT = frozenset(
    ("product", "material", "finish", "pattern", "colour", "function", "mood", "scale", "density",
     "line_weight", "contrast", "gradient_direction")
)  # fmt: skip
_LAST_IN_A_WORD = frozenset("杯壳")
"""What any word can be joined to: an enamel cup is a cup, whatever enamel is."""
_SINGLE_COLOURS = re.compile(r"[黑白红黄蓝绿紫灰粉橙棕金银青褐橘]{3,}")
_MOST_COMPOSED = 2
"""Characters that one of a long brief is taken apart into, on average; some hold a sentence."""
_FURTHER_COMPOSED = 16


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A token of the brief and what it stands for."""

    text: str
    """As looked up: lower case, no accents, simplified; where it is known, spelled right."""
    shown: str
    """As the brief has it."""
    kind: str
    """A vocabulary's name, "gradient", "stop", "not", "end", "blank" or "unknown"."""
    key: str = ""


def plain(text: str) -> str:
    """Return a text without case, accents and traditional characters; it keeps its length."""
    return simplified("".join(map(_plain_letter, text)))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    base = unicodedata.normalize("NFD", letter)[0]
    low = (base if base.isascii() else letter).lower()
    return low if len(low) == 1 else letter


def cut(brief: str, index: Index) -> list[Piece]:
    """Return the pieces of a brief; the longest name that fits is taken."""
    shown = normalized("NFKC", brief)
    shown = shown[: _MOST_COMPOSED * len(brief) + _FURTHER_COMPOSED]
    text = plain(shown)
    words = english_words(text)
    spelled = _spelled([word for word, _, _ in words], index)
    at_word = {start: number for number, (_, start, _) in enumerate(words)}
    singly = _listed_singly(text)
    pieces: list[Piece] = []
    place = 0
    while place < len(text):
        found = index.chinese(text, place, 1 if place in singly else None)
        number = at_word.get(place)
        if found and (number is None or is_chinese(text[place + found[1] - 1])):
            entry, length = found
            name, kind, key = text[place : place + length], entry.kind, entry.key
        elif number is not None:
            run = _run(words, number, text, index.longest_en)
            match = index.english(spelled[number : number + run])
            count = match[1] if match else 1
            length = words[number + count - 1][2] - place
            name = " ".join(spelled[number : number + count])
            kind, key = (match[0].kind, match[0].key) if match else (_of_word(name), "")
        else:
            length, name, kind, key = 1, text[place], _loose(text[place]), ""
        whole = shown[place : place + length]
        pieces.append(Piece(text=name, shown=whole, kind=kind, key=key))
        place += length
    return _settled(pieces)


def _spelled(words: list[str], index: Index) -> list[str]:
    """Correct the first unknown words of a brief; the work is bounded for any text."""
    fixed: dict[str, str] = {}
    for word in words:
        if word not in fixed and not index.knows(word) and len(fixed) < _MOST_CORRECTIONS:
            fixed[word] = corrected(word, index)
    return [fixed.get(word, word) for word in words]


def _listed_singly(text: str) -> set[int]:
    """Return the places of colours in a row, each said by one letter: 红黄蓝, not 红黄蓝色."""
    places: set[int] = set()
    for run in _SINGLE_COLOURS.finditer(text):
        end = run.end() - text.startswith("色", run.end())
        if end - run.start() >= 3:
            places.update(range(run.start(), end))
    return places


def _run(words: list[tuple[str, int, int]], number: int, text: str, most: int) -> int:
    """Count the words from `number` on, at most so many, that only blanks or hyphens part."""
    count = 1
    while count < most and number + count < len(words):
        between = text[words[number + count - 1][2] : words[number + count][1]]
        if between.strip(" -\t‐‑") or len(between) > 3:
            break
        count += 1
    return count


def _of_word(word: str) -> str:
    return "stop" if word.isdigit() else "unknown"


def _loose(letter: str) -> str:
    if letter in _ENDS:
        return "end"
    return "unknown" if is_chinese(letter) or letter.isalpha() else "blank"


def _settled(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces; single Chinese characters within an unknown word become unknown."""
    settled = list(pieces)
    for place, piece in enumerate(pieces):
        if len(piece.text) != 1 or not is_chinese(piece.text):
            continue
        before = _is_torn(settled[place - 1]) if place else False
        after = _is_torn(pieces[place + 1]) if place + 1 < len(pieces) else False
        torn = {"stop": before and after, "colour": after}.get(piece.kind, before or after)
        if piece.text in _LAST_IN_A_WORD:
            torn = after
        if torn and (piece.kind == "stop" or piece.kind in _CONTENT):
            settled[place] = replace(piece, kind="unknown", key="")
    return settled


def _is_torn(piece: Piece) -> bool:
    return piece.kind == "unknown" and is_chinese(piece.text[0])
