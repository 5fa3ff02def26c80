"""Draws the README's pictures and docs/gallery.md from forty-one briefs, without selection.

Run: python -m benchmarks.gallery
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.gallery_briefs import BRIEFS, CHANGES, IN_README, NOTES, THINGS
from shared.briefs.parser import parse_brief
from shared.briefs.vocabulary import PRODUCTS as NAMES
from shared.designs.edits.said import read_said
from shared.motifs.names import motif_names
from worker.drawing.raster import draw_pixels
from worker.edits.apply import apply_edit
from worker.evaluation.stages import Asked, Drawing, draw, load_bundled_models, run_until_fusion
from worker.execution.contracts import Models
from worker.models.weight_locator import bundled_folder
from worker.present.look import look_of
from worker.present.products.catalog import PRODUCTS
from worker.stages.generate import build_draft_requests

_TILE_PX = 160
_SKETCH_PX = (256, 320)
_SHOWN_PX = (256, 320)
"""Size of a product in the README's picture."""
_EDIT_PX = 300
_ROWS_A_PICTURE = 7

_ABOUT = (
    "Twenty-one briefs for patterns, the owner's example first, and twenty that name things, with",
    "the models that ship, four variants each, as they came out: the first variant on the product,",
    "then the four tiles (each shown twice, one above the other). The seed is the number less one;",
    "no brief was drawn again for a better picture. Below each brief stands the description that",
    "the language model wrote, and in italics what is not as asked, or weak.",
    "`python -m benchmarks.gallery` draws all of it.",
)
_ABOUT_THINGS = (
    "Things and colours come from the brief itself. The language model does not know things: of",
    "most it describes a pattern that is not drawn, such as zebra stripes for dinosaurs. Numbers",
    "36 to 41 name families of patterns.",
)

Picture = NDArray[np.uint8]


def _sketch(text: str, tile: Picture, size: tuple[int, int]) -> Picture:
    understood = parse_brief(text)
    look = look_of(understood, understood.product or next(iter(NAMES)))
    return np.asarray(PRODUCTS[look.product](tile, look, size))


def _twice(tile: Picture, width: int) -> Picture:
    """Return a tile shown twice, one above the other, (2 * width, width, 3)."""
    shown = Image.fromarray(np.tile(tile, (2, 1, 1)))
    return np.asarray(shown.resize((width, 2 * width), Image.Resampling.LANCZOS))


def _row(text: str, drawn: Drawing) -> Picture:
    """Return one brief's panel: the first variant on the product and the four tiles."""
    tiles = [_twice(tile, _TILE_PX) for tile in drawn.tiles]
    return np.concatenate([_sketch(text, drawn.tiles[0], _SKETCH_PX), *tiles], axis=1)


def _save(path: Path, picture: Picture, quality: int = 80) -> None:
    Image.fromarray(picture).save(path, quality=quality, optimize=True, progressive=True)


def _numbered(picture: Picture, number: int) -> Picture:
    """Return a picture with a number in its upper left corner."""
    image = Image.fromarray(picture)
    font = ImageFont.load_default(24)
    ImageDraw.Draw(image).text((10, 6), str(number), fill="#333333", font=font)
    return np.asarray(image)


def _section(
    docs: Path, name: str, numbers: range, made: Sequence[tuple[str, Drawing]]
) -> list[str]:
    """Write a picture of seven briefs at most; return the text for it."""
    rows = [_row(*made[number]) for number in numbers]
    _save(docs / "pictures" / name, np.concatenate(rows), quality=72)
    lines = []
    for number in numbers:
        text, drawn = made[number]
        note = f"  \n   *{NOTES[number + 1]}*" if number + 1 in NOTES else ""
        lines.append(f"{number + 1}. {text}  \n   {drawn.description}{note}")
    shown = f"![Briefs {numbers[0] + 1} to {numbers[-1] + 1}](pictures/{name})"
    return [*lines, "", shown, ""]


def _write_gallery(docs: Path, made: Sequence[tuple[str, Drawing]]) -> None:
    lines = ["# Gallery", "", *_ABOUT, "", "## Patterns", ""]
    for start in range(0, len(made), _ROWS_A_PICTURE):
        count = len(BRIEFS) if start < len(BRIEFS) else len(made)
        numbers = range(start, min(start + _ROWS_A_PICTURE, count))
        part = start // _ROWS_A_PICTURE + 1
        if start == len(BRIEFS):
            lines += ["## Briefs that name things", "", *_ABOUT_THINGS, ""]
        lines += _section(docs, f"gallery-{part}.jpg", numbers, made)
        if start < len(BRIEFS):
            before = f"![Before](pictures/gallery-before-{part}.jpg)"
            lines += ["The same before 0.4, drawn by the network:", "", before, ""]
    (docs / "gallery.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _write_designs(path: Path, made: Sequence[tuple[str, Drawing]]) -> None:
    """Write the README's first picture: designs on products and as tiles, in two rows."""
    panels = []
    for number, brief in enumerate(IN_README):
        text, drawn = made[brief - 1]
        product = _numbered(_sketch(text, drawn.tiles[0], _SHOWN_PX), number + 1)
        panels += [product, _twice(drawn.tiles[0], _SHOWN_PX[1] // 2)]
    rows = [np.concatenate(half, axis=1) for half in (panels[:8], panels[8:])]
    _save(path, np.concatenate(rows))


def _write_edits(path: Path, models: Models) -> None:
    """Write a picture of designs before and after they were changed by saying it."""
    panels = []
    for number, said in CHANGES:
        text = (*BRIEFS, *THINGS)[number - 1]
        request = Asked(text=text, seed=number - 1, variants=4, size_px=_EDIT_PX)
        call, _ = run_until_fusion(models, request)
        draft = models.generator.draft(build_draft_requests(call)[0], 0)
        edit = read_said(said, draft.design, motif_names())
        edited = apply_edit(draft.design, edit, draft.get)
        files = {sha256(each).hexdigest(): each for each in (*draft.files, *edited.files)}
        for design, gap_px in ((draft.design, 4), (edited.design, 20)):
            panels.append(draw_pixels(design, _EDIT_PX, files.__getitem__)[..., :3])
            panels.append(np.full((_EDIT_PX, gap_px, 3), 255, np.uint8))
    _save(path, np.concatenate(panels[:-1], axis=1))


def main(docs: Path) -> None:
    """Write gallery.md and pictures/gallery-*.jpg, designs.jpg and edits.jpg."""
    models = load_bundled_models(bundled_folder(), Path(".codesigner/cache"))
    made = [
        (text, draw(models, Asked(text=text, seed=seed, variants=4)))
        for seed, text in enumerate((*BRIEFS, *THINGS))
    ]
    _write_gallery(docs, made)
    _write_designs(docs / "pictures" / "designs.jpg", made)
    _write_edits(docs / "pictures" / "edits.jpg", models)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
