"""Checks whether what a brief says is understood, or said not to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from shared.briefs.colours.names import colour_rgb, is_exact
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.motifs.names import motif_names
from worker.evaluation.instructions.briefs import Instruction
from worker.evaluation.motifs.briefs import colour_keys, colour_names
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["accepted_colours", "means_colour", "parse_faults", "pattern_keys"]

_SAME = 20.0
"""CIEDE2000 up to which two colours are the same to the eye of a reader."""
_RELATED = {
    "checks": {"plaid", "houndstooth", "argyle"}, "plaid": {"checks"}, "diamonds": {"argyle"},
    "stripes": {"diagonal-stripes"}, "diagonal-stripes": {"stripes"},
    "waves": {"scales", "ripples"},
}  # fmt: skip
"""Patterns that a label may mean too: 格子 is checks or plaid."""
_NEVER_DRAWN = frozenset(("person", "people", "face", "text", "logo"))
"""What no motif shows."""


def parse_faults(brief: Instruction, understood: ParsedBrief) -> list[str]:
    """Return what of a brief is not understood as expected; empty if nothing."""
    return [
        *_colour_faults(brief, understood),
        *_amount_faults(brief, understood),
        *_part_faults(brief, understood),
        *_thing_faults(brief, understood),
    ]


def accepted_colours(label: str) -> tuple[str, ...]:
    """Return the colours of a brief that a label means: #RRGGBB, or keys of the vocabulary."""
    if is_exact(label):
        return (label.upper(),)
    return colour_keys(label)


def means_colour(label: str, colour: str) -> bool:
    """Return whether a colour of a brief is the one of a label.

    Numbers must be met exactly. A name of the vocabulary may be met by one that looks the same, and
    a label that is no name of it, often translated, by any.
    """
    if is_exact(label):
        if not is_exact(colour):
            return False
        away = np.abs(np.array(colour_rgb(label)) - np.array(colour_rgb(colour)))
        return bool(away.max() <= 2)
    if label.lower().replace("-", " ") not in colour_names():
        return True
    keys = colour_keys(label)
    if colour in keys:
        return True
    rgb = np.array([colour_rgb(key) for key in keys], np.float64)
    own = lab_from_rgb(np.array(colour_rgb(colour), np.float64))
    return bool(delta_e(lab_from_rgb(rgb), own).min() < _SAME)


@cache
def pattern_keys(label: str) -> frozenset[str]:
    """Return the keys of the vocabulary's patterns that an English label means."""
    understood = parse_brief(label)
    found = {understood.pattern, *_RELATED.get(understood.pattern, ())} - {""}
    return frozenset(found | ({"gradient"} if understood.gradient else set()))


def _colour_faults(brief: Instruction, understood: ParsedBrief) -> Iterator[str]:
    expect = brief.expect
    for label in expect.get("wanted_colours", ()):
        if not any(means_colour(label, colour) for colour in understood.colours):
            yield f"colour {label} not wanted"
    for label in expect.get("refused_colours", ()):
        if not any(means_colour(label, colour) for colour in understood.excluded_colours):
            yield f"colour {label} not refused"
        if any(colour in accepted_colours(label) for colour in understood.colours):
            yield f"refused colour {label} wanted"
    if "ground" in expect:
        label = expect["ground"]
        if label is None and understood.ground:
            yield f"ground {understood.ground} not named"
        if label is not None and not (understood.ground and means_colour(label, understood.ground)):
            yield f"ground {label} became {understood.ground or 'none'}"


def _amount_faults(brief: Instruction, understood: ParsedBrief) -> Iterator[str]:
    expect = brief.expect
    for share in expect.get("shares", ()):
        found = [each for each in understood.shares if means_colour(share["colour"], each.colour)]
        if not found:
            yield f"area of {share['colour']} ignored"
        elif not any(share["low"] <= each.aim <= share["high"] for each in found):
            yield f"area of {share['colour']} became {found[0].aim}"
    if expect.get("only") and not understood.only:
        yield "only these colours ignored"
    known = " ".join(understood.unknown).lower()
    for name in expect.get("unknown", ()):
        if name.lower() not in known:
            yield f"{name} not said to be unknown"


def _part_faults(brief: Instruction, understood: ParsedBrief) -> Iterator[str]:
    expect = brief.expect
    refused = {part.key for part in understood.refused}
    wanted_patterns = expect.get("wanted_patterns", ())
    drawn = {understood.pattern} | ({"gradient"} if understood.gradient else set())
    drawn |= {mention.name for mention in understood.motifs}
    for label in wanted_patterns[:1]:
        if pattern_keys(label) and not pattern_keys(label) & drawn and label not in drawn:
            yield f"pattern {label} not wanted"
    for label in expect.get("refused_patterns", ()):
        if not pattern_keys(label) and understood.refused:
            continue  # the vocabulary has no such pattern; its word is refused
        if not pattern_keys(label) & refused and not _names(label) & _refused_words(understood):
            yield f"pattern {label} not refused"
    if "gradient" in expect and understood.gradient != expect["gradient"]:
        yield f"gradient {expect['gradient']} became {understood.gradient}"
    for part in expect.get("refused_other", ()):
        if not any(_is_part(each.key, each.word, part["value"]) for each in understood.refused):
            yield f"{part['field']} {part['value']} not refused"


def _thing_faults(brief: Instruction, understood: ParsedBrief) -> Iterator[str]:
    said = " ".join((*understood.unknown, *understood.undrawn)).lower()
    for label in brief.expect.get("wanted_things", ()):
        found = any(_names(label) & _names_of(mention.subjects) for mention in understood.motifs)
        if not found and not (pattern_keys(label) & {understood.pattern}) and label not in said:
            yield f"thing {label} not wanted"
    for label in brief.expect.get("refused_things", ()):
        if label in _NEVER_DRAWN:
            continue
        if any(_names(label) & _names_of(mention.subjects) for mention in understood.motifs):
            yield f"refused thing {label} wanted"
        elif not (
            _names(label) & _refused_words(understood)
            or pattern_keys(label) & {part.key for part in understood.refused}
        ):
            yield f"thing {label} not refused"


def _is_part(key: str, word: str, value: str) -> bool:
    parsed = parse_brief(value)
    keys = {*parsed.mood, *parsed.materials, parsed.finish} - {""}
    if not keys or not word.isascii():
        return True  # no word of the vocabulary, or one of another language: that it is refused
    return key in keys or word.lower() in (value, *keys)


def _refused_words(understood: ParsedBrief) -> set[str]:
    found = {part.word.lower() for part in understood.refused}
    motifs = [part.key for part in understood.refused if part.field == "motif" and part.key]
    return found | _names_of(motifs)


def _names_of(subjects: Sequence[str]) -> set[str]:
    names = motif_names()
    return {name for each in subjects if each in names for name in names[each].english}


@cache
def _names(label: str) -> frozenset[str]:
    """Return the English names of all that a label may mean, itself among them."""
    mentions = parse_brief(f"{label} and foxes").motifs[:-1] or parse_brief(label).motifs
    subjects = [subject for mention in mentions for subject in mention.subjects]
    return frozenset((label, f"{label}s", *_names_of(subjects)))
