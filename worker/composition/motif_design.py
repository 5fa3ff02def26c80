"""Composes the design of a brief that names things, from what S and z give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.briefs.parser import ParsedBrief
from shared.briefs.singular import singular
from shared.briefs.things import MotifMention
from shared.briefs.vocabulary import COLOURS
from shared.designs.record import Design
from shared.designs.streams import stream
from worker.composition.compose import GROUND_PATTERNS, Composition, compose
from worker.composition.drawings import has_drawing
from worker.composition.palette import FULL, MotifPalette, composed_palette, sampled_palette
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
    seeds: tuple[int, int],
    *,
    guided: bool = False,
) -> tuple[Design, tuple[bytes, ...]]:
    """Return the record of a brief that names things, and the drawings that it refers to.

    Args:
        understood: the parsed brief; what it leaves open is taken from the description.
        named: keys of the colours that the brief itself names.
        palette: as sampled from S and z.
        seeds: seed and variant of the record.
        guided: whether a reference image has influence on the palette.
    """
    mentions = [
        _with_colour_of_word(_chosen(mention, *seeds), named) for mention in understood.motifs
    ]
    pattern = understood.pattern
    random = stream(*seeds, "l2", "scale")
    return compose(
        Composition(
            mentions=tuple(mentions),
            palette=_palette(
                replace(understood, motifs=tuple(mentions)),
                named,
                palette,
                guided=guided,
                pick=stream(*seeds, "palette", "ground").random(),
            ),
            ground=understood.ground,
            scale=understood.scale or _SCALES[int(3 * random.random())],
            density=understood.density,
            ground_pattern=pattern if _is_ground(pattern, mentions) else "",
            seed=seeds[0],
            variant=seeds[1],
        )
    )


def _palette(
    understood: ParsedBrief,
    named: Sequence[str],
    sampled: Sequence[str],
    *,
    guided: bool,
    pick: float,
) -> MotifPalette | None:
    """Return the palette; None: that of the things themselves, as lemons are yellow."""
    owned = [mention.colours for mention in understood.motifs]
    if len(named) >= FULL or (named and not guided and set(named) != {understood.ground}):
        return composed_palette(sampled, named, ground=understood.ground, owned=owned, pick=pick)
    if understood.mood or guided:
        return sampled_palette(
            with_named_colours(sampled, understood.colours),
            ground=understood.ground,
            owned=[key for keys in owned for key in keys],
            pick=pick,
        )
    return None


def _is_ground(pattern: str, mentions: Sequence[MotifMention]) -> bool:
    """Return whether the motifs lie over the pattern, and are not what it is of: waves."""
    drawn = {singular(mention.word.lower()) for mention in mentions}
    drawn |= {mention.name for mention in mentions}
    return pattern in GROUND_PATTERNS and singular(pattern) not in drawn


def _with_colour_of_word(mention: MotifMention, named: Sequence[str]) -> MotifMention:
    """Return the mention with the colour that its own name begins with: red foxes are red."""
    word = mention.word.lower()
    begins = tuple(
        key for key in named if any(word.startswith(f"{name.lower()} ") for name in COLOURS[key].en)
    )
    return mention if mention.colours or not begins else replace(mention, colours=begins[:1])


def _chosen(mention: MotifMention, seed: int, variant: int) -> MotifMention:
    """Return the mention, one of a family's members first: flowers are daisies, or poppies."""
    if not mention.family:
        return mention
    subjects = [each for each in mention.subjects if has_drawing((each,))]
    subject = stream(seed, variant, "l2", mention.name).choice(subjects)
    return replace(mention, subjects=(subject,))
