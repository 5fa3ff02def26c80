"""Generate stage: drafts the design record of each variant from S and z."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load

from shared.designs.parsing import record_json
from worker.execution.contracts import Models, StageArtifact, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.palette import lab_of_rows
from worker.imaging.reference import open_reference
from worker.models.generator.draft import DraftRequest
from worker.stages.fusion import directions_of, merge_description
from worker.stages.layer_files import layer_file_kind
from worker.stages.reference_motif import mention_document

if TYPE_CHECKING:
    from worker.models.generator.draft import DesignGenerator, Draft

__all__ = ["build_draft_requests", "run"]

_PNG = b"\x89PNG"
"""How the files of field and image layers begin; others are drawings of motifs."""


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Draft job by job, so that a result does not depend on its batch.

    Returns:
        Per call JSON: seed, traits and description of each variant, and "reference_motif" where
        a thing that the reference shows is to be drawn; artifacts: the record of each variant
        ("design"), and the files that its layers refer to ("layer-1", "layer-2", ...).
    """
    return [
        _generate(call, models.generator, portion(on_progress, number, len(calls)))
        for number, call in enumerate(calls)
    ]


def build_draft_requests(call: StageCall) -> list[DraftRequest]:
    """Return a request for each direction; variants use them in turn."""
    options = call.options
    reference = None if call.reference is None else open_reference(call.reference)
    codes = torch.from_numpy(load(call.outputs["fusion"])["code"])  # (V, T, D)
    return [
        DraftRequest(
            code=code,
            description=description,
            understood=merge_description(call, description),
            named_colours=call.understood.colours,
            named_gradient=call.understood.gradient,
            palette={each["hex"]: each["name"] for each in options.palette},
            palette_only=options.palette_only,
            reference=reference,
            reference_strength=options.reference_strength,
            reference_colours=_reference_colours(call),
            seed=options.seed,
            size_px=options.size,
        )
        for code, description in zip(codes, directions_of(call), strict=True)
    ]


def _reference_colours(call: StageCall) -> NDArray[np.float64]:
    """Return the reference's palette (K, 3) in Lab, which the vision stage found."""
    vision = call.outputs.get("vision")
    if vision is None:
        return np.zeros((0, 3))
    palette = load(vision)["palette"]
    return lab_of_rows(palette[palette[:, 3] > 0])


def _generate(call: StageCall, generator: DesignGenerator, on_progress: OnProgress) -> StageResult:
    options, requests = call.options, build_draft_requests(call)
    files: list[StageArtifact] = []
    facts: list[dict[str, Any]] = []
    drafts = generator.drafts(requests, options.variants, on_progress)
    on_progress(1.0)
    for variant, draft in enumerate(drafts):
        files += _files(draft, variant)
        facts.append(
            {
                "variant": variant,
                "seed": options.seed,
                "traits": dict(draft.traits),
                "description": requests[variant % len(requests)].description,
            }
        )
    return StageResult(
        output=json.dumps(
            {"variants": facts, **mention_document(requests[0].understood)}, sort_keys=True
        ).encode(),
        media_type="application/json",
        artifacts=tuple(files),
        details={
            **generator.details(requests[0]),
            "seed": options.seed,
            "variants": options.variants,
        },
    )


def _files(draft: Draft, variant: int) -> list[StageArtifact]:
    record = StageArtifact(
        kind="design",
        variant=variant,
        content=record_json(draft.design).encode(),
        media_type="application/json",
    )
    layers = [
        StageArtifact(
            kind=layer_file_kind(index),
            variant=variant,
            content=content,
            media_type="image/png" if content.startswith(_PNG) else "application/json",
        )
        for index, content in enumerate(draft.files)
    ]
    return [record, *layers]
