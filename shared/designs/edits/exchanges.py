"""Edits that put one thing in the place of another: colours, motifs, patterns."""

from __future__ import annotations

from collections.abc import Sequence

from shared.briefs.vocabulary import PATTERNS
from shared.designs.edits.facts import Facts
from shared.designs.edits.kinds import (
    ColourwayEdit,
    Edit,
    InterchangeEdit,
    MotifColourEdit,
    PatternEdit,
    RecolourEdit,
    RepeatEdit,
    SwapEdit,
)
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.scan import Mark
from shared.designs.edits.targets import Targets, colour_target, has, targets, things_in
from shared.motifs.names import MotifNames

__all__ = ["exchanged", "repainted"]

_Marks = Sequence[Mark]
_REPLACING = frozenset(("替换", "换", "更换", "替"))


def exchanged(marks: _Marks, facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of words that put one thing in the place of another."""
    colours = [mark for mark in marks if mark.colour]
    if (
        has(marks, "interchange")
        and len(colours) == 2
        and not has(marks, "to", "becomes", "instead")
    ):
        one, other = (colour_target(mark, facts) for mark in colours)
        return InterchangeEdit(kind="interchange", colours=(one, other))
    for old, new in _pairs(marks):
        if any(mark.word("quality") and not mark.colour and not mark.mood for mark in new):
            continue
        edit = _exchange(old, new, facts, names)
        if edit is not None:
            return edit
    return None


def repainted(marks: _Marks, facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit of a single colour beside what is to have it: background deep red."""
    colours = [mark for mark in marks if mark.colour]
    if len(colours) == 1 and not any(mark.mood for mark in marks):
        rest = [mark for mark in marks if mark is not colours[0]]
        if has(marks, "ground") or has(marks, "on"):
            return _recolour_ground(colours[0], facts)
        return _painted(rest, colours[0], facts, names)
    if len(colours) == 2 and has(marks, "exchange", "to"):
        return _recolour(colour_target(colours[0], facts), colours[1])
    return None


def _pairs(marks: _Marks) -> list[tuple[_Marks, _Marks]]:
    """Return the possible splits of words into what is replaced and what replaces it."""
    found: list[tuple[_Marks, _Marks]] = []
    for index, mark in enumerate(marks):
        before, after = marks[:index], marks[index + 1 :]
        if mark.word("instead"):
            found += _instead(before, after)
        elif mark.text in _REPLACING and any(each.text in ("用", "以") for each in before):
            found += _instead(before, after)  # 用金色替换银色
        elif mark.word("becomes"):
            found.append((before, after))
        elif mark.word("remove"):  # no cats, foxes instead
            clause = [each for each in marks if each.clause == mark.clause]
            later = [each for each in marks if each.clause > mark.clause]
            if _operands(clause) and _operands(later) and not has(later, "remove", "quality"):
                found.append((clause, later))
    verbs = [index for index, mark in enumerate(marks) if mark.word("exchange", "substitute")]
    for verb in verbs:
        for index in range(verb + 1, len(marks)):
            if marks[index].word("to"):
                pair = (marks[verb + 1 : index], marks[index + 1 :])
                found.append(pair[::-1] if marks[verb].word("substitute") else pair)
    return found


def _instead(before: _Marks, after: _Marks) -> list[tuple[_Marks, _Marks]]:
    if _operands(before) and _operands(after):
        return [(after, before)]
    if _operands(after):  # instead of silver, use gold
        operands = _operands(after)
        middle = list(after).index(operands[-1])
        return [(after[:middle], after[middle:])] if len(operands) > 1 else []
    for index, mark in enumerate(before):  # 银色用金色代替
        if index and mark.word("to"):
            return [(before[:index], before[index + 1 :])]
    return []


def _operands(marks: _Marks) -> list[Mark]:
    things = things_in(marks)
    return [
        mark
        for mark in marks
        if mark.colour or mark.mood or mark in things or mark.word("ground", "repeat-kind")
    ]


def _exchange(old: _Marks, new: _Marks, facts: Facts, names: MotifNames) -> Edit | None:
    colour = next((mark for mark in new if mark.colour), None)
    things = [mark for mark in things_in(new) if not mark.word("all") or mark.names_thing]
    for mark in new:
        if word := mark.word("repeat-kind"):
            return RepeatEdit.model_validate({"kind": "repeat", "repeat": word.value})
    if colour is not None and (has(new, "ground") or has(old, "ground")):
        return _recolour_ground(colour, facts)
    if things and (colour is None or things[0].names_thing) and things_in(old):
        return _swapped(old, things[0], facts, names)
    if colour is not None:
        return _coloured(old, colour, facts, names)
    for mark in new:
        if mark.mood and not things_in(old) and not any(each.colour for each in old):
            return ColourwayEdit(kind="colourway", name=mark.mood)
    if things and (has(old, "all") or not _operands(old)) and not has(old, "colours", "ground"):
        return _swapped(old, things[0], facts, names)
    return None


def _coloured(old: _Marks, new: Mark, facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit that gives what `old` names a colour."""
    things = things_in(old)
    if things and not any(mark.colour for mark in things):
        return _painted(old, new, facts, names)
    colour = next((mark for mark in old if mark.colour), None)
    if colour is None:
        return _painted(old, new, facts, names)
    return _recolour(colour_target(colour, facts), new)


def _recolour(colour: str, new: Mark) -> Edit:
    assert new.colour is not None
    return RecolourEdit(kind="recolour", colour=colour, to=new.colour, name=new.colour_name)


def _recolour_ground(new: Mark, facts: Facts) -> Edit:
    if facts.ground is None:
        raise EditRefused("no_ground")
    return _recolour(facts.ground, new)


def _painted(old: _Marks, new: Mark, facts: Facts, names: MotifNames) -> Edit | None:
    """Return the edit that paints motifs, or the accent of a pattern, in a colour."""
    chosen = targets(old, facts, names)
    if chosen.layers and not chosen.motifs:
        accents = facts.accents(chosen.layers[0])
        return _recolour(accents[0], new) if accents else None
    motifs = chosen.motifs
    if motifs is None and has(old, "all") and facts.motifs:
        motifs = tuple(facts.motifs)
    if motifs is None and has(old, "all") and facts.families:
        accents = facts.accents(next(iter(facts.families)))
        return _recolour(accents[0], new) if accents else None
    if motifs is None:
        return None
    assert new.colour is not None
    return MotifColourEdit(kind="paint", motifs=motifs, to=new.colour, name=new.colour_name)


def _swapped(old: _Marks, new: Mark, facts: Facts, names: MotifNames) -> Edit:
    """Return the edit that puts another motif or pattern in the place of what `old` names."""
    chosen: Targets = targets(old, facts, names)
    if chosen.layers and not chosen.motifs:
        if new.family not in PATTERNS or new.family in ("solid", "gradient"):
            raise EditRefused("no_such_family", word=new.text)
        return PatternEdit(kind="pattern", layer=chosen.layers[0], family=new.family)
    motifs = chosen.motifs
    if motifs is None and facts.motifs:
        motifs = tuple(facts.motifs)
    if motifs is None and facts.families and new.family:
        return PatternEdit(kind="pattern", layer=next(iter(facts.families)), family=new.family)
    if motifs is None:
        raise EditRefused("no_motifs")
    subjects = [subject for subject in new.subjects if subject in names]
    if not subjects:
        raise EditRefused("no_such_motif", word=new.text)
    return SwapEdit(kind="swap", motifs=motifs, to=subjects[0])
