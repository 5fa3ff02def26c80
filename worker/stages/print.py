"""Print stage: draws one variant at print size and records its resolution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from shared.designs.parsing import record_json
from worker.drawing.files import DESIGN_KEYWORD
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.png import PngMetadata, write_png
from worker.stages.generate import build_tile_requests
from worker.stages.thumbnail import thumbnail

if TYPE_CHECKING:
    from worker.models.generator.tile import Tile, TileGenerator

__all__ = ["run"]

_COMPRESS_LEVEL = 6
_THUMBNAIL_SIZE = (480, 480)


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Draw each job's print: G(S, z) of the design's code, seed and variant at a larger size.

    Returns:
        Per call JSON: variant, seed, size, resolution, palette and area share of each colour;
        artifacts: a PNG of kind "print" and a thumbnail.

    Raises:
        ValueError: a call has no variant or no resolution.
    """
    return [
        _draw(call, models.generator, portion(on_progress, number, len(calls)))
        for number, call in enumerate(calls)
    ]


def _draw(call: StageCall, generator: TileGenerator, on_progress: OnProgress) -> StageResult:
    options = call.options
    if options.variant is None or options.dpi is None:
        raise ValueError(f"job {call.job_id} is not a print: variant or dpi is missing")
    requests = build_tile_requests(call)
    request = requests[options.variant % len(requests)]
    tile = generator.tile(request, options.variant, portion(on_progress, 0, 2))
    facts = {
        "variant": options.variant,
        "seed": options.seed,
        "size_px": options.size,
        "dpi": options.dpi,
    }
    colours = {"palette": list(tile.palette), "areas": list(tile.areas)}
    picture = Image.fromarray(tile.pixels)
    artifacts = (
        _file(call, tile, request.description),
        thumbnail(picture, _THUMBNAIL_SIZE, options.variant),
    )
    on_progress(1.0)
    return StageResult(
        output=json.dumps(facts | colours, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=artifacts,
        details={**generator.details(request), **facts},
    )


def _file(call: StageCall, tile: Tile, description: str) -> StageArtifact:
    height, width = tile.pixels.shape[:2]
    metadata = PngMetadata(
        brief=call.brief,
        seed=call.options.seed,
        job_url=call.job_url,
        variant=call.options.variant or 0,
        description=description,
        dpi=call.options.dpi,
        extra={} if tile.design is None else {DESIGN_KEYWORD: record_json(tile.design)},
    )
    return StageArtifact(
        kind="print",
        variant=call.options.variant or 0,
        content=write_png(tile.pixels, metadata, compress_level=_COMPRESS_LEVEL),
        media_type="image/png",
        width=width,
        height=height,
    )
