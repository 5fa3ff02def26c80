"""Interface of generators: a request for one variant, and the seamless tile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import ParsedBrief
from shared.designs.record import Design
from worker.execution.progress import OnProgress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Tile", "TileGenerator", "TileRequest", "crossfade", "resize_tile"]

_MARGIN = 0.25
"""Periodic padding of each border when a tile is resized, as a share of its side."""


@dataclass(frozen=True, kw_only=True)
class TileRequest:
    """The semantic code S of a job and the inputs that it was fused from.

    The built-in generator uses only the code. A generator with its own text encoder uses the inputs
    instead: the description, and the reference weighted by its strength.
    """

    code: Tensor  # (T, D) float32, the fusion's
    description: str
    understood: ParsedBrief
    reference: Image.Image | None
    reference_strength: float
    """0 to 1; 0: the reference is ignored."""
    seed: int
    size_px: int


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A generated tile and its description."""

    pixels: NDArray[np.uint8]  # (S, S, 3) sRGB
    palette: tuple[str, ...]
    """Hex colours, the most important first."""
    areas: tuple[float, ...]
    """Share of the tile's area of each colour."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """The sampled traits as keys of the vocabulary; empty if the generator has none."""
    design: Design | None = None
    """The record that it was drawn from; None: it was not drawn from one."""


class TileGenerator(Protocol):
    """Interface of loaded generators."""

    def tile(self, request: TileRequest, variant: int, on_progress: OnProgress = ...) -> Tile:
        """Generate one variant; the same request and variant give the same pixels."""
        ...

    def details(self, request: TileRequest) -> Mapping[str, Any]:
        """Return the generation settings of a request, for the provenance."""
        ...


def crossfade(pixels: NDArray[np.uint8], overlap_px: int) -> NDArray[np.uint8]:
    """Make an image seamless by cross-fading its far border into the near one.

    Args:
        pixels: (H, W, 3).
        overlap_px: width of the cross-fade; the result is (H - overlap, W - overlap, 3).

    Raises:
        ValueError: the overlap exceeds half of a side.
    """
    if 2 * overlap_px > min(pixels.shape[:2]):
        raise ValueError(f"an overlap of {overlap_px} px exceeds half of {pixels.shape[:2]}")
    faded = pixels.astype(np.float32)
    for _ in range(2):  # along the height, then transposed along the width
        kept, beyond = faded[:-overlap_px], faded[-overlap_px:]
        weight = ((np.arange(overlap_px, dtype=np.float32) + 1) / (overlap_px + 1))[:, None, None]
        blended = weight * kept[:overlap_px] + (1 - weight) * beyond
        faded = np.concatenate([blended, kept[overlap_px:]]).transpose(1, 0, 2)
    return np.rint(faded).astype(np.uint8)


def resize_tile(pixels: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize a seamless tile, (H, W, 3) to (size_px, size_px, 3), keeping it seamless."""
    height, width = pixels.shape[:2]
    if (height, width) == (size_px, size_px):
        return pixels
    padding = max(1, round(_MARGIN * max(height, width)))
    padded = np.pad(pixels, ((padding, padding), (padding, padding), (0, 0)), mode="wrap")
    resized = Image.fromarray(padded).resize(
        (size_px, size_px),
        Image.Resampling.LANCZOS,
        box=(padding, padding, padding + width, padding + height),
    )
    return np.asarray(resized)
