"""Draws a design record as an SVG document, in millimetres."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

import numpy as np

from shared.designs.record import (
    ColourLayer,
    ColourPaint,
    Design,
    FamilyLayer,
    GradientPaint,
    Paint,
)
from shared.errors import FieldError, InvalidRequest
from worker.drawing.families import FAMILIES, Family, Parameters
from worker.drawing.path import svg_data
from worker.drawing.sheet import Lattice, Shape, Sheet, Window

__all__ = ["svg_document"]

_SLOPES = ((1, 0), (3, 1), (2, 1), (3, 2), (1, 1), (2, 3), (1, 2), (1, 3), (0, 1))
"""Rational slopes under which a square lattice contains the tile's lattice."""


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What has to be covered, in tile coordinates, mm."""

    width: float
    height: float
    bleed: float

    @property
    def window(self) -> Window:
        """Return the tile with its bleed."""
        return Window(
            left=-self.bleed,
            top=-self.bleed,
            right=self.width + self.bleed,
            bottom=self.height + self.bleed,
        )


def svg_document(
    design: Design, *, size_px: tuple[int, int] | None = None, bleed: float = 0.0
) -> str:
    """Return a design as SVG.

    Args:
        size_px: width and height of the picture with its bleed; None: in millimetres.
        bleed: how much is drawn beyond each edge of the tile, as a share of its side.

    Raises:
        InvalidRequest: a layer names a family or form that is not known, or cannot be drawn yet.
    """
    width, height = design.tile_mm
    frame = _Frame(width=width, height=height, bleed=bleed * max(width, height))
    box = (-frame.bleed, -frame.bleed, width + 2 * frame.bleed, height + 2 * frame.bleed)
    size = (f"{box[2]:g}mm", f"{box[3]:g}mm") if size_px is None else size_px
    gradients: dict[str, GradientPaint] = {}
    layers = [_layer(design, index, frame, gradients) for index in range(len(design.layers))]
    view = " ".join(f"{value * 1000:.0f}" for value in box)
    colours = "".join(f".{entry.id}{{color:{entry.hex}}}" for entry in design.palette)
    ramps = (_gradient(design, name, paint, frame) for name, paint in gradients.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="{view}">\n{"" if bleed else _metadata(design)}'
        f"<style>{colours}</style>\n<defs>{''.join(ramps)}</defs>\n{''.join(layers)}</svg>\n"
    )


def _metadata(design: Design) -> str:
    record = json.dumps(design.to_document(), ensure_ascii=False, separators=(",", ":"))
    return f"<metadata>{escape(record)}</metadata>\n"


def _gradient(design: Design, name: str, paint: GradientPaint, frame: _Frame) -> str:
    """Return a gradient over the tile that goes from the first colour to the last and back."""
    there = list(paint.gradient)
    colours = [design.colour(each) for each in (*there, *there[-2::-1])]
    width, height = frame.width * 1000, frame.height * 1000
    if paint.direction == "radial":  # symmetric about the middle, so that the edges meet
        colours = [design.colour(each) for each in there]
        radius = np.hypot(width, height) / 2
        where = f'cx="{width / 2:g}" cy="{height / 2:g}" r="{radius:g}"'
        kind = "radialGradient"
    else:
        slope = {
            "vertical": (0.0, 1 / height),
            "horizontal": (1 / width, 0.0),
            "diagonal": (1 / width, 1 / height),
        }[paint.direction]
        length = slope[0] ** 2 + slope[1] ** 2
        end = (slope[0] / length, slope[1] / length)
        where = f'x1="0" y1="0" x2="{end[0]:g}" y2="{end[1]:g}" spreadMethod="repeat"'
        kind = "linearGradient"
    stops = "".join(
        f'<stop offset="{index / (len(colours) - 1):g}" stop-color="{colour}"/>'
        for index, colour in enumerate(colours)
    )
    return f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {where}>{stops}</{kind}>'


def _layer(design: Design, index: int, frame: _Frame, gradients: dict[str, GradientPaint]) -> str:
    layer = design.layers[index]
    drawn: Iterator[str]
    if isinstance(layer, ColourLayer):
        drawn = _colour(layer, frame, gradients)
    elif isinstance(layer, FamilyLayer):
        drawn = _family(design, layer, frame, gradients, path=f"layers.{index}")
    else:
        message = f"{layer.kind.capitalize()} layers cannot be drawn yet."
        raise _invalid(f"layers.{index}.kind", message)
    opacity = "" if layer.opacity == 1 else f' opacity="{layer.opacity:g}"'
    return f"<g id={quoteattr(layer.id)}{opacity}>\n{''.join(drawn)}</g>\n"


def _paint_attributes(paint: Paint, attribute: str, gradients: dict[str, GradientPaint]) -> str:
    if isinstance(paint, ColourPaint):
        return f'class="{paint.palette}" {attribute}="currentColor"'
    name = f"gradient-{paint.direction}-{'-'.join(paint.gradient)}"
    gradients[name] = paint
    return f'{attribute}="url(#{name})"'


def _colour(
    layer: ColourLayer, frame: _Frame, gradients: dict[str, GradientPaint]
) -> Iterator[str]:
    sheet = Sheet(frame.width, frame.height, frame.window)
    sheet.ground()
    yield from _paths(sheet, lambda _: layer.paint, gradients)


def _family(
    design: Design,
    layer: FamilyLayer,
    frame: _Frame,
    gradients: dict[str, GradientPaint],
    path: str,
) -> Iterator[str]:
    family = _known_family(layer, path)
    slope = _slope(layer.turn, frame) if family.turns else (1, 0)
    sheet, turn = _turned_sheet(frame, slope)
    family.draw(sheet, _parameters(design, layer, family))
    inner = "".join(_paths(sheet, lambda slot: layer.paints[slot], gradients))
    yield inner if not turn else f'<g transform="rotate({turn:.10g})">\n{inner}</g>\n'


def _known_family(layer: FamilyLayer, path: str) -> Family:
    name, _, version = layer.family.partition("@")
    family = FAMILIES.get(name)
    if family is None:
        raise _invalid(f"{path}.family", f"There is no family {name}.")
    if version != family.version:
        raise _invalid(f"{path}.family", f"The version of {name} is {family.version}.")
    if layer.form is not None and layer.form not in family.forms:
        forms = ", ".join(family.forms)
        raise _invalid(f"{path}.form", f"{name} has the forms {forms}.")
    return family


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(FieldError(field=field, message=message))


def _parameters(design: Design, layer: FamilyLayer, family: Family) -> Parameters:
    accents = len(layer.paints) - 1
    shares = layer.shares or (1.0,) * accents
    return Parameters(
        form=layer.form or family.forms[0],
        scale_mm=layer.scale_mm,
        density=layer.density,
        line_weight=layer.line_weight,
        slots=len(layer.paints),
        shares=tuple(share / sum(shares) for share in shares),
        seed=(design.seed, design.variant, crc32(layer.id.encode())),
    )


def _slope(turn: float, frame: _Frame) -> tuple[int, int]:
    """Return the slope nearest to an angle under which the pattern still repeats in the tile."""
    square = np.isclose(frame.width, frame.height)
    known = [
        (x * sign, y) for x, y in (_SLOPES if square else ((1, 0), (0, 1))) for sign in (1, -1)
    ]
    angles = np.degrees([np.arctan2(y, x) for x, y in known])
    away = np.abs((angles - turn + 90) % 180 - 90)
    x, y = known[int(np.argmin(away))]
    return x, y


def _turned_sheet(frame: _Frame, slope: tuple[int, int]) -> tuple[Sheet, float]:
    """Return a sheet whose period repeats in the tile once turned, and the turn in degrees."""
    x, y = slope
    if (x, y) in ((1, 0), (-1, 0)):
        return Sheet(frame.width, frame.height, frame.window), 0.0
    angle = np.arctan2(y, x)
    norm = float(np.hypot(x, y))
    width, height = frame.width / norm, frame.height / norm
    if x == 0:
        width, height = frame.height, frame.width
    w = frame.window
    corners = np.array([(a, b) for a in (w.left, w.right) for b in (w.top, w.bottom)])
    cosine, sine = np.cos(angle), np.sin(angle)
    local = corners @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = local.min(0), local.max(0)
    window = Window(left=low[0], top=low[1], right=high[0], bottom=high[1])
    lattice = Lattice(first=(width, 0.0), second=(0.0, height))
    return Sheet(width, height, window, lattice), float(np.degrees(angle))


def _paths(
    sheet: Sheet, paint_of: Callable[[int], Paint | None], gradients: dict[str, GradientPaint]
) -> Iterator[str]:
    for shape in sheet.shapes:
        paint = paint_of(shape.slot)
        if paint is not None:
            yield from _path(shape, paint, gradients)


def _path(shape: Shape, paint: Paint, gradients: dict[str, GradientPaint]) -> Iterator[str]:
    if shape.width is not None:
        style = _paint_attributes(paint, "stroke", gradients)
        style += f' fill="none" stroke-width="{shape.width * 1000:.0f}"'
        if shape.round_ends:
            style += ' stroke-linecap="round" stroke-linejoin="round"'
    else:
        style = _paint_attributes(paint, "fill", gradients)
    if not shape.even_odd:
        data = "".join(svg_data(codes, points) for codes, points in shape.parts)
        yield f'<path {style} d="{data}"/>\n'
        return
    for codes, points in shape.parts:
        for copy in points:
            yield f'<path {style} fill-rule="evenodd" d="{svg_data(codes, copy[None])}"/>\n'
