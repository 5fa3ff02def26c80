"""Says what a brief's things become, where that is not what the brief says."""

from __future__ import annotations

from collections.abc import Iterator

from shared.briefs.things.mentions import MAX_MOTIFS, MotifMention
from shared.briefs.understood import ParsedBrief

__all__ = [
    "COLOUR_OF_GROUND",
    "CONVERTED_COLOUR",
    "DRAWN_WIDER",
    "NO_COLOUR_TABLE",
    "NO_DRAWING",
    "NO_PRODUCT_PICTURE",
    "ONE_PATTERN",
    "TOO_MANY_MOTIFS",
    "brief_notices",
    "split_notice",
]

DRAWN_WIDER = "drawn_wider"
"""A word is drawn by a wider one: drawn_wider:dachshund:dog."""
NO_DRAWING = "no_drawing"
"""A thing has no drawing: no_drawing:unicycle."""
NO_PRODUCT_PICTURE = "no_product_picture"
"""A product is shown on no picture: no_product_picture:blanket."""
TOO_MANY_MOTIFS = "too_many_motifs"
"""Only the first things are drawn: too_many_motifs:12."""
ONE_PATTERN = "one_pattern"
"""Of several patterns one is drawn: one_pattern:stripes:dots, stripes and not dots."""
COLOUR_OF_GROUND = "colour_of_ground"
"""A thing has the colour of the ground: colour_of_ground:leaves:white."""

CONVERTED_COLOUR = "converted_colour"
"""A CMYK colour is shown by an approximation: converted_colour:C100 M70 Y0 K10:#0045E6."""
NO_COLOUR_TABLE = "no_colour_table"
"""A colour of a system without a free table is not known: no_colour_table:RAL 5015."""


def brief_notices(understood: ParsedBrief) -> tuple[str, ...]:
    """Return the codes of notices about a brief, each with its words after colons."""
    return tuple(dict.fromkeys((*_notices(understood), *_colour_notices(understood))))


def split_notice(code: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of a notice and its words."""
    name, *words = code.split(":")
    return name, tuple(words)


def _notices(understood: ParsedBrief) -> Iterator[str]:
    for mention in understood.motifs:
        if mention.wider:
            yield _code(DRAWN_WIDER, mention.word, mention.name)
        if _is_lost(mention, understood.ground):
            yield _code(COLOUR_OF_GROUND, mention.word, understood.ground)
    if not understood.motifs and understood.pattern and understood.ground_repeated:
        yield _code(COLOUR_OF_GROUND, understood.pattern, understood.ground)
    if not understood.motifs:  # else all patterns are told in what became of them
        for other in understood.other_patterns:
            yield _code(ONE_PATTERN, understood.pattern, other)
    if understood.other_product:
        yield _code(NO_PRODUCT_PICTURE, understood.other_product)
    for word in understood.undrawn:
        yield _code(NO_DRAWING, word)
    if understood.motifs_left_out:
        yield _code(TOO_MANY_MOTIFS, str(MAX_MOTIFS))


def _colour_notices(understood: ParsedBrief) -> Iterator[str]:
    for written in understood.approximate_colours:
        yield _code(CONVERTED_COLOUR, *written.rsplit("=", 1))
    for name in understood.colour_names:
        yield _code(NO_COLOUR_TABLE, name)


def _is_lost(mention: MotifMention, ground: str) -> bool:
    """Return whether a thing has only the colour of the ground."""
    return bool(ground) and set(mention.colours) == {ground}


def _code(name: str, *words: str) -> str:
    return ":".join((name, *(word.replace(":", " ") for word in words)))
