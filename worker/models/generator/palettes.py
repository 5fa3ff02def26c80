"""Orders and completes the palette of a pattern family after what a brief says of colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.briefs.colours.names import colour_hex, colour_rgb
from shared.briefs.understood import ParsedBrief
from worker.composition.tones import deep_tone, lab_of, pale_tint
from worker.drawing.areas import AreaGoal
from worker.drawing.resolve import with_named_colours
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["area_goals", "family_palette"]

_SAME = 12.0
"""CIEDE2000 up to which a colour is the one that was named."""
_WHOLE = 90.0
"""Per cent of the tile that shares give to colours from which no others appear."""
_MIDDLE = 60.0
_FULL = 3
"""Number of named colours from which no others appear."""


def family_palette(
    sampled: Sequence[str], understood: ParsedBrief, named: Sequence[str], *, guided: bool = False
) -> tuple[str, ...]:
    """Return the palette of a family: the ground first, each named colour present.

    Where the brief names two colours or more, or says "only these", there are no others; beside a
    single one there is a tint or shade of it. A mood or a reference adds colours of its own to
    fewer than three. Without a named ground, the colour that is to cover most is the ground.

    Args:
        sampled: hex colours as sampled from S and z, the ground first.
        understood: the brief; the colours it leaves open are those of the description.
        named: the colours that the brief itself names.
        guided: whether a reference image has influence on the palette.
    """
    palette = list(with_named_colours(sampled, understood.colours))
    is_open = guided or bool(understood.mood)
    is_whole = sum(share.aim for share in understood.shares) >= _WHOLE
    least = _FULL if is_open else 1
    if named and (understood.only or is_whole or len(named) >= least):
        places = [_place_of(palette, name) for name in named]
        others = [colour for place, colour in enumerate(palette) if place not in places]
        palette = [colour for place, colour in enumerate(palette) if place in places]
        if len(palette) == 1 and not understood.only:
            palette.append(_beside(palette[0], others))
    if ground := _ground_of(understood):
        place = _place_of(palette, ground)
        first = palette.pop(place) if place is not None else colour_hex(ground)
        palette.insert(0, first)
    return tuple(palette)


def _beside(colour: str, others: Sequence[str]) -> str:
    """Return the tint or shade of a colour that is as light as what was sampled beside it."""
    light, *rest = (float(row[0]) for row in lab_of([colour, *others]))
    is_paler = rest[0] > light if rest else light < _MIDDLE
    return pale_tint(colour) if is_paler else deep_tone(colour)


def area_goals(palette: Sequence[str], understood: ParsedBrief) -> dict[str, AreaGoal]:
    """Return the areas that the brief asks for, by the hex colours of the palette."""
    goals = {}
    for share in understood.shares:
        place = _place_of(palette, share.colour)
        if place is not None:
            goals[palette[place].upper()] = AreaGoal(
                low=share.low / 100, high=share.high / 100, aim=share.aim / 100
            )
    return goals


def _ground_of(understood: ParsedBrief) -> str:
    """Return the colour of the ground: the named one, else that which is to cover most."""
    if understood.ground or not understood.shares:
        return understood.ground
    most = max(understood.shares, key=lambda share: share.aim)
    if 2 * most.aim >= 100 or len(understood.colours) == len(understood.shares):
        return most.colour
    known = {share.colour for share in understood.shares}
    return next(colour for colour in understood.colours if colour not in known)


def _place_of(palette: Sequence[str], name: str) -> int | None:
    """Return the place of the colour of a palette that a brief names, or None."""
    lab = lab_from_rgb(np.array([list(bytes.fromhex(each[1:])) for each in palette]))
    away = delta_e(lab, lab_from_rgb(np.array(colour_rgb(name))))
    place = int(away.argmin())
    return place if away[place] < _SAME else None
