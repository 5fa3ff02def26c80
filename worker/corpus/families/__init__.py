"""The families of surface patterns, by the lexicon's key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from worker.corpus.canvas import Canvas, Look
from worker.corpus.families import banded

__all__ = ["FAMILIES", "Draw", "Family"]

Draw: TypeAlias = Callable[[Canvas, Look, np.random.Generator], None]


@dataclass(frozen=True, kw_only=True)
class Family:
    """How to draw one pattern and what can be said of it."""

    draw: Draw
    min_colours: int = 2
    max_colours: int = 5
    traits: frozenset[str] = frozenset({"scale"})
    """Which of scale, density and line_weight the drawing follows."""
    weight: float = 1.0
    """How often it is sampled."""


def _family(
    draw: Draw, traits: str = "scale", most: int = 5, least: int = 2, weight: float = 1.0
) -> Family:
    return Family(
        draw=draw,
        min_colours=least,
        max_colours=most,
        traits=frozenset(traits.split()),
        weight=weight,
    )


def _plain(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Leave the ground as it is."""


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "stripes": _family(banded.stripes, "scale line_weight"),
        "diagonal-stripes": _family(banded.diagonal_stripes, "scale line_weight"),
        "checks": _family(banded.checks),
        "plaid": _family(banded.plaid),
        "waves": _family(banded.waves, "scale line_weight"),
        "chevron": _family(banded.chevron, "scale line_weight"),
        "zigzag": _family(banded.zigzag, "scale line_weight"),
        "grid": _family(banded.grid, "scale line_weight"),
        "gradient": _family(_plain, "", most=4, weight=0.6),
        "solid": _family(_plain, "", most=1, least=1, weight=0.3),
    }
)
