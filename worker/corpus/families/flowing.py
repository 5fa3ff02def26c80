"""Flowing families: marble, contour lines, ripples, zebra stripes, cracked ice, ikat."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Style, signed, smooth, triangle_wave
from worker.corpus.families.family import LayoutFunction, family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]

_CUTS = {2: (), 3: (0.0,), 4: (-0.43, 0.43), 5: (-0.67, 0.0, 0.67)}
"""Quantiles that split a field of unit deviation into slots - 1 equal shares."""


def _field_layout(sizes: tuple[int, int, int]) -> LayoutFunction:
    """Return a layout function with smooth fields only, by scale."""

    def layout(style: Style, draws: Draws) -> Layout:
        del draws
        return Layout(frequency=style.repeats(*sizes))

    return layout


def _strewn_layout(sizes: tuple[int, int, int]) -> LayoutFunction:
    """Return a layout function of scattered sites, by scale."""

    def layout(style: Style, draws: Draws) -> Layout:
        del draws
        return Layout(kind="strewn", columns=style.repeats(*sizes))

    return layout


def _marble_layout(style: Style, draws: Draws) -> Layout:
    del draws
    reach = style.repeats(3, 2, 1)
    return Layout(columns=reach, rows=reach, frequency=reach + 1)


def _marble(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw marble: clouded background with thin veins along a warped field; or swirling ink."""
    slant = canvas.u + canvas.v if draws.flag(0) else canvas.u - canvas.v
    if style.slots > 2 and draws.choice(1, 3) == 0:  # suminagashi: even bands that swirl
        base = slant + 0.5 * canvas.noise(0) + 0.03 * canvas.noise(2)
        base = base * style.repeats(1, 1, 2)
        for index in range(1, style.slots):
            bands = np.abs(signed(base - index / style.slots)) - 0.37 / style.slots
            canvas.paint(index, canvas.cover(canvas.level(bands, base)))
        return
    base = slant + 0.30 * canvas.noise(0) + 0.08 * canvas.noise(2)
    shades = (np.cos(2 * np.pi * base) * -1.2, canvas.noise(1), canvas.noise(0))
    odds = {3: (0.1,), 4: (0.35, 0.4), 5: (0.2, 0.6, 0.75)}.get(style.slots, ())
    for index, (shade, least) in enumerate(zip(shades, odds, strict=False), start=2):
        canvas.paint(index, 0.92 * smooth(0.5 + 1.1 * (shade - least)))
    halo = smooth(1.0 - np.abs(signed(base)) / draws.uniform(2, 0.16, 0.24))
    canvas.paint(1, (0.45 if style.slots == 2 else 0.55) * halo)
    swell = np.clip(0.6 + 0.4 * canvas.noise(1), 0.15, 1.4)[:1]
    vein = np.abs(canvas.level(signed(base), base)) - 0.014 * swell
    canvas.paint(1, canvas.cover(vein))
    side = base + 0.27 + 0.12 * canvas.noise(1)
    second = np.abs(canvas.level(signed(side), side)) - 0.007 * swell
    canvas.paint(style.slots - 1, 0.9 * canvas.cover(second))


def _topography(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw contour lines of gentle hills."""
    del draws
    height = canvas.noise(0)
    for slot, cut in enumerate(_CUTS[style.slots], start=2):  # tinted by height
        canvas.paint(slot, canvas.cover(canvas.level(cut - height)))
    lines = height * style.packing(0.8, 1.05, 1.35)
    width = style.weight(0.012, 0.016, 0.022) * style.packing(1.15, 1.0, 0.9)
    canvas.paint(1, canvas.line(canvas.level(signed(lines), lines), width))


def _zebra_layout(style: Style, draws: Draws) -> Layout:
    count = style.repeats(9, 6, 4)
    upright = draws.flag(0)
    return Layout(columns=count, frequency=2) if upright else Layout(rows=count, frequency=2)


def _zebra(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw forking zebra stripes."""
    across, along = (canvas.u, canvas.x) if draws.flag(0) else (canvas.v, canvas.y)
    warp = 0.36 * canvas.noise(0) + 0.05 * canvas.noise(2)
    where = smooth(0.5 + 1.1 * canvas.noise(1))
    stripe = np.cos(2 * np.pi * (across + warp))
    fork = np.cos(2 * np.pi * (across - along + warp))
    stripes = where * stripe + (1 - where) * fork + 0.12 * canvas.noise(2)
    if style.slots > 2:  # outline of the stripes
        canvas.paint(2, canvas.cover(canvas.level(-0.25 - stripes)))
    canvas.paint(1, canvas.cover(canvas.level((0.05 if style.slots == 2 else 0.42) - stripes)))


def _ripples_layout(style: Style, draws: Draws) -> Layout:
    drops = style.repeats(4, 3, 2)
    rows = 2 * style.repeats(10, 7, 5) if draws.choice(0, 3) == 0 else 1
    return Layout(kind="strewn", columns=drops, rows=rows)


def _ripples(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw overlapping raindrop rings, or raked sand around stones."""
    if canvas.rows > 1:
        _raked(canvas, style, draws)
        return
    spacing = canvas.columns * draws.uniform(1, 5.2, 6.4)
    width = style.weight(0.32, 0.44, 0.56) + 0.07 * (style.slots - 2)
    near = np.hypot(canvas.site.x, canvas.site.y)
    fade = np.clip(1.2 - near * 0.6 * canvas.columns, 0.7, 1.0)
    order = np.floor(near * spacing + 0.5).astype(int)
    ring = (np.abs(signed(near * spacing)) - width / 2 * fade) / spacing
    canvas.paint(1 + order % (style.slots - 1), canvas.cover(ring))


def _raked(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw raked sand that flows around stones."""
    room, stone = canvas.room, canvas.room * (0.5 if style.slots < 4 else 0.56)
    flow, over, down = 1.0 * canvas.v, 0.0 * canvas.v, 0.0 * canvas.v + canvas.rows
    wide, high, push = (1.1 * room) ** 2, (1.3 * room) ** 2, draws.uniform(1, 1.2, 2.0)
    for site in canvas.sites():
        bump = push * np.exp(-(site.x**2) / wide - site.y**2 / high)
        flow, over = flow + bump, over - 2 * bump * site.x / wide
        down = down - 2 * bump * site.y / high
    width = style.weight(0.30, 0.42, 0.54)
    ridge = np.abs(signed(flow)) - width / 2
    canvas.paint(1, canvas.cover(ridge / np.maximum(np.hypot(over, down), 1.0)))
    for site in canvas.sites():
        dist = np.hypot(site.x, site.y) - stone * (0.85 + 0.25 * site.size)
        slot = 1 if style.slots == 2 else 2 + np.floor(site.colour * (style.slots - 2)).astype(int)
        canvas.paint(0, canvas.cover(dist - 0.16 * room))
        canvas.paint(slot, canvas.cover(dist))


def _cracked_ice(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw cracked ice: angular panes between straight cracks, with thinner cracks inside."""
    pane = canvas.site
    border: Field = np.full(pane.x.shape, 9.0)
    for site in canvas.sites():
        separation = np.hypot(site.x - pane.x, site.y - pane.y)
        ahead = site.x**2 + site.y**2 - pane.x**2 - pane.y**2
        distance = np.where(separation > 1e-5, ahead / (2 * np.maximum(separation, 1e-5)), 9.0)
        border = np.minimum(border, distance)
    across, _ = pane.turned(2 * np.pi * pane.turn)
    across = across - 0.4 * canvas.room * (pane.size - 0.5)
    split = pane.kind < draws.uniform(0, 0.5, 0.9)
    if style.slots > 2:  # tinted shards
        tint = np.floor(pane.colour * (style.slots - 1)).astype(int)
        tint = (tint + (split & (across > 0))) % (style.slots - 1)
        canvas.paint(np.where(tint == 0, 0, tint + 1))
    width = style.weight(0.07, 0.10, 0.145) / canvas.columns
    canvas.paint(1, canvas.line(across, width * 0.6) * split)
    canvas.paint(1, canvas.line(border, width))


def _ikat_layout(style: Style, draws: Draws) -> Layout:
    columns = style.repeats(4, 3, 2)
    return Layout(columns=columns, rows=columns - draws.choice(0, 2), frequency=4)


def _ikat(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw nested diamonds with the feathered borders of ikat warp threads."""
    threads = 5 + draws.choice(1, 3)
    saw = draws.uniform(2, 0.10, 0.16) * (triangle_wave(canvas.u * threads) - 0.5)
    saw = saw + 0.06 * (triangle_wave(canvas.u * (2 * threads + 3)) - 0.5)
    v = canvas.v + saw + 0.012 * canvas.noise(2)
    whole = (2 * np.abs(signed(canvas.u))) ** draws.uniform(3, 0.8, 1.15) + 2 * np.abs(signed(v))
    unit = 0.3 / max(canvas.columns, canvas.rows)
    swell = draws.uniform(4, 0.94, 1.06)
    turns = {2: (0, 1, 1, 0, 1), 3: (1, 0, 2, 1, 2), 4: (1, 3, 2, 0, 3), 5: (1, 3, 2, 4, 4)}
    *rings, corner = turns[style.slots]
    for radius, slot in zip((1.40, 1.06, 0.74, 0.42), rings, strict=True):
        canvas.paint(slot, canvas.cover((whole - radius * swell) * unit))
    canvas.paint(corner, canvas.cover((2 - whole - 0.32) * unit))


FAMILIES = {
    "marble": family(_marble_layout, _marble, slopes=True),
    "topography": family(
        _field_layout((4, 3, 2)), _topography, "scale density line_weight", slopes=True
    ),
    "zebra": family(_zebra_layout, _zebra, colours=(2, 3), slopes=True),
    "ripples": family(_ripples_layout, _ripples, "scale line_weight", colours=(2, 4)),
    "cracked-ice": family(_strewn_layout((6, 5, 3)), _cracked_ice, "scale line_weight"),
    "ikat": family(_ikat_layout, _ikat),
}
