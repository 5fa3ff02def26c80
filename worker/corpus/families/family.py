"""Definition of a pattern family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from worker.corpus.canvas import Canvas, Draws, Style
from worker.models.generator.layout import Layout

__all__ = ["DrawFunction", "Family", "LayoutFunction", "family"]

DrawFunction: TypeAlias = Callable[[Canvas, Style, Draws], None]
LayoutFunction: TypeAlias = Callable[[Style, Draws], Layout]


@dataclass(frozen=True, kw_only=True)
class Family:
    """A pattern family: how it is drawn and which traits it has."""

    layout: LayoutFunction
    """Returns the layout of a style and the design's random scalars."""
    draw: DrawFunction
    """Paints the canvas; depends only on the ground at each point."""
    traits: frozenset[str]
    """Which of scale, density and line_weight the drawing uses."""
    min_colours: int = 2
    max_colours: int = 5
    weight: float = 1.0
    """Relative sampling frequency."""
    slopes: bool = False
    """Whether the drawing uses `Canvas.level`, which needs offset points."""


def family(
    layout: LayoutFunction,
    draw: DrawFunction,
    traits: str = "scale",
    *,
    colours: tuple[int, int] = (2, 5),
    weight: float = 1.0,
    slopes: bool = False,
) -> Family:
    """Return a family; traits are separated by spaces, colours are the minimum and maximum."""
    return Family(
        layout=layout,
        draw=draw,
        traits=frozenset(traits.split()),
        min_colours=colours[0],
        max_colours=colours[1],
        weight=weight,
        slopes=slopes,
    )
