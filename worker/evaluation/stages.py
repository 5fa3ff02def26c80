"""Runs briefs through the real stages and measures their time."""

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

from shared.briefs.parser import parse_brief
from worker.execution.contracts import DesignOptions, Models, StageCall
from worker.models.weight_locator import Places, find_weights
from worker.runtime.model_cache import ModelCache, ResidentModels
from worker.stages import caption, fusion, generate, vision

__all__ = ["Asked", "Drawing", "draw", "draw_pixels", "load_bundled_models"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A design request as a user would submit it."""

    text: str
    seed: int
    reference: Image.Image | None = None
    strength: float = 1.0
    variants: int = 1
    size_px: int = 256


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Result of a design request."""

    tiles: tuple[NDArray[np.uint8], ...]  # (S, S, 3) each
    facts: Mapping[str, Any]
    """Output of the generate stage: traits and palette of each variant."""
    description: str
    recorded_pattern: str | None = None
    """Pattern of the first variant's record; None: it was not drawn from one."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Run time in seconds by stage."""


def load_bundled_models(folder: Path, cache: Path) -> ResidentModels:
    """Load the models of a folder with a manifest, on the CPU."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entries = {entry["role"]: entry for entry in document["versions"]}
    places = Places(cache=cache, bundled=folder)
    residency = ModelCache("cpu", lambda role: find_weights(entries[role], places), 8 << 30)
    return ResidentModels({role: role for role in entries}, residency)


def draw(models: Models, request: Asked) -> Drawing:
    """Run the stages up to generate and return the tiles."""
    call, seconds = _run_until_fusion(models, request)
    start_time = time.perf_counter()
    (result,) = generate.run([call], models)
    seconds["generate"] = time.perf_counter() - start_time
    pictures = [
        Image.open(io.BytesIO(artifact.content), formats=["PNG"])
        for artifact in result.artifacts
        if artifact.kind == "tile"
    ]
    facts = json.loads(result.output)
    has_record = any(artifact.kind == "design" for artifact in result.artifacts)
    return Drawing(
        tiles=tuple(np.asarray(picture.convert("RGB")) for picture in pictures),
        facts=facts,
        recorded_pattern=facts["variants"][0]["traits"]["pattern"] if has_record else None,
        description=str(json.loads(call.outputs["caption"]).get("description", "")),
        seconds=seconds,
    )


def draw_pixels(models: Models, request: Asked) -> NDArray[np.uint8]:
    """Return the first variant's pixels from the generator, without PNG encoding."""
    call, _ = _run_until_fusion(models, request)
    return models.generator.tile(generate.build_tile_requests(call)[0], 0).pixels


def _run_until_fusion(models: Models, request: Asked) -> tuple[StageCall, dict[str, float]]:
    call, seconds = _call(request), {}
    stages = {"caption": caption, "vision": vision, "fusion": fusion}
    for name, stage in stages.items():
        if name == "vision" and request.reference is None:
            continue
        start_time = time.perf_counter()
        (result,) = stage.run([call], models)
        seconds[name] = time.perf_counter() - start_time
        call = replace(call, outputs={**call.outputs, name: result.output})
    return call, seconds


def _call(request: Asked) -> StageCall:
    understood = parse_brief(request.text)
    return StageCall(
        job_id=str(request.seed),
        brief=request.text,
        options=DesignOptions(
            variants=request.variants,
            seed=request.seed,
            product=understood.product or "phone-case",
            reference_strength=request.strength,
            size=request.size_px,
        ),
        understood=understood,
        reference=None if request.reference is None else _encode_png(request.reference),
        outputs={},
        artifacts={},
        job_url="",
    )


def _encode_png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
