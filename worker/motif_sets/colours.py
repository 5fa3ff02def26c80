"""Gives every path of a flattened drawing one opaque colour, and few colours to a drawing."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from picosvg.svg_meta import ntos
from PIL import ImageColor

from worker.drawing.path import Path
from worker.drawing.raster import rasterise
from worker.imaging.colour import delta_e, lab_from_rgb
from worker.motif_sets.flatten import FlatDrawing, Leaf, Unconvertible

__all__ = ["SIZE_PX", "ColouredPath", "coloured_paths", "with_few_colours"]

SIZE_PX = 128
"""Longer side of the pictures that colours are read from and conversions are compared in."""
RGB: TypeAlias = tuple[int, int, int]
_SEEN = 0.5
"""Least alpha at which a translucent path counts as part of the drawing."""
_SAME = 3.0
"""CIEDE2000 below which two colours of a drawing become one."""
_PATH = "{http://www.w3.org/2000/svg}path"


@dataclass(frozen=True, kw_only=True, eq=False)
class ColouredPath:
    """A path in one opaque colour."""

    path: Path
    rgb: RGB
    area: float
    """What can be seen of it in the finished drawing, as a share of the view box."""


def coloured_paths(drawing: FlatDrawing, *, tints: bool = False) -> list[ColouredPath]:
    """Return the paths of a drawing in opaque colours.

    A gradient and a translucent path get the mean colour of what the picture shows where they lie
    at the moment when they have been painted. Paths of which nothing can be seen are left out.

    Args:
        tints: whether translucent paths on nothing are tints on white; otherwise they are
            shadows and are left out.

    Raises:
        Unconvertible: a colour cannot be read.
    """
    shown: dict[int, RGB] = {}
    for index, leaf in enumerate(drawing.leaves):
        rgb = _rgb(leaf.fill) if _is_plain(leaf) else _shown_colour(drawing, index, tints)
        if rgb is not None:
            shown[index] = rgb
    areas = _visible_areas(drawing, [*shown])
    return [
        ColouredPath(path=drawing.leaves[index].path, rgb=rgb, area=area)
        for (index, rgb), area in zip(shown.items(), areas, strict=True)
        if area > 0
    ]


def with_few_colours(paths: Sequence[ColouredPath], limit: int) -> list[ColouredPath]:
    """Return the paths with near colours merged, so that at most `limit` remain.

    The colour with the greater area stays as it is, so that a drawing keeps its exact colours.
    """
    areas: dict[RGB, float] = {}
    for each in paths:
        areas[each.rgb] = areas.get(each.rgb, 0.0) + each.area
    becomes: dict[RGB, RGB] = {}
    while len(areas) > 1:
        colours = sorted(areas, key=lambda rgb: areas[rgb], reverse=True)
        lab = lab_from_rgb(np.array(colours))
        distance = delta_e(lab[:, None], lab[None])
        distance[np.tril_indices(len(colours))] = np.inf
        first, second = np.unravel_index(int(np.argmin(distance)), distance.shape)
        if distance[first, second] >= _SAME and len(colours) <= limit:
            break
        kept, dropped = colours[int(first)], colours[int(second)]
        areas[kept] += areas.pop(dropped)
        becomes[dropped] = kept
    return [replace(each, rgb=_final(each.rgb, becomes)) for each in paths]


def _final(rgb: RGB, becomes: dict[RGB, RGB]) -> RGB:
    while rgb in becomes:
        rgb = becomes[rgb]
    return rgb


def _is_plain(leaf: Leaf) -> bool:
    return leaf.opaque and not leaf.fill.startswith("url")


def _visible_areas(drawing: FlatDrawing, indices: Sequence[int]) -> list[float]:
    """Return what can be seen of paths that are painted in this order, as shares of the box."""
    root = _empty_document(drawing)
    for number, index in enumerate(indices, 1):
        data = drawing.leaves[index].element.get("d")
        paint = {"fill": f"#{number:06x}", "shape-rendering": "crispEdges"}
        etree.SubElement(root, _PATH, paint, d=data)
    picture = _rendered(root, 2 * SIZE_PX)[..., :3].astype(int)
    numbers = picture @ np.array([65536, 256, 1])
    counts = np.bincount(numbers.ravel(), minlength=len(indices) + 1)
    return [float(each) / numbers.size for each in counts[1 : len(indices) + 1]]


def _empty_document(drawing: FlatDrawing) -> Any:
    box = " ".join(ntos(value) for value in drawing.box)
    return etree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"/>')


def _rendered(root: Any, size_px: int) -> NDArray[np.uint8]:
    root.set("width", str(size_px))
    root.set("height", str(size_px))
    return rasterise(etree.tostring(root, encoding="unicode"))


def _mask(drawing: FlatDrawing, leaf: Leaf) -> NDArray[np.float64]:
    root = _empty_document(drawing)
    etree.SubElement(root, _PATH, d=leaf.element.get("d"))
    return _rendered(root, SIZE_PX)[..., 3] / 255.0


def _shown_colour(drawing: FlatDrawing, index: int, tints: bool) -> RGB | None:
    """Return the mean colour where a path lies once it is painted; None: little is seen of it."""
    root = copy.deepcopy(drawing.root)
    later = {id(leaf.element) for leaf in drawing.leaves[index + 1 :]}
    copies = list(zip(root.iter(_PATH), drawing.root.iter(_PATH), strict=True))
    for copied, original in copies:
        if id(original) in later:
            copied.getparent().remove(copied)
    mask = _mask(drawing, drawing.leaves[index])
    weight = np.where(mask > 0.5, mask, 0) if mask.max() > 0.5 else mask
    if not weight.any():
        return None
    picture = _rendered(root, SIZE_PX) / 255.0
    mean = (picture * weight[..., None]).sum((0, 1)) / weight.sum()
    if mean[3] < _SEEN and not tints:
        return None
    rgb = mean[:3] + (1 - mean[3]) if tints else mean[:3] / mean[3]
    red, green, blue = np.rint(rgb * 255).astype(int).clip(0, 255).tolist()
    return red, green, blue


def _rgb(fill: str) -> RGB:
    if fill.strip().lower() == "currentcolor":
        return 0, 0, 0
    try:
        return ImageColor.getrgb(fill.strip().lower())[:3]
    except ValueError:
        raise Unconvertible(f"the colour {fill}") from None
