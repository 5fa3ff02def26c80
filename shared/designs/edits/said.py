"""Turns the description of an edit, in English or Chinese, into a typed edit of a design."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.designs.edits.exchanges import exchanged, repainted
from shared.designs.edits.facts import Facts
from shared.designs.edits.kinds import (
    ColourNumberEdit,
    ColourwayEdit,
    Edit,
    MergeColourEdit,
    MirrorEdit,
    RemoveEdit,
    RepeatEdit,
    RotateEdit,
)
from shared.designs.edits.qualities import quality_edit
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.scan import Mark, scan
from shared.designs.edits.several import check_is_one
from shared.designs.edits.targets import colour_target, has, targets, things_in
from shared.designs.record import MAX_PALETTE, Design, FamilyLayer
from shared.motifs.names import MotifNames

__all__ = ["Rule", "edit_of", "read_said"]

_TILT = 15.0
_USUAL_TURN = 45.0
_MERGE = frozenset(("merge", "combine", "合并"))
_TAKE, _AWAY = frozenset(("take", "get", "pull", "leave")), frozenset(("out", "away", "off"))
"""Take the cats out: words with the thing between them."""
Rule = Callable[[Sequence[Mark], Facts, MotifNames], Edit | None]


def read_said(text: str, design: Design, names: MotifNames) -> Edit:
    """Return the edit that a text asks for.

    Args:
        design: what is edited; the text may name its motifs, patterns and colours.
        names: of everything that can be drawn.

    Raises:
        EditRefused: it is not understood, or names what the design does not have.
    """
    marks = scan(text, names)
    facts = Facts(design)
    edit = edit_of(marks, facts, names)
    if edit is not None:
        check_is_one(marks, edit, lambda part: edit_of(part, facts, names))
        return edit
    unknown = [mark.text for mark in marks if not mark.known]
    if unknown:
        raise EditRefused("unknown_words", words=", ".join(dict.fromkeys(unknown)))
    raise EditRefused("nothing_said")


def edit_of(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of the first rule that applies; None if there is none."""
    meant = [_meant(mark, facts) for mark in marks]
    for rule in _RULES:
        edit = rule(meant, facts, names)
        if edit is not None:
            return edit
    return None


def _meant(mark: Mark, facts: Facts) -> Mark:
    """Return a word that is a colour and a thing, such as orange, as what it means here."""
    if not (mark.colour and mark.subjects):
        return mark
    is_plural = mark.text.isascii() and mark.text.endswith("s")
    if is_plural or facts.motifs_called(mark.subjects):
        return replace(mark, colour=None, colour_name=None)
    return replace(mark, subjects=())


def _repeat(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    del facts, names
    for mark in marks:
        if word := mark.word("repeat-kind"):
            return RepeatEdit.model_validate({"kind": "repeat", "repeat": word.value})
    if has(marks, "repeat") and has(marks, "mirror"):
        return RepeatEdit(kind="repeat", repeat="mirror")
    return None


def _mirror(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    if not has(marks, "mirror"):
        return None
    axis = next((word.value for mark in marks if (word := mark.word("axis"))), "horizontal")
    if any((word := mark.word("angle")) and word.value == 180 for mark in marks):
        axis = "vertical"
    motifs = targets(marks, facts, names).motifs
    return MirrorEdit.model_validate({"kind": "mirror", "axis": axis, "motifs": motifs})


def _rotate(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    rotating = [mark for mark in marks if mark.word("rotate")]
    angles = [float(word.value or 0) for mark in marks if (word := mark.word("angle"))]
    angles += [
        mark.number
        for mark in marks
        if mark.number is not None and (mark.unit == "degrees" or (rotating and not mark.unit))
    ]
    signs = [float(word.value or 1) for mark in marks if (word := mark.word("clockwise"))]
    only_turn = all(mark.text == "turn" for mark in rotating)
    if not angles and (not rotating or (only_turn and not signs)):
        return _lined_up(marks, facts, names)
    if not angles:
        slight = any((word := mark.word("degree")) and word.value == 0.5 for mark in marks)
        tilted = any(mark.text in ("tilt", "tilted", "倾斜", "歪", "lean") for mark in rotating)
        angles = [_TILT if slight or tilted else _USUAL_TURN]
    chosen = targets(marks, facts, names)
    angle = angles[0] * (signs[0] if signs else 1)
    return RotateEdit(
        kind="rotate", angle=(angle + 360) % 720 - 360, motifs=chosen.motifs, layers=chosen.layers
    )


def _lined_up(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of stripes that are to be vertical or horizontal."""
    axis = next((word.value for mark in marks if (word := mark.word("axis"))), None)
    chosen = targets(marks, facts, names).layers if axis else None
    for layer in facts.design.layers:
        if chosen and layer.id == chosen[0] and isinstance(layer, FamilyLayer):
            angle = (90.0 if axis == "horizontal" else 0.0) - layer.turn
            return RotateEdit(kind="rotate", angle=angle, layers=chosen[:1])
    return None


def _remove(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    clauses = {mark.clause for mark in marks if mark.word("remove")}
    if {mark.text for mark in marks} & _TAKE and {mark.text for mark in marks} & _AWAY:
        clauses |= {mark.clause for mark in marks}
    said = [mark for mark in marks if mark.clause in clauses]
    if any(mark.word("quality", "noun") and not mark.names_thing for mark in said):
        return None
    is_plain = has(marks, "plain") and has(marks, "ground")
    if is_plain or (has(said, "ground") and (has(said, "all") or any(m.family for m in said))):
        behind = tuple(facts.families)[:1]
        if behind and facts.design.layers[0].id == behind[0]:
            return RemoveEdit(kind="remove", layers=behind)
    if said and not facts.motifs and facts.families and has(said, "all") and not _operand(said):
        return RemoveEdit(kind="remove", layers=tuple(facts.families))
    chosen = targets(said, facts, names)
    if chosen.motifs or chosen.layers:
        return RemoveEdit(kind="remove", motifs=chosen.motifs, layers=chosen.layers)
    colour = next((mark for mark in said if mark.colour), None)
    if said and colour is not None and not has(said, "ground"):
        return MergeColourEdit(kind="merge-colour", colour=colour_target(colour, facts))
    return None


def _operand(marks: Sequence[Mark]) -> bool:
    """Return whether a colour or a thing is named."""
    return any(mark.colour for mark in marks) or bool(things_in(marks))


def _number_of_colours(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    del names
    used = len(facts.used)
    fewer, more = has(marks, "less", "remove", "too"), has(marks, "more", "add")
    if has(marks, "quality", "noun"):
        return None
    if has(marks, "add") and not has(marks, "ground") and not _names_things(marks):
        colour = next((mark for mark in marks if mark.colour), None)
        if colour is not None:
            return ColourNumberEdit(
                kind="colours",
                number=min(used + 1, MAX_PALETTE),
                to=colour.colour,
                name=colour.colour_name,
            )
    if not has(marks, "colours", "colour-noun") and not any(m.unit == "colours" for m in marks):
        return None
    if any(mark.colour or mark.mood for mark in marks):
        return None
    number = next((int(mark.number) for mark in marks if mark.number and mark.unit != "percent"), 0)
    if not number and not has(marks, "colours", "only", "add"):
        return None
    if {mark.text for mark in marks} & _MERGE:
        number = 1
    is_total = has(marks, "only") or not (fewer or more)
    if is_total and not number:
        return None
    wanted = number if is_total else used + (number or 1) * (1 if more and not fewer else -1)
    if wanted < 1:
        raise EditRefused("last_colour")
    return ColourNumberEdit(kind="colours", number=min(wanted, MAX_PALETTE))


def _names_things(marks: Sequence[Mark]) -> bool:
    return any(not mark.colour for mark in things_in(marks))


def _colourway(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Edit | None:
    del facts, names
    for mark in marks:
        if mark.mood and not mark.word("quality"):
            return ColourwayEdit(kind="colourway", name=mark.mood)
    return None


_RULES: tuple[Rule, ...] = (
    exchanged,
    _repeat,
    _mirror,
    _rotate,
    _number_of_colours,
    _remove,
    quality_edit,
    repainted,
    _colourway,
)
