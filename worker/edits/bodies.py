"""Placed motifs of a record with their outlines, and where they are too near to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from shared.designs.edits.refusals import EditRefused
from shared.designs.record import Design, Element, MotifsLayer
from shared.motifs.catalog import own_motifs
from worker.drawing.images import GetBytes
from worker.drawing.layout.bodies import turned
from worker.drawing.layout.clearing import distance_between
from worker.drawing.layout.outlines import Outline, outline_of
from worker.drawing.layout.torus import Torus
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.motifs.stored import UnusableDrawing, stored_shapes
from worker.drawing.path import Points

__all__ = ["Neighbours", "outline_of_element", "shapes_of_element", "views_of"]

_STEPS = 8
"""Sizes that are tried from the first to the wanted one."""


def shapes_of_element(element: Element, get: GetBytes | None) -> tuple[MotifShape, ...]:
    """Return the shapes of an element's drawing.

    Raises:
        EditRefused: its file is missing or cannot be read.
    """
    if element.sha256 is None:
        return tuple(motif_shapes(_own_name(element.motif), element.view))
    try:
        if get is None:
            raise KeyError(element.sha256)
        return tuple(stored_shapes(get(element.sha256)))
    except (KeyError, UnusableDrawing):
        raise EditRefused("no_such_motif", word=element.motif) from None


def outline_of_element(element: Element, get: GetBytes | None) -> Outline:
    """Return the outline of an element's drawing, at unit size."""
    if element.sha256 is None:
        return _own_outline(_own_name(element.motif), element.view % views_of(element))
    return outline_of(shapes_of_element(element, get))


def views_of(element: Element) -> int:
    """Return how many views an element's motif has."""
    entry = own_motifs().get(_own_name(element.motif)) if element.sha256 is None else None
    return 1 if entry is None else entry.views


def _own_name(drawing: str) -> str:
    return drawing.rpartition("@")[0].rpartition(":")[2]


@lru_cache(maxsize=1024)
def _own_outline(name: str, view: int) -> Outline:
    return outline_of(motif_shapes(name, view))


class Neighbours:
    """The elements of a layer as outlines in the cell; sizes may be changed one by one.

    Args:
        gap_mm: distance below which two outlines are too near, where they were not nearer before.
        repeat: of the cells; None: that of the design.
    """

    def __init__(
        self, design: Design, layer: MotifsLayer, gap_mm: float, get: GetBytes | None
    ) -> None:
        self.elements = list(layer.elements)
        width, height = design.cell_mm
        self._torus = Torus(width=width, height=height, repeat=design.repeat)
        self._gap = gap_mm
        outlines: dict[tuple[str, int], Outline] = {}
        for element in self.elements:
            key = (element.motif, element.view)
            if key not in outlines:
                outlines[key] = outline_of_element(element, get)
        self._outlines = [outlines[element.motif, element.view] for element in self.elements]
        self._radius = np.array(
            [max(float(np.hypot(*p.T).max()) for p in outline) for outline in self._outlines]
        )
        self._polygons = [self._placed(index, each) for index, each in enumerate(self.elements)]
        self._before: dict[tuple[int, int, int], float] = {}

    @cached_property
    def _shifts(self) -> NDArray[np.float64]:
        return self._torus.translations

    def _placed(self, index: int, element: Element) -> list[Points]:
        return [
            turned(polygon * (-1, 1) if element.flip else polygon, element.turn) * element.size_mm
            + (element.x_mm, element.y_mm)
            for polygon in self._outlines[index]
        ]

    def remember(self) -> None:
        """Keep the present distances: what is nearer than the gap already may stay so."""
        for index in range(len(self.elements)):
            for other, shift, distance in self._distances(index):
                self._before[index, other, shift] = distance

    def _distances(self, index: int) -> list[tuple[int, int, float]]:
        places = np.array([(e.x_mm, e.y_mm) for e in self.elements])
        sizes = np.array([e.size_mm for e in self.elements])
        off = places[None] + self._shifts[:, None] - places[index]
        reach = self._radius * sizes + self._radius[index] * sizes[index] + self._gap
        near = np.argwhere(np.hypot(off[..., 0], off[..., 1]) < reach)
        found = []
        for shift, other in near.tolist():
            if other == index and shift == 0:
                continue
            moved = [polygon + self._shifts[shift] for polygon in self._polygons[other]]
            distance = distance_between(self._polygons[index], moved, self._gap)[0]
            found.append((other, shift, distance))
        return found

    def is_clear(self, index: int) -> bool:
        """Return whether an element is nowhere nearer to another one than it may be."""
        for other, shift, distance in self._distances(index):
            allowed = min(self._gap, self._before.get((index, other, shift), self._gap))
            if distance < allowed - 1e-6:
                return False
        return self._inside_walls(index)

    def _inside_walls(self, index: int) -> bool:
        corners = np.concatenate(self._polygons[index])
        walls = zip(self._torus.joined, (self._torus.width, self._torus.height), strict=True)
        return all(
            joined or (corners[:, axis].min() >= 0 and corners[:, axis].max() <= length)
            for axis, (joined, length) in enumerate(walls)
        )

    def replace(self, index: int, element: Element) -> None:
        """Put a changed element in the place of one; its drawing stays the same."""
        self.elements[index] = element
        self._polygons[index] = self._placed(index, element)

    def resized(self, chosen: Sequence[int], factors: Mapping[int, float]) -> list[float]:
        """Scale elements as far as the outlines allow; return the factors that were reached.

        All grow together step by step; one that would touch another stays as it is from then on.
        """
        sizes = {index: self.elements[index].size_mm for index in chosen}
        reached = dict.fromkeys(chosen, 1.0)
        growing = list(chosen)
        for step in range(1, _STEPS + 1):
            still = []
            for index in growing:
                factor = 1 + (factors[index] - 1) * step / _STEPS
                before = self.elements[index]
                size = round(sizes[index] * factor, 2)
                self.replace(index, before.model_copy(update={"size_mm": size}))
                if self.is_clear(index):
                    reached[index] = factor
                    still.append(index)
                else:
                    self.replace(index, before)
            growing = still
        return [reached[index] for index in chosen]
