"""Draws a design record as an SVG document; a unit is a micrometre."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shared.designs.checks import check_drawable
from shared.designs.parsing import record_json
from shared.designs.record import (
    ColourLayer,
    Design,
    FamilyLayer,
    FieldLayer,
    ImageLayer,
    MotifsLayer,
    Paint,
)
from shared.motifs.attribution import drawings_used
from worker.drawing.cutouts import cut_out
from worker.drawing.drawn_families import draw_family
from worker.drawing.elements import Elements
from worker.drawing.families import FAMILIES, Family, Parameters
from worker.drawing.images import (
    Encoding,
    GetBytes,
    UnusableImage,
    compose_separations,
    covering,
    embedded_image,
    read_picture,
    reduced,
    tiled,
)
from worker.drawing.markup import shape_markup
from worker.drawing.paints import Paints
from worker.drawing.refusal import refusal
from worker.drawing.repeats import Layout, turned_sheet
from worker.drawing.sheet import Shape, Sheet, SheetFull, Window

__all__ = ["SvgDrawing", "svg_document"]

_NAMESPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1"'
)
_DUBLIN_CORE = 'xmlns="http://purl.org/dc/elements/1.1/"'
_MAX_POINTS = 180_000
"""Control points of all families of a record, and again of all motifs; about 2 MB."""
_DOCUMENT_PX = 2048.0
"""Pictures of cells in documents have less than twice as many pixels a side."""
_MAX_UNITS = 10_000
"""Squares of a layer's scale on its rectangle."""
_NO_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
"""Characters that JSON may have and XML may not, as JSON escapes."""


def svg_document(design: Design, get: GetBytes | None = None) -> str:
    """Return the tile of a design as SVG, whose size is in millimetres.

    Its first metadata element has the record; a second one has the drawings of motifs with their
    authors and licences, if there are any.

    Args:
        get: returns the bytes that field and image layers refer to.

    Raises:
        InvalidRequest: a layer cannot be drawn; `fields` has its path in the record.
    """
    return SvgDrawing(design, get).document()


class SvgDrawing:
    """The layers of a design, drawn once, as SVG documents of all rows or of some.

    Args:
        get: as of `svg_document`.
        size_px: width and height of the tile in pixels; None: in millimetres. In pixels only the
            first cell of a mirrored design is drawn, since renderers are slow at clipping.
        margin_px: how much is drawn beyond each edge; only with `size_px`.

    Raises:
        InvalidRequest: as `svg_document`.
    """

    def __init__(
        self,
        design: Design,
        get: GetBytes | None = None,
        *,
        size_px: tuple[int, int] | None = None,
        margin_px: int = 0,
    ) -> None:
        check_drawable(design)
        self._design, self._get, self._size, self._margin = design, get, size_px, margin_px
        self._bleed: tuple[float, float] | None = None
        if size_px is not None:
            width, height = design.tile_mm
            self._bleed = (margin_px * width / size_px[0], margin_px * height / size_px[1])
        self._layout = Layout.of(design, self._bleed)
        self._paints = Paints(design)
        self._elements = Elements(self._layout, self._paints, get, _MAX_POINTS)
        self._points = 0.0
        self._mirrored: list[str] = []
        self._layers = [self._layer(index) for index in range(len(design.layers))]

    @property
    def drawn_px(self) -> tuple[int, int]:
        """Return the width and height in pixels of what is drawn, without the margin."""
        assert self._size is not None
        width, height = self._size
        if self._design.repeat == "mirror":
            return -(-width // 2), -(-height // 2)
        return width, height

    def document(self, rows: tuple[int, int] | None = None) -> str:
        """Return the SVG document.

        Args:
            rows: the first row of pixels and the one after the last; None: all with the margin.
        """
        left, top = 0.0, 0.0
        right, bottom = width, height = self._design.tile_mm
        shape = f'width="{width:.10g}mm" height="{height:.10g}mm"'
        if self._size is not None:
            margin, (columns, lines) = self._margin, self.drawn_px
            first, last = rows or (-margin, lines + margin)
            px, py = width / self._size[0], height / self._size[1]
            left, top, right, bottom = -margin * px, first * py, (columns + margin) * px, last * py
            shape = (
                f'width="{columns + 2 * margin}" height="{last - first}" preserveAspectRatio="none"'
            )
        view = " ".join(f"{mm * 1000:.10g}" for mm in (left, top, right - left, bottom - top))
        shown = Window(left=left, top=top, right=right, bottom=bottom)
        return (
            f'<svg {_NAMESPACES} {shape} viewBox="{view}">\n{self._metadata()}'
            f"<style>{self._paints.style()}</style>\n<defs>\n{self._paints.definitions()}"
            f"{self._elements.definitions()}{''.join(self._mirrored)}</defs>\n"
            f"{''.join(layer(shown) for layer in self._layers)}</svg>\n"
        )

    def _metadata(self) -> str:
        if self._size is not None:
            return ""
        record = f"<metadata>{escape(record_json(self._design).translate(_NO_XML))}</metadata>\n"
        drawings = drawings_used(self._design)
        if not drawings:
            return record
        lines = escape("\n".join(each.line for each in drawings))
        return f"{record}<metadata><rights {_DUBLIN_CORE}>{lines}</rights></metadata>\n"

    def _layer(self, index: int) -> Callable[[Window], str]:
        """Return what writes a layer, for a window, as a group that is named after it."""
        layer, path = self._design.layers[index], f"layers.{index}"
        opacity = "" if layer.opacity == 1 else f' opacity="{layer.opacity:g}"'
        opening = f'<g id="{layer.id}"{opacity}>\n'
        if isinstance(layer, FieldLayer | ImageLayer):
            image = self._raster(layer, path)
            return lambda shown: f"{opening}{image(shown)}</g>\n"
        if isinstance(layer, ColourLayer):
            content = self._colour(layer)
        elif isinstance(layer, FamilyLayer):
            content = self._family(layer, path)
        elif isinstance(layer, MotifsLayer):
            content = self._elements.layer(layer, path)
        else:
            raise AssertionError(layer.kind)  # `check_drawable` refuses others
        if self._design.repeat == "mirror" and self._size is None:
            name = self._mirror(content)
            return lambda shown: f"{opening}{_mirrored(name, self._layout, shown)}</g>\n"
        return lambda _: f"{opening}{content}</g>\n"

    def _mirror(self, content: str) -> str:
        """Define one cell's content of a layer, and return its name."""
        if not self._mirrored:
            w = self._layout.window
            width, height = (w.right - w.left) * 1000, (w.bottom - w.top) * 1000
            self._mirrored.append(
                f'<clipPath id="_cell"><rect x="{w.left * 1000:.10g}" y="{w.top * 1000:.10g}" '
                f'width="{width:.10g}" height="{height:.10g}"/></clipPath>\n'
            )
        name = f"_c{len(self._mirrored)}"
        self._mirrored.append(f'<g id="{name}" clip-path="url(#_cell)">\n{content}</g>\n')
        return name

    def _colour(self, layer: ColourLayer) -> str:
        sheet = Sheet(self._layout.width, self._layout.height, self._layout.window)
        sheet.ground()
        return self._shapes(sheet, lambda _: layer.paint)

    def _family(self, layer: FamilyLayer, path: str) -> str:
        family, layout = FAMILIES[layer.family.partition("@")[0]], self._layout
        capacity = _MAX_POINTS - self._points
        sheet, turn = turned_sheet(layout, layer.turn if family.turns else 0.0, capacity)
        try:
            if layout.width * layout.height > _MAX_UNITS * layer.scale_mm**2:
                raise SheetFull
            draw_family(family.draw, sheet, _parameters(self._design, layer, family))
        except SheetFull:
            message = "Too small for the cell: the layer would have too many shapes."
            raise refusal(f"{path}.scale_mm", message) from None
        self._points += sheet.points * layout.width * layout.height / (sheet.width * sheet.height)
        inner = self._accents(sheet, layer, turn)
        return f'<g transform="rotate({turn:.10g})">\n{inner}</g>\n' if turn else inner

    def _accents(self, sheet: Sheet, layer: FamilyLayer, turn: float) -> str:
        """Return the shapes of a family; without a ground, its holes are cut out."""
        if layer.paints[0] is not None:
            return self._shapes(sheet, lambda slot: layer.paints[slot], turn)

        def style_of(shape: Shape) -> str:
            paint = layer.paints[shape.slot]
            assert paint is not None
            return self._style(shape, paint, turn)

        return cut_out(sheet, layer.id, style_of)

    def _style(self, shape: Shape, paint: Paint, turn: float) -> str:
        attribute = "fill" if shape.width is None else "stroke"
        return self._paints.attributes(paint, attribute, turn)

    def _shapes(
        self, sheet: Sheet, paint_of: Callable[[int], Paint | None], turn: float = 0.0
    ) -> str:
        elements = []
        for shape in sheet.shapes:
            paint = paint_of(shape.slot)
            if paint is not None:
                elements.append(shape_markup(shape, self._style(shape, paint, turn)))
        return "".join(elements)

    def _pixels(self, layer: FieldLayer | ImageLayer, path: str) -> NDArray[np.uint8]:
        """Return the picture of one cell of a raster layer."""
        names = (layer.sha256,) if isinstance(layer, ImageLayer) else layer.separations
        files = self._files(names, path)
        width, height = self._design.cell_mm
        try:
            if isinstance(layer, ImageLayer):
                pixels = read_picture(files[0])
                if layer.fit == "cover":
                    pixels = covering(pixels, width / height)
            else:
                colours = [self._design.colour(paint) for paint in layer.paints]
                pixels = compose_separations(files, colours)
        except UnusableImage as error:
            raise refusal(path, f"Its picture cannot be used: {error}.") from None
        shown = (_DOCUMENT_PX, _DOCUMENT_PX)
        if self._size is not None:
            tile = self._design.tile_mm
            shown = (self._size[0] * width / tile[0], self._size[1] * height / tile[1])
        return reduced(pixels, shown)

    def _files(self, names: Sequence[str], path: str) -> list[bytes]:
        if self._get is None:
            raise refusal(path, "The files that it refers to are not at hand.")
        try:
            return [self._get(name) for name in names]
        except KeyError as error:
            raise refusal(path, f"The file {error.args[0]} is missing.") from None

    def _raster(self, layer: FieldLayer | ImageLayer, path: str) -> Callable[[Window], str]:
        """Return what writes a raster layer for a window."""
        pixels, encoding = self._pixels(layer, path), self._encoding(layer)
        size, wraps = self._design.tile_mm, self._layout.wraps
        if self._design.repeat == "mirror" and self._size is not None:  # one cell
            size, wraps = self._design.cell_mm, (False, False)
        elif isinstance(layer, FieldLayer) and self._design.repeat != "mirror":  # straight on
            size = self._design.cell_mm
        else:
            pixels = tiled(pixels, self._design.repeat)
        return lambda shown: embedded_image(pixels, size, shown, wraps, encoding)

    def _encoding(self, layer: FieldLayer | ImageLayer) -> Encoding:
        """Return how a picture is embedded: at once in pixels, small in a document."""
        if self._size is not None:
            return "stored"
        is_photo = isinstance(layer, ImageLayer) and layer.media_type == "image/jpeg"
        return "jpeg" if is_photo else "png"


def _mirrored(name: str, layout: Layout, shown: Window) -> str:
    """Return a cell's content, mirrored in both directions over all that is shown."""
    width, height = layout.width * 1000, layout.height * 1000
    return "".join(
        f'<use xlink:href="#{name}" transform="translate({(x + x % 2) * width:.10g} '
        f'{(y + y % 2) * height:.10g}) scale({1 - 2 * (x % 2)} {1 - 2 * (y % 2)})"/>\n'
        for y in range(*_cells(shown.top, shown.bottom, layout.height))
        for x in range(*_cells(shown.left, shown.right, layout.width))
    )


def _cells(low: float, high: float, side: float) -> tuple[int, int]:
    """Return the first cell that a span reaches, and the one after the last."""
    return int(np.floor(low / side + 1e-9)), int(np.ceil(high / side - 1e-9))


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
