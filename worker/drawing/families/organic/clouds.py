"""Clouds: auspicious clouds with curls and wisps, and plain soft clouds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from worker.drawing.families.botanical.bed import Bed
from worker.drawing.families.botanical.motif import Motif, Part, joined, mirrored, tapered
from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, Points, circle, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _spiral(x: float, y: float, radius: float, hand: float, start: float, turns: float) -> Points:
    """Return points of a curl around (x, y) from its outer end inwards.

    Args:
        hand: 1: clockwise on the screen, -1: the other way.
        start: angle of its outer end, radians from the x axis.
        turns: how often it goes round.
    """
    s = np.linspace(0, 1, max(8, round(turns * 9)))
    angle = start + hand * 2 * np.pi * turns * s
    reach = radius * (1 - 0.86 * s)
    return np.stack([x + np.cos(angle) * reach, y + np.sin(angle) * reach], -1)


def _line(points: Points, bold: float, width: float = 0.05) -> Path:
    """Return a brush line that tapers at its inner end, with a knob there."""
    count = len(points)
    widths = width * bold * np.interp(np.linspace(0, 1, count), (0, 0.5, 1), (1.0, 1.0, 0.7))
    return tapered(points, widths) + circle(
        float(points[-1, 0]), float(points[-1, 1]), 0.6 * width * bold
    )


def _tail(start: tuple[float, float], end: tuple[float, float], thick: float) -> Path:
    """Return a wisp: broad at its start, with a wave, ending in a point."""
    (x0, y0), (x1, y1) = start, end
    s = np.linspace(0, 1, 12)
    wave = 0.07 * np.sin(2 * np.pi * s) * abs(x1 - x0)
    points = np.stack([x0 + (x1 - x0) * s, y0 + (y1 - y0) * s + wave], -1)
    return tapered(points, thick * (1 - s) ** 0.8 * np.interp(s, (0, 0.15, 1), (1.0, 1.0, 0.9)))


@lru_cache(maxsize=64)
def auspicious(kind: int, bold: float, *, lined: bool = False) -> Motif:
    """Return an auspicious cloud: lobes with curls inside, over trailing wisps.

    Args:
        kind: 0: a ruyi head with wisps on both sides; 1: three curls in a row with one long wisp;
            2: a small one.
        lined: whether its lobes are outlines rather than solid.
    """
    lobes: tuple[tuple[float, float, float, float], ...] = (
        ((-0.44, -0.1, 0.27, -1), (0.0, -0.34, 0.36, 1), (0.44, -0.1, 0.27, 1)),
        ((-0.5, -0.06, 0.22, -1), (-0.16, -0.28, 0.29, -1), (0.24, -0.14, 0.27, 1)),
        ((-0.22, -0.1, 0.24, -1), (0.2, -0.08, 0.2, 1)),
    )[kind]  # fmt: skip
    wisps = (
        [((0.0, 0.12), (1.02, 0.24), 0.2), ((0.0, 0.12), (-1.0, 0.22), 0.2),
         ((0.1, 0.22), (0.66, 0.36), 0.1), ((-0.1, 0.22), (-0.55, 0.36), 0.1)],
        [((-0.45, 0.1), (1.15, 0.1), 0.22), ((-0.2, 0.22), (0.75, 0.3), 0.12)],
        [((-0.2, 0.1), (0.8, 0.1), 0.18)],
    )[kind]  # fmt: skip
    gap = 0.045 * bold
    base = rectangle(lobes[0][0], -0.1, lobes[-1][0] - lobes[0][0], 0.24)
    tails = joined(_tail(a, b, thick) for a, b, thick in wisps)
    parts = [Part("body", tails), Part("body", base)]
    lines: list[Path] = []
    order = sorted(lobes, key=lambda lobe: lobe[2])[::-1] if kind == 0 else list(lobes)
    for x, y, radius, hand in order:
        rim, lobe = ("body", "mark") if lined else ("mark", "body")
        parts += [Part(rim, circle(x, y, radius + gap)), Part(lobe, circle(x, y, radius))]
        start = np.pi / 2 - 0.5 * hand
        curl = _spiral(x, y, radius * 0.74, hand, start, 1.55)
        lines.append(_line(curl, bold))
    parts.append(Part("curl", joined(lines)))
    discs = [(x, y, r + 0.04) for x, y, r, _ in lobes]
    for (x0, y0), (x1, y1), thick in wisps:
        discs += [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * s, thick * (1 - s) / 2 + 0.05)
                  for s in (0.35, 0.55, 0.75, 0.97)]  # fmt: skip
    return Motif(parts=tuple(parts), discs=np.array(discs))


@lru_cache(maxsize=64)
def soft(kind: int) -> Motif:
    """Return a plain cloud: a flat base under round tops."""
    tops = (
        ((-0.5, -0.16, 0.2), (-0.18, -0.32, 0.32), (0.22, -0.26, 0.26), (0.52, -0.14, 0.18)),
        ((-0.36, -0.17, 0.2), (0.02, -0.3, 0.3), (0.38, -0.16, 0.19)),
        ((-0.48, -0.15, 0.17), (-0.22, -0.26, 0.24), (0.12, -0.34, 0.3), (0.46, -0.2, 0.22)),
    )[kind]  # fmt: skip
    left, right = tops[0], tops[-1]
    low_left, low_right = left[1] + left[2], right[1] + right[2]
    body = [circle(*top) for top in tops]
    base = max(low_left, low_right)
    body += [rectangle(left[0], -0.2, right[0] - left[0], base + 0.2)]
    body += [circle(left[0], base - left[2], left[2]), circle(right[0], base - right[2], right[2])]
    a = np.linspace(3.4, 5.3, 8)
    middle = tops[1]
    shine = np.stack([middle[0] + np.cos(a) * middle[2] * 0.7,
                      middle[1] + np.sin(a) * middle[2] * 0.7], -1)  # fmt: skip
    light = tapered(shine, 0.045 * np.sin(np.linspace(0.2, np.pi - 0.2, 8)))
    discs = np.array([(x, y, r + 0.02) for x, y, r in tops])
    return Motif(parts=(Part("body", joined(body)), Part("curl", light)), discs=discs)


def _clouds(sheet: Sheet, p: Parameters) -> None:
    """Draw clouds that drift in staggered places, none turned."""
    sheet.ground()
    if p.slots == 1:
        return
    bold = p.weight(0.6, 1.0, 1.5)
    bed = Bed(sheet, p, p.packing(0.06, 0.035, 0.02))
    if p.form == "soft":
        large, small = [soft(0), soft(1), soft(2)], [soft(1), soft(0)]
    else:
        kinds = [auspicious(kind, bold, lined=p.form == "lined") for kind in range(3)]
        large = [kinds[0], kinds[1], mirrored(kinds[1])]
        small = [kinds[2], mirrored(kinds[2])]
    places = bed.places()
    slots = [1 + n for n in bed.spread(places, p.shares)]
    size = bed.pitch * (0.68 if p.form == "soft" else 0.64)
    for index, place in enumerate(places):
        near = place + bed.random.uniform(-0.28, 0.28, (16, 2)) * bed.pitch
        bed.settle(large[index % 3], _roles(slots[index], p), near, [0.0], (size, 0.6 * size))
    count = int(bed.count * p.packing(0.3, 1.4, 2.4))
    for index in range(count):
        bed.settle(small[index % 2], lambda place: _roles(1 + bed.number(place, p.shares, 0.3), p),
                   bed.room.widest(24, bed.random), [0.0], (0.7 * size, 0.4 * size))  # fmt: skip
    bed.paint()


def _roles(slot: int, p: Parameters) -> dict[str, int]:
    """Return the slots of a cloud's parts: curls are cut out of solid lobes."""
    return {"body": slot, "mark": 0, "curl": slot if p.form == "lined" else 0}


FAMILIES = (Family(name="clouds", draw=_clouds, repeats=(5.5, 3.6, 2.4)),)
