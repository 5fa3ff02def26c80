"""Families on lattices: polygons, checker-like weaves of tiles, trellises."""

import numpy as np
from numpy.typing import NDArray

from worker.corpus.canvas import Canvas, Field, Look, fraction, signed

__all__ = [
    "argyle",
    "asanoha",
    "basketweave",
    "bricks",
    "cubes",
    "diamonds",
    "herringbone",
    "hexagons",
    "houndstooth",
    "triangles",
]

_ROOT3 = 3.0**0.5


def _dealt(shape: tuple[int, ...], slots: list[int], rng: np.random.Generator) -> NDArray[np.intp]:
    """Fill a table evenly with slots, shuffled."""
    count = int(np.prod(shape))
    table = np.array([slots[index % len(slots)] for index in range(count)])
    rng.shuffle(table)
    return table.reshape(shape)


def _hexagons(canvas: Canvas, columns: int, rows: int) -> tuple[Field, Field, NDArray[np.intp]]:
    """Offsets from the centre of each pixel's hexagon (unit width) and the hexagons' numbers."""
    x = canvas.x * columns + 0 * canvas.y
    y = canvas.y * rows * (_ROOT3 / 2) + 0 * canvas.x
    ax, ay = signed(x), _ROOT3 * signed(y / _ROOT3)
    bx, by = signed(x - 0.5), _ROOT3 * signed(y / _ROOT3 - 0.5)
    near = ax * ax + ay * ay < bx * bx + by * by
    u, v = np.where(near, ax, bx), np.where(near, ay, by)
    column = np.rint(2 * (x - u)).astype(int) % (2 * columns)
    row = np.rint((y - v) * 2 / _ROOT3).astype(int) % rows
    return u.astype(np.float32), v.astype(np.float32), row * columns + column // 2


def _hexagon_size(look: Look) -> tuple[int, int]:
    return {"small": (7, 8), "medium": (5, 6), "large": (3, 4)}[look.scale]


def hexagons(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Honeycomb: outlined, filled, or nested."""
    columns, rows = _hexagon_size(look)
    u, v, number = _hexagons(canvas, columns, rows)
    far = np.maximum(np.abs(u), np.abs(u) * 0.5 + np.abs(v) * (_ROOT3 / 2))  # 0.5 at the border
    gap = look.weight(0.03, 0.06, 0.11)
    kind = rng.integers(2) if look.slots == 2 else rng.integers(look.slots > 3, 3)
    body = canvas.cover((far - 0.5 + gap) / columns)
    if kind == 0 or look.slots == 2:  # cells, with rings or hearts inside
        canvas.paint(1, body)
        ring = rng.uniform(0.26, 0.32)
        if rng.random() < 0.6 or look.slots > 2:
            canvas.paint(0, canvas.cover((far - ring - gap) / columns))
            canvas.paint(look.slots - 1, canvas.cover((far - ring) / columns))
        return
    kinds = list(range(1, look.slots)) + ([0] if rng.random() < 0.4 else [])
    canvas.paint_table(_dealt((columns * rows,), kinds, rng)[number], body)
    if kind == 2:
        canvas.paint(0, canvas.cover((np.abs(far - 0.28) - gap / 2) / columns))


def cubes(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Tumbling blocks: each hexagon shows three sides of a cube."""
    columns, rows = {"small": (7, 8), "medium": (5, 6), "large": (3, 4)}[look.scale]
    u, v, number = _hexagons(canvas, columns, rows)
    top = canvas.cover((v + np.abs(u) / _ROOT3) * (_ROOT3 / 2) / columns)
    right = canvas.cover(-u / columns)
    canvas.paint(1, (1 - top) * right)
    if look.slots == 2:
        left = (1 - top) * (1 - right)
        canvas.paint(1, 0.5 * left)
    else:
        canvas.paint(2, (1 - top) * (1 - right))
    if look.slots > 3:  # some of the tops in other colours
        table = _dealt((columns * rows,), [*range(3, look.slots), 0], rng)
        for slot in range(3, look.slots):
            canvas.paint(slot, top * (table[number] == slot))
    if rng.random() < 0.35:
        inner = canvas.cover((v + 0.29 + np.abs(u) / _ROOT3 - 0.13) / columns)
        inner *= canvas.cover((-v - 0.29 + np.abs(u) / _ROOT3 - 0.13) / columns)
        canvas.paint(1, inner)


def _triangles(
    canvas: Canvas, columns: int, rows: int
) -> tuple[Field, Field, Field, NDArray[np.intp]]:
    """Three distances to the sides (1 at the far corner), upright or not, and the numbers."""
    y = canvas.y * rows
    row = np.floor(y).astype(int)
    v = fraction(y) + 0 * canvas.x
    x = canvas.x * columns - 0.5 * (row % 2)
    du = signed(x)
    up = np.abs(du) < v / 2
    middle = np.where(up, np.round(x), np.floor(x) + 0.5)
    across = x - middle
    height = np.where(up, v, 1 - v)  # 0 at the tip, 1 at the base
    one, two, three = 1 - height, height / 2 - across, height / 2 + across
    number = (row % rows) * 2 * columns + np.floor(2 * middle).astype(int) % (2 * columns)
    return np.sort(np.stack([one, two, three]), axis=0).astype(np.float32), up, across, number  # type: ignore[return-value]


def triangles(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Triangle mosaic or rows of pennants."""
    columns, rows = {"small": (7, 8), "medium": (5, 6), "large": (3, 4)}[look.scale]
    sides, up, _, number = _triangles(canvas, columns, rows)
    unit = _ROOT3 / 2 / columns
    kind = rng.integers(3) if look.slots > 2 else rng.integers(1, 3)
    if kind == 0:  # every triangle filled
        gap = 0.0 if rng.random() < 0.5 else look.weight(0.03, 0.06, 0.1)
        table = _dealt((2 * columns * rows,), list(range(look.slots)), rng)
        canvas.paint_table(table[number], canvas.cover((gap - sides[0]) * unit) if gap else 1.0)
        return
    gap = look.weight(0.12, 0.06, 0.0) if kind == 1 else look.weight(0.02, 0.04, 0.08)
    body = canvas.cover((gap - sides[0]) * unit) * up
    table = _dealt((2 * columns * rows,), list(range(1, look.slots)), rng)
    if rng.random() < 0.5:
        table = 1 + (np.arange(2 * columns * rows) // (2 * columns)) % (look.slots - 1)
    canvas.paint_table(table[number], body)
    if kind == 2:
        canvas.paint(0, canvas.cover((gap + 0.12 - sides[0]) * unit) * up)
        canvas.paint_table(table[number], canvas.cover((gap + 0.19 - sides[0]) * unit) * up)


def asanoha(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Hemp leaves: a triangular lattice with lines from each centre to the corners."""
    columns, rows = {"small": (5, 6), "medium": (3, 4), "large": (2, 2)}[look.scale]
    sides, up, _, number = _triangles(canvas, columns, rows)
    unit = _ROOT3 / 2 / columns
    if look.slots > 2:  # a part of the triangles is tinted
        choices = list(range(2, look.slots))
        table = _dealt((2 * columns * rows,), choices + [0] * int(rng.integers(1, 3)), rng)
        if rng.random() < 0.5:
            table = np.where(np.arange(2 * columns * rows) % 2 == 0, table, 0)
            table[::2] = _dealt((columns * rows,), choices, rng)
        canvas.paint_table(table[number])
    width = look.weight(0.010, 0.017, 0.026) * (1.4 if columns == 2 else 1.0)
    spoke = (sides[1] - sides[0]) * unit / _ROOT3
    canvas.paint(1, np.maximum(canvas.line(spoke, width), canvas.line(sides[0] * unit, width)))
    del up


def diamonds(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Rhombus lattice, plain or nested."""
    columns = look.repeats(8, 5, 3)
    rows = max(2, columns - int(rng.integers(0, 3)))
    x, y = canvas.x * columns, canvas.y * rows
    whole = np.abs(signed(x)) + np.abs(signed(y))  # 0 to 1; two diamonds a cell
    other = whole > 0.5
    far = np.where(other, 1.0 - whole, whole)  # 0 in the middle, 0.5 at the border
    unit = 1.0 / np.hypot(columns, rows)
    line = look.weight(0.02, 0.05, 0.09) * (rng.random() < 0.6)
    column = np.where(other, np.floor(x), np.round(x)).astype(int) % columns
    row = np.where(other, np.floor(y), np.round(y)).astype(int) % rows
    odd = row if rng.random() < 0.5 else column
    first = canvas.cover((far - 0.5 + max(line, 0.05)) * unit)
    if look.slots == 2 or rng.random() < 0.5:
        rings = int(rng.integers(1, 3)) if look.slots < 4 else look.slots - 2
        canvas.paint(1, canvas.cover((whole - 0.5 + line) * unit))
        for ring in range(rings):
            slot = (ring + 2) % look.slots if look.slots > 2 else ring % 2
            radius = 0.36 - 0.24 * ring / rings
            canvas.paint(slot, canvas.cover((whole - radius) * unit))
        for slot in range(2 + rings, look.slots):
            canvas.paint(slot, canvas.cover((1 - whole - 0.3) * unit))
        return
    table = 1 + (odd + other) % (look.slots - 1)
    canvas.paint_table(np.where(other & (look.slots == 2), 0, table), first)


def argyle(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Tall diamonds with thin crossing lines over them."""
    columns = look.repeats(6, 4, 3)
    rows = {6: 4, 4: 2 if rng.random() < 0.4 else 3, 3: 2}[columns]
    x, y = canvas.x * columns, canvas.y * rows
    whole = np.abs(signed(x)) + np.abs(signed(y))
    unit = 1.0 / np.hypot(columns, rows)
    body = canvas.cover((whole - 0.5) * unit)
    number = np.round(x).astype(int) % columns + np.round(y).astype(int) % rows
    table = 1 + number % max(look.slots - 2, 1)
    canvas.paint_table(table, body)
    crossing = np.minimum(np.abs(signed(x + y)), np.abs(signed(x - y)))
    width = look.weight(0.012, 0.018, 0.026)
    dashes: Field | float = 1.0
    if rng.random() < 0.5:
        rising = np.abs(signed(x + y)) < np.abs(signed(x - y))
        along = np.where(rising, x - y, x + y)
        dashes = canvas.cover((np.abs(signed(along * 3.0)) - 0.3) * unit / 3)
    slot = look.slots - 1 if look.slots > 2 else 0
    stitched = canvas.line(crossing * unit, width) * dashes
    canvas.paint(slot, stitched)
    if look.slots == 2:
        canvas.paint(1, stitched * (1 - body))


def houndstooth(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Broken checks of a two-and-two twill."""
    count = look.repeats(8, 5, 3)
    count = {8: 8, 5: 6, 3: 4}[count] if look.slots > 2 else count
    x, y = canvas.x * count, canvas.y * count
    warp = canvas.cover((np.abs(signed(x - 0.25)) - 0.25) / count)
    weft = canvas.cover((np.abs(signed(y - 0.25)) - 0.25) / count)
    flip = 1 if rng.random() < 0.5 else -1
    twill = canvas.cover(
        (np.abs(signed(2 * (x + flip * y) - 0.25)) - 0.25) / (2 * _ROOT3 * count * 0.82)
    )
    dark = twill * warp + (1 - twill) * weft
    if look.slots == 2:
        canvas.paint(1, dark)
        return
    bands = 1 + (np.floor(canvas.x * count).astype(int) + 0 * np.floor(canvas.y).astype(int)) % (
        look.slots - 1
    )
    if rng.random() < 0.4:
        bands = 1 + np.floor(canvas.y * count).astype(int) % (look.slots - 1)
    canvas.paint_table(bands + 0 * dark.astype(int), dark)


def _herringbone_planks(i: Field, j: Field, length: int) -> tuple[Field, Field, NDArray[np.bool_]]:
    """Offsets along and across each pixel's plank (both from its middle); lying or standing."""
    column, row = np.floor(i), np.floor(j)
    step = np.mod(column - row, 2 * length)
    lying = step < length
    along = np.where(lying, step + (i - column), (2 * length - 1 - step) + (j - row))
    across = np.where(lying, j - row, i - column)
    return along - length / 2, across - 0.5, lying


def herringbone(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Planks laid as a fish's bones."""
    length = int(rng.integers(2, 5))
    turns = {"small": {2: 4, 3: 2, 4: 2}, "medium": {2: 3, 3: 2, 4: 1}, "large": {2: 1, 3: 1, 4: 1}}
    n = length * turns[look.scale][length]
    slanted = rng.random() < 0.6
    if slanted:  # the classic way
        i, j, unit = (canvas.x + canvas.y) * n, (canvas.x - canvas.y) * n, 1 / (n * 2**0.5)
    else:
        i, j, unit = canvas.x * 2 * n + 0 * canvas.y, canvas.y * 2 * n + 0 * canvas.x, 1 / (2 * n)
    along, across, lying = _herringbone_planks(i, j, length)
    gap = rng.uniform(0.05, 0.14)
    body = canvas.cover((np.maximum(np.abs(along) - length / 2, np.abs(across) - 0.5) + gap) * unit)
    if look.slots == 2:
        canvas.paint(1, body)
        return
    if look.slots == 3:
        canvas.paint_table(np.where(lying, 1, 2), body)
        return
    middle_i, middle_j = i - np.where(lying, along, across), j - np.where(lying, across, along)
    down, over = (middle_i - middle_j, middle_i + middle_j) if slanted else (middle_j, middle_i)
    cells = 4 * n  # half steps along the tile
    number = np.rint(2 * down).astype(int) % cells * cells + np.rint(2 * over).astype(int) % cells
    planks = np.cumsum(np.bincount(number.ravel(), minlength=cells * cells) > 0) - 1
    table = _dealt((int(planks[-1]) + 1,), list(range(1, look.slots)), rng)[planks[number]]
    canvas.paint_table(table, body)


def basketweave(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Strands lying and standing in turn."""
    count = look.repeats(8, 6, 4)
    strands = int(rng.integers(2, 4)) if count < 8 else 2
    x, y = canvas.x * count + 0 * canvas.y, canvas.y * count + 0 * canvas.x
    lying = (np.floor(x) + np.floor(y)).astype(int) % 2 == 0
    u, v = fraction(x), fraction(y)
    along, across = np.where(lying, u, v) - 0.5, signed(np.where(lying, v, u) * strands - 0.5)
    gap = look.weight(0.05, 0.08, 0.13)
    ends = (np.abs(along) - 0.5 + gap / 2) / count
    sides = (np.abs(across) - 0.5 + gap * min(strands, 2) / 1.6) / (count * strands)
    body = np.maximum(ends, sides)
    strand = np.floor(np.where(lying, v, u) * strands).astype(int)
    if look.slots == 2:
        table = np.ones_like(strand)
    elif look.slots == 3:
        table = np.where(lying, 1, 2)
    else:
        table = np.where(lying, 1, 2 + (strand + np.floor(x).astype(int)) % (look.slots - 2))
    canvas.paint_table(table, canvas.cover(body))


def bricks(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Brick wall, running bond."""
    rows = look.repeats(12, 8, 4)
    columns = max(2, rows // (2 if rng.random() < 0.6 else 4))
    y = canvas.y * rows + 0 * canvas.x
    row = np.floor(y).astype(int)
    bond = 0.5 if rng.random() < 0.75 else 0.25
    x = canvas.x * columns + bond * (row % int(1 / bond)) + 0 * canvas.y
    u, v = signed(x - 0.5), signed(y - 0.5)
    joint = look.weight(0.010, 0.016, 0.026)
    inner = np.maximum(np.abs(u) / columns - 0.5 / columns, np.abs(v) / rows - 0.5 / rows)
    body = canvas.cover(inner + joint / 2)
    number = (np.floor(x).astype(int) % columns) + columns * (row % rows)
    kinds = list(range(1, look.slots))
    weights = kinds if rng.random() < 0.5 else [1, *kinds]
    canvas.paint_table(_dealt((columns * rows,), weights, rng)[number], body)
