"""Botanical families: flowers, leaves, paisley, blue-and-white porcelain."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Site, Style, fraction, signed
from worker.corpus.families.family import family
from worker.corpus.families.scattered import motif_size, motifs_layout, stacked
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]


def _petals(u: Field, v: Field, count: int, waist: float, tip: float) -> Field:
    """Return the signed distance to a corolla in the unit circle.

    Args:
        u, v: position over the flower's radius.
        count: number of petals.
        waist: radius between two petals, 0 to 1.
        tip: below 1 broad round petals, above 1 pointed ones.
    """
    lobe = np.abs(np.cos(np.arctan2(v, u) * count / 2))
    distance: Field = (np.hypot(u, v) - waist - (1 - waist) * lobe**tip) * 0.75
    return distance


def _leaf(u: Field, v: Field, width: float) -> Field:
    """Return the signed distance to a pointed leaf along u from -1 to 1, `width` its half width."""
    radius = (1 + width * width) / (2 * width)
    distance: Field = np.hypot(u, np.abs(v) + radius - width) - radius
    return distance


def _rosette(u: Field, v: Field, count: int, width: float) -> Field:
    """Return the signed distance to `count` leaves around the centre, in the unit circle."""
    sector = 2 * np.pi / count
    angle = sector * signed(np.arctan2(v, u) / sector)
    dist = np.hypot(u, v)
    return 0.5 * _leaf(2 * dist * np.cos(angle) - 1.0, 2 * dist * np.sin(angle), width)


_CORONAS = ((5, 0.42, 0.5, 2.3), (6, 0.3, 0.6, 2.0), (8, 0.5, 0.5, 2.4), (5, 0.3, 1.0, 1.5))
"""Flower types: petals, waist, tip, and area at radius 1."""


def _flowers(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw blossoms, with leaves if there are enough colours."""
    green = style.slots - 1 if style.slots > 2 and draws.flag(1) else 0
    count, _, _, area = corona = _CORONAS[draws.choice(2, 4)]
    double, uneven = draws.flag(3), style.slots < 4 and draws.flag(4)
    radius = min(motif_size(canvas, style, (0.75, 0.84, 0.94), area), 1.05 * canvas.room)
    near = list(stacked(canvas))
    if green or (style.slots < 4 and draws.flag(5)):  # leaves behind the flowers
        leaf_size = max(1.4 * radius, 1.26 * canvas.room) if green else 1.5 * radius
        leaves = 2 if not green else 4 if count == 8 else count
        for site in near:
            u, v = site.turned(2 * np.pi * site.turn + np.pi / count, leaf_size)
            leaf = _rosette(u, v, leaves, 0.52 if style.slots > 4 else 0.42)
            canvas.paint(green or 1, canvas.cover(leaf * leaf_size))
    for site in near:
        size = radius * (0.75 + 0.35 * site.size if uneven else np.ones_like(site.size))
        _blossom(canvas, site, size, corona[:3], style.slots - 1 - (green > 0), double)


def _blossom(
    canvas: Canvas,
    site: Site,
    size: Field,
    corona: tuple[int, float, float],
    colours: int,
    double: bool,
) -> None:
    """Paint one flower in the first `colours` accents: petals, inner petals and centre."""
    turn = 2 * np.pi * site.turn
    number = np.floor(site.colour * colours).astype(int)
    u, v = site.turned(turn, size)
    dist, petals = np.hypot(u, v), _petals(u, v, *corona)
    canvas.paint(0, canvas.cover((petals - 0.1) * size))
    canvas.paint(1 + number, canvas.cover(petals * size))
    if double:
        u, v = site.turned(turn + np.pi / corona[0], 0.56 * size)
        canvas.paint(0, canvas.cover(_petals(u, v, *corona) * 0.56 * size))
    eye = 1 + (number + 1) % colours if colours > 1 else 0 * number
    canvas.paint(eye, canvas.cover((dist - 0.26) * size))
    if double:
        canvas.paint(1 + number, canvas.cover((dist - 0.12) * size))


def _veined(
    canvas: Canvas, style: Style, site: Site, turn: Field, size: float, width: float
) -> None:
    """Paint a leaf with midrib and side veins."""
    u, v = site.turned(turn, size)
    dist = _leaf(u, v, width)
    canvas.paint(0, canvas.cover((dist - 0.05) * size))
    canvas.paint(style.accents(site.colour), canvas.cover(dist * size))
    sides = np.abs(signed((u - 1.1 * np.abs(v)) * 2.4)) / 2.4 / 1.5 - 0.026
    rib = np.minimum(np.abs(v) - 0.032, sides)
    canvas.paint(0, canvas.cover(np.maximum(rib, dist + 0.09) * size))


def _sprig(
    canvas: Canvas, style: Style, site: Site, turn: Field, size: float, width: float
) -> None:
    """Paint a bent stem with pairs of leaves."""
    u, v = site.turned(turn, size)
    v = v - 0.22 * u * u + 0.08
    dist = np.maximum(np.abs(v) - 0.035, np.abs(u + 0.05) - 0.9)
    side = np.abs(v)
    cosine, sine = np.cos(0.8), np.sin(0.8)
    for along, leaf in ((-0.7, 0.3), (-0.25, 0.31), (0.2, 0.27), (0.55, 0.2)):
        a, b = (u - along) / leaf, side / leaf
        dist = np.minimum(
            dist, _leaf(a * cosine + b * sine - 1.0, b * cosine - a * sine, width) * leaf
        )
    dist = np.minimum(dist, _leaf((u - 0.95) / 0.2, v / 0.2, width) * 0.2)
    canvas.paint(style.accents(site.colour), canvas.cover(dist * size))


def _leaves(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw veined leaves or leafy sprigs."""
    sprigs = style.slots < 4 and draws.flag(1)
    width = draws.uniform(2, 0.42, 0.55)
    if sprigs:
        size = motif_size(canvas, style, (1.1, 1.17, 1.23), 0.8)
    else:
        size = motif_size(canvas, style, (0.95, 1.08, 1.2), 1.8 * width)
    size = min(size, 1.35 * canvas.room)
    lean, spread = np.pi * draws.uniform(3, 0.2, 0.8), (0.25, 0.7, np.pi)[draws.choice(4, 3)]
    draw = _sprig if sprigs else _veined
    for site in stacked(canvas):
        turn = lean + spread * (2 * site.turn - 1) + np.pi * (site.size < 0.5)
        draw(canvas, style, site, turn, size, width)


def _drop(u: Field, v: Field, tall: float) -> Field:
    """Return the signed distance to a paisley drop of height 2, `tall` times as high as wide."""
    x, y = u * tall + 0.25, v
    tail = np.maximum(np.hypot(x, y) - 1.0, 0.5 - np.hypot(x, y + 0.5))
    bulb = np.minimum(np.hypot(x, y - 0.5) - 0.5, np.hypot(x, y + 1.0))
    distance: Field = np.where(x < 0.0, bulb, tail) / (0.5 + 0.5 * tall)
    return distance


def _paisley_layout(style: Style, draws: Draws) -> Layout:
    del draws
    columns, rows = {"small": (8, 6), "medium": (5, 4), "large": (3, 2)}[style.scale]
    return Layout(kind="staggered", columns=columns, rows=rows)


def _paisley(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw nested paisley drops, some outlined."""
    tall, lean = draws.uniform(1, 1.15, 1.4), draws.uniform(2, -0.35, 0.35)
    alternate, echo = draws.flag(3), draws.flag(4)
    size = (
        canvas.room
        * style.packing(1.04 if style.slots < 4 else 1.1, 1.12, 1.18)
        * (0.87 if echo else 1.0)
    )
    step = 0.11 * size
    if draws.flag(5):  # buds half way between the drops
        bud = np.hypot(
            signed(2 * canvas.u - 0.5) / 2 / canvas.columns, signed(canvas.v) / canvas.rows
        )
        canvas.paint(style.slots - 1, canvas.cover(bud - 0.11 * size))
    for site in stacked(canvas):
        turn = lean + (np.pi * (site.kind < 0.5) if alternate else 0.6 * (site.turn - 0.5))
        u, v = site.turned(turn, size)
        dist = _drop(u, v, tall) * size
        slot = style.accents(site.colour)
        inner = slot if style.slots == 2 else 1 + slot % (style.slots - 1)
        canvas.paint(slot, canvas.cover(dist))
        canvas.paint(0, canvas.cover(dist + step))
        canvas.paint(inner, canvas.cover(dist + 1.7 * step))
        angle = np.arctan2(v - 0.38, u)
        lobe = np.hypot(u, v - 0.38) - 0.22 * (0.8 + 0.2 * np.cos(6 * angle))
        canvas.paint(0 if style.slots < 3 else slot, canvas.cover(lobe * size))
        if echo:
            canvas.paint(slot, canvas.line(dist - 0.13 * size, 0.08 * size))


def _porcelain_layout(style: Style, draws: Draws) -> Layout:
    del draws
    columns = style.repeats(3, 2, 1)
    return Layout(kind="staggered", columns=columns, rows=2 * columns)


def _vine(canvas: Canvas, slot: int, leaf_slot: int, side: float) -> None:
    """Paint a wavy stem with leaves and curls in each row; a column is two rows wide.

    Args:
        canvas: canvas to paint on.
        slot: slot of the stem and its curls.
        leaf_slot: slot of the leaves.
        side: 1 if the stem rises between the flowers, -1 if it falls.
    """
    cell = 1.0 / canvas.rows
    for row in (np.round(canvas.v) - 1, np.round(canvas.v)):
        along = signed(canvas.u - 0.5 * (row % 2)) * 2.0  # in rows; the flowers lie at 1 and -1
        off = -side * (canvas.v - row - 0.5)
        wave = np.cos(np.pi * along)
        slope = 0.34 * np.pi * np.sin(np.pi * along)
        stem = np.abs(off - 0.34 * wave) / np.hypot(1.0, slope)
        canvas.paint(slot, canvas.cover((stem - 0.035) * cell))
        wide = np.abs(along)
        for x, y, lean, size in _LEAVES:
            cosine, sine = np.cos(lean), np.sin(lean)
            u = ((wide - x) * cosine + (off - y) * sine) / size
            v = ((off - y) * cosine - (wide - x) * sine) / size
            canvas.paint(leaf_slot, canvas.cover(_leaf(u - 1.0, v, 0.42) * size * cell))
        dist = np.hypot(along, off + 0.08)
        way = fraction(np.arctan2(along, off + 0.08) / (2 * np.pi))
        canvas.paint(slot, canvas.cover((np.abs(dist - 0.06 - 0.2 * way) - 0.033) * cell))


_LEAVES = ((0.2, 0.26, 0.5, 0.17), (0.3, 0.2, -0.1, 0.15), (0.42, 0.06, -2.0, 0.16))
"""Leaves along half a wave: x, y, angle, half length; in rows."""


def _porcelain(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw vines, leaves and peonies as on blue-and-white porcelain."""
    dark, pale = 1, style.slots - 1
    _vine(canvas, dark, pale if draws.flag(1) else dark, 1.0 if draws.flag(2) else -1.0)
    count = 6 if draws.flag(3) else 8
    size = draws.uniform(4, 0.52, 0.58) / canvas.rows
    site = canvas.site
    dist = np.hypot(site.x, site.y)
    canvas.paint(0, canvas.cover(dist - 1.06 * size))
    turn = 2 * np.pi * site.turn
    rings = ((1.0, dark, 0), (0.86, pale if pale != dark else 0, 0), (0.62, dark, 1), (0.48, 0, 1))
    for radius, slot, odd in rings:
        u, v = site.turned(turn + odd * np.pi / count, size * radius)
        canvas.paint(slot, canvas.cover(_petals(u, v, count, 0.66, 0.6) * size * radius))
    canvas.paint(dark, canvas.cover(dist - 0.24 * size))


FAMILIES = {
    "flowers": family(motifs_layout((6, 4, 3), 5), _flowers, "scale density", weight=1.3),
    "leaves": family(motifs_layout((6, 4, 3), 5), _leaves, "scale density"),
    "paisley": family(_paisley_layout, _paisley, "scale density", colours=(2, 4)),
    "porcelain": family(_porcelain_layout, _porcelain, colours=(2, 3)),
}
