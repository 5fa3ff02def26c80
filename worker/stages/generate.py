"""Generate stage: draws the tile of each variant, G(S, z)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from safetensors.numpy import load

from shared.designs.parsing import record_json
from shared.designs.record import Design
from worker.drawing.files import DESIGN_KEYWORD
from worker.drawing.svg import svg_document
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.png import PngMetadata, write_png
from worker.models.generator.tile import Tile, TileRequest
from worker.stages.fusion import directions_of, merge_description

if TYPE_CHECKING:
    from worker.models.generator.tile import TileGenerator

__all__ = ["build_tile_requests", "run"]


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Draw each job's variants one by one, so that a result does not depend on its batch.

    Returns:
        Per call JSON: seed, palette, area share of each colour, drawn traits and description of
        each variant; artifacts: a PNG of kind "tile" each, and where it was drawn from a record,
        the record ("design") and an SVG ("vector").
    """
    return [
        _draw(call, models.generator, portion(on_progress, number, len(calls)))
        for number, call in enumerate(calls)
    ]


def build_tile_requests(call: StageCall) -> list[TileRequest]:
    """Return a tile request for each direction; variants use them in turn."""
    options = call.options
    reference = None
    if call.reference is not None:
        reference = Image.open(io.BytesIO(call.reference), formats=["PNG"]).convert("RGB")
    codes = torch.from_numpy(load(call.outputs["fusion"])["code"])  # (V, T, D)
    return [
        TileRequest(
            code=code,
            description=description,
            understood=merge_description(call, description),
            reference=reference,
            reference_strength=options.reference_strength,
            seed=options.seed,
            size_px=options.size,
        )
        for code, description in zip(codes, directions_of(call), strict=True)
    ]


def _draw(call: StageCall, generator: TileGenerator, on_progress: OnProgress) -> StageResult:
    options, requests = call.options, build_tile_requests(call)
    files: list[StageArtifact] = []
    facts: list[dict[str, Any]] = []
    for variant in range(options.variants):
        request = requests[variant % len(requests)]
        tile = generator.tile(request, variant, portion(on_progress, variant, options.variants))
        files.append(_tile_file(call, tile, request.description, variant))
        if tile.design is not None:
            files += _record_files(tile.design, variant)
        drawn = {
            "palette": list(tile.palette),
            "areas": list(tile.areas),
            "traits": dict(tile.traits),
            "description": request.description,
        }
        facts.append({"variant": variant, "seed": options.seed, **drawn})
        on_progress((variant + 1) / options.variants)
    return StageResult(
        output=json.dumps({"variants": facts}, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(files),
        details={
            **generator.details(requests[0]),
            "size_px": options.size,
            "seed": options.seed,
            "variants": options.variants,
        },
    )


def _tile_file(call: StageCall, tile: Tile, description: str, variant: int) -> StageArtifact:
    size = call.options.size
    metadata = PngMetadata(
        brief=call.brief,
        seed=call.options.seed,
        job_url=call.job_url,
        variant=variant,
        description=description,
        extra={} if tile.design is None else {DESIGN_KEYWORD: record_json(tile.design)},
    )
    return StageArtifact(
        kind="tile",
        variant=variant,
        content=write_png(tile.pixels, metadata),
        media_type="image/png",
        width=size,
        height=size,
    )


def _record_files(design: Design, variant: int) -> list[StageArtifact]:
    """Return the record as JSON, and the tile as SVG."""
    contents = {
        ("design", "application/json"): record_json(design).encode(),
        ("vector", "image/svg+xml"): svg_document(design).encode(),
    }
    return [
        StageArtifact(kind=kind, variant=variant, content=content, media_type=media_type)
        for (kind, media_type), content in contents.items()
    ]
