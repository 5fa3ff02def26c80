"""What is measured on tiles and their features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.briefs.vocabulary import COLOURS
from worker.imaging.colour import Floats, delta_e, lab_from_rgb

__all__ = [
    "ENOUGH", "NEAR", "areas_of", "is_main_colour", "kernel_distance", "palette_distance", "seam",
    "spread",
]  # fmt: skip

NEAR = 15.0
"""CIEDE2000 under which a pixel has a named colour."""
ENOUGH = 0.08
"""Share of the tile that a named colour must have to count as found."""
_LIKE = 0.02  # shares of two colours that differ by less are of the same size


def areas_of(tile: NDArray[np.uint8], colours: Sequence[str]) -> list[float]:
    """Give each named colour's share of a tile (H, W, 3)."""
    pixels, counts = np.unique(tile.reshape(-1, 3) // 2, axis=0, return_counts=True)
    lab = lab_from_rgb(pixels * 2 + 0.5)
    named = lab_from_rgb(np.array([COLOURS[key].rgb for key in colours], dtype=np.float64))
    return [float(counts[delta_e(lab, one) < NEAR].sum() / counts.sum()) for one in named]


def is_main_colour(key: str, palette: tuple[Floats, Floats]) -> bool:
    """Tell whether a named colour is the largest of a palette (Lab (K, 3), shares (K,)).

    It is where it lies within CIEDE2000 15 of the largest colour, or where no other name of the
    vocabulary lies nearer to that. Where two colours are as large either may be meant.
    """
    lab, shares = palette
    named = lab_from_rgb(np.array([colour.rgb for colour in COLOURS.values()], dtype=np.float64))
    own = list(COLOURS).index(key)
    for colour in lab[shares >= shares.max() - _LIKE]:
        distance = delta_e(named, colour[None])
        if distance[own] < NEAR or distance[own] == distance.min():
            return True
    return False


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
    """Compare the step across a tile's borders with the median step inside; 1: no seam.

    A step is the mean absolute difference of two neighbouring rows or columns, in levels. Where
    hardly anything changes inside, half a level stands for the median.
    """
    values = tile.astype(np.float64)
    ratios = []
    for axis in (0, 1):
        step = np.abs(values - np.roll(values, 1, axis)).mean(axis=(1 - axis, 2))
        ratios.append(step[0] / max(float(np.median(step[1:])), 0.5))
    return float(np.mean(ratios))


def spread(features: NDArray[np.float32]) -> float:
    """Give the mean cosine distance between the rows of (N, F)."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    count = len(unit)
    return float(1 - ((unit @ unit.T).sum() - count) / (count * (count - 1)))


def kernel_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Give the kernel inception distance of two sets of features (N, F) and (M, F).

    The squared maximum mean discrepancy under the kernel (x.y / F + 1)^3 (Binkowski et al.
    2018), by the biased estimate: it is never negative, and for two sets of the same kind it is
    what so few samples leave over, so that a ratio to it means something.
    """
    one, two = first.astype(np.float64), second.astype(np.float64)
    width = one.shape[1]

    def mean(a: Floats, b: Floats) -> float:
        return float(((a @ b.T / width + 1) ** 3).mean())

    return mean(one, one) + mean(two, two) - 2 * mean(one, two)
