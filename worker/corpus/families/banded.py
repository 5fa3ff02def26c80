"""Families made of bands: stripes, waves, chevrons, checks, plaids, grids."""

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, fraction, signed, triangle_wave

__all__ = [
    "checks",
    "chevron",
    "diagonal_stripes",
    "grid",
    "plaid",
    "stripes",
    "waves",
    "zigzag",
]


def _bands(canvas: Canvas, phase: Field, slope: Field | float, look: Look, rng: np.random.Generator,
           share: float) -> None:  # fmt: skip
    """Paint one period of bands over an integer-periodic phase.

    Args:
        canvas: is painted on.
        phase: periods, (H, W) or broadcastable.
        slope: length of the phase's gradient, periods per tile.
        look: its slots become bands in turn.
        rng: draws the widths.
        share: part of the period that the accents cover together.
    """
    count = look.slots - 1
    widths = rng.uniform(0.75, 1.25, count)
    widths *= share / widths.sum()
    gaps = rng.uniform(0.8, 1.2, count)
    if count > 1 and rng.random() < 0.4:  # accents side by side, one wide stretch of ground
        gaps = np.where(np.arange(count) == count - 1, gaps, 0.0)
    gaps *= (1.0 - share) / gaps.sum()
    start = 0.0
    for index in range(count):
        middle = start + widths[index] / 2
        distance = (np.abs(signed(phase - middle)) - widths[index] / 2) / slope
        canvas.paint(1 + index, canvas.cover(distance))
        start += widths[index] + gaps[index]
    if rng.random() < 0.35:  # a hairline in the middle of the widest gap
        gap = int(np.argmax(gaps))
        middle = float(widths[: gap + 1].sum() + gaps[:gap].sum() + gaps[gap] / 2)
        hairline = np.abs(signed(phase - middle)) / slope
        canvas.paint(1, canvas.line(hairline, gaps[gap] / np.max(slope) * 0.12))


def _share(look: Look, rng: np.random.Generator) -> float:
    extra = 0.06 * (look.slots - 2)
    return float(look.weight(0.26, 0.45, 0.62) + extra + rng.uniform(-0.05, 0.05))


def stripes(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Straight stripes, upright or lying."""
    periods = look.repeats(10, 6, 3)
    if look.slots > 3:
        periods = max(2, periods // 2)
    along = canvas.x if rng.random() < 0.6 else canvas.y
    phase = along * periods + rng.random() + np.zeros_like(canvas.masks[0])
    _bands(canvas, phase, periods, look, rng, _share(look, rng))


def diagonal_stripes(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Slanted stripes."""
    steps = {"small": ((7, 7), (8, 5)), "medium": ((4, 4), (5, 3)), "large": ((2, 2), (3, 2))}
    options = steps[look.scale]
    across, down = options[int(rng.integers(len(options)))]
    if look.slots > 3 and look.scale == "small":
        across, down = 5, 5
    down *= int(rng.choice([-1, 1]))
    phase = canvas.x * across + canvas.y * down + rng.random()
    _bands(canvas, phase, float(np.hypot(across, down)), look, rng, _share(look, rng))


def waves(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Flowing wave bands."""
    periods = look.repeats(8, 5, 3)
    if look.slots > 3:
        periods = max(2, periods - 3)
    crests = look.repeats(4, 3, 1) if rng.random() < 0.6 else look.repeats(3, 2, 2)
    height = rng.uniform(0.10, 0.17) / crests
    turn = rng.random()
    angle = 2 * np.pi * (canvas.x * crests + turn)
    rise, slope = height * np.sin(angle), height * np.cos(angle) * 2 * np.pi * crests
    if rng.random() < 0.4:  # a second, slower swell
        rise = rise + 0.02 * np.sin(2 * np.pi * (canvas.x + turn))
    phase = (canvas.y + rise) * periods
    _bands(canvas, phase, periods * np.sqrt(1 + slope**2), look, rng, _share(look, rng))


def _folded(
    canvas: Canvas, columns: int, periods: int, height: float, turn: float
) -> tuple[Field, float]:
    """Phase of bands folded into zigzags `height` tiles tall, and its slope."""
    phase = (canvas.y + height * triangle_wave(canvas.x * columns)) * periods + turn
    return phase, periods * float(np.hypot(1.0, 2.0 * height * columns))


def chevron(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Broad V bands."""
    columns = look.repeats(6, 4, 2)
    periods = {6: 5, 4: 4, 2: 2}[columns] + int(rng.integers(0, 2))
    if look.slots > 3:
        periods = max(2, periods - 1)
    phase, slope = _folded(canvas, columns, periods, rng.uniform(0.4, 0.55) / columns, rng.random())
    _bands(canvas, phase, slope, look, rng, min(0.8, _share(look, rng) + 0.08))


def zigzag(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Sharp zigzag lines apart from each other."""
    columns = look.repeats(8, 5, 3)
    periods = look.repeats(5, 4, 2) if look.slots < 4 else look.repeats(3, 3, 2)
    phase, slope = _folded(canvas, columns, periods, rng.uniform(0.7, 1.1) / columns, rng.random())
    count = look.slots - 1
    spread = 0.5 if count == 1 else 0.72
    for index in range(count):
        middle = spread * index / max(count, 1)
        width = look.weight(0.17, 0.26, 0.36) * (1.0 if count == 1 else 1.5 / count)
        canvas.paint(1 + index, canvas.cover((np.abs(signed(phase - middle)) - width / 2) / slope))


def _squares(canvas: Canvas, count: int) -> tuple[Field, Field]:
    """Coverage of every other row and column of a board of count x count squares."""
    half = canvas.cover((np.abs(signed(canvas.x * count / 2 - 0.25)) - 0.25) * 2 / count)
    side = canvas.cover((np.abs(signed(canvas.y * count / 2 - 0.25)) - 0.25) * 2 / count)
    return half, side


def checks(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Checkerboard or gingham."""
    count = look.repeats(12, 8, 4)
    across, down = _squares(canvas, count)
    kind = rng.integers(3) if look.slots <= 3 else 0
    if kind == 1:  # gingham: halves mix where bands cross
        canvas.paint(1, 0.5 * (across + down))
        if look.slots == 3:
            canvas.paint(2, across * down)
        return
    dark = across * (1 - down) + down * (1 - across)
    canvas.paint(1, dark)
    column = np.floor(canvas.x * count).astype(int)
    row = np.floor(canvas.y * count).astype(int)
    if look.slots > 2 and kind == 0:  # the dark squares take the accents in turn
        turn = (
            (column // 2 + row) % (look.slots - 1) if rng.random() < 0.5 else row % (look.slots - 1)
        )
        for index in range(1, look.slots - 1):
            canvas.paint(1 + index, dark * (turn == index))
    elif look.slots > 2 or rng.random() < 0.3:  # a small square or dot in each square
        u, v = signed(canvas.x * count - 0.5), signed(canvas.y * count - 0.5)
        inner = np.maximum(np.abs(u), np.abs(v)) if rng.random() < 0.5 else np.hypot(u, v)
        small = canvas.cover((inner - rng.uniform(0.2, 0.28)) / count)
        if look.slots > 2:
            canvas.paint(2, small * (1 - dark if rng.random() < 0.5 else 1.0))
        else:
            light = small * dark
            canvas.paint(0, light)


def plaid(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Tartan: broad and narrow translucent bands crossing."""
    periods = look.repeats(4, 3, 1) if rng.random() < 0.5 else look.repeats(5, 2, 2)
    bands: list[tuple[int, float, float, float]] = []
    if look.slots == 2:
        bands = [(1, 0.30, rng.uniform(0.36, 0.46), 0.5), (1, 0.72, rng.uniform(0.06, 0.1), 0.75)]
    else:
        places = np.linspace(0.22, 1.06, look.slots)[:-1]
        for index in range(look.slots - 1):
            broad = index % 2 == 0
            width = rng.uniform(0.3, 0.4) if broad else rng.uniform(0.08, 0.13)
            bands.append((1 + index, float(places[index]), width, 0.55 if broad else 0.85))
    shift = rng.random()
    for slot, middle, width, strength in bands:
        for along in (canvas.x, canvas.y):
            distance = np.abs(signed(along * periods - middle - shift)) - width / 2
            canvas.paint(slot, strength * canvas.cover(distance / periods))
    if rng.random() < 0.6:  # fine overchecks beside the broad band
        slot, middle, width, _ = bands[0]
        for side in (-1, 1):
            for along in (canvas.x, canvas.y):
                place = middle + shift + side * (width / 2 + 0.07)
                canvas.paint(
                    look.slots - 1,
                    0.8
                    * canvas.line(
                        signed(along * periods - place), 0.02 / periods + 0.006, 1 / periods
                    ),
                )


def grid(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Crossing lines."""
    count = look.repeats(9, 6, 3)
    width = look.weight(0.08, 0.14, 0.24) / count
    u, v = signed(canvas.x * count), signed(canvas.y * count)
    double = rng.random() < 0.3
    offsets = (-0.09, 0.09) if double else (0.0,)
    for offset in offsets:
        for along in (u, v):
            canvas.paint(1, canvas.line(along - offset, width * (0.6 if double else 1), 1 / count))
    if look.slots > 2:  # dots, squares or diamonds on the crossings
        far = (np.hypot(u, v), np.maximum(np.abs(u), np.abs(v)), np.abs(u) + np.abs(v))
        shape = far[int(rng.integers(3))]
        canvas.paint(2, canvas.cover((shape - rng.uniform(0.19, 0.24)) / count))
    column, row = np.floor(canvas.x * count).astype(int), np.floor(canvas.y * count).astype(int)
    for slot in range(3, look.slots):  # and some panes filled
        inside = np.maximum(
            np.abs(fraction(canvas.x * count) - 0.5), np.abs(fraction(canvas.y * count) - 0.5)
        )
        panes = (column + 2 * row) % 3 == slot - 3
        canvas.paint(slot, canvas.cover((inside - 0.28) / count) * panes)
