"""Families of single motifs set in rows or strewn: dots, stars, hearts, chips, strokes."""

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, Patch

__all__ = [
    "animal_spots",
    "brush_strokes",
    "circles",
    "confetti",
    "crosses",
    "dots",
    "hearts",
    "places",
    "stars",
    "strewn",
    "terrazzo",
]

Place = tuple[float, float]


def places(columns: int, rows: int, staggered: bool) -> list[Place]:
    """Centres of a lattice on the unit torus; staggered rows need an even number of rows."""
    return [
        ((column + 0.5 * (row % 2 if staggered else 0) + 0.25) / columns, (row + 0.5) / rows)
        for row in range(rows)
        for column in range(columns)
    ]


def strewn(count: int, rng: np.random.Generator, tries: int = 12) -> list[Place]:
    """Scatter points that keep apart on the torus (best candidate of several)."""
    chosen = [rng.random(2)]
    for _ in range(count - 1):
        candidates = rng.random((tries, 2))
        gaps = np.abs(candidates[:, None] - np.array(chosen)[None])
        gaps = np.minimum(gaps, 1 - gaps)
        nearest = (gaps**2).sum(-1).min(1)
        chosen.append(candidates[int(np.argmax(nearest))])
    return [(float(x), float(y)) for x, y in chosen]


def _setting(
    look: Look, rng: np.random.Generator, sizes: tuple[int, int, int]
) -> tuple[list[Place], float]:
    """Places of the motifs, in a lattice or strewn, and the room each has (a radius)."""
    count = look.repeats(*sizes)
    if rng.random() < 0.35:
        number = max(4, int(count * count * 0.8))
        return strewn(number, rng, 24), 0.38 / number**0.5
    staggered = rng.random() < 0.7
    rows = count + count % 2 if staggered else count
    return places(count, rows, staggered), 0.46 / rows


def _row_accents(look: Look, spots: list[Place], rng: np.random.Generator) -> list[int]:
    """Colours of the motifs: shuffled, or one after the other."""
    if rng.random() < 0.4:
        return [look.accent(index) for index in range(len(spots))]
    return look.accents(len(spots), rng)


def dots(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Polka dots."""
    spots, room = _setting(look, rng, (8, 5, 3))
    radius = room * look.packing(0.5, 0.68, 0.88)
    uneven = rng.random() < 0.3
    slots = _row_accents(look, spots, rng)
    kind = rng.integers(3)
    for (x, y), slot in zip(spots, slots, strict=True):
        size = radius * (rng.uniform(0.6, 1.05) if uneven else 1.0)
        patch = canvas.patch(x, y, size)
        far = np.hypot(patch.x, patch.y)
        canvas.stamp(patch, slot, canvas.cover(far - size))
        if kind == 0 and look.scale != "small":  # a ring or a second colour inside
            inner = 0 if look.slots < 3 else 1 + slot % (look.slots - 1)
            canvas.stamp(patch, inner, canvas.cover(far - size * 0.45))


def circles(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Concentric circles, or rings that overlap."""
    count = look.repeats(6, 4, 2)
    staggered = rng.random() < 0.5
    spots = places(count, count, staggered)
    if rng.random() < 0.25 and look.slots < 4:  # interlocking rings
        width = look.weight(0.05, 0.09, 0.15) / count
        grid = places(count, count, False)
        between = [(x + 0.5 / count, y + 0.5 / count) for x, y in grid]
        for index, (x, y) in enumerate(grid + between):
            patch = canvas.patch(x, y, 0.6 / count)
            far = np.abs(np.hypot(patch.x, patch.y) - 0.5 / count)
            canvas.stamp(patch, look.accent(index), canvas.line(far, width))
        return
    rings = {"small": 2, "medium": 3, "large": 5}[look.scale]
    rings = max(rings, (look.slots + 1) // 2)
    outer = (0.56 if staggered and rng.random() < 0.5 else 0.48) / count
    filled = look.weight(0.35, 0.5, 0.65)
    for index, (x, y) in enumerate(spots):
        patch = canvas.patch(x, y, outer)
        far = np.hypot(patch.x, patch.y)
        canvas.stamp(patch, 0, canvas.cover(far - outer))
        for ring in range(rings):
            radius = outer * (rings - ring) / rings
            slot = look.accent(ring + (index if look.slots > 3 else 0))
            canvas.stamp(patch, slot, canvas.cover(far - radius))
            inner = radius - outer / rings * filled
            if inner > 0.3 * outer / rings:
                canvas.stamp(patch, 0, canvas.cover(far - inner))


def crosses(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Plus signs."""
    spots, room = _setting(look, rng, (8, 5, 3))
    size = room * look.packing(0.55, 0.72, 0.92)
    width = size * look.weight(0.14, 0.22, 0.34)
    angle = float(rng.choice([0.0, 0.0, np.pi / 4]))
    wild = rng.random() < 0.25
    for (x, y), slot in zip(spots, _row_accents(look, spots, rng), strict=True):
        patch = canvas.patch(x, y, size * 1.1)
        u, v = patch.turned(rng.uniform(0, np.pi) if wild else angle)
        upright = np.maximum(np.abs(u) - width, np.abs(v) - size)
        lying = np.maximum(np.abs(v) - width, np.abs(u) - size)
        canvas.stamp(patch, slot, canvas.cover(np.minimum(upright, lying)))


def _star(u: Field, v: Field, points: int, depth: float) -> Field:
    """Signed distance to a star of radius 1 with inner radius `depth`."""
    sector = np.pi / points
    angle = np.abs(np.mod(np.arctan2(u, -v) + sector, 2 * sector) - sector)
    far = np.hypot(u, v)
    x, y = far * np.sin(angle), far * np.cos(angle)
    tip, notch = np.array([0.0, 1.0]), depth * np.array([np.sin(sector), np.cos(sector)])
    edge = notch - tip
    return ((x - tip[0]) * -edge[1] + (y - tip[1]) * edge[0]) / np.hypot(*edge)


def stars(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Five- to eight-pointed stars, some with small ones between."""
    spots, room = _setting(look, rng, (7, 4, 2))
    radius = room * look.packing(0.62, 0.8, 1.0)
    points = int(rng.choice([5, 5, 5, 4, 6, 8]))
    depth = {5: 0.40, 4: 0.32, 6: 0.5, 8: 0.45}[points] + rng.uniform(-0.04, 0.06)
    turned, uneven = rng.random() < 0.4, rng.random() < 0.4
    if rng.random() < 0.5:  # small dots or stars in between
        for index, (x, y) in enumerate(strewn(len(spots), rng)):
            patch = canvas.patch(x, y, radius * 0.2)
            dot = np.hypot(patch.x, patch.y) - max(radius * 0.13, canvas.px * 0.8)
            canvas.stamp(patch, look.accent(index), canvas.cover(dot))
    for (x, y), slot in zip(spots, _row_accents(look, spots, rng), strict=True):
        size = radius * (rng.uniform(0.6, 1.1) if uneven else 1.0)
        patch = canvas.patch(x, y, size)
        u, v = patch.turned(rng.uniform(0, np.pi) if turned else 0.0, size)
        canvas.stamp(patch, slot, canvas.cover(_star(u, v, points, depth) * size))


def _heart(u: Field, v: Field) -> Field:
    """Signed distance to a heart that fits the unit circle, tip down (v grows down).

    Source: Inigo Quilez, "2D distance functions".
    """
    x, y = np.abs(u) * 0.62, 0.55 - v * 0.62
    lobe = np.hypot(x - 0.25, y - 0.75) - 2.0**0.5 / 4.0
    fold = 0.5 * np.maximum(x + y, 0.0)
    near = np.minimum(x**2 + (y - 1.0) ** 2, (x - fold) ** 2 + (y - fold) ** 2)
    return np.where(x + y > 1.0, lobe, np.sqrt(near) * np.sign(x - y)) / 0.62


def hearts(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Hearts, plain or with a heart inside."""
    spots, room = _setting(look, rng, (7, 5, 3))
    radius = room * look.packing(0.6, 0.78, 0.98)
    tilt, uneven, nested = rng.random() < 0.4, rng.random() < 0.35, rng.random() < 0.35
    for (x, y), slot in zip(spots, _row_accents(look, spots, rng), strict=True):
        size = radius * (rng.uniform(0.6, 1.1) if uneven else 1.0)
        patch = canvas.patch(x, y, size * 1.15)
        angle = rng.uniform(-0.5, 0.5) if tilt else 0.0
        u, v = patch.turned(angle, size)
        canvas.stamp(patch, slot, canvas.cover(_heart(u, v) * size))
        if nested and size > 7 * canvas.px:
            inner = 0 if look.slots < 3 else 1 + slot % (look.slots - 1)
            canvas.stamp(patch, inner, canvas.cover(_heart(u / 0.55, v / 0.55) * size * 0.55))


def terrazzo(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Chips of stone strewn over a ground."""
    count = int(look.repeats(70, 34, 15) * look.packing(0.7, 1.0, 1.35))
    room = 0.52 / count**0.5 * look.packing(0.85, 1.0, 1.05)
    for index, (x, y) in enumerate(strewn(count, rng, 8)):
        size = room * rng.uniform(0.55, 1.05)
        patch = canvas.patch(x, y, size * 1.1)
        u, v = patch.turned(rng.uniform(0, np.pi), size)
        sides = int(rng.integers(4, 7))
        angles = (np.arange(sides) + rng.uniform(-0.3, 0.3, sides)) * 2 * np.pi / sides
        reach = rng.uniform(0.5, 0.85, sides)
        far = np.full(np.broadcast_shapes(u.shape, v.shape), -1.0, np.float32)
        for angle, edge in zip(angles, reach, strict=True):
            np.maximum(far, u * np.cos(angle) + v * np.sin(angle) - edge, out=far)
        canvas.stamp(patch, look.accent(index), canvas.cover(far * size))


def brush_strokes(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Short strokes of a dry brush with ragged ends."""
    count = int(look.repeats(40, 20, 8) * look.packing(0.7, 1.0, 1.4))
    length = 0.62 / count**0.5 * look.packing(0.95, 1.0, 1.0)
    lean = rng.choice([0.0, np.pi / 4, np.pi / 2, -np.pi / 5])
    spread = rng.choice([0.12, 0.25, 1.6])
    width = length * rng.uniform(0.32, 0.42)
    for index, (x, y) in enumerate(strewn(count, rng)):
        patch = canvas.patch(x, y, length * 1.25)
        u, v = patch.turned(lean + rng.normal(0, spread))
        v = v + rng.uniform(-0.25, 0.25) * u * u / length
        across = v / width
        waves = [(rng.uniform(4, 26), rng.uniform(0, 6.3), rng.uniform(0.4, 1)) for _ in range(5)]
        bristle = sum(a * np.sin(f * across + p) for f, p, a in waves) / 2.2
        end = length * (0.86 + 0.13 * bristle - 0.12 * across * across)
        body = np.maximum(np.abs(u) - end, np.abs(v) - width)
        dry = bristle - 1.1 + 1.25 * np.clip(u / length, 0, 1)  # bristles part at the end
        cover = canvas.cover(body) * (1 - canvas.cover(-(dry - 0.25) * width * 0.35))
        canvas.stamp(patch, look.accent(index), cover)


def animal_spots(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Leopard rosettes: broken rings around a darker or lighter heart."""
    count = look.repeats(42, 25, 13)
    room = 0.46 / count**0.5
    ring_slot, heart_slot = 1, 2 if look.slots > 2 else 0
    for index, (x, y) in enumerate(strewn(count, rng, 24)):
        size = room * rng.uniform(0.75, 1.05)
        patch = canvas.patch(x, y, size * 1.3)
        u, v = patch.turned(rng.uniform(0, np.pi), size)
        v = v * rng.uniform(1.0, 1.35)
        angle = np.arctan2(v, u)
        p1, p2, p3 = rng.uniform(0, 2 * np.pi, 3)
        wobble = 1 + 0.10 * np.sin(2 * angle + p1) + 0.09 * np.sin(3 * angle + p2)
        far = np.hypot(u, v) / wobble
        inner = heart_slot if look.slots < 4 else 2 + index % (look.slots - 2)
        canvas.stamp(patch, inner, canvas.cover((far - 0.62) * size))
        gaps = np.cos(3 * angle + p3) + 0.35 * np.cos(2 * angle + p1)
        thick = 0.25 * np.clip(0.85 - 0.75 * gaps, 0.0, 1.15)
        ring = (np.abs(far - 0.74) - thick) * size
        canvas.stamp(patch, ring_slot, canvas.cover(ring) * (thick > 0.02))


def _squiggle(u: Field, v: Field) -> Field:
    return np.maximum(np.abs(v - 0.28 * np.sin(u * 6.3)) * 0.55 - 0.12, np.abs(u) - 0.95)


def _shape(kind: int, u: Field, v: Field) -> Field:
    """Signed distance to one of the small shapes of the eighties, in the unit circle."""
    far = np.hypot(u, v)
    if kind == 0:
        return far - 0.5
    if kind == 1:
        return np.abs(far - 0.55) - 0.14
    if kind == 2:  # triangle
        return np.maximum(np.abs(u) * 0.866 + v * 0.5, -v) - 0.42
    if kind == 3:
        return _squiggle(u, v)
    if kind == 4:  # bar
        return np.maximum(np.abs(u) - 0.85, np.abs(v) - 0.16)
    if kind == 5:  # half disc
        return np.maximum(far - 0.7, v - 0.0)
    if kind == 6:  # cross
        return np.minimum(np.maximum(np.abs(u) - 0.62, np.abs(v) - 0.17),
                          np.maximum(np.abs(v) - 0.62, np.abs(u) - 0.17))  # fmt: skip
    folded = 1.1 * np.abs(np.mod(u * 1.25 + 0.5, 1.0) - 0.5)
    return np.maximum(np.abs(v - folded + 0.27) * 0.6 - 0.12, np.abs(u) - 0.9)


def confetti(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Memphis: small shapes tossed over the ground."""
    count = int(look.repeats(46, 26, 11) * look.packing(0.7, 1.0, 1.3))
    kinds = rng.permutation(8)[: int(rng.integers(3, 7))]
    room = 0.47 / count**0.5 * look.packing(0.9, 1.0, 1.05)
    slots = look.accents(count, rng)
    for index, (x, y) in enumerate(strewn(count, rng, 20)):
        size = room * rng.uniform(0.8, 1.1)
        patch: Patch = canvas.patch(x, y, size * 1.1)
        u, v = patch.turned(rng.uniform(0, 2 * np.pi), size)
        far = _shape(int(kinds[index % len(kinds)]), u, v)
        canvas.stamp(patch, slots[index], canvas.cover(far * size))
