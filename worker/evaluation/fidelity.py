"""Measures fidelity and variety of tiles relative to the corpus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.evaluation.briefs import Brief, alternatives, more_designs, render
from worker.evaluation.metrics import kernel_distance, mean_cosine_distance
from worker.evaluation.report import Row
from worker.execution.contracts import Models

__all__ = ["fidelity_row", "variety_row"]

Tiles = Sequence[NDArray[np.uint8]]


def vision_features(models: Models, tiles: Tiles) -> NDArray[np.float32]:
    """Return the vision model's features (N, V)."""
    return models.vision.embed([Image.fromarray(tile) for tile in tiles]).features


def fidelity_row(models: Models, briefs: Sequence[Brief], tiles: Tiles) -> Row:
    """Return the kernel inception distance of tiles to the corpus, relative to the corpus' own.

    Both the tiles and the corpus' designs for the same briefs are compared with as many further
    held-out designs; the value is the first distance over the second.
    """
    size_px = len(tiles[0])
    generated = vision_features(models, tiles)
    real = vision_features(models, [render(brief.spec, size_px) for brief in briefs])
    further = vision_features(models, [render(spec, size_px) for spec in more_designs(len(briefs))])
    value = kernel_distance(generated, further) / kernel_distance(real, further)
    return Row(name="fidelity", what="fidelity: KID over real against real", value=value, goal=3.0,
               unit="x", note=f"{len(tiles)} tiles each")  # fmt: skip


def variety_row(models: Models, briefs: Sequence[Brief], variants: Sequence[Tiles]) -> Row:
    """Return the distance between variants relative to that between real alternatives."""
    generated, real = [], []
    for brief, tiles in zip(briefs, variants, strict=True):
        size_px = len(tiles[0])
        designs = [render(spec, size_px) for spec in alternatives(brief, len(tiles))]
        generated.append(mean_cosine_distance(vision_features(models, tiles)))
        real.append(mean_cosine_distance(vision_features(models, designs)))
    value = float(np.mean(generated) / np.mean(real))
    return Row(name="variants", what="variants differ, as a share of real ones' distance",
               value=value, goal=0.60, at_least=True, unit="%",
               note=f"{np.mean(generated):.3f} of {np.mean(real):.3f}")  # fmt: skip
