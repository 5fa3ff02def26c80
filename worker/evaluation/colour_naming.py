"""Measures whether the captioner names a picture's main colour first."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from shared.briefs.parser import parse_brief
from shared.image_formats import PICTURE_FORMATS
from worker.corpus import compose, render_masks
from worker.evaluation.briefs import Brief
from worker.evaluation.metrics import is_main_colour
from worker.evaluation.report import Row
from worker.execution.contracts import Models
from worker.imaging.colour import lab_from_rgb
from worker.imaging.palette import palette_of

__all__ = ["NamingResult", "photograph_row", "photographs", "tile_row"]

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
_MAX_PX = 512


class NamingResult:
    """Results of describing pictures, with run times."""

    def __init__(self) -> None:
        self.correct: list[bool] = []
        self.missed: list[str] = []
        self.seconds: list[float] = []

    @property
    def share(self) -> float | None:
        """Share of pictures whose main colour was named first; None: no pictures."""
        return float(np.mean(self.correct)) if self.correct else None


def photographs(folder: Path, limit: int = 50) -> Iterator[tuple[str, Image.Image]]:
    """Yield a folder's first photographs by name, downscaled to at most 512 px."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    for path in paths[:limit]:
        with Image.open(path, formats=PICTURE_FORMATS) as picture:
            picture.draft("RGB", (_MAX_PX, _MAX_PX))
            small = _opaque(picture)
        small.thumbnail((_MAX_PX, _MAX_PX))
        yield path.name, small


def _opaque(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB; a transparent one is cropped and composited on white."""
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    cutout = picture.convert("RGBA")
    cutout = cutout.crop(cutout.getchannel("A").getbbox())
    background = Image.new("RGBA", cutout.size, "white")
    return Image.alpha_composite(background, cutout).convert("RGB")


def tile_row(models: Models, briefs: Sequence[Brief], size_px: int) -> tuple[Row, NamingResult]:
    """Measure held-out tiles, whose main colour is known from the design."""
    result = NamingResult()
    for brief in briefs:
        masks = render_masks(brief.spec, size_px)
        picture = Image.fromarray(compose(masks, brief.spec.palette))
        colour = _first_named_colour(models, picture, brief.language, result)
        true_palette = (
            lab_from_rgb(np.array(brief.spec.palette, np.float64)),
            masks.mean(axis=(1, 2), dtype=np.float64),
        )
        result.correct.append(bool(colour) and is_main_colour(colour, true_palette))
        if not result.correct[-1]:
            result.missed.append(f"{brief.spec.pattern} {brief.spec.colours}: {colour or 'none'}")
    row = Row(name="first_colour", what="caption's first colour is the main one, held-out tiles",
              value=result.share, goal=0.95, at_least=True, unit="%")  # fmt: skip
    return row, result


def photograph_row(models: Models, folder: Path | None) -> tuple[Row, NamingResult]:
    """Measure photographs, whose main colour is the largest k-means cluster."""
    result = NamingResult()
    for index, (name, picture) in enumerate(photographs(folder) if folder else ()):
        colour = _first_named_colour(models, picture, ("en", "zh")[index % 2], result)
        result.correct.append(bool(colour) and is_main_colour(colour, palette_of(picture)))
        if not result.correct[-1]:
            result.missed.append(f"{name}: {colour or 'none'}")
    note = f"{len(result.correct)} photographs" if result.correct else "--photographs was not given"
    row = Row(name="first_colour_photographs", what="the same, photographs", value=result.share,
              goal=0.85, at_least=True, unit="%", note=note)  # fmt: skip
    return row, result


def _first_named_colour(
    models: Models, picture: Image.Image, language: str, result: NamingResult
) -> str:
    """Describe a picture without a brief; return the first colour named, or an empty string."""
    start_time = time.perf_counter()
    features = models.vision.embed([picture])
    (text,) = models.captioner.describe(features, [picture], [language], [""])
    result.seconds.append(time.perf_counter() - start_time)
    colours = parse_brief(text).colours
    return colours[0] if colours else ""
