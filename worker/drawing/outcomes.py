"""Measures in a drawn tile what became of each part of the brief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shared.briefs.colours.names import colour_rgb
from shared.briefs.things.mentions import MotifMention
from shared.briefs.understood import ParsedBrief
from shared.designs.edits.facts import family_of
from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    GradientPaint,
    MotifsLayer,
    Paint,
)
from shared.motifs.catalog import OWN_SET
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["Outcome", "outcomes_of", "subject_of"]

Status = Literal["done", "partly", "not_done"]

_SAME = 14.0
"""CIEDE2000 up to which a colour of the palette is the one that the brief names."""
_VISIBLE = 0.01
"""Share of the tile from which a colour is seen."""
_ABSENT = 0.03
"""Share of the tile up to which a refused colour counts as absent."""
_ROUNDING = 0.005
_DARK_L, _LIGHT_L = 45.0, 70.0
"""Lightness, CIE L*, up to which a ground is dark, and from which it is light."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one part of the brief."""

    part: str
    """Name of a field: colours, ground, shares, excluded_colours, refused, pattern, motifs, ..."""
    key: str
    """The part's value: a key of the vocabulary, #RRGGBB, a motif's id, or words of the brief."""
    status: Status
    area: float | None = None
    """Share of the tile of a colour, 0 to 1."""
    why: str = ""
    """Code of the reason if it is not done, or if the brief does not name it."""

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-serialisable dictionary."""
        return asdict(self)


def subject_of(motif: str) -> str:
    """Return the subject's id of a motif as a record's element has it: own:fox@1, noto:fox@1."""
    set_name, _, rest = motif.partition(":")
    name = rest.partition("@")[0]
    return f"{set_name}:{name}" if set_name == OWN_SET else name


def outcomes_of(
    understood: ParsedBrief,
    design: Design,
    shares: NDArray[np.float64],
    shown: MotifMention | None = None,
) -> tuple[Outcome, ...]:
    """Return what became of the parts of a brief that concern the tile, in the brief's order.

    Args:
        understood: the brief alone, without what a description adds.
        design: the record that was drawn.
        shares: share of its tile by colour of the palette, 0 to 1, as of `area_shares`.
        shown: the thing that was taken from the reference, if there is one.
    """
    return (
        *_motif_outcomes(understood, design),
        *_shown_outcomes(shown, design),
        *_pattern_outcomes(understood, design),
        *_placing_outcomes(understood, design),
        *_colour_outcomes(understood, _Areas(design, shares)),
        *(
            Outcome(part="unknown", key=word, status="not_done", why="not_understood")
            for word in understood.unknown
        ),
    )


class _Areas:
    """Shares of the tile by the colours of the palette."""

    def __init__(self, design: Design, shares: NDArray[np.float64]) -> None:
        hexes = [entry.hex for entry in design.palette]
        self.design = design
        self.shares = shares
        self.lab = lab_from_rgb(np.array([list(bytes.fromhex(each[1:])) for each in hexes]))

    def nearest(self, *colours: str) -> NDArray[np.intp]:
        """Return for each entry of the palette which of some colours it is; -1: none."""
        rgb = np.array([colour_rgb(colour) for colour in colours], np.float64).reshape(-1, 3)
        away = delta_e(self.lab[:, None], lab_from_rgb(rgb))
        return np.where(away.min(axis=1) < _SAME, away.argmin(axis=1), -1)

    def of(self, colour: str, *others: str) -> float:
        """Return the share of a colour, without what is nearer to others."""
        return float(self.shares[self.nearest(colour, *others) == 0].sum())


def _colour_outcomes(understood: ParsedBrief, areas: _Areas) -> Iterator[Outcome]:
    shares = {share.colour: share for share in understood.shares}
    for colour in understood.colours:
        area = areas.of(colour, *(each for each in understood.colours if each != colour))
        share = shares.get(colour)
        if area < _VISIBLE:
            why = "hardly_seen" if area else "not_in_the_palette"
            yield _outcome("colours", colour, "not_done", area, why)
        elif share and not (share.low / 100 - _ROUNDING <= area <= share.high / 100 + _ROUNDING):
            yield _outcome("colours", colour, "done", area)
            yield _outcome("shares", colour, "partly", area, "area_not_reached")
        else:
            yield _outcome("colours", colour, "done", area)
            if share:
                yield _outcome("shares", colour, "done", area)
    if understood.ground:
        yield _ground_outcome(understood.ground, areas)
    if understood.ground_tone:
        yield _tone_outcome(understood.ground_tone, areas)
    for colour in understood.excluded_colours:
        area = areas.of(colour, *understood.colours)
        is_absent = area <= _ABSENT
        why = "" if is_absent else "still_seen"
        yield _outcome("excluded_colours", colour, "done" if is_absent else "partly", area, why)
    if understood.only:
        known = areas.nearest(*understood.colours) if understood.colours else np.array([-1])
        other = float(areas.shares[known < 0].sum()) if understood.colours else 0.0
        status: Status = "done" if other <= _ABSENT else "partly"
        yield _outcome("only", "only", status, other, "" if status == "done" else "other_colours")


def _ground_outcome(ground: str, areas: _Areas) -> Outcome:
    index, area = _plain_ground(areas.design), areas.of(ground)
    if index is None:
        return _outcome("ground", ground, "partly", area, "no_plain_ground")
    if areas.nearest(ground)[index] == 0:
        return _outcome("ground", ground, "done", area)
    return _outcome("ground", ground, "not_done", area, "another_ground")


def _tone_outcome(tone: str, areas: _Areas) -> Outcome:
    index = _plain_ground(areas.design)
    if index is None:
        return Outcome(part="ground_tone", key=tone, status="partly", why="no_plain_ground")
    lightness = float(areas.lab[index, 0])
    if lightness < _DARK_L if tone == "dark" else lightness > _LIGHT_L:
        return Outcome(part="ground_tone", key=tone, status="done")
    return Outcome(part="ground_tone", key=tone, status="not_done", why="another_ground")


def _plain_ground(design: Design) -> int | None:
    """Return the index of the palette's entry that the ground has; None if it has several."""
    first = design.layers[0]
    paint: Paint | None = None
    if isinstance(first, ColourLayer):
        paint = first.paint
    elif isinstance(first, FamilyLayer):
        paint = first.paints[0]
    if not isinstance(paint, ColourPaint):
        return None
    return [entry.id for entry in design.palette].index(paint.palette)


def _outcome(part: str, key: str, status: Status, area: float, why: str = "") -> Outcome:
    return Outcome(part=part, key=key, status=status, area=round(area, 3), why=why)


def _drawn_subjects(design: Design) -> Counter[str]:
    return Counter(
        subject_of(element.motif)
        for layer in design.layers
        if isinstance(layer, MotifsLayer)
        for element in layer.elements
    )


def _shown_outcomes(shown: MotifMention | None, design: Design) -> Iterator[Outcome]:
    if shown is not None and _drawn_subjects(design).keys() & set(shown.subjects):
        key = shown.subjects[0]
        yield Outcome(part="motifs", key=key, status="done", why="seen_in_reference")


def _motif_outcomes(understood: ParsedBrief, design: Design) -> Iterator[Outcome]:
    drawn = _drawn_subjects(design)
    for mention in understood.motifs:
        key = mention.subjects[0]
        count = sum(drawn[subject] for subject in mention.subjects)
        if not count:
            yield Outcome(part="motifs", key=key, status="not_done", why="no_drawing_or_place")
        elif mention.wider:
            yield Outcome(part="motifs", key=key, status="partly", why="drawn_wider")
        elif mention.number not in (None, count):
            yield Outcome(part="motifs", key=key, status="partly", why="another_number")
        else:
            yield Outcome(part="motifs", key=key, status="done")
    for word in understood.undrawn:
        yield Outcome(part="undrawn", key=word, status="not_done", why="no_drawing")


def _pattern_outcomes(understood: ParsedBrief, design: Design) -> Iterator[Outcome]:
    families = {family_of(layer) for layer in design.layers if isinstance(layer, FamilyLayer)}
    has_gradient = any(map(_is_gradient, _paints(design)))
    if has_gradient:
        families.add("gradient")
    for pattern in (understood.pattern, *understood.other_patterns):
        if not pattern:
            continue
        is_drawn = pattern in families or pattern == "solid"
        why = "" if is_drawn else ("things_instead" if understood.motifs else "another_pattern")
        status: Status = "done" if is_drawn else "not_done"
        yield Outcome(part="pattern", key=pattern, status=status, why=why)
    if understood.gradient and understood.pattern != "gradient":
        status = "done" if has_gradient else "not_done"
        why = "" if has_gradient else "no_gradient"
        yield Outcome(part="gradient", key="gradient", status=status, why=why)
    for part in understood.refused:
        if part.field in ("pattern", "gradient"):
            is_absent = part.key not in families
            why = "" if is_absent else "still_seen"
            status = "done" if is_absent else "not_done"
            yield Outcome(part="refused", key=part.key, status=status, why=why)


def _placing_outcomes(understood: ParsedBrief, design: Design) -> Iterator[Outcome]:
    layouts = {layer.recipe.layout for layer in design.layers if isinstance(layer, MotifsLayer)}
    for part, key, drawn in (
        ("repeat", understood.repeat, {design.repeat} if layouts else set()),
        ("layout", understood.layout, layouts),
    ):
        if key:
            why = "another_layout" if drawn else "no_things"
            is_done = key in drawn
            status: Status = "done" if is_done else "not_done"
            yield Outcome(part=part, key=key, status=status, why="" if is_done else why)


def _paints(design: Design) -> Iterator[Paint | None]:
    for layer in design.layers:
        if isinstance(layer, ColourLayer):
            yield layer.paint
        elif isinstance(layer, FamilyLayer):
            yield from layer.paints


def _is_gradient(paint: Paint | None) -> bool:
    return isinstance(paint, GradientPaint)
