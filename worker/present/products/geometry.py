"""Keeps the traced geometry of the product that was built last.

Tracing takes half of the time of a plate, and its result 60 to 110 MB: one is kept for all
products, for the next look of the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

__all__ = ["traced"]

BodyT = TypeVar("BodyT")


def traced(body: Callable[[tuple[int, int]], BodyT], size: tuple[int, int]) -> BodyT:
    """Return a product's body at a size (W, H) px."""
    return cast(BodyT, _last(body, size))


@lru_cache(maxsize=6)
def _last(body: Callable[[tuple[int, int]], Any], size: tuple[int, int]) -> Any:
    return body(size)
