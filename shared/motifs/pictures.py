"""Small SVG pictures of drawings in their own colours; text only, so that the web half has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.files import UNITS
from shared.motifs.library import LibraryDrawing, MotifLibrary, MotifNotFound

__all__ = [
    "OWN_PICTURES",
    "OWN_UNITS",
    "PictureShape",
    "drawing_svg",
    "motif_svg",
    "own_svg",
]

OWN_PICTURES = Path(__file__).parent / "pictures.json"
"""Pictures of the own motifs, which `make pictures` writes."""
OWN_UNITS = 1000
"""Units of a picture of an own motif in its larger side."""
_EVEN_ODD, _FLAT_ENDS = 1, 2


class PictureShape(NamedTuple):
    """A shape of a picture."""

    colour: str
    data: str
    """Path data."""
    width: int
    """Line width; 0: filled."""
    flags: int = 0
    """1: filled by the even-odd rule; 2: a line whose ends are flat."""


def motif_svg(name: str, library: MotifLibrary, size_px: int) -> str:
    """Return a picture of a motif as a square SVG document.

    Args:
        name: id of a subject (own:fox, lemon), or the name of a drawing as a record has it
            (fluent:lemon@1.2.6).

    Raises:
        MotifNotFound: there is no such motif, or its set is not installed.
    """
    set_name, _, rest = name.partition(":")
    if set_name == OWN_SET:
        return own_svg(rest.partition("@")[0], size_px)
    if "@" in name:
        return drawing_svg(library.drawing(name), size_px)
    drawings = library.drawings_of(name)
    if not drawings:
        raise MotifNotFound(name)
    whole = [each for each in drawings if not each.head] or drawings
    return drawing_svg(next((each for each in whole if each.style == "flat"), whole[0]), size_px)


def own_svg(name: str, size_px: int) -> str:
    """Return a picture of one of Codesigner's own motifs.

    Raises:
        MotifNotFound: there is no motif of that name.
    """
    if name not in own_motifs():
        raise MotifNotFound(f"{OWN_SET}:{name}")
    paths = "".join(_path(shape) for shape in _own_pictures().get(name, ()))
    return _document(paths, OWN_UNITS, size_px)


def drawing_svg(drawing: LibraryDrawing, size_px: int) -> str:
    """Return a drawing of the library in its own colours."""
    paths = "".join(
        f'<path fill="{drawing.colours[slot].hex}" d="{data}"/>' for slot, data in drawing.shapes
    )
    return _document(paths, UNITS, size_px)


def _document(paths: str, units: int, size_px: int) -> str:
    half = units * 51 // 100
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_px}" height="{size_px}" '
        f'viewBox="{-half} {-half} {2 * half} {2 * half}">{paths}</svg>'
    )


def _path(shape: PictureShape) -> str:
    if not shape.width:
        rule = ' fill-rule="evenodd"' if shape.flags & _EVEN_ODD else ""
        return f'<path fill="{shape.colour}"{rule} d="{shape.data}"/>'
    ends = "" if shape.flags & _FLAT_ENDS else ' stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<path fill="none" stroke="{shape.colour}" stroke-width="{shape.width}"{ends} '
        f'd="{shape.data}"/>'
    )


@lru_cache(maxsize=1)
def _own_pictures() -> Mapping[str, list[PictureShape]]:
    pictures = json.loads(OWN_PICTURES.read_text("ascii"))
    return {name: [PictureShape(*shape) for shape in shapes] for name, shapes in pictures.items()}
