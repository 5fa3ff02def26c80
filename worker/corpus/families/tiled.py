"""Families on lattices: polygons, weaves and tilings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from worker.corpus.canvas import Canvas, Draws, Field, Site, Style, fraction, signed
from worker.corpus.families.family import LayoutFunction, family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]

_ROOT3 = 3.0**0.5
_FIELDS = ("x", "y", "turn", "size", "colour", "kind")


def _nearest(
    canvas: Canvas, measure: Callable[[Site], Field], count: int = 1
) -> list[tuple[Site, Field]]:
    """Return the nearest cells of each point, nearest first, with their distances.

    Args:
        canvas: canvas with the points.
        measure: distance from a site's centre; equal on the border of two cells.
        count: number of cells.
    """
    sites = list(canvas.sites())
    dist = np.stack([measure(site) for site in sites])
    order = np.argsort(dist, axis=0, kind="stable")[:count]
    dist = np.take_along_axis(dist, order, 0)
    parts = {
        name: np.take_along_axis(np.stack([getattr(site, name) for site in sites]), order, 0)
        for name in _FIELDS
    }
    return [
        (Site(**{name: values[rank] for name, values in parts.items()}), dist[rank])
        for rank in range(count)
    ]


def _cells(
    canvas: Canvas, measure: Callable[[Site], Field], unit: float
) -> Iterator[tuple[Site, Field]]:
    """Yield the second nearest cell, then the nearest, and blend what is painted at their border.

    Args:
        canvas: canvas to paint on; it is cleared for each cell.
        measure: distance function as in `_nearest`.
        unit: tiles per unit of the measure.
    """
    nearest, second = _nearest(canvas, measure, 2)
    yield second
    under = canvas.masks.copy()
    canvas.paint(0)
    yield nearest
    weight = canvas.cover((nearest[1] - second[1]) * (unit / 2))[0]
    canvas.masks *= weight
    canvas.masks += (1.0 - weight) * under


def _fixed_layout(
    kind: str, columns: tuple[int, int, int], rows: tuple[int, int, int]
) -> LayoutFunction:
    """Return a layout function with columns and rows for small, medium and large scale."""

    def layout(style: Style, draws: Draws) -> Layout:
        del draws
        return Layout(kind=kind, columns=style.repeats(*columns), rows=style.repeats(*rows))

    return layout


def _next(style: Style, slot: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the next accent; the background if there is only one."""
    return 1 + slot % (style.slots - 1) if style.slots > 2 else np.zeros_like(slot)


def _odd_row(canvas: Canvas, site: Site) -> NDArray[np.bool_]:
    row = np.floor(canvas.v - site.y * canvas.rows).astype(int)
    odd: NDArray[np.bool_] = row % 2 == 1
    return odd


def _in_hexagon(canvas: Canvas, site: Site) -> tuple[Field, Field]:
    """Return the offsets in a hexagon of width 1."""
    return site.x * canvas.columns, site.y * (canvas.rows * _ROOT3 / 2)


def _hexagon(canvas: Canvas) -> Callable[[Site], Field]:
    """Return a distance function of hexagons: 0.5 on the border."""

    def measure(site: Site) -> Field:
        u, v = _in_hexagon(canvas, site)
        return np.maximum(np.abs(u), np.abs(u) * 0.5 + np.abs(v) * (_ROOT3 / 2))

    return measure


def _hexagons(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a honeycomb: filled, ringed or nested."""
    gap = style.weight(0.035, 0.06, 0.1)
    kind, core = draws.choice(0, 3), draws.uniform(1, 0.25, 0.31)
    ((site, dist),) = _nearest(canvas, _hexagon(canvas))
    slot = style.accents(site.colour)
    canvas.paint(slot, canvas.cover((dist - 0.5 + gap) / canvas.columns))
    if kind == 1 or (kind == 2 and style.slots == 2):  # a ring in the background colour
        canvas.paint(0, canvas.line((dist - core) / canvas.columns, gap / canvas.columns))
    elif kind == 2:  # centre in the next accent, outlined by the background
        canvas.paint(0, canvas.cover((dist - core - gap) / canvas.columns))
        canvas.paint(_next(style, slot), canvas.cover((dist - core) / canvas.columns))


def _cubes(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw tumbling blocks: each hexagon is three sides of a cube."""
    unit = 1.0 / canvas.columns
    inlaid = draws.flag(0) and style.slots < 5
    tops = np.array([0, *range(3, style.slots)])
    for site, _ in _cells(canvas, _hexagon(canvas), unit):
        u, v = _in_hexagon(canvas, site)
        slope = np.abs(u) / _ROOT3
        left = canvas.cover(u * unit)
        top = canvas.cover((v + slope) * (unit * _ROOT3 / 2))
        canvas.paint(1)
        canvas.paint(2 if style.slots > 2 else 0, left * (1.0 if style.slots > 2 else 0.5))
        # the tops of the blocks in the other colours
        canvas.paint(tops[np.floor(site.colour * len(tops)).astype(int)], top)
        if inlaid:
            dist = np.abs(v + 1 / (2 * _ROOT3)) + slope - 0.14
            canvas.paint(1, canvas.cover(dist * (unit * _ROOT3 / 2)))


_INRADIUS = 1.0 / (2.0 * _ROOT3)
"""Incircle radius of a triangle of side 1."""


def _in_triangle(canvas: Canvas, site: Site) -> tuple[Field, Field, NDArray[np.bool_]]:
    """Return the offsets in a triangle of side 1, flipped upright, and whether it is upright."""
    u, v = _in_hexagon(canvas, site)
    upright = fraction(canvas.v - site.y * canvas.rows) > 0.5
    return u, np.where(upright, v, -v), upright


def _sides(canvas: Canvas, site: Site) -> Field:
    """Return the distances (3, R, N) from the centre towards base, left and right side."""
    u, v, _ = _in_triangle(canvas, site)
    return np.stack([v, -v / 2 - u * (_ROOT3 / 2), -v / 2 + u * (_ROOT3 / 2)])


def _triangle(canvas: Canvas) -> Callable[[Site], Field]:
    """Return a distance function of triangles: _INRADIUS on the border."""

    def measure(site: Site) -> Field:
        dist: Field = _sides(canvas, site).max(0)
        return dist

    return measure


def _triangles(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a triangle mosaic or rows of pennants."""
    unit = 1.0 / canvas.columns
    kind = draws.choice(0, 3)
    gap = 0.028 if draws.flag(1) else 0.05
    for site, dist in _cells(canvas, _triangle(canvas), unit):
        upright = _in_triangle(canvas, site)[2]
        slot = np.floor(site.colour * style.slots).astype(int)
        if style.slots < 4 and (kind > 0 or style.slots == 2):  # pennants
            slot = np.where(upright, 1 + _odd_row(canvas, site) * (style.slots - 2), 0)
        elif kind == 2:
            slot = style.accents(site.colour)
        canvas.paint(slot, canvas.cover((dist - _INRADIUS + gap) * unit) if kind else 1.0)
        if kind == 2:  # centre, outlined by the background
            canvas.paint(0, canvas.cover((dist - 0.15) * unit))
            canvas.paint(slot, canvas.cover((dist - 0.11) * unit))


def _asanoha(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw asanoha: a triangular lattice with lines from each centre to the corners."""
    unit = 1.0 / canvas.columns
    width = style.weight(0.032, 0.046, 0.066) * unit
    kind, tints = draws.choice(0, 3), list(range(2, style.slots))
    sides = edge = np.zeros_like(canvas.u)
    for site, dist in _cells(canvas, _triangle(canvas), unit):
        sides, edge = _sides(canvas, site), (dist - _INRADIUS) * unit
        table = np.array([*tints, 0])
        slot = table[np.floor(site.colour * len(table)).astype(int)]
        if kind == 0 and style.slots < 5:  # diamonds of one or two directions
            slot = np.array([*tints, 0, 0, 0])[sides.argmax(0)]
        elif kind == 1 and style.slots < 5:  # the upright triangles, row by row
            row = np.where(_odd_row(canvas, site), min(2, style.slots - 1), style.slots - 1)
            slot = np.where(_in_triangle(canvas, site)[2], row, 0)
        canvas.paint(slot if tints else 0)
    # the lines belong to the nearest triangle, which is yielded last
    _, second, first = np.sort(sides, axis=0)
    spoke = (first - second) * (unit / _ROOT3)
    canvas.paint(1, np.maximum(canvas.line(spoke, width), canvas.line(edge, width)))


def _diamonds_layout(style: Style, draws: Draws) -> Layout:
    columns = style.repeats(8, 5, 3) if style.slots < 4 else style.repeats(6, 4, 3)
    rows = max(2, columns - draws.choice(0, 3))
    return Layout(kind="staggered", columns=columns, rows=2 * rows)


def _diamonds(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a rhombus lattice: harlequin, random colours or nested."""
    unit = float(1.0 / np.hypot(canvas.columns, canvas.rows / 2))

    def measure(site: Site) -> Field:
        return np.abs(site.x * canvas.columns) + np.abs(site.y * (canvas.rows / 2))

    kind = draws.choice(1, 3)
    for site, dist in _cells(canvas, measure, unit):
        odd = _odd_row(canvas, site)
        if kind < 2 and style.slots > 4:  # alternating pairs of colours
            canvas.paint(np.where(odd, 1, 3), canvas.cover((dist - 0.45) * unit))
            canvas.paint(np.where(odd, 2, 4), canvas.cover((dist - 0.3) * unit))
        elif kind == 0:  # nested colours in rings of equal area
            rings = style.slots if style.slots > 2 else 4
            for ring in range(1, rings):
                radius = 0.5 * (1.0 - ring / rings) ** 0.5
                canvas.paint(ring % style.slots, canvas.cover((dist - radius) * unit))
        elif kind == 1:  # harlequin, every second row set with smaller ones
            canvas.paint(np.where(odd, 1, 0))
            smaller = np.where(odd, 2 if style.slots > 2 else 0, style.slots - 1)
            core = 0.3 if style.slots > 2 else 0.24
            canvas.paint(smaller, canvas.cover((dist - core) * unit))
        else:
            slot = style.accents(site.colour)
            canvas.paint(slot, canvas.cover((dist - 0.455) * unit))
            if draws.flag(2):
                canvas.paint(0, canvas.cover((dist - 0.2) * unit))


def _argyle_layout(style: Style, draws: Draws) -> Layout:
    sizes = {"small": (6, 4), "medium": (4, 3 if draws.flag(0) else 2), "large": (3, 2)}
    if style.slots > 3:
        sizes = {"small": (8, 6), "medium": (6, 4), "large": (4, 2)}
    columns, rows = sizes[style.scale]
    return Layout(columns=columns, rows=rows)


def _argyle(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw tall diamonds with thin crossing lines over them."""
    u, v = canvas.u, canvas.v
    whole = np.abs(signed(u)) + np.abs(signed(v))
    unit = float(1.0 / np.hypot(canvas.columns, canvas.rows))
    body = canvas.cover((whole - 0.5) * unit)
    if style.slots < 4:
        canvas.paint(1, body)
    else:  # in two alternating colours
        canvas.paint(1 + (np.round(u) + np.round(v)).astype(int) % 2, body)
    if style.slots > 4:  # and the diamonds between them
        canvas.paint(np.where((np.floor(u) + np.floor(v)).astype(int) % 2 == 0, 3, 0), 1 - body)
    rising, falling = np.abs(signed(u + v)), np.abs(signed(u - v))
    width = 0.075
    dashes: Field | float = 1.0
    if draws.flag(1):
        width = 0.105
        along = np.where(rising < falling, u - v, u + v)
        dashes = canvas.cover((np.abs(signed(along * 4.0)) - 0.32) * unit / 4)
    stitched = canvas.line(np.minimum(rising, falling) * unit, width * unit) * dashes
    if style.slots > 2:
        canvas.paint(style.slots - 1, stitched)
    else:
        canvas.masks[0] += (1 - 2 * canvas.masks[0]) * stitched[0]
        canvas.masks[1] = 1 - canvas.masks[0]


def _houndstooth_layout(style: Style, draws: Draws) -> Layout:
    del draws
    count = style.repeats(8, 5, 3) if style.slots < 3 else style.repeats(8, 6, 4)
    return Layout(columns=count, rows=count)


def _next_tooth(a: Field, b: Field) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether a position in a cell (0 to 1) belongs to the next column's or row's tooth."""
    right, below = a > 0.5, b > 0.5
    column = np.where(below, a > b, (a + b > 1.125) | (a + 0.414 * b > 1.0))
    row = np.where(right, a <= b, (a + b > 0.875) & (a + 2.414 * b > 1.707))
    return right & column, below & row


def _houndstooth(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw houndstooth checks of a two-and-two twill, coloured tooth by tooth."""
    count = canvas.columns
    u, v = canvas.u, canvas.v if draws.flag(0) else -canvas.v
    warp = canvas.cover((np.abs(signed(u - 0.25)) - 0.25) / count)
    weft = canvas.cover((np.abs(signed(v - 0.25)) - 0.25) / count)
    twill = canvas.cover((np.abs(signed(2 * (u + v) - 0.25)) - 0.25) / (8**0.5 * count))
    dark = twill * warp + (1 - twill) * weft
    if style.slots == 2:
        canvas.paint(1, dark)
        return
    right, below = _next_tooth(fraction(u), fraction(v))
    column, row = np.floor(u).astype(int) + right, np.floor(v).astype(int) + below
    number = row % 2 if draws.flag(1) else (row + column) % 2
    if style.slots > 3:
        number = number + 2 * (column % 2)
    canvas.paint(1 + number % (style.slots - 1), dark)


def _herringbone_layout(style: Style, draws: Draws) -> Layout:
    sizes = {2: (6, 4, 2), 3: (4, 3, 2), 4: (3, 2, 2)}[_plank(style, draws)]
    turns = style.repeats(*sizes)
    return Layout(columns=turns, rows=turns)


def _plank(style: Style, draws: Draws) -> int:
    """Return the ratio of a plank's length to its width."""
    if style.slots > 3:  # alternating planks need an even ratio to be seamless
        return 2 + 2 * (draws.flag(0) and style.scale != "large")
    return 2 + draws.choice(0, 2 if style.scale == "large" else 3)


def _herringbone(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw herringbone planks."""
    length = _plank(style, draws)
    if draws.flag(1) or style.scale == "small":  # diagonal, the classic form
        i, j = (canvas.u + canvas.v) * length, (canvas.u - canvas.v) * length
        unit = 1 / (canvas.columns * length * 2**0.5)
    else:
        i, j = canvas.u * 2 * length, canvas.v * 2 * length
        unit = 1 / (canvas.columns * length * 2)
    column, row = np.floor(i), np.floor(j)
    step = np.mod(column - row, 2 * length)
    horizontal = step < length
    along = (
        np.where(horizontal, step + (i - column), (2 * length - 1 - step) + (j - row)) - length / 2
    )
    across = np.where(horizontal, j - row, i - column) - 0.5
    gap = draws.uniform(2, 0.06, 0.13)
    dist = np.maximum(np.abs(along) - length / 2, np.abs(across) - 0.5) + gap
    slot = np.where(horizontal, 1, style.accent(1))
    if style.slots > 3:  # every second horizontal and vertical plank
        slot = np.where(horizontal & (row % 2 == 1), 3, slot)
        slot = np.where(
            ~horizontal & (column % 2 == 1), style.slots - 1 if style.slots > 4 else 2, slot
        )
    canvas.paint(slot, canvas.cover(dist * unit))


def _basketweave(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw alternating horizontal and vertical strands; a lattice cell is two blocks by two."""
    count, strands = 2 * canvas.columns, 2 + draws.choice(0, 2) * (style.scale != "small")
    x, y = 2 * canvas.u, 2 * canvas.v
    horizontal = (np.floor(x) + np.floor(y)).astype(int) % 2 == 0
    along = np.where(horizontal, fraction(x), fraction(y))
    over = np.where(horizontal, fraction(y), fraction(x)) * strands
    gap = draws.uniform(1, 0.06, 0.11)
    ends = (np.abs(along - 0.5) - 0.5 + gap / 2) / count
    sides = (np.abs(signed(over - 0.5)) - 0.5 + gap) / (count * strands)
    slot = np.where(horizontal, 1, style.accent(1))
    if style.slots > 3:  # every second vertical and horizontal strand
        second = np.floor(over).astype(int) % 2 == 1
        slot = np.where(second & ~horizontal, 3, slot)
        slot = np.where(second & horizontal, style.slots - 1 if style.slots > 4 else 1, slot)
    canvas.paint(slot, canvas.cover(np.maximum(ends, sides)))


def _bricks_layout(style: Style, draws: Draws) -> Layout:
    rows = style.repeats(12, 8, 4)
    return Layout(kind="staggered", columns=max(2, rows // (2 + 2 * draws.flag(0))), rows=rows)


def _bricks(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a brick wall in running bond."""

    def measure(site: Site) -> Field:
        return np.maximum(np.abs(site.x) * canvas.columns, np.abs(site.y) * canvas.rows)

    ((site, _),) = _nearest(canvas, measure)
    ends, beds = np.abs(site.x) - 0.5 / canvas.columns, np.abs(site.y) - 0.5 / canvas.rows
    joint = draws.uniform(1, 0.09, 0.17) / canvas.rows
    slot = style.accents(site.colour)
    if draws.flag(2) and 2 < style.slots < 5:  # every second course in the first colour
        rest = 2 + np.floor(site.colour * (style.slots - 2)).astype(int)
        slot = np.where(_odd_row(canvas, site), 1, rest)
    canvas.paint(slot, canvas.cover(np.maximum(ends, beds) + joint / 2))


_HEXAGONS = _fixed_layout("staggered", (7, 5, 3), (8, 6, 4))

FAMILIES = {
    "hexagons": family(_HEXAGONS, _hexagons, "scale line_weight"),
    "triangles": family(_fixed_layout("triangles", (7, 5, 3), (8, 6, 4)), _triangles),
    "cubes": family(_HEXAGONS, _cubes),
    "asanoha": family(
        _fixed_layout("triangles", (5, 3, 2), (6, 4, 2)), _asanoha, "scale line_weight"
    ),
    "diamonds": family(_diamonds_layout, _diamonds),
    "argyle": family(_argyle_layout, _argyle),
    "houndstooth": family(_houndstooth_layout, _houndstooth),
    "herringbone": family(_herringbone_layout, _herringbone),
    "basketweave": family(_fixed_layout("grid", (4, 3, 2), (4, 3, 2)), _basketweave),
    "bricks": family(_bricks_layout, _bricks),
}
