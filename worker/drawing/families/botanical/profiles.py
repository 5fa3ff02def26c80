"""Blossoms from the side, and buds; the roles of their parts are those of `blossoms`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from worker.drawing.families.botanical.blossoms import petal, streaks, uneven
from worker.drawing.families.botanical.motif import (
    Motif,
    Part,
    bent,
    blade,
    joined,
    sliver,
    tapered,
)
from worker.drawing.path import Path, circle, smooth_closed

__all__ = ["bud", "lotus", "profile", "tulip"]


def _calyx(y: float, size: float, stalk: float, lean: float, bold: float) -> Path:
    """Return sepals that hold a flower at (0, y), and a stalk below."""
    sepals = [blade(0.22, 0.35).rotated(a).scaled(size) for a in (-0.7, 0.0, 0.7)]
    cup = smooth_closed(np.array([(-0.16, 0), (0, 0.14), (0.16, 0), (0, -0.12)]) * size / 0.5)
    line = tapered([(lean, stalk), (lean * 0.3, stalk * 0.5), (0, 0)], np.array([0.08, 0.06, 0.06])
                   * bold)  # fmt: skip
    return joined([*sepals, cup, line]).moved(0, y)


def tulip(random: np.random.Generator, *, bold: float = 1.0, stalk: float = 0.9) -> Motif:
    """Return a tulip from the side on a short stalk."""
    del random
    back = [(0.0, 0.42), (0.5, 0.3), (0.66, -0.2), (0.4, -0.85), (0.22, -0.42), (0.0, -0.78)]
    cup = np.array(back)
    outline = smooth_closed(np.concatenate([cup, cup[-2:0:-1] * (-1, 1)]), 0.85)
    front = bent(blade(0.36, 0.45), 0.0).scaled(1.18).moved(0, 0.4)
    rim = bent(blade(0.41, 0.45), 0.0).scaled(1.18 + 0.02 * bold).moved(0, 0.41)
    lines = joined(
        sliver([(x * 0.4, 0.2), (x, -0.1), (x * 0.8, -0.42)], 0.038 * bold)
        for x in (-0.13, 0.0, 0.13)
    )  # fmt: skip
    stem = tapered([(0.12, 0.42 + stalk), (0.05, 0.42 + stalk / 2), (0, 0.36)],
                   np.array([0.1, 0.08, 0.08]) * bold)  # fmt: skip
    discs = np.array([(0.1, 0.3 + stalk, 0.06), (0.05, 0.45 + stalk / 2, 0.06), (0, 0.0, 0.6),
                      (0, -0.4, 0.5)])  # fmt: skip
    parts = (Part("leaf", stem), Part("inner", outline), Part("mark", rim), Part("petal", front),
             Part("mark", lines))  # fmt: skip
    return Motif(parts=parts, discs=discs)


def profile(random: np.random.Generator, *, bold: float = 1.0, stalk: float = 0.7) -> Motif:
    """Return a flower from the side: a fan of petals on its calyx."""
    turns = np.linspace(-1.25, 1.25, 7)
    copies = uneven(petal(0.25, 0.08, 0.06), random, 0.06, 7)
    back = joined(petal(0.24, 0.08, 0.06).rotated(float(a)).scaled(0.96) for a in turns[:-1] + 0.2)
    fan = [c.scaled(1, 1 - 0.12 * abs(float(a))).rotated(float(a)) for c, a in
           zip(copies, turns, strict=True)]  # fmt: skip
    rim = [c.scaled(1.15, 1.02 - 0.12 * abs(float(a))).rotated(float(a)) for c, a in
           zip(copies, turns, strict=True)]  # fmt: skip
    line = streaks((0.78,), 0.0, 0.36, 1.2 * bold)
    lines = joined(line.scaled(1, 1 - 0.12 * abs(float(a))).rotated(float(a)) for a in turns)
    discs = np.array([(0, -0.5, 0.55), (-0.55, -0.35, 0.4), (0.55, -0.35, 0.4),
                      (0, 0.1, 0.12), (0.1, stalk * 0.8, 0.06)])  # fmt: skip
    parts = (Part("inner", back), Part("mark", joined(rim)), Part("petal", joined(fan)),
             Part("mark", lines), Part("mark", circle(0, 0.02, 0.16)),
             Part("leaf", _calyx(0.06, 0.42, stalk, 0.12, bold)))  # fmt: skip
    return Motif(parts=parts, discs=discs)


def bud(random: np.random.Generator, *, bold: float = 1.0, stalk: float = 1.0) -> Motif:
    """Return a closed bud on a stalk."""
    del random
    drop = blade(0.42, 0.3).scaled(1.0)
    fold = sliver([(0.05, -0.3), (0.16, -0.58), (0.02, -0.95)], 0.06 * bold)  # fmt: skip
    discs = np.array([(0.1, stalk * 0.9, 0.06), (0.04, stalk / 2, 0.06), (0, -0.3, 0.42),
                      (0, -0.75, 0.22)])  # fmt: skip
    parts = (Part("petal", drop), Part("mark", fold), Part("mark", circle(0, 0.0, 0.2)),
             Part("leaf", _calyx(0.06, 0.5, stalk, 0.12, bold)))  # fmt: skip
    return Motif(parts=parts, discs=discs)


@lru_cache(maxsize=64)
def lotus(*, bold: float = 1.0) -> Motif:
    """Return a lotus from the side: pointed petals in three rows over a scrolled base."""
    wide = smooth_closed([(0, 0), (0.2, -0.25), (0.25, -0.6), (0.1, -0.88), (0, -1.0),
                          (-0.1, -0.88), (-0.25, -0.6), (-0.2, -0.25)], 0.9)  # fmt: skip
    vein = sliver([(0, -0.35), (0, -0.58), (0, -0.84)], 0.04 * bold)
    parts: list[Part] = []
    rows = (
        ((-0.95, -0.33, 0.33, 0.95), 1.0, "inner"), ((-1.35, -0.66, 0.0, 0.66, 1.35), 0.9, "petal"),
        ((-0.95, 0.95), 0.66, "inner"), ((-0.42, 0.42), 0.6, "petal"), ((0.0,), 0.52, "inner"),
    )  # fmt: skip
    for turns, size, role in rows:
        for part, shape in (("mark", wide.scaled(1.22, 1.06)), (role, wide), ("mark", vein)):
            path = joined(shape.scaled(size).rotated(turn) for turn in turns)
            parts.append(Part(part, path.moved(0, 0.3)))
    sepal = blade(0.24, 0.4).scaled(0.3)
    base = joined(sepal.rotated(turn) for turn in (2.0, np.pi, -2.0)).moved(0, 0.36)
    parts += [Part("leaf", base), Part("mark", circle(0, 0.3, 0.13)),
              Part("centre", circle(0, 0.3, 0.1))]  # fmt: skip
    motif = Motif(parts=tuple(parts), discs=np.array([(0.0, 0.0, 0.9)]))
    return motif.turned(size=1.22, at=(0, 0.12))
