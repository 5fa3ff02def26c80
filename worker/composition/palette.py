"""Chooses the ground of a composition, and orders and completes the palette after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.briefs.colours.names import colour_hex, is_exact
from worker.composition.tones import (
    contrasting_ground,
    deep_tone,
    lab_of,
    middle_tint,
    moved_away,
    pale_tint,
)
from worker.imaging.colour import delta_e
from worker.imaging.refused import is_refused

__all__ = [
    "FULL",
    "MotifPalette",
    "calmest_ground",
    "composed_palette",
    "natural_palette",
    "sampled_palette",
    "toned_ground",
]

FULL = 3
"""Number of named colours from which nothing else is added but details."""
_GROUNDS = (
    "#F6F0E4", "#FBFAF6", "#F3DFD3", "#E4EBDD", "#DDE9F0", "#F4E7BE", "#E9DDEB", "#B9CFC4",
    "#E8B9A6", "#1E2430", "#1F3A4D", "#2F4A3C", "#5B2A38",
)  # fmt: skip
"""Grounds for motifs in their own colours: calm light and deep ones."""
_DEEP_GROUNDS = ("#2B2118", "#2A2540", "#123A3A")
"""Further deep ones, where a dark ground is asked for."""
_CLEAR = 22.0
"""CIEDE2000 from which a ground sets off the motifs well."""
_SHADE = 5.0
"""CIEDE2000 up to which a sampled shade of a named colour is kept."""
_SAME = 12.0
_LEAST_CONTRAST = 18.0
_MOST_NATURAL = 9
_OWN, _NEEDED = 24.0, 45.0
"""CIEDE2000 within which a drawing's own main colour is a ground's, and what that counts."""
_ALIKE = 6.0
"""CIEDE2000 up to which two of the drawings' own colours become one."""
_DARK_L, _LIGHT_L = 38.0, 88.0
"""Lightness up to which a colour is dark enough for eyes, and from which it is a light one."""
_BLACK_L, _SOFT_BLACK = 12.0, "#26252B"
_LEAST_OWN_CONTRAST = 17.0
"""CIEDE2000 by which a motif's own main colour differs from a named ground."""


@dataclass(frozen=True, kw_only=True)
class MotifPalette:
    """Colours of a composition."""

    colours: tuple[str, ...]
    """Hex colours: the ground, then the others by importance."""
    added: int = 0
    """How many at the end are not named: tints and shades for parts of motifs."""
    named: int = 0
    """How many after the ground are named, so that each is to be seen."""
    full: bool = False
    """Whether what is added is for small details alone."""


def composed_palette(
    sampled: Sequence[str],
    named: Sequence[str],
    *,
    ground: str = "",
    owned: Sequence[Sequence[str]] = (),
    main: Sequence[str] = (),
    pick: float = 0.0,
    only: bool = False,
) -> MotifPalette:
    """Return the palette of a brief that names colours: those, with shades and tints of them.

    Args:
        sampled: hex colours that the generator sampled, which may differ a little from the names.
        named: keys of the colours that the brief names, at least one.
        ground: key of the named ground; empty: it is chosen.
        owned: keys of the colours that the brief gives to each of the motifs.
        main: hex colours that most is seen of in the drawings: better not the ground.
        pick: 0 to 1, chooses among grounds that are nearly as good.
        only: whether nothing is added but details, however few colours are named.
    """
    colours = _as_sampled(sampled, named)
    if only and len(colours) > 1:
        owned = ()  # one of them is the ground
    first = colour_hex(ground) if ground else calmest_ground(colours, owned, main, pick)
    chosen = {key: colour for key, colour in colours.items() if key != ground}
    rest = list(dict.fromkeys(colour for colour in chosen.values() if colour != first))
    rest = _most_important_first(first, rest)
    full = only or len(named) >= FULL
    added = _added(first, rest, full=full)
    return MotifPalette(
        colours=(first, *rest, *added), added=len(added), named=len(rest), full=full and bool(rest)
    )


def sampled_palette(
    sampled: Sequence[str], *, ground: str = "", owned: Sequence[str] = (), pick: float = 0.0
) -> MotifPalette:
    """Return the palette of a brief whose colours are sampled, with a dark tone.

    Args:
        sampled: hex colours that the generator sampled, with those that the brief names.
        ground: key of the named ground; empty: it is chosen.
        owned: keys of the colours that the brief gives to motifs.
        pick: 0 to 1, chooses among grounds that are nearly as good.
    """
    colours = {_nearest(colour, owned) or colour: colour.upper() for colour in sampled}
    first = colour_hex(ground) if ground else calmest_ground(colours, (owned,), (), pick)
    behind = lab_of([first])[0]
    rest = [
        colour for colour in colours.values() if float(delta_e(lab_of([colour])[0], behind)) > _SAME
    ]
    rest = _most_important_first(first, list(dict.fromkeys(rest)))
    full = len(rest) >= FULL
    added = _added(first, rest, full=full)
    return MotifPalette(colours=(first, *rest, *added), added=len(added), full=full)


def natural_palette(
    own: Sequence[str], *, ground: str = "", main: Sequence[str] = (), pick: float = 0.0
) -> MotifPalette:
    """Return a palette of a ground and of the motifs' own colours.

    Args:
        own: hex colours of the drawings, the most seen first.
        ground: key of the named ground; empty: it is chosen.
        main: those of them that most is seen of in a drawing: they keep away from a named ground.
        pick: 0 to 1, chooses among grounds that are nearly as good.
    """
    kept: list[str] = []
    for colour in own:
        soft = _SOFT_BLACK if lab_of([colour])[0, 0] < _BLACK_L else colour.upper()
        if not kept or delta_e(lab_of(kept), lab_of([soft])[0]).min() > _ALIKE:
            kept.append(soft)
    kept = kept[:_MOST_NATURAL]
    if ground:
        first = colour_hex(ground)
        most_seen = lab_of(main)
        kept = [
            moved_away(colour, first, _LEAST_OWN_CONTRAST)
            if len(main) and delta_e(most_seen, lab_of([colour])[0]).min() <= _ALIKE
            else colour
            for colour in kept
        ]
    else:
        distances = [float(delta_e(lab_of(kept[:4]), lab_of([each])[0]).min()) for each in _GROUNDS]
        least = min(_CLEAR, max(distances))
        good = [each for each, value in zip(_GROUNDS, distances, strict=True) if value >= least]
        first = good[int(pick * len(good)) % len(good)]
    rest = dict.fromkeys(colour for colour in kept if colour != first)
    return MotifPalette(colours=(first, *rest))


def toned_ground(tone: str, named: Sequence[str], refused: frozenset[str], pick: float) -> str:
    """Return a dark or light ground as a hex colour; empty if all of that tone are refused.

    Those that set off the named colours go before.

    Args:
        tone: "dark" or "light".
        named: keys of the colours that the brief names.
        refused: keys of the refused colours with their shades.
        pick: 0 to 1, chooses among those that are good.
    """
    toned = [
        each
        for each in (*_GROUNDS, *_DEEP_GROUNDS)
        if (lab_of([each])[0, 0] < _DARK_L) == (tone == "dark")
        and not (refused and is_refused(lab_of([each]), refused).any())
    ]
    beside = lab_of([colour_hex(key) for key in named])
    clear = [
        each
        for each in toned
        if not len(beside) or delta_e(beside, lab_of([each])[0]).min() >= _LEAST_CONTRAST
    ]
    good = clear or toned
    return good[int(pick * len(good)) % len(good)] if good else ""


def _as_sampled(sampled: Sequence[str], named: Sequence[str]) -> dict[str, str]:
    """Return each named colour as it was sampled, by its key; else as the vocabulary has it."""
    found = {key: key.upper() for key in named if is_exact(key)}
    for colour in sampled:
        key = _nearest(colour, named)
        if key is None or key in found:
            continue
        if delta_e(lab_of([colour]), lab_of([colour_hex(key)])[0])[0] < _SHADE:
            found[key] = colour.upper()
    return {key: found.get(key, colour_hex(key)) for key in named}


def _nearest(colour: str, keys: Sequence[str]) -> str | None:
    """Return the key of the named colour that a hex colour counts as."""
    if not keys:
        return None
    away = delta_e(lab_of([colour_hex(key) for key in keys]), lab_of([colour])[0])
    return keys[int(away.argmin())] if away.min() < _SAME else None


def _added(ground: str, rest: Sequence[str], *, full: bool) -> list[str]:
    """Return the shades and tints that a palette lacks for the parts of motifs."""
    lead = rest[0] if rest else ground
    lightness = lab_of([ground, *rest])[:, 0]
    wanted = [] if lightness.min() < _DARK_L else [deep_tone(lead)]
    if not full:
        wanted += [] if lightness.max() > _LIGHT_L else [pale_tint(lead)]
        wanted += [middle_tint(lead)] if len(rest) + len(wanted) < FULL else []
    found: list[str] = []
    for colour in wanted:
        others = [ground, *rest, *found]
        if float(delta_e(lab_of(others), lab_of([colour])[0]).min()) > _ALIKE:
            found.append(colour)
    return found or ([] if rest else [contrasting_ground([ground], 0.0)])


def calmest_ground(
    colours: dict[str, str], owned: Sequence[Sequence[str]], main: Sequence[str], pick: float
) -> str:
    """Return the calmest colour that no motif needs, or one that the colours are set off by."""
    taken = {key for keys in owned for key in keys}
    free = [colour for key, colour in colours.items() if key not in taken]
    if len(colours) == 1:  # on itself in shades and tints, or on a quiet ground
        (only,) = colours.values()
        return only if free and pick < 0.4 else contrasting_ground([only], (pick * 5) % 1)
    if not free:
        return contrasting_ground(list(colours.values()), pick)
    lab = lab_of(list(colours.values()))
    scores = []
    for colour in free:
        own = lab_of([colour])[0]
        away = np.sort(delta_e(lab, own))[1:]  # without itself
        calm = 20 - 0.25 * float(np.hypot(own[1], own[2]))
        extreme = 0.3 * abs(float(own[0]) - 50)
        score = (float(away.min()) if len(away) else 50.0) + calm + extreme
        taken_by = [other for other in lab_of(main) if float(delta_e(other, own)) < _OWN]
        scores.append(score - _NEEDED * bool(taken_by))
    best = max(scores)
    good = [colour for colour, score in zip(free, scores, strict=True) if score > best - 9]
    return good[int(pick * len(good)) % len(good)]


def _most_important_first(ground: str, rest: Sequence[str]) -> list[str]:
    """Return the colours that are seen well on the ground before those that are not."""
    if not rest:
        return []
    away = delta_e(lab_of(rest), lab_of([ground])[0])
    order = sorted(range(len(rest)), key=lambda index: away[index] < _LEAST_CONTRAST)
    return [rest[index] for index in order]
