"""Families composed of several parts: abstract geometry and auspicious clouds."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, signed
from worker.corpus.families.scattered import places, strewn

__all__ = ["clouds", "geometric"]


def geometric(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Abstract geometry in one of four ways."""
    ways = (_blocks, _blocks, _overlaps, _arcs, _facets)
    ways[int(rng.integers(len(ways)))](canvas, look, rng)


def _block_shape(kind: int, u: Field, v: Field) -> Field:
    """Signed distance to one of the shapes of a cell; u and v run from -0.5 to 0.5."""
    far = np.hypot(u + 0.5, v + 0.5)
    if kind == 0:  # quarter disc
        return far - 1.0
    if kind == 1:  # triangle over the diagonal
        return (u + v) * 0.7071
    if kind == 2:
        return np.hypot(u, v) - 0.5
    if kind == 3:  # half disc
        return np.maximum(np.hypot(u, v + 0.5) - 0.5, -(v + 0.5))
    if kind == 4:  # quarter ring
        return np.abs(far - 0.75) - 0.25
    if kind == 5:  # bars
        return (np.abs(signed(u * 3 + 0.25)) - 0.25) / 3
    if kind == 6:  # leaf of two quarter discs
        return np.maximum(far, np.hypot(u - 0.5, v - 0.5)) - 1.0
    if kind == 7:  # half the cell
        return v
    return np.abs(np.hypot(u, v) - 0.32) - 0.14  # ring


def _blocks(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Bauhaus: a board of cells, each with one bold shape."""
    count = look.repeats(6, 4, 3 if rng.random() < 0.6 else 2)
    x, y = canvas.x * count + 0 * canvas.y, canvas.y * count + 0 * canvas.x
    number = (np.floor(y).astype(int) * count + np.floor(x).astype(int)) % (count * count)
    u, v = signed(x - 0.5), signed(y - 0.5)
    kinds = rng.permutation(9)[: int(rng.integers(2, 6))]
    cells = count * count
    kind = np.array([kinds[index % len(kinds)] for index in range(cells)])
    rng.shuffle(kind)
    turns = rng.integers(0, 4, cells)[number]
    for turn in range(1, 4):
        now = turns == turn
        u, v = (np.where(now, a, b) for a, b in zip(_turned(u, v, turn), (u, v), strict=True))
    far = np.zeros_like(u)
    for shape in kinds:
        far = np.where(kind[number] == shape, _block_shape(int(shape), u, v), far)
    ground = np.array([index % look.slots for index in range(cells)])
    if rng.random() < 0.5:
        ground[:] = 0
    rng.shuffle(ground)
    front = (ground + 1 + np.arange(cells) % (look.slots - 1)) % look.slots
    canvas.paint_table(ground[number])
    canvas.paint_table(front[number], canvas.cover(far / count))
    if rng.random() < 0.4:  # a small dot or ring on some cells
        dots = (rng.random(cells) < 0.4)[number] & np.isin(kind, (0, 2, 8))[number]
        inner = np.hypot(u, v) - 0.14
        canvas.paint_table(((front + 1) % look.slots)[number], canvas.cover(inner / count) * dots)


def _turned(u: Field, v: Field, quarter: int) -> tuple[Field, Field]:
    return ((u, v), (v, -u), (-u, -v), (-v, u))[quarter]


def _overlaps(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Suprematist: discs, bars, triangles and rings laid over each other."""
    count = look.repeats(24, 14, 8)
    room = 0.64 / count**0.5
    for index, (x, y) in enumerate(strewn(count, rng, 10)):
        kind, size = int(rng.integers(6)), room * rng.uniform(0.6, 1.15)
        patch = canvas.patch(x, y, size * 1.05)
        u, v = patch.turned(rng.choice([0.0, 0.5, 0.785, 1.9, rng.uniform(0, 3.1)]), size)
        far = np.hypot(u, v)
        shape = (
            far - 0.8,
            np.abs(far - 0.62) - 0.2,
            np.maximum(np.abs(u) - 0.95, np.abs(v) - 0.14),
            np.maximum(np.abs(u) * 0.866 + v * 0.5, -v) - 0.5,
            np.maximum(np.abs(u), np.abs(v)) - 0.62,
            np.maximum(far - 0.9, v),
        )[kind]
        cover = canvas.cover(shape * size)
        canvas.stamp(patch, look.accent(index), cover * (0.72 if rng.random() < 0.25 else 1.0))
        if kind == 0 and rng.random() < 0.5:
            canvas.stamp(
                patch,
                look.accent(index + 1) if look.slots > 2 else 0,
                canvas.cover((far - 0.4) * size),
            )
    if rng.random() < 0.6:  # a few long thin lines hold it together
        for index in range(int(rng.integers(1, 4))):
            across, down = ((1, 1), (1, -1), (1, 0), (0, 1), (2, 1), (1, 2))[int(rng.integers(6))]
            line = signed(across * canvas.x + down * canvas.y + rng.random()) / np.hypot(
                across, down
            )
            canvas.paint(look.accent(index), canvas.line(line + 0 * canvas.masks[0], 0.014))


def _arcs(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Truchet: cells with bundles of quarter arcs that join into endless ribbons."""
    count = look.repeats(6, 4, 2)
    x, y = canvas.x * count + 0 * canvas.y, canvas.y * count + 0 * canvas.x
    number = (np.floor(y).astype(int) * count + np.floor(x).astype(int)) % (count * count)
    u, v = signed(x - 0.5), signed(y - 0.5)
    flip = (rng.random(count * count) < 0.5)[number]
    u = np.where(flip, -u, u)
    far = np.minimum(np.hypot(u + 0.5, v + 0.5), np.hypot(u - 0.5, v - 0.5))
    ribbons = 1 if look.slots < 4 and rng.random() < 0.4 else min(look.slots - 1, 2)
    if ribbons == 1:
        canvas.paint(1, canvas.cover((np.abs(far - 0.5) - rng.uniform(0.12, 0.26)) / count))
        if look.slots > 2:
            canvas.paint(2, canvas.cover((np.abs(far - 0.5) - 0.06) / count))
        return
    wide = 0.36
    for index in range(look.slots - 1):
        half = wide * (1 - index / (look.slots - 1)) - 0.02
        canvas.paint(1 + index, canvas.cover((np.abs(far - 0.5) - half) / count))


def _facets(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Folded paper: bands of parallelograms that change colour at each fold."""
    columns = look.repeats(8, 6, 4)
    rows = columns * int(rng.integers(1, 3)) if look.scale != "large" else int(rng.integers(3, 6))
    rise = float(rng.choice([0.5, 1.0]))
    x = canvas.x * columns + 0 * canvas.y
    fold = 2 * np.abs(signed(x / 2)) * rise * rows / columns * 0.5
    y = canvas.y * rows + fold
    column, row = np.floor(x).astype(int) % columns, np.floor(y).astype(int) % rows
    table = np.array([index % look.slots for index in range(columns * rows)])
    rng.shuffle(table)
    if rng.random() < 0.5:
        table = (np.arange(columns)[None, :] % 2 + np.arange(rows)[:, None]).ravel() % look.slots
    canvas.paint_table(table[row * columns + column])


def _cloud_discs(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Lobes (x, y, radius) of a cloud in the unit circle, its base at y = 0.3."""
    lean = rng.uniform(-0.12, 0.12)
    return [
        (-0.58, 0.12, 0.28),
        (-0.22 + lean, -0.14, 0.38),
        (0.28 + lean, -0.02, 0.34),
        (0.66, 0.16, 0.22),
    ]


def clouds(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Auspicious clouds: lobes with curls inside and trailing wisps."""
    count = look.repeats(5, 3, 2)
    rows = count + count % 2
    sites = (
        places(count, rows, True) if rng.random() < 0.7 else strewn(count * rows * 4 // 5, rng, 24)
    )
    size = (0.52 / count) * look.packing(0.72, 0.86, 1.0)
    width = max(size * look.weight(0.055, 0.085, 0.13), 1.4 * canvas.px)
    filled = look.slots > 2 or rng.random() < 0.5
    for index, (x, y) in enumerate(sites):
        own = size * rng.uniform(0.85, 1.05)
        patch = canvas.patch(x, y, own * 1.2)
        side = -1.0 if rng.random() < 0.5 else 1.0
        u, v = patch.turned(0.0, own)
        u = u * side
        lobes = _cloud_discs(rng)
        far = np.min([np.hypot(u - a, v - b) - r for a, b, r in lobes], axis=0)
        base = np.maximum(np.abs(u) - 0.62, np.abs(v - 0.24) - 0.14)
        body = np.maximum(np.minimum(far, base), v - 0.38)
        line, fill = 1, 2 + index % (look.slots - 2) if look.slots > 2 else 0
        if look.slots == 2 and filled:
            line, fill = 0, 1
        canvas.stamp(patch, fill, canvas.cover(body * own))
        edge = np.abs(body * own) if fill != 1 else (np.abs(body * own) + 9 * (body > -0.02))
        canvas.stamp(patch, line, canvas.line(edge, width) if fill != 1 else 0.0 * edge)
        for a, b, radius in lobes[:3]:  # a curl in each large lobe
            du, dv = u - a, v - b
            way = np.arctan2(dv, du) / (2 * np.pi) + 0.5
            spiral = np.abs(np.hypot(du, dv) - radius * (0.22 + 0.45 * way))
            curl = np.maximum(spiral * own - width * 0.5, (np.hypot(du, dv) - radius * 0.72) * own)
            canvas.stamp(patch, line, canvas.cover(curl) * canvas.cover((v - 0.3) * own))
        for offset, reach in ((0.52, 0.8), (0.66, 0.45)):  # wisps below
            wisp = np.maximum(np.abs(u - 0.15) - reach, np.abs(v - offset) - 0.5 * width / own)
            canvas.stamp(patch, 1, canvas.cover(wisp * own))
