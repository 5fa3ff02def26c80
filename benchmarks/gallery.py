"""Generates the README's picture and docs/gallery.md from twenty-one briefs, without selection.

Run: python -m benchmarks.gallery
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.briefs.vocabulary import PRODUCTS as NAMES
from worker.evaluation.stages import Asked, Drawing, draw, load_bundled_models
from worker.models.weight_locator import bundled_folder
from worker.present.look import look_of
from worker.present.products.catalog import PRODUCTS

BRIEFS = (
    "手机壳。材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑",
    "a phone case with overlapping waves in navy and gold",
    "马克杯，青花，白色和钴蓝",
    "linen tote bag, terrazzo in peach, sage and charcoal",
    "水墨云纹海报",
    "a T-shirt with small hearts in red on cream",
    "笔记本，青海波，深蓝和白色",
    "art deco scales, black and gold, noir, for a phone case",
    "帆布包，波西米亚风格的伊卡特花纹，橙色和紫色",
    "poster: topographic lines, forest green on ivory, fine",
    "a mug with candy stripes, pink and mint",
    "T恤，细格子，灰色和浅蓝",
    "honeycomb in amber and brown, dense, phone case",
    "手机壳：大理石纹，黑色、白色，细线",
    "notebook with damask in burgundy and rose",
    "ocean gradient from teal to deep blue, poster",
    "豹纹手机壳，驼色和黑色",
    "playful confetti in coral, yellow and turquoise on white, tote",
    "herringbone, beige and charcoal, mug",
    "日落色的锯齿纹，海报",
    "something calm for my grandmother's notebook",
)
_TILE_PX = 160
_SKETCH_PX = (256, 320)
_ROWS_A_PICTURE = 7
_IN_README = (0, 1, 2, 3, 6, 16)


def _sketch(text: str, tile: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    understood = parse_brief(text)
    look = look_of(understood, understood.product or next(iter(NAMES)))
    drawn = PRODUCTS[look.product](tile.astype(np.float32) / 255, look, size)
    return np.rint(drawn * 255).astype(np.uint8)


def _row(text: str, drawn: Drawing) -> NDArray[np.uint8]:
    """Return one brief's panel (2:1): the first variant's sketch and the four tiles."""
    height = _SKETCH_PX[1]
    tiles = [
        np.asarray(Image.fromarray(np.tile(tile, (2, 1, 1))).resize((_TILE_PX, height)))
        for tile in drawn.tiles
    ]
    return np.concatenate([_sketch(text, drawn.tiles[0], _SKETCH_PX), *tiles], axis=1)


def main(docs: Path) -> None:
    """Write pictures/gallery-*.jpg, pictures/designs.jpg and gallery.md."""
    models = load_bundled_models(bundled_folder(), Path(".codesigner/cache"))
    drawings = [
        draw(models, Asked(text=text, seed=seed, variants=4)) for seed, text in enumerate(BRIEFS)
    ]
    lines = [
        "# Gallery", "",
        "The owner's example and twenty other briefs with the models that ship, four variants",
        "each, seeds 0 to 20, as they came out: the first variant on the product, then the four",
        "tiles (each shown twice, one above the other). `python -m benchmarks.gallery` draws them.",
        "",
    ]  # fmt: skip
    for start in range(0, len(BRIEFS), _ROWS_A_PICTURE):
        part = range(start, min(start + _ROWS_A_PICTURE, len(BRIEFS)))
        name = f"gallery-{start // _ROWS_A_PICTURE + 1}.jpg"
        rows = [_row(BRIEFS[i], drawings[i]) for i in part]
        Image.fromarray(np.concatenate(rows)).save(docs / "pictures" / name, quality=86)
        lines += [f"{i + 1}. {BRIEFS[i]}  \n   {drawings[i].description}" for i in part]
        numbers = f"{part[0] + 1} to {part[-1] + 1}"
        before = name.replace("gallery", "gallery-before")
        lines += ["", f"![Briefs {numbers}](pictures/{name})", ""]
        lines += [f"The same before 0.4, drawn by the network:\n\n![Before](pictures/{before})", ""]
    (docs / "gallery.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    shown = [_sketch(BRIEFS[i], drawings[i].tiles[0], (288, 360)) for i in _IN_README]
    Image.fromarray(np.concatenate(shown, axis=1)).save(docs / "pictures/designs.jpg", quality=88)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
