"""Composes the design of a brief that names things, from what S and z give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from shared.briefs.colours.names import english_names
from shared.briefs.colours.refused import refused_keys
from shared.briefs.text.singular import singular
from shared.briefs.things.mentions import MotifMention
from shared.briefs.understood import ParsedBrief
from shared.designs.record import Design, Repeat
from shared.designs.streams import stream
from worker.composition.areas import compose_with_areas, ground_by_area, motif_goals
from worker.composition.compose import (
    GROUND_PATTERNS,
    MOTIFS,
    USUAL_LAYOUTS,
    USUAL_REPEATS,
    Composition,
    compose,
)
from worker.composition.drawings import (
    MotifDrawing,
    choose_drawings,
    has_drawing,
    meant_subjects,
    set_order,
)
from worker.composition.given_palette import given_for_motifs
from worker.composition.palette import (
    FULL,
    MotifPalette,
    composed_palette,
    natural_palette,
    sampled_palette,
    toned_ground,
)
from worker.drawing.layout.request import Arrangement
from worker.drawing.resolve import with_named_colours
from worker.imaging.refused import recoloured

__all__ = ["drawable", "motif_design"]

_SCALES = ("medium", "medium", "large")
_MAX_DRAWINGS = 3
_WHOLE = 90.0
"""Per cent of the tile that shares give to colours from which no others are added."""
_NATURAL_MOODS = frozenset(("autumn", "spring", "summer", "winter", "festive", "playful", "fresh"))
"""Moods that the things' own colours have."""


def drawable(understood: ParsedBrief) -> ParsedBrief:
    """Return the brief with only those of its things that this installation has drawings of."""
    kept = tuple(mention for mention in understood.motifs if has_drawing(mention.subjects))
    return replace(understood, motifs=kept)


def motif_design(
    understood: ParsedBrief,
    named: Sequence[str],
    palette: Sequence[str],
    seeds: tuple[int, int],
    *,
    guided: bool = False,
    given: Sequence[str] = (),
    only: bool = False,
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a brief that names things, and the drawings that it refers to.

    Args:
        understood: the parsed brief; what it leaves open is taken from the description.
        named: keys of the colours that the brief itself names.
        palette: as sampled from S and z.
        seeds: seed and variant of the record.
        guided: whether a reference image has influence on the palette.
        given: hex colours of the palette that the designer gives; empty: none.
        only: whether no other colours are drawn.
    """
    refused = refused_keys(understood)
    ground = ground_by_area(understood)
    if not ground and understood.ground_tone and not given:
        pick = stream(*seeds, MOTIFS, "ground tone").random()
        ground = toned_ground(understood.ground_tone, named, refused, pick)
    understood = replace(understood, ground=ground)
    mentions = [
        _with_colour_of_word(_chosen(mention, *seeds), named) for mention in understood.motifs
    ]
    drawings = _drawings(mentions, seeds)
    natural = not given and _is_natural(understood, named, guided=guided)
    pattern = understood.pattern
    colours = _Colours(
        understood=understood,
        named=tuple(named),
        sampled=tuple(palette),
        mentions=tuple(mentions),
        drawings=tuple(drawing for found in drawings for drawing in found),
        guided=guided,
    )
    if given:
        pick = stream(*seeds, "palette", "ground").random()
        chosen = given_for_motifs(given, named, ground=understood.ground, pick=pick, only=only)
    else:
        chosen = colours.natural(seeds) if natural else colours.palette(seeds)
        chosen = replace(chosen, colours=recoloured(chosen.colours, refused))
    # The pattern takes one of the colours, if none may be added.
    has_pattern = _is_ground(pattern, mentions) and (not only or len(chosen.colours) > 2)
    composition = Composition(
        mentions=tuple(mentions),
        drawings=drawings,
        palette=chosen,
        natural=natural,
        exact=bool(given) and only,
        refused=refused,
        scale=understood.scale or stream(*seeds, MOTIFS, "scale").choice(_SCALES),
        density=understood.density,
        wanted_repeat=cast(Repeat | None, _wanted(understood, "repeat", USUAL_REPEATS)),
        wanted_layout=cast(Arrangement | None, _wanted(understood, "layout", USUAL_LAYOUTS)),
        ground_pattern=pattern if has_pattern else "",
        seed=seeds[0],
        variant=seeds[1],
    )
    goals = motif_goals(understood, chosen.colours)
    if any(goals):
        return compose_with_areas(composition, goals)
    return compose(composition)


def _drawings(
    mentions: Sequence[MotifMention], seeds: tuple[int, int]
) -> tuple[tuple[MotifDrawing, ...], ...]:
    """Return the drawings of each mention, for all mentions from few sets."""
    sets = set_order(stream(*seeds, MOTIFS, "sets"))
    return tuple(
        tuple(
            choose_drawings(
                meant_subjects(mention.subjects, mention.word),
                sets,
                stream(*seeds, MOTIFS, f"drawings of {mention.subjects[0]}"),
                _MAX_DRAWINGS,
            )
        )
        for mention in mentions
    )


def _wanted(understood: ParsedBrief, field: str, usual: Sequence[str]) -> str | None:
    """Return what the brief asks for, or the first one that is usual if it refuses another."""
    refused = {part.key for part in understood.refused if part.field == field}
    permitted = [each for each in usual if each not in refused]
    return getattr(understood, field) or (permitted[0] if refused and permitted else None)


def _is_natural(understood: ParsedBrief, named: Sequence[str], *, guided: bool) -> bool:
    """Return whether colours that are not named are those of the things: lemons are yellow."""
    open_mood = set(understood.mood) <= _NATURAL_MOODS
    return set(named) <= {understood.ground} and open_mood and not guided


@dataclass(frozen=True, kw_only=True)
class _Colours:
    """What the palette follows from."""

    understood: ParsedBrief
    named: tuple[str, ...]
    sampled: tuple[str, ...]
    mentions: tuple[MotifMention, ...]
    drawings: tuple[MotifDrawing, ...]
    guided: bool

    def natural(self, seeds: tuple[int, int]) -> MotifPalette:
        """Return the palette of drawings that keep their own colours."""
        own = sorted(
            (
                (share, colour)
                for drawing in self.drawings
                for colour, share in zip(drawing.colours, drawing.anatomy(0).shares, strict=True)
            ),
            key=lambda each: -each[0],
        )
        return natural_palette(
            [colour for _, colour in own],
            ground=self.understood.ground,
            main=[drawing.main for drawing in self.drawings],
            pick=stream(*seeds, MOTIFS, "ground").random(),
        )

    def palette(self, seeds: tuple[int, int]) -> MotifPalette:
        """Return the palette of named or of sampled colours."""
        ground = self.understood.ground
        owned = [mention.colours for mention in self.mentions]
        owned += [(share.colour,) for share in self.understood.shares if share.colour != ground]
        pick = stream(*seeds, "palette", "ground").random()
        is_named = bool(set(self.named) - {ground})
        only = self.understood.only or sum(each.aim for each in self.understood.shares) >= _WHOLE
        if len(self.named) >= FULL or (is_named and (only or not self.guided)):
            return composed_palette(
                self.sampled,
                self.named,
                ground=ground,
                owned=owned,
                main=[drawing.main for drawing in self.drawings],
                pick=pick,
                only=only,
            )
        return sampled_palette(
            with_named_colours(self.sampled, self.understood.colours),
            ground=ground,
            owned=[key for keys in owned for key in keys],
            pick=pick,
        )


def _is_ground(pattern: str, mentions: Sequence[MotifMention]) -> bool:
    """Return whether the motifs lie over the pattern, and are not what it is of: waves."""
    drawn = {singular(mention.word.lower()) for mention in mentions}
    drawn |= {mention.name for mention in mentions}
    return pattern in GROUND_PATTERNS and singular(pattern) not in drawn


def _with_colour_of_word(mention: MotifMention, named: Sequence[str]) -> MotifMention:
    """Return the mention with the colour that its own name begins with: red foxes are red."""
    word = mention.word.lower()
    begins = tuple(
        key for key in named if any(word.startswith(f"{name} ") for name in english_names(key))
    )
    return mention if mention.colours or not begins else replace(mention, colours=begins[:1])


def _chosen(mention: MotifMention, seed: int, variant: int) -> MotifMention:
    """Return the mention, one of a family's members first: flowers are daisies, or poppies."""
    if not mention.family:
        return mention
    subjects = [each for each in mention.subjects if has_drawing((each,))]
    subject = stream(seed, variant, "l2", mention.name).choice(subjects)
    return replace(mention, subjects=(subject,))
