"""Generator backed by any text-to-image pipeline of diffusers.

A pipeline has its own text encoder, so it receives the inputs of the fusion instead of the semantic
code: the description as the prompt, and the reference image as the initial image of
image-to-image, weighted by the reference strength. Tiles are exactly seamless if the denoiser is
convolutional (circular padding), else their borders are cross-faded.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import nn

from shared.briefs.colours.names import colour_name
from shared.briefs.text.index import is_chinese
from shared.briefs.understood import ParsedBrief
from shared.briefs.vocabulary import MOODS, PATTERNS
from shared.designs.record import Design, ImageLayer
from worker.drawing.resolve import CELL_MM, palette_entries
from worker.execution.progress import OnProgress, ignore_progress, portion
from worker.imaging.colour import rgb_from_lab
from worker.imaging.named_colours import nearest_colour
from worker.imaging.palette import palette_of
from worker.imaging.reference import flattened
from worker.models.generator.draft import Draft, DraftRequest, sha256_of
from worker.models.generator.tile import crossfade, resize_tile

if TYPE_CHECKING:
    from worker.models.weight_locator import WeightsSource

__all__ = ["DiffusionConfig", "DiffusionGenerator", "english_prompt", "load", "wrap_convolutions"]

_MAX_SKIPPED = 0.6
"""Share of the denoising skipped at full reference strength; 1 would copy the reference."""
_OVERLAP = 8
"""Cross-fade of 1 / _OVERLAP of the side where circular padding is not possible."""


@dataclass(frozen=True, kw_only=True)
class DiffusionConfig:
    """Pipeline settings; the keys of a model version's configuration."""

    kind: str = "diffusers"
    prompt: str = "seamless flat surface pattern: {description}"
    negative_prompt: str = "frame, border, text, watermark, photograph of a product"
    languages: tuple[str, ...] = ("en",)
    """Languages of its text encoder. For others the prompt is built from the parsed brief."""
    steps: int = 25
    guidance: float | None = None
    """None: the pipeline's default."""
    side_px: int | None = None
    """Side of the generated image; None: the side it was trained with."""
    dtype: str = "auto"
    """float32, float16 or bfloat16; auto: float32 on the CPU, bfloat16 elsewhere."""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> DiffusionConfig:
        """Parse a model version's configuration.

        Raises:
            ValueError: unknown key or invalid value.
        """
        unknown = set(config) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(
                f"unknown settings of a diffusers generator: {', '.join(sorted(unknown))}"
            )
        settings = cls(**{**config, "languages": tuple(config.get("languages", cls.languages))})
        if settings.steps < 1 or "{description}" not in settings.prompt:
            raise ValueError("steps must be 1 or more, and the prompt must contain {description}")
        return settings


class DiffusionGenerator:
    """A loaded pipeline, and the image-to-image pipeline of its networks if there is one."""

    def __init__(self, pipeline: Any, config: DiffusionConfig) -> None:
        """Wrap a loaded pipeline.

        Raises:
            ValueError: the pipeline does not take a prompt.
        """
        self._pipeline = pipeline
        self._config = config
        self._image_to_image = _image_to_image_pipeline(pipeline)
        self._wraps = getattr(pipeline, "unet", None) is not None
        if "prompt" not in _parameters(pipeline):
            raise ValueError(f"{type(pipeline).__name__} does not take a prompt")
        for member in (pipeline, self._image_to_image):
            if member is not None:
                member.set_progress_bar_config(disable=True)
        if self._wraps:
            wrap_convolutions(_networks(pipeline))
        self.side_px = config.side_px or _native_side(pipeline)

    def draft(
        self, request: DraftRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Draft:
        """Generate one variant as a seamless image layer.

        The noise comes from a CPU random generator seeded by (seed, variant), so it is the same
        on every device; pixels are the same on devices of one type.
        """
        image = self._generate(request, variant, on_progress)
        if not self._wraps:
            image = crossfade(image, min(image.shape[:2]) // _OVERLAP)
        content = _png(image)
        palette = palette_entries(
            _main_colours(image), "reference" if self._uses_reference(request) else "chosen"
        )
        layer = ImageLayer(id="l1", kind="image", sha256=sha256_of(content))
        design = Design(
            seed=request.seed,
            variant=variant,
            cell_mm=(CELL_MM, CELL_MM),
            palette=palette,
            layers=(layer,),
        )
        return Draft(design=design, files=(content,))

    def drafts(
        self,
        requests: Sequence[DraftRequest],
        variants: int,
        on_progress: OnProgress = ignore_progress,
    ) -> list[Draft]:
        """Generate the first variants one by one, of the requests in turn."""
        return [
            self.draft(
                requests[variant % len(requests)], variant, portion(on_progress, variant, variants)
            )
            for variant in range(variants)
        ]

    def details(self, request: DraftRequest) -> Mapping[str, Any]:
        """Return pipeline, prompt, steps and the use of the reference, for the provenance."""
        uses_reference = self._uses_reference(request)
        return {
            "pipeline": type(self._image_to_image if uses_reference else self._pipeline).__name__,
            "prompt": self._prompt(request),
            "steps": self._config.steps,
            "guidance": self._config.guidance,
            "drawn_px": self.side_px,
            "seamless": "wrapped convolutions" if self._wraps else "faded borders",
            "code_used": False,
            "reference_used": uses_reference,
            "noise_strength": _noise_strength(request) if uses_reference else 1.0,
        }

    def _uses_reference(self, request: DraftRequest) -> bool:
        has_reference = request.reference is not None and request.reference_strength > 0
        return has_reference and self._image_to_image is not None

    def _prompt(self, request: DraftRequest) -> str:
        text = request.description
        if "zh" not in self._config.languages and any(is_chinese(letter) for letter in text):
            text = english_prompt(request.understood) or text
        return self._config.prompt.replace("{description}", text)

    def _negative_prompt(self, request: DraftRequest) -> str:
        refused = [colour_name(key) for key in request.understood.excluded_colours]
        return ", ".join((self._config.negative_prompt, *refused))

    @torch.inference_mode()
    def _generate(
        self, request: DraftRequest, variant: int, on_progress: OnProgress
    ) -> NDArray[np.uint8]:
        """Return the pipeline's image, (H, W, 3)."""
        options: dict[str, Any] = {
            "negative_prompt": self._negative_prompt(request),
            "num_inference_steps": self._config.steps,
            "height": self.side_px,
            "width": self.side_px,
            "use_resolution_binning": False,
            "clean_caption": False,  # needs additional packages
            "generator": _random_generator(request.seed, variant),
        }
        if self._config.guidance is not None:
            options["guidance_scale"] = self._config.guidance
        pipeline = self._pipeline
        if request.reference is not None and self._uses_reference(request):
            pipeline = self._image_to_image
            strength = _noise_strength(request)
            options["image"] = _initial_image(request.reference, self.side_px)
            options["strength"] = strength
            # The strength shortens the schedule, of which at least one step must remain.
            options["num_inference_steps"] = max(self._config.steps, math.ceil(1 / strength))

        def on_step(step: int, *_: Any) -> None:
            on_progress(min(1.0, (step + 1) / options["num_inference_steps"]))

        def on_step_end(_: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step)
            return tensors

        options |= {
            "callback_on_step_end": on_step_end,
            "callback": on_step,
        }  # new and old interface
        supported = _parameters(pipeline)
        arguments = {name: value for name, value in options.items() if name in supported}
        output = pipeline(prompt=self._prompt(request), output_type="np", **arguments)
        image = np.nan_to_num(np.asarray(output.images[0], dtype=np.float32))
        return np.rint(image.clip(0, 1) * 255).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def _main_colours(pixels: NDArray[np.uint8]) -> list[str]:
    """Return the main colours of a picture as hex, the largest first."""
    lab, _ = palette_of(Image.fromarray(pixels))
    rows = np.rint(rgb_from_lab(lab)).astype(int)
    return ["#{:02X}{:02X}{:02X}".format(*row) for row in rows]


def english_prompt(understood: ParsedBrief) -> str:
    """Describe a parsed brief in English; empty if nothing was understood."""
    phrases = [MOODS[key].en[0] for key in understood.mood if key in MOODS]
    phrases += [f"{understood.scale} motifs"] if understood.scale else []
    if understood.pattern in PATTERNS:
        phrases.append(f"{PATTERNS[understood.pattern].en[0]} pattern")
    if understood.gradient:
        phrases.append(f"{understood.gradient_direction} gradient".strip())
    colours = [colour_name(nearest_colour(key)) for key in understood.colours]
    if colours:
        phrases.append(" and ".join(colours))
    return ", ".join(phrases)


def wrap_convolutions(networks: Sequence[nn.Module]) -> int:
    """Set circular padding on every padded convolution; return their count."""
    convolutions = [
        layer
        for network in networks
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d) and layer.padding != (0, 0)
    ]
    for layer in convolutions:
        layer.padding_mode = "circular"
    return len(convolutions)


def _networks(pipeline: Any) -> list[nn.Module]:
    """Return the image networks of a pipeline, without its text encoders."""
    parts = (getattr(pipeline, name, None) for name in ("unet", "vae", "movq", "prior", "vqvae"))
    return [part for part in parts if isinstance(part, nn.Module)]


def _image_to_image_pipeline(pipeline: Any) -> Any | None:
    """Return the image-to-image pipeline of the same networks, or None."""
    from diffusers import AutoPipelineForImage2Image

    try:
        companion = AutoPipelineForImage2Image.from_pipe(pipeline)
    except ValueError:
        return None
    return companion if {"image", "strength"} <= _parameters(companion) else None


def _parameters(pipeline: Any) -> set[str]:
    return set(inspect.signature(type(pipeline).__call__).parameters)


def _native_side(pipeline: Any) -> int:
    """Return the side that the pipeline was trained with, px."""
    denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    side = getattr(getattr(denoiser, "config", None), "sample_size", None)
    latent = side if isinstance(side, int) else getattr(pipeline, "default_sample_size", 64)
    return int(latent) * int(getattr(pipeline, "vae_scale_factor", 1))


def _noise_strength(request: DraftRequest) -> float:
    """Return the denoising strength: 1 replaces the reference; 0.4 at full reference strength."""
    return round(1 - _MAX_SKIPPED * min(1.0, request.reference_strength), 4)


def _initial_image(reference: Image.Image, side_px: int) -> Image.Image:
    """Return the centre of the reference as a seamless square of that side."""
    doubled = ImageOps.fit(flattened(reference), (2 * side_px, 2 * side_px))
    tile = crossfade(np.asarray(doubled), 2 * side_px // _OVERLAP)
    return Image.fromarray(resize_tile(tile, side_px))


def _random_generator(seed: int, variant: int) -> torch.Generator:
    combined = np.random.Generator(np.random.Philox([seed, variant])).integers(0, 2**63)
    return torch.Generator("cpu").manual_seed(int(combined))


def load(source: WeightsSource, device: torch.device) -> DiffusionGenerator:
    """Load the pipeline folder of a model version; safetensors only, no remote code.

    Raises:
        ModelsMissing: the package diffusers is not installed, or the folder is not a pipeline.
        ValueError: invalid configuration, or the pipeline does not take a prompt.
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
        raise ModelsMissing(f"{source.name}: {folder} is not a pipeline: {error}") from error
    return DiffusionGenerator(pipeline.to(device), config)


def _dtype(name: str, device: torch.device) -> torch.dtype:
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    dtypes = {str(dtype).removeprefix("torch."): dtype for dtype in (torch.float32, torch.float16)}
    dtypes["bfloat16"] = torch.bfloat16
    if name not in dtypes:
        raise ValueError(f"unknown dtype {name!r}: auto, {', '.join(dtypes)}")
    return dtypes[name]
