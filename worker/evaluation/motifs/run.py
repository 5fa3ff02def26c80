"""Runs the held-out briefs that name things, and returns rows, details and contact sheets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from shared.briefs.notices import brief_notices
from shared.motifs.names import motif_names
from worker.drawing.raster import draw_pixels
from worker.evaluation.contact_sheets import grid
from worker.evaluation.motifs.briefs import MotifBrief, motif_briefs
from worker.evaluation.motifs.checks import MotifResult, check_motifs, failed_motifs
from worker.evaluation.motifs.holdings import Holdings
from worker.evaluation.motifs.rows import motif_details, motif_rows
from worker.evaluation.motifs.tiles import MotifTile
from worker.evaluation.report import Row
from worker.evaluation.stages import Asked, run_until_fusion
from worker.execution.contracts import Models, StageCall
from worker.stages import generate
from worker.stages.layer_files import files_of, read_record

__all__ = ["MotifEvaluation", "evaluate_motifs", "generated", "tile_of"]

_SIZE_PX = 256
_TIMED_PX = 512
_VARIANTS = 4
_TIMED = 24
"""Number of briefs with motifs whose four variants are timed."""
_TO_NAME, _TO_SELL = 60, 40
"""Number of tiles on the sheets."""
_SHEET_PX = 240


@dataclass(frozen=True, kw_only=True)
class MotifEvaluation:
    """Result of the briefs that name things."""

    rows: Sequence[Row]
    details: Mapping[str, Any]
    sheets: Mapping[str, Image.Image]


def evaluate_motifs(
    models: Models, count: int, report: Callable[[str, float], None]
) -> MotifEvaluation:
    """Run the held-out briefs through the stages up to generate, one variant each.

    Args:
        models: of the release.
        count: number of briefs, at most all.
        report: as of `worker.evaluation.run.evaluate`.
    """
    chosen = motif_briefs(count)
    holdings = Holdings(motif_names())
    results: list[MotifResult] = []
    drawn: list[tuple[MotifBrief, MotifTile]] = []
    taken_s: list[float] = []
    failed: list[str] = []
    for index, brief in enumerate(chosen):
        report("motifs", index / len(chosen))
        try:
            call = generated(models, brief.text, index)
        except ValueError as error:
            failed.append(f"{brief.text}: {error}")
            results.append(failed_motifs(brief, holdings))
            continue
        tile = tile_of(call, brief_notices(call.understood))
        results.append(check_motifs(brief, tile, holdings))
        if tile.elements:
            drawn.append((brief, tile))
            if len(taken_s) < _TIMED and index % 5 == 0:
                taken_s.append(_time_four(models, call))
    report("motifs", 1.0)
    named, sold = _samples([item for item in drawn if item[0].things])
    return MotifEvaluation(
        rows=[*motif_rows(results), _time_row(taken_s)],
        details=motif_details(results)
        | {"failed": failed, "named": [brief.text for brief, _ in named]},
        sheets={"motifs-to-name": _sheet(named), "motifs-to-sell": _sheet(sold)},
    )


def generated(models: Models, text: str, seed: int) -> StageCall:
    """Return the call of a brief after the stage generate."""
    call, _ = run_until_fusion(models, Asked(text=text, seed=seed, size_px=_SIZE_PX))
    (result,) = generate.run([call], models)
    files = {(file.kind, file.variant): file.content for file in result.artifacts}
    return replace(call, artifacts={**call.artifacts, **files})


def tile_of(call: StageCall, notices: tuple[str, ...]) -> MotifTile:
    """Return the first variant of a call after the stage generate, with what is said of it."""
    return MotifTile(
        understood=call.understood,
        notices=notices,
        design=read_record(call.artifacts, 0),
        get=files_of(call.artifacts),
        size_px=_SIZE_PX,
    )


def _time_four(models: Models, call: StageCall) -> float:
    """Return the processor seconds in which four tiles are composed and drawn, not encoded."""
    (request, *_) = generate.build_draft_requests(call)
    start_time = time.process_time()
    for variant in range(_VARIANTS):
        draft = models.generator.draft(request, variant)
        files = {sha256(content).hexdigest(): content for content in draft.files}
        draw_pixels(draft.design, _TIMED_PX, files.__getitem__)
    return time.process_time() - start_time


def _time_row(taken_s: Sequence[float]) -> Row:
    value = float(np.median(taken_s)) if taken_s else None
    what = f"four variants of {_TIMED_PX} px with motifs, composed and drawn"
    return Row(name="motifs_four_variants", what=what, value=value, goal=0.6, unit="s",
               note=f"median of {len(taken_s)}, processor time")  # fmt: skip


def _samples(
    drawn: Sequence[tuple[MotifBrief, MotifTile]],
) -> tuple[list[tuple[MotifBrief, MotifTile]], list[tuple[MotifBrief, MotifTile]]]:
    """Return the tiles of both sheets, different ones as far as there are enough."""
    mixed = Random(0).sample(drawn, len(drawn))
    return mixed[:_TO_NAME], mixed[-_TO_SELL:]


def _sheet(drawn: Sequence[tuple[MotifBrief, MotifTile]]) -> Image.Image:
    return grid([tile.pixels for _, tile in drawn], columns=10, side_px=_SHEET_PX)
