"""Present stage: renders each variant's tile on the product, as a sketch and small copies."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import Reporter, ignore_progress, portion
from worker.imaging.jpeg import write_jpeg
from worker.imaging.metadata import PictureMetadata
from worker.models.cpu_threads import in_threads
from worker.present.look import Look, look_of
from worker.present.printing import Pixels
from worker.present.products.catalog import PRODUCTS
from worker.stages.thumbnail import preview, reduced, thumbnail

__all__ = [
    "SKETCH_SIZE",
    "THUMBNAIL_SIZE",
    "BadTile",
    "read_tile",
    "render_variant",
    "run",
    "squared",
]

SKETCH_SIZE = (768, 960)
"""Width and height of a sketch, px."""
THUMBNAIL_SIZE = (320, 400)
_MIN_TILE_PX = 8
_MAX_COPIES = 4


class BadTile(ValueError):
    """A variant's tile is missing or is not a usable picture."""


def run(
    calls: Sequence[StageCall], models: Models, on_progress: Reporter = ignore_progress
) -> list[StageResult]:
    """Render each job's variants on its product; uses no model.

    Each variant is published as soon as it and those before it are rendered.

    Raises:
        BadTile: a job lacks a tile, or one cannot be read.
    """
    del models
    results = []
    for number, call in enumerate(calls):
        part = portion(on_progress, number, len(calls))
        look = look_of(call.understood, call.options.product)
        files: list[StageArtifact] = []
        for variant, rendered in enumerate(_variants(call, look)):
            on_progress.publish(call.job_id, rendered)
            files += rendered
            part((variant + 1) / call.options.variants)
        description = _describe(call, look)
        results.append(
            StageResult(
                output=json.dumps(description, sort_keys=True).encode(),
                media_type="application/json",
                artifacts=tuple(files),
                details=description,
            )
        )
    return results


def _variants(call: StageCall, look: Look) -> Iterator[Sequence[StageArtifact]]:
    """Yield the files of each variant, in order."""

    def render(variant: int) -> Sequence[StageArtifact]:
        return render_variant(call, look, variant, call.artifacts.get(("tile", variant)))

    return in_threads(render, range(call.options.variants))


def render_variant(
    call: StageCall, look: Look, variant: int, tile_png: bytes | None
) -> tuple[StageArtifact, StageArtifact, StageArtifact]:
    """Return the sketch, the thumbnail and the preview of one variant.

    Raises:
        BadTile: as `read_tile`.
    """
    tile = squared(read_tile(tile_png, variant))
    picture = PRODUCTS[look.product](tile, look, SKETCH_SIZE)
    metadata = PictureMetadata(
        brief=call.brief, seed=call.options.seed, variant=variant, job_url=call.job_url
    )
    width, height = picture.size
    sketch = StageArtifact(
        kind="sketch",
        variant=variant,
        content=write_jpeg(picture, metadata),
        media_type="image/jpeg",
        width=width,
        height=height,
    )
    shown = reduced(picture)
    return sketch, thumbnail(shown, THUMBNAIL_SIZE, variant), preview(shown, variant)


def read_tile(content: bytes | None, variant: int) -> Pixels:
    """Decode a variant's tile, a PNG of any mode, to (h, w, 3) sRGB.

    What is transparent becomes white.

    Raises:
        BadTile: the tile is missing, unreadable or too small.
    """
    if content is None:
        raise BadTile(f"variant {variant} has no tile")
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            layers = image.convert("RGBA") if image.has_transparency_data else image.convert("RGB")
            if layers.mode == "RGBA":
                layers = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers)
            tile = np.asarray(layers.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadTile(f"the tile of variant {variant} is not a readable PNG: {error}") from error
    if min(tile.shape[:2]) < _MIN_TILE_PX:
        raise BadTile(
            f"the tile of variant {variant} is too small: {tile.shape[1]} x {tile.shape[0]} px"
        )
    return tile


def squared(tile: Pixels) -> Pixels:
    """Repeat a tile (h, w, 3) until it is nearly square, as products expect it."""
    height, width = tile.shape[:2]
    counts = [
        (down, across) for down in range(1, _MAX_COPIES + 1) for across in range(1, _MAX_COPIES + 1)
    ]
    down, across = min(counts, key=lambda n: _squareness(n[0] * height, n[1] * width) + sum(n) / 50)
    return np.tile(tile, (down, across, 1))


def _squareness(height: int, width: int) -> float:
    """Return how far a rectangle is from a square; 0: it is one."""
    return abs(math.log(height / width))


def _describe(call: StageCall, look: Look) -> dict[str, Any]:
    """Return what was rendered and which attributes are defaults."""
    defaults = [] if look.materials else ["material"]
    return {
        "product": look.product,
        "materials": list(look.materials or (look.material,)),
        "finish": look.finish,
        "functions": list(look.functions),
        "variants": call.options.variants,
        "size": list(SKETCH_SIZE),
        "defaults": defaults,
    }
