"""Looks at the colours between those of a palette, which gradients show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

import numpy as np

from shared.designs.record import ColourLayer, Design, FamilyLayer, GradientPaint, Paint
from worker.imaging.colour import lab_from_rgb
from worker.imaging.refused import is_refused

__all__ = ["blends_to_refused"]

_STEPS = np.linspace(0, 1, 9)[1:-1, None]


def blends_to_refused(design: Design, refused: Collection[str]) -> bool:
    """Return whether a gradient of the design passes through a refused colour.

    Args:
        refused: keys of the refused colours with their shades.
    """
    if not refused:
        return False
    for paint in _gradients(design):
        stops = [list(bytes.fromhex(design.colour(name)[1:])) for name in paint.gradient]
        for one, other in pairwise(map(np.array, stops)):
            if is_refused(lab_from_rgb(one + _STEPS * (other - one)), refused).any():
                return True
    return False


def _gradients(design: Design) -> Iterator[GradientPaint]:
    for layer in design.layers:
        paints: tuple[Paint | None, ...] = ()
        if isinstance(layer, ColourLayer):
            paints = (layer.paint,)
        elif isinstance(layer, FamilyLayer):
            paints = layer.paints
        yield from (paint for paint in paints if isinstance(paint, GradientPaint))
