"""The generate stage: the variants' tiles, G(S, z)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from safetensors.numpy import load

from worker.contracts import Models, StageArtifact, StageCall, StageResult
from worker.models.tile import Tile, TileRequest
from worker.png import PngMetadata, write_png

if TYPE_CHECKING:
    from worker.models.tile import TileGenerator

__all__ = ["description_of", "request_of", "run"]


def run(calls: Sequence[StageCall], models: Models) -> list[StageResult]:
    """Draw each job's variants, one by one: neighbours change nothing.

    Returns:
        Per call JSON: per variant its seed, palette and each colour's share of the area; as
        artifacts of kind "tile" one PNG a variant.
    """
    return [_draw(call, models.generator) for call in calls]


def request_of(call: StageCall) -> TileRequest:
    """Gather what a generator may draw one job's tiles from."""
    options = call.options
    seen = None
    if call.reference is not None:
        seen = Image.open(io.BytesIO(call.reference)).convert("RGB")
    return TileRequest(
        code=torch.from_numpy(load(call.outputs["fusion"])["code"]),
        description=description_of(call) or call.brief,
        understood=call.understood,
        reference=seen,
        reference_strength=options.reference_strength,
        seed=options.seed,
        size_px=options.size,
    )


def _draw(call: StageCall, generator: TileGenerator) -> StageResult:
    options, asked = call.options, request_of(call)
    tiles: list[StageArtifact] = []
    facts: list[dict[str, Any]] = []
    for variant in range(options.variants):
        tile = generator.tile(asked, variant)
        tiles.append(_artifact(call, tile, variant))
        told = {"palette": list(tile.palette), "areas": list(tile.areas)}
        facts.append({"variant": variant, "seed": options.seed, **told})
    return StageResult(
        output=json.dumps({"variants": facts}, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(tiles),
        details={
            **generator.details(asked),
            "size_px": options.size,
            "seed": options.seed,
            "variants": options.variants,
        },
    )


def _artifact(call: StageCall, tile: Tile, variant: int) -> StageArtifact:
    size = call.options.size
    metadata = PngMetadata(
        brief=call.brief,
        seed=call.options.seed,
        job_url=call.job_url,
        variant=variant,
        description=description_of(call),
    )
    return StageArtifact(
        kind="tile",
        variant=variant,
        content=write_png(tile.pixels, metadata),
        media_type="image/png",
        width=size,
        height=size,
    )


def description_of(call: StageCall) -> str | None:
    """Give the text that a job's designs are drawn from, where there is one."""
    written = call.outputs.get("caption")
    return None if written is None else str(json.loads(written).get("description") or "") or None
