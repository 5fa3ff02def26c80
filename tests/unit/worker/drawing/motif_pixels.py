"""Rasterises motifs for the tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.motifs.catalog import own_motifs
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import svg_data
from worker.drawing.raster import rasterise

__all__ = ["drawn", "own_colours", "pixels"]


def own_colours(name: str) -> list[str]:
    """Return a motif's own colours."""
    return [colour.hex for colour in own_motifs()[name].colours]


def drawn(shapes: Sequence[MotifShape], colours: Sequence[str], size_px: int) -> NDArray[np.int64]:
    """Return the pixels (H, W, 4) of shapes in a unit box with a small margin."""
    body = ""
    for shape in shapes:
        data = svg_data(shape.path.codes, shape.path.points[None])
        colour = colours[shape.slot]
        if shape.width is None:
            rule = "evenodd" if shape.even_odd else "nonzero"
            body += f'<path fill="{colour}" fill-rule="{rule}" d="{data}"/>'
        else:
            ends = "round" if shape.round_ends else "butt"
            body += (
                f'<path fill="none" stroke="{colour}" stroke-width="{1000 * shape.width:.1f}" '
                f'stroke-linecap="{ends}" stroke-linejoin="round" d="{data}"/>'
            )
    return rasterise(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_px}" height="{size_px}" '
        f'viewBox="-510 -510 1020 1020">{body}</svg>'
    ).astype(np.int64)


def pixels(
    name: str, view: int, colours: Sequence[str] | None = None, size_px: int = 48
) -> NDArray[np.int64]:
    """Return the pixels (H, W, 4) of a view of a motif, in its own colours unless given."""
    return drawn(motif_shapes(name, view), colours or own_colours(name), size_px)
