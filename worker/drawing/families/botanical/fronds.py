"""Fronds and large tropical leaves as motifs; the roles of their parts are those of `foliage`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from worker.drawing.families.botanical.foliage import bent_discs
from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    bent,
    blade,
    joined,
    sampled,
    sliver,
    tapered,
)
from worker.drawing.path import Path, Points, ellipse, smooth_closed

__all__ = ["fern", "monstera", "palm"]


@lru_cache(maxsize=64)
def fern(pairs: int = 13, *, bend: float = 0.5, bold: float = 1.0) -> Motif:
    """Return a fern frond: narrow leaflets that shrink towards the tip."""
    one = bent(blade(0.1, 0.3), 0.5)
    heights = np.linspace(0.06, 0.95, pairs)

    def grown(height: float) -> float:
        return float(np.interp(height, (0, 0.25, 1), (0.2, 0.33, 0.07)))

    kinds: list[Path] = []
    for height in heights:
        foot = bent(Path("", np.array([(0.0, -float(height))])), bend).points[0]
        for side in (1, -1):
            path = one.scaled(side * grown(height), grown(height))
            turn = side * (1.15 - 0.4 * height) + bend * float(height)
            kinds.append(path.rotated(turn).moved(*foot))
    y = np.linspace(0.14, -1.0, 6)
    kinds.append(bent(tapered(np.stack([0 * y, y], -1), np.linspace(0.03, 0.008, 6) * bold), bend))
    discs = np.array([(0, 0.1, 0.02), (0, -0.15, 0.28), (0, -0.35, 0.3), (0, -0.55, 0.24),
                      (0, -0.75, 0.16), (0, -0.93, 0.08)])  # fmt: skip
    return Motif(parts=(Part("leaf", joined(kinds)),), discs=bent_discs(discs, bend))


@lru_cache(maxsize=64)
def palm(pairs: int = 9, *, bend: float = 0.6, bold: float = 1.0) -> Motif:
    """Return a palm frond: long leaflets apart from each other, drooping."""
    one = bent(blade(0.085, 0.35), 0.35)
    rib = sliver([(0, -0.04), (0, -0.42), (0, -0.84)], 0.03 * bold)
    rib = bent(rib, 0.35)
    heights = np.linspace(0.1, 0.86, pairs)
    kinds: dict[str, list[Path]] = {"leaf": [], "vein": []}
    for height in heights:
        size = float(np.interp(height, (0, 0.4, 1), (0.4, 0.52, 0.3)))
        foot = bent(Path("", np.array([(0.0, -float(height))])), bend).points[0]
        for side in (1, -1):
            turn = side * (1.2 - 0.75 * height) + bend * float(height)
            for role, path in (("leaf", one), ("vein", rib)):
                kinds[role].append(path.scaled(side * size, size).rotated(turn).moved(*foot))
    tip = bent(Path("", np.array([(0.0, -0.84)])), bend).points[0]
    kinds["leaf"].append(one.scaled(0.3).rotated(bend * 0.84).moved(*tip))
    y = np.linspace(0.2, -0.9, 6)
    kinds["leaf"].append(
        bent(tapered(np.stack([0 * y, y], -1), np.linspace(0.04, 0.014, 6) * bold), bend)
    )
    discs = np.array([(0, 0.16, 0.02), (0, -0.1, 0.22), (0, -0.35, 0.4), (0, -0.6, 0.4),
                      (0, -0.85, 0.3), (0, -1.05, 0.12)])  # fmt: skip
    parts = tuple(Part(role, joined(paths)) for role, paths in kinds.items())
    return Motif(parts=parts, discs=bent_discs(discs, bend))


_HEART = np.array([(0, -0.1), (0.16, 0.06), (0.4, 0.02), (0.52, -0.2), (0.5, -0.45), (0.38, -0.7),
                   (0.2, -0.9), (0, -1.03)])  # fmt: skip
"""Right edge of a heart-shaped leaf from the stalk to the tip."""


@lru_cache(maxsize=64)
def monstera(*, bold: float = 1.0) -> Motif:
    """Return a leaf with deep slits and some holes along its midrib."""
    spline = smooth_closed(np.concatenate([_HEART, _HEART[-2:0:-1] * (-1, 1)]))
    half = Path("M" + "C" * (len(_HEART) - 1), spline.points[: 3 * len(_HEART) - 2])
    edge = sampled(half, 12)
    right, holes = _slit(edge, (0.36, 0.5, 0.63, 0.76), 0.017 + 0.004 * bold)
    outline = np.concatenate([right, right[-2:0:-1] * (-1, 1)])
    stalk = tapered([(0.06, 0.3), (0, 0.1), (0, -0.2)], np.array([0.035, 0.03, 0.028]) * bold)
    rib = tapered([(0, -0.1), (0, -0.5), (0, -0.98)], np.array([0.03, 0.022, 0.006]) * bold)
    body = joined([Path("M" + "L" * (len(outline) - 1) + "Z", outline), stalk])
    veins = joined([rib, *holes, *(hole.scaled(-1, 1) for hole in holes)])
    discs = np.array([(0.05, 0.28, 0.02), (0, -0.4, 0.56), (0, -0.82, 0.22)])
    return Motif(parts=(Part("leaf", body), Part("vein", veins)), discs=discs)


def _slit(edge: Points, cuts: tuple[float, ...], gap: float) -> tuple[Points, list[Path]]:
    """Return an edge (n, 2) with slits towards the midrib, and holes between them.

    Args:
        cuts: where the slits are along the edge, 0 to 1.
        gap: half width of a slit along the edge, 0 to 1.
    """
    at = np.linspace(0, 1, len(edge))

    def point(where: float) -> Points:
        return np.array([np.interp(where, at, edge[:, axis]) for axis in (0, 1)])

    pieces: list[Points] = []
    holes: list[Path] = []
    start = 0.0
    for cut in cuts:
        pieces.append(edge[(at >= start) & (at < cut - gap)])
        low, high = point(cut - gap), point(cut + gap)
        outer = (low + high) / 2
        foot = np.array((0.0, outer[1] * 0.8 + 0.1))
        inner = foot + (outer - foot) * 0.36
        across = (high - low) * 0.62
        pieces.append(np.array([low, inner + (low - inner) * 0.5 - across * 0.2,
                                inner - across / 2, inner + (foot - inner) * 0.09,
                                inner + across / 2, inner + (high - inner) * 0.5 + across * 0.2,
                                high]))  # fmt: skip
        middle = point(cut + 0.07)
        base = np.array((0.0, middle[1] * 0.8 + 0.1))
        at_hole = base + (middle - base) * 0.3
        turn = float(np.arctan2(*(middle - base)[::-1]))
        if cut < cuts[-1]:
            holes.append(ellipse(0, 0, 0.055, 0.02).rotated(turn).moved(*at_hole))
        start = cut + gap
    pieces.append(edge[at >= start])
    return np.concatenate(pieces), holes
