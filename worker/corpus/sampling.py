"""Draw designs from seeds: what they are, and noise with which each colour can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from worker.corpus.families import FAMILIES
from worker.corpus.render import areas_of, render_masks
from worker.corpus.spec import DesignSpec, draw_spec

__all__ = ["LEAST_AREA", "render_corpus", "sample"]

LEAST_AREA = 0.095
"""Share of the tile that each colour of a design has at least, wherever its family can give it."""
_TRIES = 12


def sample(seed: int, split: str = "train") -> DesignSpec:
    """Draw a design; the same seed and split always give the same one.

    Of several noises the first is taken with which no colour's area is too small to be seen, or
    else the one with the largest smallest area.

    Raises:
        ValueError: the split is neither "train" nor "test".
    """
    spec = draw_spec(seed, split, FAMILIES)
    best, most = spec, -1.0
    for attempt in range(_TRIES):
        tried = replace(spec, noise=crc32(f"{split}/{seed}/{attempt}".encode()))
        least = float(areas_of(tried).min())
        if least > most:
            best, most = tried, least
        if most >= LEAST_AREA:
            break
    return best


def render_corpus(
    count: int, seed: int, size_px: int, split: str
) -> Iterator[tuple[DesignSpec, NDArray[np.float32]]]:
    """Draw designs `seed`, `seed` + 1, ...; give each process a stretch of its own.

    Yields:
        The design and its masks (K, size_px, size_px).
    """
    for index in range(count):
        spec = sample(seed + index, split)
        yield spec, render_masks(spec, size_px)
