"""Independent random streams of a design's choices."""

from __future__ import annotations

import random

__all__ = ["stream"]


def stream(seed: int, variant: int, layer: str, choice: str) -> random.Random:
    """Return the random stream of one choice.

    A choice depends on its own names alone: one more variant, layer or choice changes no other.
    Strings are seeds by their SHA-512, so that the numbers are the same on every machine.
    """
    return random.Random(f"{seed}/{variant}/{layer}/{choice}")
