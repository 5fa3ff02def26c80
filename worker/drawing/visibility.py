"""Chooses how traits are drawn so that each colour of the palette is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import Design
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import Choice, design_of_traits
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["area_shares", "choices", "visible_design", "visible_shares"]

_SIZE_PX = 144
"""Size of the picture on which colours are measured."""
_LEAST_SHARE = 0.09
"""Share of the tile from which a colour counts as visible."""
_TOLERANCE = 14.0
"""CIEDE2000 up to which a pixel shows a colour; blended edges and fades are beyond it."""
_FORMS = 3
"""How many forms are tried."""
_SHIFTS = (0.0, 0.25, -0.25, 0.5)
"""Changes of density and line weight that are tried, on all forms each."""
_HALF_OPAQUE = 128


def visible_design(
    traits: Mapping[str, str], palette: Sequence[str], seed: int, variant: int
) -> tuple[Design, NDArray[np.float64]]:
    """Return the record of the first choice in which each colour is visible, and the shares.

    If there is none, that whose least visible colour is the most visible.

    Args:
        traits: as of `design_of_traits`.
        palette: hex colours, the ground first.
        seed, variant: of the record.

    Returns:
        The record, and the share of the tile that shows each colour of its palette.

    Raises:
        KeyError: as `design_of_traits`.
    """
    best: tuple[Design, NDArray[np.float64]] | None = None
    tried = set()
    for choice in choices():
        design = design_of_traits(traits, palette, seed=seed, variant=variant, choice=choice)
        if design.layers in tried:  # a family of few forms, or nothing to choose
            continue
        tried.add(design.layers)
        colours = [entry.hex for entry in design.palette]
        shares = visible_shares(draw_pixels(design, _SIZE_PX), colours)
        if best is None or shares.min() > best[1].min():
            best = design, shares
        if shares.min() >= _LEAST_SHARE:
            break
    assert best is not None
    return best


def choices() -> Iterator[Choice]:
    """Yield the choices in the order in which they are tried."""
    for shift in _SHIFTS:
        for index in range(_FORMS):
            for held in (False, True):
                yield Choice(form=index, fade=index % 2, held=held, shift=shift)


def area_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that is nearest to each colour.

    Only pixels that are at least half opaque count. The shares sum to 1; where there are no such
    pixels, all are 0.
    """
    found, counts = np.unique(
        np.ascontiguousarray(pixels).view(np.uint32), return_counts=True
    )  # a tile has few colours
    rgba = found.view(np.uint8).reshape(-1, 4)
    shown = rgba[:, 3] >= _HALF_OPAQUE
    counts = counts[shown]
    distances = ((rgba[shown, None, :3].astype(np.int32) - _rgb(colours)) ** 2).sum(-1)
    areas = np.bincount(distances.argmin(1), counts, minlength=len(colours))
    shares: NDArray[np.float64] = areas / max(1, counts.sum())
    return shares


def visible_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that differ little from each hex colour."""
    codes = (pixels[..., :3].astype(np.int32) // 4) @ np.array([1 << 12, 1 << 6, 1])
    found, counts = np.unique(codes, return_counts=True)
    rgb = np.stack([found >> 12, (found >> 6) & 63, found & 63], -1) * 4 + 2
    near = delta_e(lab_from_rgb(rgb)[:, None], lab_from_rgb(_rgb(colours))) < _TOLERANCE
    shares: NDArray[np.float64] = counts @ near / counts.sum()
    return shares


def _rgb(colours: Sequence[str]) -> NDArray[np.int32]:
    return np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.int32)
