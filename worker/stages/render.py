"""Render stage: draws a design record that was submitted, and shows it on a product."""

from __future__ import annotations

import json
from collections.abc import Sequence

from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import Reporter, ignore_progress
from worker.present.look import look_of
from worker.stages.draw import draw_variant, drawing_documents
from worker.stages.present import render_variant

__all__ = ["run"]


def run(
    calls: Sequence[StageCall], models: Models, on_progress: Reporter = ignore_progress
) -> list[StageResult]:
    """Draw each job's record; where it names a product, also render its sketch.

    The tile is published before the sketch is rendered.

    Returns:
        Per call JSON: colours and the area share of each; artifacts: tile, vector, licences
        where the record has drawings of motifs, and with a product sketch and thumbnail.

    Raises:
        NoRecord: the job has no record.
        InvalidRequest: the record cannot be drawn.
    """
    del models
    return [_render(call, on_progress) for call in calls]


def _render(call: StageCall, reporter: Reporter) -> StageResult:
    files, measured = draw_variant(call, 0)
    product = call.options.product
    if product:
        reporter.publish(call.job_id, files)
        look = look_of(call.understood, product)
        files = [*files, *render_variant(call, look, 0, files[0].content)]
    return StageResult(
        output=json.dumps(dict(measured["colours"]), sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(files),
        details={
            "size_px": call.options.size,
            "product": product or None,
            "drawings": drawing_documents(call, 0),
        },
    )
