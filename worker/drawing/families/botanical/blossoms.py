"""Blossoms as motifs, with a radius of about one: seen from above.

Roles: petal; inner (petals of the second row); mark (lines and edges that set petals apart);
centre and dot (of the middle); leaf (of stalks and sepals).
"""

from __future__ import annotations

import numpy as np

from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    blade,
    joined,
    radial,
    seeds,
    sliver,
    tapered,
)
from worker.drawing.path import Path, circle, smooth_closed

__all__ = ["anemone", "aster", "blossom", "cosmos", "daisy", "peony", "petal", "posy", "rose",
           "streaks", "uneven"]  # fmt: skip

_ROUND = np.array([(0.0, 0.0, 1.0)])


def petal(width: float, notch: float = 0.0, base: float = 0.06) -> Path:
    """Return a petal from (0, 0) to (0, -1): narrow at its base, broad and round at its end.

    Args:
        width: its greatest half width.
        notch: depth of the cleft in its end.
        base: half width at its base.
    """
    shoulder = [(base, 0), (0.9 * width, -0.25), (1.15 * width, -0.62), (0.9 * width, -0.84)]
    end = [(0.75 * width, -0.97), (0.4 * width, -1.0), (0, -1.0)]
    if notch:
        end = [
            (0.77 * width, -0.955),
            (0.6 * width, -1.01),
            (0.4 * width, -1.0),
            (0.25 * width, -0.99),
            (0.05 * width, -1.0 + 0.6 * notch),
            (0, -1.0 + notch),
        ]
    half = np.array([*shoulder, *end], float)
    mirror = half[-2::-1] * (-1, 1)
    return Path("M" + "C" * (2 * (len(half) // 3)) + "Z", np.concatenate([half, mirror]))


def uneven(path: Path, random: np.random.Generator, amount: float, count: int) -> list[Path]:
    """Return copies of a petal that differ a little in width, length and direction."""
    return [
        path.scaled(
            float(1 + amount * random.uniform(-1, 1)),
            float(1 + 0.7 * amount * random.uniform(-1, 1)),
        ).rotated(float(0.5 * amount * random.uniform(-1, 1)))
        for _ in range(count)
    ]  # fmt: skip


def streaks(lengths: tuple[float, ...], spread: float, low: float, bold: float) -> Path:
    """Return fine lines that fan out on a petal from its base."""
    angles = np.linspace(-spread, spread, len(lengths)) if len(lengths) > 1 else [0.0]
    lines = []
    for angle, length in zip(angles, lengths, strict=True):
        middle = (low + length) / 2
        points = [(0, -low), (np.sin(angle) * middle * 0.7, -middle),
                  (np.sin(angle) * length, -length * np.cos(angle))]  # fmt: skip
        lines.append(sliver(points, 0.034 * bold))
    return joined(lines)


def _clefts(petals: int, low: float, high: float, bold: float) -> Path:
    """Return lines between petals from a radius to another, wider outwards."""
    line = tapered([(0, -low), (0, -(low + high) / 2), (0, -high)], np.array([0.008, 0.03, 0.05])
                   * bold)  # fmt: skip
    return radial(line, petals, np.pi / petals)


def daisy(random: np.random.Generator, *, petals: int = 14, bold: float = 1.0) -> Motif:
    """Return a daisy: narrow petals around a large middle of seeds."""
    copies = uneven(petal(0.15, 0.03, 0.05), random, 0.09, petals)
    back = radial(blade(0.12, 0.7), petals, np.pi / petals)
    creases = radial(streaks((0.82,), 0.0, 0.42, bold), petals)
    return Motif(
        parts=(
            Part("inner", back.scaled(0.93)),
            Part("mark", radial([copy.scaled(1.16, 1.02) for copy in copies], petals)),
            Part("petal", radial(copies, petals)),
            Part("mark", creases),
            Part("mark", circle(0, 0, 0.33)),
            Part("centre", circle(0, 0, 0.28)),
            Part("dot", seeds(19, 0.22, 0.028)),
        ),
        discs=_ROUND,
    )


def aster(random: np.random.Generator, *, bold: float = 1.0) -> Motif:
    """Return a flower of three rows of pointed petals, as a chrysanthemum or dahlia."""
    del bold
    parts: list[Part] = []
    for row, (size, count, role) in enumerate(
        ((1.0, 15, "petal"), (0.78, 13, "inner"), (0.55, 10, "petal"))
    ):
        copies = uneven(blade(0.17, 0.62), random, 0.07, count)
        ring = radial(copies, count, row * 0.3).scaled(size)
        if row:
            halo = radial(blade(0.21, 0.62), count, row * 0.3).scaled(size * 1.07)
            parts.append(Part("mark", halo))
        parts.append(Part(role, ring))
    parts += [Part("mark", circle(0, 0, 0.23)), Part("centre", circle(0, 0, 0.19)),
              Part("dot", seeds(10, 0.13, 0.024))]  # fmt: skip
    return Motif(parts=tuple(parts), discs=_ROUND)


def cosmos(random: np.random.Generator, *, petals: int = 8, bold: float = 1.0) -> Motif:
    """Return a flower of broad petals with toothed ends and fine lines."""
    edge = [(0.03, -0.1), (0.22, -0.42), (0.31, -0.72), (0.27, -0.93), (0.2, -0.92), (0.13, -1.0),
            (0.06, -0.95), (0.0, -1.01)]  # fmt: skip
    points = np.array(edge) * (8 / petals, 1)
    shape = smooth_closed(np.concatenate([points, points[-2::-1] * (-1, 1)]), 0.9)
    copies = uneven(shape, random, 0.06, petals)
    return Motif(
        parts=(
            Part("petal", radial(copies, petals)),
            Part("mark", _clefts(petals, 0.3, 0.93, bold)),
            Part("mark", radial(streaks((0.7, 0.82, 0.7), 0.2, 0.32, 0.8 * bold), petals)),
            Part("mark", circle(0, 0, 0.25)),
            Part("centre", circle(0, 0, 0.2)),
            Part("dot", seeds(9, 0.14, 0.03)),
        ),
        discs=_ROUND,
    )


def blossom(random: np.random.Generator, *, bold: float = 1.0) -> Motif:
    """Return a cherry blossom: five cleft petals and long stamens."""
    copies = uneven(petal(0.43, 0.15, 0.03), random, 0.05, 5)
    stamens: list[Path] = []
    tips: list[Path] = []
    for index in range(10):
        angle = 2 * np.pi * (index + 0.25 * (index % 2)) / 10
        length = (0.52, 0.4)[index % 2]
        line = tapered([(0, -0.1), (0.02, -length / 2), (0, -length)],
                       np.array([0.03, 0.024, 0.018]) * bold)  # fmt: skip
        stamens.append(line.rotated(angle))
        tips.append(circle(0, -length, 0.04).rotated(angle))
    return Motif(
        parts=(
            Part("petal", radial(copies, 5)),
            Part("mark", _clefts(5, 0.2, 0.74, bold)),
            Part("inner", radial(blade(0.16, 0.5), 5).scaled(0.36)),
            Part("mark", joined([*stamens, *tips])),
            Part("centre", circle(0, 0, 0.11)),
        ),
        discs=_ROUND,
    )


def _scallop(random: np.random.Generator, count: int, depth: float, turn: float) -> Path:
    """Return the outline of a ring of broad overlapping petals of radius 1."""
    points: list[tuple[float, float]] = []
    angles = turn + 2 * np.pi * (np.arange(count + 1) + 0.0) / count
    angles[1:-1] += random.uniform(-0.13, 0.13, count - 1) * 2 * np.pi / count
    radii = 1 + random.uniform(-0.04, 0.04, count)

    def at(angle: float, radius: float) -> tuple[float, float]:
        return (float(np.sin(angle) * radius), float(-np.cos(angle) * radius))

    points.append(at(angles[0], 1 - depth))
    for index in range(count):
        a, b = angles[index], angles[index + 1]
        middle, r = (a + b) / 2, radii[index]
        bulge = 0.55 * (b - a)
        handles = [
            at(a - 0.04, 1 - 0.3 * depth), at(middle - 0.6 * bulge, r), at(middle - 0.06, r - 0.02),
            at(middle + 0.02, r - 0.03), at(middle + 0.6 * bulge, r + 0.01),
            at(b + 0.03, 1 - depth),
        ]  # fmt: skip
        points += handles
    return Path("M" + "CC" * count + "Z", np.array(points))


def peony(random: np.random.Generator, *, bold: float = 1.0) -> Motif:
    """Return a peony: rings of scalloped petals that close around a heart."""
    parts: list[Part] = []
    rings = ((1.0, 8, "petal"), (0.78, 7, "inner"), (0.58, 6, "petal"), (0.4, 5, "inner"))
    line = 0.035 * bold
    lean = 0.075  # the heart lies nearer to one side
    for row, (size, count, role) in enumerate(rings):
        turn = float(random.uniform(0, 2 * np.pi))
        ring = _scallop(random, count, 0.16, turn)
        if row:
            parts.append(Part("mark", ring.scaled(size + line).moved(0, row * lean)))
        parts.append(Part(role, ring.scaled(size).moved(0, row * lean)))
        lines = [
            sliver(
                [(0, -size + 0.2), (0.02, -size + 0.13), (0, -size + 0.05)], 0.028 * bold
            ).rotated(turn + 2 * np.pi * (i + 0.5 + d) / count)
            for i in range(count)
            for d in (-0.16, 0.14)
        ]
        if row < 3:
            parts.append(Part("mark", joined(lines).moved(0, row * lean)))
    heart = 3.4 * lean
    parts += [Part("mark", circle(0, heart, 0.2 + line)), Part("centre", circle(0, heart, 0.2)),
              Part("dot", seeds(9, 0.15, 0.03).moved(0, heart))]  # fmt: skip
    return Motif(parts=tuple(parts), discs=_ROUND)


def rose(random: np.random.Generator, *, bold: float = 1.0) -> Motif:
    """Return a rose from above: broad petals laid over each other around a wound heart."""
    parts: list[Part] = []
    line = 0.03 * bold
    turn = float(random.uniform(0, 2 * np.pi))
    leaf = np.array([(0.0, 0.1), (0.38, -0.08), (0.5, -0.5), (0.3, -0.9), (0.06, -0.96),
                     (-0.3, -0.88), (-0.5, -0.46), (-0.36, -0.06)])  # fmt: skip
    for size, count, role in ((1.0, 5, "petal"), (0.76, 4, "inner"), (0.54, 3, "petal")):
        for index in range(count):
            uneven = leaf * (1 + random.uniform(-0.06, 0.06, leaf.shape)) * (5.6 / count, 1)
            angle = turn + 2 * np.pi * index / count
            shape = smooth_closed(uneven).scaled(size).rotated(angle)
            rim = smooth_closed(uneven * (1 + 1.6 * line / size)).scaled(size).rotated(angle)
            if index or size < 1:
                parts.append(Part("mark", rim))
            parts.append(Part(role, shape))
        turn += 0.7
    a = np.linspace(0, 4.6 * np.pi, 24)
    reach = 0.02 + 0.019 * a
    spiral = np.stack([np.sin(a + turn), -np.cos(a + turn)], -1) * reach[:, None]
    parts += [
        Part("mark", circle(0, 0, 0.33 + line)),
        Part("inner", circle(0, 0, 0.33)),
        Part("mark", tapered(spiral, np.linspace(0.026, 0.04, 24) * bold)),
    ]
    return Motif(parts=tuple(parts), discs=_ROUND)


def anemone(random: np.random.Generator, *, petals: int = 6, bold: float = 1.0) -> Motif:
    """Return an anemone or poppy: broad petals, a dark middle and a ring of stamens."""
    copies = uneven(petal(0.56, 0.04, 0.2), random, 0.08, petals)
    odd = joined(c.rotated(2 * np.pi * i / petals) for i, c in enumerate(copies) if i % 2)
    even = [c.rotated(2 * np.pi * i / petals) for i, c in enumerate(copies) if not i % 2]
    halo = joined(c.scaled(1 + 0.05 * bold, 1.0 + 0.02 * bold) for c in even)
    folds = radial(streaks((0.7, 0.86, 0.72), 0.22, 0.4, 1.1 * bold), petals)
    angle = 2 * np.pi * np.arange(20) / 20
    ring = np.where(np.arange(20) % 2, 0.34, 0.41)
    stamens = [tapered([(0, -0.2), (0, -r)], 0.016 * bold).rotated(float(a))
               for a, r in zip(angle, ring, strict=True)]  # fmt: skip
    tips = [circle(0, -float(r), 0.032).rotated(float(a)) for a, r in zip(angle, ring, strict=True)]
    return Motif(
        parts=(
            Part("inner", odd),
            Part("mark", halo),
            Part("petal", joined(even)),
            Part("mark", folds),
            Part("mark", circle(0, 0, 0.47)),
            Part("centre", joined([*stamens, *tips, circle(0, 0, 0.22)])),
            Part("dot", seeds(8, 0.14, 0.026)),
        ),
        discs=_ROUND,
    )


def posy(random: np.random.Generator, *, petals: int = 5) -> Motif:
    """Return a tiny flower of round petals."""
    copies = uneven(petal(0.42 if petals == 5 else 0.5, 0.0, 0.08), random, 0.06, petals)
    return Motif(
        parts=(
            Part("petal", radial(copies, petals)),
            Part("mark", circle(0, 0, 0.3)),
            Part("centre", circle(0, 0, 0.21)),
        ),
        discs=_ROUND,
    )
