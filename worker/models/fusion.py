"""The fusion: projects description and visual embeddings into the semantic code.

S(I) = [d(I); s(I)]: d is the description's embedding with the parsed brief, s the visual
embedding with the palette. Either half may be missing. Trained jointly with the generator, from
scratch, on the project's own procedural corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from worker.models.condition import SLOT_WIDTH, Vocabulary
from worker.models.generator.field import SLOTS
from worker.models.generator.layers import RootNorm

if TYPE_CHECKING:
    from worker.models.weight_locator import WeightsSource

__all__ = ["Fusion", "FusionInput", "FusionNet", "FusionShape", "ShapeMismatch", "load"]

_LEADING_TOKENS = 4  # tokens before those of the slots: joined, text, understood, vision


class ShapeMismatch(ValueError):
    """The batch sizes of the inputs differ, or a width is not the one of the trained model."""


@dataclass(frozen=True, kw_only=True)
class FusionShape:
    """Hyperparameters of the fusion network."""

    text: int = 384
    understood: int = 80
    vision: int = 1280
    width: int = 256

    @property
    def tokens(self) -> int:
        """Number of tokens of the code: joined, text, understood, vision and one per slot."""
        return _LEADING_TOKENS + SLOTS


@dataclass(frozen=True, kw_only=True)
class FusionInput:
    """Inputs of the fusion, for N designs."""

    description: Tensor  # (N, text) float32, unit length; all zero: no text
    understood: Tensor  # (N, U) float32, `Vocabulary.indicators`
    colours: Tensor  # (N, 5, 4) float32, the brief's, as `condition.slots`
    vision: Tensor  # (N, V) float32
    palette: Tensor  # (N, 5, 4) float32, the reference's, as `palette_array`
    has_image: Tensor  # (N,) bool; False: the visual half is missing
    strength: Tensor  # (N,) float32, 0 to 1
    wanted: Tensor  # (N, 5, 4) float32, `condition.target_slots`

    def to(self, device: torch.device) -> FusionInput:
        """Return a copy on the device."""
        return FusionInput(**{name: value.to(device) for name, value in vars(self).items()})


class FusionNet(nn.Module):
    """The trained projection network."""

    centre: Tensor
    spread: Tensor

    def __init__(self, shape: FusionShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        description_width = shape.text + shape.understood + SLOTS * SLOT_WIDTH
        vision_width = shape.vision + SLOTS * 4 + 1
        # Embeddings of one model lie close together, so they are standardised.
        self.register_buffer("centre", torch.zeros(shape.text + shape.vision))
        self.register_buffer("spread", torch.ones(shape.text + shape.vision))
        self.no_description = nn.Parameter(torch.zeros(description_width))
        self.no_vision = nn.Parameter(torch.zeros(vision_width))
        self.joined = nn.Sequential(
            nn.Linear(description_width + vision_width, 2 * width),
            nn.SiLU(),
            nn.Linear(2 * width, width),
        )
        self.text = nn.Linear(shape.text, width)
        self.understood = nn.Sequential(
            nn.Linear(shape.understood, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.vision = nn.Sequential(
            nn.Linear(shape.vision + 1, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.slot = nn.Sequential(
            nn.Linear(SLOT_WIDTH + SLOT_WIDTH + 4 + 1, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.place = nn.Parameter(0.02 * torch.randn(shape.tokens, width))
        self.norm = RootNorm(width)

    def forward(self, inputs: FusionInput) -> Tensor:
        """Return the semantic code (N, T, D)."""
        text_width = self.shape.text
        centre, spread = self.centre, self.spread
        has_text = (inputs.description.abs().sum(1, keepdim=True) > 0).float()
        has_image = inputs.has_image[:, None].float()
        text = has_text * (inputs.description - centre[:text_width]) / spread[:text_width]
        vision = has_image * (inputs.vision - centre[text_width:]) / spread[text_width:]
        strength = has_image * inputs.strength[:, None]
        palette = has_image[:, :, None] * inputs.palette
        described = torch.cat([text, inputs.understood, inputs.colours.flatten(1)], dim=1)
        has_any = (inputs.understood.sum(1, keepdim=True) + has_text > 0).float()
        described = has_any * described + (1 - has_any) * self.no_description
        seen = torch.cat([vision, palette.flatten(1), strength], dim=1)
        seen = has_image * seen + (1 - has_image) * self.no_vision
        slot = torch.cat(
            [inputs.wanted, inputs.colours, palette, strength[:, None].expand(-1, SLOTS, 1)], dim=2
        )
        tokens = torch.cat(
            [
                self.joined(torch.cat([described, seen], dim=1))[:, None],
                self.text(text)[:, None],
                self.understood(inputs.understood)[:, None],
                self.vision(torch.cat([vision, strength], dim=1))[:, None],
                self.slot(slot),
            ],
            dim=1,
        )
        return self.norm(tokens + self.place)


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """A loaded fusion model."""

    network: FusionNet
    vocabulary: Vocabulary
    device: torch.device

    @torch.inference_mode()
    def fuse(self, inputs: FusionInput) -> Tensor:
        """Fuse description and vision into the semantic code S = [d; s].

        Deterministic: the same input and model version give the same code on one device type.

        Returns:
            (N, T, D) float32 on the CPU.

        Raises:
            ShapeMismatch: the inputs differ in N, or a width is not the one of the trained model.
        """
        _check_shapes(inputs, self.network.shape)
        return self.network(inputs.to(self.device)).float().cpu()


def _check_shapes(inputs: FusionInput, shape: FusionShape) -> None:
    counts = {name: len(value) for name, value in vars(inputs).items()}
    if len(set(counts.values())) != 1:
        raise ShapeMismatch(f"The batch sizes of the inputs differ: {counts}.")
    for name, expected in (("description", shape.text), ("vision", shape.vision)):
        width = getattr(inputs, name).shape[1]
        if width != expected:
            raise ShapeMismatch(
                f"The {name} embedding has width {width}, but this fusion was trained with "
                f"{expected}. Train fusion and generator with the configured model (codesigner "
                f"train), or use the model of the release."
            )


def config_of(network: FusionNet, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the manifest configuration of a fusion."""
    return {"shape": asdict(network.shape), "vocabulary": vocabulary.to_document()}


def build(config: Mapping[str, Any]) -> tuple[FusionNet, Vocabulary]:
    """Build an untrained fusion from a manifest configuration."""
    shape = FusionShape(**config["shape"])
    return FusionNet(shape), Vocabulary.from_document(config["vocabulary"])


def load(source: WeightsSource, device: torch.device) -> Fusion:
    """Load the fusion of a model version."""
    network, vocabulary = build(source.config)
    weights = {name: value.float() for name, value in load_file(source.file()).items()}
    network.load_state_dict(weights)
    return Fusion(network=network.to(device).eval(), vocabulary=vocabulary, device=device)
