"""Draws layers of placed motifs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from shared.designs.record import ColourPaint, Element, MotifsLayer
from worker.drawing.images import GetBytes
from worker.drawing.markup import shape_markup
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape, extent
from worker.drawing.motifs.stored import UnusableDrawing, stored_shapes
from worker.drawing.paints import Paints
from worker.drawing.path import Points
from worker.drawing.refusal import refusal
from worker.drawing.repeats import Layout
from worker.drawing.sheet import Shape, translations

__all__ = ["Elements"]

_UNITS = 20_000
"""Units of a drawing's larger side: a micrometre of a motif of 20 mm."""
_MITER = 4.0
"""Greatest length of a mitred corner, in line widths (the default of SVG)."""
_TOLERANCE = 0.02
"""By how much a drawing may be larger than the polygon that its extent is taken from."""

_Shapes: TypeAlias = tuple[MotifShape, ...]


class Elements:
    """Draws elements as references to the drawings of their motifs, each defined once.

    Args:
        get: returns the drawings that elements refer to by their sha256.
        capacity: greatest number of control points of all drawings.
    """

    def __init__(
        self, layout: Layout, paints: Paints, get: GetBytes | None, capacity: float
    ) -> None:
        self._layout, self._paints, self._get, self._capacity = layout, paints, get, capacity
        self._names: dict[tuple[str, int, tuple[str, ...]], str] = {}
        self._definitions: list[str] = []

    def definitions(self) -> str:
        """Return the drawings that were used so far."""
        return "".join(self._definitions)

    def layer(self, layer: MotifsLayer, path: str) -> str:
        """Return a named group for each element, with all copies that the window needs.

        Raises:
            InvalidRequest: an element cannot be drawn; `fields` has its path in the record.
        """
        return "".join(
            self._element(layer.id, element, f"{path}.elements.{index}")
            for index, element in enumerate(layer.elements)
        )

    def _element(self, layer: str, element: Element, path: str) -> str:
        shapes = self._shapes(element, path)
        name = self._defined(element, shapes, path)
        size = element.size_mm * 1000 / _UNITS
        turn = f"rotate({element.turn:.6g})" if element.turn else ""
        scale = f"scale({-size:.9g} {size:.9g})" if element.flip else f"scale({size:.9g})"
        copies = "".join(
            f'<use xlink:href="#{name}" '
            f'transform="translate({x * 1000:.10g} {y * 1000:.10g}){turn}{scale}"/>\n'
            for x, y in self._places(element, shapes).tolist()
        )
        return f'<g id="{layer}_{element.id}">\n{copies}</g>\n'

    def _shapes(self, element: Element, path: str) -> _Shapes:
        """Return the shapes of an element's motif: an own one, or one from a file."""
        if element.sha256 is None:
            return motif_shapes(element.motif.rpartition("@")[0].rpartition(":")[2], element.view)
        if self._get is None:
            raise refusal(f"{path}.sha256", "The file that it refers to is not at hand.")
        try:
            shapes = stored_shapes(self._get(element.sha256))
        except KeyError:
            raise refusal(f"{path}.sha256", f"The file {element.sha256} is missing.") from None
        except UnusableDrawing as error:
            raise refusal(f"{path}.sha256", f"The file cannot be drawn: {error}.") from None
        colours = 1 + max(shape.slot for shape in shapes)
        if colours > len(element.paints):
            raise refusal(f"{path}.paints", f"The drawing has {colours} colours.")
        return shapes

    def _places(self, element: Element, shapes: _Shapes) -> Points:
        """Return the places (k, 2) of the copies that reach into the window, mm."""
        width, height = _sides(shapes)
        angle, window = np.radians(element.turn), self._layout.window
        cosine, sine = abs(np.cos(angle)), abs(np.sin(angle))
        sides = np.array((cosine * width + sine * height, sine * width + cosine * height))
        reach = sides * (element.size_mm / 2)
        middle = np.array((element.x_mm, element.y_mm))
        steps = translations(self._layout.vectors, middle - reach, middle + reach, window)
        places: Points = middle + steps
        low = np.array((window.left, window.top)) - reach
        high = np.array((window.right, window.bottom)) + reach
        return places[((places > low) & (places < high)).all(axis=1)]

    def _defined(self, element: Element, shapes: _Shapes, path: str) -> str:
        """Return the name of a drawing in its colours."""
        key = (element.motif, element.view, element.paints)
        if key not in self._names:
            self._capacity -= sum(len(shape.path.points) for shape in shapes)
            if self._capacity < 0:
                raise refusal(
                    path, "The drawings of the record's motifs are too many; use fewer views."
                )
            name = f"_m{len(self._names)}"
            content = "".join(self._shape(shape, element.paints) for shape in shapes)
            self._definitions.append(f'<g id="{name}">\n{content}</g>\n')
            self._names[key] = name
        return self._names[key]

    def _shape(self, shape: MotifShape, paints: Sequence[str]) -> str:
        factor = _UNITS / 1000
        paint = ColourPaint(palette=paints[shape.slot])
        attribute = "fill" if shape.width is None else "stroke"
        drawn = Shape(
            slot=shape.slot,
            parts=((shape.path.codes, shape.path.points[None] * factor),),
            width=None if shape.width is None else shape.width * factor,
            even_odd=shape.even_odd,
            round_ends=shape.round_ends,
        )
        return shape_markup(drawn, self._paints.attributes(paint, attribute))


@lru_cache(maxsize=512)
def _sides(shapes: _Shapes) -> tuple[float, float]:
    """Return the width and height of a drawing around the origin, generously."""
    left, top, right, bottom = extent(shapes)
    spikes = max(((s.width or 0.0) for s in shapes if not s.round_ends), default=0.0) * _MITER
    margin = _TOLERANCE + spikes
    return 2 * max(-left, right) + margin, 2 * max(-top, bottom) + margin
