"""Draws a design record as an SVG document; a unit is a micrometre."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape
from zlib import crc32

import numpy as np

from shared.designs.parsing import record_json
from shared.designs.record import (
    ColourLayer,
    Design,
    FamilyLayer,
    FieldLayer,
    ImageLayer,
    Layer,
    Paint,
)
from shared.errors import FieldError, InvalidRequest
from worker.drawing.families import FAMILIES, Family, Parameters
from worker.drawing.images import (
    GetBytes,
    UnusableImage,
    compose_separations,
    embedded_image,
    read_picture,
)
from worker.drawing.paints import Paints
from worker.drawing.path import svg_data
from worker.drawing.sheet import Shape, Sheet, Window

__all__ = ["svg_document"]

_SLOPES = ((1, 0), (3, 1), (2, 1), (3, 2), (1, 1), (2, 3), (1, 2), (1, 3), (0, 1))
"""Slopes (x, y) under which a turned square lattice contains the tile's lattice."""
_DRAWN_REPEATS = ("straight", "mirror")
_OVERLAP_MM = 0.02
"""By how much mirrored cells overlap, so that nothing shows between them."""


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What has to be covered: a rectangle and the bleed around it, mm."""

    width: float
    height: float
    bleed: tuple[float, float]
    """To the left and right, and above and below."""

    @property
    def window(self) -> Window:
        x, y = self.bleed
        return Window(left=-x, top=-y, right=self.width + x, bottom=self.height + y)


def svg_document(
    design: Design,
    get: GetBytes | None = None,
    *,
    size_px: tuple[int, int] | None = None,
    margin_px: int = 0,
) -> str:
    """Return the tile of a design as SVG.

    Args:
        get: returns the bytes that field and image layers refer to.
        size_px: width and height of the tile in pixels; None: its size is in millimetres.
        margin_px: how much is drawn beyond each edge of the tile; only with `size_px`.

    Raises:
        InvalidRequest: the repeat or a layer cannot be drawn; `fields` has its path in the record.
    """
    if design.repeat not in _DRAWN_REPEATS:
        raise _invalid("repeat", f"A {design.repeat} repeat cannot be drawn yet.")
    width, height = design.tile_mm
    bleed, size, fit = (0.0, 0.0), (f"{width:g}mm", f"{height:g}mm"), ""
    if size_px is not None:
        bleed = (margin_px * width / size_px[0], margin_px * height / size_px[1])
        size = (f"{size_px[0] + 2 * margin_px}", f"{size_px[1] + 2 * margin_px}")
        fit = ' preserveAspectRatio="none"'
    frame = _Frame(width=width, height=height, bleed=bleed)
    box = (0 - bleed[0], 0 - bleed[1], width + 2 * bleed[0], height + 2 * bleed[1])
    view = " ".join(f"{value * 1000:.10g}" for value in box)
    paints = Paints(design, width * 1000, height * 1000)
    cell = _Frame(
        width=design.cell_mm[0], height=design.cell_mm[1], bleed=(_OVERLAP_MM, _OVERLAP_MM)
    )
    writer = _Writer(design, cell if design.repeat == "mirror" else frame, paints, get)
    content = "".join(map(writer.layer, range(len(design.layers))))
    if design.repeat == "mirror":
        content = _mirrored(content, cell, frame)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="{view}"{fit}>\n{_metadata(design)}'
        f"<style>{paints.style()}</style>\n<defs>{paints.definitions()}</defs>\n{content}</svg>\n"
    )


def _metadata(design: Design) -> str:
    return f"<metadata>{escape(record_json(design))}</metadata>\n"


def _mirrored(content: str, cell: _Frame, frame: _Frame) -> str:
    """Return a cell's content, mirrored in both directions over the whole frame."""
    width, height = cell.width * 1000, cell.height * 1000
    extra = _OVERLAP_MM * 1000
    clip = (
        f'<clipPath id="cell"><rect x="{-extra:g}" y="{-extra:g}" width="{width + 2 * extra:g}" '
        f'height="{height + 2 * extra:g}"/></clipPath>'
    )
    beyond = 1 if any(frame.bleed) else 0
    copies = "".join(
        f'<use href="#content" transform="translate({(x + x % 2) * width:g} '
        f'{(y + y % 2) * height:g}) scale({1 - 2 * (x % 2)} {1 - 2 * (y % 2)})"/>\n'
        for y in range(-beyond, 2 + beyond)
        for x in range(-beyond, 2 + beyond)
    )
    return f'<defs>{clip}<g id="content" clip-path="url(#cell)">\n{content}</g></defs>\n{copies}'


class _Writer:
    """Writes the layers of a design."""

    def __init__(self, design: Design, frame: _Frame, paints: Paints, get: GetBytes | None) -> None:
        self._design, self._frame, self._paints, self._get = design, frame, paints, get

    def layer(self, index: int) -> str:
        """Return a layer as a group named after it."""
        layer, path = self._design.layers[index], f"layers.{index}"
        opacity = "" if layer.opacity == 1 else f' opacity="{layer.opacity:g}"'
        return f'<g id="{layer.id}"{opacity}>\n{self._content(layer, path)}</g>\n'

    def _content(self, layer: Layer, path: str) -> str:
        frame = self._frame
        if isinstance(layer, ColourLayer):
            sheet = Sheet(frame.width, frame.height, frame.window)
            sheet.ground()
            return "".join(self._paths(sheet, lambda _: layer.paint))
        if isinstance(layer, FamilyLayer):
            return self._family(layer, path)
        if isinstance(layer, FieldLayer | ImageLayer):
            return self._raster(layer, path)
        message = f"{layer.kind.capitalize()} layers cannot be drawn yet."
        raise _invalid(f"{path}.kind", message)

    def _family(self, layer: FamilyLayer, path: str) -> str:
        family = _known_family(layer, path)
        slope = _slope(layer.turn, self._frame) if family.turns else (1, 0)
        sheet, turn = _turned_sheet(self._frame, slope)
        family.draw(sheet, _parameters(self._design, layer, family))
        inner = "".join(self._paths(sheet, lambda slot: layer.paints[slot], turn))
        return f'<g transform="rotate({turn:.10g})">\n{inner}</g>\n' if turn else inner

    def _raster(self, layer: FieldLayer | ImageLayer, path: str) -> str:
        names = (layer.sha256,) if isinstance(layer, ImageLayer) else layer.separations
        files = self._files(names, path)
        try:
            if isinstance(layer, ImageLayer):
                pixels = read_picture(files[0])
            else:
                colours = [self._design.colour(paint) for paint in layer.paints]
                pixels = compose_separations(files, colours)
        except UnusableImage as error:
            raise _invalid(path, f"Its picture cannot be used: {error}.") from None
        frame = self._frame
        margin = max(frame.bleed[0] / frame.width, frame.bleed[1] / frame.height)
        return embedded_image(pixels, frame.width * 1000, frame.height * 1000, margin)

    def _files(self, names: Sequence[str], path: str) -> list[bytes]:
        if self._get is None:
            raise _invalid(path, "The files that it refers to are not at hand.")
        try:
            return [self._get(name) for name in names]
        except KeyError as error:
            raise _invalid(path, f"The file {error.args[0]} is missing.") from None

    def _paths(
        self, sheet: Sheet, paint_of: Callable[[int], Paint | None], turn: float = 0.0
    ) -> Iterator[str]:
        for shape in sheet.shapes:
            paint = paint_of(shape.slot)
            if paint is not None:
                attribute = "fill" if shape.width is None else "stroke"
                yield from _path(shape, self._paints.attributes(paint, attribute, turn))


def _path(shape: Shape, style: str) -> Iterator[str]:
    if shape.width is not None:
        style += f' fill="none" stroke-width="{shape.width * 1000:.0f}"'
        if shape.round_ends:
            style += ' stroke-linecap="round" stroke-linejoin="round"'
    if not shape.even_odd:
        data = "".join(svg_data(codes, points) for codes, points in shape.parts)
        yield f'<path {style} d="{data}"/>\n'
        return
    for codes, points in shape.parts:
        for copy in points:
            yield f'<path {style} fill-rule="evenodd" d="{svg_data(codes, copy[None])}"/>\n'


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
    if y == 0:
        return Sheet(frame.width, frame.height, frame.window), 0.0
    angle, norm = np.arctan2(y, x), float(np.hypot(x, y))
    size = _Frame(width=frame.width / norm, height=frame.height / norm, bleed=(0.0, 0.0))
    if x == 0:
        size = replace(size, width=frame.height, height=frame.width)
    w = frame.window
    corners = np.array([(a, b) for a in (w.left, w.right) for b in (w.top, w.bottom)])
    cosine, sine = np.cos(angle), np.sin(angle)
    local = corners @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = local.min(0), local.max(0)
    window = Window(left=low[0], top=low[1], right=high[0], bottom=high[1])
    return Sheet(size.width, size.height, window), float(np.degrees(angle))
