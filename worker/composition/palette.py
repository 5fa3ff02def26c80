"""Chooses the ground of a composition, and orders the palette after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shared.briefs.colours import colour_hex, colour_rgb
from shared.designs.record import MAX_PALETTE
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["composed_palette", "lab_of", "natural_palette"]

_NEUTRALS = ("#F6F0E4", "#1E2430")
"""Grounds that are added where every colour of the palette belongs to a motif."""
_GROUNDS = (
    "#F6F0E4", "#FBFAF6", "#F3DFD3", "#E4EBDD", "#DDE9F0", "#F4E7BE", "#E9DDEB", "#B9CFC4",
    "#E8B9A6", "#1E2430", "#1F3A4D", "#2F4A3C", "#5B2A38",
)  # fmt: skip
"""Grounds for motifs in their own colours: calm light and deep ones."""
_CLEAR = 22.0
"""CIEDE2000 from which a ground sets off the motifs well."""
_SAME = 12.0
_FULL = 3
"""Number of named colours from which nothing else is added."""
_LEAST_CONTRAST = 18.0
_LEAST_MOTIF_COLOURS = 2
"""Number of colours beside the ground below which a neutral one is added for details."""
_ALIKE = 6.0
"""CIEDE2000 up to which two of the drawings' own colours become one."""


def lab_of(colours: Sequence[str]) -> Floats:
    """Return hex colours as Lab, (n, 3)."""
    return lab_from_rgb(
        np.array([list(bytes.fromhex(colour[1:])) for colour in colours]).reshape(-1, 3)
    )


def composed_palette(
    sampled: Sequence[str],
    named: Sequence[str],
    *,
    ground: str = "",
    owned: Sequence[str] = (),
    pick: float = 0.0,
) -> tuple[str, ...]:
    """Return a palette whose first colour is the ground.

    Args:
        sampled: hex colours that the generator sampled, among them the named ones.
        named: keys of the colours that the brief names.
        ground: key of the named ground; empty: it is chosen.
        owned: keys of the colours that the brief gives to motifs.
        pick: 0 to 1, chooses among grounds that are nearly as good.
    """
    colours = list(dict.fromkeys(colour.upper() for colour in sampled))
    if len(named) >= _FULL:
        colours = [colour for colour in colours if _nearest_named(colour, named) is not None]
    colours = colours or [colour_hex(key) for key in named] or list(_NEUTRALS[:1])
    first = _ground_of(colours, ground, owned, pick)
    rest = [colour for colour in colours if colour != first]
    if len(rest) < _LEAST_MOTIF_COLOURS and len(named) < _FULL:
        rest.append(_contrasting_neutral([first, *rest]))
    rest = rest or [_contrasting_neutral([first])]
    return (first, *_most_important_first(first, rest))


def natural_palette(own: Sequence[str], *, ground: str = "", pick: float = 0.0) -> tuple[str, ...]:
    """Return a palette of a ground and of the motifs' own colours.

    Args:
        own: hex colours of the drawings, the most seen first.
        ground: key of the named ground; empty: it is chosen.
        pick: 0 to 1, chooses among grounds that are nearly as good.
    """
    kept: list[str] = []
    for colour in own:
        if not kept or delta_e(lab_of(kept), lab_of([colour])[0]).min() > _ALIKE:
            kept.append(colour.upper())
    kept = kept[: MAX_PALETTE - 1]
    if ground:
        first = colour_hex(ground)
    else:
        away = [float(delta_e(lab_of(kept[:4]), lab_of([each])[0]).min()) for each in _GROUNDS]
        least = min(_CLEAR, max(away))
        good = [each for each, value in zip(_GROUNDS, away, strict=True) if value >= least]
        first = good[int(pick * len(good)) % len(good)]
    return (first, *(colour for colour in kept if colour != first))


def _nearest_named(colour: str, named: Sequence[str]) -> str | None:
    away = delta_e(_named_lab(named), lab_of([colour])[0])
    return named[int(away.argmin())] if len(named) and away.min() < _SAME else None


def _named_lab(named: Sequence[str]) -> Floats:
    return lab_from_rgb(np.array([colour_rgb(key) for key in named]).reshape(-1, 3))


def _ground_of(colours: Sequence[str], ground: str, owned: Sequence[str], pick: float) -> str:
    if ground:
        away = delta_e(lab_of(colours), _named_lab([ground])[0])
        index = int(away.argmin())
        return colours[index] if away[index] < _SAME else colour_hex(ground)
    free = [colour for colour in colours if not owned or _nearest_named(colour, owned) is None]
    if not free:
        return _contrasting_neutral(colours)
    lab = lab_of(colours)
    scores = []
    for colour in free:
        own = lab_of([colour])[0]
        away = np.sort(delta_e(lab, own))[1:]  # without itself
        calm = 20 - 0.25 * float(np.hypot(own[1], own[2]))
        extreme = 0.3 * abs(float(own[0]) - 50)
        scores.append((float(away.min()) if len(away) else 50.0) + calm + extreme)
    best = max(scores)
    good = [colour for colour, score in zip(free, scores, strict=True) if score > best - 9]
    return good[int(pick * len(good)) % len(good)]


def _contrasting_neutral(colours: Sequence[str]) -> str:
    """Return the neutral colour that differs most from the nearest of some colours."""
    return max(_NEUTRALS, key=lambda each: float(delta_e(lab_of(colours), lab_of([each])[0]).min()))


def _most_important_first(ground: str, rest: Sequence[str]) -> list[str]:
    """Return the colours that are seen well on the ground before those that are not."""
    away = delta_e(lab_of(rest), lab_of([ground])[0])
    order = sorted(range(len(rest)), key=lambda index: away[index] < _LEAST_CONTRAST)
    return [rest[index] for index in order]
