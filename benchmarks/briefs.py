"""Requests of the benchmarks: forty briefs in English and Chinese, and reference images.

Each request has a new seed, so that no result can be reused from earlier requests.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

from shared.image_formats import PICTURE_FORMATS

__all__ = ["BRIEFS", "PRODUCTS", "Asked", "asked", "references"]

PRODUCTS = 6
"""The first six briefs name each product once; the others need no further product scenes."""

BRIEFS = (
    "a phone case with overlapping waves in navy and gold",
    "马克杯，青海波，白色和钴蓝",
    "a T-shirt with small hearts in red on cream",
    "帆布袋：靛蓝与米白的海浪纹，细线条，疏朗",
    "notebook with damask in burgundy and rose",
    "海报：日落色调的抽象条纹，橙色、珊瑚色和紫色，柔和渐变",
    "手机壳：抽象几何图案，渐变色，蓝色和银色",
    "a mug with candy stripes, pink and mint",
    "T恤，细格子，灰色和浅蓝",
    "canvas tote bag, terrazzo in peach, sage and charcoal",
    "笔记本，青海波，深蓝和白色",
    "poster: topographic lines, forest green on ivory, fine",
    "honeycomb in amber and brown, dense, phone case",
    "马克杯：小雏菊，黄色和奶油色，深青底",
    "T-shirt with bold zigzags in black, white and red",
    "帆布包，波西米亚风格的伊卡特花纹，橙色和紫色",
    "Notebook in navy and gold, art-deco fans, fine lines, high contrast",
    "水墨云纹海报",
    "art deco scales, black and gold, for a phone case",
    "马克杯，波点，红色和白色，复古",
    "a T-shirt with tropical leaves, emerald and teal",
    "帆布袋，几何三角形，粉色和灰色，疏朗",
    "notebook, marble in grey and white with thin veins",
    "日落色的锯齿纹，海报",
    "phone case, houndstooth, black and cream, small scale",
    "马克杯，苏格兰格子，酒红和深绿",
    "playful confetti in coral, yellow and turquoise on a white T-shirt",
    "帆布包：樱花，粉色和白色，柔和",
    "herringbone notebook, beige and charcoal",
    "海报，同心圆，钴蓝和橙色，大尺度",
    "豹纹手机壳，驼色和黑色",
    "a cosy mug with mustard and cream flowers on deep teal",
    "T恤：闪电和星星，黄色和黑色，活泼",
    "canvas tote: stripes from teal to deep blue",
    "笔记本封面，墨绿色和米白色的叶子图案",
    "poster with brush strokes in black and vermilion, calm",
    "手机壳：大理石纹，黑色、白色，细线",
    "gingham mug, sky blue and white",
    "T恤，条纹，橄榄绿和棕色",
    "a canvas tote with paisley in turquoise and saffron",
)
_PHOTOGRAPH = Path(__file__).parents[1] / "codesigner" / "assets" / "coffee.jpg"
_PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "references.jpg"
_SIDE_PX = 384
_SEEDS = itertools.count(20_000)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, the same for every measured system."""

    brief: str
    seed: int
    reference: bytes | None
    """The reference as the web front end stores it: an upright RGB PNG."""
    variants: int = 4
    reference_strength: float = 0.6
    size: int = 256


def asked(count: int, *, reference: bool, variants: int = 4) -> list[Asked]:
    """Return requests with new seeds; briefs and references are cycled from the first."""
    pictures: Iterator[bytes | None] = itertools.repeat(None)
    if reference:
        pictures = itertools.cycle(references())
    briefs = itertools.islice(itertools.cycle(BRIEFS), count)
    return [
        Asked(brief=brief, seed=next(_SEEDS), reference=picture, variants=variants)
        for brief, picture in zip(briefs, pictures, strict=False)
    ]


@lru_cache(maxsize=1)
def references() -> tuple[bytes, ...]:
    """Return reference images: crops of a photograph and of the references in the docs."""
    return tuple(
        _png(part)
        for path in (_PHOTOGRAPH, _PICTURES)
        for part in _parts(Image.open(path, formats=PICTURE_FORMATS).convert("RGB"))
    )


def _parts(picture: Image.Image) -> list[Image.Image]:
    """Return four overlapping square crops of a picture, one per corner."""
    side = min(picture.size) * 2 // 3
    corners = itertools.product((0, picture.width - side), (0, picture.height - side))
    return [
        picture.crop((x, y, x + side, y + side)).resize((_SIDE_PX, _SIDE_PX)) for x, y in corners
    ]


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
