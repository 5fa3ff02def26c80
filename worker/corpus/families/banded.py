"""Families made of bands: stripes, waves, chevrons, checks, plaids, grids; and plain grounds."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Draws, Field, Look, signed, triangle_wave
from worker.corpus.families.family import family
from worker.models.generator.layout import Layout

__all__ = ["FAMILIES"]


def _bands(
    canvas: Canvas, phase: Field, slope: Field | float, look: Look, draws: Draws, share: float
) -> None:
    """Paint one period of bands over an integer-periodic phase.

    Args:
        canvas: is painted on.
        phase: periods, (R, N).
        slope: length of the phase's gradient, periods per tile.
        look: its slots become bands in turn.
        draws: numbers 6 to 8 vary the widths and gaps.
        share: part of the period that the accents cover together.
    """
    count = look.slots - 1
    share = max(share, 0.12 * count)
    widths = np.linspace(1.0, draws.uniform(6, 0.75, 1.3), count) if count > 1 else np.ones(1)
    widths = widths * share / widths.sum()
    gaps = np.ones(count)
    if count > 1 and draws.flag(7):  # accents side by side, one wide stretch of ground
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


def _share(look: Look, draws: Draws) -> float:
    return look.weight(0.28, 0.45, 0.62) + 0.06 * (look.slots - 2) + draws.uniform(5, -0.04, 0.04)


def _stripes_layout(look: Look, draws: Draws) -> Layout:
    periods = look.repeats(10, 6, 3)
    periods = max(2, periods // 2) if look.slots > 3 else periods
    return Layout(columns=periods) if draws.flag(0) else Layout(rows=periods)


def _stripes(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Straight stripes, upright or lying."""
    phase, periods = (canvas.u, canvas.columns) if draws.flag(0) else (canvas.v, canvas.rows)
    _bands(canvas, phase, periods, look, draws, _share(look, draws))


def _diagonal_layout(look: Look, draws: Draws) -> Layout:
    across = look.repeats(7, 4, 2)
    even, steep = (across, across), (across + 1, look.repeats(5, 3, 2))
    columns, rows = even if draws.flag(0) else steep
    if look.slots > 3 and look.scale != "large":
        columns, rows = columns - 2, rows - 1 - (columns == rows)
    return Layout(columns=columns, rows=rows)


def _diagonal_stripes(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Slanted stripes, rising or falling."""
    phase = canvas.u + canvas.v if draws.flag(1) else canvas.u - canvas.v
    slope = float(np.hypot(canvas.columns, canvas.rows))
    _bands(canvas, phase, slope, look, draws, _share(look, draws))


def _waves_layout(look: Look, draws: Draws) -> Layout:
    periods = look.repeats(8, 5, 3)
    periods = max(2, periods - 3) if look.slots > 3 else periods
    crests = look.repeats(4, 3, 1) if draws.flag(0) else look.repeats(3, 2, 2)
    return Layout(columns=crests, rows=periods)


def _waves(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Flowing wave bands."""
    height = draws.uniform(1, 0.11, 0.17) / canvas.columns
    angle = 2 * np.pi * canvas.u
    rise, slope = height * np.sin(angle), height * np.cos(angle) * 2 * np.pi * canvas.columns
    if draws.flag(2):  # a second, slower swell
        rise = rise + 0.02 * np.sin(2 * np.pi * canvas.x)
        slope = slope + 0.04 * np.pi * np.cos(2 * np.pi * canvas.x)
    phase = canvas.v + rise * canvas.rows
    _bands(canvas, phase, canvas.rows * np.sqrt(1 + slope**2), look, draws, _share(look, draws))


def _folded(canvas: Canvas, height: float) -> tuple[Field, float]:
    """Phase of bands folded into zigzags `height` cells wide of the lattice tall, and its slope."""
    tall = height / canvas.columns
    phase = canvas.v + tall * canvas.rows * triangle_wave(canvas.u)
    return phase, canvas.rows * float(np.hypot(1.0, 2.0 * height))


def _chevron_layout(look: Look, draws: Draws) -> Layout:
    columns, periods = look.repeats(5, 3, 2), look.repeats(5, 3, 2) + draws.flag(0)
    return Layout(columns=columns, rows=max(2, periods - (look.slots > 3)))


def _chevron(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Broad V bands."""
    phase, slope = _folded(canvas, draws.uniform(1, 0.4, 0.52))
    _bands(canvas, phase, slope, look, draws, min(0.8, _share(look, draws) + 0.14))


def _zigzag_layout(look: Look, draws: Draws) -> Layout:
    rows = look.repeats(5, 4, 2) if look.slots < 4 else look.repeats(3, 3, 2)
    return Layout(columns=look.repeats(8, 5, 3) + draws.flag(0), rows=rows)


def _zigzag(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Sharp zigzag lines apart from each other."""
    phase, slope = _folded(canvas, draws.uniform(1, 0.85, 1.15))
    count = look.slots - 1
    share = look.weight(0.2, 0.27, 0.36) if count == 1 else look.weight(0.36, 0.44, 0.54)
    width = max(share / count, 0.115)
    apart = 0.78 / count if draws.flag(2) else 1.0 / count  # in groups or evenly
    for index in range(count):
        distance = np.abs(signed(phase - apart * index)) - width / 2
        canvas.paint(1 + index, canvas.cover(distance / slope))


def _checks_layout(look: Look, draws: Draws) -> Layout:
    del draws
    return Layout(columns=look.repeats(6, 4, 2), rows=look.repeats(6, 4, 2))


def _checks(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Checkerboard or gingham; a cell of the lattice is two squares by two."""
    count = canvas.columns
    across = canvas.cover((np.abs(signed(canvas.u - 0.25)) - 0.25) / count)
    down = canvas.cover((np.abs(signed(canvas.v - 0.25)) - 0.25) / count)
    kind = draws.choice(0, 3)
    if kind == 1 and look.slots < 4:  # gingham: halves mix where bands cross
        canvas.paint(1, 0.5 * (across + down))
        canvas.paint(look.slots - 1, across * down)
        return
    first, second = across * (1 - down), down * (1 - across)
    two = look.slots > 3 or (look.slots == 3 and kind == 0)  # the dark squares alternate
    canvas.paint(1, first)
    canvas.paint(2 if two else 1, second)
    if look.slots > 4:
        canvas.paint(3, across * down)
    if look.slots + (kind == 2) < 3 or (look.slots == 3 and two):
        return
    u, v = np.abs(signed(2 * canvas.u - 0.5)), np.abs(signed(2 * canvas.v - 0.5))
    inner = np.maximum(u, v) if draws.flag(1) else np.hypot(u, v)
    small = canvas.cover((inner - draws.uniform(2, 0.28, 0.34)) / (2 * count))
    dark = first + second
    if look.slots == 2:  # a light square or dot in each dark one
        canvas.paint(0, small * dark)
    else:
        light = draws.flag(3) or look.slots > 4
        canvas.paint(look.slots - 1, small * (1 - dark if light else dark))


def _plaid_layout(look: Look, draws: Draws) -> Layout:
    periods = look.repeats(4, 3, 1) if draws.flag(0) else look.repeats(5, 2, 2)
    periods = min(periods, 3) if look.slots > 3 else periods
    return Layout(columns=periods, rows=periods)


def _plaid(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Tartan: broad and narrow translucent bands crossing."""
    broad, narrow = draws.uniform(1, 0.32, 0.4), draws.uniform(2, 0.11, 0.14)
    bands = [(1, 0.3, broad, 0.55), (1, 0.75, narrow, 0.8)]  # slot, place, width, strength
    if look.slots > 2:
        places = np.linspace(0.22, 1.06, look.slots)[:-1]
        widths = (broad, narrow + 0.025 * max(look.slots - 3, 0), broad, narrow)
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
            canvas.paint(look.slots - 1, 0.8 * fine)


def _grid_layout(look: Look, draws: Draws) -> Layout:
    del draws
    count = look.repeats(9, 6, 3) if look.slots < 4 else look.repeats(8, 6, 4)
    return Layout(columns=count, rows=count)


def _grid(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Crossing lines, with knots on the crossings; some panes between them filled."""
    count, double = canvas.columns, draws.choice(0, 3) == 0
    many = look.slots > 3  # lying lines in a colour of their own
    width = look.weight(0.17, 0.19, 0.23) if many else look.weight(0.11, 0.15, 0.22)
    u, v = np.abs(signed(canvas.u)), np.abs(signed(canvas.v))
    for slot, along in ((1, u), (2 if many else 1, v)):
        distance = (np.abs(along - 0.1) if double else along) / count
        canvas.paint(slot, canvas.line(distance, width / count * (0.6 if double else 1.0)))
    if look.slots > 2:  # dots, squares or diamonds on the crossings
        shapes = (np.hypot(u, v) - 0.205, np.maximum(u, v) - 0.18, (u + v - 0.26) / 2**0.5)
        canvas.paint(3 if many else 2, canvas.cover(shapes[draws.choice(1, 3)] / count))
    if look.slots > 4:
        pane = np.maximum(0.5 - u, 0.5 - v) - 0.25
        odd = (np.floor(canvas.u) + np.floor(canvas.v)) % 2 == 1
        canvas.paint(4, canvas.cover(pane / count) * odd)


def _plain_layout(look: Look, draws: Draws) -> Layout:
    del look, draws
    return Layout()


def _plain(canvas: Canvas, look: Look, draws: Draws) -> None:
    """Leave the ground as it is."""
    del canvas, look, draws


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
