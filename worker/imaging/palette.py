"""Palette extraction by deterministic k-means in CIELAB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from worker.imaging.colour import Floats, delta_e, lab_from_rgb
from worker.imaging.reference import visible_samples

__all__ = ["PALETTE_SIZE", "lab_of_rows", "palette_array", "palette_of", "separate"]

PALETTE_SIZE = 5
_SIDE_PX = 64
_ITERATIONS = 12
_MERGE_DELTA_E = 7.0
"""Colours closer than this CIEDE2000 difference are merged."""
_MIN_SHARE = 0.02


def _initial_centres(points: Floats, weights: Floats, count: int) -> Floats:
    """Choose initial centres: the point nearest to the mean, then far points in turn."""
    centre = np.average(points, axis=0, weights=weights)
    chosen = [points[np.argmin(((points - centre) ** 2).sum(1))]]
    for _ in range(count - 1):
        distance = np.min([((points - one) ** 2).sum(1) for one in chosen], axis=0)
        # The 95th percentile instead of the maximum: a single outlier pixel is not a colour.
        order = np.argsort(distance, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]
        chosen.append(points[order[np.searchsorted(before, 0.95 * before[-1], side="right") - 1]])
    return np.stack(chosen)


def palette_of(picture: Image.Image) -> tuple[Floats, Floats]:
    """Return a picture's main colours, each pixel weighed by its alpha.

    Args:
        picture: RGB, or RGBA where it is transparent; with no visible pixel it counts as white.

    Returns:
        Lab (K, 3) and share (K,) with K from 1 to 5, the largest share first; shares sum to 1.
    """
    points, weights = visible_samples(picture, _SIDE_PX)
    points, weights = points[weights > 0], weights[weights > 0]
    if not len(points):
        return np.array([[100.0, 0.0, 0.0]]), np.ones(1)
    centres = _initial_centres(points, weights, PALETTE_SIZE)
    for _ in range(_ITERATIONS):
        nearest = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        for index in range(len(centres)):
            if (own := nearest == index).any():
                centres[index] = np.average(points[own], axis=0, weights=weights[own])
    nearest = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
    shares = np.bincount(nearest, weights, len(centres)) / weights.sum()
    return _merged(centres, shares)


def _merged(centres: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Merge similar colours, drop those with a tiny share, sort by share."""
    keep = shares > 0
    centres, shares = centres[keep], shares[keep]
    while len(centres) > 1:
        distance = delta_e(centres[:, None], centres[None]) + 1e9 * np.eye(len(centres))
        one, two = np.unravel_index(distance.argmin(), distance.shape)
        if distance[one, two] >= _MERGE_DELTA_E:
            break
        total = shares[one] + shares[two]
        centres[one] = (centres[one] * shares[one] + centres[two] * shares[two]) / total
        shares[one] = total
        centres, shares = np.delete(centres, two, axis=0), np.delete(shares, two)
    large = shares >= min(_MIN_SHARE, shares.max())
    centres, shares = centres[large], shares[large] / shares[large].sum()
    order = np.argsort(-shares, kind="stable")
    return centres[order], shares[order]


def palette_array(lab: Floats, shares: Floats) -> NDArray[np.float32]:
    """Return a palette as (5, 4): L/100, a/128, b/128 and share; absent colours are zero."""
    rows = np.zeros((PALETTE_SIZE, 4), dtype=np.float32)
    count = min(len(lab), PALETTE_SIZE)
    rows[:count, :3] = lab[:count] / [100, 128, 128]
    rows[:count, 3] = shares[:count]
    return rows


def lab_of_rows(rows: NDArray[np.float32]) -> Floats:
    """Return the Lab colours (K, 3) of rows of a `palette_array`."""
    lab: Floats = np.asarray(rows[:, :3], dtype=np.float64) * [100, 128, 128]
    return lab


def separate(picture: Image.Image, side_px: int) -> tuple[NDArray[np.float32], Floats]:
    """Split a picture into colour separations and their palette, largest first.

    Each pixel is distributed over the palette's colours by distance, so that soft transitions
    stay soft.

    Returns:
        masks (5, S, S) float32 that sum to 1, zero beyond the palette; Lab (K, 3).
    """
    lab, _ = palette_of(picture)
    small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    points = lab_from_rgb(np.asarray(small))  # (S, S, 3)
    distance = ((points[None] - lab[:, None, None]) ** 2).sum(-1)  # (K, S, S)
    weight = np.exp(-(distance - distance.min(0)) / (2 * 8.0**2))
    weight /= weight.sum(0)
    order = np.argsort(-weight.mean(axis=(1, 2)), kind="stable")
    masks = np.zeros((PALETTE_SIZE, side_px, side_px), dtype=np.float32)
    masks[: len(lab)] = weight[order]
    return masks, lab[order]
