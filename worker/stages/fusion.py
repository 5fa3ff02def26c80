"""The fusion stage: description and visual embedding joined into the code S = [d; s]."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save

from shared.briefs.parser import Understood, understand
from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.colour import rgb_from_lab
from worker.models.condition import colour_slots, lab_from_slots, wanted_slots
from worker.models.fusion import Fusion, FusionInput

__all__ = ["directions_of", "given_of", "run", "told_of"]

_CHARACTER = 0.35
"""Strength from which a reference's pattern counts where the brief names none."""
_OPEN = ("pattern", "gradient", "gradient_direction", "scale", "density", "line_weight")


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Fuse each job's halves; the visual one is missing where no image was looked at.

    A description's directions are fused one by one: variant i is drawn from code i modulo V.

    Returns:
        Per call safetensors: "code" (V, T, D) float32, V from 1 to the number of variants.
    """
    results = []
    for number, call in enumerate(calls, start=1):
        results.append(_fuse(call, models))
        on_progress(number / len(calls))
    return results


def _fuse(call: StageCall, models: Models) -> StageResult:
    fusion, texts = models.fusion, directions_of(call)
    given = [
        given_of(call, told_of(call, text), embedded, fusion)
        for text, embedded in zip(texts, models.text_encoder.embed(texts), strict=True)
    ]
    code = np.stack([fusion.fuse(one)[0].numpy() for one in given])
    return StageResult(
        output=save({"code": np.ascontiguousarray(code)}),
        media_type="application/vnd.safetensors",
        details={
            "halves": ["description", *(["vision"] if bool(given[0].has_image[0]) else [])],
            "colours_wanted": [_hex(one.wanted[0].numpy()) for one in given],
            "directions": len(texts),
            "reference_strength": float(given[0].strength[0]),
        },
    )


def told_of(call: StageCall, description: str) -> Understood:
    """Give what the brief says, and of the description what the brief leaves open.

    Beside a reference the description tells of its character where the reference counts for
    something; its colours come from the reference itself.
    """
    brief = call.understood
    seen = call.reference is not None
    if seen and call.options.reference_strength < _CHARACTER:
        return brief
    more = understand(description)
    changed = {name: getattr(more, name) for name in _OPEN if not getattr(brief, name)}
    if not brief.colours and not seen:
        refused = set(brief.excluded_colours)
        changed["colours"] = tuple(key for key in more.colours if key not in refused)
    return replace(brief, **changed)


def given_of(
    call: StageCall, told: Understood, text: NDArray[np.float32], fusion: Fusion
) -> FusionInput:
    """Gather one job's halves (N = 1).

    Args:
        call: of the job.
        told: what is understood of brief and description together.
        text: (D,) the description's embedding.
        fusion: whose vocabulary and widths are used.
    """
    shape = fusion.network.shape
    features = np.zeros(shape.vision, np.float32)
    palette = np.zeros((5, 4), np.float32)
    seen = call.outputs.get("vision")
    strength = call.options.reference_strength if seen is not None else 0.0
    if seen is not None:
        found = load(seen)
        features, palette = found["features"], found["palette"]
    colours = colour_slots(told)
    wanted = wanted_slots(colours, palette, strength)

    def one(values: NDArray[np.float32]) -> torch.Tensor:
        return torch.from_numpy(np.array(values, dtype=np.float32))[None]

    return FusionInput(
        description=one(text),
        understood=one(fusion.vocabulary.indicators(told)),
        colours=one(colours),
        vision=one(features),
        palette=one(palette),
        has_image=torch.tensor([strength > 0]),
        strength=torch.tensor([strength], dtype=torch.float32),
        wanted=one(wanted),
    )


def directions_of(call: StageCall) -> list[str]:
    """Give the descriptions that the variants are drawn from, in turn; at least one.

    A reference that counts for nothing is not described either: the brief stands alone.
    """
    written = call.outputs.get("caption")
    unheeded = call.reference is not None and call.options.reference_strength == 0
    if written is None or unheeded:
        return [call.brief]
    document = json.loads(written)
    directions = document.get("directions") or [document.get("description") or call.brief]
    return [str(text) for text in directions][: call.options.variants]


def _hex(wanted: NDArray[np.float32]) -> list[str]:
    colours = np.rint(rgb_from_lab(lab_from_slots(wanted))).astype(int)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in colours]
