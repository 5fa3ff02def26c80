"""Flowing families, traced: marble, contour lines, zebra stripes, ripples."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from worker.drawing.families.botanical.room import Block, block_of, scatter
from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.organic.traced import Field, Tracer, waves
from worker.drawing.path import Path, Points, circle, smooth_closed
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _cover(sheet: Sheet, slot: int, region: Path | None, *, lines: bool = False) -> None:
    if region is not None:
        sheet.cover(slot, region, even_odd=not lines)


def _quantile(field: Field, share: float) -> float:
    return float(np.quantile(field, share))


def _fitted(sheet: Sheet, p: Parameters) -> Parameters:
    """Return parameters whose scale is not larger than the period."""
    return replace(p, scale_mm=min(p.scale_mm, sheet.width, sheet.height))


def _topography(sheet: Sheet, p: Parameters) -> None:
    """Draw contour lines of hills, every fourth bold; or tints between them."""
    sheet.ground()
    if p.slots == 1:
        return
    p = _fitted(sheet, p)
    tracer = Tracer(sheet, p.scale_mm / 18)
    height = waves(tracer, p.random("hills"), 1.05 * p.scale_mm, roughness=0.22)
    width = p.scale_mm * p.weight(0.016, 0.028, 0.042) * p.packing(1.1, 1.0, 0.85)
    (_tints if p.form == "tinted" else _contours)(sheet, p, tracer, height, width)


def _tints(sheet: Sheet, p: Parameters, tracer: Tracer, height: Field, width: float) -> None:
    """Draw tints from the slopes to the summits, with lines of the ground around and in them."""
    above = 0.66 * np.cumsum(p.shares[::-1])[::-1]
    for index, share in enumerate(above):
        _cover(sheet, 1 + index, tracer.region(height, _quantile(height, 1 - float(share))))
    between = max(1, round(p.packing(1, 2, 3) * min(1.0, 2 / len(p.shares))))
    ends = np.append(above, 0.0)
    for lower, upper in pairwise(ends):
        for number, share in enumerate(np.linspace(lower, upper, between + 1)[:-1]):
            level = _quantile(height, 1 - float(share))
            ribbon = tracer.lines(height, level, width * (0.5 if number else 1.1))
            _cover(sheet, 0, ribbon, lines=True)


def _contours(sheet: Sheet, p: Parameters, tracer: Tracer, height: Field, width: float) -> None:
    """Draw contour lines, every fourth bold; two more accents tint summits and valleys."""
    spacing = 1 / p.packing(2.0, 3.2, 4.4)
    accents = p.slots - 1
    for slot, field in ((3, height), (4, -height))[: max(0, accents - 2)]:
        _cover(sheet, slot, tracer.region(field, _line_below(field, spacing, 0.17)))
    first, last = np.ceil(height.min() / spacing), np.floor(height.max() / spacing)
    for number in range(int(first), int(last) + 1):
        bold = number % 4 == 0
        slot = 2 if bold and accents > 1 else 1
        ribbon = tracer.lines(height, number * spacing + 1e-6, width * (1.9 if bold else 1.0))
        _cover(sheet, slot, ribbon, lines=True)


def _line_below(field: Field, spacing: float, share: float) -> float:
    """Return the highest contour line above which a share of the period lies."""
    line = np.floor(_quantile(field, 1 - share) / spacing) * spacing
    return float(line) + 1e-6


def _stripes(tracer: Tracer, p: Parameters, unit: float) -> Field:
    """Return a function whose sign makes stripes that bend, fork and end.

    They arise out of noise that is filtered again and again at one wavelength and mostly one
    direction, and are then bent.
    """
    kx = np.fft.fftfreq(tracer.columns, tracer.width / tracer.columns)[None] * unit
    ky = np.fft.fftfreq(tracer.rows, tracer.height / tracer.rows)[:, None] * unit
    frequency, angle = np.hypot(kx, ky), np.arctan2(ky, kx)
    nearest = np.abs(frequency - 1).min() * 1.5
    band = np.exp(-(((frequency - 1) / max(0.34, nearest)) ** 2))
    band *= np.exp(-((np.sin(angle) / 0.45) ** 2)) + 0.015
    field: Field = p.random("stripes").normal(size=frequency.shape)
    for _ in range(9):
        field = np.fft.ifft2(np.fft.fft2(field) * band).real
        field = np.tanh(1.6 * field / field.std())
    field = np.fft.ifft2(np.fft.fft2(field) * np.exp(-((frequency / 2.4) ** 2))).real
    x, y = tracer.places
    length = 3.2 * unit
    bend = [waves(tracer, p.random(f"bend {i}"), length, roughness=0.3) for i in (0, 1)]
    return tracer.sample(field, x + 0.42 * unit * bend[0], y + 0.42 * unit * bend[1])


def _zebra(sheet: Sheet, p: Parameters) -> None:
    """Draw stripes that fork and taper, as those of a zebra or a tiger."""
    sheet.ground()
    if p.slots == 1:
        return
    tracer = Tracer(sheet, p.scale_mm / 11)
    unit = sheet.width / p.repeats(sheet.width)
    field = _stripes(tracer, p, unit)
    field = field / field.std()
    share = p.weight(0.38, 0.46, 0.54) * (0.82 if p.slots > 4 else 1.0)
    share *= p.relative(1, 0.6, 1.3)
    if p.form == "tiger":  # stripes thin out to points
        field = field + 0.55 * waves(tracer, p.random("swell"), 2.2 * p.scale_mm)
        share *= 0.72
    level = _quantile(field, 1 - share)
    rims = p.slots - 2
    each = {1: 0.14, 2: 0.12}.get(rims, 0.108)
    reach = share + each * np.cumsum([p.relative(2 + index, 0.5, 1.5) for index in range(rims)])
    for index in range(rims, 0, -1):  # a glow around the stripes
        _cover(sheet, 1 + index, tracer.region(field, _quantile(field, 1 - reach[index - 1])))
    _cover(sheet, 1, tracer.region(field, level))


def _marble(sheet: Sheet, p: Parameters) -> None:
    """Draw marble: clouded tones with veins that part and meet; or floating ink."""
    sheet.ground()
    if p.slots == 1:
        return
    p = _fitted(sheet, p)
    tracer = Tracer(sheet, p.scale_mm / 40)
    (_ink if p.form == "ink" else _veined)(sheet, tracer, p)


def _slant(tracer: Tracer, unit: float) -> Field:
    """Return a slanting phase that fits the period: it grows by one about every unit."""
    x, y = tracer.places
    across = max(1, round(tracer.width / unit))
    down = max(1, round(tracer.height / unit))
    phase: Field = across * x / tracer.width + down * y / tracer.height
    return phase


def _veined(sheet: Sheet, tracer: Tracer, p: Parameters) -> None:
    """Draw tones along the veins, and veins that swell and fade."""
    unit = p.scale_mm

    def noise(name: str, length: float, roughness: float) -> Field:
        return waves(tracer, p.random(name), length * unit, roughness=roughness, stretch=3.0)

    phase = _slant(tracer, 1.5 * unit) + 0.26 * noise("cloud", 1.6, 0.3)
    for index in range(p.slots - 2):
        swell, bend = noise(f"tone {index}", 1.1, 0.5), noise(f"edge {index}", 0.7, 0.9)
        share = float(p.shares[1 + index]) / (sum(p.shares[1:]) or 1.0)
        where = phase + 0.09 * bend + (index + 0.5) / (p.slots - 2) - 0.2
        mixed = np.cos(2 * np.pi * where) + 0.8 * swell
        _cover(
            sheet, 2 + index, tracer.region(mixed, _quantile(mixed, 1 - max(0.42 * share, 0.02)))
        )
    bold = p.weight(0.65, 1.2, 1.8) * unit
    veins = ((0.0, 0.06), (0.12, 0.014), (0.42, 0.03), (0.58, 0.012), (0.76, 0.016))
    for index, (start, width) in enumerate(veins[: round(p.packing(3, 4, 5))]):
        swell, bend = noise(f"swell {index}", 0.8, 0.9), noise(f"bend {index}", 1.0, 0.5)
        fine = waves(tracer, p.random(f"fine {index}"), 0.3 * unit, roughness=0.8)
        where = phase + 0.13 * bend + 0.012 * fine + start
        signed = (where + 0.5) % 1 - 0.5
        reach = bold * width * np.clip(0.45 + 0.5 * swell, 0.16, 1.7)
        ribbon = tracer.lines(signed, 0.0, reach, hidden=np.abs(signed) > 0.3)
        _cover(sheet, 1, ribbon, lines=True)


def _ink(sheet: Sheet, tracer: Tracer, p: Parameters) -> None:
    """Draw floating ink: bands and fine lines that wind around each other."""
    bend = [waves(tracer, p.random(f"bend {i}"), 1.4 * p.scale_mm, roughness=0.12) for i in (0, 1)]
    x, _ = tracer.places
    across = max(1, round(tracer.width / (1.5 * p.scale_mm)))
    phase = across * x / tracer.width + 0.42 * bend[0] + 0.16 * np.sin(2 * bend[1] + bend[0])
    phase = phase * round(p.packing(1, 1, 2))
    line = p.scale_mm * p.weight(0.016, 0.03, 0.05) * min(1.0, 2 / (p.slots - 1))
    starts = np.cumsum([0.0, *p.shares])
    for index, share in enumerate(p.shares):
        wide = 0.28 * share
        signed = (phase - starts[index] - 0.5 * wide + 0.5) % 1 - 0.5
        _cover(sheet, 1 + index, tracer.region(wide / 2 - np.abs(signed), 0.0))
        for number in range(1, 4):
            at = starts[index] + wide + number * 0.165 * share
            signed = (phase - at + 0.5) % 1 - 0.5
            swell = line * (1.6 - 0.35 * number) * (1 + 0.5 * np.clip(bend[1], -1, 1))
            ribbon = tracer.lines(signed, 0.0, swell, hidden=np.abs(signed) > 0.3)
            _cover(sheet, 1 + index, ribbon, lines=True)


def _balanced(p: Parameters, areas: Field) -> list[int]:
    """Return an accent for each of some areas, the last first, so that the sums suit the shares."""
    wanted = np.array(p.shares) * areas.sum()
    slots: list[int] = []
    for area in areas[::-1]:
        slot = int(np.argmax(wanted))
        wanted[slot] -= area
        slots.append(1 + slot)
    return slots[::-1]


def _rings(sheet: Sheet, p: Parameters, block: Block, places: Points) -> None:
    """Draw rings around drops; each drop covers those before it."""
    random = p.random("drops")
    pitch = block.pitch
    count = round(p.packing(4, 6, 8))
    slots = _balanced(p, np.linspace(0.3, 1.0, len(places)))
    bold = p.weight(0.32, 0.46, 0.6) * (1 + 0.12 * min(p.slots - 2, 3))
    for slot, place in zip(slots, places, strict=True):
        reach = pitch * 0.74 * random.uniform(0.82, 1.12)
        spacing = reach / count
        sheet.fill(0, circle(0, 0, reach), block.everywhere(place))
        for index in range(count):
            width = spacing * bold * (1 - 0.5 * index / count)
            radius = (index + 0.7) * spacing
            sheet.stroke(slot, circle(0, 0, radius), width, block.everywhere(place))
        sheet.fill(slot, circle(0, 0, 0.22 * spacing), block.everywhere(place))


def _raked(sheet: Sheet, p: Parameters, block: Block, places: Points) -> None:
    """Draw raked sand: straight furrows, and rings around stones."""
    pitch = block.pitch
    rows = max(3, round(sheet.height / (pitch / p.packing(9, 12, 15))))
    spacing = sheet.height / rows
    width = spacing * p.weight(0.22, 0.36, 0.54)
    for row in range(rows):
        sheet.band(1, (row + 0.5) * spacing - width / 2, width, across=True)
    random = p.random("stones")
    angle = np.arange(10) * 2 * np.pi / 10
    stones = []
    for number, place in enumerate(places):
        radius = pitch * random.uniform(0.12, 0.2) * random.uniform(0.85, 1.05, 10)
        stones.append((place, radius, random.uniform(0.75, 1.0), number))

    def outline(radius: Field, flat: float, out: float) -> Path:
        points = np.stack([np.cos(angle), np.sin(angle) * flat], -1) * radius[:, None]
        return smooth_closed(points + np.stack([np.cos(angle), np.sin(angle)], -1) * out)

    for place, radius, flat, number in stones:
        rings = 3 + number % 2
        sheet.fill(0, outline(radius, flat, (rings + 0.2) * spacing), block.everywhere(place))
        slot = 2 + number % (p.slots - 2) if p.slots > 2 else 1
        for index in range(rings):
            ring = outline(radius, flat, (index + 0.7) * spacing)
            sheet.stroke(slot, ring, width, block.everywhere(place))
        sheet.fill(slot, outline(radius, flat, 0.0), block.everywhere(place))


def _ripples(sheet: Sheet, p: Parameters) -> None:
    """Draw rings of raindrops, or sand raked around stones."""
    sheet.ground()
    if p.slots == 1:
        return
    unit = p.scale_mm * (1.25 if p.form == "raked-sand" and p.slots < 4 else 1.0)
    unit = min(unit, (sheet.width * sheet.height / (1.6 * p.slots)) ** 0.5)  # a drop of each colour
    block = block_of(sheet.width, sheet.height, unit, 40)
    places = scatter(block.width, block.height, block.count, p.random("places"))
    (_raked if p.form == "raked-sand" else _rings)(sheet, p, block, places)


FAMILIES = (
    Family(name="topography", draw=_topography, repeats=(5, 3.2, 2)),
    Family(name="zebra", draw=_zebra, repeats=(12, 8, 5)),
    Family(name="marble", draw=_marble, repeats=(4, 2.6, 1.6)),
    Family(name="ripples", draw=_ripples, repeats=(5, 3.4, 2.2)),
)
