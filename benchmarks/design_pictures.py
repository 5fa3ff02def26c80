"""Draws the pictures of docs/design.md: every family, every kind of layer, every parameter.

Run: make pictures
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from shared.designs.parsing import read_design
from shared.designs.record import Design
from worker.drawing.families import FAMILIES
from worker.drawing.raster import draw_pixels

_FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
_COLOURS = ("#F3ECDF", "#1F3A5F", "#D98E3A", "#B5473C", "#5E7F67")
_ROLES = ("ground", "hero", "secondary", "filler", "line")
_SIDE_PX = 220
_LABEL_PX = 20
_GAP_PX = 8

Picture = NDArray[np.uint8]
Panel = tuple[str, Picture]


def _design(layers: Sequence[Mapping[str, Any]], **record: Any) -> Design:
    palette = [
        {"id": f"p{index + 1}", "hex": colour, "role": role, "from": "chosen"}
        for index, (colour, role) in enumerate(zip(_COLOURS, _ROLES, strict=True))
    ]
    return read_design(
        {"version": 1, "seed": 5, "palette": palette, "layers": list(layers)} | record
    )


def _family(name: str, accents: int = 3, **changes: Any) -> dict[str, Any]:
    family = FAMILIES[name]
    paints = [{"palette": f"p{index + 1}"} for index in range(accents + 1)]
    layer = {"id": "l1", "kind": "family", "family": family.drawing, "paints": paints}
    return layer | {"scale_mm": round(80 / family.repeats[1], 2)} | changes


def _picture(design: Design, files: Mapping[str, bytes] | None = None) -> Picture:
    """Draw a square that shows the design at 80 mm, white where it does not repeat."""
    longer = max(design.tile_mm)
    tile = draw_pixels(design, round(_SIDE_PX * longer / 80), (files or {}).__getitem__)
    alpha = tile[..., 3:] / 255
    shown = np.rint(tile[..., :3] * alpha + _checkered(*tile.shape[:2]) * (1 - alpha))
    wraps = (design.repeat not in ("border", "none"), design.repeat != "none")
    for axis, (side, wrap) in enumerate(zip(tile.shape[:2], wraps, strict=True)):
        if wrap:
            shown = shown.take(np.arange(_SIDE_PX) % side, axis)
    framed = np.full((_SIDE_PX, _SIDE_PX, 3), 255, np.uint8)
    framed[: shown.shape[0], : shown.shape[1]] = shown[:_SIDE_PX, :_SIDE_PX]
    return framed


def _checkered(height: int, width: int) -> NDArray[np.float64]:
    """Return the squares that stand for transparency, (H, W, 1)."""
    rows, columns = np.arange(height)[:, None] // 8, np.arange(width) // 8
    return np.where((rows + columns) % 2, 255.0, 225.0)[..., None]


def _save(name: str, panels: Sequence[Panel], columns: int, scale: float = 1.0) -> None:
    rows = -(-len(panels) // columns)
    step_x, step_y = _SIDE_PX + _GAP_PX, _SIDE_PX + _LABEL_PX + _GAP_PX
    sheet = Image.new("RGB", (columns * step_x - _GAP_PX, rows * step_y - _GAP_PX), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for index, (label, picture) in enumerate(panels):
        x, y = index % columns * step_x, index // columns * step_y
        sheet.paste(Image.fromarray(picture), (x, y))
        pen.text((x, y + _SIDE_PX + 2), label, fill="#333333", font=font)
    sheet = sheet.resize((round(sheet.width * scale), round(sheet.height * scale)))
    path = _FOLDER / name
    sheet.save(path, quality=80, optimize=True, progressive=True)
    print(f"{path}: {len(panels)} pictures, {path.stat().st_size / 1000:.0f} kB")


def _families() -> list[Panel]:
    return [
        (f"{name}: {form}", _picture(_design([_family(name, form=form)])))
        for name, family in FAMILIES.items()
        for form in family.forms
    ]


def _element(number: int, x: float, y: float, size: float, **changes: Any) -> dict[str, Any]:
    place = {"id": f"e{number}", "x_mm": x, "y_mm": y, "size_mm": size}
    return {"motif": "own:acorn@1", "paints": ["p3", "p2", "p4"]} | place | changes


def _tossed() -> dict[str, Any]:
    """Return a layer of motifs, some of them over the edges of a cell of 40 by 40 mm."""
    twig = {"motif": "own:larch-twig@1", "paints": ["p5", "p4"]}
    elements = [
        _element(0, 2, 11, 20, turn=30),
        _element(1, 22, 19, 20, turn=-40, **twig),
        _element(2, 31, 36, 13, turn=200, flip=True, view=1),
        _element(3, 11, 33, 15, turn=100, **twig),
        _element(4, 34, 13, 9, view=2),
    ]
    return {"id": "motifs", "kind": "motifs", "elements": elements}


_GROUND = {"id": "ground", "kind": "colour", "paint": {"palette": "p1"}}
_FIELD = {
    "id": "field",
    "kind": "field",
    "release": "base",
    "separations": ["a" * 64, "b" * 64],
    "paints": ["p2", "p1"],
}
_IMAGE = {"id": "image", "kind": "image", "sha256": "c" * 64}


def _files() -> Mapping[str, bytes]:
    """Return two separations and a picture, seamless, by their sha256."""
    ramp = np.linspace(0, 1, 128, endpoint=False)
    field = (np.sin(2 * np.pi * (ramp + 0.2 * np.sin(4 * np.pi * ramp)[:, None])) + 1) / 2
    shares = [np.rint(255 * share).astype(np.uint8) for share in (field, 1 - field)]
    down, across = np.meshgrid(ramp, ramp, indexing="ij")
    hill = np.exp(-(((across - 0.45) / 0.18) ** 2 + ((down - 0.4 - across / 4) / 0.12) ** 2))
    photo = np.stack([235 - 130 * hill, 225 - 60 * hill, 200 - 120 * hill**2], -1).astype(np.uint8)
    return {"a" * 64: _png(shares[0]), "b" * 64: _png(shares[1]), "c" * 64: _png(photo)}


def _layers() -> list[Panel]:
    files = _files()
    transparent = [None, {"palette": "p4"}]
    gradient = {"gradient": ["p2", "p3"], "direction": "diagonal"}
    small = {"cell_mm": [40, 40]}
    return [
        ("colour", _picture(_design([_GROUND]))),
        ("colour, a gradient", _picture(_design([_GROUND | {"paint": gradient}]))),
        ("family", _picture(_design([_family("dots")]))),
        ("family without ground, over a family", _picture(_design([
            _family("checks", 0, id="l0", paints=[{"palette": "p1"}, {"palette": "p5"}]),
            _family("dots", paints=[None, {"palette": "p2"}, {"palette": "p4"}]),
        ]))),
        ("family on nothing", _picture(_design([_family("dots", 1, paints=transparent)]))),
        ("motifs", _picture(_design([_GROUND, _tossed()], **small))),
        ("motifs on nothing", _picture(_design([_tossed()], **small))),
        ("motifs over a family", _picture(_design([
            _family("stripes", paints=[{"palette": "p1"}, {"palette": "p5"}], opacity=0.3,
                    scale_mm=10),
            _tossed(),
        ], **small))),
        ("field", _picture(_design([_FIELD]), files)),
        ("image", _picture(_design([_IMAGE]), files)),
        ("image, fit cover, cell 80 x 30 mm",
         _picture(_design([_IMAGE | {"fit": "cover"}], cell_mm=[80, 30]), files)),
        ("opacity 0.4", _picture(_design([_GROUND, _family("dots", id="l2", opacity=0.4)]))),
    ]  # fmt: skip


def _repeats() -> list[Panel]:
    """Return panels of each repeat: of cells of 40 by 40 mm."""
    panels: list[Panel] = []
    for repeat in ("straight", "half-drop", "half-brick", "mirror", "border", "none"):
        fade = {"gradient": ["p1", "p3"], "direction": "vertical"}
        kinds = {
            "motifs": [_GROUND, _tossed()],
            "family, turn 30": [_family("waves", turn=30)],
            "field": [_FIELD],
            "image": [_IMAGE],
            "vertical gradient": [_GROUND | {"paint": fade}],
            "diagonal gradient": [_GROUND | {"paint": fade | {"direction": "diagonal"}}],
        }
        for kind, layers in kinds.items():
            design = _design(layers, repeat=repeat, cell_mm=[40, 40])
            panels.append((f"{repeat}: {kind}", _picture(design, _files())))
    return panels


def _elements() -> list[Panel]:
    """Return panels of the parameters of an element, in a cell of 40 by 40 mm."""
    changes: Sequence[Mapping[str, Any]] = (
        {}, {"size_mm": 14}, {"turn": 45}, {"flip": True, "turn": 45}, {"view": 1}, {"view": 2},
        {"paints": ["p4", "p5", "p1"]}, {"x_mm": 0, "y_mm": 0},
    )  # fmt: skip
    panels = []
    for change in changes:
        layer = {"id": "l1", "kind": "motifs", "elements": [_element(0, 20, 20, 28) | change]}
        label = ", ".join(f"{key} {value}" for key, value in change.items())
        picture = _picture(_design([_GROUND, layer], cell_mm=[40, 40]))
        panels.append((label.replace("'", "") or "an element of 28 mm", picture))
    return panels


def _parameters() -> list[Panel]:
    def waves(**changes: Any) -> Picture:
        return _picture(_design([_family("waves", **changes)]))

    panels = [(f"scale_mm {value:g}", waves(scale_mm=value)) for value in (6, 10, 20)]
    panels += [(f"density {value:g}", _picture(_design([_family("dots", density=value)])))
               for value in (0, 0.5, 1)]  # fmt: skip
    panels += [(f"line_weight {value:g}", waves(line_weight=value)) for value in (0, 0.5, 1)]
    panels += [(f"turn {value:g}", waves(turn=value)) for value in (18.4, 45, 90)]
    panels += [
        (f"shares {shares}", _picture(_design([_family("dots", shares=shares)])))
        for shares in ([0.8, 0.1, 0.1], [0.34, 0.33, 0.33], [0, 0, 1])
    ]
    for direction in ("vertical", "horizontal", "diagonal", "radial"):
        paint = {"gradient": ["p2", "p3"], "direction": direction}
        paints = [{"palette": "p1"}, paint]
        panels.append(
            (f"gradient, {direction}", _picture(_design([_family("dots", paints=paints)])))
        )
    return panels + _elements()


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def main() -> int:
    """Write the pictures into docs/pictures."""
    _save("design-families.jpg", _families(), 10, scale=0.62)
    _save("design-layers.jpg", _layers(), 4)
    _save("design-repeats.jpg", _repeats(), 6)
    _save("design-parameters.jpg", _parameters(), 6)
    return 0


if __name__ == "__main__":
    sys.exit(main())
