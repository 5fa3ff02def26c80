"""Samples designs from seeds, with noise for which every colour is visible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from worker.corpus.families import FAMILIES
from worker.corpus.render import render_masks, slot_areas
from worker.corpus.spec import DesignSpec, draw_spec

__all__ = ["MIN_AREA", "render_corpus", "sample"]

MIN_AREA = 0.095
"""Minimum share of the tile of each colour of a design, if its family can reach it."""
_ATTEMPTS = 12


def sample(seed: int, split: str = "train") -> DesignSpec:
    """Return the design of a seed and split (deterministic).

    Its noise is the first of several for which no colour's area is too small, or else the one
    with the largest minimum area.

    Raises:
        ValueError: the split is neither "train" nor "test".
    """
    spec = draw_spec(seed, split, FAMILIES)
    best, best_area = spec, -1.0
    for attempt in range(_ATTEMPTS):
        candidate = replace(spec, noise=crc32(f"{split}/{seed}/{attempt}".encode()))
        area = float(slot_areas(candidate).min())
        if area > best_area:
            best, best_area = candidate, area
        if best_area >= MIN_AREA:
            break
    return best


def render_corpus(
    count: int, seed: int, size_px: int, split: str
) -> Iterator[tuple[DesignSpec, NDArray[np.float32]]]:
    """Yield the designs of `seed`, `seed` + 1, ... with their masks.

    Yields:
        The design and its masks (K, size_px, size_px).
    """
    for index in range(count):
        spec = sample(seed + index, split)
        yield spec, render_masks(spec, size_px)
