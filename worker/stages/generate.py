"""The generate stage: the variants' tiles, G(S, z)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load

from worker.contracts import Models, StageArtifact, StageCall, StageResult
from worker.models.generator import Drawn, Generator
from worker.png import PngMetadata, write_png

__all__ = ["run"]


def run(calls: Sequence[StageCall], models: Models) -> list[StageResult]:
    """Draw each job's variants.

    Returns:
        Per call JSON: per variant its seed, palette and each colour's share of the area; as
        artifacts of kind "tile" one PNG a variant.
    """
    return [_draw(call, models.generator) for call in calls]


def _draw(call: StageCall, generator: Generator) -> StageResult:
    code = torch.from_numpy(load(call.outputs["fusion"])["code"])
    options = call.options
    tiles: list[StageArtifact] = []
    facts: list[dict[str, Any]] = []
    for variant in range(options.variants):
        drawn = generator.design(code, options.seed, variant)
        tile = generator.render(drawn, options.size)
        metadata = PngMetadata(
            brief=call.brief,
            seed=options.seed,
            job_url=call.job_url,
            variant=variant,
            description=_description(call),
        )
        tiles.append(
            StageArtifact(
                kind="tile",
                variant=variant,
                content=write_png(tile, metadata),
                media_type="image/png",
                width=options.size,
                height=options.size,
            )
        )
        facts.append({"variant": variant, "seed": options.seed, **_facts(drawn)})
    sampling = generator.sampling
    return StageResult(
        output=json.dumps({"variants": facts}, sort_keys=True).encode(),
        media_type="application/json",
        artifacts=tuple(tiles),
        details={
            "steps": sampling.steps,
            "guidance": sampling.guidance,
            "size_px": options.size,
            "seed": options.seed,
            "variants": options.variants,
        },
    )


def _description(call: StageCall) -> str | None:
    written = call.outputs.get("caption")
    return None if written is None else str(json.loads(written).get("description") or "") or None


def _facts(drawn: Drawn) -> dict[str, Any]:
    """Tell a design's palette and how much of the tile each colour has."""
    masks = drawn.masks()[0]
    there = np.flatnonzero(drawn.present[0].cpu().numpy())
    colours = drawn.colours[0].cpu().numpy().astype(int)
    areas = masks.mean(dim=(1, 2)).cpu().numpy()
    return {
        "palette": ["#{:02X}{:02X}{:02X}".format(*colours[slot]) for slot in there],
        "areas": [round(float(areas[slot]), 3) for slot in there],
    }
