"""Measures edge sharpness at print size relative to the corpus' rendering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.corpus import DesignSpec, caption
from worker.corpus.render import area_order, masks_at
from worker.corpus.spec import rng_for
from worker.evaluation.briefs import design_of_pattern
from worker.evaluation.edge_width import corpus_lines, edge_widths, tile_lines
from worker.evaluation.report import Row
from worker.evaluation.stages import Asked, draw_pixels
from worker.execution.contracts import Models

__all__ = ["PrintSize", "print_size"]

PRINT_PX = 4096
_PATTERNS = ("dots", "diamonds")
_DETAIL_PX = 512


@dataclass(frozen=True, kw_only=True)
class PrintSize:
    """Result of the measurement at print size."""

    row: Row
    details: list[NDArray[np.uint8]]
    """Crops of 512 px for each pattern: of the generated tile and of the corpus' rendering."""


def print_size(models: Models, size_px: int = PRINT_PX) -> PrintSize:
    """Generate tiles at print size and measure the width of their edges."""
    generated: list[float] = []
    reference: list[float] = []
    details = []
    for pattern in _PATTERNS:
        spec = design_of_pattern(pattern)
        text = caption(spec, rng_for(spec.seed, "print"), "en", "full").text
        tile = draw_pixels(models, Asked(text=text, seed=spec.seed, size_px=size_px))
        generated += edge_widths(tile_lines(tile))
        reference += edge_widths(corpus_lines(spec, size_px))
        side = min(_DETAIL_PX, size_px)
        details += [_busiest(tile, side), _corpus_crop(spec, size_px, side)]
    value = float(np.median(generated) / np.median(reference)) if generated and reference else None
    note = "no edges found"
    if value is not None:
        widths = f"{np.median(generated):.2f} px against {np.median(reference):.2f}"
        note = f"{widths}, {len(generated)} edges"
    row = Row(name="edges", what=f"edges at {size_px} px, over the corpus'", value=value, goal=2.0,
              unit="x", note=note)  # fmt: skip
    return PrintSize(row=row, details=details)


def _busiest(tile: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the crop with the highest variance among those of a grid."""
    starts = range(0, len(tile) - side + 1, side)
    crops = [tile[y : y + side, x : x + side] for y in starts for x in starts]
    return max(crops, key=lambda crop: float(crop[::8, ::8].std(axis=(0, 1)).sum()))


def _corpus_crop(spec: DesignSpec, size_px: int, side: int) -> NDArray[np.uint8]:
    """Render the busiest crop of the corpus' design, found at 1/16 of the resolution."""
    palette = np.zeros((len(spec.colours), 3))
    palette[area_order(spec)] = spec.palette

    def crop(top: int, left: int, step: int) -> NDArray[np.uint8]:
        along = (np.arange(0, side, step) + 0.5) / size_px
        y, x = (
            (top / size_px + along).repeat(len(along)),
            np.tile(left / size_px + along, len(along)),
        )
        pixels = masks_at(spec, x, y, step / size_px).T @ palette
        return np.rint(pixels).clip(0, 255).astype(np.uint8).reshape(len(along), -1, 3)

    starts = [(y, x) for y in range(0, size_px, side) for x in range(0, size_px, side)]
    top, left = max(starts, key=lambda at: float(crop(at[0], at[1], 16).std(axis=(0, 1)).sum()))
    return crop(top, left, 1)
