"""Chooses among forms of a design the one in which each colour is visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import Design
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import design_of_traits

__all__ = ["area_shares", "visible_design"]

_AREA_PX = 128
"""Size of the picture on which areas are measured."""
_LEAST_AREA = 0.09
"""Area of each colour from which it counts as visible."""
_ATTEMPTS = 4
_HALF_OPAQUE = 128


def visible_design(
    traits: Mapping[str, str], palette: Sequence[str], seed: int, variant: int
) -> tuple[Design, NDArray[np.float64]]:
    """Return the record of the first form in which each colour is visible, and its areas.

    If there is none, that of the form whose smallest area is the largest.
    """
    best: tuple[Design, NDArray[np.float64]] | None = None
    for attempt in range(_ATTEMPTS):
        design = design_of_traits(traits, palette, seed=seed, variant=variant, attempt=attempt)
        colours = [entry.hex for entry in design.palette]
        shares = area_shares(draw_pixels(design, _AREA_PX), colours)
        if best is None or shares.min() > best[1].min():
            best = design, shares
        if shares.min() >= _LEAST_AREA or design.layers[0].kind != "family":
            break
    assert best is not None
    return best


def area_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that is nearest to each colour.

    Only pixels that are at least half opaque count. The shares sum to 1; where there are no such
    pixels, all are 0.
    """
    flat = pixels[pixels[..., 3] >= _HALF_OPAQUE][:, :3].astype(np.int32)
    rows = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.int32)
    distances = ((flat[:, None] - rows[None]) ** 2).sum(-1)
    counts = np.bincount(distances.argmin(1), minlength=len(rows))
    shares: NDArray[np.float64] = counts / max(1, len(flat))
    return shares
