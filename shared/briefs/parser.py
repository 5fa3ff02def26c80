"""Parse a designer's brief, English or Chinese, into the terms of the vocabulary."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Any

from shared.briefs.index import Index, english_words, is_chinese
from shared.briefs.tokenizer import Piece, cut, plain
from shared.briefs.vocabulary import PHRASES, VOCABULARIES

__all__ = ["Understood", "understand"]


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The parts of a brief that were understood, as keys of `shared.briefs.vocabulary`.

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
        """Return a JSON-able dictionary; tuples become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Understood":
        """Return what `to_document` gave; keys that this version does not know are ignored."""
        known: dict[str, Any] = {
            field.name: tuple(value) if isinstance(value, list | tuple) else value
            for field in fields(cls)
            if (value := document.get(field.name)) is not None
        }
        return cls(**known)


_DIRECTION_WORDS = {
    **{word: word for word in ("vertical", "horizontal", "diagonal", "radial")},
    **dict.fromkeys(("垂直", "竖向", "纵向", "上下"), "vertical"),
    **dict.fromkeys(("水平", "横向", "左右"), "horizontal"),
    **dict.fromkeys(("对角", "斜向"), "diagonal"),
    **dict.fromkeys(("径向", "放射"), "radial"),
}
_HINTS = {
    **dict.fromkeys(("大", "宽", "wide", "broad"), ("scale", "large")),
    "小": ("scale", "small"),
    **dict.fromkeys(("细", "thin", "fine"), ("line_weight", "fine")),
    **dict.fromkeys(("粗", "thick"), ("line_weight", "bold")),
}
"""What words of size say, right before a pattern or alone in their clause."""
_ALONE = {"轻": "lightweight", "light": "lightweight"}
"""Functions said by words that are mostly something else, where they end their clause."""
_BETWEEN_HINT_AND_PATTERN = frozenset(
    ("colour", "scale", "density", "gradient_direction", "finish")
)
_CONNECTORS = frozenset(("to", "into", "through", "到", "至", "向", "往", "→"))
_LISTED_ON = frozenset(("or", "nor", "and", "或", "或者", "和"))
_GOES_BEFORE_REFUSAL = frozenset(("不要", "不喜欢", "讨厌", "不用", "除外", "不需要"))
_NEGATION_ENDS = frozenset((*PHRASES["negation-ends"].en, *PHRASES["negation-ends"].zh))
_ONE_COLOUR = frozenset(("单色", "single colour", "one colour", "one-colour"))


@cache
def _index() -> Index:
    return Index(VOCABULARIES, PHRASES)


def _clauses(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Return (start, end) of the clauses; an enumeration comma (、) does not end one."""
    bounds = [-1]
    bounds += [n for n, piece in enumerate(pieces) if piece.kind == "end" and piece.text != "、"]
    bounds.append(len(pieces))
    return [(before + 1, end) for before, end in pairwise(bounds)]


def _refused(pieces: list[Piece]) -> list[bool]:
    """Return of each piece whether a negation in the same clause refuses it.

    A list goes on over commas where "or" ends it: "no red, pink or blue".
    """
    refused = [False] * len(pieces)
    active = False
    for start, end in _clauses(pieces):
        active = active and _goes_on(pieces[start:end])
        for place in range(start, end):
            piece = pieces[place]
            if piece.kind == "not" and _is_last(pieces, place, start, end):
                refused[start:place] = [True] * (place - start)
            elif piece.kind == "not":
                active = True
            elif piece.kind == "stop" and piece.text in _NEGATION_ENDS:
                active = False
            refused[place] = active
        active = active and end < len(pieces) and pieces[end].text in ",，"
    return refused


def _goes_on(clause: list[Piece]) -> bool:
    """Return whether a clause is only the end of a list: "pink or blue", "or blue"."""
    content = [piece for piece in clause if piece.kind != "blank"]
    joins = [piece.text in _LISTED_ON for piece in content]
    listed = (piece.kind == "colour" or join for piece, join in zip(content, joins, strict=True))
    return bool(content) and all(listed) and any(joins)


def _is_last(pieces: list[Piece], place: int, start: int, end: int) -> bool:
    """Return whether a negation stands at the end of what it refuses: 红色不要."""
    return pieces[place].text in _GOES_BEFORE_REFUSAL and start < place == end - 1


def _unknown(pieces: list[Piece]) -> tuple[str, ...]:
    """Join neighbouring pieces that were not understood."""
    runs: list[list[str]] = []
    open_run = False
    gap: list[str] = []
    for piece in pieces:
        if piece.kind == "unknown":
            chinese = is_chinese(piece.text[0])
            if open_run and chinese == is_chinese(runs[-1][-1][-1]) and not (chinese and gap):
                runs[-1] += [*gap, piece.shown]
            else:
                runs.append([piece.shown])
            open_run, gap = True, []
        elif piece.kind == "blank":
            gap.append(piece.shown)
        else:
            open_run = False
    joined = map("".join, runs)
    return tuple(dict.fromkeys(text for text in joined if len(text) > 1 or is_chinese(text)))


def _hints(pieces: list[Piece]) -> list[tuple[str, str]]:
    """Return (kind, key) of "thin", "大" and the like where their place gives a meaning."""
    found: list[tuple[str, str]] = []
    for start, end in _clauses(pieces):
        clause = [piece for piece in pieces[start:end] if piece.kind != "blank"]
        before_pattern = _before_pattern(clause)
        for place, piece in enumerate(clause):
            if piece.text in _HINTS and (len(clause) == 1 or before_pattern[place]):
                found.append(_HINTS[piece.text])
            is_last = place == len(clause) - 1
            if piece.text in _ALONE and is_last and (not place or clause[place - 1].kind == "stop"):
                found.append(("function", _ALONE[piece.text]))
    return found


def _before_pattern(clause: list[Piece]) -> list[bool]:
    """Return of each piece whether a pattern follows, with nothing between but its qualities."""
    told: list[bool] = []
    follows = False
    for piece in reversed(clause):
        told.append(follows)
        between = piece.kind in _BETWEEN_HINT_AND_PATTERN or piece.text == "的"
        follows = piece.kind == "pattern" or (follows and between)
    return told[::-1]


def _runs_between_colours(pieces: list[Piece]) -> bool:
    """Return whether one colour leads to another: "navy to sky", 由青柠到蓝绿."""
    last_colour = connected = False
    for piece in pieces:
        if piece.kind == "colour":
            if last_colour and connected:
                return True
            last_colour, connected = True, False
        elif piece.text in _CONNECTORS:
            connected = True
        elif piece.kind not in ("stop", "blank"):
            last_colour = False
    return False


def _pattern(pieces: list[Piece]) -> str:
    """Return the first pattern that is no mere "abstract", "plain" or "gradient"."""

    def weakness(piece: Piece) -> int:
        if piece.key in ("solid", "gradient"):
            return ("solid", "gradient").index(piece.key) + 2
        return int(piece.text in ("porcelain", "abstract", "抽象", "abstract pattern", "抽象图案"))

    named = [piece for piece in pieces if piece.kind == "pattern"]
    return min(named, key=weakness).key if named else ""


def _materials(pieces: list[Piece]) -> list[str]:
    """Return the materials; a product's name implies one where the brief names no other."""
    several = len({piece.key for piece in pieces if piece.kind == "pattern"}) > 1
    found = [
        "ceramic" if piece.text == "porcelain" else piece.key
        for piece in pieces
        if piece.kind == "material" or (piece.text == "porcelain" and several)
    ]
    if not found and any(
        piece.kind == "product" and ("canvas" in piece.text or "帆布" in piece.text)
        for piece in pieces
    ):
        found.append("canvas")
    return found


def _language(text: str) -> str:
    chinese = sum(map(is_chinese, text))
    return "zh" if chinese and chinese >= len(english_words(plain(text))) else "en"


def understand(brief: str) -> Understood:
    """Return what a brief says; what it does not say stays empty, nothing is guessed.

    Names are matched in both languages, the longest first; plurals and small typing errors in
    long English words are forgiven, traditional characters are read like simplified ones; what a
    negation refuses ("no red", 不要红色) is not taken.
    """
    pieces = cut(brief, _index())
    refused = _refused(pieces)
    said = [piece for piece, no in zip(pieces, refused, strict=True) if not no]
    found: dict[str, list[str]] = {kind: [] for kind in (*VOCABULARIES, "gradient")}
    for piece in said:
        if piece.kind in found:
            found[piece.kind].append(piece.key)
    for kind, key in _hints(pieces):
        found[kind].append(key)
    if any(piece.text in _ONE_COLOUR for piece in said) and _pattern(said) != "solid":
        found["mood"].append("monochrome")
    refused_colours = dict.fromkeys(
        piece.key
        for piece, no in zip(pieces, refused, strict=True)
        if no and piece.kind == "colour"
    )
    gradient = (
        bool(found["gradient"])
        or "gradient" in found["pattern"]
        or any(_names_gradient(piece) for piece in said)
        or _runs_between_colours(said)
    )
    materials = tuple(dict.fromkeys(_materials(said)))

    def first(kind: str) -> str:
        return found[kind][0] if found[kind] else ""

    return Understood(
        product=first("product"),
        material=materials[0] if materials else "",
        materials=materials,
        finish=first("finish"),
        pattern=_pattern(said),
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
        language=_language(brief),
        unknown=_unknown(pieces),
    )


def _names_gradient(piece: Piece) -> bool:
    words = ("gradient", "fade", "渐变")
    return piece.kind == "gradient_direction" and any(word in piece.text for word in words)


def _direction(pieces: list[Piece], named: str) -> str:
    """Return the gradient's direction, from a name of it or a loose "vertical" or 垂直."""
    loose = (_DIRECTION_WORDS[piece.text] for piece in pieces if piece.text in _DIRECTION_WORDS)
    return named or next(loose, "")
