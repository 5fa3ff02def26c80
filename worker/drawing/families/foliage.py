"""Leaves and branches as motifs: veined leaves, sprigs, ferns, fans, slit leaves.

Roles: leaf, other (every second leaf), vein.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.drawing.families.motif import Motif, Part, bent, blade, joined, tapered
from worker.drawing.path import Path, Points, ellipse, smooth_closed

__all__ = ["bamboo", "berries", "fern", "ginkgo", "leaf", "leaf_pair", "monstera", "palm", "sprig"]


def _edge(width: float, belly: float, at: float) -> float:
    """Return the half width of `blade` at a height, 0 to 1."""
    s = np.linspace(0, 1, 101)
    handle = width * 4 / 3
    x = 3 * handle * (s * (1 - s) ** 2 + s**2 * (1 - s))
    low, high = 0.05 + 0.5 * belly, 0.45 + 0.5 * belly
    y = 3 * s * (1 - s) ** 2 * low + 3 * s**2 * (1 - s) * high + s**3
    return float(np.interp(at, y, x))


def _axis(discs: Points, turn: float) -> Points:
    """Return discs (m, 3) whose centres are bent as `bent` does."""
    centres = bent(Path("", discs[:, :2]), turn).points
    return np.column_stack([centres, discs[:, 2]])


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
            lines.append(tapered(points, np.array([0.022, 0.019, 0.006]) * bold))
    parts = [Part("leaf", bent(joined([shape, stalk]), bend))]
    if half:
        right = Path("MCLZ", np.concatenate([shape.points[:4], [[0, -0.5]]]))
        parts.append(Part("other", bent(right, bend)))
    parts.append(Part("vein", bent(joined(lines), bend)))
    discs = np.array([(0, 0.05, 0.05), (0, -0.22, 0.8 * width), (0, -0.5, width),
                      (0, -0.78, 0.7 * width), (0, -0.97, 0.04)])  # fmt: skip
    return Motif(parts=tuple(parts), discs=_axis(discs, bend))


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
    rib = tapered([(0, -0.12), (0, -0.5), (0, -0.8)], np.array([0.06, 0.05, 0.02]) * bold)

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
    return Motif(parts=parts, discs=_axis(discs, bend))


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
    return Motif(parts=(Part("leaf", joined(kinds)),), discs=_axis(discs, bend))


def palm(pairs: int = 9, *, bend: float = 0.6, bold: float = 1.0) -> Motif:
    """Return a palm frond: long leaflets apart from each other, drooping."""
    one = bent(blade(0.085, 0.35), 0.35)
    rib = tapered([(0, -0.06), (0, -0.8)], np.array([0.03, 0.01]) * bold)
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
    return Motif(parts=parts, discs=_axis(discs, bend))


_HEART = np.array([(0, -0.1), (0.16, 0.06), (0.4, 0.02), (0.52, -0.2), (0.5, -0.45), (0.38, -0.7),
                   (0.2, -0.9), (0, -1.03)])  # fmt: skip
"""Right edge of a heart-shaped leaf from the stalk to the tip."""


def monstera(*, bold: float = 1.0) -> Motif:
    """Return a leaf with deep slits and some holes along its midrib."""
    spline = smooth_closed(np.concatenate([_HEART, _HEART[-2:0:-1] * (-1, 1)]))
    curves = spline.points[: 1 + 3 * (len(_HEART) - 1)]
    s = np.linspace(0, 1, 13)[:-1, None]
    edge = np.concatenate(
        [
            (1 - s) ** 3 * c[0] + 3 * s * (1 - s) ** 2 * c[1] + 3 * s**2 * (1 - s) * c[2] + s**3 * c[3]
            for c in (curves[i : i + 4] for i in range(0, len(curves) - 3, 3))
        ]
        + [_HEART[-1:]]
    )  # fmt: skip
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
        ribs.append(tapered([ray * 0.2, ray * 0.45, ray * 0.72],
                            np.array([0.006, 0.016, 0.008]) * bold))  # fmt: skip
    discs = np.array([(0.08, 0.42, 0.05), (0, 0.1, 0.06), (0, -0.35, 0.42), (-0.45, -0.38, 0.32),
                      (0.45, -0.38, 0.32)])  # fmt: skip
    return Motif(parts=(Part("leaf", joined([outline, stalk])), Part("vein", joined(ribs))),
                 discs=discs)  # fmt: skip


def bamboo(leaves: int = 4, *, bold: float = 1.0) -> Motif:
    """Return a twig of bamboo with a fan of narrow hanging leaves."""
    one = blade(0.09, 0.28)
    rib = tapered([(0, -0.08), (0, -0.5), (0, -0.85)], np.array([0.02, 0.018, 0.006]) * bold)
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


def leaf_pair(*, bold: float = 1.0) -> Motif:
    """Return two small leaves on a short stalk."""
    rib = tapered([(0, -0.1), (0, -0.75)], np.array([0.05, 0.015]) * bold)
    shapes = [blade(0.24, 0.4).rotated(a).scaled(s) for a, s in ((-0.55, 0.9), (0.5, 1.0))]
    ribs = [rib.rotated(a).scaled(s) for a, s in ((-0.55, 0.9), (0.5, 1.0))]
    stalk = tapered([(0.04, 0.25), (0, 0.0)], np.array([0.06, 0.05]) * bold)
    discs = np.array([(0, 0.1, 0.1), (-0.25, -0.42, 0.3), (0.25, -0.45, 0.3)])
    return Motif(parts=(Part("leaf", joined([*shapes, stalk])), Part("vein", joined(ribs))),
                 discs=discs)  # fmt: skip


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
        fruit.append(ellipse(*centre, 0.095, 0.095))
        shine.append(ellipse(centre[0] - 0.03, centre[1] - 0.03, 0.022, 0.022))
    discs = np.array([(0, 0.1, 0.03), (0, -0.25, 0.12), (0, -0.55, 0.3), (0, -0.85, 0.3),
                      (0, -1.0, 0.12)])  # fmt: skip
    parts = (Part("leaf", joined(stems)), Part("berry", joined(fruit)), Part("vein", joined(shine)))
    return Motif(parts=parts, discs=_axis(discs, bend))
