"""The families of surface patterns, by the lexicon's key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from worker.corpus.canvas import Canvas, Look
from worker.corpus.families import banded, botanical, composed, flowing, scattered, tiled, trellised

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
    oversample: int = 1
    """Drawn so many times larger and averaged, where the drawing has hard borders."""


def _fine(family: Family) -> Family:
    return replace(family, oversample=2)


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
        "hexagons": _family(tiled.hexagons, "scale line_weight"),
        "triangles": _fine(_family(tiled.triangles)),
        "cubes": _family(tiled.cubes),
        "asanoha": _family(tiled.asanoha, "scale line_weight"),
        "diamonds": _fine(_family(tiled.diamonds)),
        "argyle": _family(tiled.argyle),
        "houndstooth": _family(tiled.houndstooth),
        "herringbone": _fine(_family(tiled.herringbone)),
        "basketweave": _family(tiled.basketweave),
        "bricks": _family(tiled.bricks),
        "dots": _family(scattered.dots, "scale density"),
        "circles": _family(scattered.circles, "scale line_weight"),
        "crosses": _family(scattered.crosses, "scale density"),
        "stars": _family(scattered.stars, "scale density"),
        "hearts": _family(scattered.hearts, "scale density"),
        "terrazzo": _family(scattered.terrazzo, "scale density"),
        "brush-strokes": _family(scattered.brush_strokes, "scale density"),
        "animal-spots": _family(scattered.animal_spots),
        "confetti": _family(scattered.confetti, "scale density"),
        "marble": _family(flowing.marble),
        "topography": _family(flowing.topography, "scale density line_weight"),
        "zebra": _family(flowing.zebra, most=4),
        "ripples": _family(flowing.ripples, "scale line_weight"),
        "cracked-ice": _family(flowing.cracked_ice, "scale line_weight"),
        "ikat": _family(flowing.ikat),
        "scales": _family(trellised.scales, "scale line_weight"),
        "ogee": _family(trellised.ogee, "scale line_weight"),
        "quatrefoil": _family(trellised.quatrefoil, "scale line_weight"),
        "greek-key": _fine(_family(trellised.greek_key)),
        "damask": _family(trellised.damask),
        "geometric": _family(composed.geometric, weight=1.6),
        "clouds": _family(composed.clouds, "scale density line_weight"),
        "flowers": _family(botanical.flowers, "scale density", weight=1.3),
        "leaves": _family(botanical.leaves, "scale density"),
        "paisley": _family(botanical.paisley, "scale density"),
        "porcelain": _family(botanical.porcelain, most=4),
        "gradient": _family(_plain, "", most=4, weight=0.6),
        "solid": _family(_plain, "", most=1, least=1, weight=0.3),
    }
)
