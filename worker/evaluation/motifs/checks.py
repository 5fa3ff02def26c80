"""Checks the tile of a brief that names things: what is drawn, what is said, and its colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shared.briefs.notices import NO_DRAWING, split_notice
from shared.briefs.text.index import is_chinese
from shared.briefs.vocabulary import COLOURS
from worker.evaluation.layout_metrics import Evenness
from worker.evaluation.motifs.briefs import MotifBrief, Thing, colour_keys
from worker.evaluation.motifs.evenness import evenness
from worker.evaluation.motifs.holdings import Holding, Holdings, words_of
from worker.evaluation.motifs.tiles import MotifTile, lab_of, shares_near
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["MotifResult", "ThingResult", "check_motifs", "failed_motifs"]

MIN_AREA = 0.015
"""Least share of the tile that a thing covers."""
MIN_CONTRAST = 15.0
"""Least mean CIEDE2000 of a thing's pixels from the ground."""
COLOUR_TOLERANCE = 12.0
"""CIEDE2000 within which a colour is the named one."""
MIN_COLOUR_AREA = 0.01
MAX_UNNAMED_AREA = 0.03
FAILED = "the design failed"
"""Fault of everything in a brief for which there is no design."""
FULL_PALETTE = 3
"""Number of named colours from which a palette is full."""


@dataclass(frozen=True, kw_only=True)
class ThingResult:
    """What became of a thing."""

    thing: Thing
    holding: Holding
    covered: float
    """Share of the tile."""
    fault: str
    """Kind of the miss; empty: as asked."""


@dataclass(frozen=True, kw_only=True)
class MotifResult:
    """Checks of one tile; a fault is the kind of a miss, empty where there is none."""

    brief: MotifBrief
    things: tuple[ThingResult, ...]
    strangers: tuple[str, ...]
    """Subjects that are drawn though nobody named them."""
    has_motifs: bool
    ground: str | None
    """Fault of the ground; None: the brief names none."""
    colours: tuple[tuple[str, str], ...]
    """Each named colour as written, and its fault."""
    unnamed: float | None
    """Largest area of an unnamed colour; None: the palette is not full."""
    evenness: Evenness | None
    """None: there are no motifs."""


def check_motifs(brief: MotifBrief, tile: MotifTile, holdings: Holdings) -> MotifResult:
    """Check the tile of a brief."""
    accepted = [holdings.accepted(thing, brief) for thing in brief.things]
    strangers = tile.subjects - frozenset().union(*accepted)
    things = tuple(
        _check_thing(thing, holdings.holding(thing), subjects, tile, bool(strangers))
        for thing, subjects in zip(brief.things, accepted, strict=True)
    )
    return MotifResult(
        brief=brief,
        things=things,
        strangers=tuple(sorted(strangers)),
        has_motifs=bool(tile.elements),
        ground=None if brief.ground is None else _ground_fault(brief.ground, tile),
        colours=tuple(zip(brief.colours, _colour_faults(brief, tile), strict=True)),
        unnamed=_unnamed_area(brief, tile) if len(brief.colours) >= FULL_PALETTE else None,
        evenness=evenness(tile),
    )


def failed_motifs(brief: MotifBrief, holdings: Holdings) -> MotifResult:
    """Return the checks of a brief for which there is no design."""
    return MotifResult(
        brief=brief,
        things=tuple(
            ThingResult(thing=thing, holding=holdings.holding(thing), covered=0.0, fault=FAILED)
            for thing in brief.things
        ),
        strangers=(),
        has_motifs=False,
        ground=None if brief.ground is None else FAILED,
        colours=tuple((label, FAILED) for label in brief.colours),
        unnamed=1.0 if len(brief.colours) >= FULL_PALETTE else None,
        evenness=None,
    )


def _check_thing(
    thing: Thing, holding: Holding, subjects: frozenset[str], tile: MotifTile, stood_in: bool
) -> ThingResult:
    area = tile.area(subjects)
    seen = area.covered >= MIN_AREA and area.contrast >= MIN_CONTRAST
    if holding == "held":
        fault = "" if seen else _drawing_fault(thing, subjects, tile)
    elif seen or (_is_said(thing, tile) and not stood_in):
        fault = ""
    else:
        fault = "another thing is drawn" if stood_in else "not said"
    return ThingResult(thing=thing, holding=holding, covered=area.covered, fault=fault)


def _drawing_fault(thing: Thing, subjects: frozenset[str], tile: MotifTile) -> str:
    read = {subject for mention in tile.understood.motifs for subject in mention.subjects}
    if subjects & tile.subjects:
        area = tile.area(subjects)
        return "drawn, too small" if area.covered < MIN_AREA else "drawn, too like the ground"
    if subjects & read:
        return "read, not drawn"
    return "not read, said" if _is_said(thing, tile) else "not read, not said"


def _is_said(thing: Thing, tile: MotifTile) -> bool:
    """Return whether an unknown word or a notice names a thing."""
    notices = map(split_notice, tile.notices)
    texts = [
        *tile.understood.unknown,
        *(w for name, words in notices if name == NO_DRAWING for w in words),
    ]
    if any(is_chinese(text[0]) for text in texts if text):
        return _is_among_chinese(thing.zh, texts)
    wanted = {word for name in thing.names for word in words_of(name)}
    return any(wanted & set(words_of(text)) for text in texts)


def _is_among_chinese(words: tuple[str, ...], texts: Iterable[str]) -> bool:
    """Return whether a text has one of the words, or half of one; True if none is labelled."""
    if not words:
        return True
    return any(
        word in text or (text in word and 2 * len(text) >= len(word))
        for word in words
        for text in texts
    )


def _lab_of_label(label: str) -> Floats:
    """Return the vocabulary's colours that a label means, as Lab (n, 3)."""
    return lab_from_rgb(np.array([COLOURS[key].rgb for key in colour_keys(label)]).reshape(-1, 3))


def _ground_fault(label: str, tile: MotifTile) -> str:
    named = _lab_of_label(label)
    if not len(named):
        return "no colour of the vocabulary"
    if float(delta_e(named, lab_of(tile.grounds[:1])).min()) < COLOUR_TOLERANCE:
        return ""
    if not set(colour_keys(label)) & set(tile.understood.colours):
        return "colour not read"
    if tile.understood.ground not in colour_keys(label):
        return "read as a colour, not as the ground"
    return "read, another colour drawn" if tile.elements else "read, no motifs drawn"


def _colour_faults(brief: MotifBrief, tile: MotifTile) -> list[str]:
    return [_colour_fault(label, tile) for label in brief.colours]


def _colour_fault(label: str, tile: MotifTile) -> str:
    named = _lab_of_label(label)
    if not len(named):
        return "no colour of the vocabulary"
    if max(shares_near(tile.pixels, named, COLOUR_TOLERANCE)) >= MIN_COLOUR_AREA:
        return ""
    if not set(colour_keys(label)) & set(tile.understood.colours):
        return "not read"
    palette = lab_of([entry.hex for entry in tile.design.palette])
    if float(delta_e(palette[:, None], named).min()) >= COLOUR_TOLERANCE:
        return "read, not in the palette"
    return "in the palette, too little area"


def _unnamed_area(brief: MotifBrief, tile: MotifTile) -> float:
    named = np.concatenate([_lab_of_label(label) for label in brief.colours])
    away = delta_e(lab_of(list(tile.areas))[:, None], named).min(axis=1, initial=100.0)
    return max(
        (area for area, far in zip(tile.areas.values(), away, strict=True)
         if far >= COLOUR_TOLERANCE), default=0.0,
    )  # fmt: skip
