"""The autoencoder of colour separations: soft masks in, a small grid of latents, masks out.

A design is up to five separations, soft masks that sum to one at each pixel, and a palette.
The autoencoder sees no colour, so what it learns of stripes serves stripes of every colour.
A spatial latent as in Rombach et al. 2022, on a torus; trained from scratch on the project's
own procedural corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from worker.models.layers import Attention, Bottleneck, RootNorm, TorusRotary

__all__ = [
    "SLOTS",
    "SeparationDecoder",
    "SeparationEncoder",
    "SeparationShape",
    "masks_from_logits",
]

SLOTS = 5
"""Most separations that a design has."""


@dataclass(frozen=True, kw_only=True)
class SeparationShape:
    """Sizes of the autoencoder."""

    side: int = 128
    """Side of a mask in px; the latent's is a sixteenth of it."""
    latent: int = 16
    """Channels of the latent."""
    fine: int = 64
    """Channels at a quarter of the side."""
    middle: int = 128
    """Channels at an eighth of the side."""
    coarse: int = 256
    """Channels at a sixteenth of the side."""
    encoder_blocks: tuple[int, int, int] = (1, 2, 1)
    """Convolutional blocks, fine to coarse."""
    decoder_blocks: tuple[int, int, int] = (2, 3, 1)

    @property
    def grid(self) -> int:
        """Side of the latent."""
        return self.side // 16


class GridBlock(nn.Module):
    """One transformer block over the coarse grid: sees all repeats of a motif at once."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        heads = max(1, width // 64)
        self.rotary = TorusRotary(side, width // heads)
        self.before, self.between = RootNorm(width), RootNorm(width)
        self.attention = Attention(width, heads)
        self.forwards = nn.Sequential(
            nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:  # (N, C, G, G) -> the same
        count, width, side, _ = x.shape
        tokens = x.flatten(2).transpose(1, 2)  # (N, G*G, C)
        tokens = tokens + self.attention(self.before(tokens), self.rotary)
        tokens = tokens + self.forwards(self.between(tokens))
        return tokens.transpose(1, 2).reshape(count, width, side, side)


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(Bottleneck(width) for _ in range(count)))


class SeparationEncoder(nn.Module):
    """Masks to latents."""

    def __init__(self, shape: SeparationShape) -> None:
        super().__init__()
        fine, middle, coarse = shape.encoder_blocks
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(16 * SLOTS, shape.fine, 1),
            _blocks(shape.fine, fine),
            nn.Conv2d(shape.fine, shape.middle, 2, stride=2),
            _blocks(shape.middle, middle),
            nn.Conv2d(shape.middle, shape.coarse, 2, stride=2),
            _blocks(shape.coarse, coarse),
            GridBlock(shape.coarse, shape.grid),
            nn.GroupNorm(8, shape.coarse),
            nn.Conv2d(shape.coarse, shape.latent, 1),
        )

    def forward(self, masks: Tensor) -> Tensor:
        """Encode.

        Args:
            masks: (N, 5, S, S), 0 to 1; a slot that the design lacks is zero.

        Returns:
            (N, C, S/16, S/16), about unit scale.
        """
        latent: Tensor = self.layers(2 * masks - 0.4)
        return latent


class SeparationDecoder(nn.Module):
    """Latents to the logits of masks."""

    def __init__(self, shape: SeparationShape) -> None:
        super().__init__()
        fine, middle, coarse = shape.decoder_blocks
        self.layers = nn.Sequential(
            nn.Conv2d(shape.latent, shape.coarse, 1),
            GridBlock(shape.coarse, shape.grid),
            _blocks(shape.coarse, coarse),
            nn.Conv2d(shape.coarse, 4 * shape.middle, 1),
            nn.PixelShuffle(2),
            _blocks(shape.middle, middle),
            nn.Conv2d(shape.middle, 4 * shape.fine, 1),
            nn.PixelShuffle(2),
            _blocks(shape.fine, fine),
            nn.GroupNorm(8, shape.fine),
            nn.Conv2d(shape.fine, 16 * SLOTS, 3, padding=1, padding_mode="circular"),
            nn.PixelShuffle(4),
        )

    @property
    def last(self) -> nn.Conv2d:
        """The layer that writes the logits."""
        layer = self.layers[-2]
        assert isinstance(layer, nn.Conv2d)
        return layer

    def forward(self, latent: Tensor) -> Tensor:
        """Decode (N, C, S/16, S/16) to logits (N, 5, S, S)."""
        logits: Tensor = self.layers(latent)
        return logits


def masks_from_logits(logits: Tensor, present: Tensor) -> Tensor:
    """Share each pixel among the separations that are present.

    Args:
        logits: (N, 5, H, W).
        present: (N, 5) bool, at least one True in each row.

    Returns:
        (N, 5, H, W) float32 that sums to 1 over the separations.
    """
    hidden = ~present[:, :, None, None]
    return functional.softmax(logits.float().masked_fill(hidden, torch.finfo(torch.float32).min), 1)
