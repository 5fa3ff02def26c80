"""How the cells of a design are set, and under which rotations a layer still repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from shared.designs.record import Design
from worker.drawing.sheet import Sheet, Window

__all__ = ["Layout", "turned_sheet"]

_SLOPES = ((3, 1), (2, 1), (3, 2), (1, 1), (2, 3), (1, 2), (1, 3))
"""Slopes (x, y) under which a turned square lattice contains the lattice of a square."""
_OVERLAP_MM = 0.02
"""By how much mirrored cells overlap, so that nothing shows between them."""

_Vector: TypeAlias = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The rectangle that layers are drawn on, and the translations under which they repeat."""

    width: float
    """Of the rectangle: the tile, or one cell that is mirrored, mm."""
    height: float
    cell: _Vector
    """Width and height of one cell, mm."""
    vectors: tuple[_Vector, ...]
    """Translations of a cell's motifs, which repeat by all of their sums, mm; none in a mirrored
    cell, at whose edges motifs meet their images."""
    wraps: tuple[bool, bool]
    """Whether the tile repeats along x and along y."""
    window: Window
    """What has to be covered."""
    free: bool
    """Whether layers may be turned by any angle, because nothing repeats."""

    @classmethod
    def of(cls, design: Design, bleed: _Vector | None = None) -> Layout:
        """Return the layout of a design.

        Args:
            bleed: how far the rectangle is drawn beyond its left and right, and its upper and
                lower edges, mm; None: as far as cells must overlap.
        """
        width, height = design.cell_mm
        tile, straight = design.tile_mm, ((width, 0.0), (0.0, height))
        vectors: tuple[_Vector, ...] = {
            "straight": straight,
            "half-drop": ((width, height / 2), (0.0, height)),
            "half-brick": ((width, 0.0), (width / 2, height)),
            "border": straight[:1],
        }.get(design.repeat, ())
        if design.repeat == "mirror":
            tile = design.cell_mm
            bleed = bleed or (_OVERLAP_MM, _OVERLAP_MM)
        bleed = bleed or (0.0, 0.0)
        return cls(
            width=tile[0],
            height=tile[1],
            cell=design.cell_mm,
            vectors=vectors,
            wraps=(design.repeat != "none", design.repeat not in ("border", "none")),
            window=Window(
                left=-bleed[0], top=-bleed[1], right=tile[0] + bleed[0], bottom=tile[1] + bleed[1]
            ),
            free=design.repeat == "none",
        )

    @property
    def square(self) -> float | None:
        """Return the side of a square whose lattice contains the rectangle's; None: there is none.

        A border repeats along x alone, so that its height does not matter.
        """
        if self.wraps == (True, False):
            return self.width
        shorter, longer = sorted((self.width, self.height))
        return shorter if np.isclose(longer / shorter, (1, 2)).any() else None


def turned_sheet(layout: Layout, turn: float, capacity: float) -> tuple[Sheet, float]:
    """Return the sheet of a turned layer, and the angle, in degrees, that it is turned by.

    The angle is the nearest one under which the sheet's period repeats in the layout.

    Args:
        turn: asked for, degrees.
        capacity: greatest number of control points on the whole rectangle.
    """
    if layout.free:
        angle, size = (turn + 180) % 360 - 180, (layout.width, layout.height)
    else:
        angle, size = _nearest(layout, turn)
    window = layout.window if angle == 0 else _turned(layout.window, np.radians(angle))
    periods = layout.width * layout.height / (size[0] * size[1])
    return Sheet(*size, window, capacity / periods), angle


def _nearest(layout: Layout, turn: float) -> tuple[float, _Vector]:
    """Return the nearest angle under which a period repeats, and the size of that period, mm."""
    width, height = layout.width, layout.height
    known: list[tuple[float, _Vector]] = [(0.0, (width, height)), (90.0, (height, width))]
    if layout.square is not None:
        for x, y in _SLOPES:
            angle, side = float(np.degrees(np.arctan2(y, x))), layout.square / float(np.hypot(x, y))
            known += [(angle, (side, side)), (180 - angle, (side, side))]
    known += [(angle - 180, size) for angle, size in known]
    return min(known, key=lambda each: abs((each[0] - turn + 180) % 360 - 180))


def _turned(window: Window, angle: float) -> Window:
    """Return the window around a window in the coordinates of a layer that is turned."""
    corners = np.array(
        [(x, y) for x in (window.left, window.right) for y in (window.top, window.bottom)]
    )
    cosine, sine = np.cos(angle), np.sin(angle)
    local = corners @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = local.min(0), local.max(0)
    return Window(left=low[0], top=low[1], right=high[0], bottom=high[1])
