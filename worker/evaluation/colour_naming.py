"""Does the captioner name a picture's main colour first?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.parser import understand
from shared.image_formats import PICTURE_FORMATS
from worker.corpus import compose, render_masks
from worker.evaluation.briefs import Brief
from worker.evaluation.metrics import is_main_colour
from worker.evaluation.report import Row
from worker.execution.contracts import Models
from worker.imaging.colour import lab_from_rgb
from worker.imaging.palette import palette_of

__all__ = ["Named", "photograph_row", "photographs", "tile_row"]

_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
_LARGEST_PX = 512


class Named:
    """What was said of pictures, with the seconds that it took."""

    def __init__(self) -> None:
        self.right: list[bool] = []
        self.missed: list[str] = []
        self.seconds: list[float] = []

    @property
    def share(self) -> float | None:
        """Share of pictures whose main colour was named first; None: there were none."""
        return float(np.mean(self.right)) if self.right else None


def photographs(folder: Path, most: int = 50) -> Iterator[tuple[str, Image.Image]]:
    """Read a folder's photographs, the first by name, made to be no larger than 512 px."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    for path in paths[:most]:
        with Image.open(path, formats=PICTURE_FORMATS) as picture:
            picture.draft("RGB", (_LARGEST_PX, _LARGEST_PX))
            small = _opaque(picture)
        small.thumbnail((_LARGEST_PX, _LARGEST_PX))
        yield path.name, small


def _opaque(picture: Image.Image) -> Image.Image:
    """Give a picture as RGB; what is cut out of its surroundings is cropped and put on white."""
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    thing = picture.convert("RGBA")
    thing = thing.crop(thing.getchannel("A").getbbox())
    paper = Image.new("RGBA", thing.size, "white")
    return Image.alpha_composite(paper, thing).convert("RGB")


def tile_row(models: Models, chosen: Sequence[Brief], size_px: int) -> tuple[Row, Named]:
    """Look at held-out tiles; what is their main colour is known from the design."""
    named = Named()
    for brief in chosen:
        masks = render_masks(brief.spec, size_px)
        picture = Image.fromarray(compose(masks, brief.spec.palette))
        first = _first_colour(models, picture, brief.language, named)
        known = (
            lab_from_rgb(np.array(brief.spec.palette, np.float64)),
            masks.mean(axis=(1, 2), dtype=np.float64),
        )
        named.right.append(bool(first) and is_main_colour(first, known))
        if not named.right[-1]:
            named.missed.append(f"{brief.spec.pattern} {brief.spec.colours}: {first or 'none'}")
    row = Row(name="first_colour", what="caption's first colour is the main one, held-out tiles",
              value=named.share, goal=0.95, at_least=True, unit="%")  # fmt: skip
    return row, named


def photograph_row(models: Models, folder: Path | None) -> tuple[Row, Named]:
    """Look at real photographs; their main colour is the largest of the palette by k-means."""
    named = Named()
    for index, (name, picture) in enumerate(photographs(folder) if folder else ()):
        first = _first_colour(models, picture, ("en", "zh")[index % 2], named)
        named.right.append(bool(first) and is_main_colour(first, palette_of(picture)))
        if not named.right[-1]:
            named.missed.append(f"{name}: {first or 'none'}")
    note = f"{len(named.right)} photographs" if named.right else "--photographs was not given"
    row = Row(name="first_colour_photographs", what="the same, photographs", value=named.share,
              goal=0.85, at_least=True, unit="%", note=note)  # fmt: skip
    return row, named


def _first_colour(models: Models, picture: Image.Image, language: str, named: Named) -> str:
    """Describe a picture without a brief; give the first colour named, as a key."""
    began = time.perf_counter()
    seen = models.vision.embed([picture])
    (text,) = models.captioner.describe(seen, [picture], [language], [""])
    named.seconds.append(time.perf_counter() - began)
    colours = understand(text).colours
    return colours[0] if colours else ""
