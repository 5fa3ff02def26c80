"""Chooses colours of a palette that the designer gives; they are drawn exactly."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from shared.briefs.colours.names import colour_hex
from shared.designs.record import MAX_PALETTE
from worker.composition.palette import MotifPalette, calmest_ground
from worker.composition.tones import contrasting_ground, lab_of
from worker.imaging.colour import delta_e
from worker.imaging.refused import is_refused

__all__ = ["MAX_FAMILY_COLOURS", "given_colours", "given_for_family", "given_for_motifs"]

MAX_FAMILY_COLOURS = 5
"""Number of colours that a pattern family shows."""
_SAME = 12.0
"""CIEDE2000 up to which a given colour is the one that the brief names."""


def given_colours(
    given: Sequence[str], refused: Collection[str], wanted: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the given hex colours without refused ones; all of them if none would be left.

    Args:
        given: hex colours.
        refused: keys of the refused colours with their shades.
        wanted: colours that the brief wants; given as the same #RRGGBB, they are kept.
    """
    if not given or not refused:
        return tuple(given)
    out = is_refused(lab_of(given), refused)
    kept = [
        colour for colour, wrong in zip(given, out, strict=True) if not wrong or colour in wanted
    ]
    return tuple(kept or given)


def given_for_family(
    given: Sequence[str], sampled: Sequence[str], named: Sequence[str], *, only: bool
) -> tuple[str, ...]:
    """Return the palette of a pattern family: given colours, in the order of the sampled ones.

    All given ones are taken if they fit, else as many as fit, those first that are nearest to the
    sampled ones.

    Args:
        given: hex colours.
        sampled: hex colours, as sampled from S and z; the ground first.
        named: keys of the colours that the brief names.
        only: whether no other colours are added, even if the brief names them.
    """
    added = [] if only else _missing(named, given)[: MAX_FAMILY_COLOURS - 1]
    free = list(given)
    chosen: list[str] = []
    count = min(len(free), MAX_FAMILY_COLOURS - len(added))
    while len(chosen) < count:
        aim = sampled[len(chosen)] if len(chosen) < len(sampled) else None
        near = 0 if aim is None else int(delta_e(lab_of(free), lab_of([aim])[0]).argmin())
        chosen.append(free.pop(near))
    palette = [*_with_wanted(chosen, _shown(named, given)), *added]
    if len(palette) == 1 and not only:
        palette.append(contrasting_ground(palette, 0.0))
    return tuple(palette)


def given_for_motifs(
    given: Sequence[str],
    named: Sequence[str],
    *,
    ground: str,
    pick: float,
    only: bool,
) -> MotifPalette:
    """Return the palette of a design of motifs, the ground first; arguments as elsewhere here."""
    colours = [*given, *([] if only else _missing(named, given))]
    if ground:
        away = delta_e(lab_of(colours), _lab_of_key(ground))
        near = colours[int(away.argmin())]
        first = near if only or away.min() < _SAME else colour_hex(ground)
    else:
        first = calmest_ground({colour: colour for colour in colours}, (), (), pick)
        first = first if first in colours or not only else colours[0]
    rest = [colour for colour in colours if colour != first][: MAX_PALETTE - 2]
    if not rest:
        return MotifPalette(colours=(first, contrasting_ground([first], 0.0)), added=1)
    return MotifPalette(colours=(first, *rest), named=len(rest), full=True)


def _with_wanted(chosen: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the chosen colours, the last of them replaced by wanted ones that are missing."""
    kept = list(chosen)
    for colour in wanted:
        free = [index for index, each in enumerate(kept) if each not in wanted]
        if colour not in kept and free:
            kept[free[-1]] = colour
    return kept


def _shown(named: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return the given colours that are the named ones."""
    lab = lab_of(given)
    away = [delta_e(lab, _lab_of_key(key)) for key in named]
    return [given[int(each.argmin())] for each in away if each.min() < _SAME]


def _missing(named: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return the named colours that no given one shows."""
    lab = lab_of(given)
    return [colour_hex(key) for key in named if delta_e(lab, _lab_of_key(key)).min() >= _SAME]


def _lab_of_key(key: str) -> np.ndarray:
    return lab_of([colour_hex(key)])[0]
