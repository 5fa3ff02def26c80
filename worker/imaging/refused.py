"""Keeps refused colours out of palettes.

A colour is a refused one if the nearest colour of the vocabulary (CIEDE2000) is refused, as
`shared.briefs.colours.refused.refused_keys` tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shared.briefs.colours.names import colour_hex, is_exact
from shared.briefs.vocabulary import COLOURS
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = ["is_refused", "other_colour", "recoloured", "without_refused"]

_KEYS = np.array(list(COLOURS))
_LAB = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()]))
_HEX = [colour.hex for colour in COLOURS.values()]
_NEAR = 12.0
"""CIEDE2000 up to which a colour counts as one that is refused by numbers."""
_CALM = 0.25
"""What chroma costs against difference, for colours that nobody asked for."""


def is_refused(lab: ArrayLike, keys: Collection[str]) -> NDArray[np.bool_]:
    """Return for (..., 3) Lab colours whether each is nearest to a refused colour.

    Args:
        keys: of the refused colours with their shades; #RRGGBB for those given by numbers.
    """
    own = np.asarray(lab, dtype=np.float64)[..., None, :]
    refused = np.isin(_KEYS[delta_e(own, _LAB).argmin(-1)], list(keys))
    if exact := [key for key in keys if is_exact(key)]:
        refused |= (delta_e(own, _lab_of(exact)) < _NEAR).any(-1)
    return refused


def without_refused(
    palette: Sequence[str], keys: Collection[str], named: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return a palette without its refused colours.

    Two colours remain possible: where fewer are left, with those that are named, calm ones that
    differ from them are added.

    Args:
        palette: hex colours; returned as it is if none is refused.
        keys: of the refused colours with their shades.
        named: keys of colours that will be added to the palette.
    """
    if not keys or not is_refused(_lab_of(palette), keys).any():
        return tuple(palette)
    refused = is_refused(_lab_of(palette), keys)
    kept = [colour for colour, out in zip(palette, refused, strict=True) if not out]
    present = [*kept, *map(colour_hex, named)]
    for _ in range(min(2, len(palette)) - len(present)):
        kept.append(other_colour([*kept, *present], keys))
        present.append(kept[-1])
    return tuple(kept or present[:1])


def recoloured(palette: Sequence[str], keys: Collection[str]) -> tuple[str, ...]:
    """Return a palette of the same length in which others stand for the refused colours.

    The others are those of the palette that are most like in lightness, or calm ones.
    """
    allowed = without_refused(palette, keys)
    if allowed == tuple(palette):
        return allowed
    lab, own = _lab_of(palette), _lab_of(allowed)
    refused = is_refused(lab, keys)
    nearest = np.abs(lab[:, None, 0] - own[None, :, 0]).argmin(1)
    return tuple(
        allowed[near] if out else colour
        for colour, out, near in zip(palette, refused, nearest, strict=True)
    )


def other_colour(beside: Sequence[str], keys: Collection[str]) -> str:
    """Return a calm colour that is not refused and differs from the hex colours beside it."""
    chroma = np.hypot(_LAB[:, 1], _LAB[:, 2])
    away = np.full(len(_LAB), 50.0)
    if beside:
        away = delta_e(_LAB[:, None], _lab_of(beside)[None]).min(1)
    score = np.minimum(away, 50.0) - _CALM * chroma
    score[np.isin(_KEYS, list(keys))] = -np.inf
    return _HEX[int(score.argmax())]


def _lab_of(colours: Sequence[str]) -> Floats:
    rows = [list(bytes.fromhex(colour[1:])) for colour in colours]
    return lab_from_rgb(np.array(rows, dtype=np.float64).reshape(-1, 3))
