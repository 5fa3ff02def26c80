"""Converts SVG drawings to shapes in few colours, and measures what the conversion changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from worker.drawing.motifs.shapes import MotifShape, extent, fitted
from worker.drawing.path import svg_data
from worker.drawing.raster import rasterise
from worker.imaging.colour import delta_e, lab_from_rgb
from worker.motif_sets.colours import SIZE_PX, coloured_paths, with_few_colours
from worker.motif_sets.flatten import Unconvertible, flatten

__all__ = ["MAX_COLOURS", "Converted", "convert", "difference", "shapes_svg"]

MAX_COLOURS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Converted:
    """A drawing as shapes, its larger side 1 and its middle at the origin."""

    shapes: tuple[MotifShape, ...]
    """From the back to the front."""
    colours: tuple[str, ...]
    """Hex colours of the slots, by area, the greatest first."""
    areas: tuple[float, ...]
    """Visible area of each colour, as a share of the drawing's."""
    difference: float
    """Mean CIEDE2000 between the original's picture and the shapes', over the drawing's area."""


def convert(document: str, *, tints: bool = False) -> Converted:
    """Return an SVG drawing as shapes.

    Args:
        tints: as of `coloured_paths`.

    Raises:
        Unconvertible: it has masks, filters, text, pictures or errors, or nothing to be seen.
    """
    drawing = flatten(document)
    paths = with_few_colours(coloured_paths(drawing, tints=tints), MAX_COLOURS)
    if not paths:
        raise Unconvertible("it has nothing to be seen")
    areas: dict[tuple[int, int, int], float] = {}
    for each in paths:
        areas[each.rgb] = areas.get(each.rgb, 0.0) + each.area
    order = sorted(areas, key=lambda rgb: areas[rgb], reverse=True)
    shapes = [MotifShape(slot=order.index(each.rgb), path=each.path) for each in paths]
    colours = tuple("#{:02X}{:02X}{:02X}".format(*rgb) for rgb in order)
    total = sum(areas.values())
    return Converted(
        shapes=fitted(shapes),
        colours=colours,
        areas=tuple(areas[rgb] / total for rgb in order),
        difference=difference(document, shapes_svg(shapes, colours, drawing.box)),
    )


def shapes_svg(
    shapes: Sequence[MotifShape],
    colours: Sequence[str],
    box: tuple[float, float, float, float] | None = None,
) -> str:
    """Return shapes as an SVG document.

    Args:
        box: left, top, width and height of what is shown; None: the extent of the shapes.
    """
    if box is None:
        left, top, right, bottom = extent(shapes)
        box = (left, top, right - left, bottom - top)
    view = " ".join(f"{value * 1000:.0f}" for value in box)
    paths = "".join(f'<path fill="{colours[each.slot]}" d="{_data(each)}"/>' for each in shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{paths}</svg>'


def _data(shape: MotifShape) -> str:
    return svg_data(shape.path.codes, shape.path.points[None])


def difference(first: str, second: str) -> float:
    """Return the mean CIEDE2000 of two SVG documents' pictures, over what either one paints.

    What is translucent shows a white ground.
    """
    one, two = _picture(first), _picture(second)
    painted = (one[..., 3] > 0) | (two[..., 3] > 0)
    if not painted.any():
        return 0.0
    rgb = [each[..., :3] + (255 - each[..., 3:]) for each in (one, two)]
    return float(delta_e(lab_from_rgb(rgb[0][painted]), lab_from_rgb(rgb[1][painted])).mean())


def _picture(document: str) -> NDArray[np.float64]:
    root = etree.fromstring(document.encode())
    root.set("width", str(SIZE_PX))
    root.set("height", str(SIZE_PX))
    return rasterise(etree.tostring(root, encoding="unicode")).astype(float)
