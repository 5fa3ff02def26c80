"""Small pictures of Codesigner's own motifs as SVG paths, for the web half, which draws nothing."""

from __future__ import annotations

import json

from shared.motifs.catalog import own_motifs
from shared.motifs.pictures import OWN_UNITS, PictureShape
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import svg_data

__all__ = ["own_pictures", "own_pictures_json"]


def own_pictures() -> dict[str, list[PictureShape]]:
    """Return the first view of each own motif: colour, path data and line width of each shape.

    Lengths are whole numbers, `OWN_UNITS` in a motif's larger side.
    """
    return {
        name: [_shape(entry.colours[shape.slot].hex, shape) for shape in motif_shapes(name, 0)]
        for name, entry in sorted(own_motifs().items())
    }


def own_pictures_json() -> str:
    """Return the content of shared/motifs/pictures.json, one motif a line."""
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(shapes, separators=(',', ':'))}"
        for name, shapes in own_pictures().items()
    )
    return f"{{\n{lines}\n}}\n"


def _shape(colour: str, shape: MotifShape) -> PictureShape:
    # `svg_data` writes thousandths as whole numbers.
    points = shape.path.points[None] * (OWN_UNITS / 1000)
    return PictureShape(
        colour,
        svg_data(shape.path.codes, points),
        0 if shape.width is None else max(1, round(shape.width * OWN_UNITS)),
        int(shape.even_odd) + 2 * int(shape.width is not None and not shape.round_ends),
    )
