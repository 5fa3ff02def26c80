"""Cuts what a family paints in its ground out of the accents below, where there is no ground.

Where the ground is null, shapes in slot 0 are holes. They become black in a mask in which the
accents are white, in the order in which both are painted.
"""

from __future__ import annotations

from collections.abc import Callable

from worker.drawing.markup import shape_markup
from worker.drawing.sheet import Shape, Sheet

__all__ = ["cut_out"]


def cut_out(sheet: Sheet, name: str, style_of: Callable[[Shape], str]) -> str:
    """Return the elements of a layer without ground.

    Each shape is written once and used for the layer and for its mask.

    Args:
        sheet: the layer's shapes; the first is the ground.
        name: of the layer, for the ids of the elements.
        style_of: returns the attributes of an accent's paint.
    """
    shapes = list(sheet.shapes)
    while shapes and shapes[0].slot == 0:
        del shapes[0]
    count = max((index + 1 for index, shape in enumerate(shapes) if shape.slot == 0), default=0)
    plain = "".join(shape_markup(shape, style_of(shape)) for shape in shapes[count:])
    if not count:
        return plain
    defined, shown, mask = [], [], []
    for index, shape in enumerate(shapes[:count]):
        use = f'<use xlink:href="#_{name}.{index}" '
        attribute = "fill" if shape.width is None else "stroke"
        defined.append(f'<g id="_{name}.{index}">\n{shape_markup(shape, "")}</g>\n')
        mask.append(f'{use}{attribute}="{"white" if shape.slot else "black"}"/>\n')
        if shape.slot:
            shown.append(f"{use}{style_of(shape)}/>\n")
    w = sheet.window
    region = (
        f'x="{w.left * 1000:.0f}" y="{w.top * 1000:.0f}" '
        f'width="{(w.right - w.left) * 1000:.0f}" height="{(w.bottom - w.top) * 1000:.0f}"'
    )
    return (
        f"<defs>\n{''.join(defined)}"
        f'<mask id="_{name}" maskUnits="userSpaceOnUse" {region}>\n{"".join(mask)}</mask>\n'
        "</defs>\n"
        f'<g mask="url(#_{name})">\n{"".join(shown)}</g>\n{plain}'
    )
