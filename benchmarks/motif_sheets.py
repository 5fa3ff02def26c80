"""Draws contact sheets of the motif library: a row for each subject, a column for each set.

Run: python -m benchmarks.motif_sheets OUT [--library FOLDER] [--sets fluent,noto] [--subjects a,b]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from shared.motifs.curation import motif_sets
from shared.motifs.files import default_folder
from shared.motifs.library import MotifLibrary
from shared.motifs.pictures import drawing_svg
from worker.drawing.raster import rasterise

_CELL, _NAME, _ROWS = 74, 120, 20


def sheets(library: MotifLibrary, subjects: Sequence[str], sets: Sequence[str], out: Path) -> None:
    """Write sheets of subjects, two columns of rows each."""
    per_sheet = 2 * _ROWS
    width = _NAME + _CELL * len(sets)
    font = ImageFont.load_default(12)
    for number, start in enumerate(range(0, len(subjects), per_sheet)):
        sheet = Image.new("RGB", (2 * width, _ROWS * _CELL), "white")
        draw = ImageDraw.Draw(sheet)
        for index, subject in enumerate(subjects[start : start + per_sheet]):
            x, y = index // _ROWS * width, index % _ROWS * _CELL
            draw.text((x + 4, y + 30), subject[:20], fill="black", font=font)
            for each in library.drawings_of(subject):
                if each.set in sets:
                    size = _CELL - 8
                    pixels = rasterise(drawing_svg(each, size))
                    tile = Image.fromarray(pixels, "RGBA")
                    place = (x + _NAME + sets.index(each.set) * _CELL + 4, y + 4)
                    sheet.paste(tile.convert("RGB"), place, tile.getchannel("A"))
        path = out / f"sheet-{number:02d}.png"
        sheet.save(path)
        print(path, subjects[start], "to", subjects[min(start + per_sheet, len(subjects)) - 1])


def main() -> None:
    """Draw sheets of all subjects or of some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--library", type=Path, default=default_folder(None))
    parser.add_argument("--sets", default=",".join(motif_sets()))
    parser.add_argument("--subjects", default="")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    sets = given.sets.split(",")
    library = MotifLibrary(given.library, tuple(motif_sets()))
    drawn = sorted(
        {subject for name in library.sets if name in sets for subject in library.subjects_of(name)}
    )
    chosen = [name for name in given.subjects.split(",") if name] or drawn
    sheets(library, chosen, [name for name in sets if name in library.sets], given.out)


if __name__ == "__main__":
    main()
