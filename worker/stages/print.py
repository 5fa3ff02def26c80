"""Print stage: draws one variant's record at print size, with its resolution."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PIL import Image

from shared.motifs.attribution import drawings_used
from worker.drawing.files import text_chunks
from worker.drawing.raster import draw_pixels
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.metadata import PictureMetadata
from worker.imaging.png import opaque, write_png
from worker.stages.draw import description_of
from worker.stages.layer_files import files_of, read_record
from worker.stages.thumbnail import thumbnail

__all__ = ["run"]

_THUMBNAIL_SIZE = (480, 480)


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Draw each job's print: the record of one variant at a larger size.

    Returns:
        Per call JSON: variant, seed, size and resolution; artifacts: a PNG of kind "print" and a
        thumbnail.

    Raises:
        ValueError: a call has no variant or no resolution.
        NoRecord: the variant has no record.
        InvalidRequest: the record cannot be drawn.
    """
    del models
    return [
        _print(call, portion(on_progress, number, len(calls))) for number, call in enumerate(calls)
    ]


def _print(call: StageCall, on_progress: OnProgress) -> StageResult:
    options = call.options
    if options.variant is None or options.dpi is None:
        raise ValueError(f"job {call.job_id} is not a print: variant or dpi is missing")
    design = read_record(call.artifacts, options.variant)
    pixels = opaque(draw_pixels(design, options.size, files_of(call.artifacts)))
    on_progress(0.5)
    metadata = PictureMetadata(
        brief=call.brief,
        seed=options.seed,
        job_url=call.job_url,
        variant=options.variant,
        description=description_of(call, options.variant),
        dpi=options.dpi,
        extra=text_chunks(design),
    )
    height, width = pixels.shape[:2]
    file = StageArtifact(
        kind="print",
        variant=options.variant,
        content=write_png(pixels, metadata),
        media_type="image/png",
        width=width,
        height=height,
    )
    on_progress(1.0)
    facts = {
        "variant": options.variant,
        "seed": options.seed,
        "size_px": options.size,
        "dpi": options.dpi,
    }
    drawings = [
        {"variant": options.variant, **each.to_document()} for each in drawings_used(design)
    ]
    return StageResult(
        output=json.dumps(facts, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=(file, thumbnail(Image.fromarray(pixels), _THUMBNAIL_SIZE, options.variant)),
        details={**facts, "drawings": drawings},
    )
