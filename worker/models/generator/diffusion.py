"""Any text-to-image pipeline of diffusers as the generator.

A pipeline reads with a text encoder of its own, so the semantic code reaches it as the halves
that the fusion joins: the description as its prompt, the reference image as the picture that it
starts from, as far as the reference's strength says. Tiles are seamless: exactly where the
pipeline is convolutional (all its convolutions are wrapped around the torus), by fading the
borders into each other where it is not.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import nn

from shared.briefs.index import is_chinese
from shared.briefs.parser import Understood
from shared.briefs.vocabulary import COLOURS, MOODS, PATTERNS
from worker.execution.progress import OnProgress, ignore_progress
from worker.imaging.colour import rgb_from_lab
from worker.imaging.palette import palette_of
from worker.models.generator.tile import Tile, TileRequest, crossfade, resize_tile

if TYPE_CHECKING:
    from worker.models.weights import WeightsSource

__all__ = ["DiffusionConfig", "DiffusionGenerator", "in_english", "load", "wrap_convolutions"]

_KEPT = 0.6
"""Part of the way from noise that a reference of full strength saves; 1 would copy it."""
_OVERLAP = 8
"""An eighth of the picture fades into the other border where wrapping cannot be had."""


@dataclass(frozen=True, kw_only=True)
class DiffusionConfig:
    """How a pipeline is asked; the keys of a model version's configuration."""

    kind: str = "diffusers"
    prompt: str = "seamless flat surface pattern: {description}"
    negative_prompt: str = "frame, border, text, watermark, photograph of a product"
    languages: tuple[str, ...] = ("en",)
    """What its text encoder reads; a description in another is replaced by what was understood."""
    steps: int = 25
    guidance: float | None = None
    """None: the pipeline's own."""
    side_px: int | None = None
    """Side that it draws at; None: the one that it was trained for."""
    dtype: str = "auto"
    """float32, float16 or bfloat16; auto: float32 on a processor, bfloat16 elsewhere."""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> DiffusionConfig:
        """Read a model version's configuration.

        Raises:
            ValueError: a key is not known or a value does not fit.
        """
        unknown = set(config) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"a diffusers generator has no setting {', '.join(sorted(unknown))}")
        made = cls(**{**config, "languages": tuple(config.get("languages", cls.languages))})
        if made.steps < 1 or "{description}" not in made.prompt:
            raise ValueError("steps are 1 or more, and the prompt has a place for {description}")
        return made


class DiffusionGenerator:
    """A resident pipeline, and the one of its family that starts from a picture, if it has one."""

    def __init__(self, pipeline: Any, config: DiffusionConfig) -> None:
        """Take a loaded pipeline.

        Raises:
            ValueError: it does not draw from a prompt.
        """
        self._pipeline = pipeline
        self._config = config
        self._from_picture = _companion(pipeline)
        self._wraps = getattr(pipeline, "unet", None) is not None
        if "prompt" not in _arguments(pipeline):
            raise ValueError(f"{type(pipeline).__name__} does not draw from a prompt")
        for each in (pipeline, self._from_picture):
            if each is not None:
                each.set_progress_bar_config(disable=True)
        if self._wraps:
            wrap_convolutions(_networks(pipeline))
        self.side_px = config.side_px or _native_side(pipeline)

    def tile(
        self, asked: TileRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Tile:
        """Draw one variant, seamless, at the size asked for.

        The noise comes from the processor's stream of (seed, variant), so it is the same on
        every device; pixels are the same on one kind of device.
        """
        drawn = self._draw(asked, variant, on_progress)
        if not self._wraps:
            drawn = crossfade(drawn, min(drawn.shape[:2]) // _OVERLAP)
        pixels = resize_tile(drawn, asked.size_px)
        lab, shares = palette_of(Image.fromarray(pixels))
        colours = np.rint(rgb_from_lab(lab)).astype(int)
        return Tile(
            pixels=pixels,
            palette=tuple("#{:02X}{:02X}{:02X}".format(*colour) for colour in colours),
            areas=tuple(round(float(share), 3) for share in shares),
        )

    def details(self, asked: TileRequest) -> Mapping[str, Any]:
        """Tell pipeline, prompt, steps and what became of the reference."""
        picture = self._looks_at(asked)
        return {
            "pipeline": type(self._from_picture if picture else self._pipeline).__name__,
            "prompt": self._prompt(asked),
            "steps": self._config.steps,
            "guidance": self._config.guidance,
            "drawn_px": self.side_px,
            "seamless": "wrapped convolutions" if self._wraps else "faded borders",
            "code_used": False,
            "reference_used": picture,
            "noise_strength": _noise_strength(asked) if picture else 1.0,
        }

    def _looks_at(self, asked: TileRequest) -> bool:
        there = asked.reference is not None and asked.reference_strength > 0
        return there and self._from_picture is not None

    def _prompt(self, asked: TileRequest) -> str:
        text = asked.description
        if "zh" not in self._config.languages and any(is_chinese(letter) for letter in text):
            text = in_english(asked.understood) or text
        return self._config.prompt.replace("{description}", text)

    @torch.inference_mode()
    def _draw(self, asked: TileRequest, variant: int, on_progress: OnProgress) -> NDArray[np.uint8]:
        """Give the pipeline's picture, (H, W, 3)."""
        options: dict[str, Any] = {
            "negative_prompt": self._config.negative_prompt,
            "num_inference_steps": self._config.steps,
            "height": self.side_px,
            "width": self.side_px,
            "use_resolution_binning": False,
            "clean_caption": False,  # would need packages of its own
            "generator": _stream(asked.seed, variant),
        }
        if self._config.guidance is not None:
            options["guidance_scale"] = self._config.guidance
        pipeline = self._pipeline
        if asked.reference is not None and self._looks_at(asked):
            pipeline = self._from_picture
            strength = _noise_strength(asked)
            options["image"] = _start(asked.reference, self.side_px)
            options["strength"] = strength
            # At least one step must be left of those that the strength cuts away.
            options["num_inference_steps"] = max(self._config.steps, math.ceil(1 / strength))

        def on_step(step: int, *_: Any) -> None:
            on_progress(min(1.0, (step + 1) / options["num_inference_steps"]))

        def on_step_end(_: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step)
            return tensors

        options |= {"callback_on_step_end": on_step_end, "callback": on_step}  # new and old form
        known = _arguments(pipeline)
        given = {name: value for name, value in options.items() if name in known}
        answer = pipeline(prompt=self._prompt(asked), output_type="np", **given)
        picture = np.nan_to_num(np.asarray(answer.images[0], dtype=np.float32))
        return np.rint(picture.clip(0, 1) * 255).astype(np.uint8)


def in_english(understood: Understood) -> str:
    """Put what was understood of a design into English words; empty where nothing was."""
    named = [MOODS[key].en[0] for key in understood.mood if key in MOODS]
    named += [f"{understood.scale} motifs"] if understood.scale else []
    if understood.pattern in PATTERNS:
        named.append(f"{PATTERNS[understood.pattern].en[0]} pattern")
    if understood.gradient:
        named.append(f"{understood.gradient_direction} gradient".strip())
    colours = [COLOURS[key].en[0] for key in understood.colours if key in COLOURS]
    if colours:
        named.append(" and ".join(colours))
    return ", ".join(named)


def wrap_convolutions(networks: Sequence[nn.Module]) -> int:
    """Let every padded convolution see the opposite border; gives how many there are."""
    found = [
        layer
        for network in networks
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d) and layer.padding != (0, 0)
    ]
    for layer in found:
        layer.padding_mode = "circular"
    return len(found)


def _networks(pipeline: Any) -> list[nn.Module]:
    """List the networks that draw, not those that read the prompt."""
    parts = (getattr(pipeline, name, None) for name in ("unet", "vae", "movq", "prior", "vqvae"))
    return [part for part in parts if isinstance(part, nn.Module)]


def _companion(pipeline: Any) -> Any | None:
    """Give the pipeline of the same networks that starts from a picture; None: there is none."""
    from diffusers import AutoPipelineForImage2Image

    try:
        companion = AutoPipelineForImage2Image.from_pipe(pipeline)
    except ValueError:
        return None
    return companion if {"image", "strength"} <= _arguments(companion) else None


def _arguments(pipeline: Any) -> set[str]:
    return set(inspect.signature(type(pipeline).__call__).parameters)


def _native_side(pipeline: Any) -> int:
    """Find the side that the pipeline was trained for, px."""
    denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    side = getattr(getattr(denoiser, "config", None), "sample_size", None)
    latent = side if isinstance(side, int) else getattr(pipeline, "default_sample_size", 64)
    return int(latent) * int(getattr(pipeline, "vae_scale_factor", 1))


def _noise_strength(asked: TileRequest) -> float:
    """Give how much of a reference is replaced: 1 all, at full strength 0.4."""
    return round(1 - _KEPT * min(1.0, asked.reference_strength), 4)


def _start(reference: Image.Image, side_px: int) -> Image.Image:
    """Make the reference's centre a seamless square of that side."""
    whole = ImageOps.fit(reference.convert("RGB"), (2 * side_px, 2 * side_px))
    tile = crossfade(np.asarray(whole), 2 * side_px // _OVERLAP)
    return Image.fromarray(resize_tile(tile, side_px))


def _stream(seed: int, variant: int) -> torch.Generator:
    mixed = np.random.Generator(np.random.Philox([seed, variant])).integers(0, 2**63)
    return torch.Generator("cpu").manual_seed(int(mixed))


def load(source: WeightsSource, device: torch.device) -> DiffusionGenerator:
    """Load the pipeline folder that a model version names; safetensors only, no foreign code.

    Raises:
        ModelsMissing: the package diffusers is not installed, or the folder is no pipeline.
        ValueError: the configuration does not fit, or the pipeline does not draw from a prompt.
    """
    from shared.errors import ModelsMissing

    config = DiffusionConfig.of(source.config)
    try:
        from diffusers import DiffusionPipeline
    except ModuleNotFoundError as missing:
        raise ModelsMissing(
            f"{source.name} needs {missing.name}: pip install 'codesigner[diffusers]'."
        ) from missing
    folder: Path = source.folder()
    try:
        pipeline = DiffusionPipeline.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=_dtype(config.dtype, device),
        )
    except OSError as error:
        raise ModelsMissing(f"{source.name}: {folder} is no pipeline: {error}") from error
    return DiffusionGenerator(pipeline.to(device), config)


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    known = {str(each).removeprefix("torch."): each for each in (torch.float32, torch.float16)}
    known["bfloat16"] = torch.bfloat16
    if name not in known:
        raise ValueError(f"unknown dtype {name!r}: auto, {', '.join(known)}")
    return known[name]
