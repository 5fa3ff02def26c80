"""The fusion stage: description and visual embedding joined into the code S = [d; s]."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save

from worker.colour import rgb_from_lab
from worker.contracts import Models, StageCall, StageResult
from worker.models.condition import colour_slots, lab_from_slots, wanted_slots
from worker.models.fusion import Fusion, FusionInput

__all__ = ["given_of", "run"]


def run(calls: Sequence[StageCall], models: Models) -> list[StageResult]:
    """Fuse each job's halves; the visual one is missing where no image was looked at.

    Returns:
        Per call safetensors: "code" (T, D) float32.
    """
    fusion = models.fusion
    texts = [_description(call) for call in calls]
    embedded = models.text_encoder.embed(texts)
    results = []
    for call, text in zip(calls, embedded, strict=True):
        given = given_of(call, text, fusion)  # one by one: neighbours change nothing
        code = fusion.fuse(given)[0].numpy()
        results.append(
            StageResult(
                output=save({"code": np.ascontiguousarray(code)}),
                media_type="application/vnd.safetensors",
                details={
                    "halves": ["description", *(["vision"] if bool(given.has_image[0]) else [])],
                    "colours_wanted": _hex(given.wanted[0].numpy()),
                    "reference_strength": float(given.strength[0]),
                },
            )
        )
    return results


def given_of(call: StageCall, text: NDArray[np.float32], fusion: Fusion) -> FusionInput:
    """Gather one job's halves (N = 1)."""
    shape = fusion.network.shape
    features = np.zeros(shape.vision, np.float32)
    palette = np.zeros((5, 4), np.float32)
    seen = call.outputs.get("vision")
    strength = call.options.reference_strength if seen is not None else 0.0
    if seen is not None:
        found = load(seen)
        features, palette = found["features"], found["palette"]
    colours = colour_slots(call.understood)
    wanted = wanted_slots(colours, palette, strength)

    def one(values: NDArray[np.float32]) -> torch.Tensor:
        return torch.from_numpy(np.array(values, dtype=np.float32))[None]

    return FusionInput(
        description=one(text),
        understood=one(fusion.vocabulary.indicators(call.understood)),
        colours=one(colours),
        vision=one(features),
        palette=one(palette),
        has_image=torch.tensor([strength > 0]),
        strength=torch.tensor([strength], dtype=torch.float32),
        wanted=one(wanted),
    )


def _description(call: StageCall) -> str:
    written = call.outputs.get("caption")
    if written is None:
        return call.brief
    return str(json.loads(written).get("description") or call.brief)


def _hex(wanted: NDArray[np.float32]) -> list[str]:
    colours = np.rint(rgb_from_lab(lab_from_slots(wanted))).astype(int)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in colours]
