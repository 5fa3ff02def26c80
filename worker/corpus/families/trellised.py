"""Families of trellis ornaments: scales, ogees, quatrefoils, meanders, damask."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Style, fraction, signed
from worker.corpus.families.family import family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]


def _scales_layout(style: Style, draws: Draws) -> Layout:
    columns = style.repeats(6, 4, 2)
    return Layout(columns=columns, rows=columns * (4 if draws.choice(0, 3) else 2))


def _scales(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw fish scales or seigaiha: overlapping fans, each row in front of the one above."""
    del draws
    seigaiha, unit = canvas.rows == 4 * canvas.columns, 0.5 / canvas.columns  # tiles to a radius
    row = np.floor(canvas.v)
    for ahead in range(4) if seigaiha else range(-1, 3):
        odd = np.mod(row + ahead, 2)
        u = signed(canvas.u - 0.5 * odd) / canvas.columns
        v = (canvas.v - row - ahead) / canvas.rows
        dist = np.hypot(u, v if seigaiha else np.minimum(v, 0.0)) / unit
        canvas.paint(1, canvas.cover((dist - 1) * unit))
        if seigaiha:
            _rings(canvas, style, dist, unit)
            continue
        rim = style.weight(0.10, 0.15, 0.20)  # fish scales, rows in turns
        turns = np.where(odd > 0, 2, 0) if style.slots > 2 else 0
        canvas.paint(turns, canvas.cover((dist - 1 + rim) * unit))
        if style.slots > 3:
            canvas.paint(np.where(odd > 0, style.slots - 1, 3), canvas.cover((dist - 0.6) * unit))


def _rings(canvas: Canvas, style: Style, dist: Field, unit: float) -> None:
    """Paint the nested rings of a fan over its disc; `dist` in radii."""
    rings = max(3, style.slots - 1)
    edge = style.weight(0.28, 0.36, 0.44 if style.slots < 4 else 0.38) / rings
    inward = {4: 0.72, 5: 0.66}.get(style.slots, 1.0)  # room for the inner colours
    for ring in range(rings):
        outer = (1 - ring / rings) ** inward
        if ring:
            canvas.paint(1, canvas.cover((dist - outer) * unit))
        slot = (0, *range(2, style.slots))[ring % (style.slots - 1)]
        canvas.paint(slot, canvas.cover((dist - outer + edge) * unit))


def _ogee_layout(style: Style, draws: Draws) -> Layout:
    columns = style.repeats(6, 4, 2)
    return Layout(columns=columns, rows={6: 4, 4: 3, 2: 2 - draws.choice(0, 2)}[columns])


def _ogee_cell(canvas: Canvas) -> tuple[Field, Field, Field, Field]:
    """Return whether a point is in an even ogee, its offset, and border distance in tiles."""
    half = 0.25 + 0.25 * np.cos(2 * np.pi * canvas.v)  # half the ogee's width at this height
    even = np.abs(signed(canvas.u)) <= half
    half = np.where(even, half, 0.5 - half)
    u = np.where(even, signed(canvas.u), signed(canvas.u - 0.5))
    v = np.where(even, signed(canvas.v), signed(canvas.v - 0.5))
    slope = 0.5 * np.pi * np.sin(2 * np.pi * canvas.v) * canvas.rows
    border = (half - np.abs(u)) / np.hypot(canvas.columns, slope)
    return even, u / canvas.columns, v / canvas.rows, border


def _ogee(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw nested ogees in a trellis, with a bud inside."""
    even, du, dv, border = _ogee_cell(canvas)
    room = 0.5 / canvas.columns
    width = room * style.weight(0.10, 0.16, 0.22) * {4: 0.75, 5: 0.6}.get(style.slots, 1.0)
    filled = style.slots == 2 and draws.flag(1)
    line, body = (0, 1) if filled else (1, 0)
    canvas.paint(body)
    inset = width + room * draws.uniform(2, 0.08, 0.16)
    if style.slots > 2:
        centre, core = (np.where(even, 2, 3), 0) if style.slots == 4 and draws.flag(3) else (2, 3)
        if style.slots == 5:  # every second row another colour
            canvas.paint(np.where(even, 0, 4))
            inset += 0.08 * room
        canvas.paint(centre, canvas.cover(inset - border))
        if style.slots > 3:
            canvas.paint(
                core, canvas.cover(inset + (0.24 if style.slots < 5 else 0.19) * room - border)
            )
    else:
        canvas.paint(line, canvas.cover(inset - border))
        canvas.paint(body, canvas.cover(inset + 0.5 * width - border))
    canvas.paint(line, canvas.line(border, 2 * width))
    petals = 4 + 2 * draws.choice(4, 3)
    lobes = 0.75 + 0.25 * np.cos(petals * np.arctan2(dv, du))
    bud = room * (0.34 if style.slots < 5 else 0.22) * lobes
    canvas.paint(line, canvas.cover(np.hypot(du, dv) - bud))
    canvas.paint(body, canvas.cover(np.hypot(du, dv) - 0.09 * room))


def _quatrefoil_layout(style: Style, draws: Draws) -> Layout:
    del draws
    return Layout(columns=style.repeats(5, 4, 2), rows=style.repeats(5, 4, 2))


def _foil(u: Field, v: Field, lobe: float, size: float) -> Field:
    """Return the signed distance to four lobes around a square, in cells."""
    a, b, spread = np.abs(signed(u)) / size, np.abs(signed(v)) / size, 0.22
    across = np.minimum(np.hypot(a - spread, b), np.hypot(a, b - spread)) - lobe
    return np.minimum(across, np.maximum(a, b) - spread * 0.72) * size


def _quatrefoil(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw quatrefoil outlines, linked as in Moroccan trellises."""
    u, v, unit = canvas.u, canvas.v, 1.0 / canvas.columns
    staggered, lobe = draws.flag(0), draws.uniform(1, 0.20, 0.24)
    size = 0.76 if staggered else 1.0
    first, second = _foil(u, v, lobe, size), _foil(u - 0.5, v - 0.5, lobe, size)
    width = style.weight(0.05, 0.08, 0.12 if style.slots < 4 else 0.09) * unit
    last = style.slots - 1
    if style.slots > 2:
        canvas.paint(2, canvas.cover(first * unit))
        if staggered and style.slots > 3:
            canvas.paint(3, canvas.cover(second * unit))
    middle = _foil(u, v, lobe, 0.46 * size if style.slots > 3 else 0.46)
    if draws.flag(2) or style.slots > 3:
        canvas.paint(last if style.slots > 3 else 1, canvas.cover(middle * unit))
    canvas.paint(1, canvas.line(first * unit, width))
    if staggered:
        canvas.paint(1, canvas.line(second * unit, width))
        if style.slots != 4:
            other = _foil(u - 0.5, v - 0.5, lobe, 0.4)
            canvas.paint(1 if style.slots < 4 else 4, canvas.cover(other * unit))
    else:
        inner = np.hypot(signed(u - 0.5), signed(v - 0.5))
        canvas.paint(min(3, last), canvas.cover((inner - 0.21) * unit))
        canvas.paint(0, canvas.cover((inner - 0.09) * unit))


_FRET = (
    "########",
    "#......#",
    "#.####.#",
    "#.#..#.#",
    "#.##.#.#",
    "#....#.#",
    "######.#",
    ".......#",
)
_RUNNING = (
    "#######.",
    "#.....#.",
    "#.###.#.",
    "#.#...#.",
    "#.#####.",
    "#.......",
    "########",
)
_STEPPED = (
    "######..",
    "#....#..",
    "#.##.#..",
    "#.#..#..",
    "#.####..",
    "#.......",
    "########",
)


def _bars(lines: tuple[str, ...], down: bool) -> list[tuple[float, float, float, float]]:
    """Return runs of two or more marks: centre x and y, half width, half height, in marks."""
    wide = len(lines[0])
    bars = []
    for row, line in enumerate(
        ["".join(column) for column in zip(*lines, strict=True)] if down else lines
    ):
        start = 0
        for run in line.replace("#.", "# .").replace(".#", ". #").split():
            count, at = len(run), start
            start += count
            if "#" in run and count > 1:
                reach = count / 2 + (1 if count == wide and not down and len(lines) < wide else 0)
                middle = (at + count / 2, row + 0.5)
                bars.append((*middle[::-1], 0.5, reach) if down else (*middle, reach, 0.5))
    return bars


def _meander(lines: tuple[str, ...], x: Field, y: Field, wide: float, high: float) -> Field:
    """Return the signed distance, in tiles, to a key drawn in marks of wide * high tiles."""
    dist = np.full_like(x, 9.0)
    for across, down, half, tall in _bars(lines, False) + _bars(lines, True):
        bar = np.maximum((np.abs(x - across) - half) * wide, (np.abs(y - down) - tall) * high)
        dist = np.minimum(dist, bar)
    return dist


def _key_rows(style: Style) -> int:
    return 11 if style.slots < 4 else 13


def _greek_key_layout(style: Style, draws: Draws) -> Layout:
    if draws.choice(0, 3) == 0:
        count = style.repeats(6, 4, 2)
        return Layout(columns=count, rows=count)
    bands = style.repeats(4, 3, 2)
    return Layout(columns=round(bands * _key_rows(style) / 8), rows=bands)


def _greek_key(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw meander bands between borders, or square spirals everywhere."""
    if draws.choice(0, 3) == 0:  # thunder pattern: alternately mirrored spirals
        odd = np.mod(np.floor(canvas.u) + np.floor(canvas.v), 2)
        x = fraction(canvas.u)
        x = np.where(odd > 0, 1 - x, x) * 9.2 - 0.6
        mark = 1 / (9.2 * canvas.columns)
        dist = _meander(_FRET, x, fraction(canvas.v) * 9.2 - 0.6, mark, mark)
        canvas.paint(style.accents(canvas.site.colour), canvas.cover(dist))
        return
    rows = _key_rows(style)
    x, y = fraction(canvas.u) * 8 - 0.5, fraction(canvas.v) * rows - 1
    high = 1 / (rows * canvas.rows)
    key = _meander(_RUNNING if draws.flag(1) else _STEPPED, x, y, 1 / (8 * canvas.columns), high)
    beside = np.abs(signed((y - 7) / rows - (rows - 7) / 2 / rows)) * rows  # from the band's middle
    if style.slots == 2:
        canvas.paint(1, canvas.cover((np.abs(beside - draws.choice(2, 2) * 0.8) - 0.4) * high))
    else:
        canvas.paint(2, canvas.cover((beside - (rows - 7) / 2 + 0.85) * high))
        if style.slots > 3:
            canvas.paint(3, canvas.cover((beside - 0.95) * high))
    if style.slots > 4:
        canvas.paint(4, canvas.cover(((rows - 7) / 2 - beside) * high))
    canvas.paint(1, canvas.cover(key))


def _leaf(u: Field, v: Field, length: float, width: float) -> Field:
    """Return the signed distance to a pointed leaf lying along u from 0 to `length`."""
    radius = (length**2 / 4 + width**2 / 4) / width
    return np.hypot(u - length / 2, np.abs(v) + radius - width / 2) - radius


def _palmette(u: Field, v: Field, petals: int, stretch: float, curl: tuple[float, float]) -> Field:
    """Return the signed distance in columns to a palmette on leaves and a scroll."""
    tall, foot = stretch * 0.40, -0.10 * stretch
    body = np.full_like(u, 9.0)
    for angle in np.linspace(0.0, 1.75, petals):
        length = tall * (1.0 - 0.22 * angle)
        a = u * np.sin(angle) - (v - foot) * np.cos(angle)
        b = u * np.cos(angle) + (v - foot) * np.sin(angle)
        body = np.minimum(body, _leaf(a, b, length, length * 0.9 / petals))
    for angle, length, wide in ((2.2, 0.22, 0.10), (2.75, 0.27, 0.09)):  # leaves below
        a = u * np.sin(angle) - (v - 0.04) * np.cos(angle)
        b = u * np.cos(angle) + (v - 0.04) * np.sin(angle)
        body = np.minimum(body, _leaf(a, b, length * stretch, wide))
    scroll = np.abs(np.hypot(u - 0.23, v - curl[0]) - curl[1]) - 0.02
    return np.minimum(body, scroll)


def _damask_layout(style: Style, draws: Draws) -> Layout:
    del draws
    return Layout(columns=style.repeats(4, 3, 2), rows=style.repeats(3, 2, 2))


def _damask(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw mirrored palmettes in an ogival trellis, set half a repeat apart."""
    even = np.abs(signed(canvas.u)) + np.abs(signed(canvas.v)) < 0.5
    stretch, unit = canvas.columns / canvas.rows, 1 / canvas.columns
    tall = stretch * 0.36
    u = np.abs(np.where(even, signed(canvas.u), signed(canvas.u - 0.5)))
    v = np.where(even, signed(canvas.v), signed(canvas.v - 0.5)) * stretch
    curl = (draws.uniform(1, 0.12, 0.17) * stretch, 0.065)
    body = _palmette(u, v, 3 + draws.choice(2, 3), stretch, curl) - 0.012
    body = np.maximum(body, 0.75 * (u + np.abs(v) / stretch - 0.475))  # ends before the next one
    if draws.flag(3):
        frame = np.abs(np.abs(signed(canvas.u)) + np.abs(signed(canvas.v)) - 0.5)
        canvas.paint(style.slots - 1, canvas.line(frame * unit * 0.7, 0.05 * unit))
    petal: int | np.ndarray = 1
    if style.slots > 3:
        petal = np.where(even, 1, 3)
    canvas.paint(petal, canvas.cover(body * unit))
    centre = _leaf(v + 0.55 * tall, u, tall * 1.15, tall * 0.62)
    inner = 0 if style.slots == 2 else 2
    canvas.paint(0, canvas.cover((centre - 0.03) * unit))
    canvas.paint(inner if style.slots > 2 else 1, canvas.cover(centre * unit))
    bud = _leaf(v + 0.3 * tall, u, tall * 0.62, tall * 0.26)
    canvas.paint(petal if style.slots > 2 else 0, canvas.cover(bud * unit))
    dot = np.hypot(u - 0.23, v - curl[0]) - curl[1] * 0.5
    canvas.paint(inner, canvas.cover(dot * unit))


FAMILIES = {
    "scales": family(_scales_layout, _scales, "scale line_weight"),
    "ogee": family(_ogee_layout, _ogee, "scale line_weight"),
    "quatrefoil": family(_quatrefoil_layout, _quatrefoil, "scale line_weight"),
    "greek-key": family(_greek_key_layout, _greek_key),
    "damask": family(_damask_layout, _damask, colours=(2, 4)),
}
