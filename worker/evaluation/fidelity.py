"""Are tiles like real ones, and variants as unlike each other as real ones are?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.evaluation.briefs import Brief, answers, drawn, others
from worker.evaluation.metrics import kernel_distance, spread
from worker.evaluation.report import Row
from worker.execution.contracts import Models

__all__ = ["fidelity_row", "variety_row"]

Tiles = Sequence[NDArray[np.uint8]]


def features_of(models: Models, tiles: Tiles) -> NDArray[np.float32]:
    """Give the vision model's features (N, V)."""
    return models.vision.embed([Image.fromarray(tile) for tile in tiles]).features


def fidelity_row(models: Models, chosen: Sequence[Brief], tiles: Tiles) -> Row:
    """Compare tiles with real ones as real ones among themselves.

    The tiles of the briefs and the corpus' own answers to the same briefs are both held against
    as many further held-out designs; the figure is the first distance over the second.
    """
    size_px = len(tiles[0])
    made = features_of(models, tiles)
    own = features_of(models, [drawn(brief.spec, size_px) for brief in chosen])
    further = features_of(models, [drawn(spec, size_px) for spec in others(len(chosen))])
    value = kernel_distance(made, further) / kernel_distance(own, further)
    return Row(name="fidelity", what="fidelity: KID over real against real", value=value, goal=3.0,
               unit="x", note=f"{len(tiles)} tiles each")  # fmt: skip


def variety_row(models: Models, chosen: Sequence[Brief], variants: Sequence[Tiles]) -> Row:
    """Compare how far variants lie apart with how far real answers to the same brief do."""
    apart, real = [], []
    for brief, tiles in zip(chosen, variants, strict=True):
        size_px = len(tiles[0])
        alike = [drawn(spec, size_px) for spec in answers(brief, len(tiles))]
        apart.append(spread(features_of(models, tiles)))
        real.append(spread(features_of(models, alike)))
    value = float(np.mean(apart) / np.mean(real))
    return Row(name="variants", what="variants differ, as a share of real ones' distance",
               value=value, goal=0.60, at_least=True, unit="%",
               note=f"{np.mean(apart):.3f} of {np.mean(real):.3f}")  # fmt: skip
