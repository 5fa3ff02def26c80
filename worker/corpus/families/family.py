"""What a family of patterns is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from worker.corpus.canvas import Canvas, Draws, Look
from worker.models.generator.layout import Layout

__all__ = ["Draw", "Family", "Lay", "family"]

Draw: TypeAlias = Callable[[Canvas, Look, Draws], None]
Lay: TypeAlias = Callable[[Look, Draws], Layout]


@dataclass(frozen=True, kw_only=True)
class Family:
    """How to draw one pattern and what can be said of it."""

    layout: Lay
    """Where its parts repeat, by look and the design's own numbers."""
    draw: Draw
    """Paints the points; a function of the points' ground alone."""
    traits: frozenset[str]
    """Which of scale, density and line_weight the drawing follows."""
    min_colours: int = 2
    max_colours: int = 5
    weight: float = 1.0
    """How often it is sampled."""
    slopes: bool = False
    """Whether the drawing asks for `Canvas.level`."""


def family(
    layout: Lay,
    draw: Draw,
    traits: str = "scale",
    *,
    colours: tuple[int, int] = (2, 5),
    weight: float = 1.0,
    slopes: bool = False,
) -> Family:
    """Describe a family; traits are words parted by blanks, colours the fewest and the most."""
    return Family(
        layout=layout,
        draw=draw,
        traits=frozenset(traits.split()),
        min_colours=colours[0],
        max_colours=colours[1],
        weight=weight,
        slopes=slopes,
    )
