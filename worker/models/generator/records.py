"""The bundled kind of generator: fills in a design record from S and z, and draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.designs.record import Design
from worker.drawing.raster import draw_pixels
from worker.drawing.resolve import DRAWN_PATTERNS, design_of_traits
from worker.execution.progress import OnProgress, ignore_progress
from worker.models.generator.model import Generator
from worker.models.generator.tile import Tile, TileRequest

__all__ = ["RecordGenerator", "area_shares", "visible_design"]

_AREA_PX = 128
"""Size of the picture on which areas are measured."""
_LEAST_AREA = 0.09
"""Area of each colour from which it counts as visible."""
_ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class RecordGenerator:
    """Generator that draws records, and the learned field for patterns that are no family."""

    field: Generator

    def tile(
        self, request: TileRequest, variant: int, on_progress: OnProgress = ignore_progress
    ) -> Tile:
        """Generate one variant: sample traits and palette, then draw their record.

        Raises:
            ShapeMismatch: the shape of the code is not the one of the trained generator.
            ValueError: the size is not within 16 to 8192.
        """
        traits, palette = self.field.sample(request.code, request.seed, variant)
        if traits["pattern"] not in DRAWN_PATTERNS:
            return self.field.tile(request, variant, on_progress)
        design, shares = visible_design(traits, palette, request.seed, variant)
        pixels = draw_pixels(design, request.size_px)[..., :3]
        on_progress(1.0)
        colours = [entry.hex for entry in design.palette]
        order = np.argsort(-shares, kind="stable")
        return Tile(
            pixels=pixels,
            palette=tuple(colours[index] for index in order),
            areas=tuple(round(float(shares[index]), 3) for index in order),
            traits=traits,
            design=design,
        )

    def details(self, request: TileRequest) -> Mapping[str, Any]:
        """Return the sampling settings."""
        return self.field.details(request)


def visible_design(
    traits: Mapping[str, str], palette: Sequence[str], seed: int, variant: int
) -> tuple[Design, NDArray[np.float64]]:
    """Return the record of the first form in which each colour is visible, and its areas.

    If there is none, that of the form whose smallest area is the largest.
    """
    best: tuple[Design, NDArray[np.float64]] | None = None
    for attempt in range(_ATTEMPTS):
        design = design_of_traits(traits, palette, seed=seed, variant=variant, attempt=attempt)
        colours = [entry.hex for entry in design.palette]
        shares = area_shares(draw_pixels(design, _AREA_PX), colours)
        if best is None or shares.min() > best[1].min():
            best = design, shares
        if shares.min() >= _LEAST_AREA or design.layers[0].kind != "family":
            break
    assert best is not None
    return best


def area_shares(pixels: NDArray[np.uint8], colours: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of pixels (H, W, 4) that is nearest to each colour; they sum to 1."""
    flat = pixels[..., :3].reshape(-1, 3).astype(np.int32)
    rows = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], np.int32)
    distances = ((flat[:, None] - rows[None]) ** 2).sum(-1)
    shares: NDArray[np.float64] = np.bincount(distances.argmin(1), minlength=len(rows)) / len(flat)
    return shares
