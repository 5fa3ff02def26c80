"""Families that flow: veins, contour lines, ripples, pelts, cracks, woven dyes."""

import numpy as np

from worker.corpus.canvas import Canvas, Field, Look, signed, smooth, triangle_wave
from worker.corpus.families.scattered import strewn

__all__ = ["cracked_ice", "ikat", "marble", "ripples", "topography", "zebra"]


def marble(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Veined stone: clouded ground, thin veins along a warped field."""
    reach = look.repeats(3, 2, 1)
    warp = canvas.noise(rng, reach + 1.2) + 0.45 * canvas.noise(rng, 2.6 * reach + 1)
    fine = canvas.noise(rng, 5 * reach + 2)
    lean = int(rng.choice([-1, 1]))
    base = canvas.x * reach + lean * canvas.y * reach + 0.30 * warp + 0.035 * fine
    if rng.random() < 0.4 and look.slots > 2:  # suminagashi: even bands that swirl
        for index in range(1, look.slots):
            bands = np.abs(signed(2 * base - index / look.slots)) - 0.30 / look.slots
            canvas.paint(index, canvas.cover(canvas.level(bands)))
        return
    cloud = smooth(0.5 + 0.55 * np.sin(2 * np.pi * (base + 0.12 * canvas.noise(rng, reach + 1.5))))
    last = look.slots - 1
    for index in range(2, look.slots):
        shade = canvas.noise(rng, reach + 1.0) if index > 2 else 2.2 * cloud - 1.1
        canvas.paint(index, 0.85 * smooth(0.5 + 0.9 * (shade - 0.15 * (index - 2))))
    if look.slots == 2:
        canvas.paint(1, 0.34 * cloud)
    swell = np.clip(0.55 + 0.45 * canvas.noise(rng, 3), 0.12, 1.4)
    vein = np.abs(canvas.level(signed(base))) - 0.012 * swell
    canvas.paint(1, canvas.cover(vein))
    second = 1 if look.slots == 2 else last
    side = base + 0.23 + 0.10 * canvas.noise(rng, 3 * reach + 1)
    canvas.paint(second, 0.9 * canvas.cover(np.abs(canvas.level(signed(side))) - 0.006 * swell))


def topography(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Contour lines of gentle hills."""
    hills = canvas.noise(rng, look.repeats(3, 2, 1) + 0.5, 5)
    levels = look.packing(2.2, 3.2, 4.4) * {"small": 0.75, "medium": 0.9, "large": 1.2}[look.scale]
    height = hills * levels / 2
    if look.slots > 2:  # the land between is tinted by height
        cuts = [np.quantile(height, index / (look.slots - 1)) for index in range(1, look.slots - 1)]
        for slot, cut in enumerate(cuts, start=2):
            canvas.paint(slot, canvas.cover(canvas.level(float(cut) - height)))
    width = look.weight(0.010, 0.016, 0.026)
    canvas.paint(1, canvas.line(canvas.level(signed(height)), width))


def zebra(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Forking stripes of a pelt."""
    count = look.repeats(9, 6, 3)
    along = canvas.x if rng.random() < 0.5 else canvas.y
    warp = 0.34 * canvas.noise(rng, 2.2) + 0.14 * canvas.noise(rng, 4.5)
    phase = 2 * np.pi * (count * along + warp)
    fork = 2 * np.pi * ((count - 1) * along + 0.9 * warp + 0.25 * canvas.noise(rng, 2))
    where = smooth(0.5 + 1.2 * canvas.noise(rng, 2.0))
    pelt = where * np.cos(phase) + (1 - where) * np.cos(fork) + 0.2 * canvas.noise(rng, 3) - 0.05
    body = canvas.cover(canvas.level(pelt))
    canvas.paint(1, body)
    if look.slots > 2:
        field = canvas.noise(rng, 2.0)
        cuts = np.quantile(field, np.linspace(0, 1, look.slots)[1:-1])
        for slot, cut in enumerate(cuts, start=2):
            canvas.paint(slot, body * canvas.cover(canvas.level(cut - field)))


def _torus(canvas: Canvas, spots: list[tuple[float, float]]) -> Field:
    """Squared distances from each spot, (n, H, W)."""
    xs = np.array([x for x, _ in spots], np.float32)[:, None]
    ys = np.array([y for _, y in spots], np.float32)[:, None]
    dx, dy = signed(canvas.x - xs) ** 2, signed(canvas.y.T - ys) ** 2
    return np.asarray(dy[:, :, None] + dx[:, None, :], np.float32)


def ripples(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Rings of raindrops that run into each other, or raked sand around stones."""
    drops = look.repeats(7, 4, 2)
    spots = strewn(drops, rng, 20)
    spacing = look.repeats(20, 14, 9)
    width = look.weight(0.28, 0.42, 0.58)
    near = np.sqrt(_torus(canvas, spots).min(axis=0))
    if rng.random() < 0.4:  # raked sand flows past the stones
        bump = np.exp(-((near / (0.35 / drops**0.5)) ** 2))
        field = (
            canvas.y * spacing + 1.6 * bump + 0.25 * np.sin(2 * np.pi * (canvas.x + 2 * canvas.y))
        )
        rings = canvas.level(np.abs(signed(field)) - width / 2)
        canvas.paint(1, canvas.cover(rings))
        for index, spot in enumerate(spots):
            patch = canvas.patch(*spot, 0.2 / drops**0.5)
            stone = np.hypot(patch.x, patch.y) - 0.17 / drops**0.5 * rng.uniform(0.7, 1)
            canvas.stamp(
                patch, 2 + index % (look.slots - 2) if look.slots > 2 else 0, canvas.cover(stone)
            )
        return
    fade = np.clip(1.15 - near * 1.2 * drops**0.5, 0.3, 1.0)
    ring = (np.abs(signed(near * spacing)) - width / 2 * fade) / spacing
    canvas.paint(1, canvas.cover(ring))
    order = np.floor(near * spacing + 0.5).astype(int)
    body = canvas.cover(ring)
    for slot in range(2, look.slots):
        canvas.paint(slot, body * (order % (look.slots - 1) == slot - 1))


def _cells(canvas: Canvas, spots: list[tuple[float, float]]) -> tuple[Field, np.ndarray]:
    """Distance to the border of each pixel's nearest spot's cell, and that spot's number."""
    far = _torus(canvas, spots)
    first = far.argmin(axis=0)
    least = np.take_along_axis(far, first[None], 0)[0]
    x, y = np.array([s[0] for s in spots], np.float32), np.array([s[1] for s in spots], np.float32)
    border = np.full(least.shape, 9.0, np.float32)
    for index in range(len(spots)):
        apart = np.sqrt(signed(x - x[index]) ** 2 + signed(y - y[index]) ** 2)[first]
        distance = (far[index] - least) / (2 * np.maximum(apart, 1e-4))
        np.minimum(border, np.where(first == index, 9.0, distance), out=border)
    return border, first


def cracked_ice(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Cracked ice: angular panes between straight lines, thinner cracks within them."""
    count = look.repeats(38, 22, 11)
    border, pane = _cells(canvas, strewn(count, rng, 3))
    for index in range(2, look.slots):  # tinted panes
        table = (rng.permutation(count) < count * 0.8 / look.slots).astype(np.float32)
        canvas.paint(index, table[pane])
    width = look.weight(0.010, 0.017, 0.028)
    if rng.random() < 0.55:
        angle = rng.uniform(0, np.pi, count)
        x, y = canvas.x - 0.5, canvas.y - 0.5
        step = rng.integers(4, 8, count)
        across = np.round(np.cos(angle) * step)[pane] * x + np.round(np.sin(angle) * step)[pane] * y
        slope = np.hypot(np.round(np.cos(angle) * step), np.round(np.sin(angle) * step))[pane]
        crack = np.abs(signed(across)) / np.maximum(slope, 1)
        canvas.paint(1, canvas.line(crack, width * 0.5) * (rng.random(count) < 0.6)[pane])
    canvas.paint(1, canvas.line(border, width))


def ikat(canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Nested diamonds with the feathered borders of dyed warp threads."""
    columns = look.repeats(4, 3, 2)
    rows = max(1, columns - int(rng.integers(0, 2)))
    threads = columns * int(rng.integers(5, 8))
    thread = np.floor(canvas.x * threads).astype(int)
    feather = rng.uniform(-1, 1, threads)[thread] * 0.045
    saw = (triangle_wave(canvas.x * threads) - 0.5) * rng.uniform(0.06, 0.11)
    x, y = canvas.x * columns, canvas.y * rows + feather + saw
    curve = rng.uniform(0.75, 1.15)
    whole = (2 * np.abs(signed(x))) ** curve + 2 * np.abs(signed(y))  # 0 middle, 2 far corner
    unit = 0.5 / max(columns, rows)
    rings = np.sort(rng.uniform(0.85, 1.15, 4) * np.array([0.32, 0.62, 0.98, 1.34]))[::-1]
    for index, radius in enumerate(rings):
        slot = [1, 0 if look.slots < 4 else 3, 2, look.slots - 1 if look.slots > 4 else 0][
            index
        ] % look.slots
        if look.slots == 2:
            slot = (index + 1) % 2
        canvas.paint(slot, canvas.cover((whole - radius) * unit * 0.8))
    corner = 2 - whole
    canvas.paint(
        1 if look.slots < 4 else look.slots - 2, canvas.cover((corner - 0.26) * unit * 0.8)
    )
