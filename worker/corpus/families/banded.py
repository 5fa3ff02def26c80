"""Banded pattern families: stripes, waves, chevrons, checks, plaids, grids; plain grounds."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Style, signed, triangle_wave
from worker.corpus.families.family import family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]


def _bands(
    canvas: Canvas, phase: Field, slope: Field | float, style: Style, draws: Draws, share: float
) -> None:
    """Paint the bands of one period along a phase.

    Args:
        canvas: canvas to paint on.
        phase: position in periods, (R, N).
        slope: norm of the phase's gradient, periods per tile.
        look: style; each accent slot becomes a band.
        draws: random scalars 6 to 8 vary the widths and gaps.
        share: total share of the accents in the period.
    """
    count = style.slots - 1
    share = max(share, 0.12 * count)
    widths = np.linspace(1.0, draws.uniform(6, 0.75, 1.3), count) if count > 1 else np.ones(1)
    widths = widths * share / widths.sum()
    gaps = np.ones(count)
    if count > 1 and draws.flag(7):  # adjacent accents, one wide gap
        gaps[:-1] = 0.0
    gaps *= (1.0 - share) / gaps.sum()
    start = 0.0
    for index in range(count):
        middle = start + widths[index] / 2
        distance = (np.abs(signed(phase - middle)) - widths[index] / 2) / slope
        canvas.paint(1 + index, canvas.cover(distance))
        start += widths[index] + gaps[index]
    if draws.choice(8, 3) == 0:  # a hairline in the middle of the last gap
        hairline = np.abs(signed(phase - 1.0 + gaps[-1] / 2)) / slope
        canvas.paint(1, canvas.line(hairline, gaps[-1] * 0.12 / np.max(slope)))


def _share(style: Style, draws: Draws) -> float:
    return style.weight(0.28, 0.45, 0.62) + 0.06 * (style.slots - 2) + draws.uniform(5, -0.04, 0.04)


def _stripes_layout(style: Style, draws: Draws) -> Layout:
    periods = style.repeats(10, 6, 3)
    periods = max(2, periods // 2) if style.slots > 3 else periods
    return Layout(columns=periods) if draws.flag(0) else Layout(rows=periods)


def _stripes(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw straight stripes, vertical or horizontal."""
    phase, periods = (canvas.u, canvas.columns) if draws.flag(0) else (canvas.v, canvas.rows)
    _bands(canvas, phase, periods, style, draws, _share(style, draws))


def _diagonal_layout(style: Style, draws: Draws) -> Layout:
    across = style.repeats(7, 4, 2)
    even, steep = (across, across), (across + 1, style.repeats(5, 3, 2))
    columns, rows = even if draws.flag(0) else steep
    if style.slots > 3 and style.scale != "large":
        columns, rows = columns - 2, rows - 1 - (columns == rows)
    return Layout(columns=columns, rows=rows)


def _diagonal_stripes(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw slanted stripes, rising or falling."""
    phase = canvas.u + canvas.v if draws.flag(1) else canvas.u - canvas.v
    slope = float(np.hypot(canvas.columns, canvas.rows))
    _bands(canvas, phase, slope, style, draws, _share(style, draws))


def _waves_layout(style: Style, draws: Draws) -> Layout:
    periods = style.repeats(8, 5, 3)
    periods = max(2, periods - 3) if style.slots > 3 else periods
    crests = style.repeats(4, 3, 1) if draws.flag(0) else style.repeats(3, 2, 2)
    return Layout(columns=crests, rows=periods)


def _waves(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw flowing wave bands."""
    height = draws.uniform(1, 0.11, 0.17) / canvas.columns
    angle = 2 * np.pi * canvas.u
    rise, slope = height * np.sin(angle), height * np.cos(angle) * 2 * np.pi * canvas.columns
    if draws.flag(2):  # a second, slower swell
        rise = rise + 0.02 * np.sin(2 * np.pi * canvas.x)
        slope = slope + 0.04 * np.pi * np.cos(2 * np.pi * canvas.x)
    phase = canvas.v + rise * canvas.rows
    _bands(canvas, phase, canvas.rows * np.sqrt(1 + slope**2), style, draws, _share(style, draws))


def _folded(canvas: Canvas, height: float) -> tuple[Field, float]:
    """Return phase and slope of bands folded into zigzags of `height` lattice cells."""
    tall = height / canvas.columns
    phase = canvas.v + tall * canvas.rows * triangle_wave(canvas.u)
    return phase, canvas.rows * float(np.hypot(1.0, 2.0 * height))


def _chevron_layout(style: Style, draws: Draws) -> Layout:
    columns, periods = style.repeats(5, 3, 2), style.repeats(5, 3, 2) + draws.flag(0)
    return Layout(columns=columns, rows=max(2, periods - (style.slots > 3)))


def _chevron(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw broad V bands."""
    phase, slope = _folded(canvas, draws.uniform(1, 0.4, 0.52))
    _bands(canvas, phase, slope, style, draws, min(0.8, _share(style, draws) + 0.14))


def _zigzag_layout(style: Style, draws: Draws) -> Layout:
    rows = style.repeats(5, 4, 2) if style.slots < 4 else style.repeats(3, 3, 2)
    return Layout(columns=style.repeats(8, 5, 3) + draws.flag(0), rows=rows)


def _zigzag(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw separate sharp zigzag lines."""
    phase, slope = _folded(canvas, draws.uniform(1, 0.85, 1.15))
    count = style.slots - 1
    share = style.weight(0.2, 0.27, 0.36) if count == 1 else style.weight(0.36, 0.44, 0.54)
    width = max(share / count, 0.115)
    spacing = 0.78 / count if draws.flag(2) else 1.0 / count  # in groups or evenly
    for index in range(count):
        distance = np.abs(signed(phase - spacing * index)) - width / 2
        canvas.paint(1 + index, canvas.cover(distance / slope))


def _checks_layout(style: Style, draws: Draws) -> Layout:
    del draws
    return Layout(columns=style.repeats(6, 4, 2), rows=style.repeats(6, 4, 2))


def _checks(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw checkerboard or gingham; a cell of the lattice is two squares by two."""
    count = canvas.columns
    across = canvas.cover((np.abs(signed(canvas.u - 0.25)) - 0.25) / count)
    down = canvas.cover((np.abs(signed(canvas.v - 0.25)) - 0.25) / count)
    kind = draws.choice(0, 3)
    if kind == 1 and style.slots < 4:  # gingham: halves mix where bands cross
        canvas.paint(1, 0.5 * (across + down))
        canvas.paint(style.slots - 1, across * down)
        return
    first, second = across * (1 - down), down * (1 - across)
    two = style.slots > 3 or (
        style.slots == 3 and kind == 0
    )  # alternating colours of the dark squares
    canvas.paint(1, first)
    canvas.paint(2 if two else 1, second)
    if style.slots > 4:
        canvas.paint(3, across * down)
    if style.slots + (kind == 2) < 3 or (style.slots == 3 and two):
        return
    u, v = np.abs(signed(2 * canvas.u - 0.5)), np.abs(signed(2 * canvas.v - 0.5))
    inner = np.maximum(u, v) if draws.flag(1) else np.hypot(u, v)
    small = canvas.cover((inner - draws.uniform(2, 0.28, 0.34)) / (2 * count))
    dark = first + second
    if style.slots == 2:  # a light square or dot in each dark one
        canvas.paint(0, small * dark)
    else:
        light = draws.flag(3) or style.slots > 4
        canvas.paint(style.slots - 1, small * (1 - dark if light else dark))


def _plaid_layout(style: Style, draws: Draws) -> Layout:
    periods = style.repeats(4, 3, 1) if draws.flag(0) else style.repeats(5, 2, 2)
    periods = min(periods, 3) if style.slots > 3 else periods
    return Layout(columns=periods, rows=periods)


def _plaid(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw tartan: broad and narrow translucent bands crossing."""
    broad, narrow = draws.uniform(1, 0.32, 0.4), draws.uniform(2, 0.11, 0.14)
    bands = [(1, 0.3, broad, 0.55), (1, 0.75, narrow, 0.8)]  # slot, position, width, opacity
    if style.slots > 2:
        places = np.linspace(0.22, 1.06, style.slots)[:-1]
        widths = (broad, narrow + 0.025 * max(style.slots - 3, 0), broad, narrow)
        bands = [
            (1 + index, float(place), widths[index], 0.8 if index % 2 else 0.55)
            for index, place in enumerate(places)
        ]
    for slot, middle, width, strength in bands:
        for along in (canvas.u, canvas.v):
            distance = np.abs(signed(along - middle)) - width / 2
            canvas.paint(slot, strength * canvas.cover(distance / canvas.columns))
    if draws.flag(3):  # fine overchecks beside the broad band
        _, middle, width, _ = bands[0]
        for along in (canvas.u, canvas.v):
            beside = np.abs(signed(along - middle)) - (width / 2 + 0.07)
            fine = canvas.line(beside / canvas.columns, 0.035 / canvas.columns)
            canvas.paint(style.slots - 1, 0.8 * fine)


def _grid_layout(style: Style, draws: Draws) -> Layout:
    del draws
    count = style.repeats(9, 6, 3) if style.slots < 4 else style.repeats(8, 6, 4)
    return Layout(columns=count, rows=count)


def _grid(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Draw crossing lines, with marks on the crossings; some cells filled."""
    count, double = canvas.columns, draws.choice(0, 3) == 0
    two_colours = style.slots > 3  # horizontal lines in a separate colour
    width = style.weight(0.17, 0.19, 0.23) if two_colours else style.weight(0.11, 0.15, 0.22)
    u, v = np.abs(signed(canvas.u)), np.abs(signed(canvas.v))
    for slot, along in ((1, u), (2 if two_colours else 1, v)):
        distance = (np.abs(along - 0.1) if double else along) / count
        canvas.paint(slot, canvas.line(distance, width / count * (0.6 if double else 1.0)))
    if style.slots > 2:  # dots, squares or diamonds on the crossings
        shapes = (np.hypot(u, v) - 0.205, np.maximum(u, v) - 0.18, (u + v - 0.26) / 2**0.5)
        canvas.paint(3 if two_colours else 2, canvas.cover(shapes[draws.choice(1, 3)] / count))
    if style.slots > 4:
        pane = np.maximum(0.5 - u, 0.5 - v) - 0.25
        odd = (np.floor(canvas.u) + np.floor(canvas.v)) % 2 == 1
        canvas.paint(4, canvas.cover(pane / count) * odd)


def _plain_layout(style: Style, draws: Draws) -> Layout:
    del style, draws
    return Layout()


def _plain(canvas: Canvas, style: Style, draws: Draws) -> None:
    """Leave the background unchanged."""
    del canvas, style, draws


FAMILIES = {
    "stripes": family(_stripes_layout, _stripes, "scale line_weight"),
    "diagonal-stripes": family(_diagonal_layout, _diagonal_stripes, "scale line_weight"),
    "checks": family(_checks_layout, _checks),
    "plaid": family(_plaid_layout, _plaid),
    "waves": family(_waves_layout, _waves, "scale line_weight"),
    "chevron": family(_chevron_layout, _chevron, "scale line_weight"),
    "zigzag": family(_zigzag_layout, _zigzag, "scale line_weight"),
    "grid": family(_grid_layout, _grid, "scale line_weight"),
    "gradient": family(_plain_layout, _plain, "", colours=(2, 4), weight=0.6),
    "solid": family(_plain_layout, _plain, "", colours=(1, 1), weight=0.3),
}
