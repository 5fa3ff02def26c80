"""Fusion stage: joins description and visual embedding into the semantic code S = [d; s]."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save

from shared.briefs.colours.refused import refused_keys
from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.motifs.names import MotifNames, motif_names
from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.colour import rgb_from_lab
from worker.imaging.palette import lab_of_rows
from worker.imaging.refused import is_refused
from worker.models.condition import colour_slots, lab_from_slots, target_slots
from worker.models.fusion import Fusion, FusionInput
from worker.stages.reference_motif import PATTERN_STRENGTH, reference_motif

__all__ = ["build_input", "directions_of", "merge_description", "permitted_rows", "run"]

_NO_COLOUR_LEFT = "reference_colours_refused"
"""Notice: the brief refuses all colours of the reference."""

_TRAITS = ("pattern", "gradient", "gradient_direction", "scale", "density", "line_weight")


def run(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress = ignore_progress
) -> list[StageResult]:
    """Fuse each job's halves; the visual half is missing without a reference image.

    Each direction of a description is fused separately: variant i uses code i modulo V.

    Returns:
        Per call safetensors: "code" (V, T, D) float32, V: the number of directions.
    """
    results = []
    for number, call in enumerate(calls, start=1):
        results.append(_fuse(call, models))
        on_progress(number / len(calls))
    return results


def _fuse(call: StageCall, models: Models) -> StageResult:
    fusion, texts = models.fusion, directions_of(call)
    inputs = [
        build_input(call, merge_description(call, text), embedding, fusion)
        for text, embedding in zip(texts, models.text_encoder.embed(texts), strict=True)
    ]
    code = np.stack([fusion.fuse(fusion_input)[0].numpy() for fusion_input in inputs])
    return StageResult(
        output=save({"code": np.ascontiguousarray(code)}),
        media_type="application/vnd.safetensors",
        details={
            "halves": ["description", *(["vision"] if bool(inputs[0].has_image[0]) else [])],
            "colours_wanted": [_hex(each.wanted[0].numpy()) for each in inputs],
            "directions": len(texts),
            "reference_strength": float(inputs[0].strength[0]),
            "notices": [_NO_COLOUR_LEFT] if _is_nothing_left(inputs[0]) else [],
        },
    )


def _is_nothing_left(fusion_input: FusionInput) -> bool:
    """Return whether a reference has influence, but no colour that is permitted."""
    return bool(fusion_input.has_image[0]) and not bool(fusion_input.palette.any())


def permitted_rows(palette: NDArray[np.float32], refused: Collection[str]) -> NDArray[np.float32]:
    """Return a palette (5, 4) of a reference without its refused colours; their area is dropped."""
    rows = palette[palette[:, 3] > 0]
    if not refused or not len(rows):
        return palette
    rows = rows[~is_refused(lab_of_rows(rows), refused)]
    kept = np.zeros_like(palette)
    kept[: len(rows)] = rows
    kept[: len(rows), 3] /= max(rows[:, 3].sum(), 1e-6)
    return kept


def merge_description(call: StageCall, description: str) -> ParsedBrief:
    """Return the understood brief, with the traits it leaves open taken from the description.

    With a reference image, the description's traits apply only from a minimum reference strength,
    and colours come from the reference itself. From that strength, the thing that it shows is
    drawn too, if the brief names neither a thing nor a pattern.
    """
    brief = call.understood
    has_reference = call.reference is not None
    if has_reference and call.options.reference_strength < PATTERN_STRENGTH:
        return brief
    if motif := reference_motif(call):
        brief = replace(brief, motifs=(motif,))
    described = _described(description, motif_names())
    # What a description adds to a brief that names things is not what was asked for.
    traits = () if brief.motifs else _TRAITS
    changed = {
        name: value
        for name in traits
        if not getattr(brief, name) and not brief.refuses(name, value := getattr(described, name))
    }
    if not brief.colours and not has_reference:
        refused = refused_keys(brief)
        changed["colours"] = tuple(key for key in described.colours if key not in refused)
    return replace(brief, **changed)


@lru_cache(maxsize=64)
def _described(description: str, names: MotifNames) -> ParsedBrief:
    """Return a parsed description; fusion and generation read the same ones.

    Args:
        names: of the motifs that this installation has, by which descriptions are read.
    """
    del names
    return parse_brief(description)


def build_input(
    call: StageCall, understood: ParsedBrief, text: NDArray[np.float32], fusion: Fusion
) -> FusionInput:
    """Return the fusion input of one job (N = 1).

    Args:
        call: the job's stage call.
        understood: the brief merged with the description.
        text: (D,) embedding of the description.
        fusion: provides vocabulary and widths.
    """
    shape = fusion.network.shape
    features = np.zeros(shape.vision, np.float32)
    palette = np.zeros((5, 4), np.float32)
    vision = call.outputs.get("vision")
    strength = call.options.reference_strength if vision is not None else 0.0
    if vision is not None:
        tensors = load(vision)
        features = tensors["features"]
        palette = permitted_rows(tensors["palette"], refused_keys(understood))
    colours = colour_slots(understood)
    wanted = target_slots(colours, palette, strength)

    def batched(values: NDArray[np.float32]) -> torch.Tensor:
        return torch.from_numpy(np.array(values, dtype=np.float32))[None]

    return FusionInput(
        description=batched(text),
        understood=batched(fusion.vocabulary.indicators(understood)),
        colours=batched(colours),
        vision=batched(features),
        palette=batched(palette),
        has_image=torch.tensor([strength > 0]),
        strength=torch.tensor([strength], dtype=torch.float32),
        wanted=batched(wanted),
    )


def directions_of(call: StageCall) -> list[str]:
    """Return the descriptions that the variants use in turn; at least one.

    With a reference strength of 0 the description is ignored too, and the brief alone is used.
    """
    caption = call.outputs.get("caption")
    ignored = call.reference is not None and call.options.reference_strength == 0
    if caption is None or ignored:
        return [call.brief]
    document = json.loads(caption)
    directions = document.get("directions") or [document.get("description") or call.brief]
    return [str(text) for text in directions]


def _hex(wanted: NDArray[np.float32]) -> list[str]:
    colours = np.rint(rgb_from_lab(lab_from_slots(wanted))).astype(int)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in colours]
