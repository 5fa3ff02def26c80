"""The visual prefix v(I): maps image features to eight input embeddings of a language model.

After Mokady et al., "ClipCap" (2021), but each embedding is initialised as a soft mixture of the
language model's word embeddings: colour names by CIELAB distance for palette slots, and pattern and
quality names for the others. Thus an untrained prefix is already meaningful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from shared.briefs.vocabulary import (
    COLOURS,
    CONTRASTS,
    DENSITIES,
    GRADIENT_DIRECTIONS,
    LINE_WEIGHTS,
    PATTERNS,
    SCALES,
)
from worker.imaging.colour import lab_from_rgb

__all__ = ["NONE", "READINGS", "PrefixShape", "VisualPrefix", "reading_names"]

SLOTS = 5
NONE = "none"
"""The last class of each reading: absent."""

READINGS: Mapping[str, tuple[str, ...]] = {
    "pattern": (*PATTERNS, "photograph"),
    "scale": (*SCALES, NONE),
    "density": (*DENSITIES, NONE),
    "line_weight": (*LINE_WEIGHTS, NONE),
    "gradient_direction": (*GRADIENT_DIRECTIONS, NONE),
    "contrast": (*CONTRASTS, NONE),
}
"""Classification heads on the features, and the class names of each."""

_TOKENS = (("pattern",), ("scale", "density", "line_weight"), ("gradient_direction", "contrast"))
_TABLES = {
    "pattern": PATTERNS,
    "scale": SCALES,
    "density": DENSITIES,
    "line_weight": LINE_WEIGHTS,
    "gradient_direction": GRADIENT_DIRECTIONS,
    "contrast": CONTRASTS,
}


def reading_names(reading: str) -> list[str]:
    """Return the English class names of a reading."""
    table = _TABLES[reading]
    return [table[key].name("en") if key in table else key for key in READINGS[reading]]


@dataclass(frozen=True, kw_only=True)
class PrefixShape:
    """Hyperparameters of the prefix."""

    width: int
    """Width of the language model's embeddings."""
    features: int = 1280
    hidden: int = 256
    colours: int = len(COLOURS)
    readings: tuple[tuple[str, int], ...] = tuple((k, len(v)) for k, v in READINGS.items())


class VisualPrefix(nn.Module):
    """Maps features and palette to eight embeddings: five colours, the pattern, two qualities."""

    length = SLOTS + len(_TOKENS)
    colour_lab: Tensor
    colour_words: Tensor

    def __init__(self, shape: PrefixShape) -> None:
        super().__init__()
        self.shape = shape
        hidden, width = shape.hidden, shape.width
        self.register_buffer("colour_lab", torch.zeros(shape.colours, 3))  # L/100, a/128, b/128
        self.register_buffer("colour_words", torch.zeros(shape.colours, width))
        for reading, count in shape.readings:
            self.register_buffer(f"{reading}_words", torch.zeros(count, width))
        self.sharpness = nn.Parameter(torch.tensor(6.0))  # exp: 1/distance² of Lab/100
        self.slot = nn.Sequential(nn.Linear(4 + SLOTS, hidden), nn.GELU())
        self.slot_colours = _zero_initialised(nn.Linear(hidden, shape.colours))
        self.slot_rest = _zero_initialised(nn.Linear(hidden, width))
        self.absent = nn.Parameter(torch.zeros(width))
        self.trunk = nn.Sequential(
            nn.Linear(shape.features + 4 * SLOTS, hidden),
            nn.GELU(),
            nn.Dropout(0.5),
            nn.Linear(hidden, hidden),
            nn.GELU(),
        )
        # High dropout, because the readings overfit to the training images otherwise.
        self.norm = nn.Sequential(nn.LayerNorm(shape.features), nn.Dropout(0.5))
        self.heads = nn.ModuleDict({k: nn.Linear(hidden, count) for k, count in shape.readings})
        self.rest = nn.ModuleList(_zero_initialised(nn.Linear(hidden, width)) for _ in _TOKENS)

    def take_words(self, embed_words: Mapping[str, Tensor]) -> None:
        """Initialise the mixtures with word embeddings for "colour" and each reading."""
        rgb = [colour.rgb for colour in COLOURS.values()]
        lab = torch.tensor(lab_from_rgb(rgb), dtype=torch.float32)
        self.colour_lab.copy_(lab / torch.tensor([100.0, 128.0, 128.0]))
        for name, words in embed_words.items():
            self.get_buffer(f"{name}_words").copy_(words)

    def read(self, features: Tensor, palette: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Classify pattern and qualities.

        Returns:
            The logits (N, classes) of each reading, and the trunk's output (N, hidden).
        """
        trunk = self.trunk(torch.cat([self.norm(features), palette.flatten(1)], dim=1))
        return {name: head(trunk) for name, head in self.heads.items()}, trunk

    def forward(
        self,
        features: Tensor,  # (N, F)
        palette: Tensor,  # (N, 5, 4)
    ) -> Tensor:  # (N, 8, width)
        readings, trunk = self.read(features, palette)
        tokens = [
            self._mixture([(name, readings[name]) for name in names]) + rest(trunk)
            for names, rest in zip(_TOKENS, self.rest, strict=True)
        ]
        return torch.cat([self.colours(palette), torch.stack(tokens, dim=1)], dim=1)

    def colours(self, palette: Tensor) -> Tensor:  # (N, 5, 4) -> (N, 5, width)
        """Return each palette slot as a mixture of colour name embeddings."""
        position = torch.eye(SLOTS, device=palette.device).expand(len(palette), -1, -1)
        slot = self.slot(torch.cat([palette, position], dim=-1))
        # equal units of L, a and b for distances
        unit = torch.tensor([1.0, 1.28, 1.28], device=palette.device)
        differences = (palette[..., None, :3] - self.colour_lab) * unit  # (N, 5, C, 3)
        logits = self.slot_colours(slot) - differences.square().sum(-1) * self.sharpness.exp()
        mixed = F.softmax(logits, dim=-1) @ self.colour_words + self.slot_rest(slot)
        present = palette[..., 3:] > 0
        return torch.where(present, mixed, self.absent)

    def _mixture(self, readings: Sequence[tuple[str, Tensor]]) -> Tensor:
        parts = [F.softmax(logits, -1) @ self.get_buffer(f"{k}_words") for k, logits in readings]
        return torch.stack(parts).mean(0)


def _zero_initialised(layer: nn.Linear) -> nn.Linear:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
