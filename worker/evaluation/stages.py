"""Briefs run through the real stages, timed."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import understand
from worker.execution.contracts import DesignOptions, Models, StageCall
from worker.models.weights import Places, find_weights
from worker.runtime.model_cache import ModelCache, ResidentModels
from worker.stages import caption, fusion, generate, vision

__all__ = ["Asked", "Drawing", "bundled_models", "draw", "draw_pixels"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for, as a designer would."""

    text: str
    seed: int
    reference: Image.Image | None = None
    strength: float = 1.0
    variants: int = 1
    size_px: int = 256


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What came of it."""

    tiles: tuple[NDArray[np.uint8], ...]  # (S, S, 3) each
    facts: Mapping[str, Any]
    """The generate stage's own words: traits and palette of each variant."""
    description: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By stage."""


def bundled_models(folder: Path, cache: Path) -> ResidentModels:
    """Give the models of a folder with a manifest, on the CPU."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entries = {entry["role"]: entry for entry in document["versions"]}
    places = Places(cache=cache, bundled=folder)
    residency = ModelCache("cpu", lambda role: find_weights(entries[role], places), 8 << 30)
    return ResidentModels({role: role for role in entries}, residency)


def draw(models: Models, asked: Asked) -> Drawing:
    """Run a brief through the stages up to its tiles."""
    call, seconds = _fused(models, asked)
    began = time.perf_counter()
    (result,) = generate.run([call], models)
    seconds["generate"] = time.perf_counter() - began
    pictures = [Image.open(io.BytesIO(one.content), formats=["PNG"]) for one in result.artifacts]
    return Drawing(
        tiles=tuple(np.asarray(picture.convert("RGB")) for picture in pictures),
        facts=json.loads(result.output),
        description=str(json.loads(call.outputs["caption"]).get("description", "")),
        seconds=seconds,
    )


def draw_pixels(models: Models, asked: Asked) -> NDArray[np.uint8]:
    """Give the first variant's pixels as the generator gives them, no file written."""
    call, _ = _fused(models, asked)
    return models.generator.tile(generate.requests_of(call)[0], 0).pixels


def _fused(models: Models, asked: Asked) -> tuple[StageCall, dict[str, float]]:
    call, seconds = _call(asked), {}
    stages = {"caption": caption, "vision": vision, "fusion": fusion}
    for name, stage in stages.items():
        if name == "vision" and asked.reference is None:
            continue
        began = time.perf_counter()
        (result,) = stage.run([call], models)
        seconds[name] = time.perf_counter() - began
        call = replace(call, outputs={**call.outputs, name: result.output})
    return call, seconds


def _call(asked: Asked) -> StageCall:
    understood = understand(asked.text)
    return StageCall(
        job_id=str(asked.seed),
        brief=asked.text,
        options=DesignOptions(
            variants=asked.variants,
            seed=asked.seed,
            product=understood.product or "phone-case",
            reference_strength=asked.strength,
            size=asked.size_px,
        ),
        understood=understood,
        reference=None if asked.reference is None else _as_png(asked.reference),
        outputs={},
        artifacts={},
        job_url="",
    )


def _as_png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
