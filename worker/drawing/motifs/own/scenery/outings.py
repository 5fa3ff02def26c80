"""Lighthouses, cabins in the snow, camper vans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import both_sides, fill, outline, oval, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle, polygon, rectangle, ring

__all__ = ["DRAWINGS"]

_SIDES = (-1, 1)
_WALL, _STRIPE, _SHADE, _LIGHT, _ROCK, _WATER = range(6)


def _tower(wide: float, low: float, high: float, bands: int) -> list[MotifShape]:
    """Draw a tower with stripes, its gallery and lantern on top."""

    def half(y: float) -> float:
        return wide * (0.62 + 0.38 * (y - high) / (low - high))

    wall = polygon([(-half(high), high), (half(high), high), (half(low), low), (-half(low), low)])
    edges = np.linspace(high, low, 2 * bands + 1)
    stripes = [polygon([(-half(a), a), (half(a), a), (half(b), b), (-half(b), b)]) for a,
        b in zip(edges[1::2].tolist(), edges[2::2].tolist(), strict=True)]  # fmt: skip
    top = half(high)
    gallery = [rectangle(-top * 1.45, high - 0.05, top * 2.9, 0.065)]
    rails = [rectangle(x * top * 1.3 - 0.011, high - 0.15, 0.022, 0.11) for x in (-1, -0.6, 0.6, 1)]
    rails.append(rectangle(-top * 1.4, high - 0.165, top * 2.8, 0.024))
    lantern = rectangle(-top * 0.72, high - 0.27, top * 1.44, 0.23)
    bars = [rectangle(x * top * 0.72 - 0.012, high - 0.27, 0.024, 0.23)
        for x in (-1, -0.33, 0.33, 1)]  # fmt: skip
    roof = outline(both_sides([(0, high - 0.47), (-top * 0.4, high - 0.42),
        (-top * 0.96, high - 0.26, 0), (0, high - 0.26)]))  # fmt: skip
    knob = circle(0, high - 0.49, 0.036)
    windows = [outline(both_sides([(0, y - 0.055), (-0.035, y - 0.03),
        (-0.035, y + 0.05, 0), (0, y + 0.05)])) for y in ((edges[0] + edges[1]) / 2,
        (edges[2] + edges[3]) / 2)]  # fmt: skip
    door = outline(both_sides([(0, low - 0.2), (-0.06, -0.16 + low), (-0.07, low, 0), (0, low)]))
    return [fill(_WALL, wall), fill(_STRIPE, *stripes), fill(_LIGHT, lantern),
        fill(_SHADE, *gallery, *rails, *bars, *windows, door),
        fill(_STRIPE, roof, knob)]  # fmt: skip


def _lighthouse(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a lighthouse: on a rock in the sea, by a keeper's house, with beams of light."""
    j = random.uniform(-0.02, 0.02)
    rock = outline([(-0.5, 0.72, 0), (-0.42, 0.56), (-0.3, 0.54), (-0.22, 0.46), (0.0, 0.44),
        (0.2, 0.46), (0.3, 0.56), (0.44, 0.58), (0.54, 0.72, 0)])  # fmt: skip
    cracks = [sliver([(-0.24, 0.52), (-0.14, 0.58), (-0.12, 0.68)], 0.035), sliver([(0.18, 0.5),
        (0.26, 0.58), (0.24, 0.68)], 0.035)]  # fmt: skip
    sea = [ribbon([(x, y + (0.03 if k % 2 else -0.02)) for k,
        x in enumerate(np.linspace(-w, w, 9).tolist())], (0.0, 0.06, 0.075, 0.075, 0.075, 0.075,
        0.075, 0.06, 0.0)) for y, w in ((0.72, 0.68), (0.82 + j, 0.5))]  # fmt: skip
    if view == 0:
        return [fill(_ROCK, rock), fill(_SHADE, *cracks), *_tower(0.22, 0.48, -0.5, 3),
            fill(_WATER, *sea)]  # fmt: skip
    if view == 1:
        hill = outline([(-0.9, 0.66, 0), (-0.7, 0.46), (-0.2, 0.38), (0.3, 0.4), (0.66, 0.48),
            (0.86, 0.66, 0), (0.0, 0.7)])  # fmt: skip
        house = rectangle(0.12, 0.12, 0.46, 0.3)
        roof = polygon([(0.05, 0.14), (0.18, -0.08), (0.52, -0.08), (0.65, 0.14)])
        openings = [rectangle(0.2, 0.2, 0.09, 0.1), rectangle(0.42, 0.2, 0.09, 0.1),
            rectangle(0.31, 0.24, 0.09, 0.18)]  # fmt: skip
        chimney = rectangle(0.44, -0.2, 0.08, 0.14)
        return [fill(_STRIPE, chimney), fill(_WALL, house), fill(_SHADE, roof, *openings),
            *turned(_tower(0.17, 0.42, -0.4, 2), 0.0, 1.0, (-0.22, 0.0)), fill(_ROCK, hill),
            fill(_WATER, *(path.scaled(1.2, 1.0).moved(0, -0.04) for path in sea))]  # fmt: skip
    beams = [polygon([(d * 0.08, -0.62), (d * 0.94, -0.86 + j), (d * 0.94, -0.46 + j)])
        for d in _SIDES]  # fmt: skip
    return [fill(_LIGHT, *beams), fill(_ROCK, rock), fill(_SHADE, *cracks),
        *_tower(0.2, 0.48, -0.5, 2), fill(_WATER, *sea)]  # fmt: skip


_LOG, _LOG_SHADE, _SNOW, _GLOW, _PINE, _SMOKE = range(6)


def _snowy_pine(x: float, foot: float, size: float) -> list[MotifShape]:
    """Draw a fir with snow on its branches."""
    tiers, snow = [], []
    for y, w in ((-0.2, 0.34), (-0.46, 0.27), (-0.7, 0.2)):
        tiers.append(outline(both_sides([(0, y - 0.36, 0), (-w * 0.45, y - 0.14), (-w, y, 0),
            (-w * 0.4, y + 0.04), (0, y + 0.02)])))  # fmt: skip
        snow.append(outline(both_sides([(0, y - 0.36, 0), (-w * 0.33, y - 0.17),
            (-w * 0.62, y - 0.1, 0), (-w * 0.34, y - 0.13), (-w * 0.2, y - 0.07),
            (0, y - 0.12, 0)])))  # fmt: skip
    trunk = rectangle(-0.05, -0.2, 0.1, 0.2)
    layers = [fill(_LOG_SHADE, trunk)]
    for tier, white in zip(tiers, snow, strict=True):
        layers += [fill(_PINE, tier), fill(_SNOW, white)]
    return turned(layers, 0.0, size, (x, foot))


def _cabin(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a log cabin in the snow: among firs, a steep one with a round window."""
    j = random.uniform(-0.02, 0.02)
    drift = outline([(-0.96, 0.62), (-0.7, 0.5), (-0.3, 0.47), (0.2, 0.5), (0.6, 0.46),
        (0.96, 0.6), (0.7, 0.74), (0.0, 0.78), (-0.7, 0.74)])  # fmt: skip
    shadow = [sliver([(-0.6, 0.64), (-0.3, 0.68), (0.06, 0.64)], 0.035), sliver([(0.2, 0.7),
        (0.46, 0.68), (0.66, 0.62)], 0.03)]  # fmt: skip
    puffs = [circle(x + j, y, r) for x, y, r in ((0.34, -0.66, 0.06), (0.4, -0.78, 0.08),
        (0.5, -0.92, 0.1))]  # fmt: skip
    if view == 0:
        wall = rectangle(-0.48, 0.04, 0.96, 0.5)
        gable = polygon([(-0.48, 0.06), (0, -0.4), (0.48, 0.06)])
        logs = [rectangle(-0.48, y, 0.96, 0.022) for y in (0.1, 0.2, 0.3, 0.4, 0.5)]
        ends = [circle(d * 0.49, y, 0.052) for d in _SIDES for y in (0.055, 0.155, 0.255, 0.355,
            0.455)]  # fmt: skip
        roof = outline([(-0.68, 0.2), (-0.6, 0.08), (-0.06, -0.48), (0.06, -0.48), (0.6, 0.08),
            (0.68, 0.2), (0.58, 0.24), (0.48, 0.12), (0.0, -0.34, 0), (-0.48, 0.12),
            (-0.58, 0.24)])  # fmt: skip
        door = rectangle(-0.09, 0.24, 0.2, 0.3)
        glow = [rectangle(-0.36, 0.2, 0.16, 0.16), rectangle(0.22, 0.2, 0.16, 0.16),
            circle(0, -0.1, 0.085)]  # fmt: skip
        bars = [rectangle(-0.29, 0.2, 0.022, 0.16), rectangle(0.29, 0.2, 0.022, 0.16),
            rectangle(-0.36, 0.27, 0.16, 0.022), rectangle(0.22, 0.27, 0.16, 0.022)]  # fmt: skip
        chimney = [rectangle(0.26, -0.5, 0.13, 0.36)]
        cap = outline([(0.24, -0.5), (0.325, -0.57), (0.41, -0.5), (0.325, -0.47)])
        return [fill(_SMOKE, *puffs), *_snowy_pine(-0.68, 0.56, 0.92),
            *_snowy_pine(0.72, 0.54, 0.76), fill(_LOG_SHADE, *chimney),
            fill(_LOG, wall, gable, *ends), fill(_LOG_SHADE, *logs, door),
            fill(_GLOW, *glow), fill(_LOG_SHADE, *bars), fill(_SNOW, roof, cap, drift),
            fill(_SMOKE, *shadow)]  # fmt: skip
    wall = polygon([(-0.5, 0.54), (0, -0.56), (0.5, 0.54)])
    planks = [sliver([(x, 0.54), (x, 0.2), (x, -0.5 + abs(x) * 2.15)], 0.022)
        for x in (-0.36, -0.24, -0.12, 0.0, 0.12, 0.24, 0.36)]  # fmt: skip
    roof = outline([(0, -0.78), (0.08, -0.74), (0.66, 0.5), (0.6, 0.58), (0.52, 0.54),
        (0.0, -0.5, 0), (-0.52, 0.54), (-0.6, 0.58), (-0.66, 0.5), (-0.08, -0.74)])  # fmt: skip
    door = outline(both_sides([(0, 0.2), (-0.09, 0.22), (-0.1, 0.54, 0), (0, 0.54)]))
    glow = [circle(0, -0.06, 0.11), rectangle(-0.3, 0.28, 0.13, 0.15),
        rectangle(0.17, 0.28, 0.13, 0.15)]  # fmt: skip
    bars = [rectangle(-0.011, -0.17, 0.022, 0.22), rectangle(-0.11, -0.071, 0.22, 0.022),
        rectangle(-0.246, 0.28, 0.022, 0.15), rectangle(0.224, 0.28, 0.022, 0.15)]  # fmt: skip
    return [fill(_SMOKE, *(path.moved(-0.06, -0.06) for path in puffs)),
        fill(_LOG_SHADE, rectangle(0.2, -0.62, 0.12, 0.36)), *_snowy_pine(0.62, 0.56, 1.05),
        *_snowy_pine(-0.74, 0.58, 0.66), fill(_LOG, wall), fill(_LOG_SHADE, *planks, door),
        fill(_GLOW, *glow), fill(_LOG_SHADE, *bars), fill(_SNOW, roof, drift),
        fill(_SMOKE, *shadow)]  # fmt: skip


_PAINT, _CREAM, _GLASS, _DARK, _CHROME, _TRIM = range(6)


def _wheel(x: float, y: float, radius: float) -> list[MotifShape]:
    return [fill(_DARK, circle(x, y, radius)), fill(_CHROME, circle(x, y, radius * 0.56)),
        fill(_DARK, circle(x, y, radius * 0.2))]  # fmt: skip


def _camper_van(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a camper van: from the side with a load on its roof, from the front."""
    j = random.uniform(-0.02, 0.02)
    if view == 0:
        body = outline([(-0.92, 0.3, 0), (-0.93, 0.1), (-0.86, -0.2), (-0.72, -0.36),
            (-0.5, -0.4), (0.7, -0.4), (0.86, -0.34), (0.92, -0.1), (0.93, 0.3, 0)])  # fmt: skip
        lower = outline([(-0.92, 0.3, 0), (-0.94, 0.12), (-0.9, -0.02, 0), (-0.6, 0.02),
            (0.0, -0.04), (0.92, -0.06, 0), (0.93, 0.3, 0)])  # fmt: skip
        line = ribbon([(-0.9, -0.02), (-0.6, 0.02), (0.0, -0.04), (0.92, -0.06)], 0.03)
        windows = [outline([(-0.83, -0.08, 0), (-0.74, -0.29), (-0.6, -0.31, 0),
            (-0.58, -0.06, 0)])] + [outline([(x, -0.3, 0), (x + w, -0.3, 0), (x + w, -0.08, 0),
            (x, -0.08, 0)]) for x, w in ((-0.5, 0.34), (-0.08, 0.36), (0.36, 0.42))]  # fmt: skip
        curtains = [polygon([(x, -0.3), (x + 0.09, -0.3), (x, -0.14)])
            for x in (-0.08, 0.36)] + [polygon([(x, -0.3), (x - 0.09, -0.3), (x, -0.14)])
            for x in (0.28, 0.78)]  # fmt: skip
        door = [rectangle(-0.54, -0.34, 0.018, 0.62), rectangle(-0.12, -0.34, 0.018, 0.62),
            rectangle(0.32, -0.34, 0.018, 0.62), rectangle(-0.22, 0.06, 0.08, 0.024)]  # fmt: skip
        bumper = [outline([(-0.99, 0.26), (-0.98, 0.22), (-0.7, 0.24, 0), (-0.7, 0.31, 0),
            (-0.96, 0.31)]), outline([(0.99, 0.26), (0.97, 0.22), (0.76, 0.24, 0),
            (0.76, 0.31, 0), (0.96, 0.31)])]  # fmt: skip
        lamp = [circle(-0.88, 0.1, 0.055)]
        rack = [rectangle(-0.5, -0.46, 1.14, 0.026), *(rectangle(x, -0.46, 0.024, 0.08)
            for x in (-0.4, 0.06, 0.52))]  # fmt: skip
        board = oval(0.06, -0.5, 0.66, 0.05)
        load = [rectangle(-0.3 + j, -0.74, 0.32, 0.22), rectangle(0.12, -0.68, 0.26, 0.16)]
        straps = [rectangle(-0.24 + j, -0.74, 0.035, 0.22), rectangle(-0.07 + j, -0.74, 0.035,
            0.22), rectangle(0.23, -0.68, 0.035, 0.16)]  # fmt: skip
        arches = [circle(x, 0.3, 0.215) for x in (-0.5, 0.56)]
        return [fill(_TRIM, *load), fill(_DARK, *straps), fill(_CREAM, board), fill(_DARK, *rack),
            fill(_CREAM, body), fill(_PAINT, lower), fill(_CHROME, line), fill(_GLASS, *windows),
            fill(_TRIM, *curtains), fill(_DARK, *door[:3]), fill(_CHROME, door[3], *bumper),
            fill(_CREAM, *lamp), fill(_DARK, *arches), *_wheel(-0.5, 0.32, 0.185),
            *_wheel(0.56, 0.32, 0.185)]  # fmt: skip
    body = outline(both_sides([(0, -0.62), (-0.4, -0.6), (-0.54, -0.46), (-0.6, -0.1),
        (-0.62, 0.4), (-0.56, 0.5), (0, 0.52)]))  # fmt: skip
    lower = outline([(-0.6, -0.1, 0), (-0.36, -0.06), (0.0, 0.34, 0), (0.36, -0.06),
        (0.6, -0.1, 0), (0.62, 0.4), (0.56, 0.5), (0, 0.52), (-0.56, 0.5),
        (-0.62, 0.4)])  # fmt: skip
    trim = ribbon([(-0.61, -0.1), (-0.36, -0.07), (-0.16, 0.12), (0.0, 0.34), (0.16, 0.12),
        (0.36, -0.07), (0.61, -0.1)], 0.03)  # fmt: skip
    glass = [outline([(d * 0.03, -0.46, 0), (d * 0.4, -0.44), (d * 0.5, -0.16, 0),
        (d * 0.03, -0.13, 0)]) for d in _SIDES]  # fmt: skip
    lamps = [circle(d * 0.4, 0.2, 0.105) for d in _SIDES]
    beads = [circle(d * 0.4, 0.2, 0.072) for d in _SIDES]
    emblem = ring(0.105, 0.075).moved(0, 0.08)
    guard = outline(both_sides([(0, 0.42), (-0.6, 0.41), (-0.68, 0.46), (-0.62, 0.54), (0, 0.55)]))
    wheels = [outline([(d * 0.34, 0.5, 0), (d * 0.58, 0.5, 0), (d * 0.58, 0.7), (d * 0.54, 0.76),
        (d * 0.38, 0.76), (d * 0.34, 0.7)]) for d in _SIDES]  # fmt: skip
    mirrors = [ribbon([(d * 0.58, -0.2), (d * 0.68, -0.24)], 0.03) for d in _SIDES]
    heads = [oval(d * 0.72, -0.25, 0.06, 0.08) for d in _SIDES]
    wipers = [ribbon([(d * 0.1 + 0.04, -0.15), (d * 0.1 + 0.2, -0.3)], 0.018) for d in (-3, 1)]
    load = [rectangle(-0.34, -0.86, 0.4, 0.2), rectangle(0.1, -0.8 + j, 0.24, 0.14 - j)]
    rack = [rectangle(-0.44, -0.66, 0.88, 0.03)]
    return [fill(_TRIM, *load), fill(_DARK, *rack, *wheels, *mirrors,
        rectangle(-0.2, -0.86, 0.035, 0.2), rectangle(0.2, -0.8, 0.035, 0.14)),
        fill(_CHROME, *heads), fill(_CREAM, body), fill(_PAINT, lower), fill(_CHROME, trim),
        fill(_GLASS, *glass), fill(_DARK, *wipers), fill(_CHROME, *lamps), fill(_CREAM, *beads),
        fill(_CHROME, guard, emblem)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"lighthouse": _lighthouse, "snow-cabin": _cabin,
    "camper-van": _camper_van}  # fmt: skip
