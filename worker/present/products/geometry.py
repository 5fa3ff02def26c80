"""Keeps the traced geometry of products, 17 to 26 MB each, for their next look."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

__all__ = ["GEOMETRIES_KEPT", "forget", "traced"]

BodyT = TypeVar("BodyT")

GEOMETRIES_KEPT = 3
"""One for each of the products that are traced; the others are outlines."""


def traced(body: Callable[[tuple[int, int]], BodyT], size: tuple[int, int]) -> BodyT:
    """Return a product's body at a size (W, H) px."""
    return cast(BodyT, _kept(body, size))


def forget() -> None:
    """Drop what is kept."""
    _kept.cache_clear()


@lru_cache(maxsize=GEOMETRIES_KEPT)
def _kept(body: Callable[[tuple[int, int]], Any], size: tuple[int, int]) -> Any:
    return body(size)
