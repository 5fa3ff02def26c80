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
from shared.designs.record import Design, FieldLayer, ImageLayer
from worker.drawing.raster import draw_pixels as draw_design
from worker.execution.contracts import DesignOptions, Models, StageCall
from worker.models.weight_locator import Places, find_weights
from worker.runtime.model_cache import ModelCache, ResidentModels
from worker.stages import caption, fusion, generate, vision
from worker.stages import draw as draw_stage
from worker.stages.layer_files import read_record

__all__ = ["Asked", "Drawing", "draw", "draw_pixels", "load_bundled_models", "run_until_fusion"]


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
    """Outputs of the stages generate and draw: traits and palette of each variant."""
    description: str
    recorded_pattern: str | None = None
    """Pattern of the first variant's record; None: a network drew its pixels."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Run time in seconds by stage."""


def load_bundled_models(folder: Path, cache: Path, device: str = "cpu") -> ResidentModels:
    """Load the models of a folder with a manifest."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entries = {entry["role"]: entry for entry in document["versions"]}
    places = Places(cache=cache, bundled=folder)
    residency = ModelCache(device, lambda role: find_weights(entries[role], places), 8 << 30)
    return ResidentModels({role: role for role in entries}, residency)


def draw(models: Models, request: Asked) -> Drawing:
    """Run the stages up to draw and return the tiles."""
    call, seconds = run_until_fusion(models, request)
    for name, stage in (("generate", generate), ("draw", draw_stage)):
        start_time = time.perf_counter()
        (result,) = stage.run([call], models)
        seconds[name] = time.perf_counter() - start_time
        made = {(file.kind, file.variant): file.content for file in result.artifacts}
        call = replace(
            call,
            outputs={**call.outputs, name: result.output},
            artifacts={**call.artifacts, **made},
        )
    pictures = [
        Image.open(io.BytesIO(call.artifacts["tile", variant]), formats=["PNG"])
        for variant in range(request.variants)
    ]
    drafted, drawn = (json.loads(call.outputs[name])["variants"] for name in ("generate", "draw"))
    first = read_record(call.artifacts, 0)
    return Drawing(
        tiles=tuple(np.asarray(picture.convert("RGB")) for picture in pictures),
        facts={"variants": [a | b for a, b in zip(drafted, drawn, strict=True)]},
        recorded_pattern=None if _is_raster(first) else drafted[0]["traits"]["pattern"],
        description=str(json.loads(call.outputs["caption"]).get("description", "")),
        seconds=seconds,
    )


def draw_pixels(models: Models, request: Asked) -> NDArray[np.uint8]:
    """Return the first variant's pixels, without PNG encoding."""
    call, _ = run_until_fusion(models, request)
    draft = models.generator.draft(generate.build_draft_requests(call)[0], 0)
    return draw_design(draft.design, request.size_px, draft.get)[..., :3]


def _is_raster(design: Design) -> bool:
    """Return whether a design has pixels that a network drew."""
    return any(isinstance(layer, FieldLayer | ImageLayer) for layer in design.layers)


def run_until_fusion(models: Models, request: Asked) -> tuple[StageCall, dict[str, float]]:
    """Run the stages up to fusion; return the call with their outputs and seconds by stage."""
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
