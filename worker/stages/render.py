"""Render stage: draws a design record that was submitted, and shows it on a product.

Where the options have an edit, it is applied to the record first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from shared.designs.edits.kinds import read_edit
from shared.designs.parsing import parse_design, record_json
from worker.edits.apply import Edited, apply_edit
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import Reporter, ignore_progress
from worker.present.look import look_of
from worker.stages.draw import draw_variant, drawing_documents
from worker.stages.layer_files import (
    BASE_KIND,
    LAYER_FILE_KIND,
    NoRecord,
    files_of,
    layer_file_kind,
)
from worker.stages.present import render_variant
from worker.stages.thumbnail import preview

__all__ = ["run"]


def run(
    calls: Sequence[StageCall], models: Models, on_progress: Reporter = ignore_progress
) -> list[StageResult]:
    """Draw each job's record; where it names a product, also render its sketch.

    The tile is published before the sketch is rendered.

    Returns:
        Per call JSON: colours and the area share of each; artifacts: tile, vector, licences
        where the record has drawings of motifs; with a product sketch, thumbnail and preview,
        without one the preview of the tile. With an edit also the edited record and new files
        that it refers to; the details say what changed.

    Raises:
        NoRecord: the job has no record.
        InvalidRequest: the record or the edit cannot be read or drawn.
        EditRefused: the edit cannot be done.
    """
    del models
    return [_render(call, on_progress) for call in calls]


def _render(call: StageCall, reporter: Reporter) -> StageResult:
    made: list[StageArtifact] = []
    changes: dict[str, Any] = {}
    if call.options.edit is not None:
        call, made, edited = _with_edited_record(call, call.options.edit)
        changes = {"changed": [change.to_document() for change in edited.changes]}
    drawn, measured = draw_variant(call, 0)
    files = [*made, *drawn]
    product = call.options.product
    if product:
        reporter.publish(call.job_id, files)
        look = look_of(call.understood, product)
        files += render_variant(call, look, 0, drawn[0].content)
    else:
        with Image.open(BytesIO(drawn[0].content), formats=["PNG"]) as tile:
            files.append(preview(tile, 0))
    return StageResult(
        output=json.dumps(dict(measured["colours"]), sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(files),
        details={
            "size_px": call.options.size,
            "product": product or None,
            "drawings": drawing_documents(call, 0),
            **changes,
        },
    )


def _with_edited_record(
    call: StageCall, document: Mapping[str, Any]
) -> tuple[StageCall, list[StageArtifact], Edited]:
    """Return the call with the edited record among its files, the new files, and the changes."""
    base = call.artifacts.get((BASE_KIND, 0))
    if base is None:
        raise NoRecord(0)
    edited = apply_edit(parse_design(base), read_edit(document), files_of(call.artifacts))
    taken = sum(kind.startswith(LAYER_FILE_KIND) for kind, _ in call.artifacts)
    made = [_artifact("design", record_json(edited.design).encode(), "application/json")]
    made += [
        _artifact(layer_file_kind(taken + index), content, "application/json")
        for index, content in enumerate(edited.files)
    ]
    artifacts = {**call.artifacts, **{(each.kind, 0): each.content for each in made}}
    return replace(call, artifacts=artifacts), made, edited


def _artifact(kind: str, content: bytes, media_type: str) -> StageArtifact:
    return StageArtifact(kind=kind, variant=0, content=content, media_type=media_type)
