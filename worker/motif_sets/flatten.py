"""Reads SVG drawings as plain paths, with picosvg."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from picosvg.svg import SVG
from picosvg.svg_meta import ntos
from picosvg.svg_transform import Affine2D
from picosvg.svg_types import SVGPath

from worker.drawing.motifs.shapes import flattened
from worker.drawing.path import Path

__all__ = ["FlatDrawing", "Leaf", "Unconvertible", "flatten"]

_SVG = "{http://www.w3.org/2000/svg}"
_UNSUPPORTED = re.compile(
    "<(?:mask|filter|text|image|pattern|foreignObject|marker|animate|script)|mix-blend-mode"
)
_OPAQUE = 0.995
_OUTSIDE = 0.01
"""Share of the view box by which a path may lie outside of it unclipped."""
_STROKE_BOX = 64.0
"""Units of the longer side of the view box in which strokes are widened."""


class Unconvertible(Exception):
    """A drawing uses what plain paths cannot express."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Leaf:
    """A filled path of a flattened drawing."""

    path: Path
    fill: str
    """Its colour as written; url(...) for a gradient."""
    opaque: bool
    element: Any
    """The element, in the tree of the drawing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FlatDrawing:
    """A drawing as filled paths, from the back to the front."""

    root: Any
    """The SVG document that has the paths."""
    box: tuple[float, float, float, float]
    """Its view box: left, top, width, height."""
    leaves: tuple[Leaf, ...]


def flatten(document: str) -> FlatDrawing:
    """Return a drawing as filled paths without transformations, references, strokes or clips.

    Raises:
        Unconvertible: it has masks, filters, text, pictures or errors.
    """
    unsupported = _UNSUPPORTED.search(document)
    if unsupported:
        raise Unconvertible(unsupported.group(0).lstrip("<"))
    try:
        svg = SVG.fromstring(re.sub(r"(?<=\s)href=", "xlink:href=", document))
        box = svg.view_box()
        if box is None:
            raise Unconvertible("it has no view box")
        frame = (box.x, box.y, box.w, box.h)
        _simplify(svg)
        root = svg.toetree()
        leaves = tuple(_leaves(root, 1.0))
        if any(_reaches_outside(leaf.path, frame) for leaf in leaves):
            svg.clip_to_viewbox(inplace=True)
            root = svg.toetree()
            leaves = tuple(_leaves(root, 1.0))
    except (ArithmeticError, AssertionError, LookupError, RuntimeError, ValueError) as error:
        raise Unconvertible(f"{type(error).__name__}: {error}") from error
    if not leaves:
        raise Unconvertible("it has no shapes")
    return FlatDrawing(root=root, box=frame, leaves=leaves)


def _simplify(svg: SVG) -> None:
    """Resolve references, transformations, strokes and clips.

    These are the steps of `SVG.topicosvg` without those that `_path` and `coloured_paths` take
    themselves, which are most of its time.
    """
    svg.remove_nonsvg_content(inplace=True)
    svg.remove_processing_instructions(inplace=True)
    svg.remove_anonymous_symbols(inplace=True)
    svg.remove_title_meta_desc(inplace=True)
    svg.apply_style_attributes(inplace=True)
    svg.resolve_nested_svgs(inplace=True)
    svg.shapes_to_paths(inplace=True)
    svg.resolve_use(inplace=True)
    _magnify_strokes(svg)
    svg.simplify(inplace=True)
    svg.evenodd_to_nonzero_winding(inplace=True)
    svg.normalize_opacity(inplace=True)
    violations = svg.checkpicosvg()
    if violations:
        raise Unconvertible(", ".join(violations))


def _magnify_strokes(svg: SVG) -> None:
    """Write stroked paths in small units under a transformation that undoes it.

    Skia widens strokes with an error of up to a quarter of a unit, whatever the view box.
    """
    box = svg.view_box()
    factor = _STROKE_BOX / max(box.w, box.h) if box is not None else 1.0
    if factor <= 1:
        return
    for context in list(svg.depth_first(resolve_clip_paths=False)):
        element = context.element
        if element.tag != f"{_SVG}path" or "clip-path" in element.attrib:
            continue
        shape = context.shape()
        if shape.stroke == "none" or shape.fill.startswith("url"):
            continue
        element.set("d", shape.apply_transform(Affine2D.identity().scale(factor)).d)
        element.set("stroke-width", ntos(shape.stroke_width * factor))
        if shape.stroke_dasharray != "none":
            lengths = re.split(r"[, ]+", shape.stroke_dasharray.strip())
            element.set("stroke-dasharray", " ".join(ntos(float(n) * factor) for n in lengths))
            element.set("stroke-dashoffset", ntos(shape.stroke_dashoffset * factor))
        element.set("transform", f"{element.get('transform', '')} scale({1 / factor:.9g})".strip())


def _reaches_outside(path: Path, box: tuple[float, float, float, float]) -> bool:
    left, top, width, height = box
    margin = max(width, height) * _OUTSIDE
    x0, y0, x1, y1 = bounds_of(path)
    return (
        x0 < left - margin
        or y0 < top - margin
        or x1 > left + width + margin
        or y1 > top + height + margin
    )


def _leaves(parent: Any, opacity: float) -> Iterator[Leaf]:
    for element in parent:
        own = opacity * float(element.get("opacity", 1)) * float(element.get("fill-opacity", 1))
        if element.tag == f"{_SVG}g":
            yield from _leaves(element, own)
        elif element.tag == f"{_SVG}path" and _paints(element):
            path = _path(element.get("d", ""))
            if path is not None:
                yield Leaf(
                    path=path,
                    fill=element.get("fill", "black"),
                    opaque=own >= _OPAQUE,
                    element=element,
                )


def _paints(element: Any) -> bool:
    return element.get("fill") != "none" and element.get("display") != "none"


def _path(data: str) -> Path | None:
    """Return a path of lines and cubic curves; None where nothing is left of it."""
    codes: list[str] = []
    points: list[tuple[float, float]] = []
    for command, arguments in SVGPath(d=data).as_cmd_seq():
        code, pairs = command, list(zip(arguments[::2], arguments[1::2], strict=True))
        if code == "Q":
            start, (middle, end) = np.array(points[-1]), np.array(pairs)
            first, second = start + (middle - start) * 2 / 3, end + (middle - end) * 2 / 3
            code, pairs = "C", [tuple(first), tuple(second), tuple(end)]
        elif code == "Z" and codes and codes[-1] in "MZ":
            continue
        elif code not in "MLCZ":
            raise Unconvertible(f"the path command {code}")
        if codes and codes[-1] == "Z" and code in "LC":
            raise Unconvertible("a path that goes on after it was closed")
        codes.append(code)
        points += pairs
    path = Path("".join(codes), np.array(points, float).reshape(-1, 2))
    return _without_moves(path)


def _without_moves(path: Path) -> Path | None:
    """Return the path without contours that are single points."""
    parts = re.findall(r"M[LCZ]*", path.codes)
    count = {"M": 1, "L": 1, "C": 3, "Z": 0}
    kept, points, index = "", [], 0
    for part in parts:
        size = sum(count[code] for code in part)
        own = path.points[index : index + size]
        index += size
        if part.strip("Z") != "M" and np.ptp(own, axis=0).max() > 0:
            kept += part
            points.append(own)
    return Path(kept, np.concatenate(points)) if kept else None


def bounds_of(path: Path) -> tuple[float, float, float, float]:
    """Return the left, upper, right and lower bound of a path."""
    points = np.concatenate(flattened(path))
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return float(left), float(top), float(right), float(bottom)
