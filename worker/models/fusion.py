"""The fusion: description and visual embedding, concatenated and projected into one code.

S(I) = [d(I); s(I)]: d is the description's embedding with what was understood of it, s the
visual embedding with the palette; either half may be missing. Trained together with the
generator, from scratch, on the project's own procedural corpus.
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
    from worker.models.weights import WeightsSource

__all__ = ["BadShape", "Fusion", "FusionInput", "FusionNet", "FusionShape", "load"]

_JOINED = 4  # tokens before the slots' own: joined, text, understood, vision


class BadShape(ValueError):
    """The halves disagree in number, or a half is not as wide as the fusion was trained for."""


@dataclass(frozen=True, kw_only=True)
class FusionShape:
    """Sizes of the fusion."""

    text: int = 384
    understood: int = 80
    vision: int = 1280
    width: int = 256

    @property
    def tokens(self) -> int:
        """Tokens of the code: joined, text, understood, vision and one for each slot."""
        return _JOINED + SLOTS


@dataclass(frozen=True, kw_only=True)
class FusionInput:
    """Both halves, for N designs."""

    description: Tensor  # (N, text) float32, unit length; all zero: no text
    understood: Tensor  # (N, U) float32, `Vocabulary.indicators`
    colours: Tensor  # (N, 5, 4) float32, the brief's, as `condition.slots`
    vision: Tensor  # (N, V) float32
    palette: Tensor  # (N, 5, 4) float32, the reference's, as `palette_rows`
    has_image: Tensor  # (N,) bool; False: the visual half is missing
    strength: Tensor  # (N,) float32, 0 to 1
    wanted: Tensor  # (N, 5, 4) float32, `condition.wanted_slots`

    def to(self, device: torch.device) -> FusionInput:
        """Give the same on a device."""
        return FusionInput(**{name: value.to(device) for name, value in vars(self).items()})


class FusionNet(nn.Module):
    """The trained projection."""

    centre: Tensor
    spread: Tensor

    def __init__(self, shape: FusionShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        described = shape.text + shape.understood + SLOTS * SLOT_WIDTH
        seen = shape.vision + SLOTS * 4 + 1
        # Embeddings of a kind lie close together; their differences are what tells.
        self.register_buffer("centre", torch.zeros(shape.text + shape.vision))
        self.register_buffer("spread", torch.ones(shape.text + shape.vision))
        self.no_description = nn.Parameter(torch.zeros(described))
        self.no_vision = nn.Parameter(torch.zeros(seen))
        self.joined = nn.Sequential(
            nn.Linear(described + seen, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
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

    def forward(self, given: FusionInput) -> Tensor:
        """Give the code (N, T, D)."""
        text_width = self.shape.text
        centre, spread = self.centre, self.spread
        has_text = (given.description.abs().sum(1, keepdim=True) > 0).float()
        has_image = given.has_image[:, None].float()
        text = has_text * (given.description - centre[:text_width]) / spread[:text_width]
        vision = has_image * (given.vision - centre[text_width:]) / spread[text_width:]
        strength = has_image * given.strength[:, None]
        palette = has_image[:, :, None] * given.palette
        described = torch.cat([text, given.understood, given.colours.flatten(1)], dim=1)
        has_any = (given.understood.sum(1, keepdim=True) + has_text > 0).float()
        described = has_any * described + (1 - has_any) * self.no_description
        seen = torch.cat([vision, palette.flatten(1), strength], dim=1)
        seen = has_image * seen + (1 - has_image) * self.no_vision
        slot = torch.cat(
            [given.wanted, given.colours, palette, strength[:, None].expand(-1, SLOTS, 1)], dim=2
        )
        tokens = torch.cat(
            [
                self.joined(torch.cat([described, seen], dim=1))[:, None],
                self.text(text)[:, None],
                self.understood(given.understood)[:, None],
                self.vision(torch.cat([vision, strength], dim=1))[:, None],
                self.slot(slot),
            ],
            dim=1,
        )
        return self.norm(tokens + self.place)


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """A resident fusion."""

    network: FusionNet
    vocabulary: Vocabulary
    device: torch.device

    @torch.inference_mode()
    def fuse(self, given: FusionInput) -> Tensor:
        """Join description and vision into the semantic code S = [d; s].

        Pure: the same input and model version give the same code on the same device type.

        Returns:
            (N, T, D) float32 on the CPU.

        Raises:
            BadShape: the halves disagree in N, or in width with what the fusion was trained for.
        """
        _check(given, self.network.shape)
        return self.network(given.to(self.device)).float().cpu()


def _check(given: FusionInput, shape: FusionShape) -> None:
    counts = {name: len(value) for name, value in vars(given).items()}
    if len(set(counts.values())) != 1:
        raise BadShape(f"The halves disagree in number: {counts}.")
    for name, wanted in (("description", shape.text), ("vision", shape.vision)):
        width = getattr(given, name).shape[1]
        if width != wanted:
            raise BadShape(
                f"The {name} is {width} wide, but this fusion was trained on {wanted}: fusion and "
                f"generator have to be trained with the model that is named for that role "
                f"(codesigner train); until then use the release's own."
            )


def config_of(network: FusionNet, vocabulary: Vocabulary) -> dict[str, Any]:
    """Give the manifest's configuration of a fusion."""
    return {"shape": asdict(network.shape), "vocabulary": vocabulary.to_document()}


def build(config: Mapping[str, Any]) -> tuple[FusionNet, Vocabulary]:
    """Make an untrained fusion of a manifest's configuration."""
    shape = FusionShape(**config["shape"])
    return FusionNet(shape), Vocabulary.from_document(config["vocabulary"])


def load(source: WeightsSource, device: torch.device) -> Fusion:
    """Load the fusion that a model version names."""
    network, vocabulary = build(source.config)
    weights = {name: value.float() for name, value in load_file(source.file()).items()}
    network.load_state_dict(weights)
    return Fusion(network=network.to(device).eval(), vocabulary=vocabulary, device=device)
