"""How crisp are edges at print size, held against the corpus drawn as large?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.corpus import DesignSpec, caption
from worker.corpus.render import masks_at, order_of
from worker.corpus.spec import rng_for
from worker.evaluation.briefs import of_pattern
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
    """What was seen at print size."""

    row: Row
    details: list[NDArray[np.uint8]]
    """For each pattern a part of 512 px of our tile and of the corpus' drawing."""


def print_size(models: Models, size_px: int = PRINT_PX) -> PrintSize:
    """Draw a few tiles at print size and measure their edges along lines."""
    ours: list[float] = []
    real: list[float] = []
    details = []
    for pattern in _PATTERNS:
        spec = of_pattern(pattern)
        text = caption(spec, rng_for(spec.seed, "print"), "en", "full").text
        tile = draw_pixels(models, Asked(text=text, seed=spec.seed, size_px=size_px))
        ours += edge_widths(tile_lines(tile))
        real += edge_widths(corpus_lines(spec, size_px))
        part = min(_DETAIL_PX, size_px)
        details += [_liveliest(tile, part), _corner(spec, size_px, part)]
    value = float(np.median(ours) / np.median(real)) if ours and real else None
    note = "no edges found"
    if value is not None:
        note = f"{np.median(ours):.2f} px against {np.median(real):.2f}, {len(ours)} edges"
    row = Row(name="edges", what=f"edges at {size_px} px, over the corpus'", value=value, goal=2.0,
              unit="x", note=note)  # fmt: skip
    return PrintSize(row=row, details=details)


def _liveliest(tile: NDArray[np.uint8], part: int) -> NDArray[np.uint8]:
    """Cut the part out in which most happens, among those of a grid."""
    starts = range(0, len(tile) - part + 1, part)
    parts = [tile[y : y + part, x : x + part] for y in starts for x in starts]
    return max(parts, key=lambda one: float(one[::8, ::8].std(axis=(0, 1)).sum()))


def _corner(spec: DesignSpec, size_px: int, part: int) -> NDArray[np.uint8]:
    """Draw the liveliest part of the corpus' drawing, found on a drawing of 1/16 the size."""
    palette = np.zeros((len(spec.colours), 3))
    palette[order_of(spec)] = spec.palette

    def cut(top: int, left: int, step: int) -> NDArray[np.uint8]:
        along = (np.arange(0, part, step) + 0.5) / size_px
        y, x = (
            (top / size_px + along).repeat(len(along)),
            np.tile(left / size_px + along, len(along)),
        )
        drawn = masks_at(spec, x, y, step / size_px).T @ palette
        return np.rint(drawn).clip(0, 255).astype(np.uint8).reshape(len(along), -1, 3)

    starts = [(y, x) for y in range(0, size_px, part) for x in range(0, size_px, part)]
    top, left = max(starts, key=lambda at: float(cut(at[0], at[1], 16).std(axis=(0, 1)).sum()))
    return cut(top, left, 1)
