"""What any generator is asked for and gives: one seamless tile of one variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.briefs.parser import Understood
from worker.execution.progress import OnProgress

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Tile", "TileGenerator", "TileRequest", "crossfade", "resize_tile"]

_MARGIN = 0.25
"""Part of a side that is looked at beyond each border when a tile is resized."""


@dataclass(frozen=True, kw_only=True)
class TileRequest:
    """The semantic code S of a job and the halves that it was joined from.

    The built-in generator draws from the code alone. A generator with a text encoder of its own
    takes the halves instead: the description and, as far as the strength says, the reference.
    """

    code: Tensor  # (T, D) float32, the fusion's
    description: str
    understood: Understood
    reference: Image.Image | None
    reference_strength: float
    """0 to 1; 0: the brief alone."""
    seed: int
    size_px: int


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A drawn tile and what is known of it."""

    pixels: NDArray[np.uint8]  # (S, S, 3) sRGB
    palette: tuple[str, ...]
    """Hex colours, the most important first."""
    areas: tuple[float, ...]
    """Share of the tile that each colour has."""
    traits: Mapping[str, str] = field(default_factory=dict)
    """What was chosen to be drawn, as keys of the vocabulary; empty: the generator tells none."""


class TileGenerator(Protocol):
    """A resident generator, whichever networks stand behind it."""

    def tile(self, asked: TileRequest, variant: int, on_progress: OnProgress = ...) -> Tile:
        """Draw one variant; the same request and variant give the same pixels."""
        ...

    def details(self, asked: TileRequest) -> Mapping[str, Any]:
        """Tell how a request is drawn, for the provenance."""
        ...


def crossfade(pixels: NDArray[np.uint8], overlap_px: int) -> NDArray[np.uint8]:
    """Make a picture seamless: what lies beyond the far border fades into the near one.

    Args:
        pixels: (H, W, 3).
        overlap_px: what each side loses; the tile is (H - overlap, W - overlap, 3).

    Raises:
        ValueError: the overlap is more than half of a side.
    """
    if 2 * overlap_px > min(pixels.shape[:2]):
        raise ValueError(f"{overlap_px} px of {pixels.shape[:2]} cannot overlap")
    faded = pixels.astype(np.float32)
    for _ in range(2):  # along the height, and turned once more along the width
        kept, beyond = faded[:-overlap_px], faded[-overlap_px:]
        weight = ((np.arange(overlap_px, dtype=np.float32) + 1) / (overlap_px + 1))[:, None, None]
        near = weight * kept[:overlap_px] + (1 - weight) * beyond
        faded = np.concatenate([near, kept[overlap_px:]]).transpose(1, 0, 2)
    return np.rint(faded).astype(np.uint8)


def resize_tile(pixels: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize a seamless tile, (H, W, 3) to (size_px, size_px, 3), so that it stays seamless."""
    height, width = pixels.shape[:2]
    if (height, width) == (size_px, size_px):
        return pixels
    over = max(1, round(_MARGIN * max(height, width)))
    padded = np.pad(pixels, ((over, over), (over, over), (0, 0)), mode="wrap")
    resized = Image.fromarray(padded).resize(
        (size_px, size_px), Image.Resampling.LANCZOS, box=(over, over, over + width, over + height)
    )
    return np.asarray(resized)
