"""Leaves and branches as motifs: veined leaves, sprigs, fans, berries.

Roles: leaf, other (every second leaf), vein.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    bent,
    blade,
    dot,
    joined,
    sliver,
    tapered,
)
from worker.drawing.path import Path, Points, ellipse, smooth_closed

__all__ = ["bamboo", "bent_discs", "berries", "ginkgo", "leaf", "leaf_pair", "sprig"]


def _edge(width: float, belly: float, at: float) -> float:
    """Return the half width of `blade` at a height, 0 to 1."""
    s = np.linspace(0, 1, 101)
    handle = width * 4 / 3
    x = 3 * handle * (s * (1 - s) ** 2 + s**2 * (1 - s))
    low, high = 0.05 + 0.5 * belly, 0.45 + 0.5 * belly
    y = 3 * s * (1 - s) ** 2 * low + 3 * s**2 * (1 - s) * high + s**3
    return float(np.interp(at, y, x))


def bent_discs(discs: Points, turn: float) -> Points:
    """Return discs (m, 3) whose centres are bent as `bent` does."""
    centres = bent(Path("", discs[:, :2]), turn).points
    return np.column_stack([centres, discs[:, 2]])


@lru_cache(maxsize=64)
def leaf(
    *, width: float = 0.24, bend: float = 0.0, veins: int = 6, bold: float = 1.0,
    belly: float = 0.38, half: bool = False,
) -> Motif:  # fmt: skip
    """Return a veined leaf on a short stalk.

    Args:
        width: its greatest half width.
        bend: by how much it turns to the right, radians.
        veins: number of side veins on each side.
        bold: factor of the width of all lines.
        half: whether its right half has the role `other`.
    """
    shape = blade(width, belly)
    stalk = tapered([(0, 0.16), (0, 0.08), (0, -0.1)], np.array([0.05, 0.034, 0.03]) * bold)
    lines = [tapered([(0, -0.02), (0, -0.5), (0, -0.93)], np.array([0.036, 0.026, 0.006]) * bold)]
    for index in range(veins):
        low = 0.1 + 0.66 * index / max(veins - 1, 1)
        high = low + 0.15
        reach = 0.8 * _edge(width, belly, high)
        for side in (1, -1):
            points = [(0, -low), (side * reach * 0.55, -low - 0.05), (side * reach, -high)]
            lines.append(sliver(points, 0.024 * bold))
    parts = [Part("leaf", bent(joined([shape, stalk]), bend))]
    if half:
        right = Path("MCLZ", np.concatenate([shape.points[:4], [[0, -0.5]]]))
        parts.append(Part("other", bent(right, bend)))
    parts.append(Part("vein", bent(joined(lines), bend)))
    discs = np.array([(0, 0.05, 0.05), (0, -0.22, 0.8 * width), (0, -0.5, width),
                      (0, -0.78, 0.7 * width), (0, -0.97, 0.04)])  # fmt: skip
    return Motif(parts=tuple(parts), discs=bent_discs(discs, bend))


def _branch(
    shape: Callable[[float], Path],
    line: Callable[[float], Path] | None,
    heights: Points,
    *,
    lean: float,
    bend: float,
    stem: float,
    paired: bool,
) -> tuple[Part, ...]:
    """Return a stem with leaves on both sides and one at its tip.

    Args:
        shape: the leaf at a height, from (0, 0) upwards.
        line: its midrib, in the same place.
        heights: of the leaves, 0 to 1.
        lean: angle between leaf and stem at its base, radians; less towards its tip.
        stem: width at its base.
        paired: whether leaves stand opposite each other rather than in turn.
    """
    kinds: dict[str, list[Path]] = {"leaf": [], "other": [], "vein": []}
    for index, height in enumerate(heights):
        for side in (1, -1) if paired else ((1, -1)[index % 2],):
            turn = side * lean * (1 - 0.35 * height)
            role = "other" if (index % 2 if paired else side < 0) else "leaf"
            at = (0.0, -float(height))
            angle = bend * float(height)
            foot = bent(Path("", np.array([at])), bend).points[0]
            kinds[role].append(shape(float(height)).rotated(turn + angle).moved(*foot))
            if line is not None:
                kinds["vein"].append(line(float(height)).rotated(turn + angle).moved(*foot))
    tip = bent(Path("", np.array([(0.0, -float(heights[-1]))])), bend).points[0]
    kinds["leaf"].append(shape(1.0).rotated(bend * float(heights[-1])).moved(*tip))
    if line is not None:
        kinds["vein"].append(line(1.0).rotated(bend * float(heights[-1])).moved(*tip))
    y = np.linspace(0.1, -float(heights[-1]) - 0.02, 6)
    straight = tapered(np.stack([0 * y, y], -1), np.linspace(stem, stem * 0.4, 6))
    kinds["leaf"].insert(0, bent(straight, bend))
    return tuple(Part(role, joined(paths)) for role, paths in kinds.items() if paths)


@lru_cache(maxsize=64)
def sprig(
    pairs: int = 5, *, bend: float = 0.5, size: float = 0.32, width: float = 0.22,
    lean: float = 0.8, paired: bool = False, rounded: bool = False, bold: float = 1.0,
) -> Motif:  # fmt: skip
    """Return a bent stem with leaves in turn or in pairs.

    Args:
        size: length of its leaves.
        width: half width of a leaf over its length.
        rounded: whether its leaves are round, as those of eucalyptus.
        bold: factor of the width of all lines.
    """
    one = blade(width, 0.42)
    if rounded:
        disc = ellipse(0, -0.6, 0.36, 0.4)
        one = joined([disc, tapered([(0, 0), (0, -0.24)], 0.08)])
    rib = sliver([(0, -0.06), (0, -0.45), (0, -0.84)], 0.06 * bold)

    def grown(height: float) -> float:
        return size * float(np.interp(height, (0, 0.35, 1), (0.85, 1.0, 0.66)))

    heights = np.linspace(0.12, 0.8, pairs)
    parts = _branch(
        lambda h: one.scaled(grown(h)), lambda h: rib.scaled(grown(h)), heights,
        lean=lean, bend=bend, stem=0.024 * bold, paired=paired,
    )  # fmt: skip
    reach = 0.8 * size * np.sin(lean) + 0.02
    discs = np.array([(0, 0.08, 0.02), (0, -0.2, reach), (0, -0.45, reach), (0, -0.7, 0.9 * reach),
                      (0, -0.92, 0.5 * reach)])  # fmt: skip
    return Motif(parts=parts, discs=bent_discs(discs, bend))


@lru_cache(maxsize=64)
def ginkgo(*, bold: float = 1.0, wave: float = 0.0) -> Motif:
    """Return a ginkgo leaf: a notched fan with fine ribs on a long stalk.

    Args:
        wave: phase of its wavy edge, radians.
    """
    spread = 1.2
    angle = np.linspace(-spread, spread, 25)
    radius = 0.82 + 0.025 * np.cos(angle * 9 + wave) - 0.3 * np.exp(-((angle / 0.07) ** 2))
    radius -= 0.07 * (angle / spread) ** 4
    rim = np.stack([np.sin(angle), -np.cos(angle)], -1) * radius[:, None]
    left, right = rim[0], rim[-1]
    sides = np.array([(0.5 * right[0], right[1] + 0.08), (0.05, -0.02), (0, 0.06)])
    outline = smooth_closed(np.concatenate([rim, sides, [(-0.05, -0.02)],
                                            [(0.5 * left[0], left[1] + 0.08)]]), 0.8)  # fmt: skip
    stalk = tapered([(0.1, 0.5), (0.03, 0.25), (0, -0.05)], np.array([0.045, 0.034, 0.05]) * bold)
    ribs = []
    for a in np.linspace(-0.98, 0.98, 12):
        ray = np.array([np.sin(a), -np.cos(a)])
        ribs.append(sliver([ray * 0.2, ray * 0.46, ray * 0.74], 0.018 * bold))
    discs = np.array([(0.08, 0.42, 0.05), (0, 0.1, 0.06), (0, -0.35, 0.42), (-0.45, -0.38, 0.32),
                      (0.45, -0.38, 0.32)])  # fmt: skip
    return Motif(parts=(Part("leaf", joined([outline, stalk])), Part("vein", joined(ribs))),
                 discs=discs)  # fmt: skip


@lru_cache(maxsize=64)
def bamboo(leaves: int = 4, *, bold: float = 1.0) -> Motif:
    """Return a twig of bamboo with a fan of narrow hanging leaves."""
    one = blade(0.09, 0.28)
    rib = sliver([(0, -0.06), (0, -0.46), (0, -0.87)], 0.022 * bold)
    turns = np.linspace(-0.95, 0.8, leaves)
    sizes = 0.74 + 0.26 * np.cos(turns * 1.4)
    kinds: dict[str, list[Path]] = {"leaf": [], "other": [], "vein": []}
    for index, (turn, size) in enumerate(zip(turns, sizes, strict=True)):
        bend = 0.25 * float(turn)
        place = (0.05 * float(turn), -0.03 * index)
        role = "other" if index % 2 else "leaf"
        kinds[role].append(bent(one, bend).scaled(size).rotated(float(turn)).moved(*place))
        kinds["vein"].append(bent(rib, bend).scaled(size).rotated(float(turn)).moved(*place))
    kinds["leaf"].insert(
        0, tapered([(0.16, 0.4), (0.05, 0.2), (0, -0.1)], np.array([0.04, 0.03, 0.02]) * bold)
    )
    spine = np.array([(0, -0.2, 0.06), (0, -0.45, 0.1), (0, -0.7, 0.08), (0, -0.95, 0.05)])
    discs = np.concatenate(
        [[(0.12, 0.32, 0.05), (0, 0.05, 0.08)]]
        + [
            np.column_stack([
                bent(Path("", spine[:, :2]), 0.25 * float(t)).scaled(s).rotated(float(t)).points,
                spine[:, 2] * s,
            ])
            for t, s in zip(turns, sizes, strict=True)
        ]
    )  # fmt: skip
    parts = tuple(Part(role, joined(paths)) for role, paths in kinds.items() if paths)
    return Motif(parts=parts, discs=discs)


@lru_cache(maxsize=64)
def leaf_pair(*, bold: float = 1.0) -> Motif:
    """Return two small leaves on a short stalk."""
    rib = sliver([(0, -0.06), (0, -0.42), (0, -0.78)], 0.05 * bold)
    shapes = [blade(0.24, 0.4).rotated(a).scaled(s) for a, s in ((-0.55, 0.9), (0.5, 1.0))]
    ribs = [rib.rotated(a).scaled(s) for a, s in ((-0.55, 0.9), (0.5, 1.0))]
    stalk = tapered([(0.04, 0.25), (0, 0.0)], np.array([0.06, 0.05]) * bold)
    discs = np.array([(0, 0.1, 0.1), (-0.25, -0.42, 0.3), (0.25, -0.45, 0.3)])
    return Motif(parts=(Part("leaf", joined([*shapes, stalk])), Part("vein", joined(ribs))),
                 discs=discs)  # fmt: skip


@lru_cache(maxsize=64)
def berries(count: int = 5, *, bend: float = 0.4, bold: float = 1.0) -> Motif:
    """Return a stem with berries on stalks; their role is `berry`."""
    heights = np.linspace(0.3, 0.82, count - 1)
    stems: list[Path] = []
    fruit: list[Path] = []
    shine: list[Path] = []
    y = np.linspace(0.15, -0.98, 6)
    stems.append(bent(tapered(np.stack([0 * y, y], -1), np.linspace(0.036, 0.02, 6) * bold), bend))
    ends = [((1, -1)[i % 2] * 0.24, -h - 0.15) for i, h in enumerate(heights)] + [(0.0, -1.0)]
    for (x, level), h in zip(ends, [*heights, 0.9], strict=True):
        if x:
            line = tapered([(0, -h), (x * 0.5, -h - 0.1), (x, level)], 0.02 * bold)
            stems.append(bent(line, bend))
        centre = bent(Path("", np.array([(x, level)])), bend).points[0]
        fruit.append(dot(float(centre[0]), float(centre[1]), 0.095))
        shine.append(dot(centre[0] - 0.03, centre[1] - 0.03, 0.022))
    discs = np.array([(0, 0.1, 0.03), (0, -0.25, 0.12), (0, -0.55, 0.3), (0, -0.85, 0.3),
                      (0, -1.0, 0.12)])  # fmt: skip
    parts = (Part("leaf", joined(stems)), Part("berry", joined(fruit)), Part("vein", joined(shine)))
    return Motif(parts=parts, discs=bent_discs(discs, bend))
