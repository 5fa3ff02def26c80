"""Records of every kind of layer, repeat and paint, for tests of drawing."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from shared.designs.parsing import read_design
from shared.designs.record import Design, GradientPaint
from shared.motifs.catalog import own_motifs
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels, rasterise
from worker.drawing.svg import SvgDrawing

__all__ = ["FILES", "REPEATS", "design", "element", "family", "png", "records", "wrap_error"]

REPEATS = ("straight", "half-drop", "half-brick", "mirror", "border", "none")
COLOURS = ("#F4EBDD", "#1B2A5B", "#E3A72F", "#C8553D", "#2E6E5B")
DIRECTIONS = ("vertical", "horizontal", "diagonal", "radial")
_SIDE_PX = 48


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels as PNG."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _files() -> Mapping[str, bytes]:
    """Return smooth seamless pictures by their sha256: two separations, and one picture."""
    ramp = np.arange(_SIDE_PX) / _SIDE_PX
    wave = np.sin(2 * np.pi * (ramp + 0.2 * np.sin(4 * np.pi * ramp)[:, None]))
    share = np.rint(127.5 + 127.5 * wave).astype(np.uint8)
    alpha = np.clip(share.astype(int) + 100, 0, 255).astype(np.uint8)
    photo = np.stack([share, share.T, 255 - share, alpha], -1)
    return {"a" * 64: png(share), "b" * 64: png(255 - share), "c" * 64: png(photo)}


FILES = _files()


def design(*layers: Mapping[str, Any], colours: int = 5, **record: Any) -> Design:
    """Return a design with palette entries p0, p1, ... and layers l0, l1, ..."""
    palette = [
        {"id": f"p{number}", "hex": COLOURS[number % 5], "role": "hero", "from": "chosen"}
        for number in range(colours)
    ]
    named = [{"id": f"l{index}"} | dict(layer) for index, layer in enumerate(layers)]
    return read_design({"version": 1, "seed": 7, "palette": palette, "layers": named} | record)


def family(name: str = "dots", accents: int = 2, **changes: Any) -> dict[str, Any]:
    """Return a family layer of medium scale."""
    own = FAMILIES[name]
    paints = [{"palette": f"p{number}"} for number in range(accents + 1)]
    layer = {"kind": "family", "family": own.drawing, "paints": paints}
    return layer | {"scale_mm": 80 / own.repeats[1]} | changes


def element(name: str, x: float, y: float, size: float = 12.0, **changes: Any) -> dict[str, Any]:
    """Return an acorn at a place."""
    place = {"id": name, "motif": "own:acorn@1", "x_mm": x, "y_mm": y, "size_mm": size}
    return place | {"paints": ["p2", "p1", "p0"]} | changes


def wrap_error(record: Design, size_px: int) -> float:
    """Return the share of pixels beyond the tile's edges that differ from the opposite side.

    Blended pixels of edges may differ by one of four samples, which is 54 levels of these colours.
    Of a border only the left and right edges are compared. A mirrored tile is compared with its
    own mirror images.
    """
    if record.repeat == "mirror":
        tile = draw_pixels(record, size_px, FILES.__getitem__)
        flipped = (np.flip(tile, axis) for axis in (0, 1, (0, 1)))
        return float(np.mean([(tile != each).mean() for each in flipped]))
    width, height = (round(size_px * side / max(record.tile_mm)) for side in record.tile_mm)
    margin = size_px // 4
    drawing = SvgDrawing(record, FILES.__getitem__, size_px=(width, height), margin_px=margin)
    drawn = rasterise(drawing.document()).astype(int)
    tile = drawn[margin : margin + height, margin : margin + width]
    rows, columns = (np.arange(-margin, side + margin) % side for side in (height, width))
    away = np.abs(drawn - tile[rows][:, columns]).max(-1)
    edge = margin // 3  # thin lines that leave the picture are drawn differently there
    top = margin if record.repeat == "border" else edge
    return float((away[top:-top, edge:-edge] > 60).mean())


def _paints(ids: list[str], directions: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    name = st.sampled_from(ids)
    return st.one_of(
        st.fixed_dictionaries({"palette": name}),
        st.fixed_dictionaries(
            {
                "gradient": st.lists(name, min_size=2, max_size=4),
                "direction": st.sampled_from(directions),
            }
        ),
    )


@st.composite
def _layers(
    draw: st.DrawFn, ids: list[str], directions: tuple[str, ...], cell: tuple[float, float]
) -> dict[str, Any]:
    kind = draw(
        st.sampled_from(("colour", "family", "family", "motifs", "motifs", "field", "image"))
    )
    layer: dict[str, Any] = {"kind": kind, "opacity": draw(st.sampled_from((1.0, 1.0, 0.4)))}
    if kind == "colour":
        return layer | {"paint": draw(_paints(ids, directions))}
    if kind == "family":
        own = FAMILIES[draw(st.sampled_from(sorted(FAMILIES)))]
        accents = draw(st.lists(_paints(ids, directions), max_size=4))
        ground = draw(st.none() | _paints(ids, directions))
        return layer | {
            "family": own.drawing,
            "form": draw(st.sampled_from(own.forms)),
            "scale_mm": 80 / own.repeats[1] * draw(st.floats(0.6, 2.5)),
            "density": draw(st.floats(0, 1)),
            "line_weight": draw(st.floats(0, 1)),
            "turn": draw(st.floats(-360, 360)),
            "paints": [ground, *accents],
        }
    if kind == "motifs":
        number = draw(st.integers(0, 5))
        return layer | {"elements": [draw(_elements(f"e{i}", ids, cell)) for i in range(number)]}
    if kind == "image":
        return layer | {"sha256": "c" * 64, "fit": draw(st.sampled_from(("stretch", "cover")))}
    paints = [draw(st.sampled_from(ids)) for _ in range(2)]
    return layer | {"release": "r", "separations": ["a" * 64, "b" * 64], "paints": paints}


@st.composite
def _elements(
    draw: st.DrawFn, name: str, ids: list[str], cell: tuple[float, float]
) -> dict[str, Any]:
    """Return an element somewhere, or with its middle near an edge or a corner of the cell."""
    motif = own_motifs()[draw(st.sampled_from(sorted(own_motifs())))]
    x, y = (
        draw(st.one_of(st.floats(-side, 2 * side), st.sampled_from((0, side / 2, side))))
        for side in cell
    )
    return {
        "id": name,
        "motif": motif.drawing,
        "view": draw(st.integers(0, 12)),
        "x_mm": x,
        "y_mm": y,
        "size_mm": draw(st.floats(1, 1.5 * min(cell))),
        "turn": draw(st.floats(-360, 360)),
        "flip": draw(st.booleans()),
        "paints": [draw(st.sampled_from(ids)) for _ in motif.colours],
    }


@st.composite
def records(draw: st.DrawFn) -> Design:
    """Return any record that can be drawn."""
    repeat = draw(st.sampled_from(REPEATS))
    colours = draw(st.integers(1, 24))
    ids = [f"p{number}" for number in range(colours)]
    cell = (draw(st.sampled_from((30.0, 60.0, 45.3))), draw(st.sampled_from((30.0, 60.0, 51.7))))
    layers = draw(st.lists(_layers(ids, DIRECTIONS, cell), min_size=1, max_size=4))
    return design(
        *layers,
        colours=colours,
        repeat=repeat,
        cell_mm=cell,
        seed=draw(st.integers(0, 2**40)),
        variant=draw(st.integers(0, 3)),
    )


def has_radial(record: Design) -> bool:
    """Return whether a paint is a radial gradient: seamless, but drawn for one tile alone."""
    paints = [
        paint
        for layer in record.layers
        for paint in (*getattr(layer, "paints", ()), getattr(layer, "paint", None))
    ]
    return any(isinstance(each, GradientPaint) and each.direction == "radial" for each in paints)
