"""Writes the pictures of the own motifs: the file that the web half shows, and a contact sheet.

Run: make pictures
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from shared.motifs.catalog import own_motifs
from shared.motifs.pictures import OWN_PICTURES, own_svg
from worker.drawing.motifs.pictures import own_pictures_json
from worker.drawing.raster import rasterise

_SHEET = Path(__file__).parents[1] / "docs" / "pictures" / "own-motifs.jpg"
_COLUMNS, _SIDE_PX, _LABEL_PX, _GAP_PX = 12, 104, 18, 10
_GROUND, _INK = "#FBF8F1", "#333333"


def contact_sheet() -> Image.Image:
    """Return a picture of all own motifs with their names, by category and name."""
    names = sorted(own_motifs(), key=lambda name: (own_motifs()[name].category, name))
    rows = -(-len(names) // _COLUMNS)
    step_x, step_y = _SIDE_PX + _GAP_PX, _SIDE_PX + _LABEL_PX + _GAP_PX
    sheet = Image.new("RGBA", (_COLUMNS * step_x + _GAP_PX, rows * step_y + _GAP_PX), _GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for index, name in enumerate(names):
        x, y = index % _COLUMNS * step_x + _GAP_PX, index // _COLUMNS * step_y + _GAP_PX
        # The rasteriser's colours are premultiplied.
        drawn = Image.fromarray(rasterise(own_svg(name, _SIDE_PX)), "RGBa").convert("RGBA")
        sheet.alpha_composite(drawn, (x, y))
        label = own_motifs()[name].english[0]
        pen.text((x + _SIDE_PX / 2, y + _SIDE_PX + 3), label, fill=_INK, font=font, anchor="ma")
    return sheet.convert("RGB")


def main() -> int:
    """Write both files."""
    OWN_PICTURES.write_text(own_pictures_json(), "ascii")
    contact_sheet().save(_SHEET, quality=82, optimize=True, progressive=True)
    for path in (OWN_PICTURES, _SHEET):
        print(f"{path}: {len(own_motifs())} motifs, {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
