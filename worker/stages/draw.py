"""Draw stage: draws the tile of each variant from its design record; uses no model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import Design
from shared.motifs.attribution import drawings_used, licence_report
from worker.drawing.files import text_chunks
from worker.drawing.outcomes import outcomes_of
from worker.drawing.raster import draw_pixels
from worker.drawing.svg import svg_document
from worker.drawing.visibility import area_shares
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import Reporter, ignore_progress, portion
from worker.imaging.metadata import PictureMetadata
from worker.imaging.png import opaque, write_png
from worker.stages.layer_files import files_of, read_record
from worker.stages.reference_motif import stored_motif

__all__ = ["description_of", "draw_variant", "drawing_documents", "run"]


def run(
    calls: Sequence[StageCall], models: Models, on_progress: Reporter = ignore_progress
) -> list[StageResult]:
    """Draw each job's records; publish each variant as soon as it is drawn.

    Returns:
        Per call JSON: colours and the area share of each, for each variant; artifacts: a PNG of
        kind "tile" and an SVG of kind "vector" each, and a text of kind "licences" where the
        record has drawings of motifs.

    Raises:
        NoRecord: a variant has no record.
        InvalidRequest: a record cannot be drawn.
    """
    del models
    results = []
    for number, call in enumerate(calls):
        part = portion(on_progress, number, len(calls))
        files: list[StageArtifact] = []
        facts: list[dict[str, Any]] = []
        drawings: list[dict[str, Any]] = []
        outcomes: list[list[dict[str, Any]]] = []
        for variant in range(call.options.variants):
            drawn, facts_of_tile = draw_variant(call, variant, description_of(call, variant))
            drawings += drawing_documents(call, variant)
            outcomes.append(facts_of_tile["outcomes"])
            on_progress.publish(call.job_id, drawn)
            files += drawn
            facts.append({"variant": variant, **facts_of_tile["colours"]})
            part((variant + 1) / call.options.variants)
        results.append(
            StageResult(
                output=json.dumps({"variants": facts}, sort_keys=True).encode(),
                media_type="application/json",
                artifacts=tuple(files),
                details={
                    "size_px": call.options.size,
                    "variants": call.options.variants,
                    "drawings": drawings,
                    "outcomes": outcomes,
                },
            )
        )
    return results


def draw_variant(
    call: StageCall, variant: int, description: str | None = None
) -> tuple[list[StageArtifact], Mapping[str, Any]]:
    """Return the tile, the vector and the licences of one variant, and what is measured in it.

    Returns:
        The files, and "colours" with their areas, and "outcomes" of the parts of the brief.
    """
    design, get = read_record(call.artifacts, variant), files_of(call.artifacts)
    pixels = draw_pixels(design, call.options.size, get)
    metadata = PictureMetadata(
        brief=call.brief,
        seed=design.seed,
        job_url=call.job_url,
        variant=variant,
        description=description,
        extra=text_chunks(design),
    )
    height, width = pixels.shape[:2]
    tile = StageArtifact(
        kind="tile",
        variant=variant,
        content=write_png(opaque(pixels), metadata),
        media_type="image/png",
        width=width,
        height=height,
    )
    vector = StageArtifact(
        kind="vector",
        variant=variant,
        content=svg_document(design, get).encode(),
        media_type="image/svg+xml",
    )
    shown = stored_motif(call.outputs.get("generate"))
    shares = area_shares(pixels, [entry.hex for entry in design.palette])
    outcomes = outcomes_of(call.understood, design, shares, shown)
    measured = {
        "colours": _colours(design, shares),
        "outcomes": [outcome.to_document() for outcome in outcomes],
    }
    return [tile, vector, *_licences(design, variant)], measured


def drawing_documents(call: StageCall, variant: int) -> list[dict[str, Any]]:
    """Return the drawings of a variant's record with their licences, for the provenance."""
    design = read_record(call.artifacts, variant)
    return [{"variant": variant, **each.to_document()} for each in drawings_used(design)]


def _licences(design: Design, variant: int) -> list[StageArtifact]:
    drawings = drawings_used(design)
    if not drawings:
        return []
    text = licence_report(drawings, f"variant {variant + 1}")
    return [
        StageArtifact(
            kind="licences",
            variant=variant,
            content=text.encode(),
            media_type="text/plain",
        )
    ]


def _colours(design: Design, shares: NDArray[np.float64]) -> Mapping[str, Any]:
    """Return the palette in the order of decreasing area, and the area share of each colour."""
    colours = [entry.hex for entry in design.palette]
    order = np.argsort(-shares, kind="stable")
    return {
        "palette": [colours[index] for index in order],
        "areas": [round(float(shares[index]), 3) for index in order],
    }


def description_of(call: StageCall, variant: int) -> str | None:
    """Return d(I) as the generate stage used it for this variant."""
    output = call.outputs.get("generate")
    if output is None:
        return None
    description: str = json.loads(output)["variants"][variant]["description"]
    return description
