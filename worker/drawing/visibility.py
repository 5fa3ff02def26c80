"""Chooses how traits are drawn so that each colour of the palette is seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import ColourLayer, ColourPaint, Design, FamilyLayer
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import Choice, design_of_traits
from worker.imaging.colour import delta_e, lab_from_rgb

__all__ = ["area_shares", "visible_design", "visible_shares"]

_AREA_PX = 64
"""Size of the picture on which areas are measured."""
_LEAST_AREA = 0.09
"""Area of each colour from which it counts as visible."""
_TOLERANCE = 14.0
"""CIEDE2000 up to which a part of a gradient still shows the colour at its end."""
_FORMS = 3
"""How many forms are tried at the traits' own density and line weight."""
_SHIFTS = (0.25, -0.25, 0.5)
"""Changes of density and line weight that are tried on the best of these forms."""


def visible_design(
    traits: Mapping[str, str], palette: Sequence[str], seed: int, variant: int
) -> tuple[Design, NDArray[np.float64]]:
    """Return the record of the first choice that shows each colour, and its areas.

    Other forms are tried first, then other densities and line weights of the best form. If no
    choice shows all, that whose least visible colour is the most visible is taken.

    Args:
        traits: as of `design_of_traits`.
        palette: hex colours, the ground first.
        seed, variant: of the record.

    Returns:
        The record, and the share of the tile that is nearest to each colour of its palette.

    Raises:
        KeyError: as `design_of_traits`.
    """
    best: tuple[float, Choice, Design, NDArray[np.float64]] | None = None
    tried: set[str] = set()

    def attempt(choice: Choice) -> bool:
        nonlocal best
        design = design_of_traits(traits, palette, seed=seed, variant=variant, choice=choice)
        layer = design.layers[0].model_dump_json()
        if layer in tried:
            return False
        tried.add(layer)
        pixels = draw_pixels(design, _AREA_PX)
        colours = [entry.hex for entry in design.palette]
        shares = area_shares(pixels, colours)
        least = float(shares.min())
        if _has_gradient(design):
            least = float(visible_shares(pixels, colours).min())
        if best is None or least > best[0]:
            best = least, choice, design, shares
        return least >= _LEAST_AREA

    if not any(attempt(Choice(form=index, fade=index % 2)) for index in range(_FORMS)):
        assert best is not None
        for choice in _corrections(best[1]):
            if attempt(choice):
                break
    assert best is not None
    return best[2], best[3]


def _corrections(choice: Choice) -> Iterator[Choice]:
    for shift in _SHIFTS:
        yield Choice(form=choice.form, fade=choice.fade, shift=shift)


def _has_gradient(design: Design) -> bool:
    (layer,) = design.layers
    if isinstance(layer, ColourLayer):
        return not isinstance(layer.paint, ColourPaint)
    return isinstance(layer, FamilyLayer) and any(
        paint is not None and not isinstance(paint, ColourPaint) for paint in layer.paints
    )


def area_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that is nearest to each hex colour; they sum to 1."""
    flat = pixels[..., :3].reshape(-1, 3).astype(np.int32)
    rows = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.int32)
    distances = ((flat[:, None] - rows[None]) ** 2).sum(-1)
    shares: NDArray[np.float64] = np.bincount(distances.argmin(1), minlength=len(rows)) / len(flat)
    return shares


def visible_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that differ little from each hex colour."""
    rows = np.array([list(bytes.fromhex(colour[1:])) for colour in colours])
    found, counts = np.unique(pixels[..., :3].reshape(-1, 3) // 4, axis=0, return_counts=True)
    near = delta_e(lab_from_rgb(found * 4 + 2)[:, None], lab_from_rgb(rows)) < _TOLERANCE
    shares: NDArray[np.float64] = counts @ near / counts.sum()
    return shares
