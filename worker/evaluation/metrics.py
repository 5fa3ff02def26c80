"""Metrics of tiles and of their vision features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.briefs.vocabulary import COLOURS
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = [
    "COLOUR_TOLERANCE",
    "MIN_COLOUR_SHARE",
    "colour_shares",
    "is_main_colour",
    "kernel_distance",
    "mean_cosine_distance",
    "palette_distance",
    "seam",
]  # fmt: skip

COLOUR_TOLERANCE = 15.0
"""CIEDE2000 difference below which a pixel has a named colour."""
MIN_COLOUR_SHARE = 0.08
"""Minimum share of the tile for a named colour to count as present."""
_EQUAL_SHARES = 0.02  # shares that differ by less count as equal


def colour_shares(tile: NDArray[np.uint8], colours: Sequence[str]) -> list[float]:
    """Return each named colour's share of a tile (H, W, 3)."""
    pixels, counts = np.unique(tile.reshape(-1, 3) // 2, axis=0, return_counts=True)
    lab = lab_from_rgb(pixels * 2 + 0.5)
    named = lab_from_rgb(np.array([COLOURS[key].rgb for key in colours], dtype=np.float64))
    return [
        float(counts[delta_e(lab, colour) < COLOUR_TOLERANCE].sum() / counts.sum())
        for colour in named
    ]


def is_main_colour(key: str, palette: tuple[Floats, Floats]) -> bool:
    """Return whether a named colour is the largest of a palette (Lab (K, 3), shares (K,)).

    It is if it lies within CIEDE2000 15 of the largest colour, or if no other colour of the
    vocabulary is nearer. If several colours are equally large, any of them counts.
    """
    lab, shares = palette
    named = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()], dtype=np.float64))
    index = list(COLOURS).index(key)
    for colour in lab[shares >= shares.max() - _EQUAL_SHARES]:
        distance = delta_e(named, colour[None])
        if distance[index] < COLOUR_TOLERANCE or distance[index] == distance.min():
            return True
    return False


def palette_distance(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float:
    """Return the earth mover's distance of two palettes (Lab (K, 3), shares (K,)), in Lab units.

    Computed by Sinkhorn iterations; the entropy term is small compared to a visible difference.
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
    """Return the step across the tile's borders over the median step inside; 1: no seam.

    A step is the mean absolute difference of two neighbouring rows or columns, in levels. The
    median counts as at least half a level.
    """
    values = tile.astype(np.float64)
    ratios = []
    for axis in (0, 1):
        step = np.abs(values - np.roll(values, 1, axis)).mean(axis=(1 - axis, 2))
        ratios.append(step[0] / max(float(np.median(step[1:])), 0.5))
    return float(np.mean(ratios))


def mean_cosine_distance(features: NDArray[np.float32]) -> float:
    """Return the mean pairwise cosine distance of the rows of (N, F)."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    count = len(unit)
    return float(1 - ((unit @ unit.T).sum() - count) / (count * (count - 1)))


def kernel_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return the kernel inception distance of two sets of features (N, F) and (M, F).

    The squared maximum mean discrepancy under the kernel (x.y / F + 1)^3 (Binkowski et al.
    2018), by the biased estimator. It is never negative, and between two samples of the same
    distribution it is the sampling error, so that ratios to it are meaningful.
    """
    x, y = first.astype(np.float64), second.astype(np.float64)
    width = x.shape[1]

    def mean(a: Floats, b: Floats) -> float:
        return float(((a @ b.T / width + 1) ** 3).mean())

    return mean(x, x) + mean(y, y) - 2 * mean(x, y)
