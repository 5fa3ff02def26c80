"""Measures how evenly the motifs of a record are placed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from shared.designs.record import Element
from worker.drawing.images import GetBytes
from worker.drawing.layout.outlines import Outline, outline_of
from worker.drawing.layout.torus import Torus
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.stored import stored_shapes
from worker.drawing.path import Points
from worker.evaluation.layout_metrics import Evenness, measure_evenness
from worker.evaluation.motifs.tiles import MotifTile

__all__ = ["evenness", "placed_outline"]


def evenness(tile: MotifTile) -> Evenness | None:
    """Measure the layout of a tile; None if it has no motifs."""
    if not tile.elements:
        return None
    width, height = tile.design.cell_mm
    torus = Torus(width=width, height=height, repeat=tile.design.repeat)
    return measure_evenness(torus, [placed_outline(element, tile.get) for element in tile.elements])


def placed_outline(element: Element, get: GetBytes) -> list[Points]:
    """Return the outline of an element, millimetres."""
    content = None if element.sha256 is None else get(element.sha256)
    angle = np.radians(element.turn)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    scale = element.size_mm * np.array((-1.0 if element.flip else 1.0, 1.0))
    middle = np.array((element.x_mm, element.y_mm))
    outline = _outline(element.motif, element.view, content)
    return [(part * scale) @ turn + middle for part in outline]


@lru_cache(maxsize=1024)
def _outline(motif: str, view: int, content: bytes | None) -> Outline:
    if content is not None:
        return outline_of(stored_shapes(content))
    return outline_of(motif_shapes(motif.partition("@")[0].partition(":")[2], view))
