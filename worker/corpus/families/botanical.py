"""Families of plants: flowers, leaves, paisley, blue-and-white porcelain."""

from __future__ import annotations

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, Patch
from worker.corpus.families.scattered import Place, places, strewn

__all__ = ["flowers", "leaves", "paisley", "porcelain"]


def _petals(u: Field, v: Field, count: int, waist: float, tip: float) -> Field:
    """Signed distance to a corolla in the unit circle.

    Args:
        u, v: place over the flower's radius.
        count: number of petals.
        waist: radius between two petals, 0 to 1.
        tip: below 1 broad round petals, above 1 pointed ones.
    """
    lobe = np.abs(np.cos(np.arctan2(v, u) * count / 2))
    return (np.hypot(u, v) - waist - (1 - waist) * lobe**tip) * 0.75


def _leaf(u: Field, v: Field, width: float) -> Field:
    """Signed distance to a pointed leaf along u from -1 to 1, `width` its half width."""
    radius = (1 + width * width) / (2 * width)
    return np.hypot(u, np.abs(v) + radius - width) - radius


def _sites(
    look: Look, rng: np.random.Generator, sizes: tuple[int, int, int]
) -> tuple[list[Place], float]:
    """Where motifs stand, and the radius each may have."""
    count = look.repeats(*sizes)
    if rng.random() < 0.55:
        number = max(4, int(count * count * 0.9))
        return strewn(number, rng, 24), 0.50 / number**0.5
    rows = count + count % 2
    return places(count, rows, True), 0.5 / rows


def _blossom(
    canvas: Canvas,
    patch: Patch,
    size: float,
    turn: float,
    kind: tuple[int, float, float, bool],
    slots: tuple[int, int, int],
) -> None:
    """Stamp one flower: petals, an inner ring of petals, its eye."""
    count, waist, tip, double = kind
    petal, inner, eye = slots
    u, v = patch.turned(turn, size)
    canvas.stamp(patch, petal, canvas.cover(_petals(u, v, count, waist, tip) * size))
    if double:
        u2, v2 = patch.turned(turn + np.pi / count, size * 0.62)
        canvas.stamp(patch, inner, canvas.cover(_petals(u2, v2, count, waist, tip) * size * 0.62))
    far = np.hypot(u, v)
    canvas.stamp(patch, eye, canvas.cover((far - 0.24) * size))
    if double:
        canvas.stamp(patch, petal, canvas.cover((far - 0.11) * size))


def flowers(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Blossoms, with leaves where there are colours for them."""
    sites, room = _sites(look, rng, (6, 4, 2))
    radius = room * look.packing(0.62, 0.78, 0.94)
    kinds = [
        (
            int(rng.choice([5, 5, 6, 8, 4])),
            rng.uniform(0.25, 0.5),
            rng.choice([0.4, 0.6, 1.0]),
            rng.random() < 0.45,
        )
        for _ in range(2)
    ]
    green = look.slots - 1 if look.slots > 2 and rng.random() < 0.6 else 0
    colours = [slot for slot in range(1, look.slots) if slot != green]
    uneven = rng.random() < 0.5
    for index, (x, y) in enumerate(sites):
        size = radius * (rng.uniform(0.65, 1.12) if uneven else 1.0)
        patch = canvas.patch(x, y, size * 1.45)
        turn = rng.uniform(0, 2 * np.pi)
        leaf_slot = green or (1 if rng.random() < 0.5 else 0)
        if leaf_slot:  # two or three leaves look out from behind
            for lean in turn + np.array([0.5, 2.4, 4.4])[: int(rng.integers(2, 4))]:
                u, v = patch.turned(lean, size * 0.52)
                far = _leaf(u - 1.75, v, 0.36) * size * 0.52
                canvas.stamp(patch, leaf_slot, canvas.cover(far))
        petal = colours[index % len(colours)]
        other = [slot for slot in colours if slot != petal] or [0]
        eye = other[index // len(colours) % len(other)]
        _blossom(canvas, patch, size, turn, kinds[index % 2], (petal, 0, eye))
    _sprinkle(canvas, look, rng, radius, sites)


def _sprinkle(
    canvas: Canvas, look: Look, rng: np.random.Generator, radius: float, sites: list[Place]
) -> None:
    """Set little dots in the gaps between the motifs, now and then."""
    if rng.random() > 0.4:
        return
    middles = np.array(sites)
    for index, (x, y) in enumerate(strewn(2 * len(sites), rng, 4)):
        gaps = np.abs(middles - (x, y))
        gaps = np.minimum(gaps, 1 - gaps)
        if (gaps**2).sum(1).min() < (radius * 1.25) ** 2:
            continue
        patch = canvas.patch(x, y, radius * 0.2)
        dot = np.hypot(patch.x, patch.y) - max(radius * 0.12, canvas.px)
        canvas.stamp(patch, look.accent(index), canvas.cover(dot))


def _veined(
    canvas: Canvas, patch: Patch, turn: float, size: float, width: float, slot: int, vein: int
) -> None:
    """Stamp a leaf with its middle rib and side veins."""
    u, v = patch.turned(turn, size)
    far = _leaf(u, v, width)
    canvas.stamp(patch, slot, canvas.cover(far * size))
    rib = np.abs(v) - 0.03
    if size > 9 * canvas.px:
        sides = np.abs(np.mod((u - 1.1 * np.abs(v)) * 2.6, 1.0) - 0.5) / 2.6 / 1.5 - 0.028
        rib = np.minimum(rib, sides)
    inside = np.maximum(rib * size + 0.35 * canvas.px, (far + 0.10) * size)
    canvas.stamp(patch, vein, canvas.cover(inside))


def _sprig(
    canvas: Canvas, patch: Patch, turn: float, size: float, pairs: int, slot: int, tip: int
) -> None:
    """Stamp a bent stem with pairs of leaves."""
    u, v = patch.turned(turn, size)
    bend = 0.22
    stem = np.maximum(np.abs(v - bend * u * u + 0.1) - 0.025, np.abs(u) - 0.9)
    canvas.stamp(patch, slot, canvas.cover(stem * size - 0.2 * canvas.px))
    for step in range(pairs):
        along = -0.72 + 1.35 * step / max(pairs - 1, 1)
        leaf = 0.36 * (1 - 0.35 * step / pairs)
        for side in (-1, 1):
            cosine, sine = np.cos(0.75), np.sin(0.75) * side
            du, dv = (u - along) / leaf, (v - bend * along * along + 0.1) / leaf
            a, b = du * cosine + dv * sine, dv * cosine - du * sine
            far = _leaf(a - 1.0, b, 0.36) * leaf * size
            canvas.stamp(patch, tip if step == pairs - 1 else slot, canvas.cover(far))


def leaves(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Veined leaves or leafy sprigs."""
    sites, room = _sites(look, rng, (6, 4, 2))
    size = room * look.packing(0.82, 1.0, 1.18)
    sprigs = rng.random() < 0.5
    pairs = int(rng.integers(3, 5))
    width = rng.uniform(0.32, 0.55)
    lean, spread = rng.uniform(0, np.pi), rng.choice([0.25, 0.6, 3.0])
    for index, (x, y) in enumerate(sites):
        own = size * rng.uniform(0.85, 1.1)
        patch = canvas.patch(x, y, own * 1.25)
        turn = lean + rng.uniform(-spread, spread) + np.pi * (index % 2)
        slot = look.accent(index)
        if sprigs:
            _sprig(canvas, patch, turn, own * 1.1, pairs, slot, slot)
        else:
            vein = 0 if look.slots < 4 or index % 2 else 1 + slot % (look.slots - 1)
            _veined(canvas, patch, turn, own, width, slot, vein)
    _sprinkle(canvas, look, rng, size, sites)


def _drop(u: Field, v: Field, hook: float) -> Field:
    """Signed distance to a paisley drop in the unit circle: discs shrinking along a curl."""
    far: Field | float = 9.0
    for step in range(12):
        part = step / 11
        angle = np.pi / 2 - part * (2.0 + hook)
        x = -0.52 * np.cos(angle) * (1 - 0.25 * part)
        y = 0.42 - 0.30 * part - 0.62 * part**1.1
        x = 0.10 + 0.62 * np.sin(part * 2.4) * hook
        far = np.minimum(far, np.hypot(u - x + 0.2, v - y) - 0.52 * (1 - part) ** 0.85)
    return np.asarray(far, np.float32)


def paisley(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Curled drops, one within the other, with beads around."""
    sites, room = _sites(look, rng, (5, 3, 2))
    size = room * look.packing(0.82, 0.98, 1.12)
    hook, flip = rng.uniform(0.65, 0.95), rng.random() < 0.5
    lean, alternate = rng.uniform(-0.5, 0.5), rng.random() < 0.6
    beads = rng.random() < 0.6 and look.scale != "small"
    for index, (x, y) in enumerate(sites):
        patch = canvas.patch(x, y, size * 1.25)
        turn = lean + (np.pi * (index % 2) if alternate else rng.uniform(-0.4, 0.4))
        u, v = patch.turned(turn, size)
        far = _drop(u if not flip or index % 2 else -u, v, hook) * size
        slot = look.accent(index)
        inner = 0 if look.slots == 2 else 1 + slot % (look.slots - 1)
        step = size * 0.13
        canvas.stamp(patch, slot, canvas.cover(far))
        canvas.stamp(patch, 0, canvas.cover(far + step))
        canvas.stamp(patch, inner or 1, canvas.cover(far + 1.6 * step))
        if look.scale != "small" or look.slots > 2:
            eye = np.hypot(u if not flip or index % 2 else -u, v - 0.42)
            lobe = eye - 0.24 * (0.8 + 0.2 * np.cos(6 * np.arctan2(v - 0.42, u)))
            canvas.stamp(patch, 0 if inner in (0, slot) else slot, canvas.cover(lobe * size))
        if beads:  # a dotted outline
            around = np.abs(np.mod(np.arctan2(v, u) * 14 / np.pi, 1.0) - 0.5)
            ring = np.maximum(np.abs(far - step * 0.9) - 0.036 * size, (around - 0.28) * 0.2 * size)
            canvas.stamp(patch, slot, canvas.cover(ring))


def _vine(canvas: Canvas, rng: np.random.Generator, rows: int, slot: int, shift: float) -> None:
    """Paint wavy stems with curling tendrils and leaves in `rows` lines."""
    waves = 2
    for row in range(rows):
        middle, turn = (row + 0.5 + shift) / rows, rng.uniform(0, 1)
        height = 0.20 / rows
        angle = 2 * np.pi * (waves * canvas.x + turn)
        slope = height * waves * 2 * np.pi * np.cos(angle)
        off = canvas.y - middle
        off = off - np.round(off)
        stem = np.abs(off - height * np.sin(angle)) / np.hypot(1.0, slope)
        canvas.paint(slot, canvas.line(stem, 0.05 / rows if rows > 2 else 0.02))
        for step in range(6 * waves):
            x = (step + 0.25) / (6 * waves)
            swing = np.sin(2 * np.pi * (waves * x + turn))
            y = middle + height * swing
            side = -1.0 if step % 2 else 1.0
            size = 0.17 / rows
            patch = canvas.patch(x, (y + side * size * 0.75) % 1.0, size * 1.4)
            if rng.random() < 0.4:  # a curl
                far, way = np.hypot(patch.x, patch.y), np.arctan2(patch.y * side, patch.x)
                curl = np.abs(far - size * 0.55 * (0.55 + way / (2 * np.pi))) - 0.007
                curl = np.maximum(curl, far - size * 0.62)
                canvas.stamp(patch, slot, canvas.cover(curl))
            else:
                turn_leaf = rng.uniform(0.4, 1.2) * side
                for lean in (turn_leaf, turn_leaf + 0.9 * side):
                    u, v = patch.turned(lean, size * 0.42)
                    far = _leaf(u - 0.9, v, 0.34) * size * 0.42
                    canvas.stamp(patch, slot, canvas.cover(far))


def porcelain(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Painted vines, leaves and peonies as on blue-and-white ware."""
    rows = look.repeats(4, 3, 2)
    dark = 1
    pale = 2 if look.slots > 2 else 1
    if pale != dark:
        _vine(canvas, rng, rows, pale, 0.5)
    _vine(canvas, rng, rows, dark, 0.0)
    count = rows * max(2, rows - 1)
    size = 0.36 / rows
    petals = int(rng.choice([6, 8]))
    for index in range(count):
        row = index % rows
        x = (index // rows + 0.5 * (row % 2)) / (count // rows) + 0.1
        patch = canvas.patch(x % 1.0, (row + 0.5) / rows, size * 1.2)
        u, v = patch.turned(rng.uniform(0, 1), size)
        canvas.stamp(patch, 0, canvas.cover((np.hypot(u, v) - 1.08) * size))
        for ring, (radius, slot) in enumerate(((1.0, dark), (0.86, pale), (0.64, dark), (0.52, 0))):
            u2, v2 = patch.turned(0.4 * index + ring // 2 * np.pi / petals, size * radius)
            far = _petals(u2, v2, petals, 0.62, 0.6) * size * radius
            if look.slots == 2 and ring == 1:
                canvas.stamp(patch, 0, canvas.cover(far))
                canvas.stamp(patch, 1, 0.45 * canvas.cover(far) * np.clip(u * u + v * v, 0, 1))
            else:
                canvas.stamp(patch, slot, canvas.cover(far))
        eye = look.slots - 1 if look.slots > 3 else dark
        canvas.stamp(patch, eye, canvas.cover((np.hypot(u, v) - 0.3) * size))
