"""What a layout is asked for, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

from shared.designs.record import Repeat
from worker.drawing.layout.outlines import Outline

__all__ = ["ROLES", "Arrangement", "Item", "MotifRole", "Placement", "Request"]

MotifRole: TypeAlias = Literal["hero", "secondary", "filler"]
ROLES: tuple[MotifRole, ...] = ("hero", "secondary", "filler")
Arrangement: TypeAlias = Literal[
    "tossed", "two-way", "one-way", "ditsy", "spaced", "rows", "border", "medallion", "single"
]


@dataclass(frozen=True, eq=False, kw_only=True)
class Item:
    """A motif in one role."""

    key: str
    """Names the motif; one motif may be in several roles."""
    outlines: tuple[Outline, ...]
    """Of each of its views, at unit size: the larger side 1, the middle at the origin."""
    role: MotifRole = "hero"
    may_turn: bool = True
    """Whether it may be turned at will; else it stands, with a slight tilt."""
    may_flip: bool = True
    weight: float = 1.0
    """Its part among the items of its role."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """One placed motif."""

    key: str
    role: MotifRole
    view: int
    x_mm: float
    y_mm: float
    size_mm: float
    """Its larger side before it is turned."""
    turn: float
    """Degrees, clockwise."""
    flip: bool
    """Whether it is mirrored left to right, before it is turned."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Request:
    """What to place, and how."""

    items: tuple[Item, ...]
    cell_mm: tuple[float, float]
    random: Random
    """The stream of the layer's layout: the same stream gives the same layout."""
    repeat: Repeat = "straight"
    layout: Arrangement = "tossed"
    density: float = 0.5
    """0: wide gaps, 1: narrow ones."""
    gap_mm: float = 1.0
    """Smallest distance between two outlines."""
    hero_mm: float = 20.0
    """Size of the heroes; the other roles follow from it."""
    flow: bool = False
    """Whether motifs that may turn follow a smooth field of directions."""
    counts: Mapping[MotifRole, int] = field(default_factory=dict)
    """How many motifs of a role there are; roles that are missing follow from the density."""

    def __post_init__(self) -> None:
        """Check the request.

        Raises:
            ValueError: a value is out of range, or there is nothing to place.
        """
        if not self.items:
            raise ValueError("A layout needs at least one item.")
        if any(not item.outlines or item.weight <= 0 for item in self.items):
            raise ValueError("Every item needs an outline and a weight above 0.")
        if not 0 <= self.density <= 1:
            raise ValueError(f"The density is from 0 to 1, not {self.density}.")
        if min(*self.cell_mm, self.hero_mm) <= 0 or self.gap_mm < 0:
            raise ValueError("Lengths must be above 0, and the gap must not be below 0.")
