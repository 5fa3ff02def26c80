"""Edits that make something more or less so: contrast, size, space, lightness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.designs.edits.amounts import amount_of, factor_of
from shared.designs.edits.facts import Facts
from shared.designs.edits.kinds import (
    DensityEdit,
    Edit,
    LineWeightEdit,
    NumberEdit,
    ScaleEdit,
    ToneEdit,
)
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.scan import Mark, clauses
from shared.designs.edits.targets import Targets, colour_target, has, targets
from shared.designs.edits.words import EditWord, Role
from shared.designs.families import FAMILY_SPECS
from shared.motifs.names import MotifNames

__all__ = ["Wish", "complains", "quality_edit", "wishes"]

_SEEMS = frozenset(("looks", "look", "feels", "feel", "seems", "seem"))
_NEEDS = frozenset(("needs", "need", "want", "give", "要", "想要", "i want"))
_DIRECTIONS: tuple[Role, ...] = (
    "more", "less", "too", "leaning", "not-so", "add", "remove", "times", "only",
)  # fmt: skip
_TONES = frozenset(("contrast", "lightness", "saturation", "softness", "warmth"))
_LIKE_LESS = frozenset(("softness", "size"))
"""Qualities that say of a noun whether there is more or less of it: softer contrast, wider gaps."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A quality that a clause wants more or less of."""

    of: str
    sign: int
    clause: int


def quality_edit(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of words such as bigger, less contrast, too dark.

    Raises:
        EditRefused: several changes are named, or a thing that the design does not have.
    """
    found = wishes(marks)
    if not found:
        return _number(marks, facts, names)
    if len({each.of for each in found}) > 1:  # what is too much, and then what is wanted
        complaints = {mark.clause for mark in marks if mark.text in _SEEMS or mark.word("too")}
        found = [each for each in found if each.clause not in complaints] or found
    of, sign = found[0].of, found[0].sign
    if {each.of for each in found} == {"lightness", "saturation"}:
        of = "lightness" if not any(each.of == "saturation" for each in found[:1]) else of
    elif len({each.of for each in found}) > 1:
        raise EditRefused("several", found=", ".join(sorted({each.of for each in found})))
    chosen = targets(marks, facts, names)
    if of == "contrast" and _means_lines(marks, chosen, facts):
        of = "line-weight"
    if of in _TONES:
        return _tone(of, amount_of(marks, sign), marks, chosen, facts)
    named: dict[str, Any] = {"motifs": chosen.motifs, "layers": chosen.layers}
    if of == "size":
        return ScaleEdit(kind="scale", factor=factor_of(marks, sign), **named)
    if of == "line-weight" and not _has_lines(chosen, facts):
        return ScaleEdit(kind="scale", factor=factor_of(marks, sign), **named)
    if of == "line-weight":
        return LineWeightEdit(kind="line-weight", amount=amount_of(marks, sign), **named)
    return DensityEdit(kind="density", amount=amount_of(marks, sign), **named)


def _number(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of fewer foxes."""
    if not has(marks, "less", "more", "add", "too") or any(mark.colour for mark in marks):
        return None
    if not all(mark.known for mark in marks):
        return None
    chosen = targets(marks, facts, names)
    if chosen.layers and not chosen.motifs:
        sign = -1 if has(marks, "less", "too") else 1
        return DensityEdit(kind="density", amount=amount_of(marks, sign), layers=chosen.layers)
    if chosen.motifs is None:
        return None
    sign = -1 if has(marks, "less", "too") else 1
    return NumberEdit(kind="number", motifs=chosen.motifs, amount=amount_of(marks, sign))


def wishes(marks: Sequence[Mark]) -> list[Wish]:
    """Return what each clause wants more or less of; opposite ones of one quality count once."""
    found: dict[str, Wish] = {}
    for clause in clauses(list(marks)):
        for wish in _wishes_of(clause):
            found[wish.of] = wish  # it is too dark, make it lighter: the last one
    if not found and has(marks, "times") and not has(marks, "colours", "colour-noun"):
        return [Wish(of="size", sign=1, clause=0)]  # cats half the size
    if not found and has(marks, "less", "more") and has(marks, "all"):
        sign = -1 if has(marks, "less") else 1  # fewer motifs
        return [Wish(of="density", sign=sign, clause=0)]
    return list(found.values())


def _wishes_of(clause: Sequence[Mark]) -> list[Wish]:
    qualities = [word for mark in clause if (word := mark.word("quality")) and not mark.colour]
    qualities += _warmths(clause)
    nouns = [word for mark in clause if (word := mark.word("noun"))]
    number = clause[0].clause
    turned = -1 if has(clause, "not-so", "less") else 1
    if has(clause, "remove") and (qualities or nouns):
        turned = -1
    if has(clause, "too") and not has(clause, "not-so"):
        turned = -turned if not has(clause, "less") else turned
    if _complains(clause):
        turned = -turned
    if has(clause, "leaning") and not has(clause, "degree", "more"):
        turned = -turned
    halved = any((word := mark.word("times")) and float(word.value or 1) < 1 for mark in clause)
    if nouns and halved and turned > 0 and not qualities:
        turned = -1
    if nouns:
        noun = nouns[0]
        same = next((word for word in qualities if word.of == noun.of), None)
        if same is not None:
            return [Wish(of=str(noun.of), sign=same.sign * turned, clause=number)]
        others = [word for word in qualities if word.of in _LIKE_LESS]
        if not qualities and not has(clause, *_DIRECTIONS) and not _wants(clause):
            return []
        if not qualities or others:
            sign = noun.sign * turned
            for word in others:
                sign *= -word.sign if word.of == "softness" else word.sign
            if noun.of == "line-weight" and not others and not has(clause, "less", "more", "too"):
                return []
            return [Wish(of=str(noun.of), sign=sign, clause=number)]
    return [Wish(of=str(word.of), sign=word.sign * turned, clause=number) for word in qualities]


def complains(clause: Sequence[Mark]) -> bool:
    """Return whether words say what is wrong, and not what is wanted."""
    return has(clause, "too") or _complains(clause)


def _complains(clause: Sequence[Mark]) -> bool:
    """Return whether a clause says how the design looks now: it feels harsh."""
    if has(clause, "too", "less", "more", "not-so", "exchange") or not (
        {mark.text for mark in clause} & _SEEMS
    ):
        return False
    return not any(word.endswith("er") for mark in clause for word in mark.text.split())


def _wants(clause: Sequence[Mark]) -> bool:
    return any(mark.text in _NEEDS or mark.number is not None for mark in clause)


def _warmths(clause: Sequence[Mark]) -> list[EditWord]:
    """Return the quality of moods that are only warm or cool, where that is to be more or less."""
    if not has(clause, "degree", "more", "less", "too", "not-so", "leaning"):
        return []
    signs = [1 if mark.mood == "warm" else -1 for mark in clause if mark.mood in ("warm", "cool")]
    return [
        EditWord.model_validate({"role": "quality", "of": "warmth", "sign": sign}) for sign in signs
    ]


def _means_lines(marks: Sequence[Mark], chosen: Targets, facts: Facts) -> bool:
    """Return whether bold means the lines of a pattern."""
    if not any(mark.text in ("bold", "bolder") for mark in marks):
        return False
    return bool(chosen.layers) or (not facts.motifs and has(marks, "noun"))


def _has_lines(chosen: Targets, facts: Facts) -> bool:
    """Return whether a pattern that is meant has a line weight, or none is there at all."""
    families = [
        name
        for layer, name in facts.families.items()
        if not chosen.layers or layer in chosen.layers
    ]
    return not families or any("line_weight" in FAMILY_SPECS[each].traits for each in families)


def _tone(of: str, amount: float, marks: Sequence[Mark], chosen: Targets, facts: Facts) -> Edit:
    colours: tuple[str, ...] | None = None
    if has(marks, "ground"):
        if facts.ground is None:
            raise EditRefused("no_ground")
        colours = (facts.ground,)
    elif found := [mark for mark in marks if mark.colour and not mark.names_thing]:
        colours = tuple(dict.fromkeys(colour_target(mark, facts) for mark in found))
    return ToneEdit.model_validate(
        {
            "kind": "tone",
            "of": of,
            "amount": amount,
            "colours": colours,
            "motifs": None if colours else chosen.motifs,
            "layers": None if colours else chosen.layers,
        }
    )
