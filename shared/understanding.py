"""Read a designer's brief, English or Chinese, into the terms of the lexicon."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from itertools import pairwise
from typing import Any

from shared.lexicon import VOCABULARIES
from shared.lexicon.fillers import NEGATION_ENDS
from shared.lexicon.index import Index, corrected, english_words, is_chinese
from shared.lexicon.terms import words

__all__ = ["Understood", "understand"]


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The parts of a brief that were understood, as keys of `shared.lexicon`.

    An empty text or tuple says that the brief leaves the part open.
    """

    product: str = ""
    material: str = ""
    """The material named first."""
    materials: tuple[str, ...] = ()
    """All the materials, in order of mention; `material` comes first."""
    finish: str = ""
    pattern: str = ""
    colours: tuple[str, ...] = ()
    """In order of mention."""
    excluded_colours: tuple[str, ...] = ()
    """Colours that the brief refuses ("no red")."""
    gradient: bool = False
    gradient_direction: str = ""
    functions: tuple[str, ...] = ()
    mood: tuple[str, ...] = ()
    scale: str = ""
    density: str = ""
    contrast: str = ""
    line_weight: str = ""
    language: str = "en"
    """en or zh: the language most of the brief is written in."""
    unknown: tuple[str, ...] = ()
    """What was not understood, as the brief has it."""

    def to_document(self) -> dict[str, Any]:
        """Give a JSON-able dictionary; tuples become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Understood":
        """Rebuild from `to_document`; keys that this version does not know are ignored."""
        known: dict[str, Any] = {
            field.name: tuple(value) if isinstance(value, list | tuple) else value
            for field in fields(cls)
            if (value := document.get(field.name)) is not None
        }
        return cls(**known)


_GRADIENT_WORDS = {
    "en": words(
        "gradient|gradients|gradated|graduated|gradation|gradient colours|gradient colour"
        "|fade from|fading from|fades from|colour fade|colour transition|blend from|blends from"
    ),
    "zh": words("渐变|渐变色|渐层|渐变效果|渐变过渡|颜色渐变|色彩渐变|色彩过渡|颜色过渡"),
}
_ENDS = frozenset(".,;:!?()[]{}\n\r，。；：！？、（）【】…—|/")
_MOST_CORRECTIONS = 40
_DIRECTION_WORDS = {
    **{word: word for word in ("vertical", "horizontal", "diagonal", "radial")},
    **dict.fromkeys(("垂直", "竖向", "纵向", "上下"), "vertical"),
    **dict.fromkeys(("水平", "横向", "左右"), "horizontal"),
    **dict.fromkeys(("对角", "斜向"), "diagonal"),
    **dict.fromkeys(("径向", "放射"), "radial"),
}
_BEFORE_PATTERN = {
    "大": ("scale", "large"),
    "小": ("scale", "small"),
    "细": ("line_weight", "fine"),
    "粗": ("line_weight", "bold"),
    "thin": ("line_weight", "fine"),
    "thick": ("line_weight", "bold"),
}


@cache
def _index() -> Index:
    return Index(VOCABULARIES, _GRADIENT_WORDS)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A stretch of the brief and what it stands for."""

    text: str
    """As the brief has it; where it is known, spelled right."""
    kind: str
    """A vocabulary's name, "gradient", "stop", "not", "end", "blank" or "unknown"."""
    key: str = ""


def _plain(brief: str) -> str:
    """Fold widths and case without changing where the letters stand."""
    folded = unicodedata.normalize("NFKC", brief)
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in folded)


def _pieces(text: str) -> list[_Piece]:
    """Cut the text into pieces, always taking the longest name that fits."""
    index = _index()
    words = english_words(text)
    spelled = _spelled([word for word, _, _ in words], index)
    at_word = {start: number for number, (_, start, _) in enumerate(words)}
    pieces: list[_Piece] = []
    place = 0
    while place < len(text):
        found = index.chinese(text, place)
        number = at_word.get(place)
        if found and (number is None or is_chinese(text[place + found[1] - 1])):
            entry, length = found
            pieces.append(_Piece(text=text[place : place + length], kind=entry.kind, key=entry.key))
        elif number is not None:
            together = _run(words, number, text)
            match = index.english(spelled[: number + together], number)
            count = match[1] if match else 1
            length = words[number + count - 1][2] - place
            if match:
                name = " ".join(spelled[number : number + count])
                pieces.append(_Piece(text=name, kind=match[0].kind, key=match[0].key))
            else:
                shown = text[place : place + length]
                pieces.append(_Piece(text=shown, kind="stop" if shown.isdigit() else "unknown"))
        else:
            length = 1
            pieces.append(_Piece(text=text[place], kind=_loose(text[place])))
        place += length
    return _settled(pieces)


def _spelled(words: list[str], index: Index) -> list[str]:
    """Correct the first unknown words of a brief; the work is bounded for any text."""
    fixed: dict[str, str] = {}
    for word in words:
        if word not in fixed and not index.knows(word) and len(fixed) < _MOST_CORRECTIONS:
            fixed[word] = corrected(word, index)
    return [fixed.get(word, word) for word in words]


def _run(words: list[tuple[str, int, int]], number: int, text: str) -> int:
    """Count the words from `number` on that only blanks or hyphens part."""
    count = 1
    while number + count < len(words):
        between = text[words[number + count - 1][2] : words[number + count][1]]
        if between.strip(" -\t‐‑") or len(between) > 3:
            break
        count += 1
    return count


def _loose(letter: str) -> str:
    if letter in _ENDS:
        return "end"
    return "unknown" if is_chinese(letter) or letter.isalpha() else "blank"


def _settled(pieces: list[_Piece]) -> list[_Piece]:
    """Take back single Chinese letters that are only a part of an unknown word."""
    settled = list(pieces)
    for place, piece in enumerate(pieces):
        if len(piece.text) != 1 or not is_chinese(piece.text):
            continue
        before = _is_torn(settled[place - 1]) if place else False
        after = _is_torn(pieces[place + 1]) if place + 1 < len(pieces) else False
        torn = {"stop": before and after, "colour": after}.get(piece.kind, before or after)
        if torn and (piece.kind == "stop" or piece.kind in VOCABULARIES):
            settled[place] = replace(piece, kind="unknown", key="")
    return settled


def _is_torn(piece: _Piece) -> bool:
    return piece.kind == "unknown" and is_chinese(piece.text[0])


def _refused(pieces: list[_Piece]) -> list[bool]:
    """Tell of each piece whether a negation before it, in the same clause, refuses it."""
    refused, active = [], False
    for piece in pieces:
        if piece.kind == "not":
            active = True
        elif (piece.kind == "end" and piece.text != "、") or (
            piece.kind == "stop" and piece.text in NEGATION_ENDS
        ):
            active = False
        refused.append(active)
    return refused


def _unknown(pieces: list[_Piece]) -> tuple[str, ...]:
    """Join neighbouring pieces that were not understood."""
    joined: list[str] = []
    open_run = False
    for piece in pieces:
        if piece.kind == "unknown":
            chinese = is_chinese(piece.text[0])
            if open_run and (chinese == is_chinese(joined[-1][-1])):
                joined[-1] += piece.text if chinese else f" {piece.text}"
            else:
                joined.append(piece.text)
            open_run = True
        elif piece.kind != "blank":
            open_run = False
    return tuple(dict.fromkeys(text for text in joined if len(text) > 1 or is_chinese(text)))


def _hints(pieces: list[_Piece]) -> dict[str, list[str]]:
    """Read "thin", "大" and the like, which mean something only right before a pattern."""
    hints: dict[str, list[str]] = {}
    content = [piece for piece in pieces if piece.kind != "blank"]
    for piece, after in pairwise(content):
        if piece.text in _BEFORE_PATTERN and after.kind == "pattern":
            kind, key = _BEFORE_PATTERN[piece.text]
            hints.setdefault(kind, []).append(key)
    return hints


def _language(text: str) -> str:
    chinese = sum(map(is_chinese, text))
    return "zh" if chinese and chinese >= len(english_words(text)) else "en"


def understand(brief: str) -> Understood:
    """Read a brief of any text; what it does not say stays empty, nothing is guessed.

    Names are matched in both languages, the longest first; plurals and small typing errors in
    long English words are forgiven; what a negation refuses ("no red", 不要红色) is not taken.
    """
    text = _plain(brief)
    pieces = _pieces(text)
    found: dict[str, list[str]] = {kind: [] for kind in (*VOCABULARIES, "gradient", "refused")}
    for piece, refused in zip(pieces, _refused(pieces), strict=True):
        if refused and piece.kind == "colour":
            found["refused"].append(piece.key)
        elif piece.kind in found and not refused:
            found[piece.kind].append(piece.key)
    for kind, keys in _hints(pieces).items():
        found[kind].extend(keys)
    refused_colours = dict.fromkeys(found["refused"])
    gradient = bool(found["gradient"]) or "gradient" in found["pattern"]
    gradient = gradient or any(_names_gradient(piece) for piece in pieces)
    patterns = [key for key in found["pattern"] if key != "gradient"] or found["pattern"]

    def first(kind: str) -> str:
        return found[kind][0] if found[kind] else ""

    return Understood(
        product=first("product"),
        material=first("material"),
        materials=tuple(dict.fromkeys(found["material"])),
        finish=first("finish"),
        pattern=patterns[0] if patterns else "",
        colours=tuple(key for key in dict.fromkeys(found["colour"]) if key not in refused_colours),
        excluded_colours=tuple(refused_colours),
        gradient=gradient,
        gradient_direction=_direction(pieces, first("gradient_direction")) if gradient else "",
        functions=tuple(dict.fromkeys(found["function"])),
        mood=tuple(dict.fromkeys(found["mood"])),
        scale=first("scale"),
        density=first("density"),
        contrast=first("contrast"),
        line_weight=first("line_weight"),
        language=_language(text),
        unknown=_unknown(pieces),
    )


def _names_gradient(piece: _Piece) -> bool:
    words = ("gradient", "fade", "渐变")
    return piece.kind == "gradient_direction" and any(word in piece.text for word in words)


def _direction(pieces: list[_Piece], named: str) -> str:
    """Give the gradient's direction, from a name of it or a loose "vertical" or 垂直."""
    loose = (_DIRECTION_WORDS[piece.text] for piece in pieces if piece.text in _DIRECTION_WORDS)
    return named or next(loose, "")
