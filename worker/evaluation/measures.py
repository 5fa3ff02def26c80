"""What is measured on a tile: colours found, palettes compared, seams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.lexicon import COLOURS
from worker.colour import Floats, delta_e, lab_from_rgb

__all__ = ["ENOUGH", "NEAR", "areas_of", "palette_distance", "seam", "spread"]

NEAR = 15.0
"""CIEDE2000 under which a pixel has a named colour."""
ENOUGH = 0.08
"""Share of the tile that a named colour must have to count as found."""


def areas_of(tile: NDArray[np.uint8], colours: Sequence[str]) -> list[float]:
    """Give each named colour's share of a tile (H, W, 3)."""
    pixels, counts = np.unique(tile.reshape(-1, 3) // 2, axis=0, return_counts=True)
    lab = lab_from_rgb(pixels * 2 + 0.5)
    named = lab_from_rgb(np.array([COLOURS[key].rgb for key in colours], dtype=np.float64))
    return [float(counts[delta_e(lab, one) < NEAR].sum() / counts.sum()) for one in named]


def palette_distance(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float:
    """Give the earth mover's distance of two palettes (Lab (K, 3), shares (K,)), in Lab units.

    By Sinkhorn's rounds with an entropy that is small beside a visible difference.
    """
    cost = np.linalg.norm(first[0][:, None] - second[0][None], axis=2)
    kernel = np.exp(-cost / 1.5)
    left, right = np.ones(len(first[1])), np.ones(len(second[1]))
    for _ in range(500):
        left = first[1] / (kernel @ right + 1e-300)
        right = second[1] / (kernel.T @ left + 1e-300)
    plan = left[:, None] * kernel * right[None]
    return float((plan * cost).sum())


def seam(tile: NDArray[np.uint8]) -> float:
    """Compare the step across the tile's borders with the mean step inside; 1: no seam."""
    values = tile.astype(np.float64)
    ratios = []
    for axis in (0, 1):
        step = np.abs(values - np.roll(values, 1, axis)).mean(axis=(1 - axis, 2))
        ratios.append(step[0] / max(step[1:].mean(), 0.5))
    return float(np.mean(ratios))


def spread(features: NDArray[np.float32]) -> float:
    """Give the mean cosine distance between the rows of (N, F)."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    count = len(unit)
    return float(1 - ((unit @ unit.T).sum() - count) / (count * (count - 1)))
