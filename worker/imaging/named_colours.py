"""Colours of the vocabulary that are nearest to colours given by numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from shared.briefs.colours.names import colour_rgb, is_exact
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import COLOURS
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["nearest_colour", "with_vocabulary_colours"]


@lru_cache(maxsize=256)
def nearest_colour(colour: str) -> str:
    """Return the key of the vocabulary's colour that is nearest to a colour of a brief."""
    if not is_exact(colour):
        return colour
    known = lab_from_rgb(np.array([each.rgb for each in COLOURS.values()], np.float64))
    away = delta_e(known, lab_from_rgb(np.array(colour_rgb(colour), np.float64)))
    return list(COLOURS)[int(away.argmin())]


def with_vocabulary_colours(understood: ParsedBrief) -> ParsedBrief:
    """Return the brief with keys of the vocabulary alone, for networks that know no others."""
    return replace(
        understood,
        colours=tuple(dict.fromkeys(map(nearest_colour, understood.colours))),
        ground=nearest_colour(understood.ground) if understood.ground else "",
    )
