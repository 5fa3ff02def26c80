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
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a brief that names things, and the drawings that it refers to.

    Args:
        understood: the parsed brief; what it leaves open is taken from the description.
        named: keys of the colours that the brief itself names.
        palette: as sampled from S and z.
        seed, variant: of the record.
    """
    mentions = [_chosen(mention, seed, variant) for mention in understood.motifs]
    pattern = understood.pattern
    owned = [key for mention in mentions for key in mention.colours]
    pick = stream(seed, variant, "palette", "ground").random()
    random = stream(seed, variant, "l2", "scale")
    # Colours that are not named are those of the things themselves: lemons are yellow.
    natural = not set(named) - {understood.ground} and not understood.mood
    refused = refused_keys(understood)
    return compose(
        Composition(
            mentions=tuple(mentions),
            palette=tuple(palette)
            if natural
            else composed_palette(
                with_named_colours(palette, understood.colours),
                understood.colours,
                ground=understood.ground,
                owned=owned,
                pick=pick,
                refused=refused,
            ),
            natural=natural,
            refused=refused,
            ground=understood.ground,
            scale=understood.scale or _SCALES[int(3 * random.random())],
            density=understood.density,
            ground_pattern=pattern if _is_ground(pattern, mentions) else "",
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
