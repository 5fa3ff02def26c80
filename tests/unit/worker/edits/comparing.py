"""What tests of edits compare: records path by path, and pictures."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.designs.edits.facts import motif_of
from shared.designs.edits.said import read_said
from shared.designs.record import Design, Element, MotifsLayer
from shared.motifs.names import motif_names
from tests.unit.shared.edits.examples import dots_design, motif_design
from worker.drawing.raster import draw_pixels
from worker.edits.apply import Edited, apply_edit
from worker.imaging.colour import lab_from_rgb

MOTIFS, DOTS = motif_design(), dots_design()


def edited(design: Design, say: str) -> Edited:
    """Return the design with an edit that is said."""
    return apply_edit(design, read_said(say, design, motif_names()))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return the values of a document by path; parts of lists with ids by their ids."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, each in value.items():
            found |= leaves(each, f"{path}.{key}" if path else key)
        return found
    if isinstance(value, list):
        found = {}
        for index, each in enumerate(value):
            name = each["id"] if isinstance(each, dict) and "id" in each else index
            found |= leaves(each, f"{path}.{name}")
        return found
    return {path: value}


def changed_paths(before: Design, after: Design) -> set[str]:
    """Return the paths of all values that are not the same in two records."""
    one, other = leaves(before.to_document()), leaves(after.to_document())
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def only(before: Design, after: Design, pattern: str) -> None:
    """Check that records differ, and only at paths of this pattern."""
    changed = changed_paths(before, after)
    assert changed
    assert [path for path in sorted(changed) if not re.fullmatch(pattern, path)] == []


def pixels(design: Design) -> NDArray[np.float64]:
    """Return a design's picture in Lab, (N, 3)."""
    return lab_from_rgb(draw_pixels(design, 160)[..., :3].reshape(-1, 3))


def spread(design: Design) -> float:
    """Return the standard deviation of the lightness of a design's picture."""
    return float(pixels(design)[:, 0].std())


def lightness(design: Design) -> float:
    """Return the mean lightness of a design's picture."""
    return float(pixels(design)[:, 0].mean())


def chroma(design: Design) -> float:
    """Return the mean chroma of a design's picture."""
    return float(np.hypot(*pixels(design)[:, 1:].T).mean())


def warmth(design: Design) -> float:
    """Return the mean of b, from blue to yellow, of a design's picture."""
    return float(pixels(design)[:, 2].mean())


def elements(design: Design, motif: str = "") -> list[Element]:
    """Return the elements of a design, of all motifs or one."""
    return [
        element
        for layer in design.layers
        if isinstance(layer, MotifsLayer)
        for element in layer.elements
        if motif in ("", motif_of(element.motif))
    ]


def size(design: Design, motif: str = "") -> float:
    """Return the mean size of elements, mm."""
    return float(np.mean([element.size_mm for element in elements(design, motif)]))
