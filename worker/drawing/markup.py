"""SVG elements of shapes; a unit is a micrometre, unless the caller says otherwise."""

from __future__ import annotations

from worker.drawing.path import svg_data
from worker.drawing.sheet import Shape

__all__ = ["shape_markup"]


def shape_markup(shape: Shape, style: str) -> str:
    """Return the elements of a shape whose lengths are in millimetres.

    Args:
        style: attributes of its paint.
    """
    if shape.width is not None:
        style += f' fill="none" stroke-width="{shape.width * 1000:.0f}"'
        if shape.round_ends:
            style += ' stroke-linecap="round" stroke-linejoin="round"'
    if not shape.even_odd:
        data = "".join(svg_data(codes, points) for codes, points in shape.parts)
        return f'<path {style} d="{data}"/>\n'
    return "".join(
        f'<path {style} fill-rule="evenodd" d="{svg_data(codes, copy[None])}"/>\n'
        for codes, points in shape.parts
        for copy in points
    )
