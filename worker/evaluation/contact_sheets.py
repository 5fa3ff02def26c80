"""Contact sheets of tiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.evaluation.brief_following import BriefResult
from worker.evaluation.briefs import render

__all__ = ["brief_sheets", "grid"]

Tiles = Sequence[NDArray[np.uint8]]
_ROWS = 8


def grid(tiles: Tiles, columns: int, side_px: int) -> Image.Image:
    """Return a white sheet with tiles (H, W, 3) in rows and thin gaps between them."""
    gap = max(2, side_px // 32)
    rows = -(-len(tiles) // columns)
    step = side_px + gap
    sheet = Image.new("RGB", (columns * step + gap, rows * step + gap), "white")
    for index, tile in enumerate(tiles):
        picture = Image.fromarray(tile).resize((side_px, side_px), Image.Resampling.LANCZOS)
        sheet.paste(picture, (gap + index % columns * step, gap + index // columns * step))
    return sheet


def brief_sheets(
    results: Sequence[BriefResult], variants: Sequence[Tiles]
) -> dict[str, Image.Image]:
    """Return sheets of the best, typical and worst first variants, by `BriefResult.score`.

    The corpus' design for the same brief is on the left of each.
    """
    order = np.argsort([-result.score for result in results], kind="stable").tolist()
    middle = len(order) // 2
    half = 2 * _ROWS

    def sheet(indices: Sequence[int]) -> Image.Image:
        tiles: list[NDArray[np.uint8]] = []
        for index in indices:
            first = variants[index][0]
            tiles += [render(results[index].brief.spec, len(first)), first]
        return grid(tiles, columns=_ROWS, side_px=128)

    several = [tiles for tiles in variants if len(tiles) > 1][: 2 * _ROWS]
    return {
        "best": sheet(order[:half]),
        "typical": sheet(order[max(0, middle - half // 2) : middle + half // 2]),
        "worst": sheet(order[-half:]),
        "variants": grid([tile for tiles in several for tile in tiles], columns=8, side_px=128),
        "all": grid([tiles[0] for tiles in variants], columns=20, side_px=96),
    }
