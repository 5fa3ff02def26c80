"""Present stage: renders each variant's tile on the product, as a sketch and a thumbnail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.png import PngMetadata, write_png
from worker.present.canvas import Floats
from worker.present.look import Look, look_of
from worker.present.products.catalog import PRODUCTS
from worker.stages.thumbnail import thumbnail

__all__ = ["SKETCH_SIZE", "THUMBNAIL_SIZE", "BadTile", "run"]

SKETCH_SIZE = (768, 960)
"""Width and height of a sketch, px."""
THUMBNAIL_SIZE = (320, 400)
_MIN_TILE_PX = 8


class BadTile(ValueError):
    """A variant's tile is missing or is not a usable picture."""


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Render each job's variants on its product; uses no model.

    Raises:
        BadTile: a job lacks a tile, or one cannot be read.
    """
    del models
    return [
        _present(call, portion(on_progress, number, len(calls)))
        for number, call in enumerate(calls)
    ]


def _present(call: StageCall, on_progress: OnProgress) -> StageResult:
    look = look_of(call.understood, call.options.product)
    files: list[StageArtifact] = []
    for variant in range(call.options.variants):
        files += _draw(call, look, variant)
        on_progress((variant + 1) / call.options.variants)
    description = _describe(call, look)
    return StageResult(
        output=json.dumps(description, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(files),
        details=description,
    )


def _draw(call: StageCall, look: Look, variant: int) -> tuple[StageArtifact, StageArtifact]:
    tile = read_tile(call.artifacts.get(("tile", variant)), variant)
    pixels = PRODUCTS[look.product](tile, look, SKETCH_SIZE)
    picture = Image.fromarray(np.rint(pixels * 255.0).astype(np.uint8))
    metadata = PngMetadata(
        brief=call.brief, seed=call.options.seed, variant=variant, job_url=call.job_url
    )
    width, height = picture.size
    sketch = StageArtifact(
        kind="sketch",
        variant=variant,
        content=write_png(picture, metadata),
        media_type="image/png",
        width=width,
        height=height,
    )
    return sketch, thumbnail(picture, THUMBNAIL_SIZE, variant)


def read_tile(content: bytes | None, variant: int) -> Floats:
    """Decode a variant's tile, a PNG of any mode, to (h, w, 3) sRGB, 0 to 1.

    Raises:
        BadTile: the tile is missing, unreadable or too small.
    """
    if content is None:
        raise BadTile(f"variant {variant} has no tile")
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            tile = np.asarray(image.convert("RGB"), np.float32) / np.float32(255.0)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadTile(f"the tile of variant {variant} is not a readable PNG: {error}") from error
    if min(tile.shape[:2]) < _MIN_TILE_PX:
        raise BadTile(
            f"the tile of variant {variant} is too small: {tile.shape[1]} x {tile.shape[0]} px"
        )
    return tile


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
