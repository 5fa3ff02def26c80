"""Families of single motifs in rows or scattered: dots, stars, hearts, chips, strokes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from worker.corpus.canvas import Canvas, Draws, Field, Site, Style, signed
from worker.corpus.families.family import LayoutFunction, family
from worker.models.generator.layout import NEAR, Layout

__all__ = ["FAMILIES", "motif_size", "motifs_layout", "stacked"]

_MIN_SHARE = 0.112
"""Minimum share of the tile of each accent."""


def motifs_layout(sizes: tuple[int, int, int], max_colours: int = 3) -> LayoutFunction:
    """Return a layout function: staggered rows, or scattered up to `max_colours`, by scale."""

    def layout(style: Style, draws: Draws) -> Layout:
        count = style.repeats(*sizes)
        if draws.choice(0, 3) == 0 and style.slots <= max_colours:
            return Layout(kind="strewn", columns=count)
        return Layout(kind="staggered", columns=count, rows=count + count % 2)

    return layout


def _strewn_layout(sizes: tuple[int, int, int]) -> LayoutFunction:
    def layout(style: Style, draws: Draws) -> Layout:
        del draws
        return Layout(kind="strewn", columns=style.repeats(*sizes))

    return layout


def motif_size(
    canvas: Canvas, style: Style, packing: tuple[float, float, float], area: float
) -> float:
    """Return a motif's size in tiles by density, with a minimum for the accents' areas.

    Args:
        canvas: canvas, which determines the space of a motif.
        look: style with density and number of colours.
        packing: sizes relative to the space, by density.
        area: area of a motif of size 1.
    """
    needed = (4.0 * _MIN_SHARE * (style.slots - 1) / area) ** 0.5
    spacing = 0.9 if canvas.ground.layout.kind == "strewn" else 1.0
    return canvas.room * max(spacing * style.packing(*packing), needed)


def stacked(canvas: Canvas) -> Iterator[Site]:
    """Yield the nearest sites ordered by kind, so that motifs overlap consistently."""
    near = list(canvas.sites())
    order = np.argsort(np.stack([site.kind for site in near]), axis=0, kind="stable")
    parts = {
        name: np.take_along_axis(np.stack([getattr(site, name) for site in near]), order, 0)
        for name in ("x", "y", "turn", "size", "colour", "kind")
    }
    for index in range(NEAR):
        yield Site(**{name: part[index] for name, part in parts.items()})


def _border(canvas: Canvas) -> Field:
    """Return the distance to the Voronoi border of the nearest site, in tiles."""
    site = canvas.site
    nearest: Field = np.full(site.x.shape, 9.0, np.float32)
    for other in list(canvas.sites())[:-1]:
        separation = np.hypot(site.x - other.x, site.y - other.y)
        further = other.x**2 + other.y**2 - site.x**2 - site.y**2
        nearest = np.minimum(nearest, further / np.maximum(2.0 * separation, 1e-4))
    return nearest


def _relative_size(style: Style, draws: Draws, site: Site, index: int) -> Field | float:
    """Return a motif's relative size: 1, or random by site where colours are few."""
    return 0.8 + 0.3 * site.size if style.slots < 4 and draws.flag(index) else 1.0


def _inner_slot(style: Style, slot: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the inner colour of a motif of `slot`: the next accent, or the background."""
    return 0 * slot if style.slots < 3 else 1 + slot % (style.slots - 1)


def _dots(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw polka dots."""
    radius = motif_size(canvas, style, (0.5, 0.68, 0.88), np.pi)
    ringed = style.slots > 2 and draws.choice(2, 3) == 0
    for site in stacked(canvas):
        size = radius * _relative_size(style, draws, site, 1)
        dist = np.hypot(site.x, site.y)
        slot = style.accents(site.colour)
        canvas.paint(slot, canvas.cover(dist - size))
        if ringed:  # a second colour inside
            canvas.paint(_inner_slot(style, slot), canvas.cover(dist - size * 0.45))


def _circles_layout(style: Style, draws: Draws) -> Layout:
    count = style.repeats(6, 4, 2)
    linked = _linked(style, draws)
    kind = "grid" if linked or draws.flag(0) else "staggered"
    return Layout(kind=kind, columns=count, rows=count)


def _linked(style: Style, draws: Draws) -> bool:
    return style.slots == 3 and style.scale != "small" and draws.choice(1, 3) == 0


def _circles(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw concentric circles, or rings that overlap."""
    count, site = canvas.columns, canvas.site
    dist = np.hypot(site.x, site.y)
    if _linked(style, draws):
        width = style.weight(0.065, 0.1, 0.135) / count
        corner = np.hypot(signed(canvas.u), signed(canvas.v)) / count
        canvas.paint(1, canvas.line(dist - 0.45 / count, width))
        canvas.paint(2, canvas.line(corner - 0.45 / count, width))
        if draws.flag(2):
            for slot, middle in ((1, dist), (2, corner)):
                canvas.paint(slot, canvas.cover(middle - 0.12 / count))
        return
    rings = max({"small": 2, "medium": 3, "large": 5}[style.scale], (style.slots + 1) // 2)
    outer = 0.48 / count
    filled = style.weight(0.36, 0.5, 0.65) + 0.08 * (style.slots - 2)
    start = style.accents(site.colour) if style.slots > 3 else np.ones(dist.shape, int)
    for ring in range(rings):
        radius = outer * (rings - ring) / rings
        inner = radius - outer / rings * filled if ring < rings - 1 else 0.0
        band = np.maximum(dist - radius, inner - dist) if inner else dist - radius
        canvas.paint(1 + (start + ring) % (style.slots - 1), canvas.cover(band))


def _crosses(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw plus signs."""
    thick = draws.uniform(1, 0.26, 0.36)
    size = motif_size(canvas, style, (0.62, 0.76, 0.9), 8 * thick - 4 * thick * thick)
    lean, wild = draws.choice(2, 3), draws.choice(3, 4) == 0
    for site in stacked(canvas):
        turn = np.pi * site.turn if wild else (np.pi / 4 if lean == 0 else 0.0)
        u, v = (np.abs(offset) for offset in site.turned(turn))
        arms = np.maximum(np.minimum(u, v) - thick * size, np.maximum(u, v) - size)
        canvas.paint(style.accents(site.colour), canvas.cover(arms))


def _star(u: Field, v: Field, points: int, depth: float) -> Field:
    """Return the signed distance to a star of radius 1 with inner radius `depth`."""
    sector = np.pi / points
    angle = np.abs(np.mod(np.arctan2(u, -v) + sector, 2 * sector) - sector)
    dist = np.hypot(u, v)
    across, along = depth * np.sin(sector), depth * np.cos(sector) - 1.0
    distance: Field = (
        (dist * np.cos(angle) - 1.0) * across - dist * np.sin(angle) * along
    ) / np.hypot(across, along)
    return distance


def _stars(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw four- to eight-pointed stars, plain or with a star inside."""
    points = (5, 5, 4, 6)[draws.choice(1, 4)]
    depth = {5: 0.44, 4: 0.4, 6: 0.55}[points]
    area = points * np.sin(np.pi / points) * depth
    radius = motif_size(canvas, style, (0.78, 0.92, 1.05), area)
    turned, nested = draws.flag(2), draws.choice(4, 3) == 0
    for site in stacked(canvas):
        size = radius * _relative_size(style, draws, site, 3)
        u, v = site.turned(2 * np.pi * site.turn if turned else 0.0, size)
        slot, dist = style.accents(site.colour), _star(u, v, points, depth)
        canvas.paint(slot, canvas.cover(dist * size))
        if nested:
            canvas.paint(_inner_slot(style, slot), canvas.cover((dist + 0.2) * size))


def _heart(u: Field, v: Field) -> Field:
    """Return the signed distance to a heart that fits the unit circle, tip down (v grows down).

    Source: Inigo Quilez, "2D distance functions".
    """
    x, y = np.abs(u) * 0.62, 0.55 - v * 0.62
    lobe = np.hypot(x - 0.25, y - 0.75) - 2.0**0.5 / 4.0
    fold = 0.5 * np.maximum(x + y, 0.0)
    near = np.minimum(x**2 + (y - 1.0) ** 2, (x - fold) ** 2 + (y - fold) ** 2)
    distance: Field = np.where(x + y > 1.0, lobe, np.sqrt(near) * np.sign(x - y)) / 0.62
    return distance


def _hearts(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw hearts, plain or with a heart inside."""
    radius = motif_size(canvas, style, (0.62, 0.78, 0.95), 2.3)
    tilt, nested = draws.flag(1), draws.choice(2, 3) == 0
    for site in stacked(canvas):
        size = radius * _relative_size(style, draws, site, 3)
        u, v = site.turned(site.turn - 0.5 if tilt else 0.0, size)
        slot, dist = style.accents(site.colour), _heart(u, v)
        canvas.paint(slot, canvas.cover(dist * size))
        if nested:
            canvas.paint(_inner_slot(style, slot), canvas.cover((dist + 0.28) * size))


def _terrazzo(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw stone chips scattered over a background."""
    site = canvas.site
    size = motif_size(canvas, style, (0.8, 0.95, 1.15), 1.65) * draws.uniform(1, 1.0, 1.1)
    chip_size = size * (0.6 + 0.75 * site.size)
    joint = canvas.room * style.packing(0.14, 0.1, 0.07)
    u, v = site.turned(2 * np.pi * site.turn, chip_size)
    chip = (joint - _border(canvas)) / chip_size
    for side in range(5):
        angle = side * 2 * np.pi / 5 + 0.5 * np.sin(2 * side + 6.3 * site.kind)
        edge = 0.72 + 0.22 * np.cos(3 * side + 6.3 * site.kind)
        chip = np.maximum(chip, u * np.cos(angle) + v * np.sin(angle) - edge)
    canvas.paint(style.accents(site.colour), canvas.cover(chip * chip_size))


def _brush_strokes(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw short strokes of a dry brush with ragged ends."""
    slim = draws.uniform(1, 0.32, 0.42)
    length = motif_size(canvas, style, (1.1, 1.2, 1.3), 3.0 * slim)
    lean = (0.0, np.pi / 4, np.pi / 2, -np.pi / 5)[draws.choice(2, 4)]
    spread = (0.3, 0.8, np.pi)[draws.choice(3, 3)]
    for site in stacked(canvas):
        u, v = site.turned(lean + spread * (site.turn - 0.5) * 2, length)
        across = (v + 0.5 * (site.size - 0.5) * u * u) / slim
        phase = 6.3 * site.kind
        bristle = np.sin(9 * across + phase) + np.sin(17 * across - 2 * phase)
        bristle = (bristle + np.sin(4 * across + 3 * phase)) / 3.0
        end = 0.86 + 0.16 * bristle - 0.12 * across * across
        body = np.maximum((np.abs(u) - end) * 0.6, (np.abs(across) - 1.0) * slim)
        dry = (bristle + 1.35 - 1.6 * np.clip(u, 0.0, 1.0)) * slim * 0.2  # bristles part at the end
        canvas.paint(style.accents(site.colour), canvas.cover(np.maximum(body, -dry) * length))


def _animal_spots(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw leopard rosettes: broken rings around a darker or lighter centre."""
    site = canvas.site
    size = canvas.room * draws.uniform(0, 1.04, 1.12) * (0.88 + 0.22 * site.size)
    u, v = site.turned(np.pi * site.turn, size)
    angle, first, second = np.arctan2(v, u), 6.3 * site.kind, 6.3 * site.size
    wobble = 1 + 0.10 * np.sin(2 * angle + first) + 0.08 * np.sin(3 * angle + second)
    dist, rim = np.hypot(u, v) / wobble, 1.1 - _border(canvas) / size
    round_off = np.maximum(0.5 - np.abs(dist - rim), 0.0)
    dist = np.maximum(dist, rim) + round_off * round_off / 2.0  # compressed between its neighbours
    if style.slots > 2:
        centre = 2 + np.floor(site.colour * (style.slots - 2)).astype(int)
        canvas.paint(centre, canvas.cover((dist - 0.8) * size))
    gaps = 0.8 * np.cos(3 * angle + second) + 0.5 * np.cos(2 * angle + first)
    thick = (0.2 if style.slots > 2 else 0.27) * np.clip(0.85 - gaps, -0.2, 1.0)
    canvas.paint(1, canvas.cover((np.abs(dist - 0.88) - thick) * size))


def _squiggle(u: Field, v: Field) -> Field:
    return np.maximum(np.abs(v - 0.3 * np.sin(u * 6.0)) * 0.6 - 0.16, np.abs(u) - 0.98)


def _zigzag(u: Field, v: Field) -> Field:
    folded = 1.1 * np.abs(np.mod(u * 1.25 + 0.5, 1.0) - 0.5)
    return np.maximum(np.abs(v - folded + 0.27) * 0.6 - 0.16, np.abs(u) - 0.95)


def _shape(kind: int, u: Field, v: Field) -> Field:
    """Return the signed distance to one of the small Memphis shapes, in the unit circle."""
    dist, wide, high = np.hypot(u, v), np.abs(u), np.abs(v)
    shapes = (
        lambda: np.abs(dist - 0.58) - 0.2,  # ring
        lambda: np.maximum(wide * 0.866 + v * 0.5, -v) - 0.46,  # triangle
        lambda: _squiggle(u, v),
        lambda: np.maximum(dist - 0.88, v) - 0.02,  # half a disc
        lambda: _zigzag(u, v),
        lambda: dist - 0.62,
        lambda: np.maximum(np.minimum(wide, high) - 0.23, np.maximum(wide, high) - 0.75),
        lambda: np.maximum(wide - 0.95, high - 0.24),  # bar
    )
    distance: Field = shapes[kind]()
    return distance


def _confetti(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw small Memphis shapes scattered over the background."""
    size = motif_size(canvas, style, (0.85, 0.98, 1.08), 1.1)
    first = (0, 1, 2, 4)[draws.choice(1, 4)]
    for site in stacked(canvas):
        u, v = site.turned(2 * np.pi * site.turn, size)
        number = np.floor(4 * site.size)
        dist = np.full(u.shape, 1.0, np.float32)
        for index in range(4):
            dist = np.where(number == index, _shape((first + index) % 8, u, v), dist)
        canvas.paint(style.accents(site.colour), canvas.cover(dist * size))


FAMILIES = {
    "dots": family(motifs_layout((8, 5, 3)), _dots, "scale density"),
    "circles": family(_circles_layout, _circles, "scale line_weight"),
    "crosses": family(motifs_layout((8, 5, 3)), _crosses, "scale density", colours=(2, 4)),
    "stars": family(motifs_layout((7, 5, 3)), _stars, "scale density", colours=(2, 4)),
    "hearts": family(motifs_layout((7, 5, 3)), _hearts, "scale density"),
    "terrazzo": family(_strewn_layout((8, 6, 4)), _terrazzo, "scale density"),
    "brush-strokes": family(
        _strewn_layout((6, 5, 3)), _brush_strokes, "scale density", colours=(2, 4)
    ),
    "animal-spots": family(_strewn_layout((7, 5, 4)), _animal_spots, colours=(2, 4)),
    "confetti": family(_strewn_layout((7, 5, 4)), _confetti, "scale density", colours=(2, 4)),
}
