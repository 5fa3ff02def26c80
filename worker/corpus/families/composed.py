"""Families composed of several parts: abstract geometry and auspicious clouds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Site, Style, signed
from worker.corpus.families.family import family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]

_SETS = ((0, 1, 2, 5), (0, 0, 4, 3), (6, 0, 7, 2), (8, 3, 1, 4))
"""Sets of shapes that are used together."""


def _geometric_layout(style: Style, draws: Draws) -> Layout:
    variant = draws.choice(0, 4)
    if variant == 1:
        return Layout(kind="strewn", columns=style.repeats(5, 4, 3))
    count = style.repeats(6, 4, 3)
    return Layout(columns=count, rows=count)


def _geometric(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw abstract geometry in one of four variants."""
    (_blocks, _overlaps, _arcs, _nests)[draws.choice(0, 4)](canvas, style, draws)


def _block_shape(kind: int, u: Field, v: Field) -> Field:
    """Return the signed distance to a cell's shape; u, v from -0.5 to 0.5."""
    dist = np.hypot(u + 0.5, v + 0.5)
    if kind == 0:  # quarter disc
        return dist - 1.0
    if kind == 1:  # triangle over the diagonal
        return (u + v) * 0.7071
    if kind == 2:
        return np.hypot(u, v) - 0.5
    if kind == 3:  # half disc
        return np.hypot(u, v + 0.5) - 0.5
    if kind == 4:  # quarter rings
        return np.minimum(np.abs(dist - 0.82) - 0.18, dist - 0.32)
    if kind == 5:  # bars
        return (np.abs(signed(u * 3)) - 0.25) / 3
    if kind == 6:  # leaf of two quarter discs
        return np.maximum(dist, np.hypot(u - 0.5, v - 0.5)) - 1.0
    if kind == 7:  # half the cell
        return v
    return np.abs(np.hypot(u, v) - 0.34) - 0.14  # ring


def _draw_cells(canvas: Canvas, draw: Callable[[Site, Field, Field], None]) -> None:
    """Draw the cells of a grid with antialiased borders; u, v from -0.5 to 0.5."""
    unit = 1.0 / canvas.columns
    for rank, site in enumerate(canvas.sites(2)):
        u, v = site.turned(0.5 * np.pi * np.floor(site.turn * 4), unit)
        below = canvas.masks.copy()
        draw(site, u, v)
        if rank:
            inside = canvas.cover((np.maximum(np.abs(u), np.abs(v)) - 0.5) * unit)[0]
            canvas.masks[:] = below * (1 - inside) + canvas.masks * inside


def _blocks(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a Bauhaus grid of cells, each with a bold shape rotated by quarter turns."""
    shapes, plain = _SETS[draws.choice(1, 4)], draws.choice(2, 3) == 0

    def cell(site: Site, u: Field, v: Field) -> None:
        which = np.floor(site.kind * 4)
        dist = np.select([which == k for k in range(4)], [_block_shape(k, u, v) for k in shapes])
        ground = np.floor(site.colour * style.slots).astype(int)
        front = (ground + 1 + np.floor(site.size * (style.slots - 1)).astype(int)) % style.slots
        canvas.paint(0 if plain else ground)
        canvas.paint(
            style.accents(site.colour) if plain else front, canvas.cover(dist / canvas.columns)
        )

    _draw_cells(canvas, cell)


def _figure(site: Site, size: float) -> Field:
    """Return the signed distance in tiles to a site's figure, one of six by its kind."""
    figure_size = size * (0.75 + 0.35 * site.size)
    u, v = site.turned(0.25 * np.pi * np.floor(site.turn * 8))
    u, v = u / figure_size, v / figure_size
    dist = np.hypot(u, v)
    figures = (
        dist - 0.85,
        np.abs(dist - 0.68) - 0.22,
        np.maximum(np.abs(u) - 1.05, np.abs(v) - 0.26),
        np.maximum(np.abs(u) * 0.866 + v * 0.5, -v) - 0.5,
        np.maximum(np.abs(u), np.abs(v)) - 0.66,
        np.maximum(dist - 0.95, v),
    )
    which = np.floor(site.kind * len(figures))
    return np.select([which == index for index in range(len(figures))], figures, 9.0) * figure_size


def _overlaps(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw Suprematist discs, bars, triangles and rings, inverted where they overlap."""
    size = canvas.room * draws.uniform(1, 1.2, 1.42)
    single, twice = np.zeros_like(canvas.x), np.zeros_like(canvas.x)
    for site in canvas.sites():
        cover = canvas.cover(_figure(site, size))
        canvas.paint(style.accents(site.colour), cover)
        twice = np.maximum(twice, np.minimum(single, cover))
        single = np.maximum(single, cover)
    canvas.paint(0, twice)
    if draws.flag(2):  # long thin lines across the tile
        down = 1 if draws.flag(3) else -1
        line = signed(canvas.x + down * canvas.y) / np.sqrt(2)
        canvas.paint(1, canvas.line(line, 0.02))
        canvas.paint(style.slots - 1, canvas.line(line - 0.06, 0.01))


def _arcs(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw Truchet tiles: cells with bundled quarter arcs that join into ribbons."""
    unit, site = 1.0 / canvas.columns, canvas.site
    u, v = site.x / unit, site.y / unit
    u = np.where(site.kind < 0.5, u, -u)
    dist = np.minimum(np.hypot(u + 0.5, v + 0.5), np.hypot(u - 0.5, v - 0.5))
    away = np.abs(dist - 0.5)
    wide = draws.uniform(1, 0.30, 0.40)
    if style.slots == 2 and draws.flag(2):  # two or three thin ribbons side by side
        away = np.abs(away - 0.5 * wide) if draws.flag(3) else np.abs(away - 0.3) * (away > 0.14)
        canvas.paint(1, canvas.cover((away - 0.10) * unit))
        return
    for index in range(style.slots - 1):
        half = wide * (1 - index / (style.slots - 1))
        canvas.paint(1 + index, canvas.cover((away - half) * unit))


def _nests(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw a grid of cells of nested quarter rings, discs, squares or lozenges."""
    other = draws.choice(1, 4)
    levels = (0.96, 0.72, 0.48, 0.24) if draws.flag(2) else (0.9, 0.6, 0.3)

    def cell(site: Site, u: Field, v: Field) -> None:
        a, b = np.abs(u), np.abs(v)
        distances = (2 * np.hypot(u, v), np.maximum(u, v) + 0.5, 2 * np.maximum(a, b), a + b)
        dist = np.where(site.kind < 0.6, np.hypot(u + 0.5, v + 0.5), distances[other])
        slope = np.where(site.kind < 0.6, 1.0, (2.0, 1.0, 2.0, 1.41)[other]) * canvas.columns
        start = np.floor(site.colour * style.slots).astype(int)
        canvas.paint(start)
        for step, level in enumerate(levels, start=1):
            canvas.paint((start + step) % style.slots, canvas.cover((dist - level) / slope))

    _draw_cells(canvas, cell)


def _clouds_layout(style: Style, draws: Draws) -> Layout:
    del draws
    return Layout(kind="staggered", columns=style.repeats(4, 3, 2), rows=style.repeats(6, 4, 2))


def _cloud_body(u: Field, v: Field, lobes: tuple[tuple[float, Field | float, float], ...]) -> Field:
    """Return the signed distance to a cloud of lobes (y, x, radius) over a flat base."""
    dist = np.maximum(np.abs(u) - 0.62, np.abs(v - 0.24) - 0.14)
    for down, across, radius in lobes:
        dist = np.minimum(dist, np.hypot(u - across, v - down) - radius)
    return np.maximum(dist, v - 0.38)


def _curl(u: Field, v: Field, radius: float) -> Field:
    """Return the distance to a one-turn spiral inside a lobe, in the lobe's units."""
    turn = np.arctan2(v, u) / (2 * np.pi) + 0.5
    dist = np.hypot(u, v)
    return np.where(dist < radius * 0.74, np.abs(dist - radius * (0.2 + 0.46 * turn)), 9.0)


def _clouds(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw auspicious clouds: lobes with curls inside and trailing wisps."""
    size = 0.5 / canvas.columns * style.packing(0.96, 1.0, 1.04)
    width = size * style.weight(0.065, 0.085, 0.11 if style.slots < 4 else 0.09)
    outlined = style.slots > 2 or draws.flag(1)
    for site in canvas.sites():
        cloud_size = size * (0.9 + 0.15 * site.size)
        u, v = (
            site.x / cloud_size,
            site.y / (cloud_size * style.repeats(100, 105, 125) * 0.01) + 0.08,
        )
        u = np.where(site.kind < 0.5, u, -u)
        lean = 0.2 * (site.turn - 0.5)
        lobes = ((0.12, -0.58, 0.28), (-0.14, lean - 0.22, 0.38), (-0.02, lean + 0.28, 0.34))
        body = _cloud_body(u, v, (*lobes, (0.16, 0.66, 0.22))) * cloud_size
        fill: int | np.ndarray = 0 if outlined else 1
        if style.slots > 2:
            fill = 2 + np.floor(site.colour * (style.slots - 2)).astype(int)
        line = 1 if outlined else 0
        canvas.paint(fill, canvas.cover(body))
        if outlined:
            canvas.paint(line, canvas.line(body + width / 2, width))
        for down, across, radius in lobes:
            curl = _curl(u - across, v - down, radius) * cloud_size - width / 2
            canvas.paint(line, canvas.cover(curl) * canvas.cover((v - 0.3) * cloud_size))
        for down, reach in ((0.54, 0.72), (0.72, 0.42)):  # wisps below
            wisp = np.hypot(np.maximum(np.abs(u - 0.15) - reach, 0), v - down) * cloud_size
            canvas.paint(1 if style.slots < 4 else fill, canvas.cover(wisp - 0.6 * width))


FAMILIES = {
    "geometric": family(_geometric_layout, _geometric, weight=1.6),
    "clouds": family(_clouds_layout, _clouds, "scale density line_weight", colours=(2, 4)),
}
