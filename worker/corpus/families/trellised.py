"""Families of ornament on a trellis: scales, ogees, quatrefoils, meanders, damask."""

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, signed

__all__ = ["damask", "greek_key", "ogee", "quatrefoil", "scales"]


def scales(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Fish scales or seigaiha: overlapping fans, each row in front of the one above."""
    columns = look.repeats(6, 4, 2)
    seigaiha = rng.random() < 0.6
    rows = columns * 4 if seigaiha else columns * 2
    radius = 0.5  # in columns
    height = columns / rows
    x, y = canvas.x * columns, canvas.y * rows
    row = np.floor(y)
    rings = (2 if look.scale == "small" else 3) if seigaiha else 1
    rings = max(rings, look.slots - 1) if seigaiha else rings
    edge = look.weight(0.10, 0.17, 0.26) * (0.8 if rings > 2 else 1.0)
    step = 1.0 / rings
    reach = int(np.ceil(radius / height))
    by_row = look.slots > 2 and (rings == 1 or rng.random() < 0.4)
    for ahead in range(-reach, reach + 1):
        centre = row + ahead
        odd = np.mod(centre, 2)
        u = signed(x - 0.5 * odd)
        v = (y - centre) * height
        far = np.hypot(u, v) / radius
        inside = canvas.cover((far - 1) * radius / columns)
        canvas.paint(1, inside)
        for ring in range(rings):
            outer = 1 - ring * step - edge / 2 * (1.0 if rings < 3 else 0.8)
            slot = 0 if ring == 0 or look.slots == 2 else (ring + 1) % look.slots
            if by_row:
                turn = np.mod(np.mod(centre, rows), look.slots - 1).astype(int)
                fill = canvas.cover((far - outer) * radius / columns)
                for index in range(look.slots - 1):
                    canvas.paint((0, *range(2, look.slots))[index], fill * (turn == index))
            else:
                canvas.paint(slot, canvas.cover((far - outer) * radius / columns))
            inner = 1 - (ring + 1) * step
            if ring < rings - 1:
                canvas.paint(1, canvas.cover((far - inner) * radius / columns))
        if rings > 1 and not by_row:
            canvas.paint(1, canvas.cover((far - step * 0.38) * radius / columns))


def _ogee(canvas: Canvas, columns: int, rows: int) -> tuple[Field, Field, Field, Field]:
    """Half widths of the onion a pixel is in, its offset, height and border distance (tiles)."""
    x, y = canvas.x * columns, canvas.y * rows
    odd_way = 0.25 + 0.25 * np.cos(2 * np.pi * y)  # half the onion's width at this height
    even = signed(x + 0 * y)
    here = np.abs(even) <= odd_way
    half = np.where(here, odd_way, 0.5 - odd_way)
    u = np.where(here, even, signed(x - 0.5 + 0 * y))
    v = np.where(here, signed(y), signed(y - 0.5))
    slope = 0.5 * np.pi * np.sin(2 * np.pi * y) * rows
    border = (half - np.abs(u)) / np.hypot(columns, slope)
    return half, u, v, border


def ogee(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Onion shapes in a trellis, nested, with a bud inside."""
    columns = look.repeats(6, 4, 2)
    rows = {6: 4, 4: 3, 2: 2 if rng.random() < 0.4 else 1}[columns]
    _, u, v, border = _ogee(canvas, columns, rows)
    width = look.weight(0.012, 0.02, 0.032) * (1.5 if columns == 2 else 1.0)
    room = 0.5 / columns
    width = min(width, 0.22 * room)
    fill = rng.random() < 0.5 or look.slots > 3
    if fill:
        canvas.paint(look.slots - 1, canvas.cover(width - border))
    canvas.paint(1, canvas.line(border, width))
    inset = min(width * 1.6 + room * rng.uniform(0.12, 0.2), room * 0.36)
    if look.slots > 2 or rng.random() < 0.6:
        slot = 2 if look.slots > 3 or not fill else 0
        slot = slot if look.slots > 2 or fill else 1
        canvas.paint(slot, canvas.cover(inset - border))
        if rng.random() < 0.6 or look.slots > 3:
            canvas.paint(0 if slot else 1, canvas.cover(inset * 1.5 - border))
            canvas.paint(max(1, look.slots - 2), canvas.cover(inset * 2.1 - border))
    du, dv = u / columns, v / rows
    angle = np.arctan2(dv, du)
    petals = int(rng.choice([4, 6, 8]))
    bud = np.hypot(du, dv) - room * 0.24 * (0.75 + 0.25 * np.cos(petals * angle))
    canvas.paint(1 if not (look.slots == 2 and fill) else 0, canvas.cover(bud))


def quatrefoil(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Four-lobed outlines, linked as in Moroccan trellises."""
    columns = look.repeats(5, 4, 2)
    x, y = canvas.x * columns, canvas.y * columns
    staggered = rng.random() < 0.6
    lobe, spread = rng.uniform(0.2, 0.24), 0.22

    def foil(u: Field, v: Field) -> Field:
        a, b = np.abs(u), np.abs(v)
        across = np.minimum(np.hypot(a - spread, b), np.hypot(a, b - spread)) - lobe
        return np.minimum(across, np.maximum(a, b) - spread * 0.72)

    width = look.weight(0.05, 0.085, 0.14)
    first = foil(signed(x), signed(y))
    second = foil(signed(x - 0.5), signed(y - 0.5))
    shrink = 0.74 if staggered else 1.0
    if staggered:  # small foils fill the gaps between the large ones
        first = foil(signed(x) / shrink, signed(y) / shrink) * shrink
        second = foil(signed(x - 0.5) / shrink, signed(y - 0.5) / shrink) * shrink
    tint = look.slots > 2
    if tint:
        canvas.paint(2, canvas.cover(first / columns))
        if look.slots > 3 and staggered:
            canvas.paint(3, canvas.cover(second / columns))
    canvas.paint(1, canvas.line(first, width / columns, 1 / columns))
    if staggered:
        canvas.paint(1, canvas.line(second, width / columns, 1 / columns))
    else:
        inner = np.hypot(signed(x - 0.5), signed(y - 0.5)) - 0.13
        canvas.paint(look.slots - 1, canvas.cover(inner / columns))
    if rng.random() < 0.6 or look.slots > 3:
        middle = foil(signed(x) / 0.45, signed(y) / 0.45) * 0.45
        slot = look.slots - 1 if look.slots > 3 else 1
        canvas.paint(slot, canvas.cover(middle / columns))
        if look.slots == 5:
            canvas.paint(
                3, canvas.cover((np.hypot(signed(x - 0.5), signed(y - 0.5)) - 0.14) / columns)
            )


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


def _bitmap(rows: tuple[str, ...]) -> np.ndarray:
    return np.array([[mark == "#" for mark in row] for row in rows])


def greek_key(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Meander bands between borders, or square spirals all over."""
    if look.scale != "small" and rng.random() < 0.4:  # thunder pattern: spirals turned by turns
        count = look.repeats(4, 4, 2)
        key = np.pad(_bitmap(_FRET), ((0, 2), (0, 2)))
        other = key[:, ::-1] if rng.random() < 0.5 else np.pad(_bitmap(_FRET).T, ((0, 2), (0, 2)))
        tile = np.block([[key, other], [other, key]])
        units = count // 2
        x, y = canvas.x * 20 * units, canvas.y * 20 * units
        column, row = np.floor(x).astype(int), np.floor(y).astype(int)
        mark = tile[row % 20, column % 20]
        cell = (column // 10 + row // 10) % max(look.slots - 1, 1)
        canvas.paint_table(1 + cell, mark.astype(np.float32))
        return
    bands = look.repeats(4, 3, 2)
    key = _bitmap(_RUNNING if rng.random() < 0.5 else _STEPPED)
    unit_rows = len(key) + (4 if look.slots < 4 else 6)
    keys = max(2, round(bands * unit_rows / key.shape[1]))
    column = np.floor(canvas.x * keys * key.shape[1]).astype(int)
    row = np.floor(canvas.y * bands * unit_rows).astype(int) % unit_rows
    mark = (row < len(key)) & key[np.minimum(row, len(key) - 1), column % key.shape[1]]
    if look.slots > 2:  # ground of every band, or borders, in other colours
        canvas.paint(2, (row >= unit_rows - 3) * 1.0 + 0 * canvas.x)
        for slot in range(3, look.slots):
            canvas.paint(slot, (row == len(key) + 2 * (slot - 3) + 1) * 1.0 + 0 * canvas.x)
        canvas.paint(0, (row == unit_rows - 1) * 1.0 + 0 * canvas.x)
    elif rng.random() < 0.6:
        canvas.paint(1, (row == unit_rows - 2) * 1.0 + 0 * canvas.x)
    canvas.paint(1, mark.astype(np.float32))


def _leaf(u: Field, v: Field, length: float, width: float) -> Field:
    """Signed distance to a pointed leaf lying along u from 0 to `length`."""
    along = u - length / 2
    radius = (length**2 / 4 + width**2 / 4) / width
    return np.hypot(along, np.abs(v) + radius - width / 2) - radius


def damask(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Mirrored palmettes, set half a repeat apart."""
    columns = look.repeats(4, 3, 2)
    rows = max(1, round(columns * 0.75)) if columns > 2 else int(rng.integers(1, 3))
    x, y = canvas.x * columns, canvas.y * rows
    here = np.abs(signed(x)) * 2 + np.abs(signed(y)) * 2 < 1
    stretch = columns / rows
    u = np.abs(np.where(here, signed(x), signed(x - 0.5 + 0 * y)))
    v = np.where(here, signed(y + 0 * x), signed(y - 0.5)) * stretch
    tall = stretch * 0.36
    petals = int(rng.integers(3, 6))
    body = np.full(u.shape, 9.0, np.float32)
    fan = np.linspace(0.06, 1.5, petals)
    for index, angle in enumerate(fan):  # palmette, standing on a heart
        length = tall * (0.95 - 0.42 * index / petals) * rng.uniform(0.92, 1.05)
        sine, cosine = np.sin(angle), np.cos(angle)
        a, b = u * sine - (v - 0.03) * cosine, u * cosine + (v - 0.03) * sine
        body = np.minimum(body, _leaf(a, b, length, length * rng.uniform(0.22, 0.34)))
    for angle, length in ((2.3, 0.24), (2.8, 0.36)):  # leaves below
        a, b = (
            u * np.sin(angle) - (v - 0.06) * np.cos(angle),
            u * np.cos(angle) + (v - 0.06) * np.sin(angle),
        )
        body = np.minimum(body, _leaf(a, b, length * stretch, 0.11))
    curl_x, curl_y, curl = 0.21, rng.uniform(0.10, 0.16) * stretch, rng.uniform(0.055, 0.075)
    scroll = np.abs(np.hypot(u - curl_x, v - curl_y) - curl) - 0.018
    body = np.minimum(body, scroll)
    body = np.minimum(body, np.hypot(u, v - tall * 1.02) - 0.045)
    unit = 1 / columns
    frame = np.abs(
        np.abs(signed(x + 0 * y)) + np.abs(signed(y)) + 0.06 * np.cos(4 * np.pi * y) - 0.5
    )
    if rng.random() < 0.6:
        canvas.paint(look.slots - 1, canvas.line(frame, 0.012, unit * 0.7))
    canvas.paint(1, canvas.cover((body - 0.012) * unit))
    heart = _leaf(-(v - 0.05), u, tall * 0.75, tall * 0.2)
    inner = 0 if look.slots == 2 else 2
    canvas.paint(inner, canvas.cover(heart * unit))
    dot = np.hypot(u - curl_x, v - curl_y) - curl * 0.42
    canvas.paint(inner if look.slots < 4 else 3, canvas.cover(dot * unit))
    if look.slots > 3:
        canvas.paint(3, canvas.cover((body + 0.030) * unit) * (1 - canvas.cover(heart * unit)))
    if look.slots > 4:
        canvas.paint(4, canvas.cover((np.hypot(u, v + tall * 0.3) - 0.05) * unit))
