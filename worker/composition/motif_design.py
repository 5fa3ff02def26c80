"""Composes the design of a brief that names things, from what S and z give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.briefs.parser import ParsedBrief
from shared.briefs.refusals import refused_keys
from shared.briefs.singular import singular
from shared.briefs.things import MotifMention
from shared.designs.record import Design
from shared.designs.streams import stream
from worker.composition.compose import GROUND_PATTERNS, Composition, compose
from worker.composition.drawings import has_drawing
from worker.composition.given_palette import given_for_motifs
from worker.composition.palette import composed_palette
from worker.drawing.resolve import with_named_colours

__all__ = ["drawable", "motif_design"]

_SCALES = ("medium", "medium", "large")


def drawable(understood: ParsedBrief) -> ParsedBrief:
    """Return the brief with only those of its things that this installation has drawings of."""
    kept = tuple(mention for mention in understood.motifs if has_drawing(mention.subjects))
    return replace(understood, motifs=kept)


def motif_design(
    understood: ParsedBrief,
    named: Sequence[str],
    palette: Sequence[str],
    seed: int,
    variant: int,
    *,
    given: Sequence[str] = (),
    only: bool = False,
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a brief that names things, and the drawings that it refers to.

    Args:
        understood: the parsed brief; what it leaves open is taken from the description.
        named: keys of the colours that the brief itself names.
        palette: as sampled from S and z.
        seed, variant: of the record.
        given: hex colours of the palette that the designer gives; empty: none.
        only: whether no other colours are drawn.
    """
    mentions = [_chosen(mention, seed, variant) for mention in understood.motifs]
    pattern = understood.pattern
    owned = [key for mention in mentions for key in mention.colours]
    pick = stream(seed, variant, "palette", "ground").random()
    random = stream(seed, variant, "l2", "scale")
    # Colours that are not named are those of the things themselves: lemons are yellow.
    natural = not given and not set(named) - {understood.ground} and not understood.mood
    refused = refused_keys(understood)
    colours = tuple(palette)
    has_pattern = _is_ground(pattern, mentions)
    if given:
        colours = given_for_motifs(
            given, named, ground=understood.ground, owned=owned, pick=pick, only=only
        )
        # The pattern takes one of the colours, if none may be added.
        has_pattern = has_pattern and (not only or len(colours) > 2)
    elif not natural:
        colours = composed_palette(
            with_named_colours(palette, understood.colours),
            understood.colours,
            ground=understood.ground,
            owned=owned,
            pick=pick,
            refused=refused,
        )
    return compose(
        Composition(
            mentions=tuple(mentions),
            palette=colours,
            given=bool(given),
            exact=bool(given) and only,
            natural=natural,
            refused=refused,
            ground=understood.ground,
            scale=understood.scale or _SCALES[int(3 * random.random())],
            density=understood.density,
            ground_pattern=pattern if has_pattern else "",
            seed=seed,
            variant=variant,
        )
    )


def _is_ground(pattern: str, mentions: Sequence[MotifMention]) -> bool:
    """Return whether the motifs lie over the pattern, and are not what it is of: waves."""
    drawn = {singular(mention.word.lower()) for mention in mentions}
    drawn |= {mention.name for mention in mentions}
    return pattern in GROUND_PATTERNS and singular(pattern) not in drawn


def _chosen(mention: MotifMention, seed: int, variant: int) -> MotifMention:
    """Return the mention, one of a family's members first: flowers are daisies, or poppies."""
    if not mention.family:
        return mention
    subjects = [each for each in mention.subjects if has_drawing((each,))]
    subject = stream(seed, variant, "l2", mention.name).choice(subjects)
    return replace(mention, subjects=(subject,))
